/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A ws:, wss: or ws+unix: URL (RFC 6455, 3), taken apart. */
typedef struct
{
  char    *text;      /* as given, without user-info and fragment */
  gboolean secure;    /* wss */
  char    *unix_path; /* (nullable): ws+unix:/path/of/socket:/resource */
  char    *host;      /* without brackets; "localhost" for ws+unix */
  guint16  port;      /* 80 and 443 are the defaults */
  char    *resource;  /* path and query, percent-encoded, begins with '/' */
  char    *authority; /* for the Host header: brackets, port unless default */
  char    *userinfo;  /* (nullable): "user:password", decoded */
} WsUrl;

/* G_URI_ERROR: _BAD_SCHEME for a scheme that is not ours (the message names
 * it), another code for everything else (the message names the URL and what is
 * wrong: no host, a fragment (RFC 6455, 3), a bad port, CR, LF, NUL or a space
 * in the host, an encoded CR or LF in the path). Characters that a URL may not
 * hold (spaces, non-ASCII) are percent-encoded in the path and query. */
WsUrl *ws_url_parse (const char *url, GError **error);
void   ws_url_free (WsUrl *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsUrl, ws_url_free)

/* RFC 3986, 5.2: where @location, a reference that may be relative, leads when
 * it comes from @base. http and https mean ws and wss, a fragment is dropped.
 * What is relative keeps the user-info, and the socket of a ws+unix URL; no
 * other URL leads to a socket. The messages of errors name the location. */
WsUrl *ws_url_resolve (const WsUrl *base, const char *location, GError **error);

/* RFC 6454, 5: the same scheme, host and port, or the same Unix socket. */
gboolean ws_url_same_origin (const WsUrl *a, const WsUrl *b);

/* (transfer full): a URL put together; @host has no brackets, a @port of 0 is
 * left out. */
char *ws_url_join (const char *scheme,
                   const char *host,
                   guint       port,
                   const char *resource);
/* (nullable): where path and query begin in one. */
const char *ws_url_find_resource (const char *url);

/* (transfer full): the text of a WsUrl or a path, in quotes and fit for a
 * message: what cannot be read is percent-encoded, a long text cut, and of a
 * query and a fragment it is only told that they are there. */
char *ws_url_quote (const char *url);
/* (transfer full): the same without quotes. */
char *ws_url_show (const char *url);

/* (transfer full): the same of any text that was taken for a URL: nothing that
 * may be a user name or a password is shown, which is all before the last "@".
 * (A password with a slash that nobody has encoded looks like a path.) */
char *ws_url_quote_anything (const char *text);

/* RFC 9110, 7.2: a Host field's value, taken apart. FALSE if @authority is no
 * such value (user-info, a trailing slash, broken brackets, a bad port). @port
 * is 0 when none is given. */
gboolean
ws_url_parse_authority (const char *authority, char **host, guint *port);

G_END_DECLS
