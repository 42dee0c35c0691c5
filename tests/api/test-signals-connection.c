/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signal-bell.h"

#include <string.h>

/* WsConnection as an object of its own, as a .ui file holds one. */

#define iterate()                                \
  while (g_main_context_iteration (NULL, FALSE)) \
  continue

typedef struct
{
  Bell         *sender;
  Bell         *receiver;
  WsConnection *connection;
  GString      *notified; /* (owned): names of properties */
} Fixture;

static void
on_notify (WsConnection *connection, GParamSpec *pspec, gpointer user_data)
{
  Fixture *self = user_data;

  g_string_append_printf (self->notified, "%s ", pspec->name);
}

static void
expect_notified (Fixture *self, const char *names)
{
  g_assert_cmpstr (self->notified->str, ==, names);
  g_string_truncate (self->notified, 0);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  self->sender = bell_new ();
  self->receiver = bell_new ();
  self->connection = ws_connection_new ();
  self->notified = g_string_new (NULL);
  g_signal_connect (self->connection, "notify", G_CALLBACK (on_notify), self);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_assert_finalize_object (self->sender);
  g_assert_finalize_object (self->receiver);
  if (self->connection != NULL)
    g_assert_finalize_object (self->connection);
  g_string_free (self->notified, TRUE);
}

static void
expect_connected (Fixture *self, gboolean is_connected)
{
  g_assert_cmpint (ws_connection_get_connected (self->connection), ==,
                   is_connected);
  g_assert_cmpstr (ws_connection_get_error_string (self->connection), ==, "");
  bell_expect (self->receiver, "");
  g_signal_emit_by_name (self->sender, "rang");
  iterate ();
  bell_expect (self->receiver, is_connected ? "hear" : "");
}

/* --- Any order --- */

static void
set_one (Fixture *self, int which)
{
  switch (which)
    {
    case 0:
      ws_connection_set_sender (self->connection, G_OBJECT (self->sender));
      break;
    case 1:
      ws_connection_set_signal (self->connection, "rang");
      break;
    case 2:
      ws_connection_set_receiver (self->connection, G_OBJECT (self->receiver));
      break;
    case 3:
      ws_connection_set_slot (self->connection, "hear");
      break;
    default:
      ws_connection_set_flags (self->connection, WS_CONNECT_FLAGS_QUEUED);
    }
}

/* The @n-th order of five properties. */
static void
set_in_order (Fixture *self, int n)
{
  GArray *left = g_array_new (FALSE, FALSE, sizeof (int));

  for (int i = 0; i < 5; i++)
    g_array_append_val (left, i);
  while (left->len > 0)
    {
      int at = n % left->len;

      n /= left->len;
      set_one (self, g_array_index (left, int, at));
      g_array_remove_index (left, at);
    }
  g_array_unref (left);
}

static void
test_orders (Fixture *self, gconstpointer data)
{
  for (int n = 0; n < 120; n++)
    {
      g_clear_object (&self->connection);
      self->connection = ws_connection_new ();
      set_in_order (self, n);
      expect_connected (self, TRUE);
      g_assert_true (ws_disconnect (self->connection));
    }
}

static void
test_constructed (Fixture *self, gconstpointer data)
{
  g_autoptr (GObject) sender = NULL;
  g_autoptr (GObject) receiver = NULL;
  g_autofree char *signal = NULL;
  g_autofree char *slot = NULL;
  WsConnectFlags   flags = WS_CONNECT_FLAGS_AUTO;

  g_object_unref (self->connection);
  self->connection
      = g_object_new (WS_TYPE_CONNECTION, "slot", "hear", "flags",
                      WS_CONNECT_FLAGS_DIRECT, "receiver", self->receiver,
                      "signal", "rang", "sender", self->sender, NULL);
  expect_connected (self, TRUE);
  g_object_get (self->connection, "slot", &slot, "flags", &flags, "receiver",
                &receiver, "signal", &signal, "sender", &sender, NULL);
  g_assert_true (sender == G_OBJECT (self->sender));
  g_assert_true (receiver == G_OBJECT (self->receiver));
  g_assert_cmpstr (signal, ==, "rang");
  g_assert_cmpstr (slot, ==, "hear");
  g_assert_cmpint (flags, ==, WS_CONNECT_FLAGS_DIRECT);
  ws_disconnect (self->connection);
}

/* --- Changes --- */

