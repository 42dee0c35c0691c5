/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/ws-engine-private.h"

#include "engine-rig.h"
#include "support/faults.h"

#include <string.h>
#include <sys/socket.h>

static void
assert_closing (const Rig  *rig,
                guint       code,
                const char *reason,
                guint       sent,
                guint       received,
                gboolean    clean)
{
  g_assert_true (rig->ended);
  g_assert_cmpuint (rig->closing.code, ==, code);
  g_assert_cmpstr (rig->closing.reason, ==, reason);
  g_assert_cmpuint (rig->closing.sent, ==, sent);
  g_assert_cmpuint (rig->closing.received, ==, received);
  g_assert_cmpint (rig->closing.clean, ==, clean);
}

/* What happens once both close frames are exchanged: the server closes TCP
 * first, the client waits for it (RFC 6455, 7.1.1). */
static void
expect_tcp_end (Rig *rig, const char *log)
{
  if (rig->role == WS_ROLE_CLIENT)
    {
      rig_settle (rig);
      g_assert_false (rig->ended);
      g_assert_false (rig->peer_at_end);
      rig_peer_hang_up (rig);
      rig_assert_log (rig, log);
      return;
    }
  rig_assert_log (rig, log);
  rig_until (rig, rig->peer_at_end);
}

/* We close with 1001, the peer echoes. Queued messages go out first, and
 * receiving goes on. */
static void
test_we_close (gconstpointer data)
{
  g_autoptr (Rig) rig = rig_new (GPOINTER_TO_INT (data), RIG_UNIX);
  const WsClosing *closing;

  rig_send_text (rig, "one");
  ws_engine_close (rig->engine, 1001, "going away");
  closing = ws_engine_get_closing (rig->engine);
  g_assert_cmpuint (closing->code, ==, 1001);
  g_assert_cmpstr (closing->reason, ==, "going away");
  ws_engine_close (rig->engine, 4000, "again");
  rig_assert_read (rig, "text(one) close(1001 going away)");

  rig_peer_text (rig, "still here");
  rig_assert_log (rig, "text(still here)");
  rig_peer_close (rig, 1001, NULL);
  rig_assert_log (rig, rig->role == WS_ROLE_SERVER ? "read-finished ended"
                                                   : "read-finished");
  if (rig->role == WS_ROLE_CLIENT)
    expect_tcp_end (rig, "ended");
  assert_closing (rig, 1001, "going away", 1001, 1001, TRUE);
}

/* The peer may answer with another code: ours is what the user asked for. */
static void
test_peer_answers_differently (gconstpointer data)
{
  g_autoptr (Rig) rig = rig_new (GPOINTER_TO_INT (data), RIG_UNIX);

  ws_engine_close (rig->engine, 4001, NULL);
  rig_assert_read (rig, "close(4001)");
  rig_peer_close (rig, 3000, "mine");
  rig_peer_hang_up (rig);
  rig_assert_log (rig, "read-finished ended");
  assert_closing (rig, 4001, "", 4001, 3000, TRUE);
}

typedef struct
{
  const char *name;
  guint       code; /* of the peer's frame */
  const char *reason;
  const char *answer;
  guint       shown;
} PeerClose;

static const PeerClose peer_closes[] = {
  { "4000", 4000, NULL, "close(4000)", 4000 },
  { "reason", 1001, "bye", "close(1001 bye)", 1001 },
  { "empty", 1005, NULL, "close()", 1000 },
  { "1012", 1012, NULL, "close(1012)", 1012 },
};

static void
check_peer_close (WsRole role, const PeerClose *row)
{
  g_autoptr (Rig) rig = rig_new (role, RIG_UNIX);

  g_test_message ("%s", row->name);
  rig_peer_text (rig, "last");
  rig_peer_close (rig, row->code, row->reason);
  rig_peer_text (rig, "ignored");
  rig_assert_read (rig, row->answer);
  if (role == WS_ROLE_CLIENT)
    {
      rig_assert_log (rig, "text(last) about-to-close closing");
      expect_tcp_end (rig, "ended");
    }
  else
    expect_tcp_end (rig, "text(last) about-to-close closing ended");
  assert_closing (rig, row->shown, row->reason != NULL ? row->reason : "",
                  row->code, row->code, TRUE);
}

