/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ssl-test.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

/* pause-mode: after ssl-errors nothing is sent or read until resume(), however
 * long that takes. What passes by is seen by a tap on the wire. */

#define ERRORS "self-signed-certificate,certificate-expired,host-name-mismatch"
#define TOLD                                                   \
  "verify:self-signed-certificate verify:certificate-expired " \
  "verify:host-name-mismatch ssl-errors:" ERRORS
#define FAILED "error:ssl-handshake-failed disconnected"

/* How many turns a pause lasts in these tests. */
#define LONG 200

typedef struct
{
  SslPair pair;
  SslTap *tap;
  char   *url;
} Paused;

/* @data: the name of a version of TLS, or NULL: the latest. */
static void
paused_set_up (Paused *self, gconstpointer data)
{
  WsSslConfiguration *configuration;

  ssl_pair_set_up (&self->pair, "three");
  self->tap = ssl_tap_new (ws_server_get_server_port (self->pair.server));
  self->url = ssl_tap_make_url (self->tap);
  configuration = ws_socket_get_ssl_configuration (self->pair.client);
  if (g_strcmp0 (data, "TLS1.2") == 0)
    ws_ssl_configuration_set_maximum_protocol (configuration,
                                               WS_SSL_PROTOCOL_TLS_1_2);
  ws_socket_set_pause_mode (self->pair.client, WS_PAUSE_MODES_ON_SSL_ERRORS);
}

static void
paused_tear_down (Paused *self, gconstpointer data)
{
  ssl_tap_free (self->tap);
  g_free (self->url);
  ssl_pair_tear_down (&self->pair, NULL);
}

/* Opens, until the errors are told, or all is over. */
static void
begin (Paused *self)
{
  ssl_pair_begin (&self->pair, self->url);
  ws_test_until (NULL,
                 ssl_log_count (self->pair.log, "ssl-errors") > 0
                     || ssl_log_count (self->pair.log, "disconnected") > 0);
  ssl_log_expect (self->pair.log, TOLD);
}

/* Resumes, until it is clear what comes of it. */
static void
finish (Paused *self, gboolean passes)
{
  ws_socket_resume (self->pair.client);
  g_assert_cmpint (ws_socket_get_state (self->pair.client), ==,
                   WS_STATE_CONNECTING);
  ws_test_until (NULL, ws_socket_get_state (self->pair.client)
                           != WS_STATE_CONNECTING);
  ssl_log_expect (self->pair.log, passes ? "connected" : FAILED);
  if (!passes)
    return;
  self->pair.accepted = api_server_take (self->pair.server);
  ssl_pair_check (&self->pair);
  ssl_pair_close (&self->pair);
  ssl_log_expect (self->pair.log, "disconnected");
}

static void
give_certificate (WsSslConfiguration *configuration)
{
  g_autofree char *certificate = ssl_path ("client.pem");
  g_autofree char *key = ssl_path ("leaf.key");

  g_object_set (configuration, "local-certificate-file", certificate,
                "private-key-file", key, NULL);
}

/* A client hello is all that has left: no certificate of ours, no finished, no
 * byte of HTTP; and it stays so. */
static void
test_silence (Paused *self, gconstpointer data)
{
  WsSslConfiguration *server
      = ws_server_get_ssl_configuration (self->pair.server);
  gsize n_sent, n_hello;

  ws_ssl_configuration_set_peer_verify_mode (server, WS_SSL_VERIFY_MODE_QUERY);
  give_certificate (ws_socket_get_ssl_configuration (self->pair.client));
  begin (self);
  ssl_iterate (LONG);
  n_sent = self->tap->client.received->len;
  n_hello = ssl_tap_count (&self->tap->client, 22);
  g_assert_cmpuint (ssl_tap_count_first (&self->tap->client), ==, n_hello);
  g_assert_cmphex (self->tap->client.received->data[5], ==, 1);
  /* RFC 8446, D.4: a change of cipher that says nothing. */
  g_assert_cmpuint (n_sent - n_hello, ==, g_str_equal (data, "TLS1.3") ? 6 : 0);
  ssl_iterate (LONG);
  g_assert_cmpuint (self->tap->client.received->len, ==, n_sent);
  g_assert_cmpint (ws_socket_get_state (self->pair.client), ==,
                   WS_STATE_CONNECTING);
  ssl_log_expect (self->pair.log, "");

  /* Then the rest comes. */
  ws_socket_ignore_ssl_errors (self->pair.client);
  finish (self, TRUE);
  g_assert_cmpuint (self->tap->client.received->len, >, n_sent + 500);
}

/* More than a kernel keeps between two ends. */
#define TOO_MUCH ((gsize) 1024 * 1024 * 1024)

