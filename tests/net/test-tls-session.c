/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/ws-tls-session.h"

#include <string.h>

#include "net/ws-transport.h"

#include "support/ws-test.h"
#include "tls-rig.h"

#define SERVER  .chain = "server-chain.pem", .key = "server.key"
#define RSA     .chain = "server-rsa.pem", .key = "rsa.key"
#define CLIENT  .chain = "client.pem", .key = "leaf.key"
#define EXPIRED .chain = "expired.pem", .key = "leaf.key"
#define TRUST   .trust = "root.pem"
#define LONG    .chain = "long-chain.pem", .key = "leaf.key"
#define MANY    .trust = "long-authorities.pem"
#define V12     .maximum = WS_TLS_PROTOCOL_1_2
#define V13     .minimum = WS_TLS_PROTOCOL_1_3

#define QUERY   .verify = WS_TLS_VERIFY_QUERY
#define PEER    .verify = WS_TLS_VERIFY_PEER
#define ASKS    SERVER, TRUST, QUERY
#define DEMANDS SERVER, TRUST, PEER
#define PSK     .offers_psk = TRUE
#define RESUMES .resumes = TRUE
#define ONLY_12 "NORMAL:-VERS-ALL:+VERS-TLS1.2"
#define ONLY_13 "NORMAL:-VERS-ALL:+VERS-TLS1.3"
#define RETRY   SERVER, .priority = "NORMAL:-GROUP-ALL:+GROUP-SECP521R1"

/* --- The matrix --- */

typedef struct
{
  const char *name;
  TlsRigSide  client;
  TlsRigSide  server;
  const char *protocol;
  const char *alpn;    /* that the client offers; NULL: none */
  guint       n_shown; /* certificates, by the client */
} Good;

/* clang-format off */
static const Good good[] = {
  { "1.3-ecdsa", { TRUST }, { SERVER }, "TLS1.3" },
  { "1.2-ecdsa", { TRUST, V12 }, { SERVER }, "TLS1.2" },
  { "1.3-rsa", { TRUST }, { RSA }, "TLS1.3" },
  { "1.2-rsa", { TRUST }, { RSA, V12 }, "TLS1.2" },
  { "1.3-requested", { TRUST, CLIENT }, { ASKS }, "TLS1.3", NULL, 1 },
  { "1.2-requested", { TRUST, CLIENT, V12 }, { ASKS }, "TLS1.2", NULL, 1 },
  { "1.3-requested-none", { TRUST }, { ASKS }, "TLS1.3" },
  { "1.2-requested-none", { TRUST, V12 }, { ASKS }, "TLS1.2" },
  { "1.3-required", { TRUST, CLIENT }, { DEMANDS }, "TLS1.3", NULL, 1 },
  { "1.2-required", { TRUST, CLIENT, V12 },
    { RSA, TRUST, PEER }, "TLS1.2", NULL, 1 },
  { "1.3-alpn", { TRUST, V13 }, { SERVER }, "TLS1.3", "http/1.1" },
  { "1.2-alpn", { TRUST }, { SERVER, V12 }, "TLS1.2", "http/1.1" },
  { "1.3-alpn-retry", { TRUST, V13 }, { RETRY }, "TLS1.3", "http/1.1" },
  { "1.3-unverified", { .verify = WS_TLS_VERIFY_NONE }, { SERVER }, "TLS1.3" },
  { "1.2-unverified", { .verify = WS_TLS_VERIFY_NONE, V12 }, { SERVER },
    "TLS1.2" },
  { "1.3-ocsp", { TRUST }, { RSA, .ocsp = "server-rsa.ocsp" }, "TLS1.3" },
  { "priority", { TRUST, .priority = "PFS" }, { SERVER }, "TLS1.3" },
  { "priority-1.2", { TRUST, .priority = ONLY_12 }, { SERVER }, "TLS1.2" },
};

/* Messages of more than a record. */
static const Good longer[] = {
  { "1.3-long", { TRUST }, { LONG }, "TLS1.3" },
  { "1.2-long", { TRUST, V12 }, { LONG }, "TLS1.2" },
  { "1.3-long-client", { TRUST, LONG }, { DEMANDS }, "TLS1.3", NULL, 2 },
  { "1.2-long-client", { TRUST, LONG, V12 }, { DEMANDS }, "TLS1.2", NULL, 2 },
  { "1.3-authorities", { TRUST, LONG },
    { LONG, MANY, PEER }, "TLS1.3", NULL, 2 },
  { "1.2-authorities", { TRUST, LONG, V12 },
    { LONG, MANY, PEER }, "TLS1.2", NULL, 2 },
};
/* clang-format on */

