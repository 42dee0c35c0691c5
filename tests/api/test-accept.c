/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api-test.h"

/* accept_async(): who gets which connection, and when it is read. */

typedef struct
{
  WsSocket *socket; /* (owned) (nullable) */
  GError   *error;  /* (owned) (nullable) */
  guint     number; /* the how-manieth call that ended; 0: not yet */
  void (*then) (WsServer *server, WsSocket *socket); /* (nullable) */
} Outcome;

static guint last_outcome;

static void
on_accepted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Outcome  *outcome = user_data;
  WsServer *server = WS_SERVER (source);

  g_assert_cmpuint (outcome->number, ==, 0);
  outcome->socket = ws_server_accept_finish (server, result, &outcome->error);
  g_assert_true ((outcome->socket == NULL) == (outcome->error != NULL));
  outcome->number = ++last_outcome;
  if (outcome->then != NULL)
    outcome->then (server, outcome->socket);
}

static void
begin (WsServer *server, GCancellable *cancellable, Outcome *outcome)
{
  ws_server_accept_async (server, cancellable, on_accepted, outcome);
  g_assert_cmpuint (outcome->number, ==, 0);
}

#define wait_for(outcome) ws_test_until (NULL, (outcome)->number != 0)

static void
expect_error (Outcome *outcome, int code)
{
  wait_for (outcome);
  g_assert_error (outcome->error, G_IO_ERROR, code);
  g_clear_error (&outcome->error);
  outcome->number = 0;
}

/* The call has ended with a socket, whose client goes now. */
static void
finish (Outcome *outcome, RawPeer *peer)
{
  wait_for (outcome);
  g_assert_no_error (outcome->error);
  raw_peer_free (peer);
  api_wait_state (outcome->socket, WS_STATE_UNCONNECTED);
  g_assert_finalize_object (outcome->socket);
  outcome->socket = NULL;
  outcome->number = 0;
}

static RawPeer *
join (WsServer *server)
{
  return raw_peer_join (ws_server_get_server_port (server), NULL);
}

/* A request that nobody has answered yet. */
static RawPeer *
request (WsServer *server)
{
  RawPeer         *peer = raw_peer_connect (ws_server_get_server_port (server));
  g_autofree char *text = raw_peer_make_request (NULL);

  raw_peer_send (peer, text);
  return peer;
}

/* --- Who gets it --- */

static void
test_order (void)
{
  WsServer *server = api_server_new ();
  RawPeer  *peers[4];
  Outcome   outcomes[4] = { { NULL } };
  guint     n_new = 0;

  /* Two wait in the queue, two calls wait after it. */
  api_count (server, "new-connection", &n_new);
  peers[0] = join (server);
  peers[1] = join (server);
  g_assert_cmpuint (n_new, ==, 2);
  for (guint i = 0; i < 4; i++)
    begin (server, NULL, &outcomes[i]);
  g_assert_false (ws_server_has_pending_connections (server));
  wait_for (&outcomes[1]);
  peers[2] = join (server);
  peers[3] = join (server);
  wait_for (&outcomes[3]);
  g_assert_cmpuint (n_new, ==, 2);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (server)), ==, 4);
  for (guint i = 0; i < 4; i++)
    {
      g_autoptr (WsSocket) item
          = g_list_model_get_item (G_LIST_MODEL (server), i);

      g_assert_true (item == outcomes[i].socket);
      g_assert_cmpuint (outcomes[i].number, ==, outcomes[0].number + i);
    }
  for (guint i = 0; i < 4; i++)
    finish (&outcomes[i], peers[i]);
  g_assert_finalize_object (server);
}

/* While a call waits the length of the queue does not matter; without one the
 * time for a handshake is all that there is. */
static void
test_no_queue (void)
{
  WsServer *server = api_server_new ();
  Outcome   outcome = { NULL };
  RawPeer  *peer;
  g_autoptr (RawPeer) refused = NULL;

  ws_server_set_max_pending_connections (server, 0);
  ws_server_set_handshake_timeout (server, 300);
  begin (server, NULL, &outcome);
  peer = join (server);
  wait_for (&outcome);
  refused = request (server);
  api_expect_refusal (refused, 503);
  finish (&outcome, peer);
  g_assert_finalize_object (server);
}

