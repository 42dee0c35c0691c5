/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/ws-listener.h"

#include "support/faults.h"
#include "support/ws-test.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixinputstream.h>
#include <gio/gunixoutputstream.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <sys/socket.h>
#include <unistd.h>

/* A child of a fork, whatever it does, leaves its parent alone. */

typedef struct
{
  GMainContext *context;
  WsPoller     *poller;
  WsListener   *listener;  /* (nullable) */
  int           accepted;  /* -1: none */
  WsTransport  *transport; /* (nullable) */
  GIOStream    *stream;    /* (owned) (nullable): beneath it */
  int           peer;      /* of the transport; -1: none */
  guint         n_ready;
} Fixture;

static void
on_accepted (int fd, const WsAddress *peer, guint tag, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_assert_cmpint (fixture->accepted, <, 0);
  fixture->accepted = fd;
}

static void
on_failed (const GError *error, gpointer user_data)
{
  g_assert_not_reached ();
}

static void
on_ready (gpointer user_data, GIOCondition condition)
{
  Fixture *fixture = user_data;

  g_assert_cmpint (condition, ==, G_IO_IN);
  fixture->n_ready++;
  ws_transport_want (fixture->transport, 0);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->context = g_main_context_new ();
  fixture->poller = ws_poller_get (fixture->context);
  fixture->accepted = -1;
  fixture->peer = -1;
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  if (fixture->accepted >= 0)
    close (fixture->accepted);
  if (fixture->peer >= 0)
    close (fixture->peer);
  g_clear_pointer (&fixture->listener, ws_listener_free);
  g_clear_pointer (&fixture->transport, ws_transport_free);
  /* The next test forks; GIO's thread had better not be in the midst of it. */
  if (fixture->stream != NULL)
    ws_test_until (NULL, g_io_stream_is_closed (fixture->stream)
                             && !g_io_stream_has_pending (fixture->stream));
  g_clear_object (&fixture->stream);
  ws_poller_unref (fixture->poller);
  g_main_context_unref (fixture->context);
}

/* --- Listening sockets --- */

static void
listen_at (Fixture *fixture, GSocketAddress *address)
{
  g_autoptr (GError) error = NULL;

  fixture->listener
      = ws_listener_new (fixture->poller, on_accepted, on_failed, fixture);
  ws_listener_add_address (fixture->listener, address, NULL, &error);
  g_assert_no_error (error);
}

static void
listen_somewhere (Fixture *fixture)
{
  g_autoptr (GInetAddress) loopback
      = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, 0);

  listen_at (fixture, address);
}

