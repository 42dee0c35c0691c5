/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* "ws-glib serve": a server for a moment, or around a program. */
#include <stdlib.h>

#include "examples/chat/chat-service.h"
#include "examples/server-program.h"
#include "examples/terminal-text.h"
#include "password.h"
#include "serve-exec.h"
#include "serve-folder.h"
#include "serve-listen.h"
#include "tool.h"

#define MIB (1024 * 1024)
/* Each costs a process. */
#define MAX_PROGRAMS 100

/* What the command line says. All is owned. */
typedef struct
{
  gboolean echoes;
  gboolean chats;
  gboolean broadcasts;
  gboolean executes;
  gboolean is_binary;
  char    *folder;  /* (nullable) */
  char   **program; /* (unowned) (nullable): a part of the arguments */

  char       *host; /* (nullable) */
  int         port;
  char       *unix_path; /* (nullable) */
  gboolean    inherits;
  char       *certificate; /* (nullable) */
  char       *key;         /* (nullable) */
  KeyPassword password;
  char       *client_authorities; /* (nullable): clients need a certificate */

  char   **origins;      /* (nullable) */
  char   **subprotocols; /* (nullable) */
  int      max_connections;
  int      max_size; /* MiB */
  double   ping;     /* seconds */
  gboolean compresses;
  gboolean is_verbose;
} ServeOptions;

static void
add_main (ServeOptions *self, GOptionContext *context)
{
  const GOptionEntry entries[] = {
    { "echo", 0, 0, G_OPTION_ARG_NONE, &self->echoes,
      "Send messages back (the default)", NULL },
    { "broadcast", 0, 0, G_OPTION_ARG_NONE, &self->broadcasts,
      "Send messages to everybody", NULL },
    { "chat", 0, 0, G_OPTION_ARG_NONE, &self->chats,
      "A chat, with a page for browsers", NULL },
    { "exec", 0, 0, G_OPTION_ARG_NONE, &self->executes,
      "Run PROGRAM for each connection", NULL },
    { "binary", 'b', 0, G_OPTION_ARG_NONE, &self->is_binary,
      "Bytes for PROGRAM instead of lines", NULL },
    { "folder", 0, 0, G_OPTION_ARG_FILENAME, &self->folder,
      "Serve these files to browsers as well", "DIR" },
    { "port", 'p', 0, G_OPTION_ARG_INT, &self->port,
      "Listen there (default: 8080; 0: any)", "PORT" },
    { "host", 0, 0, G_OPTION_ARG_STRING, &self->host,
      "Listen there (default: 127.0.0.1)", "HOST" },
    { "unix", 0, 0, G_OPTION_ARG_FILENAME, &self->unix_path,
      "Listen on a Unix socket instead", "PATH" },
    { "inherited", 0, 0, G_OPTION_ARG_NONE, &self->inherits,
      "Listen on what systemd passes instead", NULL },
    { "cert", 0, 0, G_OPTION_ARG_FILENAME, &self->certificate,
      "Serve wss: with this certificate (PEM)", "FILE" },
    { "key", 0, 0, G_OPTION_ARG_FILENAME, &self->key,
      "The certificate's key (default: beside it)", "FILE" },
    { NULL },
  };

  g_option_context_add_main_entries (context, entries, NULL);
}

