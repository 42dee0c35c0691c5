/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a connection has carried. */
typedef struct
{
  guint64 messages_sent; /* queued, at least */
  guint64 messages_received;
  guint64 frames_sent; /* of every kind */
  guint64 frames_received;
  guint64 payload_sent; /* bytes of messages */
  guint64 payload_received;
  gint64  saved_sent; /* bytes that compression has saved */
  gint64  saved_received;
  guint64 wire_sent; /* bytes, as written to the transport */
  guint64 wire_received;
  guint64 pings_sent;
  guint64 pings_received;
  guint64 pongs_received;
  guint64 dropped;   /* messages that did not fit any more */
  gint64  since;     /* monotonic µs */
  gint64  connected; /* real µs of the same moment */
} WsTraffic;

G_END_DECLS
