/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/ws-transport.h"

#include "support/ws-test.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixconnection.h>
#include <gio/gunixinputstream.h>
#include <gio/gunixoutputstream.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

/* The ways to a transport, which must not differ in what they do. */
typedef enum
{
  UNIX_FD,
  TCP_FD,
  UNIX_CONNECTION,
  TCP_CONNECTION,
  POLLABLE_STREAM,
  N_KINDS
} Kind;

static const char *const kind_names[N_KINDS] = {
  "unix-fd", "tcp-fd", "unix-connection", "tcp-connection", "pollable-stream",
};

typedef struct
{
  GMainContext *context;
  WsPoller     *poller;
  WsTransport  *transport; /* (nullable): once a test has freed it */
  GIOStream    *stream;    /* (nullable): beneath the transport */
  int           fd;        /* the transport's */
  int           peer;      /* the other end */
  guint         n_ready;
  GIOCondition  condition; /* of the last report */
  void (*on_ready) (gpointer fixture);
} Fixture;

static gboolean
is_tcp (Kind kind)
{
  return kind == TCP_FD || kind == TCP_CONNECTION;
}

static void
make_tcp_pair (int fds[2])
{
  struct sockaddr_in address = { .sin_family = AF_INET };
  socklen_t          len = sizeof address;
  int listening = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  g_assert_no_errno (
      bind (listening, (struct sockaddr *) &address, sizeof address));
  g_assert_no_errno (listen (listening, 1));
  g_assert_no_errno (
      getsockname (listening, (struct sockaddr *) &address, &len));

  fds[0] = socket (AF_INET, SOCK_STREAM, 0);
  g_assert_no_errno (
      connect (fds[0], (struct sockaddr *) &address, sizeof address));
  fds[1] = accept (listening, NULL, NULL);
  g_assert_no_errno (fds[1]);
  close (listening);
}

static GIOStream *
connection_of (int fd)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) socket = g_socket_new_from_fd (fd, &error);

  g_assert_no_error (error);
  return G_IO_STREAM (g_socket_connection_factory_create_connection (socket));
}

static GIOStream *
stream_of (int fd)
{
  int copy = dup (fd);
  g_autoptr (GInputStream) input = g_unix_input_stream_new (fd, TRUE);
  g_autoptr (GOutputStream) output = g_unix_output_stream_new (copy, TRUE);

  fcntl (fd, F_SETFL, O_NONBLOCK);
  return g_simple_io_stream_new (input, output);
}

