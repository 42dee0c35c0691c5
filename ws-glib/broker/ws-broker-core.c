/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The struct of a broker, its lock, and the way to its thread. */
#include "broker/ws-broker-core.h"

#include "base/ws-tsan-private.h"

int         ws_broker_private_offset;
GParamSpec *ws_broker_props[WS_BROKER_N_PROPS];

const WsBrokerDirect *
ws_broker_peek_direct (WsBroker *self)
{
  return WS_BROKER_GET_CLASS (self)->direct;
}

WsBrokerPrivate *
ws_broker_lock (WsBroker *self)
{
  WsBrokerPrivate *priv = ws_broker_peek (self);

  g_mutex_lock (&priv->mutex);
  WS_TSAN_ACQUIRE (&priv->mutex);
  return priv;
}

void
ws_broker_unlock (WsBroker *self)
{
  WsBrokerPrivate *priv = ws_broker_peek (self);

  WS_TSAN_RELEASE (&priv->mutex);
  g_mutex_unlock (&priv->mutex);
}

gboolean
ws_broker_may_call (WsBroker *self, const char *caller)
{
  return ws_home_may_call (&ws_broker_peek (self)->home, caller,
                           "The broker belongs to another thread: the one "
                           "where it was made");
}

static void
on_errand (WsPost *post)
{
  WsBrokerErrand *errand = WS_CONTAINER_OF (post, WsBrokerErrand, post);
  g_autoptr (WsBroker) self = errand->broker;

  errand->func (errand);
}

void
ws_broker_send (WsBroker *self, WsBrokerErrand *errand, WsBrokerErrandFunc func)
{
  WsBrokerPrivate *priv = ws_broker_peek (self);

  errand->broker = g_object_ref (self);
  errand->func = func;
  errand->post.func = on_errand;
  if (priv->poller == NULL || ws_home_check (&priv->home, "", NULL))
    on_errand (&errand->post);
  else
    ws_poller_post (priv->poller, &errand->post);
}
