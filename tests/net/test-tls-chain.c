/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/ws-tls-chain.h"

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <string.h>

#include "net/ws-tls-session.h"

#include "support/ws-test.h"
#include "tls-bare.h"

/* What a peer may show, and have examined. Nobody makes real keys of the sizes
 * that are at stake: only their public halves are shown, and those are any
 * numbers. */

#define MAX_CHAIN 17
#define RSA_SIZE  (16384 / 8)

typedef enum
{
  EC, /* as the key that signs */
  RSA,
  DSA
} Kind;

typedef struct
{
  const char *name;
  const char *text; /* part of the error's; NULL: it is judged */
  guint       n;    /* certificates */
  guint       at;   /* where the key is; the others are harmless */
  Kind        kind;
  guint       bits, exponent_bits;
  const char *oid; /* of an extension with @n_parts, NULL: the subject has */
  guint       n_parts;
} Case;

#define NAMES    "2.5.29.17"
#define PURPOSES "2.5.29.37"

/* clang-format off */
static const Case cases[] = {
  { "short", NULL, 1, 0, EC, 0, 0 },
  { "longest", NULL, 16, 0, EC, 0, 0 },
  { "too-long", "more than 16 certificates", 17, 0, EC, 0, 0 },
  { "largest", NULL, 3, 1, RSA, 8192, 64 },
  { "too-large", "CN=key has 8200 bits, more than 8192", 3, 1, RSA, 8200, 17 },
  { "too-large-last", "CN=key has 16384 bits", 3, 2, RSA, 16384, 16384 },
  { "too-large-own", "CN=key has 16384 bits", 3, 0, RSA, 16384, 16384 },
  { "exponent", "CN=key has an exponent of 72 bits, more than 64", 3, 1, RSA,
    2048, 72 },
  { "exponent-own", "CN=key has an exponent of 4096 bits", 1, 0, RSA, 4096,
    4096 },
  { "exponent-last-of-16", "CN=key has an exponent", 16, 15, RSA, 2048, 2048 },
  { "dsa", NULL, 2, 1, DSA, 3072, 256 },
  { "dsa-exponent", "CN=key has an exponent of 3072 bits, more than 512", 2, 1,
    DSA, 3072, 3072 },
  { "dsa-too-large", "CN=key has 16384 bits", 2, 1, DSA, 16384, 256 },
  { "names", NULL, 2, 1, EC, 0, 0, NAMES, 3900 },
  { "too-many-names", "more than 4096 parts", 2, 1, EC, 0, 0, NAMES, 4100 },
  { "purposes", NULL, 3, 0, EC, 0, 0, PURPOSES, 128 },
  { "too-many-purposes", "or 128 in one", 3, 0, EC, 0, 0, PURPOSES, 129 },
  { "subject", NULL, 1, 0, EC, 0, 0, NULL, 127 },
  { "subject-too-long", "or 128 in one", 16, 15, EC, 0, 0, NULL, 128 },
};
/* clang-format on */

static gnutls_privkey_t signing_key;

static gnutls_privkey_t
load_key (const char *name)
{
  g_autoptr (GBytes) pem = tls_rig_read (name);
  gnutls_datum_t   datum = { (guint8 *) g_bytes_get_data (pem, NULL),
                             (guint) g_bytes_get_size (pem) };
  gnutls_privkey_t key;

  gnutls_privkey_init (&key);
  g_assert_cmpint (gnutls_privkey_import_x509_raw (key, &datum,
                                                   GNUTLS_X509_FMT_PEM, NULL,
                                                   0),
                   ==, 0);
  return key;
}

/* Any odd number of so many bits, the first of them set. */
static gnutls_datum_t
make_number (guint8 *place, guint bits)
{
  guint size = (bits + 7) / 8;

  g_assert_cmpuint (size, <=, RSA_SIZE);
  memset (place, 0x55, size);
  place[0] = (guint8) (1 << ((bits + 7) % 8));
  place[size - 1] |= 1;
  return (gnutls_datum_t){ place, size };
}

