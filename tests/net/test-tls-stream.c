/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/ws-tls-stream.h"

#include <string.h>
#include <sys/socket.h>

#include "support/ws-test.h"
#include "tls-pair.h"

#define ONLY_12 "NORMAL:-VERS-ALL:+VERS-TLS1.2"
#define ONLY_13 "NORMAL:-VERS-ALL:+VERS-TLS1.3"

static const TlsPairCase good_cases[] = {
  { "1.2", ONLY_12, "root.pem" },
  { "1.3", ONLY_13, "root.pem" },
  { "1.3-stream", ONLY_13, "root.pem", TRUE },
};

static guint8 *
make_data (gsize len)
{
  guint8 *data = g_malloc (len);

  for (gsize i = 0; i < len; i++)
    data[i] = (guint8) (i * 7 + (i >> 8));
  return data;
}

static void
test_secured (gconstpointer data)
{
  TlsPair pair;
  g_autoptr (GSocketAddress) address = NULL;

  tls_pair_open (&pair, data);
  tls_end_send (&pair.client, "hello", 5);
  tls_end_send (&pair.server, "there!", 6);
  ws_test_until (NULL, pair.client.received->len == 6
                           && pair.server.received->len == 5);
  g_assert_cmpmem (pair.server.received->data, 5, "hello", 5);
  g_assert_cmpuint (pair.client.n_secured, ==, 1);
  g_assert_cmpuint (pair.client.n_paused + pair.client.n_failed, ==, 0);
  g_assert_nonnull (ws_tls_stream_get_session (pair.client.stream));
  address = ws_transport_get_address (pair.client.stream, TRUE);
  g_assert_true ((address != NULL) == !((const TlsPairCase *) data)->as_stream);
  tls_pair_assert_quiet ();

  /* What nobody wants is not reported. */
  ws_transport_want (pair.server.stream, 0);
  tls_end_send (&pair.client, "later", 5);
  tls_pair_assert_quiet ();
  g_assert_cmpuint (pair.server.received->len, ==, 5);
  tls_end_want (&pair.server);
  ws_test_until (NULL, pair.server.received->len == 10);
  tls_pair_clear (&pair);
}

static void
test_big (gconstpointer data)
{
  gsize              len = 3 << 20;
  g_autofree guint8 *much = make_data (len);
  TlsPair            pair;

  tls_pair_open (&pair, data);
  pair.server.read_size = 10007;
  tls_end_send (&pair.client, much, len);
  tls_end_send (&pair.server, much, len);
  ws_test_until (NULL, pair.client.received->len == len
                           && pair.server.received->len == len);
  g_assert_true (memcmp (pair.client.received->data, much, len) == 0);
  g_assert_true (memcmp (pair.server.received->data, much, len) == 0);
  tls_pair_assert_quiet ();
  tls_pair_clear (&pair);
}

/* A peer that reads nothing costs one call's worth. */
static void
test_back_pressure (gconstpointer data)
{
  gsize              len = 1 << 20;
  g_autofree guint8 *much = make_data (len);
  TlsPair            pair;
  gsize              waiting;

  tls_pair_open (&pair, data);
  ws_transport_want (pair.server.stream, 0);
  tls_end_send (&pair.client, much, len);
  g_assert_cmpuint (pair.client.n_to_send, >, len - 300 * 1024);
  ws_tls_session_peek_output (ws_tls_stream_get_session (pair.client.stream),
                              &waiting);
  g_assert_cmpuint (waiting, <, 70 * 1024);
  tls_pair_assert_quiet ();
  tls_end_want (&pair.server);
  ws_test_until (NULL, pair.server.received->len == len);
  g_assert_true (memcmp (pair.server.received->data, much, len) == 0);
  tls_pair_clear (&pair);
}

