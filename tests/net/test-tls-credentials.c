/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/ws-tls-credentials.h"

#include <glib/gstdio.h>
#include <gnutls/pkcs11.h>
#include <string.h>

#include "support/ws-test.h"
#include "tls-rig.h"

#define SERVER .chain = "server-chain.pem", .key = "server.key"
#define TRUST  .trust = "root.pem"

#define PIN "1234"

/* --- Identities --- */

typedef struct
{
  const char *name;
  const char *chain; /* file; "=…": the text itself */
  const char *key;
  const char *password;
  int         code; /* of G_TLS_ERROR; -1: fine */
  const char *text; /* part of the error's */
} Case;

/* clang-format off */
static const Case cases[] = {
  { "pem", "server-chain.pem", "leaf.key", NULL, -1 },
  { "pem-unsorted", "server-unsorted.pem", "leaf.key", NULL, -1 },
  { "pem-rsa", "server-rsa.pem", "rsa.key", NULL, -1 },
  { "pem-needless-password", "server-chain.pem", "leaf.key", "needless", -1 },
  { "der", "server.der", "leaf-key.der", NULL, -1 },
  { "der-pem", "server.der", "leaf.key", NULL, -1 },
  { "encrypted", "server.pem", "encrypted.key", "secret", -1 },
  { "encrypted-wrong", "server.pem", "encrypted.key", "wrong",
    G_TLS_ERROR_BAD_CERTIFICATE_PASSWORD, "password is wrong" },
  { "encrypted-empty", "server.pem", "encrypted.key", "",
    G_TLS_ERROR_BAD_CERTIFICATE_PASSWORD, "password is wrong" },
  { "encrypted-missing", "server.pem", "encrypted.key", NULL,
    G_TLS_ERROR_BAD_CERTIFICATE_PASSWORD, "no password" },
  { "mismatch", "server.pem", "rsa.key", NULL, G_TLS_ERROR_BAD_CERTIFICATE,
    "does not belong" },
  { "no-key", "server.pem", NULL, NULL, G_TLS_ERROR_BAD_CERTIFICATE,
    "without a key" },
  { "no-chain", NULL, "leaf.key", NULL, G_TLS_ERROR_BAD_CERTIFICATE,
    "without a certificate" },
  { "key-is-certificate", "server.pem", "server.pem", NULL,
    G_TLS_ERROR_BAD_CERTIFICATE, "The key cannot" },
  { "chain-is-key", "leaf.key", "leaf.key", NULL, G_TLS_ERROR_BAD_CERTIFICATE,
    "The certificate cannot" },
  { "chain-is-nonsense", "=nonsense", "leaf.key", NULL,
    G_TLS_ERROR_BAD_CERTIFICATE, "The certificate cannot" },
  { "chain-is-empty", "=", "leaf.key", NULL, G_TLS_ERROR_BAD_CERTIFICATE,
    "The certificate cannot" },
  { "chain-is-cut", "=-----BEGIN CERTIFICATE-----\nMIIB", "leaf.key", NULL,
    G_TLS_ERROR_BAD_CERTIFICATE, "The certificate cannot" },
  { "key-is-nonsense", "server.pem", "=nonsense", NULL,
    G_TLS_ERROR_BAD_CERTIFICATE, "The key cannot" },
  { "key-is-empty", "server.pem", "=", NULL, G_TLS_ERROR_BAD_CERTIFICATE,
    "The key cannot" },
};
/* clang-format on */

/* (transfer full) (nullable) */
static GBytes *
bytes_of (const char *name)
{
  if (name == NULL)
    return NULL;
  return name[0] == '=' ? g_bytes_new (name + 1, strlen (name) - 1)
                        : tls_rig_read (name);
}

static WsTlsCredentials *
load (const WsTlsIdentity *identity, GError **error)
{
  g_autoptr (GPtrArray) identities = g_ptr_array_new ();
  WsTlsConfig config = { .is_server = TRUE, .identities = identities };

  g_ptr_array_add (identities, (gpointer) identity);
  return ws_tls_credentials_new (&config, error);
}

