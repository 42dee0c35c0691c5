/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api-test.h"

#include <string.h>
#include <sys/socket.h>

/* A client over a stream of the user's. */

typedef struct
{
  RawPeer   *peer; /* (nullable): at the other end */
  GIOStream *stream;
  WsSocket  *socket;
  SignalLog *log;
} World;

static void
world_set_up (World *self, gconstpointer data)
{
  g_autoptr (GSocket) socket = NULL;
  int fds[2];

  g_assert_no_errno (socketpair (AF_UNIX, SOCK_STREAM, 0, fds));
  socket = g_socket_new_from_fd (fds[0], NULL);
  self->stream
      = G_IO_STREAM (g_socket_connection_factory_create_connection (socket));
  self->peer = raw_peer_new_for_fd (fds[1]);
  self->socket = ws_socket_new ();
  self->log = signal_log_new (self->socket);
}

static void
world_tear_down (World *self, gconstpointer data)
{
  signal_log_free (self->log);
  g_clear_pointer (&self->peer, raw_peer_free);
  g_clear_object (&self->stream);
  g_assert_finalize_object (self->socket);
}

static void
world_begin (World *self, const char *url)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (
      ws_socket_open_stream (self->socket, self->stream, url, &error));
  g_assert_no_error (error);
  raw_peer_wait_head (self->peer);
}

static void
world_fail (World *self, const char *what)
{
  api_wait_state (self->socket, WS_STATE_UNCONNECTED);
  g_assert_nonnull (strstr (ws_socket_get_error_string (self->socket), what));
  g_assert_cmpuint (signal_log_count (self->log, "connected"), ==, 0);
}

/* --- Going well --- */

static void
test_socket (World *world, gconstpointer data)
{
  g_autofree char *answer = NULL;

  world_begin (world, "ws://chat.example/room?7");
  g_assert_true (g_str_has_prefix (world->peer->head,
                                   "GET /room?7 HTTP/1.1\r\n"
                                   "Host: chat.example\r\n"));
  g_assert_cmpstr (ws_socket_get_url (world->socket), ==,
                   "ws://chat.example/room?7");
  answer = raw_peer_make_answer (world->peer, NULL);
  raw_peer_send (world->peer, answer);
  /* Of the same packet. */
  raw_peer_send_frame (world->peer, 0x81, "first", 5);
  ws_test_until (NULL, signal_log_count (world->log, "text:first") > 0);
  signal_log_expect (world->log,
                     SIGNAL_LOG_OPENING " " SIGNAL_LOG_OPENED " text:first");
  api_socket_send (world->socket, "second");
  raw_peer_expect_text (world->peer, "second");
  g_assert_true (ws_socket_close (world->socket, 1000, NULL, NULL));
  raw_peer_expect_close (world->peer, 1000, NULL);
  raw_peer_send_close (world->peer, 1000, "");
  g_clear_pointer (&world->peer, raw_peer_free);
  api_wait_state (world->socket, WS_STATE_UNCONNECTED);
  g_assert_true (ws_socket_get_was_clean (world->socket));
  g_assert_true (g_io_stream_is_closed (world->stream));
}

/* A login, on the same connection. */
static void
on_login (WsSocket *socket, WsAuthenticator *authenticator)
{
  ws_authenticator_set_user (authenticator, "me");
  ws_authenticator_set_password (authenticator, "secret");
}

static void
test_login (World *world, gconstpointer data)
{
  g_signal_connect (world->socket, "authentication-required",
                    G_CALLBACK (on_login), NULL);
  world_begin (world, "ws://chat.example/");
  g_clear_pointer (&world->peer->head, g_free);
  raw_peer_send (world->peer, "HTTP/1.1 401 X\r\nContent-Length: 0\r\n"
                              "WWW-Authenticate: Basic realm=\"a\"\r\n\r\n");
  raw_peer_wait_head (world->peer);
  g_assert_nonnull (strstr (world->peer->head, "Authorization: Basic "));
}

