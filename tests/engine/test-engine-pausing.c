/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/ws-engine-private.h"

#include "engine-rig.h"
#include "fake-transport.h"

#include <string.h>

/* Reading that stops and goes on. */

static void
pause_first (Rig *rig, const char *what)
{
  if (g_str_equal (what, "message"))
    ws_engine_set_paused (rig->engine, TRUE);
}

/* Between two events of one batch, again and again. */
static void
test_between_events (gconstpointer data)
{
  g_autoptr (Rig) rig = rig_new (GPOINTER_TO_INT (data), RIG_UNIX);

  g_assert_false (ws_engine_has_read (rig->engine));
  rig->hook = pause_first;
  rig_peer_text (rig, "one");
  rig_peer_text (rig, "two");
  rig_peer_text (rig, "three");
  rig_assert_log (rig, "text(one)");
  g_assert_true (ws_engine_has_read (rig->engine));
  ws_engine_set_paused (rig->engine, FALSE);
  rig_assert_log (rig, "text(two)");
  ws_engine_set_paused (rig->engine, FALSE);
  rig_assert_log (rig, "text(three)");
}

/* Pings wait, too; writing goes on. */
static void
test_only_reading (gconstpointer data)
{
  g_autoptr (Rig) rig = rig_new (GPOINTER_TO_INT (data), RIG_UNIX);

  ws_engine_set_paused (rig->engine, TRUE);
  rig_peer_frame (rig, TRUE, WS_OPCODE_PING, "?", 1);
  rig_settle (rig);
  rig_send_text (rig, "Hello");
  rig_assert_read (rig, "text(Hello)");
  ws_engine_set_paused (rig->engine, FALSE);
  rig_assert_read (rig, "pong(?)");
}

static void
iterate_for (Rig *rig, guint ms)
{
  gint64 end = g_get_monotonic_time () + ms * (gint64) 1000;

  while (g_get_monotonic_time () < end)
    g_main_context_iteration (rig->context, FALSE);
}

/* The answer to our pings, or a message's rest, may be what waits unread. */
static void
test_unread_answer (gconstpointer data)
{
  g_autoptr (Rig) rig = rig_new_waiting (GPOINTER_TO_INT (data), RIG_UNIX);

  rig->settings.ping_interval = 10;
  rig->settings.ping_timeout = 10;
  rig->settings.frame_timeout = 10;
  rig_peer_frame (rig, FALSE, WS_OPCODE_TEXT, "begun", 5);
  ws_engine_start (rig->engine);
  ws_engine_set_paused (rig->engine, TRUE);
  iterate_for (rig, 100);
  g_assert_false (rig->told_broken);
  g_assert_false (rig->ended);
  ws_engine_set_paused (rig->engine, FALSE);
  rig_until (rig, rig->ended || strstr (rig->log->str, "about") != NULL);
}

/* The rest of a message is owed by a peer of which nothing waits. */
static void
test_unfinished (gconstpointer data)
{
  g_autoptr (Rig) rig = rig_new_waiting (GPOINTER_TO_INT (data), RIG_UNIX);

  rig->settings.frame_timeout = 10;
  ws_engine_start (rig->engine);
  rig_peer_frame (rig, FALSE, WS_OPCODE_TEXT, "begun", 5);
  rig_until (rig, !ws_transport_is_readable (rig->engine->transport));
  ws_engine_set_paused (rig->engine, TRUE);
  rig_assert_log (rig, "about-to-close!TIMED_OUT closing");
  rig_assert_read (rig, "close(1001 The rest of a message did not come within "
                        "frame-timeout (10 ms))");
}

/* A peer that is silent while we do not listen. */
static Rig *
rig_new_silent (WsRole role, gboolean readable, gboolean heard)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (WsPoller) poller = ws_poller_get (context);
  FakeTransport *transport = fake_transport_new (poller);
  Rig *rig = rig_new_for_transport (context, role, &transport->parent);

  transport->readable = readable;
  transport->heard = heard;
  rig->settings.ping_interval = 10;
  rig->settings.ping_timeout = 10;
  rig->settings.close_timeout = 10;
  ws_engine_set_paused (rig->engine, TRUE);
  ws_engine_start (rig->engine);
  return rig;
}

/* Nothing of it waits: it has not answered. */
static void
test_silent (gconstpointer data)
{
  g_autoptr (Rig) rig = rig_new_silent (GPOINTER_TO_INT (data), FALSE, TRUE);

  rig_assert_log (rig, "ended!TIMED_OUT");
  g_assert_true (rig->told_broken);
}

/* Something does, but its system does not even acknowledge what we send. */
static void
test_unheard (gconstpointer data)
{
  g_autoptr (Rig) rig = rig_new_silent (GPOINTER_TO_INT (data), TRUE, FALSE);

  rig_assert_log (rig, "ended!TIMED_OUT");
  g_assert_true (rig->told_broken);
}

