/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Answers those who watch a server: whether it is well, and its figures. */
#include "server/ws-server-core.h"

#include <string.h>

#include "server/ws-server-drain.h"
#include "ws-response.h"

#define METRICS_TYPE "text/plain; version=0.0.4; charset=utf-8"

/* --- Metrics --- */

/* The text format of Prometheus, version 0.0.4. */
typedef struct
{
  GString *text;
  char    *server; /* (owned) (nullable): a label */
} Metrics;

/* Of a label's value a backslash, a quote and a line's end are escaped. */
static char *
make_label (const char *name)
{
  g_autoptr (GString) value = NULL;

  if (name == NULL || *name == '\0')
    return NULL;
  value = g_string_new (name);
  g_string_replace (value, "\\", "\\\\", 0);
  g_string_replace (value, "\"", "\\\"", 0);
  g_string_replace (value, "\n", "\\n", 0);
  return g_strdup_printf ("server=\"%s\"", value->str);
}

static void
begin (Metrics *self, const char *name, const char *type, const char *help)
{
  g_string_append_printf (self->text, "# HELP %s %s\n# TYPE %s %s\n", name,
                          help, name, type);
}

static void
append_name (Metrics *self, const char *name, const char *label)
{
  g_string_append (self->text, name);
  if (label != NULL || self->server != NULL)
    g_string_append_printf (self->text, "{%s%s%s}",
                            self->server != NULL ? self->server : "",
                            label != NULL && self->server != NULL ? "," : "",
                            label != NULL ? label : "");
}

/* @label (nullable): beside that of the server. */
static void
add (Metrics *self, const char *name, const char *label, guint64 value)
{
  append_name (self, name, label);
  g_string_append_printf (self->text, " %" G_GUINT64_FORMAT "\n", value);
}

/* Whatever the locale has for a point. */
static void
add_decimal (Metrics *self, const char *name, gint64 millionths)
{
  append_name (self, name, NULL);
  g_string_append_printf (self->text,
                          " %" G_GINT64_FORMAT ".%06" G_GINT64_FORMAT "\n",
                          millionths / 1000000, millionths % 1000000);
}

static void
add_gauge (Metrics *self, const char *name, const char *help, guint64 value)
{
  begin (self, name, "gauge", help);
  add (self, name, NULL, value);
}

static void
add_counter (Metrics *self, const char *name, const char *help, guint64 value)
{
  begin (self, name, "counter", help);
  add (self, name, NULL, value);
}

static void
add_both_ways (Metrics    *self,
               const char *name,
               const char *help,
               guint64     sent,
               guint64     received)
{
  begin (self, name, "counter", help);
  add (self, name, "direction=\"sent\"", sent);
  add (self, name, "direction=\"received\"", received);
}

static void
add_peers (Metrics *self, const WsServerStatistics *figures)
{
  add_gauge (self, "ws_connections", "Connections that there are.",
             figures->connections);
  add_gauge (self, "ws_handshakes", "Openings that are under way.",
             figures->handshakes);
  add_counter (self, "ws_connections_total",
               "Connections that there ever were.", figures->connections_total);
  add_counter (self, "ws_requests_total",
               "Requests of plain HTTP that were answered.",
               figures->requests_total);
  begin (self, "ws_failed_total", "counter",
         "Peers of which no connection has become, by the reason.");
  add (self, "ws_failed_total", "reason=\"limits\"", figures->refused_limits);
  add (self, "ws_failed_total", "reason=\"policy\"", figures->refused_policy);
  add (self, "ws_failed_total", "reason=\"request\"", figures->refused_request);
  add (self, "ws_failed_total", "reason=\"handler\"", figures->refused_failed);
  add (self, "ws_failed_total", "reason=\"tls\"", figures->failed_tls);
  add (self, "ws_failed_total", "reason=\"lost\"", figures->lost);
}

