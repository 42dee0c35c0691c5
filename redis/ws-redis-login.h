/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "ws-redis-link.h"
#include "ws-redis-settings.h"

G_BEGIN_DECLS

/* The first commands of a connection: who we are, and whether the other side is
 * what is needed. */

/* @error (nullable): it is of no use. Not called if the link is closed before
 * that is known. */
typedef void (*WsRedisLoginFunc) (gpointer data, const GError *error);

/* A link for commands: the server has to be a master, new enough and loaded. */
void ws_redis_login_for_commands (WsRedisLink           *link,
                                  const WsRedisUrl      *url,
                                  const WsRedisSettings *settings,
                                  WsRedisLoginFunc       func,
                                  gpointer               data);
/* A link to the same server for subscriptions. */
void ws_redis_login_for_subscriptions (WsRedisLink      *link,
                                       const WsRedisUrl *url,
                                       WsRedisLoginFunc  func,
                                       gpointer          data);
/* (transfer full) (nullable): what is wrong with the reply to ROLE. */
GError *ws_redis_login_judge_role (const redisReply *reply);

G_END_DECLS
