/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writes the head of a server's answer that is no upgrade. */
#include "protocol/ws-http-answer.h"

#include <string.h>

#include "protocol/ws-http-date.h"

gboolean
ws_http_answer_is_own_field (const char *name)
{
  static const char *const names[] = {
    "Connection", "Content-Length",    "Date",    "Keep-Alive", "Server",
    "Trailer",    "Transfer-Encoding", "Upgrade",
  };
  static const char handshake[] = "Sec-WebSocket-";

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_ascii_strcasecmp (name, names[i]) == 0)
      return TRUE;
  return g_ascii_strncasecmp (name, handshake, strlen (handshake)) == 0;
}

void
ws_http_answer_write_headers (const WsHttpHeaders *headers, GString *out)
{
  for (guint i = 0; i < ws_http_headers_length (headers); i++)
    {
      const char *name = ws_http_headers_peek_name (headers, i);

      if (!ws_http_answer_is_own_field (name))
        g_string_append_printf (out, "%s: %s\r\n", name,
                                ws_http_headers_peek_value (headers, i));
    }
}

gboolean
ws_http_answer_has_body (guint status)
{
  return status >= 200 && status != 204 && status != 304;
}

static const char *
choose_reason (const WsHttpAnswer *self)
{
  if (self->reason != NULL && ws_http_header_value_is_valid (self->reason))
    return self->reason;
  return ws_http_status_phrase (self->status);
}

GString *
ws_http_answer_head (const WsHttpAnswer *self)
{
  GString *out = g_string_new (NULL);
  char     date[WS_HTTP_DATE_SIZE];

  ws_http_date (self->date, date);
  g_string_printf (out, "HTTP/1.1 %u %s\r\n", self->status,
                   choose_reason (self));
  /* 9110, 15.5.22; 6455, 4.4 */
  if (self->status == 426)
    g_string_append (out, "Upgrade: websocket\r\n"
                          "Connection: Upgrade, close\r\n"
                          "Sec-WebSocket-Version: 13\r\n");
  else
    g_string_append (out, "Connection: close\r\n");
  if (self->server_name != NULL && *self->server_name != '\0'
      && ws_http_header_value_is_valid (self->server_name))
    g_string_append_printf (out, "Server: %s\r\n", self->server_name);
  g_string_append_printf (out, "Date: %s\r\n", date);
  if (self->headers != NULL)
    ws_http_answer_write_headers (self->headers, out);
  if (ws_http_answer_has_body (self->status))
    g_string_append_printf (out, "Content-Length: %" G_GSIZE_FORMAT "\r\n",
                            self->body_len);
  g_string_append (out, "\r\n");
  return out;
}
