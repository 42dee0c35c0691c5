/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Brings news of the system's network into one context. */
#include "net/ws-network-watch.h"

#include <string.h>

#include "protocol/ws-proxy-uri.h"
#include "net/ws-context.h"

/* GIO's monitor signals in the context where somebody asked for it first, which
 * may be another thread's: the monitor's news are passed on through an idle
 * source. */
struct _WsNetworkWatch
{
  int                       n_refs;  /* owner, handler, source, question */
  GMainContext             *context; /* (owned) */
  GNetworkMonitor          *monitor; /* (owned) */
  gulong                    handler;
  GCancellable             *question; /* (owned) (nullable) */
  char                     *host;     /* (owned) (nullable): it is about */
  guint16                   port;
  const WsNetworkWatchSink *sink;
  gpointer                  user_data;

  /* Atomic, for both threads touch the following. */
  int is_watching;   /* all the above is set, and not given up yet */
  int was_available; /* when the monitor last said something */
  int has_news;      /* a source is on its way */
  int came_back;     /* since the last news were told */
};

static void
watch_unref (gpointer data)
{
  WsNetworkWatch *self = data;

  if (!g_atomic_int_dec_and_test (&self->n_refs))
    return;
  g_main_context_unref (self->context);
  g_object_unref (self->monitor);
  g_clear_object (&self->question);
  g_free (self->host);
  g_free (self);
}

static WsNetworkWatch *
watch_ref (WsNetworkWatch *self)
{
  g_atomic_int_inc (&self->n_refs);
  return self;
}

static gboolean
on_news (gpointer user_data)
{
  WsNetworkWatch *self = user_data;
  gboolean        came_back;

  g_atomic_int_set (&self->has_news, FALSE);
  came_back = g_atomic_int_exchange (&self->came_back, FALSE);
  if (g_atomic_int_get (&self->is_watching))
    self->sink->changed (came_back, self->user_data);
  return G_SOURCE_REMOVE;
}

static void
on_network_changed (GNetworkMonitor *monitor,
                    gboolean         is_available,
                    WsNetworkWatch  *self)
{
  g_autoptr (GSource) news = NULL;

  if (!g_atomic_int_get (&self->is_watching))
    return;
  if (!g_atomic_int_exchange (&self->was_available, is_available)
      && is_available)
    g_atomic_int_set (&self->came_back, TRUE);
  if (g_atomic_int_exchange (&self->has_news, TRUE))
    return;
  news = g_idle_source_new ();
  g_source_set_priority (news, G_PRIORITY_DEFAULT);
  g_source_set_callback (news, on_news, watch_ref (self), watch_unref);
  g_source_attach (news, self->context);
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

  self->n_refs = 1;
  self->context = g_main_context_ref (context);
  self->monitor = g_object_ref (g_network_monitor_get_default ());
  self->sink = sink;
  self->user_data = user_data;
  self->was_available = g_network_monitor_get_network_available (self->monitor);
  g_atomic_int_set (&self->is_watching, TRUE);
  self->handler = g_signal_connect_data (self->monitor, "network-changed",
                                         G_CALLBACK (on_network_changed),
                                         watch_ref (self), forget, 0);
  return self;
}

void
ws_network_watch_free (WsNetworkWatch *self)
{
  g_atomic_int_set (&self->is_watching, FALSE);
  g_signal_handler_disconnect (self->monitor, self->handler);
  if (self->question != NULL)
    g_cancellable_cancel (self->question);
  watch_unref (self);
}

gboolean
ws_network_watch_is_available (WsNetworkWatch *self)
{
  return g_network_monitor_get_network_available (self->monitor);
}

/* --- The question --- */

gboolean
ws_network_watch_is_local (const char *host)
{
  g_autoptr (GInetAddress) address = NULL;

  if (g_ascii_strcasecmp (host, "localhost") == 0)
    return TRUE;
  address = g_inet_address_new_from_string (host);
  return address != NULL && g_inet_address_get_is_loopback (address);
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
  if (g_atomic_int_get (&self->is_watching)
      && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    self->sink->answered (can_reach, self->user_data);
  watch_unref (self);
}

/* GIO calls back in the context, which is the thread's default here. */
static void
ask_about_host (WsNetworkWatch *self)
{
  g_autoptr (GSocketConnectable) address
      = g_network_address_new (self->host, self->port);

  g_network_monitor_can_reach_async (self->monitor, address, self->question,
                                     on_answer, watch_ref (self));
}

/* The question is about the proxy then. */
static void
take_proxy (WsNetworkWatch *self, const char *uri)
{
  WsProxyUri proxy;

  if (uri == NULL || !ws_proxy_uri_parse (&proxy, uri, NULL))
    return;
  if (strcmp (proxy.scheme, "direct") != 0)
    {
      g_free (self->host);
      self->host = g_steal_pointer (&proxy.host);
      self->port = (guint16) proxy.port;
    }
  ws_proxy_uri_clear (&proxy);
}

static void
on_proxies (GObject *source, GAsyncResult *result, gpointer user_data)
{
  WsNetworkWatch *self = user_data;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) uris
      = g_proxy_resolver_lookup_finish (G_PROXY_RESOLVER (source), result,
                                        &error);

  if (g_atomic_int_get (&self->is_watching)
      && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      take_proxy (self, uris != NULL ? uris[0] : NULL);
      if (ws_network_watch_is_local (self->host))
        self->sink->answered (TRUE, self->user_data);
      else
        ask_about_host (self);
    }
  watch_unref (self);
}

void
ws_network_watch_ask (WsNetworkWatch *self, const WsConnectorTarget *target)
{
  g_autoptr (WsContext) context = ws_context_enter (self->context);

  if (self->question != NULL)
    g_cancellable_cancel (self->question);
  g_clear_object (&self->question);
  self->question = g_cancellable_new ();
  g_free (self->host);
  self->host = g_strdup (target->host);
  self->port = target->port;
  /* Without an answer the wait ends by itself. */
  if (context == NULL)
    return;
  ws_connector_look_up_proxies (target, self->question, on_proxies,
                                watch_ref (self));
}
