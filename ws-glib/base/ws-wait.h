/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A task that waits for somebody in any thread, who may never answer: its
 * caller can give up meanwhile, and then the task has ended. Calls of an
 * object's own thread are WsCall instead. */
typedef struct _WsWait WsWait;

/* @task: (transfer full) */
WsWait *ws_wait_new (GTask *task);
/* (transfer full) (nullable): the task, to be ended; NULL when its caller has
 * given up. Frees @self. In one thread at a time. */
GTask *ws_wait_end (WsWait *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