/* Writes until the kernel has no room any more. */
static gsize
stuff (int fd)
{
  static const guint8 nothing[4096];
  gsize               total = 0;
  gssize              n;

  while (
      total < TOO_MUCH
      && (n = send (fd, nothing, sizeof nothing, MSG_NOSIGNAL | MSG_DONTWAIT))
             > 0)
    total += (gsize) n;
  g_assert_cmpuint (total, <, TOO_MUCH);
  g_assert_cmpint (errno, ==, EAGAIN);
  return total;
}

/* Whatever the peer sends stays with the kernel. That may find more room at any
 * time, as when a probe of the window makes it pack what it has; but whoever
 * does not read is not sent to without an end. */
static void
test_unread (Paused *self, gconstpointer data)
{
  gsize total = 0;
  guint n_full = 0;

  begin (self);
  ssl_tap_hold (self->tap, &self->tap->server);
  while (n_full < LONG)
    {
      const gsize n = stuff (self->tap->client.fd);

      n_full = n == 0 ? n_full + 1 : 0;
      total += n;
      g_assert_cmpuint (total, <, TOO_MUCH);
      ssl_iterate (10);
    }
  g_assert_cmpuint (total, >, 0);
  ssl_log_expect (self->pair.log, "");
  ws_socket_abort (self->pair.client);
  ssl_log_expect (self->pair.log, "disconnected");
}

/* The peer goes meanwhile: that is found out later, and told once. */
static void
test_peer_goes (Paused *self, gconstpointer data)
{
  begin (self);
  ssl_tap_cut (self->tap);
  ssl_iterate (LONG);
  ssl_log_expect (self->pair.log, "");
  ws_socket_ignore_ssl_errors (self->pair.client);
  ws_socket_resume (self->pair.client);
  api_wait_state (self->pair.client, WS_STATE_UNCONNECTED);
  g_assert_cmpuint (ssl_log_count (self->pair.log, "error"), ==, 1);
  g_assert_cmpuint (ssl_log_count (self->pair.log, "disconnected"), ==, 1);
  g_assert_cmpuint (ssl_log_count (self->pair.log, "connected"), ==, 0);
}

/* --- What it goes on with --- */

static void
ignore_some (WsSocket *socket, GPtrArray *errors, guint n)
{
  g_autoptr (GPtrArray) some = g_ptr_array_new ();

  for (guint i = 0; i < MIN (n, errors->len); i++)
    g_ptr_array_add (some, g_ptr_array_index (errors, i));
  ws_socket_ignore_ssl_error_list (socket, some);
}

static void
test_all (Paused *self, gconstpointer data)
{
  begin (self);
  ssl_iterate (LONG);
  ws_socket_ignore_ssl_errors (self->pair.client);
  finish (self, TRUE);
  /* It was for this attempt only. */
  begin (self);
  finish (self, FALSE);
}

static void
test_listed (Paused *self, gconstpointer data)
{
  begin (self);
  ssl_iterate (LONG);
  ignore_some (self->pair.client, self->pair.log->errors, 3);
  finish (self, TRUE);
  begin (self);
  finish (self, FALSE);
}

static void
test_not_enough (Paused *self, gconstpointer data)
{
  for (guint n = 0; n < 3; n++)
    {
      begin (self);
      ignore_some (self->pair.client, self->pair.log->errors, n);
      finish (self, FALSE);
      g_assert_cmpuint (ws_socket_get_close_code (self->pair.client), ==, 1006);
    }
  /* A list that was taken back. */
  begin (self);
  ignore_some (self->pair.client, self->pair.log->errors, 3);
  ignore_some (self->pair.client, self->pair.log->errors, 0);
  finish (self, FALSE);
}

/* With what is ignored beforehand there is nothing to pause for. */
static void
test_ignored_before (Paused *self, gconstpointer data)
{
  ws_socket_ignore_ssl_errors (self->pair.client);
  ssl_pair_open (&self->pair, self->url);
  ssl_log_expect (self->pair.log, TOLD " connected");
  ssl_pair_close (&self->pair);
}

static void
resume_inside (WsSocket *socket, GPtrArray *errors, gboolean *ignores)
{
  if (*ignores)
    ws_socket_ignore_ssl_errors (socket);
  ws_socket_resume (socket);
}

/* resume() inside the handler is no pause at all. */
static void
test_resumed_inside (Paused *self, gconstpointer data)
{
  gboolean ignores = TRUE;

  g_signal_connect (self->pair.client, "ssl-errors", G_CALLBACK (resume_inside),
                    &ignores);
  ssl_pair_open (&self->pair, self->url);
  ssl_pair_close (&self->pair);
  g_string_truncate (self->pair.log->words, 0);
  ignores = FALSE;
  g_assert_false (ssl_pair_try (&self->pair, self->url));
  ssl_log_expect (self->pair.log, TOLD " " FAILED);
}

