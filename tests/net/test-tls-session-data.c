/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/ws-tls-session.h"

#include <errno.h>
#include <string.h>

#include "net/ws-transport.h"

#include "support/ws-test.h"
#include "tls-bare.h"

#define SERVER .chain = "server-chain.pem", .key = "server.key"
#define TRUST  .trust = "root.pem"
#define V12    .maximum = WS_TLS_PROTOCOL_1_2
#define V13    .minimum = WS_TLS_PROTOCOL_1_3

#define ONLY_12 "NORMAL:-VERS-ALL:+VERS-TLS1.2"
#define ONLY_13 "NORMAL:-VERS-ALL:+VERS-TLS1.3"

/* How a session goes on after the handshake, and how it ends. */

/* --- Ends, good and bad --- */

static const TlsRigSide client_12 = { TRUST, V12 };
static const TlsRigSide client_13 = { TRUST, V13 };
static const TlsRigSide plain_server = { SERVER };

static void
begin (TlsRig *rig, const TlsRigSide *client)
{
  tls_rig_init (rig, client, &plain_server);
  tls_rig_run (rig);
  tls_rig_assert_works (rig);
}

static void
test_bye (gconstpointer client)
{
  TlsRig rig;

  begin (&rig, client);
  tls_rig_write (&rig.client, "last", 4);
  ws_tls_session_bye (rig.client.session);
  ws_tls_session_bye (rig.client.session);
  g_assert_cmpint (ws_tls_session_write (rig.client.session,
                                         (const guint8 *) "x", 1, NULL),
                   ==, WS_IO_ERROR);
  tls_rig_run (&rig);
  g_assert_cmpmem (rig.server.read->data, rig.server.read->len, "last", 4);
  g_assert_true (rig.server.ended);
  g_assert_cmpstr (rig.client.alerts->str, ==, "sent 1 0 ");
  g_assert_cmpstr (rig.server.alerts->str, ==, "received 1 0 ");

  /* The other direction is still open. */
  g_assert_false (rig.client.ended);
  tls_rig_write (&rig.server, "answer", 6);
  ws_tls_session_bye (rig.server.session);
  tls_rig_run (&rig);
  g_assert_cmpmem (rig.client.read->data, rig.client.read->len, "answer", 6);
  g_assert_true (rig.client.ended);
  g_assert_no_error (rig.client.error);

  /* It does not change its mind when TCP ends as well. */
  ws_tls_session_feed_eof (rig.client.session);
  tls_rig_step (&rig.client);
  g_assert_true (rig.client.ended);
  g_assert_no_error (rig.client.error);
  tls_rig_clear (&rig);
}

static void
test_truncated (gconstpointer client)
{
  TlsRig rig;

  for (guint cut = 0; cut < 2; cut++)
    {
      begin (&rig, client);
      rig.split = 15;
      tls_rig_write (&rig.server, "cut off", 7);
      if (cut == 1)
        tls_rig_move (&rig, &rig.server, &rig.client);
      ws_tls_session_feed_eof (rig.client.session);
      g_assert_true (ws_tls_session_is_readable (rig.client.session));
      tls_rig_step (&rig.client);
      g_assert_error (rig.client.error, G_TLS_ERROR, G_TLS_ERROR_EOF);
      g_assert_cmpuint (rig.client.read->len, ==, 0);
      tls_rig_clear (&rig);
    }
}

static void
test_truncated_handshake (gconstpointer client)
{
  TlsRig rig;

  tls_rig_init (&rig, client, &plain_server);
  tls_rig_step (&rig.client);
  rig.split = 100;
  tls_rig_move (&rig, &rig.client, &rig.server);
  ws_tls_session_feed_eof (rig.server.session);
  tls_rig_step (&rig.server);
  g_assert_cmpint (rig.server.progress, ==, WS_TLS_FAILED);
  g_assert_error (rig.server.error, G_TLS_ERROR, G_TLS_ERROR_EOF);
  tls_rig_clear (&rig);
}

static void
test_garbage (void)
{
  static const char *const texts[] = {
    "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "\x16\x03\x01\xff\xff and so on",
    "\x17\x03\x03\x00\x05hello",
    "SSH-2.0-OpenSSH_9.2p1\r\n",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      TlsRig rig;

      tls_rig_init (&rig, &client_13, &plain_server);
      ws_tls_session_feed (rig.server.session, (const guint8 *) texts[i], 10);
      tls_rig_step (&rig.server);
      g_assert_cmpint (rig.server.progress, ==, WS_TLS_FAILED);
      g_assert_error (rig.server.error, G_TLS_ERROR, G_TLS_ERROR_NOT_TLS);
      g_assert_true (g_str_has_prefix (rig.server.alerts->str, "sent 2 "));
      tls_rig_clear (&rig);
    }
}

