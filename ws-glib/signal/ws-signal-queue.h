/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include <ws-glib/ws-enums.h>

G_BEGIN_DECLS

/* What is bounded unless the user says otherwise; bytes. */
#define WS_SIGNAL_QUEUE_MAX_SIZE (16 * 1024 * 1024)

/* Emissions of one link that are on their way, and what they hold. All of it is
 * guarded by ws_signal_lock(). */
typedef struct
{
  GQueue           sources;  /* of GSource, (unowned): the oldest first */
  guint64          size;     /* bytes, of those whose slot runs too */
  guint64          max_size; /* 0: no bound */
  WsOverflowPolicy policy;
  gboolean         is_full; /* the sender is to hold on */
  guint64          n_dropped;
} WsSignalQueue;

/* What an emission with these arguments holds. Needs no lock. */
guint64 ws_signal_queue_get_cost (guint n_args, const GValue *args);
void    ws_signal_queue_set_bound (WsSignalQueue   *self,
                                   guint64          max_size,
                                   WsOverflowPolicy policy);
/* Whether an emission of @cost may come; it counts from now on. FALSE: the
 * emission is dropped. */
gboolean ws_signal_queue_admit (WsSignalQueue *self, guint64 cost);
/* What was admitted is over, or was dropped. */
void ws_signal_queue_release (WsSignalQueue *self, guint64 cost);
/* @node, a member of who waits, stands for @source. */
void ws_signal_queue_enter (WsSignalQueue *self, GList *node, GSource *source);
/* @node waits no longer; nothing happens if it did not wait. */
void ws_signal_queue_leave (WsSignalQueue *self, GList *node);
/* (transfer full) (nullable): the oldest, which leaves. */
GSource *ws_signal_queue_take_oldest (WsSignalQueue *self);
/* The same, as long as the policy wants room to be made. */
GSource *ws_signal_queue_take_surplus (WsSignalQueue *self);

G_END_DECLS
