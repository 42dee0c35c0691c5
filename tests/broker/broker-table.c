/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "broker-table.h"

#include <stdio.h>
#include <string.h>

#include "broker-peer.h"
#include "support/ws-test.h"

/* What holds for every broker. A node's answers and what is published reach a
 * client in one stream, so that a test that has seen the answer to something
 * said later knows what came before. */

typedef struct
{
  const BrokerCarrier *carrier;
  BrokerNodes         *nodes;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->carrier = data;
  self->nodes = self->carrier->start (self->carrier->data);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  self->carrier->stop (self->nodes, self->carrier->data);
}

static BrokerPeer *
join (Fixture *self, guint i)
{
  return broker_peer_new (self->nodes->ports[i % self->nodes->n_nodes]);
}

/* What the publisher has said before is with @peer, who has subscribed to
 * "mark". */
static void
expect_mark (BrokerPeer *publisher, BrokerPeer *peer)
{
  broker_peer_say (publisher, "pub mark done");
  broker_peer_expect (peer, "done");
}

/* --- Who gets what --- */

static void
test_reach (Fixture *self, gconstpointer data)
{
  g_autoptr (BrokerPeer) one = join (self, 0);
  g_autoptr (BrokerPeer) same = join (self, 0);
  g_autoptr (BrokerPeer) other = join (self, 1);

  broker_peer_do (one, "join news");
  broker_peer_do (same, "join news");
  broker_peer_do (other, "join news");
  broker_peer_do (other, "join mark");
  broker_peer_do (one, "join mark");
  /* Not to the one who says it. */
  broker_peer_say (one, "pub news said");
  broker_peer_expect (same, "said");
  broker_peer_expect (other, "said");
  /* A server has nobody to leave out. */
  broker_peer_say (other, "srv news told");
  broker_peer_expect (one, "told");
  broker_peer_expect (same, "told");
  broker_peer_expect (other, "told");
  broker_peer_say (same, "all everybody");
  broker_peer_expect (one, "everybody");
  broker_peer_expect (same, "everybody");
  broker_peer_expect (other, "everybody");
  /* Who has not subscribed may speak, and who has left hears nothing. */
  broker_peer_do (other, "unsub news");
  broker_peer_say (other, "pub news from outside");
  broker_peer_expect (one, "from outside");
  expect_mark (one, other);
  broker_peer_say (same, "wait news waited");
  broker_peer_expect (one, "waited");
}

static void
send_binary (BrokerPeer *peer, const char *topic, GBytes *payload)
{
  g_autoptr (GByteArray) whole = g_byte_array_new ();
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (WsMessage) message = NULL;

  g_byte_array_append (whole, (const guint8 *) topic, strlen (topic));
  g_byte_array_append (whole, (const guint8 *) "\xff", 1);
  g_byte_array_append (whole, g_bytes_get_data (payload, NULL),
                       g_bytes_get_size (payload));
  bytes = g_byte_array_free_to_bytes (g_steal_pointer (&whole));
  message = ws_message_new_binary (bytes);
  g_assert_cmpint (ws_socket_send_message (peer->socket, message, NULL), >, 0);
}

static void
expect_bytes (BrokerPeer *peer, WsMessageType type, const void *data, gsize len)
{
  g_autoptr (WsMessage) message = broker_peer_take (peer);
  gsize         found_len;
  const guint8 *found = ws_message_get_data (message, &found_len);

  g_assert_cmpint (ws_message_get_message_type (message), ==, type);
  g_assert_cmpmem (found, found_len, data, len);
}

