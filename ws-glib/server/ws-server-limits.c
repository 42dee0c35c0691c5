/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The limits of the server itself. */
#include "server/ws-server-limits.h"

#include "net/ws-fd-limit.h"

#include "server/ws-server-room.h"
#include "server/ws-server-settings.h"

guint
ws_server_guess_max_connections (void)
{
  return MAX (1, ws_fd_limit_get () / 10 * 9);
}

/**
 * ws_server_get_max_pending_connections:
 * @self: a server
 *
 * Gets how many connections may wait to be taken.
 *
 * Returns: a number; 0 and less: none
 *
 * Since: 1.0
 */
int
ws_server_get_max_pending_connections (WsServer *self)
{
  g_return_val_if_fail (WS_IS_SERVER (self), 0);

  return ws_server_peek (self)->max_pending_connections;
}

/**
 * ws_server_set_max_pending_connections:
 * @self: a server
 * @max_pending_connections: a number; 0 and less: none
 *
 * Sets how many connections may wait to be taken.
 *
 * Since: 1.0
 */
void
ws_server_set_max_pending_connections (WsServer *self,
                                       int       max_pending_connections)
{
  WsServerPrivate *priv;

  g_return_if_fail (WS_IS_SERVER (self));

  priv = ws_server_peek (self);
  if (priv->max_pending_connections == max_pending_connections
      || !ws_server_may_set (self, WS_SERVER_PROP_MAX_PENDING_CONNECTIONS))
    return;
  priv->max_pending_connections = max_pending_connections;
  ws_server_note_place (self);
  ws_server_notify (self, WS_SERVER_PROP_MAX_PENDING_CONNECTIONS);
}

/**
 * ws_server_get_max_connections:
 * @self: a server
 *
 * Gets how many connections there may be at a time.
 *
 * Returns: a number; 0: any
 *
 * Since: 1.0
 */
guint
ws_server_get_max_connections (WsServer *self)
{
  g_return_val_if_fail (WS_IS_SERVER (self), 0);

  return ws_server_peek (self)->max_connections;
}

/**
 * ws_server_set_max_connections:
 * @self: a server
 * @max_connections: a number; 0: any
 *
 * Sets how many connections there may be at a time.
 *
 * Since: 1.0
 */
void
ws_server_set_max_connections (WsServer *self, guint max_connections)
{
  g_return_if_fail (WS_IS_SERVER (self));

  ws_server_change_number (self, &ws_server_peek (self)->max_connections,
                           max_connections, WS_SERVER_PROP_MAX_CONNECTIONS);
}

/**
 * ws_server_get_max_connections_per_address:
 * @self: a server
 *
 * Gets how many connections one IP address may have.
 *
 * Returns: a number; 0: any
 *
 * Since: 1.0
 */
guint
ws_server_get_max_connections_per_address (WsServer *self)
{
  g_return_val_if_fail (WS_IS_SERVER (self), 0);

  return ws_server_peek (self)->max_connections_per_address;
}

/**
 * ws_server_set_max_connections_per_address:
 * @self: a server
 * @max_connections_per_address: a number; 0: any
 *
 * Sets how many connections one IP address may have.
 *
 * Since: 1.0
 */
void
ws_server_set_max_connections_per_address (WsServer *self,
                                           guint max_connections_per_address)
{
  g_return_if_fail (WS_IS_SERVER (self));

  ws_server_change_number (self,
                           &ws_server_peek (self)->max_connections_per_address,
                           max_connections_per_address,
                           WS_SERVER_PROP_MAX_CONNECTIONS_PER_ADDRESS);
}

/**
 * ws_server_get_max_handshakes:
 * @self: a server
 *
 * Gets how many unfinished handshakes there may be at a time.
 *
 * Returns: a number; 0: any
 *
 * Since: 1.0
 */
guint
ws_server_get_max_handshakes (WsServer *self)
{
  g_return_val_if_fail (WS_IS_SERVER (self), 0);

  return ws_server_peek (self)->max_handshakes;
}

