/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* "ws-glib frames": what goes over the wire, a line for each frame. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <gio/gunixinputstream.h>
#include <glib-unix.h>

#include "connect-session.h"
#include "frames-dial.h"
#include "frames-relay.h"
#include "tool.h"

#define MAX_SHOWN  64
#define PIECE_SIZE 65536

typedef struct
{
  ConnectOptions connect;
  char          *listen; /* (owned) (nullable): [ADDRESS:]PORT */
  gboolean       is_hex;
  gboolean       has_times;
  int            max_shown;

  ConnectSession *session; /* (unowned) (nullable): it is told, as a client */
  GMainLoop      *loop;    /* (owned) (nullable) */
  gint64          begin;   /* microseconds */
  guint           n_clients;
} Frames;

static void
print (const char *text, gpointer user_data)
{
  Frames *self = user_data;
  double  elapsed
      = (double) (g_get_monotonic_time () - self->begin) / G_USEC_PER_SEC;
  g_autofree char *line = self->has_times
                              ? g_strdup_printf ("%10.6f %s", elapsed, text)
                              : g_strdup (text);
  Console          plain = { 0 };
  Console         *console = self->session != NULL
                                 ? connect_session_get_console (self->session)
                                 : &plain;

  if (!console_print (console, line))
    exit (TOOL_EXIT_OUTPUT);
}

/* --- From standard input --- */

/* Returns how many bytes there are, in the place of the digits, or -1. */
static gssize
decode_hex (char *text, gsize size)
{
  gsize n_digits = 0;

  for (gsize i = 0; i < size; i++)
    {
      int digit = g_ascii_xdigit_value (text[i]);

      if (digit < 0 && !g_ascii_isspace (text[i]))
        return -1;
      if (digit < 0)
        continue;
      if (n_digits % 2 == 0)
        text[n_digits / 2] = (char) (digit << 4);
      else
        text[n_digits / 2] |= (char) digit;
      n_digits++;
    }
  return n_digits % 2 == 0 ? (gssize) (n_digits / 2) : -1;
}

static int
show_input (Frames *self, GError **error)
{
  g_autoptr (GInputStream) stream
      = g_unix_input_stream_new (STDIN_FILENO, FALSE);
  g_autoptr (GOutputStream) memory = g_memory_output_stream_new_resizable ();
  GMemoryOutputStream *all = G_MEMORY_OUTPUT_STREAM (memory);

  if (g_output_stream_splice (memory, stream,
                              G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, NULL, error)
      < 0)
    return TOOL_EXIT_USAGE;

  char  *data = g_memory_output_stream_get_data (all);
  gssize size = (gssize) g_memory_output_stream_get_data_size (all);

  if (self->is_hex)
    size = decode_hex (data, (gsize) size);
  if (size < 0)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                           "The input is not hexadecimal");
      return TOOL_EXIT_USAGE;
    }

  gboolean is_request = size >= 4 && memcmp (data, "GET ", 4) == 0;
  gboolean has_head
      = is_request || (size >= 5 && memcmp (data, "HTTP/", 5) == 0);
  gboolean  is_masked = !has_head && size >= 2 && (data[1] & 0x80) != 0;
  FrameLog *log = frame_log_new (is_request || is_masked ? ">" : "<",
                                 is_request || is_masked, has_head,
                                 (guint) self->max_shown, print, self);

  frame_log_feed (log, (const guint8 *) data, (gsize) size);
  frame_log_end (log);
  frame_log_free (log);
  return TOOL_EXIT_OK;
}

/* --- Between a client and a server --- */

/* A client that waits for its server. */
typedef struct
{
  Frames    *frames;
  GIOStream *client; /* (owned) */
  char      *mark;   /* (owned) */
  gboolean   is_ours;
} Visit;

/* "example.org:8080" (owned by the caller); NULL when the URL has none. */
static char *
get_host (const char *url)
{
  const char *authority = strstr (url, "://");

  if (authority == NULL)
    return NULL;

  g_autofree char *named
      = g_strndup (authority + 3, strcspn (authority + 3, "/?#"));
  const char *at = strrchr (named, '@');

  return g_strdup (at != NULL ? at + 1 : named);
}

