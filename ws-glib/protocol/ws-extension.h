/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "protocol/ws-buffer.h"
#include "protocol/ws-frame.h"

G_BEGIN_DECLS

/* The seam for extensions (RFC 6455, 9): a transform of message payloads that
 * sits between the frame reader and the assembler, and before the framing of
 * what is sent. An extension claims reserved bits; a message whose first frame
 * carries one of these bits passes through the extension. */
typedef struct _WsExtension WsExtension;

typedef struct
{
  guint8 rsv; /* reserved bits claimed, as on the wire */

  /* Appends to @out what @data (unmasked) becomes. @is_last: the message ends
   * with it. @limit: @out must not grow beyond so many bytes; what would is
   * fault 1009. */
  gboolean (*decode) (WsExtension  *self,
                      const guint8 *data,
                      gsize         len,
                      gboolean      is_last,
                      guint64       limit,
                      WsBuffer     *out,
                      WsFault      *fault);

  /* Appends to @out what a whole message becomes; FALSE: send it plain. */
  gboolean (*encode) (WsExtension  *self,
                      WsOpcode      opcode,
                      const guint8 *data,
                      gsize         len,
                      WsBuffer     *out);

  void (*free) (WsExtension *self);
} WsExtensionClass;

struct _WsExtension
{
  const WsExtensionClass *klass;
};

G_END_DECLS
