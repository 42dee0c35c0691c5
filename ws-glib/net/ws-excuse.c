/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* More time for peers that our own loop has kept waiting. */
#include "net/ws-excuse.h"

/* µs after which a deadline was not served in time. */
#define LATE (20 * G_TIME_SPAN_MILLISECOND)

gboolean
ws_deadline_is_late (const WsDeadline *deadline)
{
  return g_get_monotonic_time () - deadline->due >= LATE;
}

gboolean
ws_excuse (WsPoller   *poller,
           WsDeadline *deadline,
           gint64      timeout,
           gint64     *excused)
{
  gint64 late = g_get_monotonic_time () - deadline->due;
  gint64 after = MIN (MAX (late, timeout / 4), timeout);

  if (!ws_deadline_is_late (deadline) || after > 3 * timeout - *excused)
    return FALSE;
  *excused += after;
  ws_poller_arm_after (poller, deadline, after);
  return TRUE;
}
