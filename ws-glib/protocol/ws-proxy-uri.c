/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Takes the URI of a proxy apart. */
#include "protocol/ws-proxy-uri.h"

#include <string.h>

#include "protocol/ws-url.h"

/* What GIO knows by another name: all its SOCKS 5 proxies resolve names. */
#define SOCKS5_BY_NAME "socks5h"

static gboolean
fail (const char *text, const char *what, GError **error)
{
  g_autofree char *quoted = ws_url_quote_anything (text);

  g_set_error (error, G_URI_ERROR, G_URI_ERROR_FAILED, "The proxy %s %s",
               quoted, what);
  return FALSE;
}

static gboolean
has_controls (const char *text)
{
  while (*text != '\0' && !g_ascii_iscntrl (*text))
    text++;
  return *text != '\0';
}

/* (transfer full): in the spelling that GIO takes. */
static char *
make_scheme (const char *scheme)
{
  g_autofree char *lower = g_ascii_strdown (scheme, -1);

  if (strcmp (lower, SOCKS5_BY_NAME) == 0)
    return g_strdup ("socks5");
  return g_steal_pointer (&lower);
}

static gboolean
is_given (const char *text)
{
  return text != NULL && *text != '\0';
}

gboolean
ws_proxy_uri_parse (WsProxyUri *self, const char *text, GError **error)
{
  g_autoptr (GUri) uri = NULL;
  const char *path;

  *self = (WsProxyUri){ 0 };
  if (has_controls (text))
    return fail (text, "holds a control character", error);
  uri = g_uri_parse (text, G_URI_FLAGS_HAS_PASSWORD | G_URI_FLAGS_PARSE_RELAXED,
                     NULL);
  if (uri == NULL)
    return fail (text, "is not a URI", error);
  self->scheme = make_scheme (g_uri_get_scheme (uri));
  if (!is_given (g_uri_get_host (uri)) && strcmp (self->scheme, "direct") != 0)
    {
      ws_proxy_uri_clear (self);
      return fail (text, "has no host", error);
    }

  path = g_uri_get_path (uri);
  self->host = g_strdup (g_uri_get_host (uri));
  self->port = (guint) MAX (0, g_uri_get_port (uri));
  self->user = g_strdup (g_uri_get_user (uri));
  self->password = g_strdup (g_uri_get_password (uri));
  self->has_rest = (*path != '\0' && strcmp (path, "/") != 0)
                   || g_uri_get_query (uri) != NULL
                   || g_uri_get_fragment (uri) != NULL;
  self->uri = g_strconcat (self->scheme, strchr (text, ':'), NULL);
  self->shown = ws_url_join (self->scheme, self->host != NULL ? self->host : "",
                             self->port, "");
  return TRUE;
}

void
ws_proxy_uri_clear (WsProxyUri *self)
{
  g_free (self->scheme);
  g_free (self->host);
  g_free (self->user);
  g_free (self->password);
  g_free (self->uri);
  g_free (self->shown);
  *self = (WsProxyUri){ 0 };
}

char *
ws_proxy_uri_with_login (const char *shown,
                         const char *user,
                         const char *password)
{
  const char      *rest = strstr (shown, "://");
  g_autofree char *name = g_uri_escape_string (user, NULL, FALSE);
  g_autofree char *secret = g_uri_escape_string (password, NULL, FALSE);

  g_return_val_if_fail (rest != NULL, NULL);

  rest += strlen ("://");
  return g_strdup_printf ("%.*s%s:%s@%s", (int) (rest - shown), shown, name,
                          secret, rest);
}
