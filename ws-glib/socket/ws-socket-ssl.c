/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Certificate errors, the pause at them, and what else TLS tells a client. */
#include "socket/ws-socket-ssl.h"

#include "socket/ws-socket-ignoring.h"
#include "socket/ws-socket-log.h"
#include "socket/ws-socket-signals.h"
#include "ssl/ws-psk-authenticator-private.h"
#include "ssl/ws-ssl-configuration-credentials.h"
#include "ssl/ws-ssl-configuration-exceptions.h"
#include "ssl/ws-ssl-configuration-tickets.h"
#include "ssl/ws-ssl-error-private.h"
#include "ssl/ws-ssl-session-private.h"

/* Certificate errors, the pause at them, and what else TLS tells a client. */

/* RFC 8446, 6. */
#define ALERT_FATAL 2

/* --- Settings --- */

/**
 * ws_socket_get_pause_mode:
 * @self: a socket
 *
 * Gets whether the opening pauses at certificate errors.
 *
 * Returns: the mode
 *
 * Since: 1.0
 */
WsPauseModes
ws_socket_get_pause_mode (WsSocket *self)
{
  g_return_val_if_fail (WS_IS_SOCKET (self), WS_PAUSE_MODES_NEVER);

  return ws_socket_peek (self)->pause_mode;
}

/**
 * ws_socket_set_pause_mode:
 * @self: a socket
 * @pause_mode: a mode
 *
 * Sets whether the opening pauses at certificate errors.
 *
 * Since: 1.0
 */
void
ws_socket_set_pause_mode (WsSocket *self, WsPauseModes pause_mode)
{
  WsSocketPrivate *priv;

  g_return_if_fail (WS_IS_SOCKET (self));

  priv = ws_socket_peek (self);
  if (priv->pause_mode == pause_mode
      || !ws_socket_may_set (self, WS_SOCKET_PROP_PAUSE_MODE))
    return;
  priv->pause_mode = pause_mode;
  ws_socket_notify (self, WS_SOCKET_PROP_PAUSE_MODE);
}

/**
 * ws_socket_get_ssl_configuration:
 * @self: a socket
 *
 * Gets the settings of TLS. One is made if none was set.
 *
 * Returns: (transfer none): the live configuration
 *
 * Since: 1.0
 */
WsSslConfiguration *
ws_socket_get_ssl_configuration (WsSocket *self)
{
  WsSocketPrivate *priv;

  g_return_val_if_fail (WS_IS_SOCKET (self), NULL);

  priv = ws_socket_peek (self);
  if (priv->extras->ssl_configuration == NULL)
    ws_socket_get_extras (self)->ssl_configuration
        = ws_ssl_configuration_new ();
  return priv->extras->ssl_configuration;
}

/**
 * ws_socket_set_ssl_configuration:
 * @self: a socket
 * @ssl_configuration: (nullable): settings, which several sockets may share;
 *   %NULL: the defaults
 *
 * Sets the settings of TLS for the next opening.
 *
 * Since: 1.0
 */
void
ws_socket_set_ssl_configuration (WsSocket           *self,
                                 WsSslConfiguration *ssl_configuration)
{
  g_return_if_fail (WS_IS_SOCKET (self));
  g_return_if_fail (ssl_configuration == NULL
                    || WS_IS_SSL_CONFIGURATION (ssl_configuration));

  if (ws_socket_may_set (self, WS_SOCKET_PROP_SSL_CONFIGURATION)
      && g_set_object (&ws_socket_get_extras (self)->ssl_configuration,
                       ssl_configuration))
    ws_socket_notify (self, WS_SOCKET_PROP_SSL_CONFIGURATION);
}

/**
 * ws_socket_get_ssl_session:
 * @self: a socket
 *
 * Gets what the TLS session has agreed on.
 *
 * Returns: (transfer none) (nullable): the session of the connection, or of the
 *   last one; %NULL without TLS
 *
 * Since: 1.0
 */
