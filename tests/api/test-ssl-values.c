/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <ws-glib/ws-glib.h>

#include <string.h>

#include "support/ws-test.h"

static char *
path_of (const char *file)
{
  const char *folder = g_getenv ("WS_TEST_CERTIFICATES");

  g_assert_nonnull (folder);
  return g_build_filename (folder, file, NULL);
}

static WsSslCertificate *
load_certificate (const char *file)
{
  g_autofree char *path = path_of (file);
  g_autoptr (GError) error = NULL;
  WsSslCertificate *certificate
      = ws_ssl_certificate_new_from_file (path, &error);

  g_assert_no_error (error);
  g_assert_nonnull (certificate);
  return certificate;
}

static GBytes *
load_bytes (const char *file)
{
  g_autofree char *path = path_of (file);
  g_autoptr (GError) error = NULL;
  char *data = NULL;
  gsize len;

  g_file_get_contents (path, &data, &len, &error);
  g_assert_no_error (error);
  return g_bytes_new_take (data, len);
}

/* Certificates */

static void
test_certificate (void)
{
  g_autoptr (WsSslCertificate) certificate = load_certificate ("server.pem");
  g_autofree char   *before = NULL, *after = NULL, *digest = NULL;
  const char *const *names = NULL;

  g_assert_cmpstr (ws_ssl_certificate_get_subject (certificate), ==,
                   "CN=server");
  g_assert_cmpstr (ws_ssl_certificate_get_issuer (certificate), ==,
                   "CN=intermediate");
  g_assert_cmpstr (ws_ssl_certificate_get_serial_number (certificate), ==,
                   "04");
  before = g_date_time_format_iso8601 (
      ws_ssl_certificate_get_not_valid_before (certificate));
  g_assert_cmpstr (before, ==, "2020-01-01T00:00:00Z");
  after = g_date_time_format_iso8601 (
      ws_ssl_certificate_get_not_valid_after (certificate));
  g_assert_cmpstr (after, ==, "2090-01-01T00:00:00Z");

  names = ws_ssl_certificate_get_subject_alternative_names (certificate);
  g_assert_cmpuint (g_strv_length ((char **) names), ==, 4);
  g_assert_cmpstr (names[0], ==, "DNS:localhost");
  g_assert_cmpstr (names[1], ==, "DNS:*.example.test");
  g_assert_cmpstr (names[2], ==, "IP:127.0.0.1");
  g_assert_cmpstr (names[3], ==, "IP:::1");

  g_assert_cmpint (ws_ssl_certificate_get_key_algorithm (certificate), ==,
                   WS_SSL_KEY_ALGORITHM_EC);
  g_assert_cmpuint (ws_ssl_certificate_get_key_size (certificate), ==, 256);
  g_assert_false (ws_ssl_certificate_get_self_signed (certificate));
  digest = ws_ssl_certificate_digest (certificate, G_CHECKSUM_SHA256);
  g_assert_cmpuint (strlen (digest), ==, 64);
  g_assert_finalize_object (g_steal_pointer (&certificate));
}

static void
test_certificate_kinds (void)
{
  g_autoptr (WsSslCertificate) rsa = load_certificate ("server-rsa.pem");
  g_autoptr (WsSslCertificate) self_signed
      = load_certificate ("self-signed.pem");
  g_autoptr (WsSslCertificate) client = load_certificate ("client.pem");
  const char *const *names
      = ws_ssl_certificate_get_subject_alternative_names (client);

  g_assert_cmpint (ws_ssl_certificate_get_key_algorithm (rsa), ==,
                   WS_SSL_KEY_ALGORITHM_RSA);
  g_assert_cmpuint (ws_ssl_certificate_get_key_size (rsa), ==, 2048);
  g_assert_true (ws_ssl_certificate_get_self_signed (self_signed));
  g_assert_true (g_strv_contains (names, "email:client@example.test"));
  g_assert_true (g_strv_contains (names, "URI:https://example.test/client"));
}

