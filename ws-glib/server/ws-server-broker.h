/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "server/ws-server-core.h"
#include "server/ws-server-follow.h"

G_BEGIN_DECLS

extern const WsProperty ws_server_broker_properties[];

/* How much of a history is read at once. */
#define WS_SERVER_HISTORY_PAGE 256

/* The server belongs to a thread now: joins it to its broker, if it has one. */
void ws_server_attach_broker (WsServer *self);
void ws_server_detach_broker (WsServer *self);
/* To all servers of the broker. @topic "": to all clients; @except (nullable):
 * who does not get it. As ws_server_publish(). */
gssize ws_server_broker_publish (WsServer       *self,
                                 const char     *topic,
                                 WsMessage      *message,
                                 WsServerClient *except,
                                 GError        **error);
/* (transfer full): what that is for others. */
WsPublication *ws_server_make_publication (WsServer       *self,
                                           const char     *topic,
                                           WsMessage      *message,
                                           WsServerClient *except);
/* (nullable): how far the topic has come, if it has a history and somebody has
 * subscribed to it; begins to look. */
WsServerFollow *ws_server_follow_topic (WsServer *self, const char *topic);
/* (transfer full): in the form that clients get. Runs handlers. */
WsMessage *
ws_server_format_publication (WsServer *self, WsPublication *publication);
/* As ws_broker_read_history_async(), with @callback in the server's context. */
void ws_server_read_history (WsServer           *self,
                             const char         *topic,
                             const char         *epoch,
                             guint64             offset,
                             guint               max_count,
                             GCancellable       *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer            data);

/* A client that still gets what came before. It belongs to who has begun it,
 * and is in the follow's list from then on until @settled is over. */
typedef struct
{
  GList           link;      /* in the follow's recoveries; its data is this */
  WsServerClient *client;    /* (owned) */
  GCancellable *cancellable; /* (owned) (nullable): ends with the subscription;
                                * NULL once it is settled */
  GQueue        held;        /* of WsPublication, while it is not settled */
  gboolean      is_short;    /* not all that came could be held */
  gboolean      is_settled;  /* has all up to @position */
  guint64       position;
} WsServerRecovery;

void ws_server_recovery_free (WsServerRecovery *self);
/* Forgets those that the others have caught up with. */
void ws_server_forget_settled (WsServerFollow *follow);

G_END_DECLS