/* Nothing is paused yet where the session is told of. */
static void
test_resumed_early (Paused *self, gconstpointer data)
{
  g_signal_connect (self->pair.client, "notify::ssl-session",
                    G_CALLBACK (ws_socket_resume), NULL);
  begin (self);
  ssl_iterate (LONG);
  ssl_log_expect (self->pair.log, "");
  ws_socket_ignore_ssl_errors (self->pair.client);
  finish (self, TRUE);
}

/* Who is asked about one error may have decided about all. */
static void
test_resumed_at_one (Paused *self, gconstpointer data)
{
  static const struct
  {
    const char *signal, *told;
  } rows[] = {
    { "handshake-interrupted-on-error",
      "interrupted:self-signed-certificate " },
    { "peer-verify-error", "verify:self-signed-certificate " },
  };

  for (guint i = 0; i < 2 * G_N_ELEMENTS (rows); i++)
    {
      const guint      row = i / 2;
      gboolean         ignores = i % 2 == 0;
      g_autofree char *said = NULL;
      const gulong     handler
          = g_signal_connect (self->pair.client, rows[row].signal,
                              G_CALLBACK (resume_inside), &ignores);

      g_object_set (ws_socket_get_ssl_configuration (self->pair.client),
                    "handshake-must-interrupt-on-error", row == 0, NULL);
      said = g_strconcat (rows[row].told, ignores ? "connected" : FAILED, NULL);
      if (ignores)
        ssl_pair_open (&self->pair, self->url);
      else
        g_assert_false (ssl_pair_try (&self->pair, self->url));
      ssl_log_expect (self->pair.log, said);
      if (ignores)
        ssl_pair_close (&self->pair);
      g_string_truncate (self->pair.log->words, 0);
      g_signal_handler_disconnect (self->pair.client, handler);
    }
}

/* --- How else it ends --- */

static void
test_abort (Paused *self, gconstpointer data)
{
  begin (self);
  ws_socket_abort (self->pair.client);
  ssl_log_expect (self->pair.log, "disconnected");
  ws_socket_resume (self->pair.client);
  ssl_iterate (LONG);
  ssl_log_expect (self->pair.log, "");
  ws_test_until (NULL, self->tap->client.is_eof);
}

static void
test_close (Paused *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  begin (self);
  ws_socket_close (self->pair.client, 1000, NULL, &error);
  g_assert_no_error (error);
  api_wait_state (self->pair.client, WS_STATE_UNCONNECTED);
  ws_socket_resume (self->pair.client);
  ssl_iterate (LONG);
  g_assert_cmpuint (ssl_log_count (self->pair.log, "disconnected"), ==, 1);
  g_assert_cmpuint (ssl_log_count (self->pair.log, "connected"), ==, 0);
  ws_test_until (NULL, self->tap->client.is_eof);
}

static void
test_dispose (Paused *self, gconstpointer data)
{
  begin (self);
  g_object_run_dispose (G_OBJECT (self->pair.client));
  ws_socket_resume (self->pair.client);
  ws_test_until (NULL, self->tap->client.is_eof);
  ssl_log_expect (self->pair.log, "");
}

/* The old attempt leaves nothing to the new one, neither the pause nor what was
 * ignored. */
static void
test_open (Paused *self, gconstpointer data)
{
  begin (self);
  ws_socket_ignore_ssl_errors (self->pair.client);
  begin (self);
  g_assert_cmpuint (self->tap->n_clients, ==, 2);
  finish (self, FALSE);
}

static void
test_drop (Paused *self, gconstpointer data)
{
  begin (self);
  g_assert_finalize_object (g_steal_pointer (&self->pair.client));
  ws_test_until (NULL, self->tap->client.is_eof);
  ssl_log_expect (self->pair.log, "");
}

/* --- Time --- */

static gboolean
on_time (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_REMOVE;
}

static void
wait (guint ms)
{
  gboolean is_over = FALSE;

  g_timeout_add (ms, on_time, &is_over);
  ws_test_until (NULL, is_over);
}

/* The longest that is waited for, in milliseconds. */
#define LONGEST (WS_TEST_DEADLINE * 1000 / 3)

/* Sets a time-out that an opening has plenty of, however slow this machine, or
 * valgrind, is now; the server has none. Returns it in milliseconds. */
static guint
set_timeout (Paused *self)
{
  const gint64 start = g_get_monotonic_time ();
  guint        timeout;

  ws_server_set_handshake_timeout (self->pair.server, 0);
  begin (self);
  ws_socket_ignore_ssl_errors (self->pair.client);
  finish (self, TRUE);
  timeout = 1000 + 8 * (guint) ((g_get_monotonic_time () - start) / 1000);
  timeout = MIN (timeout, LONGEST);
  ws_socket_set_open_timeout (self->pair.client, timeout);
  return timeout;
}

