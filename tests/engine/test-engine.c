/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine-rig.h"

#include <string.h>

#include "fake-transport.h"

/* --- Sending --- */

static Rig *
new_fake (WsRole role, FakeTransport **transport)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (WsPoller) poller = ws_poller_get (context);
  Rig *rig;

  *transport = fake_transport_new (poller);
  rig = rig_new_for_transport (context, role, &(*transport)->parent);
  ws_engine_start (rig->engine);
  return rig;
}

/* Sends of one main loop iteration share writes. */
static void
test_coalesce (gconstpointer data)
{
  FakeTransport *transport;
  g_autoptr (Rig) rig = new_fake (GPOINTER_TO_INT (data), &transport);

  for (guint i = 0; i < 10; i++)
    rig_send_text (rig, "Hello");
  g_assert_cmpuint (transport->n_calls, ==, 0);
  rig_settle (rig);
  g_assert_cmpuint (transport->n_calls, ==, 1);
  g_assert_cmpuint (rig->written, ==, transport->written->len);
}

/* flush() writes now; the iteration then has nothing left to write. */
static void
test_flush (gconstpointer data)
{
  FakeTransport *transport;
  g_autoptr (Rig) rig = new_fake (GPOINTER_TO_INT (data), &transport);
  gsize len;

  g_assert_false (ws_engine_flush (rig->engine));
  rig_send_text (rig, "Hello");
  len = ws_engine_get_bytes_to_write (rig->engine);
  transport->capacity = 3;
  g_assert_true (ws_engine_flush (rig->engine));
  g_assert_cmpuint (ws_engine_get_bytes_to_write (rig->engine), ==, len - 3);
  g_assert_false (ws_engine_flush (rig->engine));
  g_assert_cmpuint (ws_engine_get_bytes_to_write (rig->engine), ==, len - 3);
  g_assert_cmpint (transport->wanted, ==, G_IO_IN | G_IO_OUT);
  transport->capacity = G_MAXUINT;
  g_assert_true (ws_engine_flush (rig->engine));
  g_assert_cmpuint (ws_engine_get_bytes_to_write (rig->engine), ==, 0);
  g_assert_cmpint (transport->wanted, ==, G_IO_IN);
  transport->n_calls = 0;
  rig_settle (rig);
  g_assert_cmpuint (transport->n_calls, ==, 0);
  g_assert_cmpuint (rig->written, ==, len);
}

typedef struct
{
  gsize       len;
  guint64     frame_size;
  const char *frames;
} Fragmentation;

static const Fragmentation fragmentations[] = {
  { 0, 0, "text()" },
  { 0, 1, "text()" },
  { 3, 0, "text(abc)" },
  { 3, 1, "text(a)+ continuation(b)+ continuation(c)" },
  { 3, 2, "text(ab)+ continuation(c)" },
  { 3, 3, "text(abc)" },
  { 6, 3, "text(abc)+ continuation(def)" },
  { 7, 3, "text(abc)+ continuation(def)+ continuation(g)" },
  { 7, G_MAXUINT64, "text(abcdefg)" },
};

static void
test_fragments (gconstpointer data)
{
  for (guint i = 0; i < 2 * G_N_ELEMENTS (fragmentations); i++)
    {
      const Fragmentation *row = &fragmentations[i / 2];
      g_autoptr (Rig) rig = rig_new (GPOINTER_TO_INT (data), RIG_UNIX);
      g_autoptr (GBytes) bytes = g_bytes_new_static ("abcdefgh", row->len);

      rig->settings.outgoing_frame_size = row->frame_size;
      ws_engine_send (rig->engine, WS_OPCODE_TEXT, (const guint8 *) "abcdefgh",
                      row->len, i & 1 ? bytes : NULL);
      rig_assert_read (rig, row->frames);
    }
}

