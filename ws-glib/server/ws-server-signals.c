/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The signals of WsServer: their documentation, and how they are emitted. */
#include "server/ws-server-signals.h"

#include "ws-psk-authenticator.h"
#include "ws-publication.h"
#include "ws-response.h"
#include "ws-ssl-error.h"
#include "base/ws-answered.h"

static guint signals[WS_SERVER_N_SIGNALS];
/* Where the class keeps the default handler; 0: it has none. */
static guint offsets[WS_SERVER_N_SIGNALS];
/* What a handler has to do. */
static WsAsking asking[WS_SERVER_N_SIGNALS];

static void
add_signal (WsServerSignal signal,
            const char    *name,
            guint          offset,
            GType          parameter)
{
  offsets[signal] = offset;
  signals[signal] = g_signal_new (name, WS_TYPE_SERVER, G_SIGNAL_RUN_LAST,
                                  offset, NULL, NULL, NULL, G_TYPE_NONE,
                                  parameter != G_TYPE_NONE ? 1 : 0, parameter);
}

/* One whose handlers decide whether a client gets what it wants. */
static void
add_question (WsServerSignal signal,
              const char    *name,
              GType          first,
              GType          second)
{
  signals[signal]
      = g_signal_new (name, WS_TYPE_SERVER, G_SIGNAL_RUN_LAST, 0,
                      ws_answered_accumulate, NULL, NULL, WS_TYPE_ANSWERED,
                      second != G_TYPE_NONE ? 2 : 1, first, second);
  asking[signal] = WS_ASKING;
}

#define OFFSET(member) G_STRUCT_OFFSET (WsServerClass, member)

static void
install_client_signals (void)
{
  /**
   * WsServer::new-connection:
   * @self: the server
   *
   * A connection waits in the queue; take it with
   * [method@Server.next_pending_connection].
   *
   * Emitted once for each, unless [signal@Server::client-connected] has a
   * handler, or a call of [method@Server.accept_async] waits.
   *
   * Since: 1.0
   */
  add_signal (WS_SERVER_SIGNAL_NEW_CONNECTION, "new-connection",
              OFFSET (new_connection), G_TYPE_NONE);

  /**
   * WsServer::client-connected:
   * @self: the server
   * @client: a connected socket
   *
   * A client has connected.
   *
   * Where this signal has a handler, sockets are handed to it and not queued;
   * but a call of [method@Server.accept_async] that waits comes first.
   * The server keeps a reference until the client is disconnected.
   *
   * Since: 1.0
   */
  add_signal (WS_SERVER_SIGNAL_CLIENT_CONNECTED, "client-connected",
              OFFSET (client_connected), WS_TYPE_SOCKET);

  /**
   * WsServer::client-disconnected:
   * @self: the server
   * @client: a socket that was handed out
   *
   * A client's connection is over; it is no item of the server's list any more.
   *
   * Since: 1.0
   */
  add_signal (WS_SERVER_SIGNAL_CLIENT_DISCONNECTED, "client-disconnected",
              OFFSET (client_disconnected), WS_TYPE_SOCKET);

  /**
   * WsServer::origin-authentication-required:
   * @self: the server
   * @authenticator: holds the origin, and takes the answer
   *
   * A valid request has come: may its origin connect (RFC 6455, 10.2)?
   *
   * To be answered in the handler, with
   * [method@CorsAuthenticator.set_allowed]. What is not allowed gets a 403.
   * Without a handler each origin may connect. Nobody is asked where
   * [property@Server:allowed-origins] tells. If an exception ends the handler
   * the client gets a 500.
   *
   * Returns: (type none) (transfer none): nothing
   *
   * Since: 1.0
   */
  add_question (WS_SERVER_SIGNAL_ORIGIN_AUTHENTICATION_REQUIRED,
                "origin-authentication-required", WS_TYPE_CORS_AUTHENTICATOR,
                G_TYPE_NONE);
}

