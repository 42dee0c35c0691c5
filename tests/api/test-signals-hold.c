/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api-test.h"
#include "signal-elsewhere.h"
#include "support/worker.h"

#include <stdlib.h>
#include <string.h>

/* A socket holds on while too much waits for a receiver in another context. */

#define N_MESSAGES   100
#define MESSAGE_SIZE 200
#define COST         (ELSEWHERE_OVERHEAD + MESSAGE_SIZE)
/* Five messages reach it. */
#define BOUND (5 * COST - 1)

typedef struct
{
  Elsewhere     fixture;
  Half          half;
  WsConnection *connection; /* (owned) */
  guint         n_read;     /* messages that the socket has emitted */
} Held;

static void
on_text_here (WsSocket *socket, const char *text, guint *n_read)
{
  g_assert_cmpuint (atoi (text), ==, *n_read);
  (*n_read)++;
}

static void
send_messages (Held *self)
{
  for (guint i = 0; i < N_MESSAGES; i++)
    {
      char text[MESSAGE_SIZE];

      memset (text, ' ', sizeof text);
      g_snprintf (text, sizeof text, "%u", i);
      text[strlen (text)] = ' ';
      raw_peer_send_frame (self->half.peer, 0x81, text, sizeof text);
    }
}

/* All that was sent was looked at, if the socket looks at all. */
static void
settle (void)
{
  for (guint i = 0; i < 10; i++)
    while (g_main_context_iteration (NULL, FALSE))
      ;
}

static void
set_up_held (Held *self, gconstpointer data)
{
  elsewhere_set_up (&self->fixture, NULL);
  half_set_up_client (&self->half, NULL);
  g_signal_connect (self->half.socket, "text-message-received",
                    G_CALLBACK (on_text_here), &self->n_read);
  self->connection
      = elsewhere_connect (&self->fixture, self->half.socket,
                           "text-message-received", G_CALLBACK (bell_on_rang));
  ws_connection_set_max_queued_bytes (self->connection, BOUND);
  send_messages (self);
  ws_test_until (NULL,
                 ws_connection_get_queued_bytes (self->connection) >= BOUND);
  settle ();
  g_assert_cmpuint (self->n_read, ==, 5);
  g_assert_cmpuint (ws_connection_get_queued_bytes (self->connection), ==,
                    5 * COST);
}

static void
tear_down_held (Held *self, gconstpointer data)
{
  g_object_unref (self->connection);
  half_tear_down (&self->half, NULL);
  elsewhere_tear_down (&self->fixture, NULL);
}

static void
expect_all_read (Held *self)
{
  ws_test_until (NULL, self->n_read == N_MESSAGES);
}

/* Nothing is lost, and never does more wait. */
static void
test_hold (Held *self, gconstpointer data)
{
  Elsewhere *fixture = &self->fixture;
  guint      n_rounds = 0;

  while (self->n_read < N_MESSAGES)
    {
      guint before = self->n_read;

      elsewhere_deliver (fixture);
      ws_test_until (NULL, self->n_read == MIN (before + 5, N_MESSAGES));
      settle ();
      g_assert_cmpuint (self->n_read, ==, MIN (before + 5, N_MESSAGES));
      n_rounds++;
    }
  g_assert_cmpuint (n_rounds, ==, N_MESSAGES / 5 - 1);
  elsewhere_deliver (fixture);
  g_assert_cmpuint (fixture->receiver->words->len, ==,
                    N_MESSAGES * strlen ("rang ") - 1);
  g_assert_cmpuint (ws_connection_get_n_dropped (self->connection), ==, 0);
  g_assert_cmpint (ws_socket_get_state (self->half.socket), ==,
                   WS_STATE_CONNECTED);
}

/* The sender goes on when half has been delivered, not before. What a slot has
 * still in its hands counts. */
static void
on_half_hook (Bell *receiver)
{
  Held *self = g_object_get_data (G_OBJECT (receiver), "held");
  guint n_delivered = (receiver->words->len + 1) / strlen ("rang ");

  if (n_delivered > 3)
    ws_test_until (NULL, self->n_read >= 8);
  settle ();
  g_assert_cmpuint (self->n_read, ==, n_delivered <= 3 ? 5 : 8);
  if (n_delivered == 5)
    receiver->hook = NULL;
}

static void
test_half (Held *self, gconstpointer data)
{
  Bell *receiver = self->fixture.receiver;

  g_object_set_data (G_OBJECT (receiver), "held", self);
  receiver->hook = on_half_hook;
  g_main_context_iteration (self->fixture.context, FALSE);
  g_assert_null (receiver->hook);
}

/* Whatever ends the waiting: nobody holds the socket any longer. */
static void
end_by_disconnect (Held *self)
{
  ws_disconnect (self->connection);
}

static void
end_by_disposal (Held *self)
{
  g_clear_object (&self->fixture.receiver);
}

static void
end_by_bound (Held *self)
{
  ws_connection_set_max_queued_bytes (self->connection, 0);
}

static void
end_by_more (Held *self)
{
  ws_connection_set_max_queued_bytes (self->connection, N_MESSAGES * 2 * COST);
}

static void
end_by_policy (Held *self)
{
  ws_connection_set_overflow_policy (self->connection,
                                     WS_OVERFLOW_POLICY_DROP_OLDEST);
}

static const struct
{
  const char *name;
  void (*end) (Held *self);
} ends[] = {
  { "disconnect", end_by_disconnect }, { "disposal", end_by_disposal },
  { "bound", end_by_bound },           { "more", end_by_more },
  { "policy", end_by_policy },
};

