/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <ws-glib/ws-signal.h>

#include "signal/ws-signal-queue.h"
#include "signal/ws-signal-slot.h"
#include "base/ws-home.h"

G_BEGIN_DECLS

/* A WsConnection is what a user holds; a WsSignalLink is one connection that
 * was made, and is over for good when it ends. */
typedef struct _WsSignalLink WsSignalLink;

/* --- Hubs --- */

/* What all links know an object by: there is one for each object that has, or
 * had, any. */
typedef struct
{
  int         n_refs;
  GWeakRef    object;     /* one for all, since GObject searches them */
  GHashTable *links;      /* (owned): a set of WsSignalLink, (unowned) */
  gboolean    is_watched; /* the object's disposal will be told */
  guint       n_full;     /* full queues among the links of the sender */
} WsSignalHub;

/* (transfer full): @object is held by the caller. */
WsSignalHub *ws_signal_hub_get (GObject *object);
void         ws_signal_hub_unref (WsSignalHub *self);
/* (transfer full) (nullable) */
GObject *ws_signal_hub_ref_object (WsSignalHub *self);

/* --- Links --- */

/* What a link is made for. */
typedef struct
{
  /* The marshaller of the handler at the sender, whose data is the link. */
  GClosureMarshal emitted;
  /* The link is over; where that happens, without the lock. */
  void (*ended) (WsSignalLink *link, gpointer owner);
} WsSignalLinkSink;

struct _WsSignalLink
{
  int n_refs;
  int is_over;    /* atomic: no emission counts any more */
  int is_dropped; /* atomic: nor does what is on its way */
  int has_fired;  /* atomic: SINGLE_SHOT has had its emission */
  int has_warned; /* atomic: of a slot that cannot be called */

  /* Set before the link is attached, and never changed. */
  const WsSignalLinkSink *sink;
  WsSignalHub            *sender;   /* (owned) */
  WsSignalHub            *receiver; /* (owned) */
  guint                   signal;
  GQuark                  detail;
  WsSignalSlot            slot;
  WsConnectFlags          flags;
  WsHome                  home;             /* of who connected */
  gboolean                sender_is_ours;   /* its last reference may go
                                               anywhere */
  gboolean                receiver_is_ours; /* with a context of its own */

  /* Under ws_signal_lock(). */
  gulong        handler; /* at the sender; 0: none */
  WsSignalQueue queue;
  gboolean      is_counted_full; /* among the sender's full ones */
  GObject      *owner; /* (owned) (nullable): until the link is over */
};

/* (transfer full): checks everything that can be checked; @slot (transfer
 * full) is the slot unless @slot_name names it. */
WsSignalLink *ws_signal_link_new (const WsSignalLinkSink *sink,
                                  GObject                *sender,
                                  const char             *signal,
                                  GObject                *receiver,
                                  WsSignalSlot           *slot,
                                  const char             *slot_name,
                                  WsConnectFlags          flags,
                                  GError                **error);
WsSignalLink *ws_signal_link_ref (WsSignalLink *self);
void          ws_signal_link_unref (WsSignalLink *self);
/* From now on the link delivers, on behalf of @owner, which it keeps. Fails if
 * UNIQUE finds another link. */
gboolean ws_signal_link_attach (WsSignalLink *self,
                                GObject      *sender,
                                GObject      *receiver,
                                GObject      *owner,
                                GError      **error);
/* Ends the link; returns whether that was not over yet. What is on its way
 * arrives unless @drops. In any thread. */
gboolean ws_signal_link_end (WsSignalLink *self, gboolean drops);
/* No emission comes any more; @sender is the one, held. */
void     ws_signal_link_detach (WsSignalLink *self, GObject *sender);
gboolean ws_signal_link_is_over (WsSignalLink *self);
gboolean ws_signal_link_is_dropped (WsSignalLink *self);

G_END_DECLS
