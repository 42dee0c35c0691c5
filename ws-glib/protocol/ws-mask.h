/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <string.h>

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

/* A key as it meets a word's first byte, repeated over two words. Arrays of
 * words would be put together on the stack. */
typedef guint64 WsMaskPair __attribute__ ((vector_size (16)));

/* The first bit of each byte, which ASCII has not set. */
#define WS_MASK_HIGH_BITS G_GUINT64_CONSTANT (0x8080808080808080)

/* Does what is left of less than a cache line, or a short payload from its
 * beginning. @mask: the key, repeated over the word. Each bit that is set in
 * one of the words is set in @seen (nullable) then. Each word is loaded before
 * it is stored: what a store below @src overwrites has been read by then. */
static inline __attribute__ ((always_inline)) void
ws_mask_rest (
    guint8 *dst, const guint8 *src, gsize len, guint64 mask, guint64 *seen)
{
  const WsMaskPair masks = { mask, mask };
  WsMaskPair       all = { 0 };
  guint64          word;
  guint32          half;

  for (; len >= sizeof masks; len -= sizeof masks)
    {
      WsMaskPair pair;

      memcpy (&pair, src, sizeof pair);
      pair ^= masks;
      all |= pair;
      memcpy (dst, &pair, sizeof pair);
      src += sizeof pair;
      dst += sizeof pair;
    }
  if (seen != NULL)
    *seen |= all[0] | all[1];

  /* Whole words leave the phase as it was. */
  if (len >= sizeof word)
    {
      memcpy (&word, src, sizeof word);
      word ^= mask;
      if (seen != NULL)
        *seen |= word;
      memcpy (dst, &word, sizeof word);
      src += sizeof word;
      dst += sizeof word;
      len -= sizeof word;
    }
  if (len >= sizeof half)
    {
      memcpy (&half, src, sizeof half);
      half ^= (guint32) mask;
      if (seen != NULL)
        *seen |= half;
      memcpy (dst, &half, sizeof half);
      src += sizeof half;
      dst += sizeof half;
      len -= sizeof half;
    }
  for (guint32 rest = GUINT64_FROM_LE (mask) & G_MAXUINT32; len > 0; len--)
    {
      *dst = *src++ ^ (rest & 0xFF);
      if (seen != NULL)
        *seen |= *dst;
      dst++;
      rest >>= 8;
    }
}

/* ws_mask_text() from the first byte of @key, for a payload so short that the
 * call of another function counts. */
static inline gboolean
ws_mask_short (guint8 *dst, const guint8 *src, gsize len, const guint8 key[4])
{
  guint64 seen = 0;
  guint32 bits;

  memcpy (&bits, key, sizeof bits);
  ws_mask_rest (dst, src, len, bits * G_GUINT64_CONSTANT (0x0000000100000001),
                &seen);
  return (seen & WS_MASK_HIGH_BITS) == 0;
}

G_END_DECLS
