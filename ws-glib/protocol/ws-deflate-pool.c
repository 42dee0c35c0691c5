/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lends zlib streams to those who need one for a moment. */
#include "protocol/ws-deflate-pool.h"

#include "protocol/ws-deflate-memory.h"

/* Different shapes of deflaters that one thread keeps. */
#define N_SHAPES 4

/* Bytes that suffice for what zlib has beside the windows and tables, and an
 * inflater's largest window. */
#define STATE_SIZE (12 * 1024)
#define MAX_WINDOW (32 * 1024)

typedef struct
{
  z_stream      *stream; /* (owned) (nullable) */
  WsDeflateShape shape;
} Spare;

typedef struct
{
  z_stream *inflater; /* (owned) (nullable) */
  Spare     deflaters[N_SHAPES];
  guint     oldest; /* of them: the next to be replaced */
} Pool;

static void
free_deflater (z_stream *stream)
{
  deflateEnd (stream);
  ws_deflate_memory_detach (stream);
  g_free (stream);
}

static void
free_inflater (z_stream *stream)
{
  inflateEnd (stream);
  ws_deflate_memory_detach (stream);
  g_free (stream);
}

static void
free_pool (gpointer data)
{
  Pool *pool = data;

  g_clear_pointer (&pool->inflater, free_inflater);
  for (guint i = 0; i < N_SHAPES; i++)
    g_clear_pointer (&pool->deflaters[i].stream, free_deflater);
  g_free (pool);
}

static GPrivate pool_of_thread = G_PRIVATE_INIT (free_pool);

static Pool *
get_pool (void)
{
  Pool *pool = g_private_get (&pool_of_thread);

  if (pool == NULL)
    {
      pool = g_new0 (Pool, 1);
      g_private_set (&pool_of_thread, pool);
    }
  return pool;
}

/* (transfer full) */
static z_stream *
new_stream (gsize memory)
{
  z_stream *stream = g_new0 (z_stream, 1);

  ws_deflate_memory_attach (stream, memory);
  return stream;
}

/* As zconf.h reckons it, and what goes with that. */
static gsize
get_deflate_memory (int bits, int memory_level)
{
  return ((gsize) 1 << (bits + 2)) + ((gsize) 1 << (memory_level + 9))
         + STATE_SIZE;
}

static gboolean
is_same_shape (WsDeflateShape a, WsDeflateShape b)
{
  return a.window_bits == b.window_bits && a.level == b.level
         && a.memory_level == b.memory_level;
}

z_stream *
ws_deflate_pool_take_deflater (WsDeflateShape shape)
{
  Pool     *pool = get_pool ();
  z_stream *stream;
  /* Of 8 bits zlib makes no raw stream. Its distances stay below 256 with 9 as
   * well: it looks back no further than the window less 262 bytes. */
  int bits = MAX (shape.window_bits, 9);

  for (guint i = 0; i < N_SHAPES; i++)
    {
      Spare *spare = &pool->deflaters[i];

      if (spare->stream != NULL && is_same_shape (spare->shape, shape))
        return g_steal_pointer (&spare->stream);
    }
  stream = new_stream (get_deflate_memory (bits, shape.memory_level));
  if (deflateInit2 (stream, shape.level, Z_DEFLATED, -bits, shape.memory_level,
                    Z_DEFAULT_STRATEGY)
      != Z_OK)
    g_error ("zlib refuses to deflate");
  return stream;
}

void
ws_deflate_pool_give_deflater (z_stream *stream, WsDeflateShape shape)
{
  Pool *pool = get_pool ();
  guint place = pool->oldest;

  for (guint i = 0; i < N_SHAPES; i++)
    {
      const Spare *spare = &pool->deflaters[i];

      if (spare->stream == NULL)
        place = i;
      else if (is_same_shape (spare->shape, shape))
        {
          free_deflater (stream);
          return;
        }
    }
  if (pool->deflaters[place].stream != NULL)
    {
      free_deflater (pool->deflaters[place].stream);
      pool->oldest = (place + 1) % N_SHAPES;
    }
  deflateReset (stream);
  pool->deflaters[place] = (Spare){ stream, shape };
}

z_stream *
ws_deflate_pool_take_inflater (guint window_bits)
{
  Pool     *pool = get_pool ();
  z_stream *stream = g_steal_pointer (&pool->inflater);
  /* 8 is 9 here, too: some who compress do not keep to it. */
  int bits = (int) MAX (window_bits, 9);

  if (stream != NULL && inflateReset2 (stream, -bits) == Z_OK)
    return stream;
  g_clear_pointer (&stream, free_inflater);
  stream = new_stream (MAX_WINDOW + STATE_SIZE);
  if (inflateInit2 (stream, -bits) != Z_OK)
    g_error ("zlib refuses to inflate");
  return stream;
}

void
ws_deflate_pool_give_inflater (z_stream *stream)
{
  Pool *pool = get_pool ();

  if (pool->inflater != NULL)
    free_inflater (stream);
  else
    pool->inflater = stream;
}
