/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The result of subscribing to a topic with its history. */
#include "socket/ws-socket-recovered.h"

void
ws_recovered_free (WsRecovered *self)
{
  g_free (self->epoch);
  g_free (self);
}
