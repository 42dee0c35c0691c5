/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "poller-rig.h"

/* @due: relative to now, so that what is negative is over. */
static void
arm (Letter *letter, gint64 due)
{
  WsPoller *poller = letter->rig->poller;

  ws_poller_arm (poller, &letter->deadline, ws_poller_now (poller) + due);
  g_assert_true (ws_deadline_is_armed (&letter->deadline));
}

/* --- */

static void
test_in_order (PollerRig *rig, gconstpointer data)
{
  Letter letters[26];
  guint  order[26];

  for (guint i = 0; i < 26; i++)
    order[i] = i;
  for (guint i = 25; i > 0; i--)
    {
      guint j = (guint) g_test_rand_int_range (0, (int) i + 1);
      guint swapped = order[i];

      order[i] = order[j];
      order[j] = swapped;
    }

  for (guint i = 0; i < 26; i++)
    letters[i] = poller_rig_letter (rig, (char) ('a' + i), NULL);
  for (guint i = 0; i < 26; i++)
    arm (&letters[order[i]],
         -G_TIME_SPAN_MINUTE + order[i] * G_TIME_SPAN_SECOND);

  poller_rig_expect (rig, "abcdefghijklmnopqrstuvwxyz");
}

static void
test_move (PollerRig *rig, gconstpointer data)
{
  Letter a = poller_rig_letter (rig, 'a', NULL);
  Letter b = poller_rig_letter (rig, 'b', NULL);

  arm (&a, -2000);
  arm (&b, -1000);
  arm (&b, -3000);
  poller_rig_expect (rig, "ba");

  arm (&a, -1);
  arm (&b, -1);
  arm (&a, G_TIME_SPAN_HOUR);
  poller_rig_expect (rig, "b");

  ws_poller_disarm (rig->poller, &a.deadline);
  ws_poller_disarm (rig->poller, &a.deadline);
  g_assert_false (ws_deadline_is_armed (&a.deadline));
}

/* A deadline comes neither early nor after a spin of short polls. */
static void
test_wait (PollerRig *rig, gconstpointer data)
{
  for (gint64 wait = 1; wait < 12000; wait = wait * 3 + 1)
    {
      Letter a = poller_rig_letter (rig, 'a', NULL);
      int    n_iterations = 0;
      gint64 due;

      arm (&a, wait);
      due = a.deadline.due;
      for (; ws_deadline_is_armed (&a.deadline); n_iterations++)
        g_main_context_iteration (rig->context, TRUE);

      g_assert_cmpint (g_get_monotonic_time (), >=, due);
      g_assert_cmpint (n_iterations, <=, 2);
    }
}

static void
arm_other_and_again (Letter *letter)
{
  arm (letter->other, -1);
  arm (letter, -1);
}

/* One that is always due does not keep the dispatch from ending. */
static void
test_arm_inside (PollerRig *rig, gconstpointer data)
{
  Letter a = poller_rig_letter (rig, 'a', arm_other_and_again);
  Letter b = poller_rig_letter (rig, 'b', NULL);

  a.other = &b;
  arm (&a, -1);
  poller_rig_expect (rig, "a");
  g_main_context_iteration (rig->context, FALSE);
  g_assert_nonnull (strchr (rig->log->str, 'b'));

  ws_poller_disarm (rig->poller, &a.deadline);
  ws_poller_disarm (rig->poller, &b.deadline);
}

static void
disarm_other (Letter *letter)
{
  ws_poller_disarm (letter->rig->poller, &letter->other->deadline);
}

static void
test_disarm_inside (PollerRig *rig, gconstpointer data)
{
  Letter a = poller_rig_letter (rig, 'a', disarm_other);
  Letter b = poller_rig_letter (rig, 'b', NULL);
  Letter c = poller_rig_letter (rig, 'c', NULL);

  a.other = &b;
  arm (&a, -3000);
  arm (&b, -2000);
  arm (&c, -1000);
  poller_rig_expect (rig, "ac");
}