/* A call that waits comes before the handlers of client-connected. */
static void
test_handler (void)
{
  WsServer *server = api_server_new ();
  Outcome   outcome = { NULL };
  RawPeer  *peer;
  g_autoptr (RawPeer) other = NULL;
  guint n_connected = 0, n_disconnected = 0;

  api_count (server, "client-connected", &n_connected);
  api_count (server, "client-disconnected", &n_disconnected);
  begin (server, NULL, &outcome);
  peer = join (server);
  wait_for (&outcome);
  g_assert_cmpuint (n_connected, ==, 0);
  other = join (server);
  ws_test_until (NULL, n_connected == 1);
  finish (&outcome, peer);
  g_assert_cmpuint (n_disconnected, ==, 1);
  g_assert_finalize_object (server);
}

/* --- Giving up --- */

static void
test_cancel (void)
{
  WsServer *server = api_server_new ();
  Outcome   first = { NULL }, second = { NULL };
  RawPeer  *peer;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  begin (server, cancellable, &first);
  begin (server, NULL, &second);
  g_cancellable_cancel (cancellable);
  expect_error (&first, G_IO_ERROR_CANCELLED);
  peer = join (server);
  wait_for (&second);
  /* Before it began: it takes nothing. */
  begin (server, cancellable, &first);
  expect_error (&first, G_IO_ERROR_CANCELLED);
  finish (&second, peer);

  /* Too late: the socket is not lost. */
  peer = join (server);
  g_cancellable_reset (cancellable);
  begin (server, cancellable, &first);
  g_cancellable_cancel (cancellable);
  finish (&first, peer);
  g_assert_finalize_object (server);
}

static void
accept_again (WsServer *server, WsSocket *socket)
{
  static Outcome again;

  g_assert_null (socket);
  begin (server, NULL, &again);
  g_object_set_data (G_OBJECT (server), "again", &again);
}

static void
test_close (void)
{
  WsServer *server = api_server_new ();
  Outcome   outcomes[2] = { { NULL } };
  Outcome  *again;
  RawPeer  *peer;

  begin (server, NULL, &outcomes[0]);
  begin (server, NULL, &outcomes[1]);
  outcomes[1].then = accept_again;
  api_server_close (server);
  expect_error (&outcomes[0], G_IO_ERROR_CLOSED);
  expect_error (&outcomes[1], G_IO_ERROR_CLOSED);
  /* A loop that accepts ends then, wherever it is. */
  again = g_object_get_data (G_OBJECT (server), "again");
  expect_error (again, G_IO_ERROR_CLOSED);
  begin (server, NULL, &outcomes[0]);
  expect_error (&outcomes[0], G_IO_ERROR_CLOSED);

  g_assert_true (ws_server_listen (server, NULL, 0, NULL));
  begin (server, NULL, &outcomes[0]);
  peer = join (server);
  finish (&outcomes[0], peer);
  g_assert_finalize_object (server);
}

/* Who waits holds a reference, and the server works on. */
static void
test_holds (void)
{
  WsServer *server = api_server_new ();
  guint16   port = ws_server_get_server_port (server);
  Outcome   outcome = { NULL };
  RawPeer  *peer;
  gpointer  weak = server;

  g_object_add_weak_pointer (G_OBJECT (server), &weak);
  begin (server, NULL, &outcome);
  g_object_unref (server);
  g_assert_nonnull (weak);
  peer = raw_peer_join (port, NULL);
  wait_for (&outcome);
  ws_test_until (NULL, weak == NULL);
  /* Gone with the server. */
  g_assert_cmpint (ws_socket_get_state (outcome.socket), ==,
                   WS_STATE_UNCONNECTED);
  raw_peer_expect_close (peer, 1001, NULL);
  g_assert_finalize_object (outcome.socket);
  raw_peer_free (peer);
}

/* --- When it is read --- */

static guint n_heard;

static void
on_text (WsSocket *socket, const char *text)
{
  g_assert_cmpstr (text, ==, "early");
  n_heard++;
}

