/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <ws-glib/ws-connection.h>
#include <ws-glib/ws-signal.h>

#include "base/ws-home.h"

G_BEGIN_DECLS

/* What the files behind ws_connect() share. A WsConnection is what a user
 * holds; a WsSignalLink is one connection that was made, and is over for good
 * when it ends. */

/* --- ws-signal-slot.c: what is called, and with which arguments --- */

/* Either a function or a signal of the receiver. */
typedef struct
{
  GClosure *closure;  /* (owned) (nullable): calls the function */
  GCallback function; /* (nullable): the function, if it is one in C */
  guint     action;   /* the signal; 0: it is a function */
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
 * not among them. @result (nullable): what the signal returns. */
void ws_signal_slot_call (const WsSignalSlot *self,
                          GObject            *receiver,
                          guint               n_args,
                          const GValue       *args,
                          GValue             *result);

/* --- ws-signal-transform.c --- */

gboolean ws_signal_can_transform (GType from, GType to);
/* Sets @to, which has its type already. */
gboolean ws_signal_transform (const GValue *from, GValue *to, GError **error);

/* --- ws-signal-asking.c: signals that are to be answered in the handler --- */

/* Why emissions of @signal of @sender cannot be queued; NULL if they can. */
const char *ws_signal_peek_unqueueable (guint signal, GObject *sender);

/* --- ws-signal-hub.c --- */

typedef struct _WsSignalLink WsSignalLink;

/* What all links know an object by: there is one for each object that has, or
 * had, any. */
typedef struct
{
  int         n_refs;
  GWeakRef    object;     /* one for all, since GObject searches them */
  GHashTable *links;      /* (owned): a set of WsSignalLink, (unowned) */
  gboolean    is_watched; /* the object's disposal will be told */
} WsSignalHub;

/* What all links are guarded by. Nothing of a user runs under it. */
void ws_signal_lock (void);
void ws_signal_unlock (void);
/* Waits for ws_signal_wake(), at most @ms; with the lock, which it leaves. */
void ws_signal_wait (guint ms);
void ws_signal_wake (void);

/* (transfer full): @object is held by the caller. */
WsSignalHub *ws_signal_hub_get (GObject *object);
void         ws_signal_hub_unref (WsSignalHub *self);
/* (transfer full) (nullable) */
GObject *ws_signal_hub_ref_object (WsSignalHub *self);
/* Ends @link when @object, whose hub it is, is disposed; under the lock. */
void ws_signal_hub_add (WsSignalHub *self, GObject *object, WsSignalLink *link);

/* --- ws-signal-link.c --- */

/* Who is to be reached where. */
typedef struct
{
  WsHome   where;
  gboolean is_own; /* the object says so: only that thread may use it */
} WsSignalHome;

struct _WsSignalLink
{
  int n_refs;
  int is_over;    /* atomic: no emission counts any more */
  int is_dropped; /* atomic: nor does what is on its way */
  int has_fired;  /* atomic: SINGLE_SHOT has had its emission */

  /* Set before it is attached, and never changed. */
  WsSignalHub   *sender;   /* (owned) */
  WsSignalHub   *receiver; /* (owned) */
  guint          signal;
  GQuark         detail;
  WsSignalSlot   slot;
  WsConnectFlags flags;
  GThread       *thread;           /* (unowned): that connected */
  GMainContext  *context;          /* (owned): of that thread */
  gboolean       sender_is_ours;   /* its last reference may go anywhere */
  gboolean       receiver_is_ours; /* and it knows its context */

  /* Under ws_signal_lock(). */
  gulong        handler;    /* at the sender; 0: none */
  GQueue        deliveries; /* that are on their way */
  WsConnection *connection; /* (owned) (nullable): until it is over */
};

/* (transfer full): checks everything that can be checked; @slot (transfer
 * full) is the slot unless @slot_name names it. */
WsSignalLink *ws_signal_link_new (GObject       *sender,
                                  const char    *signal,
                                  GObject       *receiver,
                                  WsSignalSlot  *slot,
                                  const char    *slot_name,
                                  WsConnectFlags flags,
                                  GError       **error);
WsSignalLink *ws_signal_link_ref (WsSignalLink *self);
/* For who finds it in a hub, under the lock. */
gboolean ws_signal_link_ref_unless_gone (WsSignalLink *self);
void     ws_signal_link_unref (WsSignalLink *self);
/* From now on it delivers, on behalf of @connection, which it keeps. Fails if
 * UNIQUE finds another one. */
gboolean ws_signal_link_attach (WsSignalLink *self,
                                GObject      *sender,
                                GObject      *receiver,
                                WsConnection *connection,
                                GError      **error);
/* Whether it was not over yet; what is on its way arrives unless it @drops. In
 * any thread. */
gboolean ws_signal_link_end (WsSignalLink *self, gboolean drops);
/* No emission comes any more; @sender is the one, held. */
void     ws_signal_link_detach (WsSignalLink *self, GObject *sender);
gboolean ws_signal_link_is_over (WsSignalLink *self);
gboolean ws_signal_link_is_dropped (WsSignalLink *self);

/* --- ws-signal-delivery.c --- */

/* What is on its way does not arrive, and is freed. The context that it waits
 * in may never run again, and would be kept by it through its link. */
void ws_signal_drop_deliveries (WsSignalLink *link);

/* The marshaller of the handler that a link is at its sender. */
void ws_signal_on_emission (GClosure     *closure,
                            GValue       *result,
                            guint         n_values,
                            const GValue *values,
                            gpointer      hint,
                            gpointer      marshal_data);

/* --- ws-signal-home.c --- */

/* @receiver (nullable): only looked at where the link's receiver is ours. */
void     ws_signal_home_init (WsSignalHome       *self,
                              const WsSignalLink *link,
                              GObject            *receiver);
void     ws_signal_home_clear (WsSignalHome *self);
gboolean ws_signal_home_is_here (const WsSignalHome *self);
/* Whether an emission of @sender is known to come from the receiver's thread. */
gboolean ws_signal_home_is_shared (const WsSignalHome *self, GObject *sender);

/* --- ws-connection.c --- */

/* (transfer none) (nullable): connects a new one; as ws_connect(). */
WsConnection *ws_connection_establish (GObject       *sender,
                                       const char    *signal,
                                       GObject       *receiver,
                                       WsSignalSlot  *slot,
                                       const char    *slot_name,
                                       WsConnectFlags flags,
                                       GError       **error);
/* (transfer full) (nullable): in any thread. */
WsSignalLink *ws_connection_ref_link (WsConnection *self);
/* @link, which was @self's, is over. */
void ws_connection_on_ended (WsConnection *self, WsSignalLink *link);

G_END_DECLS
