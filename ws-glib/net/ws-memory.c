/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the allocator can be asked for beyond malloc() and free(). */
#include "net/ws-memory.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif

void
ws_memory_trim (void)
{
#ifdef __GLIBC__
  malloc_trim (0);
#endif
}
