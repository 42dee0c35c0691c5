/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Loads keys, certificates and trust once for many TLS sessions. */
#include "net/ws-tls-credentials.h"

#include <string.h>

#include "net/ws-tls-error.h"
#include "net/ws-tls-identity.h"
#include "net/ws-tls-names.h"
#include "net/ws-tls-session-private.h"
#include "net/ws-tls-trust.h"

struct _WsTlsCredentials
{
  gatomicrefcount                  n_refs;
  gnutls_certificate_credentials_t certificates;
  gboolean    owns_certificates; /* else the certificates are the system's */
  WsTlsNames *names; /* (owned) (nullable): a server's, of several */
  gnutls_psk_client_credentials_t psk_client; /* (owned) (nullable) */
  gnutls_psk_server_credentials_t psk_server; /* (owned) (nullable) */
  gnutls_priority_t               priority;   /* (owned) */
  gnutls_datum_t ticket_key; /* (owned): empty unless a server resumes */
  GPtrArray     *pins;       /* (owned): of tokens, for GnuTLS to ask */
  WsTlsVerify    verify;
  guint          verify_depth;
  gboolean       is_server;
  gboolean       resumes;
  gboolean       offers_psk;
  gboolean       tls13;             /* may be negotiated */
  gboolean       names_authorities; /* a server tells clients whom it trusts */
};

/* --- Priority --- */

/* What is appended takes away only: a string of the user's that excludes a
 * protocol still does. */
static char *
make_priority_string (const WsTlsConfig *config)
{
  WsTlsProtocol minimum = config->minimum;
  GString      *text = g_string_new (config->priority);

  /* RFC 8996 buries the older ones, which GnuTLS's default still has. */
  if (config->priority == NULL && minimum == WS_TLS_PROTOCOL_ANY)
    minimum = WS_TLS_PROTOCOL_1_2;
  /* A secret that was encrypted with the server's key is open to whoever gets
   * that key later (RFC 9325, 4.1). */
  if (config->priority == NULL)
    g_string_append (text, ":-RSA");
  if (config->offers_psk)
    g_string_append (text, ":+ECDHE-PSK:+DHE-PSK:+PSK");
  if (minimum != WS_TLS_PROTOCOL_ANY)
    g_string_append (text, ":-VERS-TLS1.0:-VERS-TLS1.1");
  if (minimum == WS_TLS_PROTOCOL_1_3)
    g_string_append (text, ":-VERS-TLS1.2");
  if (config->maximum == WS_TLS_PROTOCOL_1_2)
    g_string_append (text, ":-VERS-TLS1.3");

  /* Appended to the system's default, the text must not begin with a colon. */
  if (text->str[0] == ':')
    g_string_erase (text, 0, 1);
  return g_string_free (text, FALSE);
}

static void
set_priority_error (const WsTlsConfig *config,
                    const char        *string,
                    const char        *place,
                    int                code,
                    GError           **error)
{
  gsize len = config->priority != NULL ? strlen (config->priority) : 0;
  gsize at = place != NULL && place >= string ? (gsize) (place - string) : len;

  if (code == GNUTLS_E_NO_PRIORITIES_WERE_SET || at >= len)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                         "The TLS priority string and the minimum and maximum "
                         "protocol leave nothing to speak");
  else
    g_set_error (
        error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
        "The TLS priority string \"%s\" is wrong at position %" G_GSIZE_FORMAT
        ": \"%s\"",
        config->priority, at, config->priority + at);
}

/* FALSE when there is no protocol left. DTLS does not count. */
static gboolean
look_at_protocols (WsTlsCredentials *self)
{
  const guint *list;
  int          n = gnutls_priority_protocol_list (self->priority, &list);
  gboolean     found = FALSE;

  for (int i = 0; i < n; i++)
    {
      found |= list[i] < GNUTLS_DTLS_VERSION_MIN;
      self->tls13 |= list[i] == GNUTLS_TLS1_3;
    }
  return found;
}

