/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ws-server-private.h"

#include "protocol/ws-close.h"
#include "protocol/ws-http.h"

#include "ws-socket-error-private.h"

/* Where a server listens, and for how long. */

static void
on_accepted (int fd, gpointer user_data)
{
  WsServerPrivate *priv = ws_server_peek (user_data);
  WsTransport     *transport = ws_transport_new_for_fd (priv->poller, fd);
  g_autoptr (WsTlsCredentials) credentials = NULL;
  g_autoptr (GError) error = NULL;

  if (ws_server_load_credentials (user_data, &credentials, &error))
    ws_server_take_transport (user_data, transport, credentials);
  else
    {
      ws_transport_free (transport);
      ws_server_report (user_data, WS_CLOSE_CODE_TLS_HANDSHAKE_FAILED,
                        error->message);
    }
}

static void
on_accept_failed (const GError *error, gpointer user_data)
{
  g_autoptr (GError) public_error = ws_socket_error_translate (error);

  ws_server_emit (user_data, WS_SERVER_SIGNAL_ACCEPT_ERROR, public_error);
}

static void
notify_listening (WsServer *self)
{
  g_object_freeze_notify (G_OBJECT (self));
  ws_server_notify (self, WS_SERVER_PROP_LISTENING);
  ws_server_notify (self, WS_SERVER_PROP_PORT);
  ws_server_notify (self, WS_SERVER_PROP_URL);
  g_object_thaw_notify (G_OBJECT (self));
}

static gboolean
begin_listening (WsServer *self, GSocketAddress *address, GError **error)
{
  WsServerPrivate *priv = ws_server_peek (self);
  g_autoptr (WsListener) listener = NULL;
  g_autoptr (WsTlsCredentials) credentials = NULL;

  if (!ws_server_load_credentials (self, &credentials, error))
    return FALSE;
  ws_server_adopt_context (self);
  listener
      = ws_listener_new (priv->poller, on_accepted, on_accept_failed, self);
  if (!ws_listener_add_address (listener, address, priv->backlog, error))
    return FALSE;
  ws_listener_set_accepting (listener, priv->accepting);
  priv->listener = g_steal_pointer (&listener);
  priv->address = ws_listener_get_address (priv->listener);
  return TRUE;
}

/* Any address of this host, in both families where there are two. */
static gboolean
listen_any (WsServer *self, guint16 port, GError **error)
{
  GSocketFamily families[] = { G_SOCKET_FAMILY_IPV6, G_SOCKET_FAMILY_IPV4 };
  g_autoptr (GError) problem = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (families); i++)
    {
      g_autoptr (GInetAddress) any = g_inet_address_new_any (families[i]);
      g_autoptr (GSocketAddress) address
          = g_inet_socket_address_new (any, port);

      g_clear_error (&problem);
      if (begin_listening (self, address, &problem))
        return TRUE;
      if (g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE)
          || g_error_matches (problem, G_IO_ERROR,
                              G_IO_ERROR_PERMISSION_DENIED))
        break;
    }
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

/* Reports why listening failed, and returns it. */
static gboolean
fail_to_listen (WsServer *self, GError *problem, GError **error)
{
  GError *public_error = ws_socket_error_translate (problem);

  g_error_free (problem);
  g_object_ref (self);
  ws_server_report (self, WS_CLOSE_ABNORMAL, public_error->message);
  g_object_unref (self);
  g_propagate_error (error, public_error);
  return FALSE;
}

/**
 * ws_server_listen:
 * @self: a server
 * @address: (nullable): the address to listen on; %NULL: any address of this
 *   host
 * @port: the port; 0: any that is free
 * @error: return location for an error
 *
 * Begins to listen.
 *
 * Fails, among others, with %WS_SOCKET_ERROR_ADDRESS_IN_USE,
 * %WS_SOCKET_ERROR_SOCKET_ADDRESS_NOT_AVAILABLE or
 * %WS_SOCKET_ERROR_SOCKET_ACCESS, with %WS_SOCKET_ERROR_OPERATION on a server
 * that listens already, and with %WS_SOCKET_ERROR_UNSUPPORTED_SOCKET_OPERATION
 * where [property@Server:ssl-mode] is %WS_SSL_MODE_SECURE. A failure is signalled by
 * [signal@Server::server-error] as well.
 *
 * Returns: whether the server listens
 *
 * Since: 1.0
 */
