/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api-test.h"
#include "signal-tower.h"

#include <string.h>

/* Signals and slots of different threads. Made for ThreadSanitizer: each test
 * tries to do two things at once. */

#define N_EMISSIONS 5000
#define N_ROUNDS    200
#define N_EMITTERS  4

/* --- AUTO, DIRECT, QUEUED --- */

static GThread *slot_thread;

static void
on_rang (Bell *self)
{
  slot_thread = g_thread_self ();
  bell_on_rang (self);
}

static void
emit_there (gpointer data)
{
  TowerTest *self = data;

  g_signal_emit_by_name (self->sender, "rang");
  bell_expect (self->receiver,
               self->flags == WS_CONNECT_FLAGS_QUEUED ? "" : "rang");
}

static void
test_where (TowerTest *self, gconstpointer data)
{
  WsConnectFlags flags = GPOINTER_TO_UINT (data);
  gboolean       is_direct = flags == WS_CONNECT_FLAGS_DIRECT;

  tower_connect (self, "rang", G_CALLBACK (on_rang), flags);
  g_signal_emit_by_name (self->sender, "rang");
  tower_settle (self);
  bell_expect (self->receiver, "rang");
  g_assert_true ((slot_thread == g_thread_self ()) == is_direct);
  worker_call (self->tower, emit_there, self);
  tower_settle (self);
  g_assert_true (slot_thread == self->tower->thread);
}

/* Connected here on behalf of a context that another thread runs. */
static void
test_pushed (TowerTest *self, gconstpointer data)
{
  int result = 0;
  g_autoptr (GMainContext) context = g_main_context_new ();

  g_main_context_push_thread_default (context);
  bell_connect (self->sender, "rang", self->receiver, on_rang, 0);
  bell_connect (self->sender, "asked", self->receiver, bell_on_asked, 0);
  g_main_context_pop_thread_default (context);
  g_signal_emit_by_name (self->sender, "rang");
  bell_expect (self->receiver, "");
  g_test_expect_message ("Ws", G_LOG_LEVEL_WARNING, "*asked*value returned*");
  g_signal_emit_by_name (self->sender, "asked", &result);
  g_test_assert_expected_messages ();
  while (g_main_context_iteration (context, FALSE))
    ;
  bell_expect (self->receiver, "rang");
  g_object_run_dispose (G_OBJECT (self->sender));
}

static void
note_gone (gpointer data)
{
  *(gboolean *) data = TRUE;
}

/* What waits in a context that is never run again goes with the connection, and
 * keeps the context no longer: a thread may end at any time. */
static void
test_context_freed (TowerTest *self, gconstpointer data)
{
  GMainContext *context = g_main_context_new ();
  Bell         *receiver = bell_new ();
  gboolean      is_gone = FALSE;
  WsConnection *connection;
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_callback (source, NULL, &is_gone, note_gone);
  g_source_attach (source, context);
  g_main_context_push_thread_default (context);
  connection = bell_connect (self->sender, "said", receiver, bell_on_said,
                             WS_CONNECT_FLAGS_QUEUED);
  g_main_context_pop_thread_default (context);
  for (int i = 0; i < 3; i++)
    g_signal_emit_by_name (self->sender, "said", "ding");
  g_main_context_unref (context);
  g_assert_false (is_gone);
  if (GPOINTER_TO_INT (data))
    ws_disconnect (connection);
  else
    g_clear_object (&receiver);
  g_assert_true (is_gone);
  if (receiver != NULL)
    {
      bell_expect (receiver, "");
      g_assert_finalize_object (receiver);
    }
}

/* --- Order --- */

static int next;

static void
on_counted (Bell *self, int number)
{
  g_assert_cmpint (number, ==, next);
  next++;
}

