/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a server does for its sockets, which know no more of their server. */
#include "server/ws-server-owner.h"

#include "server/ws-server-broadcast.h"
#include "server/ws-server-broker.h"
#include "server/ws-server-client.h"
#include "server/ws-server-figures.h"
#include "server/ws-server-presence.h"
#include "server/ws-server-recover.h"
#include "server/ws-server-room.h"
#include "server/ws-server-signals.h"
#include "server/ws-server-topics.h"
#include "server/ws-server-waiting.h"
#include "ws-socket-error.h"

static void
on_gone (WsSocket *socket, gpointer data)
{
  WsServerClient *client = data;
  WsServer       *self = g_object_ref (client->server);

  g_object_ref (socket);
  ws_server_count_gone (self, socket);
  if (client->iter != NULL)
    {
      guint position = g_sequence_iter_get_position (client->iter);

      g_sequence_remove (client->iter);
      ws_server_client_end (client);
      ws_server_announce_items (self, position, 1, 0);
      ws_server_emit (self, WS_SERVER_SIGNAL_CLIENT_DISCONNECTED, socket);
      ws_server_note_gone (self, client);
    }
  else
    {
      ws_server_client_end (client);
      ws_server_note_gone (self, client);
      ws_server_note_place (self);
    }
  g_object_unref (socket);
  g_object_unref (self);
}

static gboolean
subscribe (gpointer data, const char *topic, GError **error)
{
  WsServerClient *client = data;

  if (!ws_server_client_subscribe (client, topic, error))
    return FALSE;
  ws_server_follow_topic (client->server, topic);
  return TRUE;
}

static void
unsubscribe (gpointer data, const char *topic)
{
  ws_server_client_unsubscribe (data, topic);
}

static char **
list_topics (gpointer data)
{
  return ws_server_client_list_topics (data);
}

static gssize
publish (gpointer data, const char *topic, WsMessage *message, GError **error)
{
  WsServerClient *client = data;

  return ws_server_publish_except (client->server, topic, message, client,
                                   error);
}

static void
recover (gpointer    data,
         const char *topic,
         const char *epoch,
         guint64     offset,
         GTask      *task)
{
  ws_server_client_recover (data, topic, epoch, offset, task);
}

static gboolean
announce (gpointer data, const char *topic, const char *text, GError **error)
{
  if (!ws_server_client_is_subscribed (data, topic))
    {
      g_set_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_INVALID_ARGUMENT,
                   "The client has not subscribed to the topic \"%s\"", topic);
      return FALSE;
    }
  return ws_server_client_announce (data, topic, text, error);
}

const WsSocketOwner ws_server_socket_owner = {
  .gone = on_gone,
  .subscribe = subscribe,
  .unsubscribe = unsubscribe,
  .list_topics = list_topics,
  .publish = publish,
  .recover = recover,
  .announce = announce,
};
