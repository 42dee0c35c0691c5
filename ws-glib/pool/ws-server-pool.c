/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A server for all cores: a server in each of several threads. */
#include "ws-server-pool.h"

#include "pool/ws-server-pool-core.h"

#include "ws-memory-broker.h"
#include "ws-socket-error.h"

/**
 * WsServerPool:
 *
 * A server for all cores: a [class@Server] in each of several threads, all on
 * one port, among which the system divides the connections.
 *
 * A function sets up each server in its own thread, where the server and its
 * sockets emit their signals; that thread runs their main context. What the
 * handlers share among the threads they have to protect themselves. A
 * [class@MemoryBroker] joins the servers, so that what one of them publishes or
 * broadcasts reaches the clients of all.
 *
 * A handler that takes its time holds up the clients of its own thread only.
 *
 * JavaScript has one thread: programs in it start more processes instead, with
 * a broker for several machines.
 *
 * Since: 1.0
 */

G_DEFINE_FINAL_TYPE (WsServerPool, ws_server_pool, G_TYPE_OBJECT)

/* --- Properties --- */

/**
 * ws_server_pool_get_n_threads:
 * @self: a pool
 *
 * Gets how many threads a pool has.
 *
 * Returns: the number, at least 1
 *
 * Since: 1.0
 */
guint
ws_server_pool_get_n_threads (WsServerPool *self)
{
  g_return_val_if_fail (WS_IS_SERVER_POOL (self), 0);

  return self->n_threads;
}

/**
 * ws_server_pool_get_broker:
 * @self: a pool
 *
 * Gets what joins the servers.
 *
 * Returns: (transfer none) (nullable): the broker; %NULL: the pool has not
 *   listened yet, and will make one then
 *
 * Since: 1.0
 */
WsBroker *
ws_server_pool_get_broker (WsServerPool *self)
{
  g_return_val_if_fail (WS_IS_SERVER_POOL (self), NULL);

  return self->broker;
}

/**
 * ws_server_pool_set_broker:
 * @self: a pool that does not listen
 * @broker: (nullable): the broker; %NULL: one for this process
 *
 * Sets what joins the servers.
 *
 * Since: 1.0
 */
void
ws_server_pool_set_broker (WsServerPool *self, WsBroker *broker)
{
  g_return_if_fail (WS_IS_SERVER_POOL (self));
  g_return_if_fail (broker == NULL || WS_IS_BROKER (broker));
  g_return_if_fail (self->threads->len == 0);

  if (g_set_object (&self->broker, broker))
    g_object_notify_by_pspec (G_OBJECT (self),
                              ws_server_pool_props[WS_POOL_PROP_BROKER]);
}

/**
 * ws_server_pool_get_listening:
 * @self: a pool
 *
 * Gets whether the servers of a pool listen.
 *
 * Returns: whether they do
 *
 * Since: 1.0
 */
gboolean
ws_server_pool_get_listening (WsServerPool *self)
{
  g_return_val_if_fail (WS_IS_SERVER_POOL (self), FALSE);

  return self->threads->len > 0;
}

/**
 * ws_server_pool_get_server_port:
 * @self: a pool
 *
 * Gets the port where all servers listen.
 *
 * Returns: the port; 0: they do not
 *
 * Since: 1.0
 */
guint16
ws_server_pool_get_server_port (WsServerPool *self)
{
  g_return_val_if_fail (WS_IS_SERVER_POOL (self), 0);

  return self->threads->len > 0 ? self->port : 0;
}

/* --- Listening --- */

static gboolean
start_threads (WsServerPool *self,
               GInetAddress *address,
               guint16       port,
               GError      **error)
{
  for (guint i = 0; i < self->n_threads; i++)
    {
      WsPoolThread *thread
          = ws_pool_thread_start (i, self->ssl_mode, self->set_up, self->broker,
                                  address, port, error);

      if (thread == NULL)
        return FALSE;
      g_ptr_array_add (self->threads, thread);
      port = ws_pool_thread_get_port (thread);
    }
  self->port = port;
  return TRUE;
}

/**
 * ws_server_pool_listen:
 * @self: a pool
 * @address: (nullable): where; %NULL: at all addresses of the machine
 * @port: the port; 0: any that is free
 * @error: return location for an error
 *
 * Starts the threads, and lets a server listen in each.
 *
 * It returns when all of them listen, or one cannot, which ends the others.
 * Fails as [method@Server.listen], with %WS_SOCKET_ERROR_OPERATION if the pool
 * listens already, and with %WS_SOCKET_ERROR_WRONG_CONTEXT in another thread
 * than that where the pool was made.
 *
 * Returns: whether the servers listen
 *
 * Since: 1.0
 */
