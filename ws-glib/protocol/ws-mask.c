/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Masks and unmasks payload, a cache line at a time. */
#include "protocol/ws-mask.h"

#include <string.h>

/* One step of the fast loop, in 64-bit words: a cache line. */
#define BLOCK_WORDS 8

/* The key as it meets a word's first byte, repeated over the word. */
static guint64
spread_key (const guint8 key[4], gsize phase)
{
  const guint shift = 8 * (phase & 3);
  guint32     bits;

  memcpy (&bits, key, sizeof bits);
  bits = GUINT32_FROM_LE (bits);
  /* The second shift is masked: a shift by 32 is undefined. */
  bits = bits >> shift | bits << (-shift & 31);
  return GUINT64_TO_LE (bits * G_GUINT64_CONSTANT (0x0000000100000001));
}

void
ws_mask (
    guint8 *dst, const guint8 *src, gsize len, const guint8 key[4], gsize phase)
{
  const guint64 mask = spread_key (key, phase);

  /* All of a block is loaded before any of it is stored: what a store below
   * @src overwrites has been read by then, however near @dst is. */
  for (; len >= BLOCK_WORDS * 8; len -= BLOCK_WORDS * 8)
    {
      guint64 block[BLOCK_WORDS];

      memcpy (block, src, sizeof block);
      for (gsize i = 0; i < BLOCK_WORDS; i++)
        block[i] ^= mask;
      memcpy (dst, block, sizeof block);
      src += sizeof block;
      dst += sizeof block;
    }

  for (; len >= 8; len -= 8)
    {
      guint64 word;

      memcpy (&word, src, sizeof word);
      word ^= mask;
      memcpy (dst, &word, sizeof word);
      src += sizeof word;
      dst += sizeof word;
    }

  /* Whole words leave the phase as it was. */
  if (len >= 4)
    {
      guint32 word;

      memcpy (&word, src, sizeof word);
      word ^= (guint32) mask;
      memcpy (dst, &word, sizeof word);
      src += sizeof word;
      dst += sizeof word;
      len -= 4;
    }

  for (guint32 rest = GUINT64_FROM_LE (mask) & G_MAXUINT32; len > 0; len--)
    {
      *dst++ = *src++ ^ (rest & 0xFF);
      rest >>= 8;
    }
}
