/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Control frames, and how the reading ends: by a close frame, or a fault. */
#include "protocol/ws-protocol-private.h"

#include <string.h>

#include "protocol/ws-close.h"

const guint8 ws_event_nothing[1];

WsProtocolSeldom *
ws_protocol_get_seldom (WsProtocol *self)
{
  if (self->seldom == NULL)
    self->seldom = g_new0 (WsProtocolSeldom, 1);
  return self->seldom;
}

void
ws_protocol_free_seldom (WsProtocol *self)
{
  WsProtocolSeldom *seldom = g_steal_pointer (&self->seldom);

  if (seldom == NULL)
    return;
  g_free (seldom->control);
  g_free (seldom->fault);
  g_free (seldom);
}

void
ws_protocol_end (WsProtocol *self)
{
  self->phase = WS_PROTOCOL_ENDED;
  self->input_len = 0;
  ws_assembler_reset (&self->assembler);
  if (self->seldom != NULL)
    g_clear_pointer (&self->seldom->control, g_free);
}

/* Keeps a fault for good, with the frame that it was found in. */
static void
keep_fault (WsProtocol *self, const WsFault *fault)
{
  WsFault *kept = ws_protocol_get_seldom (self)->fault = g_new (WsFault, 1);
  char     frame[WS_FRAME_READER_DESCRIPTION_MAX];
  gsize    len = ws_frame_reader_describe (&self->reader, frame);
  int      room = (int) (sizeof fault->reason - sizeof " (frame )" - len);

  ws_fault_set (kept, fault->close_code, "%.*s (frame %s)", room, fault->reason,
                frame);
}

gboolean
ws_protocol_fail (WsProtocol     *self,
                  WsProtocolPhase phase,
                  const WsFault  *fault,
                  WsEvent        *event)
{
  gboolean is_first = self->phase == WS_PROTOCOL_READING;

  if (is_first)
    keep_fault (self, fault);
  self->phase = (guint8) phase;
  ws_assembler_reset (&self->assembler);
  if (phase == WS_PROTOCOL_ENDED)
    ws_protocol_end (self);
  if (!is_first)
    return FALSE;
  *event = (WsEvent){ .type = WS_EVENT_FAULT,
                      .data = WS_EVENT_NOTHING,
                      .fault = self->seldom->fault };
  return TRUE;
}

static void
copy_into_event (WsEvent *event, const void *data, gsize len)
{
  WsBuffer copy = { 0 };

  ws_buffer_reserve (&copy, len + 1, 0);
  ws_buffer_append (&copy, data, len);
  copy.data[len] = '\0';
  event->data = copy.data;
  event->len = len;
  event->owned = copy;
}

/* A close frame that breaks the rules is a close all the same, and is answered
 * with the code of what is wrong. */
static gboolean
take_illegal_close (WsProtocol *self, const WsFault *fault, WsEvent *event)
{
  gboolean is_first = self->phase == WS_PROTOCOL_READING;

  ws_event_clear (event);
  if (is_first)
    {
      keep_fault (self, fault);
      event->fault = self->seldom->fault;
      event->close_code = fault->close_code;
      copy_into_event (event, event->fault->reason,
                       strlen (event->fault->reason));
    }
  ws_protocol_end (self);
  return is_first;
}

static gboolean
take_close (WsProtocol *self, WsEvent *event)
{
  const guint8 *reason;
  WsFault       fault;

  event->type = WS_EVENT_CLOSE;
  if (!ws_close_parse (event->data, event->len, &event->close_code, &reason,
                       &event->len, &fault))
    return take_illegal_close (self, &fault, event);
  event->data = (guint8 *) (event->len > 0 ? reason : ws_event_nothing);
  ws_protocol_end (self);
  return TRUE;
}

gboolean
ws_protocol_take_control (WsProtocol *self, WsEvent *event)
{
  WsOpcode opcode = (WsOpcode) self->reader.header.opcode;

  event->opcode = opcode;
  if (opcode == WS_OPCODE_CLOSE)
    return take_close (self, event);
  event->type = opcode == WS_OPCODE_PING ? WS_EVENT_PING : WS_EVENT_PONG;
  ws_frame_reader_finish (&self->reader);
  return TRUE;
}
