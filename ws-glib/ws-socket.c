/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ws-socket.h"

#include <string.h>

#include "protocol/ws-close.h"

#include "ws-headers-private.h"
#include "ws-socket-error.h"
#include "ws-socket-private.h"

/**
 * WsSocket:
 *
 * A WebSocket connection, seen from either end.
 *
 * A client is made, given handlers, and opened with [method@Socket.open] or by
 * setting [property@Socket:active]; a [class@Server] hands out sockets that are
 * connected. Messages are sent with [method@Socket.send_text_message] and
 * [method@Socket.send_binary_message], and come with
 * [signal@Socket::text-message-received] and its relatives, while
 * [property@Socket:state] is [enum@Ws.State.connected].
 *
 * A socket belongs to the thread and to the thread-default main context where
 * it was opened; all its signals are emitted there, and only there may it be
 * used while it is not [enum@Ws.State.unconnected]: in another thread calls fail
 * with %WS_SOCKET_ERROR_WRONG_CONTEXT. It may be opened again and again, in any
 * of its own handlers too: nothing of one connection reaches the next.
 *
 * Dropping the last reference of a connected socket closes the connection with
 * the code 1001.
 *
 * Since: 1.0
 */

G_DEFINE_TYPE_WITH_PRIVATE (WsSocket, ws_socket, G_TYPE_OBJECT)

WsSocketPrivate *
ws_socket_peek (WsSocket *self)
{
  return ws_socket_get_instance_private (self);
}

/* --- Threads --- */

gboolean
ws_socket_check_thread (WsSocket *self, GError **error)
{
  WsSocketPrivate *priv = ws_socket_peek (self);

  if (priv->thread == NULL || priv->thread == g_thread_self ())
    return TRUE;
  g_set_error_literal (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_WRONG_CONTEXT,
                       "The socket belongs to another thread: the one that "
                       "opened it");
  return FALSE;
}

/* Disposes in any case: the other thread may not have left its unref yet. */
static gboolean
on_unref_in_owner (gpointer user_data)
{
  g_object_run_dispose (user_data);
  g_object_unref (user_data);
  return G_SOURCE_REMOVE;
}

/* The last reference went in another thread: the connection is released by its
 * owner, who gets a reference for that. */
static void
hand_to_owner (WsSocket *self)
{
  WsSocketPrivate *priv = ws_socket_peek (self);
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_callback (source, on_unref_in_owner, g_object_ref (self), NULL);
  g_source_attach (source, priv->context);
}

/* --- Life --- */

static void
cancel_activation (WsSocketPrivate *priv)
{
  if (priv->activation == NULL)
    return;
  g_source_destroy (priv->activation);
  g_clear_pointer (&priv->activation, g_source_unref);
}

static void
ws_socket_dispose (GObject *object)
{
  WsSocket        *self = WS_SOCKET (object);
  WsSocketPrivate *priv = ws_socket_peek (self);

  if (!ws_socket_check_thread (self, NULL)
      && (priv->engine != NULL || priv->opening != NULL
          || priv->activation != NULL))
    {
      hand_to_owner (self);
      return;
    }
  cancel_activation (priv);
  ws_socket_release_connection (self);
  priv->state = priv->announced = WS_STATE_UNCONNECTED;
  ws_socket_tell_gone (self);
  g_clear_object (&priv->mask_generator);
  G_OBJECT_CLASS (ws_socket_parent_class)->dispose (object);
}

static void
ws_socket_finalize (GObject *object)
{
  WsSocketPrivate *priv = ws_socket_peek (WS_SOCKET (object));

  g_free (priv->url);
  g_free (priv->origin);
  g_strfreev (priv->subprotocols);
  g_clear_pointer (&priv->request_headers, ws_headers_unref);
  g_clear_pointer (&priv->context, g_main_context_unref);
  g_clear_pointer (&priv->target, ws_url_free);
  g_clear_error (&priv->error);
  g_free (priv->subprotocol);
  g_free (priv->close_reason);
  g_free (priv->resource);
  ws_buffer_clear (&priv->request_head);
  G_OBJECT_CLASS (ws_socket_parent_class)->finalize (object);
}

