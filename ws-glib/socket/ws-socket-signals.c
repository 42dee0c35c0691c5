/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The signals of WsSocket: their documentation, and how they are emitted. */
#include "socket/ws-socket-signals.h"

#include "ws-authenticator.h"
#include "ws-psk-authenticator.h"
#include "ws-ssl-error.h"
#include "socket/ws-socket-handler.h"
#include "base/ws-answered.h"

static guint signals[WS_SOCKET_N_SIGNALS];
/* Where the class keeps the default handler; 0: it has none. */
static guint offsets[WS_SOCKET_N_SIGNALS];
/* What a handler has to do. */
static WsAsking asking[WS_SOCKET_N_SIGNALS];

static void
add_signal (WsSocketSignal signal,
            const char    *name,
            guint          offset,
            GType          first,
            GType          second)
{
  guint n_params = (first != G_TYPE_NONE) + (second != G_TYPE_NONE);

  offsets[signal] = offset;
  signals[signal]
      = g_signal_new (name, WS_TYPE_SOCKET, G_SIGNAL_RUN_LAST, offset, NULL,
                      NULL, NULL, G_TYPE_NONE, n_params, first, second);
}

/**
 * WsSocket::alert-sent:
 * @self: the socket
 * @level: 1: warning, 2: fatal
 * @type: the number of the alert (RFC 8446, 6)
 * @description: its name
 *
 * A TLS alert was sent.
 *
 * Since: 1.0
 */

/**
 * WsSocket::alert-received:
 * @self: the socket
 * @level: 1: warning, 2: fatal
 * @type: the number of the alert (RFC 8446, 6)
 * @description: its name
 *
 * A TLS alert has come.
 *
 * Since: 1.0
 */
static void
add_alert_signal (WsSocketSignal signal, const char *name)
{
  signals[signal] = g_signal_new (name, WS_TYPE_SOCKET, G_SIGNAL_RUN_LAST, 0,
                                  NULL, NULL, NULL, G_TYPE_NONE, 3, G_TYPE_UINT,
                                  G_TYPE_UINT, G_TYPE_STRING);
}

#define OFFSET(member) G_STRUCT_OFFSET (WsSocketClass, member)

static void
install_state_signals (void)
{
  /**
   * WsSocket::connected:
   * @self: the socket
   *
   * The opening handshake has succeeded: messages can be sent.
   *
   * Emitted after [signal@Socket::state-changed], for a client only: a server's
   * sockets are connected when they are handed out.
   *
   * Since: 1.0
   */
  add_signal (WS_SOCKET_SIGNAL_CONNECTED, "connected", OFFSET (connected),
              G_TYPE_NONE, G_TYPE_NONE);

  /**
   * WsSocket::disconnected:
   * @self: the socket
   *
   * The connection, or the attempt to open one, is over.
   *
   * The last signal of each attempt, also of one that never connected. The
   * properties [property@Socket:close-code] and its relatives tell how it
   * ended.
   *
   * Since: 1.0
   */
  add_signal (WS_SOCKET_SIGNAL_DISCONNECTED, "disconnected",
              OFFSET (disconnected), G_TYPE_NONE, G_TYPE_NONE);

  /**
   * WsSocket::state-changed:
   * @self: the socket
   * @state: the new state
   *
   * [property@Socket:state] has changed.
   *
   * Since: 1.0
   */
  add_signal (WS_SOCKET_SIGNAL_STATE_CHANGED, "state-changed",
              OFFSET (state_changed), WS_TYPE_STATE, G_TYPE_NONE);

  /**
   * WsSocket::about-to-close:
   * @self: the socket
   *
   * A close frame will leave (RFC 6455, 5.5.1): the last chance to send
   * something.
   *
   * Emitted once for a connection, whoever closes it.
   *
   * Since: 1.0
   */
  add_signal (WS_SOCKET_SIGNAL_ABOUT_TO_CLOSE, "about-to-close", 0, G_TYPE_NONE,
              G_TYPE_NONE);

  /**
   * WsSocket::read-channel-finished:
   * @self: the socket
   *
   * No message will follow on this connection.
   *
   * Since: 1.0
   */
  add_signal (WS_SOCKET_SIGNAL_READ_CHANNEL_FINISHED, "read-channel-finished",
              0, G_TYPE_NONE, G_TYPE_NONE);

  /**
   * WsSocket::error:
   * @self: the socket
   * @error: (type GLib.Error): what happened, in the domain
   *   [error@Ws.SocketError]
   *
   * Something went wrong that no call of yours reports.
   *
   * Emitted at most once for an attempt, before the change of state that it
   * causes; by [method@Socket.open] for a URL that it refuses; and by a slot,
   * such as [signal@Socket::send-text-message], that could not do what it was
   * asked for. What a call was refused for is no error of the connection:
   * [property@Socket:error-string] and [property@Socket:status] do not show it.
   *
   * Since: 1.0
   */
  add_signal (WS_SOCKET_SIGNAL_ERROR, "error", OFFSET (error), G_TYPE_ERROR,
              G_TYPE_NONE);
}

