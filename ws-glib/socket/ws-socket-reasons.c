/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How a connection is, in sentences that people understand who know nothing of
 * sockets. They are as many as there are things to do about it. */
#include "socket/ws-socket-reasons.h"

#include "ws-socket-error.h"
#include "net/ws-translate.h"

static const char *
get_proxy_reason (const GError *error)
{
  switch (error->domain == WS_SOCKET_ERROR ? error->code : -1)
    {
    case WS_SOCKET_ERROR_PROXY_AUTHENTICATION_REQUIRED:
      return N_ ("the proxy wants a user name and a password");
    case WS_SOCKET_ERROR_PROXY_CONNECTION_REFUSED:
      return N_ ("the proxy refused the connection");
    case WS_SOCKET_ERROR_PROXY_CONNECTION_CLOSED:
      return N_ ("the proxy closed the connection");
    case WS_SOCKET_ERROR_PROXY_CONNECTION_TIMEOUT:
      return N_ ("the proxy does not answer");
    case WS_SOCKET_ERROR_PROXY_NOT_FOUND:
      return N_ ("the proxy could not be found");
    case WS_SOCKET_ERROR_PROXY_PROTOCOL:
      return N_ ("the proxy's answer was not understood");
    default:
      return N_ ("something went wrong");
    }
}

static const char *
get_reason (const GError *error)
{
  switch (error->domain == WS_SOCKET_ERROR ? error->code : -1)
    {
    case WS_SOCKET_ERROR_CONNECTION_REFUSED:
      return N_ ("the server cannot be reached");
    case WS_SOCKET_ERROR_REMOTE_HOST_CLOSED:
      return N_ ("the server closed the connection");
    case WS_SOCKET_ERROR_HOST_NOT_FOUND:
      return N_ ("the server could not be found");
    case WS_SOCKET_ERROR_SOCKET_ACCESS:
      return N_ ("this program may not do that");
    case WS_SOCKET_ERROR_SOCKET_RESOURCE:
      return N_ ("this computer has no more room for connections");
    case WS_SOCKET_ERROR_SOCKET_TIMEOUT:
      return N_ ("the server does not answer");
    case WS_SOCKET_ERROR_NETWORK:
      return N_ ("the network failed");
    case WS_SOCKET_ERROR_UNSUPPORTED_SOCKET_OPERATION:
      return N_ ("the address is not one of a WebSocket server");
    case WS_SOCKET_ERROR_SSL_HANDSHAKE_FAILED:
      return N_ ("no secure connection could be made");
    case WS_SOCKET_ERROR_SSL_INTERNAL:
      return N_ ("the encryption failed");
    case WS_SOCKET_ERROR_SSL_INVALID_USER_DATA:
      return N_ ("a certificate or a key cannot be used");
    case WS_SOCKET_ERROR_TEMPORARY:
      return N_ ("the name of the server cannot be looked up now");
    case WS_SOCKET_ERROR_PROTOCOL:
    case WS_SOCKET_ERROR_INVALID_UTF8:
      return N_ ("the server sent something that was not understood");
    case WS_SOCKET_ERROR_MESSAGE_TOO_BIG:
      return N_ ("the server sent too much at once");
    case WS_SOCKET_ERROR_HANDSHAKE_REJECTED:
      return N_ ("the server refused the connection");
    case WS_SOCKET_ERROR_AUTHENTICATION_REQUIRED:
      return N_ ("the server wants a user name and a password");
    case WS_SOCKET_ERROR_BUFFER_FULL:
      return N_ ("the connection is too slow");
    default:
      return get_proxy_reason (error);
    }
}

static char *
describe_wait (int seconds)
{
  return g_strdup_printf (ws_translate_plural ("Reconnecting in %d second…",
                                               "Reconnecting in %d seconds…",
                                               (guint) seconds),
                          seconds);
}

char *
ws_socket_describe_phase (WsSocketPhase phase, int seconds, const GError *error)
{
  switch (phase)
    {
    case WS_SOCKET_PHASE_CLOSED:
      break;
    case WS_SOCKET_PHASE_FAILED:
      /* TRANSLATORS: what follows is why, such as "the server does not
       * answer". */
      return g_strdup_printf (_ ("Not connected: %s"), _ (get_reason (error)));
    case WS_SOCKET_PHASE_CONNECTING:
      return g_strdup (_ ("Connecting…"));
    case WS_SOCKET_PHASE_CONNECTED:
      return g_strdup (_ ("Connected"));
    case WS_SOCKET_PHASE_CLOSING:
      return g_strdup (_ ("Disconnecting…"));
    case WS_SOCKET_PHASE_WAITING:
      return describe_wait (seconds);
    case WS_SOCKET_PHASE_HELD:
      return g_strdup (_ ("Waiting for the network…"));
    case WS_SOCKET_PHASE_RETRYING:
      return g_strdup (_ ("Reconnecting…"));
    }
  return g_strdup (_ ("Not connected"));
}
