/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine-rig.h"
#include "support/faults.h"

#include <string.h>
#include <sys/socket.h>

/* In every handler everything is legal, its own undoing included. Here: each
 * function of the sink, with each thing that its owner may do. */

/* --- What brings about each call --- */

static void
provoke_frame (Rig *rig)
{
  rig->wants_frames = TRUE;
  rig_peer_text (rig, "one");
}

static void
provoke_message (Rig *rig)
{
  rig_peer_text (rig, "one");
  rig_peer_text (rig, "two");
}

static void
provoke_ping (Rig *rig)
{
  rig_peer_frame (rig, TRUE, WS_OPCODE_PING, "x", 1);
  rig_peer_text (rig, "one");
}

static void
provoke_pong (Rig *rig)
{
  rig_peer_frame (rig, TRUE, WS_OPCODE_PONG, "x", 1);
  rig_peer_text (rig, "one");
}

static void
provoke_peer_close (Rig *rig)
{
  rig_peer_text (rig, "one");
  rig_peer_close (rig, 4000, "bye");
}

static void
provoke_fault (Rig *rig)
{
  rig_peer_hex (rig,
                rig->role == WS_ROLE_SERVER ? "81 81 00000000 ff" : "81 01 ff");
}

static void
provoke_answer (Rig *rig)
{
  ws_engine_close (rig->engine, 1000, NULL);
  rig_assert_read (rig, "close(1000)");
  rig_peer_close (rig, 1000, NULL);
}

static void
provoke_end_after_close (Rig *rig)
{
  ws_engine_close (rig->engine, 1000, NULL);
  rig_assert_read (rig, "close(1000)");
  rig_peer_hang_up (rig);
}

static void
provoke_write (Rig *rig)
{
  rig->settings.write_high_water_mark = 1;
  rig_send_text (rig, "one");
}

static void
provoke_end (Rig *rig)
{
  rig_peer_text (rig, "one");
  rig_peer_hang_up (rig);
}

static void
provoke_broken_write (Rig *rig)
{
  rig_peer_text (rig, "one");
  rig_peer_hang_up (rig);
  rig_send_text (rig, "nobody reads this");
  ws_engine_flush (rig->engine);
}

typedef struct
{
  const char *name;
  const char *what; /* the sink function */
  void (*provoke) (Rig *rig);
} Occasion;

static const Occasion occasions[] = {
  { "frame", "frame", provoke_frame },
  { "message", "message", provoke_message },
  { "ping", "ping", provoke_ping },
  { "pong", "pong", provoke_pong },
  { "about-to-close", "about-to-close", provoke_peer_close },
  { "about-to-fail", "about-to-close", provoke_fault },
  { "closing", "closing", provoke_peer_close },
  { "failing", "closing", provoke_fault },
  { "answer", "read-finished", provoke_answer },
  { "end-after-close", "read-finished", provoke_end_after_close },
  { "written", "written", provoke_write },
  { "drained", "drained", provoke_write },
  { "end", "ended", provoke_end },
  { "broken", "broken", provoke_broken_write },
  { "broken-write", "ended", provoke_broken_write },
  { "end-of-closing", "ended", provoke_end_after_close },
};

/* --- What the owner does --- */

static void
drop (Rig *rig)
{
  g_clear_pointer (&rig->engine, ws_engine_drop);
}

static void
leave (Rig *rig)
{
  if (rig->engine != NULL)
    ws_engine_leave (g_steal_pointer (&rig->engine), 1001);
}

static void
close_it (Rig *rig)
{
  if (rig->engine != NULL)
    ws_engine_close (rig->engine, 1000, "enough");
}

static void
send_it (Rig *rig)
{
  gsize              len = 1024 * 1024;
  g_autofree guint8 *payload = wire_pattern (1, len);

  if (rig->engine != NULL)
    ws_engine_send (rig->engine, WS_OPCODE_BINARY, payload, len, NULL);
}

static void
send_and_flush (Rig *rig)
{
  send_it (rig);
  if (rig->engine != NULL)
    ws_engine_flush (rig->engine);
}

static void
ping_it (Rig *rig)
{
  if (rig->engine != NULL)
    ws_engine_ping (rig->engine, (const guint8 *) "y", 1);
}

static void
nest (Rig *rig)
{
  rig_settle (rig);
}

static void
nest_and_drop (Rig *rig)
{
  rig_settle (rig);
  drop (rig);
}

static void
close_and_nest (Rig *rig)
{
  close_it (rig);
  rig_settle (rig);
}

static void
hang_up_and_nest (Rig *rig)
{
  rig_peer_hang_up (rig);
  rig_settle (rig);
}

static const struct
{
  const char *name;
  void (*act) (Rig *rig);
} actions[] = {
  { "drop", drop },
  { "leave", leave },
  { "close", close_it },
  { "send", send_it },
  { "send-and-flush", send_and_flush },
  { "ping", ping_it },
  { "nest", nest },
  { "nest-and-drop", nest_and_drop },
  { "close-and-nest", close_and_nest },
  { "hang-up-and-nest", hang_up_and_nest },
};

