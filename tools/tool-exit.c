/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How the end of a connection becomes an exit status. */
#include "tool-exit.h"

ToolExit
tool_exit_from_error (const GError *error, gboolean was_connected)
{
  if (error->domain == WS_SOCKET_ERROR)
    switch (error->code)
      {
      case WS_SOCKET_ERROR_SSL_HANDSHAKE_FAILED:
      case WS_SOCKET_ERROR_SSL_INTERNAL:
      case WS_SOCKET_ERROR_SSL_INVALID_USER_DATA:
        return TOOL_EXIT_TLS;
      case WS_SOCKET_ERROR_HANDSHAKE_REJECTED:
      case WS_SOCKET_ERROR_AUTHENTICATION_REQUIRED:
      case WS_SOCKET_ERROR_PROXY_AUTHENTICATION_REQUIRED:
        return TOOL_EXIT_REFUSED;
      case WS_SOCKET_ERROR_INVALID_ARGUMENT:
      case WS_SOCKET_ERROR_OPERATION:
      case WS_SOCKET_ERROR_UNSUPPORTED_SOCKET_OPERATION:
        return was_connected ? TOOL_EXIT_ABNORMAL : TOOL_EXIT_USAGE;
      case WS_SOCKET_ERROR_PROTOCOL:
        return was_connected ? TOOL_EXIT_ABNORMAL : TOOL_EXIT_REFUSED;
      default:
        break;
      }
  return was_connected ? TOOL_EXIT_ABNORMAL : TOOL_EXIT_UNREACHABLE;
}

/* A close is a good end if its code gives no cause for complaint, or is what we
 * began it with. */
ToolExit
tool_exit_from_socket (WsSocket *socket,
                       gboolean  was_connected,
                       gboolean  has_begun)
{
  const GError *error = ws_socket_get_error (socket);
  guint         received = ws_socket_get_close_code_received (socket);
  guint         sent = ws_socket_get_close_code_sent (socket);

  if (error != NULL)
    return tool_exit_from_error (error, was_connected);
  if (!ws_socket_get_was_clean (socket))
    return TOOL_EXIT_ABNORMAL;
  if ((has_begun && received == sent) || received == WS_CLOSE_CODE_NORMAL
      || received == WS_CLOSE_CODE_GOING_AWAY
      || received == WS_CLOSE_CODE_MISSING_STATUS_CODE)
    return TOOL_EXIT_OK;
  return TOOL_EXIT_ABNORMAL;
}
