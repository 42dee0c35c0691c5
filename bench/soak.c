/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <ws-glib/ws-glib.h>

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* Many clients of one server connect, talk, break and come back, as a seed
 * says. Every message has a number. None may be lost on a connection that ended
 * cleanly, come twice, or before another; and at the end as much memory and as
 * many descriptors are in use as before. */

/* Of the actions of a client, which are so far apart on average. */
#define PAUSE_MS 1000
/* How much more memory there may be at the end than in the first third: what is
 * under way makes it go up and down. */
#define SLACK_KIB (16 * 1024)

static struct
{
  int      seconds;
  int      clients;
  int      seed;
  gboolean quiet;
} options = { 60, 1000, 6455, FALSE };

static const GOptionEntry entries[] = {
  { "seconds", 's', 0, G_OPTION_ARG_INT, &options.seconds, "how long", "N" },
  { "clients", 'c', 0, G_OPTION_ARG_INT, &options.clients, "how many", "N" },
  { "seed", 0, 0, G_OPTION_ARG_INT, &options.seed, "of all choices", "N" },
  { "quiet", 'q', 0, G_OPTION_ARG_NONE, &options.quiet, "no progress", NULL },
  G_OPTION_ENTRY_NULL
};

/* One connection, as both of its ends see it. */
typedef struct
{
  guint    n_refs;
  guint    serial;
  guint    n_sent;   /* by the client */
  guint    n_heard;  /* by the server */
  guint    n_echoed; /* heard by the client */
  guint    n_news;   /* heard by the client: the last number, 0: none */
  guint    n_clean;  /* ends that say so */
  guint    n_ended;  /* ends */
  gboolean is_told; /* the server has begun to close, maybe as the client did */
} Talk;

typedef struct
{
  WsSocket *socket; /* (owned) */
  Talk     *talk;   /* (owned) (nullable) */
  guint     number;
} Client;

static struct
{
  WsServer   *server;
  Client     *clients;
  GHashTable *talks; /* serial → Talk, until the server has seen it */
  GMainLoop  *loop;
  GRand      *random;
  char       *url;
  GBytes     *filling;
  guint       n_serials, n_news;
  gboolean    is_over;
  guint64     begun; /* monotonic µs */
} soak;

static struct
{
  guint64 sent, heard, echoed, news;
  guint64 opened, refused, clean, broken;
  guint64 lost, unanswered, doubled, disordered;
} count;

/* --- What is looked at --- */

static void
talk_unref (Talk *self)
{
  if (--self->n_refs == 0)
    g_free (self);
}

/* Each number is one more than the one before. */
static void
note_number (guint *last, guint number)
{
  if (number <= *last)
    count.doubled++;
  else if (number > *last + 1)
    count.disordered++;
  *last = MAX (*last, number);
}

/* If the server closes, it hears what was sent meanwhile, and cannot answer;
 * also where the client closes at the same time. */
static void
judge (const Talk *self)
{
  if (self->n_clean < 2)
    {
      count.broken++;
      return;
    }
  count.clean++;
  count.lost += self->n_sent - self->n_heard;
  if (!self->is_told)
    count.unanswered += self->n_sent - self->n_echoed;
}

static void
talk_end (Talk *self, WsSocket *socket)
{
  if (ws_socket_get_was_clean (socket))
    self->n_clean++;
  if (++self->n_ended == 2)
    judge (self);
  talk_unref (self);
}

static guint
count_descriptors (void)
{
  DIR  *folder = opendir ("/proc/self/fd");
  guint n = 0;

  while (folder != NULL && readdir (folder) != NULL)
    n++;
  if (folder != NULL)
    closedir (folder);
  return n;
}

static long
read_memory (void)
{
  g_autofree char *text = NULL;
  const char      *line;

  if (!g_file_get_contents ("/proc/self/status", &text, NULL, NULL))
    return 0;
  line = strstr (text, "VmRSS:");
  return line != NULL ? atol (line + strlen ("VmRSS:")) : 0;
}

/* --- The server --- */

static void
on_heard (WsSocket *socket, WsMessage *message, Talk *talk)
{
  gsize         len;
  const guint8 *data = ws_message_get_data (message, &len);
  guint32       number;

  memcpy (&number, data, sizeof number);
  note_number (&talk->n_heard, GUINT32_FROM_BE (number));
  count.heard++;
  (void) !ws_socket_send_message (socket, message, NULL);
}