static void
test_peer_closes (gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (peer_closes); i++)
    check_peer_close (GPOINTER_TO_INT (data), &peer_closes[i]);
}

/* A peer that closes TCP right behind its close frame. */
static void
test_peer_closes_all (gconstpointer data)
{
  g_autoptr (Rig) rig = rig_new (GPOINTER_TO_INT (data), RIG_UNIX);

  rig_peer_close (rig, 1000, NULL);
  g_assert_no_errno (shutdown (rig->peer, SHUT_WR));
  rig_assert_read (rig, "close(1000)");
  rig_assert_log (rig, "about-to-close closing ended");
  assert_closing (rig, 1000, "", 1000, 1000, TRUE);
}

/* Both close at once: the frames cross. */
static void
test_crossing (gconstpointer data)
{
  g_autoptr (Rig) rig = rig_new (GPOINTER_TO_INT (data), RIG_UNIX);

  rig_peer_close (rig, 1001, "peer");
  ws_engine_close (rig->engine, 4000, "us");
  rig_assert_read (rig, "close(4000 us)");
  rig_peer_hang_up (rig);
  rig_assert_log (rig, "read-finished ended");
  assert_closing (rig, 4000, "us", 4000, 1001, TRUE);
}

static void
test_reason_is_cut (gconstpointer data)
{
  g_autoptr (Rig) rig = rig_new (GPOINTER_TO_INT (data), RIG_UNIX);
  GString *reason = g_string_new (NULL);

  for (guint i = 0; i < 100; i++)
    g_string_append (reason, "é");
  ws_engine_close (rig->engine, 1000, reason->str);
  g_string_truncate (reason, 122);
  g_assert_cmpstr (ws_engine_get_closing (rig->engine)->reason, ==,
                   reason->str);
  g_string_prepend (reason, "close(1000 ");
  g_string_append (reason, ")");
  rig_assert_read (rig, reason->str);
  g_string_free (reason, TRUE);
}

/* --- Losing the stream --- */

static void
test_eof (gconstpointer data)
{
  g_autoptr (Rig) rig = rig_new (GPOINTER_TO_INT (data), RIG_UNIX);

  rig_peer_text (rig, "last");
  rig_peer_hang_up (rig);
  rig_assert_log (rig, "text(last) ended!PEER_GONE");
  assert_closing (rig, 1006, NULL, 0, 0, FALSE);
}

static void
test_eof_after_our_close (gconstpointer data)
{
  g_autoptr (Rig) rig = rig_new (GPOINTER_TO_INT (data), RIG_UNIX);

  ws_engine_close (rig->engine, 1000, NULL);
  rig_assert_read (rig, "close(1000)");
  rig_peer_hang_up (rig);
  rig_assert_log (rig, "read-finished ended");
  assert_closing (rig, 1000, "", 1000, 0, FALSE);
}

static void
test_reset (gconstpointer data)
{
  g_autoptr (Rig) rig = rig_new (GPOINTER_TO_INT (data), RIG_TCP);

  rig_peer_reset (rig);
  rig_assert_log (rig, "ended!g-io-error-quark");
  assert_closing (rig, 1006, NULL, 0, 0, FALSE);
}

/* Writing fails while there is something to read: that comes first, and not
 * inside the call that wrote. */
