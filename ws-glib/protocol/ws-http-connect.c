/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Asks an HTTP proxy for a tunnel, and judges the answer. */
#include "protocol/ws-http-connect.h"

#include <string.h>

char *
ws_http_connect_target (const char *host, guint port)
{
  const int len = (int) strcspn (host, "%");

  return g_strdup_printf (strchr (host, ':') != NULL ? "[%.*s]:%u" : "%.*s:%u",
                          len, host, port);
}

GString *
ws_http_connect_build (const char *target, const char *authorization)
{
  GString *request = g_string_new (NULL);

  g_string_append_printf (request,
                          "CONNECT %s HTTP/1.1\r\n"
                          "Host: %s\r\n",
                          target, target);
  if (authorization != NULL)
    g_string_append_printf (request, "Proxy-Authorization: %s\r\n",
                            authorization);
  g_string_append (request, "\r\n");
  return request;
}

void
ws_http_connect_init (WsHttpConnect *self, const WsHttpLimits *limits)
{
  *self = (WsHttpConnect){ 0 };
  ws_http_reader_init (&self->reader, WS_HTTP_RESPONSE, limits);
}

void
ws_http_connect_clear (WsHttpConnect *self)
{
  ws_http_reader_clear (&self->reader);
  if (self->has_response)
    ws_http_response_clear (&self->response);
  if (self->has_body)
    ws_http_body_clear (&self->body);
  self->has_response = FALSE;
  self->has_body = FALSE;
}

gboolean
ws_http_connect_is_open (const WsHttpConnect *self)
{
  return self->has_response && self->response.status / 100 == 2;
}

gboolean
ws_http_connect_can_reuse (const WsHttpConnect *self)
{
  return self->has_body && ws_http_body_can_reuse (&self->body);
}

/* What is wrong with the framing of a body only matters to whoever reads it. */
static WsParse
begin_body (WsHttpConnect *self)
{
  WsHttpFault fault;

  if (self->response.status != 407)
    return WS_DONE;
  self->has_body
      = ws_http_body_init_response (&self->body, &self->response, 0, &fault);
  if (!self->has_body || ws_http_body_ends_at_eof (&self->body))
    return WS_DONE;
  return WS_NEED_MORE;
}

static WsParse
take_head (WsHttpConnect *self,
           const guint8  *data,
           gsize          len,
           gsize         *consumed,
           WsHttpFault   *fault)
{
  WsParse result
      = ws_http_reader_feed (&self->reader, data, len, consumed, fault);

  if (result != WS_DONE)
    return result;
  if (!ws_http_response_parse (&self->response,
                               (const char *) self->reader.head.data,
                               self->reader.head.len, fault))
    return WS_FAILED;
  self->has_response = TRUE;
  /* 9110, 15.2; nobody has asked for another protocol than the tunnel. */
  if (self->response.status / 100 == 1 && self->response.status != 101)
    {
      ws_http_connect_clear (self);
      return WS_NEED_MORE;
    }
  return begin_body (self);
}

static WsParse
take_body (WsHttpConnect *self, const guint8 *data, gsize len, gsize *consumed)
{
  WsHttpFault fault;
  WsParse result = ws_http_body_feed (&self->body, data, len, consumed, &fault);

  if (result == WS_FAILED || self->body.total > WS_HTTP_CONNECT_MAX_BODY)
    return WS_DONE;
  return result;
}

WsParse
ws_http_connect_feed (WsHttpConnect *self,
                      const guint8  *data,
                      gsize          len,
                      gsize         *consumed,
                      WsHttpFault   *fault)
{
  WsParse result = WS_NEED_MORE;
  gsize   pos = 0;
  gsize   n = 0;

  while (result == WS_NEED_MORE && !self->has_body && pos < len)
    {
      result = take_head (self, data + pos, len - pos, &n, fault);
      pos += n;
    }
  if (result == WS_NEED_MORE && self->has_body)
    {
      result = take_body (self, data + pos, len - pos, &n);
      pos += n;
    }
  *consumed = pos;
  return result;
}
