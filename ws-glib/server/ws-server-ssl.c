/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A server's half of TLS. Each signal says which client it is about: by a
 * socket that is not connected yet. */
#include "server/ws-server-ssl.h"

#include "server/ws-server-client.h"
#include "server/ws-server-signals.h"
#include "ssl/ws-psk-authenticator-private.h"
#include "socket/ws-socket-ignoring.h"
#include "socket/ws-socket-ssl.h"
#include "ssl/ws-ssl-configuration-credentials.h"
#include "ssl/ws-ssl-error-private.h"

/**
 * ws_server_get_ssl_configuration:
 * @self: a server
 *
 * Gets the settings of TLS. One is made if none was set.
 *
 * Returns: (transfer none): the live configuration
 *
 * Since: 1.0
 */
WsSslConfiguration *
ws_server_get_ssl_configuration (WsServer *self)
{
  WsServerPrivate *priv;

  g_return_val_if_fail (WS_IS_SERVER (self), NULL);

  priv = ws_server_peek (self);
  if (priv->ssl_configuration == NULL)
    priv->ssl_configuration = ws_ssl_configuration_new ();
  return priv->ssl_configuration;
}

/**
 * ws_server_set_ssl_configuration:
 * @self: a server
 * @ssl_configuration: (nullable): settings, above all certificate and key;
 *   %NULL: the defaults
 *
 * Sets the settings of TLS for connections to come. Without
 * %WS_SSL_MODE_SECURE they are not used.
 *
 * Since: 1.0
 */
void
ws_server_set_ssl_configuration (WsServer           *self,
                                 WsSslConfiguration *ssl_configuration)
{
  g_return_if_fail (WS_IS_SERVER (self));
  g_return_if_fail (ssl_configuration == NULL
                    || WS_IS_SSL_CONFIGURATION (ssl_configuration));

  if (ws_server_may_set (self, WS_SERVER_PROP_SSL_CONFIGURATION)
      && g_set_object (&ws_server_peek (self)->ssl_configuration,
                       ssl_configuration))
    ws_server_notify (self, WS_SERVER_PROP_SSL_CONFIGURATION);
}

gboolean
ws_server_load_credentials (WsServer          *self,
                            WsTlsCredentials **credentials,
                            GError           **error)
{
  *credentials = NULL;
  if (ws_server_peek (self)->ssl_mode == WS_SSL_MODE_NON_SECURE)
    return TRUE;
  *credentials = ws_ssl_configuration_require_credentials (
      ws_server_get_ssl_configuration (self), TRUE, error);
  return *credentials != NULL;
}

/* --- The pause --- */

/* Tells about the problems; TRUE if the client still waits after that. */
static gboolean
tell_each (WsServerClient *client, GPtrArray *errors)
{
  WsServer *self = client->server;

  for (guint i = 0; i < errors->len && client->server != NULL; i++)
    ws_server_emit (self, WS_SERVER_SIGNAL_PEER_VERIFY_ERROR, client->socket,
                    g_ptr_array_index (errors, i));
  if (client->server != NULL)
    ws_server_emit (self, WS_SERVER_SIGNAL_SSL_ERRORS, client->socket, errors);
  return client->server != NULL;
}

static gboolean
interrupt (WsServerClient *client, GPtrArray *errors)
{
  WsServer *self = client->server;

  if (!ws_ssl_configuration_get_handshake_must_interrupt_on_error (
          ws_server_get_ssl_configuration (self)))
    return TRUE;
  ws_socket_forbid_to_continue (client->socket);
  ws_server_emit (self, WS_SERVER_SIGNAL_HANDSHAKE_INTERRUPTED_ON_ERROR,
                  client->socket, g_ptr_array_index (errors, 0));
  return ws_socket_get_continues (client->socket);
}

void
ws_server_on_opening_paused (WsServerOpening *opening, gpointer user_data)
{
  WsServerClient *client = user_data;
  WsServer       *self = g_object_ref (client->server);
  WsTlsSession   *session = ws_server_opening_get_session (opening);
  g_autoptr (GPtrArray) errors
      = ws_ssl_error_list_problems (ws_tls_session_get_problems (session));
  gboolean is_accepted;

  ws_server_client_ref (client);
  ws_socket_note_session (client->socket, session);
  is_accepted = client->server != NULL && interrupt (client, errors)
                && client->server != NULL && tell_each (client, errors)
                && ws_socket_ignores (client->socket, errors);
  if (client->server != NULL)
    ws_server_opening_resume (opening, is_accepted);
  ws_server_client_unref (client);
  g_object_unref (self);
}

/* --- What a session tells --- */

static void
on_alert (gpointer    user_data,
          gboolean    sent,
          guint       level,
          guint       type,
          const char *description)
{
  WsServerClient *client = user_data;

  if (client->server == NULL)
    return;
  ws_server_emit (client->server,
                  sent ? WS_SERVER_SIGNAL_ALERT_SENT
                       : WS_SERVER_SIGNAL_ALERT_RECEIVED,
                  client->socket, level, type, description);
}

static gboolean
on_psk (gpointer user_data, const char *identity, GBytes **key)
{
  WsServerClient *client = user_data;
  const char     *hint;
  g_autoptr (WsPskAuthenticator) authenticator = NULL;

  if (client->server == NULL)
    return FALSE;
  hint = ws_ssl_configuration_get_pre_shared_key_identity_hint (
      ws_server_get_ssl_configuration (client->server));
  authenticator = ws_psk_authenticator_new (hint, identity);
  ws_server_emit (client->server,
                  WS_SERVER_SIGNAL_PRE_SHARED_KEY_AUTHENTICATION_REQUIRED,
                  client->socket, authenticator);
  *key = ws_psk_authenticator_dup_key (authenticator);
  return *key != NULL;
}

static const WsTlsSessionSink tls_sink = {
  .alert = on_alert,
  .psk_server = on_psk,
};

void
ws_server_fill_tls_options (WsServer               *self,
                            WsTlsCredentials       *credentials,
                            WsServerOpeningOptions *options)
{
  options->credentials = credentials;
  options->alpn = ws_ssl_configuration_get_allowed_next_protocols (
      ws_server_get_ssl_configuration (self));
  options->tls_sink = &tls_sink;
}

/* --- The properties --- */

/* clang-format off */
const WsProperty ws_server_ssl_properties[] = {
  /**
   * WsServer:ssl-configuration:
   *
   * The settings of TLS, for connections to come.
   *
   * Clients are not asked for a certificate unless the configuration says so.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_OBJECT (WsServer, WS_SERVER_PROP_SSL_CONFIGURATION,
                        "ssl-configuration", WsSslConfiguration,
                        ws_ssl_configuration_get_type,
                        ws_server_get_ssl_configuration,
                        ws_server_set_ssl_configuration) },

  { 0 }
};
/* clang-format on */
