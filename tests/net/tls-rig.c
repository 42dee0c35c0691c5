/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tls-rig.h"

#include <string.h>

#include "net/ws-transport.h"

#include "support/ws-test.h"

GBytes *
tls_rig_read (const char *name)
{
  const char      *folder = g_getenv ("WS_TEST_CERTIFICATES");
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;
  char *data;
  gsize len;

  g_assert_nonnull (folder);
  path = g_build_filename (folder, name, NULL);
  g_file_get_contents (path, &data, &len, &error);
  g_assert_no_error (error);
  return g_bytes_new_take (data, len);
}

gboolean
tls_rig_contains (gconstpointer data, gsize len, const char *text)
{
  const guint8 *bytes = data;
  gsize         n = strlen (text);

  for (gsize i = 0; i + n <= len; i++)
    if (memcmp (bytes + i, text, n) == 0)
      return TRUE;
  return FALSE;
}

static GPtrArray *
list_of (const char *name)
{
  GPtrArray *list;

  if (name == NULL)
    return NULL;
  list = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_ptr_array_add (list, tls_rig_read (name));
  return list;
}

WsTlsCredentials *
tls_rig_credentials (gboolean is_server, const TlsRigSide *side)
{
  g_autoptr (GPtrArray) authorities = list_of (side->trust);
  g_autoptr (GPtrArray) identities = g_ptr_array_new ();
  g_autoptr (GBytes) chain = side->chain ? tls_rig_read (side->chain) : NULL;
  g_autoptr (GBytes) key = side->key ? tls_rig_read (side->key) : NULL;
  g_autoptr (GBytes) ocsp = side->ocsp ? tls_rig_read (side->ocsp) : NULL;
  g_autoptr (GError) error = NULL;
  WsTlsIdentity     identity = { .chain = chain, .key = key };
  WsTlsCredentials *credentials;
  WsTlsConfig       config = { .is_server = is_server,
                               .identities = identities,
                               .authorities = authorities,
                               .priority = side->priority,
                               .minimum = side->minimum,
                               .maximum = side->maximum,
                               .verify = side->verify,
                               .resumes = side->resumes,
                               .offers_psk = side->offers_psk,
                               .psk_hint = side->psk_hint,
                               .ocsp_response = ocsp };

  if (chain != NULL)
    g_ptr_array_add (identities, &identity);
  credentials = ws_tls_credentials_new (&config, &error);
  g_assert_no_error (error);
  return credentials;
}

/* --- The sink --- */

static void
on_alert (gpointer    user_data,
          gboolean    sent,
          guint       level,
          guint       type,
          const char *description)
{
  TlsRigEnd *end = user_data;

  g_assert_nonnull (description);
  g_string_append_printf (end->alerts, "%s %u %u ", sent ? "sent" : "received",
                          level, type);
}

static gboolean
on_psk_client (gpointer    user_data,
               const char *hint,
               char      **identity,
               GBytes    **key)
{
  TlsRigEnd *end = user_data;

  end->n_psk_asked++;
  g_free (end->psk_hint);
  end->psk_hint = g_strdup (hint);
  if (end->psk_key == NULL)
    return FALSE;
  *identity = g_strdup (end->psk_identity);
  *key = g_bytes_new (end->psk_key, strlen (end->psk_key));
  return TRUE;
}

static gboolean
on_psk_server (gpointer user_data, const char *identity, GBytes **key)
{
  TlsRigEnd *end = user_data;

  end->n_psk_asked++;
  if (end->psk_key == NULL || g_strcmp0 (identity, end->psk_identity) != 0)
    return FALSE;
  *key = g_bytes_new (end->psk_key, strlen (end->psk_key));
  return TRUE;
}

static void
on_ticket (gpointer user_data, GBytes *ticket)
{
  g_ptr_array_add (((TlsRigEnd *) user_data)->tickets, g_bytes_ref (ticket));
}

const WsTlsSessionSink tls_rig_sink = {
  .alert = on_alert,
  .psk_client = on_psk_client,
  .psk_server = on_psk_server,
  .ticket = on_ticket,
};

/* --- Ends --- */

void
tls_rig_end_init (TlsRigEnd *self, const WsTlsSessionOptions *options)
{
  g_autoptr (GError) error = NULL;

  *self = (TlsRigEnd){ .progress = WS_TLS_AGAIN, .psk_identity = "me" };
  self->alerts = g_string_new (NULL);
  self->tickets
      = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  self->read = g_byte_array_new ();
  if (options != NULL)
    {
      self->session = ws_tls_session_new (options, &tls_rig_sink, self, &error);
      g_assert_no_error (error);
    }
}

