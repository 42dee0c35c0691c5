/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/ws-outbox.h"

#include <string.h>

#include "fake-transport.h"
#include "wire.h"
#include "support/ws-test.h"

/* More than the outbox copies, and than it masks at once. */
#define LARGE 9000
#define HUGE  (600 * 1024)

typedef struct
{
  WsPoller      *poller;
  FakeTransport *transport;
  WsOutbox       outbox;
  GByteArray    *expected; /* unmasked */
  gboolean       is_client;
  guint8         next_mask;
} Fixture;

static void
draw (gpointer user_data, guint8 mask[4])
{
  Fixture *fixture = user_data;

  for (guint i = 0; i < 4; i++)
    mask[i] = ++fixture->next_mask * 37;
}

static void
init_outbox (Fixture *fixture)
{
  ws_outbox_init (&fixture->outbox);
  if (fixture->is_client)
    ws_outbox_set_draw (&fixture->outbox, draw, fixture);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->is_client = GPOINTER_TO_INT (data);
  fixture->poller = ws_poller_get (NULL);
  fixture->transport = fake_transport_new (fixture->poller);
  fixture->expected = g_byte_array_new ();
  init_outbox (fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  ws_outbox_clear (&fixture->outbox);
  ws_transport_free (&fixture->transport->parent);
  g_byte_array_unref (fixture->expected);
  ws_poller_unref (fixture->poller);
}

/* Begins anew. */
static void
reset (Fixture *fixture)
{
  gconstpointer data = GINT_TO_POINTER (fixture->is_client);

  tear_down (fixture, data);
  set_up (fixture, data);
}

static void
push_text (Fixture *fixture, const char *text)
{
  WsFrameHeader header = { .fin = TRUE, .opcode = WS_OPCODE_TEXT };

  ws_outbox_push_copy (&fixture->outbox, &header, (const guint8 *) text,
                       strlen (text));
  wire_append_text (fixture->expected, text, FALSE);
}

static void
push_bytes (Fixture *fixture, guint seed, gsize len)
{
  WsFrameHeader header = { .fin = TRUE, .opcode = WS_OPCODE_BINARY };
  g_autoptr (GBytes) bytes
      = g_bytes_new_take (wire_pattern (seed, len + 5), len + 5);

  ws_outbox_push_bytes (&fixture->outbox, &header, bytes, 5, len);
  wire_append (fixture->expected, TRUE, WS_OPCODE_BINARY,
               (const guint8 *) g_bytes_get_data (bytes, NULL) + 5, len, FALSE);
}

static void
flush (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  gsize   before = fixture->transport->written->len;
  guint64 size = fixture->outbox.size;
  gssize  n
      = ws_outbox_flush (&fixture->outbox, &fixture->transport->parent, &error);

  g_assert_no_error (error);
  g_assert_cmpint (n, ==, fixture->transport->written->len - before);
  g_assert_cmpuint (fixture->outbox.size, ==, size - n);
  g_assert_cmpint (fixture->outbox.size == 0, ==,
                   ws_outbox_is_empty (&fixture->outbox));
}

static char *
describe_written (Fixture *fixture)
{
  return wire_describe (fixture->transport->written->data,
                        fixture->transport->written->len, fixture->is_client);
}

static void
assert_written (Fixture *fixture)
{
  g_autofree char *written = describe_written (fixture);
  g_autofree char *expected
      = wire_describe (fixture->expected->data, fixture->expected->len, FALSE);

  g_assert_cmpstr (written, ==, expected);
}

/* Sends of one main loop iteration share writes. */
static void
test_coalesce (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 10; i++)
    push_text (fixture, "Hello");
  flush (fixture);
  g_assert_cmpuint (fixture->transport->n_calls, ==, 1);
  g_assert_cmpuint (fixture->transport->n_vectors, ==, 1);
  assert_written (fixture);
  flush (fixture);
  g_assert_cmpuint (fixture->transport->n_calls, ==, 1);
}

