/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* "ws-glib bench": how fast a server sends back what it gets. */
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include <glib-unix.h>

#include "bench/load-histogram.h"
#include "client-options.h"
#include "tool.h"

#define MAX_CONNECTIONS 100000
#define MAX_DEPTH       10000
#define MAX_SIZE        (16 * 1024 * 1024)
/* Without any message the server is no echo server, or has stopped. */
#define PATIENCE_S 10

typedef struct
{
  ClientOptions client; /* (owned) */
  int           connections;
  int           size;  /* bytes */
  int           depth; /* messages under way on each connection */
  double        duration;
  gboolean      is_text;
} BenchOptions;

typedef struct _Bench Bench;

/* A connection, and when each of the messages under way was sent. */
typedef struct
{
  Bench    *bench;   /* (unowned) */
  WsSocket *socket;  /* (owned) */
  gint64   *sent_at; /* (owned): a ring of depth times, in microseconds */
  guint     next;    /* of the ring: the oldest */
  gboolean  is_active;
} Lane;

struct _Bench
{
  BenchOptions *options; /* (unowned) */
  GMainLoop    *loop;    /* (owned) */
  WsMessage    *message; /* (owned) */
  Lane         *lanes;   /* (owned) */
  LoadHistogram latencies;
  gint64        begin, end; /* microseconds */
  guint         n_open;
  guint         n_active;
  guint64       n_seen; /* messages, when the patience was last asked */
  gboolean      is_running;
  ToolExit      status;
};

static void
stop (Bench *self, ToolExit status)
{
  if (self->is_running)
    self->end = g_get_monotonic_time ();
  self->is_running = FALSE;
  if (self->status == TOOL_EXIT_OK)
    self->status = status;
  for (int i = 0; i < self->options->connections; i++)
    ws_socket_close (self->lanes[i].socket, WS_CLOSE_CODE_NORMAL, NULL, NULL);
  if (self->n_active == 0)
    g_main_loop_quit (self->loop);
}

static void
send_one (Lane *lane, guint place)
{
  g_autoptr (GError) error = NULL;

  lane->sent_at[place] = g_get_monotonic_time ();
  if (ws_socket_send_message (lane->socket, lane->bench->message, &error) >= 0)
    return;
  g_printerr ("%s\n", error->message);
  stop (lane->bench, TOOL_EXIT_ABNORMAL);
}

static gboolean
is_echo (Bench *self, WsMessage *message)
{
  return ws_message_get_message_type (message)
             == ws_message_get_message_type (self->message)
         && g_bytes_equal (ws_message_get_bytes (message),
                           ws_message_get_bytes (self->message));
}

static void
on_message (WsSocket *socket, WsMessage *message, Lane *lane)
{
  Bench *self = lane->bench;
  gint64 elapsed = g_get_monotonic_time () - lane->sent_at[lane->next];

  if (!self->is_running)
    return;
  if (!is_echo (self, message))
    {
      g_printerr ("The server does not send back what it gets\n");
      stop (self, TOOL_EXIT_ABNORMAL);
      return;
    }
  load_histogram_add (&self->latencies, (guint64) elapsed * 1000);
  send_one (lane, lane->next);
  lane->next = (lane->next + 1) % (guint) self->options->depth;
}

static gboolean
on_time (gpointer user_data)
{
  stop (user_data, TOOL_EXIT_OK);
  return G_SOURCE_REMOVE;
}

static gboolean
on_patience (gpointer user_data)
{
  Bench *self = user_data;

  if (self->is_running && self->latencies.total == self->n_seen)
    {
      g_printerr ("No message within %d s\n", PATIENCE_S);
      stop (self, TOOL_EXIT_LATE);
    }
  self->n_seen = self->latencies.total;
  return G_SOURCE_CONTINUE;
}

