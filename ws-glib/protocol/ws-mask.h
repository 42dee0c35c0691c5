/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* RFC 6455, 5.3: @dst becomes @src XOR @key, where @src[0] meets
 * key[@phase & 3]. @dst may be @src, or lie anywhere below it. */
void ws_mask (guint8       *dst,
              const guint8 *src,
              gsize         len,
              const guint8  key[4],
              gsize         phase);
/* The same, and whether @dst is ASCII now: then it is valid text, and need not
 * be looked at once more. */
gboolean ws_mask_text (guint8       *dst,
                       const guint8 *src,
                       gsize         len,
                       const guint8  key[4],
                       gsize         phase);

G_END_DECLS
