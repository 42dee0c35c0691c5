/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "load-key.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define WEBSOCKET_GUID "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
#define BLOCK_SIZE     64
#define DIGEST_SIZE    20

static uint32_t
rotate_left (uint32_t value, int bits)
{
  return value << bits | value >> (32 - bits);
}

static uint32_t
round_term (int step, const uint32_t v[5])
{
  if (step < 20)
    return ((v[1] & v[2]) | (~v[1] & v[3])) + 0x5a827999;
  if (step < 40)
    return (v[1] ^ v[2] ^ v[3]) + 0x6ed9eba1;
  if (step < 60)
    return ((v[1] & v[2]) | (v[1] & v[3]) | (v[2] & v[3])) + 0x8f1bbcdc;
  return (v[1] ^ v[2] ^ v[3]) + 0xca62c1d6;
}

static void
digest_block (uint32_t state[5], const uint8_t block[BLOCK_SIZE])
{
  uint32_t words[80];
  uint32_t v[5];

  for (int i = 0; i < 16; i++)
    words[i] = (uint32_t) block[4 * i] << 24 | (uint32_t) block[4 * i + 1] << 16
               | (uint32_t) block[4 * i + 2] << 8 | block[4 * i + 3];
  for (int i = 16; i < 80; i++)
    words[i] = rotate_left (words[i - 3] ^ words[i - 8] ^ words[i - 14]
                                ^ words[i - 16],
                            1);
  memcpy (v, state, sizeof v);
  for (int i = 0; i < 80; i++)
    {
      uint32_t next
          = rotate_left (v[0], 5) + round_term (i, v) + v[4] + words[i];

      v[4] = v[3];
      v[3] = v[2];
      v[2] = rotate_left (v[1], 30);
      v[1] = v[0];
      v[0] = next;
    }
  for (int i = 0; i < 5; i++)
    state[i] += v[i];
}

/* RFC 3174, for texts of less than two blocks: a key and the GUID are 60
 * bytes, which with the padding fill two. */
static void
digest_short (const char *text, uint8_t digest[DIGEST_SIZE])
{
  uint32_t state[5]
      = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0 };
  uint8_t padded[2 * BLOCK_SIZE] = { 0 };
  size_t  length = strlen (text);
  size_t  blocks = length + 9 > BLOCK_SIZE ? 2 : 1;

  memcpy (padded, text, length);
  padded[length] = 0x80;
  padded[blocks * BLOCK_SIZE - 2] = (uint8_t) (length * 8 >> 8);
  padded[blocks * BLOCK_SIZE - 1] = (uint8_t) (length * 8);
  for (size_t i = 0; i < blocks; i++)
    digest_block (state, padded + i * BLOCK_SIZE);
  for (int i = 0; i < DIGEST_SIZE; i++)
    digest[i] = (uint8_t) (state[i / 4] >> (24 - 8 * (i % 4)));
}

static void
encode_base64 (const uint8_t *data, size_t length, char *text)
{
  static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "abcdefghijklmnopqrstuvwxyz0123456789+/";

  for (size_t i = 0; i < length; i += 3)
    {
      uint32_t group = (uint32_t) data[i] << 16;

      if (i + 1 < length)
        group |= (uint32_t) data[i + 1] << 8;
      if (i + 2 < length)
        group |= data[i + 2];
      *text++ = alphabet[group >> 18];
      *text++ = alphabet[group >> 12 & 63];
      *text++ = i + 1 < length ? alphabet[group >> 6 & 63] : '=';
      *text++ = i + 2 < length ? alphabet[group & 63] : '=';
    }
  *text = '\0';
}

void
load_key_make (unsigned number, char key[LOAD_KEY_LENGTH + 1])
{
  uint8_t nonce[17];

  snprintf ((char *) nonce, sizeof nonce, "load%012u", number);
  encode_base64 (nonce, 16, key);
}

void
load_key_accept (const char *key, char accept[LOAD_ACCEPT_LENGTH + 1])
{
  char    text[LOAD_KEY_LENGTH + sizeof WEBSOCKET_GUID];
  uint8_t digest[DIGEST_SIZE];

  snprintf (text, sizeof text, "%.*s%s", LOAD_KEY_LENGTH, key, WEBSOCKET_GUID);
  digest_short (text, digest);
  encode_base64 (digest, DIGEST_SIZE, accept);
}
