/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/ws-connector.h"

#include "net/ws-unix-path.h"

typedef struct
{
  WsPoller           *poller;   /* (owned) */
  WsConnectorProgress progress; /* (nullable) */
  gpointer            user_data;
} Dial;

static void
dial_free (Dial *self)
{
  ws_poller_unref (self->poller);
  g_free (self);
}

static void
on_event (GSocketClient      *client,
          GSocketClientEvent  event,
          GSocketConnectable *connectable,
          GIOStream          *connection,
          GTask              *task)
{
  Dial *self = g_task_get_task_data (task);

  /* Whoever cancels may be gone. */
  if (!g_cancellable_is_cancelled (g_task_get_cancellable (task)))
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

  if (target->progress != NULL)
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