/* Large fragments are parts of one reference. */
static void
test_large_fragments (gconstpointer data)
{
  g_autoptr (Rig) rig = rig_new (GPOINTER_TO_INT (data), RIG_UNIX);
  gsize len = 3 * 1024 * 1024 + 5, part = 512 * 1024;
  g_autoptr (GBytes) bytes = g_bytes_new_take (wire_pattern (3, len), len);
  const guint8 *payload = g_bytes_get_data (bytes, NULL);
  g_autoptr (GByteArray) wire = g_byte_array_new ();
  g_autofree char *expected = NULL;

  for (gsize at = 0; at < len; at += part)
    wire_append (wire, at + part >= len,
                 at == 0 ? WS_OPCODE_BINARY : WS_OPCODE_CONTINUATION,
                 payload + at, MIN (part, len - at), FALSE);
  expected = wire_describe (wire->data, wire->len, FALSE);
  rig->settings.outgoing_frame_size = part;
  ws_engine_send (rig->engine, WS_OPCODE_BINARY, NULL, len, bytes);
  rig_assert_read (rig, expected);
}

/* What is judged against max_bytes_to_write is what will be on the wire. */
static void
test_bytes_to_write (gconstpointer data)
{
  static const gsize lens[]
      = { 0, 1, 2, 125, 126, 127, 1000, 8192, 65535, 65536, 200000 };
  static const guint64 sizes[] = { 0, 1, 2, 125, 126, 1000, 65535, 65536 };

  for (guint i = 0; i < G_N_ELEMENTS (lens) * G_N_ELEMENTS (sizes); i++)
    {
      gsize          len = lens[i / G_N_ELEMENTS (sizes)];
      FakeTransport *transport;
      g_autoptr (Rig) rig = new_fake (GPOINTER_TO_INT (data), &transport);
      g_autofree guint8 *payload = wire_pattern (1, len);
      guint64            cost;

      rig->settings.outgoing_frame_size = sizes[i % G_N_ELEMENTS (sizes)];
      if (rig->settings.outgoing_frame_size < 3 && len > 1000)
        continue;
      ws_engine_send (rig->engine, WS_OPCODE_BINARY, payload, len, NULL);
      cost = ws_engine_get_bytes_to_write (rig->engine);
      g_assert_true (ws_engine_flush (rig->engine));
      g_assert_cmpuint (cost, ==, transport->written->len);
      g_assert_cmpuint (ws_engine_get_bytes_to_write (rig->engine), ==, 0);
      g_assert_cmpuint (rig->written, ==, cost);

      rig->settings.max_bytes_to_write = cost;
      g_assert_true (ws_engine_has_room (rig->engine, len));
      rig->settings.max_bytes_to_write = cost - 1;
      g_assert_false (ws_engine_has_room (rig->engine, len));
    }
}

static void
test_max_bytes_to_write (gconstpointer data)
{
  FakeTransport *transport;
  g_autoptr (Rig) rig = new_fake (GPOINTER_TO_INT (data), &transport);

  transport->capacity = 0;
  rig->settings.max_bytes_to_write = 100;
  while (ws_engine_has_room (rig->engine, 10))
    ws_engine_send (rig->engine, WS_OPCODE_TEXT, (const guint8 *) "0123456789",
                    10, NULL);
  g_assert_cmpuint (ws_engine_get_bytes_to_write (rig->engine), <=, 100);
  g_assert_cmpuint (ws_engine_get_bytes_to_write (rig->engine), >, 80);
  g_assert_false (ws_engine_has_room (rig->engine, G_MAXSIZE));
  transport->capacity = 50;
  ws_engine_flush (rig->engine);
  g_assert_true (ws_engine_has_room (rig->engine, 10));
}

/* Drained comes once for each time that the mark was crossed, when half of it
 * is left. */
static void
test_drained (gconstpointer data)
{
  FakeTransport *transport;
  g_autoptr (Rig) rig = new_fake (GPOINTER_TO_INT (data), &transport);
  g_autofree guint8 *payload = wire_pattern (1, 1000);

  rig->settings.write_high_water_mark = 3000;
  for (guint round = 1; round <= 2; round++)
    {
      transport->capacity = transport->written->len;
      for (guint i = 0; i < 4; i++)
        ws_engine_send (rig->engine, WS_OPCODE_BINARY, payload, 1000, NULL);
      rig_assert_log (rig, "");
      transport->capacity += 2000;
      ws_engine_flush (rig->engine);
      rig_assert_log (rig, "");
      transport->capacity += 1000;
      ws_engine_flush (rig->engine);
      rig_assert_log (rig, "drained");
      transport->capacity = G_MAXUINT;
      ws_engine_flush (rig->engine);
      rig_assert_log (rig, "");
    }
  ws_engine_send (rig->engine, WS_OPCODE_BINARY, payload, 1000, NULL);
  rig_assert_log (rig, "");
}