static void
test_identity (gconstpointer data)
{
  const Case *c = data;
  g_autoptr (GBytes) chain = bytes_of (c->chain);
  g_autoptr (GBytes) key = bytes_of (c->key);
  WsTlsIdentity identity
      = { .chain = chain, .key = key, .password = (char *) c->password };
  g_autoptr (GError) error = NULL;
  g_autoptr (WsTlsCredentials) credentials = load (&identity, &error);

  if (c->code < 0)
    {
      g_assert_no_error (error);
      g_assert_nonnull (credentials);
      return;
    }
  g_assert_null (credentials);
  g_assert_error (error, G_TLS_ERROR, c->code);
  g_assert_nonnull (strstr (error->message, c->text));
}

static void
test_one_file (void)
{
  g_autoptr (GBytes) chain = tls_rig_read ("server-chain.pem");
  g_autoptr (GBytes) key = tls_rig_read ("leaf.key");
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GBytes) both = NULL;
  g_autoptr (GError) error = NULL;
  WsTlsIdentity identity = { 0 };
  g_autoptr (WsTlsCredentials) credentials = NULL;

  g_string_append_len (text, g_bytes_get_data (key, NULL),
                       (gssize) g_bytes_get_size (key));
  g_string_append_len (text, g_bytes_get_data (chain, NULL),
                       (gssize) g_bytes_get_size (chain));
  both = g_bytes_new (text->str, text->len);
  identity.chain = both;
  credentials = load (&identity, &error);
  g_assert_no_error (error);
}

/* --- Authorities, revocations, OCSP --- */

typedef struct
{
  const char *name;
  const char *authority, *revocation, *ocsp;
  const char *text; /* NULL: fine */
} Item;

/* clang-format off */
static const Item items[] = {
  { "pem", "root.pem", "crl.pem", NULL, NULL },
  { "der", "server.der", NULL, NULL, NULL },
  { "crl-der", "root.pem", "crl.der", NULL, NULL },
  { "ocsp", "root.pem", NULL, "server-rsa.ocsp", NULL },
  { "authority-nonsense", "=nonsense", NULL, NULL, "The authority (number 1)" },
  { "authority-empty", "=", NULL, NULL, "The authority (number 1)" },
  { "authority-is-key", "leaf.key", NULL, NULL, "The authority (number 1)" },
  { "crl-nonsense", "root.pem", "=nonsense", NULL,
    "The revocation list (number 1)" },
  { "ocsp-nonsense", "root.pem", NULL, "=nonsense", "The OCSP response" },
  { "ocsp-of-another", "root.pem", NULL, "revoked.ocsp", "The OCSP response" },
};
/* clang-format on */

static GPtrArray *
list_of (GBytes *bytes)
{
  GPtrArray *list = g_ptr_array_new ();

  if (bytes != NULL)
    g_ptr_array_add (list, bytes);
  return list;
}

static void
test_item (gconstpointer data)
{
  const Item *item = data;
  g_autoptr (GBytes) chain = tls_rig_read ("server-rsa.pem");
  g_autoptr (GBytes) key = tls_rig_read ("rsa.key");
  g_autoptr (GBytes) authority = bytes_of (item->authority);
  g_autoptr (GBytes) revocation = bytes_of (item->revocation);
  g_autoptr (GBytes) ocsp = bytes_of (item->ocsp);
  g_autoptr (GPtrArray) authorities = list_of (authority);
  g_autoptr (GPtrArray) revocations = list_of (revocation);
  g_autoptr (GPtrArray) identities = g_ptr_array_new ();
  WsTlsIdentity identity = { .chain = chain, .key = key };
  WsTlsConfig   config = { .is_server = TRUE,
                           .identities = identities,
                           .authorities = authorities,
                           .revocations = revocations,
                           .ocsp_response = ocsp };
  g_autoptr (GError) error = NULL;
  g_autoptr (WsTlsCredentials) credentials = NULL;

  g_ptr_array_add (identities, &identity);
  credentials = ws_tls_credentials_new (&config, &error);
  if (item->text == NULL)
    {
      g_assert_no_error (error);
      return;
    }
  g_assert_null (credentials);
  g_assert_error (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE);
  g_assert_true (g_str_has_prefix (error->message, item->text));
}

