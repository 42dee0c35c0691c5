/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "hostile.h"

#include <ws-glib/ws-glib.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* Attacks an echo server in every way of hostile-attacks.c, while a client that
 * behaves talks to it. All three are processes, and the attackers' gives way to
 * the others: what is measured is the server, not who gets the processor. A row
 * for each: how long the client waits for its echoes, and what the server
 * takes. */

static struct
{
  int         peers;
  int         ms;
  int         memory; /* MiB */
  int         unread; /* MiB */
  int         wait;   /* ms */
  int         yield;
  const char *certificates;
  const char *only;
} options = { 100, 1000, 0, 0, 0, 19, NULL, NULL };

static const GOptionEntry entries[] = {
  { "peers", 'n', 0, G_OPTION_ARG_INT, &options.peers, "at a time", "N" },
  { "time", 't', 0, G_OPTION_ARG_INT, &options.ms, "of each attack", "MS" },
  { "memory", 0, 0, G_OPTION_ARG_INT, &options.memory,
    "fail above what the server has before, and so much", "MIB" },
  { "unread", 0, 0, G_OPTION_ARG_INT, &options.unread,
    "what a peer may leave unread, not the default", "MIB" },
  { "wait", 0, 0, G_OPTION_ARG_INT, &options.wait,
    "fail above this median of the client's echoes", "MS" },
  { "yield", 0, 0, G_OPTION_ARG_INT, &options.yield,
    "how much nicer the attackers are to others than the server is", "N" },
  { "certificates", 0, 0, G_OPTION_ARG_STRING, &options.certificates,
    "where server.pem and server.key lie, for TLS", "FOLDER" },
  { "only", 0, 0, G_OPTION_ARG_STRING, &options.only, "one attack", "NAME" },
  G_OPTION_ENTRY_NULL
};

typedef struct
{
  guint16 port, tls_port;
} Ports;

/* What the children need to know. */
static struct
{
  Ports                ports;
  const HostileAttack *attack;
} plan;

typedef struct
{
  guint  n;
  gint64 median, worst; /* µs */
} Echoes;

/* --- The server --- */

static void
on_message (WsSocket *socket, WsMessage *message, gpointer user_data)
{
  const char *text = ws_message_get_text (message);

  if (text != NULL && *text == '+')
    ws_socket_subscribe (socket, text + 1, NULL);
  else
    (void) !ws_socket_send_message (socket, message, NULL);
}

static void
on_client_connected (WsServer *server, WsSocket *socket, gpointer user_data)
{
  g_signal_connect (socket, "message-received", G_CALLBACK (on_message), NULL);
}

static WsServer *
listen_on (WsSslMode mode, guint16 *port)
{
  g_autoptr (GInetAddress) loopback
      = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (WsDeflateOptions) deflate = ws_deflate_options_new ();
  g_autoptr (GError) error = NULL;
  WsServer *server = ws_server_new ("hostile", mode);

  ws_server_set_compression (server, deflate);
  /* Else it is the kernel that keeps most of them out. */
  ws_server_set_backlog (server, 4096);
  if (options.unread > 0)
    ws_server_set_max_bytes_to_write (server,
                                      options.unread * (guint64) 1048576);
  if (mode == WS_SSL_MODE_SECURE)
    {
      g_autofree char *chain
          = g_build_filename (options.certificates, "server.pem", NULL);
      g_autofree char *key
          = g_build_filename (options.certificates, "server.key", NULL);
      g_autoptr (WsSslConfiguration) configuration
          = g_object_new (WS_TYPE_SSL_CONFIGURATION, "local-certificate-file",
                          chain, "private-key-file", key, NULL);

      ws_server_set_ssl_configuration (server, configuration);
    }
  g_signal_connect (server, "client-connected",
                    G_CALLBACK (on_client_connected), NULL);
  if (!ws_server_listen (server, loopback, 0, &error))
    g_error ("%s", error->message);
  *port = ws_server_get_server_port (server);
  return server;
}

static void
serve (int out)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (WsServer) server = NULL;
  g_autoptr (WsServer) secure = NULL;
  Ports ports = { 0 };

  server = listen_on (WS_SSL_MODE_NON_SECURE, &ports.port);
  if (options.certificates != NULL)
    secure = listen_on (WS_SSL_MODE_SECURE, &ports.tls_port);
  if (write (out, &ports, sizeof ports) != sizeof ports)
    exit (1);
  g_main_loop_run (loop);
}

