/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "protocol/ws-http-body.h"
#include "protocol/ws-http.h"

G_BEGIN_DECLS

/* How a client asks an HTTP proxy for a tunnel (RFC 9110, 9.3.6), and what the
 * proxy answers. */

/* What of a refusal's body is read, so that the connection can be used for the
 * next request, with a login. */
#define WS_HTTP_CONNECT_MAX_BODY (64 * 1024)

/* (transfer full): the target and the Host field. An IPv6 address goes into
 * brackets (RFC 9112, 3.2.3), and its zone, which only means something here, is
 * left out. */
char *ws_http_connect_target (const char *host, guint port);

/* (transfer full): the request. @authorization (nullable): the value of
 * Proxy-Authorization. */
GString *ws_http_connect_build (const char *target, const char *authorization);

/* An answer. */
typedef struct
{
  WsHttpReader   reader;
  WsHttpResponse response; /* once its head has been read */
  WsHttpBody     body;     /* of one that is read through */
  gboolean       has_response;
  gboolean       has_body;
} WsHttpConnect;

/* @limits (nullable): of a head; the defaults. */
void ws_http_connect_init (WsHttpConnect *self, const WsHttpLimits *limits);
/* Afterwards @self is ready for another answer. */
void ws_http_connect_clear (WsHttpConnect *self);

/* In any split. WS_DONE: the response is there: a tunnel, which begins behind
 * @consumed, if its status is 2xx; or a refusal. The rest of a refusal with 407
 * has been read, if its length is worth it; other refusals are not read any
 * further. Interim responses are passed over. */
WsParse ws_http_connect_feed (WsHttpConnect *self,
                              const guint8  *data,
                              gsize          len,
                              gsize         *consumed,
                              WsHttpFault   *fault);

gboolean ws_http_connect_is_open (const WsHttpConnect *self);

/* Whether another request may follow on the same connection. */
gboolean ws_http_connect_can_reuse (const WsHttpConnect *self);

G_END_DECLS
