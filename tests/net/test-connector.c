/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/ws-connector.h"
#include "net/ws-listener.h"

#include "list-resolver.h"
#include "support/ws-test.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct
{
  GMainContext *context;
  WsPoller     *poller;
  WsListener   *listener;
  int           accepted; /* -1: none yet */
  GCancellable *cancellable;
  WsTransport  *transport; /* (nullable): what dialling gave */
  GError       *error;     /* (nullable): likewise */
  guint         n_done;
  gboolean      is_dialling; /* inside of ws_connector_dial_async() */
  guint         events;      /* seen, as bits */
  GAsyncResult *result;      /* (nullable) */
  gboolean      cancels_at_event;
} Fixture;

static void
on_accepted (int fd, const WsAddress *peer, guint tag, gpointer user_data)
{
  ((Fixture *) user_data)->accepted = fd;
}

static void
on_failed (const GError *error, gpointer user_data)
{
  g_assert_not_reached ();
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->context = g_main_context_new ();
  fixture->poller = ws_poller_get (fixture->context);
  fixture->accepted = -1;
  fixture->cancellable = g_cancellable_new ();
  fixture->listener
      = ws_listener_new (fixture->poller, on_accepted, on_failed, fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpuint (fixture->n_done, ==, 1);
  g_clear_pointer (&fixture->transport, ws_transport_free);
  g_clear_error (&fixture->error);
  g_clear_object (&fixture->result);
  if (fixture->accepted >= 0)
    close (fixture->accepted);
  ws_listener_free (fixture->listener);
  while (g_main_context_iteration (fixture->context, FALSE))
    ;
  g_object_unref (fixture->cancellable); /* GIO's resolver may hold it yet */
  ws_poller_unref (fixture->poller);
  g_main_context_unref (fixture->context);
}

/* (transfer full): of @path, or of a port on the loopback. */
static GSocketAddress *
start_listening (Fixture *fixture, const char *path)
{
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GError) error = NULL;

  address = path != NULL
                ? g_unix_socket_address_new (path)
                : g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  ws_listener_add_address (fixture->listener, address, 0, &error);
  g_assert_no_error (error);
  return ws_listener_get_address (fixture->listener);
}

static guint16
start_listening_at_port (Fixture *fixture)
{
  g_autoptr (GSocketAddress) address = start_listening (fixture, NULL);

  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
}

static void
on_progress (GSocketClientEvent event, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_assert_true (g_main_context_is_owner (fixture->context));
  g_assert_false (g_cancellable_is_cancelled (fixture->cancellable));
  fixture->events |= 1U << event;
  if (fixture->cancels_at_event)
    g_cancellable_cancel (fixture->cancellable);
}

static void
on_dialled (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_assert_false (fixture->is_dialling);
  g_assert_true (g_main_context_is_owner (fixture->context));
  fixture->transport = ws_connector_dial_finish (result, &fixture->error);
  g_assert_true ((fixture->transport == NULL) == (fixture->error != NULL));
  fixture->result = g_object_ref (result);
  fixture->n_done++;
}

static void
start_dialling (Fixture *fixture, const WsConnectorTarget *target)
{
  WsConnectorTarget copy = *target;

  copy.progress = on_progress;
  fixture->is_dialling = TRUE;
  ws_connector_dial_async (fixture->poller, &copy, fixture->cancellable,
                           on_dialled, fixture);
  fixture->is_dialling = FALSE;
}

static void
dial (Fixture *fixture, const WsConnectorTarget *target)
{
  start_dialling (fixture, target);
  ws_test_until (fixture->context, fixture->n_done == 1);
}

static gboolean
has_seen (Fixture *fixture, GSocketClientEvent event)
{
  return (fixture->events & (1U << event)) != 0;
}

static void
assert_connected (Fixture *fixture)
{
  GOutputVector vector = { "hello", 5 };
  char          data[8];

  g_assert_no_error (fixture->error);
  g_assert_true (fixture->transport->poller == fixture->poller);
  ws_test_until (fixture->context, fixture->accepted >= 0);
  g_assert_cmpint (ws_transport_writev (fixture->transport, &vector, 1, NULL),
                   ==, 5);
  while (read (fixture->accepted, data, sizeof data) != 5)
    ;
  g_assert_cmpmem (data, 5, "hello", 5);
}

/* --- */

