/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tls-pair.h"

#include <gio/gunixinputstream.h>
#include <gio/gunixoutputstream.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support/ws-test.h"
#include "tls-rig.h"

void
tls_end_drop (TlsEnd *end)
{
  g_clear_pointer (&end->stream, ws_transport_free);
}

void
tls_end_want (TlsEnd *end)
{
  ws_transport_want (end->stream,
                     (end->ended || end->error != NULL ? 0 : G_IO_IN)
                         | (end->n_to_send > 0 ? G_IO_OUT : 0));
}

static void
write_some (TlsEnd *end)
{
  while (end->n_to_send > 0)
    {
      /* As an outbox would: a header apart from its payload. */
      gsize         head = MIN (end->n_to_send, 4);
      GOutputVector vectors[]
          = { { end->to_send, head },
              { end->to_send + head, end->n_to_send - head } };
      gssize n = ws_transport_writev (end->stream, vectors, 2, NULL);

      if (n < 0)
        {
          g_assert_cmpint (n, ==, WS_IO_AGAIN);
          return;
        }
      end->to_send += n;
      end->n_to_send -= (gsize) n;
    }
}

static void
on_ready (gpointer user_data, GIOCondition condition)
{
  TlsEnd            *end = user_data;
  g_autofree guint8 *data = g_malloc (end->read_size);
  gssize             n;

  end->n_ready++;
  if (end->free_in == TLS_FREE_IN_READY)
    {
      tls_end_drop (end);
      return;
    }

  if (condition & G_IO_OUT)
    write_some (end);
  if (condition & G_IO_IN)
    {
      n = ws_transport_read (end->stream, data, end->read_size, &end->error);
      if (n > 0)
        g_byte_array_append (end->received, data, (guint) n);
      end->ended = n == 0;
    }
  tls_end_want (end);
}

static void
on_secured (WsTransport *stream, gpointer user_data)
{
  TlsEnd *end = user_data;

  g_assert_true (stream == end->stream);
  end->n_secured++;
  if (end->free_in == TLS_FREE_IN_SECURED)
    {
      tls_end_drop (end);
      return;
    }

  ws_transport_set_ready (stream, on_ready, end);
  write_some (end);
  tls_end_want (end);
}

static void
on_paused (WsTransport *stream, gpointer user_data)
{
  TlsEnd *end = user_data;

  end->n_paused++;
  if (end->free_in == TLS_FREE_IN_PAUSED)
    tls_end_drop (end);
}

static void
on_failed (WsTransport *stream, const GError *error, gpointer user_data)
{
  TlsEnd *end = user_data;

  g_assert_nonnull (error);
  end->n_failed++;
  end->error = g_error_copy (error);
  if (end->free_in == TLS_FREE_IN_FAILED)
    tls_end_drop (end);
}

static const WsTlsStreamSink stream_sink = {
  .secured = on_secured,
  .paused = on_paused,
  .failed = on_failed,
};

/* Runs a nested loop, in which the stream must not be entered again. */
static void
on_alert (gpointer    user_data,
          gboolean    sent,
          guint       level,
          guint       type,
          const char *description)
{
  TlsEnd *end = user_data;

  end->n_alerts++;
  for (guint i = 0; i < 3; i++)
    g_main_context_iteration (NULL, FALSE);
}

static const WsTlsSessionSink session_sink = { .alert = on_alert };

/* (transfer full): over the fd, or over GIO's streams. */
static WsTransport *
wrap (int fd, gboolean as_stream)
{
  g_autoptr (WsPoller) poller = ws_poller_get (NULL);
  g_autoptr (GInputStream) input = NULL;
  g_autoptr (GOutputStream) output = NULL;
  g_autoptr (GIOStream) stream = NULL;
  WsTransport *transport;

  if (!as_stream)
    return ws_transport_new_for_fd (poller, fd);

  input = g_unix_input_stream_new (fd, TRUE);
  output = g_unix_output_stream_new (dup (fd), TRUE);
  stream = g_simple_io_stream_new (input, output);
  transport = ws_transport_new_for_stream (poller, stream, NULL);
  g_assert_nonnull (transport);
  return transport;
}

void
tls_end_init (TlsEnd           *end,
              WsTlsCredentials *credentials,
              gboolean          is_server,
              int               fd,
              gboolean          as_stream)
{
  WsTlsSessionOptions options = { .is_server = is_server,
                                  .credentials = credentials,
                                  .host = is_server ? NULL : "localhost" };
  g_autoptr (GError) error = NULL;

  *end = (TlsEnd){ .fd = fd, .read_size = 64 * 1024 };
  end->received = g_byte_array_new ();
  end->stream = ws_tls_stream_new (wrap (fd, as_stream), &options, &stream_sink,
                                   &session_sink, end, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (end->n_secured + end->n_failed + end->n_alerts, ==, 0);
}

void
tls_end_clear (TlsEnd *end)
{
  tls_end_drop (end);
  g_clear_error (&end->error);
  g_byte_array_unref (end->received);
}

void
tls_pair_make_sockets (int fds[2])
{
  int size = 8192;

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds),
                   ==, 0);
  for (guint i = 0; i < 2; i++)
    setsockopt (fds[i], SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
}

void
tls_pair_init (TlsPair *self, const TlsPairCase *c)
{
  TlsRigSide client = { .trust = c->trust, .priority = c->priority };
  TlsRigSide server = { .chain = "server-chain.pem", .key = "server.key" };
  g_autoptr (WsTlsCredentials) ours = tls_rig_credentials (FALSE, &client);
  g_autoptr (WsTlsCredentials) theirs = tls_rig_credentials (TRUE, &server);
  int fds[2];

  tls_pair_make_sockets (fds);
  tls_end_init (&self->client, ours, FALSE, fds[0], c->as_stream);
  tls_end_init (&self->server, theirs, TRUE, fds[1], c->as_stream);
}

void
tls_pair_clear (TlsPair *self)
{
  tls_end_clear (&self->client);
  tls_end_clear (&self->server);
}

void
tls_pair_open (TlsPair *self, const TlsPairCase *c)
{
  tls_pair_init (self, c);
  ws_test_until (NULL, self->client.n_secured && self->server.n_secured);
}

void
tls_end_send (TlsEnd *end, gconstpointer data, gsize len)
{
  end->to_send = data;
  end->n_to_send = len;
  write_some (end);
  tls_end_want (end);
}

void
tls_pair_assert_quiet (void)
{
  for (guint i = 0; i < 10; i++)
    g_main_context_iteration (NULL, FALSE);
  g_assert_false (g_main_context_iteration (NULL, FALSE));
}
