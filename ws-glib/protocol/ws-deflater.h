/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "protocol/ws-buffer.h"
#include "protocol/ws-deflate-pool.h"

G_BEGIN_DECLS

/* Compresses the messages of one direction (RFC 7692, 7.2.1). Between messages
 * a deflater owns nothing but the context, if that is taken over. */
typedef struct
{
  z_stream      *stream; /* (owned) (nullable): the context */
  WsDeflateShape shape;
  guint8         keeps_context;
} WsDeflater;

void ws_deflater_init (WsDeflater    *self,
                       WsDeflateShape shape,
                       gboolean       keeps_context);
void ws_deflater_clear (WsDeflater *self);

/* Appends to @out what a whole message becomes. FALSE if that is no shorter:
 * @out is as it was, and the context is gone. */
gboolean ws_deflater_compress (WsDeflater   *self,
                               const guint8 *data,
                               gsize         len,
                               WsBuffer     *out);

/* Gives the context back: the next message refers to none before it, which the
 * peer need not be told. */
void ws_deflater_forget (WsDeflater *self);

G_END_DECLS
