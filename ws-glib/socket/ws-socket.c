/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ws-socket.h"

#include <string.h>

#include "protocol/ws-close.h"

#include "http/ws-headers-private.h"
#include "ws-socket-error.h"
#include "socket/ws-socket-calls-private.h"
#include "base/ws-tsan-private.h"

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

static void install_home (WsHomedInterface *iface);

G_DEFINE_TYPE_WITH_CODE (WsSocket,
                         ws_socket,
                         G_TYPE_OBJECT,
                         G_ADD_PRIVATE (WsSocket)
                             G_IMPLEMENT_INTERFACE (WS_TYPE_HOMED,
                                                    install_home))

WsSocketPrivate *
ws_socket_peek (WsSocket *self)
{
  return ws_socket_get_instance_private (self);
}

/* --- Threads --- */

static const char wrong_thread[]
    = "The socket belongs to another thread: the one that opened it";

gboolean
ws_socket_check_thread (WsSocket *self, GError **error)
{
  return ws_home_check (&ws_socket_peek (self)->home, wrong_thread, error);
}

gboolean
ws_socket_may_call (WsSocket *self, const char *caller)
{
  return ws_home_may_call (&ws_socket_peek (self)->home, caller, wrong_thread);
}

void
ws_socket_adopt_context (WsSocket *self)
{
  ws_home_move (&ws_socket_peek (self)->home);
}

static const WsHome *
get_home (WsHomed *homed)
{
  return &ws_socket_peek (WS_SOCKET (homed))->home;
}

static WsAsking
get_asking (WsHomed *homed, guint signal)
{
  return ws_socket_get_asking (WS_SOCKET (homed), signal);
}

static void
install_home (WsHomedInterface *iface)
{
  iface->get_home = get_home;
  iface->get_asking = get_asking;
}

/* --- Life --- */

void
ws_socket_cancel_activation (WsSocket *self)
{
  WsSocketPrivate *priv = ws_socket_peek (self);

  priv->reconnect.is_waiting = FALSE;
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
          || priv->activation != NULL || priv->reconnect.watch != NULL))
    {
      ws_home_dispose_there (&priv->home, object);
      return;
    }
  ws_socket_cancel_activation (self);
  ws_socket_clear_watch (self);
  ws_socket_release_connection (self);
  priv->state = priv->announced = WS_STATE_UNCONNECTED;
  ws_socket_tell_gone (self);
  ws_socket_end_calls (self);
  g_clear_object (&priv->reconnect.policy);
  ws_socket_clear_ssl (self);
  g_clear_object (&priv->mask_generator);
  G_OBJECT_CLASS (ws_socket_parent_class)->dispose (object);
}

