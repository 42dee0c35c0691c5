/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Loads a certificate chain and its key from bytes, files and tokens. */
#include "net/ws-tls-identity.h"

#include <gnutls/pkcs11.h>
#include <string.h>

#include "net/ws-tls-error.h"

typedef struct
{
  gnutls_pcert_st *certificates; /* (owned) (array length=n) */
  guint            n;
  gnutls_privkey_t key; /* (owned) (nullable) */
} Pair;

static void
pair_clear (Pair *self)
{
  for (guint i = 0; i < self->n; i++)
    gnutls_pcert_deinit (&self->certificates[i]);
  g_free (self->certificates);
  if (self->key != NULL)
    gnutls_privkey_deinit (self->key);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Pair, pair_clear)

gnutls_datum_t
ws_tls_datum_of (GBytes *bytes)
{
  gsize         len;
  gconstpointer data = g_bytes_get_data (bytes, &len);

  return (gnutls_datum_t){ (guint8 *) data, (guint) len };
}

static gboolean
contains (GBytes *bytes, const char *text)
{
  gnutls_datum_t datum = ws_tls_datum_of (bytes);

  return datum.size > 0
         && g_strstr_len ((const char *) datum.data, datum.size, text) != NULL;
}

gnutls_x509_crt_fmt_t
ws_tls_format_of (GBytes *bytes)
{
  return contains (bytes, "-----BEGIN ") ? GNUTLS_X509_FMT_PEM
                                         : GNUTLS_X509_FMT_DER;
}

/* A token asks for its PIN, and is told once: a few wrong answers lock a
 * token. */
static int
on_pin_asked (void       *user_data,
              int         attempt,
              const char *token_url,
              const char *token_label,
              unsigned    flags,
              char       *pin,
              size_t      pin_size)
{
  const char *password = user_data;

  if (password == NULL || attempt > 0 || (flags & GNUTLS_PIN_WRONG)
      || strlen (password) >= pin_size)
    return -1;
  g_strlcpy (pin, password, pin_size);
  return 0;
}

static void
set_password_error (const char *what, const char *password, GError **error)
{
  g_set_error (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE_PASSWORD,
               password != NULL ? "%s is encrypted, and the password is wrong"
                                : "%s is encrypted, and there is no password",
               what);
}

static gboolean
is_pin_error (int code)
{
  return code == GNUTLS_E_PKCS11_PIN_ERROR
         || code == GNUTLS_E_PKCS11_PIN_EXPIRED
         || code == GNUTLS_E_PKCS11_PIN_LOCKED
         || code == GNUTLS_E_PKCS11_USER_ERROR;
}

static void
set_token_error (int         code,
                 const char *what,
                 const char *uri,
                 const char *password,
                 GError    **error)
{
  if (is_pin_error (code))
    g_set_error (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE_PASSWORD,
                 "%s %s: the token's PIN is %s", what, uri,
                 password != NULL ? "wrong" : "missing");
  else
    g_set_error (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE,
                 "%s %s cannot be used: %s", what, uri, gnutls_strerror (code));
}

/* --- The chain --- */

static int
import_chain (GBytes *bytes, gnutls_x509_crt_t **list, guint *n)
{
  gnutls_datum_t        datum = ws_tls_datum_of (bytes);
  gnutls_x509_crt_fmt_t format = ws_tls_format_of (bytes);
  int                   code;

  if (format == GNUTLS_X509_FMT_PEM)
    return gnutls_x509_crt_list_import2 (list, n, &datum, format, 0);

  *list = gnutls_malloc (sizeof **list);
  *n = 1;
  gnutls_x509_crt_init (*list);
  code = gnutls_x509_crt_import (**list, &datum, format);
  if (code < 0)
    {
      gnutls_x509_crt_deinit (**list);
      gnutls_free (*list);
    }
  return code;
}

/* Certificates that do not form a chain are left out, in whatever order they
 * come. */
