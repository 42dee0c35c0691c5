/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the two streams of messages share: their GSource, and their closing. */
#include "message/ws-message-source.h"

/* --- Polling --- */

typedef struct
{
  GSource parent;
  gboolean (*is_ready) (gpointer data);
  gpointer       data;
  GDestroyNotify destroy; /* (nullable): of @data */
} StreamSource;

static gboolean
check_source (GSource *source)
{
  StreamSource *self = (StreamSource *) source;

  return self->is_ready (self->data);
}

static gboolean
prepare_source (GSource *source, int *timeout)
{
  *timeout = -1;
  return check_source (source);
}

static gboolean
dispatch_source (GSource *source, GSourceFunc callback, gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

static void
finalize_source (GSource *source)
{
  StreamSource *self = (StreamSource *) source;

  if (self->destroy != NULL)
    self->destroy (self->data);
}

/* Only there because a source without cannot become another's child. */
static gboolean
on_closure (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs source_funcs = {
  .prepare = prepare_source,
  .check = check_source,
  .dispatch = dispatch_source,
  .closure_callback = on_closure,
  .finalize = finalize_source,
};

GSource *
ws_message_source_new (gboolean (*is_ready) (gpointer data),
                       gpointer       data,
                       GDestroyNotify destroy)
{
  GSource      *source = g_source_new (&source_funcs, sizeof (StreamSource));
  StreamSource *self = (StreamSource *) source;

  self->is_ready = is_ready;
  self->data = data;
  self->destroy = destroy;
  return source;
}

/* --- Closing --- */

void
ws_message_stream_return_closed (gpointer            stream,
                                 int                 io_priority,
                                 GCancellable       *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer            user_data,
                                 GError             *error)
{
  g_autoptr (GTask) task
      = g_task_new (stream, cancellable, callback, user_data);

  g_task_set_source_tag (task, ws_message_stream_return_closed);
  g_task_set_priority (task, io_priority);
  if (error == NULL)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}