typedef struct
{
  const Occasion *occasion;
  guint           action;
  gboolean        done;
} Pair;

static void
on_occasion (Rig *rig, const char *what)
{
  Pair *pair = rig->data;

  if (pair->done || strcmp (what, pair->occasion->what) != 0)
    return;
  pair->done = TRUE;
  actions[pair->action].act (rig);
  /* Nothing comes after an end that the owner made. */
  if (rig->engine == NULL && !rig->ended)
    g_string_append (rig->log, " dropped");
}

static guint
count (const char *text, const char *what)
{
  guint n = 0;

  for (; (text = strstr (text, what)) != NULL; text++)
    n++;
  return n;
}

static void
check_pair (WsRole role, const Occasion *occasion, guint action)
{
  g_autoptr (Rig) rig = rig_new (role, RIG_UNIX);
  Pair pair = { occasion, action, FALSE };

  g_test_message ("%s in %s", actions[action].name, occasion->name);
  rig->settings.close_timeout = 1000;
  rig->hook = on_occasion;
  rig->data = &pair;
  occasion->provoke (rig);
  rig_until (rig, pair.done);
  rig_settle (rig);
  if (rig->peer >= 0 && !rig->ended && rig->engine != NULL)
    rig_peer_close (rig, 1000, NULL);
  rig_settle (rig);
  rig_peer_hang_up (rig);
  rig_until (rig, rig->engine == NULL);
  rig_settle (rig);
  if (rig->ended)
    g_assert_cmpuint (count (rig->log->str, "ended"), ==, 1);
  else
    g_assert_true (g_str_has_suffix (rig->log->str, "dropped"));
  g_assert_cmpuint (count (rig->log->str, "!"), <=, 1);
  g_assert_cmpuint (count (rig->log->str, "about-to-close"), <=, 1);
  g_assert_cmpuint (count (rig->log->str, "text(one)"), <=, 1);
}

/* Two actions in one handler, whichever they are. */
static void
test_pairs (gconstpointer data)
{
  const Occasion *occasion = data;

  for (guint action = 0; action < G_N_ELEMENTS (actions); action++)
    {
      check_pair (WS_ROLE_CLIENT, occasion, action);
      check_pair (WS_ROLE_SERVER, occasion, action);
    }
}

/* --- Nested main loops --- */

static void
nest_until_three (Rig *rig, const char *what)
{
  const WsEvent   *event = rig->event;
  g_autofree char *before = NULL;

  if (strcmp (what, "message") != 0)
    return;
  rig->hook = NULL;
  before = g_strndup ((const char *) event->data, event->len);
  rig_until (rig, strstr (rig->log->str, "text(3)") != NULL);
  g_assert_cmpmem (event->data, event->len, before, strlen (before));
  rig_peer_text (rig, "later");
  rig_until (rig, strstr (rig->log->str, "text(later)") != NULL);
  g_assert_cmpmem (event->data, event->len, before, strlen (before));
}

/* Qt: tst_DataProcessor::clearDataBuffers. The rest of the batch comes in the
 * nested loop, in order and once, and the outer message stays as it is. */
static void
test_nested_order (gconstpointer data)
{
  g_autoptr (Rig) rig = rig_new (GPOINTER_TO_INT (data), RIG_UNIX);
  g_autoptr (GByteArray) wire = g_byte_array_new ();
  gboolean masked = rig->role == WS_ROLE_SERVER;

  for (guint i = 1; i <= 5; i++)
    {
      char text[] = { '0' + i, '\0' };

      wire_append_text (wire, text, masked);
    }
  rig->hook = nest_until_three;
  rig_peer_write (rig, wire->data, wire->len);
  rig_assert_log (rig, "text(1) text(2) text(3) text(4) text(5) text(later)");
}

static void
nest_deeply (Rig *rig, const char *what)
{
  if (strcmp (what, "message") == 0)
    rig_settle (rig);
}

/* Each message of a batch in a loop of its own, one in the other. */
static void
test_nested_deeply (gconstpointer data)
{
  g_autoptr (Rig) rig = rig_new (GPOINTER_TO_INT (data), RIG_UNIX);
  g_autoptr (GString) expected = g_string_new (NULL);
  g_autoptr (GByteArray) wire = g_byte_array_new ();

  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *text = g_strdup_printf ("%u", i);

      wire_append_text (wire, text, rig->role == WS_ROLE_SERVER);
      g_string_append_printf (expected, "text(%u) ", i);
    }
  rig->hook = nest_deeply;
  rig_peer_write (rig, wire->data, wire->len);
  rig_peer_hang_up (rig);
  g_string_append (expected, "ended!PEER_GONE");
  rig_assert_log (rig, expected->str);
}

static void
nest_for_other (Rig *rig, const char *what)
{
  Rig *other = rig->data;

  rig->hook = NULL;
  rig_peer_text (other, "a");
  rig_send_text (other, "b");
  rig_assert_log (other, "text(a)");
  rig_assert_read (other, "text(b)");
}

