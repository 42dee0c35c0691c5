/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Two rounds for each word, and four in the end. */
#include "protocol/ws-siphash.h"

#include <string.h>

static guint64
rotate (guint64 word, guint bits)
{
  return word << bits | word >> (64 - bits);
}

static void
mix (guint64 v[4], guint n_rounds)
{
  for (; n_rounds > 0; n_rounds--)
    {
      v[0] += v[1];
      v[2] += v[3];
      v[1] = rotate (v[1], 13) ^ v[0];
      v[3] = rotate (v[3], 16) ^ v[2];
      v[0] = rotate (v[0], 32);
      v[2] += v[1];
      v[0] += v[3];
      v[1] = rotate (v[1], 17) ^ v[2];
      v[3] = rotate (v[3], 21) ^ v[0];
      v[2] = rotate (v[2], 32);
    }
}

static void
absorb (guint64 v[4], guint64 word)
{
  v[3] ^= word;
  mix (v, 2);
  v[0] ^= word;
}

guint64
ws_siphash (const guint64 key[2], const guint8 *data, gsize len)
{
  guint64 v[4] = { key[0] ^ G_GUINT64_CONSTANT (0x736f6d6570736575),
                   key[1] ^ G_GUINT64_CONSTANT (0x646f72616e646f6d),
                   key[0] ^ G_GUINT64_CONSTANT (0x6c7967656e657261),
                   key[1] ^ G_GUINT64_CONSTANT (0x7465646279746573) };
  guint64 word;
  guint64 last = (guint64) len << 56;

  for (; len >= 8; data += 8, len -= 8)
    {
      memcpy (&word, data, 8);
      absorb (v, GUINT64_FROM_LE (word));
    }
  for (gsize i = 0; i < len; i++)
    last |= (guint64) data[i] << (8 * i);
  absorb (v, last);
  v[2] ^= 0xff;
  mix (v, 4);
  return v[0] ^ v[1] ^ v[2] ^ v[3];
}
