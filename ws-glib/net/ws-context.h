/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A main context that is the thread's default until this is freed, with
 * ws_context_leave(). GIO and GTask call back in it. */
typedef GMainContext WsContext;

/* (nullable): @context (nullable): the thread's default already. NULL: another
 * thread runs it, so that nothing of this thread can begin there. */
WsContext *ws_context_enter (GMainContext *context) G_GNUC_WARN_UNUSED_RESULT;
void       ws_context_leave (WsContext *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsContext, ws_context_leave)

G_END_DECLS
