/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/ws-tls-stream.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support/ws-test.h"
#include "tls-pair.h"
#include "tls-rig.h"

/* How handshakes go that do not go through. */

#define SERVER  .chain = "server-chain.pem", .key = "server.key"
#define ONLY_12 "NORMAL:-VERS-ALL:+VERS-TLS1.2"
#define ONLY_13 "NORMAL:-VERS-ALL:+VERS-TLS1.3"

#define TRUST .trust = "root.pem"
static const TlsPairCase good_case = { "1.3", ONLY_13, "root.pem" };
static const TlsPairCase bad_cases[] = {
  { "1.2", ONLY_12, "other-root.pem" },
  { "1.3", ONLY_13, "other-root.pem" },
};

static void
begin_pause (TlsPair *pair, const TlsPairCase *c)
{
  tls_pair_init (pair, c);
  ws_test_until (NULL, pair->client.n_paused > 0);
  tls_pair_assert_quiet ();
  g_assert_cmpuint (pair->client.n_paused, ==, 1);
  g_assert_cmpuint (pair->server.n_secured + pair->server.n_failed, ==, 0);
}

static void
test_pause_accepted (gconstpointer data)
{
  TlsPair pair;

  begin_pause (&pair, data);
  ws_tls_stream_resume (pair.client.stream, TRUE);
  g_assert_cmpuint (pair.client.n_secured, ==, 0);
  ws_test_until (NULL, pair.client.n_secured && pair.server.n_secured);
  tls_end_send (&pair.client, "hello", 5);
  ws_test_until (NULL, pair.server.received->len == 5);
  g_assert_cmpuint (pair.client.n_paused, ==, 1);
  tls_pair_clear (&pair);
}

static void
test_pause_refused (gconstpointer data)
{
  TlsPair pair;

  begin_pause (&pair, data);
  ws_tls_stream_resume (pair.client.stream, FALSE);
  g_assert_cmpuint (pair.client.n_failed, ==, 0);
  ws_test_until (NULL, pair.client.n_failed && pair.server.n_failed);
  g_assert_error (pair.client.error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE);
  g_assert_error (pair.server.error, G_TLS_ERROR, G_TLS_ERROR_HANDSHAKE);
  g_assert_cmpuint (pair.client.n_alerts, ==, 1);
  tls_pair_assert_quiet ();
  tls_pair_clear (&pair);
}

static void
test_pause_freed (gconstpointer data)
{
  TlsPair pair;

  begin_pause (&pair, data);
  tls_end_drop (&pair.client);
  ws_test_until (NULL, pair.server.n_failed);
  g_assert_error (pair.server.error, G_TLS_ERROR, G_TLS_ERROR_EOF);
  tls_pair_clear (&pair);
}

/* The peer leaves meanwhile: what we write then fails, but what it said last
 * has come. */
static void
test_last_word (void)
{
  static const guint8 access_denied[] = { 0x15, 3, 3, 0, 2, 2, 49 };
  TlsPair             pair;

  begin_pause (&pair, &bad_cases[0]);
  g_assert_cmpint (write (pair.server.fd, access_denied, sizeof access_denied),
                   >, 0);
  tls_end_drop (&pair.server);
  ws_tls_stream_resume (pair.client.stream, TRUE);
  ws_test_until (NULL, pair.client.n_failed);
  g_assert_error (pair.client.error, G_TLS_ERROR, G_TLS_ERROR_HANDSHAKE);
  g_assert_nonnull (strstr (pair.client.error->message, "Access was denied"));
  tls_pair_clear (&pair);
}

/* The peer goes without a word. */
static void
test_gone (void)
{
  TlsPair pair;

  begin_pause (&pair, &bad_cases[0]);
  tls_end_drop (&pair.server);
  ws_tls_stream_resume (pair.client.stream, TRUE);
  ws_test_until (NULL, pair.client.n_failed);
  g_assert_error (pair.client.error, G_IO_ERROR, G_IO_ERROR_BROKEN_PIPE);
  tls_pair_clear (&pair);
}

/* Between the answer and what comes of it. */
static void
test_pause_resumed_and_freed (void)
{
  for (guint accept = 0; accept < 2; accept++)
    {
      TlsPair pair;

      begin_pause (&pair, &bad_cases[1]);
      ws_tls_stream_resume (pair.client.stream, accept == 1);
      tls_end_drop (&pair.client);
      ws_test_until (NULL, pair.server.n_failed);
      tls_pair_clear (&pair);
    }
}

