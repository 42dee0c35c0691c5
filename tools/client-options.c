/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The options about a connection, and the socket they ask for. */
#include "client-options.h"

#include <string.h>

#include "examples/ssl-report.h"

#define MIB               (1024 * 1024)
#define DEFAULT_REDIRECTS 10

static void
add_http (ClientOptions *self, GOptionContext *context)
{
  const GOptionEntry entries[] = {
    { "header", 'H', 0, G_OPTION_ARG_FILENAME_ARRAY, &self->headers,
      "Send this header field (repeatable)", "NAME:VALUE" },
    { "origin", 'o', 0, G_OPTION_ARG_STRING, &self->origin,
      "Send the header Origin", "ORIGIN" },
    { "subprotocol", 's', 0, G_OPTION_ARG_STRING_ARRAY, &self->subprotocols,
      "Offer this subprotocol (repeatable)", "NAME" },
    { "auth", 'u', 0, G_OPTION_ARG_FILENAME, &self->auth,
      "Log in; asks for a missing password", "USER[:PASSWORD]" },
    { "auth-file", 0, 0, G_OPTION_ARG_FILENAME, &self->auth_file,
      "Log in with the file's first line", "FILE" },
    { "proxy", 0, 0, G_OPTION_ARG_STRING, &self->proxy,
      "Through http://, socks5://, or \"none\"", "URI" },
    { "connect-to", 0, 0, G_OPTION_ARG_STRING, &self->connect_to,
      "Connect there, whatever the URL says", "HOST:PORT" },
    { "location", 'L', 0, G_OPTION_ARG_NONE, &self->follows, "Follow redirects",
      NULL },
    { "max-redirects", 0, 0, G_OPTION_ARG_INT, &self->max_redirects,
      "Follow at most so many (default: 10 with -L)", "N" },
    { "no-compression", 0, 0, G_OPTION_ARG_NONE, &self->no_compression,
      "Do not offer permessage-deflate", NULL },
    { NULL },
  };
  GOptionGroup *group
      = g_option_group_new ("http", "HTTP options:", "Show options about HTTP",
                            NULL, NULL);

  g_option_group_add_entries (group, entries);
  g_option_context_add_group (context, group);
}

static void
add_tls (ClientOptions *self, GOptionContext *context)
{
  const GOptionEntry entries[] = {
    { "ca", 0, 0, G_OPTION_ARG_FILENAME, &self->authorities,
      "Trust these authorities as well (PEM)", "FILE" },
    { "cert", 0, 0, G_OPTION_ARG_FILENAME, &self->certificate,
      "Our own certificate (PEM)", "FILE" },
    { "key", 0, 0, G_OPTION_ARG_FILENAME, &self->key,
      "The certificate's key (default: beside it)", "FILE" },
    { "passphrase", 0, 0, G_OPTION_ARG_STRING, &self->key_password.said,
      "The key's; else it is asked for", "TEXT" },
    { "passphrase-file", 0, 0, G_OPTION_ARG_FILENAME, &self->key_password.file,
      "The same in the file's first line", "FILE" },
    { "insecure", 'k', 0, G_OPTION_ARG_NONE, &self->insecure,
      "Take any certificate: anybody can listen", NULL },
    { "sni", 0, 0, G_OPTION_ARG_STRING, &self->server_name,
      "The server's name, if not the URL's host", "NAME" },
    { NULL },
  };
  GOptionGroup *group
      = g_option_group_new ("tls", "TLS options:", "Show options about TLS",
                            NULL, NULL);

  g_option_group_add_entries (group, entries);
  g_option_context_add_group (context, group);
}

/* The options stand in two groups of the help, which has a screen for each. */
void
client_options_add (ClientOptions *self, GOptionContext *context)
{
  add_http (self, context);
  add_tls (self, context);
}

static gboolean
find_login (ClientOptions *self, char **arguments, GError **error)
{
  if (self->auth_file != NULL)
    {
      password_free (self->auth);
      self->auth = password_read_file (self->auth_file, error);
      if (self->auth == NULL)
        return FALSE;
    }
  if (self->auth == NULL)
    return TRUE;

  const char *colon = strchr (self->auth, ':');

  if (colon != NULL)
    {
      self->user = g_strndup (self->auth, (gsize) (colon - self->auth));
      self->password = g_strdup (colon + 1);
      password_hide (arguments, self->password);
      return TRUE;
    }
  self->user = g_strdup (self->auth);

  g_autofree char *prompt = g_strdup_printf ("Password of %s: ", self->user);

  self->password = password_ask (prompt, error);
  return self->password != NULL;
}