/* Small payloads are collected, large ones lie where they are. */
static void
test_reference (void)
{
  Fixture       fixture = { 0 };
  WsFrameHeader header = { .fin = TRUE, .opcode = WS_OPCODE_BINARY };
  g_autoptr (GBytes) bytes = g_bytes_new_take (wire_pattern (1, LARGE), LARGE);

  set_up (&fixture, GINT_TO_POINTER (FALSE));
  push_text (&fixture, "before");
  ws_outbox_push_bytes (&fixture.outbox, &header, bytes, 0, LARGE);
  push_text (&fixture, "behind");
  flush (&fixture);
  g_assert_cmpuint (fixture.transport->n_calls, ==, 1);
  g_assert_cmpuint (fixture.transport->n_vectors, ==, 3);
  g_assert_true (fixture.transport->buffers[1]
                 == g_bytes_get_data (bytes, NULL));
  tear_down (&fixture, NULL);
}

static void
push_mixture (Fixture *fixture, gsize large)
{
  push_text (fixture, "first");
  push_text (fixture, "");
  push_bytes (fixture, 1, large);
  push_bytes (fixture, 2, 100);
  push_bytes (fixture, 3, large + 3);
  push_bytes (fixture, 4, large + 2);
  push_text (fixture, "last");
}

static void
test_pieces (Fixture *fixture, gconstpointer data)
{
  static const gsize pieces[] = { 1, 2, 3, 7, 255, 4096, 65537, 1024 * 1024 };

  for (guint i = 0; i < G_N_ELEMENTS (pieces); i++)
    {
      reset (fixture);
      fixture->transport->piece = pieces[i];
      push_mixture (fixture, pieces[i] < 4096 ? LARGE : HUGE);
      flush (fixture);
      g_assert_true (ws_outbox_is_empty (&fixture->outbox));
      assert_written (fixture);
    }
}

/* Stops after each byte once, and goes on from there. */
static void
test_every_stop (Fixture *fixture, gconstpointer data)
{
  guint total = G_MAXUINT;

  for (guint stop = 0; stop < total; stop++)
    {
      reset (fixture);
      push_text (fixture, "first");
      push_bytes (fixture, 1, 8 * 1024 + 1);
      push_text (fixture, "last");
      total = (guint) fixture->outbox.size;
      fixture->transport->capacity = stop;
      flush (fixture);
      g_assert_cmpuint (fixture->transport->written->len, ==, stop);
      fixture->transport->capacity = G_MAXUINT;
      flush (fixture);
      assert_written (fixture);
    }
}

/* More payloads by reference than one call takes vectors. */
static void
test_many_chunks (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 100; i++)
    push_bytes (fixture, i, LARGE + i);
  flush (fixture);
  g_assert_cmpuint (fixture->transport->n_calls, >, 1);
  assert_written (fixture);
}

/* The head of an HTTP answer goes first, as it is. */
static void
test_raw (Fixture *fixture, gconstpointer data)
{
  g_autofree char *frames = NULL;

  ws_outbox_push_raw (&fixture->outbox, "HTTP", 4);
  ws_outbox_push_control (&fixture->outbox, WS_OPCODE_PING, NULL, 0);
  push_text (fixture, "Hello");
  fixture->transport->piece = 3;
  flush (fixture);
  g_assert_cmpmem (fixture->transport->written->data, 4, "HTTP", 4);
  frames = wire_describe (fixture->transport->written->data + 4,
                          fixture->transport->written->len - 4,
                          fixture->is_client);
  g_assert_cmpstr (frames, ==, "ping() text(Hello)");
}

static void
push_ping (Fixture *fixture, const char *payload)
{
  ws_outbox_push_control (&fixture->outbox, WS_OPCODE_PING,
                          (const guint8 *) payload, strlen (payload));
}

/* RFC 6455, 5.4: whatever has left already, control frames come between two
 * frames, in their order, and before the messages that wait behind. */
