/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <hiredis.h>

#include "ws-redis-url.h"

G_BEGIN_DECLS

/* One connection to a Redis server: commands out, replies in.
 *
 * GIO dials, reads and writes, so that nothing blocks, not even looking for a
 * name; hiredis reads what comes. The asynchronous part of hiredis, with its
 * adapter for GLib, does not serve: it looks names up while everything waits,
 * and its 0.14 ends the program with an assertion when something unexpected
 * comes on a connection that is subscribed. */
typedef struct _WsRedisLink WsRedisLink;

/* None of it is called before the function that made the link has returned, nor
 * after ws_redis_link_close(). */
typedef struct
{
  /* What comes without being a reply. */
  void (*pushed) (gpointer data, redisReply *reply);
  /* It is of no use any more: to be closed. */
  void (*broken) (gpointer data, const GError *error);
} WsRedisLinkFuncs;

/* @reply (nullable): the link was closed before it came. */
typedef void (*WsRedisReplyFunc) (gpointer data, redisReply *reply);

typedef struct
{
  const void *data;
  gsize       len;
} WsRedisArg;

#define WS_REDIS_ARG(text) \
  {                        \
    (text), strlen (text)  \
  }
#define WS_REDIS_ARG_BYTES(all)                            \
  {                                                        \
    g_bytes_get_data ((all), NULL), g_bytes_get_size (all) \
  }

/* (transfer full): dials, and calls back in @context, which this thread runs.
 * @max_reply: no more bytes are kept for one. */
WsRedisLink *ws_redis_link_new (const WsRedisHost      *host,
                                gboolean                is_tls,
                                gsize                   max_reply,
                                GMainContext           *context,
                                const WsRedisLinkFuncs *funcs,
                                gpointer data) G_GNUC_WARN_UNUSED_RESULT;
/* Whoever waits for a reply is told that there will be none. Drops the
 * reference. */
void ws_redis_link_close (WsRedisLink *self);
/* Goes out with all others of the iteration. @func (nullable) */
void ws_redis_link_send (WsRedisLink      *self,
                         const WsRedisArg *args,
                         guint             n_args,
                         WsRedisReplyFunc  func,
                         gpointer          data);
/* From the next one on, no command is replied to: what comes is pushed. */
void  ws_redis_link_only_push (WsRedisLink *self);
gsize ws_redis_link_count_unanswered (WsRedisLink *self);
/* Whether the other side has shown life since this was asked last; reads what
 * has come before it answers, so that @self may be closed then. */
gboolean ws_redis_link_is_alive (WsRedisLink *self);

G_END_DECLS