static gboolean
fail (GError **error, const char *complaint, const char *about)
{
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "%s%s",
               complaint, about);
  return FALSE;
}

/* What can be said of the options without a socket. A password in arguments is
 * overwritten there; one that is missing is asked for. */
gboolean
client_options_check (ClientOptions *self, char **arguments, GError **error)
{
  for (guint i = 0; self->headers != NULL && self->headers[i] != NULL; i++)
    if (strchr (self->headers[i], ':') == NULL)
      return fail (error, "A header field is NAME:VALUE, not ",
                   self->headers[i]);
  if (self->key != NULL && self->certificate == NULL)
    return fail (error, "--key needs --cert", "");
  if (self->max_redirects < 0)
    return fail (error, "--max-redirects is not negative", "");
  if (self->timeout < 0 || self->timeout > G_MAXINT / 1000)
    return fail (error, "--timeout is no time", "");
  if (self->max_size < 0)
    return fail (error, "--max-size is not negative", "");
  if (self->insecure)
    g_printerr ("Warning: --insecure believes whoever answers\n");
  return key_password_find (&self->key_password,
                            self->key != NULL ? self->key : self->certificate,
                            arguments, error)
         && find_login (self, arguments, error);
}

/* Returns a URL (owned by the caller) for what people type. */
char *
client_options_complete_url (const char *text)
{
  if (g_str_has_prefix (text, "http://"))
    return g_strconcat ("ws://", text + strlen ("http://"), NULL);
  if (g_str_has_prefix (text, "https://"))
    return g_strconcat ("wss://", text + strlen ("https://"), NULL);
  if (strstr (text, "://") != NULL || g_str_has_prefix (text, "ws+unix:"))
    return g_strdup (text);
  if (*text == ':')
    return g_strconcat ("ws://localhost", text, NULL);
  return g_strconcat ("ws://", text, NULL);
}

/* Digest and Basic, when the server asks; a wrong login is not tried again. */
static void
on_authentication_required (WsSocket        *socket,
                            WsAuthenticator *authenticator,
                            ClientOptions   *self)
{
  if (ws_authenticator_get_retries (authenticator) > 0)
    return;
  ws_authenticator_set_user (authenticator, self->user);
  ws_authenticator_set_password (authenticator, self->password);
}

/* Many servers never ask. Only TLS keeps from others what is sent unasked. */
static gboolean
add_login (ClientOptions *self,
           WsSocket      *socket,
           const char    *url,
           GError       **error)
{
  if (self->user == NULL)
    return TRUE;
  g_signal_connect (socket, "authentication-required",
                    G_CALLBACK (on_authentication_required), self);
  if (!g_str_has_prefix (url, "wss:"))
    return TRUE;

  g_autofree char *login = g_strconcat (self->user, ":", self->password, NULL);
  g_autofree char *encoded
      = g_base64_encode ((const guchar *) login, strlen (login));
  g_autofree char *value = g_strconcat ("Basic ", encoded, NULL);

  return ws_headers_replace (ws_socket_get_request_headers (socket),
                             "Authorization", value, error);
}

static gboolean
add_headers (ClientOptions *self, WsSocket *socket, GError **error)
{
  WsHeaders *headers = ws_socket_get_request_headers (socket);

  for (guint i = 0; self->headers != NULL && self->headers[i] != NULL; i++)
    {
      g_auto (GStrv) parts = g_strsplit (self->headers[i], ":", 2);

      if (!ws_headers_append (headers, g_strstrip (parts[0]),
                              g_strstrip (parts[1]), error))
        return FALSE;
    }
  return TRUE;
}

