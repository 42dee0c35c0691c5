/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "server/ws-server-waiting.h"

#include "server/ws-server-call.h"

/* Who waits for the end of a server, and of all its connections. */

/* The end of a server, for who waits until all is over. */

void
ws_server_return_closed (WsServerCall *call)
{
  g_autoptr (GTask) task = ws_server_call_steal_task (call);

  g_task_return_boolean (task, TRUE);
}

void
ws_server_note_gone (WsServer *self, gpointer who)
{
  WsServerPrivate *priv = ws_server_peek (self);
  GQueue           over = G_QUEUE_INIT;
  GList           *next;

  for (GList *link = priv->closings.head; link != NULL; link = next)
    {
      WsServerCall *call = link->data;

      next = link->next;
      if (!g_hash_table_remove (call->left, who) || call->busy
          || g_hash_table_size (call->left) > 0)
        continue;
      g_queue_unlink (&priv->closings, link);
      g_queue_push_tail_link (&over, link);
    }
  while (over.length > 0)
    ws_server_return_closed (g_queue_pop_head (&over));
}

void
ws_server_end_closings (WsServer *self)
{
  WsServerPrivate *priv = ws_server_peek (self);
  GQueue           over = G_QUEUE_INIT;
  GList           *next;

  for (GList *link = priv->closings.head; link != NULL; link = next)
    {
      WsServerCall *call = link->data;

      next = link->next;
      g_hash_table_remove_all (call->left);
      if (call->busy)
        continue;
      g_queue_unlink (&priv->closings, link);
      g_queue_push_tail_link (&over, link);
    }
  while (over.length > 0)
    ws_server_return_closed (g_queue_pop_head (&over));
}
