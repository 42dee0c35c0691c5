/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fake-broker.h"

#include "support/ws-test.h"

G_DEFINE_TYPE (FakeBroker, fake_broker, WS_TYPE_BROKER)

static void
fake_broker_carry (WsBroker      *broker,
                   WsPublication *publication,
                   WsBrokerQuery *query)
{
  FakeBroker *self = FAKE_BROKER (broker);

  g_queue_push_tail (&self->publications, ws_publication_ref (publication));
  g_queue_push_tail (&self->queries, g_object_ref (query));
}

static void
fake_broker_subscribe (WsBroker *broker, const char *topic)
{
  g_string_append_printf (FAKE_BROKER (broker)->log, "+%s ", topic);
}

static void
fake_broker_unsubscribe (WsBroker *broker, const char *topic)
{
  g_string_append_printf (FAKE_BROKER (broker)->log, "-%s ", topic);
}

static void
fake_broker_read_history (WsBroker *broker, WsBrokerQuery *query)
{
  FakeBroker *self = FAKE_BROKER (broker);

  g_string_append_printf (self->log, "?%s@%" G_GUINT64_FORMAT " ",
                          ws_broker_query_get_topic (query),
                          ws_broker_query_get_offset (query));
  g_queue_push_tail (&self->queries, g_object_ref (query));
}

static void
fake_broker_announce (WsBroker   *broker,
                      const char *topic,
                      const char *client,
                      const char *data)
{
  g_string_append_printf (FAKE_BROKER (broker)->log, "!%s=%s ", topic,
                          data != NULL ? data : "");
}

static void
fake_broker_finalize (GObject *object)
{
  FakeBroker *self = FAKE_BROKER (object);

  g_queue_clear_full (&self->publications,
                      (GDestroyNotify) ws_publication_unref);
  g_queue_clear_full (&self->queries, g_object_unref);
  g_string_free (self->log, TRUE);
  G_OBJECT_CLASS (fake_broker_parent_class)->finalize (object);
}

static void
fake_broker_class_init (FakeBrokerClass *klass)
{
  WsBrokerClass *broker_class = WS_BROKER_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = fake_broker_finalize;
  broker_class->carry = fake_broker_carry;
  broker_class->subscribe = fake_broker_subscribe;
  broker_class->unsubscribe = fake_broker_unsubscribe;
  broker_class->read_history = fake_broker_read_history;
  broker_class->announce = fake_broker_announce;
}

static void
fake_broker_init (FakeBroker *self)
{
  self->log = g_string_new (NULL);
}

void
fake_broker_expect_log (FakeBroker *self, const char *expected)
{
  g_assert_cmpstr (self->log->str, ==, expected);
  g_string_truncate (self->log, 0);
}

void
fake_broker_set_state (FakeBroker *self, WsBrokerState state)
{
  ws_broker_set_state (WS_BROKER (self), state, NULL);
}

WsBrokerQuery *
fake_broker_take_query (FakeBroker *self)
{
  ws_test_until (NULL, self->queries.length > 0);
  return g_queue_pop_head (&self->queries);
}

void
fake_broker_carry_next (FakeBroker *self)
{
  g_autoptr (WsBrokerQuery) query = fake_broker_take_query (self);
  g_autoptr (WsPublication) publication
      = g_queue_pop_head (&self->publications);

  ws_broker_query_succeed (query);
  ws_broker_deliver (WS_BROKER (self), publication);
}

void
fake_broker_deliver_at (FakeBroker *self,
                        const char *epoch,
                        guint64     offset,
                        const char *text)
{
  g_autoptr (WsMessage) message = ws_message_new_text (text);
  g_autoptr (WsPublication) plain = ws_publication_new ("h/1", message);
  g_autoptr (WsPublication) publication
      = ws_publication_new_at (plain, epoch, offset);

  ws_broker_deliver (WS_BROKER (self), publication);
}

void
fake_broker_answer_history (FakeBroker *self,
                            const char *epoch,
                            guint64     first,
                            guint64     last)
{
  g_autoptr (WsBrokerQuery) query = fake_broker_take_query (self);

  for (guint64 i = first; i <= last && first > 0; i++)
    {
      g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT, i);
      g_autoptr (WsMessage) message = ws_message_new_text (text);
      g_autoptr (WsPublication) plain = ws_publication_new ("h/1", message);
      g_autoptr (WsPublication) publication
          = ws_publication_new_at (plain, epoch, i);

      ws_broker_query_add_publication (query, publication);
    }
  ws_broker_query_set_position (query, epoch, last);
  ws_broker_query_succeed (query);
}
