/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* RTLD_NEXT */
#endif
#include "net/ws-tls-stream.h"

#include <dlfcn.h>
#include <string.h>
#include <time.h>

#include "support/ws-test.h"
#include "tls-bare.h"

#define ONLY_12 "NORMAL:-VERS-ALL:+VERS-TLS1.2:-CIPHER-ALL:+AES-128-GCM"
#define ONLY_13 "NORMAL:-VERS-ALL:+VERS-TLS1.3:-CIPHER-ALL:+AES-128-GCM"

/* More records than a turn takes. */
#define N_RECORDS 5000
#define TURN_MAX  1024

/* A peer that sends records without end has turns like everybody. */

typedef struct
{
  const char *name;
  const char *priority;
  gboolean    is_server; /* who is flooded */
} Case;

static const Case cases[] = {
  { "1.2-client", ONLY_12, FALSE },
  { "1.2-server", ONLY_12, TRUE },
  { "1.3-client", ONLY_13, FALSE },
  { "1.3-server", ONLY_13, TRUE },
};

static WsTlsCredentials *
make_credentials (gboolean is_server)
{
  TlsRigSide client = { .trust = "root.pem", .resumes = TRUE };
  TlsRigSide server = { .chain = "server-chain.pem", .key = "server.key" };

  return tls_rig_credentials (is_server, is_server ? &server : &client);
}

static void
init_end (TlsRigEnd *end, gboolean is_server)
{
  g_autoptr (WsTlsCredentials) credentials = make_credentials (is_server);
  WsTlsSessionOptions options = { .credentials = credentials,
                                  .is_server = is_server,
                                  .host = is_server ? NULL : "localhost" };

  tls_rig_end_init (end, &options);
}

static void
begin (const Case *c, TlsRigEnd *end, TlsBare *bare)
{
  init_end (end, c->is_server);
  tls_bare_init (bare, !c->is_server, c->priority);
  tls_bare_handshake (bare, end);
  g_string_truncate (end->alerts, 0);
  g_ptr_array_set_size (end->tickets, 0);
}

static guint
count_records (const guint8 *data, gsize len)
{
  guint n = 0;

  while (len >= 5)
    {
      gsize size = 5 + ((gsize) data[3] << 8 | data[4]);

      g_assert_cmpuint (size, <=, len);
      data += size;
      len -= size;
      n++;
    }
  g_assert_cmpuint (len, ==, 0);
  return n;
}

static void
send_nothing (TlsBare *bare)
{
  tls_bare_send_record (bare, 23, NULL, 0);
}

/* One of @every has a byte in it: GnuTLS ends a session for 200 in a row that
 * have none. */
static void
send_records (TlsBare *bare, guint every, guint n)
{
  for (guint i = 1; i <= n; i++)
    if (i % every != 0)
      send_nothing (bare);
    else
      g_assert_cmpint (gnutls_record_send (bare->tls, "x", 1), ==, 1);
}

/* Nearly all of them empty, or of a byte each; and what follows them. */
static void
test_records (gconstpointer data)
{
  for (guint every = 1; every <= 100; every += 99)
    {
      TlsRigEnd          end;
      TlsBare            bare;
      guint8             text[4096];
      guint              n_turns = 0;
      gsize              total = 0;
      g_autofree guint8 *sent = NULL;
      gsize              n_sent;

      begin (data, &end, &bare);
      send_records (&bare, every, N_RECORDS);
      n_sent = bare.out->len;
      sent = g_memdup2 (bare.out->data, n_sent);
      ws_tls_session_feed (end.session, sent, n_sent);
      do
        {
          gsize  unread = ws_tls_session_get_unread (end.session);
          gssize n = ws_tls_session_read (end.session, text, sizeof text, NULL);
          gsize  left = ws_tls_session_get_unread (end.session);

          g_assert_cmpuint (count_records (sent + n_sent - unread,
                                           unread - left),
                            <=, TURN_MAX);
          g_assert_true (ws_tls_session_is_resting (end.session) == (left > 0));
          g_assert_true (ws_tls_session_is_readable (end.session)
                         == (left > 0));
          total += (gsize) MAX (n, 0);
          n_turns++;
        }
      while (ws_tls_session_is_resting (end.session));
      g_assert_cmpuint (total, ==, N_RECORDS / every);
      g_assert_cmpuint (n_turns, >=, N_RECORDS / TURN_MAX);
      g_byte_array_set_size (bare.out, 0);
      send_records (&bare, 1, 1);
      tls_bare_exchange (&bare, &end);
      g_assert_cmpmem (end.read->data, end.read->len, "x", 1);
      tls_rig_end_clear (&end);
      tls_bare_clear (&bare);
    }
}

