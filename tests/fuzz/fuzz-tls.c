/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"

#include <string.h>

#include "net/ws-tls-session.h"
#include "net/ws-transport.h"

#include "tape.h"
#include "tls-identity.h"

/* TLS sessions. The first two bytes choose what they speak, and whether both
 * ends are real; then steps of a kind and an argument follow, some with a
 * payload after its length. The input is the wire: it cuts, drops, repeats and
 * changes what goes over, and speaks itself, in records or not. */

typedef enum
{
  STEP_MOVE,   /* so many bytes to the server, or from it */
  STEP_ALL,    /* all there is, both ways, until there is none */
  STEP_WRITE,  /* plaintext */
  STEP_BYE,    /* the orderly end */
  STEP_EOF,    /* of ciphertext */
  STEP_JUDGE,  /* of what is paused */
  STEP_FLIP,   /* a bit on the wire */
  STEP_DROP,   /* what is on the wire */
  STEP_REPEAT, /* what went last */
  STEP_SAY,    /* the payload */
  STEP_RECORD, /* in a record, several times */
  STEP_N_KINDS
} StepKind;

typedef struct _End End;
struct _End
{
  WsTlsSession *session; /* (owned) (nullable): the input alone */
  End          *other;
  GByteArray   *out;               /* (owned): ciphertext on its way */
  GByteArray   *last;              /* (owned): that came last */
  guint64       n_written, n_read; /* plaintext */
  WsTlsProgress progress;
  gboolean      has_eof, said_bye, ended, failed;
};

typedef struct
{
  End      client, server;
  gboolean is_tampered;
} Rig;

/* Never does a peer need more than a record. */
#define MAX_RECORD (5 + 16384 + 2048)
#define MAX_WIRE   (1 << 20)

/* --- The sessions --- */

static void
on_alert (gpointer    user_data,
          gboolean    sent,
          guint       level,
          guint       type,
          const char *description)
{
  g_assert_true (g_utf8_validate (description, -1, NULL));
}

static gboolean
on_psk_client (gpointer    user_data,
               const char *hint,
               char      **identity,
               GBytes    **key)
{
  g_assert_true (hint == NULL || g_utf8_validate (hint, -1, NULL));
  *identity = g_strdup ("me");
  *key = g_bytes_new_static ("0123456789abcdef", 16);
  return TRUE;
}

static gboolean
on_psk_server (gpointer user_data, const char *identity, GBytes **key)
{
  g_assert_true (g_utf8_validate (identity, -1, NULL));
  *key = g_bytes_new_static ("0123456789abcdef", 16);
  return TRUE;
}

static void
on_ticket (gpointer user_data, GBytes *ticket)
{
}

static const WsTlsSessionSink sink = {
  .alert = on_alert,
  .psk_client = on_psk_client,
  .psk_server = on_psk_server,
  .ticket = on_ticket,
};

static WsTlsCredentials *
make_credentials (gboolean is_server, guint8 choice, guint8 more)
{
  g_autoptr (GBytes) certificate
      = g_bytes_new_static (tls_identity_certificate,
                            strlen (tls_identity_certificate));
  g_autoptr (GBytes) key
      = g_bytes_new_static (tls_identity_key, strlen (tls_identity_key));
  g_autoptr (GPtrArray) identities = g_ptr_array_new ();
  g_autoptr (GPtrArray) authorities = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  WsTlsIdentity identity = { .chain = certificate, .key = key };
  WsTlsConfig   config
      = { .is_server = is_server,
          .identities = identities,
          .authorities = authorities,
          .priority = "NORMAL",
          .minimum = choice & 0x04 ? WS_TLS_PROTOCOL_1_3 : WS_TLS_PROTOCOL_1_2,
          .maximum = choice & 0x08 ? WS_TLS_PROTOCOL_1_2 : WS_TLS_PROTOCOL_1_3,
          .verify = is_server ? more % 4 : WS_TLS_VERIFY_AUTO,
          .resumes = (choice & 0x20) != 0,
          .offers_psk = (choice & 0x40) != 0,
          .psk_hint = is_server ? "a hint" : NULL };
  WsTlsCredentials *credentials;

  if (is_server || choice & 0x80)
    g_ptr_array_add (identities, &identity);
  if (choice & 0x10)
    g_ptr_array_add (authorities, certificate);
  credentials = ws_tls_credentials_new (&config, &error);
  g_assert_no_error (error);
  return credentials;
}

/* Credentials are costly, and immutable. */
static WsTlsCredentials *
get_credentials (gboolean is_server, guint8 choice, guint8 more)
{
  static WsTlsCredentials *made[2][256][4];
  WsTlsCredentials       **place;

  /* Nothing lies between two versions that exclude each other. */
  if ((choice & 0x0c) == 0x0c)
    choice &= (guint8) ~0x08;
  place = &made[is_server][choice & 0xfc][more % 4];
  if (*place == NULL)
    *place = make_credentials (is_server, choice & 0xfc, more);
  return *place;
}

