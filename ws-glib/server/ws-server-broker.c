/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A server as one of those that a broker joins. */
#include "server/ws-server-broker.h"

#include "broker/ws-broker-history.h"
#include "message/ws-publication-private.h"
#include "server/ws-server-client.h"
#include "server/ws-server-fan-out.h"
#include "server/ws-server-presence.h"
#include "server/ws-server-signals.h"
#include "server/ws-server-topics.h"

/* --- Publishing --- */

WsPublication *
ws_server_make_publication (WsServer       *self,
                            const char     *topic,
                            WsMessage      *message,
                            WsServerClient *except)
{
  WsServerPrivate *priv = ws_server_peek (self);

  return ws_publication_new_from (
      topic, message,
      priv->member != NULL ? ws_broker_member_get_node (priv->member) : 0,
      except != NULL ? ws_server_client_get_number (except) : 0);
}

gssize
ws_server_broker_publish (WsServer       *self,
                          const char     *topic,
                          WsMessage      *message,
                          WsServerClient *except,
                          GError        **error)
{
  WsServerPrivate *priv = ws_server_peek (self);
  gssize           n;
  g_autoptr (WsPublication) publication
      = ws_server_make_publication (self, topic, message, except);

  if (!ws_broker_publish (priv->broker, publication, error))
    return -1;
  n = *topic == '\0' ? (gssize) g_sequence_get_length (priv->clients)
                     : (gssize) ws_server_count_subscribers (self, topic);
  if (except != NULL && ws_server_client_is_subscribed (except, topic))
    n--;
  return n;
}

/* --- Sending what comes --- */

WsMessage *
ws_server_format_publication (WsServer *self, WsPublication *publication)
{
  WsMessage *message = NULL;

  if (ws_server_has_listener (self, WS_SERVER_SIGNAL_FORMAT_PUBLICATION))
    ws_server_emit (self, WS_SERVER_SIGNAL_FORMAT_PUBLICATION, publication,
                    &message);
  return message != NULL
             ? message
             : ws_message_ref (ws_publication_get_message (publication));
}

typedef struct
{
  WsPublication  *publication;
  guint64         except; /* the number of a client; 0: none */
  WsServerFollow *follow; /* (nullable) */
} Sending;

/* (nullable): not one whose subscription has ended; there may be a new one. */
static WsServerRecovery *
find_recovery (const WsServerFollow *follow, const WsServerClient *client)
{
  for (GList *i = follow != NULL ? follow->recoveries.head : NULL; i != NULL;
       i = i->next)
    {
      WsServerRecovery *recovery = i->data;

      if (recovery->client == client
          && !g_cancellable_is_cancelled (recovery->cancellable))
        return recovery;
    }
  return NULL;
}

static void
hold (WsServerRecovery *recovery, WsPublication *publication)
{
  if (recovery->held.length < WS_SERVER_FOLLOW_MAX_HELD)
    g_queue_push_tail (&recovery->held, ws_publication_ref (publication));
  else
    recovery->is_short = TRUE;
}

static gboolean
is_for (WsServerClient *client, gpointer data)
{
  const Sending    *self = data;
  WsServerRecovery *recovery;

  if (self->except != 0 && client->number == self->except)
    return FALSE;
  recovery = find_recovery (self->follow, client);
  if (recovery == NULL)
    return TRUE;
  if (!recovery->is_settled)
    hold (recovery, self->publication);
  return recovery->is_settled
         && ws_publication_get_offset (self->publication) > recovery->position;
}

static void
send (WsServer *self, WsPublication *publication, WsServerFollow *follow)
{
  WsServerPrivate *priv = ws_server_peek (self);
  const char      *topic = ws_publication_get_topic (publication);
  g_autoptr (WsMessage) message
      = ws_server_format_publication (self, publication);
  Sending sending = { .publication = publication, .follow = follow };

  if (priv->member != NULL
      && ws_publication_peek_node (publication)
             == ws_broker_member_get_node (priv->member))
    sending.except = ws_publication_peek_client (publication);
  if (*topic == '\0')
    ws_server_send_to_all (self, message, is_for, &sending);
  else
    ws_server_send_to_topic (self, topic, message, is_for, &sending);
  if (follow != NULL)
    ws_server_forget_settled (follow);
}

