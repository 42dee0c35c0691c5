/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <ws-glib-redis/ws-glib-redis.h>

/* The library for several machines needs no other name than its own. */
int
main (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WsBroker) broker
      = ws_redis_broker_new ("redis://127.0.0.1:1", &error);
  g_autoptr (WsServer) server = ws_server_new (NULL, WS_SSL_MODE_NON_SECURE);

  if (broker == NULL)
    return 1;
  ws_server_set_broker (server, broker);
  g_print ("%s\n", G_OBJECT_TYPE_NAME (ws_server_get_broker (server)));
  return 0;
}