static void
hear_nested (WsServer *server, WsSocket *socket)
{
  g_signal_connect (socket, "text-message-received", G_CALLBACK (on_text),
                    NULL);
  ws_test_until (NULL, n_heard == 1);
}

static gboolean
on_later (gpointer socket)
{
  g_assert_cmpuint (n_heard, ==, 0);
  g_signal_connect (socket, "text-message-received", G_CALLBACK (on_text),
                    NULL);
  return G_SOURCE_REMOVE;
}

/* As languages that await do: a turn of the main loop later. */
static void
hear_later (WsServer *server, WsSocket *socket)
{
  g_idle_add_full (G_PRIORITY_HIGH, on_later, socket, NULL);
}

static void
on_received (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WsMessage) message
      = ws_socket_receive_message_finish (WS_SOCKET (source), result, &error);

  g_assert_no_error (error);
  on_text (WS_SOCKET (source), ws_message_get_text (message));
}

/* What comes first can be pulled. */
static void
pull (WsServer *server, WsSocket *socket)
{
  g_object_set (socket, "pull", TRUE, NULL);
  g_assert_true (ws_socket_get_pull (socket));
  ws_socket_receive_message_async (socket, NULL, on_received, NULL);
}

static const struct
{
  const char *name;
  gboolean    from_queue;
  void (*hear) (WsServer *server, WsSocket *socket);
} hearings[] = {
  { "nested", FALSE, hear_nested }, { "nested-queue", TRUE, hear_nested },
  { "later", FALSE, hear_later },   { "later-queue", TRUE, hear_later },
  { "pull", FALSE, pull },          { "pull-queue", TRUE, pull },
};

static void
test_not_read (gconstpointer data)
{
  guint            i = GPOINTER_TO_UINT (data);
  WsServer        *server = api_server_new ();
  Outcome          outcome = { .then = hearings[i].hear };
  RawPeer         *peer = raw_peer_connect (ws_server_get_server_port (server));
  g_autofree char *head = raw_peer_make_request (NULL);
  g_autofree char *message = g_strconcat (head, "\x81\x85", "1234", NULL);
  gsize            len = strlen (message);
  static const guint8 masked[]
      = { 'e' ^ '1', 'a' ^ '2', 'r' ^ '3', 'l' ^ '4', 'y' ^ '1' };
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  n_heard = 0;
  g_byte_array_append (bytes, (guint8 *) message, (guint) len);
  g_byte_array_append (bytes, masked, sizeof masked);
  if (!hearings[i].from_queue)
    begin (server, NULL, &outcome);
  /* The first message comes with the request. */
  raw_peer_send_bytes (peer, bytes->data, bytes->len);
  if (hearings[i].from_queue)
    {
      ws_test_until (NULL, ws_server_has_pending_connections (server));
      begin (server, NULL, &outcome);
    }
  ws_test_until (NULL, n_heard == 1);
  finish (&outcome, peer);
  g_assert_finalize_object (server);
}

static void
forget (GObject *source, GAsyncResult *result, gpointer n_calls)
{
  ++*(guint *) n_calls;
}

/* Nobody asks for the result: the server still has it, and it is read. */
static void
test_not_finished (void)
{
  WsServer *server = api_server_new ();
  g_autoptr (RawPeer) peer = NULL;
  g_autoptr (RawPeer) other = NULL;
  guint    n_calls = 0;
  RawFrame pong;

  ws_server_accept_async (server, NULL, forget, &n_calls);
  ws_server_accept_async (server, NULL, NULL, NULL);
  peer = join (server);
  other = join (server);
  ws_test_until (NULL, n_calls == 1);
  raw_peer_send_frame (peer, 0x89, "x", 1);
  pong = raw_peer_take_frame (peer);
  g_assert_cmpuint (pong.first, ==, 0x8a);
  raw_frame_clear (&pong);
  raw_peer_send_frame (other, 0x89, "x", 1);
  pong = raw_peer_take_frame (other);
  raw_frame_clear (&pong);
  g_assert_finalize_object (server);
}

/* --- What handlers do --- */

static void
close_server (WsServer *server)
{
  ws_server_close (server);
}