/* The time-out stands still during the pause. */
static void
test_timeout_stops (Paused *self, gconstpointer data)
{
  const guint timeout = set_timeout (self);

  begin (self);
  wait (timeout + 100);
  ssl_log_expect (self->pair.log, "");
  ws_socket_ignore_ssl_errors (self->pair.client);
  finish (self, TRUE);
}

/* And goes on with what was left: nothing has passed during the pause. */
static void
test_timeout_goes_on (Paused *self, gconstpointer data)
{
  const guint timeout = set_timeout (self);
  gint64      start = g_get_monotonic_time ();
  gint64      left;

  begin (self);
  left = timeout * (gint64) 1000 - (g_get_monotonic_time () - start);
  wait (timeout + 100);
  ssl_tap_hold (self->tap, &self->tap->client);
  ws_socket_ignore_ssl_errors (self->pair.client);
  start = g_get_monotonic_time ();
  ws_socket_resume (self->pair.client);
  api_wait_state (self->pair.client, WS_STATE_UNCONNECTED);
  ssl_log_expect (self->pair.log, "error:socket-timeout disconnected");
  g_assert_cmpint (g_get_monotonic_time () - start, >=, left / 2);
}

/* --- Nothing is paused --- */

static void
test_nothing_paused (SslPair *pair, gconstpointer data)
{
  ws_socket_set_pause_mode (pair->client, WS_PAUSE_MODES_ON_SSL_ERRORS);
  ws_socket_resume (pair->client);
  ssl_pair_begin (pair, NULL);
  ws_socket_resume (pair->client);
  ws_test_until (NULL, ws_socket_is_valid (pair->client));
  pair->accepted = api_server_take (pair->server);
  ws_socket_resume (pair->client);
  ssl_pair_check (pair);
  ssl_pair_close (pair);
  ws_socket_resume (pair->client);
  ssl_log_expect (pair->log, "connected disconnected");
}

/* Twice is once. */
static void
test_twice (Paused *self, gconstpointer data)
{
  begin (self);
  ws_socket_ignore_ssl_errors (self->pair.client);
  ws_socket_resume (self->pair.client);
  finish (self, TRUE);
}

/* A thousand paused handshakes would not, either. */
static void
test_others_go_on (Paused *self, gconstpointer data)
{
  SslPair other = { 0 };

  begin (self);
  ssl_pair_set_up (&other, NULL);
  ssl_pair_open (&other, NULL);
  ssl_pair_check (&other);
  ssl_pair_close (&other);
  ssl_pair_tear_down (&other, NULL);
  ssl_log_expect (self->pair.log, "");
  ws_socket_ignore_ssl_errors (self->pair.client);
  finish (self, TRUE);
}

#define add_case(path, data, test) \
  g_test_add (path, Paused, data, paused_set_up, test, paused_tear_down)

/* In both versions of TLS, which differ in what comes when. */
static void
add_cases (const char *name, void (*test) (Paused *self, gconstpointer data))
{
  static const char *const versions[] = { "TLS1.2", "TLS1.3" };

  for (guint i = 0; i < G_N_ELEMENTS (versions); i++)
    {
      g_autofree char *path
          = g_strdup_printf ("/api/ssl-pause/%s/%s", name, versions[i]);

      add_case (path, versions[i], test);
    }
}

int
main (int argc, char **argv)
{
  api_test_init (&argc, &argv);
  add_cases ("silence", test_silence);
  add_cases ("unread", test_unread);
  add_cases ("peer-goes", test_peer_goes);
  add_cases ("all", test_all);
  add_cases ("listed", test_listed);
  add_cases ("not-enough", test_not_enough);
  add_cases ("ignored-before", test_ignored_before);
  add_cases ("resumed-inside", test_resumed_inside);
  add_cases ("resumed-early", test_resumed_early);
  add_cases ("resumed-at-one", test_resumed_at_one);
  add_cases ("abort", test_abort);
  add_cases ("close", test_close);
  add_cases ("dispose", test_dispose);
  add_cases ("open", test_open);
  add_cases ("drop", test_drop);
  add_case ("/api/ssl-pause/timeout-stops", NULL, test_timeout_stops);
  add_case ("/api/ssl-pause/timeout-goes-on", NULL, test_timeout_goes_on);
  ssl_pair_add ("/api/ssl-pause/nothing-paused", NULL, test_nothing_paused);
  add_cases ("twice", test_twice);
  add_cases ("others-go-on", test_others_go_on);
  return g_test_run ();
}
