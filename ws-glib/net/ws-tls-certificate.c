/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads what an X.509 certificate says. */
#include "net/ws-tls-certificate.h"

#include <gnutls/abstract.h>
#include <string.h>

/* The longest serial number that anybody may issue has 20 bytes (RFC 5280,
 * 4.1.2.2); longer ones are cut. */
#define MAX_SERIAL 64

#define IPV4_SIZE 4
#define IPV6_SIZE 16

G_DEFINE_AUTO_CLEANUP_FREE_FUNC (gnutls_x509_crt_t,
                                 gnutls_x509_crt_deinit,
                                 NULL)

static gnutls_datum_t
datum_of (GBytes *bytes)
{
  gsize         len;
  gconstpointer data = g_bytes_get_data (bytes, &len);

  return (gnutls_datum_t){ .data = (unsigned char *) data,
                           .size = (guint) len };
}

/* Frees what GnuTLS allocated in @datum. */
static char *
take_text (gnutls_datum_t *datum)
{
  char *text = g_utf8_make_valid ((const char *) datum->data, datum->size);

  gnutls_free (datum->data);
  return text;
}

char *
ws_tls_certificate_read_subject (gnutls_x509_crt_t crt)
{
  gnutls_datum_t dn;

  if (gnutls_x509_crt_get_dn3 (crt, &dn, 0) < 0)
    return g_strdup ("");
  return take_text (&dn);
}

static char *
read_issuer (gnutls_x509_crt_t crt)
{
  gnutls_datum_t dn;

  if (gnutls_x509_crt_get_issuer_dn3 (crt, &dn, 0) < 0)
    return g_strdup ("");
  return take_text (&dn);
}

static char *
read_serial (gnutls_x509_crt_t crt)
{
  guint8   serial[MAX_SERIAL];
  size_t   len = sizeof serial;
  GString *hex = g_string_new (NULL);

  if (gnutls_x509_crt_get_serial (crt, serial, &len) < 0)
    len = 0;
  for (size_t i = 0; i < len; i++)
    g_string_append_printf (hex, "%02x", serial[i]);
  return g_string_free (hex, FALSE);
}

/* A NUL inside a name must not hide what follows it. */
static char *
format_name (guint type, const guint8 *data, gsize len)
{
  g_autoptr (GInetAddress) address = NULL;
  g_autofree char *text = NULL;

  if (type == GNUTLS_SAN_IPADDRESS)
    {
      if (len != IPV4_SIZE && len != IPV6_SIZE)
        return NULL;
      address
          = g_inet_address_new_from_bytes (data, len == IPV4_SIZE
                                                     ? G_SOCKET_FAMILY_IPV4
                                                     : G_SOCKET_FAMILY_IPV6);
      text = g_inet_address_to_string (address);
      return g_strconcat ("IP:", text, NULL);
    }

  text = g_utf8_make_valid ((const char *) data, (gssize) len);
  if (type == GNUTLS_SAN_DNSNAME)
    return g_strconcat ("DNS:", text, NULL);
  if (type == GNUTLS_SAN_RFC822NAME)
    return g_strconcat ("email:", text, NULL);
  if (type == GNUTLS_SAN_URI)
    return g_strconcat ("URI:", text, NULL);
  return NULL;
}

/* Names of other kinds are left out. */
char **
ws_tls_certificate_read_names (gnutls_x509_crt_t crt)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  for (guint i = 0;; i++)
    {
      g_autofree guint8 *data = NULL;
      size_t             len = 0;
      guint              type;
      char              *name = NULL;
      int result = gnutls_x509_crt_get_subject_alt_name2 (crt, i, NULL, &len,
                                                          &type, NULL);

      if (result != GNUTLS_E_SHORT_MEMORY_BUFFER && result < 0)
        break;

      /* GnuTLS ends text with a NUL that is not counted. */
      data = g_malloc0 (++len);
      if (gnutls_x509_crt_get_subject_alt_name2 (crt, i, data, &len, &type,
                                                 NULL)
          < 0)
        continue;

      name = format_name (type, data, len);
      if (name != NULL)
        g_ptr_array_add (names, name);
    }

  g_ptr_array_add (names, NULL);
  return (char **) g_ptr_array_steal (names, NULL);
}

