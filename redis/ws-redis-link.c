/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A connection to Redis: GIO carries the bytes, hiredis reads the replies. */
#include "ws-redis-link.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <ws-glib/ws-glib.h>

#include "ws-redis-reply.h"

/* Read at a time, and in a turn. */
#define CHUNK 16384
#define TURN  (16 * CHUNK)
/* What a reply may consist of. */
#define MAX_DEPTH    7
#define MAX_ELEMENTS 1000000
/* So much more than the largest of its elements a reply may have in all: pages
 * of a history, or who is present. */
#define MAX_BESIDE (64 * 1024 * 1024)

typedef struct
{
  WsRedisReplyFunc func; /* (nullable) */
  gpointer         data;
} Waiting;

struct _WsRedisLink
{
  guint                   n_refs;
  const WsRedisLinkFuncs *funcs; /* (nullable): none once it is closed */
  gpointer                data;
  char                   *name;    /* (owned): of the host */
  GMainContext           *context; /* (owned) */
  gsize                   max_reply;
  GCancellable           *cancellable; /* (owned): of the dialling */
  GIOStream              *stream;      /* (owned) (nullable): not there yet */
  GSource                *in;          /* (owned) (nullable) */
  GSource                *out;         /* (owned) (nullable): there is output */
  redisReader            *reader;      /* (owned) */
  gsize                   n_fed;       /* since a reply was whole */
  GByteArray             *output;      /* (owned) */
  gsize                   written;     /* of @output */
  GArray                 *waiting;     /* of Waiting */
  guint                   n_answered;  /* at the beginning of @waiting */
  gboolean                is_pushing;
  gboolean                is_broken;
  gboolean                is_stuck; /* the kernel has not taken all */
  gboolean                is_alive; /* since that was asked last */
};

static WsRedisLink *
ref (WsRedisLink *self)
{
  self->n_refs++;
  return self;
}

static void
unref (WsRedisLink *self)
{
  if (--self->n_refs > 0)
    return;
  g_object_unref (self->cancellable);
  g_clear_object (&self->stream);
  redisReaderFree (self->reader);
  g_byte_array_unref (self->output);
  g_array_unref (self->waiting);
  g_main_context_unref (self->context);
  g_free (self->name);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsRedisLink, unref)

static void
stop (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

/* Takes @error. */
static void
fail (WsRedisLink *self, GError *error)
{
  if (self->funcs != NULL && !self->is_broken)
    {
      self->is_broken = TRUE;
      stop (&self->in);
      stop (&self->out);
      g_prefix_error (&error, "Redis at %s: ", self->name);
      self->funcs->broken (self->data, error);
    }
  g_error_free (error);
}

static void
fail_literal (WsRedisLink *self, WsSocketError code, const char *message)
{
  fail (self, g_error_new_literal (WS_SOCKET_ERROR, (int) code, message));
}

/* --- Output --- */

static gboolean
write_output (WsRedisLink *self)
{
  GPollableOutputStream *stream
      = G_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (self->stream));
  GError *error = NULL;
  gssize  n;

  while (self->written < self->output->len)
    {
      n = g_pollable_output_stream_write_nonblocking (
          stream, self->output->data + self->written,
          self->output->len - self->written, NULL, &error);
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        {
          g_error_free (error);
          self->is_stuck = TRUE;
          return TRUE;
        }
      if (n < 0)
        {
          fail (self, error);
          return FALSE;
        }
      self->written += (gsize) n;
      self->is_alive |= self->is_stuck;
    }
  self->is_stuck = FALSE;
  return TRUE;
}

static gboolean
on_writable (GObject *stream, gpointer data)
{
  g_autoptr (WsRedisLink) self = ref (data);

  if (!write_output (self) || self->written < self->output->len)
    return self->out != NULL;
  self->written = 0;
  if (self->output->len > CHUNK)
    {
      g_byte_array_unref (self->output);
      self->output = g_byte_array_new ();
    }
  else
    g_byte_array_set_size (self->output, 0);
  stop (&self->out);
  return G_SOURCE_REMOVE;
}

/* All that is said in an iteration goes out in the next one, together. */
static void
want_write (WsRedisLink *self)
{
  if (self->out != NULL || self->stream == NULL || self->is_broken)
    return;
  self->out = g_pollable_output_stream_create_source (
      G_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (self->stream)),
      NULL);
  g_source_set_callback (self->out, G_SOURCE_FUNC (on_writable), self, NULL);
  g_source_attach (self->out, self->context);
}

static void
append (GByteArray *output, char kind, gsize number)
{
  char      text[32];
  const int len = g_snprintf (text, sizeof text, "%c%" G_GSIZE_FORMAT "\r\n",
                              kind, number);

  g_byte_array_append (output, (const guint8 *) text, (guint) len);
}

