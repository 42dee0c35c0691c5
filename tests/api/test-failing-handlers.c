/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api-test.h"

#include <string.h>

/* A handler that decides who gets in, and that an exception ends in a binding:
 * nobody gets in. In C it is a closure that leaves its return value alone. */

static void
leave_alone (GClosure     *closure,
             GValue       *result,
             guint         n_values,
             const GValue *values,
             gpointer      hint,
             gpointer      data)
{
}

/* With the answer put off before the exception comes. */
static void
defer_first (GClosure     *closure,
             GValue       *result,
             guint         n_values,
             const GValue *values,
             gpointer      hint,
             gpointer      data)
{
  if (n_values == 3)
    ws_response_defer (g_value_get_object (&values[2]));
}

static void
connect_failing (gpointer object, const char *signal, GClosureMarshal marshal)
{
  GClosure *closure = g_closure_new_simple (sizeof (GClosure), NULL);

  g_closure_set_marshal (closure, marshal);
  g_signal_connect_closure (object, signal, closure, FALSE);
}

/* What is left where the result of a void function would be, like -1, is no
 * failure. */
static gssize
come_to_an_end (void)
{
  return -1;
}

static void
connect_sound (gpointer object, const char *signal)
{
  g_signal_connect (object, signal, G_CALLBACK (come_to_an_end), NULL);
}

typedef struct
{
  const char     *name;
  GClosureMarshal marshal; /* (nullable): of one that fails */
  gboolean        is_before;
  gboolean        is_behind; /* a sound one is */
} Order;

static const Order orders[] = {
  { "sound", NULL, TRUE, FALSE },
  { "alone", leave_alone, FALSE, FALSE },
  { "first", leave_alone, FALSE, TRUE },
  { "last", leave_alone, TRUE, FALSE },
  { "deferred", defer_first, FALSE, FALSE },
};

static void
connect_all (gpointer object, const char *signal, const Order *order)
{
  if (order->is_before)
    connect_sound (object, signal);
  if (order->marshal != NULL)
    connect_failing (object, signal, order->marshal);
  if (order->is_behind)
    connect_sound (object, signal);
}

static const char *
answer_to (WsServer *server, RawPeer *peer, const char *request)
{
  raw_peer_send (peer, request);
  raw_peer_wait_head (peer);
  g_assert_true (g_str_has_prefix (peer->head, "HTTP/1.1 "));
  return peer->head + strlen ("HTTP/1.1 ");
}

static void
note_code (WsServer *server, guint code, guint *last)
{
  *last = code;
}

static void
check (const char *signal, const char *request, gconstpointer data, int sound)
{
  const Order *order = data;
  WsServer    *server = api_server_new ();
  g_autoptr (RawPeer) peer
      = raw_peer_connect (ws_server_get_server_port (server));
  guint code = 0;
  int   status;

  g_signal_connect (server, "server-error", G_CALLBACK (note_code), &code);
  connect_all (server, signal, order);
  status = atoi (answer_to (server, peer, request));
  if (order->marshal == NULL)
    g_assert_cmpint (status, ==, sound);
  else
    {
      g_assert_cmpint (status, ==, 500);
      g_assert_cmpuint (code, ==, WS_CLOSE_CODE_BAD_OPERATION);
      g_assert_nonnull (strstr (ws_server_get_error_string (server), signal));
      g_assert_false (ws_server_has_pending_connections (server));
    }
  g_assert_finalize_object (server);
}

static void
test_handshake (gconstpointer data)
{
  g_autofree char *request = raw_peer_make_request (NULL);

  check ("handshake-requested", request, data, 101);
}

static void
test_origin (gconstpointer data)
{
  g_autofree char *request
      = raw_peer_make_request ("Origin: http://a.example\r\n");

  check ("origin-authentication-required", request, data, 101);
}

static void
test_http (gconstpointer data)
{
  check ("http-request", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", data, 426);
}

/* A slot that is named returns nothing, and has not failed. */
static void
test_named_slot (void)
{
  WsServer        *server = api_server_new ();
  g_autofree char *request = raw_peer_make_request (NULL);
  g_autoptr (WsSocket) slots = ws_socket_new ();
  g_autoptr (RawPeer) peer
      = raw_peer_connect (ws_server_get_server_port (server));

  g_assert_nonnull (ws_connect_slot (G_OBJECT (server), "handshake-requested",
                                     G_OBJECT (slots), "abort", 0, NULL));
  g_assert_true (g_str_has_prefix (answer_to (server, peer, request), "101"));
  g_assert_finalize_object (server);
}

/* A client goes nowhere when its handler could not judge where that leads. */
static void
test_redirect (gconstpointer data)
{
  const Order *order = data;
  WsSocket    *socket = ws_socket_new ();
  WsServer    *goal = api_server_new ();
  g_autoptr (RawListener) listener = raw_listener_new ();
  g_autofree char *url = raw_listener_make_url (listener, "/");
  g_autofree char *answer
      = g_strdup_printf ("HTTP/1.1 307 There\r\nLocation: %s\r\n"
                         "Content-Length: 0\r\n\r\n",
                         ws_server_get_url (goal));
  WsState end
      = order->marshal == NULL ? WS_STATE_CONNECTED : WS_STATE_UNCONNECTED;
  g_autoptr (RawPeer) peer = NULL;

  ws_socket_set_max_redirects (socket, 1);
  connect_all (socket, "redirected", order);
  g_assert_true (ws_socket_open (socket, url, NULL));
  peer = raw_listener_take (listener);
  raw_peer_wait_head (peer);
  raw_peer_send (peer, answer);
  api_wait_state (socket, end);
  g_assert_cmpint (ws_server_has_pending_connections (goal), ==,
                   order->marshal == NULL);
  g_assert_finalize_object (socket);
  g_assert_finalize_object (goal);
}

static void
add (const char *name, GTestDataFunc test)
{
  for (guint i = 0; i < G_N_ELEMENTS (orders); i++)
    {
      g_autofree char *path = g_strdup_printf ("/api/failing-handlers/%s/%s",
                                               name, orders[i].name);

      g_test_add_data_func (path, &orders[i], test);
    }
}

int
main (int argc, char **argv)
{
  api_test_init (&argc, &argv);
  add ("handshake", test_handshake);
  add ("origin", test_origin);
  add ("http", test_http);
  add ("redirect", test_redirect);
  g_test_add_func ("/api/failing-handlers/named-slot", test_named_slot);
  return g_test_run ();
}
