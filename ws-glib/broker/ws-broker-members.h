/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "broker/ws-broker-core.h"

G_BEGIN_DECLS

/* A server, as a broker knows it: somebody in a thread who gets publications.
 * For that thread only. */
typedef struct _WsBrokerMember WsBrokerMember;

/* Both are called in the thread of the member. */
typedef struct
{
  void (*publication) (gpointer data, WsPublication *publication);
  /* The broker's connection is there again, after publications may have been
   * missed. */
  void (*resumed) (gpointer data);
} WsBrokerMemberFuncs;

/* (transfer full): a member that lives where @poller does, and wants what is
 * for all clients. */
WsBrokerMember *ws_broker_member_new (WsBroker                  *broker,
                                      WsPoller                  *poller,
                                      const WsBrokerMemberFuncs *funcs,
                                      gpointer                   data);
/* Gets nothing more. */
void      ws_broker_member_free (WsBrokerMember *self);
WsBroker *ws_broker_member_get_broker (WsBrokerMember *self);
/* The number of this server, which no other has on any machine. */
guint64 ws_broker_member_get_node (WsBrokerMember *self);
void    ws_broker_member_join (WsBrokerMember *self, const char *topic);
void    ws_broker_member_leave (WsBrokerMember *self, const char *topic);

/* While the broker is locked: to all who want it. */
void
ws_broker_deliver_locked (WsBrokerPrivate *priv, WsPublication *publication);
/* Tells all members that they may have missed something. */
void ws_broker_resume_members (WsBroker *self);

G_END_DECLS