/* --- Not going well --- */

static void
test_refusals (void)
{
  static const struct
  {
    const char *answer; /* NULL: the end */
    const char *what;
  } rows[] = {
    { NULL, "closed" },
    { "HTTP/1.1 404 Gone\r\nContent-Length: 0\r\n\r\n", "404" },
    { "HTTP/1.1 302 X\r\nLocation: ws://b/\r\nContent-Length: 0\r\n\r\n",
      "over a stream" },
    { "HTTP/1.1 401 X\r\nContent-Length: 0\r\nConnection: close\r\n"
      "WWW-Authenticate: Basic realm=\"a\"\r\n\r\n",
      "401" },
    { "220 mail.example ESMTP\r\n\r\n", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      World world = { NULL };
      guint n_questions = 0;
      g_autoptr (WsReconnectPolicy) policy = ws_reconnect_policy_new ();

      world_set_up (&world, NULL);
      ws_socket_set_max_redirects (world.socket, 5);
      ws_socket_set_reconnect (world.socket, policy);
      api_count (world.socket, "authentication-required", &n_questions);
      api_count (world.socket, "redirected", &n_questions);
      world_begin (&world, "ws://chat.example/");
      if (rows[i].answer != NULL)
        raw_peer_send (world.peer, rows[i].answer);
      else
        g_clear_pointer (&world.peer, raw_peer_free);
      world_fail (&world, rows[i].what);
      g_assert_cmpuint (n_questions, ==, 0);
      /* Nobody can dial that again. */
      ws_test_until (NULL, !ws_socket_get_active (world.socket));
      g_assert_cmpuint (signal_log_count (world.log, "reconnecting:1"), ==, 0);
      world_tear_down (&world, NULL);
    }
}

/* A connection that is lost; the next opening dials. */
static void
test_lost (World *world, gconstpointer data)
{
  g_autoptr (WsReconnectPolicy) policy = ws_reconnect_policy_new ();
  g_autoptr (RawListener) listener = raw_listener_new ();
  g_autofree char *url = raw_listener_make_url (listener, "/");
  g_autofree char *answer = NULL;

  ws_socket_set_reconnect (world->socket, policy);
  world_begin (world, "ws://chat.example/");
  answer = raw_peer_make_answer (world->peer, NULL);
  raw_peer_send (world->peer, answer);
  api_wait_state (world->socket, WS_STATE_CONNECTED);
  g_clear_pointer (&world->peer, raw_peer_free);
  ws_test_until (NULL, !ws_socket_get_active (world->socket));
  g_assert_cmpuint (signal_log_count (world->log, "reconnecting:1"), ==, 0);
  g_assert_true (ws_socket_open (world->socket, url, NULL));
  world->peer = raw_listener_take (listener);
  raw_peer_accept (world->peer);
  api_wait_state (world->socket, WS_STATE_CONNECTED);
}

static void
test_aborted (World *world, gconstpointer data)
{
  world_begin (world, "ws://chat.example/");
  ws_socket_abort (world->socket);
  raw_peer_expect_eof (world->peer);
}

/* Nobody reads at the other end, and time is up. */
static void
test_silent (World *world, gconstpointer data)
{
  ws_socket_set_open_timeout (world->socket, 20);
  world_begin (world, "ws://chat.example/");
  world_fail (world, "open-timeout");
}

/* What cannot be used is refused at once, and nothing changes. */
static void
test_unusable (World *world, gconstpointer data)
{
  g_autoptr (GInputStream) input
      = g_memory_input_stream_new_from_data ("", 0, NULL);
  g_autoptr (GOutputStream) output = g_memory_output_stream_new_resizable ();
  g_autoptr (GInputStream) blind = g_buffered_input_stream_new (input);
  g_autoptr (GIOStream) stream = g_simple_io_stream_new (blind, output);
  g_autoptr (GError) error = NULL;

  g_assert_false (ws_socket_open_stream (world->socket, stream,
                                         "ws://chat.example/", &error));
  g_assert_error (error, WS_SOCKET_ERROR,
                  WS_SOCKET_ERROR_UNSUPPORTED_SOCKET_OPERATION);
  g_clear_error (&error);
  g_assert_false (
      ws_socket_open_stream (world->socket, world->stream, NULL, &error));
  g_assert_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_CONNECTION_REFUSED);
  g_assert_null (ws_socket_get_url (world->socket));
  g_assert_cmpint (ws_socket_get_state (world->socket), ==,
                   WS_STATE_UNCONNECTED);
  g_assert_false (g_io_stream_is_closed (world->stream));
}