static gnutls_pubkey_t
make_key (Kind kind, guint bits, guint exponent_bits)
{
  guint8          place[2][RSA_SIZE];
  gnutls_datum_t  number = make_number (place[0], MAX (bits, 8));
  gnutls_datum_t  exponent = make_number (place[1], MAX (exponent_bits, 8));
  gnutls_pubkey_t key;
  int             code;

  gnutls_pubkey_init (&key);
  if (kind == RSA)
    code = gnutls_pubkey_import_rsa_raw (key, &number, &exponent);
  else if (kind == DSA)
    code = gnutls_pubkey_import_dsa_raw (key, &number, &exponent, &number,
                                         &number);
  else
    code = gnutls_pubkey_import_privkey (key, signing_key, 0, 0);
  g_assert_cmpint (code, ==, 0);
  return key;
}

/* (transfer full): of @subject and @n_parts more */
static char *
make_dn (const char *subject, guint n_parts)
{
  GString *dn = g_string_new ("CN=");

  g_string_append (dn, subject);
  for (guint i = 0; i < n_parts; i++)
    g_string_append (dn, ",OU=x");
  return g_string_free (dn, FALSE);
}

static void
set_names (gnutls_x509_crt_t crt,
           const char       *subject,
           guint             n_parts,
           gnutls_pubkey_t   key)
{
  g_autofree char *dn = make_dn (subject, n_parts);

  g_assert_cmpint (gnutls_x509_crt_set_dn (crt, dn, NULL), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_set_pubkey (crt, key), ==, 0);
}

/* X.690, 8.1.3 and 8.9: so many of three bytes each, in a sequence. */
static void
add_parts (gnutls_x509_crt_t crt, const Case *test)
{
  gboolean      is_names = g_str_equal (test->oid, NAMES);
  const guint8  name[] = { 0x82, 1, 'a' }, purpose[] = { 0x06, 1, 0x2a };
  const guint8 *part = is_names ? name : purpose;
  gsize         len = test->n_parts * sizeof name;
  guint8        header[] = { 0x30, 0x82, (guint8) (len >> 8), (guint8) len };
  g_autoptr (GByteArray) list = g_byte_array_new ();

  g_byte_array_append (list, header, sizeof header);
  for (guint i = 0; i < test->n_parts; i++)
    g_byte_array_append (list, part, sizeof name);
  g_assert_cmpint (gnutls_x509_crt_set_extension_by_oid (crt, test->oid,
                                                         list->data, list->len,
                                                         0),
                   ==, 0);
}

static guint
get_n_in_subject (const Case *test, guint i)
{
  return i == test->at && test->oid == NULL ? test->n_parts : 0;
}

/* Each is issued by the next; the last by itself. */
static void
make_certificate (gnutls_pcert_st *pcert, const Case *test, guint i)
{
  gnutls_x509_crt_t crt, issuer;
  gnutls_pubkey_t   signer = make_key (EC, 0, 0);
  gnutls_pubkey_t   key
      = i == test->at ? make_key (test->kind, test->bits, test->exponent_bits)
                      : make_key (EC, 0, 0);
  g_autofree char *next = g_strdup_printf ("%u", MIN (i + 1, test->n - 1));
  g_autofree char *own = g_strdup_printf ("%u", i);

  gnutls_x509_crt_init (&crt);
  gnutls_x509_crt_init (&issuer);
  set_names (crt, i == test->at ? "key" : own, get_n_in_subject (test, i), key);
  set_names (issuer, i + 1 == test->at ? "key" : next,
             get_n_in_subject (test, MIN (i + 1, test->n - 1)), signer);
  gnutls_x509_crt_set_version (crt, 3);
  gnutls_x509_crt_set_serial (crt, "\1", 1);
  gnutls_x509_crt_set_activation_time (crt, 0);
  gnutls_x509_crt_set_expiration_time (crt, G_MAXINT32);
  gnutls_x509_crt_set_basic_constraints (crt, i > 0, -1);
  if (i == test->at && test->oid != NULL)
    add_parts (crt, test);
  g_assert_cmpint (gnutls_x509_crt_privkey_sign (crt, issuer, signing_key,
                                                 GNUTLS_DIG_SHA256, 0),
                   ==, 0);
  g_assert_cmpint (gnutls_pcert_import_x509 (pcert, crt, 0), ==, 0);
  gnutls_x509_crt_deinit (crt);
  gnutls_x509_crt_deinit (issuer);
  gnutls_pubkey_deinit (key);
  gnutls_pubkey_deinit (signer);
}

