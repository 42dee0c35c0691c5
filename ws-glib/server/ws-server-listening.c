/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where a server listens, and for how long. What listen() and the properties
 * ask for has a WsListener of its own, which a new host or port replaces; all
 * that is added shares another one. */
#include "server/ws-server-listening.h"

#include "server/ws-server-accept.h"
#include "server/ws-server-broker.h"
#include "server/ws-server-incoming.h"
#include "server/ws-server-log.h"
#include "server/ws-server-proxies.h"
#include "server/ws-server-signals.h"
#include "server/ws-server-ssl.h"
#include "server/ws-server-waiting.h"
#include "protocol/ws-close.h"
#include "protocol/ws-http.h"

#include "base/ws-socket-error-private.h"

/* How often a port that is free for IPv4 is tried for IPv6, too. */
#define MAX_TRIES 16

/* @tag: the WsProxyProtocol that was set when the listening began. */
static void
on_accepted (int fd, const WsAddress *peer, guint tag, gpointer user_data)
{
  WsServer    *self = user_data;
  WsTransport *transport
      = ws_transport_new_for_fd (ws_server_peek (self)->poller, fd);
  WsProxyHeaderUse header
      = ws_server_expect_header (self, (WsProxyProtocol) tag, peer);
  g_autoptr (WsTlsCredentials) credentials = NULL;
  g_autoptr (GError) error = NULL;

  if (tag == WS_PROXY_PROTOCOL_REQUIRED && header == WS_PROXY_HEADER_NEVER)
    {
      ws_transport_free (transport);
      ws_server_turn_away (self, peer, WS_PEER_PHASE_PROXY_HEADER,
                           WS_CLOSE_CODE_POLICY_VIOLATED,
                           "This is none of the trusted-proxies, and "
                           "proxy-protocol is required");
    }
  else if (!ws_server_load_credentials (self, &credentials, &error))
    {
      ws_transport_free (transport);
      ws_server_turn_away (self, peer, WS_PEER_PHASE_TLS_HANDSHAKE,
                           WS_CLOSE_CODE_TLS_HANDSHAKE_FAILED, error->message);
    }
  else
    ws_server_take_transport (self, transport, peer, header, credentials);
}

static void
on_accept_failed (const GError *error, gpointer user_data)
{
  g_autoptr (GError) public_error = ws_socket_error_translate (error);

  ws_server_log (user_data, "cannot accept: %s", public_error->message);
  ws_server_emit (user_data, WS_SERVER_SIGNAL_ACCEPT_ERROR, public_error);
}

WsListener *
ws_server_make_listener (WsServer *self, GError **error)
{
  WsServerPrivate *priv = ws_server_peek (self);
  WsListener      *listener;
  g_autoptr (WsTlsCredentials) credentials = NULL;

  if (!ws_server_load_credentials (self, &credentials, error))
    return NULL;
  ws_server_adopt_context (self);
  ws_server_attach_broker (self);
  listener
      = ws_listener_new (priv->poller, on_accepted, on_accept_failed, self);
  ws_listener_set_accepting (listener, priv->accepting);
  ws_listener_set_tag (listener, priv->proxy_protocol);
  return listener;
}

WsListenerOptions
ws_server_get_listener_options (WsServer *self)
{
  WsServerPrivate *priv = ws_server_peek (self);

  return (WsListenerOptions){ .backlog = (int) MIN (priv->backlog, G_MAXINT),
                              .reuse_port = priv->reuse_port,
                              .access = { .mode = priv->unix_mode,
                                          .owner = priv->unix_owner } };
}

static gboolean
add_address (WsServer     *self,
             WsListener   *listener,
             GInetAddress *address,
             guint16       port,
             GError      **error)
{
  WsListenerOptions options = ws_server_get_listener_options (self);
  g_autoptr (GSocketAddress) socket_address
      = g_inet_socket_address_new (address, port);

  return ws_listener_add_address (listener, socket_address, &options, error);
}

/* Any address of this host, in both families where there are two. */
static gboolean
add_any (WsServer *self, WsListener *listener, guint16 port, GError **error)
{
  GSocketFamily families[] = { G_SOCKET_FAMILY_IPV6, G_SOCKET_FAMILY_IPV4 };
  g_autoptr (GError) problem = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (families); i++)
    {
      g_autoptr (GInetAddress) any = g_inet_address_new_any (families[i]);

      g_clear_error (&problem);
      if (add_address (self, listener, any, port, &problem))
        return TRUE;
      if (g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE)
          || g_error_matches (problem, G_IO_ERROR,
                              G_IO_ERROR_PERMISSION_DENIED))
        break;
    }
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