/* --- Clients that still get what came before --- */

void
ws_server_recovery_free (WsServerRecovery *self)
{
  g_queue_clear_full (&self->held, (GDestroyNotify) ws_publication_unref);
  ws_server_client_unref (self->client);
  g_free (self);
}

void
ws_server_forget_settled (WsServerFollow *follow)
{
  GList *next;

  for (GList *i = follow->recoveries.head; i != NULL; i = next)
    {
      WsServerRecovery *recovery = i->data;

      next = i->next;
      if (!recovery->is_settled || !follow->is_seen
          || follow->offset < recovery->position)
        continue;
      g_queue_unlink (&follow->recoveries, i);
      ws_server_recovery_free (recovery);
    }
}

/* --- Reading what is missing --- */

typedef struct
{
  WsServer       *server; /* (unowned): there until the follow is over, and not
                             held meanwhile: a broker may never answer */
  WsServerFollow *follow; /* (owned) */
  char           *topic;  /* (owned) */
  guint64         n_lost;
  gboolean        is_lost; /* some are, perhaps not known how many */
} Catching;

static void
catching_free (Catching *self)
{
  ws_server_follow_unref (self->follow);
  g_free (self->topic);
  g_free (self);
}

void
ws_server_read_history (WsServer           *self,
                        const char         *topic,
                        const char         *epoch,
                        guint64             offset,
                        guint               max_count,
                        GCancellable       *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer            data)
{
  WsServerPrivate *priv = ws_server_peek (self);
  g_autoptr (WsContext) context = ws_context_enter (priv->home.context);

  /* The server's own thread runs its context. */
  g_assert (context != NULL);
  ws_broker_read_history_async (priv->broker, topic, epoch, offset, max_count,
                                cancellable, callback, data);
}

static void on_missing (GObject *broker, GAsyncResult *result, gpointer data);

static void
read_missing (Catching *self)
{
  self->follow->is_reading = TRUE;
  ws_server_read_history (self->server, self->topic, self->follow->epoch,
                          self->follow->offset, WS_SERVER_HISTORY_PAGE,
                          self->follow->cancellable, on_missing, self);
}

static void
catch_up (WsServer *self, const char *topic, WsServerFollow *follow)
{
  Catching *catching;

  if (follow->is_reading || ws_server_peek (self)->broker == NULL)
    return;
  catching = g_new0 (Catching, 1);
  catching->server = self;
  catching->follow = ws_server_follow_ref (follow);
  catching->topic = g_strdup (topic);
  read_missing (catching);
}

/* The offsets of clients that have got more than others count no more. */
static void
forget_positions (WsServerFollow *follow)
{
  for (GList *i = follow->recoveries.head; i != NULL; i = i->next)
    ((WsServerRecovery *) i->data)->position = 0;
}

static void
skip (Catching *self, const char *epoch, guint64 offset)
{
  self->n_lost += ws_server_follow_skip (self->follow, epoch, offset);
  self->is_lost = TRUE;
}

/* What was read comes before what is held. A handler may end all of it. */
static void
send_history (Catching *self, const WsBrokerHistory *history)
{
  WsServerFollow *follow = self->follow;

  for (guint i = 0; i < history->publications->len && !follow->is_over; i++)
    {
      WsPublication *publication = g_ptr_array_index (history->publications, i);
      const guint64  offset = ws_publication_get_offset (publication);

      if (offset <= follow->offset)
        continue;
      if (offset > follow->offset + 1)
        skip (self, history->epoch, offset - 1);
      follow->offset = offset;
      follow->is_seen = TRUE;
      send (self->server, publication, follow);
    }
}

