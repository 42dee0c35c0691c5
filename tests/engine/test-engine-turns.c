/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine-rig.h"
#include "fake-transport.h"

/* Nobody keeps the main loop to himself. */

static Rig *
new_fake (WsRole role, FakeTransport **transport)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (WsPoller) poller = ws_poller_get (context);
  Rig *rig;

  *transport = fake_transport_new (poller);
  rig = rig_new_for_transport (context, role, &(*transport)->parent);
  ws_engine_start (rig->engine);
  return rig;
}

/* Fills whatever it is given, for ever, with empty messages. */
static gssize
read_endlessly (WsTransport *transport, guint8 *data, gsize len, GError **error)
{
  static const guint8 frame[6] = { 0x82, 0x80 };

  for (gsize i = 0; i < len; i++)
    data[i] = frame[i % sizeof frame];
  return len / sizeof frame * sizeof frame;
}

typedef struct
{
  guint n_messages;
  guint n_idle;
  guint handler; /* µs that one takes */
} Flood;

static void
on_flood (Rig *rig, const char *what)
{
  Flood *flood = rig->data;
  gint64 end = g_get_monotonic_time () + flood->handler;

  g_string_truncate (rig->log, 0);
  flood->n_messages++;
  while (g_get_monotonic_time () < end)
    ;
}

static gboolean
on_idle (gpointer data)
{
  ((Flood *) data)->n_idle++;
  return G_SOURCE_CONTINUE;
}

/* A connection whose input never ends gives way after a while, for the number
 * of messages or for the time that they take, also to sources
 * of lower priority. */
static void
test_fairness (gconstpointer data)
{
  FakeTransport *transport;
  g_autoptr (Rig) rig = new_fake (WS_ROLE_SERVER, &transport);
  WsTransportClass endless = *transport->parent.klass;
  Flood            flood = { .handler = GPOINTER_TO_UINT (data) };
  guint            max = flood.handler > 0 ? 4 : 1024;
  g_autoptr (GSource) idle = g_idle_source_new ();

  endless.read = read_endlessly;
  transport->parent.klass = &endless;
  rig->hook = on_flood;
  rig->data = &flood;
  g_source_set_callback (idle, on_idle, &flood, NULL);
  g_source_set_priority (idle, G_PRIORITY_LOW);
  g_source_attach (idle, rig->context);

  transport->parent.ready (transport->parent.user_data, G_IO_IN);
  g_assert_cmpuint (flood.n_messages, >, 0);
  g_assert_cmpuint (flood.n_messages, <=, max);
  g_assert_cmpuint (transport->wanted & G_IO_IN, ==, 0);
  for (guint i = 1; i < 10; i++)
    {
      guint n = flood.n_messages;

      ws_test_until (rig->context, flood.n_idle == i);
      g_assert_cmpuint (flood.n_messages, ==, n);
      ws_test_until (rig->context, flood.n_messages > n);
      g_assert_cmpuint (flood.n_messages, <=, n + max);
    }
  g_source_destroy (idle);
  g_assert_false (rig->ended);
  g_clear_pointer (&rig->engine, ws_engine_drop);
}

/* With nobody else there is no gap: the main loop has something to do. */
static void
test_flood_alone (void)
{
  FakeTransport *transport;
  g_autoptr (Rig) rig = new_fake (WS_ROLE_SERVER, &transport);
  WsTransportClass endless = *transport->parent.klass;
  Flood            flood = { 0 };

  endless.read = read_endlessly;
  transport->parent.klass = &endless;
  rig->hook = on_flood;
  rig->data = &flood;
  transport->parent.ready (transport->parent.user_data, G_IO_IN);
  for (guint i = 0; i < 10; i++)
    {
      guint n = flood.n_messages;

      g_assert_true (g_main_context_iteration (rig->context, FALSE));
      g_assert_cmpuint (flood.n_messages, >, n);
    }
  g_clear_pointer (&rig->engine, ws_engine_drop);
}

/* The others wait for one turn, not for all of the flood. */
static void
test_neighbour (void)
{
  g_autoptr (Rig) flooded = rig_new (WS_ROLE_SERVER, RIG_UNIX);
  g_autoptr (Rig) rig = rig_new_beside (flooded, WS_ROLE_SERVER);
  g_autoptr (GByteArray) wire = g_byte_array_new ();
  Flood flood = { 0 };

  flooded->hook = on_flood;
  flooded->data = &flood;
  while (wire->len < 64 * 1024)
    wire_append (wire, TRUE, WS_OPCODE_BINARY, "", 0, TRUE);
  rig_peer_write (flooded, wire->data, wire->len);
  rig_peer_text (rig, "polite");
  rig_until (rig, rig->log->len > 0);
  g_assert_cmpuint (flood.n_messages, <, wire->len / 6 / 2);
  rig_assert_log (rig, "text(polite)");
  rig_until (rig, flood.n_messages == wire->len / 6);
}

/* In the midst of its turn the owner pauses, closes, or goes. */
static void
pause_in_flood (Rig *rig, const char *what)
{
  on_flood (rig, what);
  if (((Flood *) rig->data)->n_messages == 1024)
    ws_engine_set_paused (rig->engine, TRUE);
}

static void
test_paused (void)
{
  g_autoptr (Rig) rig = rig_new (WS_ROLE_SERVER, RIG_UNIX);
  g_autoptr (GByteArray) wire = g_byte_array_new ();
  Flood       flood = { 0 };
  const guint n = 3000;

  rig->hook = pause_in_flood;
  rig->data = &flood;
  for (guint i = 0; i < n; i++)
    wire_append (wire, TRUE, WS_OPCODE_BINARY, "", 0, TRUE);
  rig_peer_write (rig, wire->data, wire->len);
  rig_until (rig, flood.n_messages == 1024);
  rig_settle (rig);
  g_assert_cmpuint (flood.n_messages, ==, 1024);
  ws_engine_set_paused (rig->engine, FALSE);
  rig_until (rig, flood.n_messages == n);
}

static void
drop_in_flood (Rig *rig, const char *what)
{
  on_flood (rig, what);
  if (((Flood *) rig->data)->n_messages == 1024)
    g_clear_pointer (&rig->engine, ws_engine_drop);
}

static void
test_dropped (void)
{
  g_autoptr (Rig) rig = rig_new (WS_ROLE_SERVER, RIG_UNIX);
  g_autoptr (GByteArray) wire = g_byte_array_new ();
  Flood flood = { 0 };

  rig->hook = drop_in_flood;
  rig->data = &flood;
  for (guint i = 0; i < 3000; i++)
    wire_append (wire, TRUE, WS_OPCODE_BINARY, "", 0, TRUE);
  rig_peer_write (rig, wire->data, wire->len);
  rig_until (rig, rig->engine == NULL);
  rig_settle (rig);
  g_assert_cmpuint (flood.n_messages, ==, 1024);
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);
  g_test_add_data_func ("/engine/engine-turns/number", GUINT_TO_POINTER (0),
                        test_fairness);
  g_test_add_data_func ("/engine/engine-turns/time", GUINT_TO_POINTER (3000),
                        test_fairness);
  g_test_add_func ("/engine/engine-turns/alone", test_flood_alone);
  g_test_add_func ("/engine/engine-turns/neighbour", test_neighbour);
  g_test_add_func ("/engine/engine-turns/paused", test_paused);
  g_test_add_func ("/engine/engine-turns/dropped", test_dropped);
  return g_test_run ();
}
