/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Masks and unmasks payload, a cache line at a time. */
#include "protocol/ws-mask.h"

#include <string.h>

#include "protocol/ws-vector.h"

/* A quarter of what the fast loop does in a step, which is a cache line, and
 * half of that where registers are wide. Arrays of words would be put together
 * on the stack. */
typedef guint64 Pair __attribute__ ((vector_size (16)));
typedef guint64 Words __attribute__ ((vector_size (32)));

/* Shorter ones are done before another function is called. */
#define WIDE_MIN 128

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

/* Masks the blocks of @src; returns the bytes of them. All of a block is loaded
 * before any of it is stored: what a store below @src overwrites has been read
 * by then, however near @dst is. */
static inline gsize
mask_blocks (guint8 *dst, const guint8 *src, gsize len, guint64 mask)
{
  const Pair masks = { mask, mask };
  gsize      done = 0;

  for (; len - done >= 4 * sizeof (Pair); done += 4 * sizeof (Pair))
    {
      Pair first, second, third, fourth;

      memcpy (&first, src + done, sizeof first);
      memcpy (&second, src + done + sizeof first, sizeof second);
      memcpy (&third, src + done + 2 * sizeof first, sizeof third);
      memcpy (&fourth, src + done + 3 * sizeof first, sizeof fourth);
      first ^= masks;
      second ^= masks;
      third ^= masks;
      fourth ^= masks;
      memcpy (dst + done, &first, sizeof first);
      memcpy (dst + done + sizeof first, &second, sizeof second);
      memcpy (dst + done + 2 * sizeof first, &third, sizeof third);
      memcpy (dst + done + 3 * sizeof first, &fourth, sizeof fourth);
    }
  return done;
}

WS_VECTOR_WIDE static gsize
mask_blocks_wide (guint8 *dst, const guint8 *src, gsize len, guint64 mask)
{
  const Words masks = { mask, mask, mask, mask };
  gsize       done = 0;

  for (; len - done >= 2 * sizeof (Words); done += 2 * sizeof (Words))
    {
      Words first, second;

      memcpy (&first, src + done, sizeof first);
      memcpy (&second, src + done + sizeof first, sizeof second);
      first ^= masks;
      second ^= masks;
      memcpy (dst + done, &first, sizeof first);
      memcpy (dst + done + sizeof first, &second, sizeof second);
    }
  return done;
}

void
ws_mask (
    guint8 *dst, const guint8 *src, gsize len, const guint8 key[4], gsize phase)
{
  const guint64 mask = spread_key (key, phase);
  gsize         done;

  if (len >= WIDE_MIN && ws_vector_is_wide ())
    done = mask_blocks_wide (dst, src, len, mask);
  else
    done = mask_blocks (dst, src, len, mask);
  dst += done;
  src += done;
  len -= done;

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
