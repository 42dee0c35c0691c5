/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/ws-engine-private.h"

#include "engine-rig.h"
#include "support/faults.h"

#include <string.h>

/* --- Keeping alive --- */

static Rig *
new_alive (gconstpointer data, guint interval, guint timeout)
{
  Rig *rig = rig_new_waiting (GPOINTER_TO_INT (data), RIG_UNIX);

  rig->settings.ping_interval = interval;
  rig->settings.ping_timeout = timeout;
  ws_engine_start (rig->engine);
  return rig;
}

static guint
count_pings (const Rig *rig)
{
  g_autofree char *frames = wire_describe (rig->inbox->data, rig->inbox->len,
                                           rig->role == WS_ROLE_CLIENT);
  guint            n = 0;

  for (const char *p = frames; (p = strstr (p, "ping(")) != NULL; p++)
    n++;
  return n;
}

static void
test_silent_peer (gconstpointer data)
{
  g_autoptr (Rig) rig = new_alive (data, 10, 10);

  rig_assert_log (rig, "ended!TIMED_OUT");
  g_assert_cmpuint (count_pings (rig), ==, 1);
  g_assert_cmpuint (rig->closing.code, ==, 1006);
  g_assert_cmpuint (rig->closing.sent, ==, 0);
  g_assert_cmpuint (rig->closing.received, ==, 0);
  g_assert_false (rig->closing.clean);
}

static gboolean
on_chatter (gpointer user_data)
{
  Rig *rig = user_data;

  if (!rig->ended)
    rig_send_text (rig, "Hello");
  return G_SOURCE_CONTINUE;
}

/* What we write is no sign of the peer's life. */
static void
test_own_writes (gconstpointer data)
{
  g_autoptr (Rig) rig = new_alive (data, 20, 20);
  g_autoptr (GSource) chatter = g_timeout_source_new (3);

  g_source_set_callback (chatter, on_chatter, rig, NULL);
  g_source_attach (chatter, rig->context);
  rig_assert_log (rig, "ended!TIMED_OUT");
  g_source_destroy (chatter);
}

/* A single byte of a frame is one, and no pong is needed: it is asked again and
 * again. */
static void
test_any_byte (gconstpointer data)
{
  g_autoptr (Rig) rig = new_alive (data, 5, WS_TEST_DEADLINE * 1000);
  g_autoptr (GByteArray) wire = g_byte_array_new ();

  wire_append_text (wire, "Hello", rig->role == WS_ROLE_SERVER);
  for (guint i = 0; i < wire->len; i++)
    {
      rig_until (rig, count_pings (rig) > i);
      rig_peer_write (rig, wire->data + i, 1);
    }
  rig_assert_log (rig, "text(Hello)");
}

/* In one turn, unless the transport says that nothing has come. */
static void
assert_heard (Rig *rig)
{
  g_main_context_iteration (rig->context, FALSE);
  if (!faults_are_on ())
    g_assert_cmpstr (rig->log->str, ==, "text(Hello)");
  else
    rig_until (rig, g_str_has_prefix (rig->log->str, "text(Hello)")
                        || g_str_has_prefix (rig->log->str,
                                             "about-to-close!TIMED_OUT"));
}

/* What came while our own loop was blocked counts before the peer
 * is judged, however many connections there are to read first. */
static void
test_blocked_loop (gconstpointer data)
{
  g_autoptr (Rig) rig = new_alive (data, 20, 100);

  rig_until (rig, count_pings (rig) == 1);
  rig_peer_text (rig, "Hello");
  ws_test_block (150);
  assert_heard (rig);
}

static void
test_blocked_frame (gconstpointer data)
{
  g_autoptr (Rig) rig = rig_new_waiting (GPOINTER_TO_INT (data), RIG_UNIX);

  rig->settings.frame_timeout = 100;
  ws_engine_start (rig->engine);
  rig_peer_frame (rig, FALSE, WS_OPCODE_TEXT, "Hel", 3);
  rig_until (rig,
             ws_deadline_is_armed (&ws_engine_get_clocks (rig->engine)->owed));
  rig_peer_frame (rig, TRUE, WS_OPCODE_CONTINUATION, "lo", 2);
  ws_test_block (150);
  assert_heard (rig);
}

static void
test_keepalive_pongs (gconstpointer data)
{
  g_autoptr (Rig) rig = new_alive (data, 5, WS_TEST_DEADLINE * 1000);
  WsFrameHeader header;
  WsFault       fault;

  rig_until (rig, count_pings (rig) == 1);
  ws_frame_header_parse (&header, rig->inbox->data, rig->inbox->len, &fault);
  for (guint i = 0; header.masked && i < header.length; i++)
    rig->inbox->data[header.size + i] ^= header.mask[i % 4];
  rig_peer_frame (rig, TRUE, WS_OPCODE_PONG, rig->inbox->data + header.size,
                  header.length);
  rig_assert_log (rig, "keepalive-pong");
  g_assert_cmpint (rig->elapsed, >=, 0);
}