/* A real socket whose peer reads slowly. */
static void
test_slow_reader (gconstpointer data)
{
  g_autoptr (Rig) rig = rig_new (GPOINTER_TO_INT (data), RIG_UNIX);
  gsize len = 4 * 1024 * 1024;
  g_autoptr (GBytes) bytes = g_bytes_new_take (wire_pattern (1, len), len);
  g_autoptr (GByteArray) wire = g_byte_array_new ();
  g_autofree char *expected = NULL;

  rig_peer_set_reading (rig, FALSE);
  rig->settings.outgoing_frame_size = 0;
  ws_engine_send (rig->engine, WS_OPCODE_BINARY, NULL, len, bytes);
  rig_settle (rig);
  g_assert_cmpuint (ws_engine_get_bytes_to_write (rig->engine), >, 0);
  g_assert_cmpuint (rig->written, >, 0);
  rig_peer_set_reading (rig, TRUE);
  wire_append (wire, TRUE, WS_OPCODE_BINARY, g_bytes_get_data (bytes, NULL),
               len, FALSE);
  expected = wire_describe (wire->data, wire->len, FALSE);
  rig_assert_read (rig, expected);
  rig_assert_log (rig, "drained");
  g_assert_cmpuint (ws_engine_get_bytes_to_write (rig->engine), ==, 0);
}

/* A user's mask generator that sends while a message is cut into fragments, or
 * closes: both stay whole, and nothing follows the close frame. */
static void
draw_and_send (gpointer user_data, guint8 mask[4])
{
  Rig *rig = user_data;

  memset (mask, 0x55, 4);
  if (rig->data == NULL)
    {
      rig->data = rig;
      rig_send_text (rig, "inner");
    }
}

static void
draw_and_close (gpointer user_data, guint8 mask[4])
{
  Rig *rig = user_data;

  memset (mask, 0x55, 4);
  if (rig->data == NULL)
    {
      rig->data = rig;
      ws_engine_close (rig->engine, 1000, NULL);
    }
}

static void
draw_and_drop (gpointer user_data, guint8 mask[4])
{
  Rig *rig = user_data;

  memset (mask, 0x55, 4);
  g_clear_pointer (&rig->engine, ws_engine_drop);
}

static void
test_draw (void)
{
  g_autoptr (Rig) rig = rig_new (WS_ROLE_CLIENT, RIG_UNIX);
  WsEngine *engine = ws_engine_ref (rig->engine);

  rig->settings.outgoing_frame_size = 2;
  ws_engine_set_draw (engine, draw_and_send, rig);
  rig_send_text (rig, "outer");
  rig_assert_read (rig, "text(in)+ continuation(ne)+ continuation(r) "
                        "text(ou)+ continuation(te)+ continuation(r)");
  rig->data = NULL;
  ws_engine_set_draw (engine, draw_and_close, rig);
  rig_send_text (rig, "never");
  ws_engine_ping (engine, NULL, 0);
  rig_assert_read (rig, "close(1000)");
  ws_engine_unref (engine);
}

/* The pong to a ping needs a mask, too. */
static void
test_draw_drops (void)
{
  g_autoptr (Rig) rig = rig_new (WS_ROLE_CLIENT, RIG_UNIX);

  ws_engine_set_draw (rig->engine, draw_and_drop, rig);
  rig_peer_frame (rig, TRUE, WS_OPCODE_PING, "x", 1);
  rig_until (rig, rig->peer_at_end);
  rig_assert_log (rig, "");
}

/* --- Receiving --- */

static void
test_receive (gconstpointer data)
{
  g_autoptr (Rig) rig = rig_new (GPOINTER_TO_INT (data), RIG_UNIX);

  rig_peer_text (rig, "Hello");
  rig_peer_text (rig, "");
  rig_peer_frame (rig, FALSE, WS_OPCODE_BINARY, "a", 1);
  rig_peer_frame (rig, TRUE, WS_OPCODE_PING, "p", 1);
  rig_peer_frame (rig, TRUE, WS_OPCODE_CONTINUATION, "b", 1);
  rig_assert_log (rig, "text(Hello) text() ping(p) binary(ab)");
  rig_assert_read (rig, "pong(p)");
}

