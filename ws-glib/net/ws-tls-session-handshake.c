/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The handshake: tickets, what the peer shows and how that is judged. */
#include "net/ws-tls-session-private.h"

#include <string.h>

#include "net/ws-tls-breadth.h"
#include "net/ws-tls-chain.h"
#include "net/ws-tls-error.h"
#include "net/ws-translate.h"

/* The handshake: tickets, what the peer shows and how that is judged. */

/* That are reported with one call; what was told is to be heard first. */
#define MAX_TICKETS 4

/* The number of an extension (RFC 7301, 6). */
#define EXTENSION_ALPN 16

/* --- Tickets --- */

static gboolean
has_problems (WsTlsSession *self)
{
  return self->problems != NULL && self->problems->len > 0;
}

static gboolean
is_resumable (WsTlsSession *self)
{
  gnutls_datum_t id = { NULL, 0 };

  if (!ws_tls_credentials_wants_resumption (self->credentials)
      || gnutls_auth_server_get_type (self->tls) != GNUTLS_CRD_CERTIFICATE)
    return FALSE;
  if (gnutls_session_get_flags (self->tls) & GNUTLS_SFLAGS_SESSION_TICKET)
    return TRUE;

  /* A server of TLS 1.2 may keep sessions itself. */
  return !ws_tls_session_is_tls13 (self)
         && gnutls_session_get_id2 (self->tls, &id) >= 0 && id.size > 0;
}

/* No ticket of a session with problems: its user would not be asked when it is
 * resumed. */
static void
report_ticket (WsTlsSession *self)
{
  gnutls_datum_t data;
  g_autoptr (GBytes) ticket = NULL;

  /* A record has room for a thousand. */
  if (self->n_tickets == MAX_TICKETS || self->is_server
      || self->sink->ticket == NULL || has_problems (self)
      || !is_resumable (self)
      || gnutls_session_get_data2 (self->tls, &data) < 0)
    return;

  self->n_tickets++;
  self->resting = TRUE;
  ticket = g_bytes_new (data.data, data.size);
  gnutls_memset (data.data, 0, data.size);
  gnutls_free (data.data);
  self->sink->ticket (self->user_data, ticket);
}

/* RFC 5246, 7.4.1.3: version, random, session id, then the cipher suite; the
 * same in TLS 1.3. GnuTLS names the suite only when the handshake is over, and
 * whoever judges a certificate wants to see the suite before. */
static void
note_cipher_suite (WsTlsSession *self, const gnutls_datum_t *message)
{
  gsize at = 2 + 32;

  if (message == NULL || message->size <= at)
    return;
  at += 1 + message->data[at];
  if (message->size >= at + 2)
    memcpy (self->cipher_suite, message->data + at, 2);
}

/* Takes @excess, what is too much of the peer's chain. TRUE if nothing is. */
static gboolean
accept_excess (WsTlsSession *self, char *excess)
{
  g_autofree char *taken = excess;

  if (excess == NULL)
    return TRUE;

  self->failure = g_error_new (G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE,
                               _ ("The peer's certificate chain is not "
                                  "examined: %s"),
                               excess);
  return FALSE;
}

/* FALSE: what the peer has shown costs more than it may. */
static gboolean
examine_chain (WsTlsSession *self)
{
  WsTlsNeeds *needs = self->needs;

  if (needs == NULL || needs->chain != NULL)
    return TRUE;
  needs->chain = ws_tls_chain_read (self->tls);
  return accept_excess (self, ws_tls_chain_find_excess (needs->chain));
}

/* GnuTLS reads the certificates, and what came with them, when this returns. */
static gboolean
examine_parts (WsTlsSession *self, guint type, const gnutls_datum_t *message)
{
  if (message == NULL)
    return TRUE;
  if (type == GNUTLS_HANDSHAKE_CERTIFICATE_STATUS)
    return accept_excess (self,
                          ws_tls_breadth_find_excess_of_status (message->data,
                                                                message->size));
  return type != GNUTLS_HANDSHAKE_CERTIFICATE_PKT
         || accept_excess (
             self, ws_tls_breadth_find_excess (message->data, message->size,
                                               ws_tls_session_is_tls13 (self)));
}

/* Whether GnuTLS is about to use the key that the peer has shown: to verify
 * what was signed with it, or to encrypt. */
static gboolean
uses_peer_key (guint message)
{
  return message == GNUTLS_HANDSHAKE_CERTIFICATE_VERIFY
         || message == GNUTLS_HANDSHAKE_SERVER_KEY_EXCHANGE
         || message == GNUTLS_HANDSHAKE_SERVER_HELLO_DONE;
}

static int
note_extension (void                     *offers_alpn,
                unsigned                  extension,
                const unsigned char *data G_GNUC_UNUSED,
                unsigned len              G_GNUC_UNUSED)
{
  if (extension == EXTENSION_ALPN)
    *(gboolean *) offers_alpn = TRUE;
  return 0;
}

