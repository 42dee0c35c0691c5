/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How an attempt begins, and what its opening reports. Every handler may close,
 * reopen or drop the socket: after each emission the attempt's number tells
 * whether what follows still concerns it. */
#include "socket/ws-socket-open.h"

#include <string.h>

#include "ws-socket-error.h"
#include "socket/ws-socket-auth.h"
#include "socket/ws-socket-calls.h"
#include "socket/ws-socket-compression.h"
#include "socket/ws-socket-ending.h"
#include "socket/ws-socket-http.h"
#include "socket/ws-socket-ignoring.h"
#include "socket/ws-socket-keeping.h"
#include "socket/ws-socket-log.h"
#include "socket/ws-socket-messages.h"
#include "socket/ws-socket-reconnect.h"
#include "socket/ws-socket-signals.h"
#include "socket/ws-socket-ssl.h"
#include "socket/ws-socket-state.h"
#include "socket/ws-socket-status.h"
#include "socket/ws-socket-view.h"
#include "socket/ws-socket-waiting.h"
#include "base/ws-socket-error-private.h"
#include "protocol/ws-close.h"

/* --- Refusing --- */
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
  if (url != NULL)
    return url;
  if (g_error_matches (problem, G_URI_ERROR, G_URI_ERROR_BAD_SCHEME))
    code = WS_SOCKET_ERROR_UNSUPPORTED_SOCKET_OPERATION;
  g_set_error_literal (error, WS_SOCKET_ERROR, code, problem->message);
  return NULL;
}

/* It is no error of a connection that there is. */
static void
refuse_to_open (WsSocket *self, GError *problem, GError **error)
{
  g_object_ref (self);
  if (ws_socket_peek (self)->state == WS_STATE_UNCONNECTED)
    ws_socket_set_error (self, problem);
  ws_socket_emit (self, WS_SOCKET_SIGNAL_ERROR, problem);
  g_propagate_error (error, problem);
  g_object_unref (self);
}

/* --- What an opening reports --- */

static void
on_opened (WsClientOpening *opening, gpointer user_data)
{
  WS_SOCKET_INSIDE (user_data);
  WsSocket        *self = g_object_ref (user_data);
  WsSocketPrivate *priv = ws_socket_peek (self);
  WsTlsSession    *session = ws_client_opening_get_session (opening);
  WsClientOpened   opened = ws_client_opening_steal (opening);
  WsEngine        *engine;
  guint            attempt = priv->now.number;

  ws_socket_take_response (self, opening);
  ws_socket_end_request (self);
  g_clear_pointer (&priv->now.opening, ws_client_opening_free);
  ws_socket_adopt_engine (self, opened.transport, WS_ROLE_CLIENT);
  ws_socket_begin_compression (self, WS_ROLE_CLIENT, opened.verdict.extensions,
                               &opened.deflate, &opened.settings);
  engine = ws_engine_ref (priv->now.engine);
  ws_engine_push_input (engine, opened.rest.data, opened.rest.len);
  ws_buffer_clear (&opened.rest);
  g_free (priv->now.subprotocol);
  priv->now.subprotocol = g_steal_pointer (&opened.verdict.subprotocol);
  ws_client_verdict_clear (&opened.verdict);
  ws_socket_notify_connection (self);
  if (attempt == priv->now.number)
    ws_socket_notify (self, WS_SOCKET_PROP_STATISTICS);
  if (attempt == priv->now.number)
    ws_socket_notify (self, WS_SOCKET_PROP_RESPONSE);
  if (attempt == priv->now.number && session != NULL)
    ws_socket_note_session (self, session);
  if (attempt == priv->now.number)
    ws_socket_set_state (self, WS_STATE_CONNECTED);
  /* Also when a handler has closed: the peer's answer has to be read. Before
   * connected, whose handlers may wait for a message in a nested loop. */
  if (priv->now.engine == engine)
    ws_engine_start (engine);
  if (attempt == priv->now.number && priv->state == WS_STATE_CONNECTED)
    ws_socket_emit (self, WS_SOCKET_SIGNAL_CONNECTED);
  ws_engine_unref (engine);
  if (attempt == priv->now.number)
    ws_socket_end_openings (self);
  g_object_unref (self);
}

