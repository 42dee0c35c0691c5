/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Builds a client's handshake, and judges the answer to it. */
#include "protocol/ws-client-handshake.h"

#include <string.h>

#include "protocol/ws-key.h"

#define HOST_FIELD       "Host"
#define PROTOCOL_FIELD   "Sec-WebSocket-Protocol"
#define EXTENSIONS_FIELD "Sec-WebSocket-Extensions"
#define ACCEPT_FIELD     "Sec-WebSocket-Accept"
#define VERSION_FIELD    "Sec-WebSocket-Version"

char **
ws_client_handshake_filter_subprotocols (const char *const *subprotocols,
                                         char            ***invalid)
{
  g_autoptr (GPtrArray) valid = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) others = g_ptr_array_new_with_free_func (g_free);

  for (gsize i = 0; subprotocols != NULL && subprotocols[i] != NULL; i++)
    {
      const char *name = subprotocols[i];

      if (!ws_http_is_token (name))
        g_ptr_array_add (others, g_strdup (name));
      else if (!g_ptr_array_find_with_equal_func (valid, name, g_str_equal,
                                                  NULL))
        g_ptr_array_add (valid, g_strdup (name));
    }

  g_ptr_array_add (others, NULL);
  if (invalid != NULL)
    *invalid = (char **) g_ptr_array_steal (others, NULL);
  if (valid->len == 0)
    return NULL;
  g_ptr_array_add (valid, NULL);
  return (char **) g_ptr_array_steal (valid, NULL);
}

/* (transfer full) (nullable): all that is offered, extra headers included. */
static char **
collect_offers (const WsClientHandshake *self, char ***invalid)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autofree char *joined = NULL;
  g_auto (GStrv) extra = NULL;
  g_auto (GStrv) all = NULL;

  if (self->headers != NULL)
    joined = ws_http_headers_join (self->headers, PROTOCOL_FIELD);
  extra = ws_http_list_split (joined);
  if (self->subprotocols != NULL)
    g_strv_builder_addv (builder, (const char **) self->subprotocols);
  if (extra != NULL)
    g_strv_builder_addv (builder, (const char **) extra);
  all = g_strv_builder_end (builder);
  return ws_client_handshake_filter_subprotocols ((const char *const *) all,
                                                  invalid);
}

static gboolean
has_origin (const WsClientHandshake *self)
{
  return self->origin != NULL && *self->origin != '\0';
}

static gboolean
fail_build (const char *name,
            const char *value,
            const char *what,
            GError    **error)
{
  g_autofree char *quoted = ws_http_quote (value);

  g_set_error (error, G_URI_ERROR, G_URI_ERROR_FAILED, "%s: %s %s", name,
               quoted, what);
  return FALSE;
}

/* Whether an extra header may not be set by the user. */
static gboolean
is_reserved (const WsClientHandshake *self, const char *name)
{
  static const char *const reserved[]
      = { "Upgrade", "Connection", "Content-Length", "Transfer-Encoding" };

  for (gsize i = 0; i < G_N_ELEMENTS (reserved); i++)
    {
      if (g_ascii_strcasecmp (name, reserved[i]) == 0)
        return TRUE;
    }
  if (g_ascii_strcasecmp (name, "Origin") == 0)
    return has_origin (self);
  return g_ascii_strncasecmp (name, "Sec-WebSocket-", 14) == 0
         && g_ascii_strcasecmp (name, PROTOCOL_FIELD) != 0;
}

/* Another host than the URL's may be asked for: through a tunnel, or a Unix
 * socket (RFC 9110, 7.2). */
static gboolean
check_host (const WsClientHandshake *self, GError **error)
{
  const char      *value = ws_http_headers_peek (self->headers, HOST_FIELD);
  g_autofree char *host = NULL;
  guint            port;

  if (value == NULL)
    return TRUE;
  if (ws_http_headers_count (self->headers, HOST_FIELD) > 1)
    return fail_build (HOST_FIELD, value, "cannot be one of several", error);
  if (!ws_url_parse_authority (value, &host, &port))
    return fail_build (HOST_FIELD, value, "is no host", error);
  return TRUE;
}

static const char *
peek_host (const WsClientHandshake *self)
{
  const char *own = NULL;

  if (self->headers != NULL)
    own = ws_http_headers_peek (self->headers, HOST_FIELD);
  return own != NULL ? own : self->url->authority;
}