static int
dial (Fixture *fixture)
{
  g_autoptr (GSocketAddress) address
      = ws_listener_get_address (fixture->listener);
  struct sockaddr_storage native;
  gssize                  len = g_socket_address_get_native_size (address);
  int                     fd = socket (g_socket_address_get_family (address),
                                       SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_true (
      g_socket_address_to_native (address, &native, sizeof native, NULL));
  g_assert_no_errno (
      connect (fd, (struct sockaddr *) &native, (socklen_t) len));
  return fd;
}

static void
accept_one (gpointer data)
{
  Fixture *fixture = data;

  ws_test_until (fixture->context, fixture->accepted >= 0);
  g_assert_cmpint (write (fixture->accepted, "x", 1), ==, 1);
}

static void
accept_and_leave (gpointer data)
{
  Fixture *fixture = data;

  accept_one (data);
  g_clear_pointer (&fixture->listener, ws_listener_free);
  ws_poller_unref (fixture->poller);
}

/* Two children serve in turn, then the parent. */
static void
test_listener (Fixture *fixture, gconstpointer data)
{
  listen_somewhere (fixture);
  for (guint i = 0; i < 3; i++)
    {
      int  fd = dial (fixture);
      char byte;

      if (i < 2)
        ws_test_fork (accept_and_leave, fixture);
      else
        accept_one (fixture);
      g_assert_cmpint (read (fd, &byte, 1), ==, 1);
      close (fd);
    }
}

static void
accept_in_grandchild (gpointer data)
{
  ws_test_fork (accept_and_leave, data);
}

/* One that becomes a daemon by forking twice. */
static void
test_grandchild (Fixture *fixture, gconstpointer data)
{
  int fd;

  listen_somewhere (fixture);
  fd = dial (fixture);
  ws_test_fork (accept_in_grandchild, fixture);
  close (fd);
}

/* What the parent does with its epoll set afterwards is not the child's. */
static void
listen_again (gpointer data)
{
  Fixture *fixture = data;

  g_clear_pointer (&fixture->listener, ws_listener_free);
  listen_somewhere (fixture);
  g_assert_cmpint (dial (fixture), >=, 0);
  accept_and_leave (data);
}

static void
test_other_listener (Fixture *fixture, gconstpointer data)
{
  listen_somewhere (fixture);
  ws_test_fork (listen_again, fixture);
  close (dial (fixture));
  ws_test_until (fixture->context, fixture->accepted >= 0);
}

static void
free_listener (gpointer data)
{
  g_clear_pointer (&((Fixture *) data)->listener, ws_listener_free);
}

/* A socket's file goes with the process that made it. */
static void
test_unix_file (Fixture *fixture, gconstpointer data)
{
  g_autofree char *dir = g_dir_make_tmp ("ws-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "socket", NULL);
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);

  listen_at (fixture, address);
  ws_test_fork (free_listener, fixture);
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  close (dial (fixture));
  free_listener (fixture);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  g_rmdir (dir);
}

/* --- Connections --- */

static void
make_stream (Fixture *fixture, int fd)
{
  g_autoptr (GInputStream) input = g_unix_input_stream_new (fd, TRUE);
  g_autoptr (GOutputStream) output = g_unix_output_stream_new (dup (fd), TRUE);
  g_autoptr (GConverter) zlib
      = G_CONVERTER (g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_RAW, -1));
  /* Says something when it is closed. */
  g_autoptr (GOutputStream) filter
      = g_converter_output_stream_new (output, zlib);
  g_autoptr (GError) error = NULL;

  fixture->stream = g_simple_io_stream_new (input, filter);
  fixture->transport
      = ws_transport_new_for_stream (fixture->poller, fixture->stream, &error);
  g_assert_no_error (error);
}

static void
make_connection (Fixture *fixture, gboolean is_stream)
{
  int fds[2];

  g_assert_no_errno (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds));
  g_assert_no_errno (fcntl (fds[0], F_SETFL, O_NONBLOCK));
  g_assert_no_errno (fcntl (fds[1], F_SETFL, O_NONBLOCK));
  fixture->peer = fds[1];
  if (is_stream)
    make_stream (fixture, fds[0]);
  else
    fixture->transport = ws_transport_new_for_fd (fixture->poller, fds[0]);
  ws_transport_set_ready (fixture->transport, on_ready, fixture);
  ws_transport_want (fixture->transport, G_IO_IN);
}

static void
assert_silence (Fixture *fixture)
{
  char byte;

  g_assert_cmpint (read (fixture->peer, &byte, 1), <, 0);
  g_assert_cmpint (errno, ==, EAGAIN);
}

static void
assert_talk (Fixture *fixture)
{
  guint8 byte;

  fixture->n_ready = 0;
  ws_transport_want (fixture->transport, G_IO_IN);
  g_assert_cmpint (write (fixture->peer, "y", 1), ==, 1);
  ws_test_until (fixture->context, fixture->n_ready == 1);
  g_assert_cmpint (ws_transport_read (fixture->transport, &byte, 1, NULL), ==,
                   1);
  g_assert_cmpint (byte, ==, 'y');
}

static void
assert_inherited (Fixture *fixture)
{
  GOutputVector vector = { "z", 1 };
  guint8        byte;
  g_autoptr (GError) error = NULL;

  g_assert_true (ws_transport_is_inherited (fixture->transport));
  g_assert_cmpint (ws_transport_read (fixture->transport, &byte, 1, &error), ==,
                   WS_IO_ERROR);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  g_clear_error (&error);
  g_assert_cmpint (ws_transport_writev (fixture->transport, &vector, 1, &error),
                   ==, WS_IO_ERROR);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  ws_transport_shutdown (fixture->transport);
}

static void
free_connection (gpointer data)
{
  Fixture *fixture = data;

  g_clear_pointer (&fixture->transport, ws_transport_free);
  if (fixture->stream != NULL)
    ws_test_until (NULL, g_io_stream_is_closed (fixture->stream)
                             && !g_io_stream_has_pending (fixture->stream));
  while (g_main_context_iteration (fixture->context, FALSE))
    ;
}