GBytes *
ws_tls_certificate_export (gnutls_x509_crt_t crt)
{
  gnutls_datum_t der;

  /* The certificate was read from DER that is still there. */
  if (gnutls_x509_crt_export2 (crt, GNUTLS_X509_FMT_DER, &der) < 0)
    return g_bytes_new (NULL, 0);
  return g_bytes_new_with_free_func (der.data, der.size, gnutls_free, der.data);
}

static WsTlsKeyAlgorithm
key_algorithm_of (int algorithm)
{
  switch (algorithm)
    {
    case GNUTLS_PK_RSA:
    case GNUTLS_PK_RSA_PSS:
      return WS_TLS_KEY_RSA;
    case GNUTLS_PK_DSA:
      return WS_TLS_KEY_DSA;
    case GNUTLS_PK_ECDSA:
      return WS_TLS_KEY_EC;
    case GNUTLS_PK_DH:
      return WS_TLS_KEY_DH;
    case GNUTLS_PK_EDDSA_ED25519:
      return WS_TLS_KEY_ED25519;
    case GNUTLS_PK_EDDSA_ED448:
      return WS_TLS_KEY_ED448;
    default:
      return WS_TLS_KEY_OPAQUE;
    }
}

WsTlsCertificate *
ws_tls_certificate_new (GBytes *der, GError **error)
{
  g_auto (gnutls_x509_crt_t) crt = NULL;
  g_autoptr (WsTlsCertificate) self = NULL;
  gnutls_datum_t datum = datum_of (der);
  int            result;

  result = gnutls_x509_crt_init (&crt);
  if (result == 0)
    result = gnutls_x509_crt_import (crt, &datum, GNUTLS_X509_FMT_DER);
  if (result < 0)
    {
      g_set_error (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE,
                   "The certificate cannot be read: %s",
                   gnutls_strerror (result));
      return NULL;
    }

  self = g_new0 (WsTlsCertificate, 1);
  self->subject = ws_tls_certificate_read_subject (crt);
  self->issuer = read_issuer (crt);
  self->serial = read_serial (crt);
  self->names = ws_tls_certificate_read_names (crt);
  self->not_before = gnutls_x509_crt_get_activation_time (crt);
  self->not_after = gnutls_x509_crt_get_expiration_time (crt);
  self->key_algorithm = key_algorithm_of (
      gnutls_x509_crt_get_pk_algorithm (crt, &self->key_size));
  self->is_self_signed = gnutls_x509_crt_check_issuer (crt, crt) != 0;
  return g_steal_pointer (&self);
}

WsTlsCertificate *
ws_tls_certificate_new_empty (void)
{
  WsTlsCertificate *self = g_new0 (WsTlsCertificate, 1);

  self->subject = g_strdup ("");
  self->issuer = g_strdup ("");
  self->serial = g_strdup ("");
  self->names = g_new0 (char *, 1);
  return self;
}

void
ws_tls_certificate_free (WsTlsCertificate *self)
{
  g_free (self->subject);
  g_free (self->issuer);
  g_free (self->serial);
  g_strfreev (self->names);
  g_free (self);
}

GPtrArray *
ws_tls_certificate_split (GBytes *data, GError **error)
{
  g_autoptr (GPtrArray) list = NULL;
  gnutls_x509_crt_t *crts = NULL;
  gnutls_datum_t     datum = datum_of (data);
  guint              n_crts = 0;
  gboolean           is_pem
      = datum.size > 0
        && g_strstr_len ((const char *) datum.data, datum.size, "-----BEGIN")
               != NULL;
  int result = gnutls_x509_crt_list_import2 (&crts, &n_crts, &datum,
                                             is_pem ? GNUTLS_X509_FMT_PEM
                                                    : GNUTLS_X509_FMT_DER,
                                             0);

  if (result < 0)
    {
      g_set_error (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE,
                   "There is no readable certificate: %s",
                   gnutls_strerror (result));
      return NULL;
    }

  list = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  for (guint i = 0; i < n_crts; i++)
    {
      g_ptr_array_add (list, ws_tls_certificate_export (crts[i]));
      gnutls_x509_crt_deinit (crts[i]);
    }
  gnutls_free (crts);
  return g_steal_pointer (&list);
}

char *
ws_tls_certificate_to_pem (GBytes *der)
{
  gnutls_datum_t datum = datum_of (der), pem;

  if (gnutls_pem_base64_encode2 ("CERTIFICATE", &datum, &pem) < 0)
    return g_strdup ("");
  return take_text (&pem);
}
