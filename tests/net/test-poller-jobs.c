/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "poller-rig.h"

#include "net/ws-poller-private.h"

#include <sys/eventfd.h>
#include <unistd.h>

static void
queue (Letter *letter, WsJobKind kind)
{
  ws_poller_queue (letter->rig->poller, &letter->job, kind);
  g_assert_true (ws_job_is_queued (&letter->job));
}

/* --- */

static void
test_once_in_order (PollerRig *rig, gconstpointer data)
{
  Letter a = poller_rig_letter (rig, 'a', NULL);
  Letter b = poller_rig_letter (rig, 'b', NULL);
  Letter c = poller_rig_letter (rig, 'c', NULL);

  queue (&c, WS_JOB_FLUSH);
  queue (&a, WS_JOB_RESUME);
  queue (&b, WS_JOB_RESUME);
  queue (&a, WS_JOB_RESUME);
  queue (&c, WS_JOB_RESUME);
  poller_rig_expect (rig, "abc");
  poller_rig_expect (rig, "");
}

/* Queued outside, nothing else to wake the loop: it must not sleep. */
static void
test_wakes (PollerRig *rig, gconstpointer data)
{
  Letter a = poller_rig_letter (rig, 'a', NULL);

  for (int kind = 0; kind < WS_JOB_N_KINDS; kind++)
    {
      queue (&a, (WsJobKind) kind);
      g_assert_true (g_main_context_pending (rig->context));
      g_string_truncate (rig->log, 0);
      /* The wake-up may be an iteration of its own. */
      while (rig->log->len == 0)
        g_main_context_iteration (rig->context, TRUE);
      g_assert_cmpstr (rig->log->str, ==, "a");
    }
}

static void
test_unqueue (PollerRig *rig, gconstpointer data)
{
  Letter a = poller_rig_letter (rig, 'a', NULL);
  Letter b = poller_rig_letter (rig, 'b', NULL);

  queue (&a, WS_JOB_FLUSH);
  queue (&b, WS_JOB_FLUSH);
  ws_poller_unqueue (rig->poller, &a.job);
  ws_poller_unqueue (rig->poller, &a.job);
  g_assert_false (ws_job_is_queued (&a.job));
  poller_rig_expect (rig, "b");
  g_assert_false (g_main_context_pending (rig->context));
}

static void
unqueue_other (Letter *letter)
{
  ws_poller_unqueue (letter->rig->poller, &letter->other->job);
}

static void
test_unqueue_inside (PollerRig *rig, gconstpointer data)
{
  Letter a = poller_rig_letter (rig, 'a', unqueue_other);
  Letter b = poller_rig_letter (rig, 'b', NULL);
  Letter c = poller_rig_letter (rig, 'c', NULL);

  a.other = &b;
  queue (&a, WS_JOB_RESUME);
  queue (&b, WS_JOB_RESUME);
  queue (&c, WS_JOB_RESUME);
  poller_rig_expect (rig, "ac");
}

static void
queue_again (Letter *letter)
{
  queue (letter, WS_JOB_FLUSH);
}

static gboolean
on_timeout (gpointer user_data)
{
  g_string_append_c (user_data, 't');
  return G_SOURCE_CONTINUE;
}

/* One that always queues itself again runs once a dispatch and starves nobody
 * else. */
static void
test_requeue (PollerRig *rig, gconstpointer data)
{
  Letter a = poller_rig_letter (rig, 'a', queue_again);
  Letter b = poller_rig_letter (rig, 'b', NULL);
  g_autoptr (GSource) source = g_timeout_source_new (0);

  queue (&a, WS_JOB_FLUSH);
  queue (&b, WS_JOB_FLUSH);
  poller_rig_expect (rig, "ab");
  poller_rig_expect (rig, "a");

  g_source_set_callback (source, on_timeout, rig->log, NULL);
  g_source_attach (source, rig->context);
  poller_rig_expect (rig, "at");
  poller_rig_expect (rig, "at");

  g_source_destroy (source);
  ws_poller_unqueue (rig->poller, &a.job);
}

