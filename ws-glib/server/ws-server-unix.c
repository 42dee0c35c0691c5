/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Listening at Unix sockets, and who may connect there. */
#include "server/ws-server-unix.h"

#include "server/ws-server-listening.h"
#include "net/ws-unix-path.h"

#include "ws-socket-error.h"

#define MAX_MODE 07777u

/**
 * ws_server_listen_unix:
 * @self: a server
 * @path: (type filename): the path of the socket, or on Linux an abstract name
 *   behind a "@"
 * @error: return location for an error
 *
 * Listens at one more address, a Unix socket.
 *
 * Clients of this host reach it at `ws+unix:/path/of/socket:/resource`. A file
 * that was left by a server which is gone is replaced; while another one
 * listens there, or if the file is no socket, this fails with
 * %WS_SOCKET_ERROR_ADDRESS_IN_USE. The file is removed when the server stops
 * listening, unless another one that got [method@Server.get_socket_descriptor]
 * still does. Who may connect is said by [property@Server:unix-mode] and
 * [property@Server:unix-owner]; abstract names are free for everybody.
 *
 * A path that is too long fails with %WS_SOCKET_ERROR_INVALID_ARGUMENT, one in
 * a folder that does not exist with
 * %WS_SOCKET_ERROR_SOCKET_ADDRESS_NOT_AVAILABLE, and an owner that there is
 * not, or that this user may not give the file to, with
 * %WS_SOCKET_ERROR_SOCKET_ACCESS.
 *
 * Returns: whether the server listens there
 *
 * Since: 1.0
 */
gboolean
ws_server_listen_unix (WsServer *self, const char *path, GError **error)
{
  g_autoptr (GSocketAddress) address = NULL;
  GError *problem = NULL;

  g_return_val_if_fail (WS_IS_SERVER (self), FALSE);
  g_return_val_if_fail (path != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!ws_server_check_begin (self, error))
    return FALSE;
  if (path[0] == '\0')
    problem = g_error_new_literal (WS_SOCKET_ERROR,
                                   WS_SOCKET_ERROR_INVALID_ARGUMENT,
                                   "The socket path is empty");
  else
    address = ws_unix_path_make_address (path, &problem);
  if (address == NULL)
    return ws_server_fail_to_listen (self, problem, error);
  return ws_server_listen_address (self, address, error);
}

/**
 * ws_server_get_unix_mode:
 * @self: a server
 *
 * Gets the mode of the files of Unix sockets.
 *
 * Returns: a mode; 0: as the umask says
 *
 * Since: 1.0
 */
guint
ws_server_get_unix_mode (WsServer *self)
{
  g_return_val_if_fail (WS_IS_SERVER (self), 0);

  return ws_server_peek (self)->unix_mode;
}

/**
 * ws_server_set_unix_mode:
 * @self: a server
 * @unix_mode: a mode up to 07777; 0: as the umask says
 *
 * Sets the mode of the files of Unix sockets, for the next listening. A larger
 * number is ignored with a warning.
 *
 * Since: 1.0
 */
void
ws_server_set_unix_mode (WsServer *self, guint unix_mode)
{
  WsServerPrivate *priv;

  g_return_if_fail (WS_IS_SERVER (self));

  priv = ws_server_peek (self);
  if (unix_mode > MAX_MODE)
    {
      g_warning ("0%o is no mode of a file; it is at most 0%o", unix_mode,
                 MAX_MODE);
      return;
    }
  if (priv->unix_mode == unix_mode
      || !ws_server_may_set (self, WS_SERVER_PROP_UNIX_MODE))
    return;
  priv->unix_mode = unix_mode;
  ws_server_notify (self, WS_SERVER_PROP_UNIX_MODE);
}

/**
 * ws_server_get_unix_owner:
 * @self: a server
 *
 * Gets who owns the files of Unix sockets.
 *
 * Returns: (nullable): "user", "user:group" or ":group"; %NULL: this process's
 *
 * Since: 1.0
 */
const char *
ws_server_get_unix_owner (WsServer *self)
{
  g_return_val_if_fail (WS_IS_SERVER (self), NULL);

  return ws_server_peek (self)->unix_owner;
}

/**
 * ws_server_set_unix_owner:
 * @self: a server
 * @unix_owner: (nullable): "user", "user:group" or ":group", by names or
 *   numbers; %NULL or "": this process's
 *
 * Sets who owns the files of Unix sockets, for the next listening.
 *
 * Since: 1.0
 */
void
ws_server_set_unix_owner (WsServer *self, const char *unix_owner)
{
  WsServerPrivate *priv;

  g_return_if_fail (WS_IS_SERVER (self));

  priv = ws_server_peek (self);
  if (unix_owner != NULL && *unix_owner == '\0')
    unix_owner = NULL;
  if (g_strcmp0 (priv->unix_owner, unix_owner) == 0
      || !ws_server_may_set (self, WS_SERVER_PROP_UNIX_OWNER))
    return;
  g_free (priv->unix_owner);
  priv->unix_owner = g_strdup (unix_owner);
  ws_server_notify (self, WS_SERVER_PROP_UNIX_OWNER);
}

/* --- The properties --- */

/* clang-format off */
const WsProperty ws_server_unix_properties[] = {
  /**
   * WsServer:unix-mode:
   *
   * The mode that the files of Unix sockets get, as of chmod(2); for the next
   * listening. Whoever may write to the file may connect.
   *
   * 0, the default, leaves it to the umask: whom it lets read files may
   * connect. With 022, which is usual, that is everybody on this host, as at a
   * port of the loopback; with 077 it is the user alone. The mode is there
   * before anybody can connect.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT (WsServer, WS_SERVER_PROP_UNIX_MODE, "unix-mode", 0,
                      MAX_MODE, 0, ws_server_get_unix_mode,
                      ws_server_set_unix_mode) },

  /**
   * WsServer:unix-owner:
   *
   * Who gets the files of Unix sockets: "user", "user:group" or ":group", by
   * names or numbers, as of chown(1); for the next listening.
   *
   * A process without privileges may give a file to a group that it belongs to.
   * With the mode 0660 that lets a web server in whose group this is, and
   * nobody else.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_STRING (WsServer, WS_SERVER_PROP_UNIX_OWNER, "unix-owner",
                        NULL, ws_server_get_unix_owner,
                        ws_server_set_unix_owner) },

  { 0 }
};
/* clang-format on */