static void
test_certificate_formats (void)
{
  g_autoptr (WsSslCertificate) pem = load_certificate ("server.pem");
  g_autoptr (WsSslCertificate) der = load_certificate ("server.der");
  g_autoptr (WsSslCertificate) again = NULL;
  g_autoptr (WsSslCertificate) other = load_certificate ("root.pem");
  g_autoptr (GBytes) file = load_bytes ("server.der");
  g_autoptr (GBytes) bytes = ws_ssl_certificate_to_der (pem);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = ws_ssl_certificate_to_pem (der);

  g_assert_true (g_bytes_equal (file, bytes));
  g_assert_true (ws_ssl_certificate_equal (pem, der));
  g_assert_false (ws_ssl_certificate_equal (pem, other));
  g_assert_cmpuint (ws_ssl_certificate_hash (pem), ==,
                    ws_ssl_certificate_hash (der));

  again = ws_ssl_certificate_new_from_pem (text, &error);
  g_assert_no_error (error);
  g_assert_true (ws_ssl_certificate_equal (pem, again));
}

static void
test_certificate_list (void)
{
  g_autofree char *path = path_of ("server-full-chain.pem");
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list
      = ws_ssl_certificate_list_new_from_file (path, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (list->len, ==, 3);
  g_assert_cmpstr (ws_ssl_certificate_get_subject (list->pdata[0]), ==,
                   "CN=server");
  g_assert_cmpstr (ws_ssl_certificate_get_subject (list->pdata[2]), ==,
                   "CN=root");
}

static void
test_certificate_broken (void)
{
  static const char broken_pem[]
      = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
  g_autoptr (GBytes) empty = g_bytes_new (NULL, 0);
  g_autoptr (GBytes) der = load_bytes ("server.der");
  g_autofree char *key_path = path_of ("leaf.key");
  g_autofree char *no_path = path_of ("none.pem");
  g_autoptr (GError) error = NULL;

  g_assert_null (ws_ssl_certificate_new_from_der (empty, &error));
  g_assert_error (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE);
  g_clear_error (&error);

  g_assert_null (ws_ssl_certificate_new_from_pem ("", &error));
  g_assert_error (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE);
  g_clear_error (&error);

  g_assert_null (ws_ssl_certificate_new_from_pem (broken_pem, &error));
  g_assert_error (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE);
  g_clear_error (&error);

  for (gsize len = 0; len < g_bytes_get_size (der); len++)
    {
      g_autoptr (GBytes) cut = g_bytes_new_from_bytes (der, 0, len);

      g_assert_null (ws_ssl_certificate_new_from_der (cut, NULL));
    }

  g_assert_null (ws_ssl_certificate_new_from_file (key_path, &error));
  g_assert_error (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE);
  g_assert_nonnull (strstr (error->message, key_path));
  g_clear_error (&error);

  g_assert_null (ws_ssl_certificate_list_new_from_file (no_path, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, no_path));
}

/* One that a binding has made of nothing. */
static void
test_certificate_empty (void)
{
  g_autoptr (WsSslCertificate) empty
      = g_object_new (WS_TYPE_SSL_CERTIFICATE, NULL);

  g_assert_cmpstr (ws_ssl_certificate_get_subject (empty), ==, "");
  g_assert_null (ws_ssl_certificate_get_not_valid_before (empty));
  g_assert_cmpuint (
      g_strv_length (
          (char **) ws_ssl_certificate_get_subject_alternative_names (empty)),
      ==, 0);
}

static void
test_certificate_gio (void)
{
  g_autoptr (WsSslCertificate) certificate = load_certificate ("server.pem");
  g_autoptr (WsSslCertificate) back = NULL;
  g_autoptr (GTlsCertificate) converted = NULL;
  g_autoptr (GError) error = NULL;

  converted = ws_ssl_certificate_to_tls_certificate (certificate, &error);
  if (!g_tls_backend_supports_tls (g_tls_backend_get_default ()))
    {
      g_assert_error (error, G_TLS_ERROR, G_TLS_ERROR_UNAVAILABLE);
      g_test_skip ("GIO has no TLS backend");
      return;
    }

  g_assert_no_error (error);
  back = ws_ssl_certificate_new_from_tls_certificate (converted);
  g_assert_true (ws_ssl_certificate_equal (certificate, back));
}

/* Errors */

static void
test_error (void)
{
  g_autoptr (WsSslCertificate) server = load_certificate ("server.pem");
  g_autoptr (WsSslCertificate) same = load_certificate ("server.der");
  g_autoptr (WsSslCertificate) root = load_certificate ("root.pem");
  const WsSslErrorCode code = WS_SSL_ERROR_CODE_CERTIFICATE_EXPIRED;
  g_autoptr (WsSslError) error
      = ws_ssl_error_new_with_certificate (code, server);
  g_autoptr (WsSslError) equal
      = g_object_new (WS_TYPE_SSL_ERROR, "code", code, "certificate", same,
                      "depth", 3, "text", "words", NULL);
  g_autoptr (WsSslError) of_another
      = ws_ssl_error_new_with_certificate (code, root);
  g_autoptr (WsSslError) of_none = ws_ssl_error_new (code);
  g_autoptr (WsSslError) another = ws_ssl_error_new_with_certificate (
      WS_SSL_ERROR_CODE_CERTIFICATE_REVOKED, server);

  g_assert_cmpint (ws_ssl_error_get_code (error), ==, code);
  g_assert_true (ws_ssl_error_get_certificate (error) == server);
  g_assert_cmpint (ws_ssl_error_get_depth (error), ==, -1);
  g_assert_cmpstr (ws_ssl_error_get_text (error), ==,
                   "The certificate is not valid any more");
  g_assert_cmpint (ws_ssl_error_get_depth (equal), ==, 3);
  g_assert_cmpstr (ws_ssl_error_get_text (equal), ==, "words");

  g_assert_true (ws_ssl_error_equal (error, error));
  g_assert_true (ws_ssl_error_equal (error, equal));
  g_assert_true (ws_ssl_error_equal (of_none, of_none));
  g_assert_false (ws_ssl_error_equal (error, of_another));
  g_assert_false (ws_ssl_error_equal (error, of_none));
  g_assert_false (ws_ssl_error_equal (of_none, error));
  g_assert_false (ws_ssl_error_equal (error, another));
}

static void
test_error_texts (void)
{
  g_autoptr (GEnumClass) klass = g_type_class_ref (WS_TYPE_SSL_ERROR_CODE);

  for (guint i = 0; i < klass->n_values; i++)
    {
      g_autoptr (WsSslError) error = ws_ssl_error_new (klass->values[i].value);

      g_assert_cmpint (klass->values[i].value, ==, i);
      g_assert_cmpstr (ws_ssl_error_get_text (error), !=, "");
    }
}

/* The configuration */

static void
on_notify (GObject *object, GParamSpec *pspec, guint *n_notified)
{
  (*n_notified)++;
}

/* A value that @pspec's property does not have yet. */
static void
make_value (GParamSpec *pspec, GValue *value)
{
  g_value_init (value, pspec->value_type);
  if (pspec->value_type == G_TYPE_STRING)
    g_value_set_string (value, "something");
  else if (pspec->value_type == G_TYPE_BYTES)
    g_value_take_boxed (value, g_bytes_new_static ("bytes", 5));
  else if (pspec->value_type == G_TYPE_BOOLEAN)
    g_value_set_boolean (value, !G_PARAM_SPEC_BOOLEAN (pspec)->default_value);
  else if (pspec->value_type == G_TYPE_UINT)
    g_value_set_uint (value, 7);
  else if (pspec->value_type == G_TYPE_STRV)
    g_value_set_boxed (value, (const char *[]){ "one", "two", NULL });
  else if (pspec->value_type == G_TYPE_LIST_MODEL)
    g_value_take_object (value, g_list_store_new (WS_TYPE_SSL_CERTIFICATE));
  else if (G_TYPE_IS_ENUM (pspec->value_type))
    g_value_set_enum (value,
                      G_PARAM_SPEC_ENUM (pspec)->default_value == 1 ? 2 : 1);
  else
    g_assert_not_reached ();
}

/* Every property keeps what it is given, and tells so once. */
static void
test_configuration_properties (void)
{
  g_autoptr (WsSslConfiguration) configuration = ws_ssl_configuration_new ();
  g_autofree GParamSpec **list = NULL;
  guint                   n_list;

  list = g_object_class_list_properties (G_OBJECT_GET_CLASS (configuration),
                                         &n_list);
  g_assert_cmpuint (n_list, >=, 20);
  for (guint i = 0; i < n_list; i++)
    {
      const char      *name = list[i]->name;
      g_autofree char *signal = g_strconcat ("notify::", name, NULL);
      g_auto (GValue) value = G_VALUE_INIT;
      g_auto (GValue) kept = G_VALUE_INIT;
      g_autofree char *expected = NULL, *actual = NULL;
      guint            n_notified = 0;
      gulong           id;

      id = g_signal_connect (configuration, signal, G_CALLBACK (on_notify),
                             &n_notified);
      make_value (list[i], &value);
      g_object_set_property (G_OBJECT (configuration), name, &value);
      g_assert_cmpuint (n_notified, ==, 1);
      g_signal_handler_disconnect (configuration, id);
      if (list[i]->value_type == G_TYPE_LIST_MODEL)
        continue;

      g_object_get_property (G_OBJECT (configuration), name, &kept);
      expected = g_strdup_value_contents (&value);
      actual = g_strdup_value_contents (&kept);
      if (list[i]->value_type == G_TYPE_BYTES)
        g_assert_true (g_bytes_equal (g_value_get_boxed (&value),
                                      g_value_get_boxed (&kept)));
      else
        g_assert_cmpstr (actual, ==, expected);
    }
  g_assert_finalize_object (g_steal_pointer (&configuration));
}

static void
test_configuration_defaults (void)
{
  g_autoptr (WsSslConfiguration) configuration = ws_ssl_configuration_new ();
  const char *const *protocols
      = ws_ssl_configuration_get_allowed_next_protocols (configuration);

  g_assert_true (ws_ssl_configuration_get_system_trust (configuration));
  g_assert_true (ws_ssl_configuration_get_session_resumption (configuration));
  g_assert_cmpint (ws_ssl_configuration_get_peer_verify_mode (configuration),
                   ==, WS_SSL_VERIFY_MODE_AUTO);
  g_assert_cmpuint (g_strv_length ((char **) protocols), ==, 1);
  g_assert_cmpstr (protocols[0], ==, "http/1.1");
}

static void
test_configuration_authorities (void)
{
  g_autoptr (WsSslConfiguration) configuration = ws_ssl_configuration_new ();
  g_autoptr (WsSslCertificate) root = load_certificate ("root.pem");
  g_autoptr (GListStore) others = g_list_store_new (WS_TYPE_SSL_CERTIFICATE);
  GListModel *model = ws_ssl_configuration_get_ca_certificates (configuration);

  g_assert_cmpuint (g_list_model_get_n_items (model), ==, 0);
  ws_ssl_configuration_add_ca_certificate (configuration, root);
  ws_ssl_configuration_add_ca_certificate (configuration, root);
  g_assert_cmpuint (g_list_model_get_n_items (model), ==, 2);

  g_list_store_append (others, root);
  ws_ssl_configuration_set_ca_certificates (configuration,
                                            G_LIST_MODEL (others));
  g_assert_cmpuint (g_list_model_get_n_items (model), ==, 1);
  ws_ssl_configuration_set_ca_certificates (configuration, model);
  g_assert_cmpuint (g_list_model_get_n_items (model), ==, 1);
  ws_ssl_configuration_set_ca_certificates (configuration, NULL);
  g_assert_cmpuint (g_list_model_get_n_items (model), ==, 0);
}

/* What is loaded, or what the error must name. */

typedef struct
{
  const char *name;
  gboolean    is_server;
  const char *certificate; /* file, or NULL */
  const char *key;
  const char *password;
  const char *authorities;
  const char *crl;
  const char *priority;
  GQuark (*domain) (void); /* NULL: it can be loaded */
  int         code;
  const char *text; /* part of the message */
} LoadCase;

#define TLS(name) g_tls_error_quark, G_TLS_ERROR_##name
#define IO(name)  g_io_error_quark, G_IO_ERROR_##name

/* clang-format off */
static const LoadCase load_cases[] = {
  { "nothing", FALSE },
  { "server", TRUE, "server-chain.pem", "leaf.key" },
  { "server-rsa", TRUE, "server-rsa.pem", "rsa.key" },
  { "server-der", TRUE, "server.der", "leaf-key.der" },
  { "client", FALSE, "client.pem", "leaf.key" },
  { "password", TRUE, "server-chain.pem", "encrypted.key", "secret" },
  { "authorities", FALSE, .authorities = "root.pem" },
  { "crl", FALSE, .authorities = "root.pem", .crl = "crl.pem" },
  { "crl-der", FALSE, .authorities = "root.pem", .crl = "crl.der" },
  { "priority", FALSE, .priority = "SECURE128" },

  { "server-without-certificate", TRUE, .domain = TLS (BAD_CERTIFICATE),
    .text = "no certificate" },
  { "no-such-certificate", TRUE, "none.pem", "leaf.key",
    .domain = IO (NOT_FOUND),
    .text = "none.pem" },
  { "no-such-key", TRUE, "server.pem", "none.key", .domain = IO (NOT_FOUND),
    .text = "none.key" },
  { "no-key", TRUE, "server.pem", .domain = TLS (BAD_CERTIFICATE),
    .text = "server.pem" },
  { "not-a-certificate", TRUE, "leaf.key", "leaf.key",
    .domain = TLS (BAD_CERTIFICATE),
    .text = "leaf.key" },
  { "key-of-another", TRUE, "server.pem", "rsa.key",
    .domain = TLS (BAD_CERTIFICATE),
    .text = "rsa.key" },
  { "no-password", TRUE, "server.pem", "encrypted.key",
    .domain = TLS (BAD_CERTIFICATE_PASSWORD), .text = "encrypted.key" },
  { "wrong-password", TRUE, "server.pem", "encrypted.key", "wrong",
    .domain = TLS (BAD_CERTIFICATE_PASSWORD), .text = "encrypted.key" },
  { "no-such-authorities", FALSE, .authorities = "none.pem",
    .domain = IO (NOT_FOUND),
    .text = "none.pem" },
  { "not-authorities", FALSE, .authorities = "leaf.key",
    .domain = TLS (BAD_CERTIFICATE),
    .text = "leaf.key" },
  { "not-a-crl", FALSE, .crl = "leaf.key", .domain = TLS (BAD_CERTIFICATE),
    .text = "leaf.key" },
  { "not-a-priority", FALSE, .priority = "NORMAL:+NONSENSE",
    .domain = IO (INVALID_ARGUMENT),
    .text = "NONSENSE" },
};
/* clang-format on */

static void
set_path (WsSslConfiguration *configuration,
          const char         *property,
          const char         *file)
{
  g_autofree char *path = file != NULL ? path_of (file) : NULL;

  g_object_set (configuration, property, path, NULL);
}

static void
test_load (gconstpointer data)
{
  const LoadCase *test = data;
  g_autoptr (WsSslConfiguration) configuration = ws_ssl_configuration_new ();
  g_autoptr (GError) error = NULL;
  gboolean loaded;

  set_path (configuration, "local-certificate-file", test->certificate);
  set_path (configuration, "private-key-file", test->key);
  set_path (configuration, "ca-certificates-file", test->authorities);
  set_path (configuration, "crl-file", test->crl);
  ws_ssl_configuration_set_password (configuration, test->password);
  ws_ssl_configuration_set_priority (configuration, test->priority);

  loaded = ws_ssl_configuration_load (configuration, test->is_server, &error);
  if (test->domain == NULL)
    {
      g_assert_no_error (error);
      g_assert_true (loaded);
      return;
    }
  g_assert_false (loaded);
  g_assert_error (error, test->domain (), test->code);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, test->text));
}

