/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/ws-connector.h"
#include "net/ws-listener.h"
#include "net/ws-transport.h"

#include "peer.h"
#include "support/faults.h"
#include "support/ws-test.h"

#include <errno.h>
#include <gio/gio.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* Each system call of a connection, and of whoever watches it, failing. */

/* Instead of a GIOErrorEnum. */
#define FINE  (-1) /* it goes on as if nothing had been */
#define AGAIN (-2)

typedef struct
{
  GMainContext *context;
  WsPoller     *poller;
  WsTransport  *transport;
  int           fd;   /* the transport's */
  int           peer; /* the other end */
} Fixture;

static void
make_tcp_pair (int fds[2])
{
  struct sockaddr_in address = { .sin_family = AF_INET };
  socklen_t          len = sizeof address;
  int listening = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  g_assert_no_errno (bind (listening, (struct sockaddr *) &address, len));
  g_assert_no_errno (listen (listening, 1));
  g_assert_no_errno (
      getsockname (listening, (struct sockaddr *) &address, &len));
  fds[0] = socket (AF_INET, SOCK_STREAM, 0);
  g_assert_no_errno (connect (fds[0], (struct sockaddr *) &address, len));
  fds[1] = accept (listening, NULL, NULL);
  g_assert_no_errno (fds[1]);
  close (listening);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  int fds[2];

  make_tcp_pair (fds);
  fixture->context = g_main_context_new ();
  fixture->poller = ws_poller_get (fixture->context);
  fixture->fd = fds[0];
  fixture->peer = fds[1];
  fixture->transport = ws_transport_new_for_fd (fixture->poller, fixture->fd);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  ws_transport_free (fixture->transport);
  close (fixture->peer);
  ws_poller_unref (fixture->poller);
  g_main_context_unref (fixture->context);
}

/* --- Reading and writing --- */

typedef struct
{
  int code;
  int expected; /* a GIOErrorEnum, FINE or AGAIN */
} Row;

static const Row rows[] = {
  { EAGAIN, AGAIN },
  { EWOULDBLOCK, AGAIN },
  { EINTR, FINE },
  { ECONNRESET, G_IO_ERROR_CONNECTION_CLOSED },
  { EPIPE, G_IO_ERROR_BROKEN_PIPE },
  { ETIMEDOUT, G_IO_ERROR_TIMED_OUT },
  { ECONNREFUSED, G_IO_ERROR_CONNECTION_REFUSED },
  { EHOSTUNREACH, G_IO_ERROR_HOST_UNREACHABLE },
  { ENETUNREACH, G_IO_ERROR_NETWORK_UNREACHABLE },
  { ENETDOWN, G_IO_ERROR_NETWORK_UNREACHABLE },
  { ENOTCONN, G_IO_ERROR_NOT_CONNECTED },
  { EACCES, G_IO_ERROR_PERMISSION_DENIED },
  { ENOBUFS, G_IO_ERROR_FAILED },
  { ENOMEM, G_IO_ERROR_NO_SPACE },
  { EMSGSIZE, G_IO_ERROR_MESSAGE_TOO_LARGE },
  { EBADF, G_IO_ERROR_FAILED },
  { EINVAL, G_IO_ERROR_INVALID_ARGUMENT },
};

static void
check (const Row *row, gssize n, gssize len, const GError *error)
{
  if (row->expected == FINE)
    {
      g_assert_cmpint (n, ==, len);
      g_assert_no_error (error);
    }
  else if (row->expected == AGAIN)
    {
      g_assert_cmpint (n, ==, WS_IO_AGAIN);
      g_assert_no_error (error);
    }
  else
    {
      g_assert_cmpint (n, ==, WS_IO_ERROR);
      g_assert_error (error, G_IO_ERROR,
                      (int) g_io_error_from_errno (row->code));
      g_assert_nonnull (strstr (error->message, g_strerror (row->code)));
    }
}

static void
test_reading (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      guint8 buffer[2];
      g_autoptr (GError) error = NULL;
      gssize n;

      g_assert_cmpint (send (fixture->peer, "x", 1, 0), ==, 1);
      faults_arm (FAULTS_RECV, 0, 1, rows[i].code);
      n = ws_transport_read (fixture->transport, buffer, 2, &error);
      g_assert_cmpuint (faults_disarm (FAULTS_RECV), ==, 1);
      check (&rows[i], n, 1, error);
      if (rows[i].expected != FINE)
        g_assert_cmpint (ws_transport_read (fixture->transport, buffer, 2,
                                            NULL),
                         ==, 1);
    }
}

static void
test_writing (Fixture *fixture, gconstpointer data)
{
  GOutputVector vector = { "Hello", 5 };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      gssize n;

      faults_arm (FAULTS_SEND, 0, 1, rows[i].code);
      n = ws_transport_writev (fixture->transport, &vector, 1, &error);
      g_assert_cmpuint (faults_disarm (FAULTS_SEND), ==, 1);
      check (&rows[i], n, 5, error);
    }
}

/* Nothing is written any more to a peer that does not read, long before the
 * kernel keeps megabytes for it. */
