/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"

#include <string.h>

#include "net/ws-tls-certificate.h"
#include "net/ws-tls-chain.h"
#include "net/ws-tls-explain.h"

#include "tape.h"
#include "tls-identity.h"

/* Certificates that a peer shows, each after its length in two bytes. The first
 * byte says how many of them are trusted, from the last one on. */

#define MAX_CERTIFICATES 40

static void
free_certificate (gnutls_x509_crt_t crt)
{
  gnutls_x509_crt_deinit (crt);
}

/* (transfer full): those that can be read, as ws_tls_chain_read() has them. */
static GPtrArray *
read_chain (Tape *tape)
{
  GPtrArray *chain
      = g_ptr_array_new_with_free_func ((GDestroyNotify) free_certificate);

  while (tape->len > 0 && chain->len < MAX_CERTIFICATES)
    {
      gsize             len = tape_byte (tape) * 256u;
      Tape              der = tape_cut (tape, len + tape_byte (tape));
      gnutls_datum_t    datum = { (guint8 *) der.data, (guint) der.len };
      gnutls_x509_crt_t crt;

      gnutls_x509_crt_init (&crt);
      g_ptr_array_add (chain, crt);
      if (gnutls_x509_crt_import (crt, &datum, GNUTLS_X509_FMT_DER) < 0)
        {
          g_ptr_array_set_size (chain, (int) chain->len - 1);
          break;
        }
    }
  return chain;
}

/* What is shown of it is text. */
static void
check_text (gnutls_x509_crt_t crt)
{
  g_autoptr (GBytes) der = ws_tls_certificate_export (crt);
  g_autoptr (GError) error = NULL;
  g_autoptr (WsTlsCertificate) certificate
      = ws_tls_certificate_new (der, &error);

  g_assert_true ((certificate == NULL) == (error != NULL));
  if (certificate == NULL)
    return;
  g_assert_true (g_utf8_validate (certificate->subject, -1, NULL));
  g_assert_true (g_utf8_validate (certificate->issuer, -1, NULL));
  for (char **name = certificate->names; *name != NULL; name++)
    g_assert_true (g_utf8_validate (*name, -1, NULL));
}

static gnutls_x509_trust_list_t
make_trust (GPtrArray *chain, guint n_trusted)
{
  const gnutls_datum_t     pem = { (guint8 *) tls_identity_certificate,
                                   (guint) strlen (tls_identity_certificate) };
  gnutls_x509_trust_list_t trust;

  gnutls_x509_trust_list_init (&trust, 0);
  gnutls_x509_trust_list_add_trust_mem (trust, &pem, NULL, GNUTLS_X509_FMT_PEM,
                                        0, 0);
  for (guint i = 0; i < n_trusted && i < chain->len; i++)
    {
      g_autoptr (GBytes) der = ws_tls_certificate_export (
          g_ptr_array_index (chain, chain->len - 1 - i));
      gsize                len;
      const guint8        *data = g_bytes_get_data (der, &len);
      const gnutls_datum_t datum = { (guint8 *) data, (guint) len };

      gnutls_x509_trust_list_add_trust_mem (trust, &datum, NULL,
                                            GNUTLS_X509_FMT_DER, 0, 0);
    }
  return trust;
}

static void
walk (GPtrArray *chain, guint n_trusted)
{
  gnutls_x509_trust_list_t trust = make_trust (chain, n_trusted);
  g_autoptr (GPtrArray) problems
      = g_ptr_array_new_with_free_func ((GDestroyNotify) ws_tls_problem_free);
  WsTlsExplain *explain = ws_tls_explain_new (chain, trust, problems);
  const guint   n = ws_tls_explain_get_length (explain);

  g_assert_cmpuint (n, >, 0);
  g_assert_cmpuint (n, <=, chain->len);
  ws_tls_explain_length (explain, 2);
  ws_tls_explain_issuers (explain);
  ws_tls_explain_signatures (explain, G_MAXUINT);
  ws_tls_explain_validity (explain);
  ws_tls_explain_purpose (explain, GNUTLS_KP_TLS_WWW_SERVER);
  ws_tls_explain_revocation (explain);
  for (guint i = 0; i < problems->len; i++)
    {
      const WsTlsProblem *problem = g_ptr_array_index (problems, i);

      g_assert_true (g_utf8_validate (problem->text, -1, NULL));
      g_assert_cmpint (problem->depth, >=, -1);
    }
  ws_tls_explain_free (explain);
  gnutls_x509_trust_list_deinit (trust, 1);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  Tape        tape = { data, size };
  const guint n_trusted = tape_byte (&tape) % 4;
  g_autoptr (GPtrArray) chain = read_chain (&tape);
  g_autofree char *excess = ws_tls_chain_find_excess (chain);

  for (guint i = 0; i < chain->len; i++)
    check_text (g_ptr_array_index (chain, i));
  if (excess != NULL)
    g_assert_true (g_utf8_validate (excess, -1, NULL));
  else if (chain->len > 0)
    walk (chain, n_trusted);
  return 0;
}
