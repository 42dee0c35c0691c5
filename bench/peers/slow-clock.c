/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A clock for a server under valgrind, which preloads it: time goes by as
 * slowly as the server computes there. By the true one it would be late all the
 * time, and do what a server does that is. It is libc's clock that is slow, so
 * that GLib, which sleeps, and we, who ask it for the time, agree. */
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* How many times as slow that is. */
#define FACTOR 64
#define NS     1000000000LL

/* Where the clock was first, and for what time it stands. */
static long long
slow_down (long long time)
{
  static long long begun;

  if (begun == 0)
    begun = time;
  return begun + (time - begun) / FACTOR;
}

/* The time of day stays what it is. */
int
clock_gettime (clockid_t clock, struct timespec *now)
{
  long long time;

  if (syscall (SYS_clock_gettime, clock, now) != 0)
    return -1;
  time = now->tv_sec * NS + now->tv_nsec;
  if (clock == CLOCK_MONOTONIC)
    time = slow_down (time);
  else if (clock == CLOCK_THREAD_CPUTIME_ID)
    time /= FACTOR;
  now->tv_sec = time / NS;
  now->tv_nsec = time % NS;
  return 0;
}
