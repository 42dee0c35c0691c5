/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api-test.h"

#include <string.h>

/* close_async(): everybody is told, and the server waits for them. */

#define N_CLIENTS 5

typedef struct
{
  WsServer     *server;
  RawPeer      *peers[N_CLIENTS];
  GCancellable *cancellable;
  GString      *words; /* what the server says, and the end of calls */
  GError       *error; /* (nullable): of the last call */
} Crowd;

static void
on_closed (Crowd *crowd)
{
  g_string_append (crowd->words, "closed ");
}

static void
on_gone (Crowd *crowd)
{
  g_string_append (crowd->words, "gone ");
}

static void
crowd_set_up (Crowd *crowd, gconstpointer data)
{
  crowd->server = api_server_new ();
  crowd->words = g_string_new (NULL);
  crowd->cancellable = g_cancellable_new ();
  g_signal_connect_swapped (crowd->server, "closed", G_CALLBACK (on_closed),
                            crowd);
  g_signal_connect_swapped (crowd->server, "client-disconnected",
                            G_CALLBACK (on_gone), crowd);
  for (guint i = 0; i < N_CLIENTS; i++)
    {
      crowd->peers[i]
          = raw_peer_join (ws_server_get_server_port (crowd->server), NULL);
      g_object_unref (api_server_take (crowd->server));
    }
}

static void
crowd_tear_down (Crowd *crowd, gconstpointer data)
{
  for (guint i = 0; i < N_CLIENTS; i++)
    if (crowd->peers[i] != NULL)
      raw_peer_free (crowd->peers[i]);
  g_clear_error (&crowd->error);
  g_object_unref (crowd->cancellable);
  g_assert_finalize_object (crowd->server);
  g_string_free (crowd->words, TRUE);
}

static void
on_over (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Crowd   *crowd = user_data;
  gboolean ok;

  g_clear_error (&crowd->error);
  ok = ws_server_close_finish (WS_SERVER (source), result, &crowd->error);
  g_assert_true (ok == (crowd->error == NULL));
  g_string_append (crowd->words, "over ");
}

static void
begin (Crowd *crowd, guint code, const char *reason)
{
  ws_server_close_async (crowd->server, code, reason, crowd->cancellable,
                         on_over, crowd);
}

static gboolean
is_over (Crowd *crowd)
{
  return strstr (crowd->words->str, "over ") != NULL;
}

#define wait_for(crowd) ws_test_until (NULL, is_over (crowd))

static void
assert_empty (Crowd *crowd)
{
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (crowd->server)), ==,
                    0);
}

static void
answer (Crowd *crowd, guint i, guint code, const char *reason)
{
  raw_peer_expect_close (crowd->peers[i], code, reason);
  raw_peer_send_close (crowd->peers[i], code, reason);
}

static void
test_all (Crowd *crowd, gconstpointer data)
{
  begin (crowd, 4000, "enough");
  g_assert_false (ws_server_get_listening (crowd->server));
  for (guint i = 0; i < N_CLIENTS; i++)
    {
      g_assert_false (is_over (crowd));
      answer (crowd, i, 4000, "enough");
    }
  wait_for (crowd);
  g_assert_no_error (crowd->error);
  g_assert_cmpstr (crowd->words->str, ==,
                   "closed gone gone gone gone gone over ");
  assert_empty (crowd);
  for (guint i = 0; i < N_CLIENTS; i++)
    raw_peer_expect_eof (crowd->peers[i]);
}

/* Nobody is connected: it is over after the signal. */
static void
test_nobody (void)
{
  Crowd crowd = { ws_server_new (NULL, WS_SSL_MODE_NON_SECURE) };

  crowd.words = g_string_new (NULL);
  g_signal_connect_swapped (crowd.server, "closed", G_CALLBACK (on_closed),
                            &crowd);
  begin (&crowd, 1001, NULL);
  g_assert_cmpstr (crowd.words->str, ==, "");
  wait_for (&crowd);
  g_assert_cmpstr (crowd.words->str, ==, "closed over ");
  g_assert_no_error (crowd.error);
  g_string_free (crowd.words, TRUE);
  g_assert_finalize_object (crowd.server);
}

