/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lists what is wrong with the certificate chain of a peer. */
#include "net/ws-tls-verify.h"

#include <gnutls/ocsp.h>
#include <string.h>

#include "net/ws-tls-certificate.h"
#include "net/ws-tls-chain.h"
#include "net/ws-tls-explain.h"
#include "net/ws-translate.h"

/* A host name and a key purpose. */
#define MAX_DEMANDS 2
/* Of a certificate, in a message for people. */
#define MAX_NAMES_TOLD 8

typedef struct
{
  char                 *name; /* (owned) (nullable): ASCII, without a dot at the
                                   end */
  GInetAddress         *address; /* (owned) (nullable): instead */
  const char           *purpose;
  gnutls_typed_vdata_st list[MAX_DEMANDS]; /* borrows from the others */
  guint                 n_list;
} Demands;

static void
demands_clear (Demands *self)
{
  g_clear_pointer (&self->name, g_free);
  g_clear_object (&self->address);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Demands, demands_clear)

static void
add_demand (Demands             *self,
            gnutls_vdata_types_t type,
            const void          *data,
            gsize                len)
{
  self->list[self->n_list++] = (gnutls_typed_vdata_st){
    .type = type, .data = (unsigned char *) data, .size = (guint) len
  };
}

/* (transfer full): @host as certificates spell it. One that has no such
 * spelling is left as it is, and matches nothing. */
static char *
normalize_host (const char *host)
{
  char *ascii = g_hostname_to_ascii (host);

  if (ascii == NULL)
    ascii = g_strdup (host);
  if (g_str_has_suffix (ascii, "."))
    ascii[strlen (ascii) - 1] = '\0';
  return ascii;
}

static void
demands_init (Demands *self, const WsTlsVerifyOptions *options)
{
  self->purpose = options->is_server ? GNUTLS_KP_TLS_WWW_CLIENT
                                     : GNUTLS_KP_TLS_WWW_SERVER;
  add_demand (self, GNUTLS_DT_KEY_PURPOSE_OID, self->purpose, 0);

  if (options->host == NULL)
    return;
  self->address = g_inet_address_new_from_string (options->host);
  if (self->address != NULL)
    {
      add_demand (self, GNUTLS_DT_IP_ADDRESS,
                  g_inet_address_to_bytes (self->address),
                  g_inet_address_get_native_size (self->address));
      return;
    }
  self->name = normalize_host (options->host);
  add_demand (self, GNUTLS_DT_DNS_HOSTNAME, self->name, 0);
}

static void
add_problem (GPtrArray *problems, WsTlsProblemCode code, char *text)
{
  WsTlsProblem *problem = g_new0 (WsTlsProblem, 1);

  problem->code = code;
  problem->depth = -1;
  problem->text = text;
  g_ptr_array_add (problems, problem);
}

static gboolean
has_host_name (gnutls_x509_crt_t crt)
{
  g_auto (GStrv) names = ws_tls_certificate_read_names (crt);

  for (guint i = 0; names[i] != NULL; i++)
    if (g_str_has_prefix (names[i], "DNS:"))
      return TRUE;
  return FALSE;
}

/* RFC 9525, 2: a common name is a text for people, and names no host. GnuTLS
 * takes a common name for a host where a certificate names no hosts. */
static gboolean
matches_host (gnutls_x509_crt_t crt, const Demands *demands)
{
  if (demands->name != NULL)
    return gnutls_x509_crt_check_hostname2 (crt, demands->name, 0) != 0
           && has_host_name (crt);
  return demands->address == NULL
         || gnutls_x509_crt_check_ip (
                crt, g_inet_address_to_bytes (demands->address),
                (guint) g_inet_address_get_native_size (demands->address), 0)
                != 0;
}

/* (transfer full): a certificate may have thousands. */
static char *
list_names (gnutls_x509_crt_t crt)
{
  g_auto (GStrv) names = ws_tls_certificate_read_names (crt);
  guint    n = g_strv_length (names);
  GString *list = g_string_new (n == 0 ? "no name at all" : NULL);

  for (guint i = 0; i < MIN (n, MAX_NAMES_TOLD); i++)
    g_string_append_printf (list, "%s%s", i > 0 ? ", " : "", names[i]);
  if (n > MAX_NAMES_TOLD)
    g_string_append_printf (list, " and %u more", n - MAX_NAMES_TOLD);
  return g_string_free (list, FALSE);
}

