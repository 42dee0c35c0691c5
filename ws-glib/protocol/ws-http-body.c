/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads the content of an HTTP message, by length or in chunks. */
#include "protocol/ws-http-body.h"

#include <string.h>

#define CODING_FIELD "Transfer-Encoding"
#define LENGTH_FIELD "Content-Length"

/* All chunk extensions and trailers of a body together. */
#define MAX_EXTRA WS_HTTP_DEFAULT_MAX_HEAD

/* Nobody answers a response. */
static WsParse
fail (const WsHttpBody *self,
      guint             status,
      const char       *message,
      WsHttpFault      *fault)
{
  ws_http_fault_set (fault, self->is_request ? status : 0, "%s", message);
  return WS_FAILED;
}

static gboolean
fail_field (const WsHttpBody *self,
            guint             status,
            const char       *name,
            const char       *value,
            const char       *what,
            WsHttpFault      *fault)
{
  g_autofree char *quoted = ws_http_quote (value);

  ws_http_fault_set (fault, self->is_request ? status : 0, "%s: %s %s", name,
                     quoted, what);
  return FALSE;
}

static WsParse
fail_size (const WsHttpBody *self, WsHttpFault *fault)
{
  ws_http_fault_set (fault, self->is_request ? 413 : 0,
                     "The HTTP body is over %" G_GUINT64_FORMAT " bytes",
                     self->max);
  return WS_FAILED;
}

static gboolean
is_within (const WsHttpBody *self, guint64 more)
{
  return more <= self->max - self->total;
}

/* 9110, 8.6; several equal lengths count as one. */
static gboolean
parse_length (WsHttpBody  *self,
              const char  *field,
              guint64     *length,
              WsHttpFault *fault)
{
  g_auto (GStrv) list = ws_http_list_split (field);

  if (list[0] == NULL)
    return fail_field (self, 400, LENGTH_FIELD, field, "is empty", fault);
  for (gsize i = 0; list[i] != NULL; i++)
    {
      guint64 value;

      if (!g_ascii_string_to_unsigned (list[i], 10, 0, G_MAXINT64, &value,
                                       NULL))
        return fail_field (self, 400, LENGTH_FIELD, field, "is not a length",
                           fault);
      if (i > 0 && value != *length)
        return fail_field (self, 400, LENGTH_FIELD, field,
                           "says different lengths", fault);
      *length = value;
    }
  return TRUE;
}

/* 9112, 6.1 and 7: only chunked, once, is understood. */
static gboolean
check_codings (WsHttpBody *self, const char *field, WsHttpFault *fault)
{
  g_auto (GStrv) list = ws_http_list_split (field);
  guint n = g_strv_length (list);
  guint n_chunked = 0;

  for (guint i = 0; i < n; i++)
    {
      if (g_ascii_strcasecmp (list[i], "chunked") == 0)
        n_chunked++;
    }
  if (n == 0 || n_chunked > 1
      || (n_chunked == 1 && g_ascii_strcasecmp (list[n - 1], "chunked") != 0))
    return fail_field (self, 400, CODING_FIELD, field, "is malformed", fault);
  if (n > n_chunked)
    return fail_field (self, 501, CODING_FIELD, field,
                       "is not understood, only chunked is", fault);
  return TRUE;
}

static gboolean
init_length (WsHttpBody *self, const char *field, WsHttpFault *fault)
{
  guint64 length = 0;

  if (!parse_length (self, field, &length, fault))
    return FALSE;
  if (!is_within (self, length))
    {
      fail_size (self, fault);
      return FALSE;
    }
  self->framing = WS_HTTP_BODY_LENGTH;
  self->left = length;
  self->is_done = length == 0;
  return TRUE;
}

/* 9112, 6.3, 3 to 8 */
static gboolean
init_framing (WsHttpBody          *self,
              const WsHttpHeaders *headers,
              gboolean             is_http_1_1,
              WsHttpFault         *fault)
{
  g_autofree char *codings = ws_http_headers_join (headers, CODING_FIELD);
  g_autofree char *length = ws_http_headers_join (headers, LENGTH_FIELD);

  if (codings != NULL)
    {
      gboolean is_dubious = length != NULL || !is_http_1_1;

      if (self->is_request && is_dubious)
        return fail_field (self, 400, CODING_FIELD, codings,
                           length != NULL ? "comes with " LENGTH_FIELD
                                          : "is not for HTTP/1.0",
                           fault);
      self->framing = WS_HTTP_BODY_CHUNKED;
      self->is_persistent = self->is_persistent && !is_dubious;
      return check_codings (self, codings, fault);
    }
  if (length != NULL)
    return init_length (self, length, fault);
  self->framing = self->is_request ? WS_HTTP_BODY_NONE : WS_HTTP_BODY_EOF;
  self->is_done = self->is_request;
  return TRUE;
}

