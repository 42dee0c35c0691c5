/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From the settings of WsSslConfiguration to what sessions take. */
#include "ssl/ws-ssl-configuration-credentials.h"

#include "ws-socket-error.h"

/* What a configuration of the layer below borrows from, and where the items
 * came from. */
typedef struct
{
  GPtrArray *identities;       /* (owned) of WsTlsIdentity */
  GPtrArray *identity_names;   /* (owned) of char *, as many: the files */
  GPtrArray *authorities;      /* (owned) of GBytes */
  GPtrArray *authority_names;  /* (owned) of char *, as many */
  GPtrArray *revocations;      /* (owned) of GBytes */
  GPtrArray *revocation_names; /* (owned) of char *, as many */
  GBytes    *ocsp_response;    /* (owned) (nullable) */
} Materials;

static void
tls_identity_free (gpointer data)
{
  WsTlsIdentity *self = data;

  g_clear_pointer (&self->chain, g_bytes_unref);
  g_clear_pointer (&self->key, g_bytes_unref);
  g_free (self->chain_uri);
  g_free (self->key_uri);
  g_free (self->password);
  g_free (self);
}

static void
materials_init (Materials *self)
{
  self->identities = g_ptr_array_new_with_free_func (tls_identity_free);
  self->identity_names = g_ptr_array_new_with_free_func (g_free);
  self->authorities
      = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  self->authority_names = g_ptr_array_new_with_free_func (g_free);
  self->revocations
      = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  self->revocation_names = g_ptr_array_new_with_free_func (g_free);
}

static void
materials_clear (Materials *self)
{
  g_ptr_array_unref (self->identities);
  g_ptr_array_unref (self->identity_names);
  g_ptr_array_unref (self->authorities);
  g_ptr_array_unref (self->authority_names);
  g_ptr_array_unref (self->revocations);
  g_ptr_array_unref (self->revocation_names);
  g_clear_pointer (&self->ocsp_response, g_bytes_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Materials, materials_clear)

/* GIO's message names the file. @what: what it is for */
static GBytes *
load_file (const char *path, const char *what, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  GBytes *bytes = g_file_load_bytes (file, NULL, NULL, error);

  if (bytes == NULL)
    g_prefix_error (error, "%s cannot be loaded: ", what);
  return bytes;
}

/* (transfer full): what errors call a certificate and its key */
static char *
name_identity (const WsTlsIdentity *identity,
               const char          *certificate_file,
               const char          *key_file)
{
  const char *certificate = certificate_file, *key = key_file;

  if (certificate == NULL)
    certificate = identity->chain != NULL ? "the given certificate"
                                          : identity->chain_uri;
  if (key == NULL)
    key = identity->key != NULL ? "the given key" : identity->key_uri;
  return key != NULL ? g_strdup_printf ("%s with %s", certificate, key)
                     : g_strdup (certificate);
}

/* Of the three only one is given; bytes go before a file, a file before a URI.
 * A missing key is looked for where the certificate is. */
static gboolean
add_identity (Materials     *materials,
              WsTlsIdentity *identity,
              const char    *certificate_file,
              const char    *key_file,
              GError       **error)
{
  g_ptr_array_add (materials->identities, identity);
  g_ptr_array_add (materials->identity_names,
                   name_identity (identity, certificate_file, key_file));

  if (identity->chain == NULL && certificate_file != NULL)
    {
      identity->chain = load_file (certificate_file, "The certificate", error);
      if (identity->chain == NULL)
        return FALSE;
    }
  if (identity->key == NULL && key_file != NULL)
    {
      identity->key = load_file (key_file, "The key", error);
      if (identity->key == NULL)
        return FALSE;
    }

  if (identity->chain != NULL)
    g_clear_pointer (&identity->chain_uri, g_free);
  if (identity->key != NULL)
    g_clear_pointer (&identity->key_uri, g_free);
  else if (identity->key_uri == NULL && identity->chain != NULL)
    identity->key = g_bytes_ref (identity->chain);
  else if (identity->key_uri == NULL)
    identity->key_uri = g_strdup (identity->chain_uri);
  return TRUE;
}

static GBytes *
ref_bytes (GBytes *bytes)
{
  return bytes != NULL ? g_bytes_ref (bytes) : NULL;
}

static gboolean
collect_identities (WsSslConfiguration *self,
                    Materials          *materials,
                    gboolean            is_server,
                    GError            **error)
{
  if (self->local_certificate != NULL || self->local_certificate_file != NULL
      || self->local_certificate_uri != NULL)
    {
      WsTlsIdentity *identity = g_new0 (WsTlsIdentity, 1);

      *identity = (WsTlsIdentity){
        .chain = ref_bytes (self->local_certificate),
        .chain_uri = g_strdup (self->local_certificate_uri),
        .key = ref_bytes (self->private_key),
        .key_uri = g_strdup (self->private_key_uri),
        .password = g_strdup (self->password),
      };
      if (!add_identity (
              materials, identity,
              self->local_certificate == NULL ? self->local_certificate_file
                                              : NULL,
              self->private_key == NULL ? self->private_key_file : NULL, error))
        return FALSE;
    }

  for (guint i = 0; is_server && i < self->identities->len; i++)
    {
      const WsSslIdentity *added = g_ptr_array_index (self->identities, i);
      WsTlsIdentity       *identity = g_new0 (WsTlsIdentity, 1);

      identity->chain = ref_bytes (added->certificate);
      identity->key = ref_bytes (added->key);
      identity->password = g_strdup (added->password);
      if (!add_identity (materials, identity, added->certificate_file,
                         added->key_file, error))
        return FALSE;
    }
  return TRUE;
}

/* Adds a setting that is bytes, and one that is a file. */
static gboolean
add_items (GPtrArray  *items,
           GPtrArray  *names,
           GBytes     *bytes,
           const char *path,
           const char *what,
           GError    **error)
{
  if (bytes != NULL)
    {
      g_ptr_array_add (items, g_bytes_ref (bytes));
      g_ptr_array_add (names, NULL);
    }
  if (path != NULL)
    {
      GBytes *loaded = load_file (path, what, error);

      if (loaded == NULL)
        return FALSE;
      g_ptr_array_add (items, loaded);
      g_ptr_array_add (names, g_strdup (path));
    }
  return TRUE;
}

static gboolean
collect_trust (WsSslConfiguration *self, Materials *materials, GError **error)
{
  GListModel *model = G_LIST_MODEL (self->ca_certificates);

  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (WsSslCertificate) certificate
          = g_list_model_get_item (model, i);

      g_ptr_array_add (materials->authorities,
                       ws_ssl_certificate_to_der (certificate));
      g_ptr_array_add (materials->authority_names,
                       g_strdup (ws_ssl_certificate_get_subject (certificate)));
    }
  return add_items (materials->authorities, materials->authority_names, NULL,
                    self->ca_certificates_file, "The list of authorities",
                    error)
         && add_items (materials->revocations, materials->revocation_names,
                       self->crl, self->crl_file,
                       "The list of revoked certificates", error);
}