static void
test_order (TowerTest *self, gconstpointer data)
{
  next = 0;
  tower_connect (self, "told", G_CALLBACK (on_counted), 0);
  for (int i = 0; i < N_EMISSIONS; i++)
    g_signal_emit_by_name (self->sender, "told", i, "ding");
  tower_settle (self);
  g_assert_cmpint (next, ==, N_EMISSIONS);
}

/* Several emitters, each of which has its order kept. */
static int nexts[N_EMITTERS];

static void
on_counted_each (Bell *self, int number)
{
  int emitter = number % N_EMITTERS;

  g_assert_cmpint (number / N_EMITTERS, ==, nexts[emitter]);
  nexts[emitter]++;
}

typedef struct
{
  Bell *sender;
  int   number;
} Emitter;

static gpointer
run_counting (gpointer data)
{
  Emitter *self = data;

  for (int i = 0; i < N_EMISSIONS / N_EMITTERS; i++)
    g_signal_emit_by_name (self->sender, "told", i * N_EMITTERS + self->number,
                           "ding");
  return NULL;
}

static void
run_emitters (TowerTest *self, GThreadFunc function)
{
  Emitter  emitters[N_EMITTERS];
  GThread *threads[N_EMITTERS];

  for (int i = 0; i < N_EMITTERS; i++)
    {
      emitters[i] = (Emitter){ self->sender, i };
      threads[i] = g_thread_new ("emitter", function, &emitters[i]);
    }
  for (int i = 0; i < N_EMITTERS; i++)
    g_thread_join (threads[i]);
}

static void
test_emitters (TowerTest *self, gconstpointer data)
{
  memset (nexts, 0, sizeof nexts);
  tower_connect (self, "told", G_CALLBACK (on_counted_each),
                 GPOINTER_TO_UINT (data));
  run_emitters (self, run_counting);
  tower_settle (self);
  for (int i = 0; i < N_EMITTERS; i++)
    g_assert_cmpint (nexts[i], ==, N_EMISSIONS / N_EMITTERS);
}

/* --- SINGLE_SHOT --- */

static int n_shots;

static void
on_shot (Bell *self)
{
  g_atomic_int_inc (&n_shots);
}

static gpointer
run_ringing (gpointer data)
{
  Emitter *self = data;

  for (int i = 0; i < 10; i++)
    g_signal_emit_by_name (self->sender, "rang");
  return NULL;
}

static void
test_single_shot (TowerTest *self, gconstpointer data)
{
  for (int i = 0; i < N_ROUNDS / 4; i++)
    {
      g_atomic_int_set (&n_shots, 0);
      tower_connect (self, "rang", G_CALLBACK (on_shot),
                     GPOINTER_TO_UINT (data) | WS_CONNECT_FLAGS_SINGLE_SHOT);
      run_emitters (self, run_ringing);
      tower_settle (self);
      g_assert_cmpint (g_atomic_int_get (&n_shots), ==, 1);
      g_assert_false (ws_connection_get_connected (self->connection));
    }
}

/* --- Ends while it rains --- */

static int stop;

static gpointer
run_raining (gpointer data)
{
  while (!g_atomic_int_get (&stop))
    g_signal_emit_by_name (data, "said", "drop");
  return NULL;
}

static void
on_said (Bell *self, const char *text)
{
  g_assert_cmpstr (text, ==, "drop");
}

/* The receiver goes, in its thread, while another one emits. */
static void
test_receiver_goes (TowerTest *self, gconstpointer data)
{
  GThread *thread;

  g_atomic_int_set (&stop, FALSE);
  thread = g_thread_new ("rain", run_raining, self->sender);
  for (int i = 0; i < N_ROUNDS; i++)
    {
      tower_connect (self, "said", G_CALLBACK (on_said),
                     GPOINTER_TO_UINT (data));
      worker_call (self->tower, tower_renew_receiver, self);
      g_assert_false (ws_connection_get_connected (self->connection));
    }
  g_atomic_int_set (&stop, TRUE);
  g_thread_join (thread);
}

