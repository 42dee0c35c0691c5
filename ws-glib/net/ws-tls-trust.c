/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The trust store of the system, read once in a process. */
#include "net/ws-tls-trust.h"

#include "net/ws-log.h"

static gpointer
load_system (gpointer data)
{
  gnutls_certificate_credentials_t system;
  int                              n;

  if (gnutls_certificate_allocate_credentials (&system) < 0)
    g_error ("Out of memory for the trusted authorities");

  n = gnutls_certificate_set_x509_system_trust (system);
  if (n < 0)
    g_message ("The system's trusted authorities cannot be loaded: %s",
               gnutls_strerror (n));
  else if (ws_log_has (WS_LOG_TLS))
    ws_log (&(WsLogFacts){ .topic = WS_LOG_TLS },
            "the system trusts %d authorities", n);
  return system;
}

gnutls_certificate_credentials_t
ws_tls_trust_get_system (void)
{
  static GOnce once = G_ONCE_INIT;

  return g_once (&once, load_system, NULL);
}

void
ws_tls_trust_copy_system (gnutls_x509_trust_list_t list)
{
  gnutls_x509_trust_list_t      system;
  gnutls_x509_trust_list_iter_t iter = NULL;
  gnutls_x509_crt_t             authority;

  gnutls_certificate_get_trust_list (ws_tls_trust_get_system (), &system);
  while (gnutls_x509_trust_list_iter_get_ca (system, &iter, &authority) >= 0)
    if (gnutls_x509_trust_list_add_cas (list, &authority, 1, 0) < 1)
      gnutls_x509_crt_deinit (authority);
}