/* The same from bytes; the key may stand beside the certificate. */
static void
test_load_bytes (void)
{
  g_autoptr (WsSslConfiguration) configuration = ws_ssl_configuration_new ();
  g_autoptr (GBytes) certificate = load_bytes ("server-chain.pem");
  g_autoptr (GBytes) key = load_bytes ("leaf.key");
  g_autoptr (GByteArray) both = g_byte_array_new ();
  g_autoptr (GBytes) both_bytes = NULL;
  g_autoptr (GError) error = NULL;

  ws_ssl_configuration_set_local_certificate (configuration, certificate);
  g_assert_false (ws_ssl_configuration_load (configuration, TRUE, &error));
  g_clear_error (&error);
  ws_ssl_configuration_set_private_key (configuration, key);
  g_assert_true (ws_ssl_configuration_load (configuration, TRUE, &error));
  g_assert_no_error (error);

  g_byte_array_append (both, g_bytes_get_data (certificate, NULL),
                       g_bytes_get_size (certificate));
  g_byte_array_append (both, g_bytes_get_data (key, NULL),
                       g_bytes_get_size (key));
  both_bytes = g_byte_array_free_to_bytes (g_steal_pointer (&both));
  ws_ssl_configuration_set_local_certificate (configuration, both_bytes);
  ws_ssl_configuration_set_private_key (configuration, NULL);
  g_assert_true (ws_ssl_configuration_load (configuration, TRUE, &error));
  g_assert_no_error (error);
}

