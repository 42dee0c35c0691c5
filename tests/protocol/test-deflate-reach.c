/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "protocol/ws-deflate-reach.h"

#include <string.h>
#include <zlib.h>

#include "protocol/ws-inflater.h"
#include "support/ws-test.h"

#define WINDOW 512

/* Bits as RFC 1951, 3.1.1, packs them. */
typedef struct
{
  GByteArray *bytes;
  guint       n_bits; /* of the last byte */
} Writer;

static void
write_bits (Writer *self, guint value, guint n)
{
  static const guint8 zero = 0;

  for (guint i = 0; i < n; i++)
    {
      if (self->n_bits % 8 == 0)
        g_byte_array_append (self->bytes, &zero, 1);
      if ((value >> i & 1) != 0)
        self->bytes->data[self->bytes->len - 1]
            |= (guint8) (1u << self->n_bits % 8);
      self->n_bits++;
    }
}

/* Huffman codes begin with their highest bit. */
static void
write_code (Writer *self, guint code, guint n)
{
  while (n-- > 0)
    write_bits (self, code >> n & 1, 1);
}

static void
write_literal (Writer *self, guint8 byte)
{
  if (byte < 144)
    write_code (self, 0x30u + byte, 8);
  else
    write_code (self, 0x190u + byte - 144, 9);
}

/* Three bytes from so far back. */
static void
write_match (Writer *self, guint distance)
{
  guint symbol = distance <= 4 ? distance - 1 : 0;
  guint extra = 0, base = distance;

  write_code (self, 1, 7);
  if (distance > 4)
    {
      extra = g_bit_storage (distance - 1) - 2;
      symbol = 2 * extra + 2 + ((distance - 1) >> extra & 1);
      base = ((2 + symbol % 2) << extra) + 1;
    }
  write_code (self, symbol, 5);
  write_bits (self, distance - base, extra);
}

/* (transfer full): so many bytes and a match, in one block with fixed codes, as
 * a message ends. */
static GByteArray *
make_match (guint n_literals, guint distance)
{
  Writer writer = { g_byte_array_new (), 0 };

  write_bits (&writer, 0, 1);
  write_bits (&writer, 1, 2);
  for (guint i = 0; i < n_literals; i++)
    write_literal (&writer, (guint8) (i * 7));
  write_match (&writer, distance);
  write_code (&writer, 0, 7);
  /* The beginning of the empty block that is left out. */
  write_bits (&writer, 0, 3);
  return writer.bytes;
}

static gboolean
reaches (const GByteArray *bytes, gsize piece)
{
  WsDeflateReach *reach = ws_deflate_reach_new (WINDOW);
  gboolean        is_fine = TRUE;

  for (gsize at = 0; at < bytes->len && is_fine; at += piece)
    {
      const gsize len = MIN (piece, bytes->len - at);
      guint8     *guarded = ws_test_guarded (bytes->data + at, len);

      is_fine = ws_deflate_reach_feed (reach, guarded, len);
      ws_test_guarded_free (guarded, len);
    }
  ws_deflate_reach_free (reach);
  return is_fine;
}

static gboolean
reaches_in_any_split (const GByteArray *bytes)
{
  const gboolean whole = reaches (bytes, bytes->len);

  for (gsize piece = 1; piece < bytes->len; piece += 1 + piece / 8)
    g_assert_true (reaches (bytes, piece) == whole);
  return whole;
}

static void
test_distances (void)
{
  static const guint distances[] = { 1,    2,    3,     4,     5,     8,
                                     9,    100,  256,   257,   511,   512,
                                     513,  514,  768,   769,   1024,  1025,
                                     4097, 8192, 16384, 24577, 32767, 32768 };

  for (gsize i = 0; i < G_N_ELEMENTS (distances); i++)
    {
      g_autoptr (GByteArray) bytes = make_match (3, distances[i]);

      g_test_message ("%u", distances[i]);
      g_assert_true (reaches_in_any_split (bytes) == (distances[i] <= WINDOW));
    }
}

