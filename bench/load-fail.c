/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "load-fail.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void
load_fail (LoadVerdict verdict, const char *format, ...)
{
  va_list arguments;

  fprintf (stderr, "ws-load: ");
  va_start (arguments, format);
  vfprintf (stderr, format, arguments);
  va_end (arguments);
  fprintf (stderr, "\n");
  exit (verdict);
}
