/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/ws-engine-private.h"

#include "engine-rig.h"
#include "fake-transport.h"
#include "support/faults.h"

#include <string.h>

/* A peer that does not read. */

static Rig *
new_fake (gconstpointer role, FakeTransport **transport)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (WsPoller) poller = ws_poller_get (context);

  *transport = fake_transport_new (poller);
  return rig_new_for_transport (context, GPOINTER_TO_INT (role),
                                &(*transport)->parent);
}

static void
free_fake (Rig *rig)
{
  g_clear_pointer (&rig->engine, ws_engine_drop);
  rig_free (rig);
}

static void
let_write (FakeTransport *transport, guint capacity)
{
  transport->capacity = capacity;
  if (transport->wanted & G_IO_OUT)
    transport->parent.ready (transport->parent.user_data, G_IO_OUT);
}

/* --- Pongs --- */

static void
peer_ping (Rig *rig, guint number)
{
  g_autofree char *text = g_strdup_printf ("%u", number);

  rig_peer_frame (rig, TRUE, WS_OPCODE_PING, text, strlen (text));
}

/* Each is answered while the peer reads, however many come at once; but where
 * the network takes nothing now and then, of those that come meanwhile only the
 * newest one is. */
static void
test_all_pongs (gconstpointer data)
{
  g_autoptr (Rig) rig = rig_new (GPOINTER_TO_INT (data), RIG_UNIX);
  const guint n_at_once = faults_are_on () ? 1 : 200;

  for (guint n = 0; n < 200; n += n_at_once)
    {
      g_autoptr (GString) expected = g_string_new (NULL);

      for (guint i = n; i < n + n_at_once; i++)
        {
          peer_ping (rig, i);
          g_string_append_printf (expected, "%spong(%u)", i > n ? " " : "", i);
        }
      rig_assert_read (rig, expected->str);
    }
}

static void
wait_for_pings (Rig *rig, guint n)
{
  WsTraffic traffic;

  do
    {
      g_main_context_iteration (rig->context, TRUE);
      ws_engine_get_traffic (rig->engine, &traffic);
    }
  while (traffic.pings_received < n);
  rig_settle (rig);
}

/* RFC 6455, 5.5.3: those in between cost nothing. */
static void
test_newest_pong (gconstpointer data)
{
  g_autoptr (Rig) rig = rig_new (GPOINTER_TO_INT (data), RIG_UNIX);
  g_autofree char *much = g_strnfill (2 << 20, 'm');
  g_autofree char *frames = NULL;
  guint64          before;
  guint            n = 0;

  rig_peer_set_reading (rig, FALSE);
  rig_send_text (rig, much);
  rig_settle (rig);
  before = ws_engine_get_bytes_to_write (rig->engine);
  g_assert_cmpuint (before, >, 0);
  for (guint i = 1; i <= 1000; i++)
    {
      peer_ping (rig, i);
      if (i % 100 == 0)
        wait_for_pings (rig, i);
    }
  g_assert_cmpuint (ws_engine_get_bytes_to_write (rig->engine), <, before + 20);

  rig_peer_set_reading (rig, TRUE);
  rig_until (rig, ws_engine_get_bytes_to_write (rig->engine) == 0);
  rig_settle (rig);
  frames = wire_describe (rig->inbox->data, rig->inbox->len,
                          rig->role == WS_ROLE_CLIENT);
  for (const char *at = frames; (at = strstr (at, "pong(")) != NULL; at++)
    n++;
  g_assert_cmpuint (n, ==, 2);
  g_assert_nonnull (strstr (frames, "pong(1)"));
  g_assert_nonnull (strstr (frames, "pong(1000)"));
  peer_ping (rig, 7);
  g_byte_array_set_size (rig->inbox, 0);
  rig_assert_read (rig, "pong(7)");
}

/* No connection owes one when it is over. */
static void
test_owed_pong_at_end (gconstpointer data)
{
  g_autoptr (Rig) rig = rig_new (GPOINTER_TO_INT (data), RIG_UNIX);
  g_autofree char *much = g_strnfill (2 << 20, 'm');
  g_autofree char *frames = NULL;

  rig_peer_set_reading (rig, FALSE);
  rig_send_text (rig, much);
  rig_settle (rig);
  for (guint i = 1; i <= 3; i++)
    peer_ping (rig, i);
  wait_for_pings (rig, 3);
  g_assert_nonnull (rig->engine->seldom->owed_pong);
  ws_engine_close (rig->engine, 1000, NULL);
  rig_peer_set_reading (rig, TRUE);
  rig_until (rig, ws_engine_get_bytes_to_write (rig->engine) == 0);
  rig_settle (rig);
  frames = wire_describe (rig->inbox->data, rig->inbox->len,
                          rig->role == WS_ROLE_CLIENT);
  g_assert_null (strstr (frames, "pong(3)"));
  g_assert_true (g_str_has_suffix (frames, "close(1000)"));
}