static void
test_address (Fixture *fixture, gconstpointer data)
{
  WsConnectorTarget target
      = { .host = "127.0.0.1", .port = start_listening_at_port (fixture) };
  g_autoptr (GSocketAddress) remote = NULL;

  dial (fixture, &target);
  assert_connected (fixture);
  g_assert_true (has_seen (fixture, G_SOCKET_CLIENT_CONNECTING));
  g_assert_true (has_seen (fixture, G_SOCKET_CLIENT_CONNECTED));
  g_assert_true (fixture->transport->klass->short_read_is_last);

  remote = ws_transport_get_address (fixture->transport, TRUE);
  g_assert_cmpint (g_inet_socket_address_get_port (
                       G_INET_SOCKET_ADDRESS (remote)),
                   ==, target.port);
}

static void
test_name (Fixture *fixture, gconstpointer data)
{
  WsConnectorTarget target = { .host = "localhost",
                               .port = start_listening_at_port (fixture),
                               .secure = TRUE };

  dial (fixture, &target);
  assert_connected (fixture);
  g_assert_true (has_seen (fixture, G_SOCKET_CLIENT_RESOLVING));
  g_assert_true (has_seen (fixture, G_SOCKET_CLIENT_RESOLVED));
  g_assert_true (has_seen (fixture, G_SOCKET_CLIENT_CONNECTING));
}

static void
test_unix (Fixture *fixture, gconstpointer data)
{
  g_autofree char  *dir = g_dir_make_tmp ("ws-XXXXXX", NULL);
  g_autofree char  *path = g_build_filename (dir, "socket", NULL);
  WsConnectorTarget target = { .unix_path = path };

  g_object_unref (start_listening (fixture, path));
  dial (fixture, &target);
  assert_connected (fixture);
  g_unlink (path);
  g_rmdir (dir);
}