/* Switched on and off while connected, and off when the connection closes. */
static void
test_keepalive_update (gconstpointer data)
{
  g_autoptr (Rig) rig = new_alive (data, 0, 10);

  g_assert_false (ws_deadline_is_armed (&rig->engine->life_deadline));
  rig->settings.ping_interval = 100000;
  ws_engine_update (rig->engine);
  g_assert_true (ws_deadline_is_armed (&rig->engine->life_deadline));
  rig->settings.ping_interval = 0;
  ws_engine_update (rig->engine);
  g_assert_false (ws_deadline_is_armed (&rig->engine->life_deadline));
  rig->settings.ping_interval = 5;
  ws_engine_update (rig->engine);
  rig_until (rig, count_pings (rig) == 1);
  ws_engine_close (rig->engine, 1000, NULL);
  g_assert_false (ws_deadline_is_armed (&rig->engine->life_deadline));
}

/* --- What a peer begins, it has to finish --- */

typedef struct
{
  const char *name;
  const char *to_client, *to_server; /* in hex */
  const char *log;                   /* before the end */
} Partial;

static const Partial partials[] = {
  /* Qt: tst_DataProcessor::frameTooSmall */
  { "one byte", "81", "81", "" },
  { "non-final text", "01 01 61", "01 81 00000000 61", "frame(a) " },
  { "non-final text, one byte", "01 01 61 80", "01 81 00000000 61 80",
    "frame(a) " },
  /* Qt: tst_DataProcessor::incompleteSizeField */
  { "16 bits, none", "82 7e", "82 fe", "" },
  { "16 bits, one byte", "82 7e 01", "82 fe 01", "" },
  { "64 bits, none", "82 7f", "82 ff", "" },
  { "64 bits, seven bytes", "82 7f 00000000 000100", "82 ff 00000000 000100",
    "" },
  { "continuation, 64 bits", "02 00 80 7f 0000", "02 80 00000000 80 ff 0000",
    "frame() " },
  /* Qt: tst_DataProcessor::incompletePayload */
  { "text of 125", "81 7d 61", "81 fd 00000000 61", "" },
  { "binary of 256", "82 7e 0100 61", "82 fe 0100 00000000 61", "" },
  { "binary of 128000", "82 7f 00000000 0001f400 61",
    "82 ff 00000000 0001f400 00000000 61", "" },
  { "ping of 64", "89 40 61", "89 c0 00000000 61", "" },
  { "close of 32", "88 20 61", "88 a0 00000000 61", "" },
};

static void
check_partial (WsRole role, const Partial *row)
{
  g_autoptr (Rig) rig = rig_new_waiting (role, RIG_UNIX);
  g_autofree char *frames = NULL;
  g_autofree char *log
      = g_strconcat (row->log, "about-to-close!TIMED_OUT closing", NULL);

  g_test_message ("%s", row->name);
  rig->settings.frame_timeout = 10;
  rig->wants_frames = TRUE;
  ws_engine_start (rig->engine);
  rig_peer_hex (rig, role == WS_ROLE_CLIENT ? row->to_client : row->to_server);
  rig_assert_log (rig, log);
  rig_until (rig, rig_has_read_frame (rig));
  frames = wire_describe (rig->inbox->data, rig->inbox->len,
                          role == WS_ROLE_CLIENT);
  g_assert_true (g_str_has_prefix (frames, "close(1001 "));
  rig_peer_hang_up (rig);
  rig_assert_log (rig, "read-finished ended");
  g_assert_cmpuint (rig->closing.code, ==, 1001);
  g_assert_cmpuint (rig->closing.received, ==, 0);
  g_assert_false (rig->closing.clean);
}

static void
test_partials (gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (partials); i++)
    check_partial (GPOINTER_TO_INT (data), &partials[i]);
}

/* Qt: tst_DataProcessor::frameTooSmall, row "nothing". D: a peer that owes
 * nothing may be silent; that is the keepalive's business. */
