/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/ws-tls-session.h"

#include <string.h>

#include "net/ws-tls-chain.h"
#include "net/ws-tls-error.h"
#include "net/ws-tls-session-private.h"

/* --- State --- */

void
ws_tls_session_set_state (WsTlsSession *self, WsTlsSessionState state)
{
  static const gboolean edges[WS_TLS_SESSION_N_STATES][WS_TLS_SESSION_N_STATES]
      = {
          [WS_TLS_SESSION_HANDSHAKE] = { [WS_TLS_SESSION_PAUSED] = TRUE,
                                         [WS_TLS_SESSION_OPEN] = TRUE,
                                         [WS_TLS_SESSION_FAILED] = TRUE },
          [WS_TLS_SESSION_PAUSED] = { [WS_TLS_SESSION_HANDSHAKE] = TRUE,
                                      [WS_TLS_SESSION_FAILED] = TRUE },
          [WS_TLS_SESSION_OPEN]
          = { [WS_TLS_SESSION_ENDED] = TRUE, [WS_TLS_SESSION_FAILED] = TRUE },
          [WS_TLS_SESSION_ENDED] = { [WS_TLS_SESSION_FAILED] = TRUE },
        };

  g_assert (edges[self->state][state]);
  self->state = state;
}

static void
set_failure (WsTlsSession *self, GError *failure)
{
  g_clear_error (&self->failure);
  self->failure = failure;
  ws_tls_session_set_state (self, WS_TLS_SESSION_FAILED);
}

void
ws_tls_session_tell_failure (WsTlsSession *self, GError **error)
{
  g_propagate_error (error, g_error_copy (self->failure));
}

gboolean
ws_tls_session_is_open (WsTlsSession *self)
{
  return self->state == WS_TLS_SESSION_OPEN
         || self->state == WS_TLS_SESSION_ENDED;
}

static gboolean
is_tls13 (WsTlsSession *self)
{
  return gnutls_protocol_get_version (self->tls) == GNUTLS_TLS1_3;
}

/* --- Alerts --- */

void
ws_tls_session_report_alert (WsTlsSession *self,
                             gboolean      sent,
                             guint         level,
                             guint         type)
{
  if (self->sink->alert != NULL)
    self->sink->alert (self->user_data, sent, level, type,
                       ws_tls_alert_describe (type));
}

/* GnuTLS sends none of its own accord. */
void
ws_tls_session_send_alert (WsTlsSession *self, guint level, guint type)
{
  if (gnutls_alert_send (self->tls, (gnutls_alert_level_t) level,
                         (gnutls_alert_description_t) type)
      >= 0)
    ws_tls_session_report_alert (self, TRUE, level, type);
}

void
ws_tls_session_note_alert (WsTlsSession *self, int code)
{
  guint alert = gnutls_alert_get (self->tls);

  if (code == GNUTLS_E_FATAL_ALERT_RECEIVED)
    ws_tls_session_report_alert (self, FALSE, GNUTLS_AL_FATAL, alert);
  else if (code == GNUTLS_E_WARNING_ALERT_RECEIVED
           || code == GNUTLS_E_SESSION_EOF)
    ws_tls_session_report_alert (self, FALSE, GNUTLS_AL_WARNING, alert);
}

/* Those that come of an end are not worth an alert: nobody reads it. */
static gboolean
deserves_alert (int code)
{
  return code != GNUTLS_E_FATAL_ALERT_RECEIVED && code != GNUTLS_E_SESSION_EOF
         && code != GNUTLS_E_PREMATURE_TERMINATION;
}

/* The peer has sent something that GnuTLS takes for TLS. */
static gboolean
has_heard (WsTlsSession *self)
{
  return (int) gnutls_handshake_get_last_in (self->tls) != -1;
}

void
ws_tls_session_fail (WsTlsSession *self, int code)
{
  gboolean opened = ws_tls_session_is_open (self);
  int      level;
  int      alert;

  ws_tls_session_note_alert (self, code);
  if (deserves_alert (code))
    {
      alert = gnutls_error_to_alert (code, &level);
      ws_tls_session_send_alert (self, GNUTLS_AL_FATAL, (guint) alert);
    }
  set_failure (self,
               self->failure != NULL
                   ? g_steal_pointer (&self->failure)
                   : ws_tls_error_for_session (code, opened, has_heard (self),
                                               gnutls_alert_get (self->tls)));
}

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
  return !is_tls13 (self) && gnutls_session_get_id2 (self->tls, &id) >= 0
         && id.size > 0;
}

/* Not of sessions with problems: whoever resumes them would not be asked. */
static void
report_ticket (WsTlsSession *self)
{
  gnutls_datum_t data;
  g_autoptr (GBytes) ticket = NULL;

  if (self->is_server || self->sink->ticket == NULL || has_problems (self)
      || !is_resumable (self)
      || gnutls_session_get_data2 (self->tls, &data) < 0)
    return;

  ticket = g_bytes_new (data.data, data.size);
  gnutls_memset (data.data, 0, data.size);
  gnutls_free (data.data);
  self->sink->ticket (self->user_data, ticket);
}

