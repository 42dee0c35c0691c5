/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a handler sends on is written from where it was read. */
#include "engine-rig.h"

#include <string.h>

/* More than a read brings, and than the kernel takes while nobody reads. */
#define MANY 60

typedef struct
{
  GByteArray *question; /* what the peer writes */
  GByteArray *expected; /* what it reads */
  guint       n_sent;   /* messages of either */
} Talk;

static void
talk_init (Talk *self)
{
  *self = (Talk){ .question = g_byte_array_new (),
                  .expected = g_byte_array_new () };
}

static void
talk_clear (Talk *self)
{
  g_byte_array_unref (self->question);
  g_byte_array_unref (self->expected);
}

/* One message more, of @len bytes; binary or text. */
static void
ask (Talk *self, gsize len)
{
  const gboolean     is_text = self->n_sent % 2 == 1;
  g_autofree guint8 *payload = wire_pattern (++self->n_sent, len + 1);
  WsOpcode           opcode = is_text ? WS_OPCODE_TEXT : WS_OPCODE_BINARY;

  for (gsize i = 0; i < len && is_text; i++)
    payload[i] &= 0x7F;
  wire_append (self->question, TRUE, opcode, payload, len, TRUE);
  wire_append (self->expected, TRUE, opcode, payload, len, FALSE);
}

static void
assert_answered (Rig *rig, Talk *talk)
{
  g_autofree char *expected
      = wire_describe (talk->expected->data, talk->expected->len, FALSE);

  rig_assert_read (rig, expected);
}

static void
send_event (Rig *rig, WsOpcode opcode)
{
  ws_engine_send (rig->engine, opcode, rig->event->data, rig->event->len, NULL);
}

static void
echo (Rig *rig, const char *what)
{
  if (strcmp (what, "message") == 0)
    send_event (rig, rig->event->opcode);
}

/* What is made of a message may be sent in its place. */
static void
echo_copy (Rig *rig, const char *what)
{
  WsEvent           *event = (WsEvent *) rig->event;
  g_autofree guint8 *copy = NULL;

  if (strcmp (what, "message") != 0)
    return;
  copy = g_memdup2 (event->data, event->len + 1);
  event->copy = copy;
  ws_engine_send (rig->engine, event->opcode, copy, event->len, NULL);
  event->copy = NULL;
}

static const gsize sizes[] = { 0,    1,    125,  126,   2047,  2048,   2049,
                               4096, 4097, 9000, 65535, 65536, 130000, 300000 };

/* Each alone, and all in a row. */
static void
test_sizes (gconstpointer copies)
{
  g_autoptr (Rig) rig = rig_new (WS_ROLE_SERVER, RIG_UNIX);
  Talk talk;

  rig->hook = copies != NULL ? echo_copy : echo;
  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      talk_init (&talk);
      ask (&talk, sizes[i]);
      rig_peer_write (rig, talk.question->data, talk.question->len);
      assert_answered (rig, &talk);
      talk_clear (&talk);
    }
  talk_init (&talk);
  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    ask (&talk, sizes[i]);
  rig_peer_write (rig, talk.question->data, talk.question->len);
  assert_answered (rig, &talk);
  talk_clear (&talk);
}

/* A peer that reads later gets what was read long ago, though other messages
 * were read to the same place since. */
static void
test_late_reader (gconstpointer data)
{
  const gsize len = GPOINTER_TO_SIZE (data);
  g_autoptr (Rig) rig = rig_new (WS_ROLE_SERVER, RIG_UNIX);
  Talk talk;

  talk_init (&talk);
  rig->hook = echo;
  rig_peer_set_reading (rig, FALSE);
  for (guint i = 0; i < MANY; i++)
    ask (&talk, len);
  rig_peer_write (rig, talk.question->data, talk.question->len);
  rig_settle (rig);
  rig_peer_set_reading (rig, TRUE);
  assert_answered (rig, &talk);
  talk_clear (&talk);
}

static void
send_twice (Rig *rig, const char *what)
{
  if (strcmp (what, "message") != 0)
    return;
  send_event (rig, WS_OPCODE_BINARY);
  send_event (rig, WS_OPCODE_TEXT);
  ws_engine_send (rig->engine, WS_OPCODE_BINARY, rig->event->data + 1,
                  rig->event->len - 1, NULL);
  ws_engine_ping (rig->engine, (const guint8 *) "p", 1);
}

