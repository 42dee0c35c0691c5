/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Answers those who watch a server: whether it is well, and its figures. */
#include "server/ws-server-health.h"

#include <string.h>

#include "server/ws-server-core.h"
#include "server/ws-server-drain.h"

#define METRICS_TYPE "text/plain; version=0.0.4; charset=utf-8"

/* --- Metrics --- */

WsServerMetrics
ws_server_health_get_metrics (WsServer *server)
{
  const WsServerPrivate *priv = ws_server_peek (server);
  g_autoptr (WsServerStatistics) figures = ws_server_get_statistics (server);

  return (WsServerMetrics){ *figures, ws_server_is_well (server),
                            priv->server_name, priv->broker };
}

/**
 * ws_server_dup_metrics:
 * @self: a server
 *
 * Gets the figures of [property@Server:statistics] in the text format of
 * Prometheus, version 0.0.4.
 *
 * For an answer of one's own, with figures of the program behind them; else
 * [method@Server.answer_health] is enough. The names begin with `ws_`, and
 * where [property@Server:server-name] is set it is the label `server`. With a
 * [property@Server:broker] its figures are there, too.
 *
 * Returns: (transfer full): a text
 *
 * Since: 1.0
 */
char *
ws_server_dup_metrics (WsServer *self)
{
  WsServerMetrics metrics;

  g_return_val_if_fail (WS_IS_SERVER (self), NULL);

  metrics = ws_server_health_get_metrics (self);
  return ws_server_metrics_to_text (&metrics);
}

/* --- Answers --- */

static void
answer_state (const WsServerMetrics *metrics, WsResponse *response)
{
  if (!metrics->is_well)
    ws_response_set_status (response, 503);
  ws_response_set_text (response, metrics->is_well ? "ok\n" : "draining\n");
}

static void
answer_metrics (const WsServerMetrics *metrics, WsResponse *response)
{
  char *text = ws_server_metrics_to_text (metrics);
  gsize len = strlen (text);
  g_autoptr (GBytes) body = g_bytes_new_take (text, len);

  ws_response_set_body (response, METRICS_TYPE, body);
}

void
ws_server_health_answer (WsServerHealthQuestion question,
                         const WsServerMetrics *metrics,
                         WsResponse            *response)
{
  ws_headers_replace (ws_response_get_headers (response), "Cache-Control",
                      "no-store", NULL);
  if (question == WS_SERVER_HEALTH_STATE)
    answer_state (metrics, response);
  else
    answer_metrics (metrics, response);
}

static WsServerHealthQuestion
find_path (const char *path)
{
  if (g_str_equal (path, "/healthz"))
    return WS_SERVER_HEALTH_STATE;
  if (g_str_equal (path, "/metrics"))
    return WS_SERVER_HEALTH_METRICS;
  return WS_SERVER_HEALTH_OTHER;
}

WsServerHealthQuestion
ws_server_health_read_question (WsRequest *request, WsResponse *response)
{
  const WsServerHealthQuestion question
      = find_path (ws_request_get_path (request));
  const char *method = ws_request_get_method (request);

  if (question == WS_SERVER_HEALTH_OTHER || g_str_equal (method, "GET")
      || g_str_equal (method, "HEAD"))
    return question;
  ws_headers_replace (ws_response_get_headers (response), "Allow", "GET, HEAD",
                      NULL);
  ws_response_refuse (response, 405, NULL);
  return WS_SERVER_HEALTH_WRONG;
}

/**
 * ws_server_answer_health:
 * @self: the server that is asked about
 * @request: a request of plain HTTP
 * @response: the answer to it
 *
 * Answers those who watch the server: `/healthz` with 200, or with 503 while it
 * drains or is closed, and `/metrics` with [method@Server.dup_metrics].
 *
 * To be called in a handler of [signal@Server::http-request], of this server or
 * of another one, which listens where only the watchers come: the figures are
 * nothing for the public, and who drains listens no more. Both want `GET` or
 * `HEAD`; other methods get a 405.
 *
 * Returns: whether the request was one of these; if not, the answer is
 *   untouched
 *
 * Since: 1.0
 */
gboolean
ws_server_answer_health (WsServer   *self,
                         WsRequest  *request,
                         WsResponse *response)
{
  WsServerHealthQuestion question;
  WsServerMetrics        metrics;

  g_return_val_if_fail (WS_IS_SERVER (self), FALSE);
  g_return_val_if_fail (WS_IS_REQUEST (request), FALSE);
  g_return_val_if_fail (WS_IS_RESPONSE (response), FALSE);

  question = ws_server_health_read_question (request, response);
  if (question < WS_SERVER_HEALTH_STATE)
    return question == WS_SERVER_HEALTH_WRONG;
  metrics = ws_server_health_get_metrics (self);
  ws_server_health_answer (question, &metrics, response);
  return TRUE;
}
