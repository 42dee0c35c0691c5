/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Dials a host or a proxy with GSocketClient, in one context. */
#include "net/ws-connector.h"

#include <string.h>

#include "protocol/ws-proxy-uri.h"
#include "net/ws-context.h"
#include "net/ws-socket-address.h"
#include "net/ws-unix-path.h"
#include "net/ws-zone.h"

/* What an HTTP proxy's URI means without a port. */
#define HTTP_PORT 80

typedef struct
{
  WsPoller           *poller;   /* (owned) */
  WsConnectorProgress progress; /* (nullable) */
  gpointer            user_data;
  GSocketConnectable *target;        /* (owned) */
  GSocketAddress     *local_address; /* (owned) (nullable): to come from */
  char              **uris; /* (owned) (nullable): proxies that may be tried */
  guint               n_tried;
  WsProxyUri          proxy; /* the last one's */
  gboolean            has_proxy;
  gboolean            talked; /* to the proxy */
} Dial;

static void
forget_proxy (Dial *self)
{
  if (self->has_proxy)
    ws_proxy_uri_clear (&self->proxy);
  self->has_proxy = FALSE;
  self->talked = FALSE;
}

static void
dial_free (Dial *self)
{
  forget_proxy (self);
  g_clear_object (&self->target);
  g_clear_object (&self->local_address);
  g_strfreev (self->uris);
  ws_poller_unref (self->poller);
  g_free (self);
}

static gboolean
is_http (const Dial *self)
{
  return self->has_proxy && strcmp (self->proxy.scheme, "http") == 0;
}

/* --- Connecting --- */

static void try_next (GTask *task);

static void
on_event (GSocketClient      *client,
          GSocketClientEvent  event,
          GSocketConnectable *connectable,
          GIOStream          *connection,
          GTask              *task)
{
  Dial *self = g_task_get_task_data (task);

  if (event == G_SOCKET_CLIENT_PROXY_NEGOTIATING)
    self->talked = TRUE;
  /* Whoever cancels may be gone. */
  if (self->progress != NULL
      && !g_cancellable_is_cancelled (g_task_get_cancellable (task)))
    self->progress (event, self->user_data);
}

/* Whether another proxy may do better than the one that failed with @error. One
 * that wants a login is not passed by: the user is asked. */
static gboolean
may_try_next (GTask *task, const GError *error)
{
  Dial *self = g_task_get_task_data (task);

  return self->uris != NULL && self->uris[self->n_tried] != NULL
         && !g_cancellable_is_cancelled (g_task_get_cancellable (task))
         && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PROXY_NEED_AUTH)
         && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PROXY_AUTH_FAILED);
}

/* (transfer full): what the system has against the address to come from, which
 * GIO does not tell; else @error (transfer full). */
static GError *
explain (Dial *self, GError *error)
{
  g_autofree char *name = NULL;

  if (self->local_address == NULL
      || ws_socket_address_is_ours (self->local_address))
    return error;
  g_error_free (error);
  name = g_socket_connectable_to_string (
      G_SOCKET_CONNECTABLE (self->local_address));
  return g_error_new (G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                      "The local address %s is none of this machine's", name);
}

/* Takes @error over. */
static void
fail (GTask *task, GError *error)
{
  if (!may_try_next (task, error))
    {
      g_task_return_error (task, error);
      return;
    }
  g_error_free (error);
  try_next (task);
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Dial   *self = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GSocketConnection) connection = NULL;
  WsTransport *transport = NULL;

  /* Attempts that lost the race may outlive this one. */
  g_signal_handlers_disconnect_by_data (source, task);

  connection = g_socket_client_connect_finish (G_SOCKET_CLIENT (source), result,
                                               &error);
  if (connection != NULL)
    transport = ws_transport_new_for_stream (self->poller,
                                             G_IO_STREAM (connection), &error);

  if (transport != NULL)
    g_task_return_pointer (task, transport, (GDestroyNotify) ws_transport_free);
  else
    fail (task, explain (self, error));
}

/* Whoever dials has looked: only a program that moves its contexts about
 * between threads can see this. */
static void
refuse_context (GTask *task)
{
  g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_BUSY,
                           "Another thread runs the main context meanwhile");
}

/* @resolver (nullable): leads to a proxy that GIO talks to. GIO calls back in
 * the context that is the thread's default now. */
static void
connect_to (GTask              *task,
            GSocketConnectable *connectable,
            GProxyResolver     *resolver)
{
  Dial *self = g_task_get_task_data (task);
  g_autoptr (GSocketClient) client = NULL;
  g_autoptr (WsContext) context
      = ws_context_enter (ws_poller_get_context (self->poller));

  if (context == NULL)
    {
      refuse_context (task);
      return;
    }
  client = g_socket_client_new ();
  g_socket_client_set_local_address (client, self->local_address);
  if (resolver != NULL)
    g_socket_client_set_proxy_resolver (client, resolver);
  else
    g_socket_client_set_enable_proxy (client, FALSE);
  g_signal_connect (client, "event", G_CALLBACK (on_event), task);
  g_socket_client_connect_async (client, connectable,
                                 g_task_get_cancellable (task), on_connected,
                                 g_object_ref (task));
}

