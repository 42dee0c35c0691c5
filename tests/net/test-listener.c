/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/ws-listener.h"

#include "support/ws-test.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct
{
  GMainContext     *context;
  WsPoller         *poller;
  WsListener       *listener; /* (nullable): once a test has freed it */
  WsListenerOptions options;
  GArray           *accepted; /* fds */
  guint             n_failed;
  int               failure; /* the last one's code */
  void (*on_accepted) (gpointer fixture);
} Fixture;

static void
on_accepted (int fd, const WsAddress *peer, guint tag, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_array_append_val (fixture->accepted, fd);
  if (fixture->on_accepted != NULL)
    fixture->on_accepted (fixture);
}

static void
on_failed (const GError *error, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_assert_true (error->domain == G_IO_ERROR);
  g_test_message ("%s", error->message);
  fixture->failure = error->code;
  fixture->n_failed++;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->context = g_main_context_new ();
  fixture->poller = ws_poller_get (fixture->context);
  fixture->accepted = g_array_new (FALSE, FALSE, sizeof (int));
  fixture->listener
      = ws_listener_new (fixture->poller, on_accepted, on_failed, fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_pointer (&fixture->listener, ws_listener_free);
  for (guint i = 0; i < fixture->accepted->len; i++)
    close (g_array_index (fixture->accepted, int, i));
  g_array_unref (fixture->accepted);
  g_assert_false (g_main_context_iteration (fixture->context, FALSE));
  ws_poller_unref (fixture->poller);
  g_main_context_unref (fixture->context);
}

static gboolean
try_listen (Fixture *fixture, const char *host, guint port, GError **error)
{
  g_autoptr (GSocketAddress) address
      = g_inet_socket_address_new_from_string (host, port);

  return ws_listener_add_address (fixture->listener, address, &fixture->options,
                                  error);
}

static void
listen_at (Fixture *fixture, const char *host)
{
  g_autoptr (GError) error = NULL;

  try_listen (fixture, host, 0, &error);
  g_assert_no_error (error);
}

static guint16
get_port (Fixture *fixture)
{
  g_autoptr (GSocketAddress) address
      = ws_listener_get_address (fixture->listener);

  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
}

static int
dial_address (GSocketAddress *address)
{
  struct sockaddr_storage native;
  gssize                  len = g_socket_address_get_native_size (address);
  int fd = socket (g_socket_address_get_family (address), SOCK_STREAM, 0);

  g_assert_true (
      g_socket_address_to_native (address, &native, sizeof native, NULL));
  g_assert_no_errno (
      connect (fd, (struct sockaddr *) &native, (socklen_t) len));
  return fd;
}

static int
dial (const char *host, guint port)
{
  g_autoptr (GSocketAddress) address
      = g_inet_socket_address_new_from_string (host, port);

  return dial_address (address);
}

/* --- */

static void
test_accept (Fixture *fixture, gconstpointer data)
{
  int clients[3];
  int fd;

  listen_at (fixture, "127.0.0.1");
  g_assert_cmpint (get_port (fixture), >, 0);

  for (int i = 0; i < 3; i++)
    clients[i] = dial ("127.0.0.1", get_port (fixture));
  ws_test_until (fixture->context, fixture->accepted->len == 3);

  fd = g_array_index (fixture->accepted, int, 0);
  g_assert_true (fcntl (fd, F_GETFL) & O_NONBLOCK);
  g_assert_true (fcntl (fd, F_GETFD) & FD_CLOEXEC);
  for (int i = 0; i < 3; i++)
    close (clients[i]);
}

static void
test_several_addresses (Fixture *fixture, gconstpointer data)
{
  g_autofree char *dir = g_dir_make_tmp ("ws-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "socket", NULL);
  g_autoptr (GSocketAddress) unix_address = g_unix_socket_address_new (path);
  g_autoptr (GError) error = NULL;
  int clients[2];

  listen_at (fixture, "127.0.0.1");
  ws_listener_add_address (fixture->listener, unix_address, &fixture->options,
                           &error);
  g_assert_no_error (error);

  clients[0] = dial ("127.0.0.1", get_port (fixture));
  clients[1] = dial_address (unix_address);
  ws_test_until (fixture->context, fixture->accepted->len == 2);

  close (clients[0]);
  close (clients[1]);
  g_clear_pointer (&fixture->listener, ws_listener_free);
  g_assert_no_errno (g_rmdir (dir));
}

static void
test_reuse_port (Fixture *fixture, gconstpointer data)
{
  g_autoptr (WsListener) other
      = ws_listener_new (fixture->poller, on_accepted, on_failed, fixture);
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GError) error = NULL;

  fixture->options.reuse_port = TRUE;
  listen_at (fixture, "127.0.0.1");
  address = ws_listener_get_address (fixture->listener);
  g_assert_true (
      ws_listener_add_address (other, address, &fixture->options, &error));
  g_assert_no_error (error);
  fixture->options.reuse_port = FALSE;
  g_assert_false (
      ws_listener_add_address (other, address, &fixture->options, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
}

static void
test_list (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) addresses
      = g_ptr_array_new_with_free_func (g_object_unref);

  g_assert_cmpint (ws_listener_get_fd (fixture->listener), ==, -1);
  g_assert_null (ws_listener_get_address (fixture->listener));
  g_assert_false (ws_listener_speaks_ipv4 (fixture->listener));
  listen_at (fixture, "127.0.0.1");
  listen_at (fixture, "127.0.0.2");
  ws_listener_list_addresses (fixture->listener, addresses);
  g_assert_cmpuint (addresses->len, ==, 2);
  g_assert_cmpint (g_inet_socket_address_get_port (addresses->pdata[0]), ==,
                   get_port (fixture));
  g_assert_cmpint (ws_listener_get_fd (fixture->listener), >=, 0);
  g_assert_true (ws_listener_speaks_ipv4 (fixture->listener));
}

static void
test_ipv6_any_speaks_ipv4 (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  int clients[2];

  if (!try_listen (fixture, "::", 0, &error))
    {
      g_test_skip (error->message);
      return;
    }

  clients[0] = dial ("127.0.0.1", get_port (fixture));
  clients[1] = dial ("::1", get_port (fixture));
  ws_test_until (fixture->context, fixture->accepted->len == 2);
  close (clients[0]);
  close (clients[1]);
}

static void
test_address_in_use (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *name = NULL;

  listen_at (fixture, "127.0.0.1");
  name = g_strdup_printf ("127.0.0.1:%u", get_port (fixture));

  g_assert_false (
      try_listen (fixture, "127.0.0.1", get_port (fixture), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
  g_assert_nonnull (strstr (error->message, name));
  g_clear_error (&error);

  /* Of the documentation's own network: nobody has it. */
  g_assert_false (try_listen (fixture, "192.0.2.1", 0, &error));
  g_assert_nonnull (strstr (error->message, "192.0.2.1"));
}

static void
test_no_address (Fixture *fixture, gconstpointer data)
{
  g_assert_null (ws_listener_get_address (fixture->listener));
}

static void
test_adopt (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GSocket) datagram = NULL;
  g_autoptr (GSocketAddress) any
      = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GError) error = NULL;
  int client;

  socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, 0, NULL);
  g_assert_true (g_socket_bind (socket, any, TRUE, NULL));
  fcntl (g_socket_get_fd (socket), F_SETFD, 0);
  ws_listener_add_socket (fixture->listener, socket, 0, &error);
  g_assert_no_error (error);
  g_assert_true (fcntl (g_socket_get_fd (socket), F_GETFD) & FD_CLOEXEC);

  client = dial ("127.0.0.1", get_port (fixture));
  ws_test_until (fixture->context, fixture->accepted->len == 1);
  close (client);

  datagram
      = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, 0, NULL);
  g_assert_false (
      ws_listener_add_socket (fixture->listener, datagram, 0, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);

  g_clear_pointer (&fixture->listener, ws_listener_free);
  g_assert_true (g_socket_is_closed (socket));
}

static void
test_pause (Fixture *fixture, gconstpointer data)
{
  int client;

  listen_at (fixture, "127.0.0.1");
  ws_listener_set_accepting (fixture->listener, FALSE);
  client = dial ("127.0.0.1", get_port (fixture));
  g_assert_false (g_main_context_iteration (fixture->context, FALSE));

  /* One that joins a paused listener is paused as well. */
  listen_at (fixture, "127.0.0.1");
  g_assert_false (g_main_context_iteration (fixture->context, FALSE));
  g_assert_cmpuint (fixture->accepted->len, ==, 0);

  ws_listener_set_accepting (fixture->listener, TRUE);
  ws_test_until (fixture->context, fixture->accepted->len == 1);
  close (client);
}

static void
pause_listener (gpointer data)
{
  Fixture *fixture = data;

  ws_listener_set_accepting (fixture->listener, FALSE);
}

static void
free_listener (gpointer data)
{
  Fixture *fixture = data;

  g_clear_pointer (&fixture->listener, ws_listener_free);
}

static void
listen_elsewhere (gpointer data)
{
  for (int i = 0; i < 20; i++)
    listen_at (data, "127.0.0.1");
}

static const struct
{
  const char *name;
  void (*action) (gpointer fixture);
  guint n_accepted; /* of five */
} actions[] = {
  { "pause", pause_listener, 1 },
  { "free", free_listener, 1 },
  { "add", listen_elsewhere, 5 },
};

static void
test_inside (Fixture *fixture, gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  int   clients[5];

  listen_at (fixture, "127.0.0.1");
  fixture->on_accepted = actions[i].action;
  for (int j = 0; j < 5; j++)
    clients[j] = dial ("127.0.0.1", get_port (fixture));

  ws_test_until (fixture->context,
                 fixture->accepted->len >= actions[i].n_accepted);
  while (g_main_context_iteration (fixture->context, FALSE))
    ;
  g_assert_cmpuint (fixture->accepted->len, ==, actions[i].n_accepted);

  for (int j = 0; j < 5; j++)
    close (clients[j]);
}

static void
wait_for_five (gpointer data)
{
  Fixture *fixture = data;

  ws_test_until (fixture->context, fixture->accepted->len == 5);
}

static void
test_nested (Fixture *fixture, gconstpointer data)
{
  int clients[5];

  listen_at (fixture, "127.0.0.1");
  fixture->on_accepted = wait_for_five;
  for (int i = 0; i < 5; i++)
    clients[i] = dial ("127.0.0.1", get_port (fixture));

  ws_test_until (fixture->context, fixture->accepted->len == 5);
  for (int i = 0; i < 5; i++)
    close (clients[i]);
}

/* A crowd does not get in at one go: others have their turn. */
static void
test_bounded_turn (Fixture *fixture, gconstpointer data)
{
  int clients[100];

  listen_at (fixture, "127.0.0.1");
  for (int i = 0; i < 100; i++)
    clients[i] = dial ("127.0.0.1", get_port (fixture));

  g_main_context_iteration (fixture->context, FALSE);
  g_assert_cmpuint (fixture->accepted->len, >, 1);
  g_assert_cmpuint (fixture->accepted->len, <, 100);
  ws_test_until (fixture->context, fixture->accepted->len == 100);

  for (int i = 0; i < 100; i++)
    close (clients[i]);
}

/* --- Out of fds --- */

static void
limit_fds (rlim_t n_fds)
{
  struct rlimit limit;

  g_assert_no_errno (getrlimit (RLIMIT_NOFILE, &limit));
  limit.rlim_cur = n_fds;
  g_assert_no_errno (setrlimit (RLIMIT_NOFILE, &limit));
}

/* Every fd below the limit is taken. */
static void
run_out_of_fds (Fixture *fixture)
{
  g_autoptr (GArray) fillers = g_array_new (FALSE, FALSE, sizeof (int));
  int client, fd, n_iterations = 0;

  listen_at (fixture, "127.0.0.1");
  client = dial ("127.0.0.1", get_port (fixture));
  limit_fds (64);
  while ((fd = dup (0)) >= 0)
    g_array_append_val (fillers, fd);

  /* Two failures, and a rest between them instead of a spin. */
  for (; fixture->n_failed < 2; n_iterations++)
    g_main_context_iteration (fixture->context, TRUE);
  g_assert_cmpint (fixture->failure, ==, G_IO_ERROR_TOO_MANY_OPEN_FILES);
  g_assert_cmpint (n_iterations, <=, 6);
  g_assert_cmpuint (fixture->accepted->len, ==, 0);

  /* A rest is not cut short. */
  ws_listener_set_accepting (fixture->listener, FALSE);
  ws_listener_set_accepting (fixture->listener, TRUE);
  g_main_context_iteration (fixture->context, FALSE);
  g_assert_cmpuint (fixture->n_failed, ==, 2);

  for (guint i = 0; i < fillers->len; i++)
    close (g_array_index (fillers, int, i));
  ws_test_until (fixture->context, fixture->accepted->len == 1);
  close (client);
}

static void
test_out_of_fds (Fixture *fixture, gconstpointer data)
{
  if (g_test_subprocess ())
    {
      run_out_of_fds (fixture);
      return;
    }

  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
}

static void
add (const char *path, void (*test) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);

  add ("/net/listener/accept", test_accept);
  add ("/net/listener/several-addresses", test_several_addresses);
  add ("/net/listener/reuse-port", test_reuse_port);
  add ("/net/listener/list", test_list);
  add ("/net/listener/ipv6-any-speaks-ipv4", test_ipv6_any_speaks_ipv4);
  add ("/net/listener/address-in-use", test_address_in_use);
  add ("/net/listener/no-address", test_no_address);
  add ("/net/listener/adopt", test_adopt);
  add ("/net/listener/pause", test_pause);
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    {
      g_autofree char *path
          = g_strdup_printf ("/net/listener/inside/%s", actions[i].name);

      g_test_add (path, Fixture, GUINT_TO_POINTER (i), set_up, test_inside,
                  tear_down);
    }
  add ("/net/listener/nested", test_nested);
  add ("/net/listener/bounded-turn", test_bounded_turn);
  add ("/net/listener/out-of-fds", test_out_of_fds);
  return g_test_run ();
}