static gboolean
collect (WsSslConfiguration *self,
         Materials          *materials,
         gboolean            is_server,
         GError            **error)
{
  if (!collect_identities (self, materials, is_server, error)
      || !collect_trust (self, materials, error))
    return FALSE;

  if (is_server && self->ocsp_response != NULL)
    materials->ocsp_response = g_bytes_ref (self->ocsp_response);
  else if (is_server && self->ocsp_response_file != NULL)
    {
      materials->ocsp_response
          = load_file (self->ocsp_response_file, "The OCSP response", error);
      return materials->ocsp_response != NULL;
    }
  return TRUE;
}

static WsTlsProtocol
protocol_of (WsSslProtocol protocol)
{
  switch (protocol)
    {
    case WS_SSL_PROTOCOL_TLS_1_2:
      return WS_TLS_PROTOCOL_1_2;
    case WS_SSL_PROTOCOL_TLS_1_3:
      return WS_TLS_PROTOCOL_1_3;
    case WS_SSL_PROTOCOL_ANY:
    default:
      return WS_TLS_PROTOCOL_ANY;
    }
}

static WsTlsVerify
verify_of (WsSslVerifyMode mode)
{
  switch (mode)
    {
    case WS_SSL_VERIFY_MODE_NONE:
      return WS_TLS_VERIFY_NONE;
    case WS_SSL_VERIFY_MODE_QUERY:
      return WS_TLS_VERIFY_QUERY;
    case WS_SSL_VERIFY_MODE_VERIFY:
      return WS_TLS_VERIFY_PEER;
    case WS_SSL_VERIFY_MODE_AUTO:
    default:
      return WS_TLS_VERIFY_AUTO;
    }
}

/* Tells whether @item, alone in a field of a configuration, can be used; if
 * not, the error gets the item's name, if there is one. */
static gboolean
is_usable (WsTlsConfig *config,
           GPtrArray  **field,
           gpointer     item,
           const char  *name,
           GError     **error)
{
  g_autoptr (GPtrArray) alone = g_ptr_array_new ();
  g_autoptr (WsTlsCredentials) credentials = NULL;

  g_ptr_array_add (alone, item);
  *field = alone;
  credentials = ws_tls_credentials_new (config, error);
  *field = NULL;
  if (credentials == NULL && name != NULL)
    g_prefix_error (error, "%s: ", name);
  return credentials != NULL;
}

/* Nobody knows which of many items the layer below could not use, so each is
 * tried alone. Returns FALSE with @error set if one is found. */
static gboolean
find_culprit (const Materials *materials, gboolean is_server, GError **error)
{
  WsTlsConfig config = { .is_server = is_server };

  for (guint i = 0; i < materials->identities->len; i++)
    if (!is_usable (&config, &config.identities,
                    g_ptr_array_index (materials->identities, i),
                    g_ptr_array_index (materials->identity_names, i), error))
      return FALSE;
  for (guint i = 0; i < materials->authorities->len; i++)
    if (!is_usable (&config, &config.authorities,
                    g_ptr_array_index (materials->authorities, i),
                    g_ptr_array_index (materials->authority_names, i), error))
      return FALSE;
  for (guint i = 0; i < materials->revocations->len; i++)
    if (!is_usable (&config, &config.revocations,
                    g_ptr_array_index (materials->revocations, i),
                    g_ptr_array_index (materials->revocation_names, i), error))
      return FALSE;
  return TRUE;
}

