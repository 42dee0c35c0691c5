/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads the chain that a peer shows, and bounds the work of examining it. */
#include "net/ws-tls-chain.h"

#include <gnutls/abstract.h>

#include "net/ws-tls-certificate.h"

/* GnuTLS verifies no longer chains either. */
#define MAX_CERTIFICATES 16
/* Twice as long as those of any public authority. */
#define MAX_KEY_BITS 8192
/* Almost all are 65 537; of more than 32 bits there are a few. */
#define MAX_RSA_EXPONENT_BITS 64
/* FIPS 186-4, 4.2, has 256 at most. */
#define MAX_DSA_SUBPRIME_BITS 512

G_DEFINE_AUTO_CLEANUP_FREE_FUNC (gnutls_pubkey_t, gnutls_pubkey_deinit, NULL)

static void
free_crt (gpointer crt)
{
  gnutls_x509_crt_deinit (crt);
}

GPtrArray *
ws_tls_chain_read (gnutls_session_t session)
{
  GPtrArray            *chain = g_ptr_array_new_with_free_func (free_crt);
  guint                 n = 0;
  const gnutls_datum_t *list = gnutls_certificate_get_peers (session, &n);

  for (guint i = 0; list != NULL && i < MIN (n, MAX_CERTIFICATES + 1); i++)
    {
      gnutls_x509_crt_t crt = NULL;

      if (gnutls_x509_crt_init (&crt) < 0)
        break;
      if (gnutls_x509_crt_import (crt, &list[i], GNUTLS_X509_FMT_DER) < 0)
        {
          gnutls_x509_crt_deinit (crt);
          break;
        }
      g_ptr_array_add (chain, crt);
    }
  return chain;
}

/* Frees what GnuTLS allocated in @number, if it did. */
static guint
take_bits (gnutls_datum_t *number)
{
  guint bits = number->size * 8;

  gnutls_free (number->data);
  return bits;
}

/* How long the exponent of a signature's verification is. */
static guint
count_exponent_bits (gnutls_x509_crt_t crt, int algorithm)
{
  g_auto (gnutls_pubkey_t) key = NULL;
  gnutls_datum_t exponent = { 0 };

  if (gnutls_pubkey_init (&key) < 0
      || gnutls_pubkey_import_x509 (key, crt, 0) < 0)
    return 0;
  if (algorithm == GNUTLS_PK_DSA)
    gnutls_pubkey_export_dsa_raw2 (key, NULL, &exponent, NULL, NULL,
                                   GNUTLS_EXPORT_FLAG_NO_LZ);
  else
    gnutls_pubkey_export_rsa_raw2 (key, NULL, &exponent,
                                   GNUTLS_EXPORT_FLAG_NO_LZ);
  return take_bits (&exponent);
}

static guint
get_max_exponent_bits (int algorithm)
{
  switch (algorithm)
    {
    case GNUTLS_PK_RSA:
    case GNUTLS_PK_RSA_PSS:
      return MAX_RSA_EXPONENT_BITS;
    case GNUTLS_PK_DSA:
      return MAX_DSA_SUBPRIME_BITS;
    default:
      /* Curves are of known sizes. */
      return 0;
    }
}

static char *
find_excess_of_key (gnutls_x509_crt_t crt)
{
  guint            bits = 0, exponent_bits;
  int              algorithm = gnutls_x509_crt_get_pk_algorithm (crt, &bits);
  guint            max_exponent_bits = get_max_exponent_bits (algorithm);
  g_autofree char *name = NULL;

  if (bits > MAX_KEY_BITS)
    {
      name = ws_tls_certificate_read_subject (crt);
      return g_strdup_printf ("the key of %s has %u bits, more than %u", name,
                              bits, MAX_KEY_BITS);
    }
  if (max_exponent_bits == 0)
    return NULL;

  exponent_bits = count_exponent_bits (crt, algorithm);
  if (exponent_bits <= max_exponent_bits)
    return NULL;
  name = ws_tls_certificate_read_subject (crt);
  return g_strdup_printf (
      "the key of %s has an exponent of %u bits, more than %u", name,
      exponent_bits, max_exponent_bits);
}

char *
ws_tls_chain_find_excess (GPtrArray *chain)
{
  if (chain->len > MAX_CERTIFICATES)
    return g_strdup_printf ("it has more than %u certificates",
                            MAX_CERTIFICATES);
  for (guint i = 0; i < chain->len; i++)
    {
      char *excess = find_excess_of_key (g_ptr_array_index (chain, i));

      if (excess != NULL)
        return excess;
    }
  return NULL;
}