/* GIO itself would cut the path short. */
static void
test_unix_path_too_long (Fixture *fixture, gconstpointer data)
{
  g_autofree char  *fill = g_strnfill (300, '\n');
  g_autofree char  *path = g_strconcat ("/run/\303\244", fill, NULL);
  WsConnectorTarget target = { .unix_path = path };

  dial (fixture, &target);
  g_assert_error (fixture->error, G_IO_ERROR, G_IO_ERROR_FILENAME_TOO_LONG);
  g_assert_nonnull (
      strstr (fixture->error->message, "path \"/run/\303\244%0A%0A"));
  g_assert_nonnull (strstr (fixture->error->message, "...\" has 307 bytes"));
  g_assert_cmpuint (strlen (fixture->error->message), <, 300);
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  WsConnectorTarget target
      = { .host = "127.0.0.1", .port = ws_test_dead_port () };

  dial (fixture, &target);
  g_assert_error (fixture->error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
  g_assert_false (has_seen (fixture, G_SOCKET_CLIENT_CONNECTED));
}

static void
test_unix_missing (Fixture *fixture, gconstpointer data)
{
  WsConnectorTarget target = { .unix_path = "/nonexistent/socket" };

  dial (fixture, &target);
  g_assert_error (fixture->error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

static void
test_unknown_host (Fixture *fixture, gconstpointer data)
{
  WsConnectorTarget target = { .host = "nonexistent.invalid", .port = 80 };

  dial (fixture, &target);
  g_assert_nonnull (fixture->error);
  g_assert_true (fixture->error->domain == G_RESOLVER_ERROR);
  g_assert_true (has_seen (fixture, G_SOCKET_CLIENT_RESOLVING));
  g_assert_false (has_seen (fixture, G_SOCKET_CLIENT_CONNECTING));
}

/* --- Cancellation --- */

static void
test_cancelled_before (Fixture *fixture, gconstpointer data)
{
  WsConnectorTarget target
      = { .host = "127.0.0.1", .port = start_listening_at_port (fixture) };

  g_cancellable_cancel (fixture->cancellable);
  dial (fixture, &target);
  g_assert_error (fixture->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (fixture->events, ==, 0);
}

static void
test_cancelled_at_event (Fixture *fixture, gconstpointer data)
{
  WsConnectorTarget target
      = { .host = "127.0.0.1", .port = start_listening_at_port (fixture) };

  fixture->cancels_at_event = TRUE;
  dial (fixture, &target);
  g_assert_error (fixture->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* After the connection was made, and before its result is taken. */
static void
test_cancelled_too_late (Fixture *fixture, gconstpointer data)
{
  WsConnectorTarget target
      = { .host = "127.0.0.1", .port = start_listening_at_port (fixture) };
  char byte;

  start_dialling (fixture, &target);
  ws_test_until (fixture->context, fixture->accepted >= 0);
  g_cancellable_cancel (fixture->cancellable);
  ws_test_until (fixture->context, fixture->n_done == 1);

  if (fixture->transport == NULL)
    {
      g_assert_error (fixture->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      ws_test_until (fixture->context, read (fixture->accepted, &byte, 1) == 0);
    }
}

/* --- Proxies --- */

static WsConnectorProxy
get_proxy (Fixture *fixture)
{
  WsConnectorProxy proxy;

  ws_connector_dial_get_proxy (fixture->result, &proxy);
  return proxy;
}

/* (transfer full): of a proxy at that port. */
static char *
make_uri (const char *start, guint16 port)
{
  return g_strdup_printf ("%s127.0.0.1:%u", start, port);
}

/* An HTTP proxy is dialled, whatever its scheme's case, and no more: the name
 * of the target is the proxy's to resolve. */
static void
test_proxy (Fixture *fixture, gconstpointer data)
{
  g_autofree char *uri
      = make_uri ("HTTP://us%40er:pass@", start_listening_at_port (fixture));
  g_autoptr (GProxyResolver) resolver = g_simple_proxy_resolver_new (uri, NULL);
  WsConnectorTarget target = { .host = "nonexistent.invalid",
                               .port = 8080,
                               .secure = TRUE,
                               .proxy_resolver = resolver };
  WsConnectorProxy  proxy;

  dial (fixture, &target);
  assert_connected (fixture);
  proxy = get_proxy (fixture);
  g_assert_true (proxy.is_http);
  g_assert_true (g_str_has_prefix (proxy.uri, "http://127.0.0.1:"));
  g_assert_cmpstr (proxy.user, ==, "us@er");
  g_assert_cmpstr (proxy.password, ==, "pass");
}

/* The one that is named is taken, and nobody is asked. */
static void
test_chosen_proxy (Fixture *fixture, gconstpointer data)
{
  g_autofree char *uri
      = make_uri ("http://", start_listening_at_port (fixture));
  g_autoptr (GProxyResolver) resolver
      = G_PROXY_RESOLVER (list_resolver_new (NULL));
  WsConnectorTarget target = { .host = "nonexistent.invalid",
                               .port = 80,
                               .proxy_resolver = resolver,
                               .proxy_uri = uri };

  dial (fixture, &target);
  assert_connected (fixture);
  g_assert_true (get_proxy (fixture).is_http);
  g_assert_cmpstr (get_proxy (fixture).uri, ==, uri);
}

/* What a resolver is asked for, and that its errors are told. */
static void
test_resolver_url (Fixture *fixture, gconstpointer data)
{
  ListResolver     *resolver = list_resolver_new (NULL);
  WsConnectorTarget target = { .host = "2001:db8::1",
                               .port = 8080,
                               .secure = TRUE,
                               .proxy_resolver = G_PROXY_RESOLVER (resolver) };

  dial (fixture, &target);
  g_assert_error (fixture->error, G_IO_ERROR, G_IO_ERROR_FAILED);
  g_assert_cmpstr (resolver->url, ==, "https://[2001:db8::1]:8080");
  g_assert_null (get_proxy (fixture).uri);
  g_object_unref (resolver);
}

/* The first that can be reached is taken: here past one that cannot, and what
 * is no URI, to no proxy at all. */
static void
test_several_proxies (Fixture *fixture, gconstpointer data)
{
  guint16           closed = ws_test_dead_port ();
  ListResolver     *resolver = list_resolver_new (g_new0 (char *, 4));
  WsConnectorTarget target = { .host = "127.0.0.1",
                               .port = start_listening_at_port (fixture),
                               .proxy_resolver = G_PROXY_RESOLVER (resolver) };

  resolver->uris[0] = make_uri ("http://", closed);
  resolver->uris[1] = g_strdup ("no URI");
  resolver->uris[2] = g_strdup ("Direct://");
  dial (fixture, &target);
  assert_connected (fixture);
  g_assert_null (get_proxy (fixture).uri);
  g_assert_false (get_proxy (fixture).is_http);
  g_object_unref (resolver);
}

/* All were tried in vain: the last one is what is told of. */
static void
test_no_proxy_left (Fixture *fixture, gconstpointer data)
{
  guint16           closed = ws_test_dead_port ();
  ListResolver     *resolver = list_resolver_new (g_new0 (char *, 3));
  WsConnectorTarget target = { .host = "nonexistent.invalid",
                               .port = 80,
                               .proxy_resolver = G_PROXY_RESOLVER (resolver) };

  resolver->uris[0] = make_uri ("socks5://", closed);
  resolver->uris[1] = make_uri ("http://u:p@", closed);
  dial (fixture, &target);
  g_assert_error (fixture->error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
  g_assert_true (g_str_has_prefix (get_proxy (fixture).uri, "http://127."));
  g_assert_false (get_proxy (fixture).talked);
  g_object_unref (resolver);
}

static void
test_no_proxy_needed (Fixture *fixture, gconstpointer data)
{
  ListResolver     *resolver = list_resolver_new (g_new0 (char *, 1));
  WsConnectorTarget target = { .host = "127.0.0.1",
                               .port = start_listening_at_port (fixture),
                               .proxy_resolver = G_PROXY_RESOLVER (resolver) };

  dial (fixture, &target);
  assert_connected (fixture);
  g_object_unref (resolver);
}

/* GIO talks to it, by the name that GIO knows. One that wants a login is not
 * passed by. */
static void
test_socks_wants_credentials (Fixture *fixture, gconstpointer data)
{
  ListResolver     *resolver = list_resolver_new (g_new0 (char *, 3));
  WsConnectorTarget target = { .host = "nonexistent.invalid",
                               .port = 80,
                               .proxy_resolver = G_PROXY_RESOLVER (resolver) };
  /* Version 5; no method is acceptable. */
  const char answer[] = { 5, (char) 0xff };

  resolver->uris[0]
      = make_uri ("SOCKS5h://", start_listening_at_port (fixture));
  resolver->uris[1] = g_strdup ("direct://");
  start_dialling (fixture, &target);
  ws_test_until (fixture->context, fixture->accepted >= 0);
  g_assert_cmpint (write (fixture->accepted, answer, sizeof answer), ==, 2);
  ws_test_until (fixture->context, fixture->n_done == 1);
  g_assert_error (fixture->error, G_IO_ERROR, G_IO_ERROR_PROXY_NEED_AUTH);
  g_assert_true (g_str_has_prefix (get_proxy (fixture).uri, "socks5://127."));
  g_assert_false (get_proxy (fixture).is_http);
  g_assert_true (get_proxy (fixture).talked);
  g_object_unref (resolver);
}

/* A proxy that says nothing keeps dialling in the middle. */
static void
test_cancelled_in_the_middle (Fixture *fixture, gconstpointer data)
{
  g_autofree char *uri
      = make_uri ("socks5://", start_listening_at_port (fixture));
  g_autoptr (GProxyResolver) resolver = g_simple_proxy_resolver_new (uri, NULL);
  WsConnectorTarget target = { .host = "nonexistent.invalid",
                               .port = 80,
                               .proxy_resolver = resolver };

  start_dialling (fixture, &target);
  ws_test_until (fixture->context,
                 has_seen (fixture, G_SOCKET_CLIENT_PROXY_NEGOTIATING)
                     && fixture->accepted >= 0);
  g_assert_cmpuint (fixture->n_done, ==, 0);

  g_cancellable_cancel (fixture->cancellable);
  g_assert_cmpuint (fixture->n_done, ==, 0);
  ws_test_until (fixture->context, fixture->n_done == 1);
  g_assert_error (fixture->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_unix_ignores_proxies (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GProxyResolver) resolver
      = g_simple_proxy_resolver_new ("http://nonexistent.invalid", NULL);
  g_autofree char  *dir = g_dir_make_tmp ("ws-XXXXXX", NULL);
  g_autofree char  *path = g_build_filename (dir, "socket", NULL);
  WsConnectorTarget target = { .unix_path = path, .proxy_resolver = resolver };

  g_object_unref (start_listening (fixture, path));
  dial (fixture, &target);
  assert_connected (fixture);
  g_unlink (path);
  g_rmdir (dir);
}

static void
add (const char *path, void (*test) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  /* The system's proxies are not the tests'; GNOME's resolver even aborts
   * where its schemas are out of sight. */
  ws_test_init (&argc, &argv);

  add ("/net/connector/address", test_address);
  add ("/net/connector/name", test_name);
  add ("/net/connector/unix", test_unix);
  add ("/net/connector/unix-path-too-long", test_unix_path_too_long);
  add ("/net/connector/unix-missing", test_unix_missing);
  add ("/net/connector/refused", test_refused);
  add ("/net/connector/unknown-host", test_unknown_host);
  add ("/net/connector/cancelled-before", test_cancelled_before);
  add ("/net/connector/cancelled-at-event", test_cancelled_at_event);
  add ("/net/connector/cancelled-too-late", test_cancelled_too_late);
  add ("/net/connector/cancelled-in-the-middle", test_cancelled_in_the_middle);
  add ("/net/connector/proxy", test_proxy);
  add ("/net/connector/chosen-proxy", test_chosen_proxy);
  add ("/net/connector/resolver-url", test_resolver_url);
  add ("/net/connector/several-proxies", test_several_proxies);
  add ("/net/connector/no-proxy-left", test_no_proxy_left);
  add ("/net/connector/no-proxy-needed", test_no_proxy_needed);
  add ("/net/connector/socks-wants-credentials", test_socks_wants_credentials);
  add ("/net/connector/unix-ignores-proxies", test_unix_ignores_proxies);
  return g_test_run ();
}