/* --- A stream that calls back --- */

#define CALLING_TYPE_INPUT (calling_input_get_type ())
G_DECLARE_FINAL_TYPE (
    CallingInput, calling_input, CALLING, INPUT, GMemoryInputStream)
struct _CallingInput
{
  GMemoryInputStream parent_instance;
  WsSocket         **socket; /* (owned) (nullable) by the test */
  gboolean           drops;
};

G_DEFINE_FINAL_TYPE (CallingInput, calling_input, G_TYPE_MEMORY_INPUT_STREAM)

static gboolean
calling_input_close (GInputStream *stream,
                     GCancellable *cancellable,
                     GError      **error)
{
  CallingInput *self = CALLING_INPUT (stream);

  if (*self->socket != NULL)
    ws_socket_abort (*self->socket);
  if (self->drops)
    g_clear_object (self->socket);
  return TRUE;
}

static void
calling_input_class_init (CallingInputClass *klass)
{
  G_INPUT_STREAM_CLASS (klass)->close_fn = calling_input_close;
}

static void
calling_input_init (CallingInput *self)
{
}

/* (transfer full) */
static GIOStream *
make_calling (WsSocket **socket, gboolean drops)
{
  g_autoptr (CallingInput) input = g_object_new (CALLING_TYPE_INPUT, NULL);
  g_autoptr (GOutputStream) output = g_memory_output_stream_new_resizable ();

  input->socket = socket;
  input->drops = drops;
  return g_simple_io_stream_new (G_INPUT_STREAM (input), output);
}

/* It is closed where the attempt has failed, or where the user ends it; it ends
 * once in either case. */
static void
test_calling (void)
{
  for (guint i = 0; i < 4; i++)
    {
      WsSocket  *socket = ws_socket_new ();
      GIOStream *stream = make_calling (&socket, i >= 2);
      guint      n_ends = 0;

      api_count (socket, "disconnected", &n_ends);
      g_assert_true (
          ws_socket_open_stream (socket, stream, "ws://chat.example/", NULL));
      if (i % 2 == 0)
        ws_socket_abort (socket);
      ws_test_until (NULL, g_io_stream_is_closed (stream));
      g_assert_cmpuint (n_ends, ==, 1);
      g_clear_object (&socket);
      g_assert_finalize_object (stream);
    }
}

#define world_add(path, test) \
  g_test_add (path, World, NULL, world_set_up, test, world_tear_down)

int
main (int argc, char **argv)
{
  g_setenv ("GIO_USE_NETWORK_MONITOR", "base", TRUE);
  api_test_init (&argc, &argv);
  world_add ("/api/open-stream/socket", test_socket);
  world_add ("/api/open-stream/login", test_login);
  g_test_add_func ("/api/open-stream/refusals", test_refusals);
  g_test_add_func ("/api/open-stream/calling", test_calling);
  world_add ("/api/open-stream/lost", test_lost);
  world_add ("/api/open-stream/aborted", test_aborted);
  world_add ("/api/open-stream/silent", test_silent);
  world_add ("/api/open-stream/unusable", test_unusable);
  return g_test_run ();
}