/* GnuTLS keeps 320 bytes for the names of a session that has any, and is about
 * to look for them. */
static void
prepare_alpn (WsTlsSession *self, const gnutls_datum_t *hello)
{
  gboolean offers_alpn = FALSE;

  if (self->needs == NULL || self->needs->alpn == NULL || hello == NULL)
    return;
  if (gnutls_ext_raw_parse (&offers_alpn, note_extension, hello,
                            GNUTLS_EXT_RAW_FLAG_TLS_CLIENT_HELLO)
          < 0
      || offers_alpn)
    ws_tls_session_set_alpn (self, (const char *const *) self->needs->alpn);
}

/* TLS 1.3 brings tickets at any time, several in one go. In TLS 1.2 there is
 * one, which is of use once the handshake is complete. */
int
ws_tls_session_on_message (gnutls_session_t      tls,
                           unsigned              type,
                           unsigned              when,
                           unsigned              incoming,
                           const gnutls_datum_t *message)
{
  WsTlsSession *self = gnutls_session_get_ptr (tls);

  if (when == GNUTLS_HOOK_PRE)
    {
      if (type == GNUTLS_HANDSHAKE_CLIENT_HELLO && incoming)
        prepare_alpn (self, message);
      return 0;
    }

  if (incoming)
    self->n_fruitless = 0;
  if (type == GNUTLS_HANDSHAKE_SERVER_HELLO)
    note_cipher_suite (self, message);
  else if (type == GNUTLS_HANDSHAKE_NEW_SESSION_TICKET && incoming
           && ws_tls_session_is_tls13 (self))
    report_ticket (self);
  else if (incoming
           && (!examine_parts (self, type, message)
               || (uses_peer_key (type) && !examine_chain (self))))
    return GNUTLS_E_CERTIFICATE_ERROR;
  return 0;
}

/* A client gets a ticket after it was judged, if at all; in TLS 1.2 and to
 * clients that show no certificate GnuTLS sends it. */
static void
send_ticket (WsTlsSession *self)
{
  if (self->is_server && ws_tls_session_is_tls13 (self) && !has_problems (self)
      && ws_tls_credentials_wants_resumption (self->credentials)
      && ws_tls_credentials_get_verify (self->credentials)
             != WS_TLS_VERIFY_NONE)
    gnutls_session_ticket_send (self->tls, 1, 0);
}

/* --- Judgement --- */

static gboolean
peer_shows_chain (WsTlsSession *self)
{
  guint n = 0;

  return gnutls_certificate_get_peers (self->tls, &n) != NULL && n > 0;
}

/* FALSE: the handshake has to pause. */
static gboolean
judge (WsTlsSession *self)
{
  WsTlsVerify verify = ws_tls_credentials_get_verify (self->credentials);

  if (!self->judged
      && (verify == WS_TLS_VERIFY_PEER || peer_shows_chain (self)))
    {
      WsTlsVerifyOptions options
          = { .host = self->needs->host,
              .is_server = self->is_server,
              .chain = self->needs->chain,
              .depth
              = ws_tls_credentials_get_verify_depth (self->credentials) };

      g_clear_pointer (&self->problems, g_ptr_array_unref);
      self->problems
          = ws_tls_verify (self->tls,
                           ws_tls_credentials_get_trust (self->credentials),
                           &options);
    }
  self->judged = TRUE;
  return verify == WS_TLS_VERIFY_QUERY || self->accepted
         || !has_problems (self);
}

/* The chain has come, and nothing has left that the peer could misuse. After
 * GNUTLS_E_AGAIN the handshake goes on here with its next call. */
int
ws_tls_session_on_verify (gnutls_session_t tls)
{
  WsTlsSession *self = gnutls_session_get_ptr (tls);

  if (!examine_chain (self))
    return GNUTLS_E_CERTIFICATE_ERROR;
  return judge (self) ? 0 : GNUTLS_E_AGAIN;
}

/* A resumed session was judged when it began, maybe by other standards, and
 * GnuTLS does not ask again: the chain is in the ticket. Sessions of a
 * pre-shared key have none. */
static gboolean
needs_judgement (WsTlsSession *self)
{
  gnutls_credentials_type_t type
      = self->is_server ? gnutls_auth_client_get_type (self->tls)
                        : gnutls_auth_server_get_type (self->tls);

  return !self->judged && type == GNUTLS_CRD_CERTIFICATE
         && ws_tls_credentials_get_verify (self->credentials)
                != WS_TLS_VERIFY_NONE;
}

GPtrArray *
ws_tls_session_get_problems (WsTlsSession *self)
{
  if (self->problems == NULL)
    self->problems
        = g_ptr_array_new_with_free_func ((GDestroyNotify) ws_tls_problem_free);
  return self->problems;
}

