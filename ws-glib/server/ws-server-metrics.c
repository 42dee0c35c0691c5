/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The figures of a server, as a text for those who watch it. */
#include "server/ws-server-metrics.h"

/* The text as it grows. */
typedef struct
{
  GString *text;
  char    *server; /* (unowned) (nullable): a label */
} Writer;

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
begin (Writer *self, const char *name, const char *type, const char *help)
{
  g_string_append_printf (self->text, "# HELP %s %s\n# TYPE %s %s\n", name,
                          help, name, type);
}

static void
append_name (Writer *self, const char *name, const char *label)
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
add (Writer *self, const char *name, const char *label, guint64 value)
{
  append_name (self, name, label);
  g_string_append_printf (self->text, " %" G_GUINT64_FORMAT "\n", value);
}

/* Whatever the locale has for a point. */
static void
add_decimal (Writer *self, const char *name, gint64 millionths)
{
  append_name (self, name, NULL);
  g_string_append_printf (self->text,
                          " %" G_GINT64_FORMAT ".%06" G_GINT64_FORMAT "\n",
                          millionths / 1000000, millionths % 1000000);
}

static void
add_gauge (Writer *self, const char *name, const char *help, guint64 value)
{
  begin (self, name, "gauge", help);
  add (self, name, NULL, value);
}

static void
add_counter (Writer *self, const char *name, const char *help, guint64 value)
{
  begin (self, name, "counter", help);
  add (self, name, NULL, value);
}

static void
add_both_ways (Writer     *self,
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
add_peers (Writer *self, const WsServerStatistics *figures)
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
add_traffic (Writer *self, const WsServerStatistics *figures)
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
add_broker (Writer *self, WsBroker *broker)
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

char *
ws_server_metrics_to_text (const WsServerMetrics *self)
{
  g_autofree char *label = make_label (self->name);
  Writer           writer = { g_string_new (NULL), label };

  add_gauge (&writer, "ws_start_time_seconds",
             "When the server was made, in Unix time.",
             (guint64) (self->figures.since_real / G_USEC_PER_SEC));
  add_gauge (&writer, "ws_draining", "Whether the server drains or is closed.",
             !self->is_well);
  add_peers (&writer, &self->figures);
  add_traffic (&writer, &self->figures);
  if (self->broker != NULL)
    add_broker (&writer, self->broker);
  return g_string_free (writer.text, FALSE);
}
