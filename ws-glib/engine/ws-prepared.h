/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "protocol/ws-frame.h"

G_BEGIN_DECLS

/* Bytes that outboxes of one thread have in common. What is written once stays
 * as it is; more may be put behind it. */
typedef struct
{
  guint  n_refs;
  gsize  used;
  gsize  size;
  guint8 data[];
} WsShared;

WsShared *ws_shared_ref (WsShared *self);
void      ws_shared_unref (WsShared *self);

/* A message as it goes to the wire, without masks: as a server sends it. */
typedef struct
{
  WsShared     *store; /* (owned) */
  const guint8 *data;  /* in it */
  gsize         size;  /* of all frames */
  gsize         part;  /* payload bytes of each frame but the last */
  guint         n_frames;
  gboolean      is_packed; /* others stand in the same storage */
} WsFraming;

/* A message for many, prepared once for all that want it in the same form. It
 * lives on the stack, while it is handed to them. */
typedef struct
{
  WsOpcode      opcode;
  const guint8 *data;   /* (unowned) */
  gsize         len;    /* of the payload */
  WsShared    **pack;   /* (unowned): where small ones stand together */
  WsFraming     first;  /* without storage until it is asked for */
  GArray       *others; /* (owned) (nullable): of WsFraming */
} WsPrepared;

/* @data must live as long. @pack: kept by who prepares many messages, NULL to
 * begin with, and finally unreferenced. Messages that stand side by side in it
 * leave in one piece. */
void ws_prepared_init (WsPrepared   *self,
                       WsOpcode      opcode,
                       const guint8 *data,
                       gsize         len,
                       WsShared    **pack);
void ws_prepared_clear (WsPrepared *self);

/* In frames of at most @frame_size bytes of payload, 0: in one. Valid until the
 * next call. */
const WsFraming *ws_prepared_frame (WsPrepared *self, guint64 frame_size);

G_END_DECLS