static void
test_heard (gconstpointer data)
{
  g_autoptr (Rig) rig = rig_new_silent (GPOINTER_TO_INT (data), TRUE, TRUE);

  iterate_for (rig, 100);
  g_assert_false (rig->told_broken);
  g_assert_false (rig->ended);
}

/* The owner does not read: the peer's answer is found behind what nobody has
 * taken. Whoever reads on within half of the time gets that. */
static void
test_close_unread (gconstpointer data)
{
  for (guint reads_on = 0; reads_on < 2; reads_on++)
    {
      g_autoptr (Rig) rig = rig_new_waiting (GPOINTER_TO_INT (data), RIG_UNIX);

      rig->settings.close_timeout = reads_on ? 60000 : 200;
      ws_engine_start (rig->engine);
      ws_engine_set_paused (rig->engine, TRUE);
      rig_peer_text (rig, "unread");
      ws_engine_close (rig->engine, 4000, NULL);
      rig_assert_read (rig, "close(4000)");
      rig_peer_text (rig, "late");
      rig_peer_close (rig, 4000, NULL);
      rig_peer_hang_up (rig);
      if (reads_on)
        ws_engine_set_paused (rig->engine, FALSE);
      rig_assert_log (rig, reads_on
                               ? "text(unread) text(late) read-finished ended"
                               : "read-finished ended");
      g_assert_true (rig->closing.clean);
      g_assert_cmpuint (rig->closing.received, ==, 4000);
    }
}

/* Nobody waits where nothing is unread but the answer, whether that comes later
 * or is there already; or where the peer is gone. */
static void
test_close_idle (gconstpointer data)
{
  static const char *const logs[]
      = { "read-finished ended", "text(unread) read-finished ended",
          "read-finished ended" };

  for (guint row = 0; row < G_N_ELEMENTS (logs); row++)
    {
      g_autoptr (Rig) rig = rig_new_waiting (GPOINTER_TO_INT (data), RIG_UNIX);

      rig->settings.close_timeout = 2 * WS_TEST_DEADLINE * 1000;
      ws_engine_start (rig->engine);
      if (row == 1)
        {
          rig_peer_text (rig, "unread");
          rig_until (rig, rig->log->len > 0);
        }
      ws_engine_set_paused (rig->engine, TRUE);
      ws_engine_close (rig->engine, 4000, NULL);
      rig_assert_read (rig, "close(4000)");
      if (row < 2)
        rig_peer_close (rig, 4000, NULL);
      rig_peer_hang_up (rig);
      rig_assert_log (rig, logs[row]);
      g_assert_cmpuint (rig->closing.received, ==, row < 2 ? 4000 : 0);
    }
}

/* What is looked at and is not the answer is for who reads on. */
static void
test_close_looked (gconstpointer data)
{
  g_autoptr (Rig) rig = rig_new_waiting (GPOINTER_TO_INT (data), RIG_UNIX);

  rig->settings.close_timeout = 2 * WS_TEST_DEADLINE * 1000;
  ws_engine_start (rig->engine);
  ws_engine_set_paused (rig->engine, TRUE);
  ws_engine_close (rig->engine, 4000, NULL);
  rig_assert_read (rig, "close(4000)");
  rig_peer_text (rig, "one");
  iterate_for (rig, 10);
  rig_peer_text (rig, "two");
  rig_peer_close (rig, 4000, NULL);
  rig_peer_hang_up (rig);
  iterate_for (rig, 10);
  g_assert_cmpstr (rig->log->str, ==, "");
  ws_engine_set_paused (rig->engine, FALSE);
  rig_assert_log (rig, "text(one) text(two) read-finished ended");
  g_assert_true (rig->closing.clean);
}

/* Who has paused only then has as long. */
static void
test_close_then_pause (gconstpointer data)
{
  g_autoptr (Rig) rig = rig_new_waiting (GPOINTER_TO_INT (data), RIG_UNIX);

  rig->settings.close_timeout = 200;
  ws_engine_start (rig->engine);
  ws_engine_close (rig->engine, 4000, NULL);
  ws_engine_set_paused (rig->engine, TRUE);
  rig_peer_text (rig, "unread");
  rig_assert_read (rig, "close(4000)");
  rig_peer_close (rig, 4000, NULL);
  rig_peer_hang_up (rig);
  rig_assert_log (rig, "read-finished ended");
  g_assert_true (rig->closing.clean);
}

/* A peer that has said something, and is found gone while we do not listen, or
 * have not begun to. */
