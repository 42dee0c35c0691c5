/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Questions on their way to the thread of the broker. */
#include "broker/ws-broker-asking.h"

typedef struct
{
  WsBrokerErrand errand;
  WsBrokerQuery *query; /* (owned) */
  void (*func) (WsBroker *self, WsBrokerQuery *query);
} Asking;

static void
on_ask (WsBrokerErrand *errand)
{
  Asking *self = WS_CONTAINER_OF (errand, Asking, errand);

  self->func (errand->broker, self->query);
  g_object_unref (self->query);
  g_free (self);
}

void
ws_broker_ask (WsBroker      *self,
               WsBrokerQuery *query,
               void (*func) (WsBroker *self, WsBrokerQuery *query))
{
  Asking *asking = g_new0 (Asking, 1);

  asking->query = g_object_ref (query);
  asking->func = func;
  ws_broker_send (self, &asking->errand, on_ask);
}
