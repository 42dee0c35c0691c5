/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#ifdef G_OS_UNIX
#include <pthread.h>
#endif

/* Where the thread's own variables are, for which nothing need be called. */
#ifdef __has_builtin
#if __has_builtin(__builtin_thread_pointer) && defined(__x86_64__)
#define WS_THREAD_POINTER() __builtin_thread_pointer ()
#endif
#endif

G_BEGIN_DECLS

/* Not NULL, and another one in each thread that runs: much cheaper to ask for
 * than g_thread_self(). Like that, it may come again in a thread that is made
 * when this one has ended. */
static inline gpointer
ws_thread_get_key (void)
{
#if defined(WS_THREAD_POINTER)
  return WS_THREAD_POINTER ();
#elif defined(G_OS_UNIX)
  return (gpointer) (guintptr) pthread_self ();
#else
  return g_thread_self ();
#endif
}

G_END_DECLS