static void
on_server_end (WsSocket *socket, Talk *talk)
{
  talk_end (talk, socket);
}

/* The path is the serial. */
static void
on_client_connected (WsServer *server, WsSocket *socket, gpointer user_data)
{
  guint serial
      = (guint) g_ascii_strtoull (ws_socket_get_resource_name (socket) + 1,
                                  NULL, 10);
  Talk *talk = g_hash_table_lookup (soak.talks, GUINT_TO_POINTER (serial));

  /* The client has given up, before it knew that it was let in. */
  if (talk == NULL)
    return;
  g_hash_table_steal (soak.talks, GUINT_TO_POINTER (serial));
  g_object_set_data (G_OBJECT (socket), "talk", talk);
  g_signal_connect (socket, "message-received", G_CALLBACK (on_heard), talk);
  g_signal_connect (socket, "disconnected", G_CALLBACK (on_server_end), talk);
}

static gboolean
on_news (gpointer user_data)
{
  const guint32 number = GUINT32_TO_BE (soak.n_news + 1);
  const char    letters[] = "news";
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GBytes) all = NULL;
  g_autoptr (WsMessage) message = NULL;

  soak.n_news++;
  g_byte_array_append (bytes, (const guint8 *) &number, sizeof number);
  g_byte_array_append (bytes, (const guint8 *) letters, sizeof letters);
  all = g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
  message = ws_message_new_binary (all);
  if (!soak.is_over)
    (void) !ws_server_broadcast (soak.server, message, NULL);
  return soak.is_over ? G_SOURCE_REMOVE : G_SOURCE_CONTINUE;
}

/* --- Clients --- */

static void
on_echo (WsSocket *socket, WsMessage *message, Client *self)
{
  gsize         len;
  const guint8 *data = ws_message_get_data (message, &len);
  guint32       number;

  memcpy (&number, data, sizeof number);
  number = GUINT32_FROM_BE (number);
  /* An echo ends as all do, or is but a number. */
  if (len > sizeof number && data[4] == 'n')
    {
      if (self->talk->n_news == 0)
        self->talk->n_news = number - 1;
      note_number (&self->talk->n_news, number);
      count.news++;
      return;
    }
  note_number (&self->talk->n_echoed, number);
  count.echoed++;
}

static void
on_connected (WsSocket *socket, Client *self)
{
  count.opened++;
}

static void
check_all_gone (void)
{
  for (int i = 0; i < options.clients; i++)
    if (ws_socket_get_state (soak.clients[i].socket) != WS_STATE_UNCONNECTED)
      return;
  if (g_list_model_get_n_items (G_LIST_MODEL (soak.server)) == 0)
    g_main_loop_quit (soak.loop);
}

/* The server has not seen those that are still in the table. */
static void
on_disconnected (WsSocket *socket, Client *self)
{
  Talk *talk = g_steal_pointer (&self->talk);

  if (g_hash_table_remove (soak.talks, GUINT_TO_POINTER (talk->serial)))
    {
      count.refused++;
      talk_unref (talk);
    }
  else
    talk_end (talk, socket);
  if (soak.is_over)
    check_all_gone ();
}

static void
open_client (Client *self)
{
  g_autofree char *url = g_strdup_printf ("%s%u", soak.url, ++soak.n_serials);
  g_autoptr (GError) error = NULL;

  self->talk = g_new0 (Talk, 1);
  self->talk->n_refs = 2;
  self->talk->serial = soak.n_serials;
  g_hash_table_insert (soak.talks, GUINT_TO_POINTER (soak.n_serials),
                       self->talk);
  if (!ws_socket_open (self->socket, url, &error))
    g_error ("%s", error->message);
}

/* Mostly small, sometimes large. */
static gsize
draw_size (void)
{
  const int kind = g_rand_int_range (soak.random, 0, 100);
  const int limit = kind < 80 ? 200 : kind < 99 ? 8000 : 150000;

  return (gsize) g_rand_int_range (soak.random, 0, limit);
}

static void
send_next (Client *self)
{
  const gsize   len = draw_size ();
  const guint32 number = GUINT32_TO_BE (self->talk->n_sent + 1);
  g_autoptr (GByteArray) bytes = g_byte_array_sized_new ((guint) len + 4);
  g_autoptr (GBytes) all = NULL;

  g_byte_array_append (bytes, (const guint8 *) &number, sizeof number);
  g_byte_array_append (bytes, g_bytes_get_data (soak.filling, NULL),
                       (guint) len);
  all = g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
  if (ws_socket_send_binary_message (self->socket, all, NULL) < 0)
    return;
  self->talk->n_sent++;
  count.sent++;
}

