/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api-test.h"
#include "signal-elsewhere.h"

/* What waits for a receiver in another context, and the bound of that. */

static WsConnection *
connect_bounded (Elsewhere *self, guint64 max_bytes, WsOverflowPolicy policy)
{
  WsConnection *connection = elsewhere_connect (self, self->sender, "said",
                                                G_CALLBACK (bell_on_said));

  ws_connection_set_max_queued_bytes (connection, max_bytes);
  ws_connection_set_overflow_policy (connection, policy);
  return connection;
}

/* Says "0", "1"… up to @n. */
static void
say (Elsewhere *self, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *text = g_strdup_printf ("%u", i);

      g_signal_emit_by_name (self->sender, "said", text);
    }
}

/* --- What a bound does --- */

typedef struct
{
  const char      *name;
  WsOverflowPolicy policy;
  guint64          max_bytes;
  guint            n_queued; /* of ten */
  const char      *words;
} Bound;

static const Bound bounds[] = {
  { "none", WS_OVERFLOW_POLICY_DROP_NEWEST, 0, 10,
    "said:0 said:1 said:2 said:3 said:4 said:5 said:6 said:7 said:8 said:9" },
  { "newest", WS_OVERFLOW_POLICY_DROP_NEWEST, 3 * (ELSEWHERE_OVERHEAD + 1), 3,
    "said:0 said:1 said:2" },
  { "newest-less", WS_OVERFLOW_POLICY_DROP_NEWEST,
    3 * (ELSEWHERE_OVERHEAD + 1) - 1, 2, "said:0 said:1" },
  { "newest-one", WS_OVERFLOW_POLICY_DROP_NEWEST, 1, 1, "said:0" },
  { "oldest", WS_OVERFLOW_POLICY_DROP_OLDEST, 3 * (ELSEWHERE_OVERHEAD + 1), 3,
    "said:7 said:8 said:9" },
  { "oldest-one", WS_OVERFLOW_POLICY_DROP_OLDEST, 1, 1, "said:9" },
  /* A Bell cannot be held, so that twice as much is the end. */
  { "hold", WS_OVERFLOW_POLICY_HOLD, 2 * (ELSEWHERE_OVERHEAD + 1), 4,
    "said:0 said:1 said:2 said:3" },
  { "hold-one", WS_OVERFLOW_POLICY_HOLD, 1, 1, "said:0" },
  { "hold-all", WS_OVERFLOW_POLICY_HOLD, G_MAXUINT64, 10,
    "said:0 said:1 said:2 said:3 said:4 said:5 said:6 said:7 said:8 said:9" },
};

static void
test_bound (Elsewhere *self, gconstpointer data)
{
  const Bound *bound = data;
  guint        n_dropped = 10 - bound->n_queued;
  g_autoptr (WsConnection) connection
      = connect_bounded (self, bound->max_bytes, bound->policy);

  say (self, 10);
  g_assert_cmpuint (ws_connection_get_queued_bytes (connection), ==,
                    bound->n_queued * (ELSEWHERE_OVERHEAD + 1));
  g_assert_cmpuint (ws_connection_get_n_dropped (connection), ==, n_dropped);
  elsewhere_deliver (self);
  bell_expect (self->receiver, bound->words);
  g_assert_cmpuint (ws_connection_get_queued_bytes (connection), ==, 0);
  /* There is room again. */
  say (self, 1);
  elsewhere_deliver (self);
  bell_expect (self->receiver, "said:0");
  g_assert_cmpuint (ws_connection_get_n_dropped (connection), ==, n_dropped);
  /* What was counted survives the end. */
  ws_disconnect (connection);
  g_assert_cmpuint (ws_connection_get_n_dropped (connection), ==, n_dropped);
}

/* The payload of each kind of argument counts. */
static void
test_costs (Elsewhere *self, gconstpointer data)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("12345", 5);
  g_autoptr (WsMessage) message = ws_message_new_text ("1234567");
  g_autoptr (WsConnection) said = elsewhere_connect (self, self->sender, "said",
                                                     G_CALLBACK (bell_on_said));
  g_autoptr (WsConnection) told = elsewhere_connect (self, self->sender, "told",
                                                     G_CALLBACK (bell_on_told));
  g_autoptr (WsConnection) brought
      = elsewhere_connect (self, self->sender, "brought",
                           G_CALLBACK (bell_on_rang));
  g_autoptr (WsConnection) carried
      = elsewhere_connect (self, self->sender, "carried",
                           G_CALLBACK (bell_on_rang));

  g_signal_emit_by_name (self->sender, "said", NULL);
  g_signal_emit_by_name (self->sender, "told", 1, "123");
  g_signal_emit_by_name (self->sender, "brought", bytes);
  g_signal_emit_by_name (self->sender, "carried", message);
  g_assert_cmpuint (ws_connection_get_queued_bytes (said), ==,
                    ELSEWHERE_OVERHEAD);
  g_assert_cmpuint (ws_connection_get_queued_bytes (told), ==,
                    ELSEWHERE_OVERHEAD + 3);
  g_assert_cmpuint (ws_connection_get_queued_bytes (brought), ==,
                    ELSEWHERE_OVERHEAD + 5);
  g_assert_cmpuint (ws_connection_get_queued_bytes (carried), ==,
                    ELSEWHERE_OVERHEAD + 7);
  elsewhere_deliver (self);
  g_assert_cmpuint (ws_connection_get_queued_bytes (carried), ==, 0);
}