static void
add_traffic (Metrics *self, const WsServerStatistics *figures)
{
  add_both_ways (self, "ws_messages_total", "Messages.", figures->messages_sent,
                 figures->messages_received);
  add_both_ways (self, "ws_payload_bytes_total", "Bytes of messages.",
                 figures->payload_bytes_sent, figures->payload_bytes_received);
  add_both_ways (self, "ws_wire_bytes_total", "Bytes of frames.",
                 figures->wire_bytes_sent, figures->wire_bytes_received);
  add_gauge (self, "ws_waiting_bytes", "Bytes that wait to be written.",
             figures->bytes_to_write);
  add_counter (self, "ws_messages_dropped_total",
               "Messages that were left out.", figures->messages_dropped);
  add_counter (self, "ws_slow_clients_total",
               "Connections that were closed because they read too slowly.",
               figures->slow_clients);
}

static void
add_broker (Metrics *self, WsBroker *broker)
{
  g_autoptr (WsBrokerStatistics) figures = ws_broker_get_statistics (broker);

  add_gauge (self, "ws_broker_connected", "Whether the broker carries.",
             ws_broker_get_state (broker) == WS_BROKER_STATE_CONNECTED);
  begin (self, "ws_broker_lag_seconds", "gauge",
         "What the last publication took to the broker and back.");
  add_decimal (self, "ws_broker_lag_seconds", figures->lag);
  add_gauge (self, "ws_broker_waiting_bytes",
             "Bytes of publications that wait to be carried.",
             figures->queued_bytes);
  add_counter (self, "ws_broker_published_total",
               "Publications that were accepted here.", figures->n_published);
  add_counter (self, "ws_broker_received_total",
               "Publications that came, those from here included.",
               figures->n_received);
  add_counter (self, "ws_broker_lost_total",
               "Publications that were refused, failed, or found no room.",
               figures->n_refused + figures->n_failed + figures->n_dropped);
  add_counter (self, "ws_broker_interruptions_total",
               "How often the broker was lost.", figures->n_interruptions);
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
  g_autoptr (WsServerStatistics) figures = NULL;
  g_autofree char *label = NULL;
  WsBroker        *broker;
  Metrics          metrics;

  g_return_val_if_fail (WS_IS_SERVER (self), NULL);

  figures = ws_server_get_statistics (self);
  broker = ws_server_peek (self)->broker;
  label = make_label (ws_server_peek (self)->server_name);
  metrics = (Metrics){ g_string_new (NULL), label };
  add_gauge (&metrics, "ws_start_time_seconds",
             "When the server was made, in Unix time.",
             (guint64) (figures->since_real / G_USEC_PER_SEC));
  add_gauge (&metrics, "ws_draining", "Whether the server drains or is closed.",
             !ws_server_is_well (self));
  add_peers (&metrics, figures);
  add_traffic (&metrics, figures);
  if (broker != NULL)
    add_broker (&metrics, broker);
  return g_string_free (metrics.text, FALSE);
}

/* --- Answers --- */

static void
answer_health (WsServer *self, WsResponse *response)
{
  const gboolean is_well = ws_server_is_well (self);

  if (!is_well)
    ws_response_set_status (response, 503);
  ws_response_set_text (response, is_well ? "ok\n" : "draining\n");
}

static void
answer_metrics (WsServer *self, WsResponse *response)
{
  char *text = ws_server_dup_metrics (self);
  gsize len = strlen (text);
  g_autoptr (GBytes) body = g_bytes_new_take (text, len);

  ws_response_set_body (response, METRICS_TYPE, body);
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
  const char *method;
  gboolean    is_health;

  g_return_val_if_fail (WS_IS_SERVER (self), FALSE);
  g_return_val_if_fail (WS_IS_REQUEST (request), FALSE);
  g_return_val_if_fail (WS_IS_RESPONSE (response), FALSE);

  is_health = g_str_equal (ws_request_get_path (request), "/healthz");
  if (!is_health && !g_str_equal (ws_request_get_path (request), "/metrics"))
    return FALSE;
  ws_headers_replace (ws_response_get_headers (response), "Cache-Control",
                      "no-store", NULL);
  method = ws_request_get_method (request);
  if (!g_str_equal (method, "GET") && !g_str_equal (method, "HEAD"))
    {
      ws_headers_replace (ws_response_get_headers (response), "Allow",
                          "GET, HEAD", NULL);
      ws_response_refuse (response, 405, NULL);
    }
  else if (is_health)
    answer_health (self, response);
  else
    answer_metrics (self, response);
  return TRUE;
}
