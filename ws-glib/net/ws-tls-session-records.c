/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The plaintext of a TLS session, and what the session tells about itself. */
#include "net/ws-tls-session-private.h"

#include <string.h>

#include "net/ws-transport.h"

/* Plaintext in a full record (RFC 8446, 5.1), and what encryption adds at most
 * in the ways that are in use. */
#define RECORD_PLAINTEXT 16384
#define RECORD_OVERHEAD  64

/* A peer may ask so often for a new handshake, which is an answer each. */
#define MAX_REFUSED 8

/* --- Plaintext --- */

/* RFC 5246, 7.2.2: a request for another handshake is turned down. On a server
 * the request still stands in GnuTLS's buffer, and would be found to be no
 * data. */
static gboolean
refuse_handshake (WsTlsSession *self)
{
  guint8 nothing;

  if (self->n_refused++ >= MAX_REFUSED)
    return FALSE;
  if (self->is_server)
    gnutls_record_recv (self->tls, &nothing, sizeof nothing);
  ws_tls_session_send_alert (self, GNUTLS_AL_WARNING,
                             GNUTLS_A_NO_RENEGOTIATION);
  return TRUE;
}

/* Bytes, 0, WS_IO_AGAIN when the record had none, or WS_IO_ERROR. */
static gssize
read_record (WsTlsSession *self, guint8 *data, gsize len)
{
  gssize n = gnutls_record_recv (self->tls, data, len);

  if (n > 0)
    {
      self->n_warnings = 0;
      self->n_fruitless = 0;
      return n;
    }

  switch ((int) n)
    {
    case 0:
      ws_tls_session_note_alert (self, GNUTLS_E_SESSION_EOF);
      ws_tls_session_set_state (self, WS_TLS_SESSION_ENDED);
      return 0;
    case GNUTLS_E_AGAIN:
    case GNUTLS_E_INTERRUPTED:
      if (ws_tls_session_bears_fruit (self))
        return WS_IO_AGAIN;
      n = GNUTLS_E_HANDSHAKE_TOO_LARGE;
      break;
    case GNUTLS_E_WARNING_ALERT_RECEIVED:
      self->resting = TRUE;
      if (ws_tls_session_take_warning (self))
        return WS_IO_AGAIN;
      n = GNUTLS_E_UNEXPECTED_PACKET;
      break;
    case GNUTLS_E_REHANDSHAKE:
      if (refuse_handshake (self))
        return WS_IO_AGAIN;
      break;
    default:
      break;
    }

  ws_tls_session_fail (self, (int) n);
  return WS_IO_ERROR;
}

static gboolean
has_input (WsTlsSession *self)
{
  return gnutls_record_check_pending (self->tls) > 0
         || ws_tls_session_has_record (self);
}

gssize
ws_tls_session_read (WsTlsSession *self,
                     guint8       *data,
                     gsize         len,
                     GError      **error)
{
  gsize total = 0;

  ws_tls_session_begin_turn (self);
  while (self->state == WS_TLS_SESSION_OPEN && total < len && has_input (self)
         && !self->resting)
    {
      gssize n = read_record (self, data + total, len - total);

      if (n > 0)
        total += (gsize) n;
    }
  if (self->state == WS_TLS_SESSION_OPEN && total == 0 && self->is_at_eof
      && !has_input (self))
    ws_tls_session_fail (self, GNUTLS_E_PREMATURE_TERMINATION);

  /* An end is told when there is nothing else to tell. */
  if (total > 0)
    return (gssize) total;
  if (self->state == WS_TLS_SESSION_ENDED)
    return 0;
  if (self->state != WS_TLS_SESSION_FAILED)
    return WS_IO_AGAIN;

  ws_tls_session_tell_failure (self, error);
  return WS_IO_ERROR;
}

gboolean
ws_tls_session_is_readable (WsTlsSession *self)
{
  switch (self->state)
    {
    case WS_TLS_SESSION_OPEN:
      return self->is_at_eof || has_input (self);
    case WS_TLS_SESSION_ENDED:
    case WS_TLS_SESSION_FAILED:
      return TRUE;
    case WS_TLS_SESSION_HANDSHAKE:
    case WS_TLS_SESSION_PAUSED:
    case WS_TLS_SESSION_N_STATES:
      break;
    }
  return FALSE;
}

