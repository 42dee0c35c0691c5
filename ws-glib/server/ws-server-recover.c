/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Clients that come back, and get what was published about a topic meanwhile:
 * first what the history has, then what has come in the meantime, then what the
 * others get. */
#include "server/ws-server-recover.h"

#include "base/ws-wait.h"
#include "broker/ws-broker-history.h"
#include "server/ws-server-broker.h"
#include "server/ws-server-client.h"
#include "server/ws-server-fan-out.h"
#include "server/ws-server-topics.h"
#include "socket/ws-socket-recovered.h"
#include "ws-socket-error.h"

typedef struct
{
  WsServer         *server;   /* (unowned): there while it is wanted, and not
                               * held meanwhile: a broker may never answer */
  WsServerFollow   *follow;   /* (owned) */
  WsServerRecovery *recovery; /* (owned) until it is settled: the follow's */
  char             *topic;    /* (owned) */
  char             *epoch;    /* (owned) (nullable): that the client knows */
  gboolean          is_new;   /* the client had not subscribed before */
  gboolean          has_gap;  /* not all that it has missed is there */
  WsWait           *wait;     /* (owned) (nullable): until it has ended */
} Recovering;

static void
recovering_free (Recovering *self)
{
  ws_server_follow_unref (self->follow);
  g_free (self->topic);
  g_free (self->epoch);
  g_free (self);
}

/* Takes both. */
static void
return_error (WsWait *wait, GError *error)
{
  g_autoptr (GTask) task = ws_wait_end (wait);

  if (task != NULL)
    g_task_return_error (task, error);
  else
    g_error_free (error);
}

/* Takes both. */
static void
return_recovered (WsWait *wait, WsRecovered *recovered)
{
  g_autoptr (GTask) task = ws_wait_end (wait);

  if (task != NULL)
    g_task_return_pointer (task, recovered, (GDestroyNotify) ws_recovered_free);
  else
    ws_recovered_free (recovered);
}

/* (transfer full): what became of the subscription. */
static GError *
make_end_error (const char *topic)
{
  return g_error_new (WS_SOCKET_ERROR, WS_SOCKET_ERROR_NOT_CONNECTED,
                      "The client has left, its subscription of \"%s\" has "
                      "ended, or the server has left its broker meanwhile",
                      topic);
}

/* Takes @error. */
static void
fail (Recovering *self, GError *error)
{
  WsServerRecovery *recovery = self->recovery;
  GCancellable     *cancellable = g_steal_pointer (&recovery->cancellable);
  const gboolean    is_subscribed
      = ws_server_client_finish_waiting (recovery->client, self->topic,
                                         cancellable);

  g_queue_unlink (&self->follow->recoveries, &recovery->link);
  if (self->is_new && is_subscribed)
    ws_server_client_unsubscribe (recovery->client, self->topic);
  ws_server_recovery_free (recovery);
  return_error (g_steal_pointer (&self->wait), error);
  recovering_free (self);
}

/* --- Sending --- */

static gboolean
is_wanted (Recovering *self)
{
  return !self->follow->is_over
         && !g_cancellable_is_cancelled (self->recovery->cancellable);
}

static void
send (Recovering *self, WsPublication *publication)
{
  g_autoptr (WsMessage) message
      = ws_server_format_publication (self->server, publication);

  self->recovery->position = ws_publication_get_offset (publication);
  if (is_wanted (self))
    ws_server_send_to_client (self->recovery->client, message);
}

/* Of what was held: FALSE if something is missing before it, and has to be
 * read. */
static gboolean
send_held (Recovering *self)
{
  WsServerRecovery *recovery = self->recovery;

  while (is_wanted (self) && recovery->held.length > 0)
    {
      g_autoptr (WsPublication) next = g_queue_pop_head (&recovery->held);
      const guint64 offset = ws_publication_get_offset (next);

      if (offset > recovery->position + 1)
        return FALSE;
      if (offset > recovery->position)
        send (self, next);
    }
  if (!recovery->is_short)
    return TRUE;
  recovery->is_short = FALSE;
  return FALSE;
}

/* --- Reading --- */

static void on_history (GObject *broker, GAsyncResult *result, gpointer data);

static void
read_on (Recovering *self, guint max_count)
{
  ws_server_read_history (self->server, self->topic, self->epoch,
                          self->recovery->position, max_count,
                          self->recovery->cancellable, on_history, self);
}

/* Whether nothing is missing between what the client knows and @history. */
static gboolean
is_whole (Recovering *self, const WsBrokerHistory *history)
{
  const guint64 position = self->recovery->position;

  if (g_strcmp0 (self->epoch, history->epoch) != 0
      || position > history->offset)
    return FALSE;
  if (history->publications->len == 0)
    return position == history->offset;
  return ws_publication_get_offset (
             g_ptr_array_index (history->publications, 0))
         == position + 1;
}

/* From now on the client gets what the others get. */
static void
settle (Recovering *self)
{
  WsServerRecovery *recovery = self->recovery;
  WsRecovered      *recovered = g_new0 (WsRecovered, 1);

  recovered->is_recovered = !self->has_gap;
  recovered->epoch = g_strdup (self->epoch);
  recovered->offset = recovery->position;
  ws_server_client_finish_waiting (recovery->client, self->topic,
                                   g_steal_pointer (&recovery->cancellable));
  recovery->is_settled = TRUE;
  ws_server_forget_settled (self->follow);
  return_recovered (g_steal_pointer (&self->wait), recovered);
  recovering_free (self);
}

/* Goes on from where the topic is now. */
static void
skip (Recovering *self, const WsBrokerHistory *history)
{
  g_free (self->epoch);
  self->epoch = g_strdup (history->epoch);
  self->recovery->position = history->offset;
}

