/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ssl-test.h"

#include <string.h>

#include "words.h"

/* --- Values --- */

char *
ssl_path (const char *file)
{
  const char *folder = g_getenv ("WS_TEST_CERTIFICATES");

  g_assert_nonnull (folder);
  return g_build_filename (folder, file, NULL);
}

WsSslCertificate *
ssl_load (const char *file)
{
  g_autofree char *path = ssl_path (file);
  g_autoptr (GError) error = NULL;
  WsSslCertificate *certificate
      = ws_ssl_certificate_new_from_file (path, &error);

  g_assert_no_error (error);
  return certificate;
}

WsSslConfiguration *
ssl_configuration_new (const char *name)
{
  WsSslConfiguration *self = ws_ssl_configuration_new ();
  g_autofree char    *file = g_strconcat (name, ".pem", NULL);
  g_autofree char    *certificate = ssl_path (file);
  g_autofree char *key = ssl_path (g_str_equal (name, "server-rsa") ? "rsa.key"
                                   : g_str_equal (name, "weak")     ? "weak.key"
                                                                : "leaf.key");

  g_object_set (self, "local-certificate-file", certificate, "private-key-file",
                key, "system-trust", FALSE, NULL);
  return self;
}

WsSslConfiguration *
ssl_trust_new (void)
{
  WsSslConfiguration *self = ws_ssl_configuration_new ();
  g_autofree char    *root = ssl_path ("root.pem");

  g_object_set (self, "ca-certificates-file", root, "system-trust", FALSE,
                NULL);
  return self;
}

WsServer *
ssl_server_new (WsSslConfiguration *configuration)
{
  WsServer *server = ws_server_new (NULL, WS_SSL_MODE_SECURE);
  g_autoptr (GInetAddress) loopback
      = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GError) error = NULL;

  ws_server_set_ssl_configuration (server, configuration);
  g_object_unref (configuration);
  ws_server_listen (server, loopback, 0, &error);
  g_assert_no_error (error);
  return server;
}

WsSocket *
ssl_client_new (void)
{
  WsSocket *client = ws_socket_new ();
  g_autoptr (WsSslConfiguration) trust = ssl_trust_new ();

  ws_socket_set_ssl_configuration (client, trust);
  return client;
}

/* --- The log --- */

#define add(log, ...) words_add ((log)->words, __VA_ARGS__)

static const char *
nick_of_error (WsSslError *error)
{
  return words_nick (WS_TYPE_SSL_ERROR_CODE, ws_ssl_error_get_code (error));
}

static void
note_session (SslLog *self, WsSocket *socket)
{
  WsSslSession *session = ws_socket_get_ssl_session (socket);

  g_clear_pointer (&self->cipher, g_free);
  g_clear_pointer (&self->protocol, g_free);
  if (session == NULL)
    return;
  self->cipher = g_strdup (ws_ssl_session_get_cipher (session));
  self->protocol = g_strdup (ws_ssl_session_get_protocol (session));
}

static void
note_errors (SslLog *self, GPtrArray *errors)
{
  g_autoptr (GString) nicks = g_string_new (NULL);

  g_assert_cmpuint (errors->len, >, 0);
  for (guint i = 0; i < errors->len; i++)
    g_string_append_printf (nicks, "%s%s", i > 0 ? "," : "",
                            nick_of_error (g_ptr_array_index (errors, i)));
  g_clear_pointer (&self->errors, g_ptr_array_unref);
  self->errors = g_ptr_array_ref (errors);
  add (self, "ssl-errors:%s", nicks->str);
}

static void
on_ssl_errors (WsSocket *socket, GPtrArray *errors, SslLog *self)
{
  note_session (self, socket);
  note_errors (self, errors);
}

static void
on_verify_error (WsSocket *socket, WsSslError *error, SslLog *self)
{
  add (self, "verify:%s", nick_of_error (error));
}

static void
on_interrupted (WsSocket *socket, WsSslError *error, SslLog *self)
{
  add (self, "interrupted:%s", nick_of_error (error));
}

static void
on_psk (WsSocket *socket, WsPskAuthenticator *authenticator, SslLog *self)
{
  add (self, "psk:%s", ws_psk_authenticator_get_identity_hint (authenticator));
}

static void
note_alert (SslLog     *self,
            const char *way,
            guint       level,
            guint       type,
            const char *description)
{
  g_assert_cmpuint (level, >=, 1);
  g_assert_cmpuint (level, <=, 2);
  g_assert_cmpstr (description, !=, "");
  if (self->says_alerts)
    add (self, "%s:%u", way, type);
}

