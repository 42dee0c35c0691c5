/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What comes before a request: a PROXY header, and the TLS handshake. */
#include "engine/ws-server-opening-private.h"

#include "engine/ws-engine-error.h"

/* --- TLS --- */

static void
on_secured (WsTransport *stream, gpointer user_data)
{
  ws_server_opening_begin_reading (user_data);
}

static void
on_paused (WsTransport *stream, gpointer user_data)
{
  WsServerOpening *self = user_data;

  self->sink->paused (self, self->user_data);
}

static void
on_tls_failed (WsTransport *stream, const GError *error, gpointer user_data)
{
  WsServerOpening *self = user_data;

  self->sink->tls_failed (self, error, self->user_data);
}

static const WsTlsStreamSink stream_sink = {
  .secured = on_secured,
  .paused = on_paused,
  .failed = on_tls_failed,
};

/* Who has come and gone without a byte has cost no session. */
static void
begin_securing (WsServerOpening *self, const guint8 *data, gsize len)
{
  g_autoptr (GError) error = NULL;
  WsTlsSessionOptions tls = { .is_server = TRUE,
                              .credentials = self->credentials,
                              .alpn = (const char *const *) self->alpn };

  self->state = WS_SERVER_OPENING_SECURING;
  self->transport = ws_tls_stream_new (self->transport, &tls, &stream_sink,
                                       self->tls_sink, self->user_data, &error);
  self->is_secure = self->transport != NULL;
  if (!self->is_secure)
    {
      self->sink->tls_failed (self, error, self->user_data);
      return;
    }
  ws_tls_stream_set_sink_data (self->transport, self);
  ws_tls_stream_push_input (self->transport, data, len);
}

/* --- The PROXY header --- */

/* What comes behind it, or without it. */
static void
begin_client (WsServerOpening *self, const guint8 *data, gsize len)
{
  g_clear_pointer (&self->header, g_free);
  if (self->credentials != NULL && len == 0)
    {
      self->state = WS_SERVER_OPENING_ARRIVING;
      self->proxy_header = WS_PROXY_HEADER_NEVER;
      self->heard = 0;
    }
  else if (self->credentials != NULL)
    begin_securing (self, data, len);
  else
    {
      self->state = WS_SERVER_OPENING_READING;
      if (len > 0)
        ws_server_opening_take_input (self, data, len);
      else
        self->heard = 0;
    }
}

/* Nobody can be answered who wants TLS first. */
static void
refuse_header (WsServerOpening *self, const WsHttpFault *fault)
{
  if (self->credentials == NULL)
    ws_server_opening_refuse_invalid (self, fault);
  else
    ws_server_opening_end (self, g_error_new_literal (WS_ENGINE_ERROR,
                                                      WS_ENGINE_ERROR_PROTOCOL,
                                                      fault->message));
}

void
ws_server_opening_take_proxy_header (WsServerOpening *self,
                                     const guint8    *data,
                                     gsize            len)
{
  WsHttpFault fault;
  gsize       consumed = 0;
  WsParse     parse
      = ws_proxy_header_feed (self->header, data, len, &consumed, &fault);

  if (parse == WS_FAILED)
    refuse_header (self, &fault);
  if (parse != WS_DONE)
    return;
  if (self->sink->proxied != NULL)
    self->sink->proxied (self, self->header, self->user_data);
  begin_client (self, data + consumed, len - consumed);
}

static void
begin_header (WsServerOpening *self)
{
  self->header = g_new0 (WsProxyHeader, 1);
  self->state = WS_SERVER_OPENING_PROXY;
}

/* What has come so far tells whether it is one. */
void
ws_server_opening_take_start (WsServerOpening *self,
                              const guint8    *data,
                              gsize            len)
{
  WsBuffer start = self->early;
  WsParse  is_header = WS_FAILED;

  self->early = (WsBuffer){ 0 };
  if (start.len > 0)
    {
      ws_buffer_append (&start, data, len);
      data = start.data;
      len = start.len;
    }
  if (self->proxy_header == WS_PROXY_HEADER_DETECTED)
    is_header = ws_proxy_header_detect (data, len);
  if (is_header == WS_NEED_MORE)
    {
      if (start.len == 0)
        ws_buffer_append (&start, data, len);
      self->early = start;
      return;
    }
  if (is_header == WS_DONE)
    {
      begin_header (self);
      ws_server_opening_take_proxy_header (self, data, len);
    }
  else
    begin_client (self, data, len);
  ws_buffer_clear (&start);
}

/* --- Beginning --- */

void
ws_server_opening_await_start (WsServerOpening              *self,
                               const WsServerOpeningOptions *options)
{
  self->state = WS_SERVER_OPENING_ARRIVING;
  self->proxy_header = options->proxy_header;
  if (options->proxy_header == WS_PROXY_HEADER_ALWAYS)
    begin_header (self);
  if (options->credentials == NULL)
    return;
  self->credentials = ws_tls_credentials_ref (options->credentials);
  self->alpn = g_strdupv ((char **) options->alpn);
  self->tls_sink = options->tls_sink;
}

void
ws_server_opening_resume (WsServerOpening *self, gboolean is_accepted)
{
  ws_tls_stream_resume (self->transport, is_accepted);
}

WsTlsSession *
ws_server_opening_get_session (WsServerOpening *self)
{
  if (!self->is_secure || self->transport == NULL)
    return NULL;
  return ws_tls_stream_get_session (self->transport);
}