static void
end_init (End *self, End *other, gboolean is_server, guint8 choice, guint8 more)
{
  static const char *const alpn[] = { "http/1.1", NULL };
  WsTlsSessionOptions      options
      = { .is_server = is_server,
          .credentials = get_credentials (is_server, choice, more),
          .host = is_server ? NULL : "localhost",
          .alpn = more & 4 ? alpn : NULL };
  g_autoptr (GError) error = NULL;

  self->other = other;
  self->progress = WS_TLS_AGAIN;
  self->out = g_byte_array_new ();
  self->last = g_byte_array_new ();
  /* 0, 1: both are real; 2: the client is, 3: the server is. */
  if (choice % 4 == (is_server ? 2 : 3))
    return;
  self->session = ws_tls_session_new (&options, &sink, self, &error);
  g_assert_no_error (error);
}

static void
end_clear (End *self)
{
  g_clear_pointer (&self->session, ws_tls_session_free);
  g_byte_array_unref (self->out);
  g_byte_array_unref (self->last);
}

/* --- What they do --- */

static guint8
letter (guint64 at)
{
  return (guint8) ('a' + at % 23);
}

static void
collect (End *self)
{
  gsize         len;
  const guint8 *data = ws_tls_session_peek_output (self->session, &len);

  if (len == 0)
    return;
  if (self->out->len < MAX_WIRE)
    g_byte_array_append (self->out, data, (guint) len);
  ws_tls_session_drop_output (self->session, len);
}

/* Whatever the wire did, it is what the other end has written, from the
 * beginning. */
static void
check_plaintext (End *self, const guint8 *data, gsize len)
{
  g_assert_nonnull (self->other->session);
  for (gsize i = 0; i < len; i++)
    g_assert_cmpuint (data[i], ==, letter (self->n_read + i));
  self->n_read += len;
  g_assert_cmpuint (self->n_read, <=, self->other->n_written);
}

static void
read_all (End *self)
{
  guint8 data[3000];
  gssize n;

  do
    {
      g_autoptr (GError) error = NULL;

      n = ws_tls_session_read (self->session, data, sizeof data, &error);
      g_assert_true ((n == WS_IO_ERROR) == (error != NULL));
      self->failed |= n == WS_IO_ERROR;
      if (n > 0)
        check_plaintext (self, data, (gsize) n);
    }
  while (n > 0);
  if (n != 0)
    return;
  self->ended = TRUE;
  g_assert_true (self->other->said_bye);
}

static void
take_turn (End *self)
{
  if (self->progress == WS_TLS_AGAIN)
    {
      g_autoptr (GError) error = NULL;

      self->progress = ws_tls_session_handshake (self->session, &error);
      g_assert_true ((self->progress == WS_TLS_FAILED) == (error != NULL));
    }
  if (self->progress == WS_TLS_DONE && !self->failed && !self->ended)
    read_all (self);
}

/* Others may have their turn: who is late, by the clock, takes many turns for
 * what takes one otherwise. */
static gboolean
has_more_turns (End *self)
{
  return (self->progress == WS_TLS_AGAIN || self->progress == WS_TLS_DONE)
         && !self->failed && !self->ended
         && ws_tls_session_is_resting (self->session);
}

static void
drive (End *self)
{
  if (self->session == NULL)
    return;
  do
    take_turn (self);
  while (has_more_turns (self));
  ws_tls_session_keep_input (self->session);
  /* What is of no use is not kept either. */
  if (self->progress != WS_TLS_FAILED && self->progress != WS_TLS_PAUSED
      && !self->failed && !self->ended)
    g_assert_cmpuint (ws_tls_session_get_unread (self->session), <=,
                      MAX_RECORD);
  collect (self);
}

static void
feed (End *self, const guint8 *data, gsize len)
{
  g_autofree guint8 *copy = NULL;

  if (self->session == NULL || self->has_eof || len == 0
      || ws_tls_session_get_unread (self->session) > MAX_WIRE)
    return;
  copy = g_memdup2 (data, len);
  ws_tls_session_feed (self->session, copy, len);
  drive (self);
}

static gboolean
move (End *from, gsize len)
{
  len = MIN (len, from->out->len);
  if (len == 0)
    return FALSE;
  g_byte_array_set_size (from->other->last, 0);
  g_byte_array_append (from->other->last, from->out->data, (guint) len);
  g_byte_array_remove_range (from->out, 0, (guint) len);
  feed (from->other, from->other->last->data, len);
  return TRUE;
}

static void
move_all (Rig *self)
{
  gboolean moves = TRUE;

  for (guint i = 0; i < 1000 && moves; i++)
    {
      drive (&self->client);
      drive (&self->server);
      moves = move (&self->client, G_MAXSIZE);
      moves |= move (&self->server, G_MAXSIZE);
    }
  g_assert_false (moves);
}