/* --- Priority --- */

typedef struct
{
  const char   *name;
  const char   *priority;
  WsTlsProtocol minimum, maximum;
  const char   *text; /* part of the error's; NULL: fine */
  gboolean      v12, v13;
} Priority;

/* clang-format off */
static const Priority priorities[] = {
  { "default", NULL, 0, 0, NULL, TRUE, TRUE },
  { "normal", "NORMAL", 0, 0, NULL, TRUE, TRUE },
  { "minimum", NULL, WS_TLS_PROTOCOL_1_3, 0, NULL, FALSE, TRUE },
  { "maximum", NULL, 0, WS_TLS_PROTOCOL_1_2, NULL, TRUE, FALSE },
  { "both", NULL, WS_TLS_PROTOCOL_1_2, WS_TLS_PROTOCOL_1_2, NULL, TRUE, FALSE },
  { "minimum-normal", "NORMAL", WS_TLS_PROTOCOL_1_3, 0, NULL, FALSE, TRUE },
  { "maximum-list", "SECURE128:+SECURE192", 0, WS_TLS_PROTOCOL_1_2, NULL, TRUE,
    FALSE },
  { "list-keeps", "NORMAL:-VERS-TLS1.3", WS_TLS_PROTOCOL_1_2, 0, NULL, TRUE,
    FALSE },
  { "nothing-left", "NORMAL:-VERS-TLS1.3", WS_TLS_PROTOCOL_1_3, 0,
    "leave nothing" },
  { "crossed", NULL, WS_TLS_PROTOCOL_1_3, WS_TLS_PROTOCOL_1_2,
    "leave nothing" },
  { "wrong", "NORMAL:+VERS-TLS9.9", 0, 0, "position 7" },
  { "wrong-first", "NURMAL:-VERS-TLS1.2", 0, 0, "position 0" },
  { "wrong-middle", "NORMAL:%NONSENSE:-VERS-TLS1.3", WS_TLS_PROTOCOL_1_2, 0,
    "position 7" },
};
/* clang-format on */

static gboolean
speaks (WsTlsCredentials *credentials, const char *priority)
{
  TlsRigSide side = { SERVER, .priority = priority };
  g_autoptr (WsTlsCredentials) theirs = tls_rig_credentials (TRUE, &side);
  WsTlsSessionOptions client = { .credentials = credentials };
  WsTlsSessionOptions server = { .credentials = theirs, .is_server = TRUE };
  TlsRig              rig = { 0 };
  gboolean            does;

  tls_rig_end_init (&rig.client, &client);
  tls_rig_end_init (&rig.server, &server);
  tls_rig_run (&rig);
  does = rig.client.progress == WS_TLS_DONE;
  tls_rig_clear (&rig);
  return does;
}

static void
test_priority (gconstpointer data)
{
  const Priority *p = data;
  WsTlsConfig     config = { .priority = p->priority,
                             .minimum = p->minimum,
                             .maximum = p->maximum,
                             .verify = WS_TLS_VERIFY_NONE };
  g_autoptr (GError) error = NULL;
  g_autoptr (WsTlsCredentials) credentials
      = ws_tls_credentials_new (&config, &error);

  if (p->text != NULL)
    {
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
      g_assert_nonnull (strstr (error->message, p->text));
      return;
    }
  g_assert_no_error (error);
  g_assert_true (speaks (credentials, "NORMAL:-VERS-ALL:+VERS-TLS1.2")
                 == p->v12);
  g_assert_true (speaks (credentials, "NORMAL:-VERS-ALL:+VERS-TLS1.3")
                 == p->v13);
  g_assert_true (ws_tls_credentials_may_speak_tls13 (credentials) == p->v13);
}

/* Whoever has recorded a connection, and later gets the server's key, can read
 * all of it if the secret was encrypted with that key. */
