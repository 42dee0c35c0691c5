/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The public error domain, and how errors of the layers below enter it. */
#include "ws-socket-error.h"

#include <gio/gio.h>

#include "engine/ws-engine-error.h"

#include "base/ws-socket-error-private.h"

/**
 * ws_socket_error_quark:
 *
 * The error domain of this library.
 *
 * Returns: the quark of %WS_SOCKET_ERROR
 *
 * Since: 1.0
 */
/* clang-format off */
G_DEFINE_QUARK (ws-socket-error-quark, ws_socket_error)

G_DEFINE_ENUM_TYPE (
  WsSocketError, ws_socket_error,
  G_DEFINE_ENUM_VALUE (WS_SOCKET_ERROR_CONNECTION_REFUSED,
                       "connection-refused"),
  G_DEFINE_ENUM_VALUE (WS_SOCKET_ERROR_REMOTE_HOST_CLOSED,
                       "remote-host-closed"),
  G_DEFINE_ENUM_VALUE (WS_SOCKET_ERROR_HOST_NOT_FOUND, "host-not-found"),
  G_DEFINE_ENUM_VALUE (WS_SOCKET_ERROR_SOCKET_ACCESS, "socket-access"),
  G_DEFINE_ENUM_VALUE (WS_SOCKET_ERROR_SOCKET_RESOURCE, "socket-resource"),
  G_DEFINE_ENUM_VALUE (WS_SOCKET_ERROR_SOCKET_TIMEOUT, "socket-timeout"),
  G_DEFINE_ENUM_VALUE (WS_SOCKET_ERROR_DATAGRAM_TOO_LARGE,
                       "datagram-too-large"),
  G_DEFINE_ENUM_VALUE (WS_SOCKET_ERROR_NETWORK, "network"),
  G_DEFINE_ENUM_VALUE (WS_SOCKET_ERROR_ADDRESS_IN_USE, "address-in-use"),
  G_DEFINE_ENUM_VALUE (WS_SOCKET_ERROR_SOCKET_ADDRESS_NOT_AVAILABLE,
                       "socket-address-not-available"),
  G_DEFINE_ENUM_VALUE (WS_SOCKET_ERROR_UNSUPPORTED_SOCKET_OPERATION,
                       "unsupported-socket-operation"),
  G_DEFINE_ENUM_VALUE (WS_SOCKET_ERROR_UNFINISHED_SOCKET_OPERATION,
                       "unfinished-socket-operation"),
  G_DEFINE_ENUM_VALUE (WS_SOCKET_ERROR_PROXY_AUTHENTICATION_REQUIRED,
                       "proxy-authentication-required"),
  G_DEFINE_ENUM_VALUE (WS_SOCKET_ERROR_SSL_HANDSHAKE_FAILED,
                       "ssl-handshake-failed"),
  G_DEFINE_ENUM_VALUE (WS_SOCKET_ERROR_PROXY_CONNECTION_REFUSED,
                       "proxy-connection-refused"),
  G_DEFINE_ENUM_VALUE (WS_SOCKET_ERROR_PROXY_CONNECTION_CLOSED,
                       "proxy-connection-closed"),
  G_DEFINE_ENUM_VALUE (WS_SOCKET_ERROR_PROXY_CONNECTION_TIMEOUT,
                       "proxy-connection-timeout"),
  G_DEFINE_ENUM_VALUE (WS_SOCKET_ERROR_PROXY_NOT_FOUND, "proxy-not-found"),
  G_DEFINE_ENUM_VALUE (WS_SOCKET_ERROR_PROXY_PROTOCOL, "proxy-protocol"),
  G_DEFINE_ENUM_VALUE (WS_SOCKET_ERROR_OPERATION, "operation"),
  G_DEFINE_ENUM_VALUE (WS_SOCKET_ERROR_SSL_INTERNAL, "ssl-internal"),
  G_DEFINE_ENUM_VALUE (WS_SOCKET_ERROR_SSL_INVALID_USER_DATA,
                       "ssl-invalid-user-data"),
  G_DEFINE_ENUM_VALUE (WS_SOCKET_ERROR_TEMPORARY, "temporary"),
  G_DEFINE_ENUM_VALUE (WS_SOCKET_ERROR_PROTOCOL, "protocol"),
  G_DEFINE_ENUM_VALUE (WS_SOCKET_ERROR_INVALID_UTF8, "invalid-utf8"),
  G_DEFINE_ENUM_VALUE (WS_SOCKET_ERROR_MESSAGE_TOO_BIG, "message-too-big"),
  G_DEFINE_ENUM_VALUE (WS_SOCKET_ERROR_HANDSHAKE_REJECTED,
                       "handshake-rejected"),
  G_DEFINE_ENUM_VALUE (WS_SOCKET_ERROR_NOT_CONNECTED, "not-connected"),
  G_DEFINE_ENUM_VALUE (WS_SOCKET_ERROR_INVALID_ARGUMENT, "invalid-argument"),
  G_DEFINE_ENUM_VALUE (WS_SOCKET_ERROR_AUTHENTICATION_REQUIRED,
                       "authentication-required"),
  G_DEFINE_ENUM_VALUE (WS_SOCKET_ERROR_BUFFER_FULL, "buffer-full"),
  G_DEFINE_ENUM_VALUE (WS_SOCKET_ERROR_WRONG_CONTEXT, "wrong-context"),
  G_DEFINE_ENUM_VALUE (WS_SOCKET_ERROR_LIMIT_REACHED, "limit-reached"))
