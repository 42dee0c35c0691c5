/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Many clients of a cluster: they publish numbered messages, and count what
 * comes.
 *
 *   cluster-clients URL CLIENTS MESSAGES INTERVAL
 *
 * Each client says MESSAGES numbers, with INTERVAL ms between the answer to one
 * and the next, and gets those of all. It comes back by itself, and says how
 * far it has come. What a node has answered with "ok" has to come to everybody,
 * once, and in order: the program ends with 0 only then. On its way it prints
 * "reached N" for each tenth of the work.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <ws-glib/ws-glib.h>

#define PATIENCE_MS 60000 /* for the last ones to come */

typedef struct _Client Client;
struct _Client
{
  WsSocket *socket;     /* (owned) */
  guint     number;     /* of the client */
  guint     n_said;     /* how many of its messages it has said */
  gboolean  is_waiting; /* for the answer to the last one */
  gboolean  is_subscribed;
  guint     timer; /* 0: none */
  char     *epoch; /* (owned) (nullable): as far as it has come */
  guint64   offset;
  guint8   *accepted; /* (owned): by message, of its own */
  guint8   *received; /* (owned): by message of all, how often */
  guint    *last;     /* (owned): by client, its last number */
  gint64    heard;    /* monotonic µs: when something came last */
  gint64    silence;  /* µs: the longest one */
};

static struct
{
  GMainLoop *loop;
  Client    *clients; /* (owned) */
  guint      n_clients;
  guint      n_messages; /* of each */
  guint      interval;   /* ms */
  guint      n_ready;    /* have been subscribed once */
  guint      n_over;     /* messages that were answered, or never will be */
  guint      n_told;     /* tenths */
  guint      n_accepted;
  guint      n_refused;
  guint      n_reconnections;
  guint      n_unrecovered;
  guint64    n_received;
  guint      n_doubled;
  guint      n_disordered;
  guint64    newest; /* offset */
} all;

/* --- Saying --- */

static gboolean
is_running (void)
{
  return all.n_ready == all.n_clients
         && all.n_over < all.n_clients * all.n_messages;
}

static gboolean
on_timer (gpointer data)
{
  Client          *self = data;
  g_autofree char *text
      = g_strdup_printf ("say %u.%u", self->number, self->n_said);

  self->timer = 0;
  if (!self->is_subscribed || self->is_waiting)
    return G_SOURCE_REMOVE;
  if (ws_socket_send_text_message (self->socket, text, NULL) > 0)
    {
      self->n_said++;
      self->is_waiting = TRUE;
    }
  return G_SOURCE_REMOVE;
}

static void
go_on (Client *self)
{
  if (self->timer == 0 && !self->is_waiting && self->n_said < all.n_messages
      && all.n_ready == all.n_clients)
    self->timer = g_timeout_add (all.interval, on_timer, self);
}

/* Its last message was answered, or its connection has gone. */
static void
note_over (Client *self)
{
  const guint n = all.n_clients * all.n_messages;

  if (!self->is_waiting)
    return;
  self->is_waiting = FALSE;
  all.n_over++;
  for (; all.n_over * 10 / n > all.n_told; all.n_told++)
    g_print ("reached %u\n", all.n_told + 1);
}

static void
note_ready (Client *self)
{
  const gint64 now = g_get_monotonic_time ();

  self->is_subscribed = TRUE;
  if (all.n_ready < all.n_clients && ++all.n_ready < all.n_clients)
    return;
  for (guint i = 0; i < all.n_clients; i++)
    {
      if (all.clients[i].heard == 0)
        all.clients[i].heard = now;
      go_on (&all.clients[i]);
    }
}

/* --- Hearing --- */

static void
note_silence (Client *self)
{
  const gint64 now = g_get_monotonic_time ();

  if (is_running ())
    self->silence = MAX (self->silence, now - self->heard);
  self->heard = now;
}

