/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "engine-rig.h"
#include "fake-transport.h"

/* A message that is framed once and shared by outboxes. */

#define LARGE 9000

static char *
describe (const WsFraming *framing)
{
  return wire_describe (framing->data, framing->size, FALSE);
}

/* --- Framing --- */

typedef struct
{
  gsize       len;
  guint64     frame_size;
  guint       n_frames;
  const char *frames;
} Row;

static const Row rows[] = {
  { 0, 0, 1, "text()" },
  { 0, 1, 1, "text()" },
  { 3, 0, 1, "text(abc)" },
  { 3, 1, 3, "text(a)+ continuation(b)+ continuation(c)" },
  { 3, 2, 2, "text(ab)+ continuation(c)" },
  { 3, 3, 1, "text(abc)" },
  { 6, 3, 2, "text(abc)+ continuation(def)" },
  { 7, 3, 3, "text(abc)+ continuation(def)+ continuation(g)" },
  { 7, G_MAXUINT64, 1, "text(abcdefg)" },
};

static void
test_frames (void)
{
  WsShared *pack = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      WsPrepared       prepared;
      const WsFraming *framing;
      g_autofree char *frames = NULL;

      ws_prepared_init (&prepared, WS_OPCODE_TEXT, (const guint8 *) "abcdefgh",
                        rows[i].len, &pack);
      framing = ws_prepared_frame (&prepared, NULL, rows[i].frame_size);
      frames = describe (framing);
      g_assert_cmpstr (frames, ==, rows[i].frames);
      g_assert_cmpuint (framing->n_frames, ==, rows[i].n_frames);
      ws_prepared_clear (&prepared);
    }
  g_assert_cmpuint (pack->n_refs, ==, 1);
  ws_shared_unref (pack);
}

/* Whoever wants the same frames gets the same. */
static void
test_once (void)
{
  static const guint64 sizes[] = { 0, 100, 4000, LARGE, LARGE + 1, 7 };
  const guint8        *data[G_N_ELEMENTS (sizes)];
  g_autofree guint8   *payload = wire_pattern (1, LARGE);
  WsShared            *pack = NULL;
  WsPrepared           prepared;

  ws_prepared_init (&prepared, WS_OPCODE_BINARY, payload, LARGE, &pack);
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    data[i] = ws_prepared_frame (&prepared, NULL, sizes[i])->data;
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    g_assert_true (ws_prepared_frame (&prepared, NULL, sizes[i])->data
                   == data[i]);
  g_assert_true (data[0] == data[3] && data[0] == data[4]);
  g_assert_true (data[0] != data[1] && data[1] != data[2]);
  g_assert_null (pack);
  ws_prepared_clear (&prepared);
}

/* --- In an outbox --- */

typedef struct
{
  WsPoller      *poller;
  FakeTransport *transport;
  WsOutbox       outbox;
  WsShared      *pack;
  GByteArray    *expected;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->poller = ws_poller_get (NULL);
  fixture->transport = fake_transport_new (fixture->poller);
  fixture->expected = g_byte_array_new ();
  ws_outbox_init (&fixture->outbox);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  ws_outbox_clear (&fixture->outbox);
  if (fixture->pack != NULL)
    g_assert_cmpuint (fixture->pack->n_refs, ==, 1);
  g_clear_pointer (&fixture->pack, ws_shared_unref);
  ws_transport_free (&fixture->transport->parent);
  g_byte_array_unref (fixture->expected);
  ws_poller_unref (fixture->poller);
}

static void
push (Fixture *fixture, guint seed, gsize len, guint64 frame_size)
{
  g_autofree guint8 *payload = wire_pattern (seed, len);
  WsPrepared         prepared;
  const WsFraming   *framing;
  guint64            before = fixture->outbox.size;

  ws_prepared_init (&prepared, WS_OPCODE_BINARY, payload, len, &fixture->pack);
  framing = ws_prepared_frame (&prepared, NULL, frame_size);
  g_byte_array_append (fixture->expected, framing->data, framing->size);
  ws_outbox_push_framing (&fixture->outbox, framing);
  if (!fixture->outbox.sealed)
    g_assert_cmpuint (fixture->outbox.size, ==, before + framing->size);
  ws_prepared_clear (&prepared);
}