/* --- The client that behaves --- */

/* It speaks by the clock, whether it was answered or not: whoever waits for an
 * answer first asks less often the worse things are. */
#define PERIOD_MS 20

static struct
{
  GMainLoop *loop;
  GArray    *waits; /* of gint64 */
  guint      n_sent;
  gint64     end;
  WsSocket  *socket;
} friend;

/* Once it has said all, and was answered. */
static void
quit_if_done (gint64 now)
{
  if (now >= friend.end && friend.waits->len == friend.n_sent)
    g_main_loop_quit (friend.loop);
}

static gboolean
on_period (gpointer user_data)
{
  const gint64     now = g_get_monotonic_time ();
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, now);

  quit_if_done (now);
  if (now >= friend.end)
    return G_SOURCE_REMOVE;
  if (ws_socket_send_text_message (friend.socket, text, NULL) >= 0)
    friend.n_sent++;
  return G_SOURCE_CONTINUE;
}

static void
on_connected (WsSocket *socket, gpointer user_data)
{
  g_timeout_add (PERIOD_MS, on_period, NULL);
}

static void
on_echo (WsSocket *socket, const char *text, gpointer user_data)
{
  const gint64 now = g_get_monotonic_time ();
  const gint64 wait = now - g_ascii_strtoll (text, NULL, 10);

  g_array_append_val (friend.waits, wait);
  quit_if_done (now);
}

static void
on_disconnected (WsSocket *socket, gpointer user_data)
{
  g_printerr ("the client was disconnected: %u %s %s\n",
              ws_socket_get_close_code (socket),
              ws_socket_get_close_reason (socket),
              ws_socket_get_error_string (socket));
  exit (1);
}

static gboolean
on_too_long (gpointer user_data)
{
  g_main_loop_quit (friend.loop);
  return G_SOURCE_REMOVE;
}

static int
compare_waits (gconstpointer a, gconstpointer b)
{
  const gint64 x = *(const gint64 *) a, y = *(const gint64 *) b;

  return x < y ? -1 : x > y;
}

/* Is connected before the attack begins, and says so. */
static void
behave (int out)
{
  g_autofree char *url
      = g_strdup_printf ("ws://127.0.0.1:%u/", (guint) plan.ports.port);
  Echoes echoes = { 0 };

  friend.loop = g_main_loop_new (NULL, FALSE);
  friend.waits = g_array_new (FALSE, FALSE, sizeof (gint64));
  friend.socket = ws_socket_new ();
  friend.end = g_get_monotonic_time () + options.ms * (gint64) 1000;
  g_signal_connect (friend.socket, "connected", G_CALLBACK (on_connected),
                    NULL);
  g_signal_connect (friend.socket, "text-message-received",
                    G_CALLBACK (on_echo), NULL);
  g_signal_connect (friend.socket, "disconnected", G_CALLBACK (on_disconnected),
                    NULL);
  g_timeout_add ((guint) options.ms + 20000, on_too_long, NULL);
  ws_socket_open (friend.socket, url, NULL);
  g_main_loop_run (friend.loop);

  g_array_sort (friend.waits, compare_waits);
  echoes.n = friend.waits->len;
  if (echoes.n > 0)
    {
      echoes.median = g_array_index (friend.waits, gint64, echoes.n / 2);
      echoes.worst = g_array_index (friend.waits, gint64, echoes.n - 1);
    }
  if (write (out, &echoes, sizeof echoes) != sizeof echoes)
    exit (1);
}

/* --- What the server takes --- */

static long
read_status (pid_t pid, const char *name)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/status", (int) pid);
  g_autofree char *text = NULL;
  const char      *line;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return 0;
  line = strstr (text, name);
  return line != NULL ? atol (line + strlen (name)) : 0;
}

