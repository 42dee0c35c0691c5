/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "server-program.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include <glib-unix.h>

#include "service-notify.h"

/* What the example servers have in common: options, and an orderly end. */

#define MIB             (1024 * 1024)
#define SHUTDOWN_REASON "The server is shutting down"

typedef struct
{
  GMainLoop    *loop;       /* (owned) */
  WsServer     *server;     /* (unowned): outlives the run */
  GCancellable *impatience; /* (owned) */
} Shutdown;

static char *unix_path;  /* (nullable): an option */
static int   drain_time; /* ms, likewise */

/* A client costs a file descriptor, and the usual soft limit is 1024. */
static void
allow_many_clients (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) == 0)
    {
      limit.rlim_cur = limit.rlim_max;
      setrlimit (RLIMIT_NOFILE, &limit);
    }
}

static void
set_limits (WsServer *server, guint port, guint64 message_size)
{
  allow_many_clients ();
  g_object_set (server, "port", port, "max-incoming-frame-size", message_size,
                "max-incoming-message-size", message_size, "max-bytes-to-write",
                4 * message_size, "max-pending-connections", 65535, "backlog",
                4096, NULL);
}

typedef struct
{
  int      port;
  int      message_size;     /* MiB */
  int      ping_interval;    /* ms */
  char    *host;             /* (owned) (nullable) */
  char    *certificate_file; /* (owned) (nullable): serve wss with it */
  char    *key_file;         /* (owned) (nullable) */
  gboolean compression;
  gboolean takeover; /* of the windows, from one message to the next */
} Options;

static gboolean
parse_compression (const char *name,
                   const char *value,
                   gpointer    data,
                   GError    **error)
{
  Options *options = data;

  options->compression = TRUE;
  options->takeover = g_strcmp0 (value, "takeover") == 0;
  if (value == NULL || options->takeover)
    return TRUE;
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
               "%s is no value of %s; takeover is", value, name);
  return FALSE;
}

/* Returns what is wrong with the command line (owned by the
 * caller), or NULL. */