static void
push_own (Fixture *fixture, const char *text)
{
  WsFrameHeader header = { .fin = TRUE, .opcode = WS_OPCODE_TEXT };

  ws_outbox_push_copy (&fixture->outbox, &header, (const guint8 *) text,
                       strlen (text));
  wire_append_text (fixture->expected, text, FALSE);
}

static void
assert_written (Fixture *fixture)
{
  g_assert_true (
      ws_outbox_flush (&fixture->outbox, &fixture->transport->parent, NULL)
      >= 0);
  g_assert_true (ws_outbox_is_empty (&fixture->outbox));
  g_assert_cmpuint (fixture->outbox.size, ==, 0);
  g_assert_cmpmem (fixture->transport->written->data,
                   fixture->transport->written->len, fixture->expected->data,
                   fixture->expected->len);
}

/* Small messages that follow one another are one vector. */
static void
test_adjoining (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 10; i++)
    push (fixture, i, 64, 0);
  assert_written (fixture);
  g_assert_cmpuint (fixture->transport->n_calls, ==, 1);
  g_assert_cmpuint (fixture->transport->n_vectors, ==, 1);
  g_assert_true (fixture->transport->buffers[0] == fixture->pack->data);
  g_assert_cmpuint (fixture->outbox.n_frames, ==, 10);
  /* Nobody waits for it any more: it is used again. */
  push (fixture, 1, 64, 0);
  assert_written (fixture);
  g_assert_true (fixture->transport->buffers[0] == fixture->pack->data);
}

/* Single sends between them keep their places. */
static void
test_mixed (Fixture *fixture, gconstpointer data)
{
  push_own (fixture, "first");
  for (guint i = 0; i < 200; i++)
    {
      push (fixture, i, i * 7, i % 3 == 0 ? 0 : i);
      if (i % 5 == 0)
        push_own (fixture, "between");
    }
  push (fixture, 0, 3 * LARGE, LARGE);
  push_own (fixture, "last");
  fixture->transport->piece = 1021;
  assert_written (fixture);
}

/* What one has written already is left alone when more is put behind it. */
static void
test_every_stop (gconstpointer data)
{
  guint total = G_MAXUINT;

  for (guint stop = 0; stop < total; stop++)
    {
      Fixture fixture = { 0 };

      set_up (&fixture, NULL);
      push (&fixture, 1, 5, 0);
      push (&fixture, 2, 40, 9);
      fixture.transport->capacity = stop;
      ws_outbox_flush (&fixture.outbox, &fixture.transport->parent, NULL);
      push (&fixture, 3, 8, 0);
      push_own (&fixture, "own");
      push (&fixture, 4, 8, 0);
      total = fixture.expected->len;
      fixture.transport->capacity = G_MAXUINT;
      assert_written (&fixture);
      tear_down (&fixture, NULL);
    }
}

/* A large message is not copied, however many want it. */
static void
test_shared (void)
{
  Fixture            one = { 0 }, two = { 0 };
  g_autofree guint8 *payload = wire_pattern (1, LARGE);
  WsPrepared         prepared;
  const WsFraming   *framing;

  set_up (&one, NULL);
  set_up (&two, NULL);
  ws_prepared_init (&prepared, WS_OPCODE_BINARY, payload, LARGE, &one.pack);
  framing = ws_prepared_frame (&prepared, NULL, 0);
  ws_outbox_push_framing (&one.outbox, framing);
  ws_outbox_push_framing (&two.outbox, framing);
  g_assert_cmpuint (framing->store->n_refs, ==, 3);
  g_byte_array_append (one.expected, framing->data, framing->size);
  g_byte_array_append (two.expected, framing->data, framing->size);
  ws_prepared_clear (&prepared);
  assert_written (&one);
  assert_written (&two);
  g_assert_true (one.transport->buffers[0] == two.transport->buffers[0]);
  tear_down (&one, NULL);
  tear_down (&two, NULL);
}

