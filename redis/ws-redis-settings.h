/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <ws-glib/ws-glib.h>

G_BEGIN_DECLS

/* Seconds after which a table of who is present goes, if nobody renews it. */
#define WS_REDIS_PRESENCE_TTL 3600

/* What all connections of a broker share. */
typedef struct
{
  WsBroker          *broker;          /* (unowned) */
  GMainContext      *context;         /* (owned): of its thread */
  char              *prefix;          /* (owned): of all keys and channels */
  char              *node;            /* (owned): this broker, in hexadecimal */
  guint              ping_interval;   /* ms */
  guint              connect_timeout; /* ms */
  guint              presence_ttl;    /* ms */
  guint64            history_ttl;     /* ms */
  WsReconnectPolicy *reconnect;       /* (owned) */
} WsRedisSettings;

G_END_DECLS