/* The emitter holds what it emits, so that a handler in C gets the pointer as
 * it is, without the copy that the usual marshaller makes. Closures of bindings
 * have a marshaller of their own, which copies. The generic marshaller is there
 * because the usual one would bring its own companion for va_lists, which
 * GObject does not let anybody replace. */
static void
add_message_signal (WsSocketSignal signal,
                    const char    *name,
                    guint          offset,
                    GType          type)
{
  offsets[signal] = offset;
  signals[signal]
      = g_signal_new (name, WS_TYPE_SOCKET, G_SIGNAL_RUN_LAST, offset, NULL,
                      NULL, g_cclosure_marshal_generic, G_TYPE_NONE, 1, type);
  g_signal_set_va_marshaller (signals[signal], WS_TYPE_SOCKET,
                              g_cclosure_marshal_VOID__POINTERv);
}

static void
install_message_signals (void)
{
  /**
   * WsSocket::message-received:
   * @self: the socket
   * @message: the message
   *
   * A message has come, of either type and whole.
   *
   * This one loses nothing: text may contain U+0000, which no C string can
   * carry.
   *
   * Since: 1.0
   */
  add_message_signal (WS_SOCKET_SIGNAL_MESSAGE_RECEIVED, "message-received",
                      OFFSET (message_received), WS_TYPE_MESSAGE);

  /**
   * WsSocket::text-message-received:
   * @self: the socket
   * @message: the text
   *
   * A text message has come; it is valid UTF-8 (RFC 6455, 8.1).
   *
   * A C string ends at U+0000, which text may contain (RFC 6455, 5.6): what is
   * behind it is in [signal@Socket::message-received] only, which has all of
   * each message.
   *
   * Since: 1.0
   */
  add_message_signal (WS_SOCKET_SIGNAL_TEXT_MESSAGE_RECEIVED,
                      "text-message-received", OFFSET (text_message_received),
                      G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE);

  /**
   * WsSocket::binary-message-received:
   * @self: the socket
   * @message: the bytes
   *
   * A binary message has come.
   *
   * Since: 1.0
   */
  add_message_signal (WS_SOCKET_SIGNAL_BINARY_MESSAGE_RECEIVED,
                      "binary-message-received",
                      OFFSET (binary_message_received), G_TYPE_BYTES);

  /**
   * WsSocket::text-frame-received:
   * @self: the socket
   * @frame: the text of the frame
   * @is_last: whether it ends its message
   *
   * A frame of a text message has come; the message follows whole.
   *
   * A character that a fragment cuts is carried over to the next frame.
   *
   * Since: 1.0
   */
  add_signal (WS_SOCKET_SIGNAL_TEXT_FRAME_RECEIVED, "text-frame-received", 0,
              G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE, G_TYPE_BOOLEAN);

  /**
   * WsSocket::binary-frame-received:
   * @self: the socket
   * @frame: the bytes of the frame
   * @is_last: whether it ends its message
   *
   * A frame of a binary message has come; the message follows whole.
   *
   * Since: 1.0
   */
  add_signal (WS_SOCKET_SIGNAL_BINARY_FRAME_RECEIVED, "binary-frame-received",
              0, G_TYPE_BYTES, G_TYPE_BOOLEAN);
}

