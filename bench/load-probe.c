/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "load-probe.h"

#include <stdio.h>
#include <time.h>

#include "load-fail.h"

static uint64_t
read_clock (clockid_t clock)
{
  struct timespec time;

  if (clock_gettime (clock, &time) != 0)
    return 0;
  return (uint64_t) time.tv_sec * 1000000000 + (uint64_t) time.tv_nsec;
}

uint64_t
load_probe_now (void)
{
  return read_clock (CLOCK_MONOTONIC);
}

uint64_t
load_probe_cpu (pid_t pid)
{
  clockid_t clock;

  if (clock_getcpuclockid (pid, &clock) != 0)
    load_fail (LOAD_WRONG, "the server (process %d) is gone", (int) pid);
  return read_clock (clock);
}

long
load_probe_pss (pid_t pid)
{
  char  line[256];
  long  kib = -1;
  FILE *file;

  snprintf (line, sizeof line, "/proc/%d/smaps_rollup", (int) pid);
  file = fopen (line, "r");
  if (file == NULL)
    return -1;
  while (kib < 0 && fgets (line, sizeof line, file) != NULL)
    if (sscanf (line, "Pss: %ld", &kib) != 1)
      kib = -1;
  fclose (file);
  return kib;
}