static gboolean
load_priority (WsTlsCredentials  *self,
               const WsTlsConfig *config,
               GError           **error)
{
  g_autofree char *string = make_priority_string (config);
  const char      *place = NULL;
  guint flags = config->priority == NULL ? GNUTLS_PRIORITY_INIT_DEF_APPEND : 0;
  int   code;

  /* NULL, an empty string is the default to GnuTLS as well. */
  code = gnutls_priority_init2 (&self->priority, string[0] ? string : NULL,
                                &place, flags);
  if (code >= 0 && !look_at_protocols (self))
    code = GNUTLS_E_NO_PRIORITIES_WERE_SET;
  if (code >= 0)
    return TRUE;

  set_priority_error (config, string, place, code, error);
  return FALSE;
}

/* --- Certificates --- */

typedef int (*AddFunc) (gnutls_certificate_credentials_t credentials,
                        const gnutls_datum_t            *data,
                        gnutls_x509_crt_fmt_t            format);

static gboolean
add_items (gnutls_certificate_credentials_t credentials,
           GPtrArray                       *items,
           AddFunc                          add,
           const char                      *kind,
           GError                         **error)
{
  for (guint i = 0; items != NULL && i < items->len; i++)
    {
      GBytes          *bytes = g_ptr_array_index (items, i);
      gnutls_datum_t   datum = ws_tls_datum_of (bytes);
      g_autofree char *what = NULL;
      int code = add (credentials, &datum, ws_tls_format_of (bytes));

      if (code > 0)
        continue;
      if (code == 0)
        code = GNUTLS_E_NO_CERTIFICATE_FOUND;
      what = g_strdup_printf ("The %s (number %u)", kind, i + 1);
      g_propagate_error (error, ws_tls_error_for_item (code, what));
      return FALSE;
    }
  return TRUE;
}

static gboolean
add_ocsp_response (gnutls_certificate_credentials_t credentials,
                   GBytes                          *response,
                   GError                         **error)
{
  gnutls_datum_t datum;
  int            code;

  if (response == NULL)
    return TRUE;

  datum = ws_tls_datum_of (response);
  code = gnutls_certificate_set_ocsp_status_request_mem (credentials, &datum, 0,
                                                         ws_tls_format_of (
                                                             response));
  if (code >= 0)
    return TRUE;

  g_propagate_error (error, ws_tls_error_for_item (code, "The OCSP response"));
  return FALSE;
}

static guint
count (GPtrArray *items)
{
  return items != NULL ? items->len : 0;
}

/* What making more of the same takes. */
typedef struct
{
  WsTlsCredentials  *self;
  const WsTlsConfig *config;
  gboolean           system_trust;
} Maker;

static gboolean
fill_certificates (const Maker                     *maker,
                   gnutls_certificate_credentials_t credentials,
                   guint64                          set,
                   GError                         **error)
{
  const WsTlsConfig       *config = maker->config;
  gnutls_x509_trust_list_t trust;

  gnutls_certificate_get_trust_list (credentials, &trust);
  if (maker->system_trust)
    ws_tls_trust_copy_system (trust);
  for (guint i = 0; i < count (config->identities); i++)
    if ((set >> i & 1)
        && !ws_tls_identity_load (g_ptr_array_index (config->identities, i),
                                  credentials, maker->self->pins, error))
      return FALSE;

  /* The response is the first identity's. */
  return add_items (credentials, config->authorities,
                    gnutls_certificate_set_x509_trust_mem, "authority", error)
         && add_items (credentials, config->revocations,
                       gnutls_certificate_set_x509_crl_mem, "revocation list",
                       error)
         && (!(set & 1)
             || add_ocsp_response (credentials, config->ocsp_response, error));
}

static gnutls_certificate_credentials_t
make_certificates (gpointer user_data, guint64 set, GError **error)
{
  gnutls_certificate_credentials_t credentials;

  gnutls_certificate_allocate_credentials (&credentials);
  if (fill_certificates (user_data, credentials, set, error))
    return credentials;

  gnutls_certificate_free_credentials (credentials);
  return NULL;
}