gssize
ws_tls_session_write (WsTlsSession *self,
                      const guint8 *data,
                      gsize         len,
                      GError      **error)
{
  gsize total = 0;

  if (self->said_bye || !ws_tls_session_is_open (self))
    {
      if (self->state == WS_TLS_SESSION_FAILED)
        ws_tls_session_tell_failure (self, error);
      else
        g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CLOSED,
                             "The TLS connection is not open for writing");
      return WS_IO_ERROR;
    }

  ws_tls_session_reserve_output (self, len
                                           + (len / RECORD_PLAINTEXT + 1)
                                                 * RECORD_OVERHEAD);
  while (total < len)
    {
      gssize n = gnutls_record_send (self->tls, data + total, len - total);

      if (n < 0)
        {
          ws_tls_session_fail (self, (int) n);
          ws_tls_session_tell_failure (self, error);
          return WS_IO_ERROR;
        }
      total += (gsize) n;
    }
  return (gssize) total;
}

void
ws_tls_session_mute (WsTlsSession *self)
{
  static const WsTlsSessionSink silence = { 0 };

  self->sink = &silence;
}

void
ws_tls_session_bye (WsTlsSession *self)
{
  if (self->said_bye || !ws_tls_session_is_open (self))
    return;

  self->said_bye = TRUE;
  if (gnutls_bye (self->tls, GNUTLS_SHUT_WR) >= 0)
    ws_tls_session_report_alert (self, TRUE, GNUTLS_AL_WARNING,
                                 GNUTLS_A_CLOSE_NOTIFY);
}

/* --- What there is to know --- */

char *
ws_tls_session_describe_protocol (WsTlsSession *self)
{
  return g_strdup (
      gnutls_protocol_get_name (gnutls_protocol_get_version (self->tls)));
}

/* In the registry's spelling, of which GnuTLS's own differs a little:
 * TLS_ECDHE_RSA_AES_128_CBC_SHA1 is TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA. The
 * suites of TLS 1.3 have no key exchange in their names. */
static char *
spell_suite (const char *name, const char *exchange)
{
  g_autofree char *prefix = NULL;
  const char      *rest;
  gsize            len;

  if (exchange == NULL)
    return g_strdup (name);
  prefix = g_strdelimit (g_strconcat ("TLS-", exchange, "-", NULL), "-", '_');
  if (!g_str_has_prefix (name, prefix))
    return g_strdup (name);

  rest = name + strlen (prefix);
  len = strlen (rest);
  if (g_str_has_suffix (rest, "_SHA1"))
    len--;
  return g_strdup_printf ("%sWITH_%.*s%s", prefix, (int) len, rest,
                          g_str_has_suffix (rest, "_POLY1305") ? "_SHA256"
                                                               : "");
}

char *
ws_tls_session_describe_cipher (WsTlsSession *self)
{
  guint8                    id[2];
  gnutls_kx_algorithm_t     kx;
  gnutls_protocol_t         version;
  gnutls_mac_algorithm_t    mac;
  gnutls_cipher_algorithm_t cipher;
  const char               *name;

#if GNUTLS_VERSION_NUMBER >= 0x030704
  name = gnutls_ciphersuite_get (self->tls);
  if (name != NULL)
    return g_strdup (name);
#endif
  for (gsize i = 0;
       (name = gnutls_cipher_suite_info (i, id, &kx, &cipher, &mac, &version))
       != NULL;
       i++)
    if (memcmp (id, self->cipher_suite, sizeof id) == 0)
      return spell_suite (name, gnutls_kx_get_name (kx));
  return NULL;
}

char *
ws_tls_session_get_alpn (WsTlsSession *self)
{
  gnutls_datum_t protocol;

  if (gnutls_alpn_get_selected_protocol (self->tls, &protocol) < 0)
    return NULL;
  return g_strndup ((const char *) protocol.data, protocol.size);
}

gboolean
ws_tls_session_is_resumed (WsTlsSession *self)
{
  return gnutls_session_is_resumed (self->tls) != 0;
}

GPtrArray *
ws_tls_session_get_peer_chain (WsTlsSession *self)
{
  GPtrArray *chain
      = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  guint                 n = 0;
  const gnutls_datum_t *list = gnutls_certificate_get_peers (self->tls, &n);

  for (guint i = 0; list != NULL && i < n; i++)
    g_ptr_array_add (chain, g_bytes_new (list[i].data, list[i].size));
  return chain;
}