static void
drop_server (WsServer *server)
{
  g_object_unref (server);
}

static void
abort_clients (WsServer *server)
{
  while (g_list_model_get_n_items (G_LIST_MODEL (server)) > 0)
    {
      g_autoptr (WsSocket) client
          = g_list_model_get_item (G_LIST_MODEL (server), 0);

      ws_socket_abort (client);
    }
}

static void
take_one (WsServer *server)
{
  WsSocket *socket = ws_server_next_pending_connection (server);

  g_clear_object (&socket);
}

static void
accept_one (WsServer *server)
{
  ws_server_accept_async (server, NULL, NULL, NULL);
}

static void
close_all (WsServer *server)
{
  ws_server_close_async (server, 1001, NULL, NULL, NULL, NULL);
}

static void
run_loop (WsServer *server)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static const struct
{
  const char *name;
  void (*act) (WsServer *server);
} acts[] = {
  { "close", close_server },  { "drop", drop_server },
  { "abort", abort_clients }, { "take", take_one },
  { "accept", accept_one },   { "close-all", close_all },
  { "run-loop", run_loop },
};

/* The last is no signal: the call's own callback. */
static const char *const places[]
    = { "new-connection", "client-connected", "items-changed",
        "origin-authentication-required", "callback" };

static void (*act) (WsServer *server);

static void
act_once (WsServer *server)
{
  void (*now) (WsServer * server) = act;

  act = NULL;
  if (now != NULL)
    now (server);
}

static void
on_act_accepted (GObject *source, GAsyncResult *result, gpointer acts_here)
{
  WsSocket *socket = ws_server_accept_finish (WS_SERVER (source), result, NULL);

  g_clear_object (&socket);
  if (acts_here != NULL)
    act_once (WS_SERVER (source));
}

/* One act in one place, once, with two clients and a call that waits. */
static void
test_act (gconstpointer data)
{
  guint     row = GPOINTER_TO_UINT (data) / G_N_ELEMENTS (places);
  guint     place = GPOINTER_TO_UINT (data) % G_N_ELEMENTS (places);
  gboolean  is_callback = place == G_N_ELEMENTS (places) - 1;
  WsServer *refuge = api_server_new ();
  WsServer *server = api_server_new ();
  gpointer  weak = server;
  RawPeer  *peers[2];

  act = acts[row].act;
  g_object_add_weak_pointer (G_OBJECT (server), &weak);
  if (!is_callback)
    g_signal_connect (server, places[place], G_CALLBACK (act_once), NULL);
  ws_server_accept_async (server, NULL, on_act_accepted,
                          is_callback ? server : NULL);
  for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
    peers[i] = request (server);
  ws_test_until (NULL, act == NULL);
  api_server_visit (refuge, ws_server_get_url (refuge));
  for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
    raw_peer_free (peers[i]);
  if (acts[row].act != drop_server)
    {
      /* Calls that wait hold it. */
      ws_server_close (server);
      g_object_unref (server);
    }
  ws_test_until (NULL, weak == NULL);
  g_assert_finalize_object (refuge);
}

static void
add_rows (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (hearings); i++)
    {
      g_autofree char *path
          = g_strconcat ("/api/accept/not-read/", hearings[i].name, NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_not_read);
    }
  for (guint i = 0; i < G_N_ELEMENTS (acts) * G_N_ELEMENTS (places); i++)
    {
      g_autofree char *path
          = g_strconcat ("/api/accept/", places[i % G_N_ELEMENTS (places)], "/",
                         acts[i / G_N_ELEMENTS (places)].name, NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_act);
    }
}

int
main (int argc, char **argv)
{
  api_test_init (&argc, &argv);
  g_test_add_func ("/api/accept/order", test_order);
  g_test_add_func ("/api/accept/no-queue", test_no_queue);
  g_test_add_func ("/api/accept/handler", test_handler);
  g_test_add_func ("/api/accept/cancel", test_cancel);
  g_test_add_func ("/api/accept/close", test_close);
  g_test_add_func ("/api/accept/holds", test_holds);
  g_test_add_func ("/api/accept/not-finished", test_not_finished);
  add_rows ();
  return g_test_run ();
}
