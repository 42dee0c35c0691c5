/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sends the rest of a TLS stream that was freed. */
#include "net/ws-tls-linger.h"

#include "net/ws-excuse.h"

/* What a transport that is freed could not send yet has this long, in µs, as
 * the kernel would have it for an unencrypted one. */
#define LINGER_TIME (10 * G_USEC_PER_SEC)

typedef struct
{
  WsTransport *inner; /* (owned) */
  guint8      *data;  /* (owned) */
  gsize        start, len;
  WsDeadline   deadline;
  gint64       excused; /* µs */
} Lingerer;

static void
lingerer_free (Lingerer *self)
{
  ws_poller_disarm (self->inner->poller, &self->deadline);
  ws_transport_free (self->inner);
  g_free (self->data);
  g_free (self);
}

static void
on_linger_ready (gpointer user_data, GIOCondition condition)
{
  Lingerer     *self = user_data;
  GOutputVector vector = { self->data + self->start, self->len };
  gssize        n = ws_transport_writev (self->inner, &vector, 1, NULL);

  if (n > 0)
    {
      self->start += (gsize) n;
      self->len -= (gsize) n;
    }
  if (n == WS_IO_ERROR || self->len == 0)
    lingerer_free (self);
}

static void
on_linger_deadline (WsDeadline *deadline)
{
  Lingerer *self = WS_CONTAINER_OF (deadline, Lingerer, deadline);

  if (!ws_excuse (self->inner->poller, deadline, LINGER_TIME, &self->excused))
    lingerer_free (self);
}

void
ws_tls_linger (WsTransport *inner, const guint8 *data, gsize len)
{
  Lingerer *self = g_new0 (Lingerer, 1);

  self->inner = inner;
  self->data = g_memdup2 (data, len);
  self->len = len;
  self->deadline.func = on_linger_deadline;
  ws_poller_arm (inner->poller, &self->deadline,
                 ws_poller_now (inner->poller) + LINGER_TIME);
  ws_transport_set_ready (inner, on_linger_ready, self);
  ws_transport_want (inner, G_IO_OUT);
}