static void
send_held (WsServer *self, WsServerFollow *follow)
{
  while (!follow->is_over)
    {
      g_autoptr (WsPublication) next = ws_server_follow_take (follow);

      if (next == NULL)
        return;
      send (self, next, follow);
    }
}

/* Whether there is more to read. */
static gboolean
use_history (Catching *self, const WsBrokerHistory *history)
{
  WsServerFollow *follow = self->follow;

  if (g_strcmp0 (follow->epoch, history->epoch) != 0)
    {
      skip (self, history->epoch, 0);
      forget_positions (follow);
      return history->epoch != NULL;
    }
  send_history (self, history);
  if (follow->is_over)
    return FALSE;
  if (history->publications->len == 0 && follow->offset < history->offset)
    skip (self, history->epoch, history->offset);
  if (follow->offset < history->offset)
    return TRUE;
  send_held (self->server, follow);
  if (!follow->is_short && follow->held.length == 0)
    return FALSE;
  follow->is_short = FALSE;
  return !follow->is_over;
}

static void
on_missing (GObject *broker, GAsyncResult *result, gpointer data)
{
  Catching *self = data;
  g_autoptr (WsBrokerHistory) history = ws_broker_take_history (result, NULL);
  g_autoptr (WsServer) server G_GNUC_UNUSED
      = !self->follow->is_over ? g_object_ref (self->server) : NULL;

  self->follow->is_reading = FALSE;
  /* Without an answer it is read again when the broker is back. */
  if (history != NULL && !self->follow->is_over && use_history (self, history))
    {
      read_missing (self);
      return;
    }
  if (self->is_lost && !self->follow->is_over)
    ws_server_emit (self->server, WS_SERVER_SIGNAL_PUBLICATIONS_LOST,
                    self->topic, self->n_lost);
  catching_free (self);
}

/* --- Where a topic was when it was subscribed to --- */

static void
on_position (GObject *broker, GAsyncResult *result, gpointer data)
{
  WsServerFollow *follow = data;
  g_autoptr (WsBrokerHistory) history = ws_broker_take_history (result, NULL);

  if (history != NULL && follow->epoch == NULL)
    ws_server_follow_skip (follow, history->epoch, history->offset);
  ws_server_follow_unref (follow);
}

WsServerFollow *
ws_server_follow_topic (WsServer *self, const char *topic)
{
  WsServerPrivate *priv = ws_server_peek (self);
  WsServerFollow **follow = ws_server_peek_follow (self, topic);

  if (follow == NULL || priv->member == NULL
      || !ws_broker_get_history (priv->broker, topic, NULL, NULL))
    return NULL;
  if (*follow == NULL)
    {
      *follow = ws_server_follow_new ((GDestroyNotify) ws_server_recovery_free);
      ws_server_read_history (self, topic, NULL, 0, 0, (*follow)->cancellable,
                              on_position, ws_server_follow_ref (*follow));
    }
  return *follow;
}

/* --- What the broker tells --- */

static void
on_publication (gpointer data, WsPublication *publication)
{
  g_autoptr (WsServer) self = g_object_ref (data);
  const char      *topic = ws_publication_get_topic (publication);
  WsServerFollow **place = ws_server_peek_follow (self, topic);
  WsServerFollow  *follow = place != NULL ? *place : NULL;

  if (ws_publication_get_offset (publication) == 0 || follow == NULL)
    {
      send (self, publication, NULL);
      return;
    }
  ws_server_follow_ref (follow);
  switch (ws_server_follow_judge (follow, publication))
    {
    case WS_SERVER_FOLLOW_SEND:
      send (self, publication, follow);
      break;
    case WS_SERVER_FOLLOW_HOLD:
      catch_up (self, topic, follow);
      break;
    case WS_SERVER_FOLLOW_DROP:
      break;
    }
  ws_server_follow_unref (follow);
}

