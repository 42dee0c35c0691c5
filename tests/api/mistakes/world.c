/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The states in which every public function is called. */
#include "world.h"

#include <string.h>
#include <sys/socket.h>

#define TURNS 6

static void
use (World *self, gpointer instance, WsSocket *other)
{
  self->instance = instance;
  self->values.self = instance;
  self->values.other = other;
}

static void
use_listener (World *self)
{
  self->listener = raw_listener_new_apart ();
  self->values.url = raw_listener_make_url (self->listener, "/");
  self->socket = ws_socket_new ();
  use (self, self->socket, self->socket);
}

/* --- Sockets --- */

static void
set_up_new (World *self)
{
  use_listener (self);
}

/* The peer has the request, and does not answer. */
static void
set_up_opening (World *self)
{
  use_listener (self);
  ws_socket_open (self->socket, self->values.url, NULL);
  self->peer = raw_listener_take (self->listener);
  g_assert_cmpint (ws_socket_get_state (self->socket), ==, WS_STATE_CONNECTING);
}

static void
set_up_connected (World *self)
{
  set_up_opening (self);
  raw_peer_accept (self->peer);
  api_wait_state (self->socket, WS_STATE_CONNECTED);
}

/* The peer never answers the close frame. */
static void
set_up_closing (World *self)
{
  set_up_connected (self);
  raw_peer_set_reading (self->peer, FALSE);
  ws_socket_close (self->socket, WS_CLOSE_CODE_NORMAL, NULL, NULL);
  g_assert_cmpint (ws_socket_get_state (self->socket), ==, WS_STATE_CLOSING);
}

/* As a server that says goodbye, and leaves. */
static void
end_by_peer (World *self)
{
  raw_peer_send_close (self->peer, WS_CLOSE_CODE_NORMAL, "bye");
  g_assert_no_errno (shutdown (self->peer->fd, SHUT_WR));
}

static void
set_up_closed (World *self)
{
  set_up_connected (self);
  end_by_peer (self);
  api_wait_state (self->socket, WS_STATE_UNCONNECTED);
}

static void
set_up_reset (World *self)
{
  set_up_connected (self);
  raw_peer_reset (g_steal_pointer (&self->peer));
  api_wait_state (self->socket, WS_STATE_UNCONNECTED);
}

/* It waits for its next attempt. */
static void
set_up_waiting (World *self)
{
  g_autoptr (WsReconnectPolicy) policy = ws_reconnect_policy_new ();

  ws_reconnect_policy_set_maximum (policy, G_MAXINT);
  ws_reconnect_policy_set_minimum (policy, G_MAXINT);
  use_listener (self);
  ws_socket_set_reconnect (self->socket, policy);
  ws_socket_open (self->socket, self->values.url, NULL);
  self->peer = raw_listener_take (self->listener);
  raw_peer_accept (self->peer);
  api_wait_state (self->socket, WS_STATE_CONNECTED);
  raw_peer_reset (g_steal_pointer (&self->peer));
  api_wait_state (self->socket, WS_STATE_UNCONNECTED);
}

static void
set_up_paused (World *self)
{
  set_up_connected (self);
  ws_socket_pause_receiving (self->socket);
}

static void
set_up_pulled (World *self)
{
  use_listener (self);
  ws_socket_set_pull (self->socket, TRUE);
  ws_socket_open (self->socket, self->values.url, NULL);
  self->peer = raw_listener_take (self->listener);
  raw_peer_accept (self->peer);
  api_wait_state (self->socket, WS_STATE_CONNECTED);
}

static void
set_up_disposed (World *self)
{
  set_up_connected (self);
  g_object_run_dispose (G_OBJECT (self->socket));
}

static void
set_up_accepted (World *self)
{
  self->server = api_server_new ();
  self->values.url = g_strdup (ws_server_get_url (self->server));
  self->peer = raw_peer_join (ws_server_get_server_port (self->server), NULL);
  self->accepted = api_server_take (self->server);
  use (self, self->accepted, self->accepted);
}

/* --- Servers --- */

static void
set_up_server_new (World *self)
{
  self->server = ws_server_new (NULL, WS_SSL_MODE_NON_SECURE);
  use (self, self->server, NULL);
}

static void
set_up_server_listening (World *self)
{
  self->server = api_server_new ();
  use (self, self->server, NULL);
}

static void
set_up_server_visited (World *self)
{
  set_up_accepted (self);
  use (self, self->server, self->accepted);
}

static void
set_up_server_closed (World *self)
{
  set_up_server_visited (self);
  ws_server_close (self->server);
}

