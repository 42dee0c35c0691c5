/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Notices that the process is a child of a fork. */
#include "net/ws-fork.h"

#include <pthread.h>

int ws_fork_generation;

static void
on_forked (void)
{
  g_atomic_int_inc (&ws_fork_generation);
}

void
ws_fork_watch (void)
{
  static gsize is_done;

  if (g_once_init_enter (&is_done))
    {
      pthread_atfork (NULL, NULL, on_forked);
      g_once_init_leave (&is_done, 1);
    }
}
