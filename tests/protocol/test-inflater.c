/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "protocol/ws-inflater.h"

#include <string.h>

#include "protocol/ws-close.h"
#include "protocol/ws-deflater.h"
#include "support/ws-test.h"

#define MIB ((gsize) 1024 * 1024)

/* (transfer full): what so many zeros become: blocks that refer to nothing,
 * so that the same ones come again and again. */
static GByteArray *
make_bomb (gsize n_mebibytes)
{
  GByteArray        *bomb = g_byte_array_new ();
  g_autofree guint8 *zeros = g_malloc0 (MIB);
  guint8             packed[4096];
  z_stream           stream = { 0 };
  gsize              len;

  g_assert_cmpint (deflateInit2 (&stream, 9, Z_DEFLATED, -15, 9,
                                 Z_DEFAULT_STRATEGY),
                   ==, Z_OK);
  stream.next_in = zeros;
  stream.avail_in = (uInt) MIB;
  stream.next_out = packed;
  stream.avail_out = sizeof packed;
  g_assert_cmpint (deflate (&stream, Z_FULL_FLUSH), ==, Z_OK);
  g_assert_cmpuint (stream.avail_in, ==, 0);
  len = sizeof packed - stream.avail_out;
  deflateEnd (&stream);
  for (gsize i = 0; i < n_mebibytes; i++)
    g_byte_array_append (bomb, packed, (guint) len);
  /* What a flush ends with is left out. */
  g_byte_array_set_size (bomb, bomb->len - 4);
  return bomb;
}

/* Feeds until there is a fault; returns the bytes that took. */
static gsize
feed_bomb (WsInflater       *inflater,
           const GByteArray *bomb,
           gsize             piece,
           gsize             limit,
           WsBuffer         *out,
           WsFault          *fault)
{
  gsize at = 0;

  while (at < bomb->len)
    {
      gsize len = MIN (piece, bomb->len - at);

      if (!ws_inflater_feed (inflater, bomb->data + at, len,
                             at + len == bomb->len, limit, out, fault))
        return at + len;
      at += len;
    }
  return G_MAXSIZE;
}

/* A mebibyte that would become a gibibyte costs the limit, in
 * memory and in work. */
static void
test_bomb (void)
{
  g_autoptr (GByteArray) bomb = make_bomb (1024);
  const gsize limits[] = { 1, 1000, MIB, 16 * MIB };

  g_assert_cmpuint (bomb->len, <, 2 * MIB);
  for (gsize i = 0; i < G_N_ELEMENTS (limits); i++)
    {
      for (gsize piece = 1024; piece <= bomb->len; piece *= 32)
        {
          WsInflater inflater;
          WsBuffer   out = { 0 };
          WsFault    fault = { 0 };
          gsize      used;

          ws_inflater_init (&inflater, 15, TRUE, 0);
          used = feed_bomb (&inflater, bomb, piece, limits[i], &out, &fault);
          g_assert_cmpuint (fault.close_code, ==, WS_CLOSE_TOO_BIG);
          g_assert_cmpuint (used, <=, limits[i] / 500 + piece);
          g_assert_cmpuint (out.len, ==, limits[i]);
          g_assert_cmpuint (out.size, <=, limits[i] + 1);
          g_assert_cmpuint (inflater.n_out, ==, limits[i]);
          ws_inflater_clear (&inflater);
          ws_buffer_clear (&out);
        }
    }
}

/* What grows too much is refused before the limit is reached. */
static void
test_ratio (void)
{
  g_autoptr (GByteArray) bomb = make_bomb (4);
  static const struct
  {
    guint    max_ratio;
    gboolean ok;
  } rows[] = { { 0, TRUE }, { 2000, TRUE }, { 500, FALSE }, { 1, FALSE } };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      WsInflater inflater;
      WsBuffer   out = { 0 };
      WsFault    fault = { 0 };
      gsize      used;

      ws_inflater_init (&inflater, 15, TRUE, rows[i].max_ratio);
      used = feed_bomb (&inflater, bomb, 100, 16 * MIB, &out, &fault);
      if (rows[i].ok)
        {
          g_assert_cmpuint (used, ==, G_MAXSIZE);
          g_assert_cmpuint (out.len, ==, 4 * MIB);
        }
      else
        {
          g_assert_cmpuint (fault.close_code, ==, WS_CLOSE_TOO_BIG);
          g_assert_nonnull (strstr (fault.reason, "ratio"));
          g_assert_cmpuint (out.len, >, MIB);
          g_assert_cmpuint (out.size, <, 3 * MIB);
        }
      ws_inflater_clear (&inflater);
      ws_buffer_clear (&out);
    }
}