static void
on_dialled (GIOStream *server, const GError *error, gpointer user_data)
{
  Visit           *visit = user_data;
  Frames          *self = visit->frames;
  g_autofree char *host = get_host (self->connect.url);

  if (server != NULL)
    {
      FramesRelaySettings settings = { .host = visit->is_ours ? NULL : host,
                                       .mark = visit->mark,
                                       .max_shown = (guint) self->max_shown,
                                       .print = print,
                                       .user_data = self };

      frames_relay_start (visit->client, server, &settings);
    }
  else
    {
      g_printerr ("%s: %s\n", g_get_prgname (), error->message);
      if (visit->is_ours)
        exit (error->domain == G_TLS_ERROR ? TOOL_EXIT_TLS
                                           : TOOL_EXIT_UNREACHABLE);
      g_io_stream_close (visit->client, NULL, NULL);
    }
  g_object_unref (visit->client);
  g_free (visit->mark);
  g_free (visit);
}

static void
begin_visit (Frames *self, GIOStream *client, gboolean is_ours)
{
  Visit *visit = g_new0 (Visit, 1);

  visit->frames = self;
  visit->client = g_object_ref (client);
  visit->is_ours = is_ours;
  visit->mark
      = is_ours ? g_strdup ("") : g_strdup_printf ("#%u ", ++self->n_clients);
  frames_dial (self->connect.url, &self->connect.client, on_dialled, visit);
}

static gboolean
on_incoming (GSocketService    *service,
             GSocketConnection *connection,
             GObject           *source,
             Frames            *self)
{
  begin_visit (self, G_IO_STREAM (connection), FALSE);
  return TRUE;
}

static gboolean
on_signal (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_CONTINUE;
}

static GSocketAddress *
parse_listen (const char *text, GError **error)
{
  const char      *colon = strrchr (text, ':');
  const char      *port = colon != NULL ? colon + 1 : text;
  g_autofree char *host = colon != NULL
                              ? g_strndup (text, (gsize) (colon - text))
                              : g_strdup ("127.0.0.1");
  guint64          number = 0;
  GSocketAddress  *address = NULL;

  if (g_ascii_string_to_unsigned (port, 10, 0, G_MAXUINT16, &number, NULL))
    address = g_inet_socket_address_new_from_string (host, (guint) number);
  if (address == NULL)
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                 "%s is no ADDRESS:PORT", text);
  return address;
}

static int
stand_between (Frames *self, GError **error)
{
  g_autoptr (GSocketService) service = g_socket_service_new ();
  g_autoptr (GSocketAddress) wish = parse_listen (self->listen, error);
  g_autoptr (GSocketAddress) real = NULL;

  if (wish == NULL
      || !g_socket_listener_add_address (G_SOCKET_LISTENER (service), wish,
                                         G_SOCKET_TYPE_STREAM,
                                         G_SOCKET_PROTOCOL_TCP, NULL, &real,
                                         error))
    return TOOL_EXIT_USAGE;

  g_autofree char *where
      = g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (real));

  printf ("ws://%s\n", where);
  fflush (stdout);
  self->loop = g_main_loop_new (NULL, FALSE);
  g_signal_connect (service, "incoming", G_CALLBACK (on_incoming), self);
  g_unix_signal_add (SIGINT, on_signal, self->loop);
  g_unix_signal_add (SIGTERM, on_signal, self->loop);
  g_socket_service_start (service);
  g_main_loop_run (self->loop);
  g_main_loop_unref (self->loop);
  return TOOL_EXIT_OK;
}

/* --- As a client --- */

static GIOStream *
wrap (int descriptor)
{
  g_autoptr (GSocket) gsocket = g_socket_new_from_fd (descriptor, NULL);

  return G_IO_STREAM (g_socket_connection_factory_create_connection (gsocket));
}

