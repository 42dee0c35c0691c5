/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "reentrancy.h"

#include <stdio.h>
#include <string.h>

#define WITNESS_KEY "reentrancy-witness"

/* --- What a socket says --- */

Witness *
world_find_witness (WsSocket *socket)
{
  return g_object_get_data (G_OBJECT (socket), WITNESS_KEY);
}

static void
on_begun (gpointer self)
{
  ((Witness *) self)->last_message = 0;
}

void
world_expect_attempt (WsSocket *socket)
{
  socket_watch_begin (&world_find_witness (socket)->watch);
}

static void
on_error (WsSocket *socket, const GError *error, Witness *self)
{
  g_assert_cmpuint (self->watch.n_errors, ==, 1);
}

/* Messages are numbered: none comes twice, or after a later one. */
void
witness_note_message (Witness *self, const char *text)
{
  guint number = 0;

  g_assert_false (self->watch.is_over);
  self->n_messages++;
  if (text == NULL || sscanf (text, "message %u", &number) != 1)
    return;
  if (!self->world->is_disordered)
    g_assert_cmpuint (number, >, self->last_message);
  self->last_message = number;
}

static void
on_message (WsSocket *socket, WsMessage *message, Witness *self)
{
  witness_note_message (self, ws_message_get_text (message));
}

static void
on_pong (WsSocket *socket, guint64 elapsed, GBytes *payload, Witness *self)
{
  g_assert_false (self->watch.is_over);
  self->n_pongs++;
}

static void
on_finalised (gpointer user_data, GObject *object)
{
  World *self = user_data;

  self->n_alive--;
}

void
world_track (World *self, gpointer object)
{
  self->n_alive++;
  g_object_weak_ref (object, on_finalised, self);
}

Witness *
world_watch (World *self, WsSocket *socket)
{
  static const char *const signs[] = { "about-to-close",
                                       "read-channel-finished",
                                       "text-message-received",
                                       "binary-message-received",
                                       "text-frame-received",
                                       "binary-frame-received",
                                       "ping-received",
                                       "bytes-written",
                                       "drained",
                                       NULL };
  Witness                 *witness = g_new0 (Witness, 1);

  witness->world = self;
  witness->watch.begun = on_begun;
  g_ptr_array_add (self->witnesses, witness);
  g_object_set_data (G_OBJECT (socket), WITNESS_KEY, witness);
  world_track (self, socket);
  socket_watch_init (&witness->watch, socket);
  g_signal_connect (socket, "error", G_CALLBACK (on_error), witness);
  g_signal_connect (socket, "message-received", G_CALLBACK (on_message),
                    witness);
  g_signal_connect (socket, "pong", G_CALLBACK (on_pong), witness);
  socket_watch_expect_life (&witness->watch, socket, signs);
  return witness;
}

/* --- The stage --- */

WsSocket *
world_other_end (World *self, WsSocket *socket)
{
  return socket == self->client ? self->peer : self->client;
}

static void
on_client_connected (WsServer *server, WsSocket *client, World *self)
{
  world_watch (self, client);
  g_set_object (&self->peer, client);
  if (self->role == ROLE_PEER)
    world_arm (self, client);
}

static void
on_new_connection (WsServer *server, World *self)
{
  g_autoptr (WsSocket) client = ws_server_next_pending_connection (server);

  if (client != NULL)
    on_client_connected (server, client, self);
}

static WsServer *
listen (World *self, char **url)
{
  g_autoptr (GInetAddress) loopback
      = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GError) error = NULL;
  WsServer *server = ws_server_new ("reentrancy", WS_SSL_MODE_NON_SECURE);

  ws_server_listen (server, loopback, 0, &error);
  g_assert_no_error (error);
  *url = g_strdup (ws_server_get_url (server));
  world_track (self, server);
  return server;
}

static void
on_refuge_connected (WsServer *server, WsSocket *client, gpointer user_data)
{
}

/* A connected client that nobody interferes with. */
static WsSocket *
visit (World *self, const char *url)
{
  WsSocket *socket = ws_socket_new ();
  Witness  *witness = world_watch (self, socket);
  g_autoptr (GError) error = NULL;

  ws_socket_open (socket, url, &error);
  g_assert_no_error (error);
  ws_test_until (NULL, ws_socket_get_state (socket) != WS_STATE_CONNECTING);
  g_assert_cmpstr (ws_socket_get_error_string (socket), ==, "");
  g_assert_cmpint (ws_socket_get_state (socket), ==, WS_STATE_CONNECTED);
  ws_socket_ping (socket, NULL, &error);
  g_assert_no_error (error);
  ws_test_until (NULL, witness->n_pongs > 0);
  return socket;
}