static void
use_connection (gpointer data)
{
  Fixture *fixture = data;

  /* That it is somebody else's is told, and only once. */
  ws_test_until (fixture->context, fixture->n_ready == 1);
  while (g_main_context_iteration (fixture->context, FALSE))
    ;
  g_assert_cmpuint (fixture->n_ready, ==, 1);
  assert_inherited (fixture);
  free_connection (data);
}

static void
test_connection (Fixture *fixture, gconstpointer data)
{
  make_connection (fixture, FALSE);
  g_assert_false (ws_transport_is_inherited (fixture->transport));
  ws_test_fork (use_connection, fixture);
  assert_silence (fixture);
  assert_talk (fixture);
}

static void
test_unused_connection (Fixture *fixture, gconstpointer data)
{
  make_connection (fixture, GPOINTER_TO_INT (data));
  ws_test_fork (free_connection, fixture);
  assert_silence (fixture);
  assert_talk (fixture);
}

/* A child that has no descriptor to spare. */
static void
free_in_want (Fixture *fixture)
{
  GInputStream *input = g_io_stream_get_input_stream (fixture->stream);
  int           fd = g_unix_input_stream_get_fd (G_UNIX_INPUT_STREAM (input));

  g_clear_pointer (&fixture->transport, ws_transport_free);
  g_assert_cmpint (write (fd, "x", 1), <, 0);
}

static void
free_without_sockets (gpointer data)
{
  faults_arm (FAULTS_SOCKET, 0, FAULTS_FOR_EVER, EMFILE);
  free_in_want (data);
  g_assert_cmpuint (faults_disarm (FAULTS_SOCKET), ==, 2);
}

static void
free_without_copies (gpointer data)
{
  faults_arm (FAULTS_DUP2, 0, FAULTS_FOR_EVER, EBUSY);
  free_in_want (data);
  faults_disarm (FAULTS_DUP2);
}

static void
test_poor_child (Fixture *fixture, gconstpointer data)
{
  make_connection (fixture, TRUE);
  ws_test_fork (free_without_sockets, fixture);
  ws_test_fork (free_without_copies, fixture);
  assert_silence (fixture);
  assert_talk (fixture);
}

/* In a handler, and the child goes on from there. */
static void
fork_when_ready (gpointer user_data, GIOCondition condition)
{
  Fixture *fixture = user_data;
  guint8   byte;

  g_assert_cmpint (ws_transport_read (fixture->transport, &byte, 1, NULL), ==,
                   1);
  ws_transport_set_ready (fixture->transport, on_ready, fixture);
  ws_test_fork (use_connection, fixture);
}

static void
test_fork_in_handler (Fixture *fixture, gconstpointer data)
{
  make_connection (fixture, FALSE);
  ws_transport_set_ready (fixture->transport, fork_when_ready, fixture);
  g_assert_cmpint (write (fixture->peer, "y", 1), ==, 1);
  ws_test_until (fixture->context,
                 fixture->transport->ready != fork_when_ready);
  assert_silence (fixture);
  assert_talk (fixture);
}

/* A child's own connection is not the parent's. */
static void
make_own_connection (gpointer data)
{
  Fixture *fixture = data;

  make_connection (fixture, FALSE);
  g_assert_false (ws_transport_is_inherited (fixture->transport));
  assert_talk (fixture);
  free_connection (data);
}

static void
test_own_connection (Fixture *fixture, gconstpointer data)
{
  ws_test_fork (make_own_connection, fixture);
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);

#define ADD(name, data, test)                                             \
  g_test_add ("/net/fork/" name, Fixture, GINT_TO_POINTER (data), set_up, \
              test, tear_down)
  ADD ("listener", 0, test_listener);
  ADD ("grandchild", 0, test_grandchild);
  ADD ("other-listener", 0, test_other_listener);
  ADD ("unix-file", 0, test_unix_file);
  ADD ("connection", 0, test_connection);
  ADD ("unused-connection", FALSE, test_unused_connection);
  ADD ("unused-stream", TRUE, test_unused_connection);
  ADD ("poor-child", 0, test_poor_child);
  ADD ("fork-in-handler", 0, test_fork_in_handler);
  ADD ("own-connection", 0, test_own_connection);
  return g_test_run ();
}
