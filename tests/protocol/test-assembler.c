/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "protocol/ws-assembler.h"

#include <string.h>

#include "protocol/ws-storage.h"
#include "support/ws-test.h"

static WsFrameHeader
data_frame (WsOpcode opcode, gboolean fin, guint64 length)
{
  return (WsFrameHeader){ .opcode = opcode, .fin = fin, .length = length };
}

/* 0 when the frame is admitted, else the close code. */
static guint
judge (const WsAssembler *assembler, WsFrameHeader header)
{
  WsFault fault = { 0 };

  if (ws_assembler_check (assembler, &header, &fault))
    return 0;
  g_assert_cmpuint (strlen (fault.reason), >, 0);
  return fault.close_code;
}

/* Takes a whole frame; FALSE when its text is bad. */
static gboolean
take (WsAssembler *assembler, WsFrameHeader header, const char *payload)
{
  g_autofree guint8 *copy = NULL;
  WsFault            fault;

  header.length = strlen (payload);
  copy = g_memdup2 (payload, (gsize) header.length);
  g_assert_cmpuint (judge (assembler, header), ==, 0);
  ws_assembler_begin_frame (assembler, &header);
  if (ws_assembler_add (assembler, &header, copy, (gsize) header.length, 0,
                        NULL, &fault))
    return TRUE;
  g_assert_cmpuint (fault.close_code, ==, 1007);
  return FALSE;
}

static void
test_order (void)
{
  WsAssembler assembler;
  WsBuffer    message = { 0 };

  ws_assembler_init (&assembler);
  g_assert_true (ws_assembler_is_idle (&assembler));
  g_assert_cmpuint (judge (&assembler,
                           data_frame (WS_OPCODE_CONTINUATION, TRUE, 1)),
                    ==, 1002);
  g_assert_true (
      take (&assembler, data_frame (WS_OPCODE_TEXT, FALSE, 0), "Hel"));
  g_assert_false (ws_assembler_is_idle (&assembler));
  g_assert_cmpuint (judge (&assembler, data_frame (WS_OPCODE_TEXT, TRUE, 1)),
                    ==, 1002);
  g_assert_cmpuint (judge (&assembler, data_frame (WS_OPCODE_BINARY, FALSE, 0)),
                    ==, 1002);
  g_assert_true (
      take (&assembler, data_frame (WS_OPCODE_CONTINUATION, TRUE, 0), "lo"));
  ws_assembler_take_message (&assembler, &message);
  g_assert_cmpmem (message.data, message.len + 1, "Hello", 6);
  g_assert_true (ws_assembler_is_idle (&assembler));
  g_assert_null (assembler.now->message.data);
  ws_buffer_clear (&message);
}

/* The fragments of a message are counted, empty ones too. */
static void
test_max_fragments (void)
{
  const WsFrameHeader more = data_frame (WS_OPCODE_CONTINUATION, FALSE, 0);
  const WsFrameHeader last = data_frame (WS_OPCODE_CONTINUATION, TRUE, 0);
  WsAssembler         assembler;

  ws_assembler_init (&assembler);
  ws_assembler_set_max_fragments (&assembler, 3);
  for (guint i = 0; i < 2; i++)
    {
      g_assert_true (
          take (&assembler, data_frame (WS_OPCODE_TEXT, FALSE, 0), ""));
      g_assert_true (take (&assembler, more, ""));
      g_assert_cmpuint (judge (&assembler, last), ==, 0);
      g_assert_true (take (&assembler, more, ""));
      g_assert_cmpuint (judge (&assembler, last), ==, 1009);
      g_assert_cmpuint (judge (&assembler, more), ==, 1009);
      /* Lowered meanwhile, raised, and given up. */
      ws_assembler_set_max_fragments (&assembler, 1);
      g_assert_cmpuint (judge (&assembler, last), ==, 1009);
      ws_assembler_set_max_fragments (&assembler, 4);
      g_assert_cmpuint (judge (&assembler, last), ==, 0);
      ws_assembler_set_max_fragments (&assembler, 0);
      g_assert_cmpuint (judge (&assembler, more), ==, 0);
      ws_assembler_set_max_fragments (&assembler, 3);
      ws_assembler_reset (&assembler);
    }
}