/* clang-format on */

static WsSocketError
translate_engine_error (WsEngineError code)
{
  switch (code)
    {
    case WS_ENGINE_ERROR_PROTOCOL:
      return WS_SOCKET_ERROR_PROTOCOL;
    case WS_ENGINE_ERROR_INVALID_UTF8:
      return WS_SOCKET_ERROR_INVALID_UTF8;
    case WS_ENGINE_ERROR_TOO_BIG:
      return WS_SOCKET_ERROR_MESSAGE_TOO_BIG;
    case WS_ENGINE_ERROR_INVALID_REQUEST:
      return WS_SOCKET_ERROR_CONNECTION_REFUSED;
    case WS_ENGINE_ERROR_HANDSHAKE_REJECTED:
      return WS_SOCKET_ERROR_HANDSHAKE_REJECTED;
    case WS_ENGINE_ERROR_AUTHENTICATION_REQUIRED:
      return WS_SOCKET_ERROR_AUTHENTICATION_REQUIRED;
    case WS_ENGINE_ERROR_TIMED_OUT:
      return WS_SOCKET_ERROR_SOCKET_TIMEOUT;
    case WS_ENGINE_ERROR_PEER_GONE:
      return WS_SOCKET_ERROR_REMOTE_HOST_CLOSED;
    case WS_ENGINE_ERROR_ENCRYPTION:
      return WS_SOCKET_ERROR_SSL_INTERNAL;
    case WS_ENGINE_ERROR_PROXY_AUTHENTICATION_REQUIRED:
      return WS_SOCKET_ERROR_PROXY_AUTHENTICATION_REQUIRED;
    case WS_ENGINE_ERROR_PROXY_REFUSED:
      return WS_SOCKET_ERROR_PROXY_CONNECTION_REFUSED;
    case WS_ENGINE_ERROR_PROXY_NOT_FOUND:
      return WS_SOCKET_ERROR_PROXY_NOT_FOUND;
    case WS_ENGINE_ERROR_PROXY_TIMED_OUT:
      return WS_SOCKET_ERROR_PROXY_CONNECTION_TIMEOUT;
    case WS_ENGINE_ERROR_PROXY_CLOSED:
      return WS_SOCKET_ERROR_PROXY_CONNECTION_CLOSED;
    case WS_ENGINE_ERROR_PROXY_PROTOCOL:
      return WS_SOCKET_ERROR_PROXY_PROTOCOL;
    }
  return WS_SOCKET_ERROR_NETWORK;
}

