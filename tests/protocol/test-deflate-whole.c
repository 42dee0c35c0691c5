/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "protocol/ws-deflate-whole.h"

#include <string.h>

#include "protocol/ws-deflater.h"
#include "protocol/ws-inflater.h"
#include "support/ws-test.h"
#include "ws-config.h"

#ifdef HAVE_LIBDEFLATE
#define IS_THERE TRUE
#else
#define IS_THERE FALSE
#endif

#define USUAL ((WsDeflateShape){ 15, -1, 8 })
#define LIMIT ((guint64) 1024 * 1024)

/* The same one each time: what is found must not hang on it. */
static GRand *chance;

/* Words, noise, or one byte over and over. */
static void
fill (guint8 *data, gsize len, guint kind)
{
  for (gsize i = 0; i < len; i++)
    data[i] = kind == 0   ? (guint8) "abcdefgh"[g_rand_int (chance) & 7]
              : kind == 1 ? (guint8) g_rand_int (chance)
                          : 'x';
  for (gsize i = 0; kind == 0 && i + 16 < len; i += 16)
    if (i >= 512 && (g_rand_int (chance) & 1) != 0)
      memcpy (data + i, data + i - 512, 16);
}

/* What zlib alone makes of a message's payload; FALSE: nothing, and why. */
static gboolean
inflate_slowly (const guint8 *data, gsize len, WsBuffer *out, WsFault *fault)
{
  WsInflater inflater;
  gboolean   ok;

  ws_inflater_init (&inflater, 15, TRUE, 0);
  ok = ws_inflater_feed (&inflater, data, len, TRUE, LIMIT, out, fault);
  ws_inflater_clear (&inflater);
  return ok;
}

static void
check_packed (const WsBuffer *packed, const guint8 *data, gsize len)
{
  WsBuffer out = { 0 };
  WsFault  fault;

  g_assert_cmpuint (packed->len, <, len);
  /* No last block, which not all peers take for the end of a message only. */
  g_assert_cmpuint (packed->data[0] & 1, ==, 0);
  g_assert_true (inflate_slowly (packed->data, packed->len, &out, &fault));
  g_assert_cmpmem (out.data, out.len, data, len);
  ws_buffer_clear (&out);
}

static void
test_compress (void)
{
  guint8 data[WS_DEFLATE_WHOLE_MAX];
  guint  n_done = 0;

  for (guint i = 0; i < 3000; i++)
    {
      gsize len
          = (gsize) g_rand_int_range (chance, 1, sizeof data + 1) >> (i % 6);
      WsDeflateShape shape = USUAL;
      WsBuffer       packed = { 0 };

      len = MAX (len, 1);
      shape.level = (gint8) g_rand_int_range (chance, -1, 10);
      fill (data, len, i % 3);
      if (ws_deflate_whole_compress (shape, data, len, &packed))
        {
          check_packed (&packed, data, len);
          n_done++;
        }
      else
        g_assert_cmpuint (packed.len, ==, 0);
      ws_buffer_clear (&packed);
    }
  g_assert_cmpint (n_done > 1000, ==, IS_THERE);
}

static void
test_left_to_zlib (void)
{
  guint8         data[WS_DEFLATE_WHOLE_MAX + 1];
  WsDeflateShape shapes[] = { { 14, -1, 8 }, { 15, 0, 8 }, { 15, 6, 7 } };
  WsBuffer       packed = { 0 };

  fill (data, sizeof data, 2);
  g_assert_cmpint (ws_deflate_whole_compress (USUAL, data, sizeof data - 1,
                                              &packed),
                   ==, IS_THERE);
  ws_buffer_clear (&packed);
  g_assert_false (
      ws_deflate_whole_compress (USUAL, data, sizeof data, &packed));
  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
    g_assert_false (ws_deflate_whole_compress (shapes[i], data, 100, &packed));
  /* Noise does not become shorter. */
  fill (data, 100, 1);
  g_assert_false (ws_deflate_whole_compress (USUAL, data, 100, &packed));
  g_assert_cmpuint (packed.len, ==, 0);
}

/* @packed: (out): what zlib makes of @data */
static void
pack_slowly (const guint8 *data, gsize len, WsBuffer *packed)
{
  WsDeflater deflater;

  ws_deflater_init (&deflater, USUAL, TRUE);
  if (!ws_deflater_compress (&deflater, data, len, packed))
    ws_buffer_append (packed, "\0", 1);
  ws_deflater_clear (&deflater);
}

static void
test_room (void)
{
  guint8   data[4000];
  WsBuffer packed = { 0 };
  WsBuffer out = { 0 };

  fill (data, sizeof data, 0);
  pack_slowly (data, sizeof data, &packed);
  g_assert_false (ws_deflate_whole_inflate (packed.data, packed.len,
                                            sizeof data - 1, &out));
  g_assert_cmpuint (out.len, ==, 0);
  ws_buffer_append (&out, "before", 6);
  g_assert_cmpint (ws_deflate_whole_inflate (packed.data, packed.len,
                                             sizeof data, &out),
                   ==, IS_THERE);
  if (IS_THERE)
    g_assert_cmpmem (out.data + 6, out.len - 6, data, sizeof data);
  ws_buffer_clear (&packed);
  ws_buffer_clear (&out);
}