/* Its memory is lent once; the rest is copied, and in order. */
static void
test_twice (void)
{
  g_autoptr (Rig) rig = rig_new (WS_ROLE_SERVER, RIG_UNIX);
  g_autofree guint8 *payload = g_malloc (5000);
  Talk               talk;

  talk_init (&talk);
  memset (payload, 'x', 5000);
  rig->hook = send_twice;
  wire_append (talk.expected, TRUE, WS_OPCODE_BINARY, payload, 5000, FALSE);
  wire_append (talk.expected, TRUE, WS_OPCODE_PING, "p", 1, FALSE);
  wire_append (talk.expected, TRUE, WS_OPCODE_TEXT, payload, 5000, FALSE);
  wire_append (talk.expected, TRUE, WS_OPCODE_BINARY, payload, 4999, FALSE);
  rig_peer_frame (rig, TRUE, WS_OPCODE_TEXT, payload, 5000);
  assert_answered (rig, &talk);
  talk_clear (&talk);
}

static void
echo_and_nest (Rig *rig, const char *what)
{
  Talk *talk = rig->data;

  if (strcmp (what, "message") != 0)
    return;
  send_event (rig, rig->event->opcode);
  if (talk->n_sent < 8)
    {
      const guint from = talk->question->len;

      ask (talk, 20000);
      rig_peer_write (rig, talk->question->data + from,
                      talk->question->len - from);
      rig_settle (rig);
    }
}

/* A handler that runs a main loop of its own reads on. */
static void
test_nested (void)
{
  g_autoptr (Rig) rig = rig_new (WS_ROLE_SERVER, RIG_UNIX);
  Talk talk;

  talk_init (&talk);
  rig->hook = echo_and_nest;
  rig->data = &talk;
  ask (&talk, 20000);
  ask (&talk, 3000);
  rig_peer_write (rig, talk.question->data, talk.question->len);
  rig_until (rig, talk.n_sent == 8);
  assert_answered (rig, &talk);
  talk_clear (&talk);
}

static void
echo_and_end (Rig *rig, const char *what)
{
  if (strcmp (what, "message") != 0)
    return;
  send_event (rig, rig->event->opcode);
  if (rig->data != NULL)
    g_clear_pointer (&rig->engine, ws_engine_drop);
  else
    ws_engine_close (rig->engine, 1000, NULL);
}

/* What was sent before the end leaves, or is given up with the engine. */
static void
test_end (gconstpointer data)
{
  g_autoptr (Rig) rig = rig_new (WS_ROLE_SERVER, RIG_UNIX);
  Talk talk;

  talk_init (&talk);
  rig->hook = echo_and_end;
  rig->data = (gpointer) data;
  ask (&talk, 20000);
  rig_peer_write (rig, talk.question->data, talk.question->len);
  wire_append_close (talk.expected, 1000, "", FALSE);
  if (data == NULL)
    assert_answered (rig, &talk);
  else
    rig_until (rig, rig->engine == NULL);
  talk_clear (&talk);
}

int
main (int argc, char *argv[])
{
  ws_test_init (&argc, &argv);

  g_test_add_data_func ("/engine/engine-lending/sizes", NULL, test_sizes);
  g_test_add_data_func ("/engine/engine-lending/copies", GINT_TO_POINTER (1),
                        test_sizes);
  g_test_add_data_func ("/engine/engine-lending/late-reader/short",
                        GSIZE_TO_POINTER (3000), test_late_reader);
  g_test_add_data_func ("/engine/engine-lending/late-reader/long",
                        GSIZE_TO_POINTER (50000), test_late_reader);
  g_test_add_func ("/engine/engine-lending/twice", test_twice);
  g_test_add_func ("/engine/engine-lending/nested", test_nested);
  g_test_add_data_func ("/engine/engine-lending/closed", NULL, test_end);
  g_test_add_data_func ("/engine/engine-lending/dropped", GINT_TO_POINTER (1),
                        test_end);
  return g_test_run ();
}