static WsSocketError
translate_io_error (int code)
{
  static const struct
  {
    GIOErrorEnum  code;
    WsSocketError meaning;
  } table[] = {
    { G_IO_ERROR_CONNECTION_REFUSED, WS_SOCKET_ERROR_CONNECTION_REFUSED },
    { G_IO_ERROR_CONNECTION_CLOSED, WS_SOCKET_ERROR_REMOTE_HOST_CLOSED },
    { G_IO_ERROR_HOST_NOT_FOUND, WS_SOCKET_ERROR_HOST_NOT_FOUND },
    { G_IO_ERROR_NOT_FOUND, WS_SOCKET_ERROR_CONNECTION_REFUSED },
    { G_IO_ERROR_PERMISSION_DENIED, WS_SOCKET_ERROR_SOCKET_ACCESS },
    { G_IO_ERROR_TOO_MANY_OPEN_FILES, WS_SOCKET_ERROR_SOCKET_RESOURCE },
    { G_IO_ERROR_NO_SPACE, WS_SOCKET_ERROR_SOCKET_RESOURCE },
    { G_IO_ERROR_TIMED_OUT, WS_SOCKET_ERROR_SOCKET_TIMEOUT },
    { G_IO_ERROR_ADDRESS_IN_USE, WS_SOCKET_ERROR_ADDRESS_IN_USE },
    { G_IO_ERROR_INVALID_ARGUMENT,
      WS_SOCKET_ERROR_SOCKET_ADDRESS_NOT_AVAILABLE },
    { G_IO_ERROR_FILENAME_TOO_LONG, WS_SOCKET_ERROR_INVALID_ARGUMENT },
    { G_IO_ERROR_NOT_SUPPORTED, WS_SOCKET_ERROR_UNSUPPORTED_SOCKET_OPERATION },
    { G_IO_ERROR_PROXY_FAILED, WS_SOCKET_ERROR_PROXY_PROTOCOL },
    { G_IO_ERROR_PROXY_NOT_ALLOWED, WS_SOCKET_ERROR_PROXY_CONNECTION_REFUSED },
    { G_IO_ERROR_PROXY_AUTH_FAILED,
      WS_SOCKET_ERROR_PROXY_AUTHENTICATION_REQUIRED },
    { G_IO_ERROR_PROXY_NEED_AUTH,
      WS_SOCKET_ERROR_PROXY_AUTHENTICATION_REQUIRED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    if ((int) table[i].code == code)
      return table[i].meaning;
  return WS_SOCKET_ERROR_NETWORK;
}

GError *
ws_socket_error_translate (const GError *error)
{
  WsSocketError code;

  if (error->domain == WS_SOCKET_ERROR
      || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return g_error_copy (error);
  if (error->domain == WS_ENGINE_ERROR)
    code = translate_engine_error (error->code);
  else if (error->domain == G_IO_ERROR)
    code = translate_io_error (error->code);
  else if (error->domain == G_TLS_ERROR)
    code = error->code == G_TLS_ERROR_EOF
               ? WS_SOCKET_ERROR_REMOTE_HOST_CLOSED
               : WS_SOCKET_ERROR_SSL_HANDSHAKE_FAILED;
  else if (error->domain == G_RESOLVER_ERROR)
    code = error->code == G_RESOLVER_ERROR_TEMPORARY_FAILURE
               ? WS_SOCKET_ERROR_TEMPORARY
               : WS_SOCKET_ERROR_HOST_NOT_FOUND;
  else
    code = WS_SOCKET_ERROR_NETWORK;
  return g_error_new_literal (WS_SOCKET_ERROR, code, error->message);
}