/* (transfer full): @error with the URL in front, unless its message names the
 * URL. */
static GError *
name_target (WsSocketPrivate *priv, const GError *error)
{
  g_autofree char *url = ws_url_quote (priv->now.target->text);
  GError          *named = g_error_copy (error);

  if (strstr (named->message, url) == NULL)
    g_prefix_error (&named, "%s: ", url);
  return named;
}

static void
on_failed (WsClientOpening *opening, const GError *error, gpointer user_data)
{
  WS_SOCKET_INSIDE (user_data);
  WsSocket        *self = g_object_ref (user_data);
  WsSocketPrivate *priv = ws_socket_peek (self);
  guint            attempt = priv->now.number;
  g_autoptr (GError) named = name_target (priv, error);
  WsClosing closing = { .code = WS_CLOSE_ABNORMAL };
  WsEnding  ending = { .error = named, .closing = &closing };

  ws_socket_note_failure (self, error, ws_client_opening_get_status (opening));
  ws_socket_take_response (self, opening);
  ws_socket_end_request (self);
  g_clear_pointer (&priv->now.opening, ws_client_opening_free);
  ws_socket_notify (self, WS_SOCKET_PROP_RESPONSE);
  if (attempt == priv->now.number)
    ws_socket_end_attempt (self, &ending);
  g_object_unref (self);
}

static const WsClientOpeningSink sink = {
  .paused = ws_socket_on_opening_paused,
  .asked = ws_socket_on_opening_asked,
  .redirected = ws_socket_on_opening_redirected,
  .opened = on_opened,
  .failed = on_failed,
};

/* --- Beginning --- */

/* What an attempt is made of. */
typedef struct
{
  const char       *url;         /* (nullable): the property's */
  WsRequest        *request;     /* (nullable): the socket's own settings */
  GIOStream        *stream;      /* (nullable): instead of dialling */
  GMainContext     *context;     /* (nullable): the thread's default */
  WsUrl            *target;      /* (owned) (nullable) */
  WsTlsCredentials *credentials; /* (owned) (nullable) */
  WsTransport      *transport;   /* (owned) (nullable): of the stream */
  gboolean          is_retry;    /* of the reconnect policy */
} Start;

static void
start_clear (Start *self)
{
  g_clear_pointer (&self->target, ws_url_free);
  g_clear_pointer (&self->credentials, ws_tls_credentials_unref);
  g_clear_pointer (&self->transport, ws_transport_free);
}

static void
begin_opening (WsSocket *self, Start *start)
{
  WsSocketPrivate *priv = ws_socket_peek (self);
  g_autoptr (WsPoller) poller
      = ws_poller_get_at (priv->home.context, priv->settings->priority);
  WsClientOpeningOptions options
      = { .timeout = priv->settings->open_timeout,
          .log_number = ws_socket_get_log_number (self),
          .transport = g_steal_pointer (&start->transport) };

  ws_socket_fill_http_options (self, &options);
  if (start->credentials != NULL)
    ws_socket_fill_tls_options (self, start->credentials, &options);
  ws_mailbox_open (&priv->mailbox, poller);
  priv->now.opening
      = ws_client_opening_new (poller, priv->now.target, &options, &sink, self);
}

static void
begin_attempt (WsSocket *self, Start *start)
{
  WsSocketPrivate *priv = ws_socket_peek (self);

  ws_socket_cancel_activation (self);
  ws_mailbox_close (&priv->mailbox);
  if (priv->now.engine != NULL)
    ws_socket_keep_facts (self, priv->now.engine);
  ws_attempt_begin (&priv->now, g_steal_pointer (&start->target));
  priv->now.is_given = start->transport != NULL;
  ws_socket_begin_to_ignore (self);
  ws_socket_adopt_context (self, NULL);
  ws_socket_note_attempt (self, start->is_retry, ws_socket_activate);
  ws_socket_begin_request (self, start->request);
  begin_opening (self, start);
  priv->state = WS_STATE_CONNECTING;
  ws_socket_log_state (self);
}

