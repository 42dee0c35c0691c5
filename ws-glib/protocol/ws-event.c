/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lets go of what an event holds. */
#include "protocol/ws-event.h"

void
ws_event_release (WsEvent *event)
{
  if (event->owned.data != NULL)
    ws_buffer_clear (&event->owned);
  g_clear_pointer (&event->pin, g_rc_box_release);
}

GBytes *
ws_event_take_bytes (WsEvent *event)
{
  if (event->owned.data != NULL && event->data == event->owned.data)
    return ws_buffer_steal_bytes (&event->owned);
  return g_bytes_new (event->data, event->len);
}
