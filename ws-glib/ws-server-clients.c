/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ws-server-private.h"

#include <string.h>

#include "ws-socket-error-private.h"
#include "ws-socket-private.h"

/* A connection's way through a server: accepted, asked about, queued or handed
 * out, gone. The handlers on that way may do anything, close and drop the
 * server included; so references are held, and a record without a server is
 * over. */

/* --- The list model --- */

static GType
get_item_type (GListModel *model)
{
  return WS_TYPE_SOCKET;
}

static guint
get_n_items (GListModel *model)
{
  return g_sequence_get_length (ws_server_peek (WS_SERVER (model))->clients);
}

static gpointer
get_item (GListModel *model, guint position)
{
  GSequence     *clients = ws_server_peek (WS_SERVER (model))->clients;
  GSequenceIter *iter = g_sequence_get_iter_at_pos (clients, position);

  if (g_sequence_iter_is_end (iter))
    return NULL;
  return g_object_ref (((WsServerClient *) g_sequence_get (iter))->socket);
}

void
ws_server_install_model (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

void
ws_server_init_clients (WsServer *self)
{
  ws_server_peek (self)->clients = g_sequence_new (NULL);
}

/* --- Counting addresses --- */

/* ::ffff:0:0/96 (RFC 4291, 2.5.5.2) */
static const guint8 ipv4_mapped[] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255 };

static guint
count_address (WsServerPrivate *priv, const char *address)
{
  if (priv->addresses == NULL || address == NULL)
    return 0;
  return GPOINTER_TO_UINT (g_hash_table_lookup (priv->addresses, address));
}

static void
change_address (WsServerPrivate *priv, const char *address, int by)
{
  guint n;

  if (address == NULL)
    return;
  n = count_address (priv, address) + by;
  if (priv->addresses == NULL)
    priv->addresses
        = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (n > 0)
    g_hash_table_insert (priv->addresses, g_strdup (address),
                         GUINT_TO_POINTER (n));
  else
    g_hash_table_remove (priv->addresses, address);
}

/* IPv4 that has come through a socket of IPv6 is IPv4 still. */
static char *
name_address (GInetAddress *address)
{
  const guint8 *bytes = g_inet_address_to_bytes (address);
  g_autoptr (GInetAddress) inner = NULL;

  if (g_inet_address_get_family (address) != G_SOCKET_FAMILY_IPV6
      || memcmp (bytes, ipv4_mapped, sizeof ipv4_mapped) != 0)
    return g_inet_address_to_string (address);
  inner = g_inet_address_new_from_bytes (bytes + sizeof ipv4_mapped,
                                         G_SOCKET_FAMILY_IPV4);
  return g_inet_address_to_string (inner);
}

/* The peer's IP address, while it matters. */
static char *
make_address (WsServerPrivate *priv, WsTransport *transport)
{
  g_autoptr (GSocketAddress) address = NULL;

  if (priv->max_connections_per_address == 0)
    return NULL;
  address = ws_transport_get_address (transport, TRUE);
  if (address == NULL || !G_IS_INET_SOCKET_ADDRESS (address))
    return NULL;
  return name_address (
      g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)));
}

/* --- Records --- */

/* Takes the record out of whatever holds it. */
static void
unlink_client (WsServerClient *client)
{
  WsServerPrivate *priv = ws_server_peek (client->server);

  if (client->link != NULL)
    g_queue_delete_link (client->opening != NULL ? &priv->openings
                                                 : &priv->pending,
                         client->link);
  client->link = NULL;
}

void
ws_server_client_ref (WsServerClient *client)
{
  client->n_refs++;
}

void
ws_server_client_unref (WsServerClient *client)
{
  if (--client->n_refs > 0)
    return;
  g_clear_object (&client->socket);
  g_free (client->address);
  g_free (client);
}

/* The record is over: it belongs to no server, and holds nothing. */
static void
end_client (WsServerClient *client)
{
  change_address (ws_server_peek (client->server), client->address, -1);
  ws_server_client_unsubscribe_all (client);
  client->server = NULL;
  if (client->opening != NULL && client->socket != NULL)
    {
      /* It was seen in a TLS signal, and nothing will become of it. */
      ws_socket_peek (client->socket)->gone = NULL;
      ws_socket_leave (client->socket);
    }
  g_clear_pointer (&client->opening, ws_server_opening_free);
  ws_server_client_unref (client);
}

