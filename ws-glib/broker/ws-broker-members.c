/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The servers that a broker joins, and how publications reach their threads.
 * All of them are posted while the broker is locked, so that each server gets
 * them in the same order. */
#include "broker/ws-broker-members.h"

#include "broker/ws-broker-topics.h"
#include "message/ws-publication-private.h"
#include "base/ws-tsan-private.h"
#include "net/ws-random.h"

struct _WsBrokerMember
{
  gatomicrefcount            n_refs;
  WsBroker                  *broker; /* (owned) */
  WsPoller                  *poller; /* (owned) */
  const WsBrokerMemberFuncs *funcs;
  gpointer                   data; /* (nullable): none once it is freed; for
                                    * the member's thread */
  guint64                    node;
  gsize                      queued; /* bytes on their way; atomic */
};

typedef struct
{
  WsPost          post;
  WsBrokerMember *member;      /* (owned) */
  WsPublication  *publication; /* (owned) (nullable): it is to resume */
} Delivery;

static void
member_unref (WsBrokerMember *self)
{
  WS_TSAN_RELEASE (self);
  if (!g_atomic_ref_count_dec (&self->n_refs))
    return;
  WS_TSAN_ACQUIRE (self);
  g_object_unref (self->broker);
  ws_poller_unref (self->poller);
  g_free (self);
}

/* --- Delivery --- */

static void
on_delivery (WsPost *post)
{
  Delivery       *self = WS_CONTAINER_OF (post, Delivery, post);
  WsBrokerMember *member = self->member;
  WsPublication  *publication = self->publication;

  g_free (self);
  if (publication != NULL)
    g_atomic_pointer_add (&member->queued,
                          -(gssize) ws_publication_get_size (publication));
  if (member->data != NULL && publication != NULL)
    member->funcs->publication (member->data, publication);
  else if (member->data != NULL)
    member->funcs->resumed (member->data);
  g_clear_pointer (&publication, ws_publication_unref);
  member_unref (member);
}

static void
post (WsBrokerMember *member, WsPublication *publication)
{
  Delivery *delivery = g_new0 (Delivery, 1);

  g_atomic_ref_count_inc (&member->n_refs);
  delivery->post.func = on_delivery;
  delivery->member = member;
  delivery->publication = publication;
  ws_poller_post (member->poller, &delivery->post);
}

/* One at least gets through, however large it is. */
static gboolean
has_room (WsBrokerPrivate *priv, WsBrokerMember *member, gsize size)
{
  const gsize queued = (gsize) g_atomic_pointer_get (&member->queued);

  return queued == 0 || queued + size <= priv->max_queued_bytes;
}

void
ws_broker_deliver_locked (WsBrokerPrivate *priv, WsPublication *publication)
{
  WsBrokerTopic *topic
      = ws_broker_find_topic (priv, ws_publication_get_topic (publication));
  const gsize size = ws_publication_get_size (publication);

  priv->statistics.n_received++;
  for (guint i = 0; topic != NULL && i < topic->members->len; i++)
    {
      WsBrokerMember *member = g_ptr_array_index (topic->members, i);

      if (!has_room (priv, member, size))
        {
          priv->statistics.n_dropped++;
          continue;
        }
      g_atomic_pointer_add (&member->queued, size);
      priv->statistics.n_delivered++;
      post (member, ws_publication_ref (publication));
    }
}

/**
 * ws_broker_deliver:
 * @self: a broker
 * @publication: what has come
 *
 * Hands a publication to all servers here that want it.
 *
 * For derived classes, which call it with each publication that comes, those
 * of servers here included; from any thread. All servers get them in the order
 * of these calls.
 *
 * Since: 1.0
 */
void
ws_broker_deliver (WsBroker *self, WsPublication *publication)
{
  g_return_if_fail (WS_IS_BROKER (self));
  g_return_if_fail (publication != NULL);

  ws_broker_deliver_locked (ws_broker_lock (self), publication);
  ws_broker_unlock (self);
}

/**
 * ws_broker_report_foreign:
 * @self: a broker
 * @error: what is wrong with it, as [ctor@Publication.new_from_bytes] says
 *
 * Tells that something has come that is no publication.
 *
 * For derived classes, in the thread of the broker. Each one counts in
 * [struct@BrokerStatistics]; the first is an [signal@Broker::error], too, for
 * who sends one sends many. The state stays.
 *
 * Since: 1.0
 */
void
ws_broker_report_foreign (WsBroker *self, const GError *error)
{
  gboolean is_first;

  g_return_if_fail (WS_IS_BROKER (self));
  g_return_if_fail (error != NULL);

  if (!ws_broker_may_call (self, "ws_broker_report_foreign"))
    return;
  is_first = ws_broker_lock (self)->statistics.n_foreign++ == 0;
  ws_broker_unlock (self);
  if (is_first)
    g_signal_emit_by_name (self, "error", error);
}

void
ws_broker_resume_members (WsBroker *self)
{
  WsBrokerPrivate *priv = ws_broker_lock (self);

  for (guint i = 0; i < priv->members->len; i++)
    post (g_ptr_array_index (priv->members, i), NULL);
  ws_broker_unlock (self);
}

/* --- Members --- */

WsBrokerMember *
ws_broker_member_new (WsBroker                  *broker,
                      WsPoller                  *poller,
                      const WsBrokerMemberFuncs *funcs,
                      gpointer                   data)
{
  WsBrokerMember  *self = g_new0 (WsBrokerMember, 1);
  WsBrokerPrivate *priv;

  g_atomic_ref_count_init (&self->n_refs);
  self->broker = g_object_ref (broker);
  self->poller = ws_poller_ref (poller);
  self->funcs = funcs;
  self->data = data;
  /* 0 is nobody. */
  while (self->node == 0)
    if (!ws_random_bytes ((guint8 *) &self->node, sizeof self->node))
      self->node = (guint64) g_random_int () << 32 | g_random_int ();
  priv = ws_broker_lock (broker);
  g_ptr_array_add (priv->members, self);
  ws_broker_unlock (broker);
  ws_broker_member_join (self, "");
  return self;
}

void
ws_broker_member_free (WsBrokerMember *self)
{
  WsBrokerPrivate *priv;

  ws_broker_member_leave (self, "");
  priv = ws_broker_lock (self->broker);
  g_ptr_array_remove_fast (priv->members, self);
  ws_broker_unlock (self->broker);
  self->data = NULL;
  member_unref (self);
}

WsBroker *
ws_broker_member_get_broker (WsBrokerMember *self)
{
  return self->broker;
}

guint64
ws_broker_member_get_node (WsBrokerMember *self)
{
  return self->node;
}

void
ws_broker_member_join (WsBrokerMember *self, const char *topic)
{
  ws_broker_enter_topic (self->broker, topic, self);
}

void
ws_broker_member_leave (WsBrokerMember *self, const char *topic)
{
  ws_broker_leave_topic (self->broker, topic, self);
}
