/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Listening at more than one address: all that is added shares a listener. */
#include "server/ws-server-core.h"

#include "server/ws-server-listening.h"
#include "net/ws-inherited.h"

typedef struct
{
  GSocketAddress *address; /* (nullable) */
  GSocket        *socket;  /* (nullable) */
  int             fd;      /* the first; for the others */
  guint           n_fds;
} Addition;

static gboolean
add_to_listener (WsServer       *self,
                 WsListener     *listener,
                 const Addition *addition,
                 GError        **error)
{
  WsListenerOptions options = ws_server_get_listener_options (self);

  if (addition->address != NULL)
    return ws_listener_add_address (listener, addition->address, &options,
                                    error);
  if (addition->socket != NULL)
    return ws_listener_add_socket (listener, addition->socket, options.backlog,
                                   error);
  return ws_listener_add_fds (listener, addition->fd, addition->n_fds,
                              options.backlog, error);
}

/* The two listeners of a server must not share a descriptor, which both of them
 * would close. */
static gboolean
check_addition (WsServer *self, const Addition *addition, GError **error)
{
  WsListener *other = ws_server_peek (self)->listener;
  int         fd = addition->fd;

  if (other == NULL || addition->address != NULL)
    return TRUE;
  if (addition->socket != NULL)
    return ws_listener_check_fd (other, g_socket_get_fd (addition->socket),
                                 error);
  for (guint i = 0; i < addition->n_fds; i++)
    if (!ws_listener_check_fd (other, fd + (int) i, error))
      return FALSE;
  return TRUE;
}

/* Listens at one more address, besides those in use. */
static gboolean
add (WsServer *self, const Addition *addition, GError **error)
{
  WsServerPrivate *priv = ws_server_peek (self);
  gboolean         is_first = !ws_server_is_listening (self);
  g_autoptr (WsListener) fresh = NULL;
  GError *problem = NULL;

  if (priv->added == NULL)
    {
      fresh = ws_server_make_listener (self, &problem);
      if (fresh == NULL)
        return ws_server_fail_to_listen (self, problem, error);
    }
  ws_listener_set_tag (fresh != NULL ? fresh : priv->added,
                       priv->proxy_protocol);
  if (!check_addition (self, addition, &problem)
      || !add_to_listener (self, fresh != NULL ? fresh : priv->added, addition,
                           &problem))
    return ws_server_fail_to_listen (self, problem, error);
  if (fresh != NULL)
    priv->added = g_steal_pointer (&fresh);
  ws_server_note_listening (self, is_first);
  return TRUE;
}

/**
 * ws_server_listen_address:
 * @self: a server
 * @address: an IP address with port, or that of a Unix socket
 * @error: return location for an error
 *
 * Listens at one more address.
 *
 * It may be the first. Fails as [method@Server.listen], but never because the
 * server listens elsewhere already; what it does there is not touched.
 *
 * Returns: whether the server listens there
 *
 * Since: 1.0
 */
gboolean
ws_server_listen_address (WsServer       *self,
                          GSocketAddress *address,
                          GError        **error)
{
  Addition addition = { .address = address };

  g_return_val_if_fail (WS_IS_SERVER (self), FALSE);
  g_return_val_if_fail (G_IS_SOCKET_ADDRESS (address), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return ws_server_check_begin (self, error) && add (self, &addition, error);
}

/**
 * ws_server_listen_socket:
 * @self: a server
 * @socket: a stream socket that is bound, or listens already
 * @error: return location for an error
 *
 * Listens at one more socket, which somebody else has made.
 *
 * The server keeps a reference, makes the socket non-blocking, and closes it
 * when it stops listening; a file that it is bound to stays. One that cannot
 * listen, because it is a datagram socket, connected or not bound, is refused
 * with %WS_SOCKET_ERROR_UNSUPPORTED_SOCKET_OPERATION and left as it is.
 *
 * Returns: whether the server listens there
 *
 * Since: 1.0
 */
gboolean
ws_server_listen_socket (WsServer *self, GSocket *socket, GError **error)
{
  Addition addition = { .socket = socket };

  g_return_val_if_fail (WS_IS_SERVER (self), FALSE);
  g_return_val_if_fail (G_IS_SOCKET (socket), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return ws_server_check_begin (self, error) && add (self, &addition, error);
}

/**
 * ws_server_set_socket_descriptor:
 * @self: a server
 * @socket_descriptor: a file descriptor of a stream socket that is bound, or
 *   listens already
 * @error: return location for an error
 *
 * Sets one more socket to listen at, which somebody else has made.
 *
 * As [method@Server.listen_socket]. On success the descriptor is the server's,
 * which closes it when it stops listening, and does not let executed children
 * inherit it; on failure it is the caller's still.
 *
 * Returns: whether the server listens there
 *
 * Since: 1.0
 */
gboolean
ws_server_set_socket_descriptor (WsServer *self,
                                 int       socket_descriptor,
                                 GError  **error)
{
  Addition addition = { .fd = socket_descriptor, .n_fds = 1 };

  g_return_val_if_fail (WS_IS_SERVER (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return ws_server_check_begin (self, error) && add (self, &addition, error);
}

/**
 * ws_server_listen_inherited:
 * @self: a server
 * @error: return location for an error
 *
 * Listens at the sockets that this process was started with.
 *
 * That is how systemd's socket units hand over theirs: `LISTEN_PID` names this
 * process, and `LISTEN_FDS` sockets begin at the file descriptor 3.
 * `LISTEN_FDNAMES` is not looked at; who wants to choose takes some of them
 * with [method@Server.set_socket_descriptor] instead. Once taken they belong to
 * the server, and are closed on exec; the environment is not changed, but a
 * second call in the same process fails, as it does without such sockets, and
 * if one of them cannot listen: with
 * %WS_SOCKET_ERROR_UNSUPPORTED_SOCKET_OPERATION. None is taken then. (Sockets
 * of a unit with `Accept=yes` are connected, and cannot listen.)
 *
 * Returns: whether the server listens there
 *
 * Since: 1.0
 */
gboolean
ws_server_listen_inherited (WsServer *self, GError **error)
{
  Addition addition = { .fd = WS_INHERITED_FIRST };
  GError  *problem = NULL;

  g_return_val_if_fail (WS_IS_SERVER (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!ws_server_check_begin (self, error))
    return FALSE;
  addition.n_fds = ws_inherited_count (&problem);
  if (addition.n_fds == 0)
    return ws_server_fail_to_listen (self, problem, error);
  if (!add (self, &addition, error))
    return FALSE;
  ws_inherited_take ();
  return TRUE;
}