static void
test_unread (Fixture *fixture, gconstpointer data)
{
#if defined(__linux__) && defined(TCP_NOTSENT_LOWAT)
  g_autofree char *chunk = g_malloc0 (1024 * 1024);
  GOutputVector    vector = { chunk, 1024 * 1024 };
  gssize           n;
  int              n_kept = 0;

  setsockopt (fixture->peer, SOL_SOCKET, SO_RCVBUF, &(int){ 4096 },
              sizeof (int));
  do
    n = ws_transport_writev (fixture->transport, &vector, 1, NULL);
  while (n > 0);
  g_assert_cmpint (n, ==, WS_IO_AGAIN);
  g_assert_no_errno (ioctl (fixture->fd, TIOCOUTQ, &n_kept));
  g_test_message ("%d bytes are kept", n_kept);
  g_assert_cmpint (n_kept, <=, 320 * 1024);
#else
  g_test_skip ("This system keeps what it likes");
#endif
}

/* --- What is only asked --- */

static void
test_asking (Fixture *fixture, gconstpointer data)
{
  const gint64 now = g_get_monotonic_time ();
  g_autoptr (GSocketAddress) address = NULL;

  g_assert_cmpint (send (fixture->peer, "x", 1, 0), ==, 1);
  faults_arm (FAULTS_POLL, 0, 1, ENOMEM);
  g_assert_false (ws_transport_is_readable (fixture->transport));
  g_assert_cmpuint (faults_disarm (FAULTS_POLL), ==, 1);
  faults_arm (FAULTS_GETSOCKOPT, 0, 1, ENOPROTOOPT);
  g_assert_true (ws_transport_is_heard (fixture->transport, now));
  g_assert_cmpuint (faults_disarm (FAULTS_GETSOCKOPT), ==, 1);
  faults_arm (FAULTS_GETSOCKNAME, 0, 1, ENOBUFS);
  g_assert_null (ws_transport_get_address (fixture->transport, FALSE));
  g_assert_cmpuint (faults_disarm (FAULTS_GETSOCKNAME), ==, 1);
  /* It was asked for at once. */
  faults_arm (FAULTS_GETPEERNAME, 0, 1, ENOTCONN);
  address = ws_transport_get_address (fixture->transport, TRUE);
  g_assert_nonnull (address);
  g_assert_cmpuint (faults_disarm (FAULTS_GETPEERNAME), ==, 0);
  faults_arm (FAULTS_SHUTDOWN, 0, 1, ENOTCONN);
  ws_transport_shutdown (fixture->transport);
  g_assert_cmpuint (faults_disarm (FAULTS_SHUTDOWN), ==, 1);
}

/* A transport whose socket cannot be set up still does its work, for no call
 * waits. */
static void
test_setting_up (Fixture *fixture, gconstpointer data)
{
  static const FaultsCall calls[]
      = { FAULTS_FCNTL, FAULTS_SETSOCKOPT, FAULTS_GETPEERNAME };

  for (guint i = 0; i < G_N_ELEMENTS (calls); i++)
    {
      guint8       byte;
      WsTransport *transport;
      int          fds[2];

      make_tcp_pair (fds);
      faults_arm (calls[i], 0, FAULTS_FOR_EVER, EBADF);
      transport = ws_transport_new_for_fd (fixture->poller, fds[0]);
      if (calls[i] == FAULTS_GETPEERNAME)
        g_assert_null (ws_transport_get_address (transport, TRUE));
      g_assert_cmpuint (faults_disarm (calls[i]), >, 0);
      g_assert_cmpint (ws_transport_read (transport, &byte, 1, NULL), ==,
                       WS_IO_AGAIN);
      g_assert_cmpint (send (fds[1], "x", 1, 0), ==, 1);
      g_assert_cmpint (ws_transport_read (transport, &byte, 1, NULL), ==, 1);
      ws_transport_free (transport);
      close (fds[1]);
    }
}

/* --- Watching --- */

static gboolean
is_fallback (void)
{
  return g_strcmp0 (g_getenv ("WS_POLLER"), "fallback") == 0;
}

/* Without an epoll set each watch has a source of its own. */
static void
test_no_epoll (void)
{
  static const int codes[] = { EMFILE, ENFILE, ENOMEM, ENOSYS };

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      g_autoptr (GMainContext) context = g_main_context_new ();
      g_autoptr (WsPoller) poller = NULL;
      Peer *peer;

      faults_arm (FAULTS_EPOLL_CREATE1, 0, 1, codes[i]);
      poller = ws_poller_get (context);
      g_assert_cmpuint (faults_disarm (FAULTS_EPOLL_CREATE1), ==,
                        !is_fallback ());
      peer = peer_new_ready (poller, peer_drain, NULL);
      ws_test_until (context, peer->n_calls == 1);
      peer_free (peer);
      g_assert_false (g_main_context_iteration (context, FALSE));
    }
}

/* What the set does not take has a source of its own: for as long as something
 * is wanted. */
