/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A certificate, as the user sees it. */
#include "ws-ssl-certificate.h"

#include "net/ws-tls-certificate.h"
#include "base/ws-property.h"

/**
 * WsSslCertificate:
 *
 * An X.509 certificate, without its key.
 *
 * It never changes, and may be used in any thread.
 *
 * Since: 1.0
 */
struct _WsSslCertificate
{
  GObject           parent_instance;
  GBytes           *der;              /* (owned): empty if nobody gave one */
  WsTlsCertificate *info;             /* (owned) */
  GDateTime        *not_valid_before; /* (owned) (nullable) */
  GDateTime        *not_valid_after;  /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (WsSslCertificate, ws_ssl_certificate, G_TYPE_OBJECT)

typedef enum
{
  PROP_SUBJECT = 1,
  PROP_ISSUER,
  PROP_SERIAL_NUMBER,
  PROP_NOT_VALID_BEFORE,
  PROP_NOT_VALID_AFTER,
  PROP_SUBJECT_ALTERNATIVE_NAMES,
  PROP_KEY_ALGORITHM,
  PROP_KEY_SIZE,
  PROP_SELF_SIGNED,
  N_PROPS
} WsSslCertificateProp;

static GParamSpec *props[N_PROPS];

static void
ws_ssl_certificate_finalize (GObject *object)
{
  WsSslCertificate *self = WS_SSL_CERTIFICATE (object);

  g_bytes_unref (self->der);
  ws_tls_certificate_free (self->info);
  g_clear_pointer (&self->not_valid_before, g_date_time_unref);
  g_clear_pointer (&self->not_valid_after, g_date_time_unref);
  G_OBJECT_CLASS (ws_ssl_certificate_parent_class)->finalize (object);
}

/* clang-format off */
static const WsProperty properties[] = {
  /**
   * WsSslCertificate:subject:
   *
   * Whom the certificate is about, as a distinguished name (RFC 4514).
   *
   * Since: 1.0
   */
  { WS_PROPERTY_STRING (WsSslCertificate, PROP_SUBJECT, "subject", NULL,
                        ws_ssl_certificate_get_subject, NULL) },

  /**
   * WsSslCertificate:issuer:
   *
   * Who issued the certificate, as a distinguished name (RFC 4514).
   *
   * Since: 1.0
   */
  { WS_PROPERTY_STRING (WsSslCertificate, PROP_ISSUER, "issuer", NULL,
                        ws_ssl_certificate_get_issuer, NULL) },

  /**
   * WsSslCertificate:serial-number:
   *
   * The number that the issuer gave to the certificate, in hexadecimal digits.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_STRING (WsSslCertificate, PROP_SERIAL_NUMBER, "serial-number",
                        NULL, ws_ssl_certificate_get_serial_number, NULL) },

  /**
   * WsSslCertificate:not-valid-before:
   *
   * When the certificate begins to be valid.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_BOXED (WsSslCertificate, PROP_NOT_VALID_BEFORE,
                       "not-valid-before", GDateTime *, GDateTime *,
                       g_date_time_get_type,
                       ws_ssl_certificate_get_not_valid_before, NULL) },

  /**
   * WsSslCertificate:not-valid-after:
   *
   * When the certificate ceases to be valid.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_BOXED (WsSslCertificate, PROP_NOT_VALID_AFTER,
                       "not-valid-after", GDateTime *, GDateTime *,
                       g_date_time_get_type,
                       ws_ssl_certificate_get_not_valid_after, NULL) },

  /**
   * WsSslCertificate:subject-alternative-names:
   *
   * The hosts and others that the certificate is for.
   *
   * Each begins with its kind: `DNS:`, `IP:`, `email:` or `URI:`.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_BOXED (WsSslCertificate, PROP_SUBJECT_ALTERNATIVE_NAMES,
                       "subject-alternative-names", const char *const *,
                       const char *const *, g_strv_get_type,
                       ws_ssl_certificate_get_subject_alternative_names,
                       NULL) },

  /**
   * WsSslCertificate:key-algorithm:
   *
   * What kind of key the certificate has.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_ENUM (WsSslCertificate, PROP_KEY_ALGORITHM, "key-algorithm",
                      WsSslKeyAlgorithm, ws_ssl_key_algorithm_get_type,
                      WS_SSL_KEY_ALGORITHM_OPAQUE,
                      ws_ssl_certificate_get_key_algorithm, NULL) },

  /**
   * WsSslCertificate:key-size:
   *
   * How many bits the key has.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT (WsSslCertificate, PROP_KEY_SIZE, "key-size", 0,
                      G_MAXUINT, 0, ws_ssl_certificate_get_key_size, NULL) },

  /**
   * WsSslCertificate:self-signed:
   *
   * Whether the certificate names itself as its issuer.
   *
   * As in Qt, its signature is not examined.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_BOOLEAN (WsSslCertificate, PROP_SELF_SIGNED, "self-signed",
                         FALSE, ws_ssl_certificate_get_self_signed, NULL) },

  { 0 }
};
/* clang-format on */

static const WsProperty *const tables[] = { properties, NULL };

static void
ws_ssl_certificate_class_init (WsSslCertificateClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = ws_ssl_certificate_finalize;
  ws_property_install (object_class, tables, props, N_PROPS);
}

/* A binding can make one of nothing; it is empty then. */
static void
ws_ssl_certificate_init (WsSslCertificate *self)
{
  self->der = g_bytes_new (NULL, 0);
  self->info = ws_tls_certificate_new_empty ();
}

/**
 * ws_ssl_certificate_new_from_der:
 * @der: a certificate in DER
 * @error: return location for a #GError
 *
 * Reads a certificate.
 *
 * What cannot be read is %G_TLS_ERROR_BAD_CERTIFICATE.
 *
 * Returns: (transfer full): a new certificate, or %NULL with @error set
 *
 * Since: 1.0
 */
WsSslCertificate *
ws_ssl_certificate_new_from_der (GBytes *der, GError **error)
{
  WsSslCertificate *self = NULL;
  WsTlsCertificate *info = NULL;

  g_return_val_if_fail (der != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  info = ws_tls_certificate_new (der, error);
  if (info == NULL)
    return NULL;

  self = g_object_new (WS_TYPE_SSL_CERTIFICATE, NULL);
  g_bytes_unref (self->der);
  self->der = g_bytes_ref (der);
  ws_tls_certificate_free (self->info);
  self->info = info;
  self->not_valid_before = g_date_time_new_from_unix_utc (info->not_before);
  self->not_valid_after = g_date_time_new_from_unix_utc (info->not_after);
  return self;
}

/**
 * ws_ssl_certificate_get_subject:
 * @self: a certificate
 *
 * Gets whom the certificate is about, as a distinguished name (RFC 4514).
 *
 * Returns: (transfer none): the name; may be empty
 *
 * Since: 1.0
 */
const char *
ws_ssl_certificate_get_subject (WsSslCertificate *self)
{
  g_return_val_if_fail (WS_IS_SSL_CERTIFICATE (self), NULL);

  return self->info->subject;
}

/**
 * ws_ssl_certificate_get_issuer:
 * @self: a certificate
 *
 * Gets who issued the certificate, as a distinguished name (RFC 4514).
 *
 * Returns: (transfer none): the name
 *
 * Since: 1.0
 */
const char *
ws_ssl_certificate_get_issuer (WsSslCertificate *self)
{
  g_return_val_if_fail (WS_IS_SSL_CERTIFICATE (self), NULL);

  return self->info->issuer;
}

/**
 * ws_ssl_certificate_get_serial_number:
 * @self: a certificate
 *
 * Gets the number that the issuer gave to the certificate, in hexadecimal
 * digits.
 *
 * Returns: (transfer none): the number
 *
 * Since: 1.0
 */
const char *
ws_ssl_certificate_get_serial_number (WsSslCertificate *self)
{
  g_return_val_if_fail (WS_IS_SSL_CERTIFICATE (self), NULL);

  return self->info->serial;
}

/**
 * ws_ssl_certificate_get_not_valid_before:
 * @self: a certificate
 *
 * Gets when the certificate begins to be valid.
 *
 * Returns: (transfer none) (nullable): the time, in UTC
 *
 * Since: 1.0
 */
GDateTime *
ws_ssl_certificate_get_not_valid_before (WsSslCertificate *self)
{
  g_return_val_if_fail (WS_IS_SSL_CERTIFICATE (self), NULL);

  return self->not_valid_before;
}

/**
 * ws_ssl_certificate_get_not_valid_after:
 * @self: a certificate
 *
 * Gets when the certificate ceases to be valid.
 *
 * Returns: (transfer none) (nullable): the time, in UTC
 *
 * Since: 1.0
 */
GDateTime *
ws_ssl_certificate_get_not_valid_after (WsSslCertificate *self)
{
  g_return_val_if_fail (WS_IS_SSL_CERTIFICATE (self), NULL);

  return self->not_valid_after;
}

/**
 * ws_ssl_certificate_get_subject_alternative_names:
 * @self: a certificate
 *
 * Gets the hosts and others that the certificate is for.
 *
 * Each begins with its kind: `DNS:`, `IP:`, `email:` or `URI:`.
 *
 * Returns: (transfer none) (array zero-terminated=1): the names
 *
 * Since: 1.0
 */
const char *const *
ws_ssl_certificate_get_subject_alternative_names (WsSslCertificate *self)
{
  g_return_val_if_fail (WS_IS_SSL_CERTIFICATE (self), NULL);

  return (const char *const *) self->info->names;
}

/**
 * ws_ssl_certificate_get_key_algorithm:
 * @self: a certificate
 *
 * Gets what kind of key the certificate has.
 *
 * Returns: the kind
 *
 * Since: 1.0
 */
WsSslKeyAlgorithm
ws_ssl_certificate_get_key_algorithm (WsSslCertificate *self)
{
  g_return_val_if_fail (WS_IS_SSL_CERTIFICATE (self),
                        WS_SSL_KEY_ALGORITHM_OPAQUE);

  return (WsSslKeyAlgorithm) self->info->key_algorithm;
}

/**
 * ws_ssl_certificate_get_key_size:
 * @self: a certificate
 *
 * Gets how many bits the key has.
 *
 * Returns: the bits; 0: unknown
 *
 * Since: 1.0
 */
guint
ws_ssl_certificate_get_key_size (WsSslCertificate *self)
{
  g_return_val_if_fail (WS_IS_SSL_CERTIFICATE (self), 0);

  return self->info->key_size;
}

/**
 * ws_ssl_certificate_get_self_signed:
 * @self: a certificate
 *
 * Gets whether the certificate names itself as its issuer.
 *
 * As in Qt, its signature is not examined.
 *
 * Returns: %TRUE if it does
 *
 * Since: 1.0
 */
gboolean
ws_ssl_certificate_get_self_signed (WsSslCertificate *self)
{
  g_return_val_if_fail (WS_IS_SSL_CERTIFICATE (self), FALSE);

  return self->info->is_self_signed;
}

/**
 * ws_ssl_certificate_digest:
 * @self: a certificate
 * @type: which digest; %G_CHECKSUM_SHA256 is the one that browsers show
 *
 * Computes the fingerprint of the certificate.
 *
 * Returns: (transfer full): the digest of its DER in lower-case hexadecimal
 *   digits
 *
 * Since: 1.0
 */
char *
ws_ssl_certificate_digest (WsSslCertificate *self, GChecksumType type)
{
  g_return_val_if_fail (WS_IS_SSL_CERTIFICATE (self), NULL);

  return g_compute_checksum_for_bytes (type, self->der);
}

/**
 * ws_ssl_certificate_equal:
 * @self: a certificate
 * @other: another one
 *
 * Whether both are the same certificate, byte by byte.
 *
 * Returns: %TRUE if they are
 *
 * Since: 1.0
 */
gboolean
ws_ssl_certificate_equal (WsSslCertificate *self, WsSslCertificate *other)
{
  g_return_val_if_fail (WS_IS_SSL_CERTIFICATE (self), FALSE);
  g_return_val_if_fail (WS_IS_SSL_CERTIFICATE (other), FALSE);

  return g_bytes_equal (self->der, other->der);
}

/**
 * ws_ssl_certificate_hash:
 * @self: a certificate
 *
 * A number for hash tables, the same for equal certificates.
 *
 * Returns: the number
 *
 * Since: 1.0
 */
guint
ws_ssl_certificate_hash (WsSslCertificate *self)
{
  g_return_val_if_fail (WS_IS_SSL_CERTIFICATE (self), 0);

  return g_bytes_hash (self->der);
}

/**
 * ws_ssl_certificate_to_der:
 * @self: a certificate
 *
 * The certificate in DER.
 *
 * Returns: (transfer full): its bytes
 *
 * Since: 1.0
 */
GBytes *
ws_ssl_certificate_to_der (WsSslCertificate *self)
{
  g_return_val_if_fail (WS_IS_SSL_CERTIFICATE (self), NULL);

  return g_bytes_ref (self->der);
}

/**
 * ws_ssl_certificate_to_pem:
 * @self: a certificate
 *
 * The certificate in PEM.
 *
 * Returns: (transfer full): its text
 *
 * Since: 1.0
 */
char *
ws_ssl_certificate_to_pem (WsSslCertificate *self)
{
  g_return_val_if_fail (WS_IS_SSL_CERTIFICATE (self), NULL);

  return ws_tls_certificate_to_pem (self->der);
}

/**
 * ws_ssl_certificate_to_tls_certificate:
 * @self: a certificate
 * @error: return location for a #GError
 *
 * Converts it to a certificate of GIO's.
 *
 * It takes a TLS backend of GIO's, such as glib-networking; without one this is
 * %G_TLS_ERROR_UNAVAILABLE.
 *
 * Returns: (transfer full): GIO's certificate, or %NULL with @error set
 *
 * Since: 1.0
 */
GTlsCertificate *
ws_ssl_certificate_to_tls_certificate (WsSslCertificate *self, GError **error)
{
  g_autofree char *pem = NULL;

  g_return_val_if_fail (WS_IS_SSL_CERTIFICATE (self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  pem = ws_ssl_certificate_to_pem (self);
  return g_tls_certificate_new_from_pem (pem, -1, error);
}
