/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What the two widths of ws-utf8.c and ws-utf8-wide.c share. A byte's judgement
 * needs the three before it. */
#define WS_UTF8_LOOK_BACK 3

/* Non-zero where a byte of @here is wrong, for vectors of any width: @before1
 * are the bytes that stand one place before those, and so on. No branch depends
 * on the text, and no byte on the result for another. In this order: bytes that
 * continue a character where they should not, or the other way round; bytes
 * that never occur; overlong forms; surrogates, and what lies beyond
 * U+10FFFF. */
#define WS_UTF8_ERRORS(Block, here, before1, before2, before3) \
  (((Block) (((here) &0xC0) == 0x80)                           \
    ^ (Block) (((before1) >= 0xC0) | ((before2) >= 0xE0)       \
               | ((before3) >= 0xF0)))                         \
   | (Block) ((((here) &0xFE) == 0xC0) | ((here) >= 0xF5))     \
   | (Block) ((((before1) == 0xE0) & ((here) < 0xA0))          \
              | (((before1) == 0xF0) & ((here) < 0x90)))       \
   | (Block) ((((before1) == 0xED) & ((here) >= 0xA0))         \
              | (((before1) == 0xF4) & ((here) >= 0x90))))

/* --- ws-utf8-wide.c --- */

/* Less text is not for the wide registers. */
#define WS_UTF8_WIDE_MIN 64

/* For where ws_vector_is_wide() says so. The first skips ASCII, but not all of
 * it; the second is as check_blocks() of ws-utf8.c, with WS_UTF8_WIDE_MIN bytes
 * before @end. */
const guint8 *ws_utf8_skip_ascii_wide (const guint8 *p, const guint8 *end);
gboolean      ws_utf8_check_wide (const guint8 *p, const guint8 *end);

G_END_DECLS
