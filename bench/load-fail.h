/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What the process exits with, and what a script may rely on. */
typedef enum
{
  LOAD_OK = 0,
  LOAD_BROKEN = 1, /* could not measure: wrong usage, system error */
  LOAD_WRONG = 2,  /* the server answered something wrong */
  LOAD_LATE = 3,   /* the server answered too late or not at all */
} LoadVerdict;

/* Says on stderr why nothing can be measured, and exits. */
void load_fail (LoadVerdict verdict, const char *format, ...)
    __attribute__ ((noreturn, format (printf, 2, 3)));