static guint
explain_host (WsTlsExplain     *walk,
              gnutls_x509_crt_t crt,
              const Demands    *demands,
              const char       *host)
{
  g_autofree char *list = NULL;

  if (matches_host (crt, demands))
    return 0;

  list = list_names (crt);
  ws_tls_explain_add (
      walk, WS_TLS_PROBLEM_HOST_NAME_MISMATCH, 0,
      g_strdup_printf (_ ("The certificate is for %s, not for %s"), list,
                       host));
  return GNUTLS_CERT_UNEXPECTED_OWNER;
}

G_DEFINE_AUTO_CLEANUP_FREE_FUNC (gnutls_ocsp_resp_t,
                                 gnutls_ocsp_resp_deinit,
                                 NULL)

/* Whether a stapled response tells that the certificate which was sent as
 * number @index is revoked. */
static gboolean
is_revoked_by_response (gnutls_session_t  session,
                        guint             index,
                        gnutls_x509_crt_t crt)
{
  g_auto (gnutls_ocsp_resp_t) response = NULL;
  gnutls_datum_t data;
  guint          status;

  return gnutls_ocsp_status_request_get2 (session, index, &data) == 0
         && gnutls_ocsp_resp_init (&response) == 0
         && gnutls_ocsp_resp_import (response, &data) == 0
         && gnutls_ocsp_resp_check_crt (response, 0, crt) == 0
         && gnutls_ocsp_resp_get_single (response, 0, NULL, NULL, NULL, NULL,
                                         &status, NULL, NULL, NULL, NULL)
                == 0
         && status == GNUTLS_OCSP_CERT_REVOKED;
}

/* GnuTLS has judged the signature of a response, else there is no bit. Chains
 * that are sent in order, as they must be (RFC 8446, 4.4.2, wishes it), have
 * the same numbers as the path. */
static guint
explain_responses (WsTlsExplain    *walk,
                   gnutls_session_t session,
                   GPtrArray       *chain)
{
  guint explained = 0;

  for (guint i = 0; i < chain->len && i < ws_tls_explain_get_length (walk); i++)
    if (is_revoked_by_response (session, i, g_ptr_array_index (chain, i)))
      {
        g_autofree char *name
            = ws_tls_certificate_read_subject (g_ptr_array_index (chain, i));

        explained = GNUTLS_CERT_REVOKED;
        ws_tls_explain_add (
            walk, WS_TLS_PROBLEM_CERTIFICATE_REVOKED, (int) i,
            g_strdup_printf (_ ("The certificate of %s was revoked, says the "
                                "response that came with it"),
                             name));
      }
  return explained;
}

/* What is known from the verdict alone. */
static const struct
{
  guint            bit;
  WsTlsProblemCode code;
  const char      *text;
} verdicts[] = {
  { GNUTLS_CERT_SIGNER_NOT_FOUND, WS_TLS_PROBLEM_CERTIFICATE_UNTRUSTED,
    N_ ("The chain does not lead to a certificate that is trusted for this") },
  { GNUTLS_CERT_REVOKED, WS_TLS_PROBLEM_CERTIFICATE_REJECTED,
    N_ ("A certificate of the chain is on a list of those to be refused") },
  { GNUTLS_CERT_INVALID_OCSP_STATUS, WS_TLS_PROBLEM_OCSP_STATUS_INVALID,
    N_ ("The response about the certificate's status (OCSP) is not valid") },
  { GNUTLS_CERT_REVOCATION_DATA_SUPERSEDED,
    WS_TLS_PROBLEM_OCSP_RESPONSE_OUTDATED,
    N_ ("The response about the certificate's status (OCSP) is too old") },
  { GNUTLS_CERT_REVOCATION_DATA_ISSUED_IN_FUTURE,
    WS_TLS_PROBLEM_OCSP_RESPONSE_OUTDATED,
    N_ ("The response about the certificate's status (OCSP) is from the "
        "future") },
  { GNUTLS_CERT_MISSING_OCSP_STATUS, WS_TLS_PROBLEM_OCSP_STATUS_MISSING,
    N_ ("The certificate demands a response about its status (OCSP), and none "
        "came") },
};

