/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <ws-glib/ws-glib.h>

G_BEGIN_DECLS

/* A client of a node (broker-node.h), in the default main context. */
typedef struct
{
  WsSocket *socket;
  GQueue    received; /* of WsMessage */
} BrokerPeer;

/* (transfer full): connected to a node of this machine. */
BrokerPeer *broker_peer_new (guint port);
void        broker_peer_free (BrokerPeer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BrokerPeer, broker_peer_free)

void broker_peer_say (BrokerPeer *self, const char *format, ...)
    G_GNUC_PRINTF (2, 3);
/* (transfer full): waits for the next message. */
WsMessage *broker_peer_take (BrokerPeer *self);
char      *broker_peer_take_text (BrokerPeer *self);
void       broker_peer_expect (BrokerPeer *self, const char *text);
/* Waits for "ok" as the answer to what it says. */
void
broker_peer_do (BrokerPeer *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

G_END_DECLS