static void
start (Bench *self)
{
  self->is_running = TRUE;
  self->begin = g_get_monotonic_time ();
  g_timeout_add ((guint) (self->options->duration * 1000), on_time, self);
  g_timeout_add_seconds (PATIENCE_S, on_patience, self);
  for (int i = 0; i < self->options->connections; i++)
    for (int n = 0; n < self->options->depth; n++)
      send_one (&self->lanes[i], (guint) n);
}

static void
on_connected (WsSocket *socket, Lane *lane)
{
  Bench *self = lane->bench;

  if (++self->n_open == (guint) self->options->connections
      && self->status == TOOL_EXIT_OK)
    start (self);
}

static void
on_active_changed (WsSocket *socket, GParamSpec *pspec, Lane *lane)
{
  Bench        *self = lane->bench;
  const GError *error = ws_socket_get_error (socket);
  gboolean      was_wanted
      = self->is_running || self->n_open < (guint) self->options->connections;

  if (ws_socket_get_active (socket) == lane->is_active)
    return;
  lane->is_active = !lane->is_active;
  self->n_active += lane->is_active ? 1 : -1;
  if (lane->is_active)
    return;
  if (was_wanted && self->status == TOOL_EXIT_OK)
    {
      g_printerr ("%s\n", error != NULL ? error->message
                                        : "The server closed a connection");
      stop (self, error != NULL ? tool_exit_from_error (error, self->is_running)
                                : TOOL_EXIT_ABNORMAL);
    }
  if (self->n_active == 0)
    g_main_loop_quit (self->loop);
}

static gboolean
on_interrupt (gpointer user_data)
{
  stop (user_data, TOOL_EXIT_OK);
  return G_SOURCE_CONTINUE;
}

static void
print_result (Bench *self)
{
  double  seconds = (double) (self->end - self->begin) / G_USEC_PER_SEC;
  guint64 n_messages = self->latencies.total;
  double  rate = seconds > 0 ? (double) n_messages / seconds : 0;

  const struct
  {
    const char *name;
    double      share;
  } rows[]
      = { { "50 %", 0.5 }, { "90 %", 0.9 }, { "99 %", 0.99 }, { "all", 1 } };

  printf ("%d connections, %d bytes, %d under way on each\n",
          self->options->connections, self->options->size,
          self->options->depth);
  printf ("%" G_GUINT64_FORMAT " messages in %.2f s: %.0f messages/s, "
          "%.1f MiB/s each way\n",
          n_messages, seconds, rate,
          rate * self->options->size / (1024 * 1024));
  printf ("Latency:");
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    printf ("%s %s within %.3f ms", i > 0 ? "," : "", rows[i].name,
            (double) load_histogram_quantile (&self->latencies, rows[i].share)
                / 1e6);
  printf ("\n");
}

/* A connection costs a file descriptor, and the usual soft limit is 1024. */
static void
allow_many_files (void)
{
  struct rlimit files;

  if (getrlimit (RLIMIT_NOFILE, &files) != 0)
    return;
  files.rlim_cur = files.rlim_max;
  setrlimit (RLIMIT_NOFILE, &files);
}

static WsMessage *
make_message (const BenchOptions *options)
{
  char *data = g_malloc ((gsize) options->size + 1);

  for (int i = 0; i < options->size; i++)
    data[i] = (char) ('a' + i % 26);

  g_autoptr (GBytes) bytes = g_bytes_new_take (data, (gsize) options->size);

  return options->is_text ? ws_message_new_text_bytes (bytes, NULL)
                          : ws_message_new_binary (bytes);
}

static gboolean
open_lane (Bench *self, Lane *lane, const char *url, GError **error)
{
  lane->bench = self;
  lane->socket = ws_socket_new ();
  lane->sent_at = g_new0 (gint64, (gsize) self->options->depth);
  g_signal_connect (lane->socket, "connected", G_CALLBACK (on_connected), lane);
  g_signal_connect (lane->socket, "message-received", G_CALLBACK (on_message),
                    lane);
  g_signal_connect (lane->socket, "notify::active",
                    G_CALLBACK (on_active_changed), lane);
  return client_options_apply (&self->options->client, lane->socket, url, error)
         && ws_socket_open (lane->socket, NULL, error);
}