static Rig *
rig_new_lost (WsRole role, guint close_timeout, gboolean begins)
{
  Rig *rig = rig_new_waiting (role, RIG_UNIX);

  rig->settings.close_timeout = close_timeout;
  if (begins)
    {
      ws_engine_set_paused (rig->engine, TRUE);
      ws_engine_start (rig->engine);
    }
  rig_peer_text (rig, "one");
  rig_peer_text (rig, "two");
  rig_peer_hang_up (rig);
  rig_send_text (rig, "nobody reads this");
  rig_until (rig, rig->told_broken);
  g_assert_cmpuint (ws_engine_get_bytes_to_write (rig->engine), ==, 0);
  return rig;
}

/* Nobody is busy with waiting. */
static void
assert_rest (Rig *rig)
{
  guint n = 0;

  while (g_main_context_iteration (rig->context, FALSE))
    g_assert_cmpuint (n++, <, 100);
}

/* What it has said is not lost, if it is asked for: again and again. */
static void
test_lost (gconstpointer data)
{
  g_autoptr (Rig) rig = rig_new_lost (GPOINTER_TO_INT (data), 30000, TRUE);

  assert_rest (rig);
  rig_send_text (rig, "nor this");
  g_assert_cmpuint (ws_engine_get_bytes_to_write (rig->engine), ==, 0);
  rig->hook = pause_first;
  ws_engine_set_paused (rig->engine, FALSE);
  rig_assert_log (rig, "text(one)");
  ws_engine_set_paused (rig->engine, FALSE);
  rig_assert_log (rig, "text(two)");
  ws_engine_set_paused (rig->engine, FALSE);
  rig_assert_log (rig, "ended!PEER_GONE");
}

static void
test_lost_early (gconstpointer data)
{
  g_autoptr (Rig) rig = rig_new_lost (GPOINTER_TO_INT (data), 30000, FALSE);

  assert_rest (rig);
  ws_engine_start (rig->engine);
  rig_assert_log (rig, "text(one) text(two) ended!PEER_GONE");
}

/* What a transport has taken waits for nothing any more when it is broken: its
 * descriptor would report that it can be written to without an end. */
static void
test_lost_unsent (gconstpointer data)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (WsPoller) poller = ws_poller_get (context);
  FakeTransport *transport = fake_transport_new (poller);
  g_autoptr (Rig) rig = rig_new_for_transport (context, GPOINTER_TO_INT (data),
                                               &transport->parent);

  transport->unsent = 1000;
  transport->readable = TRUE;
  ws_engine_set_paused (rig->engine, TRUE);
  ws_engine_start (rig->engine);
  rig_send_text (rig, "taken");
  ws_engine_flush (rig->engine);
  g_assert_true (transport->wanted & G_IO_OUT);
  transport->broken = TRUE;
  rig_send_text (rig, "not taken");
  rig_until (rig, rig->told_broken);
  g_assert_false (transport->wanted & G_IO_OUT);
  g_assert_false (rig->ended);
}

/* Nobody asks. */
static void
test_lost_unread (gconstpointer data)
{
  g_autoptr (Rig) rig = rig_new_lost (GPOINTER_TO_INT (data), 10, TRUE);

  rig_assert_log (rig, "ended!g-io-error-quark");
  g_assert_cmpuint (rig->closing.code, ==, 1006);
}

/* A close comes in between. */
static void
test_lost_closed (gconstpointer data)
{
  g_autoptr (Rig) rig = rig_new_lost (GPOINTER_TO_INT (data), 10, TRUE);

  ws_engine_close (rig->engine, 1000, NULL);
  rig_assert_log (rig, "ended");
  g_assert_false (rig->closing.clean);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *name;
    void (*test) (gconstpointer data);
  } tests[] = {
    { "between-events", test_between_events },
    { "only-reading", test_only_reading },
    { "unread-answer", test_unread_answer },
    { "unfinished", test_unfinished },
    { "silent", test_silent },
    { "unheard", test_unheard },
    { "heard", test_heard },
    { "lost", test_lost },
    { "lost-early", test_lost_early },
    { "lost-unsent", test_lost_unsent },
    { "lost-unread", test_lost_unread },
    { "lost-closed", test_lost_closed },
    { "close-unread", test_close_unread },
    { "close-idle", test_close_idle },
    { "close-looked", test_close_looked },
    { "close-then-pause", test_close_then_pause },
  };

  ws_test_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *client
          = g_strconcat ("/engine/engine-pausing/client/", tests[i].name, NULL);
      g_autofree char *server
          = g_strconcat ("/engine/engine-pausing/server/", tests[i].name, NULL);

      g_test_add_data_func (client, GINT_TO_POINTER (WS_ROLE_CLIENT),
                            tests[i].test);
      g_test_add_data_func (server, GINT_TO_POINTER (WS_ROLE_SERVER),
                            tests[i].test);
    }
  return g_test_run ();
}
