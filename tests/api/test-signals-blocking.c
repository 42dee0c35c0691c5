/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api-test.h"
#include "signal-tower.h"

#include <string.h>

#include "base/ws-tsan-private.h"

/* Emissions that wait for their slot in another thread, and what ends that. */

#define N_ROUNDS 200

static int next;

static void
on_counted (Bell *self, int number)
{
  g_assert_cmpint (number, ==, next);
  next++;
}

static void
test_blocking (TowerTest *self, gconstpointer data)
{
  int result = 0;

  next = 0;
  tower_connect (self, "told", G_CALLBACK (on_counted),
                 WS_CONNECT_FLAGS_BLOCKING_QUEUED);
  for (int i = 0; i < N_ROUNDS; i++)
    {
      g_signal_emit_by_name (self->sender, "told", i, "ding");
      g_assert_cmpint (next, ==, i + 1);
    }
  tower_connect (self, "asked", G_CALLBACK (bell_on_asked),
                 WS_CONNECT_FLAGS_BLOCKING_QUEUED);
  g_signal_emit_by_name (self->sender, "asked", &result);
  g_assert_cmpint (result, ==, 42);
  bell_expect (self->receiver, "asked");
}

/* The receiver's thread waits for one who waits for it. */
static void
ring_back (Bell *self)
{
  g_signal_emit_by_name (self, "rang");
}

static void
test_circle (TowerTest *self, gconstpointer data)
{
  tower_connect (self, "rang", G_CALLBACK (bell_on_rang),
                 WS_CONNECT_FLAGS_BLOCKING_QUEUED);
  bell_connect (self->receiver, "rang", self->sender, bell_on_rang,
                WS_CONNECT_FLAGS_BLOCKING_QUEUED);
  self->receiver->hook = ring_back;
  g_test_expect_message ("Ws", G_LOG_LEVEL_WARNING, "*never end*");
  g_signal_emit_by_name (self->sender, "rang");
  g_test_assert_expected_messages ();
  bell_expect (self->receiver, "rang");
  bell_expect (self->sender, "");
}

/* A thread that runs a context which somebody else had as his own when he
 * connected, so that nothing tells from the outside who waits for whom. */
typedef struct
{
  GMainContext *contexts[2];
  Bell         *bells[2];
  int           n_emitters;
  int           n_ready; /* atomic: of those */
  int           n_left;  /* atomic: likewise */
} Circle;

typedef struct
{
  Circle *circle;
  int     number;
} Side;

static gboolean
on_ring (gpointer user_data)
{
  Side   *side = user_data;
  Circle *self = side->circle;

  WS_TSAN_ACQUIRE (self);
  g_atomic_int_inc (&self->n_ready);
  while (g_atomic_int_get (&self->n_ready) < self->n_emitters)
    g_thread_yield ();
  g_signal_emit_by_name (self->bells[side->number], "rang");
  g_atomic_int_add (&self->n_left, -1);
  for (int i = 0; i < 2; i++)
    g_main_context_wakeup (self->contexts[i]);
  return G_SOURCE_REMOVE;
}

static gpointer
run_side (gpointer data)
{
  Side         *side = data;
  Circle       *self = side->circle;
  GMainContext *context = self->contexts[side->number];

  if (side->number < self->n_emitters)
    g_main_context_invoke (context, on_ring, side);
  while (g_atomic_int_get (&self->n_left) > 0)
    g_main_context_iteration (context, TRUE);
  return NULL;
}

/* The slot of each bell runs where the other one is rung. */
static void
circle_init (Circle *self, int n_emitters)
{
  *self = (Circle){ .n_emitters = n_emitters, .n_left = n_emitters };
  for (int i = 0; i < 2; i++)
    {
      self->contexts[i] = g_main_context_new ();
      self->bells[i] = bell_new ();
    }
  for (int i = 0; i < 2; i++)
    {
      g_main_context_push_thread_default (self->contexts[1 - i]);
      bell_connect (self->bells[i], "rang", self->bells[1 - i], bell_on_rang,
                    WS_CONNECT_FLAGS_BLOCKING_QUEUED);
      g_main_context_pop_thread_default (self->contexts[1 - i]);
    }
}

static void
circle_run (Circle *self)
{
  Side     sides[2] = { { self, 0 }, { self, 1 } };
  GThread *threads[2];

  g_test_expect_message ("Ws", G_LOG_LEVEL_WARNING, "*never end*");
  for (int i = 0; i < 2; i++)
    threads[i] = g_thread_new ("side", run_side, &sides[i]);
  for (int i = 0; i < 2; i++)
    g_thread_join (threads[i]);
  g_test_assert_expected_messages ();
}