/* Each is an emission, and comes alone; so many in a row are no mistake. */
static void
test_warnings (gconstpointer data)
{
  TlsRigEnd end;
  TlsBare   bare;
  guint8    text[16];

  begin (data, &end, &bare);
  for (guint i = 0; i < 100; i++)
    {
      for (guint j = 0; j < 8; j++)
        gnutls_alert_send (bare.tls, GNUTLS_AL_WARNING, GNUTLS_A_USER_CANCELED);
      send_records (&bare, 1, 1);
    }
  ws_tls_session_feed (end.session, bare.out->data, bare.out->len);
  for (guint i = 0; i < 100; i++)
    {
      for (guint j = 0; j < 8; j++)
        {
          g_string_truncate (end.alerts, 0);
          g_assert_cmpint (ws_tls_session_read (end.session, text, 16, NULL),
                           ==, WS_IO_AGAIN);
          g_assert_cmpstr (end.alerts->str, ==, "received 1 90 ");
        }
      g_assert_cmpint (ws_tls_session_read (end.session, text, 1, NULL), ==, 1);
    }
  g_byte_array_set_size (bare.out, 0);

  for (guint j = 0; j < 9; j++)
    gnutls_alert_send (bare.tls, GNUTLS_AL_WARNING, GNUTLS_A_USER_CANCELED);
  tls_bare_exchange (&bare, &end);
  g_assert_cmpint (end.progress, ==, WS_TLS_FAILED);
  g_assert_error (end.error, G_TLS_ERROR, G_TLS_ERROR_MISC);
  g_assert_nonnull (strstr (end.error->message, "more than 8 TLS warnings"));
  g_assert_true (g_str_has_suffix (end.alerts->str, "sent 2 10 "));
  tls_rig_end_clear (&end);
  tls_bare_clear (&bare);
}

/* Each is news, and room for a thousand is in a record. */
static void
test_tickets (void)
{
  static const Case c = { "", ONLY_13, FALSE };
  TlsRigEnd         end;
  TlsBare           bare;
  gnutls_datum_t    key;
  guint8            text[16];
  guint             n_calls = 0;

  init_end (&end, FALSE);
  tls_bare_init (&bare, TRUE, c.priority);
  g_assert_cmpint (gnutls_session_ticket_key_generate (&key), ==, 0);
  gnutls_session_ticket_enable_server (bare.tls, &key);
  tls_bare_handshake (&bare, &end);
  g_ptr_array_set_size (end.tickets, 0);
  for (guint i = 0; i < 50; i++)
    g_assert_cmpint (gnutls_session_ticket_send (bare.tls, 2, 0), ==, 0);
  ws_tls_session_feed (end.session, bare.out->data, bare.out->len);
  do
    {
      guint n = end.tickets->len;

      g_assert_cmpint (ws_tls_session_read (end.session, text, 16, NULL), ==,
                       WS_IO_AGAIN);
      g_assert_cmpuint (end.tickets->len, <=, n + 4);
      g_assert_cmpuint (end.tickets->len, >, n);
      n_calls++;
    }
  while (ws_tls_session_is_resting (end.session));
  g_assert_cmpuint (end.tickets->len, <=, 4 * n_calls);
  gnutls_free (key.data);
  tls_rig_end_clear (&end);
  tls_bare_clear (&bare);
}

/* --- Before the handshake is over --- */

/* A hello of 64 KiB, which never ends, in records of a byte each. */
static GByteArray *
make_fragments (void)
{
  static const guint8 hello[] = { 1, 0, 0xff, 0xff };
  GByteArray         *flood = g_byte_array_new ();

  for (guint i = 0; i < N_RECORDS; i++)
    {
      guint8 record[] = { 22, 3, 1, 0, 1, i < 4 ? hello[i] : 0 };

      g_byte_array_append (flood, record, sizeof record);
    }
  return flood;
}

