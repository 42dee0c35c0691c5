/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Measures how far back compressed bytes refer. */
#include "protocol/ws-deflate-reach.h"

#include <string.h>

#define MAX_BITS       15 /* of a code */
#define MAX_LITERALS   286
#define MAX_DISTANCE   30
#define FIXED_LITERALS 288
#define N_LENGTH_CODES 19
#define END_OF_BLOCK   256

/* Of codes that are looked up. */
#define QUICK_BITS 9

/* What a step needs at most: a distance's code and what is added. */
#define MAX_STEP_BITS 32

typedef enum
{
  STATE_BLOCK,       /* a header of three bits */
  STATE_STORED_SIZE, /* 3.2.4 */
  STATE_STORED,
  STATE_COUNTS,       /* 3.2.7: how many code lengths follow */
  STATE_LENGTH_CODES, /* of the code that the lengths are coded with */
  STATE_LENGTHS,
  STATE_SYMBOL,
  STATE_DISTANCE,
  STATE_LOST /* this is no deflate */
} State;

/* What a step answers. */
typedef enum
{
  STEP_NEXT,
  STEP_WAIT,   /* there are too few bits */
  STEP_TOO_FAR /* found what is looked for */
} Step;

/* A canonical Huffman code (3.2.2). Most symbols have short codes, which are
 * looked up: symbol and length, for all bits that may follow. */
typedef struct
{
  guint16 n_of[MAX_BITS + 1];      /* codes of each length */
  guint16 symbols[FIXED_LITERALS]; /* in the order of the codes */
  guint16 quick[1 << QUICK_BITS];  /* symbol << 4 | length; 0: a longer code */
} Code;

struct _WsDeflateReach
{
  State         state;
  guint         window; /* bytes */
  gboolean      is_last;
  const guint8 *data; /* (unowned): what is fed, not yet in @bits */
  gsize         len;
  guint64       bits; /* the next one is the lowest */
  guint         n_bits;
  guint         n_stored; /* bytes of a stored block that are left */
  guint         n_literals;
  guint         n_distances;
  guint         n_length_codes;
  guint         n_read; /* of the lengths */
  guint8        lengths[MAX_LITERALS + MAX_DISTANCE];
  Code          literals; /* those of the lengths, before they are known */
  Code          distances;
};

/* 3.2.5: what is added to a distance's first value. */
static guint
distance_extra_bits (guint symbol)
{
  return symbol < 4 ? 0 : symbol / 2 - 1;
}

static guint
distance_base (guint symbol)
{
  if (symbol < 4)
    return symbol + 1;
  return ((2 + symbol % 2) << distance_extra_bits (symbol)) + 1;
}

static guint
length_extra_bits (guint symbol)
{
  const guint n = symbol - (END_OF_BLOCK + 1);

  return n < 8 || n == 28 ? 0 : n / 4 - 1;
}

/* --- Bits --- */

static void
refill (WsDeflateReach *self)
{
  if (self->n_bits <= 32 && self->len >= 4)
    {
      guint32 four;

      memcpy (&four, self->data, 4);
      self->bits |= (guint64) GUINT32_FROM_LE (four) << self->n_bits;
      self->n_bits += 32;
      self->data += 4;
      self->len -= 4;
    }
  while (self->n_bits <= 56 && self->len > 0)
    {
      self->bits |= (guint64) *self->data++ << self->n_bits;
      self->n_bits += 8;
      self->len--;
    }
}

static guint
peek_bits (const WsDeflateReach *self, guint from, guint n)
{
  return (guint) (self->bits >> from) & ((1u << n) - 1);
}

static void
drop_bits (WsDeflateReach *self, guint n)
{
  self->bits >>= n;
  self->n_bits -= n;
}

/* To the end of a byte. */
static void
align (WsDeflateReach *self)
{
  drop_bits (self, self->n_bits % 8);
}

/* --- Codes --- */

/* Codes begin with their highest bit, so that it is the first one read. */
static void
code_add_quick (Code *self, guint value, guint n_bits, guint symbol)
{
  guint first = 0;

  for (guint i = 0; i < n_bits; i++)
    first |= (value >> i & 1) << (n_bits - 1 - i);
  for (; first < G_N_ELEMENTS (self->quick); first += 1u << n_bits)
    self->quick[first] = (guint16) (symbol << 4 | n_bits);
}

static void
code_fill_quick (Code *self)
{
  guint value = 0, index = 0;

  memset (self->quick, 0, sizeof self->quick);
  for (guint n_bits = 1; n_bits <= QUICK_BITS; n_bits++)
    {
      for (guint i = 0; i < self->n_of[n_bits]; i++)
        code_add_quick (self, value++, n_bits, self->symbols[index++]);
      value <<= 1;
    }
}