static gboolean
check_headers (const WsClientHandshake *self, GError **error)
{
  const guint n = self->headers ? ws_http_headers_length (self->headers) : 0;

  for (guint i = 0; i < n; i++)
    {
      const char *name = ws_http_headers_peek_name (self->headers, i);

      if (is_reserved (self, name))
        return fail_build (name, ws_http_headers_peek_value (self->headers, i),
                           "cannot be set, for the handshake writes it", error);
    }
  if (self->headers != NULL && !check_host (self, error))
    return FALSE;
  if (has_origin (self) && !ws_http_header_value_is_valid (self->origin))
    return fail_build ("Origin", self->origin, "holds a control character",
                       error);
  if (self->extensions != NULL
      && !ws_http_header_value_is_valid (self->extensions))
    return fail_build (EXTENSIONS_FIELD, self->extensions,
                       "holds a control character", error);
  return TRUE;
}

static void
append_headers (const WsClientHandshake *self, GString *out)
{
  for (guint i = 0; i < ws_http_headers_length (self->headers); i++)
    {
      const char *name = ws_http_headers_peek_name (self->headers, i);

      if (g_ascii_strcasecmp (name, PROTOCOL_FIELD) != 0
          && g_ascii_strcasecmp (name, HOST_FIELD) != 0)
        g_string_append_printf (out, "%s: %s\r\n", name,
                                ws_http_headers_peek_value (self->headers, i));
    }
}

char **
ws_client_handshake_offers (const WsClientHandshake *self)
{
  return collect_offers (self, NULL);
}

GString *
ws_client_handshake_build (const WsClientHandshake *self, GError **error)
{
  g_auto (GStrv) invalid = NULL;
  g_auto (GStrv) offers = collect_offers (self, &invalid);
  GString *out;

  if (!check_headers (self, error))
    return NULL;
  if (invalid[0] != NULL)
    {
      fail_build (PROTOCOL_FIELD, invalid[0], "is not a token", error);
      return NULL;
    }

  out = g_string_new (NULL);
  g_string_printf (out,
                   "GET %s HTTP/1.1\r\n"
                   "Host: %s\r\n"
                   "Upgrade: websocket\r\n"
                   "Connection: Upgrade\r\n"
                   "Sec-WebSocket-Key: %s\r\n"
                   "Sec-WebSocket-Version: 13\r\n",
                   self->url->resource, peek_host (self), self->key);
  if (has_origin (self))
    g_string_append_printf (out, "Origin: %s\r\n", self->origin);
  if (offers != NULL)
    {
      g_autofree char *joined = g_strjoinv (", ", offers);

      g_string_append_printf (out, PROTOCOL_FIELD ": %s\r\n", joined);
    }
  if (self->extensions != NULL && *self->extensions != '\0')
    g_string_append_printf (out, EXTENSIONS_FIELD ": %s\r\n", self->extensions);
  if (self->headers != NULL)
    append_headers (self, out);
  g_string_append (out, "\r\n");
  return out;
}

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
      ws_http_fault_set (fault, status,
                         "The server answered %u %s, but without the header %s",
                         status, ws_http_status_phrase (status), name);
      return FALSE;
    }
  quoted = ws_http_quote (value);
  ws_http_fault_set (fault, status, "The server answered %u %s, but %s: %s %s",
                     status, ws_http_status_phrase (status), name, quoted,
                     what);
  return FALSE;
}

/* 6455, 4.4: a list of versions without ours is why the server refuses. A list
 * with our version says no more than what the server speaks. */
static gboolean
refuses_version (const WsHttpResponse *response)
{
  return (response->status == 400 || response->status == 426)
         && ws_http_headers_count (response->headers, VERSION_FIELD) > 0
         && !ws_http_headers_has_token (response->headers, VERSION_FIELD, "13");
}

static gboolean
judge_status (const WsHttpResponse *response, WsHttpFault *fault)
{
  const guint      status = response->status;
  const char      *reason = response->reason;
  g_autofree char *phrase = NULL;

  if (status == 101 && response->major == 1 && response->minor >= 1)
    return TRUE;

  phrase = ws_http_quote (*reason != '\0' ? reason
                                          : ws_http_status_phrase (status));
  if (status == 101)
    ws_http_fault_set (fault, status,
                       "The server answered 101 %s in HTTP/%u.%u, not HTTP/1.1",
                       phrase, response->major, response->minor);
  else if (refuses_version (response))
    {
      g_autofree char *versions
          = ws_http_headers_join (response->headers, VERSION_FIELD);
      g_autofree char *quoted = ws_http_quote (versions);

      ws_http_fault_set (fault, status,
                         "The server answered %u %s: it refuses WebSocket "
                         "version 13 and speaks %s",
                         status, phrase, quoted);
    }
  else
    ws_http_fault_set (fault, status,
                       "The server answered %u %s instead of upgrading", status,
                       phrase);
  return FALSE;
}

