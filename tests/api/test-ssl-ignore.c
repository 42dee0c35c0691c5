/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ssl-test.h"

/* ignore_ssl_errors() and its relative with a list, before the opening and
 * inside ssl-errors, and exceptions; the pause is in test-ssl-pause.c. */

#define FAILED "error:ssl-handshake-failed disconnected"

/* What is ignored, and what comes of it with a certificate that is self-signed,
 * expired and of another host. */
typedef struct
{
  const char    *name;
  WsSslErrorCode codes[4];
  guint          n_codes;
  const char    *pinned; /* (nullable): the certificate of each */
  gboolean       passes;
} Row;

#define ALL_CODES                              \
  {                                            \
    WS_SSL_ERROR_CODE_SELF_SIGNED_CERTIFICATE, \
        WS_SSL_ERROR_CODE_CERTIFICATE_EXPIRED, \
        WS_SSL_ERROR_CODE_HOST_NAME_MISMATCH   \
  }

static const Row rows[] = {
  { "complete", ALL_CODES, 3, NULL, TRUE },
  { "complete-and-more",
    { WS_SSL_ERROR_CODE_HOST_NAME_MISMATCH,
      WS_SSL_ERROR_CODE_CERTIFICATE_REVOKED,
      WS_SSL_ERROR_CODE_SELF_SIGNED_CERTIFICATE,
      WS_SSL_ERROR_CODE_CERTIFICATE_EXPIRED },
    4,
    NULL,
    TRUE },
  { "pinned", ALL_CODES, 3, "three.pem", TRUE },
  { "pinned-other", ALL_CODES, 3, "self-signed.pem", FALSE },
  { "incomplete", ALL_CODES, 2, NULL, FALSE },
  { "incomplete-pinned", ALL_CODES, 1, "three.pem", FALSE },
  { "empty", { 0 }, 0, NULL, FALSE },
};

static GPtrArray *
make_list (const Row *row)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (WsSslCertificate) pinned
      = row->pinned != NULL ? ssl_load (row->pinned) : NULL;

  for (guint i = 0; i < row->n_codes; i++)
    g_ptr_array_add (list, pinned != NULL ? ws_ssl_error_new_with_certificate (
                               row->codes[i], pinned)
                                          : ws_ssl_error_new (row->codes[i]));
  return list;
}

static void
set_up (SslPair *pair, gconstpointer data)
{
  ssl_pair_set_up (pair, "three");
}

static void
expect (SslPair *pair, gboolean passes)
{
  gboolean passed = ssl_pair_try (pair, NULL);

  g_assert_cmpint (passed, ==, passes);
  g_assert_cmpuint (ssl_log_count (pair->log, "ssl-errors"), ==, 1);
  if (passed)
    {
      pair->accepted = api_server_take (pair->server);
      ssl_pair_check (pair);
      ssl_pair_close (pair);
    }
  else
    g_assert_true (g_str_has_suffix (pair->log->words->str, FAILED));
  g_string_truncate (pair->log->words, 0);
}

/* Holds for the next opening only. */
static void
test_before (SslPair *pair, gconstpointer data)
{
  const Row *row = data;
  g_autoptr (GPtrArray) list = make_list (row);
  g_autoptr (GPtrArray) nothing = g_ptr_array_new ();

  ws_socket_ignore_ssl_error_list (pair->client, list);
  expect (pair, row->passes);
  expect (pair, FALSE);
  /* An empty one clears. */
  ws_socket_ignore_ssl_error_list (pair->client, list);
  ws_socket_ignore_ssl_error_list (pair->client, nothing);
  expect (pair, FALSE);
}

/* Holds for all openings that follow. */
static void
test_always (SslPair *pair, gconstpointer data)
{
  const Row *row = data;
  g_autoptr (GPtrArray) list = make_list (row);
  g_autoptr (GPtrArray) nothing = g_ptr_array_new ();

  ws_socket_ignore_ssl_error_list_always (pair->client, list);
  expect (pair, row->passes);
  expect (pair, row->passes);
  ws_socket_ignore_ssl_errors_always (pair->client);
  expect (pair, TRUE);
  ws_socket_ignore_ssl_error_list_always (pair->client, nothing);
  expect (pair, FALSE);
}

