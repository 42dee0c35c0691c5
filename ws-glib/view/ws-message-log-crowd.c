/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Follows a list model of sockets, without keeping it. */
#include "view/ws-message-log-crowd.h"

static void
free_source (gpointer data)
{
  if (data != NULL)
    ws_message_log_source_free (data);
}

static WsMessageLogSource *
make_source (WsMessageLogCrowd *self, GListModel *model, guint position)
{
  g_autoptr (GObject) item = g_list_model_get_item (model, position);

  if (!WS_IS_SOCKET (item))
    return NULL;
  return ws_message_log_source_new (WS_SOCKET (item), self->sink, self->log);
}

/* A model of another thread is not followed. */
static void
on_items_changed (GListModel        *model,
                  guint              position,
                  guint              n_removed,
                  guint              n_added,
                  WsMessageLogCrowd *self)
{
  if (self->thread != g_thread_self ())
    return;
  if (n_removed > 0)
    g_ptr_array_remove_range (self->sources, position, n_removed);
  for (guint i = position; i < position + n_added; i++)
    g_ptr_array_insert (self->sources, (int) i, make_source (self, model, i));
}

void
ws_message_log_crowd_init (WsMessageLogCrowd      *self,
                           const WsMessageLogSink *sink,
                           gpointer                log)
{
  *self = (WsMessageLogCrowd){
    .sink = sink,
    .log = log,
    .thread = g_thread_self (),
    .sources = g_ptr_array_new_with_free_func (free_source),
  };
  g_weak_ref_init (&self->model, NULL);
}

void
ws_message_log_crowd_follow (WsMessageLogCrowd *self, GListModel *model)
{
  g_autoptr (GListModel) old = ws_message_log_crowd_dup_model (self);

  if (old != NULL)
    g_signal_handler_disconnect (old, self->changes);
  g_ptr_array_set_size (self->sources, 0);
  g_weak_ref_set (&self->model, model);
  if (model == NULL)
    return;
  self->changes = g_signal_connect (model, "items-changed",
                                    G_CALLBACK (on_items_changed), self);
  on_items_changed (model, 0, 0, g_list_model_get_n_items (model), self);
}

void
ws_message_log_crowd_clear (WsMessageLogCrowd *self)
{
  ws_message_log_crowd_follow (self, NULL);
  g_ptr_array_unref (self->sources);
  g_weak_ref_clear (&self->model);
}

GListModel *
ws_message_log_crowd_dup_model (WsMessageLogCrowd *self)
{
  return g_weak_ref_get (&self->model);
}
