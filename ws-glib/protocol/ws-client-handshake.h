/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "protocol/ws-http.h"
#include "protocol/ws-url.h"

G_BEGIN_DECLS

/* A client's half of the opening handshake (RFC 6455, 4.1). */

typedef struct
{
  const WsUrl         *url;
  const char          *key;          /* ws_key_new() */
  const char          *origin;       /* (nullable): "" counts as none */
  const char *const   *subprotocols; /* (nullable): offered; valid tokens */
  const char          *extensions;   /* (nullable): offered */
  const WsHttpHeaders *headers; /* (nullable): none of the mandatory fields */
} WsClientHandshake;

/* (transfer full): the request, or NULL with G_URI_ERROR naming the culprit:
 * CR or LF in the origin, an extra header that belongs to the handshake (Host,
 * Upgrade, Connection, Sec-WebSocket-*; Sec-WebSocket-Protocol is merged after
 * @subprotocols instead), that repeats @origin or that announces a body. */
GString *
ws_client_handshake_build (const WsClientHandshake *self, GError **error);

/* (transfer full) (nullable): the valid ones of @subprotocols, without
 * repetitions; NULL if there are none. @invalid (out) (optional): the others,
 * an empty array if there are none. */
char **ws_client_handshake_filter_subprotocols (const char *const *subprotocols,
                                                char            ***invalid);

/* (transfer full) (nullable): all subprotocols that the request offers, those
 * that come as a header included. */
char **ws_client_handshake_offers (const WsClientHandshake *self);

typedef struct
{
  char *subprotocol; /* (nullable) */
  char *extensions;  /* (nullable): as answered */
} WsClientVerdict;

/* Judges a parsed response. On FALSE fault->status is the response's, and
 * fault->message says what is wrong and names status and phrase, header and
 * value; nothing is left to clear. */
gboolean ws_client_handshake_judge (const WsClientHandshake *self,
                                    const WsHttpResponse    *response,
                                    WsClientVerdict         *verdict,
                                    WsHttpFault             *fault);
void     ws_client_verdict_clear (WsClientVerdict *verdict);

G_END_DECLS
