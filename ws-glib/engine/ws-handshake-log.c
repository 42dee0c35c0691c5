/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tells what the two ends of an opening say to each other in HTTP. */
#include "engine/ws-handshake-log.h"

#include "net/ws-log.h"
#include "protocol/ws-http-quote.h"

void
ws_handshake_log (const WsTransport *transport,
                  gboolean           is_sent,
                  const void        *head,
                  gsize              len)
{
  g_autofree char *shown = NULL;

  if (!ws_log_has (WS_LOG_HANDSHAKE))
    return;
  shown = ws_http_describe_head (head, len);
  ws_log (&(WsLogFacts){ .topic = WS_LOG_HANDSHAKE,
                         .socket = transport->log_number },
          "%s %s", is_sent ? ">" : "<", shown);
}
