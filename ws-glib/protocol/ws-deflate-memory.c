/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Gives a zlib stream memory that returns to the system with the stream. */
#include "protocol/ws-deflate-memory.h"

#include <sys/mman.h>

/* What zlib may want its blocks aligned to. */
#define ALIGNMENT 64

/* Stands at the beginning of the mapping. */
typedef struct
{
  gsize size; /* of the mapping */
  gsize used;
  gsize last; /* where the last block begins */
} Region;

static gsize
align (gsize size)
{
  return (size + ALIGNMENT - 1) & ~(gsize) (ALIGNMENT - 1);
}

static gboolean
is_inside (const Region *region, const void *memory)
{
  guintptr start = (guintptr) region;
  guintptr place = (guintptr) memory;

  return region != NULL && place >= start && place < start + region->size;
}

/* GLib's allocator aborts when there is no memory, as everywhere else. */
static voidpf
on_alloc (voidpf opaque, uInt n, uInt size)
{
  Region *region = opaque;
  gsize   total = align ((gsize) n * size);

  if (region == NULL || total > region->size - region->used)
    return g_malloc_n (n, size);
  region->last = region->used;
  region->used += total;
  return (guint8 *) region + region->last;
}

/* Only the last block is used again, which suffices: an inflater gives back
 * none but its window. */
static void
on_free (voidpf opaque, voidpf memory)
{
  Region *region = opaque;

  if (!is_inside (region, memory))
    g_free (memory);
  else if ((guint8 *) region + region->last == memory)
    region->used = region->last;
}

void
ws_deflate_memory_attach (z_stream *stream, gsize size)
{
  gsize   whole = align (sizeof (Region)) + size;
  Region *region = mmap (NULL, whole, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

  /* A process may only have so many mappings; beyond that the heap serves. */
  if (region == MAP_FAILED)
    region = NULL;
  else
    *region = (Region){ .size = whole, .used = align (sizeof (Region)) };
  stream->opaque = region;
  stream->zalloc = on_alloc;
  stream->zfree = on_free;
}

void
ws_deflate_memory_detach (z_stream *stream)
{
  Region *region = g_steal_pointer (&stream->opaque);

  if (region != NULL)
    munmap (region, region->size);
}
