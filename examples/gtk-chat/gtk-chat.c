/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Chats in a window, with whom a chat-server knows; or hosts the chat itself.
 */
#include <locale.h>
#include <stdlib.h>

#include <glib/gi18n.h>

#include "chat-window.h"
#include "host-window.h"

#define DEFAULT_PORT 3000

typedef struct
{
  char       *name;        /* (owned) */
  char       *authorities; /* (owned) (nullable) */
  int         port;        /* to host at; -1: not */
  HostWindow *host;        /* (unowned) (nullable) */
} GtkChat;

/* The window of the host, and its chat. */
static const char *
host (GtkChat *self, GtkApplication *application)
{
  WsServer *server;
  g_autoptr (GInetAddress) address = NULL;
  g_autoptr (GError) error = NULL;

  if (self->host == NULL)
    {
      self->host = host_window_new ();
      g_object_add_weak_pointer (G_OBJECT (self->host),
                                 (gpointer *) &self->host);
      gtk_window_set_hide_on_close (GTK_WINDOW (self->host), TRUE);
      gtk_application_add_window (application, GTK_WINDOW (self->host));
    }
  server = host_window_get_server (self->host);
  address = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  if (!ws_server_get_listening (server)
      && !ws_server_listen (server, address,
                            (guint16) (self->port >= 0 ? self->port
                                                       : DEFAULT_PORT),
                            &error))
    {
      g_printerr ("%s\n", error->message);
      return NULL;
    }
  gtk_window_present (GTK_WINDOW (self->host));
  return ws_server_get_url (server);
}

static void
open_window (GtkChat *self, GtkApplication *application, const char *url)
{
  ChatWindow         *window = chat_window_new (application);
  WsSslConfiguration *configuration
      = ws_socket_get_ssl_configuration (chat_window_get_socket (window));

  ws_ssl_configuration_set_ca_certificates_file (configuration,
                                                 self->authorities);
  chat_window_join (window, url, self->name);
  gtk_window_present (GTK_WINDOW (window));
}

static int
on_command_line (GtkApplication          *application,
                 GApplicationCommandLine *line,
                 GtkChat                 *self)
{
  int argc;
  g_auto (GStrv) argv = g_application_command_line_get_arguments (line, &argc);
  const char *url = argc > 1 ? argv[1] : NULL;

  if (self->port >= 0)
    {
      const char *own = host (self, application);

      if (own == NULL)
        return EXIT_FAILURE;
      g_print ("%s\n", own);
      url = url != NULL ? url : own;
    }
  open_window (self, application, url);
  return EXIT_SUCCESS;
}

static void
on_host (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  GtkApplication *application = GTK_APPLICATION (g_application_get_default ());
  const char     *url = host (user_data, application);

  if (url != NULL)
    open_window (user_data, application, url);
}

static void
on_quit (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  g_application_quit (g_application_get_default ());
}

static void
on_startup (GtkApplication *application, GtkChat *self)
{
  static const GActionEntry actions[]
      = { { .name = "host", .activate = on_host },
          { .name = "quit", .activate = on_quit } };
  static const char *const quit[] = { "<Control>q", NULL };

  g_action_map_add_action_entries (G_ACTION_MAP (application), actions,
                                   G_N_ELEMENTS (actions), self);
  gtk_application_set_accels_for_action (application, "app.quit", quit);
}

static void
add_options (GtkChat *self, GApplication *application)
{
  const GOptionEntry entries[] = {
    { "name", 'n', 0, G_OPTION_ARG_STRING, &self->name,
      _ ("Your nickname (default: your user name)"), _ ("NAME") },
    { "host", 0, 0, G_OPTION_ARG_INT, &self->port,
      _ ("Host a chat at this port of the loopback, and join it; 0: any"),
      _ ("PORT") },
    { "ca", 0, 0, G_OPTION_ARG_FILENAME, &self->authorities,
      _ ("Trust the authorities in this file (PEM) as well"), _ ("FILE") },
    { NULL },
  };

  g_application_add_main_option_entries (application, entries);
  g_application_set_option_context_parameter_string (application, "[URL]");
  g_application_set_option_context_summary (
      application, _ ("Chats in a window, with whom a chat-server knows."));
}

/* The user's language. The catalogues are where the program was built, as an
 * example is not installed. */
static void
speak (void)
{
  setlocale (LC_ALL, "");
  bindtextdomain ("gtk-chat", GTK_CHAT_LOCALE_FOLDER);
  bind_textdomain_codeset ("gtk-chat", "UTF-8");
  textdomain ("gtk-chat");
}

int
main (int argc, char **argv)
{
  GtkChat self = { .name = g_strdup (g_get_user_name ()), .port = -1 };
  g_autoptr (GtkApplication) application
      = gtk_application_new (NULL, G_APPLICATION_HANDLES_COMMAND_LINE
                                       | G_APPLICATION_NON_UNIQUE);
  int status;

  speak ();
  add_options (&self, G_APPLICATION (application));
  g_signal_connect (application, "startup", G_CALLBACK (on_startup), &self);
  g_signal_connect (application, "command-line", G_CALLBACK (on_command_line),
                    &self);
  status = g_application_run (G_APPLICATION (application), argc, argv);
  g_free (self.name);
  g_free (self.authorities);
  return status;
}