/* --- Time --- */

static void
test_reads_nothing (gconstpointer data)
{
  g_autoptr (Rig) rig = rig_new_waiting (GPOINTER_TO_INT (data), RIG_UNIX);
  g_autofree char *much = g_strnfill (2 << 20, 'm');

  rig->settings.write_timeout = 10;
  ws_engine_start (rig->engine);
  rig_peer_set_reading (rig, FALSE);
  rig_send_text (rig, much);
  rig_assert_log (rig, "ended!TIMED_OUT");
  g_assert_cmpuint (rig->closing.code, ==, 1006);
  g_assert_cmpuint (rig->closing.sent, ==, 0);
}

/* What TLS has taken waits, too; the peer that reads some of it is not late. */
static void
test_taken (gconstpointer data)
{
  for (guint reads = 0; reads < 2; reads++)
    {
      FakeTransport *transport;
      Rig           *rig = new_fake (data, &transport);

      rig->settings.write_timeout = 20;
      ws_engine_start (rig->engine);
      transport->unsent = 1000;
      rig_send_text (rig, "taken");
      rig_until (rig, transport->written->len > 0);
      g_assert_cmpuint (transport->wanted & G_IO_OUT, !=, 0);
      g_assert_cmpuint (ws_engine_get_bytes_to_write (rig->engine), ==, 0);
      for (guint i = 0; reads && i < 5; i++)
        {
          gint64 due = ws_engine_get_clocks (rig->engine)->unread.due;

          transport->unsent -= 10;
          rig_until (rig, ws_engine_get_clocks (rig->engine)->unread.due > due);
        }
      if (reads)
        {
          transport->unsent = 0;
          let_write (transport, G_MAXUINT);
          g_assert_cmpuint (transport->wanted & G_IO_OUT, ==, 0);
          g_assert_cmpstr (rig->log->str, ==, "");
        }
      else
        {
          rig_assert_log (rig, "ended!TIMED_OUT");
        }
      free_fake (rig);
    }
}

static gboolean
on_ping_time (gpointer user_data)
{
  Rig *rig = user_data;

  if (!rig->ended)
    peer_ping (rig, 1);
  return G_SOURCE_CONTINUE;
}

/* What the peer sends is no sign that it reads. */
static void
test_only_sends (gconstpointer data)
{
  g_autoptr (Rig) rig = rig_new_waiting (GPOINTER_TO_INT (data), RIG_UNIX);
  g_autofree char *much = g_strnfill (2 << 20, 'm');
  g_autoptr (GSource) source = g_timeout_source_new (3);

  rig->settings.write_timeout = 30;
  rig->settings.ping_interval = rig->settings.ping_timeout = 20;
  ws_engine_start (rig->engine);
  rig_peer_set_reading (rig, FALSE);
  rig_send_text (rig, much);
  g_source_set_callback (source, on_ping_time, rig, NULL);
  g_source_attach (source, rig->context);
  rig_until (rig, rig->ended);
  g_assert_nonnull (strstr (rig->log->str, "ended!TIMED_OUT"));
  g_source_destroy (source);
}

typedef struct
{
  Rig           *rig;
  FakeTransport *transport;
} Trickle;

static gboolean
on_trickle (gpointer user_data)
{
  Trickle *trickle = user_data;

  let_write (trickle->transport, trickle->transport->written->len + 1);
  return G_SOURCE_CONTINUE;
}

/* Slow, but moving. */
static void
test_trickle (gconstpointer data)
{
  FakeTransport *transport;
  Rig           *rig = new_fake (data, &transport);
  g_autoptr (GSource) source = g_timeout_source_new (10);
  g_autofree char *text = g_strnfill (120, 'x');
  Trickle          trickle = { rig, transport };

  rig->settings.write_timeout = 1000;
  transport->capacity = 0;
  ws_engine_start (rig->engine);
  rig_send_text (rig, text);
  g_source_set_callback (source, on_trickle, &trickle, NULL);
  g_source_attach (source, rig->context);
  rig_until (rig, ws_engine_get_bytes_to_write (rig->engine) == 0);
  g_source_destroy (source);
  g_assert_false (rig->ended);
  free_fake (rig);
}

/* The keepalive's ping waits behind a frame that is on its way: the peer's time
 * begins when it has left. */
