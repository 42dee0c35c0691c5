/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tls-bare.h"

#include <gnutls/crypto.h>
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

#define TAG_SIZE      16
#define EXPLICIT_SIZE 8 /* of a nonce of TLS 1.2 */

typedef struct
{
  gnutls_aead_cipher_hd_t cipher;
  gnutls_datum_t          iv;
  unsigned char           sequence[8];
  gboolean                is_13;
} Seal;

/* RFC 8446, 5.2 and 5.3: the type is hidden in the text. */
static void
seal_13 (const Seal *seal, GByteArray *out, guint8 type, GByteArray *text)
{
  gsize  size = text->len + 1 + TAG_SIZE;
  guint8 header[5] = { 23, 3, 3, (guint8) (size >> 8), (guint8) size };
  guint8 nonce[12];
  guint  start = out->len + sizeof header;

  memcpy (nonce, seal->iv.data, sizeof nonce);
  for (guint i = 0; i < 8; i++)
    nonce[4 + i] ^= seal->sequence[i];
  g_byte_array_append (text, &type, 1);
  g_byte_array_append (out, header, sizeof header);
  g_byte_array_set_size (out, start + (guint) size);
  g_assert_cmpint (gnutls_aead_cipher_encrypt (seal->cipher, nonce, 12, header,
                                               sizeof header, TAG_SIZE,
                                               text->data, text->len,
                                               out->data + start, &size),
                   ==, 0);
}

/* RFC 5288, 3 */
static void
seal_12 (const Seal *seal, GByteArray *out, guint8 type, GByteArray *text)
{
  gsize  size = text->len + TAG_SIZE;
  gsize  whole = EXPLICIT_SIZE + size;
  guint8 header[5] = { type, 3, 3, (guint8) (whole >> 8), (guint8) whole };
  guint8 ad[13]
      = { [8] = type, 3, 3, (guint8) (text->len >> 8), (guint8) text->len };
  guint8 nonce[12];
  guint  start = out->len + sizeof header + EXPLICIT_SIZE;

  memcpy (ad, seal->sequence, EXPLICIT_SIZE);
  memcpy (nonce, seal->iv.data, 4);
  memcpy (nonce + 4, seal->sequence, EXPLICIT_SIZE);
  g_byte_array_append (out, header, sizeof header);
  g_byte_array_append (out, seal->sequence, EXPLICIT_SIZE);
  g_byte_array_set_size (out, start + (guint) size);
  g_assert_cmpint (gnutls_aead_cipher_encrypt (seal->cipher, nonce, 12, ad,
                                               sizeof ad, TAG_SIZE, text->data,
                                               text->len, out->data + start,
                                               &size),
                   ==, 0);
}

void
tls_bare_send_record (TlsBare *self, guint8 type, const guint8 *data, gsize len)
{
  g_autoptr (GByteArray) text = g_byte_array_new ();
  Seal seal
      = { .is_13 = gnutls_protocol_get_version (self->tls) == GNUTLS_TLS1_3 };
  gnutls_datum_t key;

  g_assert_cmpint (gnutls_record_get_state (self->tls, 0, NULL, &seal.iv, &key,
                                            seal.sequence),
                   ==, 0);
  g_assert_cmpint (gnutls_aead_cipher_init (&seal.cipher,
                                            GNUTLS_CIPHER_AES_128_GCM, &key),
                   ==, 0);
  if (len > 0)
    g_byte_array_append (text, data, (guint) len);
  (seal.is_13 ? seal_13 : seal_12) (&seal, self->out, type, text);
  gnutls_aead_cipher_deinit (seal.cipher);
  for (guint i = 8; i-- > 0 && ++seal.sequence[i] == 0;)
    ;
  g_assert_cmpint (gnutls_record_set_state (self->tls, 0, seal.sequence), ==,
                   0);
}