static char *
parse (Options *options, int argc, char **argv)
{
  const GOptionEntry entries[] = {
    { "port", 'p', 0, G_OPTION_ARG_INT, &options->port,
      "Listen on port N, 0 for any", "N" },
    { "host", 0, 0, G_OPTION_ARG_STRING, &options->host,
      "Listen on this IP address (default: 127.0.0.1)", "ADDRESS" },
    { "unix", 0, 0, G_OPTION_ARG_FILENAME, &unix_path,
      "Listen on the Unix socket PATH as well", "PATH" },
    { "max-message-size", 0, 0, G_OPTION_ARG_INT, &options->message_size,
      "Refuse messages longer than N MiB (default: 256)", "N" },
    { "ping-interval", 0, 0, G_OPTION_ARG_INT, &options->ping_interval,
      "Ping a silent client after N ms (default: 0, never)", "N" },
    { "compression", 0, G_OPTION_FLAG_OPTIONAL_ARG, G_OPTION_ARG_CALLBACK,
      parse_compression,
      "Compress messages of clients that offer permessage-deflate; with "
      "\"takeover\" by what messages have in common, too",
      "takeover" },
    { "drain", 0, 0, G_OPTION_ARG_INT, &drain_time,
      "Take N ms to send clients away after SIGTERM (default: 1000)", "N" },
    { "certificate", 0, 0, G_OPTION_ARG_FILENAME, &options->certificate_file,
      "Serve wss:// with this certificate (PEM)", "FILE" },
    { "key", 0, 0, G_OPTION_ARG_FILENAME, &options->key_file,
      "The certificate's key (default: beside it)", "FILE" },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  GOptionGroup *group = g_option_group_new (NULL, NULL, NULL, options, NULL);
  g_autoptr (GError) error = NULL;

  g_option_group_add_entries (group, entries);
  g_option_context_set_main_group (context, group);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    return g_strdup (error->message);
  if (argc > 1)
    return g_strdup_printf ("Unexpected argument %s", argv[1]);
  if (options->port < 0 || options->port > G_MAXUINT16)
    return g_strdup_printf ("Port %d is not in 0 to 65535", options->port);
  if (options->message_size < 1)
    return g_strdup ("A message must be allowed at least 1 MiB");
  if (drain_time < 0)
    return g_strdup ("The time for sending clients away is not negative");
  if (options->ping_interval < 0)
    return g_strdup ("A ping interval is not negative");
  if (options->key_file != NULL && options->certificate_file == NULL)
    return g_strdup ("A key needs a certificate");
  return NULL;
}

static WsServer *
make_server (const char *name, const Options *options)
{
  gboolean  is_secure = options->certificate_file != NULL;
  WsServer *server = ws_server_new (name, is_secure ? WS_SSL_MODE_SECURE
                                                    : WS_SSL_MODE_NON_SECURE);

  if (is_secure)
    g_object_set (ws_server_get_ssl_configuration (server),
                  "local-certificate-file", options->certificate_file,
                  "private-key-file", options->key_file, NULL);
  set_limits (server, (guint) options->port,
              (guint64) options->message_size * MIB);
  if (options->compression)
    {
      g_autoptr (WsDeflateOptions) deflate = ws_deflate_options_new ();

      ws_deflate_options_set_server_context_takeover (deflate,
                                                      options->takeover);
      ws_deflate_options_set_client_context_takeover (deflate,
                                                      options->takeover);
      ws_server_set_compression (server, deflate);
    }
  ws_server_set_ping_interval (server, (guint) options->ping_interval);
  return server;
}

/*
 * Returns the server that the command line asks for, and in address where it is
 * to listen; the caller owns both. A mistake ends the program with status 2 and
 * a line that names it.
 */
WsServer *
server_program_new (const char    *name,
                    int            argc,
                    char         **argv,
                    GInetAddress **address)
{
  Options          options = { .port = 8080, .message_size = 256 };
  g_autofree char *complaint = NULL;

  drain_time = 1000;
  complaint = parse (&options, argc, argv);
  if (options.host == NULL)
    *address = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  else
    *address = g_inet_address_new_from_string (options.host);
  if (complaint == NULL && *address == NULL)
    complaint = g_strdup_printf ("%s is not an IP address", options.host);
  if (complaint != NULL)
    {
      g_printerr ("%s: %s\n", g_get_prgname (), complaint);
      exit (2);
    }

  WsServer *server = make_server (name, &options);

  g_free (options.host);
  g_free (options.certificate_file);
  g_free (options.key_file);
  return server;
}

static void
on_closed (GObject *server, GAsyncResult *result, gpointer loop)
{
  g_main_loop_quit (loop);
}

/*
 * The first signal says goodbye to everybody and waits for their answers, at
 * most close-timeout; the second one does not wait.
 */
static gboolean
on_interrupt (gpointer user_data)
{
  Shutdown *self = user_data;

  if (ws_server_get_listening (self->server))
    {
      service_notify ("STOPPING=1");
      ws_server_close_async (self->server, WS_CLOSE_CODE_GOING_AWAY,
                             SHUTDOWN_REASON, self->impatience, on_closed,
                             self->loop);
    }
  else
    g_cancellable_cancel (self->impatience);
  return G_SOURCE_CONTINUE;
}

/*
 * Whoever supervises the program stops it with SIGTERM, and starts it again
 * perhaps: clients are sent away one after the other, so that they do not come
 * back all at once. A second one does not wait.
 */
static gboolean
on_terminate (gpointer user_data)
{
  Shutdown *self = user_data;

  if (ws_server_get_listening (self->server))
    {
      service_notify ("STOPPING=1");
      ws_server_drain_async (self->server, (guint) drain_time, self->impatience,
                             on_closed, self->loop);
    }
  else
    g_cancellable_cancel (self->impatience);
  return G_SOURCE_CONTINUE;
}

/*
 * Prints the URL and serves until SIGINT or SIGTERM. Returns the program's exit
 * status: 1 when the server does not listen.
 */
int
server_program_run (WsServer *server)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GCancellable) impatience = g_cancellable_new ();
  Shutdown shutdown = { loop, server, impatience };

  if (!ws_server_get_listening (server)
      || (unix_path != NULL
          && !ws_server_listen_unix (server, unix_path, NULL)))
    {
      g_printerr ("%s: %s\n", g_get_prgname (),
                  ws_server_get_error_string (server));
      return 1;
    }

  guint interrupt = g_unix_signal_add (SIGINT, on_interrupt, &shutdown);
  guint terminate = g_unix_signal_add (SIGTERM, on_terminate, &shutdown);

  /* Who reads this may end the program at once. */
  g_print ("%s\n", ws_server_get_url (server));
  fflush (stdout);
  service_notify ("READY=1");
  g_main_loop_run (loop);
  g_source_remove (interrupt);
  g_source_remove (terminate);
  return 0;
}