void
ws_redis_link_send (WsRedisLink      *self,
                    const WsRedisArg *args,
                    guint             n_args,
                    WsRedisReplyFunc  func,
                    gpointer          data)
{
  const Waiting waiting = { func, data };

  append (self->output, '*', n_args);
  for (guint i = 0; i < n_args; i++)
    {
      append (self->output, '$', args[i].len);
      g_byte_array_append (self->output, args[i].data, (guint) args[i].len);
      g_byte_array_append (self->output, (const guint8 *) "\r\n", 2);
    }
  if (!self->is_pushing)
    g_array_append_val (self->waiting, waiting);
  want_write (self);
}

/* --- Input --- */

static void
hand_on (WsRedisLink *self, redisReply *reply)
{
  Waiting waiting;

  if (self->n_answered == self->waiting->len)
    {
      if (self->is_pushing)
        self->funcs->pushed (self->data, reply);
      else
        fail (self,
              ws_redis_reply_to_error (reply,
                                       "It replies to what nobody has asked"));
      return;
    }
  waiting = g_array_index (self->waiting, Waiting, self->n_answered++);
  if (self->n_answered == self->waiting->len
      || self->n_answered > CHUNK / sizeof waiting)
    {
      g_array_remove_range (self->waiting, 0, self->n_answered);
      self->n_answered = 0;
    }
  if (waiting.func != NULL)
    waiting.func (waiting.data, reply);
}

/* Hands on whatever is whole. A nested loop may read on in between. */
static gboolean
use_input (WsRedisLink *self)
{
  redisReply *reply;
  void       *found;

  while (self->funcs != NULL && !self->is_broken)
    {
      found = NULL;
      if (redisReaderGetReply (self->reader, &found) != REDIS_OK)
        {
          g_autofree char *text
              = g_strdup_printf ("What it says is not Redis' protocol: %s",
                                 self->reader->errstr);

          fail_literal (self, WS_SOCKET_ERROR_PROTOCOL, text);
          return FALSE;
        }
      if (found == NULL)
        return TRUE;
      self->n_fed = self->reader->len - self->reader->pos;
      reply = found;
      hand_on (self, reply);
      freeReplyObject (reply);
    }
  return FALSE;
}

static gboolean
feed (WsRedisLink *self, const char *bytes, gsize n)
{
  self->is_alive = TRUE;
  self->n_fed += n;
  if (self->reader->len - self->reader->pos + n > self->max_reply
      || self->n_fed > self->max_reply + MAX_BESIDE
      || redisReaderFeed (self->reader, bytes, n) != REDIS_OK)
    {
      g_autofree char *text
          = g_strdup_printf ("It says more at a time than the %" G_GSIZE_FORMAT
                             " bytes that max-queued-bytes allows",
                             self->max_reply);

      fail_literal (self, WS_SOCKET_ERROR_MESSAGE_TOO_BIG, text);
      return FALSE;
    }
  return use_input (self);
}

static void
read_input (WsRedisLink *self)
{
  GPollableInputStream *stream
      = G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (self->stream));
  char   bytes[CHUNK];
  gssize n = CHUNK;

  for (gsize read = 0; n == CHUNK && read < TURN; read += CHUNK)
    {
      GError *error = NULL;

      n = g_pollable_input_stream_read_nonblocking (stream, bytes, CHUNK, NULL,
                                                    &error);
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        g_error_free (error);
      else if (n < 0)
        fail (self, error);
      else if (n == 0)
        fail_literal (self, WS_SOCKET_ERROR_REMOTE_HOST_CLOSED,
                      "It has closed the connection");
      else if (!feed (self, bytes, (gsize) n))
        return;
    }
}

static gboolean
on_readable (GObject *stream, gpointer data)
{
  g_autoptr (WsRedisLink) self = ref (data);

  read_input (self);
  return self->in != NULL;
}

gboolean
ws_redis_link_is_alive (WsRedisLink *self)
{
  g_autoptr (WsRedisLink) link = ref (self);
  gboolean is_alive;

  if (link->stream != NULL && !link->is_broken)
    read_input (link);
  is_alive = link->is_alive;
  link->is_alive = FALSE;
  return is_alive;
}

/* --- Opening --- */

#if HIREDIS_MAJOR < 1
typedef int ElementCount;
#else
typedef size_t ElementCount;
#endif

static redisReplyObjectFunctions reply_functions;
static void *(*create_any_array) (const redisReadTask *task, ElementCount n);

/* Since hiredis 1.0 its reader takes any depth, and what frees a reply calls
 * itself for each level. */