static void
test_clearing (Fixture *self, gconstpointer data)
{
  for (int i = 0; i < 4; i++)
    {
      for (int j = 0; j < 4; j++)
        set_one (self, j);
      expect_connected (self, TRUE);
      switch (i)
        {
        case 0:
          ws_connection_set_sender (self->connection, NULL);
          break;
        case 1:
          ws_connection_set_signal (self->connection, NULL);
          break;
        case 2:
          ws_connection_set_receiver (self->connection, NULL);
          break;
        default:
          ws_connection_set_slot (self->connection, NULL);
        }
      expect_connected (self, FALSE);
    }
}

static void
test_retargeting (Fixture *self, gconstpointer data)
{
  Bell *other = bell_new ();

  set_in_order (self, 0);
  g_string_truncate (self->notified, 0);
  ws_connection_set_receiver (self->connection, G_OBJECT (other));
  expect_notified (self, "receiver connected ");
  g_signal_emit_by_name (self->sender, "rang");
  iterate ();
  bell_expect (self->receiver, "");
  bell_expect (other, "hear");
  /* Together they are one change: neither half would do. */
  g_object_set (self->connection, "signal", "told", "slot", "write", NULL);
  expect_notified (self, "slot signal connected ");
  g_signal_emit_by_name (self->sender, "told", 5, NULL);
  iterate ();
  bell_expect (other, "write:5");
  /* What is the same already changes nothing. */
  g_object_set (self->connection, "signal", "told", "receiver", other, NULL);
  expect_notified (self, "");
  g_assert_true (ws_connection_get_connected (self->connection));
  g_assert_finalize_object (other);
  g_assert_false (ws_connection_get_connected (self->connection));
  g_assert_null (ws_connection_dup_receiver (self->connection));
  expect_notified (self, "connected ");
}

static void
test_error (Fixture *self, gconstpointer data)
{
  set_one (self, 0);
  set_one (self, 2);
  set_one (self, 3);
  g_string_truncate (self->notified, 0);
  g_test_expect_message ("Ws", G_LOG_LEVEL_WARNING, "*no signal \"tolls\"*");
  ws_connection_set_signal (self->connection, "tolls");
  g_test_assert_expected_messages ();
  expect_notified (self, "signal error-string ");
  g_assert_false (ws_connection_get_connected (self->connection));
  g_assert_error (ws_connection_get_error (self->connection), WS_SOCKET_ERROR,
                  WS_SOCKET_ERROR_INVALID_ARGUMENT);
  g_assert_nonnull (
      strstr (ws_connection_get_error_string (self->connection), "tolls"));
  ws_connection_set_signal (self->connection, "rang");
  expect_notified (self, "signal error-string connected ");
  expect_connected (self, TRUE);
  /* Its own connection does not stand in the way of a unique one. */
  ws_connection_set_flags (self->connection, WS_CONNECT_FLAGS_UNIQUE);
  expect_connected (self, TRUE);
  g_test_expect_message ("Ws", G_LOG_LEVEL_WARNING, "*one of the flags*");
  ws_connection_set_flags (self->connection,
                           WS_CONNECT_FLAGS_DIRECT | WS_CONNECT_FLAGS_QUEUED);
  g_test_assert_expected_messages ();
  g_assert_false (ws_connection_get_connected (self->connection));
  ws_connection_set_flags (self->connection, WS_CONNECT_FLAGS_AUTO);
  ws_disconnect (self->connection);
}

/* A connection to a function may be moved, and may get a slot instead. */
static void
test_function (Fixture *self, gconstpointer data)
{
  Bell *other = bell_new ();

  g_object_unref (self->connection);
  self->connection = g_object_ref (
      bell_connect (self->sender, "rang", self->receiver, bell_on_rang, 0));
  g_assert_null (ws_connection_get_slot (self->connection));
  ws_connection_set_receiver (self->connection, G_OBJECT (other));
  g_signal_emit_by_name (self->sender, "rang");
  bell_expect (other, "rang");
  ws_connection_set_slot (self->connection, "hear");
  g_signal_emit_by_name (self->sender, "rang");
  bell_expect (other, "hear");
  bell_expect (self->receiver, "");
  g_assert_finalize_object (other);
}

/* --- Ends --- */

static void
test_ended (Fixture *self, gconstpointer data)
{
  set_in_order (self, 0);
  g_string_truncate (self->notified, 0);
  g_assert_true (ws_disconnect (self->connection));
  expect_notified (self, "connected ");
  expect_connected (self, FALSE);
  /* Whatever is set afterwards connects again. */
  ws_connection_set_flags (self->connection, WS_CONNECT_FLAGS_SINGLE_SHOT);
  expect_notified (self, "flags connected ");
  expect_connected (self, TRUE);
  expect_notified (self, "connected ");
  expect_connected (self, FALSE);
}

