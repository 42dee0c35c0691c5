/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How large the head of a request may be. */
#include "server/ws-server-heads.h"

#include "server/ws-server-settings.h"

/**
 * ws_server_get_max_header_size:
 * @self: a server
 *
 * Gets the largest head of a request.
 *
 * Returns: bytes
 *
 * Since: 1.0
 */
guint
ws_server_get_max_header_size (WsServer *self)
{
  g_return_val_if_fail (WS_IS_SERVER (self), 0);

  return ws_server_peek (self)->limits.max_head;
}

/**
 * ws_server_set_max_header_size:
 * @self: a server
 * @max_header_size: bytes
 *
 * Sets the largest head of a request.
 *
 * Since: 1.0
 */
void
ws_server_set_max_header_size (WsServer *self, guint max_header_size)
{
  g_return_if_fail (WS_IS_SERVER (self));

  ws_server_change_number (self, &ws_server_peek (self)->limits.max_head,
                           max_header_size, WS_SERVER_PROP_MAX_HEADER_SIZE);
}

/**
 * ws_server_get_max_header_line_size:
 * @self: a server
 *
 * Gets the longest line of a request's head.
 *
 * Returns: bytes
 *
 * Since: 1.0
 */
guint
ws_server_get_max_header_line_size (WsServer *self)
{
  g_return_val_if_fail (WS_IS_SERVER (self), 0);

  return ws_server_peek (self)->limits.max_line;
}

/**
 * ws_server_set_max_header_line_size:
 * @self: a server
 * @max_header_line_size: bytes
 *
 * Sets the longest line of a request's head.
 *
 * Since: 1.0
 */
void
ws_server_set_max_header_line_size (WsServer *self, guint max_header_line_size)
{
  g_return_if_fail (WS_IS_SERVER (self));

  ws_server_change_number (self, &ws_server_peek (self)->limits.max_line,
                           max_header_line_size,
                           WS_SERVER_PROP_MAX_HEADER_LINE_SIZE);
}

/**
 * ws_server_get_max_header_count:
 * @self: a server
 *
 * Gets how many header lines a request may have.
 *
 * Returns: a number
 *
 * Since: 1.0
 */
guint
ws_server_get_max_header_count (WsServer *self)
{
  g_return_val_if_fail (WS_IS_SERVER (self), 0);

  return ws_server_peek (self)->limits.max_lines;
}

/**
 * ws_server_set_max_header_count:
 * @self: a server
 * @max_header_count: a number
 *
 * Sets how many header lines a request may have.
 *
 * Since: 1.0
 */
void
ws_server_set_max_header_count (WsServer *self, guint max_header_count)
{
  g_return_if_fail (WS_IS_SERVER (self));

  ws_server_change_number (self, &ws_server_peek (self)->limits.max_lines,
                           max_header_count, WS_SERVER_PROP_MAX_HEADER_COUNT);
}

/* clang-format off */
const WsProperty ws_server_heads_properties[] = {
  /**
   * WsServer:max-header-size:
   *
   * The largest head of a request, in bytes: start line, header lines and the
   * empty line behind them.
   *
   * What is larger gets a 431, or a 414 if that is the fault of its target.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT (WsServer, WS_SERVER_PROP_MAX_HEADER_SIZE,
                      "max-header-size", 0, G_MAXUINT, WS_HTTP_DEFAULT_MAX_HEAD,
                      ws_server_get_max_header_size,
                      ws_server_set_max_header_size) },

  /**
   * WsServer:max-header-line-size:
   *
   * The longest line of a request's head, in bytes; its end does not count.
   *
   * A request with a longer one gets a 431, or a 414 if it is the request
   * line.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT (WsServer, WS_SERVER_PROP_MAX_HEADER_LINE_SIZE,
                      "max-header-line-size", 0, G_MAXUINT,
                      WS_HTTP_DEFAULT_MAX_LINE,
                      ws_server_get_max_header_line_size,
                      ws_server_set_max_header_line_size) },

  /**
   * WsServer:max-header-count:
   *
   * How many header lines a request may have.
   *
   * What has more gets a 431.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT (WsServer, WS_SERVER_PROP_MAX_HEADER_COUNT,
                      "max-header-count", 0, G_MAXUINT,
                      WS_HTTP_DEFAULT_MAX_LINES,
                      ws_server_get_max_header_count,
                      ws_server_set_max_header_count) },

  { 0 }
};
/* clang-format on */
