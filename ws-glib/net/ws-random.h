/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* From GnuTLS's generator: gnutls_rnd at GNUTLS_RND_RANDOM, for RFC 6455 10.3
 * wants masks from a strong source of entropy, and drawn in blocks this level
 * costs no more than the nonce one. FALSE if it fails. */
gboolean ws_random_bytes (guint8 *data, gsize len);

/* Four bytes of a block that is drawn at a time and kept for each thread; a
 * forked child draws its own. A system without random numbers still masks:
 * masking keeps intermediaries from being fooled, and its keys are no secret.
 * Never 0 but by chance. */
void ws_random_mask (guint8 mask[4]);

G_END_DECLS