/* Of @pid, in seconds. */
static double
read_cpu_time (pid_t pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/stat", (int) pid);
  g_autofree char *text = NULL;
  const char      *rest;
  unsigned long    user = 0, kernel = 0;

  /* Behind the name, which may be anything. */
  if (!g_file_get_contents (path, &text, NULL, NULL)
      || (rest = strrchr (text, ')')) == NULL
      || sscanf (rest + 1,
                 " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
                 &kernel)
             != 2)
    return 0;
  return (double) (user + kernel) / (double) sysconf (_SC_CLK_TCK);
}

static pid_t
start (void (*child) (int out), int *in)
{
  int   fds[2];
  pid_t pid;

  if (pipe (fds) < 0 || (pid = fork ()) < 0)
    g_error ("no process: %s", g_strerror (errno));
  if (pid == 0)
    {
      close (fds[0]);
      child (fds[1]);
      exit (0);
    }
  close (fds[1]);
  *in = fds[0];
  return pid;
}

static void
assail (int out)
{
  HostileCount count;

  (void) !nice (options.yield);
  count = hostile_run (plan.attack, (guint) options.peers, (guint) options.ms,
                       plan.ports.port, plan.ports.tls_port);
  if (write (out, &count, sizeof count) != sizeof count)
    exit (1);
}

/* --- The table --- */

static guint n_rows, n_failures;

/* What the server has taken. */
typedef struct
{
  double memory; /* MiB, at most */
  double cpu;    /* s */
} Use;

static gboolean
judge (const Echoes *echoes, const HostileCount *count, const Use *use)
{
  const gboolean ok = echoes->n > 0
                      && (options.memory == 0 || use->memory <= options.memory)
                      && (options.wait == 0
                          || echoes->median <= options.wait * (gint64) 1000);

  g_print ("%s %u - %s: echo %.1f ms (worst %.0f, %u), memory %+.1f MiB, "
           "%.1f s of CPU; %" G_GUINT64_FORMAT
           " connections, %" G_GUINT64_FORMAT " let in, %" G_GUINT64_FORMAT
           " ended, %.1f MiB said\n",
           ok ? "ok" : "not ok", ++n_rows, plan.attack->name,
           (double) echoes->median / 1e3, (double) echoes->worst / 1e3,
           echoes->n, use->memory, use->cpu, count->n_opened, count->n_upgraded,
           count->n_ended, (double) count->n_written / 1048576);
  return ok;
}

static void
finish (pid_t pid, int fd)
{
  waitpid (pid, NULL, 0);
  close (fd);
}

/* Each has a server of its own, whose peak is its own, too. */
static void
attack_once (void)
{
  int          server_in, friend_in, foe_in;
  Echoes       echoes = { 0 };
  HostileCount count = { 0 };
  Use          use;
  pid_t        server = start (serve, &server_in), good, foe;
  long         before;

  if (read (server_in, &plan.ports, sizeof plan.ports) != sizeof plan.ports)
    g_error ("the server did not start");
  before = read_status (server, "VmRSS:");
  good = start (behave, &friend_in);
  g_usleep (200000);
  foe = start (assail, &foe_in);
  if (read (foe_in, &count, sizeof count) != sizeof count)
    g_error ("the attackers have failed");
  use.memory = (double) (read_status (server, "VmHWM:") - before) / 1024;
  use.cpu = read_cpu_time (server);
  if (read (friend_in, &echoes, sizeof echoes) != sizeof echoes)
    echoes.n = 0;
  finish (foe, foe_in);
  finish (good, friend_in);
  kill (server, SIGTERM);
  finish (server, server_in);
  if (!judge (&echoes, &count, &use))
    n_failures++;
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  struct rlimit limit;

  g_setenv ("GIO_USE_PROXY_RESOLVER", "dummy", TRUE);
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    g_error ("%s", error->message);
  if (options.certificates == NULL)
    options.certificates = g_getenv ("WS_TEST_CERTIFICATES");
  getrlimit (RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit (RLIMIT_NOFILE, &limit);
  for (guint i = 0; i < hostile_n_attacks; i++)
    {
      plan.attack = &hostile_attacks[i];
      if ((plan.attack->flags & HOSTILE_TLS && options.certificates == NULL)
          || (options.only != NULL
              && !g_str_equal (options.only, plan.attack->name)))
        continue;
      attack_once ();
    }
  g_print ("1..%u\n", n_rows);
  return n_failures > 0 ? 1 : 0;
}