/* A third thread disconnects. */
static void
test_disconnect (TowerTest *self, gconstpointer data)
{
  GThread *thread;

  g_atomic_int_set (&stop, FALSE);
  thread = g_thread_new ("rain", run_raining, self->sender);
  for (int i = 0; i < N_ROUNDS; i++)
    {
      tower_connect (self, "said", G_CALLBACK (on_said),
                     GPOINTER_TO_UINT (data));
      g_assert_true (ws_disconnect (self->connection));
    }
  g_atomic_int_set (&stop, TRUE);
  g_thread_join (thread);
}

/* Sender and receiver go at once. */
static void
test_both_go (TowerTest *self, gconstpointer data)
{
  for (int i = 0; i < N_ROUNDS; i++)
    {
      tower_connect (self, "said", G_CALLBACK (on_said), 0);
      g_signal_emit_by_name (self->sender, "said", "drop");
      g_clear_object (&self->sender);
      self->sender = bell_new ();
      worker_call (self->tower, tower_renew_receiver, self);
      g_assert_false (ws_connection_get_connected (self->connection));
    }
}

/* What a binding has given for a slot is given back in its thread. */
static void
on_given_back (gpointer data, GClosure *closure)
{
  GThread **thread = data;

  *thread = g_thread_self ();
}

static GThread *closure_thread;

static void
connect_closure_there (gpointer data)
{
  TowerTest *self = data;
  GClosure  *closure = g_cclosure_new (G_CALLBACK (bell_on_rang), NULL, NULL);

  g_closure_add_finalize_notifier (closure, &closure_thread, on_given_back);
  self->connection = g_object_ref (
      ws_connect_closure (G_OBJECT (self->sender), "rang",
                          G_OBJECT (self->receiver), closure, 0, NULL));
}

static void
drop_connection (gpointer data)
{
  TowerTest *self = data;

  g_clear_object (&self->connection);
}

static void
test_closure (TowerTest *self, gconstpointer data)
{
  closure_thread = NULL;
  worker_call (self->tower, connect_closure_there, self);
  worker_call (self->tower, drop_connection, self);
  g_assert_null (closure_thread);
  g_clear_object (&self->sender);
  tower_settle (self);
  tower_settle (self);
  g_assert_true (closure_thread == self->tower->thread);
}

/* --- WsSocket --- */

typedef struct
{
  gpointer    sender;
  gpointer    receiver;
  const char *text;
} Route;

static void
connect_route (gpointer data)
{
  Route *route = data;
  g_autoptr (GError) error = NULL;

  ws_connect_slot (route->sender, "said", route->receiver, "send-text-message",
                   0, &error);
  g_assert_no_error (error);
}

static void
emit_route (gpointer data)
{
  Route *route = data;

  g_signal_emit_by_name (route->sender, "said", route->text);
}

/* A socket is called in its own context, wherever it was connected, and
 * wherever the signal comes from. */
static void
test_socket (TowerTest *self, gconstpointer data)
{
  Pair       pair;
  Route      here = { self->sender, NULL, "here" };
  Route      there = { self->receiver, NULL, "there" };
  SignalLog *log;

  pair_set_up (&pair, NULL);
  here.receiver = there.receiver = pair.client;
  log = signal_log_new (pair.accepted);
  worker_call (self->tower, connect_route, &here);
  connect_route (&there);
  emit_route (&here);
  ws_test_until (NULL, log->words->len > 0);
  signal_log_expect (log, "text:here");
  worker_call (self->tower, emit_route, &there);
  ws_test_until (NULL, log->words->len > 0);
  signal_log_expect (log, "text:there");
  signal_log_free (log);
  pair_tear_down (&pair, NULL);
}

