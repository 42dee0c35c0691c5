/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/ws-tls-verify.h"

#include <gnutls/ocsp.h>
#include <string.h>

#include "support/ws-test.h"

#define MAX_PROBLEMS 4

#define TLS_1_2 "NORMAL:-VERS-ALL:+VERS-TLS1.2"
#define TLS_1_3 "NORMAL:-VERS-ALL:+VERS-TLS1.3"

typedef struct
{
  WsTlsProblemCode code;
  int              depth;
} Expected;

typedef struct
{
  const char *name;
  const char *chain; /* file of the one who is judged; NULL: shows none */
  const char *key;
  const char *trust;     /* file of the judge, NULL: trusts nobody */
  const char *host;      /* NULL: any */
  const char *crl;       /* file, NULL: none */
  const char *ocsp;      /* file that is stapled, NULL: none */
  gboolean    is_client; /* the client's certificate is judged by the server */
  guint       depth;     /* the limit */
  const char *text;      /* part of the first problem's text, NULL: any */
  guint       n_expected;
  Expected    expected[MAX_PROBLEMS];
} Case;

#define P(problem, at)           \
  {                              \
    WS_TLS_PROBLEM_##problem, at \
  }

/* clang-format off */
static const Case cases[] = {
  { "good", "server-chain.pem", "leaf.key", "root.pem", "localhost" },
  { "good-rsa", "server-rsa.pem", "rsa.key", "root.pem", "localhost" },
  { "good-wildcard", "server-chain.pem", "leaf.key", "root.pem",
    "www.example.test" },
  { "good-upper-case", "server-chain.pem", "leaf.key", "root.pem",
    "LocalHost" },
  { "good-final-dot", "server-chain.pem", "leaf.key", "root.pem",
    "localhost." },
  { "good-ipv4", "server-chain.pem", "leaf.key", "root.pem", "127.0.0.1" },
  { "good-ipv6", "server-chain.pem", "leaf.key", "root.pem", "::1" },
  { "good-idn", "idn.pem", "leaf.key", "root.pem", "b\303\274cher.test" },
  { "good-idn-ascii", "idn.pem", "leaf.key", "root.pem", "xn--bcher-kva.test" },
  { "good-any-host", "wrong-host.pem", "leaf.key", "root.pem", NULL },
  { "good-root-sent", "server-full-chain.pem", "leaf.key", "root.pem",
    "localhost" },
  { "good-intermediate-trusted", "server.pem", "leaf.key", "intermediate.pem",
    "localhost" },
  { "good-pinned", "self-signed.pem", "leaf.key", "self-signed.pem",
    "localhost" },
  { "good-crl", "server-rsa.pem", "rsa.key", "root.pem", "localhost",
    .crl = "crl.pem" },
  { "good-depth", "server-full-chain.pem", "leaf.key", "root.pem", "localhost",
    .depth = 2 },
  { "good-client", "client.pem", "leaf.key", "root.pem", NULL,
    .is_client = TRUE },

  { "no-certificate", NULL, NULL, "root.pem", NULL, .is_client = TRUE,
    .n_expected = 1, .expected = { P (NO_PEER_CERTIFICATE, -1) } },
  { "self-signed", "self-signed.pem", "leaf.key", "root.pem", "localhost",
    .text = "CN=self-signed", .n_expected = 1,
    .expected = { P (SELF_SIGNED_CERTIFICATE, 0) } },
  { "self-signed-no-trust", "self-signed.pem", "leaf.key", NULL, "localhost",
    .n_expected = 1, .expected = { P (SELF_SIGNED_CERTIFICATE, 0) } },
  { "root-in-chain", "server-full-chain.pem", "leaf.key", "other-root.pem",
    "localhost",
    .text = "CN=root", .n_expected = 1,
    .expected = { P (SELF_SIGNED_CERTIFICATE_IN_CHAIN, 2) } },
  { "missing-intermediate", "server.pem", "leaf.key", "root.pem", "localhost",
    .n_expected = 1, .expected =
    { P (UNABLE_TO_GET_LOCAL_ISSUER_CERTIFICATE, 0) } },
  { "unknown-issuer", "unknown-issuer.pem", "leaf.key", "root.pem", "localhost",
    .n_expected = 1, .expected =
    { P (UNABLE_TO_GET_LOCAL_ISSUER_CERTIFICATE, 0) } },
  { "unknown-issuer-chain", "unknown-issuer-chain.pem", "leaf.key", "root.pem",
    "localhost",
    .n_expected = 1, .expected = { P (SELF_SIGNED_CERTIFICATE_IN_CHAIN, 1) } },
  { "untrusted-root-missing", "server-chain.pem", "leaf.key", "other-root.pem",
    "localhost",
    .text = "CN=intermediate", .n_expected = 1,
    .expected = { P (UNABLE_TO_GET_LOCAL_ISSUER_CERTIFICATE, 1) } },
  { "forged", "forged.pem", "leaf.key", "root.pem", "localhost",
    .n_expected = 1, .expected =
    { P (UNABLE_TO_GET_LOCAL_ISSUER_CERTIFICATE, 0) } },
  { "tampered", "tampered.pem", "rsa.key", "root.pem", "localhost",
    .n_expected = 1, .expected = { P (CERTIFICATE_SIGNATURE_FAILED, 0) } },
  { "expired", "expired.pem", "leaf.key", "root.pem", "localhost",
    .text = "2021-01-01 00:00:00 UTC", .n_expected = 1,
    .expected = { P (CERTIFICATE_EXPIRED, 0) } },
  { "not-yet-valid", "not-yet-valid.pem", "leaf.key", "root.pem", "localhost",
    .text = "2089-01-01 00:00:00 UTC", .n_expected = 1,
    .expected = { P (CERTIFICATE_NOT_YET_VALID, 0) } },
  { "wrong-host", "wrong-host.pem", "leaf.key", "root.pem", "localhost",
    .text = "DNS:other.test, not for localhost", .n_expected = 1,
    .expected = { P (HOST_NAME_MISMATCH, 0) } },
  { "wrong-address", "server-chain.pem", "leaf.key", "root.pem", "127.0.0.2",
    .text = "IP:127.0.0.1", .n_expected = 1,
    .expected = { P (HOST_NAME_MISMATCH, 0) } },
  { "many-names", "many-names.pem", "leaf.key", "root.pem", "localhost",
    .text = "DNS:host-7.test, DNS:host-8.test and 12 more, not for localhost",
    .n_expected = 1,
    .expected = { P (HOST_NAME_MISMATCH, 0) } },
  { "common-name", "localhost.pem", "leaf.key", "root.pem", "localhost",
    .text = "no name at all, not for localhost", .n_expected = 1,
    .expected = { P (HOST_NAME_MISMATCH, 0) } },
  { "common-name-pinned", "localhost.pem", "leaf.key", "localhost.pem",
    "localhost",
    .n_expected = 1, .expected = { P (HOST_NAME_MISMATCH, 0) } },
  { "good-common-name-any-host", "localhost.pem", "leaf.key", "root.pem",
    NULL },
  { "wildcard-too-deep", "server-chain.pem", "leaf.key", "root.pem",
    "a.b.example.test",
    .n_expected = 1, .expected = { P (HOST_NAME_MISMATCH, 0) } },
  { "weak", "weak.pem", "weak.key", "root.pem", "localhost",
    .n_expected = 1, .expected = { P (INSECURE_ALGORITHM, 0) } },
  { "client-as-server", "client.pem", "leaf.key", "root.pem", NULL,
    .text = "not for a server", .n_expected = 1,
    .expected = { P (INVALID_PURPOSE, 0) } },
  { "server-as-client", "server-chain.pem", "leaf.key", "root.pem", NULL,
    .is_client = TRUE,
    .text = "not for a client", .n_expected = 1,
    .expected = { P (INVALID_PURPOSE, 0) } },
  { "not-a-ca", "under-leaf-chain.pem", "leaf.key", "root.pem", "localhost",
    .text = "CN=server", .n_expected = 1,
    .expected = { P (INVALID_CA_CERTIFICATE, 1) } },
  { "path-length", "too-deep-chain.pem", "leaf.key", "root.pem", "localhost",
    .text = "CN=short", .n_expected = 1,
    .expected = { P (PATH_LENGTH_EXCEEDED, 2) } },
  { "name-constraints", "outside-chain.pem", "leaf.key", "root.pem",
    "localhost",
    .text = "constraints", .n_expected = 1,
    .expected = { P (UNSPECIFIED, 0) } },
  { "depth", "server-chain.pem", "leaf.key", "root.pem", "localhost",
    .depth = 1,
    .n_expected = 1, .expected = { P (PATH_LENGTH_EXCEEDED, 1) } },
  { "revoked", "revoked.pem", "leaf.key", "root.pem", "localhost",
    .crl = "crl.pem",
    .n_expected = 1, .expected = { P (CERTIFICATE_REVOKED, 0) } },
  { "revoked-ca", "under-revoked-chain.pem", "leaf.key", "root.pem",
    "localhost", .crl = "crl.pem",
    .text = "CN=revoked-ca", .n_expected = 1,
    .expected = { P (CERTIFICATE_REVOKED, 1) } },

  { "three", "three.pem", "leaf.key", "root.pem", "localhost", .n_expected = 3,
    .expected = { P (SELF_SIGNED_CERTIFICATE, 0), P (CERTIFICATE_EXPIRED, 0),
                  P (HOST_NAME_MISMATCH, 0) } },
  { "two-expired", "under-expired-chain.pem", "leaf.key", "root.pem",
    "localhost", .n_expected = 2,
    .expected = { P (CERTIFICATE_EXPIRED, 0), P (CERTIFICATE_EXPIRED, 1) } },
  { "expired-unknown-issuer", "under-expired-chain.pem", "leaf.key",
    "other-root.pem", "example.test",
    .n_expected = 4,
    .expected = { P (CERTIFICATE_EXPIRED, 0), P (HOST_NAME_MISMATCH, 0),
                  P (UNABLE_TO_GET_LOCAL_ISSUER_CERTIFICATE, 1),
                  P (CERTIFICATE_EXPIRED, 1) } },
  { "revoked-wrong-host", "revoked.pem", "leaf.key", "root.pem", "other.test",
    .crl = "crl.pem",
    .n_expected = 2, .expected =
    { P (CERTIFICATE_REVOKED, 0), P (HOST_NAME_MISMATCH, 0) } },
  { "weak-wrong-host", "weak.pem", "weak.key", "root.pem", "other.test",
    .n_expected = 2, .expected =
    { P (HOST_NAME_MISMATCH, 0), P (INSECURE_ALGORITHM, 0) } },
  { "expired-root-sent", "under-expired-chain.pem", "leaf.key",
    "expired-ca.pem", "localhost",
    .n_expected = 2,
    .expected = { P (CERTIFICATE_EXPIRED, 0), P (CERTIFICATE_EXPIRED, 1) } },

  { "ocsp-good", "server-rsa.pem", "rsa.key", "root.pem", "localhost",
    .ocsp = "server-rsa.ocsp" },
  { "ocsp-must-staple", "must-staple.pem", "leaf.key", "root.pem", "localhost",
    .ocsp = "must-staple.ocsp" },
  { "ocsp-missing", "must-staple.pem", "leaf.key", "root.pem", "localhost",
    .n_expected = 1, .expected = { P (OCSP_STATUS_MISSING, 0) } },
  { "ocsp-revoked", "revoked.pem", "leaf.key", "root.pem", "localhost",
    .ocsp = "revoked.ocsp",
    .n_expected = 1, .expected = { P (CERTIFICATE_REVOKED, 0) } },
  { "ocsp-of-another", "expired.pem", "leaf.key", "root.pem", "localhost",
    .ocsp = "server-rsa.ocsp",
    .n_expected = 2,
    .expected = { P (CERTIFICATE_EXPIRED, 0), P (OCSP_STATUS_INVALID, 0) } },
};
/* clang-format on */

