/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#ifdef G_OS_UNIX
#include <pthread.h>
#endif

G_BEGIN_DECLS

/* Not NULL, and another one in each thread that runs: much cheaper to ask for
 * than g_thread_self(). Like that, it may come again in a thread that is made
 * when this one has ended. */
static inline gpointer
ws_thread_get_key (void)
{
#ifdef G_OS_UNIX
  return (gpointer) (guintptr) pthread_self ();
#else
  return g_thread_self ();
#endif
}

G_END_DECLS