/* The only field of that name must be there, once. */
static const char *
require_one (const WsHttpResponse *response,
             const char           *name,
             WsHttpFault          *fault)
{
  if (ws_http_headers_count (response->headers, name) > 1)
    {
      g_autofree char *all = ws_http_headers_join (response->headers, name);

      fail_field (fault, response->status, name, all, "comes more than once");
      return NULL;
    }
  if (ws_http_headers_peek (response->headers, name) == NULL)
    fail_field (fault, response->status, name, NULL, NULL);
  return ws_http_headers_peek (response->headers, name);
}

/* 6455, 4.1, "client MUST validate" 2 to 4. Connection alone may come in
 * several fields, as some proxies write. */
static gboolean
judge_upgrade (const WsClientHandshake *self,
               const WsHttpResponse    *response,
               WsHttpFault             *fault)
{
  g_autofree char *expected = ws_key_accept (self->key);
  g_autofree char *connection = NULL;
  const char      *upgrade = require_one (response, "Upgrade", fault);
  const char      *accept;

  if (upgrade == NULL)
    return FALSE;
  if (g_ascii_strcasecmp (upgrade, "websocket") != 0)
    return fail_field (fault, response->status, "Upgrade", upgrade,
                       "is not websocket");
  if (!ws_http_headers_has_token (response->headers, "Connection", "upgrade"))
    {
      connection = ws_http_headers_join (response->headers, "Connection");
      return fail_field (fault, response->status, "Connection", connection,
                         "does not name Upgrade");
    }
  accept = require_one (response, ACCEPT_FIELD, fault);
  if (accept == NULL)
    return FALSE;
  if (strcmp (accept, expected) != 0)
    return fail_field (fault, response->status, ACCEPT_FIELD, accept,
                       "does not answer our key");
  return TRUE;
}

/* 6455, 4.1, 6 */
static gboolean
judge_subprotocol (const WsClientHandshake *self,
                   const WsHttpResponse    *response,
                   WsClientVerdict         *verdict,
                   WsHttpFault             *fault)
{
  g_auto (GStrv) offers = NULL;
  const char *chosen;

  if (ws_http_headers_count (response->headers, PROTOCOL_FIELD) == 0)
    return TRUE;
  chosen = require_one (response, PROTOCOL_FIELD, fault);
  if (chosen == NULL)
    return FALSE;
  offers = collect_offers (self, NULL);
  if (offers == NULL || !g_strv_contains ((const char *const *) offers, chosen))
    return fail_field (fault, response->status, PROTOCOL_FIELD, chosen,
                       "was not offered");
  verdict->subprotocol = g_strdup (chosen);
  return TRUE;
}

/* Cuts the parameters off, which are the extension's own business. */
static char **
extension_names (const char *extensions)
{
  char **names = ws_http_list_split (extensions);

  for (gsize i = 0; names != NULL && names[i] != NULL; i++)
    {
      names[i][strcspn (names[i], ";")] = '\0';
      g_strchomp (names[i]);
    }
  return names;
}

/* 6455, 4.1, 5 */
static gboolean
judge_extensions (const WsClientHandshake *self,
                  const WsHttpResponse    *response,
                  WsClientVerdict         *verdict,
                  WsHttpFault             *fault)
{
  g_autofree char *answered
      = ws_http_headers_join (response->headers, EXTENSIONS_FIELD);
  g_auto (GStrv) names = extension_names (answered);
  g_auto (GStrv) offered = extension_names (self->extensions);

  for (gsize i = 0; names != NULL && names[i] != NULL; i++)
    {
      if (offered == NULL
          || !g_strv_contains ((const char *const *) offered, names[i]))
        return fail_field (fault, response->status, EXTENSIONS_FIELD, names[i],
                           "was not offered");
    }
  /* A field without any element says nothing. */
  if (names != NULL && names[0] != NULL)
    verdict->extensions = g_steal_pointer (&answered);
  return TRUE;
}

gboolean
ws_client_handshake_judge (const WsClientHandshake *self,
                           const WsHttpResponse    *response,
                           WsClientVerdict         *verdict,
                           WsHttpFault             *fault)
{
  *verdict = (WsClientVerdict){ 0 };
  if (judge_status (response, fault) && judge_upgrade (self, response, fault)
      && judge_subprotocol (self, response, verdict, fault)
      && judge_extensions (self, response, verdict, fault))
    return TRUE;
  ws_client_verdict_clear (verdict);
  return FALSE;
}

void
ws_client_verdict_clear (WsClientVerdict *verdict)
{
  g_free (verdict->subprotocol);
  g_free (verdict->extensions);
  *verdict = (WsClientVerdict){ 0 };
}
