/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Carries bytes between a client and a server, and tells of the frames. */
#define _GNU_SOURCE
#include "frames-relay.h"

#include <string.h>

#define PIECE_SIZE    65536
#define MAX_HEAD_SIZE 65536

typedef struct _FramesRelay FramesRelay;

/* One direction. */
typedef struct
{
  FramesRelay  *relay; /* (unowned): lives longer */
  GInputStream *from;  /* (unowned): of a stream of the relay */
  GIOStream    *to;    /* (unowned): likewise */
  FrameLog     *log;   /* (owned) */
  GByteArray   *head;  /* (owned) (nullable): of a request that is rewritten */
  GBytes       *piece; /* (owned) (nullable): being written */
} Pump;

/* Lives until both directions have ended. */
struct _FramesRelay
{
  GIOStream    *client;      /* (owned) */
  GIOStream    *server;      /* (owned) */
  GCancellable *cancellable; /* (owned): ends what is under way */
  char         *host;        /* (owned) (nullable) */
  Pump          pumps[2];
  guint         n_running;
};

static void read_next (Pump *pump);

static void
end (Pump *pump)
{
  FramesRelay *self = pump->relay;

  frame_log_end (pump->log);
  if (--self->n_running > 0)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (self->pumps); i++)
    {
      frame_log_free (self->pumps[i].log);
      g_clear_pointer (&self->pumps[i].head, g_byte_array_unref);
      g_clear_pointer (&self->pumps[i].piece, g_bytes_unref);
    }
  g_io_stream_close_async (self->client, G_PRIORITY_DEFAULT, NULL, NULL, NULL);
  g_io_stream_close_async (self->server, G_PRIORITY_DEFAULT, NULL, NULL, NULL);
  g_object_unref (self->client);
  g_object_unref (self->server);
  g_object_unref (self->cancellable);
  g_free (self->host);
  g_free (self);
}

/* The receiver of this direction learns that no more comes; the other direction
 * goes on. */
static void
on_output_closed (GObject *stream, GAsyncResult *result, gpointer user_data)
{
  Pump    *pump = user_data;
  GSocket *to = g_socket_connection_get_socket (G_SOCKET_CONNECTION (pump->to));

  /* Closing the stream says goodbye in TLS, and nothing in TCP. */
  g_output_stream_close_finish (G_OUTPUT_STREAM (stream), result, NULL);
  g_socket_shutdown (to, FALSE, TRUE, NULL);
  end (pump);
}

static void
on_written (GObject *stream, GAsyncResult *result, gpointer user_data)
{
  Pump    *pump = user_data;
  gboolean is_written
      = g_output_stream_write_all_finish (G_OUTPUT_STREAM (stream), result,
                                          NULL, NULL);

  g_clear_pointer (&pump->piece, g_bytes_unref);
  if (is_written)
    {
      read_next (pump);
      return;
    }
  g_cancellable_cancel (pump->relay->cancellable);
  end (pump);
}

/* Takes the bytes. */
static void
pass_on (Pump *pump, GBytes *bytes)
{
  gsize         size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  pump->piece = bytes;
  frame_log_feed (pump->log, data, size);
  g_output_stream_write_all_async (g_io_stream_get_output_stream (pump->to),
                                   data, size, G_PRIORITY_DEFAULT,
                                   pump->relay->cancellable, on_written, pump);
}

/* A server may serve several hosts, and the client has asked for ours. */
static char *
replace_host (const char *head, const char *host)
{
  g_autoptr (GRegex) pattern
      = g_regex_new ("^Host:[^\r\n]*",
                     G_REGEX_CASELESS | G_REGEX_MULTILINE | G_REGEX_RAW, 0,
                     NULL);
  g_autofree char *line = g_strconcat ("Host: ", host, NULL);

  return g_regex_replace_literal (pattern, head, -1, 0, line, 0, NULL);
}

/* Takes a piece of the request. Returns all of it with the other host (owned by
 * the caller), or NULL while it is not whole. */
static GBytes *
take_head (Pump *pump, GBytes *piece)
{
  gsize         size;
  const guint8 *data = g_bytes_get_data (piece, &size);
  GByteArray   *all = pump->head;
  const guint8 *end_of_head;

  g_byte_array_append (all, data, (guint) size);
  end_of_head = memmem (all->data, all->len, "\r\n\r\n", 4);
  if (end_of_head == NULL && all->len < MAX_HEAD_SIZE)
    return NULL;
  pump->head = NULL;
  if (end_of_head == NULL)
    return g_byte_array_free_to_bytes (all);

  guint            head_size = (guint) (end_of_head - all->data);
  g_autofree char *head = g_strndup ((const char *) all->data, head_size);
  g_autofree char *changed = replace_host (head, pump->relay->host);

  g_byte_array_remove_range (all, 0, head_size);
  g_byte_array_prepend (all, (const guint8 *) changed,
                        (guint) strlen (changed));
  return g_byte_array_free_to_bytes (all);
}

static void
on_read (GObject *stream, GAsyncResult *result, gpointer user_data)
{
  Pump *pump = user_data;
  g_autoptr (GBytes) piece
      = g_input_stream_read_bytes_finish (G_INPUT_STREAM (stream), result,
                                          NULL);

  if (piece == NULL || g_bytes_get_size (piece) == 0)
    g_output_stream_close_async (g_io_stream_get_output_stream (pump->to),
                                 G_PRIORITY_DEFAULT, NULL, on_output_closed,
                                 pump);
  else if (pump->head == NULL)
    pass_on (pump, g_steal_pointer (&piece));
  else
    {
      GBytes *request = take_head (pump, piece);

      if (request != NULL)
        pass_on (pump, request);
      else
        read_next (pump);
    }
}

static void
read_next (Pump *pump)
{
  g_input_stream_read_bytes_async (pump->from, PIECE_SIZE, G_PRIORITY_DEFAULT,
                                   pump->relay->cancellable, on_read, pump);
}

static void
start_pump (FramesRelay               *self,
            guint                      number,
            GIOStream                 *from,
            GIOStream                 *to,
            const FramesRelaySettings *settings)
{
  Pump            *pump = &self->pumps[number];
  g_autofree char *mark
      = g_strconcat (settings->mark, number == 0 ? ">" : "<", NULL);

  pump->relay = self;
  pump->from = g_io_stream_get_input_stream (from);
  pump->to = to;
  pump->log = frame_log_new (mark, number == 0, TRUE, settings->max_shown,
                             settings->print, settings->user_data);
  if (number == 0 && self->host != NULL)
    pump->head = g_byte_array_new ();
  self->n_running++;
}

/* Runs until both ends have closed; takes its own references. */
void
frames_relay_start (GIOStream                 *client,
                    GIOStream                 *server,
                    const FramesRelaySettings *settings)
{
  FramesRelay *self = g_new0 (FramesRelay, 1);

  self->client = g_object_ref (client);
  self->server = g_object_ref (server);
  self->cancellable = g_cancellable_new ();
  self->host = g_strdup (settings->host);
  start_pump (self, 0, client, server, settings);
  start_pump (self, 1, server, client, settings);
  read_next (&self->pumps[0]);
  read_next (&self->pumps[1]);
}
