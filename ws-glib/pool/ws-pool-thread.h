/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <ws-glib/ws-server-pool.h>

G_BEGIN_DECLS

/* A function with its data, which several threads call. */
typedef struct
{
  gatomicrefcount  n_refs;
  WsServerPoolFunc func;
  gpointer         data;
  GDestroyNotify   destroy; /* (nullable) */
} WsPoolFunc;

WsPoolFunc *
ws_pool_func_new (WsServerPoolFunc func, gpointer data, GDestroyNotify destroy);
void ws_pool_func_unref (WsPoolFunc *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsPoolFunc, ws_pool_func_unref)

/* A thread with a main context, a loop and a server of its own; for the thread
 * that has started it. */
typedef struct _WsPoolThread WsPoolThread;

/* (transfer full): waits until @set_up has run there and the server listens, or
 * cannot. @address (nullable): all of IPv4 and IPv6. */
WsPoolThread *ws_pool_thread_start (guint         index,
                                    WsSslMode     ssl_mode,
                                    WsPoolFunc   *set_up,
                                    WsBroker     *broker,
                                    GInetAddress *address,
                                    guint16       port,
                                    GError      **error);
guint16       ws_pool_thread_get_port (const WsPoolThread *self);
/* Calls it there, soon. */
void ws_pool_thread_invoke (WsPoolThread *self, WsPoolFunc *func);
/* Lets the server go, with the clients that it still has, and waits for the end
 * of the thread, unless this is that thread. What the server has carried is
 * added to @gone. */
void ws_pool_thread_stop (WsPoolThread *self, WsServerStatistics *gone);

G_END_DECLS