void
tls_rig_end_clear (TlsRigEnd *self)
{
  g_clear_pointer (&self->session, ws_tls_session_free);
  g_clear_error (&self->error);
  g_string_free (self->alerts, TRUE);
  g_ptr_array_unref (self->tickets);
  g_byte_array_unref (self->read);
  g_free (self->psk_hint);
}

static void
read_all (TlsRigEnd *end)
{
  guint8 data[1000];
  gssize n;

  do
    {
      n = ws_tls_session_read (end->session, data, sizeof data,
                               end->error == NULL ? &end->error : NULL);
      if (n > 0)
        g_byte_array_append (end->read, data, (guint) n);
    }
  while (n > 0
         || (n == WS_IO_AGAIN && ws_tls_session_is_resting (end->session)));
  if (n == WS_IO_ERROR)
    end->progress = WS_TLS_FAILED;
  end->ended = n == 0;
}

void
tls_rig_step (TlsRigEnd *end)
{
  if (end->progress == WS_TLS_AGAIN || end->progress == WS_TLS_PAUSED)
    do
      end->progress = ws_tls_session_handshake (end->session, &end->error);
    while (end->progress == WS_TLS_AGAIN
           && ws_tls_session_is_resting (end->session));
  if (end->progress == WS_TLS_DONE)
    read_all (end);
  ws_tls_session_keep_input (end->session);
}

gboolean
tls_rig_move (TlsRig *self, TlsRigEnd *from, TlsRigEnd *to)
{
  gsize         len;
  const guint8 *data = ws_tls_session_peek_output (from->session, &len);
  guint8       *guarded;

  if (len == 0)
    return FALSE;
  if (self->split > 0)
    len = MIN (len, self->split);

  /* What is fed is only lent. */
  guarded = ws_test_guarded (data, len);
  ws_tls_session_drop_output (from->session, len);
  ws_tls_session_feed (to->session, guarded, len);
  tls_rig_step (to);
  ws_test_guarded_free (guarded, len);
  return TRUE;
}

void
tls_rig_run (TlsRig *self)
{
  gboolean moved;

  tls_rig_step (&self->client);
  tls_rig_step (&self->server);
  do
    {
      moved = tls_rig_move (self, &self->client, &self->server);
      moved |= tls_rig_move (self, &self->server, &self->client);
    }
  while (moved);
}

/* --- Pairs --- */

void
tls_rig_init (TlsRig *self, const TlsRigSide *client, const TlsRigSide *server)
{
  g_autoptr (WsTlsCredentials) ours = tls_rig_credentials (FALSE, client);
  g_autoptr (WsTlsCredentials) theirs = tls_rig_credentials (TRUE, server);
  WsTlsSessionOptions client_options
      = { .credentials = ours, .host = "localhost" };
  WsTlsSessionOptions server_options
      = { .credentials = theirs, .is_server = TRUE };

  self->split = 0;
  tls_rig_end_init (&self->client, &client_options);
  tls_rig_end_init (&self->server, &server_options);
}

void
tls_rig_clear (TlsRig *self)
{
  tls_rig_end_clear (&self->client);
  tls_rig_end_clear (&self->server);
}

void
tls_rig_write (TlsRigEnd *end, const void *data, gsize len)
{
  g_autoptr (GError) error = NULL;
  gssize n = ws_tls_session_write (end->session, data, len, &error);

  g_assert_no_error (error);
  g_assert_cmpint (n, ==, len);
}

void
tls_rig_assert_works (TlsRig *self)
{
  g_assert_no_error (self->client.error);
  g_assert_no_error (self->server.error);
  g_assert_cmpint (self->client.progress, ==, WS_TLS_DONE);
  g_assert_cmpint (self->server.progress, ==, WS_TLS_DONE);

  tls_rig_write (&self->client, "ping", 4);
  tls_rig_write (&self->server, "pong!", 5);
  tls_rig_run (self);
  g_assert_cmpmem (self->server.read->data, self->server.read->len, "ping", 4);
  g_assert_cmpmem (self->client.read->data, self->client.read->len, "pong!", 5);
  g_byte_array_set_size (self->client.read, 0);
  g_byte_array_set_size (self->server.read, 0);
}
