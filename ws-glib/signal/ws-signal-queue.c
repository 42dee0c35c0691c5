/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What waits for a receiver that is slower than its sender, and the bound of
 * that. */
#include "signal/ws-signal-queue.h"

#include <string.h>

#include "ws-message.h"

/* Of an emission itself, so that a flood of empty ones is bounded too: a
 * message of a byte takes 466. */
#define OVERHEAD 512

static guint64
get_size (const GValue *value)
{
  if (G_VALUE_HOLDS_STRING (value))
    {
      const char *text = g_value_get_string (value);

      return text != NULL ? strlen (text) : 0;
    }
  if (G_VALUE_HOLDS (value, G_TYPE_BYTES))
    {
      GBytes *bytes = g_value_get_boxed (value);

      return bytes != NULL ? g_bytes_get_size (bytes) : 0;
    }
  if (G_VALUE_HOLDS (value, WS_TYPE_MESSAGE))
    {
      WsMessage *message = g_value_get_boxed (value);
      gsize      size = 0;

      if (message != NULL)
        ws_message_get_data (message, &size);
      return size;
    }
  return 0;
}

guint64
ws_signal_queue_get_cost (guint n_args, const GValue *args)
{
  guint64 cost = OVERHEAD;

  for (guint i = 0; i < n_args; i++)
    cost += get_size (&args[i]);
  return cost;
}

/* Full is what has reached the bound, until half of it is left. */
static void
judge (WsSignalQueue *self)
{
  if (self->policy != WS_OVERFLOW_POLICY_HOLD || self->max_size == 0)
    self->is_full = FALSE;
  else if (self->size >= self->max_size)
    self->is_full = TRUE;
  else if (self->size <= self->max_size / 2)
    self->is_full = FALSE;
}

void
ws_signal_queue_set_bound (WsSignalQueue   *self,
                           guint64          max_size,
                           WsOverflowPolicy policy)
{
  self->max_size = max_size;
  self->policy = policy;
  judge (self);
}

/* A single emission always has room, however large it is. A sender that is to
 * hold on may still emit some signals, so that there is a bound of that too. */
static gboolean
has_room (const WsSignalQueue *self, guint64 cost)
{
  if (self->max_size == 0 || self->size == 0)
    return TRUE;
  switch (self->policy)
    {
    case WS_OVERFLOW_POLICY_HOLD:
      return (self->size + cost) / 2 <= self->max_size;
    case WS_OVERFLOW_POLICY_DROP_NEWEST:
      return self->size + cost <= self->max_size;
    case WS_OVERFLOW_POLICY_DROP_OLDEST:
    default:
      return TRUE;
    }
}

gboolean
ws_signal_queue_admit (WsSignalQueue *self, guint64 cost)
{
  if (!has_room (self, cost))
    {
      self->n_dropped++;
      return FALSE;
    }
  self->size += cost;
  judge (self);
  return TRUE;
}

void
ws_signal_queue_release (WsSignalQueue *self, guint64 cost)
{
  self->size -= cost;
  judge (self);
}

void
ws_signal_queue_enter (WsSignalQueue *self, GList *node, GSource *source)
{
  node->data = source;
  g_queue_push_tail_link (&self->sources, node);
}

void
ws_signal_queue_leave (WsSignalQueue *self, GList *node)
{
  if (node->data != NULL)
    g_queue_unlink (&self->sources, node);
  node->data = NULL;
}

GSource *
ws_signal_queue_take_oldest (WsSignalQueue *self)
{
  GList *node = g_queue_pop_head_link (&self->sources);

  return node != NULL ? g_source_ref (g_steal_pointer (&node->data)) : NULL;
}

GSource *
ws_signal_queue_take_surplus (WsSignalQueue *self)
{
  if (self->policy != WS_OVERFLOW_POLICY_DROP_OLDEST || self->max_size == 0
      || self->size <= self->max_size || self->sources.length == 0)
    return NULL;
  self->n_dropped++;
  return ws_signal_queue_take_oldest (self);
}
