/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The window of somebody who chats: chat-window.ui has the socket, and binds
 * what is shown to it. This sends, joins, and asks about certificates.
 */
#include "chat-window.h"

#include <string.h>

#include "certificate-dialog.h"
#include "trusted-servers.h"

struct _ChatWindow
{
  GtkApplicationWindow parent_instance;

  WsSocket          *socket; /* (owned) by the template, as all that follows */
  WsMessageLog      *log;
  GtkStack          *stack;
  GtkEditable       *url;
  GtkEditable       *nickname;
  GtkWidget         *join;
  GtkLabel          *complaint;
  GtkListView       *list;
  GtkEditable       *entry;
  CertificateDialog *question; /* (unowned) (nullable): while it is asked */
};

G_DEFINE_FINAL_TYPE (ChatWindow, chat_window, GTK_TYPE_APPLICATION_WINDOW)

/* --- What is said --- */

static void
on_send (GtkWidget *widget, ChatWindow *self)
{
  const char *text = gtk_editable_get_text (self->entry);
  g_autoptr (GError) error = NULL;

  if (*text == '\0' || !ws_socket_get_is_connected (self->socket))
    return;
  if (ws_socket_send_text_message (self->socket, text, &error) >= 0)
    gtk_editable_set_text (self->entry, "");
  else
    g_message ("Not sent: %s", error->message);
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
}

/* The newest message is seen, unless somebody reads the older ones. */
static void
on_items_changed (GListModel *log,
                  guint       position,
                  guint       n_removed,
                  guint       n_added,
                  ChatWindow *self)
{
  if (n_added > 0)
    gtk_widget_activate_action (GTK_WIDGET (self->list), "list.scroll-to-item",
                                "u", position + n_added - 1);
}

/* --- Joining and leaving --- */

/* The nickname goes into the query, which needs a path before it. */
static char *
add_nickname (const char *url, const char *nickname)
{
  const char      *host = strstr (url, "://");
  const char      *separator = strchr (url, '?') != NULL ? "&" : "?";
  g_autofree char *escaped = g_uri_escape_string (nickname, NULL, TRUE);

  if (host != NULL && strpbrk (host + strlen ("://"), "/?") == NULL)
    separator = "/?";
  return g_strconcat (url, separator, "nick=", escaped, NULL);
}

static void
on_join (GtkWidget *widget, ChatWindow *self)
{
  const char      *nickname = gtk_editable_get_text (self->nickname);
  g_autofree char *url = add_nickname (gtk_editable_get_text (self->url),
                                       *nickname != '\0' ? nickname : "guest");
  g_autoptr (GError) error = NULL;

  if (!ws_socket_open (self->socket, url, &error))
    {
      gtk_label_set_label (self->complaint, error->message);
      gtk_widget_grab_focus (GTK_WIDGET (self->url));
      return;
    }
  gtk_label_set_label (self->complaint, "");
  gtk_stack_set_visible_child_name (self->stack, "chat");
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
}

static void
reconnect (GtkWidget *widget, const char *action, GVariant *parameter)
{
  ws_socket_open (CHAT_WINDOW (widget)->socket, NULL, NULL);
}

static void
leave (GtkWidget *widget, const char *action, GVariant *parameter)
{
  ChatWindow *self = CHAT_WINDOW (widget);

  ws_socket_close (self->socket, WS_CLOSE_CODE_NORMAL, NULL, NULL);
  ws_message_log_clear (self->log);
  gtk_stack_set_visible_child_name (self->stack, "join");
}

/* --- Certificates --- */

/* The socket is paused, and waits for the dialog's answer. */
static void
on_ssl_errors (WsSocket *socket, GPtrArray *errors, ChatWindow *self)
{
  if (self->question != NULL)
    gtk_window_destroy (GTK_WINDOW (self->question));
  self->question = certificate_dialog_new (GTK_WINDOW (self), socket, errors);
  g_object_add_weak_pointer (G_OBJECT (self->question),
                             (gpointer *) &self->question);
  gtk_window_present (GTK_WINDOW (self->question));
}