static void
assert_described (const Good *g, TlsRigEnd *end)
{
  g_autofree char *protocol = ws_tls_session_describe_protocol (end->session);
  g_autofree char *cipher = ws_tls_session_describe_cipher (end->session);
  g_autofree char *alpn = ws_tls_session_get_alpn (end->session);

  g_assert_cmpstr (protocol, ==, g->protocol);
  g_assert_true (g_str_has_prefix (cipher, "TLS_"));
  g_assert_cmpstr (alpn, ==, g->alpn);
  g_assert_false (ws_tls_session_is_resumed (end->session));
  g_assert_cmpuint (ws_tls_session_get_problems (end->session)->len, ==, 0);
  g_assert_cmpstr (end->alerts->str, ==, "");
}

static void
assert_chains (const Good *g, TlsRig *rig)
{
  g_autoptr (GPtrArray) servers
      = ws_tls_session_get_peer_chain (rig->client.session);
  g_autoptr (GPtrArray) clients
      = ws_tls_session_get_peer_chain (rig->server.session);

  g_assert_cmpuint (servers->len, ==, strstr (g->server.chain, "rsa") ? 1 : 2);
  g_assert_cmpuint (clients->len, ==, g->n_shown);
}

static void
check_good (const Good *g, gsize split)
{
  g_autoptr (WsTlsCredentials) ours = tls_rig_credentials (FALSE, &g->client);
  g_autoptr (WsTlsCredentials) theirs = tls_rig_credentials (TRUE, &g->server);
  const char         *alpn[] = { "http/1.1", NULL };
  WsTlsSessionOptions client = { .credentials = ours, .host = "localhost" };
  WsTlsSessionOptions server
      = { .credentials = theirs, .is_server = TRUE, .alpn = alpn };
  TlsRig rig = { .split = split };

  client.alpn = g->alpn != NULL ? alpn : NULL; /* the server's, or none */
  tls_rig_end_init (&rig.client, &client);
  tls_rig_end_init (&rig.server, &server);
  tls_rig_run (&rig);
  tls_rig_assert_works (&rig);
  assert_described (g, &rig.client);
  assert_described (g, &rig.server);
  assert_chains (g, &rig);
  tls_rig_clear (&rig);
}

static void
test_good (gconstpointer data)
{
  check_good (data, 0);
  check_good (data, 1);
  check_good (data, 7);
}

static void
test_longer (gconstpointer data)
{
  static const gsize splits[]
      = { 0, 97, 5000, 16384, 16388, 16389, 16390, 16411, 20000 };

  for (guint i = 0; i < G_N_ELEMENTS (splits); i++)
    check_good (data, splits[i]);
}

/* --- Resumption --- */

typedef struct
{
  const char *name;
  TlsRigSide  client;
  TlsRigSide  server;
  guint       n_tickets; /* at least */
} Resumption;

/* clang-format off */
static const Resumption resumptions[] = {
  { "1.3", { TRUST, RESUMES }, { SERVER, RESUMES }, 1 },
  { "1.2", { TRUST, V12, RESUMES }, { SERVER, RESUMES }, 1 },
  { "1.3-required", { TRUST, CLIENT, RESUMES }, { DEMANDS, RESUMES }, 1 },
  { "1.2-required", { TRUST, CLIENT, V12, RESUMES }, { DEMANDS, RESUMES }, 1 },
  { "1.3-unwanted", { TRUST }, { SERVER, RESUMES }, 0 },
  { "1.2-unwanted", { TRUST, V12 }, { SERVER, RESUMES }, 0 },
  { "1.3-not-offered", { TRUST, RESUMES }, { SERVER }, 0 },
};
/* clang-format on */

static void
init_resuming (TlsRig           *rig,
               WsTlsCredentials *ours,
               WsTlsCredentials *theirs,
               GBytes           *ticket)
{
  WsTlsSessionOptions client
      = { .credentials = ours, .host = "localhost", .ticket = ticket };
  WsTlsSessionOptions server = { .credentials = theirs, .is_server = TRUE };

  *rig = (TlsRig){ 0 };
  tls_rig_end_init (&rig->client, &client);
  tls_rig_end_init (&rig->server, &server);
  tls_rig_run (rig);
}