static void
test_end (Held *self, gconstpointer data)
{
  void (*end) (Held * self) = data;

  end (self);
  expect_all_read (self);
}

/* Two receivers: the slower one decides. */
static void
test_two (Held *self, gconstpointer data)
{
  Elsewhere other;
  g_autoptr (WsConnection) connection = NULL;

  elsewhere_set_up (&other, NULL);
  connection
      = elsewhere_connect (&other, self->half.socket, "text-message-received",
                           G_CALLBACK (bell_on_rang));
  ws_connection_set_max_queued_bytes (connection, COST);
  elsewhere_deliver (&self->fixture);
  ws_test_until (NULL, self->n_read == 6);
  elsewhere_deliver (&self->fixture);
  settle ();
  g_assert_cmpuint (self->n_read, ==, 6);
  ws_disconnect (connection);
  ws_test_until (NULL, self->n_read > 6);
  elsewhere_tear_down (&other, NULL);
}

/* The bound is lowered below what waits. */
static void
test_lowered (Held *self, gconstpointer data)
{
  ws_connection_set_max_queued_bytes (self->connection, 20 * COST);
  ws_test_until (NULL, self->n_read == 20);
  settle ();
  g_assert_cmpuint (self->n_read, ==, 20);
  ws_connection_set_max_queued_bytes (self->connection, 100 * COST);
  ws_connection_set_max_queued_bytes (self->connection, COST);
  settle ();
  g_assert_cmpuint (self->n_read, ==, 20);
}

/* What waits of one connection holds the next one as well. */
static void
test_reopened (Held *self, gconstpointer data)
{
  g_autoptr (WsServer) server = api_server_new ();
  g_autoptr (WsSocket) accepted = NULL;

  ws_socket_abort (self->half.socket);
  self->n_read = 0;
  api_socket_open (self->half.socket, ws_server_get_url (server));
  accepted = api_server_take (server);
  api_socket_send (accepted, "0");
  settle ();
  g_assert_cmpuint (self->n_read, ==, 0);
  elsewhere_deliver (&self->fixture);
  ws_test_until (NULL, self->n_read == 1);
  api_server_close (server);
}

/* The sender goes while it is held. */
static void
test_dropped_sender (Held *self, gconstpointer data)
{
  g_assert_finalize_object (g_steal_pointer (&self->half.socket));
  elsewhere_deliver (&self->fixture);
  g_assert_cmpuint (self->n_read, ==, 5);
}

/* --- Threads --- */

#define N_FLOOD 5000

typedef struct
{
  WsSocket     *socket;
  Bell         *receiver;
  WsConnection *connection;
  int           n_delivered; /* atomic */
} Flood;

static void
on_flood_text (Bell *receiver, const char *text)
{
  Flood *flood = g_object_get_data (G_OBJECT (receiver), "flood");

  g_assert_cmpint (atoi (text), ==, g_atomic_int_get (&flood->n_delivered));
  if (g_atomic_int_add (&flood->n_delivered, 1) == N_FLOOD - 1)
    g_main_context_wakeup (NULL);
}

static void
connect_flood (gpointer data)
{
  Flood *flood = data;

  flood->receiver = bell_new ();
  g_object_set_data (G_OBJECT (flood->receiver), "flood", flood);
  flood->connection = g_object_ref (
      bell_connect (flood->socket, "text-message-received", flood->receiver,
                    on_flood_text, WS_CONNECT_FLAGS_AUTO));
  ws_connection_set_max_queued_bytes (flood->connection,
                                      10 * ELSEWHERE_OVERHEAD);
}

static void
on_flood_read (WsSocket *socket, const char *text, Flood *flood)
{
  g_assert_cmpuint (ws_connection_get_queued_bytes (flood->connection), <=,
                    11 * (ELSEWHERE_OVERHEAD + 4));
}

static void
drop_flood (gpointer data)
{
  Flood *flood = data;

  g_object_unref (flood->connection);
  g_assert_finalize_object (flood->receiver);
}

/* The socket holds on and goes on over and over again, and nothing is lost. */
static void
test_flood (Half *half, gconstpointer data)
{
  Flood   flood = { half->socket, NULL, NULL, 0 };
  Worker *worker = worker_new ();

  worker_call (worker, connect_flood, &flood);
  g_signal_connect_after (half->socket, "text-message-received",
                          G_CALLBACK (on_flood_read), &flood);
  for (guint i = 0; i < N_FLOOD; i++)
    {
      g_autofree char *text = g_strdup_printf ("%u", i);

      raw_peer_send_frame (half->peer, 0x81, text, strlen (text));
    }
  ws_test_until (NULL, g_atomic_int_get (&flood.n_delivered) == N_FLOOD);
  g_assert_cmpuint (ws_connection_get_n_dropped (flood.connection), ==, 0);
  worker_call (worker, drop_flood, &flood);
  worker_free (worker);
}

#define add(name, test)                                                       \
  g_test_add ("/contracts/signals-hold/" name, Held, NULL, set_up_held, test, \
              tear_down_held)

int
main (int argc, char **argv)
{
  api_test_init (&argc, &argv);
  add ("hold", test_hold);
  add ("half", test_half);
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      g_autofree char *path
          = g_strdup_printf ("/contracts/signals-hold/end/%s", ends[i].name);

      g_test_add (path, Held, ends[i].end, set_up_held, test_end,
                  tear_down_held);
    }
  add ("two", test_two);
  add ("lowered", test_lowered);
  add ("reopened", test_reopened);
  add ("dropped-sender", test_dropped_sender);
  half_add ("/contracts/signals-hold/flood", NULL, test_flood);
  return g_test_run ();
}
