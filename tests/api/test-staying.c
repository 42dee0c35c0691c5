/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api-test.h"

/* A socket that nobody holds, as a program in Python or JavaScript leaves one
 * behind when a function ends. */

typedef struct
{
  WsServer *server;
  WsSocket *accepted; /* (nullable) */
  WsSocket *socket;   /* (unowned) (nullable): NULL once it is finalized */
  guint     n_heard;
} Fixture;

static void
forget (gpointer data, GObject *where_it_was)
{
  ((Fixture *) data)->socket = NULL;
}

static void
set_up (Fixture *self, gconstpointer data)
{
  self->server = api_server_new ();
  self->socket = ws_socket_new ();
  g_object_weak_ref (G_OBJECT (self->socket), forget, self);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_assert_null (self->socket);
  g_clear_object (&self->accepted);
  g_assert_finalize_object (self->server);
}

static void
count (Fixture *self)
{
  self->n_heard++;
}

static void
hear (Fixture *self, const char *signal)
{
  g_signal_connect_swapped (self->socket, signal, G_CALLBACK (count), self);
}

static void
open_and_stay (Fixture *self)
{
  g_autoptr (GError) error = NULL;

  ws_socket_open_and_stay (self->socket, ws_server_get_url (self->server),
                           &error);
  g_assert_no_error (error);
}

/* The last variable goes. */
static void
leave_behind (Fixture *self)
{
  g_object_unref (self->socket);
}

/* The connection of who was left behind. */
static void
meet (Fixture *self)
{
  self->accepted = api_server_take (self->server);
  api_wait_state (self->accepted, WS_STATE_CONNECTED);
  g_assert_nonnull (self->socket);
}

static void
end (Fixture *self)
{
  g_assert_true (ws_socket_close (self->accepted, 4000, NULL, NULL));
  ws_test_until (NULL, self->socket == NULL);
}

/* @data: the signal that somebody listens to. */
static void
test_heard (Fixture *self, gconstpointer data)
{
  hear (self, data);
  open_and_stay (self);
  leave_behind (self);
  meet (self);
  self->n_heard = 0;
  ws_test_ignore (ws_socket_send_text_message (self->accepted, "hello", NULL));
  g_assert_true (ws_socket_ping (self->accepted, NULL, NULL));
  end (self);
  g_assert_cmpuint (self->n_heard, >, 0);
  g_assert_cmpuint (ws_socket_get_close_code (self->accepted), ==, 4000);
}

static void
test_never_heard (Fixture *self, gconstpointer data)
{
  open_and_stay (self);
  self->accepted = api_server_take (self->server);
  api_wait_state (self->socket, WS_STATE_CONNECTED);
  leave_behind (self);
  g_assert_null (self->socket);
  api_wait_state (self->accepted, WS_STATE_UNCONNECTED);
  g_assert_cmpuint (ws_socket_get_close_code (self->accepted), ==,
                    WS_CLOSE_CODE_GOING_AWAY);
}

/* Without the word, the last reference is the end: so it is in C. */
static void
test_plain (Fixture *self, gconstpointer data)
{
  hear (self, "message-received");
  api_socket_open (self->socket, ws_server_get_url (self->server));
  leave_behind (self);
  g_assert_null (self->socket);
}

static void
test_word_taken_back (Fixture *self, gconstpointer data)
{
  hear (self, "message-received");
  open_and_stay (self);
  leave_behind (self);
  meet (self);
  g_assert_true (ws_socket_get_stays_alive (self->socket));
  ws_socket_set_stays_alive (self->socket, FALSE);
  g_assert_null (self->socket);
}

/* Who listened leaves: nobody can hear of it any more. */
static void
test_left (Fixture *self, gconstpointer data)
{
  hear (self, "message-received");
  open_and_stay (self);
  leave_behind (self);
  meet (self);
  g_signal_handlers_disconnect_by_data (self->socket, self);
  ws_test_ignore (ws_socket_send_text_message (self->accepted, "hello", NULL));
  g_object_ref (self->socket);
  g_object_unref (self->socket);
  g_assert_null (self->socket);
}

