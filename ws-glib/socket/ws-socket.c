/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The class of WsSocket: its life, and what it inherits. */
#include "ws-socket.h"

#include "socket/ws-socket-ending.h"
#include "socket/ws-socket-handler.h"
#include "socket/ws-socket-http.h"
#include "socket/ws-socket-ignoring.h"
#include "socket/ws-socket-keeping.h"
#include "socket/ws-socket-properties.h"
#include "socket/ws-socket-receive-private.h"
#include "socket/ws-socket-settings.h"
#include "socket/ws-socket-signals.h"
#include "socket/ws-socket-slots.h"
#include "socket/ws-socket-ssl.h"
#include "socket/ws-socket-state.h"
#include "socket/ws-socket-tap.h"
#include "socket/ws-socket-view.h"
#include "socket/ws-socket-waiting.h"
#include "http/ws-headers-private.h"
#include "base/ws-tsan-private.h"
#include "protocol/ws-close.h"

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
 * used while it is not [enum@Ws.State.unconnected]: in another thread calls
 * fail with %WS_SOCKET_ERROR_WRONG_CONTEXT. It may be opened again and again,
 * in any of its own handlers too: nothing of one connection reaches the next.
 *
 * Dropping the last reference of a connected socket closes the connection with
 * the code 1001, and nothing is emitted any more, whatever has come already. In
 * another thread than the socket's, too: the connection is closed there when
 * the main context runs. [property@Socket:stays-alive] is for
 * those who hold none.
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

/* --- Its home --- */

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
set_held (WsHomed *homed, gboolean is_held)
{
  ws_socket_set_held (WS_SOCKET (homed), is_held);
}

static void
install_home (WsHomedInterface *iface)
{
  iface->get_home = get_home;
  iface->get_asking = get_asking;
  iface->set_held = set_held;
}

/* --- Life --- */

static void
ws_socket_dispose (GObject *object)
{
  WsSocket        *self = WS_SOCKET (object);
  WsSocketPrivate *priv = ws_socket_peek (self);

  if (ws_stay_is_bound (&priv->stay) && !ws_socket_check_thread (self, NULL))
    {
      ws_stay_part (&priv->stay, &priv->home, object);
      return;
    }
  ws_socket_cancel_activation (self);
  ws_socket_clear_watch (self);
  ws_mailbox_close (&priv->mailbox);
  ws_attempt_leave (&priv->now);
  priv->state = priv->announced = WS_STATE_UNCONNECTED;
  ws_socket_end_keeping (self);
  ws_socket_tell_gone (self);
  ws_socket_end_calls (self);
  ws_socket_clear_handler (self);
  ws_socket_clear_extras (self);
  g_clear_object (&priv->ssl_session);
  if (priv->stay.innermost == NULL)
    ws_stay_settle (&priv->stay, FALSE);
  G_OBJECT_CLASS (ws_socket_parent_class)->dispose (object);
}

static void
ws_socket_finalize (GObject *object)
{
  WsSocketPrivate *priv = ws_socket_peek (WS_SOCKET (object));

  WS_TSAN_ACQUIRE (object);
  ws_stay_clear (&priv->stay);
  ws_socket_clear_handler (WS_SOCKET (object));
  ws_socket_free_async (WS_SOCKET (object));
  ws_socket_clear_http (WS_SOCKET (object));
  ws_socket_clear_taps (WS_SOCKET (object));
  ws_settings_unref (priv->settings);
  g_free (priv->url);
  g_free (priv->origin);
  g_strfreev (priv->subprotocols);
  ws_home_clear (&priv->home);
  ws_attempt_clear (&priv->now);
  g_clear_error (&priv->error);
  g_clear_pointer (&priv->compression, ws_deflate_options_free);
  g_free (priv->last_traffic);
  ws_socket_clear_ignored (WS_SOCKET (object));
  ws_socket_free_extras (WS_SOCKET (object));
  G_OBJECT_CLASS (ws_socket_parent_class)->finalize (object);
}

static void
ws_socket_class_init (WsSocketClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  ws_socket_private_offset = g_type_class_get_instance_private_offset (klass);
  object_class->dispose = ws_socket_dispose;
  object_class->finalize = ws_socket_finalize;
  ws_socket_install_properties (object_class);
  ws_socket_install_signals (klass);
  ws_socket_install_slots ();
}

static void
ws_socket_init (WsSocket *self)
{
  WsSocketPrivate *priv = ws_socket_peek (self);

  priv->version = WS_PROTOCOL_VERSION_LATEST;
  priv->compression = ws_deflate_options_ref_default ();
  priv->settings = ws_socket_share_defaults ();
  ws_socket_init_extras (self);
  priv->state = WS_STATE_UNCONNECTED;
  ws_attempt_clear (&priv->now);
  ws_socket_keep_view (self);
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
