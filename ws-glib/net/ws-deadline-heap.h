/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/ws-poller.h"

G_BEGIN_DECLS

/* A binary heap of deadlines that others own, the earliest first. Zero is an
 * empty one. */
typedef struct
{
  WsDeadline **items;    /* (owned): from 1, so that a parent is index / 2 */
  guint        n_items;  /* without the unused one at 0 */
  guint        capacity; /* likewise */
} WsDeadlineHeap;

/* Disarms what is left. */
void ws_deadline_heap_clear (WsDeadlineHeap *self);

/* The earliest; NULL if there is none. */
static inline WsDeadline *
ws_deadline_heap_peek (const WsDeadlineHeap *self)
{
  return self->n_items > 0 ? self->items[1] : NULL;
}

/* Inserts the deadline, or moves it when it is in the heap already. */
void
ws_deadline_heap_put (WsDeadlineHeap *self, WsDeadline *deadline, gint64 due);
void ws_deadline_heap_remove (WsDeadlineHeap *self, WsDeadline *deadline);

G_END_DECLS
