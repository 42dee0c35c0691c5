/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Memory that the connections of a context use one after the other. */
#include "net/ws-log.h"
#include "net/ws-poller-private.h"
#include "protocol/ws-storage.h"

/* What nobody has needed for so long is given back (µs). */
#define KEEP_TIME G_TIME_SPAN_SECOND

/* --- The shared read buffer --- */

WsReadBuffer *
ws_poller_acquire_buffer (WsPoller *self)
{
  WsReadBuffer *buffer;

  if (self->n_idle_buffers > 0)
    {
      buffer = self->idle_buffers[--self->n_idle_buffers];
    }
  else
    {
      /* Not cleared: only pages that were read into are ever touched. */
      buffer = g_malloc (sizeof (WsReadBuffer) + WS_READ_BUFFER_SIZE);
      buffer->data = (guint8 *) (buffer + 1);
      if (ws_log_has (WS_LOG_POOL))
        ws_log (&(WsLogFacts){ .topic = WS_LOG_POOL },
                "another buffer for reading, of %d KiB",
                WS_READ_BUFFER_SIZE / 1024);
    }
  buffer->n_refs = 1;
  return buffer;
}

WsReadBuffer *
ws_read_buffer_ref (WsReadBuffer *buffer)
{
  buffer->n_refs++;
  return buffer;
}

void
ws_poller_release_buffer (WsPoller *self, WsReadBuffer *buffer)
{
  g_assert (buffer->n_refs > 0);

  if (--buffer->n_refs > 0)
    return;
  if (self->n_idle_buffers < WS_POLLER_MAX_IDLE_BUFFERS)
    self->idle_buffers[self->n_idle_buffers++] = buffer;
  else
    g_free (buffer);
}

/* --- Storage of large messages --- */

static void
on_storage_deadline (WsDeadline *deadline)
{
  WsPoller *self = WS_CONTAINER_OF (deadline, WsPoller, storage_deadline);

  if (ws_storage_settle ())
    ws_poller_arm (self, deadline, ws_poller_now (self) + KEEP_TIME);
}

void
ws_poller_keep_storage (WsPoller *self)
{
  ws_storage_keep ();
  if (ws_deadline_is_armed (&self->storage_deadline))
    return;
  self->storage_deadline.func = on_storage_deadline;
  ws_poller_arm (self, &self->storage_deadline,
                 ws_poller_now (self) + KEEP_TIME);
}

void
ws_poller_forget_memory (WsPoller *self)
{
  while (self->n_idle_buffers > 0)
    g_free (self->idle_buffers[--self->n_idle_buffers]);
  if (self->storage_deadline.func != NULL)
    ws_storage_forget ();
}