/* --- The properties --- */

static void
test_properties (Elsewhere *self, gconstpointer data)
{
  guint n_notified = 0;
  g_autoptr (WsConnection) connection
      = elsewhere_connect (self, self->sender, "said",
                           G_CALLBACK (bell_on_said));

  g_assert_cmpuint (ws_connection_get_max_queued_bytes (connection), ==,
                    16 * 1024 * 1024);
  g_assert_cmpint (ws_connection_get_overflow_policy (connection), ==,
                   WS_OVERFLOW_POLICY_HOLD);
  say (self, 2);
  api_count (connection, "notify", &n_notified);
  g_object_set (connection, "max-queued-bytes", (guint64) 1, "overflow-policy",
                WS_OVERFLOW_POLICY_DROP_NEWEST, NULL);
  g_assert_cmpuint (n_notified, ==, 2);
  g_object_set (connection, "max-queued-bytes", (guint64) 1, "overflow-policy",
                WS_OVERFLOW_POLICY_DROP_NEWEST, NULL);
  g_assert_cmpuint (n_notified, ==, 2);
  /* It is the same connection, and what waited still does. */
  say (self, 1);
  elsewhere_deliver (self);
  bell_expect (self->receiver, "said:0 said:1");
  g_assert_cmpuint (ws_connection_get_n_dropped (connection), ==, 1);
  g_assert_true (ws_disconnect (connection));
}

/* Of a connection that is made of properties, as a .ui file does. */
static void
test_set_before (Elsewhere *self, gconstpointer data)
{
  g_autoptr (WsConnection) connection = NULL;

  g_main_context_push_thread_default (self->context);
  connection
      = g_object_new (WS_TYPE_CONNECTION, "max-queued-bytes", (guint64) 1,
                      "overflow-policy", WS_OVERFLOW_POLICY_DROP_OLDEST,
                      "sender", self->sender, "signal", "said", "receiver",
                      self->receiver, "slot", "write", "flags",
                      WS_CONNECT_FLAGS_QUEUED, NULL);
  g_main_context_pop_thread_default (self->context);
  g_assert_true (ws_connection_get_connected (connection));
  say (self, 3);
  elsewhere_deliver (self);
  bell_expect (self->receiver, "write:2");
}

/* --- What slots do meanwhile --- */

static void
on_hook (Bell *self)
{
  Elsewhere *fixture = g_object_get_data (G_OBJECT (self), "fixture");

  self->hook = NULL;
  say (fixture, 3);
}

/* What runs makes no room, but is no longer what could be dropped. */
static void
test_emit_in_slot (Elsewhere *self, gconstpointer data)
{
  g_autoptr (WsConnection) connection
      = connect_bounded (self, 1, WS_OVERFLOW_POLICY_DROP_OLDEST);

  g_object_set_data (G_OBJECT (self->receiver), "fixture", self);
  self->receiver->hook = on_hook;
  g_signal_emit_by_name (self->sender, "said", "first");
  elsewhere_deliver (self);
  bell_expect (self->receiver, "said:first said:2");
  g_assert_cmpuint (ws_connection_get_n_dropped (connection), ==, 2);
}

/* The one emission of a single shot always has room. */
static void
test_single_shot (Elsewhere *self, gconstpointer data)
{
  WsConnection *connection;

  g_main_context_push_thread_default (self->context);
  connection
      = bell_connect (self->sender, "said", self->receiver, bell_on_said,
                      WS_CONNECT_FLAGS_QUEUED | WS_CONNECT_FLAGS_SINGLE_SHOT);
  g_main_context_pop_thread_default (self->context);
  ws_connection_set_max_queued_bytes (connection, 1);
  say (self, 2);
  elsewhere_deliver (self);
  bell_expect (self->receiver, "said:0");
}

#define add(name, test)                                          \
  g_test_add ("/contracts/signals-queue/" name, Elsewhere, NULL, \
              elsewhere_set_up, test, elsewhere_tear_down)

int
main (int argc, char **argv)
{
  api_test_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (bounds); i++)
    {
      g_autofree char *path
          = g_strdup_printf ("/contracts/signals-queue/bound/%s",
                             bounds[i].name);

      g_test_add (path, Elsewhere, &bounds[i], elsewhere_set_up, test_bound,
                  elsewhere_tear_down);
    }
  add ("costs", test_costs);
  add ("properties", test_properties);
  add ("set-before", test_set_before);
  add ("emit-in-slot", test_emit_in_slot);
  add ("single-shot", test_single_shot);
  return g_test_run ();
}
