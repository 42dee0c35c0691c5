/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Pre-shared keys of a TLS session: the question for one, and the answer. */
#include "net/ws-tls-session-private.h"

#include <string.h>

/* GnuTLS takes what gnutls_free() can free. */
static gboolean
fill_datum (gnutls_datum_t *datum, gconstpointer data, gsize len)
{
  datum->data = gnutls_malloc (MAX (len, 1));
  if (datum->data == NULL)
    return FALSE;
  if (len > 0)
    memcpy (datum->data, data, len);
  datum->size = (guint) len;
  return TRUE;
}

void
ws_tls_session_forget_psk (WsTlsNeeds *needs)
{
  g_clear_pointer (&needs->psk_identity, g_free);
  g_clear_pointer (&needs->psk_key, g_bytes_unref);
}

/* TRUE when there is an identity and a key. */
static gboolean
ask_user (WsTlsSession *self, const char *hint)
{
  WsTlsNeeds *needs = self->needs;

  ws_tls_session_forget_psk (needs);
  self->psk_asked = TRUE;
  return self->sink->psk_client != NULL
         && self->sink->psk_client (self->user_data, hint, &needs->psk_identity,
                                    &needs->psk_key)
         && needs->psk_identity != NULL && needs->psk_key != NULL;
}

void
ws_tls_session_prepare_psk (WsTlsSession *self)
{
  WsTlsCredentials *credentials = self->credentials;

  if (self->is_server || self->psk_asked
      || !ws_tls_credentials_offers_psk (credentials)
      || !ws_tls_credentials_may_speak_tls13 (credentials))
    return;

  if (!ask_user (self, NULL))
    gnutls_credentials_set (self->tls, GNUTLS_CRD_PSK, NULL);
}

int
ws_tls_session_on_psk_client (gnutls_session_t tls,
                              gnutls_datum_t  *identity,
                              gnutls_datum_t  *key)
{
  WsTlsSession    *self = gnutls_session_get_ptr (tls);
  WsTlsNeeds      *needs = self->needs;
  const char      *given = gnutls_psk_client_get_hint (tls);
  g_autofree char *hint = NULL;
  gconstpointer    data;
  gsize            len;

  /* GnuTLS tells of one that is missing as an empty one. */
  if (given != NULL && given[0] != '\0')
    hint = g_utf8_make_valid (given, -1);

  /* A hint may change the answer to what was asked without one. */
  if ((needs->psk_key == NULL || hint != NULL) && !ask_user (self, hint))
    return GNUTLS_E_INSUFFICIENT_CREDENTIALS;

  data = g_bytes_get_data (needs->psk_key, &len);
  if (len == 0
      || !fill_datum (identity, needs->psk_identity,
                      strlen (needs->psk_identity)))
    return GNUTLS_E_INSUFFICIENT_CREDENTIALS;
  if (!fill_datum (key, data, len))
    {
      gnutls_free (identity->data);
      return GNUTLS_E_MEMORY_ERROR;
    }
  return 0;
}

/* 1 lets GnuTLS go on with a random key, so that the peer cannot tell an
 * unknown identity from a wrong key. Identities are UTF-8 (RFC 4279, 5.1), and
 * whoever is asked takes them for text. */
int
ws_tls_session_on_psk_server (gnutls_session_t      tls,
                              const gnutls_datum_t *identity,
                              gnutls_datum_t       *key)
{
  WsTlsSession    *self = gnutls_session_get_ptr (tls);
  g_autofree char *name = NULL;
  g_autoptr (GBytes) found = NULL;
  gconstpointer data;
  gsize         len;

  if (self->sink->psk_server == NULL
      || !g_utf8_validate ((const char *) identity->data, identity->size, NULL))
    return 1;

  name = g_strndup ((const char *) identity->data, identity->size);
  if (!self->sink->psk_server (self->user_data, name, &found) || found == NULL)
    return 1;

  data = g_bytes_get_data (found, &len);
  if (len == 0)
    return 1;
  return fill_datum (key, data, len) ? 0 : -1;
}