static gboolean
is_version_1_1 (guint major, guint minor)
{
  return major == 1 && minor >= 1;
}

/* 9112, 9.3 */
static gboolean
is_persistent (const WsHttpHeaders *headers, guint major, guint minor)
{
  if (major != 1 || ws_http_headers_has_token (headers, "Connection", "close"))
    return FALSE;
  return minor >= 1
         || ws_http_headers_has_token (headers, "Connection", "keep-alive");
}

gboolean
ws_http_body_init_response (WsHttpBody           *self,
                            const WsHttpResponse *response,
                            gsize                 keep,
                            WsHttpFault          *fault)
{
  guint major = response->major;
  guint minor = response->minor;

  *self = (WsHttpBody){
    .keep = keep,
    .max = G_MAXUINT64,
    .is_persistent = is_persistent (response->headers, major, minor),
  };
  /* 9112, 6.3, 1 */
  if (response->status < 200 || response->status == 204
      || response->status == 304)
    {
      self->is_done = TRUE;
      return TRUE;
    }
  return init_framing (self, response->headers, is_version_1_1 (major, minor),
                       fault);
}

gboolean
ws_http_body_init_request (WsHttpBody          *self,
                           const WsHttpRequest *request,
                           gsize                max,
                           WsHttpFault         *fault)
{
  guint major = request->major;
  guint minor = request->minor;

  *self = (WsHttpBody){
    .keep = max,
    .max = max,
    .is_request = TRUE,
    .is_persistent = is_persistent (request->headers, major, minor),
  };
  return init_framing (self, request->headers, is_version_1_1 (major, minor),
                       fault);
}

void
ws_http_body_clear (WsHttpBody *self)
{
  ws_buffer_clear (&self->kept);
  *self = (WsHttpBody){ 0 };
}

/* Takes content that is within the limit. */
static void
take_content (WsHttpBody *self, const guint8 *data, gsize len)
{
  gsize room = self->keep - MIN (self->keep, self->kept.len);

  ws_buffer_reserve (&self->kept, MIN (len, room), self->keep);
  ws_buffer_append (&self->kept, data, MIN (len, room));
  /* What never ends may as well be miscounted. */
  self->total += MIN (len, G_MAXUINT64 - self->total);
}

/* Counts what is neither size nor content. */
static WsParse
count_extra (WsHttpBody *self, WsHttpFault *fault)
{
  if (++self->extra <= MAX_EXTRA)
    return WS_NEED_MORE;
  return fail (self, 431, "Chunk extensions and trailers are over their limit",
               fault);
}

static WsParse
add_digit (WsHttpBody *self, guint8 byte, WsHttpFault *fault)
{
  self->chunk = WS_HTTP_CHUNK_SIZE;
  if (self->left > G_MAXUINT64 >> 4)
    return fail_size (self, fault);
  self->left = self->left << 4 | (guint64) g_ascii_xdigit_value ((char) byte);
  if (!is_within (self, self->left))
    return fail_size (self, fault);
  /* Else zeros could come for ever. */
  return self->left == 0 ? count_extra (self, fault) : WS_NEED_MORE;
}

static WsParse
read_extension (WsHttpBody *self, guint8 byte, WsHttpFault *fault)
{
  if (byte == '\r')
    {
      self->chunk = WS_HTTP_CHUNK_SIZE_LF;
      return WS_NEED_MORE;
    }
  if (byte == '\n' || byte == '\0')
    return fail (self, 400, "A chunk extension is malformed", fault);
  return count_extra (self, fault);
}

static WsParse
read_size (WsHttpBody *self, guint8 byte, WsHttpFault *fault)
{
  if (g_ascii_isxdigit (byte))
    return add_digit (self, byte, fault);
  if (self->chunk == WS_HTTP_CHUNK_SIZE_FIRST
      || (byte != '\r' && byte != ';' && byte != ' ' && byte != '\t'))
    return fail (self, 400, "A chunk size is malformed", fault);
  self->chunk = WS_HTTP_CHUNK_EXTENSION;
  return read_extension (self, byte, fault);
}

/* A byte that can only be @expected. */
static WsParse
read_end (WsHttpBody      *self,
          guint8           byte,
          guint8           expected,
          WsHttpChunkState next,
          WsHttpFault     *fault)
{
  if (byte != expected)
    return fail (self, 400, "A chunk or a line of it does not end in CR and LF",
                 fault);
  self->chunk = next;
  return WS_NEED_MORE;
}

