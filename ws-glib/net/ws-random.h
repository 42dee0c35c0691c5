/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* From GnuTLS's generator (gnutls_rnd, the nonce level, which is what masks and
 * handshake keys need). FALSE if it fails. */
gboolean ws_random_bytes (guint8 *data, gsize len);

/* Four bytes of a block drawn at a time and kept for each thread; never 0 in a
 * working system except by chance. */
gboolean ws_random_mask (guint8 mask[4]);

G_END_DECLS
