/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* An asynchronous call of an object that waits for something: a GTask with a
 * place in a queue, which can be cancelled. All of it is for the object's own
 * thread. */
typedef struct _WsCall WsCall;

/* What kind of call it is. */
typedef struct
{
  gsize size; /* of the struct that begins with the WsCall */
  /* (nullable): the caller gives @call up, and is told when this returns:
   * undoes what the call has begun. The call waits nowhere any more, but still
   * names its queue; ws_call_find() finds it no longer. May run a user's
   * code. */
  void (*cancelled) (gpointer object, WsCall *call);
  void (*clear) (WsCall *call); /* (nullable): frees what a subclass holds */
} WsCallClass;

/* The first member of each call. */
struct _WsCall
{
  const WsCallClass *klass;
  GTask             *task;   /* (owned): holds a reference to the object */
  GSource           *cancel; /* (owned) (nullable): while cancellable */
  GQueue            *queue;  /* (unowned) (nullable): waited in */
  GList              link;   /* in there; its data is the call */
};

/* (transfer full) (nullable): a call that waits nowhere yet. NULL when the call
 * has ended already, with @refusal (transfer full) (nullable), or because it
 * was cancelled. */
WsCall *ws_call_begin (const WsCallClass  *klass,
                       gpointer            object,
                       gpointer            source_tag,
                       GError             *refusal,
                       GCancellable       *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer            user_data);
/* (nullable): the call that @task belongs to; NULL when that has ended. */
WsCall *ws_call_find (GTask *task);
/* Moves the call to the end of @queue, which owns it then. */
void ws_call_queue (WsCall *self, GQueue *queue);
/* The call can be cancelled from now on, until it ends. */
void ws_call_watch_cancellable (WsCall *self);

/* End a call, and free it. That may run the caller's code, and drop the last
 * reference to the object. Whatever ends is told in the order of these. */
void ws_call_return (WsCall *self);              /* TRUE */
void ws_call_fail (WsCall *self, GError *error); /* (transfer full) */
void ws_call_fail_cancelled (WsCall *self, const char *message);
/* (transfer full): without a result, which the task is to get. */
GTask *ws_call_steal_task (WsCall *self);

G_END_DECLS
