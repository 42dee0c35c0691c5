/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api-test.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Sockets that somebody else has made. */

static void
assert_error (GError **error, int code, const char *part)
{
  g_assert_error (*error, WS_SOCKET_ERROR, code);
  g_assert_nonnull (strstr ((*error)->message, part));
  g_clear_error (error);
}

static GSocket *
make_socket (GSocketType type, gboolean is_bound)
{
  g_autoptr (GSocketAddress) address
      = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  GSocket *socket = g_socket_new (G_SOCKET_FAMILY_IPV4, type, 0, NULL);

  g_assert_nonnull (socket);
  if (is_bound)
    g_assert_true (g_socket_bind (socket, address, TRUE, NULL));
  return socket;
}

static void
test_adopt_socket (gconstpointer data)
{
  gboolean  listens = GPOINTER_TO_INT (data);
  WsServer *server = ws_server_new (NULL, WS_SSL_MODE_NON_SECURE);
  GSocket  *socket = make_socket (G_SOCKET_TYPE_STREAM, TRUE);
  g_autoptr (GError) error = NULL;

  if (listens)
    g_assert_true (g_socket_listen (socket, NULL));
  ws_server_listen_socket (server, socket, &error);
  g_assert_no_error (error);
  g_assert_cmpint (ws_server_get_socket_descriptor (server), ==,
                   g_socket_get_fd (socket));
  api_server_visit (server, ws_server_get_url (server));
  g_assert_false (ws_server_listen_socket (server, socket, &error));
  assert_error (&error, WS_SOCKET_ERROR_UNSUPPORTED_SOCKET_OPERATION,
                "already");
  api_server_close (server);
  g_assert_true (g_socket_is_closed (socket));
  g_assert_finalize_object (socket);
  g_assert_finalize_object (server);
}

static int
make_pipe_end (void)
{
  int fds[2];

  g_assert_no_errno (pipe (fds));
  close (fds[1]);
  return fds[0];
}

static int
make_connected (void)
{
  int fds[2];

  g_assert_no_errno (socketpair (AF_UNIX, SOCK_STREAM, 0, fds));
  close (fds[1]);
  return fds[0];
}

static int
make_datagram (void)
{
  g_autoptr (GSocket) socket = make_socket (G_SOCKET_TYPE_DATAGRAM, TRUE);

  return dup (g_socket_get_fd (socket));
}

static int
make_unbound (void)
{
  g_autoptr (GSocket) socket = make_socket (G_SOCKET_TYPE_STREAM, FALSE);

  return dup (g_socket_get_fd (socket));
}

static int
make_unbound_unix (void)
{
  return socket (AF_UNIX, SOCK_STREAM, 0);
}

static int
make_none (void)
{
  return -1;
}

static int
make_largest (void)
{
  return G_MAXINT;
}

static const struct
{
  const char *name;
  int (*make) (void);
  const char *flaw;
} flaws[] = {
  { "none", make_none, "is not open" },
  { "largest", make_largest, "is not open" },
  { "pipe", make_pipe_end, "is no socket" },
  { "datagram", make_datagram, "only a stream socket" },
  { "connected", make_connected, "bound" },
  { "unbound", make_unbound, "is not bound" },
  { "unbound-unix", make_unbound_unix, "is not bound" },
};

/* What is refused is left alone. */
static void
test_flaw (gconstpointer data)
{
  guint            i = GPOINTER_TO_UINT (data);
  WsServer        *server = ws_server_new (NULL, WS_SSL_MODE_NON_SECURE);
  int              fd = flaws[i].make ();
  g_autofree char *number = g_strdup_printf ("descriptor %d", fd);
  g_autoptr (GError) error = NULL;
  guint n_errors = 0;

  api_count (server, "server-error", &n_errors);
  g_assert_false (ws_server_set_socket_descriptor (server, fd, &error));
  g_assert_nonnull (strstr (error->message, number));
  assert_error (&error, WS_SOCKET_ERROR_UNSUPPORTED_SOCKET_OPERATION,
                flaws[i].flaw);
  g_assert_cmpuint (n_errors, ==, 1);
  g_assert_cmpint (ws_server_get_socket_descriptor (server), ==, -1);
  g_assert_false (ws_server_get_listening (server));
  if (fd >= 0 && fd < G_MAXINT)
    g_assert_no_errno (close (fd));
  g_assert_finalize_object (server);
}

