/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keeps many deadlines in order, so that the next one is known at once. */
#include "net/ws-deadline-heap.h"

/* Not given back: one connection that arms and disarms must not allocate. */
#define MIN_CAPACITY 64

static void
place (WsDeadlineHeap *self, guint index, WsDeadline *deadline)
{
  self->items[index] = deadline;
  deadline->index = index;
}

/* Moves the hole at @index towards the root until @due fits in. */
static guint
rise (WsDeadlineHeap *self, guint index, gint64 due)
{
  while (index > 1 && self->items[index / 2]->due > due)
    {
      place (self, index, self->items[index / 2]);
      index /= 2;
    }
  return index;
}

/* Moves the hole at @index towards the leaves until @due fits in. */
static guint
sink (WsDeadlineHeap *self, guint index, gint64 due)
{
  for (;;)
    {
      guint child = index * 2;

      if (child > self->n_items)
        return index;
      if (child < self->n_items
          && self->items[child + 1]->due < self->items[child]->due)
        child++;
      if (self->items[child]->due >= due)
        return index;

      place (self, index, self->items[child]);
      index = child;
    }
}

static void
resize (WsDeadlineHeap *self, guint capacity)
{
  self->items = g_renew (WsDeadline *, self->items, (gsize) capacity + 1);
  self->capacity = capacity;
}

void
ws_deadline_heap_clear (WsDeadlineHeap *self)
{
  for (guint i = 1; i <= self->n_items; i++)
    self->items[i]->index = 0;

  g_clear_pointer (&self->items, g_free);
  self->n_items = 0;
  self->capacity = 0;
}

void
ws_deadline_heap_put (WsDeadlineHeap *self, WsDeadline *deadline, gint64 due)
{
  guint index = deadline->index;

  if (index == 0)
    {
      if (self->n_items == self->capacity)
        resize (self, MAX (MIN_CAPACITY, self->capacity * 2));
      index = ++self->n_items;
    }
  else
    {
      g_assert (index <= self->n_items && self->items[index] == deadline);
    }

  deadline->due = due;
  index = rise (self, index, due);
  index = sink (self, index, due);
  place (self, index, deadline);
}

void
ws_deadline_heap_remove (WsDeadlineHeap *self, WsDeadline *deadline)
{
  guint       index = deadline->index;
  WsDeadline *last;

  if (index == 0)
    return;

  g_assert (index <= self->n_items && self->items[index] == deadline);
  deadline->index = 0;
  last = self->items[self->n_items--];

  if (last != deadline)
    {
      index = rise (self, index, last->due);
      index = sink (self, index, last->due);
      place (self, index, last);
    }

  /* A quarter full is halved: the next growth is far away. */
  if (self->capacity > MIN_CAPACITY && self->n_items < self->capacity / 4)
    resize (self, self->capacity / 2);
}
