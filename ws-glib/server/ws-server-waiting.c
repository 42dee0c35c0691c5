/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "server/ws-server-waiting.h"

/* Who waits for the end of a server, and of all its connections. */

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
      if (!g_hash_table_remove (call->left, who) || call->busy
          || g_hash_table_size (call->left) > 0)
        continue;
      ws_call_queue (&call->base, &over);
    }
  while (over.length > 0)
    ws_call_return (over.head->data);
}

void
ws_server_end_closings (WsServer *self)
{
  WsServerPrivate *priv = ws_server_peek (self);
  GQueue           over = G_QUEUE_INIT;
  GList           *next;

  for (GList *link = priv->closings.head; link != NULL; link = next)
    {
      WsServerClosing *call = link->data;

      next = link->next;
      g_hash_table_remove_all (call->left);
      if (call->busy)
        continue;
      ws_call_queue (&call->base, &over);
    }
  while (over.length > 0)
    ws_call_return (over.head->data);
}
