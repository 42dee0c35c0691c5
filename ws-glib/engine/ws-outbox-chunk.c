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
/* And so many of those that only refer to something, for a broadcast. */
#define MAX_BARE 1024
/* When so many bytes have waited in a thread, and three quarters of them are
 * gone, memory is given back to the system. */
#define MIN_PEAK (32 * 1024 * 1024)

typedef struct
{
  WsOutboxChunk *first; /* (owned) */
  WsOutboxChunk *bare;  /* (owned): without room */
  guint          n, n_bare;
  gssize         held; /* bytes in all chunks, the spare ones included */
  gssize         peak; /* of those, since memory was given back */
} Spare;

static void
free_list (WsOutboxChunk *first)
{
  while (first != NULL)
    {
      WsOutboxChunk *chunk = first;

      first = chunk->next;
      g_free (chunk);
    }
}

static void
free_spare (gpointer data)
{
  Spare *spare = data;

  free_list (spare->first);
  free_list (spare->bare);
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
keep (WsOutboxChunk *chunk, WsOutboxChunk **list, guint *n)
{
  chunk->next = *list;
  *list = chunk;
  ++*n;
}

static void
chunk_release (WsOutboxChunk *chunk, Spare *spare)
{
  spare->held -= get_held (chunk);
  g_clear_pointer (&chunk->bytes, g_bytes_unref);
  if (chunk->shared != NULL)
    ws_shared_unref (chunk->shared);
  if (chunk->size == 0 && spare->n_bare < MAX_BARE)
    keep (chunk, &spare->bare, &spare->n_bare);
  else
    g_free (chunk);
  if (G_UNLIKELY (spare->peak >= MIN_PEAK && spare->held < spare->peak / 4))
    give_back (spare);
}

/* One of the usual size refers to nothing. */
void
ws_outbox_chunk_free (WsOutboxChunk *chunk)
{
  Spare *spare = get_spare ();

  if (chunk->size == WS_OUTBOX_CHUNK_ROOM && spare->n < MAX_SPARE)
    keep (chunk, &spare->first, &spare->n);
  else
    chunk_release (chunk, spare);
}

/* (nullable) */
static WsOutboxChunk *
take (WsOutboxChunk **list, guint *n)
{
  WsOutboxChunk *chunk = *list;

  if (chunk == NULL)
    return NULL;
  *list = chunk->next;
  --*n;
  return chunk;
}

static void
count_held (Spare *spare, gssize n)
{
  spare->held += n;
  spare->peak = MAX (spare->peak, spare->held);
}

WsOutboxChunk *
ws_outbox_chunk_new (gsize size, GBytes *bytes)
{
  Spare         *spare = get_spare ();
  WsOutboxChunk *chunk = NULL;
  gboolean       is_usual = size == WS_OUTBOX_CHUNK_ROOM;
  gboolean       is_counted;

  if (is_usual)
    chunk = take (&spare->first, &spare->n);
  else if (size == 0)
    chunk = take (&spare->bare, &spare->n_bare);
  /* A spare one of the usual size counts already. */
  is_counted = chunk != NULL && is_usual;
  if (chunk == NULL)
    chunk = g_malloc (sizeof *chunk + size);
  *chunk = (WsOutboxChunk){ .data = chunk->store, .size = size, .room = size };
  if (bytes != NULL)
    chunk->bytes = g_bytes_ref (bytes);
  if (!is_counted)
    count_held (spare, get_held (chunk));
  return chunk;
}

void
ws_outbox_chunk_settle (WsOutboxChunk *self)
{
  if (!self->lent)
    return;
  self->bytes = g_bytes_new (self->data, self->len);
  self->data = g_bytes_get_data (self->bytes, NULL);
  self->lent = FALSE;
  count_held (get_spare (), (gssize) self->len);
}
