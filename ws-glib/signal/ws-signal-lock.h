/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What all links are guarded by. Nothing of a user runs under it. */
void ws_signal_lock (void);
void ws_signal_unlock (void);
/* Waits for ws_signal_wake(), at most @ms. Called with the lock, which is open
 * meanwhile. */
void ws_signal_wait (guint ms);
void ws_signal_wake (void);

G_END_DECLS
