/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What there is to say about a connection. */
#include "socket-report.h"

/* Returns what follows after "Connected to URL" (owned by the caller). */
char *
socket_report_agreement (WsSocket *socket)
{
  const char   *subprotocol = ws_socket_get_subprotocol (socket);
  const char   *extensions = ws_socket_get_extensions (socket);
  WsSslSession *session = ws_socket_get_ssl_session (socket);
  GString      *text = g_string_new (NULL);

  if (subprotocol != NULL && *subprotocol != '\0')
    g_string_append_printf (text, ", subprotocol %s", subprotocol);
  if (session != NULL)
    g_string_append_printf (text, ", %s",
                            ws_ssl_session_get_protocol (session));
  if (extensions != NULL && *extensions != '\0')
    g_string_append_printf (text, ", %s", extensions);
  return g_string_free (text, FALSE);
}

/* "going-away" (owned by the caller). */
char *
socket_report_close_code (guint code)
{
  g_autoptr (GEnumClass) codes = g_type_class_ref (WS_TYPE_CLOSE_CODE);
  GEnumValue *value = g_enum_get_value (codes, (int) code);

  if (value != NULL)
    return g_strdup (value->value_nick);
  if (code >= 4000 && code <= 4999)
    return g_strdup ("private");
  return g_strdup (code >= 3000 && code <= 3999 ? "registered" : "unassigned");
}

/* Some lines (owned by the caller). */
char *
socket_report_statistics (WsSocket *socket)
{
  g_autoptr (WsStatistics) counts = ws_socket_get_statistics (socket);
  g_autofree char *agreed = socket_report_agreement (socket);
  g_autofree char *peer = ws_socket_dup_peer_address_string (socket);
  gint64           latency = ws_socket_get_latency (socket);
  GString         *text = g_string_new (NULL);

  g_string_append_printf (text, "%s at %s%s\n", ws_socket_get_url (socket),
                          peer != NULL ? peer : "no address", agreed);
  g_string_append_printf (text,
                          "sent %" G_GUINT64_FORMAT
                          " messages, %" G_GUINT64_FORMAT
                          " bytes; received %" G_GUINT64_FORMAT
                          " messages, %" G_GUINT64_FORMAT " bytes",
                          counts->messages_sent, counts->payload_bytes_sent,
                          counts->messages_received,
                          counts->payload_bytes_received);
  if (latency >= 0)
    g_string_append_printf (text, "\nlatency %.3f ms", (double) latency / 1000);
  return g_string_free (text, FALSE);
}

/* The head of the server's answer, and what it said when it refused: some lines
 * (owned by the caller), or NULL. */
char *
socket_report_response (WsSocket *socket)
{
  WsHandshakeResponse *response = ws_socket_get_response (socket);

  if (response == NULL)
    return NULL;

  WsHeaders *headers = ws_handshake_response_get_headers (response);
  GBytes    *body = ws_handshake_response_get_body (response);
  GString   *text = g_string_new (NULL);

  g_string_append_printf (text, "HTTP/1.1 %u %s",
                          ws_handshake_response_get_status (response),
                          ws_handshake_response_get_reason (response));
  for (guint i = 0; i < ws_headers_get_length (headers); i++)
    g_string_append_printf (text, "\n%s: %s", ws_headers_get_name (headers, i),
                            ws_headers_get_value (headers, i));
  if (body != NULL && g_bytes_get_size (body) > 0)
    {
      g_string_append_c (text, '\n');
      g_string_append_len (text, g_bytes_get_data (body, NULL),
                           (gssize) g_bytes_get_size (body));
    }
  return g_string_free (text, FALSE);
}