void
ws_tls_session_accept_problems (WsTlsSession *self)
{
  g_return_if_fail (self->state == WS_TLS_SESSION_PAUSED);

  self->accepted = TRUE;
  ws_tls_session_set_state (self, WS_TLS_SESSION_HANDSHAKE);
}

void
ws_tls_session_reject (WsTlsSession *self)
{
  const WsTlsProblem *first;

  g_return_if_fail (self->state == WS_TLS_SESSION_PAUSED);

  first = g_ptr_array_index (self->problems, 0);
  ws_tls_session_send_alert (
      self, GNUTLS_AL_FATAL,
      ws_tls_alert_for_problem (first->code, ws_tls_session_is_tls13 (self)));
  ws_tls_session_set_failure (
      self, g_error_new (G_TLS_ERROR,
                         first->code == WS_TLS_PROBLEM_NO_PEER_CERTIFICATE
                             ? G_TLS_ERROR_CERTIFICATE_REQUIRED
                             : G_TLS_ERROR_BAD_CERTIFICATE,
                         _ ("The peer's certificate is not accepted: %s"),
                         first->text));
}

/* --- Handshake --- */

/* Whether GnuTLS waits for our judgement. */
static gboolean
is_held (WsTlsSession *self)
{
  return self->judged && !judge (self);
}

/* GnuTLS takes a record with each call, of a message that has several of them
 * (RFC 8446, 5.1): it is called as long as there is one to take. */
static gboolean
goes_on (WsTlsSession *self, int code, gsize unread)
{
  if (code == GNUTLS_E_AGAIN)
    return ws_tls_session_get_unread (self) < unread && !self->resting
           && !is_held (self);
  return code == GNUTLS_E_WARNING_ALERT_RECEIVED
         || code == GNUTLS_E_INTERRUPTED;
}

/* GnuTLS is done, or wants more, or is held by ws_tls_session_on_verify(). */
static int
run_handshake (WsTlsSession *self)
{
  gsize unread;
  int   code;

  ws_tls_session_prepare_psk (self);
  ws_tls_session_begin_turn (self);
  do
    {
      unread = ws_tls_session_get_unread (self);
      code = gnutls_handshake (self->tls);
      if (code == GNUTLS_E_WARNING_ALERT_RECEIVED
          && !ws_tls_session_take_warning (self))
        code = GNUTLS_E_UNEXPECTED_PACKET;
      else if (code == GNUTLS_E_AGAIN && !is_held (self)
               && !ws_tls_session_bears_fruit (self))
        code = GNUTLS_E_HANDSHAKE_TOO_LARGE;
    }
  while (goes_on (self, code, unread));

  self->handshaken = code == GNUTLS_E_SUCCESS;

  /* What is missing of a record is a wrong length to GnuTLS. */
  if (code == GNUTLS_E_UNEXPECTED_PACKET_LENGTH && self->is_at_eof
      && ws_tls_session_get_unread (self) == 0)
    code = GNUTLS_E_PREMATURE_TERMINATION;
  return code;
}

static WsTlsProgress
finish_handshake (WsTlsSession *self)
{
  if ((needs_judgement (self) || self->judged) && !judge (self))
    {
      ws_tls_session_set_state (self, WS_TLS_SESSION_PAUSED);
      return WS_TLS_PAUSED;
    }

  ws_tls_session_set_state (self, WS_TLS_SESSION_OPEN);
  if (!has_problems (self))
    g_clear_pointer (&self->problems, g_ptr_array_unref);
  ws_tls_session_clear_needs (self);
  if (!ws_tls_session_is_tls13 (self))
    report_ticket (self);
  send_ticket (self);
  return WS_TLS_DONE;
}

WsTlsProgress
ws_tls_session_handshake (WsTlsSession *self, GError **error)
{
  int code = GNUTLS_E_SUCCESS;

  if (self->state == WS_TLS_SESSION_PAUSED)
    return WS_TLS_PAUSED;
  if (ws_tls_session_is_open (self))
    return WS_TLS_DONE;

  if (self->state == WS_TLS_SESSION_HANDSHAKE)
    {
      if (!self->handshaken)
        code = run_handshake (self);
      if (code == GNUTLS_E_SUCCESS)
        return finish_handshake (self);
      if (code == GNUTLS_E_AGAIN && is_held (self))
        {
          ws_tls_session_set_state (self, WS_TLS_SESSION_PAUSED);
          return WS_TLS_PAUSED;
        }
      if (code == GNUTLS_E_AGAIN)
        return WS_TLS_AGAIN;
      ws_tls_session_fail (self, code);
    }

  ws_tls_session_tell_failure (self, error);
  return WS_TLS_FAILED;
}