/* RFC 5246, 7.4.1.3: version, random, session id, then the cipher suite; the
 * same in TLS 1.3. GnuTLS names the suite only when the handshake is over, and
 * who judges a certificate wants to see it before. */
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

/* FALSE: what the peer has shown costs more than it may. */
static gboolean
examine_chain (WsTlsSession *self)
{
  g_autofree char *excess = NULL;

  if (self->chain != NULL)
    return TRUE;
  self->chain = ws_tls_chain_read (self->tls);
  excess = ws_tls_chain_find_excess (self->chain);
  if (excess == NULL)
    return TRUE;

  self->failure = g_error_new (G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE,
                               "The peer's certificate chain is not examined: "
                               "%s",
                               excess);
  return FALSE;
}

/* Whether GnuTLS is about to use the key that the peer has shown: to verify what
 * was signed with it, or to encrypt. */
static gboolean
uses_peer_key (guint message)
{
  return message == GNUTLS_HANDSHAKE_CERTIFICATE_VERIFY
         || message == GNUTLS_HANDSHAKE_SERVER_KEY_EXCHANGE
         || message == GNUTLS_HANDSHAKE_SERVER_HELLO_DONE;
}

/* TLS 1.3 brings tickets at any time, several in one go. In TLS 1.2 there is
 * one, which is of use once the handshake is complete. */
static int
on_message (gnutls_session_t      tls,
            unsigned              type,
            unsigned              when,
            unsigned              incoming,
            const gnutls_datum_t *message)
{
  WsTlsSession *self = gnutls_session_get_ptr (tls);

  if (type == GNUTLS_HANDSHAKE_SERVER_HELLO)
    note_cipher_suite (self, message);
  else if (type == GNUTLS_HANDSHAKE_NEW_SESSION_TICKET && incoming
           && is_tls13 (self))
    report_ticket (self);
  else if (incoming && uses_peer_key (type) && !examine_chain (self))
    return GNUTLS_E_CERTIFICATE_ERROR;

  return 0;
}

/* A client was given one after it was judged, if at all; in TLS 1.2 and for
 * clients that show no certificate GnuTLS does it. */