static void
test_control_place (Fixture *fixture, gconstpointer data)
{
  guint total = G_MAXUINT;

  /* Everywhere near the ends of frames, and here and there within. */
  for (guint stop = 0; stop < total;
       stop += stop % LARGE < 40 || total - stop < 80 ? 1 : 80)
    {
      g_autofree char *frames = NULL;
      const char      *one, *two, *three, *last;

      reset (fixture);
      push_bytes (fixture, 1, LARGE);
      push_bytes (fixture, 2, LARGE);
      push_text (fixture, "last");
      total = (guint) fixture->outbox.size;
      fixture->transport->capacity = stop;
      flush (fixture);
      push_ping (fixture, "one");
      push_ping (fixture, "two");
      fixture->transport->capacity = MIN (stop + 5, total);
      flush (fixture);
      push_ping (fixture, "three");
      fixture->transport->capacity = G_MAXUINT;
      flush (fixture);

      frames = describe_written (fixture);
      one = strstr (frames, "ping(one)");
      two = strstr (frames, "ping(two)");
      three = strstr (frames, "ping(three)");
      last = strstr (frames, "text(last)");
      g_assert_true (one != NULL && two != NULL && three != NULL);
      g_assert_true (one < two && two < three);
      g_assert_nonnull (last);
      g_assert_null (strstr (frames, "cut"));
      if (stop < LARGE)
        g_assert_true (three < last);
    }
}

/* A peer that reads nothing and sends pings: answers share chunks. */
static void
test_control_flood (Fixture *fixture, gconstpointer data)
{
  g_autofree char *frames = NULL;
  guint            n = 0;

  push_bytes (fixture, 1, LARGE);
  push_bytes (fixture, 2, LARGE);
  for (guint i = 0; i < 5000; i++)
    push_ping (fixture, "");
  flush (fixture);
  frames = describe_written (fixture);
  for (const char *p = frames; (p = strstr (p, "ping()")) != NULL; p++)
    n++;
  g_assert_cmpuint (n, ==, 5000);
  g_assert_cmpuint (fixture->transport->n_calls, ==, 1);
}

static void
test_size (Fixture *fixture, gconstpointer data)
{
  static const gsize lens[] = { 0, 1, 125, 126, 8192, 8193, 65535, 65536 };

  for (guint i = 0; i < G_N_ELEMENTS (lens); i++)
    {
      guint64 before = fixture->outbox.size;

      push_bytes (fixture, i, lens[i]);
      g_assert_cmpuint (fixture->outbox.size - before, ==,
                        ws_outbox_cost (&fixture->outbox, lens[i], 0));
    }
  flush (fixture);
  assert_written (fixture);
}

static void
test_again (Fixture *fixture, gconstpointer data)
{
  push_text (fixture, "Hello");
  fixture->transport->capacity = 0;
  flush (fixture);
  g_assert_false (ws_outbox_is_empty (&fixture->outbox));
  fixture->transport->capacity = G_MAXUINT;
  flush (fixture);
  assert_written (fixture);
}

static void
test_broken (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  push_bytes (fixture, 1, LARGE);
  fixture->transport->broken = TRUE;
  g_assert_cmpint (ws_outbox_flush (&fixture->outbox,
                                    &fixture->transport->parent, &error),
                   ==, WS_IO_ERROR);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_BROKEN_PIPE);
}

static void
test_seal (Fixture *fixture, gconstpointer data)
{
  WsFrameHeader header = { .fin = TRUE, .opcode = WS_OPCODE_BINARY };
  g_autoptr (GBytes) bytes = g_bytes_new_take (wire_pattern (1, LARGE), LARGE);
  WsOutbox more;

  push_text (fixture, "Hello");
  ws_outbox_seal (&fixture->outbox);
  push_ping (fixture, "");
  ws_outbox_push_copy (&fixture->outbox, &header, (const guint8 *) "x", 1);
  ws_outbox_push_bytes (&fixture->outbox, &header, bytes, 0, LARGE);
  ws_outbox_init (&more);
  ws_outbox_push_copy (&more, &header, (const guint8 *) "x", 1);
  ws_outbox_append (&fixture->outbox, &more);
  g_assert_true (ws_outbox_is_empty (&more));
  flush (fixture);
  assert_written (fixture);
}