static void
connect_directly (GTask *task)
{
  Dial   *self = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GSocketConnectable) target
      = ws_zone_complete (self->target, &error);

  if (target == NULL)
    fail (task, error);
  else
    connect_to (task, target, NULL);
}

/* --- Proxies --- */

static void
try_proxy (GTask *task)
{
  Dial *self = g_task_get_task_data (task);
  g_autoptr (GSocketConnectable) connectable = NULL;
  g_autoptr (GProxyResolver) resolver = NULL;

  if (is_http (self))
    {
      connectable = g_network_address_new (self->proxy.host,
                                           self->proxy.port != 0
                                               ? (guint16) self->proxy.port
                                               : HTTP_PORT);
      connect_to (task, connectable, NULL);
      return;
    }
  resolver = g_simple_proxy_resolver_new (self->proxy.uri, NULL);
  connect_to (task, self->target, resolver);
}

/* There is one. */
static void
try_next (GTask *task)
{
  Dial   *self = g_task_get_task_data (task);
  GError *error = NULL;

  forget_proxy (self);
  self->has_proxy
      = ws_proxy_uri_parse (&self->proxy, self->uris[self->n_tried++], &error);
  if (!self->has_proxy)
    {
      fail (task, error);
      return;
    }
  if (strcmp (self->proxy.scheme, "direct") != 0)
    {
      try_proxy (task);
      return;
    }
  forget_proxy (self);
  connect_directly (task);
}

static void
on_looked_up (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Dial   *self = g_task_get_task_data (task);
  GError *error = NULL;

  self->uris = g_proxy_resolver_lookup_finish (G_PROXY_RESOLVER (source),
                                               result, &error);
  if (self->uris == NULL)
    g_task_return_error (task, error);
  else if (self->uris[0] == NULL)
    connect_directly (task);
  else
    try_next (task);
}

void
ws_connector_look_up_proxies (const WsConnectorTarget *target,
                              GCancellable            *cancellable,
                              GAsyncReadyCallback      callback,
                              gpointer                 user_data)
{
  GProxyResolver  *resolver = target->proxy_resolver != NULL
                                  ? target->proxy_resolver
                                  : g_proxy_resolver_get_default ();
  g_autofree char *uri
      = g_uri_join (G_URI_FLAGS_NONE, target->secure ? "https" : "http", NULL,
                    target->host, target->port, "", NULL, NULL);

  g_proxy_resolver_lookup_async (resolver, uri, cancellable, callback,
                                 user_data);
}

/* --- Dialling --- */

static void
dial (GTask *task, const WsConnectorTarget *target)
{
  Dial *self = g_task_get_task_data (task);

  if (target->unix_path != NULL)
    connect_directly (task);
  else if (target->proxy_uri == NULL)
    ws_connector_look_up_proxies (target, g_task_get_cancellable (task),
                                  on_looked_up, g_object_ref (task));
  else
    {
      self->uris = g_new0 (char *, 2);
      self->uris[0] = g_strdup (target->proxy_uri);
      try_next (task);
    }
}

/* (transfer full) (nullable) */
static GSocketConnectable *
connectable_new (const WsConnectorTarget *target, GError **error)
{
  GSocketAddress *address;

  if (target->unix_path == NULL)
    return g_network_address_new (target->host, target->port);

  address = ws_unix_path_make_address (target->unix_path, error);
  return address != NULL ? G_SOCKET_CONNECTABLE (address) : NULL;
}

void
ws_connector_dial_async (WsPoller                *poller,
                         const WsConnectorTarget *target,
                         GCancellable            *cancellable,
                         GAsyncReadyCallback      callback,
                         gpointer                 user_data)
{
  g_autoptr (WsContext) context
      = ws_context_enter (ws_poller_get_context (poller));
  g_autoptr (GTask) task = NULL;
  Dial   *self = g_new0 (Dial, 1);
  GError *error = NULL;

  self->poller = ws_poller_ref (poller);
  self->progress = target->progress;
  self->user_data = user_data;
  self->target = connectable_new (target, &error);
  if (target->unix_path == NULL)
    g_set_object (&self->local_address, target->local_address);

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, ws_connector_dial_async);
  g_task_set_task_data (task, self, (GDestroyNotify) dial_free);
  if (self->target == NULL)
    g_task_return_error (task, error);
  else if (context == NULL)
    refuse_context (task);
  else
    dial (task, target);
}

WsTransport *
ws_connector_dial_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result,
                                                  ws_connector_dial_async),
                        NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

void
ws_connector_dial_get_proxy (GAsyncResult *result, WsConnectorProxy *proxy)
{
  Dial *self;

  g_return_if_fail (g_async_result_is_tagged (result, ws_connector_dial_async));

  self = g_task_get_task_data (G_TASK (result));
  *proxy = (WsConnectorProxy){ .uri = self->proxy.shown,
                               .user = self->proxy.user,
                               .password = self->proxy.password,
                               .is_http = is_http (self),
                               .talked = self->talked };
}
