/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keeps the storage of large messages for the next ones. */
#include "protocol/ws-storage.h"

#include <string.h>

/* Sizes are multiples of this, so that messages of nearly the same size can
 * have each other's storage. */
#define STEP ((gsize) 64 * 1024)

typedef struct _Block Block;
struct _Block
{
  Block *next; /* of those that are kept */
  gsize  size; /* of what stands behind this */
};

typedef struct
{
  Block   *first; /* (owned): what was freed last comes first */
  guint    n;
  guint    n_unneeded; /* the least there were since the last time */
  gsize    size;       /* bytes of all */
  gboolean is_open;
  gboolean is_used; /* since the last time */
} Spare;

static void
drop_behind (Spare *self, guint n)
{
  Block **place = &self->first;

  for (guint i = 0; i < n && *place != NULL; i++)
    place = &(*place)->next;
  while (*place != NULL)
    {
      Block *block = *place;

      *place = block->next;
      self->n--;
      self->size -= block->size;
      g_free (block);
    }
  self->n_unneeded = MIN (self->n_unneeded, self->n);
}

static void
spare_free (gpointer data)
{
  drop_behind (data, 0);
  g_free (data);
}

static GPrivate spare_of_thread = G_PRIVATE_INIT (spare_free);

/* (nullable): none before ws_storage_keep() */
static Spare *
peek_spare (void)
{
  return g_private_get (&spare_of_thread);
}

/* Where the one of those that fit is which was used last, unless much of it
 * would be left over. %NULL is there if none does. */
static Block **
find_spare (Spare *self, gsize size)
{
  Block **place = &self->first;

  while (*place != NULL && ((*place)->size < size || (*place)->size / 2 > size))
    place = &(*place)->next;
  return place;
}

/* (nullable) */
static Block *
take_spare (Spare *self, gsize size)
{
  Block **place = find_spare (self, size);
  Block  *block = *place;

  if (block == NULL)
    return NULL;
  *place = block->next;
  self->n--;
  self->n_unneeded = MIN (self->n_unneeded, self->n);
  self->size -= block->size;
  return block;
}

static Block *
block_of (gpointer storage)
{
  return (Block *) storage - 1;
}

gpointer
ws_storage_new (gsize size)
{
  Spare *spare = peek_spare ();
  Block *block = spare != NULL ? take_spare (spare, size) : NULL;

  if (block == NULL)
    {
      g_assert (size <= G_MAXSSIZE - STEP);
      size = (size + STEP - 1) / STEP * STEP;
      block = g_malloc (sizeof *block + size);
      block->size = size;
    }
  return block + 1;
}

gpointer
ws_storage_grow (gpointer storage, gsize len, gsize size)
{
  gpointer larger;

  if (size <= block_of (storage)->size)
    return storage;
  larger = ws_storage_new (size);
  memcpy (larger, storage, len);
  ws_storage_free (storage);
  return larger;
}

void
ws_storage_free (gpointer storage)
{
  Spare *spare = peek_spare ();
  Block *block = block_of (storage);

  if (spare == NULL || !spare->is_open
      || block->size > WS_STORAGE_SPARE_MAX - spare->size)
    {
      g_free (block);
      return;
    }
  block->next = spare->first;
  spare->first = block;
  spare->n++;
  spare->size += block->size;
}

void
ws_storage_keep (void)
{
  Spare *spare = peek_spare ();

  if (spare == NULL)
    {
      spare = g_new0 (Spare, 1);
      g_private_set (&spare_of_thread, spare);
    }
  spare->is_open = TRUE;
  spare->is_used = TRUE;
}

gboolean
ws_storage_settle (void)
{
  Spare *spare = peek_spare ();

  if (spare == NULL || !spare->is_used)
    {
      ws_storage_forget ();
      return FALSE;
    }
  drop_behind (spare, spare->n - spare->n_unneeded);
  spare->n_unneeded = spare->n;
  spare->is_used = FALSE;
  return TRUE;
}

void
ws_storage_forget (void)
{
  Spare *spare = peek_spare ();

  if (spare == NULL)
    return;
  drop_behind (spare, 0);
  spare->is_open = FALSE;
}

gboolean
ws_storage_has_spare (gsize size)
{
  Spare *spare = peek_spare ();

  return size >= WS_STORAGE_MIN && spare != NULL
         && *find_spare (spare, size) != NULL;
}

gsize
ws_storage_get_spare (void)
{
  const Spare *spare = peek_spare ();

  return spare != NULL ? spare->size : 0;
}