/* EPOCH OFFSET CLIENT.NUMBER */
static void
count (Client *self, const char *epoch, const char *offset, const char *text)
{
  char       *end;
  const guint who = (guint) g_ascii_strtoull (text, &end, 10);
  const guint n = (guint) g_ascii_strtoull (end + 1, NULL, 10);
  guint8     *place;

  if (who >= all.n_clients || n >= all.n_messages)
    return;
  note_silence (self);
  place = &self->received[who * all.n_messages + n];
  all.n_received++;
  if (++*place > 1)
    all.n_doubled++;
  else if (n + 1 < self->last[who])
    all.n_disordered++;
  self->last[who] = MAX (self->last[who], n + 1);
  if (g_strcmp0 (self->epoch, epoch) != 0)
    {
      g_free (self->epoch);
      self->epoch = g_strdup (epoch);
    }
  self->offset = g_ascii_strtoull (offset, NULL, 10);
  all.newest = MAX (all.newest, self->offset);
}

static void
note_answer (Client *self, gboolean is_accepted)
{
  if (!self->is_waiting)
    return;
  if (is_accepted)
    {
      self->accepted[self->n_said - 1] = TRUE;
      all.n_accepted++;
    }
  else
    all.n_refused++;
  note_over (self);
  go_on (self);
}

static void
note_position (Client *self, char **words)
{
  all.n_unrecovered += g_str_equal (words[1], "0");
  g_free (self->epoch);
  self->epoch = g_strdup (words[2]);
  self->offset = g_ascii_strtoull (words[3], NULL, 10);
  note_ready (self);
}

static void
on_text (WsSocket *socket, const char *text, Client *self)
{
  g_auto (GStrv) words = g_strsplit (text, " ", 4);
  const guint n = g_strv_length (words);

  if (g_str_equal (words[0], "ok") || g_str_equal (words[0], "no"))
    note_answer (self, words[0][0] == 'o');
  else if (n == 4 && g_str_equal (words[0], "at"))
    note_position (self, words);
  else if (n == 3)
    count (self, words[0], words[1], words[2]);
}

/* --- Connections --- */

static void
on_connected (WsSocket *socket, Client *self)
{
  g_autofree char *text
      = g_strdup_printf ("since %s %" G_GUINT64_FORMAT,
                         self->epoch != NULL ? self->epoch : "-", self->offset);

  (void) !ws_socket_send_text_message (socket, text, NULL);
}

static void
on_disconnected (WsSocket *socket, Client *self)
{
  if (self->is_waiting)
    all.n_refused++;
  note_over (self);
  all.n_reconnections += self->is_subscribed;
  self->is_subscribed = FALSE;
}

static void
client_begin (Client *self, guint number, const char *url)
{
  g_autoptr (WsReconnectPolicy) policy = ws_reconnect_policy_new ();
  g_autoptr (GError) error = NULL;

  g_object_set (policy, "minimum", 50, "maximum", 1000, NULL);
  self->number = number;
  self->accepted = g_new0 (guint8, all.n_messages);
  self->received = g_new0 (guint8, all.n_clients * all.n_messages);
  self->last = g_new0 (guint, all.n_clients);
  self->socket = ws_socket_new ();
  g_object_set (self->socket, "ping-interval", 2000, "ping-timeout", 5000,
                "open-timeout", 5000, NULL);
  ws_socket_set_reconnect (self->socket, policy);
  g_signal_connect (self->socket, "connected", G_CALLBACK (on_connected), self);
  g_signal_connect (self->socket, "disconnected", G_CALLBACK (on_disconnected),
                    self);
  g_signal_connect (self->socket, "text-message-received", G_CALLBACK (on_text),
                    self);
  if (!ws_socket_open (self->socket, url, &error))
    {
      g_printerr ("%s: %s\n", g_get_prgname (), error->message);
      exit (2);
    }
}

static void
client_end (Client *self)
{
  g_signal_handlers_disconnect_by_data (self->socket, self);
  ws_socket_abort (self->socket);
  g_object_unref (self->socket);
  if (self->timer != 0)
    g_source_remove (self->timer);
  g_free (self->epoch);
  g_free (self->accepted);
  g_free (self->received);
  g_free (self->last);
}