typedef struct
{
  GPtrArray *list;
  guint      n_left;
} Inside;

static void
on_errors (WsSocket *socket, GPtrArray *errors, Inside *inside)
{
  if (inside->n_left > 0)
    ws_socket_ignore_ssl_error_list (socket, inside->list);
  inside->n_left -= inside->n_left > 0;
}

/* Holds for this attempt only. */
static void
test_inside (SslPair *pair, gconstpointer data)
{
  const Row *row = data;
  g_autoptr (GPtrArray) list = make_list (row);
  Inside inside = { list, 1 };

  g_signal_connect (pair->client, "ssl-errors", G_CALLBACK (on_errors),
                    &inside);
  expect (pair, row->passes);
  expect (pair, FALSE);
}

/* The caller's list is its own again at once. */
static void
test_list_changes (SslPair *pair, gconstpointer data)
{
  g_autoptr (GPtrArray) list = make_list (&rows[0]);

  ws_socket_ignore_ssl_error_list (pair->client, list);
  g_ptr_array_set_size (list, 0);
  expect (pair, TRUE);
}

/* All errors may be ignored before an opening as well as in the handler. */
static void
test_all_before (SslPair *pair, gconstpointer data)
{
  ws_socket_ignore_ssl_errors (pair->client);
  expect (pair, TRUE);
  expect (pair, FALSE);
}

static void
ignore_once (WsSocket *socket, GPtrArray *errors, guint *n_left)
{
  if (*n_left == 0)
    return;
  --*n_left;
  ws_socket_ignore_ssl_errors (socket);
}

static void
test_all_inside (SslPair *pair, gconstpointer data)
{
  guint n_left = 1;

  g_signal_connect (pair->client, "ssl-errors", G_CALLBACK (ignore_once),
                    &n_left);
  expect (pair, TRUE);
  expect (pair, FALSE);
}

/* During an attempt, but not inside a handler. */
static void
test_all_during (SslPair *pair, gconstpointer data)
{
  ssl_pair_begin (pair, NULL);
  ws_socket_ignore_ssl_errors (pair->client);
  ws_test_until (NULL,
                 ws_socket_get_state (pair->client) == WS_STATE_CONNECTED);
  pair->accepted = api_server_take (pair->server);
  ssl_pair_close (pair);
  g_string_truncate (pair->log->words, 0);
  expect (pair, FALSE);
}

/* An open() that replaces an attempt begins with what was ignored before. */
static void
test_reopened (SslPair *pair, gconstpointer data)
{
  ssl_pair_begin (pair, NULL);
  ws_socket_ignore_ssl_errors (pair->client);
  expect (pair, FALSE);
}

/* --- Exceptions --- */

static void
expect_silence (SslPair *pair)
{
  g_assert_true (ssl_pair_try (pair, NULL));
  ssl_log_expect (pair->log, "connected");
  pair->accepted = api_server_take (pair->server);
  ssl_pair_check (pair);
  ssl_pair_close (pair);
  g_string_truncate (pair->log->words, 0);
}

/* Nobody is asked, as often as it is opened. */
static void
test_exception (SslPair *pair, gconstpointer data)
{
  g_autoptr (WsSslCertificate) certificate = ssl_load ("three.pem");
  WsSslConfiguration *configuration
      = ws_socket_get_ssl_configuration (pair->client);

  ws_ssl_configuration_set_handshake_must_interrupt_on_error (configuration,
                                                              TRUE);
  ws_ssl_configuration_add_exception (configuration, certificate, "127.0.0.1");
  expect_silence (pair);
  expect_silence (pair);
  /* A ticket would be a way around what is asked when it is cleared. */
  g_assert_null (ws_ssl_configuration_get_session_ticket (configuration));

  ws_ssl_configuration_clear_exceptions (configuration);
  ws_ssl_configuration_set_handshake_must_interrupt_on_error (configuration,
                                                              FALSE);
  expect (pair, FALSE);
}