static void
test_early_fragments (void)
{
  g_autoptr (GByteArray) flood = make_fragments ();
  TlsRigEnd end;
  guint     n_turns = 0;

  init_end (&end, TRUE);
  ws_tls_session_feed (end.session, flood->data, flood->len);
  do
    {
      gsize unread = ws_tls_session_get_unread (end.session);

      end.progress = ws_tls_session_handshake (end.session, &end.error);
      g_assert_cmpint (end.progress, ==, WS_TLS_AGAIN);
      g_assert_cmpuint (unread - ws_tls_session_get_unread (end.session), <=,
                        6 * TURN_MAX);
      n_turns++;
    }
  while (ws_tls_session_is_resting (end.session));
  g_assert_cmpuint (ws_tls_session_get_unread (end.session), ==, 0);
  g_assert_cmpuint (n_turns, >=, N_RECORDS / TURN_MAX);
  tls_rig_end_clear (&end);
}

static void
test_early_warnings (void)
{
  static const guint8 record[] = { 21, 3, 3, 0, 2, 1, 112 };
  g_autoptr (GByteArray) flood = g_byte_array_new ();
  TlsRigEnd end;
  guint     n_alerts = 0;

  for (guint i = 0; i < N_RECORDS; i++)
    g_byte_array_append (flood, record, sizeof record);
  init_end (&end, FALSE);
  tls_rig_step (&end);
  ws_tls_session_feed (end.session, flood->data, flood->len);
  tls_rig_step (&end);
  g_assert_error (end.error, G_TLS_ERROR, G_TLS_ERROR_MISC);
  for (const char *at = end.alerts->str;
       (at = strstr (at, "received 1 112 ")) != NULL; at++)
    n_alerts++;
  g_assert_cmpuint (n_alerts, ==, 9);
  tls_rig_end_clear (&end);
}

/* --- The stream --- */

typedef struct
{
  WsTransport  parent;
  GByteArray  *in; /* (unowned) */
  GIOCondition wanted;
} Memory;

static gssize
memory_read (WsTransport *transport, guint8 *data, gsize len, GError **error)
{
  Memory *self = (Memory *) transport;

  len = MIN (len, self->in->len);
  if (len == 0)
    return WS_IO_AGAIN;
  memcpy (data, self->in->data, len);
  g_byte_array_remove_range (self->in, 0, (guint) len);
  return (gssize) len;
}

static gssize
memory_writev (WsTransport         *transport,
               const GOutputVector *vectors,
               guint                n_vectors,
               GError             **error)
{
  return WS_IO_AGAIN;
}

static void
memory_want (WsTransport *transport, GIOCondition condition)
{
  ((Memory *) transport)->wanted = condition;
}

static gboolean
memory_is_readable (WsTransport *transport)
{
  return ((Memory *) transport)->in->len > 0;
}

static void
memory_free (WsTransport *transport)
{
  ws_poller_unref (transport->poller);
  g_free (transport);
}

static const WsTransportClass memory_class = {
  .read = memory_read,
  .writev = memory_writev,
  .want = memory_want,
  .is_readable = memory_is_readable,
  .short_read_is_last = TRUE,
  .free = memory_free,
};

typedef struct
{
  WsTransport *stream;
  guint        n_ready, n_failed, n_low;
} Owner;

static void
on_failed (WsTransport *stream, const GError *error, gpointer user_data)
{
  ((Owner *) user_data)->n_failed++;
}

static gboolean
on_low (gpointer user_data)
{
  ((Owner *) user_data)->n_low++;
  return G_SOURCE_CONTINUE;
}

