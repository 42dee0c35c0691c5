/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "server/ws-server-follow.h"

G_BEGIN_DECLS

extern const WsProperty ws_server_topics_properties[];

/* (element-type WsServerClient) (nullable): the oldest subscription first */
const GList *ws_server_peek_subscribers (WsServer *self, const char *topic);
guint        ws_server_count_subscribers (WsServer *self, const char *topic);
/* (nullable): where a topic keeps what it knows of its history; NULL: nobody
 * has subscribed to it. */
WsServerFollow **ws_server_peek_follow (WsServer *self, const char *topic);
/* @func must not subscribe or unsubscribe anybody. */
typedef void (*WsServerTopicFunc) (WsServer   *self,
                                   const char *topic,
                                   gpointer    data);
void
ws_server_foreach_topic (WsServer *self, WsServerTopicFunc func, gpointer data);
gboolean
ws_server_client_is_subscribed (WsServerClient *client, const char *topic);
/* FALSE beyond a limit. */
gboolean ws_server_client_subscribe (WsServerClient *client,
                                     const char     *topic,
                                     GError        **error);
void ws_server_client_unsubscribe (WsServerClient *client, const char *topic);
/* While the client still has a server. */
void ws_server_client_unsubscribe_all (WsServerClient *client);
/* (transfer full): for a subscription that there is: cancelled when it ends. */
GCancellable *
ws_server_client_begin_waiting (WsServerClient *client, const char *topic);
/* Takes @cancellable. FALSE: the subscription has ended, though there may be
 * another one. */
gboolean ws_server_client_finish_waiting (WsServerClient *client,
                                          const char     *topic,
                                          GCancellable   *cancellable);
/* Whoever waits gives up; the subscriptions stay. There has to be one. */
void ws_server_cancel_waiting (WsServer *self, const char *topic);
char **
ws_server_client_list_topics (WsServerClient *client); /* (transfer full) */
void ws_server_clear_topics (WsServer *self);

G_END_DECLS