static gboolean
is_too_deep (const redisReadTask *task)
{
  guint depth = 0;

  for (; task != NULL && depth <= MAX_DEPTH; task = task->parent)
    depth++;
  return depth > MAX_DEPTH;
}

/* Memory for all elements is taken when their number has come. */
static void *
create_array (const redisReadTask *task, ElementCount n)
{
  if (n > MAX_ELEMENTS || is_too_deep (task))
    return NULL;
  return create_any_array (task, n);
}

static redisReader *
create_reader (void)
{
  static gsize is_set;
  redisReader *reader = redisReaderCreate ();

  if (g_once_init_enter (&is_set))
    {
      reply_functions = *reader->fn;
      create_any_array = reply_functions.createArray;
      reply_functions.createArray = create_array;
      g_once_init_leave (&is_set, 1);
    }
  reader->fn = &reply_functions;
#if HIREDIS_MAJOR >= 1
  reader->maxelements = MAX_ELEMENTS;
#endif
  return reader;
}

static void
set_no_delay (GIOStream *stream)
{
  GSocket *socket;

  if (!G_IS_SOCKET_CONNECTION (stream))
    return;
  socket = g_socket_connection_get_socket (G_SOCKET_CONNECTION (stream));
  if (g_socket_get_family (socket) != G_SOCKET_FAMILY_UNIX)
    g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, 1, NULL);
}

static void
begin (WsRedisLink *self, GIOStream *stream)
{
  GSocketConnection *connection = G_SOCKET_CONNECTION (stream);

  self->stream = stream;
  /* Under TLS the socket is one below. */
  if (G_IS_TCP_WRAPPER_CONNECTION (connection))
    set_no_delay (g_tcp_wrapper_connection_get_base_io_stream (
        G_TCP_WRAPPER_CONNECTION (connection)));
  set_no_delay (stream);
  self->in = g_pollable_input_stream_create_source (
      G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (stream)), NULL);
  g_source_set_callback (self->in, G_SOURCE_FUNC (on_readable), self, NULL);
  /* A loop inside of a callback goes on hearing. */
  g_source_set_can_recurse (self->in, TRUE);
  g_source_attach (self->in, self->context);
  if (self->output->len > 0)
    want_write (self);
}

static void
on_dialled (GObject *client, GAsyncResult *result, gpointer data)
{
  g_autoptr (WsRedisLink) self = data;
  GError            *error = NULL;
  GSocketConnection *connection
      = g_socket_client_connect_finish (G_SOCKET_CLIENT (client), result,
                                        &error);

  if (self->funcs == NULL)
    {
      g_clear_object (&connection);
      g_clear_error (&error);
      return;
    }
  if (connection == NULL)
    {
      fail (self, error);
      return;
    }
  begin (self, G_IO_STREAM (connection));
}

WsRedisLink *
ws_redis_link_new (const WsRedisHost      *host,
                   gboolean                is_tls,
                   gsize                   max_reply,
                   GMainContext           *context,
                   const WsRedisLinkFuncs *funcs,
                   gpointer                data)
{
  WsRedisLink *self = g_new0 (WsRedisLink, 1);
  g_autoptr (GSocketClient) client = g_socket_client_new ();

  self->n_refs = 1;
  self->funcs = funcs;
  self->data = data;
  self->name = g_strdup (host->name);
  self->max_reply = max_reply;
  self->context = g_main_context_ref (context);
  self->cancellable = g_cancellable_new ();
  self->reader = create_reader ();
  self->output = g_byte_array_new ();
  self->waiting = g_array_new (FALSE, FALSE, sizeof (Waiting));
  g_socket_client_set_enable_proxy (client, FALSE);
  g_socket_client_set_tls (client, is_tls);
  g_main_context_push_thread_default (context);
  g_socket_client_connect_async (client, host->address, self->cancellable,
                                 on_dialled, ref (self));
  g_main_context_pop_thread_default (context);
  return self;
}

void
ws_redis_link_only_push (WsRedisLink *self)
{
  self->is_pushing = TRUE;
}

gsize
ws_redis_link_count_unanswered (WsRedisLink *self)
{
  return self->waiting->len - self->n_answered;
}

void
ws_redis_link_close (WsRedisLink *self)
{
  self->funcs = NULL;
  /* What is said last, if there is room for it. */
  if (self->stream != NULL && !self->is_broken)
    write_output (self);
  stop (&self->in);
  stop (&self->out);
  g_cancellable_cancel (self->cancellable);
  if (self->stream != NULL)
    g_io_stream_close (self->stream, NULL, NULL);
  while (self->n_answered < self->waiting->len)
    {
      Waiting waiting
          = g_array_index (self->waiting, Waiting, self->n_answered++);

      if (waiting.func != NULL)
        waiting.func (waiting.data, NULL);
    }
  unref (self);
}
