/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api-test.h"

#include <string.h>
#include <sys/resource.h>

/* A server that sends its clients away, one after the other. */

#define MANY      1000
#define WINDOW_MS 2000

typedef struct
{
  WsServer  *server;
  GPtrArray *clients; /* of WsSocket */
  guint      n_closed;
  guint      n_draining; /* notifications */
  guint      n_ended;    /* of the signal closed, which keeps the server */
  guint      n_over;
  gint64     begun;
  gint64     window;          /* µs */
  GArray    *times;           /* monotonic µs: when each was told */
  GError    *error;           /* (nullable): of drain_async() */
  void (*act) (gpointer rig); /* (nullable): when the next one is closed */
} Rig;

static void
on_over (GObject *server, GAsyncResult *result, gpointer user_data)
{
  Rig *rig = user_data;

  g_clear_error (&rig->error);
  ws_server_drain_finish (WS_SERVER (server), result, &rig->error);
  rig->n_over++;
}

/* Nobody is told before the time has come. How late it may be no test can
 * say. */
static void
on_about_to_close (WsSocket *socket, Rig *rig)
{
  gint64 now = g_get_monotonic_time ();
  gint64 elapsed = now - rig->begun;
  void (*act) (gpointer rig) = rig->act;

  g_assert_cmpint (elapsed, >=,
                   rig->n_closed * rig->window / (gint64) rig->clients->len);
  rig->n_closed++;
  g_array_append_val (rig->times, now);
  rig->act = NULL;
  if (act != NULL)
    act (rig);
}

static void
on_client (WsServer *server, WsSocket *socket, Rig *rig)
{
  g_signal_connect (socket, "about-to-close", G_CALLBACK (on_about_to_close),
                    rig);
}

static void
rig_init (Rig *rig, guint n_clients)
{
  *rig = (Rig){ .server = api_server_new (),
                .clients = g_ptr_array_new_with_free_func (g_object_unref),
                .times = g_array_new (FALSE, FALSE, sizeof (gint64)) };
  ws_server_set_max_connections (rig->server, 0);
  api_count (rig->server, "notify::draining", &rig->n_draining);
  api_count (rig->server, "closed", &rig->n_ended);
  g_signal_connect (rig->server, "client-connected", G_CALLBACK (on_client),
                    rig);
  for (guint i = 0; i < n_clients; i++)
    {
      WsSocket *client = ws_socket_new ();

      ws_socket_set_ping_interval (client, 0);
      g_ptr_array_add (rig->clients, client);
      api_socket_open (client, ws_server_get_url (rig->server));
    }
}

static void
rig_clear (Rig *rig)
{
  ws_test_until (NULL, rig->n_ended > 0);
  g_ptr_array_unref (rig->clients);
  g_array_unref (rig->times);
  g_clear_error (&rig->error);
  g_assert_finalize_object (rig->server);
}

static void
rig_drain (Rig *rig, guint window, GCancellable *cancellable)
{
  rig->begun = g_get_monotonic_time ();
  rig->window = window * (gint64) 1000;
  ws_server_drain_async (rig->server, window, cancellable, on_over, rig);
}

static void
allow_many_files (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) == 0)
    {
      limit.rlim_cur = limit.rlim_max;
      setrlimit (RLIMIT_NOFILE, &limit);
    }
}

/* However late the server is: in no tenth of the window more than a sixth of
 * all clients was told. */
static void
assert_even (const Rig *rig)
{
  const gint64 *times = (const gint64 *) (const void *) rig->times->data;
  guint         first = 0;

  for (guint i = 0; i < rig->times->len; i++)
    {
      while (times[i] - times[first] >= rig->window / 10)
        first++;
      g_assert_cmpuint (i - first + 1, <=, rig->clients->len / 6);
    }
}

/* Holds the server up, again and again, as a slow handler may. */
static gboolean
on_hold_up (gpointer data)
{
  const gint64 until = g_get_monotonic_time () + WINDOW_MS * 1000 / 5;
  guint       *n_left = data;

  while (g_get_monotonic_time () < until)
    continue;
  return --*n_left > 0;
}

