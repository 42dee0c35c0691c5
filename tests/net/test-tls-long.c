/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/ws-tls-session.h"

#include <string.h>

#include "support/ws-test.h"
#include "tls-bare.h"

/* A message of a handshake says how long it is, up to 16 MiB, and may come at
 * any time in TLS 1.3. GnuTLS stores what comes of it. */

#define ONLY_13 "NORMAL:-VERS-ALL:+VERS-TLS1.3:-CIPHER-ALL:+AES-128-GCM"

#define BOUND       (256 * 1024)
#define PIECE       16000
#define HEADER_SIZE 5

static void
init_end (TlsRigEnd *end, gboolean is_server)
{
  TlsRigSide client = { .trust = "root.pem" };
  TlsRigSide server = { .chain = "server-chain.pem", .key = "server.key" };
  g_autoptr (WsTlsCredentials) credentials
      = tls_rig_credentials (is_server, is_server ? &server : &client);
  WsTlsSessionOptions options = { .credentials = credentials,
                                  .is_server = is_server,
                                  .host = is_server ? NULL : "localhost" };

  tls_rig_end_init (end, &options);
}

static void
assert_is_too_long (TlsRigEnd *end)
{
  g_assert_cmpint (end->progress, ==, WS_TLS_FAILED);
  g_assert_error (end->error, G_TLS_ERROR, G_TLS_ERROR_MISC);
  g_assert_nonnull (strstr (end->error->message, "more than 256 KiB of TLS"));
}

/* --- Before the handshake is over --- */

/* @type says that it has 16 MiB. */
static void
feed_piece (TlsRigEnd *end, guint i, guint8 type, guint size)
{
  g_autofree guint8 *record = g_malloc0 (HEADER_SIZE + size);
  const guint8       header[]
      = { 22, 3, 3, (guint8) (size >> 8), (guint8) size, type, 255, 255, 255 };

  memcpy (record, header, i == 0 ? sizeof header : HEADER_SIZE);
  ws_tls_session_feed (end->session, record, HEADER_SIZE + size);
  do
    tls_rig_step (end);
  while (ws_tls_session_is_resting (end->session));
}

static void
test_early (gconstpointer data)
{
  gboolean is_server = GPOINTER_TO_INT (data);

  for (guint size = 4; size <= PIECE; size += PIECE - 4)
    {
      TlsRigEnd end;
      gsize     sent = 0;

      init_end (&end, is_server);
      tls_rig_step (&end);
      for (guint i = 0; sent <= BOUND; i++)
        {
          g_assert_cmpint (end.progress, ==, WS_TLS_AGAIN);
          feed_piece (&end, i, is_server ? 1 : 2, size);
          sent += HEADER_SIZE + size;
        }
      assert_is_too_long (&end);
      tls_rig_end_clear (&end);
    }
}

/* --- When it is --- */

typedef struct
{
  const char *name;
  gboolean    is_server; /* whom it is sent to */
  gboolean    is_padded; /* nothing but padding, instead of a message */
} Case;

static const Case cases[] = {
  { "client", FALSE, FALSE },
  { "server", TRUE, FALSE },
  { "client-padding", FALSE, TRUE },
  { "server-padding", TRUE, TRUE },
};

static void
begin (TlsRigEnd *end, TlsBare *bare, gboolean is_server)
{
  init_end (end, is_server);
  tls_bare_init (bare, !is_server, ONLY_13);
  tls_bare_handshake (bare, end);
}

/* Padding follows the type, which is the last byte that is not 0 (RFC 8446,
 * 5.4). */
static gsize
send_piece (const Case *c, TlsRigEnd *end, TlsBare *bare, guint i)
{
  guint8 piece[PIECE] = { c->is_padded ? 23 : 24, 255, 255, 255 };
  gsize  len;

  if (c->is_padded)
    {
      piece[1] = piece[2] = piece[3] = 0;
      tls_bare_send_record (bare, 0, piece, sizeof piece);
    }
  else
    {
      if (i > 0)
        memset (piece, 0, 4);
      tls_bare_send_record (bare, 22, piece, sizeof piece);
    }
  len = bare->out->len;
  tls_bare_exchange (bare, end);
  return len;
}

static void
test_open (gconstpointer data)
{
  const Case *c = data;
  TlsRigEnd   end;
  TlsBare     bare;
  gsize       sent = 0;

  begin (&end, &bare, c->is_server);
  for (guint i = 0; sent <= BOUND; i++)
    {
      g_assert_cmpint (end.progress, ==, WS_TLS_DONE);
      sent += send_piece (c, &end, &bare, i);
    }
  assert_is_too_long (&end);
  tls_rig_end_clear (&end);
  tls_bare_clear (&bare);
}

/* What is between is no part of it: four times the bound, each time with a byte
 * behind it. */
static void
test_fruit (gconstpointer data)
{
  const Case *c = data;
  TlsRigEnd   end;
  TlsBare     bare;

  begin (&end, &bare, c->is_server);
  for (guint round = 0; round < 4; round++)
    {
      for (guint i = 0; i < BOUND / PIECE - 1; i++)
        send_piece (c, &end, &bare, i);
      g_assert_cmpint (gnutls_record_send (bare.tls, "x", 1), ==, 1);
      tls_bare_exchange (&bare, &end);
    }
  g_assert_cmpint (end.progress, ==, WS_TLS_DONE);
  g_assert_cmpmem (end.read->data, end.read->len, "xxxx", 4);
  tls_rig_end_clear (&end);
  tls_bare_clear (&bare);
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);
  g_test_add_data_func ("/net/tls-long/early/client", GINT_TO_POINTER (FALSE),
                        test_early);
  g_test_add_data_func ("/net/tls-long/early/server", GINT_TO_POINTER (TRUE),
                        test_early);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path
          = g_strconcat ("/net/tls-long/open/", cases[i].name, NULL);
      g_autofree char *fruit
          = g_strconcat ("/net/tls-long/fruit/", cases[i].name, NULL);

      g_test_add_data_func (path, &cases[i], test_open);
      if (cases[i].is_padded)
        g_test_add_data_func (fruit, &cases[i], test_fruit);
    }
  return g_test_run ();
}