static void
install_request_signals (void)
{
  /**
   * WsServer::handshake-requested:
   * @self: the server
   * @request: what has come
   * @response: takes the answer, and is acceptance so far
   *
   * A valid handshake has come, from an origin that is allowed, and there is
   * room for it.
   *
   * The handler may refuse it with any status, add header fields to the answer,
   * choose the subprotocol, and put all that off with
   * [method@Response.defer]. What it refuses is a
   * [signal@Server::server-error] with 1008.
   *
   * An exception that ends a handler (Python, JavaScript) refuses with 500,
   * which is a [signal@Server::server-error] with 1011.
   *
   * Returns: (type none) (transfer none): nothing
   *
   * Since: 1.0
   */
  add_question (WS_SERVER_SIGNAL_HANDSHAKE_REQUESTED, "handshake-requested",
                WS_TYPE_REQUEST, WS_TYPE_RESPONSE);

  /**
   * WsServer::http-request:
   * @self: the server
   * @request: what has come, with a body of at most 64 KiB
   * @response: takes the answer, and is 426 so far
   *
   * A plain HTTP request has come: for a page, or to see how the server does.
   *
   * Any method is, in HTTP/1.0 too; origins are not looked at. The answer may
   * be put off with [method@Response.defer]; the connection ends with it.
   * Requests that are malformed, or name `websocket` or a `Sec-WebSocket-Key`
   * without being a handshake, are refused by the server itself, and so are all
   * where this signal has no handler. An exception in a handler is a 500.
   *
   * Returns: (type none) (transfer none): nothing
   *
   * Since: 1.0
   */
  add_question (WS_SERVER_SIGNAL_HTTP_REQUEST, "http-request", WS_TYPE_REQUEST,
                WS_TYPE_RESPONSE);
}

static void
install_own_signals (void)
{
  /**
   * WsServer::server-error:
   * @self: the server
   * @close_code: what kind of error, as a close code: 1002 for a request that
   *   is no valid handshake, 1006 when listening failed, a limit is reached, or
   *   a peer was lost or took too long, 1008 for an origin that is not allowed
   *   and for what a handler refuses, 1009 for a request beyond its limits,
   *   1011 for an answer that cannot be given, 1015 for a TLS
   *   handshake that failed
   *
   * Something went wrong, or no connection became of a peer; see
   * [property@Server:error-string], which names that peer:
   * `198.51.100.7:50000, request: ...`. What that is about is told apart by
   * [signal@Server::peer-failed], which comes before.
   *
   * Since: 1.0
   */
  add_signal (WS_SERVER_SIGNAL_SERVER_ERROR, "server-error", 0, G_TYPE_UINT);

  /**
   * WsServer::peer-failed:
   * @self: the server
   * @address: (nullable): where the peer is, or its client if it is a trusted
   *   proxy; %NULL if that is not known
   * @phase: how far it had come
   * @error: (type GLib.Error): why, in the domain [error@Ws.SocketError]
   *
   * No connection became of a peer, nor did it get the answer that a handler
   * had for it: it was refused, was lost, or took too long.
   *
   * Emitted once for each, before [signal@Server::server-error]. Who connects
   * and leaves without a byte, as health checks do, is not told, nor is who
   * gets its HTTP answer. Who leaves before a handler has answered is; that a
   * client of plain HTTP has left may be seen only when it is answered.
   *
   * Since: 1.0
   */
  signals[WS_SERVER_SIGNAL_PEER_FAILED]
      = g_signal_new ("peer-failed", WS_TYPE_SERVER, G_SIGNAL_RUN_LAST, 0, NULL,
                      NULL, NULL, G_TYPE_NONE, 3, G_TYPE_SOCKET_ADDRESS,
                      WS_TYPE_PEER_PHASE, G_TYPE_ERROR);

  /**
   * WsServer::accept-error:
   * @self: the server
   * @error: (type GLib.Error): what the system says, in the domain
   *   [error@Ws.SocketError]
   *
   * A connection could not be accepted, for instance because the process is out
   * of file descriptors. The server goes on trying.
   *
   * Since: 1.0
   */
  add_signal (WS_SERVER_SIGNAL_ACCEPT_ERROR, "accept-error", 0, G_TYPE_ERROR);

  /**
   * WsServer::closed:
   * @self: the server
   *
   * The server listens no more.
   *
   * Emitted from the main loop, once for each [method@Server.close] or
   * [method@Server.close_async].
   *
   * Since: 1.0
   */
  add_signal (WS_SERVER_SIGNAL_CLOSED, "closed", OFFSET (closed), G_TYPE_NONE);
}