static void
test_payloads (Fixture *self, gconstpointer data)
{
  static const gsize sizes[] = { 0, 1, 125, 126, 65536, 16 * 1024 * 1024 };
  static const char  text[] = "pub p a\0b";
  g_autoptr (BrokerPeer) from = join (self, 0);
  g_autoptr (BrokerPeer) to = join (self, 1);
  g_autoptr (GBytes) nul = g_bytes_new_static (text, sizeof text - 1);
  g_autoptr (WsMessage) message = ws_message_new_text_bytes (nul, NULL);

  broker_peer_do (to, "join p");
  g_assert_cmpint (ws_socket_send_message (from->socket, message, NULL), >, 0);
  expect_bytes (to, WS_MESSAGE_TYPE_TEXT, "a\0b", 3);
  broker_peer_say (from, "pub p ");
  expect_bytes (to, WS_MESSAGE_TYPE_TEXT, "", 0);
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      guint8 *payload = g_malloc (MAX (1, sizes[i]));
      g_autoptr (GBytes) bytes = NULL;

      for (gsize j = 0; j < sizes[i]; j++)
        payload[j] = (guint8) (j * 7 + j / 251);
      bytes = g_bytes_new_take (payload, sizes[i]);
      send_binary (from, "p", bytes);
      expect_bytes (to, WS_MESSAGE_TYPE_BINARY, payload, sizes[i]);
    }
}

/* Names are any text. */
static void
test_names (Fixture *self, gconstpointer data)
{
  static const char *const names[]
      = { "ünïcode", "a*b?[c]", "\"'\\", "x\ty", "\r\n", "{}", ":", "\x01" };
  g_autoptr (BrokerPeer) one = join (self, 0);
  g_autoptr (BrokerPeer) other = join (self, 1);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    broker_peer_do (other, "join %s", names[i]);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      broker_peer_say (one, "pub %s %u", names[i], i);
      g_assert_cmpuint (i, <, 10);
      broker_peer_expect (other, (const char[]){ (char) ('0' + i), '\0' });
    }
}

/* --- Order --- */

#define N_SUBSCRIBERS 6
#define N_PUBLISHERS  3
#define N_EACH        200

/* The next of each publisher is one more than the last. */
static void
check_own_order (const char *text, guint *next)
{
  guint publisher, number;

  g_assert_cmpint (sscanf (text, "%u %u", &publisher, &number), ==, 2);
  g_assert_cmpuint (publisher, <, N_PUBLISHERS);
  g_assert_cmpuint (number, ==, next[publisher]);
  next[publisher]++;
}

static void
test_order (Fixture *self, gconstpointer data)
{
  BrokerPeer *publishers[N_PUBLISHERS];
  BrokerPeer *subscribers[N_SUBSCRIBERS];
  guint       next[N_PUBLISHERS] = { 0 };

  for (guint i = 0; i < N_SUBSCRIBERS; i++)
    {
      subscribers[i] = join (self, i);
      broker_peer_do (subscribers[i], "join stream");
    }
  for (guint i = 0; i < N_PUBLISHERS; i++)
    publishers[i] = join (self, i);
  for (guint n = 0; n < N_EACH; n++)
    for (guint i = 0; i < N_PUBLISHERS; i++)
      broker_peer_say (publishers[i], "pub stream %u %u", i, n);
  for (guint n = 0; n < N_PUBLISHERS * N_EACH; n++)
    {
      g_autofree char *first = broker_peer_take_text (subscribers[0]);

      check_own_order (first, next);
      for (guint i = 1; i < N_SUBSCRIBERS; i++)
        broker_peer_expect (subscribers[i], first);
    }
  for (guint i = 0; i < N_SUBSCRIBERS; i++)
    broker_peer_free (subscribers[i]);
  for (guint i = 0; i < N_PUBLISHERS; i++)
    broker_peer_free (publishers[i]);
}

/* --- Many topics, and subscribers who come and go --- */

#define N_TOPICS 100000

static void
test_many_topics (Fixture *self, gconstpointer data)
{
  static const guint picks[] = { 0, 1, N_TOPICS / 2, N_TOPICS - 1 };
  g_autoptr (BrokerPeer) one = join (self, 0);
  g_autoptr (BrokerPeer) other = join (self, 1);

  broker_peer_do (other, "many %u", N_TOPICS);
  for (guint i = 0; i < G_N_ELEMENTS (picks); i++)
    {
      g_autofree char *text = g_strdup_printf ("%u", picks[i]);

      broker_peer_say (one, "pub t/%u %u", picks[i], picks[i]);
      broker_peer_expect (other, text);
    }
}

#define CHURN_TOPICS 5
#define CHURN_STEPS  300