/* What a server listens on already it cannot adopt. */
static void
test_own (void)
{
  WsServer *server = api_server_new ();
  int       fd = ws_server_get_socket_descriptor (server);
  g_autoptr (GError) error = NULL;

  g_assert_false (ws_server_set_socket_descriptor (server, fd, &error));
  assert_error (&error, WS_SOCKET_ERROR_UNSUPPORTED_SOCKET_OPERATION,
                "already");
  api_server_visit (server, ws_server_get_url (server));
  g_assert_finalize_object (server);
}

/* One with a peer and an address: what a unit with Accept=yes hands over. */
static void
test_connected (void)
{
  WsServer *server = ws_server_new (NULL, WS_SSL_MODE_NON_SECURE);
  g_autoptr (RawListener) listener = raw_listener_new ();
  g_autoptr (RawPeer) peer = raw_peer_connect (listener->port);
  g_autoptr (GError) error = NULL;

  g_assert_false (ws_server_set_socket_descriptor (server, peer->fd, &error));
  assert_error (&error, WS_SOCKET_ERROR_UNSUPPORTED_SOCKET_OPERATION,
                "is connected");
  g_assert_finalize_object (server);
}

/* Qt: tst_QWebSocketServer::settersAndGetters, its rows about descriptors */
static void
test_descriptor (void)
{
  WsServer *server = ws_server_new (NULL, WS_SSL_MODE_NON_SECURE);
  g_autoptr (GSocket) socket = make_socket (G_SOCKET_TYPE_STREAM, TRUE);
  int fd = dup (g_socket_get_fd (socket));

  g_assert_cmpint (ws_server_get_socket_descriptor (server), ==, -1);
  g_assert_false (ws_server_set_socket_descriptor (server, -2, NULL));
  g_assert_cmpint (ws_server_get_socket_descriptor (server), ==, -1);
  g_assert_true (ws_server_set_socket_descriptor (server, fd, NULL));
  g_assert_cmpint (ws_server_get_socket_descriptor (server), ==, fd);
  api_server_visit (server, ws_server_get_url (server));
  /* It is the server's. */
  g_assert_finalize_object (server);
  g_assert_cmpint (fcntl (fd, F_GETFD), ==, -1);
}

/* IPv6 that does not speak IPv4 is reached by IPv6. */
static void
test_ipv6_only (void)
{
  WsServer *server = ws_server_new (NULL, WS_SSL_MODE_NON_SECURE);
  g_autoptr (GSocketAddress) address
      = g_inet_socket_address_new_from_string ("::", 0);
  g_autoptr (GSocket) socket
      = g_socket_new (G_SOCKET_FAMILY_IPV6, G_SOCKET_TYPE_STREAM, 0, NULL);

  g_socket_set_option (socket, IPPROTO_IPV6, IPV6_V6ONLY, 1, NULL);
  g_assert_true (g_socket_bind (socket, address, TRUE, NULL));
  g_assert_true (ws_server_listen_socket (server, socket, NULL));
  g_assert_true (g_str_has_prefix (ws_server_get_url (server), "ws://[::1]:"));
  api_server_visit (server, ws_server_get_url (server));
  g_assert_finalize_object (server);
}

/* --- Inherited sockets: a service manager listens before we run --- */

#define SERVE "--serve-inherited"

static void
count_down (guint *n_left)
{
  --*n_left;
}

static void
echo (WsSocket *socket, const char *text)
{
  api_socket_send (socket, text);
}

static void
on_client (WsServer *server, WsSocket *client)
{
  g_signal_connect (client, "text-message-received", G_CALLBACK (echo), NULL);
}

