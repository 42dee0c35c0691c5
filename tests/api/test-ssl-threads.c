/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ssl-test.h"

/* One configuration in several threads: each has a context, a server and
 * clients of its own; what they share was loaded once, and is reloaded while
 * they work. */

#define N_THREADS 3
#define N_ROUNDS  12

typedef struct
{
  WsSslConfiguration *client; /* (unowned): shared */
  WsSslConfiguration *server; /* (unowned): shared */
  guint               n_echoes;
  guint               n_resumed;
} Share;

static void
wait_state (GMainContext *context, WsSocket *socket, WsState state)
{
  ws_test_until (context, ws_socket_get_state (socket) == state);
}

static void
echo (WsSocket *socket, const char *text)
{
  ws_test_ignore (ws_socket_send_text_message (socket, text, NULL));
}

static void
on_client_connected (WsServer *server, WsSocket *socket)
{
  g_signal_connect (socket, "text-message-received", G_CALLBACK (echo), NULL);
}

static void
on_echo (guint *n_echoes)
{
  ++*n_echoes;
}

static WsServer *
new_server (Share *share)
{
  WsServer *server = ws_server_new (NULL, WS_SSL_MODE_SECURE);
  g_autoptr (GInetAddress) loopback
      = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GError) error = NULL;

  ws_server_set_ssl_configuration (server, share->server);
  g_signal_connect (server, "client-connected",
                    G_CALLBACK (on_client_connected), NULL);
  ws_server_listen (server, loopback, 0, &error);
  g_assert_no_error (error);
  return server;
}

static void
visit (Share *share, GMainContext *context, const char *url)
{
  WsSocket *client = ws_socket_new ();
  guint     n_echoes = 0;
  g_autoptr (GError) error = NULL;

  ws_socket_set_ssl_configuration (client, share->client);
  g_signal_connect_swapped (client, "text-message-received",
                            G_CALLBACK (on_echo), &n_echoes);
  ws_socket_open (client, url, &error);
  g_assert_no_error (error);
  ws_test_until (context, ws_socket_get_state (client) != WS_STATE_CONNECTING);
  g_assert_cmpstr (ws_socket_get_error_string (client), ==, "");
  ws_test_ignore (ws_socket_send_text_message (client, "hello", NULL));
  ws_test_until (context, n_echoes == 1);
  share->n_echoes += n_echoes;
  share->n_resumed
      += ws_ssl_session_get_resumed (ws_socket_get_ssl_session (client));
  ws_socket_close (client, 1000, NULL, NULL);
  wait_state (context, client, WS_STATE_UNCONNECTED);
  g_assert_finalize_object (client);
}

static gpointer
run_thread (gpointer data)
{
  Share *share = data;
  g_autoptr (GMainContext) context = g_main_context_new ();
  WsServer *server;

  g_main_context_push_thread_default (context);
  server = new_server (share);
  for (guint i = 0; i < N_ROUNDS; i++)
    visit (share, context, ws_server_get_url (server));
  ws_test_until (context,
                 g_list_model_get_n_items (G_LIST_MODEL (server)) == 0);
  g_assert_finalize_object (server);
  while (g_main_context_iteration (context, FALSE))
    ;
  g_main_context_pop_thread_default (context);
  return NULL;
}

static void
run_threads (gboolean reloads)
{
  g_autoptr (WsSslConfiguration) client = ssl_trust_new ();
  g_autoptr (WsSslConfiguration) server
      = ssl_configuration_new ("server-chain");
  Share    shares[N_THREADS];
  GThread *threads[N_THREADS];

  for (guint i = 0; i < N_THREADS; i++)
    {
      shares[i] = (Share){ client, server, 0, 0 };
      threads[i] = g_thread_new ("share", run_thread, &shares[i]);
    }
  for (guint i = 0; reloads && i < 50; i++)
    {
      g_assert_true (ws_ssl_configuration_reload (client, NULL));
      g_assert_true (ws_ssl_configuration_reload (server, NULL));
      g_thread_yield ();
    }
  for (guint i = 0; i < N_THREADS; i++)
    {
      g_thread_join (threads[i]);
      g_assert_cmpuint (shares[i].n_echoes, ==, N_ROUNDS);
      if (!reloads)
        g_assert_cmpuint (shares[i].n_resumed, >, 0);
    }
  g_assert_finalize_object (g_steal_pointer (&client));
  g_assert_finalize_object (g_steal_pointer (&server));
}

static void
test_shared (void)
{
  run_threads (FALSE);
}

static void
test_reloaded (void)
{
  run_threads (TRUE);
}

/* A pause belongs to the thread that opened, too. */
static gpointer
resume_elsewhere (gpointer data)
{
  ws_socket_resume (data);
  return NULL;
}

static void
test_resume_elsewhere (SslPair *pair, gconstpointer data)
{
  ws_socket_set_pause_mode (pair->client, WS_PAUSE_MODES_ON_SSL_ERRORS);
  ssl_pair_begin (pair, NULL);
  ws_test_until (NULL, ssl_log_count (pair->log, "ssl-errors") > 0);
  g_test_expect_message ("Ws", G_LOG_LEVEL_WARNING, "*resume*another thread*");
  g_thread_join (g_thread_new ("stranger", resume_elsewhere, pair->client));
  g_test_assert_expected_messages ();
  ssl_iterate (50);
  g_assert_cmpint (ws_socket_get_state (pair->client), ==, WS_STATE_CONNECTING);
  ws_socket_ignore_ssl_errors (pair->client);
  ws_socket_resume (pair->client);
  ws_test_until (NULL, ws_socket_is_valid (pair->client));
  pair->accepted = api_server_take (pair->server);
  ssl_pair_close (pair);
}

int
main (int argc, char **argv)
{
  api_test_init (&argc, &argv);
  g_test_add_func ("/api/ssl-threads/shared", test_shared);
  g_test_add_func ("/api/ssl-threads/reloaded", test_reloaded);
  ssl_pair_add ("/api/ssl-threads/resume-elsewhere", "three",
                test_resume_elsewhere);
  return g_test_run ();
}