static void
on_alert_sent (WsSocket   *socket,
               guint       level,
               guint       type,
               const char *description,
               SslLog     *self)
{
  note_alert (self, "sent", level, type, description);
}

static void
on_alert_received (WsSocket   *socket,
                   guint       level,
                   guint       type,
                   const char *description,
                   SslLog     *self)
{
  note_alert (self, "received", level, type, description);
}

static void
on_error (WsSocket *socket, const GError *error, SslLog *self)
{
  g_free (self->text);
  self->text = g_strdup (error->message);
  add (self, "error:%s", words_nick (WS_TYPE_SOCKET_ERROR, error->code));
}

static void
on_connected (WsSocket *socket, SslLog *self)
{
  add (self, "connected");
}

static void
on_disconnected (WsSocket *socket, SslLog *self)
{
  add (self, "disconnected");
}

/* A server's, each with the socket it is about. */

static void
note_client (SslLog *self, WsSocket *client)
{
  g_assert_true (WS_IS_SOCKET (client));
  self->client = client;
}

static void
on_client_ssl_errors (WsServer  *server,
                      WsSocket  *client,
                      GPtrArray *errors,
                      SslLog    *self)
{
  note_client (self, client);
  on_ssl_errors (client, errors, self);
}

static void
on_client_verify_error (WsServer   *server,
                        WsSocket   *client,
                        WsSslError *error,
                        SslLog     *self)
{
  note_client (self, client);
  on_verify_error (client, error, self);
}

static void
on_client_interrupted (WsServer   *server,
                       WsSocket   *client,
                       WsSslError *error,
                       SslLog     *self)
{
  note_client (self, client);
  on_interrupted (client, error, self);
}

static void
on_client_psk (WsServer           *server,
               WsSocket           *client,
               WsPskAuthenticator *authenticator,
               SslLog             *self)
{
  note_client (self, client);
  on_psk (client, authenticator, self);
}

static void
on_client_alert_sent (WsServer   *server,
                      WsSocket   *client,
                      guint       level,
                      guint       type,
                      const char *description,
                      SslLog     *self)
{
  note_client (self, client);
  note_alert (self, "sent", level, type, description);
}

static void
on_client_alert_received (WsServer   *server,
                          WsSocket   *client,
                          guint       level,
                          guint       type,
                          const char *description,
                          SslLog     *self)
{
  note_client (self, client);
  note_alert (self, "received", level, type, description);
}

static void
on_server_error (WsServer *server, WsCloseCode code, SslLog *self)
{
  g_free (self->text);
  self->text = g_strdup (ws_server_get_error_string (server));
  add (self, "server-error:%u", (guint) code);
}

static void
on_new_connection (WsServer *server, SslLog *self)
{
  add (self, "new-connection");
}

typedef struct
{
  const char *signal;
  GCallback   handler;
} Handler;

static void
listen_to (SslLog *self, const Handler *handlers, guint n_handlers)
{
  for (guint i = 0; i < n_handlers; i++)
    g_signal_connect (self->object, handlers[i].signal, handlers[i].handler,
                      self);
}

SslLog *
ssl_log_new (gpointer object)
{
  static const Handler of_sockets[] = {
    { "ssl-errors", G_CALLBACK (on_ssl_errors) },
    { "peer-verify-error", G_CALLBACK (on_verify_error) },
    { "handshake-interrupted-on-error", G_CALLBACK (on_interrupted) },
    { "pre-shared-key-authentication-required", G_CALLBACK (on_psk) },
    { "alert-sent", G_CALLBACK (on_alert_sent) },
    { "alert-received", G_CALLBACK (on_alert_received) },
    { "error", G_CALLBACK (on_error) },
    { "connected", G_CALLBACK (on_connected) },
    { "disconnected", G_CALLBACK (on_disconnected) },
  };
  static const Handler of_servers[] = {
    { "ssl-errors", G_CALLBACK (on_client_ssl_errors) },
    { "peer-verify-error", G_CALLBACK (on_client_verify_error) },
    { "handshake-interrupted-on-error", G_CALLBACK (on_client_interrupted) },
    { "pre-shared-key-authentication-required", G_CALLBACK (on_client_psk) },
    { "alert-sent", G_CALLBACK (on_client_alert_sent) },
    { "alert-received", G_CALLBACK (on_client_alert_received) },
    { "server-error", G_CALLBACK (on_server_error) },
    { "new-connection", G_CALLBACK (on_new_connection) },
  };
  SslLog *self = g_new0 (SslLog, 1);

  self->object = object;
  self->words = g_string_new (NULL);
  g_object_add_weak_pointer (G_OBJECT (object), &self->object);
  if (WS_IS_SERVER (object))
    listen_to (self, of_servers, G_N_ELEMENTS (of_servers));
  else
    listen_to (self, of_sockets, G_N_ELEMENTS (of_sockets));
  return self;
}