/* GnuTLS takes the certificates and the key, which need not fit together. */
static void
show_chain (TlsBare *bare, const Case *test)
{
  gnutls_pcert_st pcerts[MAX_CHAIN];
  gboolean        is_rsa = test->at == 0 && test->kind == RSA;

  for (guint i = 0; i < test->n; i++)
    make_certificate (&pcerts[i], test, i);
  gnutls_certificate_free_keys (bare->credentials);
  gnutls_certificate_set_flags (bare->credentials,
                                GNUTLS_CERTIFICATE_SKIP_KEY_CERT_MATCH);
  g_assert_cmpint (gnutls_certificate_set_key (bare->credentials, NULL, 0,
                                               pcerts, (int) test->n,
                                               load_key (is_rsa ? "rsa.key"
                                                                : "leaf.key")),
                   ==, 0);
}

static void
init_judge (TlsRigEnd *end, gboolean is_server, WsTlsVerify verify)
{
  TlsRigSide side = { .verify = verify };
  g_autoptr (WsTlsCredentials) credentials = NULL;
  WsTlsSessionOptions options = { .is_server = is_server };

  if (is_server)
    {
      side.chain = "server-chain.pem";
      side.key = "leaf.key";
    }
  credentials = tls_rig_credentials (is_server, &side);
  options.credentials = credentials;
  tls_rig_end_init (end, &options);
}

static void
run (const Case *test,
     gboolean    is_server,
     WsTlsVerify verify,
     const char *priority)
{
  gboolean  is_judged = verify != WS_TLS_VERIFY_NONE;
  TlsRigEnd judge;
  TlsBare   peer;
  int       code = GNUTLS_E_AGAIN;

  init_judge (&judge, is_server, verify);
  tls_bare_init (&peer, !is_server, priority);
  show_chain (&peer, test);
  tls_rig_step (&judge);
  do
    if (code == GNUTLS_E_AGAIN)
      code = gnutls_handshake (peer.tls);
  while (tls_bare_exchange (&peer, &judge));

  if (test->text != NULL)
    {
      g_assert_cmpint (judge.progress, ==, WS_TLS_FAILED);
      g_assert_error (judge.error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE);
      if (strstr (judge.error->message, test->text) == NULL)
        g_error ("\"%s\" is not in \"%s\"", test->text, judge.error->message);
      g_assert_cmpstr (judge.alerts->str, ==, "sent 2 42 ");
    }
  else
    g_assert_cmpint (judge.progress, ==,
                     is_judged ? WS_TLS_PAUSED : WS_TLS_DONE);
  tls_rig_end_clear (&judge);
  tls_bare_clear (&peer);
}

static void
test_case (gconstpointer data)
{
  static const char *const priorities[]
      = { "NORMAL:-VERS-ALL:+VERS-TLS1.2", "NORMAL:-VERS-ALL:+VERS-TLS1.3" };

  for (guint i = 0; i < G_N_ELEMENTS (priorities); i++)
    {
      run (data, FALSE, WS_TLS_VERIFY_PEER, priorities[i]);
      run (data, FALSE, WS_TLS_VERIFY_NONE, priorities[i]);
      run (data, TRUE, WS_TLS_VERIFY_PEER, priorities[i]);
    }
}

int
main (int argc, char **argv)
{
  int result;

  ws_test_init (&argc, &argv);
  signing_key = load_key ("leaf.key");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path
          = g_strconcat ("/net/tls-chain/", cases[i].name, NULL);

      g_test_add_data_func (path, &cases[i], test_case);
    }
  result = g_test_run ();
  gnutls_privkey_deinit (signing_key);
  return result;
}