/* Those who do not answer have their close-timeout: all at the same time. */
static void
test_silent (void)
{
  WsServer *server = api_server_new ();
  Crowd     crowd = { server };
  guint     n_gone = 0;

  crowd.words = g_string_new (NULL);
  api_count (server, "client-disconnected", &n_gone);
  ws_server_set_close_timeout (server, 50);
  for (guint i = 0; i < N_CLIENTS; i++)
    {
      crowd.peers[i] = raw_peer_join (ws_server_get_server_port (server), NULL);
      g_object_unref (api_server_take (server));
    }
  begin (&crowd, 1001, NULL);
  wait_for (&crowd);
  g_assert_cmpuint (n_gone, ==, N_CLIENTS);
  g_assert_no_error (crowd.error);
  for (guint i = 0; i < N_CLIENTS; i++)
    raw_peer_free (crowd.peers[i]);
  g_string_free (crowd.words, TRUE);
  g_assert_finalize_object (server);
}

/* Who waits in the queue is told the same, and left. */
static void
test_pending (Crowd *crowd, gconstpointer data)
{
  g_autoptr (RawPeer) pending
      = raw_peer_join (ws_server_get_server_port (crowd->server), NULL);

  g_assert_true (ws_server_has_pending_connections (crowd->server));
  begin (crowd, 1012, "back soon");
  g_assert_false (ws_server_has_pending_connections (crowd->server));
  raw_peer_expect_close (pending, 1012, "back soon");
  raw_peer_expect_eof (pending);
  g_assert_false (is_over (crowd));
  for (guint i = 0; i < N_CLIENTS; i++)
    answer (crowd, i, 1012, "back soon");
  wait_for (crowd);
}

static const struct
{
  const char *name;
  guint       code;
  const char *reason;
} refused[] = {
  { "1005", 1005, NULL },
  { "0", 0, NULL },
  { "5000", 5000, "x" },
  { "reason", 1000, "\xff" },
};

static void
test_refused (Crowd *crowd, gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);

  begin (crowd, refused[i].code, refused[i].reason);
  wait_for (crowd);
  g_assert_error (crowd->error, WS_SOCKET_ERROR,
                  WS_SOCKET_ERROR_INVALID_ARGUMENT);
  g_assert_cmpstr (crowd->words->str, ==, "over ");
  g_assert_true (ws_server_get_listening (crowd->server));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (crowd->server)), ==,
                    N_CLIENTS);
}

static void
test_cancel (Crowd *crowd, gconstpointer data)
{
  begin (crowd, 1000, NULL);
  answer (crowd, 1, 1000, "");
  ws_test_until (NULL, strstr (crowd->words->str, "gone ") != NULL);
  g_cancellable_cancel (crowd->cancellable);
  wait_for (crowd);
  g_assert_error (crowd->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpstr (crowd->words->str, ==,
                   "closed gone gone gone gone gone over ");
  assert_empty (crowd);
}

static void
test_cancelled_before (Crowd *crowd, gconstpointer data)
{
  g_cancellable_cancel (crowd->cancellable);
  begin (crowd, 1000, NULL);
  wait_for (crowd);
  g_assert_error (crowd->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_true (ws_server_get_listening (crowd->server));
}

static void
test_twice (Crowd *crowd, gconstpointer data)
{
  begin (crowd, 1000, NULL);
  begin (crowd, 4000, NULL);
  for (guint i = 0; i < N_CLIENTS; i++)
    answer (crowd, i, 1000, "");
  wait_for (crowd);
  g_assert_true (g_str_has_suffix (crowd->words->str, "gone over over "));
}

/* Clients of a server that listens again in between are none
 * of its business. */
static void
test_listens_again (Crowd *crowd, gconstpointer data)
{
  g_autoptr (RawPeer) fresh = NULL;

  begin (crowd, 1000, NULL);
  g_assert_true (ws_server_listen (crowd->server, NULL, 0, NULL));
  fresh = raw_peer_join (ws_server_get_server_port (crowd->server), NULL);
  g_object_unref (api_server_take (crowd->server));
  for (guint i = 0; i < N_CLIENTS; i++)
    answer (crowd, i, 1000, "");
  wait_for (crowd);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (crowd->server)), ==,
                    1);
  g_assert_true (ws_server_get_listening (crowd->server));
}

/* --- Handlers that change the list meanwhile --- */

