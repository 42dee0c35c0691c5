/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "net/ws-context.h"
#include "net/ws-thread.h"

G_BEGIN_DECLS

/* The thread and the main context that an object belongs to.
 *
 * Only that thread moves the object; the functions of the first group are for
 * the object itself, and for a thread that asks whether it is the right one. */
typedef struct
{
  GThread      *thread; /* (unowned) (nullable) (atomic): none yet */
  gpointer      key;    /* (atomic): of that thread, if ws_home_move() set it */
  GMainContext *context; /* (owned) (nullable): none yet */
} WsHome;

/* To the calling thread, and to @context (nullable): what is thread-default
 * there. */
void ws_home_move (WsHome *self, GMainContext *context);
void ws_home_clear (WsHome *self);
/* In another thread: FALSE with WRONG_CONTEXT and @problem, a sentence; or TRUE
 * if it runs the context now. */
gboolean ws_home_check_stranger (const WsHome *self,
                                 const char   *problem,
                                 GError      **error);
/* (nullable) */
static inline GThread *
ws_home_get_thread (const WsHome *self)
{
  return g_atomic_pointer_get (&((WsHome *) self)->thread);
}
static inline gboolean
ws_home_is_mine (const WsHome *self)
{
  return g_atomic_pointer_get (&((WsHome *) self)->key) == ws_thread_get_key ();
}
/* As ws_home_check_stranger(), in any thread. */
static inline gboolean
ws_home_check (const WsHome *self, const char *problem, GError **error)
{
  return G_LIKELY (ws_home_is_mine (self))
         || ws_home_check_stranger (self, problem, error);
}
/* As ws_context_enter(), for an object that is to begin something there: NULL
 * with WRONG_CONTEXT, and a sentence that says what to do, if another thread
 * runs @context (nullable). */
WsContext *ws_home_enter (GMainContext *context, GError **error);
/* Whether that would do; for @caller, which cannot return an error. */
gboolean ws_home_may_enter (const char *caller);
/* The same as ws_home_check() for @caller, which cannot return an error: a
 * warning says it. */
gboolean
ws_home_may_call (const WsHome *self, const char *caller, const char *problem);
/* How such a warning reads. */
void ws_home_warn (const char *caller, const char *problem);
/* Calls @function with @object, and with a reference to it, in the context. */
void
ws_home_run_later (const WsHome *self, GSourceFunc function, gpointer object);
/* Calls @function with @data in the context, from any thread with a copy of the
 * home; @destroy (nullable) is called in the end, whatever comes before. */
void ws_home_invoke (const WsHome  *self,
                     GSourceFunc    function,
                     gpointer       data,
                     GDestroyNotify destroy);

/* (transfer full): where the object lives now; in any thread. Empty as long as
 * the object belongs nowhere. */
WsHome ws_home_copy (const WsHome *self);

/* --- What ws_connect() has to know of objects with a home --- */

/* Whether the handlers of a signal have to answer before they return, so that
 * an emission cannot be queued. */
typedef enum
{
  WS_ASKING_NOT,
  WS_ASKING,
  WS_ASKING_UNLESS_PAUSED /* as the sender's pause-mode is now */
} WsAsking;

#define WS_TYPE_HOMED (ws_homed_get_type ())
G_DECLARE_INTERFACE (WsHomed, ws_homed, WS, HOMED, GObject)

/* An interface of this library's classes, which no binding gets to see. */
struct _WsHomedInterface
{
  GTypeInterface parent_iface;

  const WsHome *(*get_home) (WsHomed *self);
  /* @signal: of this object, perhaps of another class or interface. */
  WsAsking (*get_asking) (WsHomed *self, guint signal);
  /* (nullable): is to emit less, because a receiver does not keep up, or may go
   * on; in the thread of this object. */
  void (*set_held) (WsHomed *self, gboolean is_held);
};

/* In any thread, as ws_home_copy(). Empty, too, if @object is no WsHomed. */
WsHome ws_homed_copy_home (gpointer object);
/* In the thread of @object, or of who connects. NOT if @object is no
 * WsHomed. */
WsAsking ws_homed_get_asking (gpointer object, guint signal);
/* In the thread of @object. Nothing happens if @object cannot hold on. */
void ws_homed_set_held (gpointer object, gboolean is_held);

G_END_DECLS