static void
test_churn (Fixture *self, gconstpointer data)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (13);
  g_autoptr (BrokerPeer) publisher = join (self, 0);
  BrokerPeer *peers[4];
  gboolean    is_in[4][CHURN_TOPICS] = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
    {
      peers[i] = join (self, i);
      broker_peer_do (peers[i], "join mark");
    }
  for (guint step = 0; step < CHURN_STEPS; step++)
    {
      const guint i = (guint) g_rand_int_range (rand, 0, G_N_ELEMENTS (peers));
      const guint topic = (guint) g_rand_int_range (rand, 0, CHURN_TOPICS);
      g_autofree char *text = g_strdup_printf ("%u", step);

      is_in[i][topic] = !is_in[i][topic];
      broker_peer_do (peers[i], "%s c%u", is_in[i][topic] ? "join" : "unsub",
                      topic);
      broker_peer_say (publisher, "pub c%u %u", topic, step);
      broker_peer_say (publisher, "pub mark done");
      for (guint j = 0; j < G_N_ELEMENTS (peers); j++)
        {
          if (is_in[j][topic])
            broker_peer_expect (peers[j], text);
          broker_peer_expect (peers[j], "done");
        }
    }
  for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
    broker_peer_free (peers[i]);
}

/* --- History --- */

/* What a client knows of topic h/stream. */
typedef struct
{
  char    *epoch; /* (owned) (nullable) */
  guint64  offset;
  guint64  n;      /* the number it expects next */
  gboolean is_new; /* the first number is any */
} Position;

static void
follow (BrokerPeer *peer, Position *position, guint64 until)
{
  while (position->n < until)
    {
      g_autofree char *text = broker_peer_take_text (peer);
      g_auto (GStrv) words = g_strsplit (text, " ", 3);

      g_assert_cmpuint (g_strv_length (words), ==, 3);
      if (position->epoch != NULL)
        g_assert_cmpstr (words[0], ==, position->epoch);
      g_assert_cmpuint (g_ascii_strtoull (words[1], NULL, 10), ==,
                        position->offset + 1);
      g_assert_cmpuint (g_ascii_strtoull (words[2], NULL, 10), ==, position->n);
      position->offset++;
      position->n++;
    }
}

/* Whether it has missed nothing; where it is then stands in @position. */
static gboolean
recover (BrokerPeer *peer, Position *position)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) words = NULL;

  broker_peer_say (peer, "since h/stream %s %" G_GUINT64_FORMAT,
                   position->epoch != NULL ? position->epoch : "-",
                   position->offset);
  /* The answer comes behind what was missed. */
  for (;;)
    {
      g_free (text);
      text = broker_peer_take_text (peer);
      g_strfreev (words);
      words = g_strsplit (text, " ", 4);
      if (g_str_equal (words[0], "recovered"))
        break;
      g_assert_cmpstr (words[0], ==, position->epoch);
      g_assert_cmpuint (g_ascii_strtoull (words[1], NULL, 10), ==,
                        position->offset + 1);
      g_assert_cmpuint (g_ascii_strtoull (words[2], NULL, 10), ==, position->n);
      position->offset++;
      position->n++;
    }
  g_free (position->epoch);
  position->epoch = g_strdup (words[2]);
  if (g_str_equal (words[1], "1"))
    g_assert_cmpuint (g_ascii_strtoull (words[3], NULL, 10), ==,
                      position->offset);
  position->offset = g_ascii_strtoull (words[3], NULL, 10);
  return g_str_equal (words[1], "1");
}

#define N_CUTS 60

/* A client is cut off at random and comes back at any node, while somebody
 * goes on publishing. */