static guint16
get_listener_port (WsListener *listener)
{
  g_autoptr (GSocketAddress) address = ws_listener_get_address (listener);

  if (address == NULL || !G_IS_INET_SOCKET_ADDRESS (address))
    return 0;
  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
}

/* Both loopbacks, with one port; on a host without IPv6 just the other. */
static WsListener *
make_localhost (WsServer *self, guint16 port, GError **error)
{
  g_autoptr (GInetAddress) first
      = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GInetAddress) second
      = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV6);
  g_autoptr (GError) problem = NULL;

  for (guint i = 0; i < MAX_TRIES; i++)
    {
      g_autoptr (WsListener) listener = ws_server_make_listener (self, error);

      g_clear_error (&problem);
      if (listener == NULL || !add_address (self, listener, first, port, error))
        return NULL;
      if (add_address (self, listener, second, get_listener_port (listener),
                       &problem)
          || !g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE))
        return g_steal_pointer (&listener);
      if (port != 0)
        break;
    }
  g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}

/* --- What the user sees of it --- */

static void
forget_address (WsServerPrivate *priv)
{
  g_clear_object (&priv->address);
  g_clear_pointer (&priv->url, g_free);
}

/* The address has changed; @is_new: and whether the server listens. */
static void
notify_listening (WsServer *self, gboolean is_new)
{
  g_object_freeze_notify (G_OBJECT (self));
  if (is_new)
    ws_server_notify (self, WS_SERVER_PROP_LISTENING);
  ws_server_notify (self, WS_SERVER_PROP_PORT);
  ws_server_notify (self, WS_SERVER_PROP_URL);
  g_object_thaw_notify (G_OBJECT (self));
}

void
ws_server_note_listening (WsServer *self, gboolean is_first)
{
  WsServerPrivate *priv = ws_server_peek (self);
  gboolean         listened = priv->address != NULL;

  priv->is_closed = FALSE;
  if (is_first)
    {
      forget_address (priv);
      priv->address = ws_listener_get_address (ws_server_peek_listener (self));
    }
  ws_server_log (self,
                 is_first ? "listening at %s" : "listening elsewhere, too",
                 ws_server_get_url (self));
  g_object_ref (self);
  ws_server_set_error (self, WS_CLOSE_NORMAL, NULL);
  if (is_first)
    notify_listening (self, !listened);
  g_object_unref (self);
}

gboolean
ws_server_fail_to_listen (WsServer *self, GError *problem, GError **error)
{
  GError *public_error = ws_socket_error_translate (problem);

  g_error_free (problem);
  ws_server_log (self, "cannot listen: %s", public_error->message);
  ws_server_report (self, WS_CLOSE_ABNORMAL, public_error->message);
  g_propagate_error (error, public_error);
  return FALSE;
}

/* --- Beginning --- */

/**
 * ws_server_listen:
 * @self: a server
 * @address: (nullable): the address to listen on; %NULL: any address of this
 *   host, in IPv6 and IPv4
 * @port: the port; 0: any that is free
 * @error: return location for an error
 *
 * Begins to listen, besides wherever [method@Server.listen_address] and its
 * relatives have made the server listen already.
 *
 * Fails, among others, with %WS_SOCKET_ERROR_ADDRESS_IN_USE,
 * %WS_SOCKET_ERROR_SOCKET_ADDRESS_NOT_AVAILABLE or
 * %WS_SOCKET_ERROR_SOCKET_ACCESS, with %WS_SOCKET_ERROR_OPERATION where this
 * function or [property@Server:listening] has made it listen, and with
 * %WS_SOCKET_ERROR_SSL_INVALID_USER_DATA where [property@Server:ssl-mode] is
 * %WS_SSL_MODE_SECURE and there is no usable certificate. A failure is
 * signalled by [signal@Server::server-error] as well.
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
  g_autoptr (WsListener) listener = NULL;
  GError *problem = NULL;

  g_return_val_if_fail (WS_IS_SERVER (self), FALSE);
  g_return_val_if_fail (address == NULL || G_IS_INET_ADDRESS (address), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!ws_server_check_begin (self, error))
    return FALSE;
  if (ws_server_peek (self)->listener != NULL)
    {
      problem = g_error_new (WS_SOCKET_ERROR, WS_SOCKET_ERROR_OPERATION,
                             "The server listens already, on %s",
                             ws_server_get_url (self));
      return ws_server_fail_to_listen (self, problem, error);
    }
  ws_server_cancel_startup (self);
  listener = ws_server_make_listener (self, &problem);
  if (listener == NULL
      || !(address != NULL
               ? add_address (self, listener, address, port, &problem)
               : add_any (self, listener, port, &problem)))
    return ws_server_fail_to_listen (self, problem, error);
  ws_server_peek (self)->listener = g_steal_pointer (&listener);
  ws_server_note_listening (self, TRUE);
  return TRUE;
}

/* (transfer full) (nullable): where the properties say. */
static WsListener *
make_listener_at_host (WsServer *self, GError **error)
{
  WsServerPrivate *priv = ws_server_peek (self);
  g_autoptr (WsListener) listener = NULL;
  g_autoptr (GInetAddress) address = NULL;
  g_autofree char *quoted = NULL;

  if (g_ascii_strcasecmp (priv->host, "localhost") == 0)
    return make_localhost (self, (guint16) priv->port, error);
  address = g_inet_address_new_from_string (priv->host);
  if (address == NULL)
    {
      quoted = ws_http_quote (priv->host);
      g_set_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_INVALID_ARGUMENT,
                   "%s is no IP address to listen on, nor localhost", quoted);
      return NULL;
    }
  listener = ws_server_make_listener (self, error);
  if (listener == NULL
      || !add_address (self, listener, address, (guint16) priv->port, error))
    return NULL;
  return g_steal_pointer (&listener);
}

