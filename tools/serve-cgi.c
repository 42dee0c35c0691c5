/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a program that serves a connection learns about it: the variables of CGI
 * (RFC 3875), as websocketd has them. */
#include "serve-cgi.h"

#include <string.h>

/* "HTTP_USER_AGENT" for User-Agent (owned by the caller). NULL for what must
 * not become a variable: credentials, and Proxy, whose variable means something
 * else to many programs. */
static char *
get_variable (const char *name)
{
  static const char *const secrets[]
      = { "Authorization", "Proxy-Authorization", "Proxy" };

  for (guint i = 0; i < G_N_ELEMENTS (secrets); i++)
    if (g_ascii_strcasecmp (name, secrets[i]) == 0)
      return NULL;

  g_autofree char *upper = g_ascii_strup (name, -1);

  for (char *at = upper; *at != '\0'; at++)
    if (!g_ascii_isalnum (*at))
      *at = '_';
  return g_strconcat ("HTTP_", upper, NULL);
}

static char **
add_headers (char **environment, WsHeaders *headers)
{
  for (guint i = 0; i < ws_headers_get_length (headers); i++)
    {
      const char      *name = ws_headers_get_name (headers, i);
      g_autofree char *variable = get_variable (name);
      g_autofree char *value = ws_headers_get_list (headers, name);

      if (variable != NULL)
        environment = g_environ_setenv (environment, variable,
                                        value != NULL ? value : "", TRUE);
    }
  return environment;
}

/* Variables with this beginning are for what the client has sent. */
static char **
forget_headers (char **environment)
{
  g_auto (GStrv) copy = g_strdupv (environment);

  for (guint i = 0; copy[i] != NULL; i++)
    if (g_str_has_prefix (copy[i], "HTTP_")
        || g_str_has_prefix (copy[i], "HTTPS="))
      {
        g_autofree char *name = g_strndup (copy[i], strcspn (copy[i], "="));

        environment = g_environ_unsetenv (environment, name);
      }
  return environment;
}

/* An address of a Unix socket is none that CGI could tell. */
static void
describe_address (GSocketAddress *address, char **host, char **port)
{
  if (!G_IS_INET_SOCKET_ADDRESS (address))
    {
      *host = g_strdup ("");
      *port = g_strdup ("");
      return;
    }

  GInetSocketAddress *inet = G_INET_SOCKET_ADDRESS (address);

  *host = g_inet_address_to_string (g_inet_socket_address_get_address (inet));
  *port = g_strdup_printf ("%u", g_inet_socket_address_get_port (inet));
}

/* Returns our own environment with what there is to say (owned by the
 * caller). */
char **
serve_cgi_get_environment (WsServer *server, WsSocket *client)
{
  char           **environment = forget_headers (g_get_environ ());
  const char      *path = ws_socket_get_path (client);
  const char      *query = ws_socket_get_query (client);
  g_autofree char *decoded = g_uri_unescape_string (path, NULL);
  g_autofree char *host = NULL, *port = NULL, *own_host = NULL,
                  *own_port = NULL;

  describe_address (ws_socket_get_client_address (client), &host, &port);
  describe_address (ws_server_get_server_address (server), &own_host,
                    &own_port);

  const char *const rows[][2] = {
    { "GATEWAY_INTERFACE", "CGI/1.1" },
    { "SERVER_SOFTWARE", "ws-glib" },
    { "SERVER_PROTOCOL", "HTTP/1.1" },
    { "SERVER_NAME", own_host },
    { "SERVER_PORT", own_port },
    { "REQUEST_METHOD", "GET" },
    { "REQUEST_URI", ws_socket_get_resource_name (client) },
    { "SCRIPT_NAME", "" },
    { "PATH_INFO", decoded != NULL ? decoded : path },
    { "QUERY_STRING", query != NULL ? query : "" },
    { "REMOTE_ADDR", host },
    { "REMOTE_HOST", host },
    { "REMOTE_PORT", port },
    { "HTTPS", ws_socket_get_is_secure (client) ? "on" : NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (rows[i][1] != NULL)
      environment
          = g_environ_setenv (environment, rows[i][0], rows[i][1], TRUE);
  return add_headers (environment, ws_socket_get_request_headers (client));
}