static void
test_append (Fixture *fixture, gconstpointer data)
{
  WsOutbox aside;

  push_text (fixture, "one");
  aside = fixture->outbox;
  init_outbox (fixture);
  ws_outbox_append (&fixture->outbox, &aside);
  push_bytes (fixture, 2, LARGE);
  aside = fixture->outbox;
  init_outbox (fixture);
  ws_outbox_append (&fixture->outbox, &aside);
  push_text (fixture, "three");
  flush (fixture);
  assert_written (fixture);
}

/* Written from the memory that is lent, or copied when that is needed again. */
static void
test_lent (gconstpointer settles)
{
  Fixture            fixture = { 0 };
  WsFrameHeader      header = { .fin = TRUE, .opcode = WS_OPCODE_BINARY };
  g_autofree guint8 *memory = g_malloc (4 + LARGE);
  g_autofree guint8 *payload = wire_pattern (3, LARGE);

  set_up (&fixture, GINT_TO_POINTER (FALSE));
  memcpy (memory + 4, payload, LARGE);
  push_text (&fixture, "before");
  ws_outbox_push_lent (&fixture.outbox, &header, memory + 4, LARGE);
  wire_append (fixture.expected, TRUE, WS_OPCODE_BINARY, payload, LARGE, FALSE);
  push_text (&fixture, "behind");
  fixture.transport->capacity = 100;
  flush (&fixture);
  g_assert_true (fixture.transport->buffers[1] == memory);
  if (settles != NULL)
    {
      ws_outbox_settle (&fixture.outbox);
      memset (memory, 0, 4 + LARGE);
    }
  fixture.transport->capacity = G_MAXUINT;
  flush (&fixture);
  assert_written (&fixture);
  tear_down (&fixture, NULL);
}

/* A mask is drawn by a user's code, which may send. */
static void
draw_and_push (gpointer user_data, guint8 mask[4])
{
  Fixture *fixture = user_data;

  draw (fixture, mask);
  fixture->outbox.draw = draw;
  push_text (fixture, "inner");
}

static void
test_draw_pushes (void)
{
  Fixture fixture = { 0 };

  set_up (&fixture, GINT_TO_POINTER (TRUE));
  fixture.outbox.draw = draw_and_push;
  push_text (&fixture, "outer");
  flush (&fixture);
  assert_written (&fixture);
  tear_down (&fixture, NULL);
}

static void
add (const char *name, void (*test) (Fixture *, gconstpointer))
{
  for (int is_client = FALSE; is_client <= TRUE; is_client++)
    {
      g_autofree char *path = g_strdup_printf ("/engine/outbox/%s/%s", name,
                                               is_client ? "client" : "server");

      g_test_add (path, Fixture, GINT_TO_POINTER (is_client), set_up, test,
                  tear_down);
    }
}

int
main (int argc, char *argv[])
{
  ws_test_init (&argc, &argv);

  add ("coalesce", test_coalesce);
  add ("pieces", test_pieces);
  add ("every-stop", test_every_stop);
  add ("many-chunks", test_many_chunks);
  add ("raw", test_raw);
  add ("control-place", test_control_place);
  add ("control-flood", test_control_flood);
  add ("size", test_size);
  add ("again", test_again);
  add ("broken", test_broken);
  add ("seal", test_seal);
  add ("append", test_append);
  g_test_add_func ("/engine/outbox/reference", test_reference);
  g_test_add_func ("/engine/outbox/draw-pushes", test_draw_pushes);
  g_test_add_data_func ("/engine/outbox/lent", NULL, test_lent);
  g_test_add_data_func ("/engine/outbox/lent-and-copied", GINT_TO_POINTER (1),
                        test_lent);
  return g_test_run ();
}