static void
test_spread (gconstpointer data)
{
  guint n_stalls = GPOINTER_TO_UINT (data);
  Rig   rig;

  allow_many_files ();
  rig_init (&rig, MANY);
  if (n_stalls > 0)
    g_timeout_add (WINDOW_MS / 4, on_hold_up, &n_stalls);
  rig_drain (&rig, WINDOW_MS, NULL);
  g_assert_false (ws_server_get_listening (rig.server));
  g_assert_true (ws_server_get_draining (rig.server));
  g_assert_cmpuint (rig.n_closed, <, MANY / 2);
  ws_test_until (NULL, rig.n_over == 1);
  g_assert_no_error (rig.error);
  g_assert_cmpuint (rig.n_closed, ==, MANY);
  g_assert_cmpuint (n_stalls, ==, 0);
  assert_even (&rig);
  g_assert_cmpuint (rig.n_draining, ==, 2);
  g_assert_false (ws_server_get_draining (rig.server));
  for (guint i = 0; i < MANY; i++)
    {
      WsSocket *client = g_ptr_array_index (rig.clients, i);

      api_wait_state (client, WS_STATE_UNCONNECTED);
      g_assert_cmpuint (ws_socket_get_close_code (client), ==, 1012);
      g_assert_true (ws_socket_get_was_clean (client));
    }
  rig_clear (&rig);
}

/* Whose time has not come goes on as ever. */
static void
test_goes_on (void)
{
  Rig   rig;
  guint n_messages = 0;
  g_autoptr (WsMessage) message = ws_message_new_text ("still here");

  rig_init (&rig, 4);
  rig_drain (&rig, WINDOW_MS, NULL);
  api_count (g_ptr_array_index (rig.clients, 3), "text-message-received",
             &n_messages);
  ws_test_until (NULL, rig.n_closed == 1);
  g_assert_cmpint (ws_server_broadcast (rig.server, message, NULL), ==, 3);
  ws_test_until (NULL, n_messages == 1);
  g_assert_cmpuint (rig.n_closed, <, 4);
  ws_test_until (NULL, rig.n_over == 1);
  rig_clear (&rig);
}

/* Clients with a policy come back to whoever listens then, and nobody is told
 * anything else. */
static void
test_come_back (void)
{
  Rig       rig;
  WsServer *heir = ws_server_new (NULL, WS_SSL_MODE_NON_SECURE);
  guint16   port;
  g_autoptr (GInetAddress) loopback
      = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (WsReconnectPolicy) policy = ws_reconnect_policy_new ();

  rig_init (&rig, 20);
  g_object_set (policy, "minimum", 1, "maximum", 1, NULL);
  for (guint i = 0; i < 20; i++)
    ws_socket_set_reconnect (g_ptr_array_index (rig.clients, i), policy);
  port = ws_server_get_port (rig.server);
  rig_drain (&rig, WINDOW_MS, NULL);
  g_assert_true (ws_server_listen (heir, loopback, port, NULL));
  ws_test_until (NULL, rig.n_over == 1);
  for (guint i = 0; i < 20; i++)
    {
      WsSocket *client = g_ptr_array_index (rig.clients, i);

      api_wait_state (client, WS_STATE_CONNECTED);
      ws_socket_set_reconnect (client, NULL);
    }
  rig_clear (&rig);
  g_object_unref (heir);
}

static void
close_now (gpointer data)
{
  ws_server_close_async (((Rig *) data)->server, 1001, NULL, NULL, NULL, NULL);
}

/* There is no more time. */
static void
test_hurried (void)
{
  Rig rig;

  rig_init (&rig, 5);
  rig.clients->len = 5;
  rig_drain (&rig, G_MAXUINT, NULL);
  ws_test_until (NULL, rig.n_closed == 1);
  rig.window = 0;
  close_now (&rig);
  ws_test_until (NULL, rig.n_over == 1);
  g_assert_no_error (rig.error);
  g_assert_cmpuint (ws_socket_get_close_code (rig.clients->pdata[0]), ==, 1012);
  api_wait_state (rig.clients->pdata[4], WS_STATE_UNCONNECTED);
  g_assert_cmpuint (ws_socket_get_close_code (rig.clients->pdata[4]), ==, 1001);
  rig_clear (&rig);
}