/* The fd is silent, but there is more inside. */
static void
test_small_reads (gconstpointer data)
{
  g_autofree guint8 *much = make_data (1000);
  TlsPair            pair;
  guint              n_before;

  tls_pair_open (&pair, data);
  tls_pair_assert_quiet ();
  pair.server.read_size = 10;
  n_before = pair.server.n_ready;
  tls_end_send (&pair.client, much, 1000);
  ws_test_until (NULL, pair.server.received->len == 1000);
  tls_pair_assert_quiet ();
  g_assert_cmpmem (pair.server.received->data, 1000, much, 1000);
  g_assert_cmpuint (pair.server.n_ready - n_before, <=, 102);

  /* Nor does it insist while nobody wants it. */
  ws_transport_want (pair.server.stream, 0);
  tls_end_send (&pair.client, much, 1000);
  tls_pair_assert_quiet ();
  tls_end_want (&pair.server);
  ws_test_until (NULL, pair.server.received->len > 1000);
  ws_transport_want (pair.server.stream, 0);
  tls_pair_assert_quiet ();
  tls_pair_clear (&pair);
}

static void
test_shutdown (gconstpointer data)
{
  TlsPair pair;

  tls_pair_open (&pair, data);
  tls_end_send (&pair.client, "bye", 3);
  ws_transport_shutdown (pair.client.stream);
  ws_test_until (NULL, pair.server.ended);
  g_assert_cmpmem (pair.server.received->data, pair.server.received->len, "bye",
                   3);
  g_assert_cmpuint (pair.server.n_alerts, ==, 1);

  tls_end_send (&pair.server, "answer", 6);
  tls_end_drop (&pair.server);
  ws_test_until (NULL, pair.client.ended);
  g_assert_cmpuint (pair.client.received->len, ==, 6);
  tls_pair_clear (&pair);
}

static void
test_truncated (gconstpointer data)
{
  TlsPair pair;

  tls_pair_open (&pair, data);
  tls_end_send (&pair.client, "bye", 3);
  shutdown (pair.client.fd, SHUT_WR);
  ws_test_until (NULL, pair.server.error != NULL);
  g_assert_error (pair.server.error, G_TLS_ERROR, G_TLS_ERROR_EOF);
  g_assert_cmpuint (pair.server.received->len, ==, 3);
  tls_pair_clear (&pair);
}

/* What was written is sent, as it is without TLS. */
static void
test_freed_with_output (gconstpointer data)
{
  gsize              len = 200 * 1024;
  g_autofree guint8 *much = make_data (len);
  TlsPair            pair;
  gsize              taken;

  tls_pair_open (&pair, data);
  ws_transport_want (pair.server.stream, 0);
  tls_end_send (&pair.client, much, len);
  taken = len - pair.client.n_to_send;
  g_assert_cmpuint (taken, >, 0);
  tls_end_drop (&pair.client);
  tls_end_want (&pair.server);
  ws_test_until (NULL, pair.server.ended);
  g_assert_cmpmem (pair.server.received->data, pair.server.received->len, much,
                   taken);
  tls_pair_assert_quiet ();
  tls_pair_clear (&pair);
}

static void
test_peer_gone (gconstpointer data)
{
  TlsPair       pair;
  GOutputVector vector = { "x", 1 };
  g_autoptr (GError) error = NULL;
  gssize n = 1;

  tls_pair_open (&pair, data);
  shutdown (pair.server.fd, SHUT_RDWR);
  while (n > 0)
    n = ws_transport_writev (pair.client.stream, &vector, 1, &error);
  g_assert_cmpint (n, ==, WS_IO_ERROR);
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_cmpint (ws_transport_writev (pair.client.stream, &vector, 1, &error),
                   ==, WS_IO_ERROR);
  g_assert_nonnull (error);
  ws_test_until (NULL, pair.client.error != NULL);
  tls_pair_clear (&pair);
}

static void
add (const char *name, GTestDataFunc func)
{
  for (guint i = 0; i < G_N_ELEMENTS (good_cases); i++)
    {
      g_autofree char *path
          = g_strdup_printf ("/net/tls-stream/%s/%s", name, good_cases[i].name);

      g_test_add_data_func (path, &good_cases[i], func);
    }
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);
  add ("secured", test_secured);
  add ("big", test_big);
  add ("back-pressure", test_back_pressure);
  add ("small-reads", test_small_reads);
  add ("shutdown", test_shutdown);
  add ("truncated", test_truncated);
  add ("freed-with-output", test_freed_with_output);
  add ("peer-gone", test_peer_gone);
  return g_test_run ();
}