static void
resume_topic (WsServer *self, const char *topic, gpointer data)
{
  WsServerFollow **follow = ws_server_peek_follow (self, topic);

  if (*follow == NULL)
    *(gboolean *) data = TRUE;
  else if ((*follow)->epoch != NULL)
    catch_up (self, topic, *follow);
}

static void
on_resumed (gpointer data)
{
  g_autoptr (WsServer) self = g_object_ref (data);
  WsServerPrivate *priv = ws_server_peek (self);
  gboolean         may_have_lost = g_sequence_get_length (priv->clients) > 0;

  ws_server_foreach_topic (self, resume_topic, &may_have_lost);
  if (may_have_lost)
    ws_server_emit (self, WS_SERVER_SIGNAL_PUBLICATIONS_LOST, NULL,
                    (guint64) 0);
}

static const WsBrokerMemberFuncs member_funcs = { on_publication, on_resumed };

/* --- The property --- */

static void
join_topic (WsServer *self, const char *topic, gpointer data)
{
  ws_broker_member_join (ws_server_peek (self)->member, topic);
}

static void
leave_topic (WsServer *self, const char *topic, gpointer data)
{
  ws_broker_member_leave (ws_server_peek (self)->member, topic);
  ws_server_cancel_waiting (self, topic);
  g_clear_pointer (ws_server_peek_follow (self, topic), ws_server_follow_end);
}

void
ws_server_attach_broker (WsServer *self)
{
  WsServerPrivate *priv = ws_server_peek (self);

  if (priv->broker == NULL || priv->member != NULL || priv->poller == NULL)
    return;
  priv->member
      = ws_broker_member_new (priv->broker, priv->poller, &member_funcs, self);
  ws_server_foreach_topic (self, join_topic, NULL);
}

void
ws_server_detach_broker (WsServer *self)
{
  WsServerPrivate *priv = ws_server_peek (self);

  if (priv->member == NULL)
    return;
  ws_server_withdraw_all (self);
  ws_server_foreach_topic (self, leave_topic, NULL);
  g_clear_pointer (&priv->member, ws_broker_member_free);
}

/**
 * ws_server_get_broker:
 * @self: a server
 *
 * Gets what carries publications to other servers.
 *
 * Returns: (transfer none) (nullable): the broker; %NULL: there are no others
 *
 * Since: 1.0
 */
WsBroker *
ws_server_get_broker (WsServer *self)
{
  g_return_val_if_fail (WS_IS_SERVER (self), NULL);

  return ws_server_peek (self)->broker;
}

/**
 * ws_server_set_broker:
 * @self: a server
 * @broker: (nullable): the broker; %NULL: there are no other servers
 *
 * Sets what carries publications to other servers.
 *
 * Since: 1.0
 */
void
ws_server_set_broker (WsServer *self, WsBroker *broker)
{
  WsServerPrivate *priv;

  g_return_if_fail (WS_IS_SERVER (self));
  g_return_if_fail (broker == NULL || WS_IS_BROKER (broker));

  priv = ws_server_peek (self);
  if (priv->broker == broker
      || !ws_server_may_set (self, WS_SERVER_PROP_BROKER))
    return;
  ws_server_detach_broker (self);
  g_set_object (&priv->broker, broker);
  ws_server_attach_broker (self);
  ws_server_notify (self, WS_SERVER_PROP_BROKER);
}

/* clang-format off */
const WsProperty ws_server_broker_properties[] = {
  /**
   * WsServer:broker:
   *
   * What carries publications to other servers, and brings theirs; %NULL: there
   * are no others.
   *
   * With it [method@Server.publish], [method@Server.broadcast] and
   * [method@Socket.publish] reach the clients of all servers that have the same
   * one. Set it before clients come.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_OBJECT (WsServer, WS_SERVER_PROP_BROKER, "broker", WsBroker,
                        ws_broker_get_type, ws_server_get_broker,
                        ws_server_set_broker) },

  { 0 }
};
/* clang-format on */
