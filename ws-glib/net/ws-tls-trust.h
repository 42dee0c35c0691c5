/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

G_BEGIN_DECLS

/* The system's trust store, read once in a process and never given back. A list
 * belongs to the GnuTLS credentials that use it, so that whoever trusts nothing
 * else shares these; a configuration with authorities of its own gets copies,
 * once. */

/* (transfer none): credentials with the system's trust and nothing else. These
 * credentials trust nobody when the system has no store. */
gnutls_certificate_credentials_t ws_tls_trust_get_system (void);

/* Adds copies of the system's authorities to @list. */
void ws_tls_trust_copy_system (gnutls_x509_trust_list_t list);

G_END_DECLS
