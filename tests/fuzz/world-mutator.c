/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "fuzz.h"
#include "world-script.h"

/* Changes an input of fuzz-world by its parts: a byte that goes astray in the
 * middle would make other steps of all that follow. */

size_t LLVMFuzzerMutate (guint8 *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator (guint8      *data,
                                size_t       size,
                                size_t       max_size,
                                unsigned int seed);

#define MAX_STEPS 512

typedef struct
{
  guint8 *data;
  gsize   size, max_size;
  guint32 seed;
  gsize   starts[MAX_STEPS + 1]; /* of the steps; and the end */
  gsize   n_steps;
} Script;

static guint
draw (Script *self, gsize n)
{
  self->seed = self->seed * 1103515245u + 12345u;
  return (guint) ((self->seed >> 8) % MAX (n, 1));
}

static gsize
steps_begin (const Script *self)
{
  return WORLD_N_SETTINGS + 1u + self->data[WORLD_N_SETTINGS];
}

static void
parse (Script *self)
{
  gsize at = MIN (steps_begin (self), self->size);

  self->n_steps = 0;
  while (at < self->size && self->n_steps < MAX_STEPS)
    {
      self->starts[self->n_steps++] = at;
      at += step_measure (self->data + at, self->size - at);
    }
  self->starts[self->n_steps] = at;
}

/* Makes @len bytes at @at to @with's @n bytes, if there is room. */
static void
replace (Script *self, gsize at, gsize len, const guint8 *with, gsize n)
{
  if (self->size - len + n > self->max_size)
    return;
  memmove (self->data + at + n, self->data + at + len, self->size - at - len);
  if (n > 0)
    memcpy (self->data + at, with, n);
  self->size = self->size - len + n;
}

static void
mutate_settings (Script *self)
{
  self->data[draw (self, WORLD_N_SETTINGS)] ^= 1u << draw (self, 8);
}

static void
mutate_handlers (Script *self)
{
  guint8 *n = &self->data[WORLD_N_SETTINGS];
  gsize   at;
  guint8  act = draw (self, 3) == 0 ? 0 : (guint8) draw (self, 256);

  if (self->size < steps_begin (self))
    return;
  at = WORLD_N_SETTINGS + 1u + draw (self, *n + 1u);
  if (draw (self, 2) == 0 && at < steps_begin (self))
    self->data[at] = act;
  else if (draw (self, 3) == 0 && at < steps_begin (self))
    {
      replace (self, at, 1, NULL, 0);
      --*n;
    }
  else if (*n < 200 && self->size < self->max_size)
    {
      replace (self, at, 0, &act, 1);
      ++*n;
    }
}

/* The length of what was made in @step. */
static gsize
make_step (Script *self, guint8 *step)
{
  static const guint8 firsts[] = { 0x81, 0x82, 0x01, 0x02, 0x00, 0x80,
                                   0x88, 0x89, 0x8a, 0xc1, 0x41, 0xf3 };
  gsize               n;

  step[0] = (guint8) draw (self, STEP_N_KINDS);
  step[1] = (guint8) draw (self, 256);
  if (draw (self, 2) == 0)
    step[1] &= (guint8) ~3u; /* the first wire */
  if (!step_has_payload (step[0]))
    return 2;
  n = draw (self, 12);
  step[2] = (guint8) n;
  for (gsize i = 0; i < n; i++)
    step[3 + i] = (guint8) draw (self, 256);
  if (step[0] == STEP_FRAME && n > 0)
    step[3] = firsts[draw (self, G_N_ELEMENTS (firsts))];
  return 3 + n;
}

static void
insert_step (Script *self)
{
  guint8 step[3 + 16];
  gsize  n = make_step (self, step);

  replace (self, self->starts[draw (self, self->n_steps + 1)], 0, step, n);
}

static void
delete_step (Script *self)
{
  gsize i = draw (self, self->n_steps);

  replace (self, self->starts[i], self->starts[i + 1] - self->starts[i], NULL,
           0);
}

/* Copies one to another place. */
static void
repeat_step (Script *self)
{
  gsize              i = draw (self, self->n_steps);
  gsize              n = self->starts[i + 1] - self->starts[i];
  g_autofree guint8 *step = g_memdup2 (self->data + self->starts[i], n);

  replace (self, self->starts[draw (self, self->n_steps + 1)], 0, step, n);
}

static void
mutate_argument (Script *self)
{
  gsize at = self->starts[draw (self, self->n_steps)] + 1;

  if (at >= self->size)
    return;
  if (draw (self, 2) == 0)
    self->data[at] ^= 1u << draw (self, 8);
  else
    self->data[at] = (guint8) draw (self, 256);
}

static void
mutate_payload (Script *self)
{
  gsize   at = self->starts[draw (self, self->n_steps)];
  guint8  payload[255];
  gsize   len;
  guint8 *n;

  if (at + 2 >= self->size || !step_has_payload (self->data[at] % STEP_N_KINDS))
    return;
  len = MIN (self->data[at + 2], self->size - at - 3);
  memcpy (payload, self->data + at + 3, len);
  n = &self->data[at + 2];
  *n = (guint8) LLVMFuzzerMutate (payload, len,
                                  MIN (sizeof payload,
                                       len + self->max_size - self->size));
  replace (self, at + 3, len, payload, *n);
}

static void
mutate (Script *self)
{
  const guint what = draw (self, 16);

  parse (self);
  if (what == 0)
    mutate_settings (self);
  else if (what < 4)
    mutate_handlers (self);
  else if (what < 8 || self->n_steps == 0)
    insert_step (self);
  else if (what == 8)
    delete_step (self);
  else if (what < 11)
    repeat_step (self);
  else if (what < 13)
    mutate_argument (self);
  else
    mutate_payload (self);
}

size_t
LLVMFuzzerCustomMutator (guint8      *data,
                         size_t       size,
                         size_t       max_size,
                         unsigned int seed)
{
  Script self = { data, size, max_size, seed, { 0 }, 0 };
  guint  n = 1 + draw (&self, 4);

  if (size <= WORLD_N_SETTINGS || draw (&self, 20) == 0)
    return LLVMFuzzerMutate (data, size, max_size);
  while (n-- > 0)
    mutate (&self);
  return self.size;
}