/* One end of the connection: what the other end has written to it. */
typedef struct
{
  gnutls_session_t                 session;
  gnutls_certificate_credentials_t credentials;
  gnutls_x509_trust_list_t         trust;  /* (unowned): the credentials' */
  GByteArray                      *inbox;  /* (owned) */
  GByteArray                      *outbox; /* (unowned): the other's inbox */
} End;

static ssize_t
on_push (gnutls_transport_ptr_t ptr, const void *data, size_t len)
{
  End *end = ptr;

  g_byte_array_append (end->outbox, data, len);
  return len;
}

static ssize_t
on_pull (gnutls_transport_ptr_t ptr, void *data, size_t len)
{
  End *end = ptr;

  len = MIN (len, end->inbox->len);
  if (len == 0)
    {
      gnutls_transport_set_errno (end->session, EAGAIN);
      return -1;
    }
  memcpy (data, end->inbox->data, len);
  g_byte_array_remove_range (end->inbox, 0, len);
  return len;
}

static char *
path_of (const char *file)
{
  const char *folder = g_getenv ("WS_TEST_CERTIFICATES");

  g_assert_nonnull (folder);
  return g_build_filename (folder, file, NULL);
}

static void
load_trust (End *end, const char *trust, const char *crl)
{
  g_autofree char *trust_path = trust != NULL ? path_of (trust) : NULL;
  g_autofree char *crl_path = crl != NULL ? path_of (crl) : NULL;

  g_assert_cmpint (gnutls_x509_trust_list_init (&end->trust, 0), ==, 0);
  gnutls_certificate_set_trust_list (end->credentials, end->trust, 0);
  if (trust == NULL)
    return;
  g_assert_cmpint (gnutls_x509_trust_list_add_trust_file (end->trust,
                                                          trust_path, crl_path,
                                                          GNUTLS_X509_FMT_PEM,
                                                          0, 0),
                   >, 0);
}

