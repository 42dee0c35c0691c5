/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum
{
  LOAD_BINARY,
  LOAD_TEXT, /* ASCII */
  LOAD_UTF8, /* every other character is more than ASCII */
} LoadContent;

/* A ring of messages that differ in content and mask key, prepared in both
 * forms: as a client sends them and as a server answers them.  The rings go on
 * beyond their ends, so that all messages that are under way can be sent, or
 * compared, in one piece from any slot on. */
typedef struct
{
  size_t      size; /* bytes of one payload */
  unsigned    count;
  unsigned    frames; /* count and those that repeat the first ones */
  LoadContent content;
  size_t      question_length; /* bytes of one frame, header included */
  size_t      answer_length;
  size_t      answer_head; /* bytes before the payload */
  uint8_t    *questions;   /* (owned): that many masked frames */
  uint8_t    *answers;     /* (owned): and as many plain ones */
} LoadTemplates;

/* @count is how many messages differ; 0 chooses for @depth messages under way
 * at a time.  @first is the first byte of each payload. */
void load_templates_init (LoadTemplates *self,
                          size_t         size,
                          LoadContent    content,
                          unsigned       count,
                          unsigned       depth,
                          char           first);
void load_templates_clear (LoadTemplates *self);

int load_templates_opcode (const LoadTemplates *self);
const uint8_t *
load_templates_question (const LoadTemplates *self, unsigned slot);
const uint8_t *load_templates_answer (const LoadTemplates *self, unsigned slot);