WsSslSession *
ws_socket_get_ssl_session (WsSocket *self)
{
  g_return_val_if_fail (WS_IS_SOCKET (self), NULL);

  return ws_socket_peek (self)->ssl_session;
}

void
ws_socket_note_session (WsSocket *self, WsTlsSession *session)
{
  WsSocketPrivate *priv = ws_socket_peek (self);
  g_autofree char *protocol = ws_tls_session_describe_protocol (session);
  g_autofree char *cipher = ws_tls_session_describe_cipher (session);
  g_autofree char *alpn = ws_tls_session_get_alpn (session);
  g_autoptr (GPtrArray) chain = ws_tls_session_get_peer_chain (session);

  g_clear_object (&priv->ssl_session);
  priv->ssl_session
      = ws_ssl_session_new (protocol, cipher, alpn,
                            ws_tls_session_is_resumed (session), chain);
  ws_socket_notify (self, WS_SOCKET_PROP_SSL_SESSION);
}

/* --- Opening --- */

WsTlsCredentials *
ws_socket_load_credentials (WsSocket *self, GError **error)
{
  return ws_ssl_configuration_require_credentials (
      ws_socket_get_ssl_configuration (self), FALSE, error);
}

static const WsTlsSessionSink tls_sink;

void
ws_socket_fill_tls_options (WsSocket               *self,
                            WsTlsCredentials       *credentials,
                            WsClientOpeningOptions *options)
{
  WsSocketPrivate    *priv = ws_socket_peek (self);
  WsSslConfiguration *configuration = ws_socket_get_ssl_configuration (self);
  WsAttemptTls       *tls = ws_attempt_get_tls (&priv->now);

  g_clear_pointer (&tls->credentials, ws_tls_credentials_unref);
  tls->credentials = ws_tls_credentials_ref (credentials);
  g_clear_pointer (&tls->ticket, g_bytes_unref);
  tls->ticket = ws_ssl_configuration_find_ticket (configuration,
                                                  priv->now.target->authority);
  options->credentials = credentials;
  options->verify_name
      = ws_ssl_configuration_get_peer_verify_name (configuration);
  options->alpn
      = ws_ssl_configuration_get_allowed_next_protocols (configuration);
  options->ticket = tls->ticket;
  options->tls_sink = &tls_sink;
}

/* --- The pause --- */

/* Whether somebody has accepted this certificate for this host. */
static gboolean
is_excused (WsSocket *self)
{
  WsSocketPrivate  *priv = ws_socket_peek (self);
  WsSslCertificate *certificate
      = ws_ssl_session_get_peer_certificate (priv->ssl_session);

  return certificate != NULL
         && ws_ssl_configuration_excuses (ws_socket_get_ssl_configuration (
                                              self),
                                          certificate, priv->now.target->host,
                                          priv->now.tls->ssl_errors);
}

/* Goes on with what is ignored by now, or fails. */
static void
go_on (WsSocket *self)
{
  WsSocketPrivate *priv = ws_socket_peek (self);
  gboolean         accept = ws_socket_ignores (self, priv->now.tls->ssl_errors)
                    || is_excused (self);

  priv->now.ssl_paused = FALSE;
  if (priv->now.opening != NULL)
    ws_client_opening_resume (priv->now.opening, accept);
}

void
ws_socket_forbid_to_continue (WsSocket *self)
{
  ws_socket_peek (self)->now.continues = FALSE;
}

gboolean
ws_socket_get_continues (WsSocket *self)
{
  return ws_socket_peek (self)->now.continues;
}

/* Whether this attempt is paused still: a handler may have resumed it, or begun
 * another. */
static gboolean
is_paused (WsSocket *self, guint attempt)
{
  WsSocketPrivate *priv = ws_socket_peek (self);

  return attempt == priv->now.number && priv->now.ssl_paused;
}