static void
install_transport_signals (void)
{
  /**
   * WsSocket::ping-received:
   * @self: the socket
   * @payload: what the ping carries
   *
   * The peer has sent a ping; its pong is on the way (RFC 6455, 5.5.3). While
   * an earlier pong waits for a peer that does not read, only the newest ping
   * is answered.
   *
   * Since: 1.0
   */
  add_signal (WS_SOCKET_SIGNAL_PING_RECEIVED, "ping-received", 0, G_TYPE_BYTES,
              G_TYPE_NONE);

  /**
   * WsSocket::pong:
   * @self: the socket
   * @elapsed_ms: milliseconds since the [method@Socket.ping] that it answers;
   *   %G_MAXUINT64 when nobody asked for it
   * @payload: what the pong carries
   *
   * A pong has come. Those that answer the keepalive are not signalled.
   *
   * Since: 1.0
   */
  add_signal (WS_SOCKET_SIGNAL_PONG, "pong", 0, G_TYPE_UINT64, G_TYPE_BYTES);

  /**
   * WsSocket::bytes-written:
   * @self: the socket
   * @n_bytes: bytes that the transport took, frame headers included
   *
   * Something has been written.
   *
   * Since: 1.0
   */
  add_signal (WS_SOCKET_SIGNAL_BYTES_WRITTEN, "bytes-written", 0, G_TYPE_UINT64,
              G_TYPE_NONE);

  /**
   * WsSocket::drained:
   * @self: the socket
   *
   * [property@Socket:bytes-to-write] was above
   * [property@Socket:write-high-water-mark], and has come down to half of it.
   *
   * Since: 1.0
   */
  add_signal (WS_SOCKET_SIGNAL_DRAINED, "drained", 0, G_TYPE_NONE, G_TYPE_NONE);

  /**
   * WsSocket::ready-read:
   * @self: the socket
   *
   * With [property@Socket:pull]: messages wait for
   * [method@Socket.try_receive_message].
   *
   * Emitted when the first message comes that no call waits for; not again
   * before all that wait are taken. While receiving is paused it is put off.
   *
   * Since: 1.0
   */
  add_signal (WS_SOCKET_SIGNAL_READY_READ, "ready-read", 0, G_TYPE_NONE,
              G_TYPE_NONE);
}

