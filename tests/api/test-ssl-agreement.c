/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define _GNU_SOURCE /* strcasestr() */
#include "ssl-test.h"

#include <string.h>

/* What both ends of wss have to agree on: protocol, priorities, ALPN, keys that
 * are shared beforehand. */

static WsSslConfiguration *
of_server (SslPair *pair)
{
  return ws_server_get_ssl_configuration (pair->server);
}

static WsSslConfiguration *
of_client (SslPair *pair)
{
  return ws_socket_get_ssl_configuration (pair->client);
}

/* --- Protocols --- */

static void
test_protocols (SslPair *pair, gconstpointer data)
{
  static const struct
  {
    WsSslProtocol least, most;    /* of the client */
    WsSslProtocol floor, ceiling; /* of the server */
    const char   *agreed;         /* (nullable) */
  } rows[] = {
    { WS_SSL_PROTOCOL_ANY, WS_SSL_PROTOCOL_ANY, WS_SSL_PROTOCOL_ANY,
      WS_SSL_PROTOCOL_ANY, "TLS1.3" },
    { WS_SSL_PROTOCOL_ANY, WS_SSL_PROTOCOL_TLS_1_2, WS_SSL_PROTOCOL_ANY,
      WS_SSL_PROTOCOL_ANY, "TLS1.2" },
    { WS_SSL_PROTOCOL_ANY, WS_SSL_PROTOCOL_ANY, WS_SSL_PROTOCOL_ANY,
      WS_SSL_PROTOCOL_TLS_1_2, "TLS1.2" },
    { WS_SSL_PROTOCOL_TLS_1_3, WS_SSL_PROTOCOL_ANY, WS_SSL_PROTOCOL_TLS_1_3,
      WS_SSL_PROTOCOL_TLS_1_3, "TLS1.3" },
    { WS_SSL_PROTOCOL_TLS_1_3, WS_SSL_PROTOCOL_ANY, WS_SSL_PROTOCOL_ANY,
      WS_SSL_PROTOCOL_TLS_1_2, NULL },
    { WS_SSL_PROTOCOL_ANY, WS_SSL_PROTOCOL_TLS_1_2, WS_SSL_PROTOCOL_TLS_1_3,
      WS_SSL_PROTOCOL_ANY, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_object_set (of_client (pair), "minimum-protocol", rows[i].least,
                    "maximum-protocol", rows[i].most, NULL);
      g_object_set (of_server (pair), "minimum-protocol", rows[i].floor,
                    "maximum-protocol", rows[i].ceiling, NULL);
      if (rows[i].agreed != NULL)
        {
          ssl_pair_open (pair, NULL);
          g_assert_cmpstr (ws_ssl_session_get_protocol (
                               ws_socket_get_ssl_session (pair->client)),
                           ==, rows[i].agreed);
          g_assert_cmpstr (ws_ssl_session_get_protocol (
                               ws_socket_get_ssl_session (pair->accepted)),
                           ==, rows[i].agreed);
          ssl_pair_close (pair);
          g_string_truncate (pair->log->words, 0);
          continue;
        }
      g_assert_false (ssl_pair_try (pair, NULL));
      ssl_log_expect (pair->log, "error:ssl-handshake-failed disconnected");
      if (strcasestr (pair->log->text, "version") == NULL)
        g_error ("It does not tell of the version: %s", pair->log->text);
      ws_test_until (NULL,
                     ssl_log_count (pair->server_log, "server-error:1015") > 0);
      g_string_truncate (pair->server_log->words, 0);
    }
}

/* A range of protocols that is none. */
static void
test_no_protocol (SslPair *pair, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_object_set (of_client (pair), "minimum-protocol", WS_SSL_PROTOCOL_TLS_1_3,
                "maximum-protocol", WS_SSL_PROTOCOL_TLS_1_2, NULL);
  g_assert_false (
      ws_socket_open (pair->client, ws_server_get_url (pair->server), &error));
  g_assert_error (error, WS_SOCKET_ERROR,
                  WS_SOCKET_ERROR_SSL_INVALID_USER_DATA);
  g_assert_nonnull (strstr (error->message, "protocol"));
  ssl_log_expect (pair->log, "error:ssl-invalid-user-data");
}

/* GnuTLS priority strings decide what is offered and what is agreed on. */
static void
test_priority (SslPair *pair, gconstpointer data)
{
  static const struct
  {
    const char *priority;
    const char *position; /* (nullable): none, it is right */
  } rows[] = {
    { "NORMAL", NULL },
    { "NORMAL:-VERS-ALL:+VERS-TLS1.3", NULL },
    { "NORMAL:+NONSENSE", "position 7" },
    { "NORMAL:-VERS-ALL:+VERS-TLS1.2:%WHAT", "position 30" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      gboolean begun;

      ws_ssl_configuration_set_priority (of_client (pair), rows[i].priority);
      begun = ws_socket_open (pair->client, ws_server_get_url (pair->server),
                              &error);
      if (rows[i].position == NULL)
        {
          g_assert_no_error (error);
          ws_socket_abort (pair->client);
          continue;
        }
      g_assert_false (begun);
      g_assert_error (error, WS_SOCKET_ERROR,
                      WS_SOCKET_ERROR_SSL_INVALID_USER_DATA);
      if (strstr (error->message, rows[i].position) == NULL)
        g_error ("%s is not told: %s", rows[i].position, error->message);
      g_assert_cmpint (ws_socket_get_state (pair->client), ==,
                       WS_STATE_UNCONNECTED);
    }
}

/* No suite in common. */
static void
test_no_cipher (SslPair *pair, gconstpointer data)
{
  ws_ssl_configuration_set_priority (of_client (pair),
                                     "NORMAL:-CIPHER-ALL:+AES-128-GCM");
  ws_ssl_configuration_set_priority (of_server (pair),
                                     "NORMAL:-CIPHER-ALL:+CHACHA20-POLY1305");
  g_assert_false (ssl_pair_try (pair, NULL));
  ssl_log_expect (pair->log, "error:ssl-handshake-failed disconnected");
  ws_test_until (NULL,
                 ssl_log_count (pair->server_log, "server-error:1015") > 0);
}

/* --- ALPN --- */

/* What both ends know of ALPN is agreed on, and shown. */
static void
test_alpn (SslPair *pair, gconstpointer data)
{
  static const char *const http[] = { "http/1.1", NULL };
  static const char *const both[] = { "h2", "http/1.1", NULL };
  static const char *const h2[] = { "h2", NULL };
  static const struct
  {
    const char *const *client;
    const char *const *server;
    const char        *agreed;
    gboolean           passes;
  } rows[] = {
    { http, http, "http/1.1", TRUE }, { both, http, "http/1.1", TRUE },
    { NULL, http, NULL, TRUE },       { http, NULL, NULL, TRUE },
    { h2, http, NULL, FALSE },
  };

  /* As they come. */
  ssl_pair_open (pair, NULL);
  g_assert_cmpstr (ws_ssl_session_get_next_protocol (
                       ws_socket_get_ssl_session (pair->client)),
                   ==, "http/1.1");
  ssl_pair_close (pair);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_object_set (of_client (pair), "allowed-next-protocols", rows[i].client,
                    NULL);
      g_object_set (of_server (pair), "allowed-next-protocols", rows[i].server,
                    NULL);
      if (!rows[i].passes)
        {
          g_assert_false (ssl_pair_try (pair, NULL));
          g_assert_nonnull (strcasestr (pair->log->text, "protocol"));
          continue;
        }
      ssl_pair_open (pair, NULL);
      g_assert_cmpstr (ws_ssl_session_get_next_protocol (
                           ws_socket_get_ssl_session (pair->client)),
                       ==, rows[i].agreed);
      g_assert_cmpstr (ws_ssl_session_get_next_protocol (
                           ws_socket_get_ssl_session (pair->accepted)),
                       ==, rows[i].agreed);
      ssl_pair_close (pair);
    }
}

/* --- Keys that are shared --- */

typedef struct
{
  const char *identity; /* (nullable): the client has none */
  const char *key;
  const char *server_key; /* (nullable): the server knows none */
  gboolean    passes;
} Shared;

static const Shared good = { "Client_Identity", "secret", "secret", TRUE };
static const Shared wrong_key
    = { "Client_Identity", "guess!", "secret", FALSE };
static const Shared unknown = { "Client_Identity", "secret", NULL, FALSE };
static const Shared nobody = { NULL, NULL, "secret", FALSE };

static void
answer_client (WsSocket           *socket,
               WsPskAuthenticator *authenticator,
               const Shared       *shared)
{
  g_assert_cmpuint (ws_psk_authenticator_get_maximum_identity_length (
                        authenticator),
                    >, 0);
  if (shared->identity == NULL)
    return;
  ws_psk_authenticator_set_identity (authenticator, shared->identity);
  g_assert_cmpstr (ws_psk_authenticator_get_identity (authenticator), ==,
                   shared->identity);
  {
    g_autoptr (GBytes) key
        = g_bytes_new_static (shared->key, strlen (shared->key));

    ws_psk_authenticator_set_pre_shared_key (authenticator, key);
  }
}

static void
answer_server (WsServer           *server,
               WsSocket           *client,
               WsPskAuthenticator *authenticator,
               const Shared       *shared)
{
  g_assert_cmpuint (ws_psk_authenticator_get_maximum_identity_length (
                        authenticator),
                    ==, 0);
  g_assert_cmpstr (ws_psk_authenticator_get_identity (authenticator), ==,
                   shared->identity);
  g_assert_cmpint (ws_socket_get_state (client), ==, WS_STATE_CONNECTING);
  if (shared->server_key != NULL)
    {
      g_autoptr (GBytes) key = g_bytes_new_static (shared->server_key,
                                                   strlen (shared->server_key));

      ws_psk_authenticator_set_pre_shared_key (authenticator, key);
    }
}

static void
use_psk (SslPair *pair, const Shared *shared, WsSslProtocol protocol)
{
  const char *priority = protocol == WS_SSL_PROTOCOL_TLS_1_2
                             ? "NORMAL:-KX-ALL:+ECDHE-PSK:+DHE-PSK:+PSK"
                             : "NORMAL:-KX-ALL:+ECDHE-PSK:+DHE-PSK";

  g_object_set (of_client (pair), "pre-shared-key", TRUE, "priority", priority,
                "maximum-protocol", protocol, "minimum-protocol", protocol,
                NULL);
  g_object_set (of_server (pair), "pre-shared-key", TRUE, "priority", priority,
                "pre-shared-key-identity-hint", "Server hint", NULL);
  g_signal_connect (pair->client, "pre-shared-key-authentication-required",
                    G_CALLBACK (answer_client), (gpointer) shared);
  g_signal_connect (pair->server, "pre-shared-key-authentication-required",
                    G_CALLBACK (answer_server), (gpointer) shared);
}

/* Qt: tst_QWebSocketServer::preSharedKey. TLS 1.3 has no hint. */
static void
test_psk (SslPair *pair, gconstpointer data)
{
  for (int protocol = WS_SSL_PROTOCOL_TLS_1_2;
       protocol <= WS_SSL_PROTOCOL_TLS_1_3; protocol++)
    {
      gboolean has_hint = protocol == WS_SSL_PROTOCOL_TLS_1_2;

      use_psk (pair, &good, protocol);
      ssl_pair_open (pair, NULL);
      ssl_log_expect (pair->log, has_hint ? "psk:Server hint connected"
                                          : "psk: connected");
      ssl_log_expect (pair->server_log, "psk:Server hint new-connection");
      g_assert_true (pair->server_log->client == pair->accepted);
      g_assert_null (ws_ssl_session_get_peer_certificate (
          ws_socket_get_ssl_session (pair->client)));
      ssl_pair_check (pair);
      ssl_pair_close (pair);
      g_string_truncate (pair->log->words, 0);
      g_signal_handlers_disconnect_by_data (pair->client, (gpointer) &good);
      g_signal_handlers_disconnect_by_data (pair->server, (gpointer) &good);
    }
}

/* TLS 1.3 falls back to a certificate, which this server has not got. */
static void
test_psk_refused (SslPair *pair, gconstpointer data)
{
  static const Shared *const all[] = { &wrong_key, &unknown, &nobody };

  g_object_set (of_server (pair), "local-certificate-file", NULL,
                "private-key-file", NULL, NULL);
  for (guint i = 0; i < 2 * G_N_ELEMENTS (all); i++)
    {
      const Shared *shared = all[i / 2];

      use_psk (pair, shared,
               i % 2 ? WS_SSL_PROTOCOL_TLS_1_3 : WS_SSL_PROTOCOL_TLS_1_2);
      g_assert_false (ssl_pair_try (pair, NULL));
      g_assert_cmpuint (ssl_log_count (pair->log, "psk:"), >=, 1);
      g_assert_cmpuint (ssl_log_count (pair->log, "error:ssl-handshake-failed"),
                        ==, 1);
      g_assert_cmpuint (ssl_log_count (pair->log, "ssl-errors"), ==, 0);
      g_assert_cmpuint (ssl_log_count (pair->server_log, "new-connection"), ==,
                        0);
      g_string_truncate (pair->log->words, 0);
      g_signal_handlers_disconnect_by_data (pair->client, (gpointer) shared);
      g_signal_handlers_disconnect_by_data (pair->server, (gpointer) shared);
    }
}

/* With one, a client may do without a key. */
static void
test_psk_or_certificate (SslPair *pair, gconstpointer data)
{
  use_psk (pair, &nobody, WS_SSL_PROTOCOL_TLS_1_3);
  ssl_pair_open (pair, NULL);
  ssl_log_expect (pair->log, "psk: connected");
  g_assert_nonnull (ws_ssl_session_get_peer_certificate (
      ws_socket_get_ssl_session (pair->client)));
  ssl_pair_close (pair);
}

int
main (int argc, char **argv)
{
  api_test_init (&argc, &argv);
  ssl_pair_add ("/api/ssl-agreement/protocols", NULL, test_protocols);
  ssl_pair_add ("/api/ssl-agreement/no-protocol", NULL, test_no_protocol);
  ssl_pair_add ("/api/ssl-agreement/priority", NULL, test_priority);
  ssl_pair_add ("/api/ssl-agreement/no-cipher", NULL, test_no_cipher);
  ssl_pair_add ("/api/ssl-agreement/alpn", NULL, test_alpn);
  ssl_pair_add ("/api/ssl-agreement/psk", NULL, test_psk);
  ssl_pair_add ("/api/ssl-agreement/psk-refused", NULL, test_psk_refused);
  ssl_pair_add ("/api/ssl-agreement/psk-or-certificate", NULL,
                test_psk_or_certificate);
  return g_test_run ();
}