/* The early look at the first error. FALSE: the attempt goes no further. */
static gboolean
interrupt (WsSocket *self, guint attempt)
{
  WsSocketPrivate *priv = ws_socket_peek (self);

  if (!ws_ssl_configuration_get_handshake_must_interrupt_on_error (
          ws_socket_get_ssl_configuration (self)))
    return TRUE;
  priv->now.continues = FALSE;
  ws_socket_emit (self, WS_SOCKET_SIGNAL_HANDSHAKE_INTERRUPTED_ON_ERROR,
                  g_ptr_array_index (priv->now.tls->ssl_errors, 0));
  if (!is_paused (self, attempt))
    return FALSE;
  if (!priv->now.continues)
    {
      priv->now.ssl_paused = FALSE;
      ws_client_opening_resume (priv->now.opening, FALSE);
    }
  return priv->now.continues;
}

static gboolean
tell_each (WsSocket *self, guint attempt)
{
  WsSocketPrivate *priv = ws_socket_peek (self);
  g_autoptr (GPtrArray) errors = g_ptr_array_ref (priv->now.tls->ssl_errors);

  for (guint i = 0; i < errors->len && is_paused (self, attempt); i++)
    ws_socket_emit (self, WS_SOCKET_SIGNAL_PEER_VERIFY_ERROR,
                    g_ptr_array_index (errors, i));
  if (is_paused (self, attempt))
    ws_socket_emit (self, WS_SOCKET_SIGNAL_SSL_ERRORS, errors);
  return is_paused (self, attempt);
}

/* Whether the user is being asked. */
static gboolean
waits_for_resume (WsSocket *self)
{
  WsSocketPrivate *priv = ws_socket_peek (self);

  return (priv->pause_mode & WS_PAUSE_MODES_ON_SSL_ERRORS) != 0
         && !ws_socket_ignores (self, priv->now.tls->ssl_errors);
}

void
ws_socket_on_opening_paused (WsClientOpening *opening, gpointer user_data)
{
  WS_SOCKET_INSIDE (user_data);
  WsSocket        *self = g_object_ref (user_data);
  WsSocketPrivate *priv = ws_socket_peek (self);
  WsTlsSession    *session = ws_client_opening_get_session (opening);
  guint            attempt = priv->now.number;
  WsAttemptTls    *tls = ws_attempt_get_tls (&priv->now);

  g_clear_pointer (&tls->ssl_errors, g_ptr_array_unref);
  tls->ssl_errors
      = ws_ssl_error_list_problems (ws_tls_session_get_problems (session));
  ws_socket_log_ssl_errors (self, tls->ssl_errors);
  ws_socket_note_session (self, session);
  priv->now.ssl_paused = attempt == priv->now.number;
  if (is_paused (self, attempt)
      && (is_excused (self)
          || (interrupt (self, attempt) && tell_each (self, attempt)
              && !waits_for_resume (self))))
    go_on (self);
  g_object_unref (self);
}

/**
 * ws_socket_resume:
 * @self: a socket
 *
 * Goes on after the pause that [property@Socket:pause-mode] makes at
 * certificate errors.
 *
 * What has been ignored meanwhile, all or exactly the listed errors, is what
 * the opening goes on with; if an error is left it fails with
 * %WS_SOCKET_ERROR_SSL_HANDSHAKE_FAILED. Does nothing when nothing is paused.
 *
 * Since: 1.0
 */
void
ws_socket_resume (WsSocket *self)
{
  WsSocketPrivate *priv;

  g_return_if_fail (WS_IS_SOCKET (self));

  priv = ws_socket_peek (self);
  if (ws_socket_may_instruct (self, G_STRFUNC) && priv->now.ssl_paused)
    go_on (self);
}

/**
 * ws_socket_continue_interrupted_handshake:
 * @self: a socket
 *
 * Goes on after [signal@Socket::handshake-interrupted-on-error], in whose
 * handler it must be called; [signal@Socket::ssl-errors] follows. Otherwise the
 * opening fails.
 *
 * Since: 1.0
 */