static void
test_resumption (gconstpointer data)
{
  const Resumption *r = data;
  g_autoptr (WsTlsCredentials) ours = tls_rig_credentials (FALSE, &r->client);
  g_autoptr (WsTlsCredentials) theirs = tls_rig_credentials (TRUE, &r->server);
  g_autoptr (GBytes) ticket = NULL;
  TlsRig rig;

  init_resuming (&rig, ours, theirs, NULL);
  tls_rig_assert_works (&rig);
  g_assert_false (ws_tls_session_is_resumed (rig.client.session));
  g_assert_cmpuint (rig.client.tickets->len > 0, ==, r->n_tickets > 0);
  if (rig.client.tickets->len > 0)
    ticket = g_bytes_ref (g_ptr_array_index (rig.client.tickets, 0));
  tls_rig_clear (&rig);

  if (ticket == NULL)
    return;
  init_resuming (&rig, ours, theirs, ticket);
  tls_rig_assert_works (&rig);
  g_assert_true (ws_tls_session_is_resumed (rig.client.session));
  g_assert_true (ws_tls_session_is_resumed (rig.server.session));
  g_assert_cmpuint (rig.client.tickets->len, >, 0);
  tls_rig_clear (&rig);
}

/* A ticket of one that verified nothing is no way around the judgement. */
static void
test_resumption_is_judged (gconstpointer data)
{
  const char *priority = data;
  TlsRigSide  lax
      = { .verify = WS_TLS_VERIFY_NONE, .priority = priority, RESUMES };
  TlsRigSide strict
      = { .trust = "other-root.pem", .priority = priority, RESUMES };
  TlsRigSide server = { SERVER, RESUMES };
  g_autoptr (WsTlsCredentials) ours = tls_rig_credentials (FALSE, &lax);
  g_autoptr (WsTlsCredentials) judge = tls_rig_credentials (FALSE, &strict);
  g_autoptr (WsTlsCredentials) theirs = tls_rig_credentials (TRUE, &server);
  g_autoptr (GBytes) ticket = NULL;
  TlsRig rig;

  init_resuming (&rig, ours, theirs, NULL);
  g_assert_cmpuint (rig.client.tickets->len, >, 0);
  ticket = g_bytes_ref (g_ptr_array_index (rig.client.tickets, 0));
  tls_rig_clear (&rig);

  init_resuming (&rig, judge, theirs, ticket);
  g_assert_cmpint (rig.client.progress, ==, WS_TLS_PAUSED);
  g_assert_cmpuint (ws_tls_session_get_problems (rig.client.session)->len, ==,
                    1);
  ws_tls_session_accept_problems (rig.client.session);
  tls_rig_run (&rig);
  tls_rig_assert_works (&rig);
  g_assert_true (ws_tls_session_is_resumed (rig.client.session));
  g_assert_cmpuint (rig.client.tickets->len, ==, 0);
  tls_rig_clear (&rig);
}

static void
test_bad_ticket (void)
{
  TlsRigSide client = { TRUST, RESUMES };
  TlsRigSide server = { SERVER, RESUMES };
  g_autoptr (WsTlsCredentials) ours = tls_rig_credentials (FALSE, &client);
  g_autoptr (WsTlsCredentials) theirs = tls_rig_credentials (TRUE, &server);
  g_autoptr (GBytes) ticket = g_bytes_new_static ("nonsense", 8);
  TlsRig rig;

  init_resuming (&rig, ours, theirs, ticket);
  tls_rig_assert_works (&rig);
  g_assert_false (ws_tls_session_is_resumed (rig.client.session));
  tls_rig_clear (&rig);
}

/* --- The pause --- */

typedef struct
{
  const char *name;
  TlsRigSide  client;
  TlsRigSide  server;
  gboolean    server_pauses;
  const char *alert; /* when refused */
} Pause;