/* The first handler that has a message decides. */
static gboolean
accumulate_message (GSignalInvocationHint *hint,
                    GValue                *result,
                    const GValue          *returned,
                    gpointer               data)
{
  g_value_copy (returned, result);
  return g_value_get_boxed (returned) == NULL;
}

static void
install_broker_signals (void)
{
  /**
   * WsServer::publications-lost:
   * @self: the server
   * @topic: (nullable): what they were about; %NULL: any topic without a
   *   history
   * @n_publications: how many; 0: that is not known
   *
   * Subscribers here have missed what was published while the
   * [property@Server:broker] had no connection, or while this thread did not
   * keep up.
   *
   * Topics with a history catch up, and lose only what is not kept any more.
   *
   * Since: 1.0
   */
  signals[WS_SERVER_SIGNAL_PUBLICATIONS_LOST]
      = g_signal_new ("publications-lost", WS_TYPE_SERVER, G_SIGNAL_RUN_LAST, 0,
                      NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING,
                      G_TYPE_UINT64);

  /**
   * WsServer::format-publication:
   * @self: the server
   * @publication: what has come from the [property@Server:broker]
   *
   * A publication is about to be sent to its subscribers: in which form?
   *
   * A handler may return another message, for instance one that tells clients
   * the place of the publication in the history of its topic, so that they can
   * say later what they have missed. Emitted once for each publication, however
   * many clients get it, and once more for each client that fetches it with
   * [method@Socket.subscribe_since_async].
   *
   * Returns: (transfer full) (nullable): the message that clients get; %NULL:
   *   the one that was published
   *
   * Since: 1.0
   */
  signals[WS_SERVER_SIGNAL_FORMAT_PUBLICATION]
      = g_signal_new ("format-publication", WS_TYPE_SERVER, G_SIGNAL_RUN_LAST,
                      0, accumulate_message, NULL, NULL, WS_TYPE_MESSAGE, 1,
                      WS_TYPE_PUBLICATION);
  asking[WS_SERVER_SIGNAL_FORMAT_PUBLICATION] = WS_ASKING;
}

static void
install_certificate_signals (void)
{
  /**
   * WsServer::ssl-errors:
   * @self: the server
   * @client: a socket that is not connected yet
   * @errors: (element-type WsSslError): all that is wrong with the chain
   *
   * A client's certificates have problems.
   *
   * The handshake fails unless the handler ignores them, with
   * [method@Socket.ignore_ssl_errors] or its relative on @client.
   *
   * Since: 1.0
   */
  signals[WS_SERVER_SIGNAL_SSL_ERRORS]
      = g_signal_new ("ssl-errors", WS_TYPE_SERVER, G_SIGNAL_RUN_LAST, 0, NULL,
                      NULL, NULL, G_TYPE_NONE, 2, WS_TYPE_SOCKET,
                      G_TYPE_PTR_ARRAY);
  asking[WS_SERVER_SIGNAL_SSL_ERRORS] = WS_ASKING;

  /**
   * WsServer::peer-verify-error:
   * @self: the server
   * @client: a socket that is not connected yet
   * @error: one of the errors
   *
   * One problem of a client's certificates, before
   * [signal@Server::ssl-errors] has them all.
   *
   * Since: 1.0
   */
  signals[WS_SERVER_SIGNAL_PEER_VERIFY_ERROR]
      = g_signal_new ("peer-verify-error", WS_TYPE_SERVER, G_SIGNAL_RUN_LAST, 0,
                      NULL, NULL, NULL, G_TYPE_NONE, 2, WS_TYPE_SOCKET,
                      WS_TYPE_SSL_ERROR);

  /**
   * WsServer::handshake-interrupted-on-error:
   * @self: the server
   * @client: a socket that is not connected yet
   * @error: the first of the errors
   *
   * The handshake stops at a certificate error, because
   * [property@SslConfiguration:handshake-must-interrupt-on-error] is set.
   *
   * It fails unless the handler calls
   * [method@Socket.continue_interrupted_handshake] on @client.
   *
   * Since: 1.0
   */
  signals[WS_SERVER_SIGNAL_HANDSHAKE_INTERRUPTED_ON_ERROR]
      = g_signal_new ("handshake-interrupted-on-error", WS_TYPE_SERVER,
                      G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                      WS_TYPE_SOCKET, WS_TYPE_SSL_ERROR);
  asking[WS_SERVER_SIGNAL_HANDSHAKE_INTERRUPTED_ON_ERROR] = WS_ASKING;
}

