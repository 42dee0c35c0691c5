/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One lock for all links of all objects, and one condition. */
#include "signal/ws-signal-lock.h"

#include "base/ws-tsan-private.h"

static GMutex mutex;
static GCond  cond;

void
ws_signal_lock (void)
{
  g_mutex_lock (&mutex);
  WS_TSAN_ACQUIRE (&mutex);
}

void
ws_signal_unlock (void)
{
  WS_TSAN_RELEASE (&mutex);
  g_mutex_unlock (&mutex);
}

void
ws_signal_wait (guint ms)
{
  gint64 deadline = g_get_monotonic_time () + (gint64) ms * 1000;

  WS_TSAN_RELEASE (&mutex);
  g_cond_wait_until (&cond, &mutex, deadline);
  WS_TSAN_ACQUIRE (&mutex);
}

void
ws_signal_wake (void)
{
  g_cond_broadcast (&cond);
}
