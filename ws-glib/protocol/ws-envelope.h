/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "protocol/ws-frame.h"

G_BEGIN_DECLS

/* A message on its way from server to server, as a broker carries it:
 *
 *   0  'W'
 *   1  the version of this format, 1
 *   2  the opcode: 1 text, 2 binary
 *   3  0
 *   4  the node that it comes from, 8 bytes, the highest first
 *   12 the client there that it comes from, likewise; 0: from none
 *   20 the payload, to the end */
typedef struct
{
  WsOpcode      opcode;
  guint64       node;
  guint64       client;
  const guint8 *data; /* (unowned): the payload */
  gsize         len;
} WsEnvelope;

#define WS_ENVELOPE_VERSION 1
#define WS_ENVELOPE_HEAD    20

/* What stands before the payload. */
void
ws_envelope_write_head (const WsEnvelope *self, guint8 head[WS_ENVELOPE_HEAD]);
/* What somebody has sent, who may be anybody: FALSE if it is none of ours, and
 * @problem (transfer full) says why. */
gboolean ws_envelope_read (WsEnvelope   *self,
                           const guint8 *data,
                           gsize         len,
                           char        **problem);

G_END_DECLS