/* Reading the system's store takes milliseconds: only who judges by it does. */
static gboolean
load_certificates (WsTlsCredentials  *self,
                   const WsTlsConfig *config,
                   GError           **error)
{
  guint n = count (config->identities);
  Maker maker = { .self = self,
                  .config = config,
                  .system_trust = config->system_trust
                                  && self->verify != WS_TLS_VERIFY_NONE };

  if (n > WS_TLS_NAMES_MAX)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   "There are %u certificates with keys, and %u at most can be "
                   "used",
                   n, WS_TLS_NAMES_MAX);
      return FALSE;
    }

  if (maker.system_trust && n == 0 && count (config->authorities) == 0
      && count (config->revocations) == 0)
    {
      self->certificates = ws_tls_trust_get_system ();
      return TRUE;
    }

  self->names_authorities = !maker.system_trust;
  self->certificates = make_certificates (&maker, G_MAXUINT64, error);
  self->owns_certificates = self->certificates != NULL;
  if (self->certificates == NULL)
    return FALSE;
  if (!self->is_server || n < 2)
    return TRUE;

  self->names = ws_tls_names_new (self->certificates, n, make_certificates,
                                  &maker, error);
  return self->names != NULL;
}

/* --- Pre-shared keys --- */

static void
load_psk (WsTlsCredentials *self, const char *hint)
{
  if (!self->offers_psk)
    return;

  if (!self->is_server)
    {
      gnutls_psk_allocate_client_credentials (&self->psk_client);
      gnutls_psk_set_client_credentials_function2 (
          self->psk_client, ws_tls_session_on_psk_client);
      return;
    }

  gnutls_psk_allocate_server_credentials (&self->psk_server);
  gnutls_psk_set_server_credentials_function2 (self->psk_server,
                                               ws_tls_session_on_psk_server);
  if (hint != NULL)
    gnutls_psk_set_server_credentials_hint (self->psk_server, hint);
}

/* --- Tickets --- */

static gboolean
load_ticket_key (WsTlsCredentials *self, GBytes *key, GError **error)
{
  gsize         len = 0;
  gconstpointer data = key != NULL ? g_bytes_get_data (key, &len) : NULL;

  if (!self->is_server || !self->resumes)
    return TRUE;
  if (key != NULL && len != WS_TLS_TICKET_KEY_SIZE)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   "The key of session tickets has %" G_GSIZE_FORMAT
                   " bytes instead of %u",
                   len, WS_TLS_TICKET_KEY_SIZE);
      return FALSE;
    }

  gnutls_session_ticket_key_generate (&self->ticket_key);
  if (key != NULL)
    memcpy (self->ticket_key.data, data, len);
  return TRUE;
}

/* --- All of it --- */

static WsTlsVerify
resolve_verify (const WsTlsConfig *config)
{
  if (config->verify != WS_TLS_VERIFY_AUTO)
    return config->verify;
  return config->is_server ? WS_TLS_VERIFY_NONE : WS_TLS_VERIFY_PEER;
}

WsTlsCredentials *
ws_tls_credentials_new (const WsTlsConfig *config, GError **error)
{
  g_autoptr (WsTlsCredentials) self = g_new0 (WsTlsCredentials, 1);

  g_atomic_ref_count_init (&self->n_refs);
  self->pins = g_ptr_array_new_with_free_func (g_free);
  self->is_server = config->is_server;
  self->verify = resolve_verify (config);
  self->verify_depth = config->verify_depth;
  self->resumes = config->resumes;
  self->offers_psk = config->offers_psk;

  if (!load_priority (self, config, error)
      || !load_certificates (self, config, error)
      || !load_ticket_key (self, config->ticket_key, error))
    return NULL;
  load_psk (self, config->psk_hint);
  return g_steal_pointer (&self);
}

WsTlsCredentials *
ws_tls_credentials_ref (WsTlsCredentials *self)
{
  g_atomic_ref_count_inc (&self->n_refs);
  return self;
}