static void
test_ping_behind_frame (gconstpointer data)
{
  FakeTransport *transport;
  Rig           *rig = new_fake (data, &transport);
  g_autoptr (GSource) source = g_timeout_source_new (10);
  g_autofree char *text = g_strnfill (120, 'x');
  Trickle          trickle = { rig, transport };

  rig->settings.ping_interval = 30;
  rig->settings.ping_timeout = 1000;
  transport->capacity = 4;
  ws_engine_start (rig->engine);
  rig_send_text (rig, text);
  g_source_set_callback (source, on_trickle, &trickle, NULL);
  g_source_attach (source, rig->context);
  rig_until (rig, ws_engine_get_seldom (rig->engine)->pings_sent > 0);
  g_assert_cmpuint (transport->written->len, <, 20);
  rig_until (rig, ws_engine_get_bytes_to_write (rig->engine) == 0);
  g_source_destroy (source);
  g_assert_false (rig->ended);
  rig_assert_log (rig, "ended!TIMED_OUT");
  rig_free (rig);
}

/* The peer has read while our own loop was blocked, which
 * nobody has noticed. */
static void
test_blocked_loop (gconstpointer data)
{
  FakeTransport *transport;
  Rig           *rig = new_fake (data, &transport);

  rig->settings.write_timeout = 100;
  transport->capacity = 0;
  ws_engine_start (rig->engine);
  rig_send_text (rig, "Hello");
  rig_until (rig, ws_deadline_is_armed (
                      &ws_engine_get_clocks (rig->engine)->unread));
  transport->capacity = 3;
  ws_test_block (150);
  g_main_context_iteration (rig->context, FALSE);
  g_assert_cmpuint (transport->written->len, ==, 3);
  g_assert_true (
      ws_deadline_is_armed (&ws_engine_get_clocks (rig->engine)->unread));
  rig_assert_log (rig, "ended!TIMED_OUT");
  rig_free (rig);
}

/* Switched on and off while something waits. */
static void
test_update (gconstpointer data)
{
  FakeTransport *transport;
  Rig           *rig = new_fake (data, &transport);
  WsEngine      *engine = rig->engine;

  transport->capacity = 0;
  ws_engine_start (engine);
  rig_send_text (rig, "Hello");
  rig_settle (rig);
  g_assert_false (
      ws_deadline_is_armed (&ws_engine_get_clocks (engine)->unread));
  rig->settings.write_timeout = 100000;
  ws_engine_update (engine);
  g_assert_true (ws_deadline_is_armed (&ws_engine_get_clocks (engine)->unread));
  rig->settings.write_timeout = 0;
  ws_engine_update (engine);
  g_assert_false (
      ws_deadline_is_armed (&ws_engine_get_clocks (engine)->unread));
  rig->settings.write_timeout = 100000;
  ws_engine_update (engine);
  let_write (transport, 1000);
  rig_settle (rig);
  ws_engine_update (engine);
  g_assert_false (
      ws_deadline_is_armed (&ws_engine_get_clocks (engine)->unread));
  rig->settings.write_timeout = 10;
  transport->capacity = transport->written->len;
  ws_engine_update (engine);
  rig_send_text (rig, "Hello");
  rig_assert_log (rig, "ended!TIMED_OUT");
  rig_free (rig);
}

/* A closing handshake has a time of its own; without, this one holds. */
static void
test_closing (gconstpointer data)
{
  FakeTransport *transport;
  Rig           *rig = new_fake (data, &transport);

  rig->settings.write_timeout = 10;
  rig->settings.close_timeout = 0;
  transport->capacity = 0;
  ws_engine_start (rig->engine);
  ws_engine_close (rig->engine, 1000, NULL);
  rig_assert_log (rig, "ended");
  g_assert_false (rig->closing.clean);
  rig_free (rig);
}

static void
add (const char *name, GTestDataFunc test)
{
  rig_add_test ("/engine/unread", name, test);
}

int
main (int argc, char *argv[])
{
  ws_test_init (&argc, &argv);

  add ("all-pongs", test_all_pongs);
  add ("newest-pong", test_newest_pong);
  add ("owed-pong-at-end", test_owed_pong_at_end);
  add ("reads-nothing", test_reads_nothing);
  add ("taken", test_taken);
  add ("only-sends", test_only_sends);
  add ("trickle", test_trickle);
  add ("ping-behind-frame", test_ping_behind_frame);
  add ("blocked-loop", test_blocked_loop);
  add ("update", test_update);
  add ("closing", test_closing);
  return g_test_run ();
}
