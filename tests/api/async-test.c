/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "async-test.h"

#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

guint outcome_last;

void
outcome_take (GObject *source, GAsyncResult *result, gpointer outcome)
{
  Outcome *self = outcome;

  g_assert_false (self->in_call);
  g_assert_cmpuint (self->number, ==, 0);
  self->number = ++outcome_last;
  self->value = self->finish (WS_SOCKET (source), result, &self->error);
  if (self->act != NULL)
    self->act (self->data);
}

void
outcome_clear (Outcome *self)
{
  if (self->free_value != NULL && self->value != NULL)
    self->free_value (self->value);
  g_clear_error (&self->error);
  *self = (Outcome){ 0 };
}

void
outcome_check (const Outcome *self, const char *file, int line, End end)
{
  static const int codes[] = {
    [END_NOT_CONNECTED] = WS_SOCKET_ERROR_NOT_CONNECTED,
    [END_LOST] = WS_SOCKET_ERROR_REMOTE_HOST_CLOSED,
    [END_WRONG_CONTEXT] = WS_SOCKET_ERROR_WRONG_CONTEXT,
    [END_INVALID_ARGUMENT] = WS_SOCKET_ERROR_INVALID_ARGUMENT,
    [END_BUFFER_FULL] = WS_SOCKET_ERROR_BUFFER_FULL,
    [END_OPERATION] = WS_SOCKET_ERROR_OPERATION,
    [END_INVALID_UTF8] = WS_SOCKET_ERROR_INVALID_UTF8,
    [END_TOO_BIG] = WS_SOCKET_ERROR_MESSAGE_TOO_BIG,
    [END_REFUSED] = WS_SOCKET_ERROR_CONNECTION_REFUSED,
  };
  gboolean is_right;

  g_assert_cmpuint (self->number, >, 0);
  if (end == END_WELL)
    is_right = self->error == NULL;
  else if (end == END_CANCELLED)
    is_right = g_error_matches (self->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  else
    is_right = g_error_matches (self->error, WS_SOCKET_ERROR, codes[(int) end]);
  if (!is_right)
    g_error ("%s:%d: it ended with: %s", file, line,
             self->error != NULL ? self->error->message : "no error");
}

/* --- Calls --- */

static gpointer
finish_open (WsSocket *socket, GAsyncResult *result, GError **error)
{
  return GINT_TO_POINTER (ws_socket_open_finish (socket, result, error));
}

void
begin_open (WsSocket     *socket,
            const char   *url,
            GCancellable *cancellable,
            Outcome      *outcome)
{
  outcome->finish = finish_open;
  outcome->in_call = TRUE;
  ws_socket_open_async (socket, url, cancellable, outcome_take, outcome);
  outcome->in_call = FALSE;
}

static gpointer
finish_close (WsSocket *socket, GAsyncResult *result, GError **error)
{
  return GINT_TO_POINTER (ws_socket_close_finish (socket, result, error));
}

void
begin_close (WsSocket     *socket,
             guint         code,
             GCancellable *cancellable,
             Outcome      *outcome)
{
  outcome->finish = finish_close;
  outcome->in_call = TRUE;
  ws_socket_close_async (socket, code, "bye", cancellable, outcome_take,
                         outcome);
  outcome->in_call = FALSE;
}

static gpointer
finish_ping (WsSocket *socket, GAsyncResult *result, GError **error)
{
  return GINT_TO_POINTER ((int) ws_socket_ping_finish (socket, result, error));
}

void
begin_ping (WsSocket     *socket,
            const char   *payload,
            GCancellable *cancellable,
            Outcome      *outcome)
{
  g_autoptr (GBytes) bytes
      = payload != NULL ? g_bytes_new (payload, strlen (payload)) : NULL;

  outcome->finish = finish_ping;
  outcome->in_call = TRUE;
  ws_socket_ping_async (socket, bytes, cancellable, outcome_take, outcome);
  outcome->in_call = FALSE;
}

static gpointer
finish_send (WsSocket *socket, GAsyncResult *result, GError **error)
{
  return GINT_TO_POINTER (
      ws_socket_send_message_finish (socket, result, error));
}

void
begin_send (WsSocket     *socket,
            gsize         len,
            GCancellable *cancellable,
            Outcome      *outcome)
{
  g_autoptr (GBytes) bytes = g_bytes_new_take (g_malloc0 (len), len);
  g_autoptr (WsMessage) message = ws_message_new_binary (bytes);

  outcome->finish = finish_send;
  outcome->in_call = TRUE;
  ws_socket_send_message_async (socket, message, cancellable, outcome_take,
                                outcome);
  outcome->in_call = FALSE;
}

static gpointer
finish_receive (WsSocket *socket, GAsyncResult *result, GError **error)
{
  return ws_socket_receive_message_finish (socket, result, error);
}

void
begin_receive (WsSocket *socket, GCancellable *cancellable, Outcome *outcome)
{
  outcome->finish = finish_receive;
  outcome->free_value = (GDestroyNotify) ws_message_unref;
  outcome->in_call = TRUE;
  ws_socket_receive_message_async (socket, cancellable, outcome_take, outcome);
  outcome->in_call = FALSE;
}

static gpointer
finish_receive_stream (WsSocket *socket, GAsyncResult *result, GError **error)
{
  return ws_socket_receive_stream_finish (socket, result, error);
}

void
begin_receive_stream (WsSocket     *socket,
                      GCancellable *cancellable,
                      Outcome      *outcome)
{
  outcome->finish = finish_receive_stream;
  outcome->free_value = g_object_unref;
  outcome->in_call = TRUE;
  ws_socket_receive_stream_async (socket, cancellable, outcome_take, outcome);
  outcome->in_call = FALSE;
}

static gpointer
finish_send_stream (WsSocket *socket, GAsyncResult *result, GError **error)
{
  return GINT_TO_POINTER (ws_socket_send_stream_finish (socket, result, error));
}

void
begin_send_stream (WsSocket     *socket,
                   WsMessageType type,
                   GInputStream *stream,
                   GCancellable *cancellable,
                   Outcome      *outcome)
{
  outcome->finish = finish_send_stream;
  outcome->in_call = TRUE;
  ws_socket_send_stream_async (socket, type, stream, cancellable, outcome_take,
                               outcome);
  outcome->in_call = FALSE;
}

const char *
outcome_get_text (const Outcome *self)
{
  g_assert_nonnull (self->value);
  return ws_message_get_text (self->value);
}

/* --- Floods --- */

void
settle (void)
{
  for (int i = 0; i < 5; i++)
    while (g_main_context_iteration (NULL, FALSE))
      ;
}

void
flood_init (Flood *self, RawPeer *peer)
{
  *self = (Flood){ .peer = peer, .bytes = g_byte_array_new () };
}

void
flood_clear (Flood *self)
{
  g_byte_array_unref (self->bytes);
}

void
flood_add (Flood *self, guint8 first, gsize len)
{
  guint8 header[14] = { first, self->peer->masks ? 0x80 : 0 };
  guint8 size_len = len < 126 ? 0 : len <= G_MAXUINT16 ? 2 : 8;
  guint  start;

  header[1] |= size_len == 0 ? len : size_len == 2 ? 126 : 127;
  for (int i = 0; i < size_len; i++)
    header[2 + i] = (guint8) ((guint64) len >> (8 * (size_len - 1 - i)));
  /* A mask of zero bytes changes nothing. */
  g_byte_array_append (self->bytes, header,
                       2 + size_len + (self->peer->masks ? 4 : 0));
  start = self->bytes->len;
  g_byte_array_set_size (self->bytes, start + len);
  if (len > 0)
    memset (self->bytes->data + start, 'x', len);
}

void
flood_push (Flood *self)
{
  gssize n;

  do
    {
      n = send (self->peer->fd, self->bytes->data + self->n_pushed,
                self->bytes->len - self->n_pushed, MSG_NOSIGNAL | MSG_DONTWAIT);
      if (n > 0)
        self->n_pushed += n;
      settle ();
    }
  while (n > 0);
}

static gboolean
is_address (const struct sockaddr_in *a, const struct sockaddr_in *b)
{
  return a->sin_port == b->sin_port && a->sin_addr.s_addr == b->sin_addr.s_addr;
}

/* The descriptor of the other end, which is in this process, too. */
static int
find_other_end (int fd)
{
  struct sockaddr_in here, there, name, peer;
  socklen_t          len = sizeof here;
  const long         n = sysconf (_SC_OPEN_MAX);

  g_assert_no_errno (getsockname (fd, (struct sockaddr *) &here, &len));
  g_assert_no_errno (getpeername (fd, (struct sockaddr *) &there, &len));
  for (int other = 0; other < n; other++)
    {
      socklen_t name_len = sizeof name, peer_len = sizeof peer;

      if (getsockname (other, (struct sockaddr *) &name, &name_len) == 0
          && getpeername (other, (struct sockaddr *) &peer, &peer_len) == 0
          && name.sin_family == AF_INET && is_address (&name, &there)
          && is_address (&peer, &here))
        return other;
    }
  g_assert_not_reached ();
}

/* Whether the kernel has more to send, and has sent what the peer's window has
 * room for: it takes no more then. */
static gboolean
is_stuffed (int fd)
{
  struct tcp_info info;
  socklen_t       len = sizeof info;
  int             n_unsent = 0;

  g_assert_no_errno (getsockopt (fd, IPPROTO_TCP, TCP_INFO, &info, &len));
  g_assert_no_errno (ioctl (fd, SIOCOUTQNSD, &n_unsent));
  return info.tcpi_unacked == 0 && n_unsent > 0;
}

/* A buffer whose size was set does not grow by itself. A smaller one would do
 * harm: what its window had promised room for is lost, and sent for ever. */
static void
keep_size (int fd, int option)
{
  int       size;
  socklen_t len = sizeof size;

  g_assert_no_errno (getsockopt (fd, SOL_SOCKET, option, &size, &len));
  size /= 2; /* Linux doubles what is set. */
  g_assert_no_errno (setsockopt (fd, SOL_SOCKET, option, &size, sizeof size));
}

void
fill_buffer (Half *half)
{
  guint8 chunk[64 * 1024] = { 0 };
  g_autoptr (GBytes) bytes = g_bytes_new (chunk, sizeof chunk);
  const int fd = find_other_end (half->peer->fd);
  guint64   before;

  /* The kernel shall not find room for more later. */
  keep_size (half->peer->fd, SO_RCVBUF);
  keep_size (fd, SO_SNDBUF);
  raw_peer_set_reading (half->peer, FALSE);
  do
    {
      while (ws_socket_get_bytes_to_write (half->socket) < sizeof chunk)
        {
          g_assert_cmpint (ws_socket_send_binary_message (half->socket, bytes,
                                                          NULL),
                           >, 0);
          settle ();
        }
      before = ws_socket_get_bytes_to_write (half->socket);
      while (!is_stuffed (fd)
             && ws_socket_get_bytes_to_write (half->socket) == before)
        settle ();
      settle ();
    }
  while (ws_socket_get_bytes_to_write (half->socket) != before);
  ws_socket_set_max_bytes_to_write (half->socket, before);
}

void
expect_frame (RawPeer *peer, guint8 first, gsize len)
{
  g_auto (RawFrame) frame = raw_peer_take_frame (peer);

  g_assert_cmphex (frame.first, ==, first);
  g_assert_cmpuint (frame.payload->len, ==, len);
}

static gpointer
unref (gpointer object)
{
  g_object_unref (object);
  return NULL;
}

void
unref_in_thread (gpointer object)
{
  g_thread_join (g_thread_new ("collector", unref, object));
}
