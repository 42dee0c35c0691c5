/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The broker of one process. */
#include "ws-memory-broker.h"

#include "broker/ws-broker-core.h"
#include "broker/ws-broker-members.h"
#include "broker/ws-memory-history.h"

/**
 * WsMemoryBroker:
 *
 * Joins the servers of one process, in whatever threads they are.
 *
 * It needs nothing but memory, and is always
 * [enum@Ws.BrokerState.connected]. Its histories end with it, and at most
 * 100 000 topics have one at a time. It may be used in every thread, and does
 * not care for the one where it was made.
 *
 * Since: 1.0
 */

struct _WsMemoryBroker
{
  WsBroker parent_instance;

  WsMemoryHistory history; /* while the broker is locked */
};

G_DEFINE_FINAL_TYPE (WsMemoryBroker, ws_memory_broker, WS_TYPE_BROKER)

/* A publication gets its place and is handed on under one lock, so that its
 * place is what everybody sees. */
static void
publish (WsBroker *broker, WsPublication *publication)
{
  WsMemoryBroker *self = WS_MEMORY_BROKER (broker);
  guint           max_count;
  guint64         max_age;
  const gboolean  is_kept
      = ws_broker_get_history (broker, ws_publication_get_topic (publication),
                               &max_count, &max_age);
  WsBrokerPrivate *priv = ws_broker_lock (broker);

  if (is_kept)
    {
      g_autoptr (WsPublication) kept
          = ws_memory_history_append (&self->history, publication, max_count,
                                      max_age);

      ws_broker_deliver_locked (priv, kept);
    }
  else
    ws_broker_deliver_locked (priv, publication);
  ws_broker_unlock (broker);
}

static void
read_history (WsBroker *broker, WsBrokerQuery *query)
{
  WsMemoryBroker *self = WS_MEMORY_BROKER (broker);

  if (ws_broker_get_history (broker, ws_broker_query_get_topic (query), NULL,
                             NULL))
    {
      ws_broker_lock (broker);
      ws_memory_history_read (&self->history, query);
      ws_broker_unlock (broker);
    }
  ws_broker_query_succeed (query);
}

static const WsBrokerDirect direct = { publish, read_history };

static void
ws_memory_broker_finalize (GObject *object)
{
  ws_memory_history_clear (&WS_MEMORY_BROKER (object)->history);
  G_OBJECT_CLASS (ws_memory_broker_parent_class)->finalize (object);
}

static void
ws_memory_broker_class_init (WsMemoryBrokerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ws_memory_broker_finalize;
  WS_BROKER_CLASS (klass)->direct = &direct;
}

static void
ws_memory_broker_init (WsMemoryBroker *self)
{
  ws_memory_history_init (&self->history);
  ws_broker_peek (WS_BROKER (self))->state = WS_BROKER_STATE_CONNECTED;
}

/**
 * ws_memory_broker_new: (constructor)
 *
 * Creates a broker for the servers of this process.
 *
 * Returns: (transfer full) (type Ws.MemoryBroker): a new broker
 *
 * Since: 1.0
 */
WsBroker *
ws_memory_broker_new (void)
{
  return g_object_new (WS_TYPE_MEMORY_BROKER, NULL);
}
