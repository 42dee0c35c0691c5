/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/ws-network-watch.h"

/* GIO's monitor signals in the context where somebody asked for it first, which
 * may be another thread's: what it says is passed on through an idle source. The
 * mutex guards what both threads touch. */
struct _WsNetworkWatch
{
  gatomicrefcount           n_refs;  /* owner, handler, source, question */
  GMainContext             *context; /* (owned) */
  GNetworkMonitor          *monitor; /* (owned) */
  gulong                    handler;
  GCancellable             *question; /* (owned) (nullable) */
  const WsNetworkWatchSink *sink;
  gpointer                  user_data;

  GMutex   mutex;
  GSource *news; /* (owned) (nullable): a change is to be told */
  gboolean was_available;
  gboolean came_back; /* since the last news were told */
  gboolean is_over;
};

static void
watch_unref (gpointer data)
{
  WsNetworkWatch *self = data;

  if (!g_atomic_ref_count_dec (&self->n_refs))
    return;
  g_main_context_unref (self->context);
  g_object_unref (self->monitor);
  g_clear_object (&self->question);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

static WsNetworkWatch *
watch_ref (WsNetworkWatch *self)
{
  g_atomic_ref_count_inc (&self->n_refs);
  return self;
}

static gboolean
on_news (gpointer user_data)
{
  WsNetworkWatch *self = user_data;
  gboolean        came_back;

  g_mutex_lock (&self->mutex);
  g_clear_pointer (&self->news, g_source_unref);
  came_back = self->came_back;
  self->came_back = FALSE;
  g_mutex_unlock (&self->mutex);
  self->sink->changed (came_back, self->user_data);
  return G_SOURCE_REMOVE;
}

static void
on_network_changed (GNetworkMonitor *monitor,
                    gboolean         is_available,
                    WsNetworkWatch  *self)
{
  g_mutex_lock (&self->mutex);
  if (is_available && !self->was_available)
    self->came_back = TRUE;
  self->was_available = is_available;
  if (!self->is_over && self->news == NULL)
    {
      self->news = g_idle_source_new ();
      g_source_set_priority (self->news, G_PRIORITY_DEFAULT);
      g_source_set_callback (self->news, on_news, watch_ref (self),
                             watch_unref);
      g_source_attach (self->news, self->context);
    }
  g_mutex_unlock (&self->mutex);
}

static void
forget (gpointer data, GClosure *closure)
{
  watch_unref (data);
}

WsNetworkWatch *
ws_network_watch_new (GMainContext             *context,
                      const WsNetworkWatchSink *sink,
                      gpointer                  user_data)
{
  WsNetworkWatch *self = g_new0 (WsNetworkWatch, 1);

  g_atomic_ref_count_init (&self->n_refs);
  g_mutex_init (&self->mutex);
  self->context = g_main_context_ref (context);
  self->monitor = g_object_ref (g_network_monitor_get_default ());
  self->sink = sink;
  self->user_data = user_data;
  self->was_available = g_network_monitor_get_network_available (self->monitor);
  self->handler = g_signal_connect_data (self->monitor, "network-changed",
                                         G_CALLBACK (on_network_changed),
                                         watch_ref (self), forget, 0);
  return self;
}

void
ws_network_watch_free (WsNetworkWatch *self)
{
  GSource *news;

  g_signal_handler_disconnect (self->monitor, self->handler);
  g_mutex_lock (&self->mutex);
  self->is_over = TRUE;
  news = g_steal_pointer (&self->news);
  g_mutex_unlock (&self->mutex);
  if (news != NULL)
    {
      g_source_destroy (news);
      g_source_unref (news);
    }
  if (self->question != NULL)
    g_cancellable_cancel (self->question);
  watch_unref (self);
}

gboolean
ws_network_watch_is_available (WsNetworkWatch *self)
{
  return g_network_monitor_get_network_available (self->monitor);
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  WsNetworkWatch *self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean can_reach
      = g_network_monitor_can_reach_finish (G_NETWORK_MONITOR (source), result,
                                            &error);

  /* A cancelled question may be answered all the same. */
  if (!self->is_over
      && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    self->sink->answered (can_reach, self->user_data);
  watch_unref (self);
}

void
ws_network_watch_ask (WsNetworkWatch *self, const char *host, guint16 port)
{
  g_autoptr (GSocketConnectable) address = g_network_address_new (host, port);

  if (self->question != NULL)
    g_cancellable_cancel (self->question);
  g_clear_object (&self->question);
  self->question = g_cancellable_new ();
  /* GIO calls back in the context that is the thread's default now. */
  g_main_context_push_thread_default (self->context);
  g_network_monitor_can_reach_async (self->monitor, address, self->question,
                                     on_answer, watch_ref (self));
  g_main_context_pop_thread_default (self->context);
}