static void
announce_attempt (WsSocket *self,
                  gboolean  url_changed,
                  gboolean  state_changed,
                  gboolean  was_open)
{
  if (was_open)
    ws_socket_notify_connection (self);
  if (url_changed)
    ws_socket_notify (self, WS_SOCKET_PROP_URL);
  ws_socket_set_error (self, NULL);
  ws_socket_notify (self, WS_SOCKET_PROP_RESOURCE_NAME);
  ws_socket_notify (self, WS_SOCKET_PROP_PATH);
  ws_socket_notify (self, WS_SOCKET_PROP_QUERY);
  ws_socket_notify (self, WS_SOCKET_PROP_IS_SECURE);
  ws_socket_notify (self, WS_SOCKET_PROP_PEER_NAME);
  ws_socket_notify (self, WS_SOCKET_PROP_REQUEST);
  ws_socket_notify (self, WS_SOCKET_PROP_RESPONSE);
  ws_socket_set_active_flag (self, TRUE);
  ws_socket_update_view (self);
  if (!state_changed)
    return;
  ws_socket_notify (self, WS_SOCKET_PROP_STATE);
  ws_socket_notify (self, WS_SOCKET_PROP_STATUS);
}

/* Begins an attempt, and tells so. */
static void
start_attempt (WsSocket *self, Start *start, gboolean url_changed)
{
  WsSocketPrivate *priv = ws_socket_peek (self);
  gboolean         state_changed = priv->state != WS_STATE_CONNECTING;
  gboolean         was_open = priv->reconnect->connected_at > 0;
  guint            attempt;

  /* A handler may end the attempt: none is called before the attempt has
   * begun. */
  g_object_freeze_notify (G_OBJECT (self));
  ws_socket_note_closing (self, NULL);
  begin_attempt (self, start);
  attempt = priv->now.number;
  announce_attempt (self, url_changed, state_changed, was_open);
  /* Before any handler: one may drop the server, which leaves its clients. */
  ws_socket_tell_gone (self);
  g_object_thaw_notify (G_OBJECT (self));
  if (attempt == priv->now.number)
    ws_socket_announce_state (self);
}

/* Whether all can be used that an attempt is to be made of. */
static gboolean
prepare (WsSocket *self, Start *start, GError **error)
{
  WsSocketPrivate *priv = ws_socket_peek (self);
  g_autoptr (WsPoller) poller = NULL;
  g_autoptr (GError) problem = NULL;

  start->target
      = parse_url (start->url != NULL ? start->url : priv->url, error);
  if (start->target == NULL)
    return FALSE;
  if (start->target->secure)
    {
      start->credentials = ws_socket_load_credentials (self, error);
      if (start->credentials == NULL)
        return FALSE;
    }
  if (start->stream == NULL)
    return TRUE;
  poller = ws_poller_get_at (start->context, priv->settings->priority);
  start->transport
      = ws_transport_new_for_stream (poller, start->stream, &problem);
  if (start->transport == NULL)
    g_propagate_error (error, ws_socket_error_translate (problem));
  return start->transport != NULL;
}

static gboolean
open_here (WsSocket *self, Start *start, GError **error)
{
  GError  *problem = NULL;
  gboolean url_changed;
  GQueue   stale_calls;

  /* What a handler of a refusal opens is none. */
  start->is_retry = ws_socket_take_retry (self);
  if (!prepare (self, start, &problem))
    {
      refuse_to_open (self, problem, error);
      return FALSE;
    }
  url_changed = start->url != NULL && ws_socket_take_url (self, start->url);
  g_object_ref (self);
  ws_socket_renew_calls (self, &stale_calls);
  start_attempt (self, start, url_changed);
  ws_socket_cancel_calls (&stale_calls);
  g_object_unref (self);
  return TRUE;
}