/* The certificate and the host both have to be the ones. */
static void
test_exception_of_others (SslPair *pair, gconstpointer data)
{
  g_autoptr (WsSslCertificate) certificate = ssl_load ("three.pem");
  g_autoptr (WsSslCertificate) other = ssl_load ("self-signed.pem");
  WsSslConfiguration *configuration
      = ws_socket_get_ssl_configuration (pair->client);

  ws_ssl_configuration_add_exception (configuration, other, "127.0.0.1");
  ws_ssl_configuration_add_exception (configuration, certificate, "localhost");
  ws_ssl_configuration_add_exception (configuration, certificate, "127.0.0.11");
  expect (pair, FALSE);
}

/* However the host is written. */
static void
test_exception_spelling (SslPair *pair, gconstpointer data)
{
  g_autoptr (WsSslCertificate) certificate = ssl_load ("three.pem");
  g_autofree char *url
      = g_strdup_printf ("wss://LocalHost.:%u",
                         ws_server_get_server_port (pair->server));

  ws_ssl_configuration_add_exception (ws_socket_get_ssl_configuration (
                                          pair->client),
                                      certificate, "LOCALHOST");
  ssl_pair_open (pair, url);
  ssl_log_expect (pair->log, "connected");
  ssl_pair_close (pair);
}

static void
add_exception (WsSocket *socket, GPtrArray *errors, gpointer user_data)
{
  WsSslCertificate *certificate = ws_ssl_session_get_peer_certificate (
      ws_socket_get_ssl_session (socket));

  ws_ssl_configuration_add_exception (ws_socket_get_ssl_configuration (socket),
                                      certificate, "127.0.0.1");
}

/* Added in a handler, it holds for this attempt already. */
static void
test_exception_inside (SslPair *pair, gconstpointer data)
{
  g_signal_connect (pair->client, "ssl-errors", G_CALLBACK (add_exception),
                    NULL);
  expect (pair, TRUE);
  expect_silence (pair);
}

/* Whoever answers too late for this attempt is not asked again in the next. */
static void
test_exception_late (SslPair *pair, gconstpointer data)
{
  ws_socket_set_pause_mode (pair->client, WS_PAUSE_MODES_ON_SSL_ERRORS);
  ssl_pair_begin (pair, NULL);
  ws_test_until (NULL, ssl_log_count (pair->log, "ssl-errors") == 1);
  add_exception (pair->client, NULL, NULL);
  ws_socket_abort (pair->client);
  g_string_truncate (pair->log->words, 0);
  expect_silence (pair);

  /* In time it is resumed. */
  ws_ssl_configuration_clear_exceptions (
      ws_socket_get_ssl_configuration (pair->client));
  ssl_pair_begin (pair, NULL);
  ws_test_until (NULL, ssl_log_count (pair->log, "ssl-errors") == 1);
  add_exception (pair->client, NULL, NULL);
  ws_socket_resume (pair->client);
  ws_test_until (NULL,
                 ws_socket_get_state (pair->client) == WS_STATE_CONNECTED);
  pair->accepted = api_server_take (pair->server);
  ssl_pair_close (pair);
}

/* Nor with a policy, when the server has lost its patience meanwhile. */
static void
test_exception_too_late (SslPair *pair, gconstpointer data)
{
  g_autoptr (WsReconnectPolicy) policy
      = g_object_new (WS_TYPE_RECONNECT_POLICY, "minimum", 1u, "maximum", 1u,
                      NULL);
  g_autoptr (SslTap) tap
      = ssl_tap_new (ws_server_get_server_port (pair->server));
  g_autofree char *url = ssl_tap_make_url (tap);

  ws_socket_set_reconnect (pair->client, policy);
  ws_socket_set_pause_mode (pair->client, WS_PAUSE_MODES_ON_SSL_ERRORS);
  ssl_pair_begin (pair, url);
  ws_test_until (NULL, ssl_log_count (pair->log, "ssl-errors") == 1);
  ssl_tap_cut (tap);
  add_exception (pair->client, NULL, NULL);
  ws_socket_resume (pair->client);
  ws_test_until (NULL, ws_socket_is_valid (pair->client));
  g_assert_cmpuint (ssl_log_count (pair->log, "ssl-errors"), ==, 1);
  g_assert_cmpuint (ssl_log_count (pair->log, "error"), ==, 1);
  pair->accepted = api_server_take (pair->server);
  ssl_pair_check (pair);
  ssl_pair_close (pair);
}