/* The handshake goes on by itself, and sources of any priority between. */
static void
test_stream (void)
{
  static const WsTlsStreamSink  sink = { .failed = on_failed };
  static const WsTlsSessionSink silence = { 0 };
  g_autoptr (WsPoller) poller = ws_poller_get (NULL);
  g_autoptr (WsTlsCredentials) credentials = make_credentials (TRUE);
  g_autoptr (GByteArray) flood = make_fragments ();
  WsTlsSessionOptions options
      = { .credentials = credentials, .is_server = TRUE };
  Memory *memory = g_new0 (Memory, 1);
  Owner   owner = { 0 };
  guint   low, n = 0;

  memory->parent = (WsTransport){ .klass = &memory_class,
                                  .poller = ws_poller_ref (poller) };
  memory->in = flood;
  owner.stream = ws_tls_stream_new (&memory->parent, &options, &sink, &silence,
                                    &owner, NULL);
  low = g_idle_add_full (G_PRIORITY_LOW, on_low, &owner, NULL);
  while (memory->wanted != G_IO_IN)
    g_main_context_iteration (NULL, FALSE);
  memory->parent.ready (memory->parent.user_data, G_IO_IN);
  while (owner.n_failed == 0 && memory->wanted != G_IO_IN)
    {
      gsize unread = ws_tls_session_get_unread (
          ws_tls_stream_get_session (owner.stream));

      g_assert_cmpuint (unread, >, 0);
      owner.n_low = 0;
      ws_test_until (NULL, owner.n_low > 0);
      n++;
    }
  g_assert_cmpuint (n, >=, N_RECORDS / TURN_MAX);
  g_assert_cmpuint (owner.n_failed, ==, 0);
  g_source_remove (low);
  ws_transport_free (owner.stream);
}

/* --- */

/* --- Questions whose answers nobody reads --- */

static time_t seconds_ahead;

/* Instead of the C library's: GnuTLS takes some key updates a second only. */
int
clock_gettime (clockid_t id, struct timespec *now)
{
  static int (*real) (clockid_t, struct timespec *);
  int result;

  if (real == NULL)
    *(void **) &real = dlsym (RTLD_NEXT, "clock_gettime");
  result = real (id, now);
  now->tv_sec += seconds_ahead;
  return result;
}

/* RFC 8446, 4.6.3: each is to be answered before the next data of ours. */
static void
ask_for_keys (TlsRigEnd *end, TlsBare *bare)
{
  seconds_ahead++;
  g_assert_cmpint (gnutls_session_key_update (bare->tls, GNUTLS_KU_PEER), ==,
                   0);
  ws_tls_session_feed (end->session, bare->out->data, bare->out->len);
  tls_rig_step (end);
  g_byte_array_set_size (bare->out, 0);
}

/* A peer that asks for ever and reads nothing is not answered for ever: one
 * update goes with the next data, and that is all. */
static void
test_key_updates (gconstpointer data)
{
  const Case *c = data;
  TlsRigEnd   end;
  TlsBare     bare;
  gsize       len;

  begin (c, &end, &bare);
  for (guint round = 0; round < 3; round++)
    {
      for (guint i = 0; i < 300; i++)
        ask_for_keys (&end, &bare);
      g_assert_cmpint (end.progress, ==, WS_TLS_DONE);
      tls_rig_write (&end, "x", 1);
      ws_tls_session_peek_output (end.session, &len);
      g_assert_cmpuint (len, <, 100 * (round + 1));
    }
  tls_bare_clear (&bare);
  tls_rig_end_clear (&end);
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *records
          = g_strconcat ("/net/tls-floods/records/", cases[i].name, NULL);
      g_autofree char *warnings
          = g_strconcat ("/net/tls-floods/warnings/", cases[i].name, NULL);

      g_test_add_data_func (records, &cases[i], test_records);
      g_autofree char *updates
          = g_strconcat ("/net/tls-floods/key-updates/", cases[i].name, NULL);

      /* TLS 1.3 knows no warnings, and no other has updates. */
      if (strcmp (cases[i].priority, ONLY_12) == 0)
        g_test_add_data_func (warnings, &cases[i], test_warnings);
      else
        g_test_add_data_func (updates, &cases[i], test_key_updates);
    }
  g_test_add_func ("/net/tls-floods/early/fragments", test_early_fragments);
  g_test_add_func ("/net/tls-floods/early/warnings", test_early_warnings);
  g_test_add_func ("/net/tls-floods/tickets", test_tickets);
  g_test_add_func ("/net/tls-floods/stream", test_stream);
  return g_test_run ();
}