static void
connect_server (World *self)
{
  gboolean queues = self->role == ROLE_SERVER
                    && g_str_equal (self->signal->signal, "new-connection");

  if (!queues)
    g_signal_connect (self->server, "client-connected",
                      G_CALLBACK (on_client_connected), self);
  if (self->role == ROLE_SERVER)
    world_arm (self, self->server);
  if (queues)
    g_signal_connect (self->server, "new-connection",
                      G_CALLBACK (on_new_connection), self);
}

/* The client comes back at once, also from a fault, but not for ever. */
static void
set_policy (WsSocket *client)
{
  g_autoptr (WsReconnectPolicy) policy
      = g_object_new (WS_TYPE_RECONNECT_POLICY, "minimum", 1u, "maximum", 1u,
                      "max-attempts", 3u, "fatal-close-codes", NULL, NULL);

  ws_socket_set_reconnect (client, policy);
}

static World *
world_new (Role role, const Signal *signal, const Action *action, guint n_acts)
{
  World *self = g_new0 (World, 1);

  self->role = role;
  self->signal = signal;
  self->action = action;
  self->n_acts_left = n_acts;
  self->witnesses = g_ptr_array_new_with_free_func (g_free);
  world_make_handler (self);
  self->server = listen (self, &self->url);
  self->refuge = listen (self, &self->refuge_url);
  g_signal_connect (self->refuge, "client-connected",
                    G_CALLBACK (on_refuge_connected), NULL);
  self->bystander = visit (self, self->refuge_url);
  connect_server (self);

  self->client = ws_socket_new ();
  world_watch (self, self->client);
  if (role == ROLE_RECONNECTING)
    set_policy (self->client);
  if (role == ROLE_FRONTED)
    world_put_front (self);
  if (role == ROLE_CLIENT || role == ROLE_RECONNECTING || role == ROLE_FRONTED)
    world_arm (self, self->client);
  return self;
}

static void
world_free (World *self)
{
  g_clear_object (&self->client);
  g_clear_object (&self->peer);
  g_clear_object (&self->surplus);
  g_clear_object (&self->page);
  g_clear_object (&self->bystander);
  g_clear_object (&self->server);
  g_clear_object (&self->refuge);
  ws_test_until (NULL, self->n_alive == 0);
  g_clear_pointer (&self->front, http_rig_free);
  g_closure_unref (self->closure);
  g_ptr_array_unref (self->witnesses);
  g_free (self->url);
  g_free (self->refuge_url);
  g_free (self);
}

void
world_breathe (World *self)
{
  Witness *witness = world_find_witness (self->bystander);

  for (guint i = 0; i < 2; i++)
    {
      guint n_pongs = witness->n_pongs;

      g_assert_true (ws_socket_ping (self->bystander, NULL, NULL));
      ws_test_until (NULL, witness->n_pongs > n_pongs);
    }
}

/* --- The script --- */

void
world_send (World *self, WsSocket *socket)
{
  g_autofree char *text = NULL;

  if (socket == NULL || !ws_socket_is_valid (socket))
    return;
  text = g_strdup_printf ("message %u", ++self->n_sent);
  ws_test_ignore (ws_socket_send_text_message (socket, text, NULL));
}

static void
talk (World *self, WsSocket *socket)
{
  static const char data[300] = "";
  g_autoptr (GBytes) bytes = g_bytes_new_static (data, sizeof data);
  g_autoptr (WsSocket) held = socket != NULL ? g_object_ref (socket) : NULL;

  for (guint i = 0; i < 3; i++)
    world_send (self, held);
  if (held == NULL || !ws_socket_is_valid (held))
    return;
  ws_test_ignore (ws_socket_send_binary_message (held, bytes, NULL));
  ws_socket_set_outgoing_frame_size (held, 100);
  ws_test_ignore (ws_socket_send_binary_message (held, bytes, NULL));
  ws_socket_set_outgoing_frame_size (held, 0);
  ws_socket_ping (held, NULL, NULL);
  world_send (self, held);
}

static void
write_much (WsSocket *socket)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (WsSocket) held = socket != NULL ? g_object_ref (socket) : NULL;

  if (held == NULL || !ws_socket_is_valid (held))
    return;
  bytes = g_bytes_new_take (g_malloc0 (64 * 1024), 64 * 1024);
  ws_socket_set_write_high_water_mark (held, 1024);
  ws_test_ignore (ws_socket_send_binary_message (held, bytes, NULL));
}