/* During a nested main loop all other sockets of the context go on. */
static void
test_others_go_on (gconstpointer data)
{
  g_autoptr (Rig) rig = rig_new (GPOINTER_TO_INT (data), RIG_UNIX);
  g_autoptr (Rig) other = rig_new_beside (rig, WS_ROLE_SERVER);

  rig->hook = nest_for_other;
  rig->data = other;
  rig_peer_text (rig, "Hello");
  rig_assert_log (rig, "text(Hello)");
}

static void
drop_other (Rig *rig, const char *what)
{
  drop (rig->data);
}

/* One that is dropped while its own readiness waits in the same batch. */
static void
test_drop_other (gconstpointer data)
{
  g_autoptr (Rig) rig = rig_new (GPOINTER_TO_INT (data), RIG_UNIX);
  g_autoptr (Rig) other = rig_new_beside (rig, WS_ROLE_SERVER);

  rig->hook = other->hook = drop_other;
  rig->data = other;
  other->data = rig;
  rig_peer_text (rig, "a");
  rig_peer_text (other, "b");
  rig_until (rig, rig->log->len + other->log->len > 0);
  rig_settle (rig);
  g_assert_cmpuint (rig->log->len + other->log->len, ==, strlen ("text(a)"));
}

/* --- Announcing the end --- */

static void
close_when_told (Rig *rig, const char *what)
{
  if (strcmp (what, "about-to-close") != 0)
    return;
  rig_send_text (rig, "goodbye");
  ws_engine_close (rig->engine, 4999, "mine");
}

/* Sending still works; what is decided already stays. */
static void
test_close_when_told (gconstpointer data)
{
  g_autoptr (Rig) rig = rig_new (GPOINTER_TO_INT (data), RIG_UNIX);

  rig->hook = close_when_told;
  rig_peer_close (rig, 4000, "bye");
  rig_assert_read (rig, "text(goodbye) close(4000 bye)");
  rig_peer_hang_up (rig);
  rig_assert_log (rig, "about-to-close ended");
  g_assert_cmpuint (rig->closing.code, ==, 4000);
  g_assert_cmpuint (rig->closing.sent, ==, 4000);
  g_assert_true (rig->closing.clean);
}

static void
nest_and_close (Rig *rig, const char *what)
{
  if (strcmp (what, "about-to-close") != 0)
    return;
  rig_peer_close (rig, 1000, "meanwhile");
  rig_settle (rig);
  ws_engine_close (rig->engine, 4999, "mine");
}

/* Nor does a close frame that comes meanwhile change what we say of a fault. */
static void
test_fault_stays (gconstpointer data)
{
  g_autoptr (Rig) rig = rig_new (GPOINTER_TO_INT (data), RIG_UNIX);
  g_autofree char *frames = NULL;

  rig->hook = nest_and_close;
  provoke_fault (rig);
  rig_until (rig, rig_has_read_frame (rig));
  frames = wire_describe (rig->inbox->data, rig->inbox->len,
                          rig->role == WS_ROLE_CLIENT);
  g_assert_true (g_str_has_prefix (frames, "close(1007 "));
  rig_peer_hang_up (rig);
  rig_assert_log (rig, "about-to-close!INVALID_UTF8 ended");
  g_assert_cmpuint (rig->closing.code, ==, 1007);
  g_assert_cmpuint (rig->closing.sent, ==, 1007);
  g_assert_cmpuint (rig->closing.received, ==, 1000);
}

static void
nest_when_told (Rig *rig, const char *what)
{
  if (strcmp (what, "about-to-close") == 0)
    rig_until (rig, rig->ended);
}

/* The stream ends while the end is still being announced. The answer is tried
 * once: nobody can tell whether the peer reads still. */
static void
test_end_while_announcing (gconstpointer data)
{
  g_autoptr (Rig) rig = rig_new (GPOINTER_TO_INT (data), RIG_UNIX);

  rig->hook = nest_when_told;
  rig_peer_close (rig, 4000, NULL);
  g_assert_no_errno (shutdown (rig->peer, SHUT_WR));
  rig_assert_log (rig, "about-to-close ended");
  g_assert_cmpuint (rig->closing.code, ==, 4000);
  if (faults_are_on () && !rig->closing.clean)
    return;
  rig_assert_read (rig, "close(4000)");
  g_assert_cmpuint (rig->closing.sent, ==, 4000);
  g_assert_true (rig->closing.clean);
}

static void
add (const char *name, GTestDataFunc test)
{
  rig_add_test ("/engine/handlers", name, test);
}

int
main (int argc, char *argv[])
{
  ws_test_init (&argc, &argv);

  for (guint i = 0; i < G_N_ELEMENTS (occasions); i++)
    {
      g_autofree char *path
          = g_strdup_printf ("/engine/handlers/in-%s", occasions[i].name);

      g_test_add_data_func (path, &occasions[i], test_pairs);
    }
  add ("nested-order", test_nested_order);
  add ("nested-deeply", test_nested_deeply);
  add ("others-go-on", test_others_go_on);
  add ("drop-other", test_drop_other);
  add ("close-when-told", test_close_when_told);
  add ("fault-stays", test_fault_stays);
  add ("end-while-announcing", test_end_while_announcing);
  return g_test_run ();
}