static void
queue_other_to_flush (Letter *letter)
{
  queue (letter->other, WS_JOB_FLUSH);
}

static void
test_flush_in_the_same_dispatch (PollerRig *rig, gconstpointer data)
{
  Letter a = poller_rig_letter (rig, 'a', queue_other_to_flush);
  Letter b = poller_rig_letter (rig, 'b', NULL);

  a.other = &b;
  queue (&a, WS_JOB_RESUME);
  poller_rig_expect (rig, "ab");

  /* By a job of its own kind: in the next. */
  queue (&a, WS_JOB_FLUSH);
  poller_rig_expect (rig, "a");
  poller_rig_expect (rig, "b");
}

static void
free_letter (Letter *letter)
{
  g_free (letter);
}

static void
test_freed_inside (PollerRig *rig, gconstpointer data)
{
  for (char name = 'a'; name <= 'e'; name++)
    {
      Letter *letter = g_new (Letter, 1);

      *letter = poller_rig_letter (rig, name, free_letter);
      queue (letter, WS_JOB_RESUME);
    }
  poller_rig_expect (rig, "abcde");
}

static void
iterate_twice (Letter *letter)
{
  for (int i = 0; i < 2; i++)
    g_main_context_iteration (letter->rig->context, FALSE);
  g_string_append_c (letter->rig->log, ')');
}

static void
requeue_and_iterate (Letter *letter)
{
  queue (letter, WS_JOB_RESUME);
  letter->then = NULL;
  iterate_twice (letter);
}

/* A nested loop runs those whose turn has not come, and then sleeps. */
static void
test_nested (PollerRig *rig, gconstpointer data)
{
  Letter a = poller_rig_letter (rig, 'a', iterate_twice);
  Letter b = poller_rig_letter (rig, 'b', iterate_twice);
  Letter c = poller_rig_letter (rig, 'c', NULL);

  queue (&a, WS_JOB_RESUME);
  queue (&b, WS_JOB_RESUME);
  queue (&c, WS_JOB_RESUME);
  poller_rig_expect (rig, "abc))");

  queue (&a, WS_JOB_FLUSH);
  queue (&b, WS_JOB_FLUSH);
  queue (&c, WS_JOB_FLUSH);
  poller_rig_expect (rig, "abc))");

  a.then = requeue_and_iterate;
  queue (&a, WS_JOB_RESUME);
  queue (&c, WS_JOB_RESUME);
  poller_rig_expect (rig, "aca)");
}

/* --- The order of one dispatch --- */

typedef struct
{
  Letter     resume, flush;
  WsWatch    watch;
  WsDeadline deadline;
} Order;

static void
on_order_watch (WsWatch *watch, GIOCondition condition)
{
  Order *order = WS_CONTAINER_OF (watch, Order, watch);

  g_string_append_c (order->resume.rig->log, 'w');
  ws_watch_want (watch, 0);
}

static void
on_order_deadline (WsDeadline *deadline)
{
  Order *order = WS_CONTAINER_OF (deadline, Order, deadline);

  g_string_append_c (order->resume.rig->log, 'd');
  queue (&order->flush, WS_JOB_FLUSH);
}

static void
test_order (PollerRig *rig, gconstpointer data)
{
  int   fd = eventfd (1, EFD_NONBLOCK | EFD_CLOEXEC);
  Order order = { .resume = poller_rig_letter (rig, 'r', NULL),
                  .flush = poller_rig_letter (rig, 'f', NULL),
                  .deadline.func = on_order_deadline };

  ws_watch_init (&order.watch, rig->poller, fd, on_order_watch);
  ws_watch_want (&order.watch, G_IO_IN);
  ws_poller_arm (rig->poller, &order.deadline, 0);
  queue (&order.resume, WS_JOB_RESUME);

  /* Where every watch is a source, they come after the poller's own. */
  if (rig->poller->epoll_fd < 0)
    poller_rig_expect (rig, "rdfw");
  else
    poller_rig_expect (rig, "rwdf");

  ws_watch_clear (&order.watch);
  close (fd);
}