static void
test_garbage_later (gconstpointer client)
{
  static const guint8 record[] = { 0x17, 3, 3, 0, 32, [36] = 1 };
  static const guint8 unknown[] = { 'h', 'e', 'l', 'l', 'o' };
  TlsRig              rig;

  begin (&rig, client);
  tls_rig_write (&rig.client, "good", 4);
  tls_rig_move (&rig, &rig.client, &rig.server);
  ws_tls_session_feed (rig.server.session, record, sizeof record);
  tls_rig_step (&rig.server);
  g_assert_cmpint (rig.server.progress, ==, WS_TLS_FAILED);
  g_assert_error (rig.server.error, G_TLS_ERROR, G_TLS_ERROR_MISC);
  g_assert_cmpmem (rig.server.read->data, rig.server.read->len, "good", 4);
  g_assert_cmpstr (rig.server.alerts->str, ==, "sent 2 20 ");
  tls_rig_run (&rig);
  g_assert_cmpstr (rig.client.alerts->str, ==, "received 2 20 ");
  g_assert_cmpint (rig.client.progress, ==, WS_TLS_FAILED);
  tls_rig_clear (&rig);

  begin (&rig, client);
  ws_tls_session_feed (rig.server.session, unknown, sizeof unknown);
  tls_rig_step (&rig.server);
  g_assert_cmpint (rig.server.progress, ==, WS_TLS_FAILED);
  tls_rig_clear (&rig);
}

/* Of each handshake message some byte is changed: it fails, and does so
 * cleanly. */
static void
test_damaged (gconstpointer client)
{
  for (gsize at = 0; at < 2000; at += 13)
    {
      TlsRig   rig;
      gsize    seen = 0;
      gboolean moved = TRUE;

      tls_rig_init (&rig, client, &plain_server);
      tls_rig_step (&rig.client);
      while (moved)
        {
          gsize         len;
          const guint8 *data;

          moved = tls_rig_move (&rig, &rig.client, &rig.server);
          data = ws_tls_session_peek_output (rig.server.session, &len);
          if (at >= seen && at < seen + len)
            ((guint8 *) data)[at - seen] ^= 0x55;
          seen += len;
          moved |= tls_rig_move (&rig, &rig.server, &rig.client);
        }
      if (at < 600)
        g_assert_cmpint (rig.client.progress, !=, WS_TLS_DONE);
      tls_rig_clear (&rig);
    }
}

static void
test_no_common (void)
{
  static const char *const http[] = { "http/1.1", NULL };
  static const char *const h2[] = { "h2", NULL };
  g_autoptr (WsTlsCredentials) ours = tls_rig_credentials (FALSE, &client_13);
  g_autoptr (WsTlsCredentials) theirs
      = tls_rig_credentials (TRUE, &plain_server);
  WsTlsSessionOptions client
      = { .credentials = ours, .host = "localhost", .alpn = h2 };
  WsTlsSessionOptions server
      = { .credentials = theirs, .is_server = TRUE, .alpn = http };
  TlsRigSide server_12 = { SERVER, V12 };
  TlsRig     rig = { 0 };

  tls_rig_end_init (&rig.client, &client);
  tls_rig_end_init (&rig.server, &server);
  tls_rig_run (&rig);
  g_assert_cmpstr (rig.server.alerts->str, ==, "sent 2 120 ");
  g_assert_cmpstr (rig.client.alerts->str, ==, "received 2 120 ");
  g_assert_error (rig.client.error, G_TLS_ERROR, G_TLS_ERROR_HANDSHAKE);
  tls_rig_clear (&rig);

  tls_rig_init (&rig, &client_13, &server_12);
  tls_rig_run (&rig);
  g_assert_cmpstr (rig.client.alerts->str, ==, "sent 2 70 ");
  g_assert_cmpint (rig.server.progress, ==, WS_TLS_FAILED);
  tls_rig_clear (&rig);
}

/* --- After the handshake: a peer of bare GnuTLS --- */

static void
init_end (TlsRigEnd *end, gboolean is_server)
{
  g_autoptr (WsTlsCredentials) credentials
      = tls_rig_credentials (is_server, is_server
                                            ? &plain_server
                                            : &(const TlsRigSide){ TRUST });
  WsTlsSessionOptions options = { .credentials = credentials,
                                  .is_server = is_server,
                                  .host = is_server ? NULL : "localhost" };

  tls_rig_end_init (end, &options);
}

