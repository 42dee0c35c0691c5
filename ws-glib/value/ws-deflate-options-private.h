/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <ws-glib/ws-deflate-options.h>

#include "protocol/ws-deflate-offer.h"

G_BEGIN_DECLS

/* Sockets and servers share options that nobody changes any more. */
struct _WsDeflateOptions
{
  gatomicrefcount   n_refs;
  WsDeflateSettings settings;
  gboolean          keeps_history; /* a server lets clients take over */
};

/* (transfer full): what a client has that was told nothing. */
WsDeflateOptions *ws_deflate_options_ref_default (void);
WsDeflateOptions *ws_deflate_options_ref (WsDeflateOptions *self);
/* What a server answers by. */
WsDeflateSettings
         ws_deflate_options_get_server_settings (const WsDeflateOptions *self);
gboolean ws_deflate_options_equal (const WsDeflateOptions *a,
                                   const WsDeflateOptions *b); /* (nullable) */

G_END_DECLS
