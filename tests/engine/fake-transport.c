/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fake-transport.h"

static gssize
fake_read (WsTransport *transport, guint8 *data, gsize len, GError **error)
{
  return WS_IO_AGAIN;
}

static gssize
fake_writev (WsTransport         *transport,
             const GOutputVector *vectors,
             guint                n_vectors,
             GError             **error)
{
  FakeTransport *self = (FakeTransport *) transport;
  gsize          room = MIN (self->piece, self->capacity - self->written->len);
  gsize          total = 0;

  self->n_calls++;
  self->n_vectors = n_vectors;
  if (self->broken)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_BROKEN_PIPE, "Broken");
      return WS_IO_ERROR;
    }
  if (room == 0)
    return WS_IO_AGAIN;
  for (guint i = 0; i < n_vectors; i++)
    {
      gsize len = MIN (vectors[i].size, room - total);

      self->buffers[i] = vectors[i].buffer;
      if (len > 0)
        g_byte_array_append (self->written, vectors[i].buffer, len);
      total += len;
    }
  return total;
}

static void
fake_want (WsTransport *transport, GIOCondition condition)
{
  ((FakeTransport *) transport)->wanted = condition;
}

static gboolean
fake_is_readable (WsTransport *transport)
{
  return ((FakeTransport *) transport)->readable;
}

static gboolean
fake_is_heard (WsTransport *transport, gint64 since)
{
  return ((FakeTransport *) transport)->heard;
}

static gsize
fake_get_unsent (WsTransport *transport)
{
  return ((FakeTransport *) transport)->unsent;
}

static void
fake_shutdown (WsTransport *transport)
{
}

static void
fake_get_endpoint (WsTransport *transport,
                   gboolean     remote,
                   WsEndpoint  *endpoint)
{
  *endpoint = (WsEndpoint){ NULL };
}

static void
fake_free (WsTransport *transport)
{
  FakeTransport *self = (FakeTransport *) transport;

  if (self->n_freed != NULL)
    ++*self->n_freed;
  g_byte_array_unref (self->written);
  ws_poller_unref (transport->poller);
  g_free (self);
}

static const WsTransportClass fake_class = {
  .read = fake_read,
  .writev = fake_writev,
  .want = fake_want,
  .is_readable = fake_is_readable,
  .is_heard = fake_is_heard,
  .get_unsent = fake_get_unsent,
  .shutdown = fake_shutdown,
  .get_endpoint = fake_get_endpoint,
  .free = fake_free,
};

FakeTransport *
fake_transport_new (WsPoller *poller)
{
  FakeTransport *self = g_new0 (FakeTransport, 1);

  self->parent.klass = &fake_class;
  ws_transport_note_generation (&self->parent);
  self->parent.poller = ws_poller_ref (poller);
  self->written = g_byte_array_new ();
  self->piece = G_MAXSIZE;
  self->capacity = G_MAXUINT;
  return self;
}
