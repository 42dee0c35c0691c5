/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The class of WsSslConfiguration: its lists, and when it is loaded. */
#include "ws-ssl-configuration.h"

#include "base/ws-name-hash.h"
#include "ssl/ws-ssl-configuration-credentials.h"
#include "ssl/ws-ssl-configuration-identity.h"
#include "ssl/ws-ssl-configuration-session.h"
#include "ssl/ws-ssl-configuration-tickets.h"
#include "ssl/ws-ssl-configuration-trust.h"

/**
 * WsSslConfiguration:
 *
 * How connections are encrypted, and whom they trust.
 *
 * One configuration serves any number of sockets and servers, in any thread,
 * and loads keys and certificates once for all. It trusts whom the system
 * trusts, and a client verifies its server, unless it is told otherwise.
 *
 * Change it in one thread, before connections use it or while no other thread
 * does. A change is for later connections.
 *
 * Since: 1.0
 */
G_DEFINE_FINAL_TYPE (WsSslConfiguration, ws_ssl_configuration, G_TYPE_OBJECT)

static guint reload_failed;

static void
identity_free (gpointer data)
{
  WsSslIdentity *self = data;

  g_clear_pointer (&self->certificate, g_bytes_unref);
  g_clear_pointer (&self->key, g_bytes_unref);
  g_free (self->certificate_file);
  g_free (self->key_file);
  g_free (self->password);
  g_free (self);
}

static void
ws_ssl_configuration_dispose (GObject *object)
{
  WsSslConfiguration *self = WS_SSL_CONFIGURATION (object);

  if (self->ca_certificates != NULL)
    g_signal_handlers_disconnect_by_data (self->ca_certificates, self);
  G_OBJECT_CLASS (ws_ssl_configuration_parent_class)->dispose (object);
}

static void
ws_ssl_configuration_finalize (GObject *object)
{
  WsSslConfiguration *self = WS_SSL_CONFIGURATION (object);

  ws_ssl_configuration_invalidate (self);
  g_clear_pointer (&self->local_certificate, g_bytes_unref);
  g_free (self->local_certificate_file);
  g_free (self->local_certificate_uri);
  g_clear_pointer (&self->private_key, g_bytes_unref);
  g_free (self->private_key_file);
  g_free (self->private_key_uri);
  g_free (self->password);
  g_free (self->ca_certificates_file);
  g_clear_pointer (&self->crl, g_bytes_unref);
  g_free (self->crl_file);
  g_free (self->priority);
  g_free (self->peer_verify_name);
  g_strfreev (self->allowed_next_protocols);
  g_clear_pointer (&self->session_ticket, g_bytes_unref);
  g_clear_pointer (&self->session_ticket_key, g_bytes_unref);
  g_free (self->pre_shared_key_identity_hint);
  g_clear_pointer (&self->ocsp_response, g_bytes_unref);
  g_free (self->ocsp_response_file);
  g_clear_object (&self->ca_certificates);
  g_ptr_array_unref (self->identities);
  g_hash_table_unref (self->exceptions);
  g_hash_table_unref (self->tickets);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (ws_ssl_configuration_parent_class)->finalize (object);
}

static const WsProperty *const tables[] = {
  ws_ssl_configuration_identity_properties,
  ws_ssl_configuration_trust_properties,
  ws_ssl_configuration_session_properties,
  ws_ssl_configuration_tickets_properties,
  NULL,
};