void
ws_socket_continue_interrupted_handshake (WsSocket *self)
{
  g_return_if_fail (WS_IS_SOCKET (self));

  if (ws_socket_may_instruct (self, G_STRFUNC))
    ws_socket_peek (self)->now.continues = TRUE;
}

/* --- What a session tells --- */

static void
on_alert (gpointer    user_data,
          gboolean    sent,
          guint       level,
          guint       type,
          const char *description)
{
  WS_SOCKET_INSIDE (user_data);

  if (!sent && level == ALERT_FATAL)
    ws_socket_peek (user_data)->now.ssl_alerted = TRUE;
  ws_socket_emit (user_data,
                  sent ? WS_SOCKET_SIGNAL_ALERT_SENT
                       : WS_SOCKET_SIGNAL_ALERT_RECEIVED,
                  level, type, description);
}

static gboolean
on_psk (gpointer user_data, const char *hint, char **identity, GBytes **key)
{
  WS_SOCKET_INSIDE (user_data);
  g_autoptr (WsPskAuthenticator) authenticator
      = ws_psk_authenticator_new (hint, NULL);

  ws_socket_emit (user_data,
                  WS_SOCKET_SIGNAL_PRE_SHARED_KEY_AUTHENTICATION_REQUIRED,
                  authenticator);
  *identity = g_strdup (ws_psk_authenticator_get_identity (authenticator));
  *key = ws_psk_authenticator_dup_key (authenticator);
  return *key != NULL;
}

static void
on_ticket (gpointer user_data, GBytes *ticket)
{
  WS_SOCKET_INSIDE (user_data);
  WsSocketPrivate *priv = ws_socket_peek (user_data);
  WsAttemptTls    *tls = priv->now.tls;

  if (priv->now.target != NULL && tls != NULL && tls->credentials != NULL)
    ws_ssl_configuration_store_ticket (ws_socket_get_ssl_configuration (
                                           user_data),
                                       tls->credentials,
                                       priv->now.target->authority, ticket);
}

static const WsTlsSessionSink tls_sink = {
  .alert = on_alert,
  .psk_client = on_psk,
  .ticket = on_ticket,
};

/* --- The properties --- */

/* clang-format off */
const WsProperty ws_socket_ssl_properties[] = {
  /**
   * WsSocket:pause-mode:
   *
   * Whether the opening pauses at certificate errors.
   *
   * With %WS_PAUSE_MODES_ON_SSL_ERRORS nothing is sent or read after
   * [signal@Socket::ssl-errors] until [method@Socket.resume], for as long as it
   * takes to ask the user; [property@Socket:open-timeout] stands
   * still meanwhile.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_FLAGS (WsSocket, WS_SOCKET_PROP_PAUSE_MODE, "pause-mode",
                       WsPauseModes, ws_pause_modes_get_type,
                       WS_PAUSE_MODES_NEVER, ws_socket_get_pause_mode,
                       ws_socket_set_pause_mode) },

  /**
   * WsSocket:ssl-configuration:
   *
   * The settings of TLS, which several sockets may share.
   *
   * By default the server's certificate is verified against the system's
   * authorities, its host name included.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_OBJECT (WsSocket, WS_SOCKET_PROP_SSL_CONFIGURATION,
                        "ssl-configuration", WsSslConfiguration,
                        ws_ssl_configuration_get_type,
                        ws_socket_get_ssl_configuration,
                        ws_socket_set_ssl_configuration) },

  /**
   * WsSocket:ssl-session:
   *
   * What the TLS session has agreed on; known from
   * [signal@Socket::ssl-errors] on.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_OBJECT (WsSocket, WS_SOCKET_PROP_SSL_SESSION, "ssl-session",
                        WsSslSession, ws_ssl_session_get_type,
                        ws_socket_get_ssl_session, NULL) },

  { 0 }
};
/* clang-format on */