static void
clear (Bench *self)
{
  for (int i = 0; i < self->options->connections; i++)
    {
      Lane *lane = &self->lanes[i];

      if (lane->socket != NULL)
        g_signal_handlers_disconnect_by_data (lane->socket, lane);
      g_clear_object (&lane->socket);
      g_free (lane->sent_at);
    }
  g_free (self->lanes);
  ws_message_unref (self->message);
  g_main_loop_unref (self->loop);
}

static int
bench (BenchOptions *options, const char *url, GError **error)
{
  Bench    self = { .options = options };
  gboolean is_open = TRUE;

  allow_many_files ();
  self.loop = g_main_loop_new (NULL, FALSE);
  self.message = make_message (options);
  self.lanes = g_new0 (Lane, (gsize) options->connections);
  g_unix_signal_add (SIGINT, on_interrupt, &self);
  for (int i = 0; i < options->connections && is_open; i++)
    is_open = open_lane (&self, &self.lanes[i], url, error);
  if (is_open && self.n_active > 0)
    g_main_loop_run (self.loop);
  if (is_open && self.latencies.total > 0)
    print_result (&self);
  clear (&self);
  return (int) self.status;
}

static void
add_entries (BenchOptions *self, GOptionContext *context)
{
  const GOptionEntry entries[] = {
    { "connections", 'c', 0, G_OPTION_ARG_INT, &self->connections,
      "So many connections (default: 10)", "N" },
    { "size", 0, 0, G_OPTION_ARG_INT, &self->size,
      "The size of a message (default: 64)", "BYTES" },
    { "depth", 0, 0, G_OPTION_ARG_INT, &self->depth,
      "Messages under way on each (default: 1)", "N" },
    { "duration", 'd', 0, G_OPTION_ARG_DOUBLE, &self->duration,
      "How long (default: 5)", "SECONDS" },
    { "text", 0, 0, G_OPTION_ARG_NONE, &self->is_text,
      "Text messages instead of binary ones", NULL },
    { "timeout", 't', 0, G_OPTION_ARG_DOUBLE, &self->client.timeout,
      "For each opening", "SECONDS" },
    { NULL },
  };

  g_option_context_add_main_entries (context, entries, NULL);
  client_options_add (&self->client, context);
}

static gboolean
check (BenchOptions *self, char **arguments, GError **error)
{
  const char *complaint = NULL;

  if (self->connections < 1 || self->connections > MAX_CONNECTIONS)
    complaint = "--connections is 1 to 100000";
  else if (self->size < 0 || self->size > MAX_SIZE)
    complaint = "--size is 0 to 16 MiB";
  else if (self->depth < 1 || self->depth > MAX_DEPTH)
    complaint = "--depth is 1 to 10000";
  else if (!(self->duration > 0 && self->duration <= G_MAXINT / 1000))
    complaint = "--duration is no time";
  if (complaint == NULL)
    return client_options_check (&self->client, arguments, error);
  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                       complaint);
  return FALSE;
}

static int
run (BenchOptions *options, int argc, char **argv)
{
  g_autoptr (GOptionContext) context
      = g_option_context_new ("URL - how fast does a server echo?");
  g_autoptr (GError) error = NULL;
  g_autofree char **arguments = tool_keep (argc, argv);
  g_autofree char  *url = NULL;
  int               status;

  add_entries (options, context);
  if (!g_option_context_parse (context, &argc, &argv, &error)
      || !tool_check_count (argc, argv, 1, 1, &error)
      || !check (options, arguments, &error))
    return tool_complain (error);
  url = client_options_complete_url (argv[1]);
  status = bench (options, url, &error);
  return error != NULL ? tool_complain (error) : status;
}

int
bench_main (int argc, char **argv)
{
  BenchOptions options
      = { .connections = 10, .size = 64, .depth = 1, .duration = 5 };
  int status = run (&options, argc, argv);

  client_options_clear (&options.client);
  return status;
}