/* Longer than a dispatch lets others wait. */
static void
take_long (Letter *letter)
{
  ws_test_block (10);
}

/* Those that go on where they left off share dispatches when they take long,
 * and are read from in small pieces until all have had their turn. */
static void
test_crowded (PollerRig *rig, gconstpointer data)
{
  Letter a = poller_rig_letter (rig, 'a', take_long);
  Letter b = poller_rig_letter (rig, 'b', take_long);
  Letter c = poller_rig_letter (rig, 'c', NULL);
  Letter d = poller_rig_letter (rig, 'd', NULL);

  g_assert_cmpuint (ws_poller_get_read_size (rig->poller), ==,
                    WS_READ_BUFFER_SIZE);
  queue (&a, WS_JOB_RESUME);
  queue (&b, WS_JOB_RESUME);
  queue (&c, WS_JOB_RESUME);
  queue (&d, WS_JOB_FLUSH);
  poller_rig_expect (rig, "ad");
  g_assert_cmpuint (ws_poller_get_read_size (rig->poller), <,
                    WS_READ_BUFFER_SIZE);
  poller_rig_expect (rig, "b");
  poller_rig_expect (rig, "c");
  /* Where this process had no turn meanwhile that took long, too. */
  while (ws_poller_get_read_size (rig->poller) < WS_READ_BUFFER_SIZE)
    {
      queue (&c, WS_JOB_RESUME);
      poller_rig_expect (rig, "c");
    }
}

/* A turn is short where the dispatch has been long. */
static void
on_late_turn (Letter *letter)
{
  WsTurn turn = { .n = 256 };

  g_assert_false (ws_turn_is_over (&turn, letter->rig->poller));
  take_long (letter);
  turn = (WsTurn){ .n = 255 };
  g_assert_false (ws_turn_is_over (&turn, letter->rig->poller));
  turn = (WsTurn){ .n = 256 };
  g_assert_false (ws_turn_is_over (&turn, NULL));
  turn = (WsTurn){ .n = 256 };
  g_assert_true (ws_turn_is_over (&turn, letter->rig->poller));
}

static void
test_late_turn (PollerRig *rig, gconstpointer data)
{
  Letter a = poller_rig_letter (rig, 'a', on_late_turn);
  WsTurn turn = { .n = 256 };

  queue (&a, WS_JOB_FLUSH);
  poller_rig_expect (rig, "a");
  g_assert_false (ws_turn_is_over (&turn, rig->poller));
}

/* A poller that goes leaves nothing that points to it. */
static void
test_left_behind (void)
{
  WsPoller *poller = ws_poller_get (NULL);
  Letter    a = poller_rig_letter (NULL, 'a', NULL);

  ws_poller_queue (poller, &a.job, WS_JOB_RESUME);
  ws_poller_unref (poller);
  g_assert_false (ws_job_is_queued (&a.job));
}

static void
add (const char *path, void (*test) (PollerRig *, gconstpointer))
{
  g_test_add (path, PollerRig, NULL, poller_rig_set_up, test,
              poller_rig_tear_down);
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);

  add ("/net/poller/jobs/once-in-order", test_once_in_order);
  add ("/net/poller/jobs/wakes", test_wakes);
  add ("/net/poller/jobs/unqueue", test_unqueue);
  add ("/net/poller/jobs/unqueue-inside", test_unqueue_inside);
  add ("/net/poller/jobs/requeue", test_requeue);
  add ("/net/poller/jobs/flush-in-the-same-dispatch",
       test_flush_in_the_same_dispatch);
  add ("/net/poller/jobs/freed-inside", test_freed_inside);
  add ("/net/poller/jobs/nested", test_nested);
  add ("/net/poller/jobs/order", test_order);
  add ("/net/poller/jobs/crowded", test_crowded);
  add ("/net/poller/jobs/late-turn", test_late_turn);
  g_test_add_func ("/net/poller/jobs/left-behind", test_left_behind);
  return g_test_run ();
}