static void
test_limits (void)
{
  WsAssembler assembler;

  ws_assembler_init (&assembler);
  ws_assembler_set_limits (&assembler, 5, 8);
  g_assert_cmpuint (judge (&assembler, data_frame (WS_OPCODE_TEXT, TRUE, 5)),
                    ==, 0);
  g_assert_cmpuint (judge (&assembler, data_frame (WS_OPCODE_TEXT, TRUE, 6)),
                    ==, 1009);
  g_assert_cmpuint (judge (&assembler,
                           data_frame (WS_OPCODE_TEXT, TRUE, G_MAXINT64)),
                    ==, 1009);
  g_assert_true (
      take (&assembler, data_frame (WS_OPCODE_TEXT, FALSE, 0), "Hello"));
  g_assert_cmpuint (judge (&assembler,
                           data_frame (WS_OPCODE_CONTINUATION, TRUE, 3)),
                    ==, 0);
  g_assert_cmpuint (judge (&assembler,
                           data_frame (WS_OPCODE_CONTINUATION, TRUE, 4)),
                    ==, 1009);
  ws_assembler_reset (&assembler);
  g_assert_true (ws_assembler_is_idle (&assembler));
  g_assert_cmpuint (judge (&assembler, data_frame (WS_OPCODE_TEXT, TRUE, 6)),
                    ==, 1009);

  /* No sum overflows. */
  ws_assembler_set_limits (&assembler, G_MAXUINT64, G_MAXUINT64);
  g_assert_true (
      take (&assembler, data_frame (WS_OPCODE_BINARY, FALSE, 0), "a"));
  g_assert_cmpuint (judge (&assembler, data_frame (WS_OPCODE_CONTINUATION, TRUE,
                                                   G_MAXUINT64)),
                    ==, 1009);
  ws_assembler_reset (&assembler);
}

/* A limit that is lowered while a message comes holds for the rest of it. */
static void
test_lowered_limit (void)
{
  guint8        payload[8] = { 0 };
  WsFrameHeader header = { .opcode = WS_OPCODE_BINARY, .length = 8 };
  WsAssembler   assembler;
  WsFault       fault;

  ws_assembler_init (&assembler);
  g_assert_true (ws_assembler_check (&assembler, &header, &fault));
  ws_assembler_begin_frame (&assembler, &header);
  g_assert_true (
      ws_assembler_add (&assembler, &header, payload, 8, 0, NULL, &fault));
  ws_assembler_set_limits (&assembler, 8, 4);
  header.opcode = WS_OPCODE_CONTINUATION;
  g_assert_false (ws_assembler_check (&assembler, &header, &fault));
  g_assert_cmpuint (fault.close_code, ==, 1009);
  ws_assembler_reset (&assembler);
}

/* Bad text fails with its first impossible byte, wherever it comes. */
static void
test_text_fails_early (void)
{
  WsAssembler   assembler;
  WsFrameHeader header = data_frame (WS_OPCODE_TEXT, FALSE, 1000);
  guint8        good[] = { 'a', 0xe2, 0x82 };
  guint8        bad[] = { 0x28 };
  WsFault       fault;

  ws_assembler_init (&assembler);
  ws_assembler_begin_frame (&assembler, &header);
  g_assert_true (ws_assembler_add (&assembler, &header, good, sizeof good, 997,
                                   NULL, &fault));
  g_assert_false (
      ws_assembler_add (&assembler, &header, bad, 1, 996, NULL, &fault));
  g_assert_cmpuint (fault.close_code, ==, 1007);
  ws_assembler_reset (&assembler);

  g_assert_true (
      take (&assembler, data_frame (WS_OPCODE_TEXT, FALSE, 0), "\xe2"));
  g_assert_false (
      take (&assembler, data_frame (WS_OPCODE_CONTINUATION, TRUE, 0), "\x82"));
  ws_assembler_reset (&assembler);
}