static void
ws_ssl_configuration_class_init (WsSslConfigurationClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = ws_ssl_configuration_dispose;
  object_class->finalize = ws_ssl_configuration_finalize;
  ws_property_install (object_class, tables, ws_ssl_configuration_props,
                       WS_SSL_CONFIGURATION_N_PROPS);

  /**
   * WsSslConfiguration::reload-failed:
   * @self: the configuration
   * @error: (type GLib.Error): which file it was, and why
   *
   * What [method@SslConfiguration.reload] found cannot be used; what was loaded
   * before stays in use.
   *
   * Emitted in the thread that has asked for it.
   *
   * Since: 1.0
   */
  reload_failed = g_signal_new ("reload-failed", WS_TYPE_SSL_CONFIGURATION,
                                G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
ws_ssl_configuration_init (WsSslConfiguration *self)
{
  g_mutex_init (&self->lock);
  self->tickets = g_hash_table_new_full (ws_name_hash, g_str_equal, g_free,
                                         (GDestroyNotify) g_bytes_unref);
  self->exceptions
      = g_hash_table_new_full (ws_name_hash, g_str_equal, g_free, NULL);
  self->identities = g_ptr_array_new_with_free_func (identity_free);
  self->ca_certificates = g_list_store_new (WS_TYPE_SSL_CERTIFICATE);
  /* Whoever has the model may change it. */
  g_signal_connect_swapped (self->ca_certificates, "items-changed",
                            G_CALLBACK (ws_ssl_configuration_invalidate), self);

  self->system_trust = TRUE;
  self->peer_verify_mode = WS_SSL_VERIFY_MODE_AUTO;
  self->session_resumption = TRUE;
  self->allowed_next_protocols = g_new0 (char *, 2);
  self->allowed_next_protocols[0] = g_strdup ("http/1.1");
}

/**
 * ws_ssl_configuration_new:
 *
 * Creates a configuration that trusts whom the system trusts.
 *
 * Returns: (transfer full): a new configuration
 *
 * Since: 1.0
 */
WsSslConfiguration *
ws_ssl_configuration_new (void)
{
  return g_object_new (WS_TYPE_SSL_CONFIGURATION, NULL);
}

/**
 * ws_ssl_configuration_add_local_certificate:
 * @self: a TLS configuration
 * @certificate: a certificate and its chain: PEM, or DER of one
 * @private_key: (nullable): its key: PEM or DER; %NULL: beside the certificate
 * @password: (nullable): the password of an encrypted key
 *
 * Adds a certificate that a server shows to clients which ask for its names.
 *
 * To all others the one of [property@SslConfiguration:local-certificate] is
 * shown, or else the first that was added.
 *
 * Since: 1.0
 */
void
ws_ssl_configuration_add_local_certificate (WsSslConfiguration *self,
                                            GBytes             *certificate,
                                            GBytes             *private_key,
                                            const char         *password)
{
  WsSslIdentity *identity = NULL;

  g_return_if_fail (WS_IS_SSL_CONFIGURATION (self));
  g_return_if_fail (certificate != NULL);

  identity = g_new0 (WsSslIdentity, 1);
  identity->certificate = g_bytes_ref (certificate);
  identity->key = private_key != NULL ? g_bytes_ref (private_key) : NULL;
  identity->password = g_strdup (password);
  g_ptr_array_add (self->identities, identity);
  ws_ssl_configuration_invalidate (self);
}

/**
 * ws_ssl_configuration_add_local_certificate_file:
 * @self: a TLS configuration
 * @certificate_path: (type filename): a file with a certificate and its chain:
 *   PEM, or DER of one
 * @private_key_path: (type filename) (nullable): a file with its key: PEM or
 *   DER; %NULL: the same file
 * @password: (nullable): the password of an encrypted key
 *
 * Adds a certificate that a server shows to clients which ask for its names.
 *
 * The files are read for the first connection.
 *
 * Since: 1.0
 */
void
ws_ssl_configuration_add_local_certificate_file (WsSslConfiguration *self,
                                                 const char *certificate_path,
                                                 const char *private_key_path,
                                                 const char *password)
{
  WsSslIdentity *identity = NULL;

  g_return_if_fail (WS_IS_SSL_CONFIGURATION (self));
  g_return_if_fail (certificate_path != NULL);

  identity = g_new0 (WsSslIdentity, 1);
  identity->certificate_file = g_strdup (certificate_path);
  identity->key_file = g_strdup (private_key_path);
  identity->password = g_strdup (password);
  g_ptr_array_add (self->identities, identity);
  ws_ssl_configuration_invalidate (self);
}

/**
 * ws_ssl_configuration_clear_added_certificates:
 * @self: a TLS configuration
 *
 * Forgets all certificates that were added.
 *
 * Since: 1.0
 */
void
ws_ssl_configuration_clear_added_certificates (WsSslConfiguration *self)
{
  g_return_if_fail (WS_IS_SSL_CONFIGURATION (self));

  g_ptr_array_set_size (self->identities, 0);
  ws_ssl_configuration_invalidate (self);
}

/**
 * ws_ssl_configuration_load:
 * @self: a TLS configuration
 * @is_server: whether it is for a server
 * @error: return location for a #GError
 *
 * Loads now what the first connection would load, files included.
 *
 * The error names what cannot be used. It is of #GIOErrorEnum for a file that
 * cannot be read, else of #GTlsError, as a rule.
 *
 * Returns: %TRUE if all of it can be used
 *
 * Since: 1.0
 */
gboolean
ws_ssl_configuration_load (WsSslConfiguration *self,
                           gboolean            is_server,
                           GError            **error)
{
  g_autoptr (WsTlsCredentials) credentials = NULL;

  g_return_val_if_fail (WS_IS_SSL_CONFIGURATION (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  credentials = ws_ssl_configuration_get_credentials (self, is_server, error);
  return credentials != NULL;
}

/**
 * ws_ssl_configuration_reload:
 * @self: a TLS configuration
 * @error: return location for a #GError
 *
 * Reads the files anew, for a certificate that was renewed, say.
 *
 * What connections have used so far is replaced only when all of it can be
 * loaded and fits together. Else it stays in use, for connections to come as
 * well, and [signal@SslConfiguration::reload-failed] is emitted: a file that is
 * half written cuts nobody. Connections that exist go on in any case.
 *
 * Files are read before this returns. What no connection has needed yet is read
 * when one does; see [method@SslConfiguration.load].
 *
 * Returns: %TRUE if the files are in use now; the error is as that of
 *   [method@SslConfiguration.load]
 *
 * Since: 1.0
 */
gboolean
ws_ssl_configuration_reload (WsSslConfiguration *self, GError **error)
{
  GError *problem = NULL;

  g_return_val_if_fail (WS_IS_SSL_CONFIGURATION (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (ws_ssl_configuration_renew_credentials (self, &problem))
    return TRUE;

  g_object_ref (self);
  g_signal_emit (self, reload_failed, 0, problem);
  g_propagate_error (error, problem);
  g_object_unref (self);
  return FALSE;
}
