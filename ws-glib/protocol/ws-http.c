/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Takes the heads of HTTP requests and responses apart. */
#include "protocol/ws-http.h"

#include <stdarg.h>
#include <string.h>

/* The first byte of a TLS handshake record (RFC 8446, 5.1). */
#define TLS_HANDSHAKE 0x16

/* Lines are cut out of a private copy of the head, in place, and the fields
 * that are found stay there. */
typedef struct
{
  char *text;   /* (owned) (nullable): until the fields have it */
  char *cursor; /* (unowned): where the next line begins */
} Lines;

void
ws_http_fault_set (WsHttpFault *fault, guint status, const char *format, ...)
{
  const char *end;
  va_list     args;

  fault->status = status;
  va_start (args, format);
  g_vsnprintf (fault->message, sizeof fault->message, format, args);
  va_end (args);

  /* The cut may have gone through a character. */
  if (!g_utf8_validate (fault->message, -1, &end))
    fault->message[end - fault->message] = '\0';
}

const char *
ws_http_status_phrase (guint status)
{
  static const struct
  {
    guint       status;
    const char *phrase;
  } phrases[] = {
    { 100, "Continue" },
    { 101, "Switching Protocols" },
    { 200, "OK" },
    { 204, "No Content" },
    { 301, "Moved Permanently" },
    { 302, "Found" },
    { 303, "See Other" },
    { 304, "Not Modified" },
    { 307, "Temporary Redirect" },
    { 308, "Permanent Redirect" },
    { 400, "Bad Request" },
    { 401, "Unauthorized" },
    { 403, "Forbidden" },
    { 404, "Not Found" },
    { 405, "Method Not Allowed" },
    { 407, "Proxy Authentication Required" },
    { 408, "Request Timeout" },
    { 409, "Conflict" },
    { 410, "Gone" },
    { 411, "Length Required" },
    { 413, "Content Too Large" },
    { 414, "URI Too Long" },
    { 421, "Misdirected Request" },
    { 426, "Upgrade Required" },
    { 429, "Too Many Requests" },
    { 431, "Request Header Fields Too Large" },
    { 500, "Internal Server Error" },
    { 501, "Not Implemented" },
    { 502, "Bad Gateway" },
    { 503, "Service Unavailable" },
    { 504, "Gateway Timeout" },
    { 505, "HTTP Version Not Supported" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (phrases); i++)
    {
      if (phrases[i].status == status)
        return phrases[i].phrase;
    }
  return "";
}

void
ws_http_reader_init (WsHttpReader       *self,
                     WsHttpKind          kind,
                     const WsHttpLimits *limits)
{
  static const WsHttpLimits defaults = WS_HTTP_LIMITS_DEFAULT;

  *self = (WsHttpReader){ .kind = kind,
                          .limits = limits != NULL ? *limits : defaults };
  /* So that a line can be counted beyond its limit. */
  self->limits.max_line = MIN (self->limits.max_line, G_MAXUINT / 2);
}

void
ws_http_reader_clear (WsHttpReader *self)
{
  ws_buffer_clear (&self->head);
  self->line_len = 0;
  self->n_lines = 0;
}

static WsParse
fail_first_byte (guint8 byte, WsHttpFault *fault)
{
  ws_http_fault_set (fault, 400, "This is not HTTP: the first byte is 0x%02x%s",
                     byte, byte == TLS_HANDSHAKE ? ", as when TLS begins" : "");
  return WS_FAILED;
}

/* 9112, 2.2: a recipient may take a bare LF for a line end. Where a proxy takes
 * a bare LF for a line end and a server does not, or the other way round, one
 * request can become two. */
static WsParse
fail_line_end (WsHttpFault *fault)
{
  ws_http_fault_set (fault, 400,
                     "A line of the HTTP head ends with LF, without CR");
  return WS_FAILED;
}

/* What may come before the head: one empty line (9112, 2.2), whose bytes
 * line_len counts until the first byte of the start line is there. */
static WsParse
skip_empty_line (WsHttpReader *self,
                 const guint8 *data,
                 gsize         len,
                 gsize        *pos,
                 WsHttpFault  *fault)
{
  char first[2] = { 0 };

  while (*pos < len && self->line_len < 2
         && (data[*pos] == '\n' || (data[*pos] == '\r' && self->line_len == 0)))
    {
      if (data[*pos] == '\n' && self->line_len == 0
          && self->kind == WS_HTTP_REQUEST)
        return fail_line_end (fault);
      self->line_len = data[*pos] == '\n' ? 2 : 1;
      ++*pos;
    }
  if (*pos == len)
    return WS_NEED_MORE;

  /* Methods and "HTTP" are both tokens (9112, 3 and 4). */
  first[0] = (char) data[*pos];
  if (self->line_len == 1 || !ws_http_is_token (first))
    return fail_first_byte (data[*pos], fault);
  self->line_len = 0;
  return WS_DONE;
}

static WsParse
fail_line (const WsHttpReader *self, WsHttpFault *fault)
{
  const guint max = self->limits.max_line;

  if (self->n_lines == 0)
    ws_http_fault_set (fault, 414,
                       "The start line is over max-header-line-size "
                       "(%u bytes)",
                       max);
  else
    ws_http_fault_set (fault, 431,
                       "Header line %u is over max-header-line-size "
                       "(%u bytes)",
                       self->n_lines, max);
  return WS_FAILED;
}

static WsParse
fail_head (const WsHttpReader *self, WsHttpFault *fault)
{
  ws_http_fault_set (fault, self->n_lines == 0 ? 414 : 431,
                     "The HTTP head is over max-header-size "
                     "(%u bytes)",
                     self->limits.max_head);
  return WS_FAILED;
}

/* Whoever sends one line of something else and then waits gets an answer. */
static WsParse
check_start_line (const WsHttpReader *self, WsHttpFault *fault)
{
  const char      *line = (const char *) self->head.data;
  g_autofree char *copy = NULL;
  g_autofree char *quoted = NULL;

  if (g_strstr_len (line, (gssize) self->head.len, "HTTP/") != NULL)
    return WS_NEED_MORE;
  copy = g_strndup (line, self->head.len);
  quoted = ws_http_quote_request_line (g_strchomp (copy));
  ws_http_fault_set (fault, 400, "This is not HTTP/1.1: the first line is %s",
                     quoted);
  return WS_FAILED;
}

/* Of a line that is in the head, with its end, and has @content_len bytes. */
static WsParse
finish_line (WsHttpReader *self, gsize content_len, WsHttpFault *fault)
{
  const gboolean is_bare = content_len == self->line_len;
  WsParse        result = WS_NEED_MORE;

  self->line_len = 0;
  if (content_len > 0 && ++self->n_lines == 1)
    result = check_start_line (self, fault);
  if (result == WS_FAILED)
    return result;
  if (is_bare && self->kind == WS_HTTP_REQUEST)
    return fail_line_end (fault);
  if (content_len == 0)
    return WS_DONE;
  if (self->n_lines - 1 > self->limits.max_lines)
    {
      ws_http_fault_set (fault, 431,
                         "There are more header lines than max-header-count "
                         "(%u)",
                         self->limits.max_lines);
      return WS_FAILED;
    }
  return WS_NEED_MORE;
}

/* Bytes that the head may still grow by. */
static gsize
room_left (const WsHttpReader *self)
{
  const gsize max = self->limits.max_head;

  return max - MIN (max, self->head.len);
}

/* The last byte, that of the line's end left out. */
static guint8
last_before (const WsBuffer *head, gboolean has_end)
{
  return head->data[head->len - (has_end ? 2 : 1)];
}

/* Reads one line, or as much of the line as is there, from @data + @pos on. Of
 * two faults the first is told, so no line is looked at beyond its limit, nor
 * before the lines above are judged. */
static WsParse
scan_line (WsHttpReader *self,
           const guint8 *data,
           gsize         len,
           gsize        *pos,
           WsHttpFault  *fault)
{
  const gsize   room = room_left (self);
  const gsize   max = self->limits.max_line;
  const gsize   in_line = max - MIN (max, self->line_len) + 1;
  const gsize   seen = MIN (len - *pos, MIN (room, in_line));
  const guint8 *line = data + *pos;
  const guint8 *lf = memchr (line, '\n', seen);
  const gsize   line_len = lf != NULL ? (gsize) (lf - line) : seen;
  gsize         content_len;

  if (memchr (line, '\0', line_len) != NULL)
    {
      ws_http_fault_set (fault, 400, "There is a NUL in the HTTP head");
      return WS_FAILED;
    }

  ws_buffer_append (&self->head, line, line_len + (lf != NULL ? 1 : 0));
  *pos += line_len;
  self->line_len += line_len;
  content_len = self->line_len;
  if (content_len > 0 && last_before (&self->head, lf != NULL) == '\r')
    content_len--;
  if (content_len > max)
    return fail_line (self, fault);

  if (lf == NULL)
    return seen == room && *pos < len ? fail_head (self, fault) : WS_NEED_MORE;
  ++*pos;
  return finish_line (self, content_len, fault);
}

WsParse
ws_http_reader_feed (WsHttpReader *self,
                     const guint8 *data,
                     gsize         len,
                     gsize        *consumed,
                     WsHttpFault  *fault)
{
  WsParse result = WS_NEED_MORE;
  gsize   pos = 0;

  *consumed = 0;
  if (self->head.len == 0)
    {
      result = skip_empty_line (self, data, len, &pos, fault);
      *consumed = pos;
      if (result != WS_DONE)
        return result;
      result = WS_NEED_MORE;
    }

  ws_buffer_reserve (&self->head, MIN (len - pos, room_left (self)),
                     self->limits.max_head);
  while (result == WS_NEED_MORE && pos < len)
    result = scan_line (self, data, len, &pos, fault);
  *consumed = pos;
  return result;
}

static gboolean
lines_init (Lines *self, const char *head, gsize len, WsHttpFault *fault)
{
  if (memchr (head, '\0', len) != NULL)
    {
      ws_http_fault_set (fault, 400, "There is a NUL in the HTTP head");
      return FALSE;
    }
  self->text = g_strndup (head, len);
  self->cursor = self->text;
  return TRUE;
}

static void
lines_clear (Lines *self)
{
  g_free (self->text);
}

/* The next line without its end, or NULL if the text stops before that. */
static char *
next_line (Lines *self)
{
  char *line = self->cursor;
  char *end = strchr (line, '\n');

  if (end == NULL)
    return NULL;
  self->cursor = end + 1;
  if (end > line && end[-1] == '\r')
    end--;
  *end = '\0';
  return line;
}

/* 9112, 5.2: appends the lines that continue @line, each after one space. */
static void
unfold (Lines *self, char *line)
{
  char *end = line + strlen (line);

  while (*self->cursor == ' ' || *self->cursor == '\t')
    {
      char *more = next_line (self);
      gsize more_len;

      if (more == NULL)
        return;
      while (*more == ' ' || *more == '\t')
        more++;
      more_len = strlen (more);
      while (end > line && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
      *end++ = ' ';
      memmove (end, more, more_len + 1);
      end += more_len;
    }
}

static gboolean
fail_field (const char *line, const char *what, WsHttpFault *fault)
{
  g_autofree char *quoted = ws_http_quote_field (line);

  ws_http_fault_set (fault, 400, "The header line %s %s", quoted, what);
  return FALSE;
}

/* 9112, 5.1 */
static gboolean
parse_field (char *line, WsHttpHeaders *headers, WsHttpFault *fault)
{
  char *colon = strchr (line, ':');

  if (colon == NULL)
    return fail_field (line, "has no colon", fault);
  if (colon > line && (colon[-1] == ' ' || colon[-1] == '\t'))
    return fail_field (line, "has a blank before its colon", fault);
  if (!ws_http_header_value_is_valid (colon + 1))
    return fail_field (line, "holds a control character", fault);

  *colon = '\0';
  if (!ws_http_header_name_is_valid (line))
    return fail_field (line, "has a name that is not a token", fault);
  ws_http_headers_append_text (headers, line, (gsize) (colon - line),
                               colon + 1);
  return TRUE;
}

/* 9112, 5.2: what continues a line is refused in a request, for others may read
 * it as a field of its own. */
static WsHttpHeaders *
parse_fields (Lines *lines, WsHttpKind kind, WsHttpFault *fault)
{
  g_autoptr (WsHttpHeaders) headers = ws_http_headers_new ();
  char *line;

  ws_http_headers_take_text (headers, g_steal_pointer (&lines->text));
  while ((line = next_line (lines)) != NULL)
    {
      if (*line == '\0')
        return g_steal_pointer (&headers);
      if (*line == ' ' || *line == '\t')
        {
          fail_field (line, "begins with a blank", fault);
          return NULL;
        }
      if (kind == WS_HTTP_RESPONSE)
        unfold (lines, line);
      if (!parse_field (line, headers, fault))
        return NULL;
    }
  ws_http_fault_set (fault, 400, "The HTTP head ends without an empty line");
  return NULL;
}

/* 9112, 2.3. On success @text has moved behind the version. */
static gboolean
parse_version (const char **text, guint *major, guint *minor)
{
  const char *digits = *text + strlen ("HTTP/");

  if (!g_str_has_prefix (*text, "HTTP/") || !g_ascii_isdigit (digits[0])
      || digits[1] != '.' || !g_ascii_isdigit (digits[2]))
    return FALSE;
  *major = (guint) g_ascii_digit_value (digits[0]);
  *minor = (guint) g_ascii_digit_value (digits[2]);
  *text = digits + 3;
  return TRUE;
}

gboolean
ws_http_is_target (const char *text)
{
  if (*text == '\0')
    return FALSE;
  while (g_ascii_isgraph (*text))
    text++;
  return *text == '\0';
}

/* 9112, 3: method SP request-target SP HTTP-version */
static gboolean
parse_request_line (WsHttpRequest *self, const char *line, WsHttpFault *fault)
{
  const char      *target = strchr (line, ' ');
  const char      *version = target != NULL ? strchr (target + 1, ' ') : NULL;
  g_autofree char *quoted = NULL;

  if (version != NULL)
    {
      self->method = g_strndup (line, (gsize) (target - line));
      self->target = g_strndup (target + 1, (gsize) (version - target - 1));
      version++;
      if (parse_version (&version, &self->major, &self->minor)
          && *version == '\0' && ws_http_is_token (self->method)
          && ws_http_is_target (self->target))
        return TRUE;
    }
  quoted = ws_http_quote_request_line (line);
  ws_http_fault_set (fault, 400, "The request line %s is malformed", quoted);
  return FALSE;
}

gboolean
ws_http_request_parse (WsHttpRequest *self,
                       const char    *head,
                       gsize          len,
                       WsHttpFault   *fault)
{
  Lines       lines;
  const char *line;

  *self = (WsHttpRequest){ 0 };
  if (!lines_init (&lines, head, len, fault))
    return FALSE;

  line = next_line (&lines);
  if (parse_request_line (self, line != NULL ? line : "", fault))
    self->headers = parse_fields (&lines, WS_HTTP_REQUEST, fault);
  lines_clear (&lines);

  if (self->headers == NULL)
    ws_http_request_clear (self);
  return self->headers != NULL;
}

void
ws_http_request_clear (WsHttpRequest *self)
{
  g_free (self->method);
  g_free (self->target);
  ws_http_headers_free (self->headers);
  *self = (WsHttpRequest){ 0 };
}

/* 9112, 4: HTTP-version SP status-code SP [ reason-phrase ]; servers that leave
 * out the second space too are understood. */
static gboolean
parse_status_line (WsHttpResponse *self, const char *line, WsHttpFault *fault)
{
  const char *rest = line;

  if (!parse_version (&rest, &self->major, &self->minor) || rest[0] != ' '
      || rest[1] < '1' || rest[1] > '9' || !g_ascii_isdigit (rest[2])
      || !g_ascii_isdigit (rest[3]) || (rest[4] != '\0' && rest[4] != ' ')
      || !ws_http_header_value_is_valid (rest + 4))
    {
      g_autofree char *quoted = ws_http_quote (line);

      ws_http_fault_set (fault, 0, "The status line %s is malformed", quoted);
      return FALSE;
    }
  self->status = (guint) (g_ascii_digit_value (rest[1]) * 100
                          + g_ascii_digit_value (rest[2]) * 10
                          + g_ascii_digit_value (rest[3]));
  self->reason = g_strstrip (g_strdup (rest + 4));
  return TRUE;
}

gboolean
ws_http_response_parse (WsHttpResponse *self,
                        const char     *head,
                        gsize           len,
                        WsHttpFault    *fault)
{
  Lines       lines;
  const char *line;

  *self = (WsHttpResponse){ 0 };
  if (!lines_init (&lines, head, len, fault))
    {
      fault->status = 0;
      return FALSE;
    }

  line = next_line (&lines);
  if (parse_status_line (self, line != NULL ? line : "", fault))
    self->headers = parse_fields (&lines, WS_HTTP_RESPONSE, fault);
  lines_clear (&lines);

  if (self->headers == NULL)
    {
      fault->status = 0;
      ws_http_response_clear (self);
    }
  return self->headers != NULL;
}

void
ws_http_response_clear (WsHttpResponse *self)
{
  g_free (self->reason);
  ws_http_headers_free (self->headers);
  *self = (WsHttpResponse){ 0 };
}