static void
circle_clear (Circle *self)
{
  for (int i = 0; i < 2; i++)
    {
      g_assert_finalize_object (self->bells[i]);
      g_main_context_unref (self->contexts[i]);
    }
}

/* One of them gives up, so that the other one is served. */
static void
test_circle_unseen (void)
{
  Circle circle;
  gsize  n_words;

  circle_init (&circle, 2);
  circle_run (&circle);
  n_words = circle.bells[0]->words->len + circle.bells[1]->words->len;
  g_assert_cmpuint (n_words, ==, strlen ("rang"));
  circle_clear (&circle);
}

/* The slot that is waited for waits itself. */
static void
test_circle_running (void)
{
  Circle circle;

  circle_init (&circle, 1);
  circle.bells[1]->hook = ring_back;
  circle_run (&circle);
  bell_expect (circle.bells[0], "");
  bell_expect (circle.bells[1], "rang");
  circle_clear (&circle);
}

/* Something ends while somebody waits. */
#define N_YIELDS 500
static int is_emitted;

static void
on_emission (Bell *sender)
{
  g_atomic_int_set (&is_emitted, TRUE);
}

static gboolean
on_waited_for (gpointer user_data)
{
  TowerTest *self = user_data;

  WS_TSAN_ACQUIRE (self);
  while (!g_atomic_int_get (&is_emitted))
    g_thread_yield ();
  /* Until the delivery is, in all likelihood, behind this very source. Asking
   * the context would leak: it runs this source. */
  for (int i = 0; i < N_YIELDS; i++)
    g_thread_yield ();
  if (self->flags == 0)
    g_clear_object (&self->receiver);
  else
    ws_disconnect (self->connection);
  WS_TSAN_RELEASE (self);
  return G_SOURCE_REMOVE;
}

static void
test_ended_meanwhile (TowerTest *self, gconstpointer data)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_atomic_int_set (&is_emitted, FALSE);
  g_signal_connect (self->sender, "rang", G_CALLBACK (on_emission), NULL);
  tower_connect (self, "rang", G_CALLBACK (bell_on_rang),
                 WS_CONNECT_FLAGS_BLOCKING_QUEUED);
  self->flags = GPOINTER_TO_UINT (data);
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, on_waited_for, self, NULL);
  WS_TSAN_RELEASE (self);
  g_source_attach (source, self->tower->context);
  g_signal_emit_by_name (self->sender, "rang");
  tower_settle (self);
  g_assert_false (ws_connection_get_connected (self->connection));
  if (self->receiver != NULL)
    bell_expect (self->receiver, "");
}

/* Nobody runs the receiver's context any more. */
static void
test_loop_ended (TowerTest *self, gconstpointer data)
{
  Worker *other = worker_new ();
  Worker *tower = self->tower;

  self->tower = other;
  tower_connect (self, "rang", G_CALLBACK (bell_on_rang),
                 WS_CONNECT_FLAGS_BLOCKING_QUEUED);
  worker_quit (other);
  ws_test_until (NULL, !g_main_loop_is_running (other->loop)
                           || (g_main_context_wakeup (NULL), FALSE));
  g_test_expect_message ("Ws", G_LOG_LEVEL_WARNING, "*rang*has not run*");
  g_signal_emit_by_name (self->sender, "rang");
  g_test_assert_expected_messages ();
  bell_expect (self->receiver, "");
  self->tower = tower;
  worker_free (other);
}

#define add(path, test)                                                     \
  g_test_add ("/api/signals/blocking/" path, TowerTest, NULL, tower_set_up, \
              test, tower_tear_down)
#define add_flags(path, test, flags)                    \
  g_test_add ("/api/signals/blocking/" path, TowerTest, \
              GUINT_TO_POINTER (flags), tower_set_up, test, tower_tear_down)

int
main (int argc, char **argv)
{
  api_test_init (&argc, &argv);

  add ("waits", test_blocking);
  add ("circle", test_circle);
  g_test_add_func ("/api/signals/blocking/circle-unseen", test_circle_unseen);
  g_test_add_func ("/api/signals/blocking/circle-running", test_circle_running);
  add_flags ("ended-meanwhile/receiver", test_ended_meanwhile, 0);
  add_flags ("ended-meanwhile/disconnect", test_ended_meanwhile, 1);
  add ("loop-ended", test_loop_ended);
  return g_test_run ();
}
