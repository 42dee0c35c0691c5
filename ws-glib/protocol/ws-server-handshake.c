/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Judges the request of a client, and builds the answer. */
#include "protocol/ws-server-handshake.h"

#include <string.h>

#include "protocol/ws-http-answer.h"
#include "protocol/ws-http-date.h"
#include "protocol/ws-key.h"
#include "protocol/ws-url.h"

#define VERSION_FIELD    "Sec-WebSocket-Version"
#define KEY_FIELD        "Sec-WebSocket-Key"
#define PROTOCOL_FIELD   "Sec-WebSocket-Protocol"
#define EXTENSIONS_FIELD "Sec-WebSocket-Extensions"

/* Bytes that suffice for most answers. */
#define ANSWER_SIZE 384

/* The version of RFC 6455. */
#define VERSION 13

/* What has happened in practice when half of a handshake arrives. */
#define PROXY_HINT "; a proxy before this server has to pass it on"

static gboolean
fail_field (WsHttpFault *fault,
            guint        status,
            const char  *name,
            const char  *value,
            const char  *what)
{
  g_autofree char *quoted = NULL;

  if (value == NULL)
    {
      ws_http_fault_set (fault, status, "The request has no %s header", name);
      return FALSE;
    }
  quoted = ws_http_quote (value);
  ws_http_fault_set (fault, status, "%s: %s %s", name, quoted, what);
  return FALSE;
}

/* The only field of that name; NULL with a fault if there are none or more. */
static const char *
require_one (const WsHttpHeaders *headers, const char *name, WsHttpFault *fault)
{
  const guint count = ws_http_headers_count (headers, name);

  if (count == 1)
    return ws_http_headers_peek (headers, name);
  if (count == 0)
    fail_field (fault, 400, name, NULL, NULL);
  else
    ws_http_fault_set (fault, 400, "The request has %u %s headers, not one",
                       count, name);
  return NULL;
}

/* 9110, 7.8: HTTP/1.0 knows no Upgrade. No client of WebSocket speaks HTTP/1.0,
 * but a proxy between the client and us may. */
static gboolean
judge_request_line (const WsHttpRequest *request, WsHttpFault *fault)
{
  g_autofree char *method = NULL;

  if (request->major != 1)
    ws_http_fault_set (fault, 505, "HTTP/%u.%u is not HTTP/1.1", request->major,
                       request->minor);
  else if (request->minor < 1)
    ws_http_fault_set (fault, 426,
                       "A request of HTTP/1.0 cannot be upgraded" PROXY_HINT
                       " in HTTP/1.1");
  else if (strcmp (request->method, "GET") == 0)
    return TRUE;
  else
    {
      method = ws_http_quote (request->method);
      ws_http_fault_set (fault, 405, "The method %s is not GET", method);
    }
  return FALSE;
}

/* 9112, 3.2: exactly one Host field, and a valid one. */
static gboolean
judge_host (WsServerHandshake   *self,
            const WsHttpHeaders *headers,
            WsHttpFault         *fault)
{
  const char *host = require_one (headers, "Host", fault);

  if (host == NULL)
    return FALSE;
  if (ws_url_parse_authority (host, &self->host, &self->port))
    return TRUE;
  return fail_field (fault, 400, "Host", host, "is not a host and port");
}

static gboolean
fail_target (const char *target, const char *what, WsHttpFault *fault)
{
  g_autofree char *quoted = ws_http_quote_target (target);

  ws_http_fault_set (fault, 400, "The request target %s %s", quoted, what);
  return FALSE;
}

/* What follows the "//" of an absolute-form target, or NULL if @target has
 * another form. */
static const char *
skip_scheme (const char *target)
{
  static const char *const schemes[]
      = { "http://", "https://", "ws://", "wss://" };

  for (gsize i = 0; i < G_N_ELEMENTS (schemes); i++)
    {
      const gsize len = strlen (schemes[i]);

      if (g_ascii_strncasecmp (target, schemes[i], len) == 0)
        return target + len;
    }
  return NULL;
}

/* 9112, 3.2.1 and 3.2.2: an origin form, or an absolute one, which then tells
 * the host better than the Host field does. */