/* FALSE: there are more codes of a length than there can be. */
static gboolean
code_init (Code *self, const guint8 *lengths, guint n)
{
  guint16 next[MAX_BITS + 2] = { 0 };
  int     left = 1;

  memset (self->n_of, 0, sizeof self->n_of);
  for (guint i = 0; i < n; i++)
    self->n_of[lengths[i]]++;
  self->n_of[0] = 0;
  for (guint bits = 1; bits <= MAX_BITS; bits++)
    {
      left = 2 * left - self->n_of[bits];
      if (left < 0)
        return FALSE;
      next[bits + 1] = (guint16) (next[bits] + self->n_of[bits]);
    }
  for (guint i = 0; i < n; i++)
    if (lengths[i] != 0)
      self->symbols[next[lengths[i]]++] = (guint16) i;
  code_fill_quick (self);
  return TRUE;
}

/* How many bits the next symbol has; 0: the symbol is not all there, or there
 * is no such code and the state says so. */
static guint
peek_symbol (WsDeflateReach *self, const Code *code, guint *symbol)
{
  const guint quick = code->quick[peek_bits (self, 0, QUICK_BITS)];
  guint       value = 0, first = 0, index = 0;

  if (quick != 0 && (quick & 15) <= self->n_bits)
    {
      *symbol = quick >> 4;
      return quick & 15;
    }
  for (guint n = 1; n <= MAX_BITS; n++)
    {
      if (n > self->n_bits)
        return 0;
      value |= peek_bits (self, n - 1, 1);
      if (value - first < code->n_of[n])
        {
          *symbol = code->symbols[index + value - first];
          return n;
        }
      index += code->n_of[n];
      first = (first + code->n_of[n]) << 1;
      value <<= 1;
    }
  self->state = STATE_LOST;
  return 0;
}

static Step
wait_or_stop (const WsDeflateReach *self)
{
  return self->state == STATE_LOST ? STEP_NEXT : STEP_WAIT;
}

/* --- Blocks --- */

static void
begin_fixed (WsDeflateReach *self)
{
  guint8 lengths[FIXED_LITERALS];

  /* 3.2.6 */
  for (guint i = 0; i < FIXED_LITERALS; i++)
    lengths[i] = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
  code_init (&self->literals, lengths, FIXED_LITERALS);
  for (guint i = 0; i < MAX_DISTANCE; i++)
    lengths[i] = 5;
  code_init (&self->distances, lengths, MAX_DISTANCE);
}

static Step
step_block (WsDeflateReach *self)
{
  static const State states[]
      = { STATE_STORED_SIZE, STATE_SYMBOL, STATE_COUNTS, STATE_LOST };

  if (self->n_bits < 3)
    return STEP_WAIT;
  self->is_last = peek_bits (self, 0, 1) != 0;
  self->state = states[peek_bits (self, 1, 2)];
  drop_bits (self, 3);
  if (self->state == STATE_STORED_SIZE)
    align (self);
  else if (self->state == STATE_SYMBOL)
    begin_fixed (self);
  return STEP_NEXT;
}

/* What follows the last block begins with a byte: see ws_inflater_feed(). */
static Step
end_block (WsDeflateReach *self)
{
  if (self->is_last)
    align (self);
  self->state = STATE_BLOCK;
  return STEP_NEXT;
}

static Step
step_stored_size (WsDeflateReach *self)
{
  if (self->n_bits < 32)
    return STEP_WAIT;
  self->n_stored = peek_bits (self, 0, 16);
  self->state = (peek_bits (self, 16, 16) ^ self->n_stored) == 0xffff
                    ? STATE_STORED
                    : STATE_LOST;
  drop_bits (self, 32);
  return STEP_NEXT;
}

static Step
step_stored (WsDeflateReach *self)
{
  gsize n;

  while (self->n_stored > 0 && self->n_bits > 0)
    {
      drop_bits (self, 8);
      self->n_stored--;
    }
  n = MIN (self->n_stored, self->len);
  self->data += n;
  self->len -= n;
  self->n_stored -= (guint) n;
  return self->n_stored > 0 ? STEP_WAIT : end_block (self);
}

/* --- The codes of a block --- */

static Step
step_counts (WsDeflateReach *self)
{
  if (self->n_bits < 14)
    return STEP_WAIT;
  self->n_literals = peek_bits (self, 0, 5) + 257;
  self->n_distances = peek_bits (self, 5, 5) + 1;
  self->n_length_codes = peek_bits (self, 10, 4) + 4;
  drop_bits (self, 14);
  self->n_read = 0;
  for (guint i = 0; i < N_LENGTH_CODES; i++)
    self->lengths[i] = 0;
  self->state
      = self->n_literals > MAX_LITERALS || self->n_distances > MAX_DISTANCE
            ? STATE_LOST
            : STATE_LENGTH_CODES;
  return STEP_NEXT;
}

static Step
step_length_codes (WsDeflateReach *self)
{
  static const guint8 order[N_LENGTH_CODES]
      = { 16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15 };

  if (self->n_read < self->n_length_codes)
    {
      if (self->n_bits < 3)
        return STEP_WAIT;
      self->lengths[order[self->n_read++]] = (guint8) peek_bits (self, 0, 3);
      drop_bits (self, 3);
      return STEP_NEXT;
    }
  self->n_read = 0;
  self->state = code_init (&self->literals, self->lengths, N_LENGTH_CODES)
                    ? STATE_LENGTHS
                    : STATE_LOST;
  return STEP_NEXT;
}