static void
test_nothing_is_owed (gconstpointer data)
{
  g_autoptr (Rig) rig = rig_new_waiting (GPOINTER_TO_INT (data), RIG_UNIX);

  rig->settings.frame_timeout = 10;
  ws_engine_start (rig->engine);
  g_assert_false (
      ws_deadline_is_armed (&ws_engine_get_clocks (rig->engine)->owed));
  rig_peer_text (rig, "Hello");
  rig_assert_log (rig, "text(Hello)");
  /* In pieces, something was owed for a while. */
  if (faults_are_on ())
    rig_until (rig, !ws_deadline_is_armed (
                        &ws_engine_get_clocks (rig->engine)->owed));
  g_assert_false (
      ws_deadline_is_armed (&ws_engine_get_clocks (rig->engine)->owed));
  g_assert_cmpstr (rig->log->str, ==, "");
}

/* What comes too late is not handed out, and is no second error. */
static void
test_too_late (gconstpointer data)
{
  g_autoptr (Rig) rig = rig_new_waiting (GPOINTER_TO_INT (data), RIG_UNIX);
  g_autoptr (GByteArray) wire = g_byte_array_new ();

  rig->settings.frame_timeout = 10;
  ws_engine_start (rig->engine);
  wire_append_text (wire, "late", rig->role == WS_ROLE_SERVER);
  rig_peer_write (rig, wire->data, 3);
  rig_assert_log (rig, "about-to-close!TIMED_OUT closing");
  rig_peer_write (rig, wire->data + 3, wire->len - 3);
  rig_peer_frame (rig, TRUE, WS_OPCODE_PING, "x", 1);
  rig_peer_hex (rig,
                rig->role == WS_ROLE_SERVER ? "81 81 00000000 ff" : "81 01 ff");
  rig_assert_log (rig, "");
  rig_peer_close (rig, 1001, NULL);
  rig_peer_hang_up (rig);
  rig_assert_log (rig, "read-finished ended");
  g_assert_cmpuint (rig->closing.received, ==, 1001);
  g_assert_false (rig->closing.clean);
}

typedef struct
{
  Rig        *rig;
  GByteArray *wire;
  guint       sent;
  guint       piece; /* 0: a byte */
} Trickle;

static gboolean
on_trickle (gpointer user_data)
{
  Trickle *trickle = user_data;

  guint n = MIN (MAX (trickle->piece, 1), trickle->wire->len - trickle->sent);

  rig_peer_write (trickle->rig, trickle->wire->data + trickle->sent, n);
  trickle->sent += n;
  return trickle->sent < trickle->wire->len;
}

/* Slow, but moving: each byte gives the peer time anew. */
static void
test_activity_extends (gconstpointer data)
{
  g_autoptr (Rig) rig = rig_new_waiting (GPOINTER_TO_INT (data), RIG_UNIX);
  g_autoptr (GByteArray) wire = g_byte_array_new ();
  g_autoptr (GSource) source = g_timeout_source_new (25);
  Trickle trickle = { rig, wire, 0 };

  rig->settings.frame_timeout = 200;
  ws_engine_start (rig->engine);
  wire_append_text (wire, "0123456789", rig->role == WS_ROLE_SERVER);
  g_source_set_callback (source, on_trickle, &trickle, NULL);
  g_source_attach (source, rig->context);
  rig_assert_log (rig, "text(0123456789)");
}

/* --- The whole message --- */

static gboolean
on_peer_ping (gpointer user_data)
{
  Rig *rig = user_data;

  if (!strstr (rig->log->str, "closing"))
    rig_peer_frame (rig, TRUE, WS_OPCODE_PING, "", 0);
  return G_SOURCE_CONTINUE;
}

/* What comes between fragments is nothing of the message. */
static void
test_pings_do_not_extend (gconstpointer data)
{
  g_autoptr (Rig) rig = rig_new_waiting (GPOINTER_TO_INT (data), RIG_UNIX);
  g_autoptr (GSource) source = g_timeout_source_new (3);

  rig->settings.frame_timeout = 30;
  ws_engine_start (rig->engine);
  rig_peer_frame (rig, FALSE, WS_OPCODE_TEXT, "a", 1);
  g_source_set_callback (source, on_peer_ping, rig, NULL);
  g_source_attach (source, rig->context);
  rig_until (rig, strstr (rig->log->str, "about-to-close!TIMED_OUT"));
  g_source_destroy (source);
  g_assert_nonnull (
      strstr (ws_engine_get_closing (rig->engine)->reason, "frame-timeout"));
}

static gboolean
on_fragment (gpointer user_data)
{
  Rig *rig = user_data;

  if (!strstr (rig->log->str, "closing"))
    rig_peer_frame (rig, FALSE, WS_OPCODE_CONTINUATION, "a", 1);
  return G_SOURCE_CONTINUE;
}