static void
add_more (ServeOptions *self, GOptionContext *context)
{
  const GOptionEntry entries[] = {
    { "origin", 0, 0, G_OPTION_ARG_STRING_ARRAY, &self->origins,
      "Let pages from there in only (repeatable)", "ORIGIN" },
    { "subprotocol", 's', 0, G_OPTION_ARG_STRING_ARRAY, &self->subprotocols,
      "Speak this subprotocol (repeatable)", "NAME" },
    { "passphrase", 0, 0, G_OPTION_ARG_STRING, &self->password.said,
      "The key's; else it is asked for", "TEXT" },
    { "passphrase-file", 0, 0, G_OPTION_ARG_FILENAME, &self->password.file,
      "The same in the file's first line", "FILE" },
    { "client-ca", 0, 0, G_OPTION_ARG_FILENAME, &self->client_authorities,
      "Clients need certificates by these (PEM)", "FILE" },
    { "max-connections", 0, 0, G_OPTION_ARG_INT, &self->max_connections,
      "At most so many; 100 with --exec", "N" },
    { "max-size", 0, 0, G_OPTION_ARG_INT, &self->max_size,
      "Take messages of up to N MiB (default: 16)", "N" },
    { "ping", 0, 0, G_OPTION_ARG_DOUBLE, &self->ping,
      "Ping clients that are silent so long", "SECONDS" },
    { "compression", 0, 0, G_OPTION_ARG_NONE, &self->compresses,
      "Agree to permessage-deflate", NULL },
    { "verbose", 'v', 0, G_OPTION_ARG_NONE, &self->is_verbose,
      "Tell who comes and goes", NULL },
    { NULL },
  };
  GOptionGroup *group
      = g_option_group_new ("more", "More options:", "Show further options",
                            NULL, NULL);

  g_option_group_add_entries (group, entries);
  g_option_context_add_group (context, group);
}

static gboolean
check (ServeOptions *self, char **arguments, GError **error)
{
  const char *complaint = NULL;

  if (self->echoes + self->chats + self->broadcasts + self->executes > 1)
    complaint = "Only one of --echo, --broadcast, --chat and --exec";
  else if (self->executes && self->program[0] == NULL)
    complaint = "--exec needs a PROGRAM";
  else if (self->port < 0 || self->port > G_MAXUINT16)
    complaint = "A port is 0 to 65535";
  else if (self->key != NULL && self->certificate == NULL)
    complaint = "--key needs --cert";
  else if (self->client_authorities != NULL && self->certificate == NULL)
    complaint = "--client-ca needs --cert";
  else if (self->max_connections < 0 || self->max_size < 0)
    complaint = "A limit is not negative";
  else if (self->ping < 0 || self->ping > G_MAXINT / 1000)
    complaint = "--ping is no time";
  else if (self->is_binary && !self->executes)
    complaint = "--binary needs --exec";
  else if (!self->executes && self->program[0] != NULL)
    complaint = "A PROGRAM needs --exec";
  if (complaint == NULL)
    return key_password_find (&self->password,
                              self->key != NULL ? self->key : self->certificate,
                              arguments, error);
  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                       complaint);
  return FALSE;
}

/* --- What it does --- */

static void
on_echo (WsSocket *client, WsMessage *message)
{
  if (ws_socket_send_message (client, message, NULL) < 0)
    ws_socket_abort (client); /* It sends, but reads no echo. */
}

static void
on_broadcast (WsSocket *client, WsMessage *message, WsServer *server)
{
  ws_server_broadcast (server, message, NULL);
}

static void
on_client (WsServer *server, WsSocket *client, ServeOptions *options)
{
  if (options->executes)
    serve_exec_start (server, client, (const char *const *) options->program,
                      options->is_binary);
  else if (options->broadcasts)
    g_signal_connect (client, "message-received", G_CALLBACK (on_broadcast),
                      server);
  else
    g_signal_connect (client, "message-received", G_CALLBACK (on_echo), NULL);
}

static void
report (const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);

  g_autofree char *text = g_strdup_vprintf (format, arguments);
  g_autofree char *shown = terminal_text_escape (text, -1);

  va_end (arguments);
  g_printerr ("%s\n", shown);
}

static void
report_client (WsServer *server, WsSocket *client)
{
  g_autofree char *address = ws_socket_dup_client_address_string (client);

  report ("%s has come for %s", address, ws_socket_get_resource_name (client));
}

static void
report_end (WsServer *server, WsSocket *client)
{
  g_autofree char *address = ws_socket_dup_client_address_string (client);

  report ("%s has gone: %u %s", address, ws_socket_get_close_code (client),
          ws_socket_get_close_reason (client));
}

static void
report_error (WsServer *server)
{
  report ("%s", ws_server_get_error_string (server));
}

/* --- The server --- */