static void
send_ticket (WsTlsSession *self)
{
  if (self->is_server && is_tls13 (self) && !has_problems (self)
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
          = { .host = self->host,
              .is_server = self->is_server,
              .chain = self->chain,
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

/* The chain has come, and nothing of ours that it could misuse has left. After
 * GNUTLS_E_AGAIN the handshake goes on here when it is called again. */
static int
on_verify (gnutls_session_t tls)
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
  ws_tls_session_send_alert (self, GNUTLS_AL_FATAL,
                             ws_tls_alert_for_problem (first->code,
                                                       is_tls13 (self)));
  set_failure (self,
               g_error_new (G_TLS_ERROR,
                            first->code == WS_TLS_PROBLEM_NO_PEER_CERTIFICATE
                                ? G_TLS_ERROR_CERTIFICATE_REQUIRED
                                : G_TLS_ERROR_BAD_CERTIFICATE,
                            "The peer's certificate is not accepted: %s",
                            first->text));
}

/* --- Birth --- */

static void
set_alpn (WsTlsSession *self, const char *const *protocols)
{
  guint n = protocols != NULL ? g_strv_length ((char **) protocols) : 0;
  g_autofree gnutls_datum_t *list = g_new (gnutls_datum_t, n);

  if (n == 0)
    return;

  for (guint i = 0; i < n; i++)
    list[i] = (gnutls_datum_t){ (guint8 *) protocols[i],
                                (guint) strlen (protocols[i]) };

  /* RFC 7301, 3.2: a server that shares none with the client says so. */
  gnutls_alpn_set_protocols (self->tls, list, n,
                             self->is_server ? GNUTLS_ALPN_MANDATORY : 0);
}

/* RFC 6066, 3: names only, without the dot that ends them. */
static void
set_server_name (WsTlsSession *self, const char *host)
{
  g_autofree char *name = NULL;
  gsize            len;

  if (host == NULL || g_hostname_is_ip_address (host))
    return;
  name = g_hostname_to_ascii (host);
  if (name == NULL)
    return;

  len = strlen (name);
  if (len > 0 && name[len - 1] == '.')
    len--;
  if (len > 0)
    gnutls_server_name_set (self->tls, GNUTLS_NAME_DNS, name, len);
}

/* (transfer full) (nullable): @host as a certificate can name it. The zone of an
 * IPv6 address is this machine's own (RFC 6874, 1). */
static char *
copy_host (const char *host)
{
  const char *zone = host != NULL ? strchr (host, '%') : NULL;

  return zone != NULL && memchr (host, ':', (gsize) (zone - host)) != NULL
             ? g_strndup (host, (gsize) (zone - host))
             : g_strdup (host);
}

/* A ticket that is of no use costs a full handshake, not the connection. */
static void
set_ticket (WsTlsSession *self, GBytes *ticket)
{
  gsize         len;
  gconstpointer data;

  if (ticket == NULL || self->is_server
      || !ws_tls_credentials_wants_resumption (self->credentials))
    return;
  data = g_bytes_get_data (ticket, &len);
  if (len > 0)
    gnutls_session_set_data (self->tls, data, len);
}

static guint
choose_flags (const WsTlsSessionOptions *options)
{
  WsTlsCredentials *credentials = options->credentials;
  guint             flags = GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL;

  /* The certificate that a client was given is shown whatever issuers the server
   * names: it may know the certificate itself. */
  flags |= options->is_server ? GNUTLS_SERVER
                              : GNUTLS_CLIENT | GNUTLS_FORCE_CLIENT_CERT;
  if (!ws_tls_credentials_wants_resumption (credentials))
    flags |= GNUTLS_NO_TICKETS;
  /* Of a client's certificate we have to think first. */
  if (options->is_server
      && ws_tls_credentials_get_verify (credentials) != WS_TLS_VERIFY_NONE)
    flags |= GNUTLS_NO_AUTO_SEND_TICKET;

  return flags;
}

static void
set_up (WsTlsSession *self, const WsTlsSessionOptions *options)
{
  gnutls_session_set_ptr (self->tls, self);
  ws_tls_session_attach_buffers (self);
  gnutls_handshake_set_timeout (self->tls, 0); /* the owner's */
  gnutls_handshake_set_hook_function (self->tls, GNUTLS_HANDSHAKE_ANY,
                                      GNUTLS_HOOK_POST, on_message);
  if (ws_tls_credentials_get_verify (self->credentials) != WS_TLS_VERIFY_NONE)
    gnutls_session_set_verify_function (self->tls, on_verify);
  if (!self->is_server)
    set_server_name (self, options->host);
  set_alpn (self, options->alpn);
  set_ticket (self, options->ticket);
}

WsTlsSession *
ws_tls_session_new (const WsTlsSessionOptions *options,
                    const WsTlsSessionSink    *sink,
                    gpointer                   user_data,
                    GError                   **error)
{
  g_autoptr (WsTlsSession) self = g_new0 (WsTlsSession, 1);
  int code = gnutls_init (&self->tls, choose_flags (options));

  self->credentials = ws_tls_credentials_ref (options->credentials);
  if (code < 0)
    {
      self->tls = NULL;
      g_set_error (error, G_TLS_ERROR, G_TLS_ERROR_MISC,
                   "TLS cannot be set up: %s", gnutls_strerror (code));
      return NULL;
    }

  self->sink = sink;
  self->user_data = user_data;
  self->is_server = options->is_server;
  self->host = copy_host (options->verify_name != NULL ? options->verify_name
                                                       : options->host);
  if (!ws_tls_credentials_apply (self->credentials, self->tls, error))
    return NULL;
  set_up (self, options);

  return g_steal_pointer (&self);
}

void
ws_tls_session_free (WsTlsSession *self)
{
  if (self->tls != NULL)
    gnutls_deinit (self->tls);
  ws_tls_credentials_unref (self->credentials);
  ws_tls_session_forget_psk (self);
  g_clear_error (&self->failure);
  g_clear_pointer (&self->problems, g_ptr_array_unref);
  g_clear_pointer (&self->chain, g_ptr_array_unref);
  g_free (self->host);
  g_free (self->kept);
  if (!self->lent)
    g_free (self->output);
  g_free (self);
}

/* --- Handshake --- */

/* GnuTLS is done, or wants more, or is held by on_verify(). */
static int
run_handshake (WsTlsSession *self)
{
  int code;

  ws_tls_session_prepare_psk (self);
  do
    {
      code = gnutls_handshake (self->tls);
      if (code == GNUTLS_E_WARNING_ALERT_RECEIVED)
        ws_tls_session_note_alert (self, code);
    }
  while (code == GNUTLS_E_WARNING_ALERT_RECEIVED
         || code == GNUTLS_E_INTERRUPTED);

  self->handshaken = code == GNUTLS_E_SUCCESS;

  /* What is missing of a record is a wrong length to GnuTLS. */
  if (code == GNUTLS_E_UNEXPECTED_PACKET_LENGTH && self->eof
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
  ws_tls_session_forget_psk (self);
  if (!has_problems (self))
    g_clear_pointer (&self->problems, g_ptr_array_unref);
  g_clear_pointer (&self->chain, g_ptr_array_unref);
  g_clear_pointer (&self->host, g_free);
  if (!is_tls13 (self))
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
      if (code == GNUTLS_E_AGAIN && self->judged && !judge (self))
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
