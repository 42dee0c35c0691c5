/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Messages that are compressed (RFC 7692), and what that costs while nothing is
 * sent. */
#include "engine/ws-engine-private.h"

#include "net/ws-log.h"
#include "protocol/ws-deflate.h"

void
ws_engine_take_deflate (WsEngine    *self,
                        WsExtension *extension,
                        guint        idle_release)
{
  ws_engine_get_seldom (self)->idle_release = idle_release;
  ws_protocol_take_extension (&self->protocol, extension);
}

/* --- Sending --- */

/* What is compressed has to be sent, and in that order, for the next message
 * may refer to it. But drawing its masks may run a user's code that sends:
 * those messages leave before, and so they are plain. */
gboolean
ws_engine_send_compressed (WsEngine     *self,
                           WsOpcode      opcode,
                           const guint8 *data,
                           gsize         len)
{
  WsExtension *extension = self->protocol.extension;
  guint8       rsv = extension->klass->rsv;
  WsBuffer     out = { 0 };
  g_autoptr (GBytes) bytes = NULL;

  if (self->compressing || self->state != WS_ENGINE_OPEN
      || !extension->klass->encode (extension, opcode, data, len, &out))
    {
      ws_buffer_clear (&out);
      return FALSE;
    }
  ws_engine_get_seldom (self)->saved_sent += (gint64) (len - out.len);
  bytes = ws_buffer_steal_bytes (&out);
  self->compressing = TRUE;
  ws_engine_push_message (self, opcode, rsv, NULL, g_bytes_get_size (bytes),
                          bytes);
  self->compressing = FALSE;
  ws_engine_watch_contexts (self);
  return TRUE;
}

/* --- Idle contexts --- */

/* Connections that fell silent together do not all work at once: up to a
 * quarter of the time is added, of each connection always the same. */
static gint64
get_spread (WsEngine *self)
{
  guint32 hash = (guint32) (GPOINTER_TO_SIZE (self) >> 4) * 2654435761U;

  return (self->seldom->idle_release * (gint64) 250 * (hash >> 16)) >> 16;
}

static gint64
get_due (WsEngine *self)
{
  const WsEngineSeldom *seldom = self->seldom;

  return seldom->idle->last_used + seldom->idle_release * (gint64) 1000
         + get_spread (self);
}

void
ws_engine_forget_idle (WsEngine *self)
{
  if (self->seldom == NULL || self->seldom->idle == NULL)
    return;
  ws_poller_disarm (self->poller, &self->seldom->idle->deadline);
  g_clear_pointer (&self->seldom->idle, g_free);
}

/* Activity is only looked at when the deadline is due. */
static void
on_idle_deadline (WsDeadline *deadline)
{
  WsIdleContext *idle = WS_CONTAINER_OF (deadline, WsIdleContext, deadline);
  WsEngine      *self = idle->engine;
  gint64         now = ws_poller_now (self->poller);
  WsDeflateUse   use;

  if (get_due (self) <= now)
    {
      ws_deflate_release_idle (self->protocol.extension);
      ws_deflate_get_use (self->protocol.extension, &use);
      if (!use.has_context)
        {
          if (ws_log_has (WS_LOG_POOL))
            ws_log (&(WsLogFacts){ .topic = WS_LOG_POOL,
                                   .socket = self->transport->log_number },
                    "the windows of compression are given back: %u ms without "
                    "a message",
                    self->seldom->idle_release);
          ws_engine_forget_idle (self);
          return;
        }
      idle->last_used = now; /* a message is coming in */
    }
  ws_poller_arm (self->poller, deadline, get_due (self));
}

void
ws_engine_watch_contexts (WsEngine *self)
{
  WsEngineSeldom *seldom = self->seldom;
  WsDeflateUse    use;

  if (seldom == NULL || seldom->idle_release == 0
      || self->state == WS_ENGINE_ENDED)
    return;
  ws_deflate_get_use (self->protocol.extension, &use);
  if (seldom->idle == NULL)
    {
      if (!use.has_context)
        return;
      seldom->idle = g_new0 (WsIdleContext, 1);
      seldom->idle->engine = self;
      seldom->idle->deadline.func = on_idle_deadline;
    }
  else if (seldom->idle->n_messages == use.n_messages)
    return;
  seldom->idle->n_messages = use.n_messages;
  seldom->idle->last_used = ws_poller_now (self->poller);
  if (!ws_deadline_is_armed (&seldom->idle->deadline))
    ws_poller_arm (self->poller, &seldom->idle->deadline, get_due (self));
}