static void
forget (GtkWidget *widget, const char *action, GVariant *parameter)
{
  ChatWindow         *self = CHAT_WINDOW (widget);
  WsSslConfiguration *configuration
      = ws_socket_get_ssl_configuration (self->socket);
  g_autoptr (GError) error = NULL;

  if (!trusted_servers_clear (configuration, &error))
    g_message ("Forgotten until the program ends: %s", error->message);
}

/* --- Its life --- */

static void
chat_window_dispose (GObject *object)
{
  ChatWindow *self = CHAT_WINDOW (object);

  if (self->question != NULL)
    {
      g_object_remove_weak_pointer (G_OBJECT (self->question),
                                    (gpointer *) &self->question);
      gtk_window_destroy (GTK_WINDOW (g_steal_pointer (&self->question)));
    }
  G_OBJECT_CLASS (chat_window_parent_class)->dispose (object);
}

static void
use_style (void)
{
  g_autoptr (GtkCssProvider) provider = gtk_css_provider_new ();

  gtk_css_provider_load_from_resource (provider, "/gtk-chat/chat.css");
  gtk_style_context_add_provider_for_display (
      gdk_display_get_default (), GTK_STYLE_PROVIDER (provider),
      GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
}

#define BIND(child) \
  gtk_widget_class_bind_template_child (widget_class, ChatWindow, child)

static void
chat_window_class_init (ChatWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  /* A builder finds only types that are known. */
  g_type_ensure (WS_TYPE_MESSAGE_LOG);
  g_type_ensure (WS_TYPE_MESSAGE_LOG_ENTRY);
  g_type_ensure (WS_TYPE_RECONNECT_POLICY);
  g_type_ensure (WS_TYPE_SOCKET);
  G_OBJECT_CLASS (klass)->dispose = chat_window_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/gtk-chat/chat-window.ui");
  use_style ();
  BIND (socket);
  BIND (log);
  BIND (stack);
  BIND (url);
  BIND (nickname);
  BIND (join);
  BIND (complaint);
  BIND (list);
  BIND (entry);
  gtk_widget_class_bind_template_callback (widget_class, on_send);
  gtk_widget_class_bind_template_callback (widget_class, on_join);
  gtk_widget_class_install_action (widget_class, "win.reconnect", NULL,
                                   reconnect);
  gtk_widget_class_install_action (widget_class, "win.leave", NULL, leave);
  gtk_widget_class_install_action (widget_class, "win.forget", NULL, forget);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_w,
                                       GDK_CONTROL_MASK, "window.close", NULL);
}

static void
chat_window_init (ChatWindow *self)
{
  g_autoptr (GtkListItemFactory) factory = NULL;

  gtk_widget_init_template (GTK_WIDGET (self));
  factory = gtk_builder_list_item_factory_new_from_resource (
      NULL, "/gtk-chat/chat-row.ui");
  gtk_list_view_set_factory (self->list, factory);
  trusted_servers_load (ws_socket_get_ssl_configuration (self->socket));
  g_signal_connect_object (self->socket, "ssl-errors",
                           G_CALLBACK (on_ssl_errors), self, 0);
  g_signal_connect_object (self->log, "items-changed",
                           G_CALLBACK (on_items_changed), self,
                           G_CONNECT_AFTER);
}

ChatWindow *
chat_window_new (GtkApplication *application)
{
  return g_object_new (CHAT_TYPE_WINDOW, "application", application, NULL);
}

WsSocket *
chat_window_get_socket (ChatWindow *self)
{
  return self->socket;
}

/* Fills the first page in, and presses its button if there is a URL. */
void
chat_window_join (ChatWindow *self, const char *url, const char *nickname)
{
  gtk_editable_set_text (self->nickname, nickname);
  if (url == NULL)
    return;
  gtk_editable_set_text (self->url, url);
  on_join (self->join, self);
}