static int
be_client (Frames *self, GError **error)
{
  int pair[2];

  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
    return TOOL_EXIT_UNREACHABLE;

  g_autoptr (GIOStream) near = wrap (pair[0]);
  g_autoptr (GIOStream) far = wrap (pair[1]);
  g_autoptr (ConnectSession) session = NULL;

  self->connect.stream = near;
  self->connect.is_bare = TRUE;
  session = connect_session_new (&self->connect, error);
  if (session == NULL)
    return TOOL_EXIT_USAGE;
  self->session = session;
  begin_visit (self, far, TRUE);
  return (int) connect_session_run (session);
}

/* --- The command line --- */

static void
add_entries (Frames *self, GOptionContext *context)
{
  const GOptionEntry entries[] = {
    { "listen", 'l', 0, G_OPTION_ARG_STRING, &self->listen,
      "Stand between clients there and URL", "[ADDRESS:]PORT" },
    { "hex", 0, 0, G_OPTION_ARG_NONE, &self->is_hex,
      "Without URL: standard input is hexadecimal", NULL },
    { "execute", 'x', 0, G_OPTION_ARG_FILENAME_ARRAY, &self->connect.messages,
      "Send this, no standard input (repeatable)", "MESSAGE" },
    { "wait", 'w', 0, G_OPTION_ARG_DOUBLE, &self->connect.wait,
      "Wait so long before closing then (default: 2)", "SECONDS" },
    { "length", 'n', 0, G_OPTION_ARG_INT, &self->max_shown,
      "Show so much of a payload (default: 64)", "BYTES" },
    { "time", 0, 0, G_OPTION_ARG_NONE, &self->has_times,
      "Begin lines with the seconds since the start", NULL },
    { "timeout", 't', 0, G_OPTION_ARG_DOUBLE, &self->connect.client.timeout,
      "For the opening", "SECONDS" },
    { NULL },
  };

  g_option_context_add_main_entries (context, entries, NULL);
  client_options_add (&self->connect.client, context);
}

static gboolean
check (Frames *self, int argc, char **arguments, GError **error)
{
  const char *complaint = NULL;

  if (self->max_shown < 0 || self->max_shown > G_MAXINT / 2)
    complaint = "--length is no length";
  else if (self->connect.wait != CONNECT_WAIT_UNSAID
           && (self->connect.wait < 0 || self->connect.wait > G_MAXINT / 1000))
    complaint = "--wait is no time";
  else if (self->listen != NULL && argc < 2)
    complaint = "--listen needs a URL";
  else if (self->is_hex && argc > 1)
    complaint = "--hex is for standard input: without URL";
  if (complaint == NULL)
    return client_options_check (&self->connect.client, arguments, error);
  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                       complaint);
  return FALSE;
}

static int
run (Frames *self, int argc, char **argv)
{
  g_autoptr (GOptionContext) context
      = g_option_context_new ("[URL] - show frames");
  g_autoptr (GError) error = NULL;
  g_autofree char **arguments = tool_keep (argc, argv);
  int               status;

  add_entries (self, context);
  if (!g_option_context_parse (context, &argc, &argv, &error)
      || !tool_check_count (argc, argv, 0, 1, &error)
      || !check (self, argc, arguments, &error))
    return tool_complain (error);
  if (argc > 1)
    self->connect.url = client_options_complete_url (argv[1]);
  self->begin = g_get_monotonic_time ();
  if (argc < 2)
    status = show_input (self, &error);
  else if (self->listen != NULL)
    status = stand_between (self, &error);
  else
    status = be_client (self, &error);
  return error != NULL ? tool_complain (error) : status;
}

int
frames_main (int argc, char **argv)
{
  Frames self = { .max_shown = MAX_SHOWN,
                  .connect = { .wait = CONNECT_WAIT_UNSAID,
                               .close_code = WS_CLOSE_CODE_NORMAL } };
  int    status = run (&self, argc, argv);

  client_options_clear (&self.connect.client);
  g_strfreev (self.connect.messages);
  g_free (self.connect.url);
  g_free (self.listen);
  return status;
}
