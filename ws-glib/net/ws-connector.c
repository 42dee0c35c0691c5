/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/ws-connector.h"

#include <string.h>

#include "net/ws-unix-path.h"

typedef struct
{
  WsPoller           *poller;   /* (owned) */
  WsConnectorProgress progress; /* (nullable) */
  gpointer            user_data;
  char               *proxy_uri; /* (owned) (nullable): the last one's */
  char               *user;      /* (owned) (nullable) */
  char               *password;  /* (owned) (nullable) */
  gboolean            talked;    /* to the proxy */
} Dial;

static void
forget_proxy (Dial *self)
{
  g_clear_pointer (&self->proxy_uri, g_free);
  g_clear_pointer (&self->user, g_free);
  g_clear_pointer (&self->password, g_free);
  self->talked = FALSE;
}

static void
dial_free (Dial *self)
{
  forget_proxy (self);
  ws_poller_unref (self->poller);
  g_free (self);
}

/* (transfer full): @uri for anybody's eyes. */
static char *
hide_login (const char *uri)
{
  const char *rest = strstr (uri, "://");
  const char *at;

  if (rest == NULL)
    return g_strdup (uri);
  rest += strlen ("://");
  at = g_strrstr_len (rest, (gssize) strcspn (rest, "/?#"), "@");
  if (at == NULL)
    return g_strdup (uri);
  return g_strdup_printf ("%.*s%s", (int) (rest - uri), uri, at + 1);
}

/* Notes which proxy @connection is on its way to, if any. */
static void
note_proxy (Dial *self, GIOStream *connection)
{
  g_autoptr (GSocketAddress) address = NULL;
  GProxyAddress *proxy;

  forget_proxy (self);
  if (!G_IS_SOCKET_CONNECTION (connection))
    return;
  address = g_socket_connection_get_remote_address (G_SOCKET_CONNECTION (
                                                        connection),
                                                    NULL);
  if (address == NULL || !G_IS_PROXY_ADDRESS (address))
    return;
  proxy = G_PROXY_ADDRESS (address);
  if (g_proxy_address_get_uri (proxy) == NULL)
    return;
  self->proxy_uri = hide_login (g_proxy_address_get_uri (proxy));
  self->user = g_strdup (g_proxy_address_get_username (proxy));
  self->password = g_strdup (g_proxy_address_get_password (proxy));
}

static void
on_event (GSocketClient      *client,
          GSocketClientEvent  event,
          GSocketConnectable *connectable,
          GIOStream          *connection,
          GTask              *task)
{
  Dial *self = g_task_get_task_data (task);

  if (event == G_SOCKET_CLIENT_CONNECTING)
    note_proxy (self, connection);
  else if (event == G_SOCKET_CLIENT_PROXY_NEGOTIATING)
    self->talked = TRUE;
  /* Whoever cancels may be gone. */
  if (self->progress != NULL
      && !g_cancellable_is_cancelled (g_task_get_cancellable (task)))
    self->progress (event, self->user_data);
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
    g_task_return_error (task, error);
}

/* (transfer full) (nullable) */
static GSocketConnectable *
connectable_new (const WsConnectorTarget *target, GError **error)
{
  GSocketAddress *address;

  if (target->unix_path == NULL)
    /* The scheme is for the proxy resolver, which knows neither ws nor wss. */
    return g_object_new (G_TYPE_NETWORK_ADDRESS, "hostname", target->host,
                         "port", (guint) target->port, "scheme",
                         target->secure ? "https" : "http", NULL);

  address = ws_unix_path_make_address (target->unix_path, error);
  return address != NULL ? G_SOCKET_CONNECTABLE (address) : NULL;
}

static void
dial (GTask *task, const WsConnectorTarget *target)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnectable) connectable = NULL;
  GError *error = NULL;

  connectable = connectable_new (target, &error);
  if (connectable == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  if (target->unix_path != NULL)
    g_socket_client_set_enable_proxy (client, FALSE);
  else if (target->proxy_resolver != NULL)
    g_socket_client_set_proxy_resolver (client, target->proxy_resolver);

  g_signal_connect (client, "event", G_CALLBACK (on_event), task);
  g_socket_client_connect_async (client, connectable,
                                 g_task_get_cancellable (task), on_connected,
                                 g_object_ref (task));
}

void
ws_connector_dial_async (WsPoller                *poller,
                         const WsConnectorTarget *target,
                         GCancellable            *cancellable,
                         GAsyncReadyCallback      callback,
                         gpointer                 user_data)
{
  GMainContext *context = ws_poller_get_context (poller);
  g_autoptr (GTask) task = NULL;
  Dial *self = g_new0 (Dial, 1);

  self->poller = ws_poller_ref (poller);
  self->progress = target->progress;
  self->user_data = user_data;

  /* GIO calls back in the context that is the thread's default now. */
  g_main_context_push_thread_default (context);
  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, ws_connector_dial_async);
  g_task_set_task_data (task, self, (GDestroyNotify) dial_free);
  dial (task, target);
  g_main_context_pop_thread_default (context);
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
ws_connector_dial_get_failure (GAsyncResult       *result,
                               WsConnectorFailure *failure)
{
  Dial *self;

  g_return_if_fail (g_async_result_is_tagged (result, ws_connector_dial_async));

  self = g_task_get_task_data (G_TASK (result));
  failure->proxy_uri = self->proxy_uri;
  failure->user = self->user;
  failure->password = self->password;
  failure->talked = self->talked;
}