static void
write_some (End *self, gsize len)
{
  g_autofree guint8 *data = g_malloc (len + 1);
  g_autoptr (GError) error = NULL;
  gssize n;

  if (self->session == NULL || self->progress != WS_TLS_DONE || self->failed
      || self->out->len > MAX_WIRE)
    return;
  for (gsize i = 0; i < len; i++)
    data[i] = letter (self->n_written + i);
  n = ws_tls_session_write (self->session, data, len, &error);
  g_assert_true ((n == WS_IO_ERROR) == (error != NULL));
  if (n > 0)
    self->n_written += (guint64) n;
  collect (self);
}

static void
say_bye (End *self)
{
  if (self->session == NULL || self->progress != WS_TLS_DONE)
    return;
  self->said_bye = TRUE;
  ws_tls_session_bye (self->session);
  collect (self);
}

static void
say_eof (End *self)
{
  if (self->session == NULL || self->has_eof)
    return;
  self->has_eof = TRUE;
  ws_tls_session_feed_eof (self->session);
  drive (self);
}

static void
judge (End *self, gboolean accept)
{
  GPtrArray *problems;

  if (self->session == NULL || self->progress != WS_TLS_PAUSED)
    return;
  problems = ws_tls_session_get_problems (self->session);
  g_assert_cmpuint (problems->len, >, 0);
  if (accept)
    {
      ws_tls_session_accept_problems (self->session);
      self->progress = WS_TLS_AGAIN;
    }
  else
    {
      ws_tls_session_reject (self->session);
      self->progress = WS_TLS_FAILED;
    }
  drive (self);
}

static void
say_record (End *to, guint8 argument, const Tape *payload)
{
  static const guint8 types[] = { 20, 21, 22, 23, 24, 0, 22, 23 };
  static const guint  counts[] = { 1, 1, 2, 50 };
  g_autoptr (GByteArray) record = g_byte_array_new ();
  const guint8 header[]
      = { types[argument / 2 % 8], 3, 3, (guint8) (payload->len >> 8),
          (guint8) payload->len };

  g_byte_array_append (record, header, sizeof header);
  if (payload->len > 0)
    g_byte_array_append (record, payload->data, (guint) payload->len);
  for (guint i = 0; i < counts[argument / 16 % 4]; i++)
    feed (to, record->data, record->len);
}

/* --- The input --- */

static void
tamper (
    Rig *self, StepKind kind, End *end, guint8 argument, const Tape *payload)
{
  self->is_tampered = TRUE;
  if (kind == STEP_FLIP && end->out->len > 0)
    end->out->data[argument % end->out->len] ^= 1u << argument / 2 % 8;
  else if (kind == STEP_DROP)
    g_byte_array_set_size (end->out, 0);
  else if (kind == STEP_REPEAT)
    feed (end, end->last->data, end->last->len);
  else if (kind == STEP_EOF)
    say_eof (end);
  else if (kind == STEP_SAY)
    feed (end, payload->data, payload->len);
  else if (kind == STEP_RECORD)
    say_record (end, argument, payload);
}

static void
run_step (Rig *self, Tape *tape)
{
  const StepKind kind = tape_byte (tape) % STEP_N_KINDS;
  const guint8   argument = tape_byte (tape);
  End           *end = argument % 2 == 0 ? &self->client : &self->server;
  Tape           payload = { 0 };

  if (kind >= STEP_SAY)
    {
      gsize len = tape_byte (tape) * 256u;

      payload = tape_cut (tape, len + tape_byte (tape));
    }
  if (kind == STEP_MOVE)
    move (end, (gsize) argument / 2 + 1);
  else if (kind == STEP_ALL)
    move_all (self);
  else if (kind == STEP_WRITE)
    write_some (end, (gsize) argument * argument / 2);
  else if (kind == STEP_BYE)
    say_bye (end);
  else if (kind == STEP_JUDGE)
    judge (end, (argument & 2) == 0);
  else
    tamper (self, kind, end, argument, &payload);
}

/* Nobody waits for anything when all has been moved. */
static void
check_rest (Rig *self)
{
  if (self->is_tampered || self->client.session == NULL
      || self->server.session == NULL)
    return;
  move_all (self);
  g_assert_true (self->client.progress != WS_TLS_AGAIN
                 || self->server.progress != WS_TLS_AGAIN);
  if (self->client.progress != WS_TLS_DONE
      || self->server.progress != WS_TLS_DONE || self->client.failed
      || self->server.failed)
    return;
  if (!self->client.ended)
    g_assert_cmpuint (self->client.n_read, ==, self->server.n_written);
  if (!self->server.ended)
    g_assert_cmpuint (self->server.n_read, ==, self->client.n_written);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  Tape   tape = { data, size };
  guint8 choice = tape_byte (&tape), more = tape_byte (&tape);
  Rig    rig = { 0 };

  end_init (&rig.client, &rig.server, FALSE, choice, more);
  end_init (&rig.server, &rig.client, TRUE, choice, more);
  drive (&rig.client);
  drive (&rig.server);
  while (tape.len > 0)
    run_step (&rig, &tape);
  check_rest (&rig);
  end_clear (&rig.client);
  end_clear (&rig.server);
  return 0;
}
