/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* What becomes of a signal whose handlers decide whether somebody gets in. */
typedef enum
{
  WS_ANSWERED,            /* all came to their end, or there was none */
  WS_ANSWERED_BY_FAILING, /* one did not */
} WsAnswered;

/* The return type of such a signal, for which handlers return nothing at all: a
 * function in C may well be void. With ws_answered_accumulate() the emission's
 * result, a WsAnswered, tells whether an exception ended a handler in a
 * binding. */
#define WS_TYPE_ANSWERED (ws_answered_get_type ())

GType    ws_answered_get_type (void);
gboolean ws_answered_accumulate (GSignalInvocationHint *hint,
                                 GValue                *all,
                                 const GValue          *one,
                                 gpointer               user_data);
/* A handler that is no function, and returns nothing, came to its end; nothing
 * happens to a @value of another type. */
void ws_answered_set (GValue *value);

G_END_DECLS
