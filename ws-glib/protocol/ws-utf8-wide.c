/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Judges UTF-8 thirty-two bytes at a time, on processors that can. */
#include "protocol/ws-utf8-blocks.h"

#include <string.h>

#include "protocol/ws-vector.h"

#define BLOCK_SIZE 32
typedef guint8  Block __attribute__ ((vector_size (BLOCK_SIZE)));
typedef guint64 Words __attribute__ ((vector_size (BLOCK_SIZE)));

WS_VECTOR_WIDE static inline Block
load_block (const guint8 *p)
{
  Block block;

  memcpy (&block, p, sizeof block);
  return block;
}

WS_VECTOR_WIDE static inline gboolean
is_zero (Block block)
{
  const Words words = (Words) block;

  return (words[0] | words[1] | words[2] | words[3]) == 0;
}

WS_VECTOR_WIDE static inline Block
find_errors (const guint8 *p)
{
  return WS_UTF8_ERRORS (Block, load_block (p), load_block (p - 1),
                         load_block (p - 2), load_block (p - 3));
}

/* Whole blocks of ASCII only; what comes then is for who reads bytes. */
WS_VECTOR_WIDE const guint8 *
ws_utf8_skip_ascii_wide (const guint8 *p, const guint8 *end)
{
  while (end - p >= 4 * BLOCK_SIZE
         && is_zero ((load_block (p) | load_block (p + BLOCK_SIZE)
                      | load_block (p + 2 * BLOCK_SIZE)
                      | load_block (p + 3 * BLOCK_SIZE))
                     & 0x80))
    p += 4 * BLOCK_SIZE;
  return p;
}

WS_VECTOR_WIDE gboolean
ws_utf8_check_wide (const guint8 *p, const guint8 *end)
{
  Block errors;

  while (end - p >= 2 * BLOCK_SIZE)
    {
      const Block all = load_block (p) | load_block (p + BLOCK_SIZE);

      if (!is_zero (find_errors (p) | find_errors (p + BLOCK_SIZE)))
        return FALSE;
      p += 2 * BLOCK_SIZE;
      if (is_zero (all & 0x80))
        p = ws_utf8_skip_ascii_wide (p, end);
    }

  /* The last block overlaps what has been judged already. */
  errors = find_errors (end - BLOCK_SIZE);
  if (end - p > BLOCK_SIZE)
    errors |= find_errors (p);
  return is_zero (errors);
}
