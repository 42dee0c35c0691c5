/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ssl-test.h"

/* Whatever a handler of a signal of TLS does is survived: each pair of a signal
 * and an action is a test, on a client and on a server, in both versions of
 * TLS. The handlers for a shared key run inside of GnuTLS. */

typedef struct
{
  SslPair     pair;
  WsServer   *refuge; /* (owned): somewhere else to go */
  const void *row;
  guint       n_acts_left;
  guint       n_fired;
  gpointer    target; /* (unowned): whose signal it is */
} World;

typedef struct
{
  const char *name;
  /* @socket: the client, or the server's socket that the signal is about. */
  void (*act) (World *world, WsSocket *socket);
} Action;

typedef struct
{
  const char *name;
  const char *signal;
  gboolean    is_servers;
  gboolean    with_psk;
  gboolean    is_refused; /* nobody ignores the errors */
} Signal;

typedef struct
{
  const Signal *signal;
  const Action *action;
  WsSslProtocol protocol;
} Row;

/* --- Actions --- */

static void
act_nothing (World *world, WsSocket *socket)
{
}

static void
act_close (World *world, WsSocket *socket)
{
  ws_socket_close (socket, 1000, NULL, NULL);
}

static void
act_abort (World *world, WsSocket *socket)
{
  ws_socket_abort (socket);
}

static void
act_open_same (World *world, WsSocket *socket)
{
  if (world->pair.client != NULL && world->pair.server != NULL)
    ssl_pair_begin (&world->pair, NULL);
}

static void
act_open_other (World *world, WsSocket *socket)
{
  if (world->pair.client != NULL)
    ssl_pair_begin (&world->pair, ws_server_get_url (world->refuge));
}

static void
act_drop (World *world, WsSocket *socket)
{
  g_clear_object (&world->pair.client);
}

static void
act_drop_server (World *world, WsSocket *socket)
{
  g_clear_object (&world->pair.server);
}

static void
act_close_server (World *world, WsSocket *socket)
{
  if (world->pair.server != NULL)
    ws_server_close (world->pair.server);
}

static void
act_dispose (World *world, WsSocket *socket)
{
  g_object_run_dispose (G_OBJECT (socket));
}

static void
act_dispose_server (World *world, WsSocket *socket)
{
  if (world->pair.server != NULL)
    g_object_run_dispose (G_OBJECT (world->pair.server));
}

static void
act_disconnect (World *world, WsSocket *socket)
{
  if (world->target != NULL)
    g_signal_handlers_disconnect_by_data (world->target, world);
}

static void
act_nest (World *world, WsSocket *socket)
{
  ssl_iterate (30);
}

static gboolean
on_time (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_REMOVE;
}

static void
act_nest_long (World *world, WsSocket *socket)
{
  gboolean is_over = FALSE;

  g_timeout_add (20, on_time, &is_over);
  ws_test_until (NULL, is_over);
}

/* Another connection works meanwhile. */
static void
act_nest_other (World *world, WsSocket *socket)
{
  SslPair other = { 0 };

  ssl_pair_set_up (&other, NULL);
  ssl_pair_open (&other, NULL);
  ssl_pair_close (&other);
  ssl_pair_tear_down (&other, NULL);
}

static void
act_abort_and_nest (World *world, WsSocket *socket)
{
  ws_socket_abort (socket);
  ssl_iterate (30);
}

static void
act_drop_and_nest (World *world, WsSocket *socket)
{
  g_clear_object (&world->pair.client);
  ssl_iterate (30);
}

static void
act_send (World *world, WsSocket *socket)
{
  g_autoptr (GBytes) bytes = g_bytes_new_take (g_malloc0 (1 << 20), 1 << 20);

  ws_test_ignore (ws_socket_send_binary_message (socket, bytes, NULL));
  ws_socket_flush (socket);
}

static void
act_resume (World *world, WsSocket *socket)
{
  ws_socket_resume (socket);
  ws_socket_resume (socket);
}

static void
act_reload (World *world, WsSocket *socket)
{
  if (world->pair.server != NULL)
    ws_ssl_configuration_reload (ws_server_get_ssl_configuration (
                                     world->pair.server),
                                 NULL);
  ws_ssl_configuration_reload (ws_socket_get_ssl_configuration (socket), NULL);
}

static const Action actions[] = {
  { "nothing", act_nothing },
  { "close", act_close },
  { "abort", act_abort },
  { "open-same", act_open_same },
  { "open-other", act_open_other },
  { "drop", act_drop },
  { "drop-server", act_drop_server },
  { "close-server", act_close_server },
  { "dispose", act_dispose },
  { "dispose-server", act_dispose_server },
  { "disconnect", act_disconnect },
  { "nest", act_nest },
  { "nest-long", act_nest_long },
  { "nest-other", act_nest_other },
  { "abort-and-nest", act_abort_and_nest },
  { "drop-and-nest", act_drop_and_nest },
  { "send", act_send },
  { "resume", act_resume },
  { "reload", act_reload },
};

