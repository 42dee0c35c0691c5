/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/ws-tls-credentials.h"

G_BEGIN_DECLS

/* How @bytes are encoded, by the look of them. */
gnutls_x509_crt_fmt_t ws_tls_format_of (GBytes *bytes);

/* Borrows. */
gnutls_datum_t ws_tls_datum_of (GBytes *bytes);

/* Adds the chain and the key of @identity to @credentials. @pins keeps what a
 * token may ask for later. */
gboolean ws_tls_identity_load (const WsTlsIdentity             *identity,
                               gnutls_certificate_credentials_t credentials,
                               GPtrArray                       *pins,
                               GError                         **error);

G_END_DECLS
