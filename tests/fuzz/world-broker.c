/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an application does with topics that are kept, and brokers that take
 * their time. */
#include "world.h"

#define KEPT "kept"

/* --- A broker that answers when it is told to --- */

typedef struct
{
  WsBroker parent_instance;
  GQueue   queries; /* (owned): of WsBrokerQuery */
} SlowBroker;

typedef WsBrokerClass SlowBrokerClass;

static GType slow_broker_get_type (void);
G_DEFINE_TYPE (SlowBroker, slow_broker, WS_TYPE_BROKER)

/* Beside a query: how it is answered. */
#define ANSWER_KEY "fuzz-world-answer"
typedef void (*Answer) (SlowBroker *self, WsBrokerQuery *query);
#define PUBLICATION_KEY "fuzz-world-publication"

static void
queue (WsBroker *broker, WsBrokerQuery *query, Answer answer)
{
  g_object_set_data (G_OBJECT (query), ANSWER_KEY, (gpointer) answer);
  g_queue_push_tail (&((SlowBroker *) broker)->queries, g_object_ref (query));
}

/* (transfer full) */
static WsPublication *
make_publication (guint64 offset)
{
  g_autoptr (WsMessage) message = ws_message_new_text ("carried");
  g_autoptr (WsPublication) plain = ws_publication_new (KEPT, message);

  return ws_publication_new_at (plain, "epoch", offset);
}

static void
answer_carry (SlowBroker *self, WsBrokerQuery *query)
{
  g_autoptr (WsPublication) publication
      = g_object_steal_data (G_OBJECT (query), PUBLICATION_KEY);
  g_autoptr (WsBroker) broker = g_object_ref (WS_BROKER (self));

  ws_broker_query_succeed (query);
  ws_broker_deliver (broker, publication);
}

static void
answer_history (SlowBroker *self, WsBrokerQuery *query)
{
  for (guint64 i = 1; i <= 3; i++)
    {
      g_autoptr (WsPublication) publication = make_publication (i);

      ws_broker_query_add_publication (query, publication);
    }
  ws_broker_query_set_position (query, "epoch", 3);
  ws_broker_query_succeed (query);
}

static void
answer_presence (SlowBroker *self, WsBrokerQuery *query)
{
  ws_broker_query_add_presence (query, "somebody", "elsewhere");
  ws_broker_query_succeed (query);
}

static void
slow_broker_carry (WsBroker      *broker,
                   WsPublication *publication,
                   WsBrokerQuery *query)
{
  g_object_set_data_full (G_OBJECT (query), PUBLICATION_KEY,
                          ws_publication_ref (publication),
                          (GDestroyNotify) ws_publication_unref);
  queue (broker, query, answer_carry);
}

static void
slow_broker_read_history (WsBroker *broker, WsBrokerQuery *query)
{
  queue (broker, query, answer_history);
}

static void
slow_broker_read_presence (WsBroker *broker, WsBrokerQuery *query)
{
  queue (broker, query, answer_presence);
}

static void
slow_broker_ignore (WsBroker *broker, const char *topic)
{
}

static void
slow_broker_announce (WsBroker   *broker,
                      const char *topic,
                      const char *client,
                      const char *data)
{
}

static void
slow_broker_finalize (GObject *object)
{
  g_queue_clear_full (&((SlowBroker *) object)->queries, g_object_unref);
  G_OBJECT_CLASS (slow_broker_parent_class)->finalize (object);
}

static void
slow_broker_class_init (SlowBrokerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = slow_broker_finalize;
  klass->carry = slow_broker_carry;
  klass->read_history = slow_broker_read_history;
  klass->read_presence = slow_broker_read_presence;
  klass->subscribe = klass->unsubscribe = slow_broker_ignore;
  klass->announce = slow_broker_announce;
}

static void
slow_broker_init (SlowBroker *self)
{
}

/* (transfer full) (nullable) */
static WsBroker *
get_slow_broker (World *self)
{
  WsBroker *broker
      = self->server != NULL ? ws_server_get_broker (self->server) : NULL;

  return broker != NULL && !WS_IS_MEMORY_BROKER (broker) ? g_object_ref (broker)
                                                         : NULL;
}

static void
act_answer (World *self)
{
  g_autoptr (WsBroker) broker = get_slow_broker (self);
  g_autoptr (WsBrokerQuery) query = NULL;

  if (broker != NULL)
    query = g_queue_pop_head (&((SlowBroker *) broker)->queries);
  if (query != NULL)
    ((Answer) g_object_get_data (G_OBJECT (query),
                                 ANSWER_KEY)) ((SlowBroker *) broker, query);
}

static void
act_fail (World *self)
{
  g_autoptr (WsBroker) broker = get_slow_broker (self);
  g_autoptr (WsBrokerQuery) query = NULL;
  g_autoptr (GError) error
      = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, "in vain");

  if (broker != NULL)
    query = g_queue_pop_tail (&((SlowBroker *) broker)->queries);
  if (query != NULL)
    ws_broker_query_fail (query, error);
}