static void
test_static_rsa (gconstpointer data)
{
  static const char *const only = "NORMAL:-VERS-ALL:+VERS-TLS1.2:-KX-ALL:+RSA";
  gboolean                 is_server = GPOINTER_TO_INT (data);

  for (int asked = FALSE; asked <= TRUE; asked++)
    {
      const char *ours = asked ? "NORMAL" : NULL;
      TlsRigSide  client = { .trust = "root.pem" };
      TlsRigSide  server = { .chain = "server-rsa.pem", .key = "rsa.key" };
      TlsRig      rig;

      client.priority = is_server ? only : ours;
      server.priority = is_server ? ours : only;
      tls_rig_init (&rig, &client, &server);
      tls_rig_run (&rig);
      g_assert_true ((rig.client.progress == WS_TLS_DONE) == asked);
      tls_rig_clear (&rig);
    }
}

/* --- The system's trust --- */

static WsTlsCredentials *
load_system (gboolean is_server, WsTlsVerify verify, GPtrArray *authorities)
{
  WsTlsConfig config = { .is_server = is_server,
                         .verify = verify,
                         .system_trust = TRUE,
                         .authorities = authorities };
  g_autoptr (GError) error = NULL;
  WsTlsCredentials *credentials = ws_tls_credentials_new (&config, &error);

  g_assert_no_error (error);
  return credentials;
}

static guint
count_trusted (WsTlsCredentials *credentials)
{
  gnutls_x509_trust_list_iter_t iter = NULL;
  gnutls_x509_crt_t             authority;
  guint                         n = 0;

  while (gnutls_x509_trust_list_iter_get_ca (
             ws_tls_credentials_get_trust (credentials), &iter, &authority)
         >= 0)
    {
      gnutls_x509_crt_deinit (authority);
      n++;
    }
  return n;
}

static void
test_system_trust (void)
{
  g_autoptr (WsTlsCredentials) one
      = load_system (FALSE, WS_TLS_VERIFY_AUTO, NULL);
  g_autoptr (WsTlsCredentials) two
      = load_system (FALSE, WS_TLS_VERIFY_QUERY, NULL);
  g_autoptr (WsTlsCredentials) lax
      = load_system (FALSE, WS_TLS_VERIFY_NONE, NULL);
  g_autoptr (WsTlsCredentials) server
      = load_system (TRUE, WS_TLS_VERIFY_AUTO, NULL);
  g_autoptr (GBytes) root = tls_rig_read ("root.pem");
  g_autoptr (GPtrArray) authorities = list_of (root);
  g_autoptr (WsTlsCredentials) more
      = load_system (FALSE, WS_TLS_VERIFY_AUTO, authorities);

  g_assert_true (ws_tls_credentials_get_trust (one)
                 == ws_tls_credentials_get_trust (two));
  g_assert_cmpuint (count_trusted (lax), ==, 0);
  g_assert_cmpuint (count_trusted (server), ==, 0);
  g_assert_cmpuint (count_trusted (more), ==, count_trusted (one) + 1);
  g_assert_cmpint (ws_tls_credentials_get_verify (one), ==, WS_TLS_VERIFY_PEER);
  g_assert_cmpint (ws_tls_credentials_get_verify (server), ==,
                   WS_TLS_VERIFY_NONE);
}

/* --- Several identities --- */