/* clang-format off */
static const Pause pauses[] = {
  { "1.3-client", { .trust = "other-root.pem", RESUMES },
    { SERVER, RESUMES }, FALSE, "sent 2 48 " },
  { "1.2-client", { .trust = "other-root.pem", V12, RESUMES },
    { SERVER, RESUMES }, FALSE, "sent 2 48 " },
  { "1.3-client-rsa", { .trust = "other-root.pem", CLIENT },
    { RSA, QUERY, TRUST }, FALSE, "sent 2 48 " },
  { "1.2-client-rsa", { .trust = "other-root.pem", CLIENT, V12 },
    { RSA, QUERY, TRUST }, FALSE, "sent 2 48 " },
  { "1.3-client-expired", { TRUST },
    { .chain = "expired.pem", .key = "leaf.key" }, FALSE, "sent 2 45 " },
  { "1.3-client-long", { .trust = "other-root.pem" }, { LONG }, FALSE,
    "sent 2 48 " },
  { "1.2-client-long", { .trust = "other-root.pem", V12 }, { LONG }, FALSE,
    "sent 2 48 " },
  { "1.3-server", { TRUST, EXPIRED, RESUMES }, { DEMANDS,
      RESUMES }, TRUE, "sent 2 45 " },
  { "1.2-server", { TRUST, EXPIRED, V12 }, { DEMANDS }, TRUE, "sent 2 45 " },
  { "1.3-server-none", { TRUST }, { DEMANDS }, TRUE, "sent 2 116 " },
  { "1.2-server-none", { TRUST, V12 }, { DEMANDS }, TRUE, "sent 2 40 " },
};
/* clang-format on */

static TlsRigEnd *
begin_pause (TlsRig *rig, const Pause *p, gsize split)
{
  TlsRigEnd *end = p->server_pauses ? &rig->server : &rig->client;
  gsize      len;

  tls_rig_init (rig, &p->client, &p->server);
  rig->split = split;

  tls_rig_run (rig);
  g_assert_cmpint (end->progress, ==, WS_TLS_PAUSED);
  g_assert_cmpuint (ws_tls_session_get_problems (end->session)->len, >, 0);
  ws_tls_session_peek_output (end->session, &len);
  g_assert_cmpuint (len, ==, 0);

  for (guint i = 0; i < 5; i++)
    {
      tls_rig_run (rig);
      g_assert_cmpint (end->progress, ==, WS_TLS_PAUSED);
    }
  g_assert_cmpstr (end->alerts->str, ==, "");
  return end;
}

static void
test_pause_accepted (gconstpointer data)
{
  for (gsize split = 0; split < 2; split++)
    {
      TlsRig     rig;
      TlsRigEnd *end = begin_pause (&rig, data, split);

      ws_tls_session_accept_problems (end->session);
      tls_rig_run (&rig);
      tls_rig_assert_works (&rig);
      g_assert_cmpuint (ws_tls_session_get_problems (end->session)->len, >, 0);
      if (end == &rig.client)
        g_assert_cmpuint (end->tickets->len, ==, 0);
      tls_rig_clear (&rig);
    }
}

static void
test_pause_refused (gconstpointer data)
{
  const Pause *p = data;
  TlsRig       rig;
  TlsRigEnd   *end = begin_pause (&rig, p, 0);
  TlsRigEnd   *other = end == &rig.client ? &rig.server : &rig.client;

  ws_tls_session_reject (end->session);
  g_assert_cmpstr (end->alerts->str, ==, p->alert);
  tls_rig_run (&rig);
  g_assert_cmpint (end->progress, ==, WS_TLS_FAILED);
  g_assert_nonnull (end->error);
  g_assert_true (end->error->domain == G_TLS_ERROR);
  g_assert_cmpint (other->progress, ==, WS_TLS_FAILED);
  g_assert_true (g_str_has_prefix (other->alerts->str, "received 2 "));
  tls_rig_clear (&rig);
}

static void
test_pause_freed (gconstpointer data)
{
  TlsRig rig;

  begin_pause (&rig, data, 0);
  tls_rig_clear (&rig);
}

/* Known, but no reason to stop. */
static void
test_query (void)
{
  TlsRigSide client = { .trust = "other-root.pem", QUERY, RESUMES };
  TlsRigSide server = { SERVER, RESUMES };
  TlsRig     rig;

  tls_rig_init (&rig, &client, &server);
  tls_rig_run (&rig);
  tls_rig_assert_works (&rig);
  g_assert_cmpuint (ws_tls_session_get_problems (rig.client.session)->len, ==,
                    1);
  g_assert_cmpuint (rig.client.tickets->len, ==, 0);
  tls_rig_clear (&rig);
}