static void
end_init (End *end, guint flags, const char *priority)
{
  g_assert_cmpint (gnutls_init (&end->session, flags), ==, 0);
  g_assert_cmpint (gnutls_priority_set_direct (end->session, priority, NULL),
                   ==, 0);
  g_assert_cmpint (gnutls_certificate_allocate_credentials (&end->credentials),
                   ==, 0);
  gnutls_credentials_set (end->session, GNUTLS_CRD_CERTIFICATE,
                          end->credentials);
  gnutls_transport_set_ptr (end->session, end);
  gnutls_transport_set_push_function (end->session, on_push);
  gnutls_transport_set_pull_function (end->session, on_pull);
  gnutls_handshake_set_timeout (end->session, GNUTLS_INDEFINITE_TIMEOUT);
  end->inbox = g_byte_array_new ();
}

static void
end_clear (End *end)
{
  gnutls_deinit (end->session);
  gnutls_certificate_free_credentials (end->credentials);
  g_byte_array_unref (end->inbox);
}

/* GnuTLS would not staple a bad response by itself. */
static int
on_status_request (gnutls_session_t session,
                   void            *user_data,
                   gnutls_datum_t  *response)
{
  g_autofree char *path = path_of (user_data);

  return gnutls_load_file (path, response);
}

static void
load_identity (End *end, const char *chain, const char *key, const char *ocsp)
{
  g_autofree char *chain_path = path_of (chain);
  g_autofree char *key_path = path_of (key);

  g_assert_cmpint (gnutls_certificate_set_x509_key_file (end->credentials,
                                                         chain_path, key_path,
                                                         GNUTLS_X509_FMT_PEM),
                   >=, 0);
  if (ocsp != NULL)
    gnutls_certificate_set_ocsp_status_request_function (end->credentials,
                                                         on_status_request,
                                                         (void *) ocsp);
}

