/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Validates UTF-8 that arrives in pieces, sixteen bytes at a time. */
#include "protocol/ws-utf8.h"

#include <string.h>

#include "protocol/ws-utf8-blocks.h"
#include "protocol/ws-vector.h"

/* The automaton's state is what the next byte has to be: how many bytes are
 * missing, and the lowest and highest value of the next one. RFC 3629, 4 limits
 * only a character's second byte further than 80 to BF. */
#define STATE(missing, low, high) \
  ((guint32) (missing) << 16 | (guint32) (low) << 8 | (high))
#define STATE_START         0
#define STATE_TAIL(missing) STATE (missing, 0x80, 0xBF)
/* No byte is in the range of this state: once invalid, always invalid. */
#define STATE_FAILED STATE (1, 0xFF, 0x00)

/* Judged at once: a vector that every 64-bit machine has. */
#define BLOCK_SIZE 16
#define LOOK_BACK  WS_UTF8_LOOK_BACK
typedef guint8 Block __attribute__ ((vector_size (BLOCK_SIZE)));

#define HIGH_BITS G_GUINT64_CONSTANT (0x8080808080808080)

static guint32
state_after_lead (guint8 byte)
{
  if (byte < 0x80)
    return STATE_START;
  if (byte < 0xC2) /* a continuation, or an overlong form of ASCII */
    return STATE_FAILED;
  if (byte < 0xE0)
    return STATE_TAIL (1);
  if (byte == 0xE0) /* below are overlong forms */
    return STATE (2, 0xA0, 0xBF);
  if (byte == 0xED) /* above are surrogates */
    return STATE (2, 0x80, 0x9F);
  if (byte < 0xF0)
    return STATE_TAIL (2);
  if (byte == 0xF0) /* below are overlong forms */
    return STATE (3, 0x90, 0xBF);
  if (byte < 0xF4)
    return STATE_TAIL (3);
  if (byte == 0xF4) /* above is what lies beyond U+10FFFF */
    return STATE (3, 0x80, 0x8F);
  return STATE_FAILED;
}

static guint32
next_state (guint32 state, guint8 byte)
{
  const guint missing = state >> 16;

  if (state == STATE_START)
    return state_after_lead (byte);
  if (byte < (state >> 8 & 0xFF) || byte > (state & 0xFF))
    return STATE_FAILED;
  return missing > 1 ? STATE_TAIL (missing - 1) : STATE_START;
}

static gboolean
feed_byte (WsUtf8 *self, guint8 byte)
{
  self->state = next_state (self->state, byte);
  self->pending = self->state != STATE_START ? self->pending + 1 : 0;
  return self->state != STATE_FAILED;
}

static gboolean
fail (WsUtf8 *self)
{
  self->state = STATE_FAILED;
  return FALSE;
}

/* Eight bytes, the first one lowest. */
static inline guint64
load_word (const guint8 *p)
{
  guint64 word;

  memcpy (&word, p, sizeof word);
  return GUINT64_FROM_LE (word);
}

/* The first byte from @p on that is not ASCII, or in the last seven bytes
 * perhaps an earlier byte. @begin: what may be read lies between it and
 * @end. */
static inline const guint8 *
skip_ascii (const guint8 *begin, const guint8 *p, const guint8 *end)
{
  while (end - p >= 8)
    {
      const guint64 high = load_word (p) & HIGH_BITS;

      if (high != 0)
        return p + __builtin_ctzll (high) / 8;
      p += 8;

      while (end - p >= 32
             && ((load_word (p) | load_word (p + 8) | load_word (p + 16)
                  | load_word (p + 24))
                 & HIGH_BITS)
                    == 0)
        p += 32;
    }

  /* The rest is the end of a word that can be looked at as a whole. */
  if (p < end && end - begin >= 8
      && (load_word (end - 8) >> 8 * (8 - (end - p)) & HIGH_BITS) == 0)
    return end;
  return p;
}

static inline Block
load_block (const guint8 *p)
{
  Block block;

  memcpy (&block, p, sizeof block);
  return block;
}

static inline gboolean
is_zero (Block block)
{
  guint64 halves[BLOCK_SIZE / 8];

  memcpy (halves, &block, sizeof halves);
  return (halves[0] | halves[1]) == 0;
}

static inline Block
find_errors (const guint8 *p)
{
  return WS_UTF8_ERRORS (Block, load_block (p), load_block (p - 1),
                         load_block (p - 2), load_block (p - 3));
}

/* Judges a text's bytes from @p on, where a character begins. LOOK_BACK bytes
 * before @p can be read and are legal, and so many and a block before @end. A
 * character that @end cuts off is no error. */
static gboolean
check_blocks (const guint8 *begin, const guint8 *p, const guint8 *end)
{
  Block errors;

  while (end - p >= 2 * BLOCK_SIZE)
    {
      const Block all = load_block (p) | load_block (p + BLOCK_SIZE);

      if (!is_zero (find_errors (p) | find_errors (p + BLOCK_SIZE)))
        return FALSE;
      p += 2 * BLOCK_SIZE;
      if (is_zero (all & 0x80))
        p = skip_ascii (begin, p, end);
    }

  /* The last block overlaps what has been judged already. */
  errors = find_errors (end - BLOCK_SIZE);
  if (end - p > BLOCK_SIZE)
    errors |= find_errors (p);
  return is_zero (errors);
}

/* Where a last character begins that may lack bytes; @end if there is none.
 * Only for text that has no errors. */
static const guint8 *
find_unfinished (const guint8 *end)
{
  for (int i = 1; i <= LOOK_BACK && end[-i] >= 0x80; i++)
    {
      if (end[-i] >= 0xC0)
        return end - i;
    }
  return end;
}

gboolean
ws_utf8_feed (WsUtf8 *self, const guint8 *data, gsize len)
{
  const guint8 *p = data;
  const guint8 *end;

  if (len == 0)
    return self->state != STATE_FAILED;
  end = data + len;

  while (p < end && self->state != STATE_START)
    {
      if (!feed_byte (self, *p++))
        return FALSE;
    }
  if (len >= WS_UTF8_WIDE_MIN && ws_vector_is_wide ())
    p = ws_utf8_skip_ascii_wide (p, end);
  p = skip_ascii (data, p, end);

  if (p < end && len >= BLOCK_SIZE + LOOK_BACK)
    {
      /* Ends before @end: six bytes are the most this takes. */
      while (self->state != STATE_START || p - data < LOOK_BACK)
        {
          if (!feed_byte (self, *p++))
            return FALSE;
        }
      if (end - p >= WS_UTF8_WIDE_MIN && ws_vector_is_wide ()
              ? !ws_utf8_check_wide (p, end)
              : !check_blocks (data, p, end))
        return fail (self);
      p = find_unfinished (end);
    }

  while (p < end)
    {
      if (!feed_byte (self, *p++))
        return FALSE;
    }
  return TRUE;
}

gboolean
ws_utf8_is_valid (const guint8 *data, gsize len)
{
  WsUtf8 utf8 = { 0 };

  return ws_utf8_feed (&utf8, data, len) && ws_utf8_is_complete (&utf8);
}

gsize
ws_utf8_cut (const char *text, gsize len, gsize max)
{
  gsize cut = max;

  if (len <= max)
    return len;
  while (cut > 0 && ((guint8) text[cut] & 0xC0) == 0x80)
    cut--;
  return cut;
}
