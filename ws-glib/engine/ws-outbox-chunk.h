/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/ws-outbox.h"

G_BEGIN_DECLS

/* The usual size: a chunk of collected frames has this much room, or what one
 * frame needs. */
#define WS_OUTBOX_CHUNK_ROOM (8 * 1024)

struct _WsOutboxChunk
{
  WsOutboxChunk *next;
  GBytes        *bytes;  /* (owned) (nullable): referenced payload */
  WsShared      *shared; /* (owned) (nullable): referenced frames */
  const guint8  *data;   /* the first byte that waits */
  gsize          len;    /* bytes that wait */
  gsize          size;   /* of @store */
  gsize          room;   /* behind the bytes, for collecting */
  gsize          phase;  /* of the mask at @data */
  guint8         mask[4];
  guint          masked : 1;     /* @data is yet to be masked */
  guint          lent : 1;       /* @data is in memory of the caller's */
  guint          ends_frame : 1; /* a frame ends with the chunk's last byte */
  guint8         store[];        /* what is collected */
};

/* With room for @size bytes, or, if that is 0, for what refers to something:
 * @bytes (nullable), of which it takes a reference. */
WsOutboxChunk *ws_outbox_chunk_new (gsize size, GBytes *bytes);
void           ws_outbox_chunk_free (WsOutboxChunk *self);
/* Copies what was lent. */
void ws_outbox_chunk_settle (WsOutboxChunk *self);

G_END_DECLS