/* The mask goes on where the last piece of a frame stopped. */
static void
test_masked_pieces (void)
{
  static const guint8 wire[]
      = { 0x7f, 0x9f, 0x4d, 0x51, 0x58, 0xd6, 0x01, 0x4a };
  WsFrameHeader header = { .opcode = WS_OPCODE_BINARY,
                           .fin = TRUE,
                           .masked = TRUE,
                           .mask = { 0x37, 0xfa, 0x21, 0x3d },
                           .length = sizeof wire };

  for (gsize cut = 1; cut < sizeof wire; cut++)
    {
      WsAssembler assembler;
      guint8      copy[sizeof wire];
      WsBuffer    message = { 0 };
      WsFault     fault;

      memcpy (copy, wire, sizeof wire);
      ws_assembler_init (&assembler);
      ws_assembler_begin_frame (&assembler, &header);
      g_assert_true (ws_assembler_add (&assembler, &header, copy, cut,
                                       sizeof wire - cut, NULL, &fault));
      g_assert_true (ws_assembler_add (&assembler, &header, copy + cut,
                                       sizeof wire - cut, 0, NULL, &fault));
      ws_assembler_take_message (&assembler, &message);
      g_assert_cmpmem (message.data, message.len, "Hello, w", 8);
      ws_buffer_clear (&message);
    }
}

static void
test_copy_frame (void)
{
  static const struct
  {
    const char *fragment;
    const char *frame;
  } rows[] = {
    { "a\xf0", "a" },
    { "\x9f", NULL }, /* nothing is complete: no storage */
    { "", NULL },
    { "\x92\xa9"
      "b\xc3",
      "\xf0\x9f\x92\xa9"
      "b" },
    { "\xa4", "\xc3\xa4" },
  };
  WsAssembler assembler;
  WsBuffer    message = { 0 };

  ws_assembler_init (&assembler);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      gboolean fin = i == G_N_ELEMENTS (rows) - 1;
      WsOpcode opcode = i == 0 ? WS_OPCODE_TEXT : WS_OPCODE_CONTINUATION;
      WsBuffer frame = { 0 };

      g_assert_true (
          take (&assembler, data_frame (opcode, fin, 0), rows[i].fragment));
      ws_assembler_copy_frame (&assembler, fin, &frame);
      g_assert_cmpstr ((char *) frame.data, ==, rows[i].frame);
      ws_buffer_clear (&frame);
    }
  ws_assembler_take_message (&assembler, &message);
  g_assert_cmpstr ((char *) message.data, ==,
                   "a\xf0\x9f\x92\xa9"
                   "b\xc3\xa4");
  ws_buffer_clear (&message);
}

/* Storage follows what has come, not what is announced. */
static void
test_growth (void)
{
  const gsize        length = 16 * 1024 * 1024;
  const gsize        step = 16 * 1024;
  g_autofree guint8 *piece = g_malloc0 (step);
  WsFrameHeader      header = data_frame (WS_OPCODE_BINARY, TRUE, length);
  WsAssembler        assembler;
  WsFault            fault;

  ws_assembler_init (&assembler);
  ws_assembler_begin_frame (&assembler, &header);
  for (gsize n = step; n <= length; n += step)
    {
      g_assert_true (ws_assembler_add (&assembler, &header, piece, step,
                                       length - n, NULL, &fault));
      g_assert_cmpuint (assembler.now->message.size, <=,
                        4 * MAX (n, 64 * 1024) + 4096);
    }
  g_assert_cmpuint (assembler.now->message.size, <=, length + 4096);
  ws_assembler_reset (&assembler);
}

/* What is put where it stays is taken as what is copied there: unmasked, and
 * checked. */
