/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The clients of bench/cluster.
 *
 *   cluster-load KIND CLIENTS SIZE RATE SECONDS URL…
 *
 * CLIENTS clients in turn at the URLs. KIND "plain": the first one publishes
 * messages of SIZE bytes, RATE a second or, if RATE is 0, each when all have
 * the one before, so that none shares a write with another. "io": the same in
 * the words of socket.io. "echo": each client says something as soon as it has
 * an echo.
 *
 * The lines "begin" and "end N" stand around the measured seconds; N is how
 * many messages were published, or echoed. The last line is the median and the
 * 99th percentile of the time from publishing to receiving, µs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <ws-glib/ws-glib.h>

#define WARM_UP (G_USEC_PER_SEC / 2)

static struct
{
  GMainLoop *loop;
  GPtrArray *sockets; /* of WsSocket */
  GArray    *times;   /* µs, of what was received while it was measured */
  gboolean   is_io;
  gboolean   is_echo;
  guint      n_ready;
  guint      n_clients;
  guint      rate;
  gint64     seconds;
  char      *padding; /* (owned) */
  guint64    n_published;
  guint64    n_received;
  guint64    n_before; /* published, or echoed, when the measurement began */
  gboolean   is_measured;
} all;

static void
publish (WsSocket *socket)
{
  g_autofree char *text
      = g_strdup_printf (all.is_io ? "42[\"say\",\"%" G_GINT64_FORMAT " %s\"]"
                                   : "%" G_GINT64_FORMAT " %s",
                         g_get_monotonic_time (), all.padding);

  if (ws_socket_send_text_message (socket, text, NULL) < 0)
    g_error ("a client could not publish");
  all.n_published++;
}

static guint64
count_done (void)
{
  return all.is_echo ? all.n_received : all.n_published;
}

static void
note_time (const char *text)
{
  const char *digits = text + strcspn (text, "123456789");
  const guint time
      = (guint) (g_get_monotonic_time ()
                 - (gint64) g_ascii_strtoull (all.is_io ? strchr (text, ',') + 2
                                                        : digits,
                                              NULL, 10));

  g_array_append_val (all.times, time);
}

static void
on_publication (WsSocket *socket, const char *text)
{
  all.n_received++;
  if (all.is_measured)
    note_time (text);
  if (all.is_echo)
    publish (socket);
  else if (all.rate == 0 && all.n_received % all.n_clients == 0)
    publish (all.sockets->pdata[0]);
}

/* --- Phases --- */

static gboolean
on_end (gpointer data)
{
  g_print ("end %" G_GUINT64_FORMAT "\n", count_done () - all.n_before);
  all.is_measured = FALSE;
  g_main_loop_quit (all.loop);
  return G_SOURCE_REMOVE;
}

static gboolean
on_begin (gpointer data)
{
  all.n_before = count_done ();
  all.is_measured = TRUE;
  g_print ("begin\n");
  g_timeout_add_seconds ((guint) all.seconds, on_end, NULL);
  return G_SOURCE_REMOVE;
}

/* As many as are due by now. */
static gboolean
on_tick (gpointer data)
{
  const gint64 *begun = data;
  const guint64 due = (guint64) ((g_get_monotonic_time () - *begun) * all.rate
                                 / G_USEC_PER_SEC);

  while (all.n_published < due)
    publish (all.sockets->pdata[0]);
  return G_SOURCE_CONTINUE;
}

static void
note_ready (void)
{
  static gint64 begun;

  if (++all.n_ready < all.n_clients)
    return;
  begun = g_get_monotonic_time ();
  g_timeout_add (WARM_UP / 1000, on_begin, NULL);
  if (all.is_echo)
    for (guint i = 0; i < all.n_clients; i++)
      publish (all.sockets->pdata[i]);
  else if (all.rate == 0)
    publish (all.sockets->pdata[0]);
  else
    g_timeout_add (1, on_tick, &begun);
}

/* --- Clients --- */

/* Engine.IO 4: 0 opens, 2 asks for a 3. Socket.IO: 40 connects, 42 tells. */
static void
on_io_text (WsSocket *socket, const char *text)
{
  if (text[0] == '0')
    (void) !ws_socket_send_text_message (socket, "40", NULL);
  else if (text[0] == '2')
    (void) !ws_socket_send_text_message (socket, "3", NULL);
  else if (g_str_has_prefix (text, "40"))
    note_ready ();
  else if (g_str_has_prefix (text, "42"))
    on_publication (socket, text);
}

static void
on_text (WsSocket *socket, const char *text, gpointer data)
{
  if (all.is_io)
    on_io_text (socket, text);
  else
    on_publication (socket, text);
}

static void
on_connected (WsSocket *socket, gpointer data)
{
  if (!all.is_io)
    note_ready ();
}

static void
on_error (WsSocket *socket, WsSocketError error, gpointer data)
{
  g_error ("a client failed: %s", ws_socket_get_error_string (socket));
}

static void
begin_client (const char *url)
{
  WsSocket *socket = ws_socket_new ();

  g_object_set (socket, "open-timeout", 60000, NULL);
  g_signal_connect (socket, "connected", G_CALLBACK (on_connected), NULL);
  g_signal_connect (socket, "text-message-received", G_CALLBACK (on_text),
                    NULL);
  g_signal_connect (socket, "error", G_CALLBACK (on_error), NULL);
  g_ptr_array_add (all.sockets, socket);
  if (!ws_socket_open (socket, url, NULL))
    g_error ("%s is no URL of a node", url);
}

static int
compare (gconstpointer a, gconstpointer b)
{
  const guint *x = a, *y = b;

  return (*x > *y) - (*x < *y);
}

static void
print_times (void)
{
  g_array_sort (all.times, compare);
  if (all.times->len > 0)
    g_print ("%u %u\n", g_array_index (all.times, guint, all.times->len / 2),
             g_array_index (all.times, guint,
                            (guint64) all.times->len * 99 / 100));
}

int
main (int argc, char **argv)
{
  struct rlimit limit;

  if (argc < 7)
    {
      g_printerr ("usage: cluster-load KIND CLIENTS SIZE RATE SECONDS URL…\n");
      return 2;
    }
  setvbuf (stdout, NULL, _IOLBF, 0);
  if (getrlimit (RLIMIT_NOFILE, &limit) == 0)
    {
      limit.rlim_cur = limit.rlim_max;
      setrlimit (RLIMIT_NOFILE, &limit);
    }
  all.loop = g_main_loop_new (NULL, FALSE);
  all.sockets = g_ptr_array_new ();
  all.times = g_array_new (FALSE, FALSE, sizeof (guint));
  all.is_io = g_str_equal (argv[1], "io");
  all.is_echo = g_str_equal (argv[1], "echo");
  all.n_clients = (guint) strtoul (argv[2], NULL, 10);
  all.padding = g_strnfill (strtoul (argv[3], NULL, 10), 'x');
  all.rate = (guint) strtoul (argv[4], NULL, 10);
  all.seconds = (gint64) strtoul (argv[5], NULL, 10);
  for (guint i = 0; i < all.n_clients; i++)
    begin_client (argv[6 + i % (guint) (argc - 6)]);
  g_main_loop_run (all.loop);
  print_times ();
  return 0;
}
