/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who waits for the end of a server, and of all its connections. */
#include "server/ws-server-waiting.h"

#include "socket/ws-socket-ending.h"

/* A request that comes in time is answered, and an answer is written to its
 * end. A connection that nobody has taken is told, but the answer is not waited
 * for. */
void
ws_server_see_off (WsServerClient *client, guint code, const char *reason)
{
  if (client->opening != NULL)
    ws_server_opening_hurry (client->opening);
  else if (client->iter == NULL)
    {
      ws_socket_close_unread (client->socket, code, reason);
      ws_socket_leave (client->socket);
    }
  else
    ws_socket_close (client->socket, code, reason, NULL);
}

void
ws_server_see_off_late (WsServerClient *client)
{
  const WsServerClosing *closing;
  GList                 *link = NULL;

  if (client->server != NULL)
    link = ws_server_peek (client->server)->closings.head;
  while (link != NULL
         && !g_hash_table_contains (((WsServerClosing *) link->data)->left,
                                    client))
    link = link->next;
  closing = link != NULL ? link->data : NULL;
  if (closing != NULL)
    ws_server_see_off (client, closing->code, closing->reason);
}

/* Whether nobody is left. */
static gboolean
forget (WsServerClosing *call, gpointer who)
{
  if (who == NULL)
    g_hash_table_remove_all (call->left);
  else if (!g_hash_table_remove (call->left, who))
    return FALSE;
  return !call->busy && g_hash_table_size (call->left) == 0;
}

void
ws_server_note_gone (WsServer *self, gpointer who)
{
  WsServerPrivate *priv = ws_server_peek (self);
  GQueue           over = G_QUEUE_INIT;
  GList           *next;

  for (GList *link = priv->closings.head; link != NULL; link = next)
    {
      WsServerClosing *call = link->data;

      next = link->next;
      if (forget (call, who))
        ws_call_queue (&call->base, &over);
    }
  while (over.length > 0)
    ws_call_return (over.head->data);
}