/* 9112, 7.1.2: whatever trailers say is dropped. */
static WsParse
read_trailer (WsHttpBody *self, guint8 byte, WsHttpFault *fault)
{
  gboolean is_start = self->chunk == WS_HTTP_CHUNK_TRAILER_START;

  if (byte == '\r')
    {
      self->chunk = is_start ? WS_HTTP_CHUNK_END_LF : WS_HTTP_CHUNK_TRAILER_LF;
      return WS_NEED_MORE;
    }
  if (byte == '\n' || byte == '\0')
    return fail (self, 400, "A trailer is malformed", fault);
  self->chunk = WS_HTTP_CHUNK_TRAILER;
  return count_extra (self, fault);
}

/* One byte of what is around the chunks. */
static WsParse
read_byte (WsHttpBody *self, guint8 byte, WsHttpFault *fault)
{
  WsParse answer;

  switch (self->chunk)
    {
    case WS_HTTP_CHUNK_SIZE_FIRST:
    case WS_HTTP_CHUNK_SIZE:
      return read_size (self, byte, fault);
    case WS_HTTP_CHUNK_EXTENSION:
      return read_extension (self, byte, fault);
    case WS_HTTP_CHUNK_SIZE_LF:
      return read_end (self, byte, '\n',
                       self->left > 0 ? WS_HTTP_CHUNK_DATA
                                      : WS_HTTP_CHUNK_TRAILER_START,
                       fault);
    case WS_HTTP_CHUNK_DATA_CR:
      return read_end (self, byte, '\r', WS_HTTP_CHUNK_DATA_LF, fault);
    case WS_HTTP_CHUNK_DATA_LF:
      return read_end (self, byte, '\n', WS_HTTP_CHUNK_SIZE_FIRST, fault);
    case WS_HTTP_CHUNK_TRAILER_START:
    case WS_HTTP_CHUNK_TRAILER:
      return read_trailer (self, byte, fault);
    case WS_HTTP_CHUNK_TRAILER_LF:
      return read_end (self, byte, '\n', WS_HTTP_CHUNK_TRAILER_START, fault);
    case WS_HTTP_CHUNK_END_LF:
      answer = read_end (self, byte, '\n', WS_HTTP_CHUNK_END_LF, fault);
      self->is_done = answer != WS_FAILED;
      return self->is_done ? WS_DONE : WS_FAILED;
    case WS_HTTP_CHUNK_DATA:
      break;
    }
  g_assert_not_reached ();
}

static WsParse
read_chunks (WsHttpBody   *self,
             const guint8 *data,
             gsize         len,
             gsize        *consumed,
             WsHttpFault  *fault)
{
  WsParse answer = WS_NEED_MORE;
  gsize   pos = 0;

  while (answer == WS_NEED_MORE && pos < len)
    {
      if (self->chunk == WS_HTTP_CHUNK_DATA)
        {
          gsize n = (gsize) MIN (len - pos, self->left);

          take_content (self, data + pos, n);
          pos += n;
          self->left -= n;
          if (self->left == 0)
            self->chunk = WS_HTTP_CHUNK_DATA_CR;
        }
      else
        answer = read_byte (self, data[pos++], fault);
    }
  *consumed = pos;
  return answer;
}

WsParse
ws_http_body_feed (WsHttpBody   *self,
                   const guint8 *data,
                   gsize         len,
                   gsize        *consumed,
                   WsHttpFault  *fault)
{
  *consumed = 0;
  if (self->is_done)
    return WS_DONE;
  switch (self->framing)
    {
    case WS_HTTP_BODY_CHUNKED:
      return read_chunks (self, data, len, consumed, fault);
    case WS_HTTP_BODY_LENGTH:
      *consumed = (gsize) MIN (len, self->left);
      self->left -= *consumed;
      self->is_done = self->left == 0;
      break;
    case WS_HTTP_BODY_EOF:
      *consumed = len;
      break;
    case WS_HTTP_BODY_NONE:
      break;
    }
  take_content (self, data, *consumed);
  return self->is_done ? WS_DONE : WS_NEED_MORE;
}

gboolean
ws_http_body_ends_at_eof (const WsHttpBody *self)
{
  return self->framing == WS_HTTP_BODY_EOF;
}

gboolean
ws_http_body_can_reuse (const WsHttpBody *self)
{
  return self->is_done && self->is_persistent;
}
