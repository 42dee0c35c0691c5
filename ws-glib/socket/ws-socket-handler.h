/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "ws-socket-receive.h"

#include "socket/ws-socket-core.h"
#include "message/ws-message-private.h"
#include "protocol/ws-event.h"

G_BEGIN_DECLS

/* The function that gets messages before any signal does. */

/* What is set, and what is running: a handler may be replaced, and the socket
 * may go, while the handler runs. */
struct _WsSocketHandler
{
  WsSocketMessageFunc func;
  gpointer            user_data;
  GDestroyNotify      destroy; /* (nullable) */
  guint               n_refs;
  WsEvent            *event; /* (unowned) (nullable): while it runs */
};

void ws_socket_free_handler (WsSocketHandler *handler);

static inline void
ws_socket_unref_handler (WsSocketHandler *handler)
{
  if (G_UNLIKELY (--handler->n_refs == 0))
    ws_socket_free_handler (handler);
}

/* Gives a message to the handler, which there must be. FALSE: the message is
 * for the signals as well. The socket may be gone after that. */
static inline gboolean
ws_socket_call_handler (WsSocket *self, WsEvent *event)
{
  WsSocketHandler *handler = ws_socket_peek (self)->handler;
  WsEvent         *outer = handler->event;
  gboolean         is_done;

  if (G_UNLIKELY (ws_socket_is_abandoned (self)))
    return FALSE;
  handler->n_refs++;
  handler->event = event;
  is_done = handler->func (self, ws_message_type_from_opcode (event->opcode),
                           event->data, event->len, handler->user_data);
  handler->event = outer;
  ws_socket_unref_handler (handler);
  return is_done;
}

/* From any thread. */
gboolean ws_socket_has_handler (WsSocket *self);
void     ws_socket_clear_handler (WsSocket *self);

/* (transfer full) (nullable): @data as bytes, if that is what the handler is
 * given at the moment, or a part of it, and takes no copy. */
GBytes *ws_socket_share_handled (WsSocket *self, const guint8 *data, gsize len);

G_END_DECLS