static void
add_to_model (WsServerClient *client)
{
  WsServerPrivate *priv = ws_server_peek (client->server);
  guint            position = g_sequence_get_length (priv->clients);

  client->iter = g_sequence_append (priv->clients, client);
  g_list_model_items_changed (G_LIST_MODEL (client->server), position, 0, 1);
}

/* The connection of a record's socket is over. */
static void
on_gone (WsSocket *socket, gpointer user_data)
{
  WsServerClient *client = user_data;
  WsServer       *self = g_object_ref (client->server);

  g_object_ref (socket);
  if (client->iter != NULL)
    {
      guint position = g_sequence_iter_get_position (client->iter);

      g_sequence_remove (client->iter);
      end_client (client);
      g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
      ws_server_emit (self, WS_SERVER_SIGNAL_CLIENT_DISCONNECTED, socket);
    }
  else
    {
      unlink_client (client);
      end_client (client);
    }
  g_object_unref (socket);
  g_object_unref (self);
}

/* --- The verdict --- */

static guint
count_connections (WsServerPrivate *priv)
{
  return g_sequence_get_length (priv->clients) + priv->pending.length;
}

/* Whether there is room for one more; @fault says what is full. */
static gboolean
check_room (WsServer *self, const char *address, WsHttpFault *fault)
{
  WsServerPrivate *priv = ws_server_peek (self);

  if (priv->max_connections > 0
      && count_connections (priv) >= priv->max_connections)
    ws_http_fault_set (fault, 503,
                       "The server has all the %u connections that "
                       "max-connections allows",
                       priv->max_connections);
  else if (priv->max_connections_per_address > 0 && address != NULL
           && count_address (priv, address) > priv->max_connections_per_address)
    ws_http_fault_set (fault, 503,
                       "%s has all the %u connections that "
                       "max-connections-per-address allows",
                       address, priv->max_connections_per_address);
  else if (!ws_server_has_listener (self, WS_SERVER_SIGNAL_CLIENT_CONNECTED)
           && (gint64) priv->pending.length >= priv->max_pending_connections)
    ws_http_fault_set (fault, 503,
                       "The queue holds all the %d connections that "
                       "max-pending-connections allows",
                       MAX (0, priv->max_pending_connections));
  else
    return TRUE;
  return FALSE;
}

/* Asks whether the origin may connect; without a handler each may. */
static gboolean
ask_origin (WsServer *self, const char *origin)
{
  g_autoptr (WsCorsAuthenticator) authenticator = NULL;

  if (!ws_server_has_listener (self,
                               WS_SERVER_SIGNAL_ORIGIN_AUTHENTICATION_REQUIRED))
    return TRUE;
  authenticator = ws_cors_authenticator_new (origin);
  ws_server_emit (self, WS_SERVER_SIGNAL_ORIGIN_AUTHENTICATION_REQUIRED,
                  authenticator);
  return ws_cors_authenticator_get_allowed (authenticator);
}

static void
refuse (WsServerClient *client, const WsHttpFault *fault, guint code)
{
  WsServer *self = g_object_ref (client->server);

  ws_server_opening_refuse (client->opening, fault);
  ws_server_report (self, code, fault->message);
  g_object_unref (self);
}

/* Makes the record's opening a socket. */
static void
accept_request (WsServerClient *client)
{
  WsServerPrivate         *priv = ws_server_peek (client->server);
  const WsServerHandshake *handshake
      = ws_server_opening_get_handshake (client->opening);
  WsServerAnswer answer = {
    .subprotocol = ws_server_handshake_choose (
        handshake, (const char *const *) priv->supported_subprotocols),
    .server_name = priv->server_name,
    .date = g_get_real_time () / G_USEC_PER_SEC,
  };
  WsServerOpened opened;

  unlink_client (client);
  if (client->socket == NULL)
    client->socket = ws_socket_new_incoming (&priv->settings, on_gone, client);
  opened = ws_server_opening_steal (client->opening);
  ws_socket_accept (client->socket, &opened, handshake, &answer);
  if (opened.is_secure)
    ws_socket_note_session (client->socket,
                            ws_tls_stream_get_session (opened.transport));
  g_clear_pointer (&client->opening, ws_server_opening_free);
}