/* --- Signals --- */

#define PSK "pre-shared-key-authentication-required"

static const Signal signals[] = {
  { "client/ssl-errors", "ssl-errors", FALSE, FALSE, FALSE },
  { "client/ssl-errors-refused", "ssl-errors", FALSE, FALSE, TRUE },
  { "client/peer-verify-error", "peer-verify-error", FALSE, FALSE, FALSE },
  { "client/interrupted", "handshake-interrupted-on-error", FALSE, FALSE,
    FALSE },
  { "client/notify-ssl-session", "notify::ssl-session", FALSE, FALSE, FALSE },
  { "client/alert-sent", "alert-sent", FALSE, FALSE, TRUE },
  { "client/alert-received", "alert-received", FALSE, FALSE, FALSE },
  { "client/psk", PSK, FALSE, TRUE, FALSE },
  { "server/ssl-errors", "ssl-errors", TRUE, FALSE, FALSE },
  { "server/peer-verify-error", "peer-verify-error", TRUE, FALSE, FALSE },
  { "server/interrupted", "handshake-interrupted-on-error", TRUE, FALSE,
    FALSE },
  { "server/alert-sent", "alert-sent", TRUE, FALSE, TRUE },
  { "server/alert-received", "alert-received", TRUE, FALSE, TRUE },
  { "server/psk", PSK, TRUE, TRUE, FALSE },
  /* Of the socket that is about to be handed out. */
  { "server/notify-ssl-session", "notify::ssl-session", TRUE, FALSE, FALSE },
};

static void
marshal_signal (GClosure     *closure,
                GValue       *result,
                guint         n_values,
                const GValue *values,
                gpointer      hint,
                gpointer      marshal_data)
{
  World    *world = closure->data;
  GObject  *target = g_value_get_object (&values[0]);
  gboolean  is_server = WS_IS_SERVER (target);
  WsSocket *socket
      = is_server ? g_value_get_object (&values[1]) : WS_SOCKET (target);

  world->n_fired++;
  if (world->n_acts_left == 0)
    return;
  world->n_acts_left--;
  ((const Row *) world->row)->action->act (world, socket);
}

static void
arm_at (World *world, const Signal *signal, gpointer target)
{
  GClosure *closure = g_closure_new_simple (sizeof *closure, world);

  g_closure_set_marshal (closure, marshal_signal);
  world->target = target;
  g_object_add_weak_pointer (world->target, &world->target);
  g_signal_connect_closure (world->target, signal->signal, closure, FALSE);
}

static void
arm_there (WsServer *server, WsSocket *client, GPtrArray *errors, World *world)
{
  if (world->target == NULL)
    arm_at (world, ((const Row *) world->row)->signal, client);
}

static void
arm (World *world, const Signal *signal)
{
  if (signal->is_servers && g_str_has_prefix (signal->signal, "notify::"))
    g_signal_connect (world->pair.server, "ssl-errors", G_CALLBACK (arm_there),
                      world);
  else
    arm_at (world, signal,
            signal->is_servers ? (gpointer) world->pair.server
                               : (gpointer) world->pair.client);
}

/* --- The stage --- */

static void
answer_client (WsSocket *socket, WsPskAuthenticator *authenticator)
{
  g_autoptr (GBytes) key = g_bytes_new_static ("secret", 6);

  ws_psk_authenticator_set_identity (authenticator, "somebody");
  ws_psk_authenticator_set_pre_shared_key (authenticator, key);
}

static void
answer_server (WsServer           *server,
               WsSocket           *client,
               WsPskAuthenticator *authenticator)
{
  g_autoptr (GBytes) key = g_bytes_new_static ("secret", 6);

  ws_psk_authenticator_set_pre_shared_key (authenticator, key);
}

static void
go_on (WsSocket *socket)
{
  ws_socket_continue_interrupted_handshake (socket);
}

static void
go_on_there (WsServer *server, WsSocket *client)
{
  ws_socket_continue_interrupted_handshake (client);
}

static void
ignore_here (WsSocket *socket)
{
  ws_socket_ignore_ssl_errors (socket);
}

static void
ignore_there (WsServer *server, WsSocket *client)
{
  ws_socket_ignore_ssl_errors (client);
}