/* --- The figures --- */

static guint64
count_lost (void)
{
  guint64 n = 0;

  for (guint i = 0; i < all.n_clients; i++)
    for (guint j = 0; j < all.n_messages; j++)
      for (guint k = 0; all.clients[i].accepted[j] && k < all.n_clients; k++)
        n += all.clients[k].received[i * all.n_messages + j] == 0;
  return n;
}

static gboolean
has_all (void)
{
  for (guint i = 0; i < all.n_clients; i++)
    if (!all.clients[i].is_subscribed || all.clients[i].offset < all.newest)
      return FALSE;
  return all.n_over == all.n_clients * all.n_messages && count_lost () == 0;
}

static gboolean
on_look (gpointer data)
{
  gint64 *end = data; /* monotonic µs; 0: not over yet */

  /* Whose timer found no connection says it now. */
  for (guint i = 0; i < all.n_clients; i++)
    if (all.clients[i].is_subscribed)
      go_on (&all.clients[i]);
  if (*end == 0 && all.n_over == all.n_clients * all.n_messages)
    *end = g_get_monotonic_time () + PATIENCE_MS * G_GINT64_CONSTANT (1000);
  if (has_all () || (*end != 0 && g_get_monotonic_time () > *end))
    g_main_loop_quit (all.loop);
  return G_SOURCE_CONTINUE;
}

static gboolean
print_figures (void)
{
  const guint64 n_lost = count_lost ();
  gint64        silence = 0;

  for (guint i = 0; i < all.n_clients; i++)
    silence = MAX (silence, all.clients[i].silence);
  g_print ("clients           %u\n"
           "accepted          %u\n"
           "refused or cut    %u\n"
           "delivered         %" G_GUINT64_FORMAT "\n"
           "came back         %u\n"
           "not recovered     %u\n"
           "lost              %" G_GUINT64_FORMAT "\n"
           "doubled           %u\n"
           "out of order      %u\n"
           "longest silence   %" G_GINT64_FORMAT " ms\n",
           all.n_clients, all.n_accepted, all.n_refused, all.n_received,
           all.n_reconnections, all.n_unrecovered, n_lost, all.n_doubled,
           all.n_disordered, silence / 1000);
  return n_lost == 0 && all.n_doubled == 0 && all.n_disordered == 0
         && all.n_unrecovered == 0 && all.n_accepted > 0;
}

static void
allow_many_files (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) == 0)
    {
      limit.rlim_cur = limit.rlim_max;
      setrlimit (RLIMIT_NOFILE, &limit);
    }
}

int
main (int argc, char **argv)
{
  gint64   end = 0;
  gboolean is_well;

  if (argc != 5)
    {
      g_printerr ("usage: %s URL CLIENTS MESSAGES INTERVAL\n", argv[0]);
      return 2;
    }
  all.n_clients = (guint) strtoul (argv[2], NULL, 10);
  all.n_messages = (guint) strtoul (argv[3], NULL, 10);
  all.interval = (guint) strtoul (argv[4], NULL, 10);
  if (all.n_clients < 1 || all.n_messages < 1)
    {
      g_printerr ("%s: there is nothing to do\n", argv[0]);
      return 2;
    }
  setvbuf (stdout, NULL, _IOLBF, 0);
  allow_many_files ();
  all.loop = g_main_loop_new (NULL, FALSE);
  all.clients = g_new0 (Client, all.n_clients);
  for (guint i = 0; i < all.n_clients; i++)
    client_begin (&all.clients[i], i, argv[1]);
  guint look = g_timeout_add (100, on_look, &end);

  g_main_loop_run (all.loop);
  is_well = print_figures ();
  g_source_remove (look);
  for (guint i = 0; i < all.n_clients; i++)
    client_end (&all.clients[i]);
  g_free (all.clients);
  g_main_loop_unref (all.loop);
  return is_well ? 0 : 1;
}
