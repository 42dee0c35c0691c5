/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/ws-transport.h"

G_BEGIN_DECLS

/* A transport that writes into memory, as much at a time as a test wants. It is
 * always ready to write, and never to read. */
typedef struct
{
  WsTransport   parent;
  GByteArray   *written;  /* (owned) */
  gsize         piece;    /* bytes that one call takes */
  gsize         capacity; /* bytes in all; then it takes no more */
  guint         n_calls;
  guint         n_vectors;   /* of the last call */
  gconstpointer buffers[64]; /* likewise: where they lie */
  GIOCondition  wanted;
  gsize         unsent;   /* bytes of these that are said to wait still */
  gboolean      broken;   /* writing fails */
  gboolean      readable; /* something is said to wait unread */
  gboolean      heard;    /* the peer's system is said to live */
  guint        *n_freed;  /* (unowned) (nullable): counts its end */
} FakeTransport;

FakeTransport *fake_transport_new (WsPoller *poller);

G_END_DECLS