/* The request and the certificate's name stay those of the URL. */
static gboolean
set_other_address (ClientOptions *self,
                   WsSocket      *socket,
                   const char    *url,
                   GError       **error)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_ENCODED, error);

  if (uri == NULL)
    return FALSE;

  WsHeaders       *headers = ws_socket_get_request_headers (socket);
  const char      *authority = strstr (url, "://");
  const char      *host = g_uri_get_host (uri);
  const char      *rest = authority + 3 + strcspn (authority + 3, "/?#");
  g_autofree char *named
      = g_strndup (authority + 3, (gsize) (rest - authority - 3));
  const char      *at = strrchr (named, '@');
  g_autofree char *dialled
      = g_strdup_printf ("%s://%s%s", g_uri_get_scheme (uri), self->connect_to,
                         rest);

  if (self->server_name == NULL)
    ws_ssl_configuration_set_peer_verify_name (ws_socket_get_ssl_configuration (
                                                   socket),
                                               host);
  if (ws_headers_get_one (headers, "Host") == NULL
      && !ws_headers_append (headers, "Host", at != NULL ? at + 1 : named,
                             error))
    return FALSE;
  ws_socket_set_url (socket, dialled);
  return TRUE;
}

static void
on_ssl_errors (WsSocket *socket, GPtrArray *errors, ClientOptions *self)
{
  ssl_report_errors (ws_socket_get_url (socket), errors);
  if (self->insecure)
    ws_socket_ignore_ssl_errors (socket);
}

static void
set_tls (ClientOptions *self, WsSocket *socket)
{
  WsSslConfiguration *configuration = ws_socket_get_ssl_configuration (socket);

  ws_ssl_configuration_set_ca_certificates_file (configuration,
                                                 self->authorities);
  ws_ssl_configuration_set_local_certificate_file (configuration,
                                                   self->certificate);
  ws_ssl_configuration_set_private_key_file (configuration, self->key);
  ws_ssl_configuration_set_password (configuration, self->key_password.text);
  ws_ssl_configuration_set_peer_verify_name (configuration, self->server_name);
  g_signal_connect (socket, "ssl-errors", G_CALLBACK (on_ssl_errors), self);
}

/* Prepares a socket for the URL, which is in its property then. The options
 * have to outlive it. */
gboolean
client_options_apply (ClientOptions *self,
                      WsSocket      *socket,
                      const char    *url,
                      GError       **error)
{
  ws_socket_set_url (socket, url);
  ws_socket_set_origin (socket, self->origin);
  ws_socket_set_subprotocols (socket, (const char *const *) self->subprotocols);
  if (self->max_redirects > 0)
    ws_socket_set_max_redirects (socket, (guint) self->max_redirects);
  else if (self->follows)
    ws_socket_set_max_redirects (socket, DEFAULT_REDIRECTS);
  if (self->no_compression)
    ws_socket_set_compression (socket, NULL);
  if (self->timeout > 0)
    ws_socket_set_open_timeout (socket, (guint) (self->timeout * 1000));
  if (self->max_size > 0)
    g_object_set (socket, "max-incoming-message-size",
                  (guint64) self->max_size * MIB, "max-incoming-frame-size",
                  (guint64) self->max_size * MIB, NULL);
  set_tls (self, socket);
  if (!add_headers (self, socket, error)
      || !add_login (self, socket, url, error))
    return FALSE;
  if (self->connect_to != NULL && !set_other_address (self, socket, url, error))
    return FALSE;
  if (self->proxy == NULL)
    return TRUE;
  return ws_socket_set_proxy (socket,
                              g_str_equal (self->proxy, "none") ? NULL
                                                                : self->proxy,
                              error);
}

void
client_options_clear (ClientOptions *self)
{
  g_clear_pointer (&self->headers, g_strfreev);
  g_clear_pointer (&self->subprotocols, g_strfreev);
  g_clear_pointer (&self->origin, g_free);
  g_clear_pointer (&self->auth, password_free);
  g_clear_pointer (&self->auth_file, g_free);
  g_clear_pointer (&self->proxy, g_free);
  g_clear_pointer (&self->connect_to, g_free);
  g_clear_pointer (&self->authorities, g_free);
  g_clear_pointer (&self->certificate, g_free);
  g_clear_pointer (&self->key, g_free);
  key_password_clear (&self->key_password);
  g_clear_pointer (&self->server_name, g_free);
  g_clear_pointer (&self->user, g_free);
  g_clear_pointer (&self->password, password_free);
}
