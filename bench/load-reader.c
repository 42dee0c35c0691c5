/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "load-reader.h"

#include <string.h>

#include "load-fail.h"

/* Messages up to this size are compared whole.  Of longer ones each
 * WHOLE_EVERYth is, of the others the edges of each piece. */
#define WHOLE_SIZE  16384
#define WHOLE_EVERY 16
#define EDGE        64

enum
{
  CONTINUATION = 0,
  CLOSE = 8,
  PING = 9,
  PONG = 10,
};

void
load_reader_init (LoadReader          *self,
                  const LoadTemplates *templates,
                  unsigned             number,
                  unsigned             start)
{
  memset (self, 0, sizeof *self);
  self->templates = templates;
  self->number = number;
  self->start = start;
}

static void __attribute__ ((noreturn))
wrong (const LoadReader *self, const char *what)
{
  load_fail (LOAD_WRONG, "connection %u, reply %llu: %s", self->number,
             (unsigned long long) self->messages, what);
}

static unsigned
current_slot (const LoadReader *self)
{
  return (unsigned) ((self->start + self->messages) % self->templates->count);
}

static bool
is_compared_whole (const LoadReader *self)
{
  return self->templates->size <= WHOLE_SIZE
         || self->messages % WHOLE_EVERY == 0;
}

/* The usual case without a look at any frame: the stream of answers is known
 * in advance, headers included.  Anything else, a fault as well as a fragment
 * or a ping, is left to the parser, which can tell which it is. */
static size_t
skip_expected (LoadReader *self, const uint8_t *data, size_t length)
{
  const LoadTemplates *t = self->templates;
  size_t               run = length / t->answer_length;

  if (run > t->frames - current_slot (self))
    run = t->frames - current_slot (self);
  if (run == 0 || t->size > WHOLE_SIZE
      || memcmp (data, load_templates_answer (t, current_slot (self)),
                 run * t->answer_length)
             != 0)
    return 0;
  self->messages += run;
  return run * t->answer_length;
}

static unsigned
wanted_head (const LoadReader *self)
{
  if (self->head_length < 2)
    return 2;
  switch (self->head[1] & 0x7f)
    {
    case 126:
      return 4;
    case 127:
      return 10;
    default:
      return 2;
    }
}

static uint64_t
head_payload (const LoadReader *self, unsigned head_length)
{
  uint64_t size = 0;

  if (head_length == 2)
    return self->head[1] & 0x7f;
  for (unsigned i = 2; i < head_length; i++)
    size = size << 8 | self->head[i];
  if (size < (head_length == 4 ? 126 : 65536))
    wrong (self, "a length in more bytes than it needs (RFC 6455, 5.2)");
  return size;
}

static void
check_data_head (LoadReader *self)
{
  const LoadTemplates *t = self->templates;

  if (self->opcode == CONTINUATION && !self->in_message)
    wrong (self, "a continuation of nothing");
  if (self->opcode != CONTINUATION && self->in_message)
    wrong (self, "a new message within another");
  if (self->opcode != CONTINUATION && self->opcode != load_templates_opcode (t))
    wrong (self, self->opcode < 3 ? "text for binary, or binary for text"
                                  : "a reserved opcode");
  if (self->left > t->size - self->offset)
    wrong (self, "longer than the question");
  if (self->final && self->left < t->size - self->offset)
    wrong (self, "shorter than the question");
  self->in_message = true;
}

static void
check_head (LoadReader *self)
{
  unsigned head_length = wanted_head (self);

  self->final = (self->head[0] & 0x80) != 0;
  self->opcode = self->head[0] & 0x0f;
  if (self->head[0] & 0x70)
    wrong (self, "a reserved bit is set");
  if (self->head[1] & 0x80)
    wrong (self, "the server masked a frame");
  if (self->closed)
    wrong (self, "a frame after the close frame");
  self->left = head_payload (self, head_length);
  self->in_payload = true;
  self->head_length = 0;
  self->control_length = 0;
  if (self->opcode < CLOSE)
    check_data_head (self);
  else if (self->opcode > PONG || !self->final || self->left > 125)
    wrong (self, "a control frame that RFC 6455, 5.5 forbids");
}

static void
end_control (LoadReader *self)
{
  if (self->opcode == PING)
    self->pings++;
  if (self->opcode != CLOSE)
    return;
  self->closed = true;
  if (self->control_length >= 2)
    self->close_code = self->control[0] << 8 | self->control[1];
}

static void
end_frame (LoadReader *self)
{
  self->in_payload = false;
  if (self->opcode >= CLOSE)
    {
      end_control (self);
      return;
    }
  if (!self->final)
    return;
  self->in_message = false;
  self->offset = 0;
  self->messages++;
}

static void
compare_payload (LoadReader *self, const uint8_t *data, size_t length)
{
  const LoadTemplates *t = self->templates;
  const uint8_t       *expected = load_templates_answer (t, current_slot (self))
                            + t->answer_head + self->offset;
  size_t edge = is_compared_whole (self) || length < EDGE ? length : EDGE;

  if (memcmp (data, expected, edge) != 0
      || memcmp (data + length - edge, expected + length - edge, edge) != 0)
    wrong (self, "other bytes than the question's, or out of order");
  self->offset += length;
}

static size_t
take_payload (LoadReader *self, const uint8_t *data, size_t length)
{
  size_t used = length < self->left ? length : (size_t) self->left;

  if (self->opcode >= CLOSE)
    {
      memcpy (self->control + self->control_length, data, used);
      self->control_length += (unsigned) used;
    }
  else if (used > 0)
    compare_payload (self, data, used);
  self->left -= used;
  if (self->left == 0)
    end_frame (self);
  return used;
}

static size_t
take_head (LoadReader *self, const uint8_t *data, size_t length)
{
  size_t used = 0;

  while (used < length && self->head_length < wanted_head (self))
    self->head[self->head_length++] = data[used++];
  if (self->head_length < 2 || self->head_length < wanted_head (self))
    return used;
  check_head (self);
  if (self->left == 0)
    end_frame (self);
  return used;
}

void
load_reader_feed (LoadReader *self, const uint8_t *data, size_t length)
{
  while (length > 0)
    {
      size_t used = 0;

      if (!self->in_payload && self->head_length == 0 && !self->in_message
          && !self->closed)
        used = skip_expected (self, data, length);
      if (used == 0)
        used = self->in_payload ? take_payload (self, data, length)
                                : take_head (self, data, length);
      data += used;
      length -= used;
    }
}