/* --- Pre-shared keys --- */

typedef struct
{
  const char *name;
  const char *priority; /* of the client */
  TlsRigSide  server;
  const char *client_key, *server_key;
  const char *hint; /* that arrives */
  gboolean    works;
  guint       n_asked; /* the client */
} Psk;

/* clang-format off */
static const Psk psks[] = {
  { "1.3", ONLY_13, { PSK }, "key", "key", NULL, TRUE, 1 },
  { "1.3-hint", ONLY_13, { PSK, .psk_hint = "hint" },
    "key", "key",
    NULL, TRUE, 1 },
  { "1.2", ONLY_12, { PSK }, "key", "key", NULL, TRUE, 1 },
  { "1.2-hint", ONLY_12, { PSK, .psk_hint = "hint" },
    "key", "key",
    "hint", TRUE, 1 },
  { "1.2-bytes-as-hint", ONLY_12, { PSK, .psk_hint = "caf\351" }, "key",
    "key", "caf\357\277\275", TRUE, 1 },
  { "both-1.2-hint", NULL, { PSK, .psk_hint = "hint", V12 }, "key",
    "key", "hint", TRUE, 2 },
  { "1.3-wrong", ONLY_13, { PSK }, "key", "other", NULL, FALSE, 1 },
  { "1.2-wrong", ONLY_12, { PSK }, "key", "other", NULL, FALSE, 1 },
  { "1.3-unknown", ONLY_13, { PSK }, "key", NULL, NULL, FALSE, 1 },
  { "1.2-unknown", ONLY_12, { PSK }, "key", NULL, NULL, FALSE, 1 },
  { "1.3-none", ONLY_13, { PSK }, NULL, "key", NULL, FALSE, 1 },
  { "1.2-none", ONLY_12, { PSK }, NULL, "key", NULL, FALSE, 1 },
  { "1.3-none-certificate", ONLY_13, { SERVER, PSK }, NULL, "key", NULL,
    TRUE, 1 },
  { "1.3-required", ONLY_13, { SERVER, TRUST, PSK,
    PEER }, "key", "key", NULL, TRUE, 1 },
};
/* clang-format on */

static void
test_psk (gconstpointer data)
{
  const Psk *p = data;
  TlsRigSide client = { TRUST, PSK, .priority = p->priority };
  TlsRig     rig;

  tls_rig_init (&rig, &client, &p->server);
  rig.client.psk_key = p->client_key;
  rig.server.psk_key = p->server_key;
  tls_rig_run (&rig);
  g_assert_cmpuint (rig.client.n_psk_asked, ==, p->n_asked);
  g_assert_cmpstr (rig.client.psk_hint, ==, p->hint);
  if (p->works)
    tls_rig_assert_works (&rig);
  else
    {
      g_assert_cmpint (rig.client.progress, ==, WS_TLS_FAILED);
      g_assert_cmpint (rig.server.progress, ==, WS_TLS_FAILED);
    }
  tls_rig_clear (&rig);
}

/* RFC 4279, 5.1: an identity is UTF-8. A server that is asked for the key of
 * another may be written in a language that knows no other texts. */
static void
test_psk_identity (gconstpointer data)
{
  static const struct
  {
    const char *identity;
    gboolean    works;
  } cases[]
      = { { "caf\303\251", TRUE }, { "caf\351", FALSE }, { "\377", FALSE } };
  TlsRigSide client = { TRUST, PSK, .priority = data };
  TlsRigSide server = { PSK };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      TlsRig rig;

      tls_rig_init (&rig, &client, &server);
      rig.client.psk_key = rig.server.psk_key = "key";
      rig.client.psk_identity = rig.server.psk_identity = cases[i].identity;
      tls_rig_run (&rig);
      g_assert_cmpuint (rig.server.n_psk_asked, ==, cases[i].works ? 1 : 0);
      g_assert_cmpint (rig.client.progress, ==,
                       cases[i].works ? WS_TLS_DONE : WS_TLS_FAILED);
      tls_rig_clear (&rig);
    }
}

static const TlsRigSide any_client = { TRUST };
static const TlsRigSide plain_server = { SERVER };

/* --- Names --- */

