/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Pieces of what waits to be written: those of the usual size are kept for the
 * next use, and the memory of many goes back to the system. */
#include "engine/ws-outbox-chunk.h"

#include "net/ws-log.h"
#include "net/ws-memory.h"

/* So many chunks of the usual size a thread keeps for the next use. All sockets
 * of a batch need one at the same time, and to give that much back to the
 * system and take it again would cost more than the writing. */
#define MAX_SPARE 64
/* When so many bytes have waited in a thread, and three quarters of them are
 * gone, memory is given back to the system. */
#define MIN_PEAK (32 * 1024 * 1024)

typedef struct
{
  WsOutboxChunk *first; /* (owned) */
  guint          n;
  gssize         held; /* bytes in all chunks, the spare ones included */
  gssize         peak; /* of those, since memory was given back */
} Spare;

static void
free_spare (gpointer data)
{
  Spare *spare = data;

  while (spare->first != NULL)
    {
      WsOutboxChunk *chunk = spare->first;

      spare->first = chunk->next;
      g_free (chunk);
    }
  g_free (spare);
}

static GPrivate spare_of_thread = G_PRIVATE_INIT (free_spare);

static Spare *
get_spare (void)
{
  Spare *spare = g_private_get (&spare_of_thread);

  if (spare == NULL)
    {
      spare = g_new0 (Spare, 1);
      g_private_set (&spare_of_thread, spare);
    }
  return spare;
}

static gssize
get_held (const WsOutboxChunk *chunk)
{
  return (
      gssize) (chunk->size
               + (chunk->bytes != NULL ? g_bytes_get_size (chunk->bytes) : 0));
}

/* The allocator keeps what many small pieces have left, of a peak that may not
 * come again. */
static void
give_back (Spare *spare)
{
  if (ws_log_has (WS_LOG_POOL))
    ws_log (&(WsLogFacts){ .topic = WS_LOG_POOL },
            "memory is given back: of %" G_GSSIZE_FORMAT
            " KiB that waited to be written %" G_GSSIZE_FORMAT " are left",
            spare->peak / 1024, spare->held / 1024);
  spare->peak = spare->held;
  ws_memory_trim ();
}

static void
chunk_release (WsOutboxChunk *chunk, Spare *spare)
{
  spare->held -= get_held (chunk);
  g_clear_pointer (&chunk->bytes, g_bytes_unref);
  g_clear_pointer (&chunk->shared, ws_shared_unref);
  g_free (chunk);
  if (G_UNLIKELY (spare->peak >= MIN_PEAK && spare->held < spare->peak / 4))
    give_back (spare);
}

/* One of the usual size refers to nothing. */
void
ws_outbox_chunk_free (WsOutboxChunk *chunk)
{
  Spare *spare = get_spare ();

  if (chunk->size != WS_OUTBOX_CHUNK_ROOM || spare->n == MAX_SPARE)
    {
      chunk_release (chunk, spare);
      return;
    }
  chunk->next = spare->first;
  spare->first = chunk;
  spare->n++;
}

static WsOutboxChunk *
chunk_make (gsize size, GBytes *bytes, Spare *spare)
{
  WsOutboxChunk *chunk = g_malloc (sizeof *chunk + size);

  *chunk = (WsOutboxChunk){ .data = chunk->store, .size = size, .room = size };
  if (bytes != NULL)
    chunk->bytes = g_bytes_ref (bytes);
  spare->held += get_held (chunk);
  spare->peak = MAX (spare->peak, spare->held);
  return chunk;
}

WsOutboxChunk *
ws_outbox_chunk_new (gsize size, GBytes *bytes)
{
  Spare         *spare = get_spare ();
  WsOutboxChunk *chunk = spare->first;

  if (size != WS_OUTBOX_CHUNK_ROOM || chunk == NULL)
    return chunk_make (size, bytes, spare);
  spare->first = chunk->next;
  spare->n--;
  *chunk = (WsOutboxChunk){ .data = chunk->store, .size = size, .room = size };
  return chunk;
}