/* The names that server-chain.pem and idn.pem are for. */
static void
test_sni (void)
{
  static const struct
  {
    const char *host;
    gboolean    is_second;
  } names[] = {
    { "localhost", FALSE },
    { "xn--bcher-kva.test", TRUE },
    { "bücher.test", TRUE },
    { "XN--BCHER-KVA.test", TRUE },
    { "www.example.test", FALSE },
    { "unknown.test", FALSE },
    { NULL, FALSE },
  };
  g_autoptr (GBytes) first = tls_rig_read ("server.pem");
  g_autoptr (GBytes) second = tls_rig_read ("idn.pem");
  g_autoptr (GBytes) key = tls_rig_read ("leaf.key");
  WsTlsIdentity one = { .chain = first, .key = key };
  WsTlsIdentity two = { .chain = second, .key = key };

  for (guint order = 0; order < 2; order++)
    for (guint i = 0; i < G_N_ELEMENTS (names); i++)
      {
        TlsRigSide side = { .verify = WS_TLS_VERIFY_NONE };
        g_autoptr (GPtrArray) identities = g_ptr_array_new ();
        WsTlsConfig config = { .is_server = TRUE, .identities = identities };
        g_autoptr (WsTlsCredentials) ours = tls_rig_credentials (FALSE, &side);
        g_autoptr (WsTlsCredentials) theirs = NULL;
        g_autoptr (GPtrArray) chain = NULL;
        WsTlsSessionOptions client
            = { .credentials = ours, .host = names[i].host };
        WsTlsSessionOptions server = { .is_server = TRUE };
        TlsRig              rig = { 0 };
        gboolean            is_second;
        GBytes             *leaf;

        g_ptr_array_add (identities, order == 0 ? &one : &two);
        g_ptr_array_add (identities, order == 0 ? &two : &one);
        server.credentials = theirs = ws_tls_credentials_new (&config, NULL);
        g_assert_nonnull (theirs);
        tls_rig_end_init (&rig.client, &client);
        tls_rig_end_init (&rig.server, &server);
        tls_rig_run (&rig);
        tls_rig_assert_works (&rig);

        chain = ws_tls_session_get_peer_chain (rig.client.session);
        leaf = g_ptr_array_index (chain, 0);
        is_second = tls_rig_contains (g_bytes_get_data (leaf, NULL),
                                      g_bytes_get_size (leaf), "bcher");
        /* Without a name that matches, the first will do. */
        if (i < 5)
          g_assert_true (is_second == names[i].is_second);
        else
          g_assert_true (is_second == (order == 1));
        tls_rig_clear (&rig);
      }
}

/* --- Tokens --- */

static int
on_pin (void       *user_data,
        int         attempt,
        const char *url,
        const char *label,
        unsigned    flags,
        char       *pin,
        size_t      size)
{
  g_strlcpy (pin, PIN, size);
  return 0;
}