static void
test_garbage (void)
{
  TlsPair pair;

  tls_pair_init (&pair, &good_case);
  tls_end_drop (&pair.client);
  tls_pair_clear (&pair);

  for (guint ending = 0; ending < 2; ending++)
    {
      static const char text[] = "GET / HTTP/1.1\r\n\r\n";
      TlsRigSide        side = { SERVER };
      g_autoptr (WsTlsCredentials) credentials
          = tls_rig_credentials (TRUE, &side);
      TlsEnd server;
      int    fds[2];

      tls_pair_make_sockets (fds);
      tls_end_init (&server, credentials, TRUE, fds[1], FALSE);
      if (ending == 0)
        g_assert_cmpint (write (fds[0], text, sizeof text), >, 0);
      else
        shutdown (fds[0], SHUT_WR);
      ws_test_until (NULL, server.n_failed);
      g_assert_true (g_error_matches (server.error, G_TLS_ERROR,
                                      ending == 0 ? (int) G_TLS_ERROR_NOT_TLS
                                                  : (int) G_TLS_ERROR_EOF));
      tls_pair_assert_quiet ();
      tls_end_clear (&server);
      close (fds[0]);
    }
}

static void
test_freed_inside (void)
{
  for (TlsFreeIn in = TLS_FREE_IN_SECURED; in <= TLS_FREE_IN_READY; in++)
    {
      TlsPair pair;

      tls_pair_init (&pair, in == TLS_FREE_IN_SECURED || in == TLS_FREE_IN_READY
                                ? &good_case
                                : &bad_cases[1]);
      pair.client.free_in = in;
      if (in == TLS_FREE_IN_FAILED)
        {
          ws_test_until (NULL, pair.client.n_paused);
          ws_tls_stream_resume (pair.client.stream, FALSE);
        }
      if (in == TLS_FREE_IN_READY)
        {
          pair.server.to_send = (const guint8 *) "x";
          pair.server.n_to_send = 1;
        }
      ws_test_until (NULL, pair.client.stream == NULL);
      ws_test_until (NULL, pair.server.error != NULL || pair.server.ended);
      tls_pair_clear (&pair);
    }
}

/* --- Stalled clients --- */

#define N_STALLED 1000

/* A good client needs as many turns of the loop among those as alone. */
static guint
count_turns (WsTlsCredentials *theirs)
{
  TlsRigSide client = { TRUST };
  g_autoptr (WsTlsCredentials) ours = tls_rig_credentials (FALSE, &client);
  TlsPair pair;
  guint   n = 0;
  int     fds[2];

  tls_pair_make_sockets (fds);
  tls_end_init (&pair.client, ours, FALSE, fds[0], FALSE);
  tls_end_init (&pair.server, theirs, TRUE, fds[1], FALSE);
  for (; pair.client.n_secured == 0 || pair.server.n_secured == 0; n++)
    g_main_context_iteration (NULL, TRUE);
  tls_pair_clear (&pair);
  return n;
}

static void
test_stalled (void)
{
  static const guint8 beginning[] = { 0x16, 3, 1, 2, 0, 1, 0 };
  TlsRigSide          side = { SERVER };
  g_autoptr (WsTlsCredentials) credentials = tls_rig_credentials (TRUE, &side);
  g_autofree TlsEnd *stalled = g_new (TlsEnd, N_STALLED);
  g_autofree int    *clients = g_new (int, N_STALLED);
  guint              n_alone = count_turns (credentials);

  for (guint i = 0; i < N_STALLED; i++)
    {
      int fds[2];

      tls_pair_make_sockets (fds);
      tls_end_init (&stalled[i], credentials, TRUE, fds[1], FALSE);
      clients[i] = fds[0];
      /* Silent ones, and ones that stop in the middle. */
      if (i % 2)
        g_assert_cmpint (write (fds[0], beginning, sizeof beginning), >, 0);
    }
  while (g_main_context_iteration (NULL, FALSE))
    ;

  g_assert_cmpuint (count_turns (credentials), <=, n_alone + 2);

  for (guint i = 0; i < N_STALLED; i++)
    {
      g_assert_cmpuint (stalled[i].n_failed, ==, 0);
      tls_end_clear (&stalled[i]);
      close (clients[i]);
    }
}

static void
add (const char *name, GTestDataFunc func)
{
  for (guint i = 0; i < G_N_ELEMENTS (bad_cases); i++)
    {
      g_autofree char *path
          = g_strdup_printf ("/net/tls-stream-handshake/%s/%s", name,
                             bad_cases[i].name);

      g_test_add_data_func (path, &bad_cases[i], func);
    }
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);
  add ("pause-accepted", test_pause_accepted);
  add ("pause-refused", test_pause_refused);
  add ("pause-freed", test_pause_freed);
  g_test_add_func ("/net/tls-stream-handshake/pause-resumed-and-freed",
                   test_pause_resumed_and_freed);
  g_test_add_func ("/net/tls-stream-handshake/last-word", test_last_word);
  g_test_add_func ("/net/tls-stream-handshake/gone", test_gone);
  g_test_add_func ("/net/tls-stream-handshake/garbage", test_garbage);
  g_test_add_func ("/net/tls-stream-handshake/freed-inside", test_freed_inside);
  g_test_add_func ("/net/tls-stream-handshake/stalled", test_stalled);
  return g_test_run ();
}
