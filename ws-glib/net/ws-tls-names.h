/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

G_BEGIN_DECLS

/* A server's identities by the name that a client asks for. GnuTLS compares
 * names letter by letter; here wildcards and capitals count as well. Identities
 * for the same name (of RSA and ECDSA) stay together, for GnuTLS to choose
 * from. */
typedef struct _WsTlsNames WsTlsNames;

/* The most identities: one bit each of a set. */
#define WS_TLS_NAMES_MAX 64

/* (transfer full) (nullable): credentials of the identities in @set. */
typedef gnutls_certificate_credentials_t (*WsTlsNamesMake) (gpointer user_data,
                                                            guint64  set,
                                                            GError **error);

/* Of those in @all, for which @make is called with each part of them that has a
 * name in common. */
WsTlsNames *ws_tls_names_new (gnutls_certificate_credentials_t all,
                              guint                            n_identities,
                              WsTlsNamesMake                   make,
                              gpointer                         user_data,
                              GError                         **error);
void        ws_tls_names_free (WsTlsNames *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsTlsNames, ws_tls_names_free)

/* (transfer none) (nullable): NULL: any identity will do. */
gnutls_certificate_credentials_t
ws_tls_names_find (WsTlsNames *self, const char *name);

G_END_DECLS