static void
use_history (Recovering *self, const WsBrokerHistory *history)
{
  if (self->epoch == NULL)
    skip (self, history);
  else if (is_whole (self, history))
    for (guint i = 0; i < history->publications->len; i++)
      send (self, g_ptr_array_index (history->publications, i));
  else
    {
      self->has_gap = TRUE;
      skip (self, history);
    }
  if (self->recovery->position < history->offset || !send_held (self))
    read_on (self, WS_SERVER_HISTORY_PAGE);
  else if (is_wanted (self))
    settle (self);
  else
    fail (self, make_end_error (self->topic));
}

static void
on_history (GObject *broker, GAsyncResult *result, gpointer data)
{
  Recovering *self = data;
  GError     *error = NULL;
  g_autoptr (WsBrokerHistory) history = ws_broker_take_history (result, &error);
  g_autoptr (WsServer) server G_GNUC_UNUSED
      = is_wanted (self) ? g_object_ref (self->server) : NULL;

  if (is_wanted (self) && history != NULL)
    {
      use_history (self, history);
      return;
    }
  if (is_wanted (self))
    fail (self, error);
  else
    {
      g_clear_error (&error);
      fail (self, make_end_error (self->topic));
    }
}

/* --- The beginning --- */

/* A topic without a history: takes @wait. */
static void
end_without (WsWait *wait, gboolean is_recovered)
{
  WsRecovered *recovered = g_new0 (WsRecovered, 1);

  recovered->is_recovered = is_recovered;
  return_recovered (wait, recovered);
}

typedef struct
{
  WsServerClient *client; /* (owned) */
  char           *topic;  /* (owned) */
  gboolean        is_new; /* the client had not subscribed before */
  gboolean        is_recovered;
  WsWait         *wait;        /* (owned) */
  GCancellable   *cancellable; /* (owned): ends with the subscription */
} Subscribing;

static void
on_subscribed (GObject *broker, GAsyncResult *result, gpointer data)
{
  g_autofree Subscribing *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (WsBrokerHistory) history = ws_broker_take_history (result, &error);
  const gboolean is_over = g_cancellable_is_cancelled (self->cancellable);
  const gboolean is_subscribed
      = ws_server_client_finish_waiting (self->client, self->topic,
                                         self->cancellable);

  if (history == NULL && self->is_new && is_subscribed)
    ws_server_client_unsubscribe (self->client, self->topic);
  if (is_over)
    return_error (self->wait, make_end_error (self->topic));
  else if (history != NULL)
    end_without (self->wait, self->is_recovered);
  else
    return_error (self->wait, g_steal_pointer (&error));
  ws_server_client_unref (self->client);
  g_free (self->topic);
}

/* What is published from now on anywhere reaches this server: the broker
 * answers when it has subscribed to the topic. */
static void
wait_for_subscription (WsServerClient *client,
                       const char     *topic,
                       gboolean        is_new,
                       gboolean        is_recovered,
                       WsWait         *wait)
{
  Subscribing *self;

  if (ws_server_peek (client->server)->member == NULL)
    {
      end_without (wait, is_recovered);
      return;
    }
  self = g_new (Subscribing, 1);
  ws_server_client_ref (client);
  *self = (Subscribing){ .client = client,
                         .topic = g_strdup (topic),
                         .is_new = is_new,
                         .is_recovered = is_recovered,
                         .wait = wait,
                         .cancellable
                         = ws_server_client_begin_waiting (client, topic) };
  ws_server_read_history (client->server, topic, NULL, 0, 0, self->cancellable,
                          on_subscribed, self);
}

/* The last call counts. */
static void
forget_other (WsServerFollow *follow, const WsServerClient *client)
{
  GList *next;

  for (GList *i = follow->recoveries.head; i != NULL; i = next)
    {
      WsServerRecovery *other = i->data;

      next = i->next;
      if (other->client != client || !other->is_settled)
        continue;
      g_queue_unlink (&follow->recoveries, i);
      ws_server_recovery_free (other);
    }
}

static Recovering *
recovering_new (WsServerClient *client,
                WsServerFollow *follow,
                const char     *topic,
                WsWait         *wait)
{
  Recovering       *self = g_new0 (Recovering, 1);
  WsServerRecovery *recovery = g_new0 (WsServerRecovery, 1);

  recovery->link.data = recovery;
  recovery->client = client;
  recovery->cancellable = ws_server_client_begin_waiting (client, topic);
  ws_server_client_ref (client);
  g_queue_push_tail_link (&follow->recoveries, &recovery->link);
  self->server = client->server;
  self->follow = ws_server_follow_ref (follow);
  self->recovery = recovery;
  self->topic = g_strdup (topic);
  self->wait = wait;
  return self;
}

void
ws_server_client_recover (WsServerClient *client,
                          const char     *topic,
                          const char     *epoch,
                          guint64         offset,
                          GTask          *task)
{
  const gboolean  is_new = !ws_server_client_is_subscribed (client, topic);
  GError         *error = NULL;
  WsServerFollow *follow;
  Recovering     *self;

  if (!ws_server_client_subscribe (client, topic, &error))
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  follow = ws_server_follow_topic (client->server, topic);
  if (follow == NULL)
    {
      wait_for_subscription (client, topic, is_new, epoch == NULL,
                             ws_wait_new (task));
      return;
    }
  forget_other (follow, client);
  self = recovering_new (client, follow, topic, ws_wait_new (task));
  self->is_new = is_new;
  self->epoch = g_strdup (epoch);
  self->recovery->position = offset;
  read_on (self, epoch != NULL ? WS_SERVER_HISTORY_PAGE : 0);
}
