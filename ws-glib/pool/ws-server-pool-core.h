/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <ws-glib/ws-server-pool.h>

#include "base/ws-home.h"
#include "base/ws-property.h"
#include "pool/ws-pool-thread.h"

G_BEGIN_DECLS

/* The struct of a pool, and what its other files share. */

struct _WsServerPool
{
  GObject parent_instance;

  WsHome      home;      /* where it was made */
  guint       n_threads; /* at least 1 */
  WsSslMode   ssl_mode;
  WsPoolFunc *set_up;  /* (owned) */
  WsBroker   *broker;  /* (owned) (nullable): made when it listens */
  GPtrArray  *threads; /* of WsPoolThread, while it listens */
  guint16     port;

  WsServerStatistics gone; /* of servers that are no more */
};

typedef enum
{
  WS_POOL_PROP_N_THREADS = 1,
  WS_POOL_PROP_BROKER,
  WS_POOL_PROP_LISTENING,
  WS_POOL_N_PROPS
} WsServerPoolProp;

/* Filled by the class. */
extern G_GNUC_INTERNAL GParamSpec *ws_server_pool_props[WS_POOL_N_PROPS];

gboolean ws_server_pool_check_thread (WsServerPool *self, GError **error);
/* The same for @caller, which cannot return an error: a warning says it. */
gboolean ws_server_pool_may_call (WsServerPool *self, const char *caller);
/* Ends the threads, with what their servers still have. */
void ws_server_pool_stop (WsServerPool *self);

G_END_DECLS
