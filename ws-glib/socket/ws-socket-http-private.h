/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "ws-handshake-response.h"
#include "ws-request.h"
#include "socket/ws-socket-private.h"

G_BEGIN_DECLS

/* What a client's socket has to do with HTTP and proxies; none of a server's has
 * it. */
struct _WsSocketHttp
{
  /* What the user sets. */
  guint           max_redirects;
  GProxyResolver *proxy_resolver; /* (owned) (nullable): the system's */
  char           *proxy_uri;      /* (owned) (nullable): of set_proxy() */

  /* The attempt. */
  WsRequest           *request;  /* (owned) (nullable): of open_request() */
  WsRequest           *hop;      /* (owned) (nullable): what is asked for now */
  WsClientResponse     answer;   /* the last one, until somebody asks */
  WsHandshakeResponse *response; /* (owned) (nullable): then */
  guint                n_questions;
  guint                question;   /* the number of the open one; 0: none */
  gboolean             is_refused; /* the redirect of which was told */
};

WsSocketHttp *ws_socket_ensure_http (WsSocket *self);

G_END_DECLS
