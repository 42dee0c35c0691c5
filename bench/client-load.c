/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Our own client as the load, for bench/client.
 *
 *   client-load WAY URL CONNECTIONS DEPTH SIZE SECONDS
 *
 * Each connection keeps DEPTH binary messages of SIZE bytes under way; WAY is
 * how it hears of the replies, "signal" or "handler". The only line of the
 * output is "own_us=N": this program's CPU time a message. */
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include <ws-glib/ws-glib.h>

#define WARM_UP_MS 300

static struct
{
  GMainLoop *loop;
  GBytes    *message;
  gboolean   by_signal;
  guint      depth;
  guint      milliseconds;
  guint      n_missing; /* connections that are not open yet */
  guint64    n_received;
  guint64    n_before;
  gint64     spent_before; /* ns */
} all;

static gint64
get_cpu_time (void)
{
  struct timespec spent;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &spent);
  return spent.tv_sec * 1000000000LL + spent.tv_nsec;
}

static void
say (WsSocket *socket)
{
  gsize         size;
  gconstpointer data = g_bytes_get_data (all.message, &size);

  if (ws_socket_send_data (socket, WS_MESSAGE_TYPE_BINARY, data, size, NULL)
      < 0)
    g_error ("a client cannot send");
}

static void
check_reply (WsSocket *socket, gsize length)
{
  if (length != g_bytes_get_size (all.message))
    g_error ("a reply has %" G_GSIZE_FORMAT " bytes", length);
  all.n_received++;
  say (socket);
}

static void
on_binary (WsSocket *socket, GBytes *message, gpointer data)
{
  check_reply (socket, g_bytes_get_size (message));
}

static gboolean
on_message (WsSocket     *socket,
            WsMessageType type,
            const guint8 *data,
            gsize         length,
            gpointer      user_data)
{
  check_reply (socket, length);
  return TRUE;
}

static gboolean
on_end (gpointer data)
{
  const gint64 spent = get_cpu_time () - all.spent_before;

  g_print ("own_us=%.4f\n",
           (double) spent / 1000 / (double) (all.n_received - all.n_before));
  g_main_loop_quit (all.loop);
  return G_SOURCE_REMOVE;
}

static gboolean
on_begin (gpointer data)
{
  all.n_before = all.n_received;
  all.spent_before = get_cpu_time ();
  g_timeout_add (all.milliseconds, on_end, NULL);
  return G_SOURCE_REMOVE;
}

static void
on_connected (WsSocket *socket, gpointer data)
{
  for (guint i = 0; i < all.depth; i++)
    say (socket);
  if (--all.n_missing == 0)
    g_timeout_add (WARM_UP_MS, on_begin, NULL);
}

static void
on_error (WsSocket *socket, WsSocketError error, gpointer data)
{
  g_error ("a client failed: %s", ws_socket_get_error_string (socket));
}

static WsSocket *
open_client (const char *url)
{
  WsSocket *socket = ws_socket_new ();

  g_signal_connect (socket, "connected", G_CALLBACK (on_connected), NULL);
  g_signal_connect (socket, "error", G_CALLBACK (on_error), NULL);
  if (all.by_signal)
    g_signal_connect (socket, "binary-message-received", G_CALLBACK (on_binary),
                      NULL);
  else
    ws_socket_set_message_handler (socket, on_message, NULL, NULL);
  if (!ws_socket_open (socket, url, NULL))
    g_error ("%s is no URL", url);
  return socket;
}

int
main (int argc, char **argv)
{
  g_autoptr (GPtrArray) sockets
      = g_ptr_array_new_with_free_func (g_object_unref);

  if (argc != 7)
    {
      g_printerr (
          "usage: client-load signal|handler URL CONNECTIONS DEPTH SIZE "
          "SECONDS\n");
      return 2;
    }
  all.loop = g_main_loop_new (NULL, FALSE);
  all.by_signal = g_str_equal (argv[1], "signal");
  all.n_missing = (guint) strtoul (argv[3], NULL, 10);
  all.depth = (guint) strtoul (argv[4], NULL, 10);
  all.message = g_bytes_new_take (g_malloc0 (strtoul (argv[5], NULL, 10)),
                                  strtoul (argv[5], NULL, 10));
  all.milliseconds = (guint) (g_ascii_strtod (argv[6], NULL) * 1000);
  for (guint i = all.n_missing; i > 0; i--)
    g_ptr_array_add (sockets, open_client (argv[2]));
  g_main_loop_run (all.loop);
  return 0;
}
