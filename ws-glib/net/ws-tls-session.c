/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A TLS session of GnuTLS on memory: its life and its settings. */
#include "net/ws-tls-session.h"

#include <string.h>

#include "net/ws-tls-error.h"
#include "net/ws-tls-session-private.h"

/* A peer may warn so often before it does something else. */
#define MAX_WARNINGS 8

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
  self->state = (guint8) state;
}

void
ws_tls_session_set_failure (WsTlsSession *self, GError *failure)
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

/* GnuTLS sends no alert of its own accord. */
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

gboolean
ws_tls_session_take_warning (WsTlsSession *self)
{
  ws_tls_session_note_alert (self, GNUTLS_E_WARNING_ALERT_RECEIVED);
  if (self->n_warnings < MAX_WARNINGS)
    {
      self->n_warnings++;
      return TRUE;
    }
  self->failure
      = g_error_new (G_TLS_ERROR, G_TLS_ERROR_MISC,
                     "The peer sent more than %d TLS warnings in a row",
                     MAX_WARNINGS);
  return FALSE;
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
  ws_tls_session_set_failure (
      self, self->failure != NULL
                ? g_steal_pointer (&self->failure)
                : ws_tls_error_for_session (code, opened, has_heard (self),
                                            gnutls_alert_get (self->tls)));
}

/* --- Birth --- */

void
ws_tls_session_set_alpn (WsTlsSession *self, const char *const *protocols)
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

/* (transfer full) (nullable): @host as a certificate can name it. The zone of
 * an IPv6 address is this machine's own (RFC 6874, 1). */
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

  /* The certificate that a client was given is shown whatever issuers the
   * server names, for the server may know the certificate itself. */
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
                                      GNUTLS_HOOK_BOTH,
                                      ws_tls_session_on_message);
  if (ws_tls_credentials_get_verify (self->credentials) != WS_TLS_VERIFY_NONE)
    gnutls_session_set_verify_function (self->tls, ws_tls_session_on_verify);
  if (self->is_server)
    self->needs->alpn = g_strdupv ((char **) options->alpn);
  else
    {
      set_server_name (self, options->host);
      ws_tls_session_set_alpn (self, options->alpn);
    }
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
  self->is_server = options->is_server != FALSE;
  self->needs = g_new0 (WsTlsNeeds, 1);
  self->needs->host = copy_host (
      options->verify_name != NULL ? options->verify_name : options->host);
  if (!ws_tls_credentials_apply (self->credentials, self->tls, error))
    return NULL;
  set_up (self, options);
  return g_steal_pointer (&self);
}

void
ws_tls_session_clear_needs (WsTlsSession *self)
{
  WsTlsNeeds *needs = g_steal_pointer (&self->needs);

  if (needs == NULL)
    return;
  ws_tls_session_forget_psk (needs);
  g_clear_pointer (&needs->chain, g_ptr_array_unref);
  g_strfreev (needs->alpn);
  g_free (needs->host);
  g_free (needs);
}

void
ws_tls_session_free (WsTlsSession *self)
{
  if (self->tls != NULL)
    gnutls_deinit (self->tls);
  ws_tls_credentials_unref (self->credentials);
  ws_tls_session_clear_needs (self);
  g_clear_error (&self->failure);
  g_clear_pointer (&self->problems, g_ptr_array_unref);
  g_free (self->kept);
  if (!self->lent)
    g_free (self->output);
  g_free (self);
}