static gboolean
judge_target (WsServerHandshake *self, const char *target, WsHttpFault *fault)
{
  g_autofree char *authority = NULL;
  const char      *start;
  const char      *path;
  char            *host;

  if (strchr (target, '#') != NULL)
    return fail_target (target, "holds a fragment", fault);
  if (*target == '/')
    {
      self->resource = g_strdup (target);
      return TRUE;
    }

  start = skip_scheme (target);
  if (start == NULL)
    return fail_target (target, "does not begin with /", fault);
  path = start + strcspn (start, "/?");
  authority = g_strndup (start, (gsize) (path - start));
  if (!ws_url_parse_authority (authority, &host, &self->port))
    return fail_target (target, "names no valid host", fault);
  g_free (self->host);
  self->host = host;
  self->resource = g_strconcat (*path == '/' ? "" : "/", path, NULL);
  return TRUE;
}

/* 6455, 4.2.1: the fields are lists that hold the token, whatever its case. */
static gboolean
judge_upgrade (const WsHttpHeaders *headers, WsHttpFault *fault)
{
  static const struct
  {
    const char *name;
    const char *token;
    const char *what;
  } fields[] = {
    { "Upgrade", "websocket", "does not ask for websocket" },
    { "Connection", "upgrade", "does not name Upgrade" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      g_autofree char *value = NULL;

      if (ws_http_headers_has_token (headers, fields[i].name, fields[i].token))
        continue;
      value = ws_http_headers_join (headers, fields[i].name);
      fail_field (fault, 426, fields[i].name, value, fields[i].what);
      if (ws_http_headers_count (headers, KEY_FIELD) > 0)
        g_strlcat (fault->message, PROXY_HINT, sizeof fault->message);
      return FALSE;
    }
  return TRUE;
}

/* The first frames follow the head at once: there is no room for a body. */
static gboolean
judge_body (const WsHttpHeaders *headers, WsHttpFault *fault)
{
  g_autofree char *encoding
      = ws_http_headers_join (headers, "Transfer-Encoding");
  g_autofree char *length = ws_http_headers_join (headers, "Content-Length");

  if (encoding != NULL)
    return fail_field (fault, 400, "Transfer-Encoding", encoding,
                       "means a body, which an upgrade cannot have");
  if (length != NULL && strcmp (length, "0") != 0)
    return fail_field (fault, 400, "Content-Length", length,
                       "means a body, which an upgrade cannot have");
  return TRUE;
}

/* 6455, 4.1 (9): one field that says 13. Who names several versions does not
 * say which one it speaks. */
static gboolean
judge_version (const WsHttpHeaders *headers, WsHttpFault *fault)
{
  g_autoptr (GArray) versions = NULL;
  g_autofree char *value = ws_http_headers_join (headers, VERSION_FIELD);

  if (g_strcmp0 (value, G_STRINGIFY (VERSION)) == 0)
    return TRUE;
  /* The highest comes first. */
  versions = ws_server_handshake_versions (headers);
  if (versions->len == 0 || g_array_index (versions, int, 0) != VERSION)
    return fail_field (fault, 426, VERSION_FIELD, value, "does not offer 13");
  return fail_field (fault, 400, VERSION_FIELD, value, "is not 13 alone");
}

static gboolean
judge_key (WsServerHandshake   *self,
           const WsHttpHeaders *headers,
           WsHttpFault         *fault)
{
  const char *key = require_one (headers, KEY_FIELD, fault);

  if (key == NULL)
    return FALSE;
  if (!ws_key_is_valid (key))
    return fail_field (fault, 400, KEY_FIELD, key,
                       "is not the base64 of 16 bytes");
  self->key = g_strdup (key);
  return TRUE;
}

/* At most one, and what a browser would write (6454, 6.2): plain ASCII. */
static gboolean
judge_origin (WsServerHandshake   *self,
              const WsHttpHeaders *headers,
              WsHttpFault         *fault)
{
  const char *origin;

  if (ws_http_headers_count (headers, "Origin") == 0)
    return TRUE;
  origin = require_one (headers, "Origin", fault);
  if (origin == NULL)
    return FALSE;
  if (!g_str_is_ascii (origin))
    return fail_field (fault, 400, "Origin", origin, "is not ASCII");
  self->origin = g_strdup (origin);
  return TRUE;
}

static gboolean
fail_offers (WsHttpFault *fault)
{
  ws_http_fault_set (fault, 400, PROTOCOL_FIELD ": over %d are offered",
                     WS_SERVER_HANDSHAKE_MAX_OFFERS);
  return FALSE;
}

/* 6455, 4.1 (10): the offers are tokens. Offers should be unique, but one that
 * comes twice does no harm. Their number is bounded, so that neither the way of
 * comparing them nor a block of memory for each matters. */
static gboolean
judge_subprotocols (WsServerHandshake   *self,
                    const WsHttpHeaders *headers,
                    WsHttpFault         *fault)
{
  g_autofree char *joined = ws_http_headers_join (headers, PROTOCOL_FIELD);
  g_autoptr (GPtrArray) kept = NULL;
  const char *cursor = joined;
  const char *offer;
  gsize       len;

  if (joined == NULL)
    {
      self->subprotocols = g_new0 (char *, 1);
      return TRUE;
    }
  kept = g_ptr_array_new_with_free_func (g_free);
  for (guint n = 1; ws_http_next_element (&cursor, ',', &offer, &len); n++)
    {
      g_autofree char *name = g_strndup (offer, len);

      if (n > WS_SERVER_HANDSHAKE_MAX_OFFERS)
        return fail_offers (fault);
      if (!ws_http_is_token (name))
        return fail_field (fault, 400, PROTOCOL_FIELD, name, "is not a token");
      if (!g_ptr_array_find_with_equal_func (kept, name, g_str_equal, NULL))
        g_ptr_array_add (kept, g_steal_pointer (&name));
    }
  g_ptr_array_add (kept, NULL);
  self->subprotocols = (char **) g_ptr_array_steal (kept, NULL);
  return TRUE;
}

gboolean
ws_server_handshake_judge (WsServerHandshake   *self,
                           const WsHttpRequest *request,
                           WsHttpFault         *fault)
{
  const WsHttpHeaders *headers = request->headers;

  *self = (WsServerHandshake){ 0 };
  if (judge_request_line (request, fault) && judge_host (self, headers, fault)
      && judge_target (self, request->target, fault)
      && judge_upgrade (headers, fault) && judge_body (headers, fault)
      && judge_version (headers, fault) && judge_key (self, headers, fault)
      && judge_origin (self, headers, fault)
      && judge_subprotocols (self, headers, fault))
    {
      self->extensions = ws_http_headers_join (headers, EXTENSIONS_FIELD);
      return TRUE;
    }
  ws_server_handshake_clear (self);
  return FALSE;
}

/* --- Plain HTTP --- */

gboolean
ws_server_handshake_is_plain (const WsHttpRequest *request)
{
  return !ws_http_headers_has_token (request->headers, "Upgrade", "websocket")
         && ws_http_headers_count (request->headers, KEY_FIELD) == 0;
}

/* 9112, 3.2.4: about the server itself. */
static gboolean
is_about_server (const WsHttpRequest *request)
{
  return strcmp (request->method, "OPTIONS") == 0
         && strcmp (request->target, "*") == 0;
}

gboolean
ws_server_handshake_judge_plain (WsServerHandshake   *self,
                                 const WsHttpRequest *request,
                                 WsHttpFault         *fault)
{
  const WsHttpHeaders *headers = request->headers;
  gboolean             is_old = request->major == 1 && request->minor == 0;

  *self = (WsServerHandshake){ .subprotocols = g_new0 (char *, 1) };
  if (is_about_server (request))
    self->resource = g_strdup (request->target);
  /* 9112, 3.2: HTTP/1.0 knows no Host. */
  if (is_old && ws_http_headers_count (headers, "Host") == 0)
    self->host = g_strdup ("");
  if (request->major != 1)
    ws_http_fault_set (fault, 505, "HTTP/%u.%u is not HTTP/1.1", request->major,
                       request->minor);
  else if ((self->host != NULL || judge_host (self, headers, fault))
           && (self->resource != NULL
               || judge_target (self, request->target, fault))
           && judge_origin (self, headers, fault))
    return TRUE;
  ws_server_handshake_clear (self);
  return FALSE;
}

/* --- Answers --- */

void
ws_server_handshake_clear (WsServerHandshake *self)
{
  g_free (self->resource);
  g_free (self->host);
  g_free (self->origin);
  g_free (self->key);
  g_strfreev (self->subprotocols);
  g_free (self->extensions);
  *self = (WsServerHandshake){ 0 };
}

const char *
ws_server_handshake_choose (const WsServerHandshake *self,
                            const char *const       *supported)
{
  if (supported == NULL)
    return NULL;
  for (char **offer = self->subprotocols; *offer != NULL; offer++)
    {
      if (g_strv_contains (supported, *offer))
        return *offer;
    }
  return NULL;
}

static void
append_field (GString *out, const char *name, const char *value)
{
  if (value == NULL || *value == '\0' || !ws_http_header_value_is_valid (value))
    return;
  g_string_append (out, name);
  g_string_append (out, ": ");
  g_string_append (out, value);
  g_string_append (out, "\r\n");
}

static void
append_date (GString *out, gint64 unix_time)
{
  char date[WS_HTTP_DATE_SIZE];

  ws_http_date (unix_time, date);
  append_field (out, "Date", date);
}

GString *
ws_server_handshake_accept (const WsServerHandshake *self,
                            const WsServerAnswer    *answer)
{
  GString         *out = g_string_sized_new (ANSWER_SIZE);
  g_autofree char *accept = ws_key_accept (self->key);

  g_string_append (out, "HTTP/1.1 101 Switching Protocols\r\n"
                        "Upgrade: websocket\r\n"
                        "Connection: Upgrade\r\n");
  append_field (out, "Sec-WebSocket-Accept", accept);
  append_field (out, PROTOCOL_FIELD, answer->subprotocol);
  append_field (out, EXTENSIONS_FIELD, answer->extensions);
  append_field (out, "Server", answer->server_name);
  append_date (out, answer->date);
  if (answer->headers != NULL)
    ws_http_answer_write_headers (answer->headers, out);
  g_string_append (out, "\r\n");
  return out;
}

GString *
ws_server_handshake_refuse (const WsHttpFault    *fault,
                            const WsServerAnswer *answer)
{
  g_autoptr (WsHttpHeaders) headers = ws_http_headers_new ();
  WsHttpAnswer http = { .status = fault->status,
                        .headers = headers,
                        .server_name = answer->server_name,
                        .date = answer->date,
                        .body_len = strlen (fault->message) + 1 };
  GString     *out;

  if (fault->status == 405)
    ws_http_headers_append (headers, "Allow", "GET");
  /* 9110, 10.2.3: all of ours are about a moment. */
  if (fault->status == 503)
    ws_http_headers_append (headers, "Retry-After", "1");
  ws_http_headers_append (headers, "Content-Type", "text/plain; charset=utf-8");
  out = ws_http_answer_head (&http);
  g_string_append_printf (out, "%s\n", fault->message);
  return out;
}

/* The versions there have been, highest first; then all others. */
static const int known_versions[] = { 13, 8, 7, 6, 5, 4, 0, -1 };

int
ws_server_handshake_version_from_string (const char *text)
{
  static const char *const names[] = { "13", "8", "7", "6", "5", "4", "0" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      if (strcmp (text, names[i]) == 0)
        return known_versions[i];
    }
  return -1;
}

/* Longer ones are no version that there has been. */
static int
version_from_element (const char *element, gsize len)
{
  char text[4] = { 0 };

  if (len >= sizeof text)
    return -1;
  memcpy (text, element, len);
  return ws_server_handshake_version_from_string (text);
}

GArray *
ws_server_handshake_versions (const WsHttpHeaders *headers)
{
  GArray          *versions = g_array_new (FALSE, FALSE, sizeof (int));
  g_autofree char *joined = ws_http_headers_join (headers, VERSION_FIELD);
  const char      *cursor = joined != NULL ? joined : "";
  gboolean         is_named[G_N_ELEMENTS (known_versions)] = { FALSE };
  const char      *element;
  gsize            len;

  while (ws_http_next_element (&cursor, ',', &element, &len))
    for (gsize i = 0; i < G_N_ELEMENTS (known_versions); i++)
      if (version_from_element (element, len) == known_versions[i])
        is_named[i] = TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (known_versions); i++)
    if (is_named[i])
      g_array_append_val (versions, known_versions[i]);
  return versions;
}
