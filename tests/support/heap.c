/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "heap.h"

#include <errno.h>
#include <malloc.h>

/* What glibc exports for those who take its functions' places. */
extern void *__libc_malloc (size_t size);
extern void *__libc_calloc (size_t n, size_t size);
extern void *__libc_realloc (void *memory, size_t size);
extern void *__libc_memalign (size_t alignment, size_t size);
extern void  __libc_free (void *memory);

static gsize size_now, size_peak;

gsize
heap_get_size (void)
{
  return __atomic_load_n (&size_now, __ATOMIC_SEQ_CST);
}

gsize
heap_get_peak (void)
{
  return __atomic_load_n (&size_peak, __ATOMIC_SEQ_CST);
}

void
heap_forget_peak (void)
{
  __atomic_store_n (&size_peak, heap_get_size (), __ATOMIC_SEQ_CST);
}

static void *
count (void *memory)
{
  gsize now = __atomic_add_fetch (&size_now, malloc_usable_size (memory),
                                  __ATOMIC_SEQ_CST);
  gsize peak = heap_get_peak ();

  while (now > peak
         && !__atomic_compare_exchange_n (&size_peak, &peak, now, FALSE,
                                          __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
    ;
  return memory;
}

static void
discount (gsize size)
{
  __atomic_sub_fetch (&size_now, size, __ATOMIC_SEQ_CST);
}

void *
malloc (size_t size)
{
  return count (__libc_malloc (size));
}

void *
calloc (size_t n, size_t size)
{
  return count (__libc_calloc (n, size));
}

void *
realloc (void *memory, size_t size)
{
  const gsize before = malloc_usable_size (memory);
  void       *moved = __libc_realloc (memory, size);

  if (moved == NULL && size > 0)
    return NULL;
  discount (before);
  return count (moved);
}

void
free (void *memory)
{
  discount (malloc_usable_size (memory));
  __libc_free (memory);
}

void *
memalign (size_t alignment, size_t size)
{
  return count (__libc_memalign (alignment, size));
}

void *
aligned_alloc (size_t alignment, size_t size)
{
  return memalign (alignment, size);
}

int
posix_memalign (void **memory, size_t alignment, size_t size)
{
  *memory = memalign (alignment, size);
  return *memory != NULL ? 0 : ENOMEM;
}