void
ws_tls_credentials_unref (WsTlsCredentials *self)
{
  if (!g_atomic_ref_count_dec (&self->n_refs))
    return;

  g_clear_pointer (&self->names, ws_tls_names_free);
  if (self->owns_certificates)
    gnutls_certificate_free_credentials (self->certificates);
  if (self->psk_client != NULL)
    gnutls_psk_free_client_credentials (self->psk_client);
  if (self->psk_server != NULL)
    gnutls_psk_free_server_credentials (self->psk_server);
  if (self->priority != NULL)
    gnutls_priority_deinit (self->priority);
  if (self->ticket_key.data != NULL)
    gnutls_memset (self->ticket_key.data, 0, self->ticket_key.size);
  gnutls_free (self->ticket_key.data);
  g_ptr_array_unref (self->pins);
  g_free (self);
}

/* --- For sessions --- */

/* The client has said which name the certificate is to be for. */
static int
on_client_hello (gnutls_session_t session)
{
  WsTlsSession                    *owner = gnutls_session_get_ptr (session);
  gnutls_certificate_credentials_t found;
  char                             name[256];
  size_t                           len = sizeof name;
  guint                            type;

  if (gnutls_server_name_get (session, name, &len, &type, 0) < 0
      || type != GNUTLS_NAME_DNS)
    return 0;
  found = ws_tls_names_find (owner->credentials->names, name);
  if (found != NULL)
    gnutls_credentials_set (session, GNUTLS_CRD_CERTIFICATE, found);
  return 0;
}

static void
apply_to_server (WsTlsCredentials *self, gnutls_session_t session)
{
  /* A request that is not met is for the judgement, not for GnuTLS: it shows
   * as a problem like any other. */
  gnutls_certificate_server_set_request (session,
                                         self->verify == WS_TLS_VERIFY_NONE
                                             ? GNUTLS_CERT_IGNORE
                                             : GNUTLS_CERT_REQUEST);
  if (!self->names_authorities)
    gnutls_certificate_send_x509_rdn_sequence (session, 1);
  if (self->names != NULL)
    gnutls_handshake_set_post_client_hello_function (session, on_client_hello);
  if (self->resumes)
    gnutls_session_ticket_enable_server (session, &self->ticket_key);
  if (self->offers_psk)
    gnutls_credentials_set (session, GNUTLS_CRD_PSK, self->psk_server);
}

gboolean
ws_tls_credentials_apply (WsTlsCredentials *self,
                          gnutls_session_t  session,
                          GError          **error)
{
  int code = gnutls_priority_set (session, self->priority);

  if (code >= 0)
    code = gnutls_credentials_set (session, GNUTLS_CRD_CERTIFICATE,
                                   self->certificates);
  if (code < 0)
    {
      g_set_error (error, G_TLS_ERROR, G_TLS_ERROR_MISC,
                   "TLS cannot be set up: %s", gnutls_strerror (code));
      return FALSE;
    }

  if (self->is_server)
    apply_to_server (self, session);
  else if (self->offers_psk)
    gnutls_credentials_set (session, GNUTLS_CRD_PSK, self->psk_client);
  return TRUE;
}

gnutls_x509_trust_list_t
ws_tls_credentials_get_trust (WsTlsCredentials *self)
{
  gnutls_x509_trust_list_t trust;

  gnutls_certificate_get_trust_list (self->certificates, &trust);
  return trust;
}

WsTlsVerify
ws_tls_credentials_get_verify (WsTlsCredentials *self)
{
  return self->verify;
}

guint
ws_tls_credentials_get_verify_depth (WsTlsCredentials *self)
{
  return self->verify_depth;
}

gboolean
ws_tls_credentials_wants_resumption (WsTlsCredentials *self)
{
  return self->resumes;
}

gboolean
ws_tls_credentials_offers_psk (WsTlsCredentials *self)
{
  return self->offers_psk;
}

gboolean
ws_tls_credentials_may_speak_tls13 (WsTlsCredentials *self)
{
  return self->tls13;
}
