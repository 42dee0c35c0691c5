/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "ws-headers.h"

#include "protocol/ws-http-header.h"

G_BEGIN_DECLS

/* (transfer full): @http is owned from here on. */
WsHeaders *ws_headers_new_take (WsHttpHeaders *http) G_GNUC_WARN_UNUSED_RESULT;

/* (transfer none): the live list; it changes when the public object does. */
WsHttpHeaders *ws_headers_peek_http (WsHeaders *self);

G_END_DECLS
