/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "load-check.h"

#include <stdlib.h>
#include <string.h>

#include "load-fail.h"
#include "load-histogram.h"
#include "load-key.h"
#include "load-reader.h"

static void
check (bool holds, const char *what)
{
  if (!holds)
    load_fail (LOAD_BROKEN, "check: %s", what);
}

static void
check_key (void)
{
  char accept[LOAD_ACCEPT_LENGTH + 1];
  char key[LOAD_KEY_LENGTH + 1];

  /* RFC 6455, 1.3. */
  load_key_accept ("dGhlIHNhbXBsZSBub25jZQ==", accept);
  check (strcmp (accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=") == 0, "accept");
  load_key_make (7, key);
  check (strlen (key) == LOAD_KEY_LENGTH, "key");
}

static void
check_masks (size_t size, LoadContent content)
{
  LoadTemplates templates;

  load_templates_init (&templates, size, content, 0, 1, 'e');
  for (unsigned slot = 0; slot < templates.frames; slot++)
    {
      const uint8_t *answer = load_templates_answer (&templates, slot);
      const uint8_t *question = load_templates_question (&templates, slot);
      const uint8_t *mask = question + templates.answer_head;

      check (question[0] == answer[0] && question[1] == (answer[1] | 0x80),
             "heads");
      for (size_t i = 0; i < size; i++)
        check ((mask[4 + i] ^ mask[i % 4]) == answer[templates.answer_head + i],
               "masks");
    }
  load_templates_clear (&templates);
}

/* Two messages, the first in two frames with a ping between, at every split
 * and byte by byte. */
static void
check_reader (size_t size)
{
  LoadTemplates  templates;
  LoadReader     reader;
  const uint8_t *first;
  uint8_t        stream[256];
  size_t         length = 0;

  load_templates_init (&templates, size, LOAD_TEXT, 0, 1, 'e');
  first = load_templates_answer (&templates, 1) + 2;
  memcpy (stream, (uint8_t[]){ 1, 5 }, 2);
  memcpy (stream + 2, first, 5);
  memcpy (stream + 7, (uint8_t[]){ 0x89, 1, '?', 0x80, (uint8_t) (size - 5) },
          5);
  memcpy (stream + 12, first + 5, size - 5);
  length = 12 + size - 5;
  memcpy (stream + length, load_templates_answer (&templates, 2), size + 2);
  length += size + 2;
  for (size_t split = 0; split <= length; split++)
    {
      load_reader_init (&reader, &templates, 0, 1);
      load_reader_feed (&reader, stream, split);
      load_reader_feed (&reader, stream + split, length - split);
      check (reader.messages == 2 && reader.pings == 1, "reader, splits");
    }
  load_reader_init (&reader, &templates, 0, 1);
  for (size_t i = 0; i < length; i++)
    load_reader_feed (&reader, stream + i, 1);
  check (reader.messages == 2 && reader.pings == 1, "reader, single bytes");
  load_templates_clear (&templates);
}

static void
check_histogram (void)
{
  LoadHistogram *histogram = calloc (1, sizeof *histogram);
  uint64_t       median;

  for (uint64_t i = 1; i <= 100000; i++)
    load_histogram_add (histogram, i);
  median = load_histogram_quantile (histogram, 0.5);
  check (median >= 50000 && median <= 53200, "median");
  check (load_histogram_quantile (histogram, 1) == 100000, "longest");
  free (histogram);
}

void
load_check (void)
{
  static const size_t sizes[] = { 0, 1, 64, 125, 126, 65535, 65536 };

  check_key ();
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
    for (int content = LOAD_BINARY; content <= LOAD_UTF8; content++)
      check_masks (sizes[i], content);
  check_reader (64);
  check_histogram ();
}