static void
test_recovery (Fixture *self, gconstpointer data)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  g_autoptr (BrokerPeer) publisher = join (self, 0);
  BrokerPeer *peer = join (self, 1);
  Position    position = { 0 };
  guint64     n = 0;

  g_assert_true (recover (peer, &position));
  for (guint cut = 0; cut < N_CUTS; cut++)
    {
      const guint before = (guint) g_rand_int_range (rand, 0, 20);
      const guint after = (guint) g_rand_int_range (rand, 0, 20);

      for (guint i = 0; i < before; i++)
        broker_peer_say (publisher, "srv h/stream %" G_GUINT64_FORMAT, n++);
      follow (peer, &position,
              position.n
                  + (guint64) g_rand_int_range (rand, 0,
                                                (gint32) (n - position.n + 1)));
      broker_peer_free (peer);
      for (guint i = 0; i < after; i++)
        broker_peer_say (publisher, "srv h/stream %" G_GUINT64_FORMAT, n++);
      peer = join (self, cut);
      g_assert_true (recover (peer, &position));
      broker_peer_say (publisher, "srv h/stream %" G_GUINT64_FORMAT, n++);
      follow (peer, &position, n);
    }
  g_free (position.epoch);
  broker_peer_free (peer);
}

/* What is asked for is not kept any more, or was never there. */
static void
test_not_recovered (Fixture *self, gconstpointer data)
{
  g_autoptr (BrokerPeer) publisher = join (self, 0);
  g_autoptr (BrokerPeer) peer = join (self, 1);
  Position position = { .epoch = NULL };

  g_assert_true (recover (peer, &position));
  broker_peer_do (peer, "unsub h/stream");
  broker_peer_do (publisher, "join h/stream");
  for (guint i = 0; i < 60; i++)
    broker_peer_say (publisher, "srv h/stream %u", i);
  for (guint i = 0; i < 60; i++)
    g_free (broker_peer_take_text (publisher));
  g_assert_false (recover (peer, &position));
  g_assert_cmpuint (position.offset, ==, 60);
  position.n = 60;
  broker_peer_say (publisher, "srv h/stream 60");
  follow (peer, &position, 61);
  /* Another epoch, and an offset beyond the last one. */
  g_free (position.epoch);
  position.epoch = g_strdup ("another");
  g_assert_false (recover (peer, &position));
  position.offset += 5;
  g_assert_false (recover (peer, &position));
  broker_peer_say (publisher, "srv h/stream 61");
  follow (peer, &position, 62);
  g_free (position.epoch);
}

/* --- Who is there --- */

static void
expect_present (BrokerPeer *peer, const char *expected)
{
  for (;;)
    {
      g_autofree char *text = NULL;

      broker_peer_say (peer, "who room");
      text = broker_peer_take_text (peer);
      if (g_str_equal (text, expected))
        return;
    }
}

static void
test_presence (Fixture *self, gconstpointer data)
{
  g_autoptr (BrokerPeer) one = join (self, 0);
  g_autoptr (BrokerPeer) asking = join (self, 2);
  BrokerPeer *other = join (self, 1);

  broker_peer_say (one, "here room Ann");
  broker_peer_expect (
      one, "error The client has not subscribed to the topic \"room\"");
  broker_peer_do (one, "join room");
  broker_peer_do (other, "join room");
  expect_present (asking, "who ");
  broker_peer_do (one, "here room Ann");
  broker_peer_do (other, "here room Bob");
  expect_present (asking, "who Ann Bob");
  broker_peer_do (one, "here room Anna");
  expect_present (asking, "who Anna Bob");
  broker_peer_free (other);
  expect_present (asking, "who Anna");
  broker_peer_do (one, "unsub room");
  expect_present (asking, "who ");
}

/* --- The table --- */

static const struct
{
  const char *name;
  void (*test) (Fixture *self, gconstpointer data);
  gboolean needs_broker;
} table[] = {
  { "reach", test_reach, FALSE },
  { "payloads", test_payloads, FALSE },
  { "names", test_names, FALSE },
  { "order", test_order, FALSE },
  { "many-topics", test_many_topics, FALSE },
  { "churn", test_churn, FALSE },
  { "recovery", test_recovery, TRUE },
  { "not-recovered", test_not_recovered, TRUE },
  { "presence", test_presence, TRUE },
};

void
broker_table_add (const BrokerCarrier *carrier)
{
  const gboolean has_broker = !g_str_equal (carrier->name, "none");

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autofree char *path
          = g_strdup_printf ("/broker/%s/%s", carrier->name, table[i].name);

      if (has_broker || !table[i].needs_broker)
        g_test_add (path, Fixture, carrier, set_up, table[i].test, tear_down);
    }
}