static Step
end_lengths (WsDeflateReach *self)
{
  const guint8 *distances = self->lengths + self->n_literals;
  Code          literals;

  self->state
      = code_init (&literals, self->lengths, self->n_literals)
                && code_init (&self->distances, distances, self->n_distances)
            ? STATE_SYMBOL
            : STATE_LOST;
  self->literals = literals;
  return STEP_NEXT;
}

/* 3.2.7: a length, or the last one or zero several times. */
static Step
step_lengths (WsDeflateReach *self)
{
  static const struct
  {
    guint8 n_bits;
    guint8 least;
  } repeats[] = { { 2, 3 }, { 3, 3 }, { 7, 11 } };
  const guint total = self->n_literals + self->n_distances;
  guint       symbol = 0, times = 1, extra = 0;
  guint       n = peek_symbol (self, &self->literals, &symbol);
  guint8      value = (guint8) symbol;

  if (n > 0 && symbol >= 16)
    {
      extra = repeats[symbol - 16].n_bits;
      times = repeats[symbol - 16].least + peek_bits (self, n, extra);
      value = symbol == 16 && self->n_read > 0 ? self->lengths[self->n_read - 1]
                                               : 0;
    }
  if (n == 0 || n + extra > self->n_bits)
    return wait_or_stop (self);
  if (times > total - self->n_read || (symbol == 16 && self->n_read == 0))
    {
      self->state = STATE_LOST;
      return STEP_NEXT;
    }
  drop_bits (self, n + extra);
  while (times-- > 0)
    self->lengths[self->n_read++] = value;
  return self->n_read == total ? end_lengths (self) : STEP_NEXT;
}

/* --- Data --- */

/* Most symbols are literals. */
static void
skip_literals (WsDeflateReach *self)
{
  while (TRUE)
    {
      guint quick;

      if (self->n_bits < QUICK_BITS)
        refill (self);
      quick = self->literals.quick[peek_bits (self, 0, QUICK_BITS)];
      if (quick == 0 || quick >> 4 >= END_OF_BLOCK
          || (quick & 15) > self->n_bits)
        return;
      drop_bits (self, quick & 15);
    }
}

static Step
step_symbol (WsDeflateReach *self)
{
  guint symbol = 0;
  guint n, extra;

  skip_literals (self);
  refill (self);
  n = peek_symbol (self, &self->literals, &symbol);
  extra = symbol > END_OF_BLOCK ? length_extra_bits (symbol) : 0;
  if (n == 0 || n + extra > self->n_bits)
    return wait_or_stop (self);
  drop_bits (self, n + extra);
  if (symbol == END_OF_BLOCK)
    return end_block (self);
  if (symbol >= MAX_LITERALS)
    self->state = STATE_LOST;
  else if (symbol > END_OF_BLOCK)
    self->state = STATE_DISTANCE;
  return STEP_NEXT;
}

static Step
step_distance (WsDeflateReach *self)
{
  guint symbol = 0;
  guint n = peek_symbol (self, &self->distances, &symbol);
  guint extra = distance_extra_bits (symbol);
  guint distance;

  if (n == 0 || n + extra > self->n_bits)
    return wait_or_stop (self);
  distance = distance_base (symbol) + peek_bits (self, n, extra);
  drop_bits (self, n + extra);
  self->state = STATE_SYMBOL;
  return distance > self->window ? STEP_TOO_FAR : STEP_NEXT;
}

static Step
run_step (WsDeflateReach *self)
{
  switch (self->state)
    {
    case STATE_BLOCK:
      return step_block (self);
    case STATE_STORED_SIZE:
      return step_stored_size (self);
    case STATE_STORED:
      return step_stored (self);
    case STATE_COUNTS:
      return step_counts (self);
    case STATE_LENGTH_CODES:
      return step_length_codes (self);
    case STATE_LENGTHS:
      return step_lengths (self);
    case STATE_SYMBOL:
      return step_symbol (self);
    case STATE_DISTANCE:
      return step_distance (self);
    case STATE_LOST:
      break;
    }
  return STEP_WAIT;
}

gboolean
ws_deflate_reach_feed (WsDeflateReach *self, const guint8 *data, gsize len)
{
  Step step = STEP_NEXT;

  self->data = data;
  self->len = len;
  while (step == STEP_NEXT)
    {
      if (self->n_bits < MAX_STEP_BITS)
        refill (self);
      step = run_step (self);
    }
  self->data = NULL;
  self->len = 0;
  return step != STEP_TOO_FAR;
}

WsDeflateReach *
ws_deflate_reach_new (guint window_bytes)
{
  WsDeflateReach *self = g_new0 (WsDeflateReach, 1);

  self->window = window_bytes;
  return self;
}

void
ws_deflate_reach_free (WsDeflateReach *self)
{
  g_free (self);
}
