/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who was handed out lately: the request of a connection is let go of once the
 * application could have asked for it. */
#include "server/ws-server-newcomers.h"

#include "socket/ws-socket-incoming.h"

static gboolean
on_idle (gpointer user_data)
{
  WsServer        *self = user_data;
  WsServerPrivate *priv = ws_server_peek (self);

  g_clear_pointer (&priv->forgetting, g_source_unref);
  ws_server_clear_newcomers (self);
  return G_SOURCE_REMOVE;
}

/* At low priority: what the application has put off until it is idle, as
 * languages with promises and coroutines do, comes first. */
void
ws_server_note_newcomer (WsServerClient *client)
{
  WsServer        *self = client->server;
  WsServerPrivate *priv = ws_server_peek (self);

  ws_server_client_enter (client, &priv->newcomers);
  if (priv->forgetting != NULL)
    return;
  priv->forgetting = g_idle_source_new ();
  g_source_set_priority (priv->forgetting, G_PRIORITY_LOW);
  g_source_set_callback (priv->forgetting, on_idle, self, NULL);
  g_source_attach (priv->forgetting, priv->home.context);
}

void
ws_server_clear_newcomers (WsServer *self)
{
  WsServerPrivate *priv = ws_server_peek (self);
  WsServerClient  *client;

  if (priv->forgetting != NULL)
    g_source_destroy (priv->forgetting);
  g_clear_pointer (&priv->forgetting, g_source_unref);
  while ((client = g_queue_peek_head (&priv->newcomers)) != NULL)
    {
      ws_socket_forget_request (client->socket);
      ws_server_client_leave (client);
    }
}
