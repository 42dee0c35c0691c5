/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "poller-rig.h"

/* A deadline that logs its letter, and then does what the test wants. */
typedef struct _Alarm Alarm;
struct _Alarm
{
  WsDeadline deadline;
  PollerRig *rig;
  char       letter;
  void (*then) (Alarm *alarm);
  Alarm *other; /* the test's */
};

static void
on_alarm (WsDeadline *deadline)
{
  Alarm *alarm = WS_CONTAINER_OF (deadline, Alarm, deadline);

  g_assert_false (ws_deadline_is_armed (deadline));
  g_string_append_c (alarm->rig->log, alarm->letter);
  if (alarm->then != NULL)
    alarm->then (alarm);
}

static Alarm
alarm_of (PollerRig *rig, char letter, void (*then) (Alarm *alarm))
{
  return (Alarm){
    .deadline.func = on_alarm, .rig = rig, .letter = letter, .then = then
  };
}

/* @due: relative to now, so that what is negative is over. */
static void
arm (Alarm *alarm, gint64 due)
{
  WsPoller *poller = alarm->rig->poller;

  ws_poller_arm (poller, &alarm->deadline, ws_poller_now (poller) + due);
  g_assert_true (ws_deadline_is_armed (&alarm->deadline));
}

/* --- */

static void
test_in_order (PollerRig *rig, gconstpointer data)
{
  Alarm alarms[26];
  guint order[26];

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
    alarms[i] = alarm_of (rig, (char) ('a' + i), NULL);
  for (guint i = 0; i < 26; i++)
    arm (&alarms[order[i]],
         -G_TIME_SPAN_MINUTE + order[i] * G_TIME_SPAN_SECOND);

  poller_rig_expect (rig, "abcdefghijklmnopqrstuvwxyz");
}

static void
test_move (PollerRig *rig, gconstpointer data)
{
  Alarm a = alarm_of (rig, 'a', NULL);
  Alarm b = alarm_of (rig, 'b', NULL);

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
      Alarm  a = alarm_of (rig, 'a', NULL);
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
arm_other_and_again (Alarm *alarm)
{
  arm (alarm->other, -1);
  arm (alarm, -1);
}

/* One that is always due does not keep the dispatch from ending. */
static void
test_arm_inside (PollerRig *rig, gconstpointer data)
{
  Alarm a = alarm_of (rig, 'a', arm_other_and_again);
  Alarm b = alarm_of (rig, 'b', NULL);

  a.other = &b;
  arm (&a, -1);
  poller_rig_expect (rig, "a");
  g_main_context_iteration (rig->context, FALSE);
  g_assert_nonnull (strchr (rig->log->str, 'b'));

  ws_poller_disarm (rig->poller, &a.deadline);
  ws_poller_disarm (rig->poller, &b.deadline);
}

static void
disarm_other (Alarm *alarm)
{
  ws_poller_disarm (alarm->rig->poller, &alarm->other->deadline);
}

static void
test_disarm_inside (PollerRig *rig, gconstpointer data)
{
  Alarm a = alarm_of (rig, 'a', disarm_other);
  Alarm b = alarm_of (rig, 'b', NULL);
  Alarm c = alarm_of (rig, 'c', NULL);

  a.other = &b;
  arm (&a, -3000);
  arm (&b, -2000);
  arm (&c, -1000);
  poller_rig_expect (rig, "ac");
}

static void
free_alarm (Alarm *alarm)
{
  g_free (alarm);
}

static void
test_freed_inside (PollerRig *rig, gconstpointer data)
{
  for (int i = 0; i < 100; i++)
    {
      Alarm *alarm = g_new (Alarm, 1);

      *alarm = alarm_of (rig, 'a', free_alarm);
      arm (alarm, -1 - g_test_rand_int_range (0, 1000));
    }

  g_main_context_iteration (rig->context, FALSE);
  g_assert_cmpuint (rig->log->len, ==, 100);
}

static void
wait_for_other (Alarm *alarm)
{
  Alarm *other = alarm->other;

  if (!ws_deadline_is_armed (&other->deadline))
    arm (other, 1500);
  ws_test_until (alarm->rig->context, !ws_deadline_is_armed (&other->deadline));
  g_string_append_c (alarm->rig->log, ')');
}

/* A nested loop serves those that are due as well, and those armed in it. */
static void
test_nested (PollerRig *rig, gconstpointer data)
{
  Alarm a = alarm_of (rig, 'a', wait_for_other);
  Alarm b = alarm_of (rig, 'b', wait_for_other);
  Alarm c = alarm_of (rig, 'c', NULL);

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
read_clock (Alarm *alarm)
{
  WsPoller *poller = alarm->rig->poller;
  gint64    now = ws_poller_now (poller);

  /* One reading a dispatch. */
  while (g_get_monotonic_time () < now + 2)
    ;
  g_assert_cmpint (ws_poller_now (poller), ==, now);
}

static void
test_now (PollerRig *rig, gconstpointer data)
{
  Alarm  a = alarm_of (rig, 'a', read_clock);
  gint64 before = g_get_monotonic_time ();

  g_assert_cmpint (ws_poller_now (rig->poller), >=, before);
  arm (&a, -1);
  poller_rig_expect (rig, "a");
}

static void
test_left_behind (void)
{
  WsPoller *poller = ws_poller_get (NULL);
  Alarm     a = alarm_of (NULL, 'a', NULL);

  ws_poller_arm (poller, &a.deadline, 0);
  ws_poller_unref (poller);
  g_assert_false (ws_deadline_is_armed (&a.deadline));
}

/* What a handler arms after it has taken its time is due that much later. */
static void
arm_late (Alarm *alarm)
{
  WsPoller *poller = alarm->rig->poller;
  gint64    start = ws_poller_now (poller);

  ws_test_block (20);
  ws_poller_arm_after (poller, &alarm->other->deadline, G_TIME_SPAN_HOUR);
  g_assert_cmpint (alarm->other->deadline.due - start, >=,
                   20 * G_TIME_SPAN_MILLISECOND + G_TIME_SPAN_HOUR);
}

static void
test_arm_late (PollerRig *rig, gconstpointer data)
{
  Alarm late = alarm_of (rig, 'l', NULL);
  Alarm slow = alarm_of (rig, 's', arm_late);

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