static void
test_receive_frames (gconstpointer data)
{
  g_autoptr (Rig) rig = rig_new (GPOINTER_TO_INT (data), RIG_UNIX);

  rig->wants_frames = TRUE;
  rig_peer_text (rig, "Hello");
  rig_peer_frame (rig, FALSE, WS_OPCODE_TEXT, "a", 1);
  rig_peer_frame (rig, TRUE, WS_OPCODE_CONTINUATION, "b", 1);
  rig_assert_log (
      rig, "last-frame(Hello) text(Hello) frame(a) last-frame(b) text(ab)");
}

/* Every split of what is sent. */
static void
test_splits (gconstpointer data)
{
  g_autoptr (Rig) rig = rig_new (GPOINTER_TO_INT (data), RIG_UNIX);
  g_autoptr (GByteArray) wire = g_byte_array_new ();
  gboolean masked = rig->role == WS_ROLE_SERVER;

  wire_append_text (wire, "Hello", masked);
  wire_append (wire, FALSE, WS_OPCODE_TEXT, "\xc3", 1, masked);
  wire_append (wire, TRUE, WS_OPCODE_PONG, "x", 1, masked);
  wire_append (wire, TRUE, WS_OPCODE_CONTINUATION, "\xa9", 1, masked);
  for (gsize split = 0; split <= wire->len; split++)
    {
      rig_peer_write (rig, wire->data, split);
      rig_settle (rig);
      rig_peer_write (rig, wire->data + split, wire->len - split);
      rig_assert_log (rig, "text(Hello) unasked-pong(x) text(é)");
    }
  for (gsize i = 0; i < wire->len; i++)
    {
      rig_peer_write (rig, wire->data + i, 1);
      rig_settle (rig);
    }
  rig_assert_log (rig, "text(Hello) unasked-pong(x) text(é)");
}

/* A message larger than the read buffer, and than a turn's budget. */
static void
test_large_message (gconstpointer data)
{
  g_autoptr (Rig) rig = rig_new (GPOINTER_TO_INT (data), RIG_TCP);
  gsize              len = 5 * 1024 * 1024;
  g_autofree guint8 *payload = wire_pattern (1, len);

  rig_peer_frame (rig, TRUE, WS_OPCODE_BINARY, payload, len);
  rig_peer_text (rig, "behind");
  rig_assert_log (rig, "binary[5242880] text(behind)");
}

/* Nothing is read before the start; what came with the handshake is the first
 * input. */
static void
test_start_order (gconstpointer data)
{
  g_autoptr (Rig) rig = rig_new_waiting (GPOINTER_TO_INT (data), RIG_UNIX);
  g_autoptr (GByteArray) wire = g_byte_array_new ();

  wire_append_text (wire, "first", rig->role == WS_ROLE_SERVER);
  wire_append_text (wire, "second", rig->role == WS_ROLE_SERVER);
  ws_engine_push_input (rig->engine, wire->data, wire->len - 3);
  rig_peer_write (rig, wire->data + wire->len - 3, 3);
  rig_peer_text (rig, "third");
  rig_assert_log (rig, "");
  ws_engine_start (rig->engine);
  rig_assert_log (rig, "text(first) text(second) text(third)");
}

/* Sending goes before the start: the head of the answer, and messages. */
static void
test_send_before_start (gconstpointer data)
{
  g_autoptr (Rig) rig = rig_new_waiting (GPOINTER_TO_INT (data), RIG_UNIX);

  ws_engine_push_head (rig->engine, "\x82\x00", 2);
  ws_engine_ping (rig->engine, (const guint8 *) "p", 1);
  rig_until (rig, rig->inbox->len > 2);
  g_assert_cmpmem (rig->inbox->data, 2, "\x82\x00", 2);
  g_byte_array_remove_range (rig->inbox, 0, 2);
  rig_assert_read (rig, "ping(p)");
  rig_peer_frame (rig, TRUE, WS_OPCODE_PONG, "p", 1);
  ws_engine_start (rig->engine);
  rig_assert_log (rig, "pong(p)");
}

static void
test_gone_before_start (gconstpointer data)
{
  g_autoptr (Rig) rig = rig_new_waiting (GPOINTER_TO_INT (data), RIG_UNIX);

  rig_peer_text (rig, "last");
  rig_peer_hang_up (rig);
  rig_assert_log (rig, "");
  ws_engine_start (rig->engine);
  rig_assert_log (rig, "text(last) ended!PEER_GONE");
}