/* Moving, and never done. */
static void
test_whole_message (gconstpointer data)
{
  g_autoptr (Rig) rig = rig_new_waiting (GPOINTER_TO_INT (data), RIG_UNIX);
  g_autoptr (GSource) source = g_timeout_source_new (3);

  rig->settings.frame_timeout = WS_TEST_DEADLINE * 1000;
  rig->settings.message_timeout = 40;
  ws_engine_start (rig->engine);
  rig_peer_text (rig, "before");
  rig_assert_log (rig, "text(before)");
  ws_test_block (50);
  rig_peer_frame (rig, FALSE, WS_OPCODE_TEXT, "a", 1);
  g_source_set_callback (source, on_fragment, rig, NULL);
  g_source_attach (source, rig->context);
  rig_until (rig, rig->engine->protocol.assembler.now->offset > 0
                      && rig->engine->protocol.assembler.now->received > 1);
  g_assert_cmpint (ws_engine_get_clocks (rig->engine)->since.begun, >,
                   rig->engine->traffic.since + 49000);
  rig_until (rig, strstr (rig->log->str, "about-to-close!TIMED_OUT"));
  g_source_destroy (source);
  g_assert_cmpuint (ws_engine_get_closing (rig->engine)->code, ==, 1001);
  g_assert_nonnull (
      strstr (ws_engine_get_closing (rig->engine)->reason, "message-timeout"));
}

/* What is read as a stream is not held, and may go on for ever. */
static void
test_streamed_message (gconstpointer data)
{
  g_autoptr (Rig) rig = rig_new_waiting (GPOINTER_TO_INT (data), RIG_UNIX);
  g_autoptr (GByteArray) wire = g_byte_array_new ();
  g_autoptr (GSource) source = g_timeout_source_new (5);
  Trickle trickle = { rig, wire, 0 };

  rig->settings.message_timeout = 10;
  ws_engine_set_streaming (rig->engine, TRUE);
  ws_engine_start (rig->engine);
  wire_append_text (wire, "0123456789", rig->role == WS_ROLE_SERVER);
  g_source_set_callback (source, on_trickle, &trickle, NULL);
  g_source_attach (source, rig->context);
  rig_until (rig, trickle.sent == wire->len);
  rig_settle (rig);
  g_assert_null (strstr (rig->log->str, "TIMED_OUT"));
}

/* The second half of one ping and the first half of the next, again and again:
 * each is finished in time. */
static void
test_cut_pings (gconstpointer data)
{
  g_autoptr (Rig) rig = rig_new_waiting (GPOINTER_TO_INT (data), RIG_UNIX);
  g_autoptr (GByteArray) wire = g_byte_array_new ();
  g_autoptr (GSource) source = g_timeout_source_new (25);
  const gsize size = rig->role == WS_ROLE_SERVER ? 7 : 3;
  Trickle     trickle = { rig, wire, 0 };

  rig->settings.frame_timeout = rig->settings.message_timeout = 200;
  ws_engine_start (rig->engine);
  for (guint i = 0; i < 20; i++)
    {
      WsFrameHeader header = { .fin = TRUE,
                               .opcode = WS_OPCODE_PING,
                               .masked = rig->role == WS_ROLE_SERVER,
                               .length = 1 };

      g_byte_array_set_size (wire, (guint) ((i + 1) * size));
      ws_frame_header_write (&header, wire->data + i * size);
      wire->data[(i + 1) * size - 1] = 'a';
    }
  trickle.piece = (guint) size;
  rig_peer_write (rig, wire->data, 2);
  trickle.sent = 2;
  g_source_set_callback (source, on_trickle, &trickle, NULL);
  g_source_attach (source, rig->context);
  rig_until (rig, trickle.sent == wire->len);
  rig_settle (rig);
  g_assert_null (strstr (rig->log->str, "TIMED_OUT"));
}

static void
add (const char *name, GTestDataFunc test)
{
  rig_add_test ("/engine/timers", name, test);
}

int
main (int argc, char *argv[])
{
  ws_test_init (&argc, &argv);

  add ("silent-peer", test_silent_peer);
  add ("own-writes", test_own_writes);
  add ("any-byte", test_any_byte);
  add ("blocked-loop", test_blocked_loop);
  add ("blocked-frame", test_blocked_frame);
  add ("keepalive-pongs", test_keepalive_pongs);
  add ("keepalive-update", test_keepalive_update);
  add ("partials", test_partials);
  add ("nothing-is-owed", test_nothing_is_owed);
  add ("too-late", test_too_late);
  add ("activity-extends", test_activity_extends);
  add ("pings-do-not-extend", test_pings_do_not_extend);
  add ("whole-message", test_whole_message);
  add ("streamed-message", test_streamed_message);
  add ("cut-pings", test_cut_pings);
  return g_test_run ();
}