/* What a socket receives here is written down there. */
static void
test_socket_sends (TowerTest *self, gconstpointer data)
{
  Pair pair;

  pair_set_up (&pair, NULL);
  g_set_object (&self->sender, (gpointer) pair.client);
  tower_connect (self, "text-message-received", G_CALLBACK (bell_on_said), 0);
  api_socket_send (pair.accepted, "over");
  api_socket_send (pair.accepted, "and out");
  ws_socket_close (pair.accepted, 1000, NULL, NULL);
  api_wait_state (pair.client, WS_STATE_UNCONNECTED);
  tower_settle (self);
  bell_expect (self->receiver, "said:over said:and out");
  g_clear_object (&self->sender);
  pair_tear_down (&pair, NULL);
}

/* That the two share a thread is known when connecting. */
static void
test_socket_deadlock (TowerTest *self, gconstpointer data)
{
  Pair    pair;
  Bell   *bell = bell_new ();
  GError *error = NULL;

  pair_set_up (&pair, NULL);
  g_assert_null (ws_connect (G_OBJECT (pair.client), "pong", G_OBJECT (bell),
                             G_CALLBACK (bell_on_rang),
                             WS_CONNECT_FLAGS_BLOCKING_QUEUED, &error));
  g_assert_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_WRONG_CONTEXT);
  g_clear_error (&error);
  g_assert_null (ws_connect_slot (G_OBJECT (pair.client), "drained",
                                  G_OBJECT (pair.accepted), "ping",
                                  WS_CONNECT_FLAGS_BLOCKING_QUEUED, &error));
  g_assert_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_WRONG_CONTEXT);
  g_clear_error (&error);
  tower_connect (self, "rang", G_CALLBACK (bell_on_rang), 0);
  pair_tear_down (&pair, NULL);
  g_assert_finalize_object (bell);
}

#define add(path, test)                                                    \
  g_test_add ("/api/signals/threads/" path, TowerTest, NULL, tower_set_up, \
              test, tower_tear_down)
#define add_flags(path, test, flags)                   \
  g_test_add ("/api/signals/threads/" path, TowerTest, \
              GUINT_TO_POINTER (flags), tower_set_up, test, tower_tear_down)

int
main (int argc, char **argv)
{
  api_test_init (&argc, &argv);

  add_flags ("where/auto", test_where, 0);
  add_flags ("where/direct", test_where, WS_CONNECT_FLAGS_DIRECT);
  add_flags ("where/queued", test_where, WS_CONNECT_FLAGS_QUEUED);
  add ("pushed", test_pushed);
  add_flags ("context-freed/receiver", test_context_freed, 0);
  add_flags ("context-freed/disconnect", test_context_freed, 1);
  add ("order", test_order);
  add_flags ("emitters/auto", test_emitters, 0);
  add_flags ("emitters/queued", test_emitters, WS_CONNECT_FLAGS_QUEUED);
  add_flags ("emitters/blocking", test_emitters,
             WS_CONNECT_FLAGS_BLOCKING_QUEUED);
  add_flags ("single-shot/auto", test_single_shot, 0);
  add_flags ("single-shot/direct", test_single_shot, WS_CONNECT_FLAGS_DIRECT);
  add_flags ("single-shot/blocking", test_single_shot,
             WS_CONNECT_FLAGS_BLOCKING_QUEUED);
  add_flags ("receiver-goes/auto", test_receiver_goes, 0);
  add_flags ("receiver-goes/blocking", test_receiver_goes,
             WS_CONNECT_FLAGS_BLOCKING_QUEUED);
  add_flags ("disconnect/auto", test_disconnect, 0);
  add_flags ("disconnect/direct", test_disconnect, WS_CONNECT_FLAGS_DIRECT);
  add_flags ("disconnect/blocking", test_disconnect,
             WS_CONNECT_FLAGS_BLOCKING_QUEUED);
  add ("both-go", test_both_go);
  add ("closure", test_closure);
  add ("socket", test_socket);
  add ("socket-sends", test_socket_sends);
  add ("socket-deadlock", test_socket_deadlock);
  return g_test_run ();
}
