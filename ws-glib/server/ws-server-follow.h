/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "server/ws-server-core.h"

G_BEGIN_DECLS

/* How far the subscribers of a topic here have come in its history, and who of
 * them still gets what came before. It decides; others read and send. */

/* Publications that wait for what comes before them; more are read later. */
#define WS_SERVER_FOLLOW_MAX_HELD 1024

typedef struct
{
  guint          n_refs;
  gboolean       is_over;       /* nobody subscribes to the topic any more */
  gboolean       is_reading;    /* what is missing before @held */
  gboolean       is_seen;       /* a publication was handed on */
  gboolean       is_short;      /* not all that came could be held */
  char          *epoch;         /* (owned) (nullable): not known yet */
  guint64        offset;        /* of the last publication, or of the last one
                             * before there were subscribers */
  GQueue         held;          /* of WsPublication */
  GCancellable  *cancellable;   /* (owned): of the reading */
  GQueue         recoveries;    /* of WsServerRecovery */
  GDestroyNotify free_recovery; /* of what the list still has in the end */
} WsServerFollow;

typedef enum
{
  WS_SERVER_FOLLOW_SEND, /* it is the next one */
  WS_SERVER_FOLLOW_DROP, /* it was sent before */
  WS_SERVER_FOLLOW_HOLD  /* something is missing before it */
} WsServerFollowStep;

WsServerFollow *ws_server_follow_new (GDestroyNotify free_recovery);
WsServerFollow *ws_server_follow_ref (WsServerFollow *self);
void            ws_server_follow_unref (WsServerFollow *self);
/* The topic goes, and drops its reference. */
void ws_server_follow_end (WsServerFollow *self);
/* One that has come; it is noted as sent, or held. */
WsServerFollowStep
ws_server_follow_judge (WsServerFollow *self, WsPublication *publication);
/* (transfer full) (nullable): the next one that is held and can be sent. */
WsPublication *ws_server_follow_take (WsServerFollow *self);
/* Goes on after @offset of @epoch, whatever is missing before. Returns how many
 * are; 0 also if that is not known. */
guint64
ws_server_follow_skip (WsServerFollow *self, const char *epoch, guint64 offset);

G_END_DECLS