/* Two lists: of before and of now. */
static void
test_both (SslPair *pair, gconstpointer data)
{
  const Row before
      = { "", { WS_SSL_ERROR_CODE_HOST_NAME_MISMATCH }, 1, NULL, FALSE };
  const Row now = { "",
                    { WS_SSL_ERROR_CODE_SELF_SIGNED_CERTIFICATE,
                      WS_SSL_ERROR_CODE_CERTIFICATE_EXPIRED },
                    2,
                    NULL,
                    FALSE };
  g_autoptr (GPtrArray) before_list = make_list (&before);
  g_autoptr (GPtrArray) now_list = make_list (&now);
  Inside inside = { now_list, 1 };

  ws_socket_ignore_ssl_error_list_always (pair->client, before_list);
  g_signal_connect (pair->client, "ssl-errors", G_CALLBACK (on_errors),
                    &inside);
  expect (pair, TRUE);
  expect (pair, FALSE);
}

/* The errors that were told pin their certificates. */
static void
ignore_told (WsSocket *socket, GPtrArray *errors)
{
  ws_socket_ignore_ssl_error_list (socket, errors);
}

/* The errors that were told can be ignored, in the handler and beforehand. */
static void
test_told (SslPair *pair, gconstpointer data)
{
  gulong id;

  id = g_signal_connect (pair->client, "ssl-errors", G_CALLBACK (ignore_told),
                         NULL);
  expect (pair, TRUE);
  g_signal_handler_disconnect (pair->client, id);
  ws_socket_ignore_ssl_error_list (pair->client, pair->log->errors);
  expect (pair, TRUE);
}

#define add_case(path, data, test) \
  g_test_add (path, SslPair, data, set_up, test, ssl_pair_tear_down)

int
main (int argc, char **argv)
{
  g_setenv ("GIO_USE_NETWORK_MONITOR", "base", TRUE);
  api_test_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *before
          = g_strconcat ("/api/ssl-ignore/before/", rows[i].name, NULL);
      g_autofree char *always
          = g_strconcat ("/api/ssl-ignore/always/", rows[i].name, NULL);
      g_autofree char *inside
          = g_strconcat ("/api/ssl-ignore/inside/", rows[i].name, NULL);

      add_case (before, &rows[i], test_before);
      add_case (always, &rows[i], test_always);
      add_case (inside, &rows[i], test_inside);
    }
  add_case ("/api/ssl-ignore/list-changes", NULL, test_list_changes);
  add_case ("/api/ssl-ignore/all-before", NULL, test_all_before);
  add_case ("/api/ssl-ignore/all-inside", NULL, test_all_inside);
  add_case ("/api/ssl-ignore/all-during", NULL, test_all_during);
  add_case ("/api/ssl-ignore/reopened", NULL, test_reopened);
  add_case ("/api/ssl-ignore/exception", NULL, test_exception);
  add_case ("/api/ssl-ignore/exception-of-others", NULL,
            test_exception_of_others);
  add_case ("/api/ssl-ignore/exception-spelling", NULL,
            test_exception_spelling);
  add_case ("/api/ssl-ignore/exception-inside", NULL, test_exception_inside);
  add_case ("/api/ssl-ignore/exception-late", NULL, test_exception_late);
  add_case ("/api/ssl-ignore/exception-too-late", NULL,
            test_exception_too_late);
  add_case ("/api/ssl-ignore/both", NULL, test_both);
  add_case ("/api/ssl-ignore/told", NULL, test_told);
  return g_test_run ();
}