/* All kinds of blocks that zlib makes, for a window and for a larger one. */
static void
test_blocks (void)
{
  static const int strategies[]
      = { Z_DEFAULT_STRATEGY, Z_FIXED, Z_HUFFMAN_ONLY, Z_RLE };

  for (gsize i = 0; i < G_N_ELEMENTS (strategies) * 20; i++)
    {
      const int bits = i % 2 == 0 ? 9 : 15;
      const int level = (int) (i / 2 % 10);
      const int strategy = strategies[i / 20];
      z_stream  stream = { 0 };
      g_autoptr (GByteArray) bytes = g_byte_array_new ();
      guint8 text[6000];

      /* What is repeated is over 2000 bytes away, and near ones are as well. */
      for (gsize j = 0; j < sizeof text; j++)
        text[j] = (guint8) (j % 2500 * (j % 2500) / 7 + j % 3);
      memset (text + 4000, 'x', 300);
      g_assert_cmpint (deflateInit2 (&stream, level, Z_DEFLATED, -bits, 8,
                                     strategy),
                       ==, Z_OK);
      g_byte_array_set_size (bytes, 8000);
      stream.next_in = text;
      stream.avail_in = sizeof text;
      stream.next_out = bytes->data;
      stream.avail_out = 8000;
      g_assert_cmpint (deflate (&stream, i % 3 == 0 ? Z_FINISH : Z_SYNC_FLUSH),
                       >=, Z_OK);
      g_byte_array_set_size (bytes, (guint) stream.total_out);
      deflateEnd (&stream);
      if (bits == 9 || strategy == Z_HUFFMAN_ONLY || strategy == Z_RLE
          || level == 0)
        g_assert_true (reaches_in_any_split (bytes));
      else
        g_assert_false (reaches_in_any_split (bytes));
    }
}

/* What is no deflate is not refused here, nor what comes behind it. */
static void
test_lost (void)
{
  static const char *const rows[] = {
    "06",             /* an unknown kind of block */
    "00 05 00 00 00", /* a stored block whose sizes differ */
    "04 ff ff ff ff", /* codes that are too many */
    "04 00 00 00 00 00 00",
    "fc ff 00 00 00 00",
    "05 e0 81 08 00 00",
  };
  g_autoptr (GByteArray) far = make_match (3, WINDOW + 1);

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      gsize              len;
      g_autofree guint8 *data = ws_test_hex (rows[i], &len);
      g_autoptr (GByteArray) bytes = g_byte_array_new ();

      g_byte_array_append (bytes, data, (guint) len);
      if (i < 2)
        g_byte_array_append (bytes, far->data, far->len);
      g_assert_true (reaches_in_any_split (bytes));
    }
}

/* --- As the inflater uses it --- */

/* Whether a message is taken, of which so many bytes come at once. */
static gboolean
inflates (WsInflater *inflater, const GByteArray *bytes, gsize piece)
{
  WsBuffer out = { 0 };
  WsFault  fault = { 0 };
  gboolean is_fine = TRUE;

  for (gsize at = 0; at < bytes->len && is_fine; at += piece)
    {
      const gsize len = MIN (piece, bytes->len - at);

      is_fine = ws_inflater_feed (inflater, bytes->data + at, len,
                                  at + len == bytes->len, 1024 * 1024, &out,
                                  &fault);
    }
  if (!is_fine)
    {
      g_assert_cmpuint (fault.close_code, ==, 1007);
      g_assert_nonnull (strstr (fault.reason, "beyond the agreed window"));
    }
  ws_buffer_clear (&out);
  return is_fine;
}

static void
check_window (guint bits, guint distance, gboolean is_fine)
{
  g_autoptr (GByteArray) bytes = make_match (40000, distance);
  static const gsize pieces[] = { 1, 2, 100, 1000, 30000, G_MAXSIZE / 2 };

  for (gsize i = 0; i < G_N_ELEMENTS (pieces); i++)
    {
      WsInflater inflater;

      ws_inflater_init (&inflater, bits, TRUE, 0);
      g_assert_true (inflates (&inflater, bytes, pieces[i]) == is_fine);
      g_assert_true (!is_fine || inflater.reach == NULL);
      ws_inflater_clear (&inflater);
    }
}

/* However TCP has cut it. */
static void
test_windows (void)
{
  for (guint bits = 8; bits <= 15; bits++)
    {
      check_window (bits, 1u << bits, TRUE);
      if (bits < 15)
        check_window (bits, (1u << bits) + 1, FALSE);
    }
}

/* A message may refer to what was in the one before, as far as the window. */
static void
test_takeover (void)
{
  g_autoptr (GByteArray) first = make_match (600, 1);

  for (guint distance = 511; distance <= 513; distance++)
    {
      g_autoptr (GByteArray) second = make_match (0, distance);
      WsInflater inflater;

      ws_inflater_init (&inflater, 9, TRUE, 0);
      g_assert_true (inflates (&inflater, first, 7));
      ws_inflater_release (&inflater);
      g_assert_true (inflates (&inflater, second, G_MAXSIZE / 2)
                     == (distance <= 512));
      ws_inflater_clear (&inflater);
    }
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);
  g_test_add_func ("/protocol/deflate-reach/distances", test_distances);
  g_test_add_func ("/protocol/deflate-reach/blocks", test_blocks);
  g_test_add_func ("/protocol/deflate-reach/lost", test_lost);
  g_test_add_func ("/protocol/deflate-reach/windows", test_windows);
  g_test_add_func ("/protocol/deflate-reach/takeover", test_takeover);
  return g_test_run ();
}
