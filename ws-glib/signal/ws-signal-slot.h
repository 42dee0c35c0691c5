/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* What is called, and with which arguments: either a function or a signal of
 * the receiver. */
typedef struct
{
  GClosure *closure;  /* (owned) (nullable): calls the function */
  GCallback function; /* (nullable): the function, if the slot is one in C */
  guint     action;   /* the signal; 0: the slot is a function */
  GQuark    detail;   /* of the signal */
} WsSignalSlot;

/* Finds the signal that @name, with or without a detail, is of @object. */
gboolean ws_signal_find (GObject    *object,
                         const char *name,
                         guint      *signal,
                         GQuark     *detail,
                         GError    **error);
/* Finds the slot @name of @receiver for what @signal brings. */
gboolean ws_signal_slot_find (WsSignalSlot *self,
                              GObject      *receiver,
                              const char   *name,
                              guint         signal,
                              GError      **error);
void     ws_signal_slot_clear (WsSignalSlot *self);
gboolean
ws_signal_slot_equal (const WsSignalSlot *self, const WsSignalSlot *other);
/* Calls it with @receiver and the @n_args arguments of a signal, its emitter
 * not among them. @result (nullable): what the signal returns. FALSE: an
 * argument cannot become what the slot wants, and it is not called. */
gboolean ws_signal_slot_call (const WsSignalSlot *self,
                              GObject            *receiver,
                              guint               n_args,
                              const GValue       *args,
                              GValue             *result);

G_END_DECLS