static void
test_cancelled (void)
{
  Rig rig;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  rig_init (&rig, 3);
  rig_drain (&rig, G_MAXUINT, cancellable);
  ws_test_until (NULL, rig.n_closed == 1);
  g_cancellable_cancel (cancellable);
  ws_test_until (NULL, rig.n_over == 1);
  g_assert_error (rig.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_false (ws_server_get_draining (rig.server));
  api_wait_state (rig.clients->pdata[2], WS_STATE_UNCONNECTED);
  g_assert_cmpuint (ws_socket_get_close_code (rig.clients->pdata[2]), ==, 1006);
  rig_clear (&rig);
}

static void
run_a_while (gpointer data)
{
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

static void
cancel_and_wait (gpointer data)
{
  Rig          *rig = data;
  GCancellable *cancellable = g_object_get_data (G_OBJECT (rig->server), "c");

  g_cancellable_cancel (cancellable);
  ws_test_until (NULL, rig->n_over == 1);
}

/* A handler may end all of it, in a loop of its own. */
static void
test_handlers (void)
{
  Rig rig;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  rig_init (&rig, 3);
  rig.act = run_a_while;
  rig_drain (&rig, 0, NULL);
  ws_test_until (NULL, rig.n_over == 1);
  g_assert_no_error (rig.error);
  rig_clear (&rig);

  rig_init (&rig, 3);
  rig_drain (&rig, 1, cancellable);
  g_object_set_data (G_OBJECT (rig.server), "c", cancellable);
  rig.window = 0;
  rig.act = cancel_and_wait;
  ws_test_until (NULL, rig.n_over == 1);
  rig_clear (&rig);
}

static void
abort_first (GObject *server, GParamSpec *pspec, Rig *rig)
{
  if (ws_server_get_draining (WS_SERVER (server)))
    ws_socket_abort (rig->clients->pdata[0]);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

/* Nobody is waited for who goes where it is told that all shall. */
static void
test_gone_at_once (void)
{
  Rig rig;

  rig_init (&rig, 2);
  g_signal_connect (rig.server, "notify::draining", G_CALLBACK (abort_first),
                    &rig);
  rig_drain (&rig, 0, NULL);
  ws_test_until (NULL, rig.n_over == 1);
  g_assert_no_error (rig.error);
  rig_clear (&rig);
}

/* Who is on the way is told when to come again; nobody else is there. */
static void
test_on_the_way (void)
{
  Rig rig;
  g_autoptr (RawPeer) peer = NULL;
  g_autofree char *request = raw_peer_make_request (NULL);
  g_autoptr (WsServerStatistics) figures = NULL;

  rig_init (&rig, 0);
  peer = raw_peer_connect (ws_server_get_port (rig.server));
  do
    {
      g_main_context_iteration (NULL, TRUE);
      g_clear_pointer (&figures, ws_server_statistics_free);
      figures = ws_server_get_statistics (rig.server);
    }
  while (figures->handshakes == 0);
  rig_drain (&rig, 0, NULL);
  raw_peer_send (peer, request);
  raw_peer_wait_head (peer);
  g_assert_true (g_str_has_prefix (peer->head, "HTTP/1.1 503 "));
  g_assert_nonnull (strstr (peer->head, "\r\nRetry-After: "));
  g_clear_pointer (&peer, raw_peer_free);
  ws_test_until (NULL, rig.n_over == 1);
  rig_clear (&rig);
}

int
main (int argc, char **argv)
{
  api_test_init (&argc, &argv);

  g_test_add_data_func ("/api/draining/spread", GUINT_TO_POINTER (0),
                        test_spread);
  g_test_add_data_func ("/api/draining/held-up", GUINT_TO_POINTER (3),
                        test_spread);
  g_test_add_func ("/api/draining/goes-on", test_goes_on);
  g_test_add_func ("/api/draining/come-back", test_come_back);
  g_test_add_func ("/api/draining/hurried", test_hurried);
  g_test_add_func ("/api/draining/cancelled", test_cancelled);
  g_test_add_func ("/api/draining/handlers", test_handlers);
  g_test_add_func ("/api/draining/gone-at-once", test_gone_at_once);
  g_test_add_func ("/api/draining/on-the-way", test_on_the_way);
  return g_test_run ();
}
