/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/ws-poller.h"

G_BEGIN_DECLS

/* A deadline that is served late says that our own loop was late: a peer is not
 * to pay for that. */

/* Whether @deadline, whose function runs, was not served in time. */
gboolean ws_deadline_is_late (const WsDeadline *deadline);
/* Arms such a deadline once more, for as long as the loop was late: for a
 * quarter of @timeout (µs) at least, and for all of it at most. FALSE: it was
 * in time, or had three times the time-out more already. @excused: what it had,
 * 0 in the beginning. */
gboolean ws_excuse (WsPoller   *poller,
                    WsDeadline *deadline,
                    gint64      timeout,
                    gint64     *excused);

G_END_DECLS
