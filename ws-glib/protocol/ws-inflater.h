/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "protocol/ws-buffer.h"
#include "protocol/ws-deflate-pool.h"
#include "protocol/ws-deflate-reach.h"
#include "protocol/ws-fault.h"

G_BEGIN_DECLS

/* Decompresses the messages of one direction (RFC 7692, 7.2.2), as their bytes
 * come. Between messages an inflater owns nothing but the context, if the peer
 * takes that over, and keeps it in little space once the rest was released. */
typedef struct
{
  z_stream       *stream;  /* (owned) (nullable): at work, or the context */
  WsDeflateReach *reach;   /* (owned) (nullable): of a message, with a window
                          * that is not the largest */
  WsBuffer        history; /* the context while there is no stream */
  gsize   history_len;     /* its size once unpacked; 0: nothing is packed */
  guint64 n_in;            /* bytes of the message under way */
  guint64 n_out;
  guint   max_ratio; /* 0: none */
  guint8  window_bits;
  guint8  keeps_context;
  guint8  in_message;
  guint8  at_end; /* behind a last block: another may follow */
} WsInflater;

void ws_inflater_init (WsInflater *self,
                       guint       window_bits,
                       gboolean    keeps_context,
                       guint       max_ratio);
void ws_inflater_clear (WsInflater *self);

/* Appends to @out what @data becomes, and never lets it grow beyond @limit
 * bytes. Faults: 1009 for what would, and for more than the ratio; 1007 for
 * what is no compressed data, or reaches back beyond the window. Nothing may be
 * fed after a fault. */
gboolean ws_inflater_feed (WsInflater   *self,
                           const guint8 *data,
                           gsize         len,
                           gboolean      is_last,
                           guint64       limit,
                           WsBuffer     *out,
                           WsFault      *fault);

/* Between two messages: gives back what is not needed until the next one. */
void ws_inflater_release (WsInflater *self);

G_END_DECLS
