/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The window of whoever hosts a chat: the server, and a list of its clients.
 * The server is a list model of sockets; each is mapped to a row.
 */
#include "host-window.h"

#include "../chat/chat-service.h"
#include "host-client.h"

#define PING_INTERVAL_MS 5000

struct _HostWindow
{
  GtkWindow parent_instance;

  WsServer      *server;  /* (owned) by the template */
  GtkColumnView *clients; /* likewise */
  ChatRoom      *room;    /* (owned) */
  GListModel    *rows;    /* (owned): of HostClient */
  guint          timer;
};

G_DEFINE_FINAL_TYPE (HostWindow, host_window, GTK_TYPE_WINDOW)

/* --- Rows --- */

static gpointer
make_row (gpointer item, gpointer user_data)
{
  g_autoptr (WsSocket) socket = item;

  return host_client_new (socket);
}

static gboolean
on_timer (gpointer user_data)
{
  HostWindow *self = user_data;

  for (guint i = 0; i < g_list_model_get_n_items (self->rows); i++)
    {
      g_autoptr (HostClient) row = g_list_model_get_item (self->rows, i);

      host_client_set_name (row, chat_room_get_nickname (
                                     self->room, host_client_get_socket (row)));
      host_client_refresh (row);
    }
  return G_SOURCE_CONTINUE;
}

static void
on_close_client (GtkListItem *item)
{
  HostClient *row = gtk_list_item_get_item (item);

  if (row != NULL)
    ws_socket_close (host_client_get_socket (row),
                     WS_CLOSE_CODE_POLICY_VIOLATED, "Closed by the host", NULL);
}

/* --- Its life --- */

/* The figures cost nothing while nobody sees them. */
static void
host_window_map (GtkWidget *widget)
{
  HostWindow *self = HOST_WINDOW (widget);

  GTK_WIDGET_CLASS (host_window_parent_class)->map (widget);
  on_timer (self);
  self->timer = g_timeout_add_seconds (1, on_timer, self);
}

static void
host_window_unmap (GtkWidget *widget)
{
  HostWindow *self = HOST_WINDOW (widget);

  g_clear_handle_id (&self->timer, g_source_remove);
  GTK_WIDGET_CLASS (host_window_parent_class)->unmap (widget);
}

/* The server says goodbye to those who are left when it is disposed of. */
static void
close_room (HostWindow *self)
{
  GListModel *clients = G_LIST_MODEL (self->server);

  g_signal_handlers_disconnect_by_data (self->server, self->room);
  for (guint i = 0; i < g_list_model_get_n_items (clients); i++)
    {
      g_autoptr (WsSocket) client = g_list_model_get_item (clients, i);

      g_signal_handlers_disconnect_by_data (client, self->room);
    }
  g_clear_pointer (&self->room, chat_room_free);
}

static void
host_window_dispose (GObject *object)
{
  HostWindow *self = HOST_WINDOW (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  if (self->room != NULL)
    close_room (self);
  g_clear_object (&self->rows);
  G_OBJECT_CLASS (host_window_parent_class)->dispose (object);
}

static void
host_window_class_init (HostWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (HOST_TYPE_CLIENT);
  g_type_ensure (WS_TYPE_SERVER);
  G_OBJECT_CLASS (klass)->dispose = host_window_dispose;
  widget_class->map = host_window_map;
  widget_class->unmap = host_window_unmap;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/gtk-chat/host-window.ui");
  gtk_widget_class_bind_template_child (widget_class, HostWindow, server);
  gtk_widget_class_bind_template_child (widget_class, HostWindow, clients);
  gtk_widget_class_bind_template_callback (widget_class, on_close_client);
}

static void
host_window_init (HostWindow *self)
{
  GtkSelectionModel *selection;

  gtk_widget_init_template (GTK_WIDGET (self));
  self->room = chat_service_start (self->server);
  chat_service_serve_page (self->server);
  /* Often, for the sake of the latency that is shown. */
  ws_server_set_ping_interval (self->server, PING_INTERVAL_MS);
  self->rows = G_LIST_MODEL (
      gtk_map_list_model_new (G_LIST_MODEL (g_object_ref (self->server)),
                              make_row, NULL, NULL));
  selection
      = GTK_SELECTION_MODEL (gtk_no_selection_new (g_object_ref (self->rows)));
  gtk_column_view_set_model (self->clients, selection);
  g_object_unref (selection);
}

HostWindow *
host_window_new (void)
{
  return g_object_new (HOST_TYPE_WINDOW, NULL);
}

WsServer *
host_window_get_server (HostWindow *self)
{
  return self->server;
}