static void
set_up (World *world, const Row *row)
{
  const Signal       *signal = row->signal;
  gboolean            has_fault = !signal->with_psk;
  WsSslConfiguration *there;
  WsSslConfiguration *here;

  ssl_pair_set_up (&world->pair, has_fault ? "three" : NULL);
  world->refuge = ssl_server_new (ssl_configuration_new ("server-chain"));
  there = ws_server_get_ssl_configuration (world->pair.server);
  here = ws_socket_get_ssl_configuration (world->pair.client);
  ws_ssl_configuration_set_maximum_protocol (here, row->protocol);
  if (signal->with_psk)
    {
      const char *priority = "NORMAL:-KX-ALL:+ECDHE-PSK:+ECDHE-ECDSA";

      g_object_set (here, "pre-shared-key", TRUE, "priority", priority, NULL);
      g_object_set (there, "pre-shared-key", TRUE, "priority", priority, NULL);
      g_signal_connect (world->pair.client, PSK, G_CALLBACK (answer_client),
                        NULL);
      g_signal_connect (world->pair.server, PSK, G_CALLBACK (answer_server),
                        NULL);
      return;
    }
  if (signal->is_servers && !g_str_equal (signal->signal, "alert-received"))
    g_object_set (there, "peer-verify-mode", WS_SSL_VERIFY_MODE_VERIFY, NULL);
  g_object_set (here, "handshake-must-interrupt-on-error", TRUE, NULL);
  g_object_set (there, "handshake-must-interrupt-on-error", TRUE, NULL);
  g_signal_connect (world->pair.client, "handshake-interrupted-on-error",
                    G_CALLBACK (go_on), NULL);
  g_signal_connect (world->pair.server, "handshake-interrupted-on-error",
                    G_CALLBACK (go_on_there), NULL);
  if (!signal->is_refused || g_str_equal (signal->name, "server/alert-sent"))
    g_signal_connect (world->pair.client, "ssl-errors",
                      G_CALLBACK (ignore_here), NULL);
  if (!signal->is_refused)
    g_signal_connect (world->pair.server, "ssl-errors",
                      G_CALLBACK (ignore_there), NULL);
}

static void
take_all (WsServer *server)
{
  WsSocket *socket;

  while (server != NULL
         && (socket = ws_server_next_pending_connection (server)) != NULL)
    g_object_unref (socket);
}

static gboolean
is_over (World *world)
{
  return world->pair.client == NULL
         || ws_socket_get_state (world->pair.client) == WS_STATE_UNCONNECTED;
}

static void
play_attempt (World *world)
{
  while (!is_over (world))
    {
      take_all (world->pair.server);
      take_all (world->refuge);
      if (ws_socket_is_valid (world->pair.client))
        ws_socket_close (world->pair.client, 1000, NULL, NULL);
      if (world->pair.client != NULL)
        g_main_context_iteration (NULL, TRUE);
    }
}

/* To the end of the last attempt that a handler begins, maybe when the client
 * has come to rest: the peer's close_notify is an alert, too. */
static void
play (World *world)
{
  do
    {
      play_attempt (world);
      ssl_iterate (20);
    }
  while (!is_over (world));
}

static void
tear_down (World *world)
{
  if (world->target != NULL)
    {
      g_signal_handlers_disconnect_by_data (world->target, world);
      g_object_remove_weak_pointer (world->target, &world->target);
    }
  ssl_log_free (world->pair.log);
  ssl_log_free (world->pair.server_log);
  if (world->pair.client != NULL)
    g_assert_finalize_object (world->pair.client);
  if (world->pair.server != NULL)
    g_assert_finalize_object (world->pair.server);
  g_assert_finalize_object (world->refuge);
  ssl_iterate (20);
}

static void
test_pair (gconstpointer data)
{
  const Row *row = data;

  for (guint n_acts = 1; n_acts <= 3; n_acts += 2)
    {
      World world = { .n_acts_left = n_acts, .row = row };

      set_up (&world, row);
      arm (&world, row->signal);
      ssl_pair_begin (&world.pair, NULL);
      play (&world);
      /* Whoever waits for that signal has seen it: the test tests something. */
      g_assert_cmpuint (world.n_fired, >, 0);
      if (world.pair.client != NULL)
        {
          g_assert_cmpint (ws_socket_get_state (world.pair.client), ==,
                           WS_STATE_UNCONNECTED);
          g_assert_cmpuint (ssl_log_count (world.pair.log, "ssl-errors"), <=,
                            1 + n_acts);
        }
      tear_down (&world);
    }
}

static void
add_pair (const Signal *signal, const Action *action, WsSslProtocol protocol)
{
  Row             *row = g_new (Row, 1);
  g_autofree char *path
      = g_strdup_printf ("/api/ssl-reentrancy/%s/%s/%s", signal->name,
                         action->name,
                         protocol == WS_SSL_PROTOCOL_TLS_1_2 ? "TLS1.2"
                                                             : "TLS1.3");

  *row = (Row){ signal, action, protocol };
  ws_test_add_combination (path, row, test_pair);
}

int
main (int argc, char **argv)
{
  api_test_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    for (guint j = 0; j < G_N_ELEMENTS (actions); j++)
      {
        add_pair (&signals[i], &actions[j], WS_SSL_PROTOCOL_TLS_1_2);
        add_pair (&signals[i], &actions[j], WS_SSL_PROTOCOL_TLS_1_3);
      }
  return g_test_run ();
}