/* Nobody but the sender needs to hold it. */
static void
test_kept (Fixture *self, gconstpointer data)
{
  gpointer connection = self->connection;

  set_in_order (self, 0);
  g_object_add_weak_pointer (connection, &connection);
  g_signal_handlers_disconnect_by_data (self->connection, self);
  g_clear_object (&self->connection);
  g_assert_nonnull (connection);
  g_signal_emit_by_name (self->sender, "rang");
  iterate ();
  bell_expect (self->receiver, "hear");
  g_object_run_dispose (G_OBJECT (self->sender));
  g_assert_null (connection);
}

static void
test_disposed (Fixture *self, gconstpointer data)
{
  set_in_order (self, 0);
  g_object_run_dispose (G_OBJECT (self->connection));
  expect_connected (self, FALSE);
}

/* A handler of notify may set something else. */
static void
on_notify_signal (WsConnection *connection, GParamSpec *pspec, gpointer data)
{
  ws_connection_set_signal (connection, "rang");
}

static void
test_changed_inside (Fixture *self, gconstpointer data)
{
  g_signal_connect (self->connection, "notify::signal",
                    G_CALLBACK (on_notify_signal), NULL);
  set_one (self, 0);
  set_one (self, 2);
  set_one (self, 3);
  ws_connection_set_signal (self->connection, "named");
  expect_connected (self, TRUE);
  ws_disconnect (self->connection);
}

/* --- Many --- */

#define N_MANY 20000

typedef enum
{
  MANY_DISCONNECT,
  MANY_DISCONNECT_LAST_FIRST,
  MANY_SINGLE_SHOT,
  MANY_DISPOSE_RECEIVER,
  MANY_DISPOSE_SENDER,
  N_MANY_ENDS
} ManyEnd;

static void
end_many (Fixture *self, GPtrArray *connections, ManyEnd end)
{
  if (end == MANY_DISPOSE_RECEIVER)
    g_object_run_dispose (G_OBJECT (self->receiver));
  else if (end == MANY_DISPOSE_SENDER)
    g_object_run_dispose (G_OBJECT (self->sender));
  else if (end == MANY_SINGLE_SHOT)
    g_signal_emit_by_name (self->sender, "rang");
  else
    for (guint i = 0; i < N_MANY; i++)
      ws_disconnect (g_ptr_array_index (connections, end == MANY_DISCONNECT
                                                         ? i
                                                         : N_MANY - 1 - i));
}

static void
ignore (Bell *self)
{
}

/* A hub of a chat has many at one end: what one of them costs does not grow
 * with the others. An object that was disposed may be connected again. */
static void
test_many (Fixture *self, gconstpointer data)
{
  for (ManyEnd end = 0; end < N_MANY_ENDS; end++)
    {
      double connecting, ending;
      g_autoptr (GPtrArray) connections
          = g_ptr_array_new_with_free_func (g_object_unref);

      g_test_timer_start ();
      for (guint i = 0; i < N_MANY; i++)
        g_ptr_array_add (
            connections,
            g_object_ref (bell_connect (
                self->sender, "rang", self->receiver, ignore,
                end == MANY_SINGLE_SHOT ? WS_CONNECT_FLAGS_SINGLE_SHOT : 0)));
      connecting = g_test_timer_elapsed ();
      end_many (self, connections, end);
      ending = g_test_timer_elapsed () - connecting;
      for (guint i = 0; i < N_MANY; i++)
        g_assert_false (
            ws_connection_get_connected (g_ptr_array_index (connections, i)));
      g_test_message ("%d: %.3f s, %.3f s", end, connecting, ending);
      g_assert_cmpfloat (ending, <, 10 * connecting + 1);
    }
}

#define add(path, test)                                                     \
  g_test_add ("/api/signals/connection/" path, Fixture, NULL, set_up, test, \
              tear_down)

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);

  add ("orders", test_orders);
  add ("constructed", test_constructed);
  add ("clearing", test_clearing);
  add ("retargeting", test_retargeting);
  add ("error", test_error);
  add ("function", test_function);
  add ("ended", test_ended);
  add ("kept", test_kept);
  add ("disposed", test_disposed);
  add ("changed-inside", test_changed_inside);
  add ("many", test_many);
  return g_test_run ();
}