static void
abort_all (WsServer *server)
{
  while (g_list_model_get_n_items (G_LIST_MODEL (server)) > 0)
    {
      g_autoptr (WsSocket) client
          = g_list_model_get_item (G_LIST_MODEL (server), 0);

      ws_socket_abort (client);
    }
}

static void
abort_last (WsServer *server)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (server));
  g_autoptr (WsSocket) client
      = n > 0 ? g_list_model_get_item (G_LIST_MODEL (server), n - 1) : NULL;

  if (client != NULL)
    ws_socket_abort (client);
}

static void
close_again (WsServer *server)
{
  ws_server_close_async (server, 1001, NULL, NULL, NULL, NULL);
}

static void
run_loop (WsServer *server)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
drop_reference (WsServer *server)
{
  g_object_unref (server);
}

static const struct
{
  const char *name;
  void (*act) (WsServer *server);
} acts[] = {
  { "abort-all", abort_all },   { "abort-last", abort_last },
  { "close", ws_server_close }, { "close-again", close_again },
  { "run-loop", run_loop },     { "drop", drop_reference },
};

/* Of a client, then of the server. */
static const char *const places[]
    = { "about-to-close",      "state-changed", "notify::close-code",
        "client-disconnected", "closed",        "items-changed" };
#define N_CLIENT_PLACES 3

static WsServer *acting;
static void (*act) (WsServer *server);

static void
act_once (void)
{
  void (*now) (WsServer * server) = act;

  act = NULL;
  if (now != NULL)
    now (acting);
}

static void
test_act (Crowd *crowd, gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data) / G_N_ELEMENTS (places);
  guint place = GPOINTER_TO_UINT (data) % G_N_ELEMENTS (places);

  if (place >= N_CLIENT_PLACES)
    g_signal_connect (crowd->server, places[place], G_CALLBACK (act_once),
                      NULL);
  for (guint i = 0; place < N_CLIENT_PLACES && i < N_CLIENTS; i++)
    {
      g_autoptr (WsSocket) client
          = g_list_model_get_item (G_LIST_MODEL (crowd->server), i);

      g_signal_connect (client, places[place], G_CALLBACK (act_once), NULL);
    }
  acting = crowd->server;
  act = acts[row].act;
  if (act == drop_reference)
    g_object_ref (crowd->server);
  begin (crowd, 1001, NULL);
  /* Some answer, some are lost. */
  for (guint i = 0; i < N_CLIENTS; i++)
    {
      if (i % 2 == 0)
        raw_peer_send_close (crowd->peers[i], 1001, "");
      else
        g_clear_pointer (&crowd->peers[i], raw_peer_free);
    }
  wait_for (crowd);
  g_assert_no_error (crowd->error);
  g_assert_null (act);
  assert_empty (crowd);
  run_loop (crowd->server);
}

#define crowd_add(path, data, test) \
  g_test_add (path, Crowd, data, crowd_set_up, test, crowd_tear_down)

static void
add_rows (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autofree char *path
          = g_strconcat ("/api/server-close/refused/", refused[i].name, NULL);

      crowd_add (path, GUINT_TO_POINTER (i), test_refused);
    }
  for (guint i = 0; i < G_N_ELEMENTS (acts) * G_N_ELEMENTS (places); i++)
    {
      g_autofree char *path
          = g_strconcat ("/api/server-close/",
                         places[i % G_N_ELEMENTS (places)], "/",
                         acts[i / G_N_ELEMENTS (places)].name, NULL);

      crowd_add (path, GUINT_TO_POINTER (i), test_act);
    }
}

int
main (int argc, char **argv)
{
  api_test_init (&argc, &argv);
  crowd_add ("/api/server-close/all", NULL, test_all);
  g_test_add_func ("/api/server-close/nobody", test_nobody);
  g_test_add_func ("/api/server-close/silent", test_silent);
  crowd_add ("/api/server-close/pending", NULL, test_pending);
  crowd_add ("/api/server-close/cancel", NULL, test_cancel);
  crowd_add ("/api/server-close/cancelled-before", NULL, test_cancelled_before);
  crowd_add ("/api/server-close/twice", NULL, test_twice);
  crowd_add ("/api/server-close/listens-again", NULL, test_listens_again);
  add_rows ();
  return g_test_run ();
}