gboolean
ws_server_listen (WsServer     *self,
                  GInetAddress *address,
                  guint16       port,
                  GError      **error)
{
  WsServerPrivate *priv;
  GError          *problem = NULL;
  gboolean         listens;

  g_return_val_if_fail (WS_IS_SERVER (self), FALSE);
  g_return_val_if_fail (address == NULL || G_IS_INET_ADDRESS (address), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  priv = ws_server_peek (self);
  if (!ws_server_check_thread (self, error))
    return FALSE;
  if (priv->listener != NULL)
    {
      problem = g_error_new (WS_SOCKET_ERROR, WS_SOCKET_ERROR_OPERATION,
                             "The server listens already, on %s",
                             ws_server_get_url (self));
      return fail_to_listen (self, problem, error);
    }
  ws_server_cancel_startup (self);
  if (address == NULL)
    listens = listen_any (self, port, &problem);
  else
    {
      g_autoptr (GSocketAddress) socket_address
          = g_inet_socket_address_new (address, port);

      listens = begin_listening (self, socket_address, &problem);
    }
  if (!listens)
    return fail_to_listen (self, problem, error);
  g_object_ref (self);
  ws_server_set_error (self, WS_CLOSE_NORMAL, NULL);
  notify_listening (self);
  g_object_unref (self);
  return TRUE;
}

/* Listens where the properties say. */
static gboolean
on_startup (gpointer user_data)
{
  g_autoptr (WsServer) self = g_object_ref (user_data);
  WsServerPrivate *priv = ws_server_peek (self);
  g_autoptr (GInetAddress) address
      = g_inet_address_new_from_string (priv->host);
  g_autofree char *message = NULL;

  g_clear_pointer (&priv->startup, g_source_unref);
  if (address == NULL)
    {
      g_autofree char *quoted = ws_http_quote (priv->host);

      message = g_strdup_printf ("%s is no IP address to listen on", quoted);
      ws_server_report (self, WS_CLOSE_ABNORMAL, message);
    }
  else if (!ws_server_listen (self, address, priv->port, NULL))
    ws_server_notify (self, WS_SERVER_PROP_LISTENING);
  return G_SOURCE_REMOVE;
}

void
ws_server_schedule_startup (WsServer *self)
{
  WsServerPrivate *priv = ws_server_peek (self);

  ws_server_cancel_startup (self);
  ws_server_adopt_context (self);
  priv->startup = g_idle_source_new ();
  g_source_set_callback (priv->startup, on_startup, self, NULL);
  g_source_attach (priv->startup, priv->context);
}

static void
stop_listening (WsServer *self)
{
  WsServerPrivate *priv = ws_server_peek (self);

  g_clear_pointer (&priv->listener, ws_listener_free);
  g_clear_object (&priv->address);
  g_clear_pointer (&priv->url, g_free);
}

void
ws_server_restart (WsServer *self)
{
  if (ws_server_peek (self)->listener == NULL)
    return;
  stop_listening (self);
  ws_server_schedule_startup (self);
}

static gboolean
on_closed (gpointer user_data)
{
  ws_server_emit (user_data, WS_SERVER_SIGNAL_CLOSED);
  g_object_unref (user_data);
  return G_SOURCE_REMOVE;
}

/**
 * ws_server_close:
 * @self: a server
 *
 * Stops listening.
 *
 * Connections that wait in the queue are closed with 1001, and handshakes are
 * given up; sockets that were handed out live on. [signal@Server::closed]
 * follows from the main loop. The server may listen again.
 *
 * Since: 1.0
 */
void
ws_server_close (WsServer *self)
{
  WsServerPrivate *priv;
  gboolean         listened;
  g_autoptr (GError) error = NULL;

  g_return_if_fail (WS_IS_SERVER (self));

  if (!ws_server_check_thread (self, &error))
    {
      g_warning ("ws_server_close: %s", error->message);
      return;
    }
  priv = ws_server_peek (self);
  listened = priv->listener != NULL;
  g_object_ref (self);
  ws_server_adopt_context (self);
  ws_server_cancel_startup (self);
  stop_listening (self);
  ws_server_drop_waiting (self);
  ws_server_run_later (self, on_closed);
  if (listened)
    notify_listening (self);
  g_object_unref (self);
}

/**
 * ws_server_pause_accepting:
 * @self: a server
 *
 * Leaves new connections in the system's queue until
 * [method@Server.resume_accepting].
 *
 * Since: 1.0
 */
void
ws_server_pause_accepting (WsServer *self)
{
  ws_server_set_accepting (self, FALSE);
}

/**
 * ws_server_resume_accepting:
 * @self: a server
 *
 * Accepts connections again, those first that have come meanwhile.
 *
 * Since: 1.0
 */
void
ws_server_resume_accepting (WsServer *self)
{
  ws_server_set_accepting (self, TRUE);
}

/**
 * ws_server_get_server_address:
 * @self: a server
 *
 * Gets the address that the server listens on.
 *
 * Returns: (transfer none) (nullable): an address, or %NULL when it does not
 *   listen
 *
 * Since: 1.0
 */
GSocketAddress *
ws_server_get_server_address (WsServer *self)
{
  g_return_val_if_fail (WS_IS_SERVER (self), NULL);

  return ws_server_peek (self)->address;
}

/**
 * ws_server_get_server_port:
 * @self: a server
 *
 * Gets the port that the server listens on.
 *
 * Returns: a port, or 0 when it does not listen
 *
 * Since: 1.0
 */
guint16
ws_server_get_server_port (WsServer *self)
{
  GSocketAddress *address;

  g_return_val_if_fail (WS_IS_SERVER (self), 0);

  address = ws_server_peek (self)->address;
  if (address == NULL || !G_IS_INET_SOCKET_ADDRESS (address))
    return 0;
  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
}