static void
set_up_server_closing (World *self)
{
  set_up_server_visited (self);
  raw_peer_set_reading (self->peer, FALSE);
  ws_server_close_async (self->server, WS_CLOSE_CODE_GOING_AWAY, NULL, NULL,
                         NULL, NULL);
}

static void
set_up_server_disposed (World *self)
{
  set_up_server_visited (self);
  g_object_run_dispose (G_OBJECT (self->server));
}

/* --- What a server asks about --- */

static void
on_handshake (WsServer   *server,
              WsRequest  *request,
              WsResponse *response,
              World      *self)
{
  self->request = g_object_ref (request);
  self->response = g_object_ref (response);
}

static void
use_handshake (World *self)
{
  gboolean is_request = strcmp (self->type, "WsRequest") == 0;

  use (self, is_request ? (gpointer) self->request : self->response, NULL);
}

static void
set_up_answered (World *self)
{
  self->server = api_server_new ();
  g_signal_connect (self->server, "handshake-requested",
                    G_CALLBACK (on_handshake), self);
  self->peer = raw_peer_join (ws_server_get_server_port (self->server), NULL);
  self->accepted = api_server_take (self->server);
  use_handshake (self);
}

static void
on_handshake_deferred (WsServer   *server,
                       WsRequest  *request,
                       WsResponse *response,
                       World      *self)
{
  on_handshake (server, request, response, self);
  ws_response_defer (response);
}

static void
set_up_deferred (World *self)
{
  g_autofree char *ask = raw_peer_make_request (NULL);

  self->server = api_server_new ();
  g_signal_connect (self->server, "handshake-requested",
                    G_CALLBACK (on_handshake_deferred), self);
  self->peer = raw_peer_connect (ws_server_get_server_port (self->server));
  raw_peer_send (self->peer, ask);
  ws_test_until (NULL, self->request != NULL);
  use_handshake (self);
}

/* --- Any other object --- */

static void
set_up_any (World *self)
{
  self->values.url = g_strdup ("ws://127.0.0.1:1/");
  use (self, values_make (self->type), NULL);
}

static void
set_up_any_disposed (World *self)
{
  set_up_any (self);
  if (G_TYPE_FUNDAMENTAL (values_type (self->type)) == G_TYPE_OBJECT)
    g_object_run_dispose (self->instance);
}

/* --- Where the call comes from --- */

typedef struct
{
  World *world;
  void (*run) (World *world);
  guint n_calls;
} Ask;

static void
on_any (Ask *ask)
{
  if (ask->n_calls++ == 0)
    ask->run (ask->world);
}

static gulong
connect_any (gpointer instance, const char *signal, Ask *ask)
{
  return g_signal_connect_swapped (instance, signal, G_CALLBACK (on_any), ask);
}

static void
call_in_message (World *self, void (*run) (World *world))
{
  Ask    ask = { self, run };
  gulong handler = connect_any (self->instance, "text-message-received", &ask);

  raw_peer_send_frame (self->peer, 0x81, "hello", 5);
  ws_test_until (NULL, ask.n_calls > 0
                           || ws_socket_get_state (self->instance)
                                  != WS_STATE_CONNECTED);
  g_signal_handler_disconnect (self->instance, handler);
}

static void
call_in_end (World *self, void (*run) (World *world))
{
  Ask    ask = { self, run };
  gulong handler = connect_any (self->instance, "disconnected", &ask);

  end_by_peer (self);
  ws_test_until (NULL, ask.n_calls > 0);
  g_signal_handler_disconnect (self->instance, handler);
}

static void
call_in_notify (World *self, void (*run) (World *world))
{
  Ask    ask = { self, run };
  gulong handler = connect_any (self->instance, "notify::state", &ask);

  ws_socket_close (self->instance, WS_CLOSE_CODE_NORMAL, NULL, NULL);
  ws_test_until (NULL, ask.n_calls > 0);
  g_signal_handler_disconnect (self->instance, handler);
}

static void
call_in_new_connection (World *self, void (*run) (World *world))
{
  Ask      ask = { self, run };
  gulong   handler = connect_any (self->instance, "new-connection", &ask);
  RawPeer *peer
      = raw_peer_join (ws_server_get_server_port (self->instance), NULL);

  ws_test_until (NULL, ask.n_calls > 0);
  g_signal_handler_disconnect (self->instance, handler);
  raw_peer_free (peer);
}

static gpointer
run_elsewhere (gpointer data)
{
  Ask *ask = data;

  ask->run (ask->world);
  return NULL;
}

/* The thread that the instance belongs to waits meanwhile. */
static void
call_in_thread (World *self, void (*run) (World *world))
{
  Ask ask = { self, run };

  g_thread_join (g_thread_new ("wrong", run_elsewhere, &ask));
}