static void
act_deliver (World *self)
{
  g_autoptr (WsBroker) broker = get_slow_broker (self);
  g_autoptr (WsPublication) publication = make_publication (++self->n_kept);

  if (broker != NULL)
    ws_broker_deliver (broker, publication);
}

static void
act_change_state (World *self)
{
  g_autoptr (WsBroker) broker = get_slow_broker (self);

  if (broker == NULL)
    return;
  ws_broker_set_state (broker,
                       ws_broker_get_state (broker) == WS_BROKER_STATE_CONNECTED
                           ? WS_BROKER_STATE_CONNECTING
                           : WS_BROKER_STATE_CONNECTED,
                       NULL);
}

/* --- Brokers --- */

static void
set_broker (World *self, WsBroker *broker)
{
  world_track (self, broker);
  ws_broker_set_history (broker, KEPT, 4, 0);
  ws_broker_set_publish_timeout (broker, 1000);
  if (self->server != NULL)
    ws_server_set_broker (self->server, broker);
  g_object_unref (broker);
}

static void
act_set_memory_broker (World *self)
{
  set_broker (self, ws_memory_broker_new ());
}

static void
act_set_slow_broker (World *self)
{
  WsBroker *broker = g_object_new (slow_broker_get_type (), NULL);

  ws_broker_set_state (broker, WS_BROKER_STATE_CONNECTED, NULL);
  set_broker (self, broker);
}

static void
act_set_no_broker (World *self)
{
  if (self->server != NULL)
    ws_server_set_broker (self->server, NULL);
}

/* --- Publishing, and asking --- */

/* (transfer full): each has a number, and comes after those before. */
static WsMessage *
make_kept (World *self)
{
  g_autofree char *text = g_strdup_printf ("kept %u", ++self->n_published);

  return ws_message_new_text (text);
}

static void
act_publish_kept (World *self)
{
  g_autoptr (WsMessage) message = make_kept (self);

  if (self->server != NULL)
    (void) !ws_server_publish (self->server, KEPT, message, NULL);
}

static void
act_publish_and_wait (World *self)
{
  g_autoptr (WsMessage) message = make_kept (self);

  if (self->server == NULL)
    return;
  ws_server_publish_async (
      self->server, KEPT, message, NULL, self->cancellable, world_end_call,
      world_begin_call (self, (WorldFinish) ws_server_publish_finish));
}

static void
on_subscribed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  World *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *epoch = NULL;
  guint64          offset;
  gboolean         recovered;
  gboolean         ok
      = ws_socket_subscribe_since_finish (WS_SOCKET (object), result,
                                          &recovered, &epoch, &offset, &error);

  g_assert_true (ok == (error == NULL));
  self->n_calls--;
  if (!ok)
    return;
  g_free (self->epoch);
  self->epoch = g_steal_pointer (&epoch);
}

void
world_subscribe_since (World *self, WsSocket *socket)
{
  self->n_calls++;
  self->n_recoveries++;
  ws_socket_subscribe_since_async (socket, KEPT, self->epoch, 1,
                                   self->cancellable, on_subscribed, self);
}

static gboolean
finish_presence (gpointer broker, GAsyncResult *result, GError **error)
{
  g_autoptr (GHashTable) present
      = ws_broker_read_presence_finish (broker, result, error);

  return present != NULL;
}

static void
act_read_presence (World *self)
{
  WsBroker *broker
      = self->server != NULL ? ws_server_get_broker (self->server) : NULL;

  if (broker == NULL)
    return;
  ws_broker_read_presence_async (broker, KEPT, self->cancellable,
                                 world_end_call,
                                 world_begin_call (self, finish_presence));
}

static gboolean
finish_history (gpointer broker, GAsyncResult *result, GError **error)
{
  g_autofree char *epoch = NULL;
  guint64          offset;
  g_autoptr (GPtrArray) publications
      = ws_broker_read_history_finish (broker, result, &epoch, &offset, error);

  return publications != NULL;
}

static void
act_read_history (World *self)
{
  WsBroker *broker
      = self->server != NULL ? ws_server_get_broker (self->server) : NULL;

  if (broker == NULL)
    return;
  ws_broker_read_history_async (broker, KEPT, NULL, 0, 10, self->cancellable,
                                world_end_call,
                                world_begin_call (self, finish_history));
}

static void
act_drain (World *self)
{
  if (self->server != NULL)
    ws_server_drain_async (
        self->server, 100, self->cancellable, world_end_call,
        world_begin_call (self, (WorldFinish) ws_server_drain_finish));
}

static void
act_measure (World *self)
{
  g_autofree char *metrics
      = self->server != NULL ? ws_server_dup_metrics (self->server) : NULL;

  g_assert_true (metrics == NULL || g_str_has_prefix (metrics, "#"));
}

void (*const world_broker_acts[]) (World *self) = { act_set_memory_broker,
                                                    act_set_slow_broker,
                                                    act_publish_kept,
                                                    act_publish_and_wait,
                                                    act_answer,
                                                    act_fail,
                                                    act_deliver,
                                                    act_change_state,
                                                    act_read_presence,
                                                    act_read_history,
                                                    act_drain,
                                                    act_measure,
                                                    act_set_no_broker,
                                                    NULL };
