/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdint.h>

#define LOAD_HISTOGRAM_STEPS 16 /* per power of two: 6 % apart */

/* Durations in nanoseconds, counted by size. */
typedef struct
{
  uint64_t counts[64 * LOAD_HISTOGRAM_STEPS];
  uint64_t total;
  uint64_t longest;
} LoadHistogram;

void load_histogram_add (LoadHistogram *self, uint64_t duration);

/* The duration which that share (0 to 1) of all does not exceed. */
uint64_t load_histogram_quantile (const LoadHistogram *self, double share);
