/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Asynchronous calls that wait for something, and end exactly once. */
#include "base/ws-call.h"

/* GTask puts off a result that is there within the iteration of the call. With
 * this priority such a result comes before anything else happens, so that calls
 * end in the order in which they got their results. */
#define RESULT_PRIORITY (G_PRIORITY_DEFAULT - 10)

WsCall *
ws_call_begin (const WsCallClass  *klass,
               gpointer            object,
               gpointer            source_tag,
               GError             *refusal,
               GCancellable       *cancellable,
               GAsyncReadyCallback callback,
               gpointer            user_data)
{
  g_autoptr (GTask) task
      = g_task_new (object, cancellable, callback, user_data);
  WsCall *self;

  g_task_set_source_tag (task, source_tag);
  g_task_set_priority (task, RESULT_PRIORITY);
  /* A result that is there counts, for a message would be lost. */
  g_task_set_check_cancellable (task, FALSE);
  if (refusal != NULL)
    {
      g_task_return_error (task, refusal);
      return NULL;
    }
  if (g_task_return_error_if_cancelled (task))
    return NULL;
  self = g_malloc0 (klass->size);
  self->klass = klass;
  self->link.data = self;
  self->task = g_object_ref (task);
  g_task_set_task_data (task, self, NULL);
  return self;
}

WsCall *
ws_call_find (GTask *task)
{
  return g_task_get_task_data (task);
}

void
ws_call_queue (WsCall *self, GQueue *queue)
{
  if (self->queue != NULL)
    g_queue_unlink (self->queue, &self->link);
  self->queue = queue;
  g_queue_push_tail_link (queue, &self->link);
}

/* --- The end --- */

/* Nothing can come to the call any more. */
static void
detach (WsCall *self)
{
  g_task_set_task_data (self->task, NULL, NULL);
  if (self->queue != NULL)
    g_queue_unlink (self->queue, &self->link);
  if (self->cancel == NULL)
    return;
  g_source_destroy (self->cancel);
  g_clear_pointer (&self->cancel, g_source_unref);
}

static void
call_free (WsCall *self)
{
  if (self->klass->clear != NULL)
    self->klass->clear (self);
  g_free (self);
}

GTask *
ws_call_steal_task (WsCall *self)
{
  GTask *task = self->task;

  detach (self);
  call_free (self);
  return task;
}

void
ws_call_return (WsCall *self)
{
  g_autoptr (GTask) task = ws_call_steal_task (self);

  g_task_return_boolean (task, TRUE);
}

void
ws_call_fail (WsCall *self, GError *error)
{
  g_autoptr (GTask) task = ws_call_steal_task (self);

  g_task_return_error (task, error);
}

void
ws_call_fail_cancelled (WsCall *self, const char *message)
{
  ws_call_fail (self, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED,
                                           message));
}

static gboolean
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  WsCall *self = ws_call_find (user_data);
  g_autoptr (GTask) task = self->task;

  detach (self);
  if (self->klass->cancelled != NULL)
    self->klass->cancelled (g_task_get_source_object (task), self);
  call_free (self);
  g_task_return_error_if_cancelled (task);
  return G_SOURCE_REMOVE;
}

void
ws_call_watch_cancellable (WsCall *self)
{
  GCancellable *cancellable = g_task_get_cancellable (self->task);

  if (cancellable == NULL)
    return;
  self->cancel = g_cancellable_source_new (cancellable);
  g_task_attach_source (self->task, self->cancel, G_SOURCE_FUNC (on_cancelled));
}