/* (transfer none) (nullable): the server's end of it. */
static WsSocket *
find_other_end (const Client *self)
{
  GListModel *model = G_LIST_MODEL (soak.server);
  const guint n = g_list_model_get_n_items (model);
  WsSocket   *socket;

  if (n == 0)
    return NULL;
  /* Any will do: it is somebody's. */
  socket
      = g_list_model_get_item (model, (guint) g_rand_int_range (soak.random, 0,
                                                                (gint32) n));
  if (socket != NULL)
    g_object_unref (socket);
  return socket;
}

static void
close_other_end (WsSocket *socket)
{
  Talk *talk = g_object_get_data (G_OBJECT (socket), "talk");

  if (talk != NULL && ws_socket_get_state (socket) == WS_STATE_CONNECTED)
    talk->is_told = TRUE;
  ws_socket_close (socket, 4000, "enough", NULL);
}

static void
act (Client *self)
{
  const int what = g_rand_int_range (soak.random, 0, 100);
  WsSocket *other;

  if (what < 80)
    for (int i = g_rand_int_range (soak.random, 1, 6); i > 0; i--)
      send_next (self);
  else if (what < 85)
    (void) !ws_socket_ping (self->socket, NULL, NULL);
  else if (what < 92)
    ws_socket_close (self->socket, 1000, NULL, NULL);
  else if (what < 95)
    ws_socket_abort (self->socket);
  else if ((other = find_other_end (self)) != NULL)
    {
      if (what < 98)
        close_other_end (other);
      else
        ws_socket_abort (other);
    }
}

static gboolean on_turn (gpointer user_data);

static void
plan (Client *self)
{
  g_timeout_add ((guint) g_rand_int_range (soak.random, 1, 2 * PAUSE_MS),
                 on_turn, self);
}

static gboolean
on_turn (gpointer user_data)
{
  Client *self = user_data;

  if (soak.is_over)
    return G_SOURCE_REMOVE;
  if (self->talk == NULL)
    open_client (self);
  else if (ws_socket_get_state (self->socket) == WS_STATE_CONNECTED)
    act (self);
  plan (self);
  return G_SOURCE_REMOVE;
}

/* Every fourth compresses; every fifth sends in fragments. */
static void
client_init (Client *self, guint number)
{
  self->number = number;
  self->socket = ws_socket_new ();
  if (number % 4 != 0)
    ws_socket_set_compression (self->socket, NULL);
  if (number % 5 == 0)
    ws_socket_set_outgoing_frame_size (self->socket, 1000);
  g_signal_connect (self->socket, "message-received", G_CALLBACK (on_echo),
                    self);
  g_signal_connect (self->socket, "connected", G_CALLBACK (on_connected), self);
  g_signal_connect (self->socket, "disconnected", G_CALLBACK (on_disconnected),
                    self);
  plan (self);
}

/* --- The run --- */

static void
allow_descriptors (void)
{
  struct rlimit limit;

  getrlimit (RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit (RLIMIT_NOFILE, &limit);
  if ((rlim_t) options.clients * 2 + 100 > limit.rlim_max)
    options.clients = (int) (limit.rlim_max - 100) / 2;
}

static void
start (void)
{
  g_autoptr (GInetAddress) loopback
      = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (WsDeflateOptions) deflate = ws_deflate_options_new ();
  g_autoptr (GError) error = NULL;
  guint8 *filling = g_malloc (150000);

  /* No echo looks like news, and it can be compressed. */
  for (guint i = 0; i < 150000; i++)
    filling[i] = (guint8) ('A' + i / 7 % 26);
  soak.filling = g_bytes_new_take (filling, 150000);
  soak.random = g_rand_new_with_seed ((guint32) options.seed);
  soak.talks
      = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) talk_unref);
  soak.server = ws_server_new ("soak", WS_SSL_MODE_NON_SECURE);
  ws_server_set_compression (soak.server, deflate);
  g_signal_connect (soak.server, "client-connected",
                    G_CALLBACK (on_client_connected), NULL);
  if (!ws_server_listen (soak.server, loopback, 0, &error))
    g_error ("%s", error->message);
  soak.url = g_strdup_printf ("ws://127.0.0.1:%u/",
                              (guint) ws_server_get_server_port (soak.server));
  soak.clients = g_new0 (Client, options.clients);
  for (int i = 0; i < options.clients; i++)
    client_init (&soak.clients[i], (guint) i);
  g_timeout_add (500, on_news, NULL);
}