static int
take_chain (Pair *self, gnutls_x509_crt_t *list, guint n)
{
  int code;

  self->certificates = g_new0 (gnutls_pcert_st, n);
  self->n = n;
  code = gnutls_pcert_import_x509_list (self->certificates, list, &self->n,
                                        GNUTLS_X509_CRT_LIST_SORT);
  if (code < 0)
    self->n = 0;
  for (guint i = 0; i < n; i++)
    gnutls_x509_crt_deinit (list[i]);
  gnutls_free (list);
  return code;
}

static gboolean
load_chain (Pair *self, const WsTlsIdentity *identity, GError **error)
{
  gnutls_x509_crt_t *list = NULL;
  guint              n = 0;
  int                code;

  if (identity->chain == NULL && identity->chain_uri == NULL)
    {
      g_set_error_literal (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE,
                           "There is a key without a certificate");
      return FALSE;
    }

  if (identity->chain != NULL)
    code = import_chain (identity->chain, &list, &n);
  else
    code
        = gnutls_x509_crt_list_import_url (&list, &n, identity->chain_uri,
                                           on_pin_asked, identity->password, 0);
  if (code >= 0)
    code = take_chain (self, list, n);
  if (code >= 0)
    return TRUE;

  if (identity->chain != NULL)
    g_propagate_error (error, ws_tls_error_for_item (code, "The certificate"));
  else
    set_token_error (code, "The certificate", identity->chain_uri,
                     identity->password, error);
  return FALSE;
}

/* --- The key --- */

static gboolean
load_key_bytes (Pair *self, GBytes *bytes, const char *password, GError **error)
{
  gnutls_datum_t datum = ws_tls_datum_of (bytes);
  int            code
      = gnutls_privkey_import_x509_raw (self->key, &datum,
                                        ws_tls_format_of (bytes), password, 0);

  if (code >= 0)
    return TRUE;

  if (code == GNUTLS_E_DECRYPTION_FAILED
      || (password != NULL && contains (bytes, "ENCRYPTED")))
    set_password_error ("The key", password, error);
  else
    g_propagate_error (error, ws_tls_error_for_item (code, "The key"));
  return FALSE;
}

static gboolean
load_key (Pair                *self,
          const WsTlsIdentity *identity,
          GPtrArray           *pins,
          GError             **error)
{
  GBytes *bytes = identity->key;
  char   *pin;
  int     code;

  gnutls_privkey_init (&self->key);

  /* One file may hold both. */
  if (bytes == NULL && identity->key_uri == NULL && identity->chain != NULL
      && contains (identity->chain, "PRIVATE KEY-----"))
    bytes = identity->chain;
  if (bytes != NULL)
    return load_key_bytes (self, bytes, identity->password, error);

  if (identity->key_uri == NULL)
    {
      g_set_error_literal (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE,
                           "There is a certificate without a key");
      return FALSE;
    }

  pin = g_strdup (identity->password);
  if (pin != NULL)
    g_ptr_array_add (pins, pin);
  gnutls_privkey_set_pin_function (self->key, on_pin_asked, pin);
  code = gnutls_privkey_import_url (self->key, identity->key_uri, 0);
  if (code >= 0)
    return TRUE;

  set_token_error (code, "The key", identity->key_uri, identity->password,
                   error);
  return FALSE;
}

gboolean
ws_tls_identity_load (const WsTlsIdentity             *identity,
                      gnutls_certificate_credentials_t credentials,
                      GPtrArray                       *pins,
                      GError                         **error)
{
  g_auto (Pair) pair = { 0 };
  int code;

  if (!load_chain (&pair, identity, error)
      || !load_key (&pair, identity, pins, error))
    return FALSE;

  code = gnutls_certificate_set_key (credentials, NULL, 0, pair.certificates,
                                     (int) pair.n, pair.key);
  if (code == GNUTLS_E_CERTIFICATE_KEY_MISMATCH)
    {
      g_set_error_literal (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE,
                           "The key does not belong to the certificate");
      return FALSE;
    }
  if (code < 0)
    {
      g_propagate_error (error,
                         ws_tls_error_for_item (code, "The certificate"));
      return FALSE;
    }

  /* The certificates and the key are the credentials' now, but for the
   * array. */
  pair.n = 0;
  pair.key = NULL;
  return TRUE;
}