gboolean
ws_server_pool_listen (WsServerPool *self,
                       GInetAddress *address,
                       guint16       port,
                       GError      **error)
{
  g_return_val_if_fail (WS_IS_SERVER_POOL (self), FALSE);
  g_return_val_if_fail (address == NULL || G_IS_INET_ADDRESS (address), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!ws_server_pool_check_thread (self, error))
    return FALSE;
  if (self->threads->len > 0)
    {
      g_set_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_OPERATION,
                   "The pool listens already, at port %u", self->port);
      return FALSE;
    }
  if (self->broker == NULL)
    {
      self->broker = ws_memory_broker_new ();
      g_object_notify_by_pspec (G_OBJECT (self),
                                ws_server_pool_props[WS_POOL_PROP_BROKER]);
    }
  if (!start_threads (self, address, port, error))
    {
      ws_server_pool_stop (self);
      return FALSE;
    }
  g_object_notify_by_pspec (G_OBJECT (self),
                            ws_server_pool_props[WS_POOL_PROP_LISTENING]);
  return TRUE;
}

/**
 * ws_server_pool_invoke:
 * @self: a pool
 * @func: (scope notified) (closure user_data) (destroy destroy): what to do
 * @user_data: for @func
 * @destroy: (nullable): called with @user_data after the last call
 *
 * Does something with each server, in the server's own thread.
 *
 * It does not wait for that.
 *
 * Since: 1.0
 */
void
ws_server_pool_invoke (WsServerPool    *self,
                       WsServerPoolFunc func,
                       gpointer         user_data,
                       GDestroyNotify   destroy)
{
  g_autoptr (WsPoolFunc) shared = NULL;

  g_return_if_fail (WS_IS_SERVER_POOL (self));
  g_return_if_fail (func != NULL);

  shared = ws_pool_func_new (func, user_data, destroy);
  for (guint i = 0; i < self->threads->len; i++)
    ws_pool_thread_invoke (g_ptr_array_index (self->threads, i), shared);
}

/* --- Life --- */

/* clang-format off */
static const WsProperty properties[] = {
  /**
   * WsServerPool:n-threads:
   *
   * How many threads the pool has.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT (WsServerPool, WS_POOL_PROP_N_THREADS, "n-threads", 1,
                      G_MAXUINT, 1, ws_server_pool_get_n_threads, NULL) },

  /**
   * WsServerPool:broker:
   *
   * What joins the servers of the pool, and perhaps others; if none is set, one
   * for this process is made when the pool listens.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_OBJECT (WsServerPool, WS_POOL_PROP_BROKER, "broker", WsBroker,
                        ws_broker_get_type, ws_server_pool_get_broker,
                        ws_server_pool_set_broker) },

  /**
   * WsServerPool:listening:
   *
   * Whether the servers of the pool listen.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_BOOLEAN (WsServerPool, WS_POOL_PROP_LISTENING, "listening",
                         FALSE, ws_server_pool_get_listening, NULL) },

  { 0 }
};
/* clang-format on */

static const WsProperty *const tables[] = { properties, NULL };

static void
ws_server_pool_dispose (GObject *object)
{
  WsServerPool *self = WS_SERVER_POOL (object);

  ws_server_pool_stop (self);
  g_clear_object (&self->broker);
  G_OBJECT_CLASS (ws_server_pool_parent_class)->dispose (object);
}

static void
ws_server_pool_finalize (GObject *object)
{
  WsServerPool *self = WS_SERVER_POOL (object);

  g_ptr_array_unref (self->threads);
  g_clear_pointer (&self->set_up, ws_pool_func_unref);
  ws_home_clear (&self->home);
  G_OBJECT_CLASS (ws_server_pool_parent_class)->finalize (object);
}

static void
ws_server_pool_class_init (WsServerPoolClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = ws_server_pool_dispose;
  object_class->finalize = ws_server_pool_finalize;
  ws_property_install (object_class, tables, ws_server_pool_props,
                       WS_POOL_N_PROPS);
}

static void
do_nothing (WsServer *server, gpointer data)
{
}

static void
ws_server_pool_init (WsServerPool *self)
{
  ws_home_move (&self->home, NULL);
  self->n_threads = g_get_num_processors ();
  self->threads = g_ptr_array_new ();
  self->set_up = ws_pool_func_new (do_nothing, NULL, NULL);
  self->gone.since = g_get_monotonic_time ();
  self->gone.since_real = g_get_real_time ();
}

/**
 * ws_server_pool_new:
 * @n_threads: how many threads; 0: as many as the machine has processors
 * @ssl_mode: whether connections are encrypted
 * @set_up: (scope notified) (closure user_data) (destroy destroy): sets up each
 *   server, in the server's own thread
 * @user_data: for @set_up
 * @destroy: (nullable): called with @user_data when the pool is gone
 *
 * Creates a pool that does not listen yet.
 *
 * @set_up connects handlers and sets properties, TLS included; it must not let
 * the server listen.
 *
 * Returns: (transfer full): a new pool
 *
 * Since: 1.0
 */
WsServerPool *
ws_server_pool_new (guint            n_threads,
                    WsSslMode        ssl_mode,
                    WsServerPoolFunc set_up,
                    gpointer         user_data,
                    GDestroyNotify   destroy)
{
  WsServerPool *self;

  g_return_val_if_fail (set_up != NULL, NULL);

  self = g_object_new (WS_TYPE_SERVER_POOL, NULL);
  if (n_threads > 0)
    self->n_threads = n_threads;
  self->ssl_mode = ssl_mode;
  ws_pool_func_unref (self->set_up);
  self->set_up = ws_pool_func_new (set_up, user_data, destroy);
  return self;
}
