/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lets go of what an event holds. */
#include "protocol/ws-event.h"

void
ws_event_clear (WsEvent *event)
{
  ws_buffer_clear (&event->owned);
  g_clear_pointer (&event->pin, g_rc_box_release);
  g_clear_pointer (&event->bytes, g_bytes_unref);
  event->copy = NULL;
  event->close_code = 0;
  event->fault = NULL;
  event->is_rare = FALSE;
}

GBytes *
ws_event_peek_bytes (WsEvent *event)
{
  if (event->bytes == NULL && event->owned.data != NULL
      && event->data == event->owned.data)
    event->bytes = ws_buffer_steal_bytes (&event->owned);
  return event->bytes;
}

GBytes *
ws_event_take_bytes (WsEvent *event)
{
  if (event->bytes != NULL)
    return g_bytes_ref (event->bytes);
  if (event->owned.data != NULL && event->data == event->owned.data)
    return ws_buffer_steal_bytes (&event->owned);
  return g_bytes_new (event->data, event->len);
}