/**
 * ws_server_set_max_handshakes:
 * @self: a server
 * @max_handshakes: a number; 0: any
 *
 * Sets how many unfinished handshakes there may be at a time.
 *
 * Since: 1.0
 */
void
ws_server_set_max_handshakes (WsServer *self, guint max_handshakes)
{
  g_return_if_fail (WS_IS_SERVER (self));

  ws_server_change_number (self, &ws_server_peek (self)->max_handshakes,
                           max_handshakes, WS_SERVER_PROP_MAX_HANDSHAKES);
}

/**
 * ws_server_get_handshake_timeout:
 * @self: a server
 *
 * Gets how long an opening handshake may take.
 *
 * Returns: milliseconds; 0 and less: as long as it likes
 *
 * Since: 1.0
 */
int
ws_server_get_handshake_timeout (WsServer *self)
{
  g_return_val_if_fail (WS_IS_SERVER (self), 0);

  return ws_server_peek (self)->handshake_timeout;
}

/**
 * ws_server_set_handshake_timeout:
 * @self: a server
 * @handshake_timeout: milliseconds; 0 and less: as long as it likes
 *
 * Sets how long an opening handshake may take.
 *
 * Since: 1.0
 */
void
ws_server_set_handshake_timeout (WsServer *self, int handshake_timeout)
{
  WsServerPrivate *priv;

  g_return_if_fail (WS_IS_SERVER (self));

  priv = ws_server_peek (self);
  if (priv->handshake_timeout == handshake_timeout
      || !ws_server_may_set (self, WS_SERVER_PROP_HANDSHAKE_TIMEOUT))
    return;
  priv->handshake_timeout = handshake_timeout;
  ws_server_notify (self, WS_SERVER_PROP_HANDSHAKE_TIMEOUT);
}

/**
 * ws_server_get_backlog:
 * @self: a server
 *
 * Gets how many connections the system may queue.
 *
 * Returns: a number
 *
 * Since: 1.0
 */
guint
ws_server_get_backlog (WsServer *self)
{
  g_return_val_if_fail (WS_IS_SERVER (self), 0);

  return ws_server_peek (self)->backlog;
}

/**
 * ws_server_set_backlog:
 * @self: a server
 * @backlog: a number
 *
 * Sets how many connections the system may queue.
 *
 * Since: 1.0
 */
void
ws_server_set_backlog (WsServer *self, guint backlog)
{
  g_return_if_fail (WS_IS_SERVER (self));

  ws_server_change_number (self, &ws_server_peek (self)->backlog, backlog,
                           WS_SERVER_PROP_BACKLOG);
}

/**
 * ws_server_get_reuse_port:
 * @self: a server
 *
 * Gets whether the port is shared with other servers.
 *
 * Returns: whether it is
 *
 * Since: 1.0
 */
gboolean
ws_server_get_reuse_port (WsServer *self)
{
  g_return_val_if_fail (WS_IS_SERVER (self), FALSE);

  return ws_server_peek (self)->reuse_port;
}

/**
 * ws_server_set_reuse_port:
 * @self: a server
 * @reuse_port: whether to share the port with other servers
 *
 * Sets whether the port is shared with other servers, for the next listening.
 *
 * Since: 1.0
 */
void
ws_server_set_reuse_port (WsServer *self, gboolean reuse_port)
{
  WsServerPrivate *priv;

  g_return_if_fail (WS_IS_SERVER (self));

  priv = ws_server_peek (self);
  reuse_port = !!reuse_port;
  if (priv->reuse_port == reuse_port
      || !ws_server_may_set (self, WS_SERVER_PROP_REUSE_PORT))
    return;
  priv->reuse_port = reuse_port;
  ws_server_notify (self, WS_SERVER_PROP_REUSE_PORT);
}

/* --- The properties --- */

