/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "protocol/ws-deflater.h"

#include <string.h>

#include "support/ws-test.h"

/* A plain use of zlib: what a peer does that knows nothing but the RFC. It has
 * a window of exactly so many bits, and takes little at a time, so that it
 * refers to that and not to what it wrote last. */
typedef struct
{
  z_stream stream;
  gboolean takeover;
} Reference;

static void
reference_init (Reference *self, int window_bits, gboolean takeover)
{
  *self = (Reference){ .takeover = takeover };
  g_assert_cmpint (inflateInit2 (&self->stream, -window_bits), ==, Z_OK);
}

static void
reference_check (Reference      *self,
                 const WsBuffer *packed,
                 const guint8   *data,
                 gsize           len)
{
  static const guint8 tail[] = { 0x00, 0x00, 0xff, 0xff };
  WsBuffer            whole = { 0 };
  gsize               at = 0;

  ws_buffer_append (&whole, packed->data, packed->len);
  ws_buffer_append (&whole, tail, sizeof tail);
  self->stream.next_in = whole.data;
  self->stream.avail_in = (uInt) whole.len;
  do
    {
      guint8 out[16];
      gsize  n;

      self->stream.next_out = out;
      self->stream.avail_out = sizeof out;
      g_assert_cmpint (inflate (&self->stream, Z_SYNC_FLUSH), >=, Z_BUF_ERROR);
      n = sizeof out - self->stream.avail_out;
      g_assert_cmpuint (n, <=, len - at);
      g_assert_cmpint (memcmp (out, data + at, n), ==, 0);
      at += n;
    }
  while (self->stream.avail_out == 0 || self->stream.avail_in > 0);
  g_assert_cmpuint (at, ==, len);
  if (!self->takeover)
    inflateReset (&self->stream);
  ws_buffer_clear (&whole);
}

/* Words of some vocabulary, so that there are matches at all distances. */
static void
fill (guint8 *data, gsize len, GRand *random)
{
  guint32 vocabulary = 1 + g_rand_int (random) % 200;
  gsize   at = 0;

  while (at < len)
    {
      char  word[16];
      gsize n = (gsize) g_snprintf (word, sizeof word, "%x ",
                                    g_rand_int (random) % vocabulary * 7919);

      n = MIN (n, len - at);
      memcpy (data + at, word, n);
      at += n;
    }
}

/* All windows, levels and ways: the distances keep to the window, of 8 bits,
 * too, and the lengths to what is worth sending. */
static void
test_reference (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (7692);
  static guint8 data[8192];

  for (guint n = 0; n < 8 * 11 * 2; n++)
    {
      WsDeflateShape shape = { .window_bits = (guint8) (8 + n % 8),
                               .level = (gint8) ((int) (n / 8 % 11) - 1),
                               .memory_level = (guint8) (1 + n % 9) };
      gboolean       takeover = n / 88 % 2;
      WsDeflater     deflater;
      Reference      reference;

      ws_deflater_init (&deflater, shape, takeover);
      reference_init (&reference, shape.window_bits, takeover);
      for (guint i = 0; i < 20; i++)
        {
          gsize    len = g_rand_int (random) % sizeof data;
          WsBuffer out = { 0 };

          fill (data, len, random);
          if (ws_deflater_compress (&deflater, data, len, &out))
            {
              g_assert_cmpuint (out.len, <, len);
              reference_check (&reference, &out, data, len);
            }
          else
            g_assert_cmpuint (out.len, ==, 0);
          g_assert_true ((deflater.stream != NULL) == takeover || out.len == 0);
          if (i % 7 == 6)
            ws_deflater_forget (&deflater);
          ws_buffer_clear (&out);
        }
      inflateEnd (&reference.stream);
      ws_deflater_clear (&deflater);
    }
}

/* Lengths around what the room is made for: nothing is lost at an edge. */
static void
test_lengths (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (1951);
  WsDeflater deflater;
  Reference  reference;
  guint8     data[1024];

  ws_deflater_init (&deflater, (WsDeflateShape){ 15, 6, 8 }, TRUE);
  reference_init (&reference, 15, TRUE);
  for (gsize len = 0; len < sizeof data; len++)
    {
      WsBuffer out = { 0 };

      for (gsize i = 0; i < len; i++)
        data[i] = (guint8) (g_rand_int (random) % (1 + len % 256));
      if (ws_deflater_compress (&deflater, data, len, &out))
        reference_check (&reference, &out, data, len);
      g_assert_cmpuint (out.size, <=, MAX (64, len + 4));
      ws_buffer_clear (&out);
    }
  inflateEnd (&reference.stream);
  ws_deflater_clear (&deflater);
}

/* Without takeover nobody owns a stream, and the thread has one of a shape. */
static void
test_pool (void)
{
  WsDeflateShape shape = { 12, 1, 5 };
  z_stream      *first = ws_deflate_pool_take_deflater (shape);
  z_stream      *second = ws_deflate_pool_take_deflater (shape);
  z_stream      *inflater = ws_deflate_pool_take_inflater (15);

  g_assert_true (first != second);
  ws_deflate_pool_give_deflater (first, shape);
  ws_deflate_pool_give_deflater (second, shape);
  g_assert_true (ws_deflate_pool_take_deflater (shape) == first);
  second = ws_deflate_pool_take_deflater (shape);
  g_assert_true (first != second);
  ws_deflate_pool_give_deflater (first, shape);
  /* More shapes than there are places. */
  for (guint i = 0; i < 20; i++)
    {
      shape.memory_level = (guint8) (1 + i % 9);
      ws_deflate_pool_give_deflater (ws_deflate_pool_take_deflater (shape),
                                     shape);
    }
  ws_deflate_pool_give_deflater (second, shape);
  ws_deflate_pool_give_inflater (inflater);
  g_assert_true (ws_deflate_pool_take_inflater (9) == inflater);
  ws_deflate_pool_give_inflater (inflater);
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);

  g_test_add_func ("/protocol/deflater/reference", test_reference);
  g_test_add_func ("/protocol/deflater/lengths", test_lengths);
  g_test_add_func ("/protocol/deflater/pool", test_pool);
  return g_test_run ();
}