static void
ws_socket_class_init (WsSocketClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = ws_socket_dispose;
  object_class->finalize = ws_socket_finalize;
  ws_socket_install_properties (object_class);
  ws_socket_install_signals (klass);
}

static void
ws_socket_init (WsSocket *self)
{
  WsSocketPrivate *priv = ws_socket_peek (self);

  priv->version = WS_PROTOCOL_VERSION_LATEST;
  priv->settings = ws_settings_default (WS_SETTINGS_CLIENT_PING_INTERVAL);
  priv->state = WS_STATE_UNCONNECTED;
  priv->close_code = WS_CLOSE_NORMAL;
}

/**
 * ws_socket_new:
 *
 * Creates an unconnected socket.
 *
 * Returns: (transfer full): a new socket
 *
 * Since: 1.0
 */
WsSocket *
ws_socket_new (void)
{
  return g_object_new (WS_TYPE_SOCKET, NULL);
}

/**
 * ws_socket_new_with_origin:
 * @origin: (nullable): the origin a client announces
 * @version: a protocol version; only 13 is spoken
 *
 * Creates an unconnected socket that announces an origin (RFC 6454).
 *
 * Returns: (transfer full): a new socket
 *
 * Since: 1.0
 */
WsSocket *
ws_socket_new_with_origin (const char *origin, WsProtocolVersion version)
{
  return g_object_new (WS_TYPE_SOCKET, "origin", origin, "version", version,
                       NULL);
}

static void
adopt_context (WsSocketPrivate *priv)
{
  g_clear_pointer (&priv->context, g_main_context_unref);
  priv->context = g_main_context_ref_thread_default ();
  priv->thread = g_thread_self ();
}

/* What the client may have opened. */
static char *
make_url (const WsServerHandshake *handshake)
{
  gboolean is_ipv6 = strchr (handshake->host, ':') != NULL;
  GString *url = g_string_new ("ws://");

  g_string_append_printf (url, is_ipv6 ? "[%s]" : "%s", handshake->host);
  if (handshake->port != 0)
    g_string_append_printf (url, ":%u", handshake->port);
  g_string_append (url, handshake->resource);
  return g_string_free (url, FALSE);
}

WsSocket *
ws_socket_new_accepted (WsServerOpened          *opened,
                        const WsServerHandshake *handshake,
                        const WsServerAnswer    *answer,
                        const WsSettings        *settings,
                        WsSocketGone             gone,
                        gpointer                 gone_data)
{
  WsSocket        *self = ws_socket_new ();
  WsSocketPrivate *priv = ws_socket_peek (self);
  GString         *head = ws_server_handshake_accept (handshake, answer);

  adopt_context (priv);
  priv->settings = *settings;
  priv->origin = g_strdup (handshake->origin);
  priv->subprotocols = g_strdupv (handshake->subprotocols);
  priv->subprotocol = g_strdup (answer->subprotocol);
  priv->resource = g_strdup (handshake->resource);
  priv->url = make_url (handshake);
  priv->request_head = opened->head;
  priv->gone = gone;
  priv->gone_data = gone_data;
  priv->state = priv->announced = WS_STATE_CONNECTED;
  priv->active = TRUE;
  ws_socket_adopt_engine (self, opened->transport, WS_ROLE_SERVER);
  ws_engine_push_head (priv->engine, head->str, head->len);
  ws_engine_push_input (priv->engine, opened->rest.data, opened->rest.len);
  ws_buffer_clear (&opened->rest);
  g_string_free (head, TRUE);
  return self;
}

void
ws_socket_start (WsSocket *self)
{
  WsSocketPrivate *priv = ws_socket_peek (self);

  if (priv->engine != NULL)
    ws_engine_start (priv->engine);
}