static gboolean
on_time (gpointer user_data)
{
  g_main_loop_quit (soak.loop);
  return G_SOURCE_REMOVE;
}

static void
run_for (guint ms)
{
  g_timeout_add (ms, on_time, NULL);
  g_main_loop_run (soak.loop);
}

static void
tell (const char *when, long memory, guint descriptors)
{
  if (options.quiet)
    return;
  g_print ("# %s: %" G_GUINT64_FORMAT " opened, %" G_GUINT64_FORMAT
           " sent, %" G_GUINT64_FORMAT " echoed; %ld KiB, %u descriptors\n",
           when, count.opened, count.sent, count.echoed, memory, descriptors);
}

/* What is open is closed in order. */
static void
finish (void)
{
  const guint deadline = 60000;

  soak.is_over = TRUE;
  for (int i = 0; i < options.clients; i++)
    {
      Client *self = &soak.clients[i];

      if (self->talk == NULL)
        continue;
      ws_socket_close (self->socket, 1000, NULL, NULL);
    }
  run_for (deadline);
  for (int i = 0; i < options.clients; i++)
    g_clear_object (&soak.clients[i].socket);
  g_clear_object (&soak.server);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static guint n_tests, n_failures;

static void
expect (gboolean ok, const char *what)
{
  n_failures += ok ? 0 : 1;
  g_print ("%s %u - %s\n", ok ? "ok" : "not ok", ++n_tests, what);
}

static void
conclude (long  memory_early,
          long  memory_late,
          guint fds_before,
          guint fds_after)
{
  g_print ("# seed %d, %d clients, %.0f s: %" G_GUINT64_FORMAT
           " connections (%" G_GUINT64_FORMAT
           " ended cleanly, %" G_GUINT64_FORMAT " broke, %" G_GUINT64_FORMAT
           " did not open), %" G_GUINT64_FORMAT
           " messages sent, %" G_GUINT64_FORMAT " heard, %" G_GUINT64_FORMAT
           " echoed, %" G_GUINT64_FORMAT " news\n",
           options.seed, options.clients,
           (double) (g_get_monotonic_time () - (gint64) soak.begun) / 1e6,
           count.opened, count.clean, count.broken, count.refused, count.sent,
           count.heard, count.echoed, count.news);
  g_print ("# lost %" G_GUINT64_FORMAT ", unanswered %" G_GUINT64_FORMAT
           ", doubled %" G_GUINT64_FORMAT ", out of order %" G_GUINT64_FORMAT
           "; %ld KiB in the first third, %ld "
           "KiB at the end; %u descriptors before, %u after\n",
           count.lost, count.unanswered, count.doubled, count.disordered,
           memory_early, memory_late, fds_before, fds_after);
  expect (count.echoed > 0 && count.clean > 0 && count.broken > 0,
          "there was talk");
  expect (count.lost == 0 && count.unanswered == 0,
          "nothing is lost where the end was clean");
  expect (count.doubled == 0, "nothing comes twice");
  expect (count.disordered == 0, "nothing comes out of order");
  expect (memory_late <= memory_early + SLACK_KIB, "memory stays");
  expect (fds_after <= fds_before + 8, "no descriptor is left");
  g_print ("1..%u\n", n_tests);
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  const guint fds_before = count_descriptors ();
  long        memory_early = 0, memory_late;

  g_setenv ("GIO_USE_PROXY_RESOLVER", "dummy", TRUE);
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    g_error ("%s", error->message);
  allow_descriptors ();
  soak.begun = (guint64) g_get_monotonic_time ();
  soak.loop = g_main_loop_new (NULL, FALSE);
  start ();
  for (guint i = 1; i <= 3; i++)
    {
      run_for ((guint) options.seconds * 1000 / 9);
      memory_early = MAX (memory_early, read_memory ());
      tell ("so far", read_memory (), count_descriptors ());
    }
  for (guint i = 1; i <= 6; i++)
    {
      run_for ((guint) options.seconds * 1000 / 9);
      tell ("so far", read_memory (), count_descriptors ());
    }
  memory_late = read_memory ();
  finish ();
  conclude (memory_early, memory_late, fds_before, count_descriptors ());
  return n_failures > 0 ? 1 : 0;
}