static void
end (World *self)
{
  WsSocket *target = self->role == ROLE_PEER ? self->peer : self->client;
  WsSocket *other = self->role == ROLE_PEER ? self->client : self->peer;

  switch (self->signal->ending)
    {
    case END_BY_OTHER:
      if (other != NULL)
        ws_socket_close (other, 4000, "enough", NULL);
      break;
    case END_BY_SELF:
      if (target != NULL)
        ws_socket_close (target, 4001, "enough", NULL);
      break;
    case END_OF_SERVER:
      if (self->server != NULL)
        ws_server_close (self->server);
      break;
    case END_BY_FAULT:
      if (target != NULL)
        ws_socket_set_max_incoming_message_size (target, 4);
      world_send (self, other);
      world_send (self, other);
      break;
    }
}

/* One more client than the server takes. */
static void
exceed_limit (World *self)
{
  if (self->server == NULL)
    return;
  ws_server_set_max_connections (self->server, 1);
  self->surplus = ws_socket_new ();
  world_watch (self, self->surplus);
  ws_socket_open (self->surplus, self->url, NULL);
}

/* A browser looks at the server's page. */
static void
ask_page (World *self)
{
  static const char request[] = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GError) error = NULL;

  if (self->server == NULL
      || !g_str_equal (self->signal->signal, "http-request"))
    return;
  self->page = g_socket_client_connect_to_host (client, "127.0.0.1",
                                                ws_server_get_server_port (
                                                    self->server),
                                                NULL, &error);
  g_assert_no_error (error);
  g_output_stream_write_all (g_io_stream_get_output_stream (
                                 G_IO_STREAM (self->page)),
                             request, strlen (request), NULL, NULL, &error);
  g_assert_no_error (error);
}

static void
act_phase (World *self, Phase phase)
{
  switch (phase)
    {
    case PHASE_OPEN:
      world_open_client (self);
      break;
    case PHASE_TALK:
      talk (self, self->client);
      talk (self, self->peer);
      ask_page (self);
      if (self->role == ROLE_SERVER && self->signal->phase == PHASE_TALK)
        exceed_limit (self);
      break;
    case PHASE_WRITE:
      write_much (self->client);
      write_much (self->peer);
      break;
    case PHASE_END:
      end (self);
      break;
    }
}

/* At rest; one that was disposed of may think what it likes of being active. */
static gboolean
is_settled (World *self, WsSocket *socket)
{
  return socket == NULL || ws_socket_get_state (socket) == WS_STATE_CONNECTED
         || (ws_socket_get_state (socket) == WS_STATE_UNCONNECTED
             && (!ws_socket_get_active (socket) || self->expects_nothing));
}

static gboolean
is_open (WsSocket *socket)
{
  return socket != NULL && ws_socket_is_valid (socket);
}

/* Runs a phase, and waits until it has brought the signal if that belongs to
 * it, and else until all that it began has had its turn. */
static void
run_phase (World *self, Phase phase)
{
  act_phase (self, phase);
  if (phase == self->signal->phase)
    ws_test_until (NULL, self->n_fired > 0);
  if (phase == PHASE_OPEN)
    ws_test_until (NULL, is_settled (self, self->client));
  world_breathe (self);
}

/* --- What must hold afterwards --- */

/* A connection that is said to be open is. */
static void
check_alive (World *self, WsSocket *socket)
{
  Witness *witness;
  guint    n_pongs;

  if (!is_open (socket) || self->expects_nothing)
    return;
  witness = world_find_witness (socket);
  n_pongs = witness->n_pongs;
  g_object_ref (socket);
  ws_socket_ping (socket, NULL, NULL);
  ws_test_until (NULL, witness->n_pongs > n_pongs || !is_open (socket));
  g_object_unref (socket);
}

/* A stranger is served as ever. */
static void
check_service (World *self, WsServer *server)
{
  g_autoptr (WsSocket) stranger = NULL;

  if (server == NULL || !ws_server_get_listening (server))
    return;
  /* Nobody takes its connections any more. */
  if (self->role == ROLE_SERVER && self->expects_nothing
      && server != self->refuge)
    return;
  ws_server_set_max_connections (server, 0);
  ws_server_set_max_pending_connections (server, 30);
  self->n_acts_left = 0;
  stranger = visit (self, ws_server_get_url (server));
}

static void
settle (World *self)
{
  ws_test_until (NULL, is_settled (self, self->client));
  ws_test_until (NULL, is_settled (self, self->peer));
  world_breathe (self);
  ws_test_until (NULL, is_settled (self, self->client));
  check_alive (self, self->client);
  check_alive (self, self->bystander);
  check_service (self, self->server);
  check_service (self, self->refuge);
}

void
world_run (Role role, const Signal *signal, const Action *action, guint n_acts)
{
  World *self = world_new (role, signal, action, n_acts);

  for (Phase phase = PHASE_OPEN; phase <= PHASE_END; phase++)
    run_phase (self, phase);
  settle (self);
  world_free (self);
}