static void
install_certificate_signals (void)
{
  /**
   * WsSocket::ssl-errors:
   * @self: the socket
   * @errors: (element-type WsSslError): all that is wrong with the chain
   *
   * The server's certificates have problems.
   *
   * Emitted once for an attempt, when the chain has arrived: before a client
   * certificate and before anything of the request is sent. Unless the errors
   * are ignored, before or in the handler, the opening fails with
   * %WS_SOCKET_ERROR_SSL_HANDSHAKE_FAILED; with
   * [property@Socket:pause-mode] it waits for [method@Socket.resume].
   *
   * Since: 1.0
   */
  add_signal (WS_SOCKET_SIGNAL_SSL_ERRORS, "ssl-errors", 0, G_TYPE_PTR_ARRAY,
              G_TYPE_NONE);
  asking[WS_SOCKET_SIGNAL_SSL_ERRORS] = WS_ASKING_UNLESS_PAUSED;

  /**
   * WsSocket::peer-verify-error:
   * @self: the socket
   * @error: one of the errors
   *
   * One problem of the server's certificates, before
   * [signal@Socket::ssl-errors] has them all.
   *
   * Since: 1.0
   */
  add_signal (WS_SOCKET_SIGNAL_PEER_VERIFY_ERROR, "peer-verify-error", 0,
              WS_TYPE_SSL_ERROR, G_TYPE_NONE);

  /**
   * WsSocket::handshake-interrupted-on-error:
   * @self: the socket
   * @error: the first of the errors
   *
   * The handshake stops at a certificate error, because
   * [property@SslConfiguration:handshake-must-interrupt-on-error] is set.
   *
   * It fails unless the handler calls
   * [method@Socket.continue_interrupted_handshake].
   *
   * Since: 1.0
   */
  add_signal (WS_SOCKET_SIGNAL_HANDSHAKE_INTERRUPTED_ON_ERROR,
              "handshake-interrupted-on-error", 0, WS_TYPE_SSL_ERROR,
              G_TYPE_NONE);
  asking[WS_SOCKET_SIGNAL_HANDSHAKE_INTERRUPTED_ON_ERROR] = WS_ASKING;
}

static void
install_tls_signals (void)
{
  /**
   * WsSocket::pre-shared-key-authentication-required:
   * @self: the socket
   * @authenticator: takes identity and key
   *
   * The server wants a key that both ends know; to be answered in the handler.
   *
   * Since: 1.0
   */
  add_signal (WS_SOCKET_SIGNAL_PRE_SHARED_KEY_AUTHENTICATION_REQUIRED,
              "pre-shared-key-authentication-required", 0,
              WS_TYPE_PSK_AUTHENTICATOR, G_TYPE_NONE);
  asking[WS_SOCKET_SIGNAL_PRE_SHARED_KEY_AUTHENTICATION_REQUIRED] = WS_ASKING;
  add_alert_signal (WS_SOCKET_SIGNAL_ALERT_SENT, "alert-sent");
  add_alert_signal (WS_SOCKET_SIGNAL_ALERT_RECEIVED, "alert-received");
}

static void
install_reconnect_signals (void)
{
  /**
   * WsSocket::reconnecting:
   * @self: the socket
   * @attempt: the attempt's number since the connection last held, from 1 on
   * @delay_ms: milliseconds until it is made
   *
   * [property@Socket:reconnect] will open the socket again.
   *
   * Emitted after [signal@Socket::disconnected], with
   * [property@Socket:active] still %TRUE; [method@Socket.close] ends the wait.
   *
   * Since: 1.0
   */
  add_signal (WS_SOCKET_SIGNAL_RECONNECTING, "reconnecting", 0, G_TYPE_UINT,
              G_TYPE_UINT);
}

