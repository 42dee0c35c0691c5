/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Counts the pings that wait for their pongs, and the silence of the peer. */
#include "engine/ws-keepalive.h"

#include <string.h>

/* A peer that never answers costs no more than this many records. */
#define MAX_WAITING 64

typedef struct
{
  gint64   sent;
  gboolean by_user;
  gsize    len;
  guint8   data[];
} Ping;

void
ws_keepalive_init (WsKeepalive *self, gint64 now)
{
  *self = (WsKeepalive){ .last_received = now };
}

void
ws_keepalive_clear (WsKeepalive *self)
{
  if (self->pings != NULL)
    g_queue_clear_full (&self->pings->waiting, g_free);
  g_clear_pointer (&self->pings, g_free);
}

/* Never NULL. */
static WsKeepalivePings *
get_pings (WsKeepalive *self)
{
  if (self->pings == NULL)
    {
      self->pings = g_new (WsKeepalivePings, 1);
      *self->pings = (WsKeepalivePings){ .latency = -1 };
    }
  return self->pings;
}

WsLife
ws_keepalive_judge (const WsKeepalive *self,
                    const WsSettings  *settings,
                    gint64             now,
                    gint64            *due)
{
  gint64   interval = settings->ping_interval * (gint64) 1000;
  gint64   timeout = settings->ping_timeout * (gint64) 1000;
  gint64   last_ping = ws_keepalive_get_last_ping (self);
  gboolean asked = last_ping > self->last_received;

  if (asked && timeout > 0)
    {
      gint64 end = last_ping + timeout;

      /* Not only at the end: after an answer the next ping may be due. */
      *due = MIN (end, now + interval);
      return now < end ? WS_LIFE_FINE : WS_LIFE_DEAD;
    }
  *due = MAX (self->last_received, last_ping) + interval;
  if (now < *due)
    return WS_LIFE_FINE;
  *due = now + (timeout > 0 ? MIN (timeout, interval) : interval);
  return WS_LIFE_ASK;
}

void
ws_keepalive_ping (WsKeepalive  *self,
                   const guint8 *data,
                   gsize         len,
                   gboolean      by_user,
                   gint64        now)
{
  WsKeepalivePings *pings = get_pings (self);
  Ping             *ping = g_malloc (sizeof *ping + len);

  *ping = (Ping){ .sent = now, .by_user = by_user, .len = len };
  if (len > 0)
    memcpy (ping->data, data, len);
  if (!by_user)
    pings->last_ping = now;
  if (pings->waiting.length == MAX_WAITING)
    g_free (g_queue_pop_head (&pings->waiting));
  g_queue_push_tail (&pings->waiting, ping);
}

static GList *
find (const WsKeepalive *self, const guint8 *data, gsize len)
{
  GList *link = self->pings != NULL ? self->pings->waiting.head : NULL;

  for (; link != NULL; link = link->next)
    {
      const Ping *ping = link->data;

      if (ping->len == len && memcmp (ping->data, data, len) == 0)
        return link;
    }
  return NULL;
}

gint64
ws_keepalive_pong (WsKeepalive  *self,
                   const guint8 *data,
                   gsize         len,
                   gint64        now,
                   gboolean     *by_user)
{
  WsKeepalivePings *pings = self->pings;
  GList            *link = find (self, data, len);
  gint64            sent;

  *by_user = TRUE;
  if (link == NULL)
    return -1;
  sent = ((Ping *) link->data)->sent;
  *by_user = ((Ping *) link->data)->by_user;
  while (pings->waiting.head != link)
    g_free (g_queue_pop_head (&pings->waiting));
  g_free (g_queue_pop_head (&pings->waiting));
  pings->answered = sent;
  pings->latency = MAX (0, now - sent);
  return pings->latency;
}
