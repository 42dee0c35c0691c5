/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a URI says of a proxy: "http://user:password@host:port". */
typedef struct
{
  char    *scheme;   /* in lower case, as GIO knows it; "direct": no proxy */
  char    *host;     /* without brackets; "" of "direct" */
  guint    port;     /* 0: none is given */
  char    *user;     /* (nullable): decoded */
  char    *password; /* (nullable): decoded */
  char    *uri;      /* for GIO: with its user-info */
  char    *shown;    /* for everybody: without */
  gboolean has_rest; /* a path, a query or a fragment, which mean nothing */
} WsProxyUri;

/* Schemes are taken in any case (RFC 3986, 3.1); "socks5h" is what others call
 * a SOCKS 5 proxy that resolves the name, as GIO's always does. FALSE with
 * G_URI_ERROR, whose message shows no user-info, and nothing to clear. */
gboolean
     ws_proxy_uri_parse (WsProxyUri *self, const char *text, GError **error);
void ws_proxy_uri_clear (WsProxyUri *self);

/* (transfer full): one that is @shown, for GIO, with a login. */
char *ws_proxy_uri_with_login (const char *shown,
                               const char *user,
                               const char *password);

G_END_DECLS