/* Gives the socket to a handler, or to the queue. */
static void
hand_out (WsServerClient *client)
{
  WsServer        *self = client->server;
  WsServerPrivate *priv = ws_server_peek (self);
  g_autoptr (WsSocket) socket = g_object_ref (client->socket);

  if (!ws_server_has_listener (self, WS_SERVER_SIGNAL_CLIENT_CONNECTED))
    {
      g_queue_push_tail (&priv->pending, client);
      client->link = priv->pending.tail;
      ws_server_emit (self, WS_SERVER_SIGNAL_NEW_CONNECTION);
      return;
    }
  add_to_model (client);
  if (client->server == NULL)
    return;
  /* Before its handlers, which may wait for a message in a nested loop. */
  ws_socket_start (socket);
  ws_server_emit (self, WS_SERVER_SIGNAL_CLIENT_CONNECTED, socket);
}

static void
refuse_origin (WsServerClient *client, const char *origin)
{
  g_autofree char *quoted = origin != NULL ? ws_http_quote (origin) : NULL;
  WsHttpFault      fault;

  if (quoted != NULL)
    ws_http_fault_set (&fault, 403, "The origin %s is not allowed", quoted);
  else
    ws_http_fault_set (&fault, 403, "A request without origin is not allowed");
  refuse (client, &fault, WS_CLOSE_CODE_POLICY_VIOLATED);
}

static void
on_request (WsServerOpening *opening, gpointer user_data)
{
  WsServerClient  *client = user_data;
  WsServer        *self = g_object_ref (client->server);
  g_autofree char *origin = NULL;
  WsHttpFault      fault;
  gboolean         allowed;

  ws_server_client_ref (client);
  if (!check_room (self, client->address, &fault))
    refuse (client, &fault, WS_CLOSE_CODE_ABNORMAL_DISCONNECTION);
  else
    {
      origin = g_strdup (ws_server_opening_get_handshake (opening)->origin);
      allowed = ask_origin (self, origin);
      if (client->server != NULL && !allowed)
        refuse_origin (client, origin);
      else if (client->server != NULL)
        {
          accept_request (client);
          hand_out (client);
        }
    }
  ws_server_client_unref (client);
  g_object_unref (self);
}

static void
on_refused (WsServerOpening   *opening,
            const WsHttpFault *fault,
            gpointer           user_data)
{
  WsServerClient *client = user_data;
  WsServer       *self = g_object_ref (client->server);
  gboolean        too_big = fault->status == 431 || fault->status == 414;

  ws_server_report (self,
                    too_big ? WS_CLOSE_CODE_TOO_MUCH_DATA
                            : WS_CLOSE_CODE_PROTOCOL_ERROR,
                    fault->message);
  g_object_unref (self);
}

static void
on_opening_gone (WsServerOpening *opening, gpointer user_data)
{
  WsServerClient *client = user_data;

  unlink_client (client);
  end_client (client);
}

static void
on_tls_failed (WsServerOpening *opening,
               const GError    *error,
               gpointer         user_data)
{
  WsServerClient *client = user_data;
  WsServer       *self = g_object_ref (client->server);

  unlink_client (client);
  end_client (client);
  ws_server_report (self, WS_CLOSE_CODE_TLS_HANDSHAKE_FAILED, error->message);
  g_object_unref (self);
}

static const WsServerOpeningSink opening_sink = {
  .paused = ws_server_on_opening_paused,
  .tls_failed = on_tls_failed,
  .request = on_request,
  .refused = on_refused,
  .gone = on_opening_gone,
};

void
ws_server_take_transport (WsServer         *self,
                          WsTransport      *transport,
                          WsTlsCredentials *credentials)
{
  WsServerPrivate       *priv = ws_server_peek (self);
  WsServerClient        *client = g_new0 (WsServerClient, 1);
  WsServerOpeningOptions options
      = { .timeout = MAX (0, priv->handshake_timeout),
          .max_head = priv->max_header_size,
          .server_name = priv->server_name };

  client->n_refs = 1;
  client->server = self;
  client->address = make_address (priv, transport);
  change_address (priv, client->address, +1);
  if (credentials != NULL)
    {
      /* The signals of TLS are about it. */
      client->socket
          = ws_socket_new_incoming (&priv->settings, on_gone, client);
      ws_server_fill_tls_options (self, credentials, &options);
    }
  client->opening
      = ws_server_opening_new (transport, &options, &opening_sink, client);
  g_queue_push_tail (&priv->openings, client);
  client->link = priv->openings.tail;
}

