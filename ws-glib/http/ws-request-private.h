/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "ws-request.h"

#include "protocol/ws-http.h"

G_BEGIN_DECLS

/* What WsServer needs of a request. */

/* What has come to a server. All but the headers is copied or referenced. */
typedef struct
{
  WsHttpRequest     *http; /* its headers are taken */
  const char        *url;
  const char        *resource;
  const char        *origin;         /* (nullable) */
  const char *const *subprotocols;   /* (nullable) */
  GSocketAddress    *peer_address;   /* (nullable) */
  GSocketAddress    *client_address; /* (nullable) */
  GBytes            *body;           /* (nullable) */
  gboolean           is_handshake;
  gboolean           is_secure;
} WsRequestParts;

WsRequest *
ws_request_new_incoming (WsRequestParts *parts) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
