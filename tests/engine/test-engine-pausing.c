/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine-rig.h"

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

/* Neither silence nor the lack of a message's rest is judged meanwhile. */
static void
test_no_judgement (gconstpointer data)
{
  g_autoptr (Rig) rig = rig_new_waiting (GPOINTER_TO_INT (data), RIG_UNIX);
  gint64 end;

  rig->settings.ping_interval = 10;
  rig->settings.ping_timeout = 10;
  rig->settings.frame_timeout = 10;
  rig_peer_frame (rig, FALSE, WS_OPCODE_TEXT, "begun", 5);
  ws_engine_start (rig->engine);
  ws_engine_set_paused (rig->engine, TRUE);
  end = g_get_monotonic_time () + 100 * 1000;
  while (g_get_monotonic_time () < end)
    g_main_context_iteration (rig->context, FALSE);
  g_assert_false (rig->ended);
  ws_engine_set_paused (rig->engine, FALSE);
  rig_until (rig, rig->ended || strstr (rig->log->str, "about") != NULL);
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
    { "no-judgement", test_no_judgement },
  };

  g_test_init (&argc, &argv, NULL);
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