static void
free_alarm (Letter *letter)
{
  g_free (letter);
}

static void
test_freed_inside (PollerRig *rig, gconstpointer data)
{
  for (int i = 0; i < 100; i++)
    {
      Letter *letter = g_new (Letter, 1);

      *letter = poller_rig_letter (rig, 'a', free_alarm);
      arm (letter, -1 - g_test_rand_int_range (0, 1000));
    }

  g_main_context_iteration (rig->context, FALSE);
  g_assert_cmpuint (rig->log->len, ==, 100);
}

static void
wait_for_other (Letter *letter)
{
  Letter *other = letter->other;

  if (!ws_deadline_is_armed (&other->deadline))
    arm (other, 1500);
  ws_test_until (letter->rig->context,
                 !ws_deadline_is_armed (&other->deadline));
  g_string_append_c (letter->rig->log, ')');
}

/* A nested loop serves those that are due as well, and those armed in it. */
static void
test_nested (PollerRig *rig, gconstpointer data)
{
  Letter a = poller_rig_letter (rig, 'a', wait_for_other);
  Letter b = poller_rig_letter (rig, 'b', wait_for_other);
  Letter c = poller_rig_letter (rig, 'c', NULL);

  a.other = &b;
  b.other = &c;
  arm (&a, -3000);
  arm (&b, -2000);
  arm (&c, -1000);
  poller_rig_expect (rig, "abc))");

  arm (&a, -3000);
  poller_rig_expect (rig, "abc))");
}

static void
read_clock (Letter *letter)
{
  WsPoller *poller = letter->rig->poller;
  gint64    now = ws_poller_now (poller);

  /* One reading a dispatch. */
  while (g_get_monotonic_time () < now + 2)
    ;
  g_assert_cmpint (ws_poller_now (poller), ==, now);
}

static void
test_now (PollerRig *rig, gconstpointer data)
{
  Letter a = poller_rig_letter (rig, 'a', read_clock);
  gint64 before = g_get_monotonic_time ();

  g_assert_cmpint (ws_poller_now (rig->poller), >=, before);
  arm (&a, -1);
  poller_rig_expect (rig, "a");
}

static void
test_left_behind (void)
{
  WsPoller *poller = ws_poller_get (NULL);
  Letter    a = poller_rig_letter (NULL, 'a', NULL);

  ws_poller_arm (poller, &a.deadline, 0);
  ws_poller_unref (poller);
  g_assert_false (ws_deadline_is_armed (&a.deadline));
}

/* What a handler arms after it has taken its time is due that much later. */
static void
arm_late (Letter *letter)
{
  WsPoller *poller = letter->rig->poller;
  gint64    start = ws_poller_now (poller);

  ws_test_block (20);
  ws_poller_arm_after (poller, &letter->other->deadline, G_TIME_SPAN_HOUR);
  g_assert_cmpint (letter->other->deadline.due - start, >=,
                   20 * G_TIME_SPAN_MILLISECOND + G_TIME_SPAN_HOUR);
}

static void
test_arm_late (PollerRig *rig, gconstpointer data)
{
  Letter late = poller_rig_letter (rig, 'l', NULL);
  Letter slow = poller_rig_letter (rig, 's', arm_late);

  slow.other = &late;
  arm (&slow, 0);
  poller_rig_expect (rig, "s");
  ws_poller_disarm (rig->poller, &late.deadline);
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

  add ("/net/deadline/in-order", test_in_order);
  add ("/net/deadline/move", test_move);
  add ("/net/deadline/wait", test_wait);
  add ("/net/deadline/arm-inside", test_arm_inside);
  add ("/net/deadline/arm-late", test_arm_late);
  add ("/net/deadline/disarm-inside", test_disarm_inside);
  add ("/net/deadline/freed-inside", test_freed_inside);
  add ("/net/deadline/nested", test_nested);
  add ("/net/deadline/now", test_now);
  g_test_add_func ("/net/deadline/left-behind", test_left_behind);
  return g_test_run ();
}