static void
test_write_fails_first (gconstpointer data)
{
  g_autoptr (Rig) rig = rig_new_waiting (GPOINTER_TO_INT (data), RIG_UNIX);
  GString *expected = g_string_new (NULL);

  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *text = g_strdup_printf ("message %u", i);

      rig_peer_text (rig, text);
      g_string_append_printf (expected, "text(%s) ", text);
    }
  rig_peer_hang_up (rig);
  ws_engine_start (rig->engine);
  rig_send_text (rig, "nobody reads this");
  do
    g_assert_false (ws_engine_flush (rig->engine));
  while (ws_engine_get_bytes_to_write (rig->engine) > 0 && faults_are_on ());
  g_assert_cmpuint (ws_engine_get_bytes_to_write (rig->engine), ==, 0);
  g_assert_cmpstr (rig->log->str, ==, "");
  rig_until (rig, rig->ended);
  g_assert_true (g_str_has_prefix (rig->log->str, expected->str));
  g_assert_true (g_str_has_prefix (rig->log->str + expected->len, "ended!"));
  assert_closing (rig, 1006, NULL, 0, 0, FALSE);
  g_string_free (expected, TRUE);
}

/* --- Broken rules --- */

typedef struct
{
  const char *name;
  const char *to_client, *to_server; /* in hex */
  guint       code;
  const char *log;
} Breach;

static const Breach breaches[] = {
  { "reserved bit", "c1 00", "c1 80 00000000", 1002, "PROTOCOL" },
  { "reserved opcode", "83 00", "83 80 00000000", 1002, "PROTOCOL" },
  { "masked the wrong way", "81 80 00000000", "81 00", 1002, "PROTOCOL" },
  { "lone continuation", "80 00", "80 80 00000000", 1002, "PROTOCOL" },
  { "bad UTF-8", "81 01 ff", "81 81 00000000 ff", 1007, "INVALID_UTF8" },
  { "bad UTF-8, unfinished", "81 05 ff", "81 85 00000000 ff", 1007,
    "INVALID_UTF8" },
  { "too big", "82 7e 0401", "82 fe 0401 00000000", 1009, "TOO_BIG" },
  { "close with one byte", "88 01 03", "88 81 00000000 03", 1002, "PROTOCOL" },
  { "close with 1005", "88 02 03ed", "88 82 00000000 03ed", 1002, "PROTOCOL" },
  { "close with 999", "88 02 03e7", "88 82 00000000 03e7", 1002, "PROTOCOL" },
  { "close with bad UTF-8", "88 03 03e8ff", "88 83 00000000 03e8ff", 1007,
    "INVALID_UTF8" },
};

/* The one error comes first; the frame that leaves names what is wrong; the
 * connection ends uncleanly whatever the peer answers. */
static void
check_breach (WsRole role, const Breach *row, gboolean answers)
{
  g_autoptr (Rig) rig = rig_new_waiting (role, RIG_UNIX);
  g_autofree char *begin = g_strdup_printf ("close(%u ", row->code);
  g_autofree char *about
      = g_strdup_printf ("text(before) about-to-close!%s closing", row->log);
  g_autofree char *frames = NULL;

  g_test_message ("%s", row->name);
  rig->settings.max_incoming_frame_size = 1024;
  ws_engine_update (rig->engine);
  ws_engine_start (rig->engine);
  rig_peer_text (rig, "before");
  rig_peer_hex (rig, role == WS_ROLE_CLIENT ? row->to_client : row->to_server);
  rig_until (rig, rig_has_read_frame (rig));
  frames = wire_describe (rig->inbox->data, rig->inbox->len,
                          role == WS_ROLE_CLIENT);
  g_assert_true (g_str_has_prefix (frames, begin));
  g_assert_cmpuint (strlen (frames), >, strlen (begin) + 10);
  if (answers && !rig->ended)
    rig_peer_close (rig, row->code, NULL);
  rig_peer_hang_up (rig);
  rig_until (rig, rig->ended);
  g_assert_true (g_str_has_prefix (rig->log->str, about));
  g_assert_true (g_str_has_suffix (rig->log->str, " ended"));
  g_assert_cmpuint (rig->closing.code, ==, row->code);
  g_assert_cmpuint (rig->closing.sent, ==, row->code);
  g_assert_cmpuint (strlen (rig->closing.reason), >, 10);
  g_assert_false (rig->closing.clean);
}