static void
ws_socket_finalize (GObject *object)
{
  WsSocketPrivate *priv = ws_socket_peek (WS_SOCKET (object));

  WS_TSAN_ACQUIRE (object);
  ws_socket_free_async (WS_SOCKET (object));
  ws_socket_clear_http (WS_SOCKET (object));
  g_free (priv->url);
  g_free (priv->origin);
  g_strfreev (priv->subprotocols);
  g_clear_pointer (&priv->request_headers, ws_headers_unref);
  ws_home_clear (&priv->home);
  g_clear_pointer (&priv->target, ws_url_free);
  g_clear_error (&priv->error);
  g_free (priv->subprotocol);
  g_free (priv->extensions);
  g_clear_pointer (&priv->compression, ws_deflate_options_free);
  g_free (priv->close_reason);
  g_free (priv->resource);
  g_free (priv->last_traffic);
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
  priv->compression = ws_deflate_options_ref_default ();
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

WsSocket *
ws_socket_new_incoming (const WsSettings *settings,
                        WsDeflateOptions *compression,
                        WsSocketGone      gone,
                        gpointer          gone_data)
{
  WsSocket        *self = ws_socket_new ();
  WsSocketPrivate *priv = ws_socket_peek (self);

  ws_socket_adopt_context (self);
  priv->settings = *settings;
  g_clear_pointer (&priv->compression, ws_deflate_options_free);
  if (compression != NULL)
    priv->compression = ws_deflate_options_ref (compression);
  priv->gone = gone;
  priv->gone_data = gone_data;
  priv->state = priv->announced = WS_STATE_CONNECTING;
  priv->active = TRUE;
  return self;
}

void
ws_socket_accept (WsSocket                *self,
                  WsServerOpened          *opened,
                  const WsServerHandshake *handshake,
                  const WsServerAnswer    *answer)
{
  WsSocketPrivate *priv = ws_socket_peek (self);
  WsServerAnswer   full = *answer;
  WsDeflateParams  params;
  g_autofree char *extensions
      = ws_socket_accept_extensions (self, handshake->extensions, &params);
  GString *head;

  full.extensions = extensions;
  head = ws_server_handshake_accept (handshake, &full);
  priv->origin = g_strdup (handshake->origin);
  priv->subprotocols = g_strdupv (handshake->subprotocols);
  priv->subprotocol = g_strdup (answer->subprotocol);
  priv->resource = g_strdup (handshake->resource);
  priv->url
      = ws_url_join (opened->transport->is_encrypted ? "wss" : "ws",
                     handshake->host, handshake->port, handshake->resource);
  priv->request_head = opened->head;
  priv->state = priv->announced = WS_STATE_CONNECTED;
  ws_socket_adopt_engine (self, opened->transport, WS_ROLE_SERVER);
  if (extensions != NULL)
    ws_socket_begin_compression (self, WS_ROLE_SERVER, extensions, &params,
                                 &priv->compression->settings);
  ws_socket_set_mailbox (self, ws_engine_get_poller (priv->engine));
  ws_engine_push_head (priv->engine, head->str, head->len);
  ws_engine_push_input (priv->engine, opened->rest.data, opened->rest.len);
  ws_buffer_clear (&opened->rest);
  g_string_free (head, TRUE);
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

  ws_socket_cancel_activation (self);
  ws_socket_release_connection (self);
  priv->state = priv->announced = WS_STATE_UNCONNECTED;
  priv->active = FALSE;
  /* That may drop the last reference. */
  g_object_ref (self);
  ws_socket_tell_gone (self);
  ws_socket_end_calls (self);
  g_object_unref (self);
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
  if (priv->engine != NULL)
    ws_socket_keep_traffic (self, priv->engine);
  g_clear_pointer (&priv->engine, ws_engine_drop);
  ws_socket_forget_received (self);
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

  g_return_if_fail (WS_IS_SOCKET (self));

  if (!ws_socket_may_call (self, G_STRFUNC))
    return;
  priv = ws_socket_peek (self);
  ws_socket_cancel_activation (self);
  priv->reconnect.is_unwanted = TRUE;
  if (priv->state != WS_STATE_UNCONNECTED)
    cut_off (self);
  else
    ws_socket_set_active_flag (self, FALSE);
}

gboolean
ws_socket_check_closing (guint code, const char *reason, GError **error)
{
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
  return TRUE;
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
  ws_socket_frame_all_outgoing (self);
  if (attempt != priv->attempt || priv->state != WS_STATE_CONNECTED
      || priv->engine == NULL)
    return;
  engine = ws_engine_ref (priv->engine);
  ws_engine_close (engine, code, reason);
  if (attempt == priv->attempt)
    ws_socket_set_state (self, WS_STATE_CLOSING);
  if (attempt == priv->attempt)
    ws_socket_update_receiving (self);
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
  if (!ws_socket_check_thread (self, error)
      || !ws_socket_check_closing (code, reason, error))
    return FALSE;
  g_object_ref (self);
  ws_socket_cancel_activation (self);
  priv->reconnect.is_unwanted = TRUE;
  if (priv->state == WS_STATE_CONNECTED)
    close_connection (self, code, reason);
  else if (priv->state == WS_STATE_CONNECTING)
    ws_socket_abort (self);
  else if (priv->state == WS_STATE_UNCONNECTED)
    ws_socket_set_active_flag (self, FALSE);
  g_object_unref (self);
  return TRUE;
}