static void
install_tls_signals (void)
{
  /**
   * WsServer::pre-shared-key-authentication-required:
   * @self: the server
   * @client: a socket that is not connected yet
   * @authenticator: has the identity, and takes the key
   *
   * A client wants to use a key that both ends know; to be answered in the
   * handler.
   *
   * Since: 1.0
   */
  signals[WS_SERVER_SIGNAL_PRE_SHARED_KEY_AUTHENTICATION_REQUIRED]
      = g_signal_new ("pre-shared-key-authentication-required", WS_TYPE_SERVER,
                      G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                      WS_TYPE_SOCKET, WS_TYPE_PSK_AUTHENTICATOR);
  asking[WS_SERVER_SIGNAL_PRE_SHARED_KEY_AUTHENTICATION_REQUIRED] = WS_ASKING;

  /**
   * WsServer::alert-sent:
   * @self: the server
   * @client: a socket that is not connected yet
   * @level: 1: warning, 2: fatal
   * @type: the number of the alert (RFC 8446, 6)
   * @description: its name
   *
   * A TLS alert was sent to a client.
   *
   * Since: 1.0
   */
  signals[WS_SERVER_SIGNAL_ALERT_SENT]
      = g_signal_new ("alert-sent", WS_TYPE_SERVER, G_SIGNAL_RUN_LAST, 0, NULL,
                      NULL, NULL, G_TYPE_NONE, 4, WS_TYPE_SOCKET, G_TYPE_UINT,
                      G_TYPE_UINT, G_TYPE_STRING);

  /**
   * WsServer::alert-received:
   * @self: the server
   * @client: a socket that is not connected yet
   * @level: 1: warning, 2: fatal
   * @type: the number of the alert (RFC 8446, 6)
   * @description: its name
   *
   * A TLS alert has come from a client.
   *
   * Since: 1.0
   */
  signals[WS_SERVER_SIGNAL_ALERT_RECEIVED]
      = g_signal_new ("alert-received", WS_TYPE_SERVER, G_SIGNAL_RUN_LAST, 0,
                      NULL, NULL, NULL, G_TYPE_NONE, 4, WS_TYPE_SOCKET,
                      G_TYPE_UINT, G_TYPE_UINT, G_TYPE_STRING);
}

void
ws_server_install_signals (void)
{
  install_client_signals ();
  install_request_signals ();
  install_own_signals ();
  install_broker_signals ();
  install_certificate_signals ();
  install_tls_signals ();
}

WsAsking
ws_server_get_asking (guint id)
{
  for (guint i = 0; i < WS_SERVER_N_SIGNALS; i++)
    if (signals[i] == id)
      return asking[i];
  return WS_ASKING_NOT;
}

gboolean
ws_server_has_listener (WsServer *self, WsServerSignal signal)
{
  guint offset = offsets[signal];

  if (ws_server_is_abandoned (self))
    return FALSE;
  if (offset != 0
      && G_STRUCT_MEMBER (gpointer, WS_SERVER_GET_CLASS (self), offset) != NULL)
    return TRUE;
  return g_signal_has_handler_pending (self, signals[signal], 0, FALSE);
}

void
ws_server_emit (WsServer *self, WsServerSignal signal, ...)
{
  va_list args;

  if (ws_server_is_abandoned (self))
    return;
  va_start (args, signal);
  g_signal_emit_valist (self, signals[signal], 0, args);
  va_end (args);
}

void
ws_server_report (WsServer *self, guint code, const char *message)
{
  g_object_ref (self);
  ws_server_set_error (self, code, message);
  ws_server_emit (self, WS_SERVER_SIGNAL_SERVER_ERROR, code);
  g_object_unref (self);
}