/* A flood of last blocks costs what it weighs. */
static void
test_last_blocks (void)
{
  WsInflater inflater;
  WsBuffer   out = { 0 };
  WsFault    fault;
  guint8     blocks[2 * 1024];

  for (gsize i = 0; i < sizeof blocks; i++)
    blocks[i] = i % 2 == 0 ? 0x03 : 0x00;
  ws_inflater_init (&inflater, 15, TRUE, 0);
  for (guint i = 0; i < 256; i++)
    g_assert_true (ws_inflater_feed (&inflater, blocks, sizeof blocks, i == 255,
                                     MIB, &out, &fault));
  g_assert_cmpuint (out.len, ==, 0);
  g_assert_cmpuint (out.size, <, 2048);
  ws_inflater_clear (&inflater);
  ws_buffer_clear (&out);
}

/* A message is not kept in much more memory than it needs. */
static void
test_room (void)
{
  g_autoptr (GByteArray) bomb = make_bomb (1);
  WsInflater inflater;
  WsBuffer   out = { 0 };
  WsFault    fault;

  ws_inflater_init (&inflater, 15, FALSE, 0);
  for (gsize i = 0; i < bomb->len; i++)
    g_assert_true (ws_inflater_feed (&inflater, bomb->data + i, 1,
                                     i == bomb->len - 1, 1024 * MIB, &out,
                                     &fault));
  g_assert_cmpuint (out.len, ==, MIB);
  g_assert_cmpuint (out.size, >, MIB);
  g_assert_cmpuint (out.size, <=, 2 * MIB);
  ws_buffer_clear (&out);
  ws_inflater_clear (&inflater);
}

static void
fill_text (WsBuffer *text, guint seed, gsize len)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);

  text->len = 0;
  while (text->len < len)
    {
      g_autofree char *word
          = g_strdup_printf ("{\"n\":%u},", g_rand_int (random));

      ws_buffer_append (text, word, MIN (strlen (word), len - text->len));
    }
}

static void
send_text (WsDeflater *deflater, WsInflater *inflater, guint seed, gsize len)
{
  WsBuffer text = { 0 }, packed = { 0 }, out = { 0 };
  WsFault  fault;

  fill_text (&text, seed, len);
  g_assert_true (ws_deflater_compress (deflater, text.data, text.len, &packed));
  g_assert_true (ws_inflater_feed (inflater, packed.data, packed.len, TRUE, MIB,
                                   &out, &fault));
  g_assert_cmpmem (out.data, out.len, text.data, text.len);
  ws_buffer_clear (&text);
  ws_buffer_clear (&packed);
  ws_buffer_clear (&out);
}

/* Between messages: with takeover a history that is packed, else nothing. */
static void
test_release (void)
{
  static const struct
  {
    gboolean takeover;
    gsize    len;
    gsize    most; /* bytes that stay */
  } rows[] = {
    { FALSE, 100 * 1024, 0 },
    { TRUE, 100 * 1024, 20 * 1024 },
    { TRUE, 300, 1000 },
    { TRUE, 1024, 4 * 1024 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      WsDeflater deflater;
      WsInflater inflater;

      ws_deflater_init (&deflater, (WsDeflateShape){ 15, 6, 8 },
                        rows[i].takeover);
      ws_inflater_init (&inflater, 15, rows[i].takeover, 0);
      ws_inflater_release (&inflater);
      for (guint k = 0; k < 6; k++)
        {
          send_text (&deflater, &inflater, k / 2, rows[i].len);
          g_assert_true ((inflater.stream != NULL) == rows[i].takeover);
          if (k % 3 == 2)
            continue;
          ws_inflater_release (&inflater);
          g_assert_null (inflater.stream);
          g_assert_cmpuint (inflater.history.size, <=, rows[i].most);
          /* Once is enough. */
          ws_inflater_release (&inflater);
        }
      ws_deflater_clear (&deflater);
      ws_inflater_clear (&inflater);
      g_assert_null (inflater.history.data);
    }
}

/* A message that is under way keeps what it needs. */
static void
test_release_within (void)
{
  static const guint8 hello[] = { 0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00 };
  WsInflater          inflater;
  WsBuffer            out = { 0 };
  WsFault             fault;

  ws_inflater_init (&inflater, 8, FALSE, 0);
  for (gsize i = 0; i < sizeof hello; i++)
    {
      g_assert_true (ws_inflater_feed (&inflater, hello + i, 1,
                                       i == sizeof hello - 1, 5, &out, &fault));
      ws_inflater_release (&inflater);
    }
  g_assert_cmpmem (out.data, out.len, "Hello", 5);
  g_assert_null (inflater.stream);
  ws_buffer_clear (&out);
  ws_inflater_clear (&inflater);
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);

  g_test_add_func ("/protocol/inflater/bomb", test_bomb);
  g_test_add_func ("/protocol/inflater/ratio", test_ratio);
  g_test_add_func ("/protocol/inflater/last-blocks", test_last_blocks);
  g_test_add_func ("/protocol/inflater/room", test_room);
  g_test_add_func ("/protocol/inflater/release", test_release);
  g_test_add_func ("/protocol/inflater/release-within", test_release_within);
  return g_test_run ();
}