static WsServer *
make_server (ServeOptions *options)
{
  gboolean  is_secure = options->certificate != NULL;
  WsServer *server
      = ws_server_new ("ws-glib",
                       is_secure ? WS_SSL_MODE_SECURE : WS_SSL_MODE_NON_SECURE);

  if (is_secure)
    g_object_set (ws_server_get_ssl_configuration (server),
                  "local-certificate-file", options->certificate,
                  "private-key-file", options->key, "password",
                  options->password.text, "ca-certificates-file",
                  options->client_authorities, "peer-verify-mode",
                  options->client_authorities != NULL
                      ? WS_SSL_VERIFY_MODE_VERIFY
                      : WS_SSL_VERIFY_MODE_AUTO,
                  NULL);
  ws_server_set_allowed_origins (server,
                                 (const char *const *) options->origins);
  ws_server_set_supported_subprotocols (server, (const char *const *)
                                                    options->subprotocols);
  if (options->max_connections == 0 && options->executes)
    options->max_connections = MAX_PROGRAMS;
  ws_server_set_max_connections (server, (guint) options->max_connections);
  if (options->max_size > 0)
    g_object_set (server, "max-incoming-message-size",
                  (guint64) options->max_size * MIB, "max-incoming-frame-size",
                  (guint64) options->max_size * MIB, NULL);
  ws_server_set_ping_interval (server, (guint) (options->ping * 1000));
  if (options->compresses)
    {
      g_autoptr (WsDeflateOptions) defaults = ws_deflate_options_new ();

      ws_server_set_compression (server, defaults);
    }
  return server;
}

static gboolean
listen_somewhere (ServeOptions *options, WsServer *server, GError **error)
{
  if (options->inherits)
    return ws_server_listen_inherited (server, error);
  if (options->unix_path != NULL)
    return ws_server_listen_unix (server, options->unix_path, error);
  return serve_listen (server, options->host, (guint16) options->port, error);
}

static int
serve (ServeOptions *options, GError **error)
{
  g_autoptr (WsServer) server = make_server (options);
  g_autoptr (ChatRoom) room = NULL;
  g_autoptr (ServeFolder) folder = NULL;
  int status;

  if (options->folder != NULL)
    {
      folder = serve_folder_new (server, options->folder, error);
      if (folder == NULL)
        return TOOL_EXIT_USAGE;
    }
  if (options->is_verbose)
    {
      g_signal_connect (server, "client-connected", G_CALLBACK (report_client),
                        NULL);
      g_signal_connect (server, "client-disconnected", G_CALLBACK (report_end),
                        NULL);
      g_signal_connect (server, "server-error", G_CALLBACK (report_error),
                        NULL);
    }
  if (!options->chats)
    g_signal_connect (server, "client-connected", G_CALLBACK (on_client),
                      options);
  else
    {
      room = chat_service_start (server);
      if (folder == NULL)
        chat_service_serve_page (server);
    }
  if (!listen_somewhere (options, server, error))
    return TOOL_EXIT_USAGE;
  status = server_program_run (server);
  g_signal_handlers_disconnect_by_data (server, room);
  return status;
}

static int
run (ServeOptions *options, int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (
      "[--exec PROGRAM [ARGUMENT…]] - serve WebSocket clients");
  g_autoptr (GError) error = NULL;
  g_autofree char **arguments = tool_keep (argc, argv);
  int               status;

  add_main (options, context);
  add_more (options, context);
  /* What follows the program is its own. */
  g_option_context_set_strict_posix (context, TRUE);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    return tool_complain (error);
  options->program = argv + 1;
  if (!check (options, arguments, &error))
    return tool_complain (error);
  status = serve (options, &error);
  return error != NULL ? tool_complain (error) : status;
}

int
serve_main (int argc, char **argv)
{
  ServeOptions options = { .port = 8080 };
  int          status = run (&options, argc, argv);

  g_free (options.folder);
  g_free (options.host);
  g_free (options.unix_path);
  g_free (options.certificate);
  g_free (options.key);
  key_password_clear (&options.password);
  g_free (options.client_authorities);
  g_strfreev (options.origins);
  g_strfreev (options.subprotocols);
  return status;
}
