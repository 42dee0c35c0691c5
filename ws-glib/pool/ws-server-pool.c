/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A server for all cores: a server in each of several threads. */
#include "ws-server-pool.h"

#include "base/ws-home.h"
#include "base/ws-property.h"
#include "base/ws-tsan-private.h"
#include "pool/ws-pool-thread.h"
#include "ws-memory-broker.h"
#include "ws-server-async.h"
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
};

G_DEFINE_FINAL_TYPE (WsServerPool, ws_server_pool, G_TYPE_OBJECT)

typedef enum
{
  PROP_N_THREADS = 1,
  PROP_BROKER,
  PROP_LISTENING,
  N_PROPS
} WsServerPoolProp;

static GParamSpec *props[N_PROPS];

static gboolean
check_thread (WsServerPool *self, GError **error)
{
  return ws_home_check (&self->home,
                        "The pool belongs to another thread: the one where it "
                        "was made",
                        error);
}

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
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_BROKER]);
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

static void
stop_threads (WsServerPool *self)
{
  g_autoptr (GPtrArray) threads = g_steal_pointer (&self->threads);

  self->threads = g_ptr_array_new ();
  for (guint i = 0; i < threads->len; i++)
    ws_pool_thread_stop (g_ptr_array_index (threads, i));
}

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

  if (!check_thread (self, error))
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
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_BROKER]);
    }
  if (!start_threads (self, address, port, error))
    {
      stop_threads (self);
      return FALSE;
    }
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_LISTENING]);
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

/* --- Closing --- */

typedef struct
{
  guint   code;
  char   *reason; /* (owned) (nullable) */
  guint   n_left; /* servers that are not closed yet */
  GError *error;  /* (owned) (nullable): the first */
  GMutex  mutex;
} Closing;

static void
closing_free (gpointer data)
{
  Closing *self = data;

  g_free (self->reason);
  g_clear_error (&self->error);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

/* In the thread of the pool: all servers are closed. */
static gboolean
on_all_closed (gpointer data)
{
  g_autoptr (GTask) task = data;
  WsServerPool *self = g_task_get_source_object (task);
  Closing      *closing = g_task_get_task_data (task);

  WS_TSAN_ACQUIRE (closing);
  stop_threads (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_LISTENING]);
  if (closing->error != NULL)
    g_task_return_error (task, g_steal_pointer (&closing->error));
  else
    g_task_return_boolean (task, TRUE);
  return G_SOURCE_REMOVE;
}

static void
note_closed (GTask *task, GError *error)
{
  Closing *closing = g_task_get_task_data (task);
  gboolean is_last;

  g_mutex_lock (&closing->mutex);
  WS_TSAN_ACQUIRE (closing);
  if (closing->error == NULL)
    closing->error = g_steal_pointer (&error);
  is_last = --closing->n_left == 0;
  WS_TSAN_RELEASE (closing);
  g_mutex_unlock (&closing->mutex);
  g_clear_error (&error);
  if (is_last)
    g_main_context_invoke (g_task_get_context (task), on_all_closed,
                           g_object_ref (task));
}

static void
on_closed (GObject *server, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  ws_server_close_finish (WS_SERVER (server), result, &error);
  note_closed (task, error);
}

static void
close_one (WsServer *server, gpointer data)
{
  Closing *closing = g_task_get_task_data (data);

  ws_server_close_async (server, closing->code, closing->reason,
                         g_task_get_cancellable (data), on_closed,
                         g_object_ref (data));
}

/**
 * ws_server_pool_close_async:
 * @self: a pool
 * @code: the close code for the clients, as for [method@Socket.close]
 * @reason: (nullable): why, for the clients
 * @cancellable: (nullable): ends all connections at once
 * @callback: (scope async) (closure user_data): called when all is over
 * @user_data: for @callback
 *
 * Closes each server as [method@Server.close_async], and ends the threads.
 *
 * Since: 1.0
 */
void
ws_server_pool_close_async (WsServerPool       *self,
                            guint               code,
                            const char         *reason,
                            GCancellable       *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer            user_data)
{
  g_autoptr (GTask) task = NULL;
  Closing *closing;
  GError  *error = NULL;

  g_return_if_fail (WS_IS_SERVER_POOL (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, ws_server_pool_close_async);
  g_task_set_check_cancellable (task, FALSE);
  if (!check_thread (self, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  if (self->threads->len == 0)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  closing = g_new0 (Closing, 1);
  g_mutex_init (&closing->mutex);
  closing->code = code;
  closing->reason = g_strdup (reason);
  closing->n_left = self->threads->len;
  g_task_set_task_data (task, closing, closing_free);
  ws_server_pool_invoke (self, close_one, g_object_ref (task), g_object_unref);
}

/**
 * ws_server_pool_close_finish:
 * @self: a pool
 * @result: what the callback got
 * @error: return location for an error
 *
 * Gets how [method@ServerPool.close_async] went.
 *
 * Returns: whether all clients are gone in order, or by their own fault
 *
 * Since: 1.0
 */
gboolean
ws_server_pool_close_finish (WsServerPool *self,
                             GAsyncResult *result,
                             GError      **error)
{
  g_return_val_if_fail (WS_IS_SERVER_POOL (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result,
                                                  ws_server_pool_close_async),
                        FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
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
  { WS_PROPERTY_UINT (WsServerPool, PROP_N_THREADS, "n-threads", 1, G_MAXUINT,
                      1, ws_server_pool_get_n_threads, NULL) },

  /**
   * WsServerPool:broker:
   *
   * What joins the servers of the pool, and perhaps others; if none is set, one
   * for this process is made when the pool listens.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_OBJECT (WsServerPool, PROP_BROKER, "broker", WsBroker,
                        ws_broker_get_type, ws_server_pool_get_broker,
                        ws_server_pool_set_broker) },

  /**
   * WsServerPool:listening:
   *
   * Whether the servers of the pool listen.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_BOOLEAN (WsServerPool, PROP_LISTENING, "listening", FALSE,
                         ws_server_pool_get_listening, NULL) },

  { 0 }
};
/* clang-format on */

static const WsProperty *const tables[] = { properties, NULL };

static void
ws_server_pool_dispose (GObject *object)
{
  WsServerPool *self = WS_SERVER_POOL (object);

  stop_threads (self);
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
  ws_property_install (object_class, tables, props, N_PROPS);
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
