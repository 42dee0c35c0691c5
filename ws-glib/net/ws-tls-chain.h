/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

G_BEGIN_DECLS

/* The certificates that a peer has shown, and how much of them is examined.
 *
 * The time that a signature takes is up to whoever made the key: RSA with
 * 16 384 bits and an exponent as long takes seconds, and the
 * certificate is 4 KiB. */

/* (transfer full) (element-type gnutls_x509_crt_t): the peer's own first; ends
 * before the first that cannot be read, and one behind the most that are
 * examined. */
GPtrArray *ws_tls_chain_read (gnutls_session_t session);

/* (transfer full) (nullable): what is too much, as the rest of a sentence;
 * NULL: all of it can be examined. */
char *ws_tls_chain_find_excess (GPtrArray *chain);

G_END_DECLS
