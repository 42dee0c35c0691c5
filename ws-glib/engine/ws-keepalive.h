/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/ws-settings.h"

G_BEGIN_DECLS

/* Whether the peer lives. Every received byte says so; what we write never
 * does. Times are monotonic µs, given by the caller. */
typedef struct
{
  gint64 last_ping; /* of our own */
  gint64 latency;   /* of the last answered one, -1: unknown */
  gint64 answered;  /* when that was sent */
  GQueue waiting;   /* (owned): pings without their pongs yet */
} WsKeepalivePings;

typedef struct
{
  gint64            last_received;
  WsKeepalivePings *pings; /* (owned) (nullable): none was sent yet */
} WsKeepalive;

typedef enum
{
  WS_LIFE_FINE,
  WS_LIFE_ASK,
  WS_LIFE_DEAD
} WsLife;

void ws_keepalive_init (WsKeepalive *self, gint64 now);
void ws_keepalive_clear (WsKeepalive *self);

/* Of our own pings, the last one; 0: none. */
static inline gint64
ws_keepalive_get_last_ping (const WsKeepalive *self)
{
  return self->pings != NULL ? self->pings->last_ping : 0;
}

/* Of the last answered ping, -1: unknown. */
static inline gint64
ws_keepalive_get_latency (const WsKeepalive *self)
{
  return self->pings != NULL ? self->pings->latency : -1;
}

/* Judges at @now. @due: when to judge again, after a ping has been sent if that
 * is the answer. */
WsLife ws_keepalive_judge (const WsKeepalive *self,
                           const WsSettings  *settings,
                           gint64             now,
                           gint64            *due);

/* Notes a ping that was sent; @by_user: not one of the keepalive's own. */
void ws_keepalive_ping (WsKeepalive  *self,
                        const guint8 *data,
                        gsize         len,
                        gboolean      by_user,
                        gint64        now);

/* The µs since the ping that this pong answers, or -1. A pong answers the
 * oldest ping with its payload, and thereby all older ones, for a peer need
 * only answer the last (RFC 6455, 5.5.3). @by_user: as it was noted; TRUE for a
 * pong that nobody asked for. */
gint64 ws_keepalive_pong (WsKeepalive  *self,
                          const guint8 *data,
                          gsize         len,
                          gint64        now,
                          gboolean     *by_user);

G_END_DECLS
