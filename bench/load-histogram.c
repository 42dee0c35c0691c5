/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "load-histogram.h"

static unsigned
index_of (uint64_t duration)
{
  unsigned power;

  if (duration < LOAD_HISTOGRAM_STEPS)
    return (unsigned) duration;
  power = 63 - (unsigned) __builtin_clzll (duration);
  return (power - 3) * LOAD_HISTOGRAM_STEPS
         + (unsigned) (duration >> (power - 4) & (LOAD_HISTOGRAM_STEPS - 1));
}

/* The upper end of what is counted under @index. */
static uint64_t
duration_at (unsigned index)
{
  unsigned power = index / LOAD_HISTOGRAM_STEPS + 3;
  uint64_t steps = LOAD_HISTOGRAM_STEPS + index % LOAD_HISTOGRAM_STEPS + 1;

  if (index < LOAD_HISTOGRAM_STEPS)
    return index;
  return (steps << (power - 4)) - 1;
}

void
load_histogram_add (LoadHistogram *self, uint64_t duration)
{
  self->counts[index_of (duration)]++;
  self->total++;
  if (duration > self->longest)
    self->longest = duration;
}

uint64_t
load_histogram_quantile (const LoadHistogram *self, double share)
{
  uint64_t wanted = (uint64_t) (share * (double) self->total);
  uint64_t seen = 0;

  for (unsigned i = 0; i < 64 * LOAD_HISTOGRAM_STEPS; i++)
    {
      seen += self->counts[i];
      if (seen > wanted)
        return duration_at (i) < self->longest ? duration_at (i)
                                               : self->longest;
    }
  return self->longest;
}