/* What the test starts: it serves until @n_clients have come and gone. */
static int
serve_inherited (guint n_sockets, guint n_clients)
{
  WsServer *server = ws_server_new (NULL, WS_SSL_MODE_NON_SECURE);
  WsServer *second = ws_server_new (NULL, WS_SSL_MODE_NON_SECURE);
  g_autoptr (GPtrArray) addresses = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (ws_server_listen_inherited (server, &error));
  g_assert_no_error (error);
  addresses = ws_server_get_server_addresses (server);
  g_assert_cmpuint (addresses->len, ==, n_sockets);
  for (guint i = 0; i < n_sockets; i++)
    g_assert_true (fcntl (3 + (int) i, F_GETFD) & FD_CLOEXEC);
  g_assert_nonnull (g_getenv ("LISTEN_FDS"));

  g_assert_false (ws_server_listen_inherited (second, &error));
  assert_error (&error, WS_SOCKET_ERROR_UNSUPPORTED_SOCKET_OPERATION,
                "already");
  g_assert_finalize_object (second);

  g_signal_connect (server, "client-connected", G_CALLBACK (on_client), NULL);
  g_signal_connect_swapped (server, "client-disconnected",
                            G_CALLBACK (count_down), &n_clients);
  ws_test_until (NULL, n_clients == 0);
  g_assert_finalize_object (server);
  return 0;
}

static char *own_path;

/* (transfer full): sh tells the number of the process that it becomes. */
static GSubprocess *
spawn (GSubprocessLauncher *launcher, guint n_sockets, guint n_clients)
{
  g_autofree char *sockets = g_strdup_printf ("%u", n_sockets);
  g_autofree char *clients = g_strdup_printf ("%u", n_clients);
  g_autoptr (GError) error = NULL;
  GSubprocess *child;

  g_subprocess_launcher_setenv (launcher, "LISTEN_FDS", sockets, TRUE);
  child
      = g_subprocess_launcher_spawn (launcher, &error, "sh", "-c",
                                     "export LISTEN_PID=$$; exec \"$@\"", "sh",
                                     own_path, SERVE, sockets, clients, NULL);
  g_assert_no_error (error);
  return child;
}

static void
on_waited (GObject *child, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  g_subprocess_wait_check_finish (G_SUBPROCESS (child), result, &error);
  g_assert_no_error (error);
  *(gboolean *) user_data = TRUE;
}

static void
wait_for (GSubprocess *child)
{
  gboolean is_over = FALSE;

  g_subprocess_wait_check_async (child, NULL, on_waited, &is_over);
  ws_test_until (NULL, is_over);
  g_object_unref (child);
}

static void
ask (const char *url)
{
  WsSocket *client = ws_socket_new ();
  g_autoptr (SignalLog) log = NULL;

  api_socket_open (client, url);
  log = signal_log_new (client);
  api_socket_send (client, "who?");
  ws_test_until (NULL, log->words->len > 0);
  signal_log_expect (log, "text:who?");
  g_assert_finalize_object (client);
}

static char *
make_url (GSocket *socket)
{
  g_autoptr (GSocketAddress) address
      = g_socket_get_local_address (socket, NULL);

  return g_strdup_printf ("ws://127.0.0.1:%u",
                          g_inet_socket_address_get_port (
                              G_INET_SOCKET_ADDRESS (address)));
}

static void
test_inherited (void)
{
  g_autoptr (GSubprocessLauncher) launcher
      = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  g_autoptr (GSocket) first = make_socket (G_SOCKET_TYPE_STREAM, TRUE);
  g_autoptr (GSocket) second = make_socket (G_SOCKET_TYPE_STREAM, TRUE);
  g_autofree char *first_url = make_url (first);
  g_autofree char *second_url = make_url (second);
  GSubprocess     *child;

  /* One that listens, with a client in its queue perhaps, and one to be. */
  g_assert_true (g_socket_listen (first, NULL));
  g_subprocess_launcher_take_fd (launcher, dup (g_socket_get_fd (first)), 3);
  g_subprocess_launcher_take_fd (launcher, dup (g_socket_get_fd (second)), 4);
  child = spawn (launcher, 2, 2);
  ask (first_url);
  ask (second_url);
  wait_for (child);
}

