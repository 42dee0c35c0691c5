/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What this layer says itself; errors of GIO pass through it unchanged. */
#define WS_ENGINE_ERROR (ws_engine_error_quark ())

typedef enum
{
  WS_ENGINE_ERROR_PROTOCOL,           /* the peer broke RFC 6455 */
  WS_ENGINE_ERROR_INVALID_UTF8,       /* close code 1007 */
  WS_ENGINE_ERROR_TOO_BIG,            /* close code 1009 */
  WS_ENGINE_ERROR_INVALID_REQUEST,    /* what the user set cannot be sent */
  WS_ENGINE_ERROR_HANDSHAKE_REJECTED, /* the server did not answer with 101 */
  WS_ENGINE_ERROR_TIMED_OUT,
  WS_ENGINE_ERROR_PEER_GONE,  /* the stream ended where no stream may */
  WS_ENGINE_ERROR_ENCRYPTION, /* TLS has failed on an open connection */
  WS_ENGINE_ERROR_AUTHENTICATION_REQUIRED, /* the server answered 401 */
  WS_ENGINE_ERROR_PROXY_AUTHENTICATION_REQUIRED,
  WS_ENGINE_ERROR_PROXY_REFUSED, /* to be reached, or to go further */
  WS_ENGINE_ERROR_PROXY_NOT_FOUND,
  WS_ENGINE_ERROR_PROXY_TIMED_OUT,
  WS_ENGINE_ERROR_PROXY_CLOSED,
  WS_ENGINE_ERROR_PROXY_PROTOCOL, /* the proxy's answer makes no sense */
} WsEngineError;

GQuark ws_engine_error_quark (void);

G_END_DECLS
