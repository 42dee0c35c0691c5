/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The entries of a log, bounded by their number and by their bytes: the oldest
 * go first, and room is made before more is shown. */
#include "view/ws-message-log-store.h"

static guint
count_shown (WsMessageLogStore *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (self->shown));
}

static gsize
get_cost_at (WsMessageLogStore *self, guint position)
{
  g_autoptr (WsMessageLogEntry) entry
      = g_list_model_get_item (G_LIST_MODEL (self->shown), position);

  return ws_message_log_entry_get_cost (entry);
}

/* Those that were not shown yet keep to the bounds, too. */
static void
trim_fresh (WsMessageLogStore *self)
{
  while (self->fresh.length > self->max_entries
         || self->n_fresh_bytes > self->max_bytes)
    {
      g_autoptr (WsMessageLogEntry) oldest = g_queue_pop_head (&self->fresh);

      self->n_fresh_bytes -= ws_message_log_entry_get_cost (oldest);
    }
}

/* How many of the oldest entries have to go before @n_more come, which hold
 * @n_more_bytes. */
static guint
count_old (WsMessageLogStore *self, guint n_more, guint64 n_more_bytes)
{
  guint   n_items = count_shown (self), n_gone = 0;
  guint64 n_bytes = self->n_bytes;

  while (n_gone < n_items
         && (n_items - n_gone + n_more > self->max_entries
             || n_bytes + n_more_bytes > self->max_bytes))
    n_bytes -= get_cost_at (self, n_gone++);
  return n_gone;
}

static void
remove_oldest (WsMessageLogStore *self, guint n_gone)
{
  for (guint i = 0; i < n_gone; i++)
    self->n_bytes -= get_cost_at (self, i);
  g_list_store_splice (self->shown, 0, n_gone, NULL, 0);
}

static void
append_fresh (WsMessageLogStore *self)
{
  g_autoptr (GPtrArray) added = g_ptr_array_new_with_free_func (g_object_unref);
  gpointer entry;

  while ((entry = g_queue_pop_head (&self->fresh)) != NULL)
    g_ptr_array_add (added, entry);
  self->n_bytes += self->n_fresh_bytes;
  self->n_fresh_bytes = 0;
  g_list_store_splice (self->shown, count_shown (self), 0, added->pdata,
                       added->len);
}

/* Handlers may do anything, also run the main loop: after each change of the
 * list all is looked at anew. */
void
ws_message_log_store_settle (WsMessageLogStore *self)
{
  trim_fresh (self);
  do
    {
      guint n_gone = count_old (self, self->fresh.length, self->n_fresh_bytes);

      if (n_gone > 0)
        remove_oldest (self, n_gone);
      else if (self->fresh.length > 0)
        append_fresh (self);
      else
        return;
    }
  while (TRUE);
}

void
ws_message_log_store_add (WsMessageLogStore *self, WsMessageLogEntry *entry)
{
  g_queue_push_tail (&self->fresh, entry);
  self->n_fresh_bytes += ws_message_log_entry_get_cost (entry);
  trim_fresh (self);
}

void
ws_message_log_store_remove_all (WsMessageLogStore *self)
{
  g_queue_clear_full (&self->fresh, g_object_unref);
  self->n_bytes = self->n_fresh_bytes = 0;
  if (count_shown (self) > 0)
    g_list_store_remove_all (self->shown);
}

void
ws_message_log_store_init (WsMessageLogStore *self)
{
  *self = (WsMessageLogStore){
    .shown = g_list_store_new (WS_TYPE_MESSAGE_LOG_ENTRY),
    .fresh = G_QUEUE_INIT,
    .max_entries = WS_MESSAGE_LOG_MAX_ENTRIES,
    .max_bytes = WS_MESSAGE_LOG_MAX_BYTES,
  };
}

void
ws_message_log_store_clear (WsMessageLogStore *self)
{
  g_queue_clear_full (&self->fresh, g_object_unref);
  g_object_unref (self->shown);
}