/* The real thing: it says that it listens, and starts the program for the first
 * client. */
static void
test_systemd (void)
{
  g_autofree char *folder = g_dir_make_tmp ("ws-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "socket", NULL);
  g_autofree char *url = g_strdup_printf ("ws+unix:%s:/", path);
  g_autofree char *said = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GDataInputStream) stream = NULL;
  GSubprocess *child = g_subprocess_new (G_SUBPROCESS_FLAGS_STDERR_PIPE, &error,
                                         "systemd-socket-activate", "-l", path,
                                         own_path, SERVE, "1", "1", NULL);

  g_assert_no_error (error);
  stream = g_data_input_stream_new (g_subprocess_get_stderr_pipe (child));
  said = g_data_input_stream_read_line (stream, NULL, NULL, NULL);
  g_assert_nonnull (said);
  g_assert_nonnull (strstr (said, path));
  ask (url);
  wait_for (child);
  g_assert_no_errno (g_unlink (path));
  g_assert_no_errno (g_rmdir (folder));
}

static const struct
{
  const char *name;
  const char *pid; /* (nullable): this process's own */
  const char *fds; /* (nullable) */
  const char *complaint;
} environments[] = {
  { "none", "", NULL, "do not say so" },
  { "no-count", NULL, NULL, "do not say so" },
  { "zero", NULL, "0", "do not say so" },
  { "words", NULL, "three", "do not say so" },
  { "other", "1", "1", "another process" },
  { "not-open", NULL, "500", "is not open" },
};

static void
test_environment (gconstpointer data)
{
  guint            i = GPOINTER_TO_UINT (data);
  WsServer        *server = ws_server_new (NULL, WS_SSL_MODE_NON_SECURE);
  g_autofree char *own = g_strdup_printf ("%d", (int) getpid ());
  g_autoptr (GError) error = NULL;
  guint n_errors = 0;

  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, 0, 0);
      g_test_trap_assert_passed ();
      g_assert_finalize_object (server);
      return;
    }
  g_setenv ("LISTEN_PID",
            environments[i].pid != NULL ? environments[i].pid : own, TRUE);
  if (environments[i].fds != NULL)
    g_setenv ("LISTEN_FDS", environments[i].fds, TRUE);
  api_count (server, "server-error", &n_errors);
  g_assert_false (ws_server_listen_inherited (server, &error));
  assert_error (&error, WS_SOCKET_ERROR_UNSUPPORTED_SOCKET_OPERATION,
                environments[i].complaint);
  g_assert_cmpuint (n_errors, ==, 1);
  g_assert_finalize_object (server);
}

static void
add_rows (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (flaws); i++)
    {
      g_autofree char *path
          = g_strconcat ("/api/adopted/flaw/", flaws[i].name, NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_flaw);
    }
  for (guint i = 0; i < G_N_ELEMENTS (environments); i++)
    {
      g_autofree char *path = g_strconcat ("/api/adopted/environment/",
                                           environments[i].name, NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_environment);
    }
}

int
main (int argc, char **argv)
{
  if (argc == 4 && strcmp (argv[1], SERVE) == 0)
    return serve_inherited (atoi (argv[2]), atoi (argv[3]));
  own_path = argv[0];
  api_test_init (&argc, &argv);
  g_test_add_data_func ("/api/adopted/bound", GINT_TO_POINTER (FALSE),
                        test_adopt_socket);
  g_test_add_data_func ("/api/adopted/listening", GINT_TO_POINTER (TRUE),
                        test_adopt_socket);
  g_test_add_func ("/api/adopted/connected", test_connected);
  g_test_add_func ("/api/adopted/descriptor", test_descriptor);
  g_test_add_func ("/api/adopted/own", test_own);
  g_test_add_func ("/api/adopted/ipv6-only", test_ipv6_only);
  g_test_add_func ("/api/adopted/inherited", test_inherited);
  g_test_add_func ("/api/adopted/systemd", test_systemd);
  add_rows ();
  return g_test_run ();
}