#define N_OUTBOXES 1000

static void
test_thousand (void)
{
  gsize                len = 1024 * 1024;
  g_autofree guint8   *payload = wire_pattern (1, len);
  g_autofree WsOutbox *outboxes = g_new0 (WsOutbox, N_OUTBOXES);
  WsShared            *pack = NULL;
  WsPrepared           prepared;
  const WsFraming     *framing;

  ws_prepared_init (&prepared, WS_OPCODE_BINARY, payload, len, &pack);
  framing = ws_prepared_frame (&prepared, NULL, 0);
  for (guint i = 0; i < N_OUTBOXES; i++)
    {
      ws_outbox_init (&outboxes[i]);
      ws_outbox_push_framing (&outboxes[i], framing);
      g_assert_cmpuint (outboxes[i].size, ==, len + 10);
    }
  g_assert_cmpuint (framing->store->n_refs, ==, N_OUTBOXES + 1);
  for (guint i = 0; i < N_OUTBOXES; i++)
    ws_outbox_clear (&outboxes[i]);
  g_assert_cmpuint (framing->store->n_refs, ==, 1);
  ws_prepared_clear (&prepared);
}

/* Who lags behind does not hold storage in which little is his. */
static void
test_lagging (Fixture *fixture, gconstpointer data)
{
  g_autofree guint8 *payload = wire_pattern (1, 1000);
  guint              n_refs = 0;

  fixture->transport->capacity = 0;
  push (fixture, 0, 2 * LARGE, 0);
  for (guint i = 0; i < 1000; i++)
    {
      WsPrepared other;

      /* For others only. */
      ws_prepared_init (&other, WS_OPCODE_BINARY, payload, 1000,
                        &fixture->pack);
      ws_prepared_frame (&other, NULL, 0);
      ws_prepared_clear (&other);
      push (fixture, i, 10, 0);
      n_refs += fixture->pack->n_refs - 1;
    }
  g_assert_cmpuint (n_refs, ==, 0);
  fixture->transport->capacity = G_MAXUINT;
  assert_written (fixture);
}

/* RFC 6455, 5.4: control frames may come between fragments. */
static void
test_control (void)
{
  Fixture          fixture = { 0 };
  g_autofree char *frames = NULL;

  set_up (&fixture, NULL);
  push (&fixture, 1, 3 * LARGE, LARGE);
  fixture.transport->capacity = 1;
  ws_outbox_flush (&fixture.outbox, &fixture.transport->parent, NULL);
  ws_outbox_push_control (&fixture.outbox, WS_OPCODE_PONG,
                          (const guint8 *) "now", 3);
  fixture.transport->capacity = G_MAXUINT;
  ws_outbox_flush (&fixture.outbox, &fixture.transport->parent, NULL);
  frames = wire_describe (fixture.transport->written->data,
                          fixture.transport->written->len, FALSE);
  g_assert_nonnull (strstr (frames, "+ pong(now) continuation"));
  g_assert_null (strstr (frames, "cut"));
  tear_down (&fixture, NULL);
}

static void
test_sealed (Fixture *fixture, gconstpointer data)
{
  ws_outbox_seal (&fixture->outbox);
  push (fixture, 1, 10, 0);
  g_assert_true (ws_outbox_is_empty (&fixture->outbox));
}

/* --- Over engines --- */

#define N_RIGS 3