/* Where libdeflate is known to take numbers for others that RFC 1951 has no
 * meaning for. */
static gboolean
is_known (const WsFault *fault)
{
  return strstr (fault->reason, "invalid literal/length code") != NULL
         || strstr (fault->reason, "invalid distance code") != NULL
         || strstr (fault->reason, "invalid bit length repeat") != NULL
         || strstr (fault->reason, "too many length or distance") != NULL;
}

/* Whatever is taken is what zlib takes, and becomes the same. */
static void
test_damaged (void)
{
  guint8 data[2000];
  guint  n_taken = 0;

  for (guint i = 0; i < 30000; i++)
    {
      gsize    len = (gsize) g_rand_int_range (chance, 1, sizeof data);
      guint    n_changes = i % 4;
      WsBuffer packed = { 0 };
      WsBuffer quick = { 0 };
      WsBuffer slow = { 0 };

      len >>= i % 7;
      fill (data, len + 1, i % 3);
      pack_slowly (data, len + 1, &packed);
      for (guint j = 0; j < n_changes; j++)
        packed.data[g_rand_int_range (chance, 0, (int) packed.len)]
            ^= (guint8) (1 << (g_rand_int (chance) & 7));
      if (i % 5 == 0)
        packed.len = (gsize) g_rand_int_range (chance, 1, (int) packed.len + 1);
      if (ws_deflate_whole_inflate (packed.data, packed.len,
                                    WS_INFLATE_WHOLE_ROOM, &quick))
        {
          WsFault fault;

          n_taken++;
          if (inflate_slowly (packed.data, packed.len, &slow, &fault))
            g_assert_cmpmem (quick.data, quick.len, slow.data, slow.len);
          else
            g_assert_true (is_known (&fault));
        }
      ws_buffer_clear (&packed);
      ws_buffer_clear (&quick);
      ws_buffer_clear (&slow);
    }
  g_assert_cmpint (n_taken > 1000, ==, IS_THERE);
}

/* A last block of the peer's own is for zlib, and so is one that is cut. */
static void
test_ends (void)
{
  static const struct
  {
    const char *name;
    const char *hex;
    gboolean    is_taken;
  } rows[] = {
    { "as in RFC 7692, 7.2.3.1", "f2 48 cd c9 c9 07 00", TRUE },
    { "no compression, 7.2.3.3", "00 05 00 fa ff 48 65 6c 6c 6f 00", TRUE },
    { "last block, 7.2.3.4", "f3 48 cd c9 c9 07 00 00", FALSE },
    { "two blocks, 7.2.3.5", "f2 48 05 00 00 00 ff ff ca c9 c9 07 00", TRUE },
    { "nothing, 7.2.3.6", "00", TRUE },
    { "cut", "f2 48 cd c9 c9", FALSE },
    { "a block that lacks four bytes", "00 09 00 f6 ff 48 65 6c 6c 6f", TRUE },
    { "a block that lacks six", "00 0b 00 f4 ff 48 65 6c 6c 6f", FALSE },
    { "a block that lacks nine", "00 0e 00 f1 ff 48 65 6c 6c 6f", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      gsize              len;
      WsBuffer           out = { 0 };
      WsBuffer           slow = { 0 };
      g_autofree guint8 *data = ws_test_hex (rows[i].hex, &len);

      g_test_message ("%s", rows[i].name);
      g_assert_cmpint (ws_deflate_whole_inflate (data, len,
                                                 WS_INFLATE_WHOLE_ROOM, &out),
                       ==, IS_THERE && rows[i].is_taken);
      if (IS_THERE && rows[i].is_taken)
        {
          WsFault fault;

          g_assert_true (inflate_slowly (data, len, &slow, &fault));
          g_assert_cmpmem (out.data, out.len, slow.data, slow.len);
        }
      ws_buffer_clear (&out);
      ws_buffer_clear (&slow);
    }
}

int
main (int argc, char **argv)
{
  int status;

  ws_test_init (&argc, &argv);
  chance = g_rand_new_with_seed (1951);

  g_test_add_func ("/protocol/deflate-whole/compress", test_compress);
  g_test_add_func ("/protocol/deflate-whole/left-to-zlib", test_left_to_zlib);
  g_test_add_func ("/protocol/deflate-whole/room", test_room);
  g_test_add_func ("/protocol/deflate-whole/damaged", test_damaged);
  g_test_add_func ("/protocol/deflate-whole/ends", test_ends);
  status = g_test_run ();
  g_rand_free (chance);
  return status;
}
