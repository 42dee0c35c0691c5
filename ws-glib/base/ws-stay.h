/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "base/ws-home.h"

G_BEGIN_DECLS

/* Whether the home's thread may come back to an object without a reference to
 * it, so that the last reference, if it goes in another thread, has to be given
 * back there.
 *
 * An object is bound while something that runs in its home knows it, such as a
 * connection or a source, and while a function is inside: one that such a thing
 * has called, or that binds the object or sets it free. Only the home's thread
 * enters and leaves, and the object is free only when the outermost function
 * has left. A reference of one's own does not replace that: the other thread
 * may be inside its unref already, where the object looks as if nobody held
 * it. */
typedef struct _WsInside WsInside;

typedef struct
{
  WsInside *innermost;    /* (unowned) (nullable): the home's thread's own */
  int       is_bound;     /* atomic */
  int       is_abandoned; /* atomic: the last reference went in another thread,
                           * and nothing is emitted any more */
  int       parted;       /* atomic: who has done his part of the end */
} WsStay;

/* A function that is inside, on its stack. */
struct _WsInside
{
  WsStay   *stay;  /* (unowned) (nullable): NULL when the object is gone */
  WsInside *outer; /* (unowned) (nullable) */
};

/* gcc does not see that whoever leaves takes the variable out again. */
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ >= 12
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdangling-pointer"
#endif

/* Returns @inside. */
static inline WsInside *
ws_stay_enter (WsStay *self, WsInside *inside)
{
  inside->stay = self;
  inside->outer = self->innermost;
  self->innermost = inside;
  return inside;
}

#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ >= 12
#pragma GCC diagnostic pop
#endif

/* Whether that was the outermost one of an object that is there still: it is to
 * be settled. */
static inline gboolean
ws_stay_leave (WsInside *inside)
{
  if (inside->stay == NULL)
    return FALSE;
  inside->stay->innermost = inside->outer;
  return inside->outer == NULL;
}

/* The last thing that the home's thread does with an object that it has no
 * reference to. */
static inline void
ws_stay_settle (WsStay *self, gboolean is_bound)
{
  if (self->is_bound != is_bound)
    g_atomic_int_set (&self->is_bound, is_bound);
}

static inline gboolean
ws_stay_is_bound (const WsStay *self)
{
  return g_atomic_int_get (&((WsStay *) self)->is_bound);
}

static inline gboolean
ws_stay_is_abandoned (const WsStay *self)
{
  return g_atomic_int_get (&((WsStay *) self)->is_abandoned);
}

/* When the object is finalised: whoever is inside does not touch it again. */
void ws_stay_clear (WsStay *self);

/* The last reference to @object goes here, in another thread than its home's:
 * that one gets a reference, and disposes of the object. To be called in
 * dispose, which does no more then.
 *
 * GLib 2.74 touches an object that was revived like that once more after its
 * unref, to thaw its notifications. Until then the object must not be freed: so
 * one is made here, and comes last. */
void ws_stay_part (WsStay *self, const WsHome *home, GObject *object);

G_END_DECLS