static void
test_active (Fixture *self, gconstpointer data)
{
  hear (self, "disconnected");
  g_object_set (self->socket, "stays-alive", TRUE, "url",
                ws_server_get_url (self->server), "active", TRUE, NULL);
  leave_behind (self);
  meet (self);
  end (self);
}

static void
test_request (Fixture *self, gconstpointer data)
{
  g_autoptr (WsRequest) request
      = ws_request_new (ws_server_get_url (self->server));

  hear (self, "disconnected");
  g_assert_true (ws_socket_open_request_and_stay (self->socket, request, NULL));
  leave_behind (self);
  meet (self);
  end (self);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fixture *self = user_data;

  g_assert_true (
      ws_socket_open_and_stay_finish (WS_SOCKET (source), result, NULL));
  self->n_heard++;
}

static void
test_async (Fixture *self, gconstpointer data)
{
  hear (self, "disconnected");
  ws_socket_open_and_stay_async (self->socket, ws_server_get_url (self->server),
                                 NULL, on_opened, self);
  leave_behind (self);
  meet (self);
  ws_test_until (NULL, self->n_heard == 1);
  end (self);
}

/* An attempt that fails is over; one that the policy repeats is not. */
static void
test_reconnect (Fixture *self, gconstpointer data)
{
  g_autoptr (WsReconnectPolicy) policy = ws_reconnect_policy_new ();
  g_autofree char *url
      = g_strdup_printf ("ws://127.0.0.1:%u", ws_test_dead_port ());

  hear (self, "reconnecting");
  if (data != NULL)
    ws_socket_set_reconnect (self->socket, policy);
  g_assert_true (ws_socket_open_and_stay (self->socket, url, NULL));
  leave_behind (self);
  if (data != NULL)
    {
      ws_test_until (NULL, self->n_heard > 0);
      g_assert_nonnull (self->socket);
      ws_socket_abort (self->socket);
    }
  ws_test_until (NULL, self->socket == NULL);
}

static gpointer
unref_there (gpointer data)
{
  g_object_unref (data);
  return NULL;
}

/* A collector may run in any thread. */
static void
test_thread (Fixture *self, gconstpointer data)
{
  if (data != NULL)
    hear (self, data);
  open_and_stay (self);
  self->accepted = api_server_take (self->server);
  api_wait_state (self->socket, WS_STATE_CONNECTED);
  g_thread_join (g_thread_new ("collector", unref_there, self->socket));
  if (data != NULL)
    {
      g_assert_nonnull (self->socket);
      end (self);
      return;
    }
  ws_test_until (NULL, self->socket == NULL);
  api_wait_state (self->accepted, WS_STATE_UNCONNECTED);
  g_assert_cmpuint (ws_socket_get_close_code (self->accepted), ==,
                    WS_CLOSE_CODE_GOING_AWAY);
}

static void
test_disposed (Fixture *self, gconstpointer data)
{
  g_autoptr (WsSocket) socket = self->socket;

  hear (self, "disconnected");
  open_and_stay (self);
  g_object_run_dispose (G_OBJECT (socket));
  g_assert_cmpuint (G_OBJECT (socket)->ref_count, ==, 1);
}

#define ADD(path, data, test) \
  g_test_add ("/api/staying/" path, Fixture, data, set_up, test, tear_down)

int
main (int argc, char **argv)
{
  api_test_init (&argc, &argv);
  ADD ("heard/message", "message-received", test_heard);
  ADD ("heard/end", "disconnected", test_heard);
  ADD ("heard/ping", "ping-received", test_heard);
  ADD ("heard/property", "notify::state", test_heard);
  ADD ("heard/never", NULL, test_never_heard);
  ADD ("plain", NULL, test_plain);
  ADD ("word-taken-back", NULL, test_word_taken_back);
  ADD ("left", NULL, test_left);
  ADD ("active", NULL, test_active);
  ADD ("request", NULL, test_request);
  ADD ("async", NULL, test_async);
  ADD ("fails", NULL, test_reconnect);
  ADD ("reconnect", "", test_reconnect);
  ADD ("thread/heard", "disconnected", test_thread);
  ADD ("thread/never", NULL, test_thread);
  ADD ("disposed", NULL, test_disposed);
  return g_test_run ();
}
