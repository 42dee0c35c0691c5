/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tls-bare.h"

#include <string.h>

static ssize_t
on_pull (gnutls_transport_ptr_t pointer, void *data, size_t len)
{
  TlsBare *self = pointer;

  len = MIN (len, self->in->len);
  if (len == 0)
    {
      gnutls_transport_set_errno (self->tls, EAGAIN);
      return -1;
    }
  memcpy (data, self->in->data, len);
  g_byte_array_remove_range (self->in, 0, (guint) len);
  return (ssize_t) len;
}

static ssize_t
on_push (gnutls_transport_ptr_t pointer, const void *data, size_t len)
{
  g_byte_array_append (((TlsBare *) pointer)->out, data, (guint) len);
  return (ssize_t) len;
}

void
tls_bare_init (TlsBare *self, gboolean is_server, const char *priority)
{
  gnutls_init (&self->tls,
               GNUTLS_NONBLOCK | (is_server ? GNUTLS_SERVER : GNUTLS_CLIENT));
  gnutls_certificate_allocate_credentials (&self->credentials);
  if (is_server)
    {
      g_autoptr (GBytes) chain = tls_rig_read ("server-chain.pem");
      g_autoptr (GBytes) key = tls_rig_read ("leaf.key");
      gnutls_datum_t chain_datum = { (guint8 *) g_bytes_get_data (chain, NULL),
                                     (guint) g_bytes_get_size (chain) };
      gnutls_datum_t key_datum = { (guint8 *) g_bytes_get_data (key, NULL),
                                   (guint) g_bytes_get_size (key) };

      gnutls_certificate_set_x509_key_mem (self->credentials, &chain_datum,
                                           &key_datum, GNUTLS_X509_FMT_PEM);
    }
  gnutls_credentials_set (self->tls, GNUTLS_CRD_CERTIFICATE, self->credentials);
  gnutls_priority_set_direct (self->tls, priority, NULL);
  gnutls_transport_set_ptr (self->tls, self);
  gnutls_transport_set_pull_function (self->tls, on_pull);
  gnutls_transport_set_push_function (self->tls, on_push);
  self->in = g_byte_array_new ();
  self->out = g_byte_array_new ();
}

void
tls_bare_clear (TlsBare *self)
{
  gnutls_deinit (self->tls);
  gnutls_certificate_free_credentials (self->credentials);
  g_byte_array_unref (self->in);
  g_byte_array_unref (self->out);
}

gboolean
tls_bare_exchange (TlsBare *self, TlsRigEnd *end)
{
  gsize         len;
  const guint8 *data = ws_tls_session_peek_output (end->session, &len);
  gboolean      moved = len > 0 || self->out->len > 0;

  if (len > 0)
    {
      g_byte_array_append (self->in, data, (guint) len);
      ws_tls_session_drop_output (end->session, len);
    }
  ws_tls_session_feed (end->session, self->out->data, self->out->len);
  tls_rig_step (end);
  g_byte_array_set_size (self->out, 0);
  return moved;
}

void
tls_bare_handshake (TlsBare *self, TlsRigEnd *end)
{
  int code;

  do
    {
      code = gnutls_handshake (self->tls);
      tls_bare_exchange (self, end);
    }
  while (code == GNUTLS_E_AGAIN);
  g_assert_cmpint (code, ==, 0);
  while (tls_bare_exchange (self, end))
    ;
  g_assert_cmpint (end->progress, ==, WS_TLS_DONE);
}
