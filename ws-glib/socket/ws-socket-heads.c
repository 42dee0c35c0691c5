/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How large the head of a response may be. */
#include "socket/ws-socket-heads.h"

static const WsHttpLimits *
peek_limits (WsSocket *self)
{
  static const WsHttpLimits defaults = WS_HTTP_LIMITS_DEFAULT;
  WsSocketHttp             *http = ws_socket_peek (self)->http;

  return http != NULL ? &http->limits : &defaults;
}

static void
set_limit (WsSocket *self, gsize offset, guint value, WsSocketProp property)
{
  const guint *limit = G_STRUCT_MEMBER_P (peek_limits (self), offset);

  if (*limit == value || !ws_socket_may_set (self, property))
    return;
  G_STRUCT_MEMBER (guint, &ws_socket_ensure_http (self)->limits, offset)
      = value;
  ws_socket_notify (self, property);
}

/**
 * ws_socket_get_max_header_size:
 * @self: a socket
 *
 * Gets the largest head of a response.
 *
 * Returns: bytes
 *
 * Since: 1.0
 */
guint
ws_socket_get_max_header_size (WsSocket *self)
{
  g_return_val_if_fail (WS_IS_SOCKET (self), 0);

  return peek_limits (self)->max_head;
}

/**
 * ws_socket_set_max_header_size:
 * @self: a socket
 * @max_header_size: bytes
 *
 * Sets the largest head of a response of the next opening.
 *
 * Since: 1.0
 */
void
ws_socket_set_max_header_size (WsSocket *self, guint max_header_size)
{
  g_return_if_fail (WS_IS_SOCKET (self));

  set_limit (self, G_STRUCT_OFFSET (WsHttpLimits, max_head), max_header_size,
             WS_SOCKET_PROP_MAX_HEADER_SIZE);
}

/**
 * ws_socket_get_max_header_line_size:
 * @self: a socket
 *
 * Gets the longest line of a response's head.
 *
 * Returns: bytes
 *
 * Since: 1.0
 */
guint
ws_socket_get_max_header_line_size (WsSocket *self)
{
  g_return_val_if_fail (WS_IS_SOCKET (self), 0);

  return peek_limits (self)->max_line;
}

/**
 * ws_socket_set_max_header_line_size:
 * @self: a socket
 * @max_header_line_size: bytes
 *
 * Sets the longest line of a response's head of the next opening.
 *
 * Since: 1.0
 */
void
ws_socket_set_max_header_line_size (WsSocket *self, guint max_header_line_size)
{
  g_return_if_fail (WS_IS_SOCKET (self));

  set_limit (self, G_STRUCT_OFFSET (WsHttpLimits, max_line),
             max_header_line_size, WS_SOCKET_PROP_MAX_HEADER_LINE_SIZE);
}

/**
 * ws_socket_get_max_header_count:
 * @self: a socket
 *
 * Gets how many header lines a response may have.
 *
 * Returns: a number
 *
 * Since: 1.0
 */
guint
ws_socket_get_max_header_count (WsSocket *self)
{
  g_return_val_if_fail (WS_IS_SOCKET (self), 0);

  return peek_limits (self)->max_lines;
}

/**
 * ws_socket_set_max_header_count:
 * @self: a socket
 * @max_header_count: a number
 *
 * Sets how many header lines a response may have of the next opening.
 *
 * Since: 1.0
 */
void
ws_socket_set_max_header_count (WsSocket *self, guint max_header_count)
{
  g_return_if_fail (WS_IS_SOCKET (self));

  set_limit (self, G_STRUCT_OFFSET (WsHttpLimits, max_lines), max_header_count,
             WS_SOCKET_PROP_MAX_HEADER_COUNT);
}

/* clang-format off */
const WsProperty ws_socket_heads_properties[] = {
  /**
   * WsSocket:max-header-size:
   *
   * The largest head of a response, in bytes: start line, header lines and
   * the empty line behind them.
   *
   * For the next opening. What is beyond it fails with
   * %WS_SOCKET_ERROR_HANDSHAKE_REJECTED, and an error that names this
   * property.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT (WsSocket, WS_SOCKET_PROP_MAX_HEADER_SIZE,
                      "max-header-size", 0, G_MAXUINT, WS_HTTP_DEFAULT_MAX_HEAD,
                      ws_socket_get_max_header_size,
                      ws_socket_set_max_header_size) },

  /**
   * WsSocket:max-header-line-size:
   *
   * The longest line of a response's head, in bytes; its end does not count.
   *
   * For the next opening. What is beyond it fails with
   * %WS_SOCKET_ERROR_HANDSHAKE_REJECTED, and an error that names this
   * property.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT (WsSocket, WS_SOCKET_PROP_MAX_HEADER_LINE_SIZE,
                      "max-header-line-size", 0, G_MAXUINT,
                      WS_HTTP_DEFAULT_MAX_LINE,
                      ws_socket_get_max_header_line_size,
                      ws_socket_set_max_header_line_size) },

  /**
   * WsSocket:max-header-count:
   *
   * How many header lines a response may have.
   *
   * For the next opening. What is beyond it fails with
   * %WS_SOCKET_ERROR_HANDSHAKE_REJECTED, and an error that names this
   * property.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT (WsSocket, WS_SOCKET_PROP_MAX_HEADER_COUNT,
                      "max-header-count", 0, G_MAXUINT,
                      WS_HTTP_DEFAULT_MAX_LINES,
                      ws_socket_get_max_header_count,
                      ws_socket_set_max_header_count) },

  { 0 }
};
/* clang-format on */