static void
test_breaches (gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (breaches); i++)
    {
      check_breach (GPOINTER_TO_INT (data), &breaches[i], FALSE);
      check_breach (GPOINTER_TO_INT (data), &breaches[i], TRUE);
    }
}

/* The echo to our 1007 is read, and told. */
static void
test_echo_after_fault (gconstpointer data)
{
  g_autoptr (Rig) rig = rig_new (GPOINTER_TO_INT (data), RIG_UNIX);
  gboolean is_server = rig->role == WS_ROLE_SERVER;

  rig_peer_hex (rig, is_server ? "81 81 00000000 ff" : "81 01 ff");
  rig_until (rig, rig->inbox->len > 0);
  g_assert_false (rig->ended);
  if (is_server)
    rig_until (rig, rig->peer_at_end);
  rig_peer_text (rig, "ignored");
  rig_peer_close (rig, 1007, NULL);
  rig_peer_hang_up (rig);
  rig_assert_log (rig,
                  "about-to-close!INVALID_UTF8 closing read-finished ended");
  g_assert_cmpuint (rig->closing.sent, ==, 1007);
  g_assert_cmpuint (rig->closing.received, ==, 1007);
  g_assert_false (rig->closing.clean);
}

/* A second breach, while the first is being answered, is no second error. */
static void
test_fault_after_fault (gconstpointer data)
{
  g_autoptr (Rig) rig = rig_new (GPOINTER_TO_INT (data), RIG_UNIX);
  gboolean is_server = rig->role == WS_ROLE_SERVER;

  rig_peer_hex (rig, is_server ? "81 81 00000000 ff" : "81 01 ff");
  rig_peer_hex (rig, is_server ? "88 81 00000000 03" : "88 01 03");
  rig_peer_hang_up (rig);
  rig_until (rig, rig->ended);
  g_assert_null (strchr (strchr (rig->log->str, '!') + 1, '!'));
}

/* A breach after our close frame: nothing more can be said to the peer. */
static void
test_fault_while_closing (gconstpointer data)
{
  g_autoptr (Rig) rig = rig_new (GPOINTER_TO_INT (data), RIG_UNIX);

  ws_engine_close (rig->engine, 1000, NULL);
  rig_assert_read (rig, "close(1000)");
  rig_peer_hex (rig, rig->role == WS_ROLE_SERVER ? "c1 80 00000000" : "c1 00");
  rig_assert_log (rig, "ended!PROTOCOL");
  assert_closing (rig, 1000, "", 1000, 0, FALSE);
}

/* --- Time-outs --- */

static void
test_close_timeout (gconstpointer data)
{
  g_autoptr (Rig) rig = rig_new_waiting (GPOINTER_TO_INT (data), RIG_UNIX);

  rig->settings.close_timeout = 20;
  ws_engine_start (rig->engine);
  ws_engine_close (rig->engine, 4000, NULL);
  rig_assert_read (rig, "close(4000)");
  rig_assert_log (rig, "ended!TIMED_OUT");
  assert_closing (rig, 4000, "", 4000, 0, FALSE);
}

/* Our own loop is blocked for longer than the time-out, before the close frame
 * has left: the peer has had no chance so far, but gets only one. */
static void
test_close_timeout_when_blocked (gconstpointer data)
{
  for (guint is_silent = 0; is_silent < 2; is_silent++)
    {
      g_autoptr (Rig) rig = rig_new_waiting (GPOINTER_TO_INT (data), RIG_UNIX);

      rig->settings.close_timeout = 200;
      ws_engine_start (rig->engine);
      ws_engine_close (rig->engine, 4000, NULL);
      ws_test_block (400);
      rig_assert_read (rig, "close(4000)");
      if (is_silent)
        {
          rig_assert_log (rig, "ended!TIMED_OUT");
          continue;
        }
      rig_peer_close (rig, 4000, NULL);
      rig_peer_hang_up (rig);
      rig_assert_log (rig, "read-finished ended");
      assert_closing (rig, 4000, "", 4000, 4000, TRUE);
    }
}