void
ssl_log_free (SslLog *self)
{
  if (self->object != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->object, self);
      g_object_remove_weak_pointer (G_OBJECT (self->object), &self->object);
    }
  g_string_free (self->words, TRUE);
  g_clear_pointer (&self->errors, g_ptr_array_unref);
  g_free (self->cipher);
  g_free (self->protocol);
  g_free (self->text);
  g_free (self);
}

void
ssl_log_expect (SslLog *self, const char *words)
{
  words_expect (self->words, words);
}

guint
ssl_log_count (SslLog *self, const char *word)
{
  g_auto (GStrv) words = g_strsplit (self->words->str, " ", -1);
  guint n = 0;

  for (guint i = 0; words[i] != NULL; i++)
    n += g_str_has_prefix (words[i], word);
  return n;
}

/* --- The pair --- */

void
ssl_pair_set_up (SslPair *pair, gconstpointer data)
{
  const char *name = data != NULL ? data : "server-chain";

  pair->server = ssl_server_new (ssl_configuration_new (name));
  pair->server_log = ssl_log_new (pair->server);
  pair->client = ssl_client_new ();
  pair->log = ssl_log_new (pair->client);
}

void
ssl_pair_tear_down (SslPair *pair, gconstpointer data)
{
  ssl_log_free (pair->log);
  ssl_log_free (pair->server_log);
  if (pair->client != NULL)
    g_assert_finalize_object (pair->client);
  if (pair->accepted != NULL)
    {
      api_wait_state (pair->accepted, WS_STATE_UNCONNECTED);
      g_assert_finalize_object (pair->accepted);
    }
  if (pair->server != NULL)
    g_assert_finalize_object (pair->server);
}

void
ssl_pair_begin (SslPair *pair, const char *url)
{
  g_autoptr (GError) error = NULL;

  ws_socket_open (pair->client,
                  url != NULL ? url : ws_server_get_url (pair->server), &error);
  g_assert_no_error (error);
}

gboolean
ssl_pair_try (SslPair *pair, const char *url)
{
  ssl_pair_begin (pair, url);
  ws_test_until (NULL,
                 ws_socket_get_state (pair->client) != WS_STATE_CONNECTING);
  return ws_socket_get_state (pair->client) == WS_STATE_CONNECTED;
}

void
ssl_pair_open (SslPair *pair, const char *url)
{
  ssl_pair_try (pair, url);
  g_assert_cmpstr (ws_socket_get_error_string (pair->client), ==, "");
  g_assert_cmpint (ws_socket_get_state (pair->client), ==, WS_STATE_CONNECTED);
  g_assert_null (pair->accepted);
  pair->accepted = api_server_take (pair->server);
}

void
ssl_pair_close (SslPair *pair)
{
  g_autoptr (GError) error = NULL;

  ws_socket_close (pair->client, 1000, NULL, &error);
  g_assert_no_error (error);
  api_wait_state (pair->client, WS_STATE_UNCONNECTED);
  api_wait_state (pair->accepted, WS_STATE_UNCONNECTED);
  g_assert_true (ws_socket_get_was_clean (pair->client));
  g_assert_true (ws_socket_get_was_clean (pair->accepted));
  g_assert_finalize_object (g_steal_pointer (&pair->accepted));
}

static void
on_text (GString *texts, const char *text)
{
  g_string_append (texts, text);
}

void
ssl_pair_check (SslPair *pair)
{
  g_autoptr (GString) texts = g_string_new (NULL);
  WsSslSession *session = ws_socket_get_ssl_session (pair->client);

  g_assert_nonnull (session);
  g_assert_true (
      g_str_has_prefix (ws_ssl_session_get_cipher (session), "TLS_"));
  g_assert_true (
      g_str_has_prefix (ws_ssl_session_get_protocol (session), "TLS1."));
  g_signal_connect_swapped (pair->accepted, "text-message-received",
                            G_CALLBACK (on_text), texts);
  g_signal_connect_swapped (pair->client, "text-message-received",
                            G_CALLBACK (on_text), texts);
  api_socket_send (pair->client, "there");
  ws_test_until (NULL, texts->len > 0);
  api_socket_send (pair->accepted, " and back");
  ws_test_until (NULL, g_str_equal (texts->str, "there and back"));
  g_signal_handlers_disconnect_by_data (pair->accepted, texts);
  g_signal_handlers_disconnect_by_data (pair->client, texts);
}

void
ssl_iterate (guint n)
{
  while (n-- > 0)
    g_main_context_iteration (NULL, FALSE);
}
