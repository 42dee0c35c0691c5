/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Compresses and decompresses messages that stand alone with libdeflate. */
#include "protocol/ws-deflate-whole.h"

#include "ws-config.h"

#ifdef HAVE_LIBDEFLATE

#include <libdeflate.h>
#include <string.h>

/* Of the first byte of a block: nothing follows that (RFC 1951, 3.2.3). */
#define FINAL 0x01

#define WINDOW_BITS 15
/* With less, a user wants to save memory. */
#define MEMORY_LEVEL 8

/* What a flush ends with where the block before leaves no room for the header
 * of this empty one in its last byte; and then an empty last block. Without the
 * first byte: where there is room. */
static const guint8 end[]
    = { 0x00, 0x00, 0x00, 0xff, 0xff, 0x01, 0x00, 0x00, 0xff, 0xff };

/* libdeflate's level that makes messages as short as zlib's does, by the level
 * of that: within 2 % for messages of JSON, XML, prose, code and programs. 0
 * means to leave it to zlib. What nobody has chosen (-1) is the fastest: up to
 * 7 % longer than zlib's usual level, and shorter for small JSON. */
static const guint8 levels[] = { 1, 0, 1, 1, 2, 3, 3, 4, 5, 6, 8 };

typedef struct
{
  struct libdeflate_decompressor *decompressor; /* (owned) */
  struct libdeflate_compressor   *compressor;   /* (owned) (nullable) */
  int                             level;        /* of that */
  guint8 in[MAX (WS_DEFLATE_WHOLE_MAX, WS_INFLATE_WHOLE_MAX) + sizeof end];
  guint8 out[WS_INFLATE_WHOLE_ROOM];
} Codec;

static void
codec_free (gpointer data)
{
  Codec *self = data;

  libdeflate_free_decompressor (self->decompressor);
  g_clear_pointer (&self->compressor, libdeflate_free_compressor);
  g_free (self);
}

static GPrivate codec_of_thread = G_PRIVATE_INIT (codec_free);

static Codec *
get_codec (void)
{
  Codec *self = g_private_get (&codec_of_thread);

  if (self != NULL)
    return self;
  self = g_malloc (sizeof *self);
  self->decompressor = libdeflate_alloc_decompressor ();
  self->compressor = NULL;
  if (self->decompressor == NULL)
    g_error ("No memory to inflate with");
  g_private_set (&codec_of_thread, self);
  return self;
}

static struct libdeflate_compressor *
get_compressor (Codec *self, int level)
{
  if (self->compressor != NULL && self->level == level)
    return self->compressor;
  g_clear_pointer (&self->compressor, libdeflate_free_compressor);
  self->compressor = libdeflate_alloc_compressor (level);
  self->level = level;
  if (self->compressor == NULL)
    g_error ("No memory to deflate with");
  return self->compressor;
}

/* Inflates the first @len bytes of @in and the last @n_end of the above. The
 * size of the result, or -1: they are not what they should be, or @room is not
 * enough. */
static gssize
inflate_with_end (Codec *self, gsize len, gsize n_end, gsize room)
{
  gsize used, made;

  memcpy (self->in + len, end + sizeof end - n_end, n_end);
  if (libdeflate_deflate_decompress_ex (self->decompressor, self->in,
                                        len + n_end, self->out, room, &used,
                                        &made)
          != LIBDEFLATE_SUCCESS
      || used != len + n_end)
    return -1;
  return (gssize) made;
}

/* Makes of the last block, which is the only one, another one and what a flush
 * leaves behind that, but for its last four bytes. How many bits of its last
 * byte it takes is found out by trying. Returns the length, or 0: there are
 * several blocks. */
static gsize
open_end (Codec *self, gsize len, gsize plain_len)
{
  if (!(self->in[0] & FINAL))
    return 0;
  self->in[0] &= (guint8) ~FINAL;
  if (inflate_with_end (self, len, sizeof end - 1, plain_len)
      == (gssize) plain_len)
    return len;
  if (inflate_with_end (self, len, sizeof end, plain_len) == (gssize) plain_len)
    return len + 1;
  return 0;
}

gboolean
ws_deflate_whole_compress (WsDeflateShape shape,
                           const guint8  *data,
                           gsize          len,
                           WsBuffer      *out)
{
  const int level = levels[shape.level + 1];
  Codec    *self;
  gsize     packed;

  if (level == 0 || shape.window_bits != WINDOW_BITS
      || shape.memory_level < MEMORY_LEVEL || len > WS_DEFLATE_WHOLE_MAX)
    return FALSE;
  self = get_codec ();
  packed = libdeflate_deflate_compress (get_compressor (self, level), data, len,
                                        self->in, len);
  if (packed > 0)
    packed = open_end (self, packed, len);
  if (packed == 0 || packed >= len)
    return FALSE;
  ws_buffer_append (out, self->in, packed);
  return TRUE;
}

/* Every message that libdeflate takes ends at a block's end, and what follows
 * is the four bytes that were left out and the empty block. Else what they are
 * has another meaning, which leaves something over, or is no deflate. */
gboolean
ws_deflate_whole_inflate (const guint8 *data,
                          gsize         len,
                          gsize         room,
                          WsBuffer     *out)
{
  Codec *self;
  gssize made;

  if (len == 0 || len > WS_INFLATE_WHOLE_MAX)
    return FALSE;
  self = get_codec ();
  memcpy (self->in, data, len);
  made = inflate_with_end (self, len, sizeof end - 1,
                           MIN (room, WS_INFLATE_WHOLE_ROOM));
  if (made < 0)
    return FALSE;
  ws_buffer_reserve (out, (gsize) made + 1, 0);
  ws_buffer_append (out, self->out, (gsize) made);
  return TRUE;
}

#else

gboolean
ws_deflate_whole_compress (WsDeflateShape shape,
                           const guint8  *data,
                           gsize          len,
                           WsBuffer      *out)
{
  return FALSE;
}

gboolean
ws_deflate_whole_inflate (const guint8 *data,
                          gsize         len,
                          gsize         room,
                          WsBuffer     *out)
{
  return FALSE;
}

#endif