/**
 * ws_server_handle_connection:
 * @self: a server
 * @stream: a connected stream that something else has accepted, and of which
 *   nothing was read
 * @error: return location for an error
 *
 * Does the opening handshake with the client at the other end of @stream.
 *
 * What follows is the same as for a connection that the server has accepted
 * itself, TLS included; it need not listen for this. The stream is referenced, and closed when
 * the connection ends or is refused. Fails with
 * %WS_SOCKET_ERROR_UNSUPPORTED_SOCKET_OPERATION for a stream that cannot be
 * polled, and with %WS_SOCKET_ERROR_WRONG_CONTEXT in a thread that the server
 * does not belong to.
 *
 * Returns: whether the handshake has begun
 *
 * Since: 1.0
 */
gboolean
ws_server_handle_connection (WsServer *self, GIOStream *stream, GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (WsTlsCredentials) credentials = NULL;
  WsTransport *transport;

  g_return_val_if_fail (WS_IS_SERVER (self), FALSE);
  g_return_val_if_fail (G_IS_IO_STREAM (stream), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!ws_server_check_thread (self, error)
      || !ws_server_load_credentials (self, &credentials, error))
    return FALSE;
  ws_server_adopt_context (self);
  transport = ws_transport_new_for_stream (ws_server_peek (self)->poller,
                                           stream, &problem);
  if (transport == NULL)
    {
      g_propagate_error (error, ws_socket_error_translate (problem));
      return FALSE;
    }
  ws_server_take_transport (self, transport, credentials);
  return TRUE;
}

/* --- The queue --- */

/**
 * ws_server_has_pending_connections:
 * @self: a server
 *
 * Gets whether a connection waits to be taken.
 *
 * Returns: whether [method@Server.next_pending_connection] would return one
 *
 * Since: 1.0
 */
gboolean
ws_server_has_pending_connections (WsServer *self)
{
  g_return_val_if_fail (WS_IS_SERVER (self), FALSE);

  return ws_server_peek (self)->pending.length > 0;
}

/**
 * ws_server_next_pending_connection:
 * @self: a server
 *
 * Takes the connection that waits longest.
 *
 * From now on it is read, and is an item of the server's list model. The server
 * keeps a reference until it is disconnected.
 *
 * Returns: (transfer full) (nullable): a connected socket, or %NULL if none
 *   waits
 *
 * Since: 1.0
 */
WsSocket *
ws_server_next_pending_connection (WsServer *self)
{
  WsServerPrivate *priv;
  WsServerClient  *client;
  WsSocket        *socket;

  g_return_val_if_fail (WS_IS_SERVER (self), NULL);

  priv = ws_server_peek (self);
  if (priv->pending.length == 0 || !ws_server_check_thread (self, NULL))
    return NULL;
  client = g_queue_pop_head (&priv->pending);
  client->link = NULL;
  socket = g_object_ref (client->socket);
  add_to_model (client);
  /* Not before: a nested loop in there must not read what nobody hears yet. */
  ws_socket_start (socket);
  return socket;
}

/* --- Ending --- */

void
ws_server_drop_waiting (WsServer *self)
{
  WsServerPrivate *priv = ws_server_peek (self);
  WsServerClient  *client;

  while ((client = g_queue_pop_head (&priv->openings)) != NULL)
    {
      client->link = NULL;
      end_client (client);
    }
  while ((client = g_queue_peek_head (&priv->pending)) != NULL)
    ws_socket_leave (client->socket);
}

void
ws_server_drop_clients (WsServer *self)
{
  WsServerPrivate *priv = ws_server_peek (self);

  while (g_sequence_get_length (priv->clients) > 0)
    {
      GSequenceIter  *iter = g_sequence_get_begin_iter (priv->clients);
      WsServerClient *client = g_sequence_get (iter);

      g_sequence_remove (iter);
      ws_socket_peek (client->socket)->gone = NULL;
      ws_socket_leave (client->socket);
      end_client (client);
    }
  g_clear_pointer (&priv->addresses, g_hash_table_unref);
}
