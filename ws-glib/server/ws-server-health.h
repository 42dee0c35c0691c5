/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <ws-glib/ws-request.h>
#include <ws-glib/ws-response.h>
#include <ws-glib/ws-server.h>

#include "server/ws-server-metrics.h"

G_BEGIN_DECLS

/* What a request of plain HTTP asks of those who answer watchers. */
typedef enum
{
  WS_SERVER_HEALTH_OTHER,  /* nothing; the response is untouched */
  WS_SERVER_HEALTH_WRONG,  /* the method was wrong; the response says so */
  WS_SERVER_HEALTH_STATE,  /* "/healthz" */
  WS_SERVER_HEALTH_METRICS /* "/metrics" */
} WsServerHealthQuestion;

WsServerHealthQuestion
     ws_server_health_read_question (WsRequest *request, WsResponse *response);
void ws_server_health_answer (WsServerHealthQuestion question,
                              const WsServerMetrics *metrics,
                              WsResponse            *response);
/* In the server's thread; what it points to is the server's. */
WsServerMetrics ws_server_health_get_metrics (WsServer *server);

G_END_DECLS