static gboolean
open_socket (WsSocket *self, Start *start, GError **error)
{
  /* A program's own stream may drop it. */
  g_autoptr (WsSocket) kept = g_object_ref (self);
  WS_SOCKET_INSIDE (self);
  WsSocketPrivate *priv = ws_socket_peek (self);
  gboolean         is_open;
  g_autoptr (WsContext) entered = NULL;

  if ((priv->state != WS_STATE_UNCONNECTED || priv->activation != NULL)
      && !ws_socket_check_thread (self, error))
    return FALSE;
  entered = ws_home_enter (start->context, error);
  if (entered == NULL)
    return FALSE;
  is_open = open_here (self, start, error);
  start_clear (start);
  return is_open;
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
 * with %WS_SOCKET_ERROR_CONNECTION_REFUSED, and so is a `wss:` URL whose
 * [property@Socket:ssl-configuration] cannot be loaded, with
 * %WS_SOCKET_ERROR_SSL_INVALID_USER_DATA: the error is returned and signalled,
 * and nothing changes. A thread whose default main context is run by another
 * one gets %WS_SOCKET_ERROR_WRONG_CONTEXT, and nothing is signalled. An
 * unconnected socket shows it as its [property@Socket:status].
 *
 * An IPv6 address that is valid on one link only says on which with a zone (RFC
 * 6874): `ws://[fe80::1%25eth0]/`. Without one it is tried where only one link
 * can be meant.
 *
 * Returns: whether the attempt has begun
 *
 * Since: 1.0
 */
gboolean
ws_socket_open (WsSocket *self, const char *url, GError **error)
{
  g_return_val_if_fail (WS_IS_SOCKET (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return open_socket (self, &(Start){ .url = url }, error);
}

/**
 * ws_socket_open_request:
 * @self: a socket
 * @request: what to ask for
 * @error: return location for an error
 *
 * Begins to open a connection, as [method@Socket.open] does, with settings of
 * its own.
 *
 * [property@Request:url] becomes [property@Socket:url].
 * [property@Request:headers] take the place of
 * [property@Socket:request-headers] for this opening, and so do
 * [property@Request:subprotocols] and [property@Request:origin] if they are
 * set. What a header `Sec-WebSocket-Protocol` names is offered behind those;
 * names that are not tokens are left out with a warning.
 *
 * The request is read at once; [property@Socket:reconnect] reads it again.
 *
 * Returns: whether the attempt has begun
 *
 * Since: 1.0
 */
gboolean
ws_socket_open_request (WsSocket *self, WsRequest *request, GError **error)
{
  g_return_val_if_fail (WS_IS_SOCKET (self), FALSE);
  g_return_val_if_fail (WS_IS_REQUEST (request), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return open_socket (self,
                      &(Start){ .url = ws_request_get_url (request),
                                .request = request },
                      error);
}

/**
 * ws_socket_open_stream:
 * @self: a socket
 * @stream: a connected stream, of which nothing was read
 * @url: (nullable): what to ask for; %NULL stands for [property@Socket:url],
 *   which otherwise becomes @url
 * @error: return location for an error
 *
 * Begins to open a connection, as [method@Socket.open] does, over a stream of
 * one's own instead of dialling: a [class@Gio.SocketConnection], of which
 * [method@Gio.Socket.connection_factory_create_connection] makes one for a
 * [class@Gio.Socket], a tunnel, a pipe to a process.
 *
 * The socket takes the stream over and closes it in the end. @url tells which
 * host and resource to ask for; with `wss:` TLS is spoken over the stream. What
 * needs another connection fails: a redirect, a login that the server wants on
 * a new one. [property@Socket:reconnect] does not open it again.
 *
 * Both directions have to be pollable ([iface@Gio.PollableInputStream]); else,
 * and for what [method@Socket.open] would refuse, the call fails and nothing
 * changes: %WS_SOCKET_ERROR_UNSUPPORTED_SOCKET_OPERATION.
 *
 * Returns: whether the attempt has begun
 *
 * Since: 1.0
 */
gboolean
ws_socket_open_stream (WsSocket   *self,
                       GIOStream  *stream,
                       const char *url,
                       GError    **error)
{
  g_return_val_if_fail (WS_IS_SOCKET (self), FALSE);
  g_return_val_if_fail (G_IS_IO_STREAM (stream), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return open_socket (self, &(Start){ .url = url, .stream = stream }, error);
}

/**
 * ws_socket_open_and_stay: (rename-to ws_socket_open)
 * @self: a socket
 * @url: (nullable): where to connect to; %NULL stands for
 *   [property@Socket:url], which otherwise becomes @url
 * @error: return location for an error
 *
 * Opens, as [method@Socket.open] does in C, and sets
 * [property@Socket:stays-alive].
 *
 * Returns: whether the attempt has begun
 *
 * Since: 1.0
 */
gboolean
ws_socket_open_and_stay (WsSocket *self, const char *url, GError **error)
{
  g_return_val_if_fail (WS_IS_SOCKET (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!ws_socket_open (self, url, error))
    return FALSE;
  ws_socket_set_stays_alive (self, TRUE);
  return TRUE;
}

/**
 * ws_socket_open_request_and_stay: (rename-to ws_socket_open_request)
 * @self: a socket
 * @request: what to ask for
 * @error: return location for an error
 *
 * Opens, as [method@Socket.open_request] does in C, and sets
 * [property@Socket:stays-alive].
 *
 * Returns: whether the attempt has begun
 *
 * Since: 1.0
 */
gboolean
ws_socket_open_request_and_stay (WsSocket  *self,
                                 WsRequest *request,
                                 GError   **error)
{
  g_return_val_if_fail (WS_IS_SOCKET (self), FALSE);
  g_return_val_if_fail (WS_IS_REQUEST (request), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!ws_socket_open_request (self, request, error))
    return FALSE;
  ws_socket_set_stays_alive (self, TRUE);
  return TRUE;
}

/**
 * ws_socket_open_stream_and_stay: (rename-to ws_socket_open_stream)
 * @self: a socket
 * @stream: a connected stream, of which nothing was read
 * @url: (nullable): what to ask for; %NULL stands for [property@Socket:url],
 *   which otherwise becomes @url
 * @error: return location for an error
 *
 * Opens, as [method@Socket.open_stream] does in C, and sets
 * [property@Socket:stays-alive].
 *
 * Returns: whether the attempt has begun
 *
 * Since: 1.0
 */
gboolean
ws_socket_open_stream_and_stay (WsSocket   *self,
                                GIOStream  *stream,
                                const char *url,
                                GError    **error)
{
  g_return_val_if_fail (WS_IS_SOCKET (self), FALSE);
  g_return_val_if_fail (G_IS_IO_STREAM (stream), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!ws_socket_open_stream (self, stream, url, error))
    return FALSE;
  ws_socket_set_stays_alive (self, TRUE);
  return TRUE;
}

/* Where the context runs, and in it, whatever is thread-default there. */
void
ws_socket_activate (WsSocket *self)
{
  WS_SOCKET_INSIDE (self);
  WsSocketPrivate *priv = ws_socket_peek (self);
  Start            start;
  g_autoptr (WsRequest) request = NULL;

  g_object_ref (self);
  ws_socket_cancel_activation (self);
  /* The policy opens what was open. */
  if (priv->reconnect->is_retry)
    g_set_object (&request, ws_socket_peek_request (self));
  start = (Start){ .request = request, .context = priv->home.context };
  if (!open_socket (self, &start, NULL) && priv->state == WS_STATE_UNCONNECTED
      && priv->activation == NULL)
    ws_socket_set_active_flag (self, FALSE);
  g_object_unref (self);
}

static gboolean
on_activation (gpointer user_data)
{
  ws_socket_activate (user_data);
  return G_SOURCE_REMOVE;
}

void
ws_socket_schedule_activation (WsSocket *self)
{
  WS_SOCKET_INSIDE (self);
  WsSocketPrivate *priv = ws_socket_peek (self);

  ws_socket_cancel_activation (self);
  ws_socket_adopt_context (self, NULL);
  ws_socket_end_work (priv);
  priv->activation = g_idle_source_new ();
  g_source_set_callback (priv->activation, on_activation, self, NULL);
  g_source_attach (priv->activation, priv->home.context);
  ws_socket_update_view (self);
}