static void
test_renegotiation (gconstpointer data)
{
  gboolean  is_server = GPOINTER_TO_INT (data);
  TlsBare   bare;
  TlsRigEnd end;
  char      text[8];

  init_end (&end, is_server);
  tls_bare_init (&bare, !is_server, ONLY_12);
  tls_bare_handshake (&bare, &end);

  if (is_server)
    g_assert_cmpint (gnutls_handshake (bare.tls), ==, GNUTLS_E_AGAIN);
  else
    g_assert_cmpint (gnutls_rehandshake (bare.tls), ==, 0);
  tls_bare_exchange (&bare, &end);
  g_assert_cmpstr (end.alerts->str, ==, "sent 1 100 ");
  tls_bare_exchange (&bare, &end);
  if (is_server)
    g_assert_cmpint (gnutls_handshake (bare.tls), ==,
                     GNUTLS_E_WARNING_ALERT_RECEIVED);
  else
    g_assert_cmpint (gnutls_record_recv (bare.tls, text, sizeof text), ==,
                     GNUTLS_E_WARNING_ALERT_RECEIVED);
  g_assert_cmpint (gnutls_alert_get (bare.tls), ==, GNUTLS_A_NO_RENEGOTIATION);

  /* Both go on with the session that they have. */
  if (!is_server)
    {
      g_assert_cmpint (gnutls_record_send (bare.tls, "hello", 5), ==, 5);
      tls_bare_exchange (&bare, &end);
      g_assert_cmpmem (end.read->data, end.read->len, "hello", 5);
    }
  tls_rig_write (&end, "there", 5);
  tls_bare_exchange (&bare, &end);
  g_assert_cmpint (gnutls_record_recv (bare.tls, text, sizeof text), ==, 5);
  tls_rig_end_clear (&end);
  tls_bare_clear (&bare);
}

/* Each would cost an answer. */
static void
test_renegotiation_flood (void)
{
  TlsBare   bare;
  TlsRigEnd end;

  init_end (&end, FALSE);
  tls_bare_init (&bare, TRUE, ONLY_12);
  tls_bare_handshake (&bare, &end);
  for (guint i = 0; i < 100 && end.progress == WS_TLS_DONE; i++)
    {
      gnutls_rehandshake (bare.tls);
      tls_bare_exchange (&bare, &end);
    }
  g_assert_cmpint (end.progress, ==, WS_TLS_FAILED);
  tls_rig_end_clear (&end);
  tls_bare_clear (&bare);
}

static void
test_key_update (gconstpointer data)
{
  gboolean  is_server = GPOINTER_TO_INT (data);
  TlsBare   bare;
  TlsRigEnd end;
  char      text[8];

  init_end (&end, is_server);
  tls_bare_init (&bare, !is_server, ONLY_13);
  tls_bare_handshake (&bare, &end);

  for (guint i = 1; i <= 4; i++)
    {
      g_assert_cmpint (gnutls_session_key_update (bare.tls,
                                                  i % 2 ? GNUTLS_KU_PEER : 0),
                       ==, 0);
      g_assert_cmpint (gnutls_record_send (bare.tls, "hello", 5), ==, 5);
      tls_bare_exchange (&bare, &end);
      g_assert_cmpuint (end.read->len, ==, 5 * i);

      tls_rig_write (&end, "there", 5);
      tls_bare_exchange (&bare, &end);
      while (gnutls_record_recv (bare.tls, text, sizeof text) != 5)
        g_assert_cmpuint (bare.in->len, >, 0);
    }
  g_assert_cmpstr (end.alerts->str, ==, "");
  tls_rig_end_clear (&end);
  tls_bare_clear (&bare);
}

static void
test_warning (void)
{
  TlsBare   bare;
  TlsRigEnd end;

  init_end (&end, TRUE);
  tls_bare_init (&bare, FALSE, ONLY_12);
  tls_bare_handshake (&bare, &end);
  gnutls_alert_send (bare.tls, GNUTLS_AL_WARNING, GNUTLS_A_UNRECOGNIZED_NAME);
  gnutls_record_send (bare.tls, "hello", 5);
  tls_bare_exchange (&bare, &end);
  g_assert_cmpstr (end.alerts->str, ==, "received 1 112 ");
  g_assert_cmpmem (end.read->data, end.read->len, "hello", 5);
  tls_rig_end_clear (&end);
  tls_bare_clear (&bare);
}