static void
on_ready (gpointer user_data, GIOCondition condition)
{
  Fixture *fixture = user_data;

  fixture->n_ready++;
  fixture->condition = condition;
  if (fixture->on_ready != NULL)
    fixture->on_ready (fixture);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  Kind kind = (Kind) GPOINTER_TO_INT (data);
  g_autoptr (GError) error = NULL;
  int fds[2];

  fixture->context = g_main_context_new ();
  g_main_context_push_thread_default (fixture->context);
  fixture->poller = ws_poller_get (fixture->context);

  if (is_tcp (kind))
    make_tcp_pair (fds);
  else
    g_assert_no_errno (socketpair (AF_UNIX, SOCK_STREAM, 0, fds));

  fixture->fd = fds[0];
  fixture->peer = fds[1];
  fcntl (fixture->peer, F_SETFL, O_NONBLOCK);

  if (kind == UNIX_CONNECTION || kind == TCP_CONNECTION)
    fixture->stream = connection_of (fds[0]);
  else if (kind == POLLABLE_STREAM)
    fixture->stream = stream_of (fds[0]);

  fixture->transport
      = fixture->stream == NULL
            ? ws_transport_new_for_fd (fixture->poller, fds[0])
            : ws_transport_new_for_stream (fixture->poller, fixture->stream,
                                           &error);
  g_assert_no_error (error);
  ws_transport_set_ready (fixture->transport, on_ready, fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_pointer (&fixture->transport, ws_transport_free);
  if (fixture->stream != NULL)
    {
      ws_test_until (fixture->context,
                     g_io_stream_is_closed (fixture->stream)
                         && !g_io_stream_has_pending (fixture->stream));
      /* The last step of an asynchronous close drops its reference. */
      while (g_main_context_iteration (fixture->context, FALSE))
        ;
      g_assert_finalize_object (fixture->stream);
    }

  g_assert_cmpint (fcntl (fixture->fd, F_GETFD), <, 0);
  g_assert_cmpint (errno, ==, EBADF);

  if (fixture->peer >= 0)
    close (fixture->peer);
  ws_poller_unref (fixture->poller);
  g_main_context_pop_thread_default (fixture->context);
  g_main_context_unref (fixture->context);
}

static gssize
transport_read (Fixture *fixture, char *data, gsize len)
{
  g_autoptr (GError) error = NULL;
  gssize n;

  n = ws_transport_read (fixture->transport, (guint8 *) data, len, &error);
  g_assert_no_error (error);
  return n;
}

static gssize
transport_write (Fixture *fixture, const char *data, gsize len)
{
  g_autoptr (GError) error = NULL;
  GOutputVector vector = { data, len };
  gssize        n;

  n = ws_transport_writev (fixture->transport, &vector, 1, &error);
  g_assert_no_error (error);
  return n;
}

static void
wait_for (Fixture *fixture, GIOCondition condition)
{
  fixture->condition = 0;
  ws_transport_want (fixture->transport, condition);
  ws_test_until (fixture->context, fixture->condition == condition);
  ws_transport_want (fixture->transport, 0);
}

/* --- */

static void
test_read (Fixture *fixture, gconstpointer data)
{
  char buffer[16];

  g_assert_cmpint (transport_read (fixture, buffer, 16), ==, WS_IO_AGAIN);
  g_assert_cmpint (write (fixture->peer, "hello", 5), ==, 5);
  wait_for (fixture, G_IO_IN);

  g_assert_cmpint (transport_read (fixture, buffer, 3), ==, 3);
  g_assert_cmpint (transport_read (fixture, buffer + 3, 13), ==, 2);
  g_assert_cmpmem (buffer, 5, "hello", 5);
  g_assert_cmpint (transport_read (fixture, buffer, 16), ==, WS_IO_AGAIN);

  g_assert_no_errno (shutdown (fixture->peer, SHUT_WR));
  wait_for (fixture, G_IO_IN);
  g_assert_cmpint (transport_read (fixture, buffer, 16), ==, 0);
}

static void
test_writev (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  GOutputVector vectors[] = { { "one ", 4 }, { "", 0 }, { "two", 3 } };
  char          buffer[16];
  gssize        n;

  wait_for (fixture, G_IO_OUT);
  n = ws_transport_writev (fixture->transport, vectors, 3, &error);
  g_assert_no_error (error);
  g_assert_cmpint (n, ==, 7);
  g_assert_cmpint (read (fixture->peer, buffer, sizeof buffer), ==, 7);
  g_assert_cmpmem (buffer, 7, "one two", 7);
}

/* More than the kernel takes in one call. */
static void
test_many_vectors (Fixture *fixture, gconstpointer data)
{
  GOutputVector vectors[3000];
  char          buffer[4000];
  gsize         n_sent = 0;
  gsize         n_received = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    vectors[i] = (GOutputVector){ "x", 1 };

  while (n_sent < G_N_ELEMENTS (vectors))
    {
      gssize n = ws_transport_writev (fixture->transport, vectors + n_sent,
                                      (guint) (G_N_ELEMENTS (vectors) - n_sent),
                                      NULL);

      if (n > 0)
        n_sent += (gsize) n;
      else
        g_assert_cmpint (n, ==, WS_IO_AGAIN);
      n = read (fixture->peer, buffer, sizeof buffer);
      n_received += n > 0 ? (gsize) n : 0;
    }

  while (n_received < n_sent)
    {
      gssize n = read (fixture->peer, buffer, sizeof buffer);

      n_received += n > 0 ? (gsize) n : 0;
    }
  g_assert_cmpuint (n_received, ==, G_N_ELEMENTS (vectors));
}

static void
test_full (Fixture *fixture, gconstpointer data)
{
  g_autofree char *chunk = g_malloc0 (64 * 1024);
  gsize            n_sent = 0;
  gsize            n_received = 0;
  guint            n_ready;
  gssize           n;

  while ((n = transport_write (fixture, chunk, 64 * 1024)) > 0)
    n_sent += (gsize) n;
  g_assert_cmpint (n, ==, WS_IO_AGAIN);

  /* No room, no report. */
  ws_transport_want (fixture->transport, G_IO_OUT);
  n_ready = fixture->n_ready;
  g_main_context_iteration (fixture->context, FALSE);
  g_assert_cmpuint (fixture->n_ready, ==, n_ready);

  while (fixture->n_ready == n_ready || n_received < n_sent)
    {
      if (n_received < n_sent
          && (n = read (fixture->peer, chunk, 64 * 1024)) > 0)
        n_received += (gsize) n;
      g_main_context_iteration (fixture->context, FALSE);
    }

  g_assert_cmpint (fixture->condition, ==, G_IO_OUT);
  g_assert_cmpint (transport_write (fixture, "x", 1), ==, 1);
}

/* A transport ends what it sends, while the peer goes on. */
static void
test_shutdown (Fixture *fixture, gconstpointer data)
{
  char buffer[8];

  /* A simple stream has no such half-way; it closes its output. */
  transport_write (fixture, "bye", 3);
  ws_transport_shutdown (fixture->transport);
  g_assert_cmpint (read (fixture->peer, buffer, 8), ==, 3);

  if (GPOINTER_TO_INT (data) != POLLABLE_STREAM)
    g_assert_cmpint (read (fixture->peer, buffer, 8), ==, 0);

  g_assert_cmpint (write (fixture->peer, "late", 4), ==, 4);
  wait_for (fixture, G_IO_IN);
  g_assert_cmpint (transport_read (fixture, buffer, 8), ==, 4);
}

static void
assert_read_fails (Fixture *fixture, int code, const char *message)
{
  g_autoptr (GError) error = NULL;
  guint8 data[8];

  g_assert_cmpint (ws_transport_read (fixture->transport, data, 8, &error), ==,
                   WS_IO_ERROR);
  g_assert_error (error, G_IO_ERROR, code);
  if (message != NULL)
    g_assert_cmpstr (error->message, ==, message);
}

static void
reset_peer (Fixture *fixture)
{
  struct linger at_once = { .l_onoff = 1 };

  g_assert_no_errno (setsockopt (fixture->peer, SOL_SOCKET, SO_LINGER, &at_once,
                                 sizeof at_once));
  close (fixture->peer);
  fixture->peer = -1;
}

static void
test_reset (Fixture *fixture, gconstpointer data)
{
  reset_peer (fixture);
  wait_for (fixture, G_IO_IN);
  assert_read_fails (fixture, G_IO_ERROR_CONNECTION_CLOSED,
                     "Error receiving data: Connection reset by peer");
}

/* An error, not a SIGPIPE. */
static void
test_broken_pipe (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  GOutputVector vector = { "x", 1 };
  gssize        n;

  close (fixture->peer);
  fixture->peer = -1;

  /* TCP takes the first ones, until the peer's reset comes. */
  do
    n = ws_transport_writev (fixture->transport, &vector, 1, &error);
  while (n > 0);

  g_assert_cmpint (n, ==, WS_IO_ERROR);
  g_assert_nonnull (error);
  g_assert_true (error->domain == G_IO_ERROR);
  if (GPOINTER_TO_INT (data) != POLLABLE_STREAM)
    g_assert_true (g_str_has_prefix (error->message, "Error sending data: "));
}

static void
test_want (Fixture *fixture, gconstpointer data)
{
  char buffer[8];

  ws_transport_want (fixture->transport, G_IO_IN);
  g_main_context_iteration (fixture->context, FALSE);
  g_assert_cmpuint (fixture->n_ready, ==, 0);

  /* Level-triggered. */
  g_assert_cmpint (write (fixture->peer, "x", 1), ==, 1);
  ws_test_until (fixture->context, fixture->n_ready == 3);

  ws_transport_want (fixture->transport, 0);
  g_assert_false (g_main_context_iteration (fixture->context, FALSE));

  ws_transport_want (fixture->transport, G_IO_OUT);
  ws_test_until (fixture->context, fixture->condition == G_IO_OUT);
  g_assert_cmpint (transport_read (fixture, buffer, 8), ==, 1);
}

static void
free_transport (gpointer data)
{
  Fixture *fixture = data;

  g_clear_pointer (&fixture->transport, ws_transport_free);
}

static void
test_freed_inside (Fixture *fixture, gconstpointer data)
{
  char buffer[8];

  fixture->on_ready = free_transport;
  ws_transport_want (fixture->transport, G_IO_IN | G_IO_OUT);
  ws_test_until (fixture->context, fixture->transport == NULL);
  g_assert_cmpuint (fixture->n_ready, ==, 1);

  while (g_main_context_iteration (fixture->context, FALSE))
    ;
  g_assert_cmpuint (fixture->n_ready, ==, 1);
  g_assert_cmpint (read (fixture->peer, buffer, 8), ==, 0);
}

static void
wait_for_more (gpointer data)
{
  Fixture *fixture = data;
  guint    n_ready = fixture->n_ready;

  if (n_ready < 4)
    ws_test_until (fixture->context, fixture->n_ready > n_ready);
}

/* A nested loop gets the same transport's reports. */
static void
test_nested (Fixture *fixture, gconstpointer data)
{
  fixture->on_ready = wait_for_more;
  ws_transport_want (fixture->transport, G_IO_OUT);
  ws_test_until (fixture->context, fixture->n_ready > 0);
  g_assert_cmpuint (fixture->n_ready, ==, 4);
}

static int
port_of (GSocketAddress *address)
{
  g_assert_true (G_IS_INET_SOCKET_ADDRESS (address));
  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
}

static void
test_addresses (Fixture *fixture, gconstpointer data)
{
  Kind kind = (Kind) GPOINTER_TO_INT (data);
  g_autoptr (GSocketAddress) local = NULL;
  g_autoptr (GSocketAddress) remote = NULL;

  local = ws_transport_get_address (fixture->transport, FALSE);
  remote = ws_transport_get_address (fixture->transport, TRUE);

  if (kind == POLLABLE_STREAM)
    {
      g_assert_null (local);
      g_assert_null (remote);
    }
  else if (is_tcp (kind))
    {
      g_assert_cmpint (port_of (local), >, 0);
      g_assert_cmpint (port_of (remote), >, 0);
      g_assert_cmpint (port_of (local), !=, port_of (remote));
    }
  else
    {
      g_assert_cmpint (g_socket_address_get_family (local), ==,
                       G_SOCKET_FAMILY_UNIX);
    }
}

static int
get_option (int fd, int level, int option)
{
  int       value = 0;
  socklen_t len = sizeof value;

  g_assert_no_errno (getsockopt (fd, level, option, &value, &len));
  return value;
}

static void
test_options (Fixture *fixture, gconstpointer data)
{
  Kind kind = (Kind) GPOINTER_TO_INT (data);

  g_assert_true (fcntl (fixture->fd, F_GETFL) & O_NONBLOCK);
  g_assert_true (fixture->transport->klass->short_read_is_last
                 == (kind != POLLABLE_STREAM));
  if (kind == POLLABLE_STREAM)
    return;

  g_assert_true (fcntl (fixture->fd, F_GETFD) & FD_CLOEXEC);
  g_assert_cmpint (get_option (fixture->fd, SOL_SOCKET, SO_KEEPALIVE), !=, 0);
  if (is_tcp (kind))
    g_assert_cmpint (get_option (fixture->fd, IPPROTO_TCP, TCP_NODELAY), !=, 0);
}

/* Looking changes nothing; an end is something to read, too. */
static void
test_is_readable (Fixture *fixture, gconstpointer data)
{
  char buffer[8];

  g_assert_false (ws_transport_is_readable (fixture->transport));
  g_assert_cmpint (write (fixture->peer, "one", 3), ==, 3);
  wait_for (fixture, G_IO_IN);
  g_assert_true (ws_transport_is_readable (fixture->transport));
  g_assert_true (ws_transport_is_readable (fixture->transport));
  g_assert_cmpint (transport_read (fixture, buffer, 8), ==, 3);
  g_assert_false (ws_transport_is_readable (fixture->transport));
  close (fixture->peer);
  fixture->peer = -1;
  wait_for (fixture, G_IO_IN);
  g_assert_true (ws_transport_is_readable (fixture->transport));
}

static void
test_is_heard (Fixture *fixture, gconstpointer data)
{
  const gint64 far = 3600 * (gint64) G_USEC_PER_SEC;
  gint64       now = g_get_monotonic_time ();

  g_assert_true (ws_transport_is_heard (fixture->transport, now - far));
#ifdef __linux__
  g_assert_true (ws_transport_is_heard (fixture->transport, now + far)
                 != is_tcp ((Kind) GPOINTER_TO_INT (data)));
#endif
}

/* Who has reset the connection is not there any more. */
static void
test_is_heard_no_more (Fixture *fixture, gconstpointer data)
{
  reset_peer (fixture);
  wait_for (fixture, G_IO_IN);
#ifdef __linux__
  g_assert_false (ws_transport_is_heard (fixture->transport, 0));
#endif
}

static void
add_kind (Kind kind, const char *name, void (*test) (Fixture *, gconstpointer))
{
  g_autofree char *path
      = g_strdup_printf ("/net/transport/%s/%s", kind_names[kind], name);

  g_test_add (path, Fixture, GINT_TO_POINTER (kind), set_up, test, tear_down);
}

static void
add (const char *name, void (*test) (Fixture *, gconstpointer))
{
  for (int kind = 0; kind < N_KINDS; kind++)
    add_kind ((Kind) kind, name, test);
}

/* Only TCP has a reset. */
static void
add_tcp (const char *name, void (*test) (Fixture *, gconstpointer))
{
  for (int kind = 0; kind < N_KINDS; kind++)
    if (is_tcp ((Kind) kind))
      add_kind ((Kind) kind, name, test);
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);

  add ("read", test_read);
  add ("writev", test_writev);
  add ("many-vectors", test_many_vectors);
  add ("full", test_full);
  add ("shutdown", test_shutdown);
  add_tcp ("reset", test_reset);
  add ("broken-pipe", test_broken_pipe);
  add ("want", test_want);
  add ("freed-inside", test_freed_inside);
  add ("nested", test_nested);
  add ("addresses", test_addresses);
  add ("is-readable", test_is_readable);
  add ("is-heard", test_is_heard);
  add_tcp ("is-heard-no-more", test_is_heard_no_more);
  add ("options", test_options);
  return g_test_run ();
}
