/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SipHash-2-4 (Aumasson and Bernstein, 2012): a hash with a key, of which
 * whoever does not know the key cannot make collisions. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

guint64 ws_siphash (const guint64 key[2], const guint8 *data, gsize len);

G_END_DECLS