static void
test_full_epoll (void)
{
  static const int codes[] = { ENOSPC, ENOMEM, EPERM };

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      g_autoptr (GMainContext) context = g_main_context_new ();
      g_autoptr (WsPoller) poller = ws_poller_get (context);
      Peer *peer, *other;

      faults_arm (FAULTS_EPOLL_CTL, 0, 1, codes[i]);
      peer = peer_new_ready (poller, peer_drain, NULL);
      g_assert_cmpuint (faults_disarm (FAULTS_EPOLL_CTL), ==, !is_fallback ());
      other = peer_new_ready (poller, peer_drain, NULL);
      ws_test_until (context, peer->n_calls == 1 && other->n_calls == 1);
      ws_watch_want (&peer->watch, G_IO_IN | G_IO_OUT);
      ws_test_until (context, peer->n_calls == 2);
      g_assert_cmpint (peer->condition, ==, G_IO_OUT);
      ws_watch_want (&peer->watch, 0);
      peer_poke (peer);
      g_assert_false (g_main_context_iteration (context, FALSE));
      ws_watch_want (&peer->watch, G_IO_IN);
      ws_test_until (context, peer->n_calls == 3);
      peer_free (peer);
      peer_free (other);
      g_assert_false (g_main_context_iteration (context, FALSE));
    }
}

/* The next turn does it. */
static void
test_failing_wait (void)
{
  static const int codes[] = { EINTR, EBADF, EINVAL };

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      g_autoptr (GMainContext) context = g_main_context_new ();
      g_autoptr (WsPoller) poller = ws_poller_get (context);
      Peer *peer = peer_new_ready (poller, peer_drain, NULL);

      faults_arm (FAULTS_EPOLL_WAIT, 0, 1, codes[i]);
      ws_test_until (context, peer->n_calls == 1);
      g_assert_cmpuint (faults_disarm (FAULTS_EPOLL_WAIT), ==, !is_fallback ());
      peer_free (peer);
    }
}

/* A child that gets no epoll set of its own goes on with what is shared. */
static void
in_child (gpointer data)
{
  Peer *peer = data;

  faults_arm (FAULTS_EPOLL_CREATE1, 0, 1, EMFILE);
  ws_test_until (ws_poller_get_context (peer->watch.poller),
                 peer->n_calls == 1);
  g_assert_cmpuint (faults_disarm (FAULTS_EPOLL_CREATE1), ==, !is_fallback ());
}

static void
test_forked (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (WsPoller) poller = ws_poller_get (context);
  Peer *peer = peer_new_ready (poller, NULL, NULL);

  ws_watch_share (&peer->watch);
  ws_test_fork (in_child, peer);
  g_assert_cmpuint (peer->n_calls, ==, 0);
  peer_free (peer);
}

/* --- Dialling --- */

typedef struct
{
  FaultsCall call;
  int        code;
} DialRow;

/* What GIO makes of a code depends on its version, and is told as it is. */
static const DialRow dialling[] = {
  { FAULTS_SOCKET, EMFILE },        { FAULTS_SOCKET, EAFNOSUPPORT },
  { FAULTS_CONNECT, ECONNREFUSED }, { FAULTS_CONNECT, ETIMEDOUT },
  { FAULTS_CONNECT, ENETUNREACH },  { FAULTS_CONNECT, EHOSTUNREACH },
  { FAULTS_CONNECT, EACCES },       { FAULTS_CONNECT, EADDRNOTAVAIL },
  { FAULTS_CONNECT, ECONNRESET },
};

static void
on_dialled (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError      *error = NULL;
  WsTransport *transport = ws_connector_dial_finish (result, &error);

  g_assert_null (transport);
  *(GError **) user_data = error;
}

/* To nobody: who fails before that does not notice. */
static void
test_dialling (void)
{
  WsConnectorTarget target
      = { .host = "127.0.0.1", .port = ws_test_dead_port () };

  for (guint i = 0; i < G_N_ELEMENTS (dialling); i++)
    {
      const DialRow *row = &dialling[i];
      g_autoptr (GMainContext) context = g_main_context_new ();
      g_autoptr (WsPoller) poller = ws_poller_get (context);
      g_autoptr (GError) error = NULL;

      faults_arm (row->call, 0, FAULTS_FOR_EVER, row->code);
      ws_connector_dial_async (poller, &target, NULL, on_dialled, &error);
      ws_test_until (context, error != NULL);
      g_assert_cmpuint (faults_disarm (row->call), >, 0);
      g_assert_error (error, G_IO_ERROR,
                      (int) g_io_error_from_errno (row->code));
    }
}

#define add(name, test)                                                    \
  g_test_add ("/net/failing-transport/" name, Fixture, NULL, set_up, test, \
              tear_down)

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);
  add ("reading", test_reading);
  add ("writing", test_writing);
  add ("unread", test_unread);
  add ("asking", test_asking);
  add ("setting-up", test_setting_up);
  g_test_add_func ("/net/failing-transport/no-epoll", test_no_epoll);
  g_test_add_func ("/net/failing-transport/full-epoll", test_full_epoll);
  g_test_add_func ("/net/failing-transport/failing-wait", test_failing_wait);
  g_test_add_func ("/net/failing-transport/forked", test_forked);
  g_test_add_func ("/net/failing-transport/dialling", test_dialling);
  return g_test_run ();
}