static void
shake_hands (End *client, End *server)
{
  int client_result = GNUTLS_E_AGAIN, server_result = GNUTLS_E_AGAIN;

  for (int i = 0; i < 20 && (client_result != 0 || server_result != 0); i++)
    {
      if (client_result != 0)
        client_result = gnutls_handshake (client->session);
      if (server_result != 0)
        server_result = gnutls_handshake (server->session);
      g_assert_false (client_result != 0
                      && gnutls_error_is_fatal (client_result));
      g_assert_false (server_result != 0
                      && gnutls_error_is_fatal (server_result));
    }
  g_assert_cmpint (client_result, ==, 0);
  g_assert_cmpint (server_result, ==, 0);
}

static void
check_problems (GPtrArray *problems, const Case *test)
{
  for (guint i = 0; i < problems->len; i++)
    {
      const WsTlsProblem *problem = g_ptr_array_index (problems, i);

      g_test_message ("%d at %d: %s", problem->code, problem->depth,
                      problem->text);
    }

  g_assert_cmpuint (problems->len, ==, test->n_expected);
  for (guint i = 0; i < problems->len; i++)
    {
      const WsTlsProblem *problem = g_ptr_array_index (problems, i);

      g_assert_cmpint (problem->code, ==, test->expected[i].code);
      g_assert_cmpint (problem->depth, ==, test->expected[i].depth);
      g_assert_true ((problem->certificate != NULL) == (problem->depth >= 0));
      g_assert_true (g_utf8_validate (problem->text, -1, NULL));
      if (i == 0 && test->text != NULL
          && strstr (problem->text, test->text) == NULL)
        g_error ("\"%s\" is not in \"%s\"", test->text, problem->text);
    }
}

