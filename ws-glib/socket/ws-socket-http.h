/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "ws-handshake-response.h"
#include "ws-request.h"
#include "socket/ws-socket-core.h"

G_BEGIN_DECLS

/* What a client's socket has to do with HTTP and proxies; one of a server's has
 * it once it was asked for its request. */
struct _WsSocketHttp
{
  /* What the user sets. */
  guint           max_redirects;
  WsHttpLimits    limits;         /* of a response's head */
  GProxyResolver *proxy_resolver; /* (owned) (nullable): the system's */
  char           *proxy_uri;      /* (owned) (nullable): of set_proxy() */
  GSocketAddress *local_address;  /* (owned) (nullable): to come from */

  /* The attempt. */
  WsRequest           *request;  /* (owned) (nullable): of open_request() */
  WsRequest           *begun;    /* (owned) (nullable): of any opening */
  WsRequest           *hop;      /* (owned) (nullable): what is asked for now */
  WsClientResponse     answer;   /* the last one, until somebody asks */
  WsHandshakeResponse *response; /* (owned) (nullable): then */
  guint                n_questions;
  guint                question;   /* the number of the open one; 0: none */
  gboolean             is_refused; /* the redirect of which was told */
};

WsSocketHttp *ws_socket_ensure_http (WsSocket *self);
/* An attempt begins, with @request (nullable) or the socket's own settings. */
void ws_socket_begin_request (WsSocket *self, WsRequest *request);
/* (transfer none) (nullable): the request that the attempt began with. */
WsRequest *ws_socket_peek_request (WsSocket *self);
void
ws_socket_fill_http_options (WsSocket *self, WsClientOpeningOptions *options);
/* Takes what the server answered; the caller notifies the property. */
void ws_socket_take_response (WsSocket *self, WsClientOpening *opening);
/* Nothing is asked for any more. */
void ws_socket_end_request (WsSocket *self);
void ws_socket_clear_http (WsSocket *self);
void ws_socket_on_opening_redirected (WsClientOpening *opening,
                                      const WsUrl     *url,
                                      gboolean         is_same_origin,
                                      gpointer         user_data);

extern const WsProperty ws_socket_http_properties[];

G_END_DECLS