/* The same in the second half. */
static void
test_close_timeout_when_blocked_late (gconstpointer data)
{
  g_autoptr (Rig) rig = rig_new_waiting (GPOINTER_TO_INT (data), RIG_UNIX);

  rig->settings.close_timeout = 400;
  ws_engine_start (rig->engine);
  ws_engine_close (rig->engine, 4000, NULL);
  rig_assert_read (rig, "close(4000)");
  rig_until (rig, !rig->engine->is_halfway);
  ws_test_block (600);
  rig_settle (rig);
  rig_peer_close (rig, 4000, NULL);
  rig_peer_hang_up (rig);
  rig_assert_log (rig, "read-finished ended");
  assert_closing (rig, 4000, "", 4000, 4000, TRUE);
}

static gboolean
on_chatter (gpointer user_data)
{
  Rig *rig = user_data;

  if (!rig->ended)
    rig_peer_text (rig, "more");
  return G_SOURCE_CONTINUE;
}

/* Traffic does not extend the deadline: a peer that never stops talking is cut
 * off all the same. */
static void
test_close_timeout_in_traffic (gconstpointer data)
{
  g_autoptr (Rig) rig = rig_new_waiting (GPOINTER_TO_INT (data), RIG_UNIX);
  g_autoptr (GSource) chatter = g_timeout_source_new (2);

  rig->settings.close_timeout = 50;
  ws_engine_start (rig->engine);
  g_source_set_callback (chatter, on_chatter, rig, NULL);
  g_source_attach (chatter, rig->context);
  ws_engine_close (rig->engine, 4000, NULL);
  rig_until (rig, rig->ended);
  g_source_destroy (chatter);
  g_assert_true (g_str_has_prefix (rig->log->str, "text(more) "));
  g_assert_true (g_str_has_suffix (rig->log->str, "ended!TIMED_OUT"));
}

static void
fill (Rig *rig)
{
  gsize              len = 8 * 1024 * 1024;
  g_autofree guint8 *data = wire_pattern (1, len);
  g_autoptr (GBytes) bytes = g_bytes_new (data, len);

  rig_peer_set_reading (rig, FALSE);
  ws_engine_send (rig->engine, WS_OPCODE_BINARY, NULL, len, bytes);
}

/* The peer reads nothing, so that not even the close frame gets out. */
static void
test_close_timeout_when_stuck (gconstpointer data)
{
  g_autoptr (Rig) rig = rig_new_waiting (GPOINTER_TO_INT (data), RIG_UNIX);

  rig->settings.close_timeout = 20;
  ws_engine_start (rig->engine);
  fill (rig);
  ws_engine_close (rig->engine, 4000, "why");
  rig_assert_log (rig, "ended!TIMED_OUT");
  assert_closing (rig, 4000, "why", 0, 0, FALSE);
}

/* Nor is it clean when the peer closes, but does not read our answer. */
static void
test_answer_is_stuck (gconstpointer data)
{
  g_autoptr (Rig) rig = rig_new_waiting (GPOINTER_TO_INT (data), RIG_UNIX);

  rig->settings.close_timeout = 20;
  ws_engine_start (rig->engine);
  fill (rig);
  rig_peer_close (rig, 1000, NULL);
  rig_assert_log (rig, "about-to-close closing ended!TIMED_OUT");
  assert_closing (rig, 1000, "", 0, 1000, FALSE);
}

/* A client whose server answers, but does not close TCP. */
static void
test_server_does_not_hang_up (void)
{
  g_autoptr (Rig) rig = rig_new_waiting (WS_ROLE_CLIENT, RIG_UNIX);

  rig->settings.close_timeout = 20;
  ws_engine_start (rig->engine);
  ws_engine_close (rig->engine, 1000, NULL);
  rig_peer_close (rig, 1000, NULL);
  rig_assert_log (rig, "read-finished ended");
  assert_closing (rig, 1000, "", 1000, 1000, TRUE);
}

