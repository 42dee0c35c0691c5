/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Masks and unmasks payload, a cache line at a time. */
#include "protocol/ws-mask.h"

#include "protocol/ws-vector.h"

/* A quarter of what the fast loop does in a step, which is a cache line, and
 * half of that where registers are wide. */
typedef WsMaskPair Pair;
typedef guint64    Words __attribute__ ((vector_size (32)));

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

/* These are compiled twice, with @seen and with NULL for it. */
#define TWICE static inline __attribute__ ((always_inline))

/* Masks the blocks of @src; returns the bytes of them. Each bit that is set in
 * one of the words is set in @seen (nullable) then. All of a block is loaded
 * before any of it is stored: what a store below @src overwrites has been read
 * by then, however near @dst is. */
TWICE gsize
mask_blocks (
    guint8 *dst, const guint8 *src, gsize len, guint64 mask, guint64 *seen)
{
  const Pair masks = { mask, mask };
  Pair       all = { 0 };
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
      if (seen != NULL)
        all |= (first | second) | (third | fourth);
      memcpy (dst + done, &first, sizeof first);
      memcpy (dst + done + sizeof first, &second, sizeof second);
      memcpy (dst + done + 2 * sizeof first, &third, sizeof third);
      memcpy (dst + done + 3 * sizeof first, &fourth, sizeof fourth);
    }
  if (seen != NULL)
    *seen = all[0] | all[1];
  return done;
}

WS_VECTOR_WIDE TWICE gsize
run_wide (
    guint8 *dst, const guint8 *src, gsize len, guint64 mask, guint64 *seen)
{
  const Words masks = { mask, mask, mask, mask };
  Words       all[2] = { { 0 } };
  gsize       done = 0;

  for (; len - done >= 2 * sizeof (Words); done += 2 * sizeof (Words))
    {
      Words first, second;

      memcpy (&first, src + done, sizeof first);
      memcpy (&second, src + done + sizeof first, sizeof second);
      first ^= masks;
      second ^= masks;
      if (seen != NULL)
        {
          all[0] |= first;
          all[1] |= second;
        }
      memcpy (dst + done, &first, sizeof first);
      memcpy (dst + done + sizeof first, &second, sizeof second);
    }
  all[0] |= all[1];
  if (seen != NULL)
    *seen = all[0][0] | all[0][1] | all[0][2] | all[0][3];
  return done;
}

WS_VECTOR_WIDE static gsize
mask_blocks_wide (guint8 *dst, const guint8 *src, gsize len, guint64 mask)
{
  return run_wide (dst, src, len, mask, NULL);
}

WS_VECTOR_WIDE static gsize
look_at_blocks_wide (
    guint8 *dst, const guint8 *src, gsize len, guint64 mask, guint64 *seen)
{
  return run_wide (dst, src, len, mask, seen);
}

TWICE void
run (guint8 *dst, const guint8 *src, gsize len, guint64 mask, guint64 *seen)
{
  gsize done;

  if (len < WIDE_MIN || !ws_vector_is_wide ())
    done = mask_blocks (dst, src, len, mask, seen);
  else if (seen != NULL)
    done = look_at_blocks_wide (dst, src, len, mask, seen);
  else
    done = mask_blocks_wide (dst, src, len, mask);
  ws_mask_rest (dst + done, src + done, len - done, mask, seen);
}

void
ws_mask (
    guint8 *dst, const guint8 *src, gsize len, const guint8 key[4], gsize phase)
{
  run (dst, src, len, spread_key (key, phase), NULL);
}

gboolean
ws_mask_text (
    guint8 *dst, const guint8 *src, gsize len, const guint8 key[4], gsize phase)
{
  guint64 seen;

  run (dst, src, len, spread_key (key, phase), &seen);
  return (seen & WS_MASK_HIGH_BITS) == 0;
}