static void
test_engines (void)
{
  g_autoptr (Rig) rig = rig_new (WS_ROLE_SERVER, RIG_UNIX);
  Rig       *rigs[N_RIGS] = { rig };
  WsShared  *pack = NULL;
  WsPrepared prepared;

  for (guint i = 1; i < N_RIGS; i++)
    rigs[i] = rig_new_beside (rig, WS_ROLE_SERVER);
  rigs[1]->settings.outgoing_frame_size = 3;
  rigs[2]->settings.max_bytes_to_write = 2;

  rig_send_text (rigs[0], "before");
  ws_prepared_init (&prepared, WS_OPCODE_TEXT, (const guint8 *) "Hello", 5,
                    &pack);
  for (guint i = 0; i < N_RIGS; i++)
    g_assert_cmpint (ws_engine_send_prepared (rigs[i]->engine, &prepared), ==,
                     i != 2);
  ws_prepared_clear (&prepared);
  rig_send_text (rigs[0], "behind");

  rig_assert_read (rigs[0], "text(before) text(Hello) text(behind)");
  rig_assert_read (rigs[1], "text(Hel)+ continuation(lo)");
  rig_assert_read (rigs[2], "");
  for (guint i = 0; i < N_RIGS; i++)
    {
      WsTraffic traffic;

      ws_engine_get_traffic (rigs[i]->engine, &traffic);
      g_assert_cmpuint (traffic.messages_sent, ==, i == 0 ? 3 : i == 1 ? 1 : 0);
      g_assert_cmpuint (traffic.frames_sent, ==, i == 0 ? 3 : i == 1 ? 2 : 0);
      g_assert_cmpuint (traffic.wire_sent, ==, i == 0 ? 23 : i == 1 ? 9 : 0);
      if (i > 0)
        rig_free (rigs[i]);
    }
  ws_shared_unref (pack);
}

/* Many messages of one iteration do not make a client slow that would read
 * them: what the transport takes counts no more. */
static void
test_burst (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (WsPoller) poller = ws_poller_get (context);
  FakeTransport *transport = fake_transport_new (poller);
  Rig           *rig
      = rig_new_for_transport (context, WS_ROLE_SERVER, &transport->parent);
  g_autofree guint8 *payload = wire_pattern (1, LARGE);
  WsShared          *pack = NULL;

  ws_engine_start (rig->engine);
  rig->settings.max_bytes_to_write = 2 * LARGE;
  transport->capacity = 10 * (LARGE + 4);
  for (guint i = 0; i < 12; i++)
    {
      WsPrepared prepared;

      ws_prepared_init (&prepared, WS_OPCODE_BINARY, payload, LARGE, &pack);
      g_assert_cmpint (ws_engine_send_prepared (rig->engine, &prepared), ==,
                       i < 11);
      ws_prepared_clear (&prepared);
    }
  /* No call of the sink came from there; the next iteration tells all. */
  g_assert_cmpuint (rig->written, ==, 0);
  rig_settle (rig);
  g_assert_cmpuint (rig->written, ==, 10 * (LARGE + 4));
  rig_free (rig);
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);
  g_test_add_func ("/engine/prepared/frames", test_frames);
  g_test_add_func ("/engine/prepared/once", test_once);
  g_test_add ("/engine/prepared/adjoining", Fixture, NULL, set_up,
              test_adjoining, tear_down);
  g_test_add ("/engine/prepared/mixed", Fixture, NULL, set_up, test_mixed,
              tear_down);
  g_test_add_data_func ("/engine/prepared/every-stop", NULL, test_every_stop);
  g_test_add_func ("/engine/prepared/shared", test_shared);
  g_test_add_func ("/engine/prepared/thousand", test_thousand);
  g_test_add ("/engine/prepared/lagging", Fixture, NULL, set_up, test_lagging,
              tear_down);
  g_test_add_func ("/engine/prepared/control", test_control);
  g_test_add ("/engine/prepared/sealed", Fixture, NULL, set_up, test_sealed,
              tear_down);
  g_test_add_func ("/engine/prepared/engines", test_engines);
  g_test_add_func ("/engine/prepared/burst", test_burst);
  return g_test_run ();
}