/* The culprit is not confused with what is all right. */
static void
test_load_culprit (void)
{
  g_autoptr (WsSslConfiguration) configuration = ws_ssl_configuration_new ();
  g_autoptr (GBytes) nonsense = g_bytes_new_static ("nonsense", 8);
  g_autofree char *certificate = path_of ("server-chain.pem");
  g_autofree char *key = path_of ("leaf.key");
  g_autofree char *response = path_of ("crl.der");
  g_autoptr (GError) error = NULL;

  g_object_set (configuration, "local-certificate", nonsense,
                "private-key-file", key, NULL);
  g_assert_false (ws_ssl_configuration_load (configuration, TRUE, &error));
  g_assert_error (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE);
  g_assert_true (
      g_str_has_prefix (error->message, "the given certificate with "));
  g_clear_error (&error);

  g_object_set (configuration, "local-certificate", NULL,
                "local-certificate-file", certificate, "ocsp-response-file",
                response, NULL);
  g_assert_false (ws_ssl_configuration_load (configuration, TRUE, &error));
  g_assert_error (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE);
  g_assert_true (g_str_has_prefix (error->message, response));
}

/* Several certificates: the error names the one that is no good. */
static void
test_load_several (void)
{
  g_autoptr (WsSslConfiguration) configuration = ws_ssl_configuration_new ();
  g_autoptr (GBytes) certificate = load_bytes ("server-chain.pem");
  g_autoptr (GBytes) key = load_bytes ("leaf.key");
  g_autofree char *rsa = path_of ("server-rsa.pem");
  g_autofree char *rsa_key = path_of ("rsa.key");
  g_autoptr (GError) error = NULL;

  ws_ssl_configuration_add_local_certificate (configuration, certificate, key,
                                              NULL);
  ws_ssl_configuration_add_local_certificate_file (configuration, rsa, rsa_key,
                                                   NULL);
  g_assert_true (ws_ssl_configuration_load (configuration, TRUE, &error));
  g_assert_no_error (error);

  ws_ssl_configuration_add_local_certificate_file (configuration, rsa_key, rsa,
                                                   NULL);
  g_assert_false (ws_ssl_configuration_load (configuration, TRUE, &error));
  g_assert_nonnull (strstr (error->message, "rsa.key"));
  g_clear_error (&error);

  ws_ssl_configuration_clear_added_certificates (configuration);
  g_assert_false (ws_ssl_configuration_load (configuration, TRUE, &error));
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);

  g_test_add_func ("/api/ssl-certificate/values", test_certificate);
  g_test_add_func ("/api/ssl-certificate/kinds", test_certificate_kinds);
  g_test_add_func ("/api/ssl-certificate/formats", test_certificate_formats);
  g_test_add_func ("/api/ssl-certificate/list", test_certificate_list);
  g_test_add_func ("/api/ssl-certificate/broken", test_certificate_broken);
  g_test_add_func ("/api/ssl-certificate/empty", test_certificate_empty);
  g_test_add_func ("/api/ssl-certificate/gio", test_certificate_gio);
  g_test_add_func ("/api/ssl-error/equal", test_error);
  g_test_add_func ("/api/ssl-error/texts", test_error_texts);
  g_test_add_func ("/api/ssl-configuration/properties",
                   test_configuration_properties);
  g_test_add_func ("/api/ssl-configuration/defaults",
                   test_configuration_defaults);
  g_test_add_func ("/api/ssl-configuration/authorities",
                   test_configuration_authorities);
  for (gsize i = 0; i < G_N_ELEMENTS (load_cases); i++)
    {
      g_autofree char *path = g_strconcat ("/api/ssl-configuration/load/",
                                           load_cases[i].name, NULL);

      g_test_add_data_func (path, &load_cases[i], test_load);
    }
  g_test_add_func ("/api/ssl-configuration/load-bytes", test_load_bytes);
  g_test_add_func ("/api/ssl-configuration/load-culprit", test_load_culprit);
  g_test_add_func ("/api/ssl-configuration/load-several", test_load_several);
  return g_test_run ();
}