static void
test_fatal (void)
{
  TlsBare   bare;
  TlsRigEnd end;

  init_end (&end, FALSE);
  tls_bare_init (&bare, TRUE, ONLY_13);
  tls_bare_handshake (&bare, &end);
  gnutls_alert_send (bare.tls, GNUTLS_AL_FATAL, GNUTLS_A_CERTIFICATE_REQUIRED);
  tls_bare_exchange (&bare, &end);
  g_assert_cmpstr (end.alerts->str, ==, "received 2 116 ");
  g_assert_error (end.error, G_TLS_ERROR, G_TLS_ERROR_CERTIFICATE_REQUIRED);
  tls_rig_end_clear (&end);
  tls_bare_clear (&bare);
}

/* --- Much data --- */

static void
test_big (gconstpointer client)
{
  g_autofree guint8 *data = g_malloc (1 << 20);
  TlsRig             rig;
  gsize              len;

  for (gsize i = 0; i < 1 << 20; i++)
    data[i] = (guint8) (i * 7 + (i >> 8));
  begin (&rig, client);
  rig.split = 9973;
  tls_rig_write (&rig.client, data, 1 << 20);
  tls_rig_write (&rig.server, data, 1 << 19);

  /* Records are full: they cost less than 30 bytes each. */
  ws_tls_session_peek_output (rig.client.session, &len);
  g_assert_cmpuint (len, <, (1 << 20) + 64 * 30);
  tls_rig_run (&rig);
  g_assert_cmpmem (rig.server.read->data, rig.server.read->len, data, 1 << 20);
  g_assert_cmpmem (rig.client.read->data, rig.client.read->len, data, 1 << 19);
  g_assert_cmpuint (ws_tls_session_get_unread (rig.client.session), ==, 0);
  tls_rig_clear (&rig);
}

/* A caller that takes little leaves the rest where it was. */
static void
test_read_little (void)
{
  TlsRig        rig;
  gsize         len;
  const guint8 *cipher;
  guint8        data[3];

  begin (&rig, &client_13);
  tls_rig_write (&rig.client, "abcdef", 6);
  tls_rig_write (&rig.client, "gh", 2);
  cipher = ws_tls_session_peek_output (rig.client.session, &len);
  ws_tls_session_feed (rig.server.session, cipher, len);
  g_assert_cmpint (ws_tls_session_read (rig.server.session, data, 3, NULL), ==,
                   3);
  g_assert_cmpmem (data, 3, "abc", 3);
  g_assert_true (ws_tls_session_is_readable (rig.server.session));
  g_assert_cmpuint (ws_tls_session_get_unread (rig.server.session), >, 0);
  ws_tls_session_keep_input (rig.server.session);
  ws_tls_session_drop_output (rig.client.session, len);
  g_assert_cmpint (ws_tls_session_read (rig.server.session, data, 3, NULL), ==,
                   3);
  g_assert_cmpint (ws_tls_session_read (rig.server.session, data, 3, NULL), ==,
                   2);
  g_assert_cmpmem (data, 2, "gh", 2);
  g_assert_false (ws_tls_session_is_readable (rig.server.session));
  g_assert_cmpint (ws_tls_session_read (rig.server.session, data, 3, NULL), ==,
                   WS_IO_AGAIN);
  tls_rig_clear (&rig);
}

/* --- */

static void
add (const char   *name,
     const char   *variant,
     gconstpointer data,
     GTestDataFunc func)
{
  g_autofree char *path
      = g_strdup_printf ("/net/tls-session-data/%s/%s", name, variant);

  g_test_add_data_func (path, data, func);
}

static void
add_in_both_versions (const char *name, GTestDataFunc func)
{
  add (name, "1.2", &client_12, func);
  add (name, "1.3", &client_13, func);
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);
  add_in_both_versions ("bye", test_bye);
  add_in_both_versions ("truncated", test_truncated);
  add_in_both_versions ("truncated-handshake", test_truncated_handshake);
  g_test_add_func ("/net/tls-session-data/garbage", test_garbage);
  add_in_both_versions ("garbage-later", test_garbage_later);
  add_in_both_versions ("damaged", test_damaged);
  g_test_add_func ("/net/tls-session-data/no-common", test_no_common);
  add ("renegotiation", "client", GINT_TO_POINTER (FALSE), test_renegotiation);
  add ("renegotiation", "server", GINT_TO_POINTER (TRUE), test_renegotiation);
  g_test_add_func ("/net/tls-session-data/renegotiation/flood",
                   test_renegotiation_flood);
  add ("key-update", "client", GINT_TO_POINTER (FALSE), test_key_update);
  add ("key-update", "server", GINT_TO_POINTER (TRUE), test_key_update);
  g_test_add_func ("/net/tls-session-data/warning", test_warning);
  g_test_add_func ("/net/tls-session-data/fatal", test_fatal);
  add_in_both_versions ("big", test_big);
  g_test_add_func ("/net/tls-session-data/read-little", test_read_little);
  return g_test_run ();
}