/* A server gives the peer that broke a rule a FIN, and not for ever. */
static void
test_fault_timeout (void)
{
  g_autoptr (Rig) rig = rig_new_waiting (WS_ROLE_SERVER, RIG_UNIX);

  rig->settings.close_timeout = 20;
  ws_engine_start (rig->engine);
  rig_peer_hex (rig, "c1 80 00000000");
  rig_until (rig, rig->peer_at_end);
  rig_assert_log (rig, "about-to-close!PROTOCOL closing ended");
}

/* --- Leaving and dropping --- */

static void
test_leave (gconstpointer data)
{
  g_autoptr (Rig) rig = rig_new (GPOINTER_TO_INT (data), RIG_UNIX);

  rig_send_text (rig, "last");
  ws_engine_leave (g_steal_pointer (&rig->engine), 1001);
  /* What is not taken at once is not sent. */
  if (!faults_are_on ())
    rig_assert_read (rig, "text(last) close(1001)");
  rig_until (rig, rig->peer_at_end);
  g_assert_cmpstr (rig->log->str, ==, "");
}

static void
test_drop (gconstpointer data)
{
  g_autoptr (Rig) rig = rig_new (GPOINTER_TO_INT (data), RIG_UNIX);

  rig_send_text (rig, "never sent");
  ws_engine_drop (g_steal_pointer (&rig->engine));
  rig_until (rig, rig->peer_at_end);
  g_assert_cmpuint (rig->inbox->len, ==, 0);
  g_assert_cmpstr (rig->log->str, ==, "");
}

/* A reference may outlive the connection; it answers, and does nothing. */
static void
test_held_after_end (gconstpointer data)
{
  g_autoptr (Rig) rig = rig_new (GPOINTER_TO_INT (data), RIG_UNIX);
  WsEngine *engine = ws_engine_ref (rig->engine);

  rig_peer_hang_up (rig);
  rig_until (rig, rig->ended);
  ws_engine_send (engine, WS_OPCODE_TEXT, (const guint8 *) "x", 1, NULL);
  ws_engine_ping (engine, NULL, 0);
  ws_engine_close (engine, 1000, NULL);
  ws_engine_start (engine);
  g_assert_false (ws_engine_flush (engine));
  g_assert_null (ws_engine_get_transport (engine));
  g_assert_cmpuint (ws_engine_get_bytes_to_write (engine), ==, 0);
  rig_settle (rig);
  ws_engine_unref (engine);
  rig_assert_log (rig, "ended!PEER_GONE");
}

static void
add (const char *name, GTestDataFunc test)
{
  rig_add_test ("/engine/closing", name, test);
}

int
main (int argc, char *argv[])
{
  ws_test_init (&argc, &argv);

  add ("we-close", test_we_close);
  add ("peer-answers-differently", test_peer_answers_differently);
  add ("peer-closes", test_peer_closes);
  add ("peer-closes-all", test_peer_closes_all);
  add ("crossing", test_crossing);
  add ("reason-is-cut", test_reason_is_cut);
  add ("eof", test_eof);
  add ("eof-after-our-close", test_eof_after_our_close);
  add ("reset", test_reset);
  add ("write-fails-first", test_write_fails_first);
  add ("breaches", test_breaches);
  add ("echo-after-fault", test_echo_after_fault);
  add ("fault-after-fault", test_fault_after_fault);
  add ("fault-while-closing", test_fault_while_closing);
  add ("timeout", test_close_timeout);
  add ("timeout-when-blocked", test_close_timeout_when_blocked);
  add ("timeout-when-blocked-late", test_close_timeout_when_blocked_late);
  add ("timeout-in-traffic", test_close_timeout_in_traffic);
  add ("timeout-when-stuck", test_close_timeout_when_stuck);
  add ("answer-is-stuck", test_answer_is_stuck);
  add ("leave", test_leave);
  add ("drop", test_drop);
  add ("held-after-end", test_held_after_end);
  g_test_add_func ("/engine/closing/server-does-not-hang-up",
                   test_server_does_not_hang_up);
  g_test_add_func ("/engine/closing/fault-timeout", test_fault_timeout);
  return g_test_run ();
}
