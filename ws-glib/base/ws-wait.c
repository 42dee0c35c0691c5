/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tasks whose callers may give up while others have them. */
#include "base/ws-wait.h"

#include "base/ws-tsan-private.h"

/* Shared with the source, which may run in another thread. */
struct _WsWait
{
  GTask   *task;   /* atomic (owned) (nullable): NULL when it has ended */
  GSource *cancel; /* (owned) (nullable) */
};

/* (transfer full) (nullable): for the first one who asks. */
static GTask *
take (WsWait *self)
{
  return g_atomic_pointer_exchange (&self->task, NULL);
}

static gboolean
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  WS_TSAN_ACQUIRE (user_data);
  task = take (user_data);
  if (task != NULL && !g_task_return_error_if_cancelled (task))
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED,
                             "The call was cancelled");
  return G_SOURCE_REMOVE;
}

WsWait *
ws_wait_new (GTask *task)
{
  WsWait       *self = g_atomic_rc_box_new0 (WsWait);
  GCancellable *cancellable = g_task_get_cancellable (task);

  g_atomic_pointer_set (&self->task, task);
  if (cancellable == NULL)
    return self;
  self->cancel = g_cancellable_source_new (cancellable);
  g_source_set_static_name (self->cancel, "ws-wait");
  g_source_set_priority (self->cancel, g_task_get_priority (task));
  g_source_set_callback (self->cancel, G_SOURCE_FUNC (on_cancelled),
                         g_atomic_rc_box_acquire (self),
                         g_atomic_rc_box_release);
  WS_TSAN_RELEASE (self);
  g_source_attach (self->cancel, g_task_get_context (task));
  return self;
}

GTask *
ws_wait_end (WsWait *self)
{
  GTask *task = take (self);

  if (self->cancel != NULL)
    {
      g_source_destroy (self->cancel);
      g_clear_pointer (&self->cancel, g_source_unref);
    }
  g_atomic_rc_box_release (self);
  return task;
}