static void
install_http_signals (void)
{
  /**
   * WsSocket::authentication-required:
   * @self: the socket
   * @authenticator: takes user and password
   *
   * The server wants credentials (RFC 9110, 11): its answer is 401.
   *
   * Those in the URL were refused, if there are any. The handler answers at
   * once or later, see [class@Authenticator]; who is refused is asked again.
   * Unless there is a handler, and it sets something new, the opening fails
   * with %WS_SOCKET_ERROR_AUTHENTICATION_REQUIRED. So it does, and nobody is
   * asked, if the server knows neither `Basic` nor `Digest`.
   *
   * Since: 1.0
   */
  add_signal (WS_SOCKET_SIGNAL_AUTHENTICATION_REQUIRED,
              "authentication-required", 0, WS_TYPE_AUTHENTICATOR, G_TYPE_NONE);
  asking[WS_SOCKET_SIGNAL_AUTHENTICATION_REQUIRED] = WS_ASKING;

  /**
   * WsSocket::proxy-authentication-required:
   * @self: the socket
   * @proxy_uri: scheme, host and port of the proxy
   * @authenticator: takes user and password
   *
   * A proxy wants credentials.
   *
   * As [signal@Socket::authentication-required]; they are for this opening
   * only. Without new ones it fails with
   * %WS_SOCKET_ERROR_PROXY_AUTHENTICATION_REQUIRED.
   *
   * Since: 1.0
   */
  add_signal (WS_SOCKET_SIGNAL_PROXY_AUTHENTICATION_REQUIRED,
              "proxy-authentication-required", 0, G_TYPE_STRING,
              WS_TYPE_AUTHENTICATOR);
  asking[WS_SOCKET_SIGNAL_PROXY_AUTHENTICATION_REQUIRED] = WS_ASKING;

  /**
   * WsSocket::redirected:
   * @self: the socket
   * @request: what will be asked for there
   *
   * The server's answer leads to another place (RFC 9110, 15.4).
   *
   * A handler may call [method@Socket.refuse_redirect], and may change the
   * headers, subprotocols and origin of @request, but not its URL. The headers
   * are those of the last request if scheme, host and port stay the same; else
   * there are none, and credentials are forgotten, so that nobody else gets
   * what one server was meant to get. Subprotocols and origin stay in any case.
   *
   * An exception that ends a handler (Python, JavaScript) refuses, too.
   *
   * Returns: (type none) (transfer none): nothing
   *
   * Since: 1.0
   */
  signals[WS_SOCKET_SIGNAL_REDIRECTED]
      = g_signal_new ("redirected", WS_TYPE_SOCKET, G_SIGNAL_RUN_LAST, 0,
                      ws_answered_accumulate, NULL, NULL, WS_TYPE_ANSWERED, 1,
                      WS_TYPE_REQUEST);
  asking[WS_SOCKET_SIGNAL_REDIRECTED] = WS_ASKING;
}

void
ws_socket_install_signals (WsSocketClass *klass)
{
  install_state_signals ();
  install_message_signals ();
  install_transport_signals ();
  install_certificate_signals ();
  install_tls_signals ();
  install_reconnect_signals ();
  install_http_signals ();
}

WsAsking
ws_socket_get_asking (WsSocket *self, guint id)
{
  for (guint i = 0; i < WS_SOCKET_N_SIGNALS; i++)
    if (signals[i] == id
        && (asking[i] != WS_ASKING_UNLESS_PAUSED
            || ws_socket_peek (self)->pause_mode == WS_PAUSE_MODES_NEVER))
      return asking[i];
  return WS_ASKING_NOT;
}

/* A subclass's override of a default handler is not seen by
 * g_signal_has_handler_pending(), so that the class is asked first. */
gboolean
ws_socket_has_listener (WsSocket *self, WsSocketSignal signal)
{
  guint offset = offsets[signal];

  if (ws_socket_is_abandoned (self))
    return FALSE;
  if (offset != 0
      && G_STRUCT_MEMBER (gpointer, WS_SOCKET_GET_CLASS (self), offset) != NULL)
    return TRUE;
  return g_signal_has_handler_pending (self, signals[signal], 0, FALSE);
}

/* @id: with whatever detail. */
static gboolean
has_handler (WsSocket *self, guint id)
{
  return g_signal_handler_find (self, G_SIGNAL_MATCH_ID, id, 0, NULL, NULL,
                                NULL)
         != 0;
}

gboolean
ws_socket_is_heard (WsSocket *self)
{
  if (ws_socket_has_handler (self))
    return TRUE;
  for (guint i = 0; i < WS_SOCKET_N_SIGNALS; i++)
    if (ws_socket_has_listener (self, i) || has_handler (self, signals[i]))
      return TRUE;
  return has_handler (self, g_signal_lookup ("notify", G_TYPE_OBJECT));
}

void
ws_socket_emit (WsSocket *self, WsSocketSignal signal, ...)
{
  va_list args;

  if (ws_socket_is_abandoned (self))
    return;
  va_start (args, signal);
  g_signal_emit_valist (self, signals[signal], 0, args);
  va_end (args);
}