static void
explain_rest (WsTlsExplain *walk, GPtrArray *problems, guint status)
{
  gnutls_datum_t text;

  for (guint i = 0; i < G_N_ELEMENTS (verdicts); i++)
    if (status & verdicts[i].bit)
      {
        status &= ~verdicts[i].bit;
        ws_tls_explain_add (walk, verdicts[i].code, 0,
                            g_strdup (_ (verdicts[i].text)));
      }

  /* INVALID goes with each of the others. */
  if ((status & ~(guint) GNUTLS_CERT_INVALID) == 0 && problems->len > 0)
    return;

  if (gnutls_certificate_verification_status_print (status, GNUTLS_CRT_X509,
                                                    &text, 0)
      < 0)
    {
      ws_tls_explain_add (walk, WS_TLS_PROBLEM_UNSPECIFIED, 0,
                          g_strdup (_ ("The certificate is not trusted")));
      return;
    }
  ws_tls_explain_add (walk, WS_TLS_PROBLEM_UNSPECIFIED, 0,
                      g_strchomp (g_utf8_make_valid ((const char *) text.data,
                                                     text.size)));
  gnutls_free (text.data);
}

static int
compare_problems (gconstpointer a, gconstpointer b)
{
  const WsTlsProblem *first = *(WsTlsProblem *const *) a;
  const WsTlsProblem *second = *(WsTlsProblem *const *) b;

  return first->depth != second->depth ? first->depth - second->depth
                                       : (int) first->code - (int) second->code;
}

static void
explain (gnutls_session_t          session,
         gnutls_x509_trust_list_t  trust,
         const WsTlsVerifyOptions *options,
         const Demands            *demands,
         GPtrArray                *chain,
         guint                     status,
         GPtrArray                *problems)
{
  g_autoptr (WsTlsExplain) walk = NULL;
  guint unexplained = status;

  if (status == 0 && options->depth == 0)
    return;
  walk = ws_tls_explain_new (chain, trust, problems);
  /* The limit is ours, and so no part of GnuTLS's verdict. */
  ws_tls_explain_length (walk, options->depth);
  if (status == 0)
    return;

  unexplained &= ~ws_tls_explain_issuers (walk);
  unexplained &= ~ws_tls_explain_signatures (walk, status);
  unexplained &= ~ws_tls_explain_validity (walk);
  unexplained &= ~ws_tls_explain_purpose (walk, demands->purpose);
  unexplained &= ~explain_host (walk, g_ptr_array_index (chain, 0), demands,
                                options->host);
  if (status & GNUTLS_CERT_REVOKED)
    unexplained &= ~explain_responses (walk, session, chain);
  unexplained &= ~ws_tls_explain_revocation (walk);
  explain_rest (walk, problems, unexplained);
  g_ptr_array_sort (problems, compare_problems);
}

GPtrArray *
ws_tls_verify (gnutls_session_t          session,
               gnutls_x509_trust_list_t  trust,
               const WsTlsVerifyOptions *options)
{
  g_autoptr (GPtrArray) problems
      = g_ptr_array_new_with_free_func ((GDestroyNotify) ws_tls_problem_free);
  g_autoptr (GPtrArray) chain = NULL;
  g_auto (Demands) demands = { 0 };
  const gnutls_datum_t *list = NULL;
  guint                 n_list = 0, status = 0;
  int                   result;

  list = gnutls_certificate_get_peers (session, &n_list);
  if (list == NULL || n_list == 0)
    {
      add_problem (problems, WS_TLS_PROBLEM_NO_PEER_CERTIFICATE,
                   g_strdup (_ ("The peer has shown no certificate")));
      return g_steal_pointer (&problems);
    }

  demands_init (&demands, options);
  chain = options->chain != NULL ? g_ptr_array_ref (options->chain)
                                 : ws_tls_chain_read (session);
  result = gnutls_certificate_verify_peers (session, demands.list,
                                            demands.n_list, &status);
  if (result < 0 || chain->len < n_list)
    add_problem (problems, WS_TLS_PROBLEM_UNSPECIFIED,
                 g_strdup_printf (
                     _ ("The certificate chain cannot be judged: %s"),
                     gnutls_strerror (
                         result < 0 ? result : GNUTLS_E_CERTIFICATE_ERROR)));
  if (chain->len < n_list)
    return g_steal_pointer (&problems);

  if (result < 0)
    status = GNUTLS_CERT_INVALID;
  if (!matches_host (g_ptr_array_index (chain, 0), &demands))
    status |= GNUTLS_CERT_INVALID | GNUTLS_CERT_UNEXPECTED_OWNER;
  explain (session, trust, options, &demands, chain, status, problems);
  return g_steal_pointer (&problems);
}

void
ws_tls_problem_free (WsTlsProblem *self)
{
  g_clear_pointer (&self->certificate, g_bytes_unref);
  g_free (self->text);
  g_free (self);
}
