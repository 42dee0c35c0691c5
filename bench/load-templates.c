/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "load-templates.h"

#include <stdlib.h>
#include <string.h>

#include "load-fail.h"

#define RING_BYTES  ((size_t) 4 << 20)
#define MIN_COUNT   4
#define USUAL_COUNT 64

static uint64_t
next_random (uint64_t *state)
{
  uint64_t z = *state += 0x9e3779b97f4a7c15;

  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
  z = (z ^ z >> 27) * 0x94d049bb133111eb;
  return z ^ z >> 31;
}

static size_t
write_head (uint8_t *head, int opcode, bool masked, size_t size)
{
  int bytes = size < 126 ? 0 : size < 65536 ? 2 : 8;

  head[0] = (uint8_t) (0x80 | opcode);
  head[1] = (uint8_t) ((masked ? 0x80 : 0)
                       | (bytes == 0   ? size
                          : bytes == 2 ? 126
                                       : 127));
  for (int i = 0; i < bytes; i++)
    head[2 + i] = (uint8_t) ((uint64_t) size >> (8 * (bytes - 1 - i)));
  return 2 + (size_t) bytes;
}

static void
fill_payload (uint8_t    *payload,
              size_t      size,
              LoadContent content,
              char        first,
              uint64_t    seed)
{
  static const char *const beyond_ascii[]
      = { "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80" };

  for (size_t i = 0; i < size; i++)
    {
      uint64_t    random = next_random (&seed);
      const char *character = beyond_ascii[random % 3];

      if (content == LOAD_BINARY)
        payload[i] = (uint8_t) random;
      else
        payload[i] = (uint8_t) (' ' + random % 95);
      if (content != LOAD_UTF8 || i == 0 || random & 0x100
          || strlen (character) > size - i)
        continue;
      memcpy (payload + i, character, strlen (character));
      i += strlen (character) - 1;
    }
  if (size > 0)
    payload[0] = (uint8_t) first;
}

static void
make_template (LoadTemplates *self, unsigned slot, char first)
{
  uint64_t seed = slot + 1;
  uint64_t random = next_random (&seed);
  uint8_t *answer = self->answers + slot * self->answer_length;
  uint8_t *question = self->questions + slot * self->question_length;
  uint8_t *mask;

  write_head (answer, load_templates_opcode (self), false, self->size);
  answer += self->answer_head;
  fill_payload (answer, self->size, self->content, first, seed);
  mask
      = question
        + write_head (question, load_templates_opcode (self), true, self->size);
  memcpy (mask, &random, 4);
  for (size_t i = 0; i < self->size; i++)
    mask[4 + i] = answer[i] ^ mask[i & 3];
}

static void
repeat_template (LoadTemplates *self, unsigned slot)
{
  unsigned first = slot % self->count;

  memcpy (self->questions + slot * self->question_length,
          load_templates_question (self, first), self->question_length);
  memcpy (self->answers + slot * self->answer_length,
          load_templates_answer (self, first), self->answer_length);
}

static unsigned
choose_count (size_t size, unsigned depth)
{
  size_t fitting = RING_BYTES / (size + 1);
  size_t wanted = depth > USUAL_COUNT / 2 ? 2 * (size_t) depth : USUAL_COUNT;

  if (wanted > fitting)
    wanted = fitting;
  return wanted < MIN_COUNT ? MIN_COUNT : (unsigned) wanted;
}

void
load_templates_init (LoadTemplates *self,
                     size_t         size,
                     LoadContent    content,
                     unsigned       count,
                     unsigned       depth,
                     char           first)
{
  uint8_t head[16];

  self->size = size;
  self->count = count > 0 ? count : choose_count (size, depth);
  self->content = content;
  self->answer_head = write_head (head, 0, false, size);
  self->answer_length = self->answer_head + size;
  self->question_length = self->answer_length + 4;
  self->frames = self->count + (depth > self->count ? depth : self->count);
  self->questions = malloc (self->frames * self->question_length);
  self->answers = malloc (self->frames * self->answer_length);
  if (self->questions == NULL || self->answers == NULL)
    load_fail (LOAD_BROKEN, "no memory for messages of %zu bytes", size);
  for (unsigned i = 0; i < self->count; i++)
    make_template (self, i, first);
  for (unsigned i = self->count; i < self->frames; i++)
    repeat_template (self, i);
}

void
load_templates_clear (LoadTemplates *self)
{
  free (self->questions);
  free (self->answers);
  memset (self, 0, sizeof *self);
}

int
load_templates_opcode (const LoadTemplates *self)
{
  return self->content == LOAD_BINARY ? 2 : 1;
}

const uint8_t *
load_templates_question (const LoadTemplates *self, unsigned slot)
{
  return self->questions + slot * self->question_length;
}

const uint8_t *
load_templates_answer (const LoadTemplates *self, unsigned slot)
{
  return self->answers + slot * self->answer_length;
}