void
ws_socket_leave (WsSocket *self)
{
  WsSocketPrivate *priv = ws_socket_peek (self);

  cancel_activation (priv);
  ws_socket_release_connection (self);
  priv->state = priv->announced = WS_STATE_UNCONNECTED;
  priv->active = FALSE;
  /* That may drop the last reference. */
  ws_socket_tell_gone (self);
}

/* --- Opening --- */

/* The only place where a URL's faults become ours. */
static WsUrl *
parse_url (const char *text, GError **error)
{
  g_autoptr (GError) problem = NULL;
  WsUrl        *url;
  WsSocketError code = WS_SOCKET_ERROR_CONNECTION_REFUSED;

  if (text == NULL)
    {
      g_set_error_literal (error, WS_SOCKET_ERROR, code,
                           "There is no URL to open: neither an argument nor "
                           "the property url is set");
      return NULL;
    }
  url = ws_url_parse (text, &problem);
  if (url != NULL && !url->secure)
    return url;
  if (url != NULL)
    {
      g_autofree char *quoted = ws_url_quote (text);

      ws_url_free (url);
      g_set_error (error, WS_SOCKET_ERROR,
                   WS_SOCKET_ERROR_UNSUPPORTED_SOCKET_OPERATION,
                   "%s needs TLS, which this version does not speak", quoted);
      return NULL;
    }
  if (g_error_matches (problem, G_URI_ERROR, G_URI_ERROR_BAD_SCHEME))
    code = WS_SOCKET_ERROR_UNSUPPORTED_SOCKET_OPERATION;
  g_set_error_literal (error, WS_SOCKET_ERROR, code, problem->message);
  return NULL;
}

static void
refuse_to_open (WsSocket *self, GError *problem, GError **error)
{
  ws_socket_set_error (self, problem);
  ws_socket_emit (self, WS_SOCKET_SIGNAL_ERROR, problem);
  g_propagate_error (error, problem);
}

static void
begin_opening (WsSocket *self)
{
  WsSocketPrivate *priv = ws_socket_peek (self);
  g_autoptr (WsPoller) poller = ws_poller_get (priv->context);
  WsClientOpeningOptions options
      = { .origin = priv->origin,
          .subprotocols = (const char *const *) priv->subprotocols,
          .timeout = priv->settings.open_timeout };

  if (priv->request_headers != NULL)
    options.headers = ws_headers_peek_http (priv->request_headers);
  priv->opening = ws_client_opening_new (poller, priv->target, &options,
                                         &ws_socket_opening_sink, self);
}

/* Takes @url (transfer full) as the target of a new attempt. */
static void
begin_attempt (WsSocket *self, WsUrl *url)
{
  WsSocketPrivate *priv = ws_socket_peek (self);

  cancel_activation (priv);
  ws_socket_release_connection (self);
  adopt_context (priv);
  g_clear_pointer (&priv->target, ws_url_free);
  g_clear_pointer (&priv->subprotocol, g_free);
  g_clear_pointer (&priv->resource, g_free);
  ws_buffer_clear (&priv->request_head);
  priv->target = url;
  priv->failed = FALSE;
  priv->warned_nul = FALSE;
  begin_opening (self);
}

/* All the notifications of a new attempt; its state is set before any of them,
 * for a handler may end it. */
static void
announce_attempt (WsSocket *self, gboolean url_changed)
{
  WsSocketPrivate *priv = ws_socket_peek (self);
  guint            attempt = priv->attempt;
  gboolean         state_changed = priv->state != WS_STATE_CONNECTING;

  g_object_ref (self);
  priv->state = WS_STATE_CONNECTING;
  g_object_freeze_notify (G_OBJECT (self));
  if (url_changed)
    ws_socket_notify (self, WS_SOCKET_PROP_URL);
  ws_socket_note_closing (self, NULL);
  ws_socket_set_error (self, NULL);
  ws_socket_notify (self, WS_SOCKET_PROP_RESOURCE_NAME);
  ws_socket_notify (self, WS_SOCKET_PROP_PEER_NAME);
  ws_socket_set_active_flag (self, TRUE);
  if (state_changed)
    {
      ws_socket_notify (self, WS_SOCKET_PROP_STATE);
      ws_socket_notify (self, WS_SOCKET_PROP_STATUS);
    }
  g_object_thaw_notify (G_OBJECT (self));
  if (attempt == priv->attempt)
    ws_socket_announce_state (self);
  g_object_unref (self);
}

