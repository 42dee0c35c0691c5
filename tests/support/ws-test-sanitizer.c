/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ws-test.h"

/* What the sanitizers' runtime asks a program for before main(); ASAN_OPTIONS
 * and LSAN_OPTIONS add to it. Without a sanitizer nobody asks. */
const char *__asan_default_options (void);
const char *__lsan_default_options (void);
const char *__lsan_default_suppressions (void);

/* GLib is built without frame pointers: only the slow unwinder sees whose leak
 * it is. */
const char *
__asan_default_options (void)
{
  return "fast_unwind_on_malloc=0";
}

/* The table of what was suppressed would follow each test's output. */
const char *
__lsan_default_options (void)
{
  return "print_suppressions=0";
}

/* GLib keeps each isolated test's folder names for good, on purpose. */
const char *
__lsan_default_suppressions (void)
{
  return "leak:g_set_user_dirs\n";
}
