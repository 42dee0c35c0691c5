/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a connection has that is not merely idle. */
#include "engine/ws-engine-private.h"

WsEngineClocks *
ws_engine_get_clocks (WsEngine *self)
{
  WsEngineClocks *clocks = self->clocks;

  if (clocks != NULL)
    return clocks;
  clocks = self->clocks = g_new0 (WsEngineClocks, 1);
  clocks->engine = self;
  ws_engine_init_closing (clocks);
  ws_engine_init_owed (clocks);
  ws_engine_init_unread (clocks);
  return clocks;
}

WsEngineSeldom *
ws_engine_get_seldom (WsEngine *self)
{
  if (self->seldom == NULL)
    self->seldom = g_new0 (WsEngineSeldom, 1);
  return self->seldom;
}

void
ws_engine_free_seldom (WsEngine *self)
{
  WsEngineSeldom *seldom = g_steal_pointer (&self->seldom);

  if (seldom == NULL)
    return;
  g_clear_pointer (&seldom->owed_pong, g_bytes_unref);
  g_clear_pointer (&seldom->ends, ws_ends_free);
  g_clear_error (&seldom->broken);
  g_free (seldom->closing.reason);
  g_free (seldom);
}

void
ws_engine_clear_clocks (WsEngine *self)
{
  WsEngineClocks *clocks = g_steal_pointer (&self->clocks);

  if (clocks == NULL)
    return;
  ws_poller_disarm (self->poller, &clocks->closing);
  ws_poller_disarm (self->poller, &clocks->owed);
  ws_poller_disarm (self->poller, &clocks->unread);
  g_free (clocks);
}