/**
 * ws_socket_open:
 * @self: a socket
 * @url: (nullable): where to connect to; %NULL stands for
 *   [property@Socket:url], which otherwise becomes @url
 * @error: return location for an error
 *
 * Begins to open a connection.
 *
 * How that went is told by [signal@Socket::connected], or by
 * [signal@Socket::error] and [signal@Socket::disconnected]. A connection that
 * is open or closing is dropped without a signal first; its peer is told with
 * the close code 1001.
 *
 * A URL that cannot be used is refused, with
 * %WS_SOCKET_ERROR_UNSUPPORTED_SOCKET_OPERATION if it is its scheme and else
 * with %WS_SOCKET_ERROR_CONNECTION_REFUSED: the error is returned and signalled,
 * and nothing changes.
 *
 * Returns: whether the attempt has begun
 *
 * Since: 1.0
 */
gboolean
ws_socket_open (WsSocket *self, const char *url, GError **error)
{
  WsSocketPrivate *priv;
  GError          *problem = NULL;
  WsUrl           *target;
  gboolean         url_changed = FALSE;

  g_return_val_if_fail (WS_IS_SOCKET (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  priv = ws_socket_peek (self);
  if (priv->state != WS_STATE_UNCONNECTED
      && !ws_socket_check_thread (self, error))
    return FALSE;
  target = parse_url (url != NULL ? url : priv->url, &problem);
  if (target == NULL)
    {
      refuse_to_open (self, problem, error);
      return FALSE;
    }

  if (url != NULL && g_strcmp0 (url, priv->url) != 0)
    {
      g_free (priv->url);
      priv->url = g_strdup (url);
      url_changed = TRUE;
    }
  g_object_ref (self);
  begin_attempt (self, target);
  announce_attempt (self, url_changed);
  ws_socket_tell_gone (self);
  g_object_unref (self);
  return TRUE;
}

static gboolean
on_activation (gpointer user_data)
{
  WsSocket        *self = g_object_ref (user_data);
  WsSocketPrivate *priv = ws_socket_peek (self);

  g_clear_pointer (&priv->activation, g_source_unref);
  if (!ws_socket_open (self, NULL, NULL) && priv->state == WS_STATE_UNCONNECTED
      && priv->activation == NULL)
    ws_socket_set_active_flag (self, FALSE);
  g_object_unref (self);
  return G_SOURCE_REMOVE;
}

void
ws_socket_schedule_activation (WsSocket *self)
{
  WsSocketPrivate *priv = ws_socket_peek (self);

  cancel_activation (priv);
  adopt_context (priv);
  priv->activation = g_idle_source_new ();
  g_source_set_callback (priv->activation, on_activation, self, NULL);
  g_source_attach (priv->activation, priv->context);
}

/* --- Closing --- */

/* Ends whatever there is without a closing handshake. */
static void
cut_off (WsSocket *self)
{
  WsSocketPrivate *priv = ws_socket_peek (self);
  WsClosing        closing = { .code = WS_CLOSE_ABNORMAL };
  guint            attempt = ++priv->attempt;
  gboolean         was_open = priv->state != WS_STATE_CONNECTING;

  g_object_ref (self);
  g_clear_pointer (&priv->opening, ws_client_opening_free);
  g_clear_pointer (&priv->engine, ws_engine_drop);
  if (was_open && !priv->read_finished)
    {
      priv->read_finished = TRUE;
      ws_socket_emit (self, WS_SOCKET_SIGNAL_READ_CHANNEL_FINISHED);
    }
  if (attempt == priv->attempt)
    ws_socket_note_closing (self, &closing);
  if (attempt == priv->attempt)
    ws_socket_finish (self);
  g_object_unref (self);
}

/**
 * ws_socket_abort:
 * @self: a socket
 *
 * Ends the connection, or the attempt to open one, at once.
 *
 * Nothing that waits is sent, and no close frame either. Before this call ends,
 * [signal@Socket::disconnected] has been emitted; [property@Socket:close-code]
 * is 1006. Does nothing on an unconnected socket.
 *
 * Since: 1.0
 */
void
ws_socket_abort (WsSocket *self)
{
  WsSocketPrivate *priv;
  g_autoptr (GError) error = NULL;

  g_return_if_fail (WS_IS_SOCKET (self));

  priv = ws_socket_peek (self);
  if (!ws_socket_check_thread (self, &error))
    {
      g_warning ("ws_socket_abort: %s", error->message);
      return;
    }
  cancel_activation (priv);
  if (priv->state != WS_STATE_UNCONNECTED)
    cut_off (self);
  else
    ws_socket_set_active_flag (self, FALSE);
}

static void
close_connection (WsSocket *self, guint code, const char *reason)
{
  WsSocketPrivate *priv = ws_socket_peek (self);
  guint            attempt = priv->attempt;
  WsEngine        *engine;

  ws_socket_announce_close (self);
  if (attempt != priv->attempt || priv->state != WS_STATE_CONNECTED
      || priv->engine == NULL)
    return;
  engine = ws_engine_ref (priv->engine);
  ws_engine_close (engine, code, reason);
  if (attempt == priv->attempt)
    ws_socket_set_state (self, WS_STATE_CLOSING);
  if (attempt == priv->attempt)
    ws_socket_note_closing (self, ws_engine_get_closing (engine));
  ws_engine_unref (engine);
}

/**
 * ws_socket_close:
 * @self: a socket
 * @code: the close code: 1000 to 1003, 1007 to 1014 or 3000 to 4999
 * @reason: (nullable): why, for the peer; longer than 123 bytes it is cut
 *   between two characters
 * @error: return location for an error
 *
 * Begins the closing handshake (RFC 6455, 7.1.2).
 *
 * What waits is sent first, then the close frame. Messages of the peer still
 * come until it has answered. One deadline, [property@Socket:close-timeout],
 * holds for all of it. An attempt to open is given up at once.
 *
 * Any other @code is refused with %WS_SOCKET_ERROR_INVALID_ARGUMENT, as is a
 * @reason that is not UTF-8; nothing is sent then.
 *
 * Returns: whether the arguments are right; also on a socket that is
 *   unconnected or closing already, where nothing happens
 *
 * Since: 1.0
 */
gboolean
ws_socket_close (WsSocket *self, guint code, const char *reason, GError **error)
{
  WsSocketPrivate *priv;

  g_return_val_if_fail (WS_IS_SOCKET (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  priv = ws_socket_peek (self);
  if (!ws_socket_check_thread (self, error))
    return FALSE;
  if (!ws_close_is_sendable (code))
    {
      g_set_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_INVALID_ARGUMENT,
                   "The close code %u may not be sent; 1000 to 1003, 1007 to "
                   "1014 and 3000 to 4999 may",
                   code);
      return FALSE;
    }
  if (reason != NULL && !g_utf8_validate (reason, -1, NULL))
    {
      g_set_error_literal (error, WS_SOCKET_ERROR,
                           WS_SOCKET_ERROR_INVALID_ARGUMENT,
                           "The reason of a close is not valid UTF-8");
      return FALSE;
    }
  g_object_ref (self);
  cancel_activation (priv);
  if (priv->state == WS_STATE_CONNECTED)
    close_connection (self, code, reason);
  else if (priv->state == WS_STATE_CONNECTING)
    ws_socket_abort (self);
  else if (priv->state == WS_STATE_UNCONNECTED)
    ws_socket_set_active_flag (self, FALSE);
  g_object_unref (self);
  return TRUE;
}