static gboolean
on_startup (gpointer user_data)
{
  g_autoptr (WsServer) self = g_object_ref (user_data);
  WsServerPrivate *priv = ws_server_peek (self);
  GError          *problem = NULL;

  g_clear_pointer (&priv->startup, g_source_unref);
  priv->listener = make_listener_at_host (self, &problem);
  if (priv->listener != NULL)
    ws_server_note_listening (self, TRUE);
  else
    {
      ws_server_fail_to_listen (self, problem, NULL);
      if (!ws_server_is_listening (self))
        ws_server_notify (self, WS_SERVER_PROP_LISTENING);
    }
  return G_SOURCE_REMOVE;
}

void
ws_server_schedule_startup (WsServer *self)
{
  WsServerPrivate *priv = ws_server_peek (self);

  ws_server_cancel_startup (self);
  ws_server_adopt_context (self);
  ws_server_attach_broker (self);
  priv->startup = g_idle_source_new ();
  g_source_set_callback (priv->startup, on_startup, self, NULL);
  g_source_attach (priv->startup, priv->home.context);
}

/* --- Ending --- */

static void
stop_listening (WsServer *self)
{
  WsServerPrivate *priv = ws_server_peek (self);

  g_clear_pointer (&priv->listener, ws_listener_free);
  g_clear_pointer (&priv->added, ws_listener_free);
  forget_address (priv);
}

void
ws_server_restart (WsServer *self)
{
  WsServerPrivate *priv = ws_server_peek (self);

  if (priv->listener == NULL)
    return;
  g_clear_pointer (&priv->listener, ws_listener_free);
  forget_address (priv);
  if (priv->added != NULL)
    priv->address = ws_listener_get_address (priv->added);
  ws_server_schedule_startup (self);
}

static gboolean
on_closed (gpointer user_data)
{
  ws_server_emit (user_data, WS_SERVER_SIGNAL_CLOSED);
  ws_server_note_gone (user_data, user_data);
  g_object_unref (user_data);
  return G_SOURCE_REMOVE;
}

/**
 * ws_server_close:
 * @self: a server
 *
 * Stops listening, and nothing else.
 *
 * Who is on the way still gets in, or gets an answer; connections that wait in
 * the queue may still be taken, and sockets that were handed out live on.
 * [method@Server.close_async] closes all of them as well. Calls of
 * [method@Server.accept_async] that wait end with %G_IO_ERROR_CLOSED as soon as
 * nobody is on the way any more. [signal@Server::closed] follows from the main
 * loop. The server may listen again.
 *
 * Since: 1.0
 */
void
ws_server_close (WsServer *self)
{
  WsServerPrivate *priv;
  gboolean         listened;

  g_return_if_fail (WS_IS_SERVER (self));

  priv = ws_server_peek (self);
  if (!ws_server_may_call (self, G_STRFUNC)
      || (priv->poller == NULL && !ws_home_may_enter (G_STRFUNC)))
    return;
  listened = ws_server_is_listening (self);
  g_object_ref (self);
  ws_server_adopt_context (self);
  ws_server_attach_broker (self);
  ws_server_cancel_startup (self);
  priv->is_closed = TRUE;
  stop_listening (self);
  ws_server_log (self, "closed");
  ws_home_run_later (&priv->home, on_closed, self);
  if (listened)
    notify_listening (self, TRUE);
  ws_server_check_accepts (self);
  g_object_unref (self);
}
