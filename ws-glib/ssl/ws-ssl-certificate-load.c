/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Certificates from texts, files and GIO. */
#include "ws-ssl-certificate.h"

#include <string.h>

#include "net/ws-tls-certificate.h"

static GPtrArray *
new_list (GBytes *data, GError **error)
{
  g_autoptr (GPtrArray) list = ws_tls_certificate_split (data, error);
  g_autoptr (GPtrArray) certificates = NULL;

  if (list == NULL)
    return NULL;

  certificates = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < list->len; i++)
    {
      WsSslCertificate *certificate
          = ws_ssl_certificate_new_from_der (g_ptr_array_index (list, i),
                                             error);

      if (certificate == NULL)
        return NULL;
      g_ptr_array_add (certificates, certificate);
    }
  return g_steal_pointer (&certificates);
}

/* Takes @list. */
static WsSslCertificate *
first_of (GPtrArray *list)
{
  WsSslCertificate *first
      = list != NULL ? g_object_ref (g_ptr_array_index (list, 0)) : NULL;

  g_clear_pointer (&list, g_ptr_array_unref);
  return first;
}

/**
 * ws_ssl_certificate_new_from_pem:
 * @pem: a certificate in PEM; of several the first is taken
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
ws_ssl_certificate_new_from_pem (const char *pem, GError **error)
{
  return first_of (ws_ssl_certificate_list_new_from_pem (pem, error));
}

/**
 * ws_ssl_certificate_new_from_file:
 * @path: (type filename): a file with a certificate in PEM or DER; of several
 *   the first is taken
 * @error: return location for a #GError
 *
 * Reads a certificate.
 *
 * Returns: (transfer full): a new certificate, or %NULL with @error set
 *
 * Since: 1.0
 */
WsSslCertificate *
ws_ssl_certificate_new_from_file (const char *path, GError **error)
{
  return first_of (ws_ssl_certificate_list_new_from_file (path, error));
}

/**
 * ws_ssl_certificate_new_from_tls_certificate:
 * @certificate: a certificate of GIO's
 *
 * Converts a certificate of GIO's; its key and its issuers are left behind.
 *
 * Returns: (transfer full) (nullable): a new certificate; %NULL if GIO's is not
 *   an X.509 certificate
 *
 * Since: 1.0
 */
WsSslCertificate *
ws_ssl_certificate_new_from_tls_certificate (GTlsCertificate *certificate)
{
  g_autoptr (GByteArray) array = NULL;
  g_autoptr (GBytes) der = NULL;

  g_return_val_if_fail (G_IS_TLS_CERTIFICATE (certificate), NULL);

  g_object_get (certificate, "certificate", &array, NULL);
  if (array == NULL)
    return NULL;

  der = g_bytes_new (array->data, array->len);
  return ws_ssl_certificate_new_from_der (der, NULL);
}

/**
 * ws_ssl_certificate_list_new_from_pem:
 * @pem: certificates in PEM
 * @error: return location for a #GError
 *
 * Reads certificates.
 *
 * What cannot be read is %G_TLS_ERROR_BAD_CERTIFICATE, and so is a text without
 * a certificate.
 *
 * Returns: (transfer container) (element-type WsSslCertificate): certificates
 *   in their order, or %NULL with @error set
 *
 * Since: 1.0
 */
GPtrArray *
ws_ssl_certificate_list_new_from_pem (const char *pem, GError **error)
{
  g_autoptr (GBytes) data = NULL;

  g_return_val_if_fail (pem != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  data = g_bytes_new (pem, strlen (pem));
  return new_list (data, error);
}

/**
 * ws_ssl_certificate_list_new_from_file:
 * @path: (type filename): a file with certificates in PEM, or one in DER
 * @error: return location for a #GError
 *
 * Reads certificates.
 *
 * Returns: (transfer container) (element-type WsSslCertificate): certificates
 *   in their order, or %NULL with @error set
 *
 * Since: 1.0
 */
GPtrArray *
ws_ssl_certificate_list_new_from_file (const char *path, GError **error)
{
  g_autoptr (GFile) file = NULL;
  g_autoptr (GBytes) data = NULL;
  GPtrArray *list = NULL;

  g_return_val_if_fail (path != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  file = g_file_new_for_path (path);
  data = g_file_load_bytes (file, NULL, NULL, error);
  if (data == NULL)
    return NULL;

  list = new_list (data, error);
  if (list == NULL)
    g_prefix_error (error, "%s: ", path);
  return list;
}
