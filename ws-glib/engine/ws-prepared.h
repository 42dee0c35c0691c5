/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "protocol/ws-extension.h"

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
  const guint8 *data;  /* in the storage */
  gsize         size;  /* of all frames */
  gsize         part;  /* payload bytes of each frame but the last */
  gsize         len;   /* payload bytes of all frames */
  guint         n_frames;
  guint         window_bits; /* compressed for such a window; 0: plain */
  gboolean      is_packed;   /* others stand in the same storage */
} WsFraming;

/* What a message becomes for one size of the window. */
typedef struct
{
  guint    window_bits; /* 0: not known yet */
  gboolean is_shorter;
  WsBuffer data;
} WsPacked;

#define WS_PREPARED_N_WINDOWS 8

/* A message for many, prepared once for all connections that want the same
 * form. Lives on the stack while it is handed to them. */
typedef struct
{
  WsOpcode      opcode;
  const guint8 *data;   /* (unowned) */
  gsize         len;    /* of the payload */
  WsShared    **pack;   /* (unowned): where small ones stand together */
  WsFraming     first;  /* without storage until one is asked for */
  GArray       *others; /* (owned) (nullable): of WsFraming */
  WsPacked     *packed; /* (owned) (nullable): one for each window */
} WsPrepared;

/* @data must live as long. @pack: kept by who prepares many messages, NULL to
 * begin with, and finally unreferenced. Messages that stand side by side in the
 * pack leave in one piece. */
void ws_prepared_init (WsPrepared   *self,
                       WsOpcode      opcode,
                       const guint8 *data,
                       gsize         len,
                       WsShared    **pack);
void ws_prepared_clear (WsPrepared *self);

/* In frames of at most @frame_size bytes of payload, 0: in one. For a
 * connection with @extension (nullable, of ws_deflate_new()) compressed, if
 * that makes it shorter: without a context, and once for all that have the same
 * window. Valid until the next call. */
const WsFraming *ws_prepared_frame (WsPrepared        *self,
                                    const WsExtension *extension,
                                    guint64            frame_size);

G_END_DECLS