/* What is kept from a message before is taken at once, for the whole frame. */
static void
test_kept (void)
{
  const gsize   length = 1024 * 1024;
  WsFrameHeader header = data_frame (WS_OPCODE_BINARY, TRUE, length);
  WsAssembler   assembler;
  guint8        piece[100] = { 0 };
  WsFault       fault;

  for (guint i = 0; i < 2; i++)
    {
      ws_assembler_init (&assembler);
      ws_assembler_begin_frame (&assembler, &header);
      g_assert_true (ws_assembler_add (&assembler, &header, piece, sizeof piece,
                                       length - sizeof piece, NULL, &fault));
      if (i == 0)
        g_assert_cmpuint (assembler.now->message.size, <, length);
      else
        g_assert_cmpuint (assembler.now->message.size, >, length);
      ws_assembler_reset (&assembler);
      if (i == 0)
        {
          ws_storage_keep ();
          ws_storage_free (ws_storage_new (length + 1));
        }
    }
  ws_storage_forget ();
}

static void
test_place (gconstpointer data)
{
  const gboolean     is_bad = GPOINTER_TO_INT (data);
  const gsize        length = 200000;
  const gsize        first = 64 * 1024 + 1;
  g_autofree guint8 *wire = g_malloc (length);
  WsFrameHeader      header = data_frame (WS_OPCODE_TEXT, TRUE, length);
  WsAssembler        assembler;
  WsBuffer           message = { 0 };
  WsFault            fault;
  guint8            *place;
  gsize              room;

  header.masked = TRUE;
  memcpy (header.mask, "mask", sizeof header.mask);
  for (gsize i = 0; i < length; i++)
    wire[i] = (guint8) ("\xc3\xa4"[i % 2] ^ "mask"[i % 4]);
  if (is_bad)
    wire[150001] ^= 0xff;
  ws_assembler_init (&assembler);
  g_assert_null (ws_assembler_get_place (&assembler, length, &room));
  ws_assembler_begin_frame (&assembler, &header);
  g_assert_null (ws_assembler_get_place (&assembler, length, &room));
  g_assert_true (ws_assembler_add (&assembler, &header, wire, first,
                                   length - first, NULL, &fault));
  place = ws_assembler_get_place (&assembler, length - first, &room);
  g_assert_nonnull (place);
  g_assert_cmpuint (room, ==, length - first);
  memcpy (place, wire + first, room);
  g_assert_cmpint (ws_assembler_add (&assembler, &header, place, room, 0, NULL,
                                     &fault),
                   ==, !is_bad);
  if (is_bad)
    g_assert_cmpuint (fault.close_code, ==, 1007);
  g_assert_true (is_bad || assembler.now->message.data + first == place);
  ws_assembler_take_message (&assembler, &message);
  for (gsize i = 0; i < message.len && !is_bad; i++)
    g_assert_cmpint (message.data[i], ==, (guint8) "\xc3\xa4"[i % 2]);
  ws_buffer_clear (&message);
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);

  g_test_add_func ("/protocol/assembler/order", test_order);
  g_test_add_func ("/protocol/assembler/limits", test_limits);
  g_test_add_func ("/protocol/assembler/max-fragments", test_max_fragments);
  g_test_add_func ("/protocol/assembler/text-fails-early",
                   test_text_fails_early);
  g_test_add_func ("/protocol/assembler/masked-pieces", test_masked_pieces);
  g_test_add_func ("/protocol/assembler/copy-frame", test_copy_frame);
  g_test_add_func ("/protocol/assembler/growth", test_growth);
  g_test_add_func ("/protocol/assembler/kept", test_kept);
  g_test_add_data_func ("/protocol/assembler/place", GINT_TO_POINTER (FALSE),
                        test_place);
  g_test_add_data_func ("/protocol/assembler/place-of-bad-text",
                        GINT_TO_POINTER (TRUE), test_place);

  g_test_add_func ("/protocol/assembler/lowered-limit", test_lowered_limit);
  return g_test_run ();
}