const State states[] = {
  { "new", "WsSocket", set_up_new },
  { "opening", "WsSocket", set_up_opening },
  { "connected", "WsSocket", set_up_connected },
  { "accepted", "WsSocket", set_up_accepted },
  { "paused", "WsSocket", set_up_paused },
  { "pulled", "WsSocket", set_up_pulled },
  { "closing", "WsSocket", set_up_closing },
  { "closed", "WsSocket", set_up_closed },
  { "reset", "WsSocket", set_up_reset },
  { "waiting", "WsSocket", set_up_waiting },
  { "disposed", "WsSocket", set_up_disposed },
  { "in-message", "WsSocket", set_up_connected, call_in_message, TRUE },
  { "in-accepted-message", "WsSocket", set_up_accepted, call_in_message, TRUE },
  { "in-end", "WsSocket", set_up_connected, call_in_end, TRUE },
  { "in-accepted-end", "WsSocket", set_up_accepted, call_in_end, TRUE },
  { "in-notify", "WsSocket", set_up_connected, call_in_notify, TRUE },
  { "new-in-thread", "WsSocket", set_up_new, call_in_thread },
  { "connected-in-thread", "WsSocket", set_up_connected, call_in_thread },
  { "accepted-in-thread", "WsSocket", set_up_accepted, call_in_thread },
  { "new", "WsServer", set_up_server_new },
  { "listening", "WsServer", set_up_server_listening },
  { "visited", "WsServer", set_up_server_visited },
  { "closed", "WsServer", set_up_server_closed },
  { "closing", "WsServer", set_up_server_closing },
  { "disposed", "WsServer", set_up_server_disposed },
  { "in-new-connection", "WsServer", set_up_server_listening,
    call_in_new_connection, TRUE },
  { "visited-in-thread", "WsServer", set_up_server_visited, call_in_thread },
  { "answered", "WsRequest", set_up_answered },
  { "deferred", "WsRequest", set_up_deferred },
  { "answered", "WsResponse", set_up_answered },
  { "deferred", "WsResponse", set_up_deferred },
  { "new", NULL, set_up_any },
  { "disposed", NULL, set_up_any_disposed },
};
const guint n_states = G_N_ELEMENTS (states);

/* --- Life --- */

static char *
take_fingerprint (World *self)
{
  GString *print = g_string_new (NULL);

  if (self->socket != NULL)
    g_string_append_printf (print, " socket %d",
                            ws_socket_get_state (self->socket));
  if (self->accepted != NULL)
    g_string_append_printf (print, " accepted %d",
                            ws_socket_get_state (self->accepted));
  if (self->server != NULL)
    g_string_append_printf (print, " server %d",
                            ws_server_get_listening (self->server));
  if (self->response != NULL)
    g_string_append_printf (print, " status %u",
                            ws_response_get_status (self->response));
  return g_string_free (print, FALSE);
}

void
world_init (World *self, const State *state, const char *type)
{
  memset (self, 0, sizeof *self);
  self->type = type;
  values_init (&self->values);
  state->set_up (self);
  self->fingerprint = take_fingerprint (self);
}

gboolean
world_changed (World *self)
{
  g_autofree char *now = take_fingerprint (self);

  return strcmp (now, self->fingerprint) != 0;
}

void
world_settle (World *self)
{
  for (guint i = 0; i < TURNS; ++i)
    g_main_context_iteration (NULL, FALSE);
}

/* What is dropped has to go, whatever was done to it. */
static void
expect_gone (gpointer *object)
{
  gpointer weak = *object;

  if (weak == NULL)
    return;
  g_object_add_weak_pointer (weak, &weak);
  g_object_unref (g_steal_pointer (object));
  ws_test_until (NULL, weak == NULL);
}

/* The thread that a call came from has ended: who runs its context may call. */
static gboolean
on_abort (gpointer socket)
{
  ws_socket_abort (socket);
  return G_SOURCE_REMOVE;
}

void
world_clear (World *self)
{
  gboolean owns_instance = self->socket == NULL && self->server == NULL;

  if (owns_instance)
    values_unmake (self->type, self->instance);
  if (self->socket != NULL)
    g_main_context_invoke (NULL, on_abort, self->socket);
  if (self->accepted != NULL)
    g_main_context_invoke (NULL, on_abort, self->accepted);
  g_clear_pointer (&self->peer, raw_peer_free);
  g_clear_object (&self->request);
  g_clear_object (&self->response);
  values_clear (&self->values);
  expect_gone ((gpointer *) &self->socket);
  expect_gone ((gpointer *) &self->accepted);
  expect_gone ((gpointer *) &self->server);
  g_clear_pointer (&self->listener, raw_listener_free);
  g_free (self->fingerprint);
}