/* clang-format off */
const WsProperty ws_server_limits_properties[] = {
  /**
   * WsServer:max-pending-connections:
   *
   * How many connections may wait to be taken; 0 and less: none.
   *
   * Whoever comes when so many wait gets a 503; with
   * [method@Server.accept_async] only if nobody is taken for as long as
   * [property@Server:handshake-timeout] says.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_INT (WsServer, WS_SERVER_PROP_MAX_PENDING_CONNECTIONS,
                     "max-pending-connections", G_MININT, G_MAXINT,
                     WS_SERVER_DEFAULT_PENDING,
                     ws_server_get_max_pending_connections,
                     ws_server_set_max_pending_connections) },

  /**
   * WsServer:max-connections:
   *
   * How many connections there may be at a time; 0: any number.
   *
   * A server begins with nine tenths of the file descriptors that the process
   * may have open then (`RLIMIT_NOFILE`): beyond that nobody could be answered.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT (WsServer, WS_SERVER_PROP_MAX_CONNECTIONS,
                      "max-connections", 0, G_MAXUINT, 0,
                      ws_server_get_max_connections,
                      ws_server_set_max_connections) },

  /**
   * WsServer:max-connections-per-address:
   *
   * How many connections one IP address may have, handshakes included; 0: any
   * number. Of IPv6 all addresses of a /64 are one, and behind one of
   * [property@Server:trusted-proxies] it is the client's address that counts.
   *
   * Those are counted that were accepted while this was set.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT (WsServer, WS_SERVER_PROP_MAX_CONNECTIONS_PER_ADDRESS,
                      "max-connections-per-address", 0, G_MAXUINT, 0,
                      ws_server_get_max_connections_per_address,
                      ws_server_set_max_connections_per_address) },

  /**
   * WsServer:max-handshakes:
   *
   * How many unfinished handshakes there may be at a time; 0: any number.
   *
   * Beyond it the oldest is dropped for a new one, for most take no time: what
   * is old is stalled, and must not keep others out. Those whose answer a
   * handler has put off count, but are not dropped.
   *
   * Answers of HTTP, refusals among them, do not count. But beyond as many of
   * them one of which nothing was taken for a second is dropped as well.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT (WsServer, WS_SERVER_PROP_MAX_HANDSHAKES,
                      "max-handshakes", 0, G_MAXUINT,
                      WS_SERVER_DEFAULT_HANDSHAKES,
                      ws_server_get_max_handshakes,
                      ws_server_set_max_handshakes) },

  /**
   * WsServer:handshake-timeout:
   *
   * Milliseconds until an unfinished opening handshake is given up; 0 and less:
   * never.
   *
   * It stands still while a handler has put its answer off. A client that takes
   * less than 64 KiB of an HTTP answer in that time is given up, too.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_INT (WsServer, WS_SERVER_PROP_HANDSHAKE_TIMEOUT,
                     "handshake-timeout", G_MININT, G_MAXINT,
                     WS_SERVER_DEFAULT_HANDSHAKE_TIMEOUT,
                     ws_server_get_handshake_timeout,
                     ws_server_set_handshake_timeout) },

  /**
   * WsServer:backlog:
   *
   * How many connections the system may queue; for the next listening.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT (WsServer, WS_SERVER_PROP_BACKLOG, "backlog", 0,
                      G_MAXUINT, WS_SERVER_DEFAULT_BACKLOG,
                      ws_server_get_backlog, ws_server_set_backlog) },

  /**
   * WsServer:reuse-port:
   *
   * Whether the port is shared with other servers of this user that do the same
   * (`SO_REUSEPORT`); for the next listening.
   *
   * The system spreads new connections over them: with a server in each of
   * several threads a process uses several cores. One that pauses accepting
   * still gets its share, which waits then.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_BOOLEAN (WsServer, WS_SERVER_PROP_REUSE_PORT, "reuse-port",
                         FALSE, ws_server_get_reuse_port,
                         ws_server_set_reuse_port) },

  { 0 }
};
/* clang-format on */