/* What is left is a priority string or the OCSP response, whose errors name
 * it. */
static void
explain_failure (WsSslConfiguration *self,
                 const Materials    *materials,
                 gboolean            is_server,
                 GError             *failure,
                 GError            **error)
{
  g_autoptr (WsTlsCredentials) credentials = NULL;
  WsTlsConfig config = { .is_server = is_server,
                         .identities = materials->identities,
                         .ocsp_response = materials->ocsp_response };

  if (!find_culprit (materials, is_server, error))
    {
      g_error_free (failure);
      return;
    }

  credentials = ws_tls_credentials_new (&config, NULL);
  if (credentials == NULL && self->ocsp_response == NULL
      && self->ocsp_response_file != NULL)
    g_prefix_error (&failure, "%s: ", self->ocsp_response_file);
  g_propagate_error (error, failure);
}

static WsTlsCredentials *
load (WsSslConfiguration *self, gboolean is_server, GError **error)
{
  g_auto (Materials) materials = { 0 };
  g_autoptr (GError) failure = NULL;
  gboolean has_psk
      = self->pre_shared_key || self->pre_shared_key_identity_hint != NULL;
  WsTlsCredentials *credentials = NULL;
  WsTlsConfig       config = {
          .is_server = is_server,
          .system_trust = self->system_trust,
          .priority = self->priority,
          .minimum = protocol_of (self->minimum_protocol),
          .maximum = protocol_of (self->maximum_protocol),
          .verify = verify_of (self->peer_verify_mode),
          .verify_depth = self->peer_verify_depth,
          .resumes = self->session_resumption,
          .ticket_key = self->session_ticket_key,
          .offers_psk = has_psk,
          .psk_hint = self->pre_shared_key_identity_hint,
  };

  materials_init (&materials);
  if (!collect (self, &materials, is_server, error))
    return NULL;
  if (is_server && materials.identities->len == 0 && !config.offers_psk)
    {
      g_set_error (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE,
                   "The TLS configuration of a server has no certificate");
      return NULL;
    }

  config.identities = materials.identities;
  config.authorities = materials.authorities;
  config.revocations = materials.revocations;
  config.ocsp_response = materials.ocsp_response;
  credentials = ws_tls_credentials_new (&config, &failure);
  if (credentials == NULL)
    explain_failure (self, &materials, is_server, g_steal_pointer (&failure),
                     error);
  return credentials;
}

WsTlsCredentials *
ws_ssl_configuration_get_credentials (WsSslConfiguration *self,
                                      gboolean            is_server,
                                      GError            **error)
{
  WsTlsCredentials *credentials = NULL;

  is_server = is_server != FALSE;
  g_mutex_lock (&self->lock);
  if (self->credentials[is_server] == NULL)
    self->credentials[is_server] = load (self, is_server, error);
  if (self->credentials[is_server] != NULL)
    {
      self->was_loaded[is_server] = TRUE;
      credentials = ws_tls_credentials_ref (self->credentials[is_server]);
    }
  g_mutex_unlock (&self->lock);
  return credentials;
}

WsTlsCredentials *
ws_ssl_configuration_require_credentials (WsSslConfiguration *self,
                                          gboolean            is_server,
                                          GError            **error)
{
  g_autoptr (GError) problem = NULL;
  WsTlsCredentials *credentials
      = ws_ssl_configuration_get_credentials (self, is_server, &problem);

  if (credentials == NULL)
    g_set_error_literal (error, WS_SOCKET_ERROR,
                         WS_SOCKET_ERROR_SSL_INVALID_USER_DATA,
                         problem->message);
  return credentials;
}

static gboolean
was_loaded (WsSslConfiguration *self, gboolean is_server)
{
  gboolean answer;

  g_mutex_lock (&self->lock);
  answer = self->was_loaded[is_server];
  g_mutex_unlock (&self->lock);
  return answer;
}

/* Connections in other threads go on with the old ones while this reads files,
 * so the lock is not held meanwhile. */
gboolean
ws_ssl_configuration_renew_credentials (WsSslConfiguration *self,
                                        GError            **error)
{
  g_autoptr (WsTlsCredentials) client = NULL;
  g_autoptr (WsTlsCredentials) server = NULL;

  if (was_loaded (self, FALSE))
    {
      client = load (self, FALSE, error);
      if (client == NULL)
        return FALSE;
    }
  if (was_loaded (self, TRUE))
    {
      server = load (self, TRUE, error);
      if (server == NULL)
        return FALSE;
    }
  ws_ssl_configuration_replace_credentials (self, g_steal_pointer (&client),
                                            g_steal_pointer (&server));
  return TRUE;
}