static void
run (const char *command)
{
  g_autofree char *output = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  g_spawn_command_line_sync (command, &output, NULL, &status, &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
}

static void
fill_token (void)
{
  g_autoptr (GBytes) chain = tls_rig_read ("server.pem");
  g_autoptr (GBytes) key = tls_rig_read ("leaf.key");
  gnutls_datum_t    chain_datum = { (guint8 *) g_bytes_get_data (chain, NULL),
                                    (guint) g_bytes_get_size (chain) };
  gnutls_datum_t    key_datum = { (guint8 *) g_bytes_get_data (key, NULL),
                                  (guint) g_bytes_get_size (key) };
  gnutls_x509_crt_t certificate;
  gnutls_x509_privkey_t secret;

  gnutls_x509_crt_init (&certificate);
  gnutls_x509_crt_import (certificate, &chain_datum, GNUTLS_X509_FMT_PEM);
  gnutls_x509_privkey_init (&secret);
  gnutls_x509_privkey_import (secret, &key_datum, GNUTLS_X509_FMT_PEM);
  gnutls_pkcs11_set_pin_function (on_pin, NULL);
  g_assert_cmpint (gnutls_pkcs11_copy_x509_crt ("pkcs11:token=ws", certificate,
                                                "server", 0),
                   ==, 0);
  g_assert_cmpint (gnutls_pkcs11_copy_x509_privkey (
                       "pkcs11:token=ws", secret, "server",
                       GNUTLS_KEY_DIGITAL_SIGNATURE,
                       GNUTLS_PKCS11_OBJ_FLAG_MARK_PRIVATE
                           | GNUTLS_PKCS11_OBJ_FLAG_MARK_SENSITIVE
                           | GNUTLS_PKCS11_OBJ_FLAG_LOGIN),
                   ==, 0);
  gnutls_pkcs11_set_pin_function (NULL, NULL);
  gnutls_x509_crt_deinit (certificate);
  gnutls_x509_privkey_deinit (secret);
}

static WsTlsCredentials *
load_token (const char *chain, const char *key, const char *pin, GError **error)
{
  WsTlsIdentity identity = { .chain_uri = (char *) chain,
                             .key_uri = (char *) key,
                             .password = (char *) pin };

  return load (&identity, error);
}

static void
check_token (void)
{
  const char *chain = "pkcs11:token=ws;object=server;type=cert";
  const char *key = "pkcs11:token=ws;object=server;type=private";
  TlsRigSide  side = { TRUST, .verify = WS_TLS_VERIFY_QUERY };
  g_autoptr (WsTlsCredentials) ours = tls_rig_credentials (FALSE, &side);
  g_autoptr (WsTlsCredentials) theirs = NULL;
  g_autoptr (GError) error = NULL;
  WsTlsSessionOptions client = { .credentials = ours, .host = "localhost" };
  WsTlsSessionOptions server = { .is_server = TRUE };
  TlsRig              rig = { 0 };

  g_assert_null (load_token (chain, key, NULL, &error));
  g_assert_error (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE_PASSWORD);
  g_clear_error (&error);
  g_assert_null (load_token (chain, key, "4321", &error));
  g_assert_error (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE_PASSWORD);
  g_clear_error (&error);
  g_assert_null (
      load_token ("pkcs11:token=ws;object=none;type=cert", key, PIN, &error));
  g_assert_error (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE);
  g_clear_error (&error);
  g_assert_null (
      load_token (chain, "pkcs11:token=none;type=private", PIN, &error));
  g_assert_error (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE);
  g_clear_error (&error);

  server.credentials = theirs = load_token (chain, key, PIN, &error);
  g_assert_no_error (error);
  tls_rig_end_init (&rig.client, &client);
  tls_rig_end_init (&rig.server, &server);
  tls_rig_run (&rig);
  tls_rig_assert_works (&rig);
  tls_rig_clear (&rig);
}

static void
test_token (void)
{
  g_autofree char *program = g_find_program_in_path ("softhsm2-util");
  g_autofree char *folder = NULL;
  g_autofree char *tokens = NULL;
  g_autofree char *conf = NULL;
  g_autofree char *text = NULL;
  g_autofree char *clean = NULL;

  if (program == NULL)
    {
      g_test_skip ("There is no SoftHSM2");
      return;
    }
  folder = g_dir_make_tmp ("ws-token-XXXXXX", NULL);
  tokens = g_build_filename (folder, "tokens", NULL);
  conf = g_build_filename (folder, "softhsm2.conf", NULL);
  text = g_strdup_printf ("directories.tokendir = %s\n", tokens);
  g_mkdir (tokens, 0700);
  g_file_set_contents (conf, text, -1, NULL);
  g_setenv ("SOFTHSM2_CONF", conf, TRUE);
  run ("softhsm2-util --init-token --free --label ws --pin " PIN
       " --so-pin 5678");

  fill_token ();
  check_token ();
  clean = g_strdup_printf ("rm -r %s", folder);
  run (clean);
}

/* --- */

static void
add (const char   *group,
     const char   *name,
     gconstpointer data,
     GTestDataFunc func)
{
  g_autofree char *path
      = g_strdup_printf ("/net/tls-credentials/%s/%s", group, name);

  g_test_add_data_func (path, data, func);
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    add ("identity", cases[i].name, &cases[i], test_identity);
  for (guint i = 0; i < G_N_ELEMENTS (items); i++)
    add ("item", items[i].name, &items[i], test_item);
  for (guint i = 0; i < G_N_ELEMENTS (priorities); i++)
    add ("priority", priorities[i].name, &priorities[i], test_priority);
  add ("static-rsa", "client", GINT_TO_POINTER (FALSE), test_static_rsa);
  add ("static-rsa", "server", GINT_TO_POINTER (TRUE), test_static_rsa);
  g_test_add_func ("/net/tls-credentials/one-file", test_one_file);
  g_test_add_func ("/net/tls-credentials/system-trust", test_system_trust);
  g_test_add_func ("/net/tls-credentials/sni", test_sni);
  g_test_add_func ("/net/tls-credentials/token", test_token);
  return g_test_run ();
}