/* --- Pings --- */

static void
test_pong (gconstpointer data)
{
  g_autoptr (Rig) rig = rig_new (GPOINTER_TO_INT (data), RIG_UNIX);

  g_assert_cmpint (ws_engine_get_latency (rig->engine), ==, -1);
  ws_engine_ping (rig->engine, (const guint8 *) "a", 1);
  ws_engine_ping (rig->engine, (const guint8 *) "b", 1);
  rig_assert_read (rig, "ping(a) ping(b)");
  rig_peer_frame (rig, TRUE, WS_OPCODE_PONG, "b", 1);
  rig_assert_log (rig, "pong(b)");
  g_assert_cmpint (rig->elapsed, >=, 0);
  g_assert_cmpint (ws_engine_get_latency (rig->engine), ==, rig->elapsed);
  rig_peer_frame (rig, TRUE, WS_OPCODE_PONG, "a", 1);
  rig_assert_log (rig, "unasked-pong(a)");
  g_assert_cmpint (rig->elapsed, ==, -1);
}

/* A ping and a pong go before messages that wait, between two frames. */
static void
test_control_between (gconstpointer data)
{
  g_autoptr (Rig) rig = rig_new (GPOINTER_TO_INT (data), RIG_UNIX);
  gsize len = 4 * 1024 * 1024;
  g_autoptr (GBytes) bytes = g_bytes_new_take (wire_pattern (1, len), len);
  g_autofree char *frames = NULL;

  rig->settings.outgoing_frame_size = 512 * 1024;
  rig_peer_set_reading (rig, FALSE);
  ws_engine_send (rig->engine, WS_OPCODE_BINARY, NULL, len, bytes);
  rig_send_text (rig, "last");
  rig_settle (rig);
  rig_peer_frame (rig, TRUE, WS_OPCODE_PING, "x", 1);
  rig_assert_log (rig, "ping(x)");
  ws_engine_ping (rig->engine, (const guint8 *) "y", 1);
  ws_engine_close (rig->engine, 1000, NULL);
  rig_peer_set_reading (rig, TRUE);
  rig_until (rig, ws_engine_get_bytes_to_write (rig->engine) == 0);
  rig_settle (rig);
  frames = wire_describe (rig->inbox->data, rig->inbox->len,
                          rig->role == WS_ROLE_CLIENT);
  g_assert_nonnull (strstr (frames, "]+ pong(x) ping(y) continuation["));
  g_assert_true (g_str_has_suffix (frames, "] text(last) close(1000)"));
}

static void
test_no_pong_when_closing (gconstpointer data)
{
  g_autoptr (Rig) rig = rig_new (GPOINTER_TO_INT (data), RIG_UNIX);

  ws_engine_close (rig->engine, 1000, NULL);
  rig_peer_frame (rig, TRUE, WS_OPCODE_PING, "x", 1);
  rig_assert_log (rig, "ping(x)");
  rig_assert_read (rig, "close(1000)");
}

static void
add (const char *name, GTestDataFunc test)
{
  rig_add_test ("/engine/engine", name, test);
}

int
main (int argc, char *argv[])
{
  ws_test_init (&argc, &argv);

  add ("coalesce", test_coalesce);
  add ("flush", test_flush);
  add ("fragments", test_fragments);
  add ("large-fragments", test_large_fragments);
  add ("bytes-to-write", test_bytes_to_write);
  add ("max-bytes-to-write", test_max_bytes_to_write);
  add ("drained", test_drained);
  add ("slow-reader", test_slow_reader);
  add ("receive", test_receive);
  add ("receive-frames", test_receive_frames);
  add ("splits", test_splits);
  add ("large-message", test_large_message);
  add ("start-order", test_start_order);
  add ("send-before-start", test_send_before_start);
  add ("gone-before-start", test_gone_before_start);
  add ("pong", test_pong);
  add ("control-between", test_control_between);
  add ("no-pong-when-closing", test_no_pong_when_closing);
  g_test_add_func ("/engine/engine/draw", test_draw);
  g_test_add_func ("/engine/engine/draw-drops", test_draw_drops);
  return g_test_run ();
}