static GPtrArray *
run (const Case *test, const char *priority)
{
  End                      client = { 0 }, server = { 0 };
  End                     *judge = test->is_client ? &server : &client;
  GPtrArray               *problems = NULL;
  const WsTlsVerifyOptions options = { .host = test->host,
                                       .is_server = test->is_client,
                                       .depth = test->depth };

  end_init (&client, GNUTLS_CLIENT, priority);
  end_init (&server, GNUTLS_SERVER, priority);
  client.outbox = server.inbox;
  server.outbox = client.inbox;

  load_trust (judge, test->trust, test->crl);
  if (test->is_client)
    {
      gnutls_certificate_server_set_request (server.session,
                                             GNUTLS_CERT_REQUEST);
      load_identity (&server, "server-chain.pem", "leaf.key", NULL);
      /* Else a client keeps back what the server's list of
       * authorities lacks. */
      gnutls_certificate_send_x509_rdn_sequence (server.session, 1);
    }
  if (test->chain != NULL)
    load_identity (test->is_client ? &client : &server, test->chain, test->key,
                   test->ocsp);

  shake_hands (&client, &server);
  problems = ws_tls_verify (judge->session, judge->trust, &options);
  end_clear (&client);
  end_clear (&server);
  return problems;
}

static gboolean
is_missing (const char *file)
{
  g_autofree char *path = file != NULL ? path_of (file) : NULL;

  return path != NULL && !g_file_test (path, G_FILE_TEST_EXISTS);
}

static void
test_case (gconstpointer data)
{
  const Case *test = data;
  g_autoptr (GPtrArray) problems_1_3 = NULL;
  g_autoptr (GPtrArray) problems_1_2 = NULL;

  if (is_missing (test->ocsp))
    {
      g_test_skip ("there was no openssl to make the response with");
      return;
    }

  problems_1_3 = run (test, TLS_1_3);
  check_problems (problems_1_3, test);
  problems_1_2 = run (test, TLS_1_2);
  check_problems (problems_1_2, test);
}

/* The culprit itself is handed out, also when it is not the peer's own. */
static void
test_certificate (void)
{
  static const Case test = { "certificate", "server-full-chain.pem", "leaf.key",
                             "other-root.pem", "localhost" };
  g_autoptr (GPtrArray) problems = run (&test, TLS_1_3);
  const WsTlsProblem *problem = g_ptr_array_index (problems, 0);
  g_autofree char    *path = path_of ("root.pem");
  gnutls_datum_t      pem, der;
  gnutls_x509_crt_t   root;

  g_assert_cmpint (gnutls_load_file (path, &pem), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_init (&root), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_import (root, &pem, GNUTLS_X509_FMT_PEM), ==,
                   0);
  g_assert_cmpint (gnutls_x509_crt_export2 (root, GNUTLS_X509_FMT_DER, &der),
                   ==, 0);
  g_assert_cmpmem (g_bytes_get_data (problem->certificate, NULL),
                   g_bytes_get_size (problem->certificate), der.data, der.size);
  gnutls_free (pem.data);
  gnutls_free (der.data);
  gnutls_x509_crt_deinit (root);
}

/* The year 2080: certificates are still valid, responses are not. */
static time_t
on_time (time_t *seconds)
{
  time_t now = 3471292800;

  if (seconds != NULL)
    *seconds = now;
  return now;
}

static void
test_outdated (void)
{
  static const Case test
      = { "outdated",      "server-rsa.pem",
          "rsa.key",       "root.pem",
          "localhost",     .ocsp = "server-rsa.ocsp",
          .n_expected = 1, .expected = { P (OCSP_RESPONSE_OUTDATED, 0) } };
  g_autoptr (GPtrArray) problems = NULL;

  if (is_missing (test.ocsp))
    {
      g_test_skip ("there was no openssl to make the response with");
      return;
    }

  gnutls_global_set_time_function (on_time);
  problems = run (&test, TLS_1_3);
  gnutls_global_set_time_function (time);
  check_problems (problems, &test);
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path
          = g_strconcat ("/net/tls-verify/", cases[i].name, NULL);

      g_test_add_data_func (path, &cases[i], test_case);
    }
  g_test_add_func ("/net/tls-verify/certificate", test_certificate);
  g_test_add_func ("/net/tls-verify/outdated", test_outdated);
  return g_test_run ();
}