static void
assert_sni (const char *host, const char *sni)
{
  g_autoptr (WsTlsCredentials) credentials
      = tls_rig_credentials (FALSE, &any_client);
  WsTlsSessionOptions options = { .credentials = credentials, .host = host };
  TlsRigEnd           end;
  gsize               len;
  const guint8       *data;
  const char         *searched = sni != NULL ? sni : host;

  tls_rig_end_init (&end, &options);
  tls_rig_step (&end);
  data = ws_tls_session_peek_output (end.session, &len);
  g_assert_nonnull (data);
  g_assert_true (tls_rig_contains (data, len, searched) == (sni != NULL));
  tls_rig_end_clear (&end);
}

static void
test_sni (void)
{
  assert_sni ("localhost", "localhost");
  assert_sni ("www.example.test.", "www.example.test");
  assert_sni ("bücher.test", "xn--bcher-kva.test");
  assert_sni ("127.0.0.1", NULL);
  assert_sni ("::1", NULL);
  assert_sni ("fe80::1%eth0", NULL);
}

static void
test_verify_name (void)
{
  g_autoptr (WsTlsCredentials) ours = tls_rig_credentials (FALSE, &any_client);
  g_autoptr (WsTlsCredentials) theirs
      = tls_rig_credentials (TRUE, &plain_server);
  static const struct
  {
    const char *host, *verify_name;
    gboolean    good;
  } cases[] = {
    { "localhost", NULL, TRUE },
    { "127.0.0.1", NULL, TRUE },
    { "www.example.test", NULL, TRUE },
    { "other.test", NULL, FALSE },
    { "other.test", "localhost", TRUE },
    { "localhost", "other.test", FALSE },
    { "::1", NULL, TRUE },
    { "::2", NULL, FALSE },
    { "::1%lo", NULL, TRUE },
    { "::1%1", NULL, TRUE },
    { "::2%lo", NULL, FALSE },
    { "other.test", "::1%lo", TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      WsTlsSessionOptions client = { .credentials = ours,
                                     .host = cases[i].host,
                                     .verify_name = cases[i].verify_name };
      WsTlsSessionOptions server = { .credentials = theirs, .is_server = TRUE };
      TlsRig              rig = { 0 };

      tls_rig_end_init (&rig.client, &client);
      tls_rig_end_init (&rig.server, &server);
      tls_rig_run (&rig);
      g_assert_cmpint (rig.client.progress, ==,
                       cases[i].good ? WS_TLS_DONE : WS_TLS_PAUSED);
      tls_rig_clear (&rig);
    }
}

/* --- */

static void
add (const char   *group,
     const char   *name,
     gconstpointer data,
     GTestDataFunc func)
{
  g_autofree char *path
      = g_strdup_printf ("/net/tls-session/%s/%s", group, name);

  g_test_add_data_func (path, data, func);
}

static void
add_tables (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    add ("good", good[i].name, &good[i], test_good);
  for (guint i = 0; i < G_N_ELEMENTS (longer); i++)
    add ("good", longer[i].name, &longer[i], test_longer);
  for (guint i = 0; i < G_N_ELEMENTS (resumptions); i++)
    add ("resumption", resumptions[i].name, &resumptions[i], test_resumption);
  for (guint i = 0; i < G_N_ELEMENTS (pauses); i++)
    {
      add ("pause-accepted", pauses[i].name, &pauses[i], test_pause_accepted);
      add ("pause-refused", pauses[i].name, &pauses[i], test_pause_refused);
      add ("pause-freed", pauses[i].name, &pauses[i], test_pause_freed);
    }
  for (guint i = 0; i < G_N_ELEMENTS (psks); i++)
    add ("psk", psks[i].name, &psks[i], test_psk);
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);
  add_tables ();
  add ("psk-identity", "1.2", ONLY_12, test_psk_identity);
  add ("psk-identity", "1.3", ONLY_13, test_psk_identity);
  add ("resumption-is-judged", "1.2", ONLY_12, test_resumption_is_judged);
  add ("resumption-is-judged", "1.3", ONLY_13, test_resumption_is_judged);
  g_test_add_func ("/net/tls-session/bad-ticket", test_bad_ticket);
  g_test_add_func ("/net/tls-session/query", test_query);
  g_test_add_func ("/net/tls-session/sni", test_sni);
  g_test_add_func ("/net/tls-session/verify-name", test_verify_name);
  return g_test_run ();
}
