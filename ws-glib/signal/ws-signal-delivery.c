/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What becomes of an emission: a call, a call later, or a call that is waited
 * for. */
#include "signal/ws-signal-delivery.h"

#include "signal/ws-signal-asking.h"
#include "signal/ws-signal-holding.h"
#include "signal/ws-signal-home.h"
#include "signal/ws-signal-link.h"
#include "signal/ws-signal-lock.h"
#include "base/ws-tsan-private.h"

/* How often a thread that waits looks whether the receiver's loop still runs,
 * and how long that loop may have stood still; ms. */
#define LOOK_INTERVAL 50
#define GIVE_UP_AFTER 1000

typedef enum
{
  DELIVERY_WAITING,
  DELIVERY_RUNNING,
  DELIVERY_DONE,
  DELIVERY_DROPPED
} DeliveryState;

/* An emission on its way to another context. */
typedef struct
{
  int           n_refs;
  WsSignalLink *link;   /* (owned) */
  DeliveryState state;  /* under the lock */
  GList         node;   /* in the link's queue, likewise; without data: not */
  guint64       cost;   /* what the emission takes of the queue's bound */
  GValue        result; /* of a call that is waited for; unset: there is none */
  guint         n_args;
  GValue       *args; /* (owned): copies */
} Delivery;

static Delivery *
delivery_new (WsSignalLink *link, guint n_args, const GValue *args)
{
  Delivery *self = g_new0 (Delivery, 1);

  self->n_refs = 1;
  self->link = ws_signal_link_ref (link);
  self->n_args = n_args;
  self->args = g_new0 (GValue, n_args);
  for (guint i = 0; i < n_args; i++)
    {
      g_value_init (&self->args[i], G_VALUE_TYPE (&args[i]));
      g_value_copy (&args[i], &self->args[i]);
    }
  return self;
}

static void
delivery_unref (Delivery *self)
{
  if (!g_atomic_int_dec_and_test (&self->n_refs))
    return;
  for (guint i = 0; i < self->n_args; i++)
    g_value_unset (&self->args[i]);
  if (G_IS_VALUE (&self->result))
    g_value_unset (&self->result);
  ws_signal_link_unref (self->link);
  g_free (self->args);
  g_free (self);
}

/* Returns whether @from was the state. */
static gboolean
delivery_change (Delivery *self, DeliveryState from, DeliveryState to)
{
  gboolean was_it;

  ws_signal_lock ();
  was_it = self->state == from;
  if (was_it)
    self->state = to;
  ws_signal_wake ();
  ws_signal_unlock ();
  return was_it;
}

/* The turn of the delivery has come. FALSE: nobody wants the delivery any
 * more. */
static gboolean
delivery_begin (Delivery *self)
{
  gboolean is_wanted;

  ws_signal_lock ();
  is_wanted = self->state == DELIVERY_WAITING
              && !ws_signal_link_is_dropped (self->link);
  if (is_wanted)
    {
      self->state = DELIVERY_RUNNING;
      ws_signal_queue_leave (&self->link->queue, &self->node);
      ws_signal_wake ();
    }
  ws_signal_unlock ();
  return is_wanted;
}

/* SINGLE_SHOT: there is no second delivery, from wherever it might come. */
static gboolean
claim (WsSignalLink *link, GObject *sender)
{
  if ((link->flags & WS_CONNECT_FLAGS_SINGLE_SHOT) == 0)
    return TRUE;
  if (!g_atomic_int_compare_and_exchange (&link->has_fired, FALSE, TRUE))
    return FALSE;
  ws_signal_link_detach (link, sender);
  return TRUE;
}

static void
end_single_shot (WsSignalLink *link)
{
  if ((link->flags & WS_CONNECT_FLAGS_SINGLE_SHOT) != 0)
    ws_signal_link_end (link, TRUE);
}

/* Calls the slot, or counts that the receiver misses this emission. */
static void
call_slot (WsSignalLink *link,
           GObject      *receiver,
           guint         n_args,
           const GValue *args,
           GValue       *result)
{
  if (ws_signal_slot_call (&link->slot, receiver, n_args, args, result))
    return;
  ws_signal_lock ();
  link->queue.n_dropped++;
  ws_signal_unlock ();
}

/* --- In the receiver's context --- */

static gboolean
on_turn (gpointer user_data)
{
  Delivery     *self = user_data;
  WsSignalLink *link;
  GObject      *receiver;

  WS_TSAN_ACQUIRE (self);
  if (!delivery_begin (self))
    return G_SOURCE_REMOVE;
  link = self->link;
  receiver = ws_signal_hub_ref_object (link->receiver);
  if (receiver != NULL)
    {
      call_slot (link, receiver, self->n_args, self->args,
                 G_IS_VALUE (&self->result) ? &self->result : NULL);
      g_object_unref (receiver);
    }
  end_single_shot (link);
  delivery_change (self, DELIVERY_RUNNING, DELIVERY_DONE);
  return G_SOURCE_REMOVE;
}

/* The source is gone: after the delivery, or before, with the context or
 * because the connection has ended. */
static void
on_source_gone (gpointer user_data)
{
  Delivery *self = user_data;

  ws_signal_lock ();
  ws_signal_queue_leave (&self->link->queue, &self->node);
  ws_signal_queue_release (&self->link->queue, self->cost);
  ws_signal_unlock ();
  ws_signal_holding_update (self->link);
  if (delivery_change (self, DELIVERY_WAITING, DELIVERY_DROPPED))
    end_single_shot (self->link);
  delivery_unref (self);
}

/* The delivery may have had its turn already, in the other thread. FALSE: it
 * must not have any. */
static gboolean
enter_queue (Delivery *self, GSource *source)
{
  gboolean is_wanted;

  ws_signal_lock ();
  is_wanted = !ws_signal_link_is_dropped (self->link);
  if (is_wanted && self->state == DELIVERY_WAITING)
    ws_signal_queue_enter (&self->link->queue, &self->node, source);
  ws_signal_unlock ();
  return is_wanted;
}

/* Sources of one priority have their turn in the order in which they were
 * attached, and each one is its own, so that a loop in a slot goes on with the
 * next. */
static void
attach (Delivery *self, GMainContext *context)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_static_name (source, "ws-glib: queued signal");
  g_atomic_int_inc (&self->n_refs);
  g_source_set_callback (source, on_turn, self, on_source_gone);
  WS_TSAN_RELEASE (self);
  g_source_attach (source, context);
  if (!enter_queue (self, source))
    g_source_destroy (source);
}

/* --- Waiting --- */

/* A thread that waits for a slot. */
typedef struct
{
  GMainContext *context; /* (unowned): where the slot is to run */
  GThread      *runner;  /* (unowned) (nullable): who runs that, if known */
  gboolean      is_sure; /* it is certainly this thread */
} Waiter;

/* GThread → Waiter, both unowned; under the lock. */
static GHashTable *waiters;

static gboolean
is_running (GMainContext *context)
{
  if (!g_main_context_acquire (context))
    return TRUE;
  g_main_context_release (context);
  return FALSE;
}

/* Only a thread itself can tell which contexts it runs: each one that waits
 * says so, now and then. Under the lock. */
static void
tell_what_runs_here (void)
{
  GHashTableIter iter;
  gpointer       value;

  g_hash_table_iter_init (&iter, waiters);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Waiter *other = value;

      if (other->is_sure)
        continue;
      if (g_main_context_is_owner (other->context))
        other->runner = g_thread_self ();
      else if (other->runner == g_thread_self () && is_running (other->context))
        other->runner = NULL;
    }
}

/* Whether the thread that this one waits for waits for this one, perhaps by way
 * of others. Under the lock. */
static gboolean
is_circle (void)
{
  GThread *thread = g_thread_self ();

  tell_what_runs_here ();
  /* A circle of others never comes back here. */
  for (guint i = g_hash_table_size (waiters); i > 0; i--)
    {
      Waiter *waiter = g_hash_table_lookup (waiters, thread);

      if (waiter == NULL)
        return FALSE;
      thread = waiter->runner;
      if (thread == g_thread_self ())
        return TRUE;
    }
  return FALSE;
}

/* Under the lock. */
static void
leave_waiters (void)
{
  if (waiters == NULL)
    return;
  g_hash_table_remove (waiters, g_thread_self ());
  if (g_hash_table_size (waiters) == 0)
    g_clear_pointer (&waiters, g_hash_table_unref);
}

/* Whether that may be. A home whose thread is this one, and that is somewhere
 * else all the same, has a context that another thread runs: who is unknown. */
static gboolean
begin_waiting (Waiter *self, const WsSignalHome *home)
{
  gboolean is_refused;

  self->context = home->where.context;
  self->runner
      = home->where.thread != g_thread_self () ? home->where.thread : NULL;
  self->is_sure = home->is_own;
  ws_signal_lock ();
  if (waiters == NULL)
    waiters = g_hash_table_new (NULL, NULL);
  g_hash_table_insert (waiters, g_thread_self (), self);
  is_refused = is_circle ();
  if (is_refused)
    leave_waiters ();
  ws_signal_unlock ();
  return !is_refused;
}

static void
end_waiting (void)
{
  ws_signal_lock ();
  leave_waiters ();
  ws_signal_unlock ();
}

/* Whether a mistake in how the program has connected is to be told: once, since
 * a peer decides how often the signal is emitted. */
static gboolean
may_warn (WsSignalLink *link)
{
  return g_atomic_int_compare_and_exchange (&link->has_warned, FALSE, TRUE);
}

static void
warn_of_circle (WsSignalLink *link, GObject *sender)
{
  if (may_warn (link))
    g_warning ("The slot of \"%s\" of %s is not called: waiting for a slot "
               "of this very thread would never end",
               g_signal_name (link->signal), G_OBJECT_TYPE_NAME (sender));
}

/* Looks whether a delivery that has not begun is to be waited for any longer;
 * under the lock. FALSE: waiting has become a circle. */
static gboolean
judge_waiting (Delivery *self)
{
  /* Others have to hear from this thread in any case. */
  gboolean is_endless = is_circle ();

  if (self->state != DELIVERY_WAITING)
    return TRUE;
  if (ws_signal_link_is_dropped (self->link))
    is_endless = FALSE;
  else if (!is_endless)
    return TRUE;
  /* The other threads of a circle may go on. */
  leave_waiters ();
  self->state = DELIVERY_DROPPED;
  return !is_endless;
}

/* Returns how the delivery went: done, or dropped. A slot that runs is waited
 * for as long as it takes; a slot that does not begin only while the receiver's
 * loop runs. */
static DeliveryState
wait_for (Delivery *self, GMainContext *context, GObject *sender)
{
  DeliveryState state;
  gboolean      is_sound;
  gint64        hope = g_get_monotonic_time ();

  for (;;)
    {
      ws_signal_lock ();
      is_sound = judge_waiting (self);
      if (self->state == DELIVERY_WAITING || self->state == DELIVERY_RUNNING)
        ws_signal_wait (LOOK_INTERVAL);
      state = self->state;
      ws_signal_unlock ();
      if (!is_sound)
        warn_of_circle (self->link, sender);
      if (state == DELIVERY_DONE || state == DELIVERY_DROPPED)
        return state;
      if (state == DELIVERY_RUNNING || is_running (context))
        hope = g_get_monotonic_time ();
      else if (g_get_monotonic_time () - hope > GIVE_UP_AFTER * 1000
               && delivery_change (self, DELIVERY_WAITING, DELIVERY_DROPPED)
               && may_warn (self->link))
        g_warning ("The receiver of \"%s\" is not waited for any longer: its "
                   "main context has not run for %d ms",
                   g_signal_name (self->link->signal), GIVE_UP_AFTER);
    }
}

static void
deliver_blocking (WsSignalLink       *link,
                  const WsSignalHome *home,
                  GObject            *sender,
                  guint               n_args,
                  const GValue       *args,
                  GValue             *result)
{
  Delivery *delivery;
  Waiter    waiter;

  if (ws_signal_home_is_here (home) || !begin_waiting (&waiter, home))
    {
      warn_of_circle (link, sender);
      return;
    }
  if (claim (link, sender))
    {
      delivery = delivery_new (link, n_args, args);
      if (result != NULL)
        g_value_init (&delivery->result, G_VALUE_TYPE (result));
      attach (delivery, home->where.context);
      if (wait_for (delivery, home->where.context, sender) == DELIVERY_DONE
          && result != NULL)
        g_value_copy (&delivery->result, result);
      delivery_unref (delivery);
      end_single_shot (link);
    }
  end_waiting ();
}

/* --- In the emitter's thread --- */

/* (transfer full) (nullable) */
static GSource *
take_surplus (WsSignalLink *link)
{
  GSource *source;

  ws_signal_lock ();
  source = ws_signal_queue_take_surplus (&link->queue);
  ws_signal_unlock ();
  return source;
}

/* Whether an emission of @cost may enter the queue; older
 * ones may go for it. */
static gboolean
make_room (WsSignalLink *link, guint64 cost)
{
  GSource *source;
  gboolean is_admitted;

  ws_signal_lock ();
  is_admitted = ws_signal_queue_admit (&link->queue, cost);
  ws_signal_unlock ();
  while ((source = take_surplus (link)) != NULL)
    {
      g_source_destroy (source);
      g_source_unref (source);
    }
  ws_signal_holding_update (link);
  return is_admitted;
}

static void
deliver_later (WsSignalLink       *link,
               const WsSignalHome *home,
               GObject            *sender,
               guint               n_args,
               const GValue       *args)
{
  const char *problem = ws_signal_peek_unqueueable (link->signal, sender);
  Delivery   *delivery;
  guint64     cost;

  if (problem != NULL)
    {
      if (may_warn (link))
        g_warning (
            "The slot of \"%s\" of %s is not called: the receiver belongs "
            "to another thread, and the signal cannot be queued: %s",
            g_signal_name (link->signal), G_OBJECT_TYPE_NAME (sender), problem);
      return;
    }
  cost = ws_signal_queue_get_cost (n_args, args);
  if (!claim (link, sender) || !make_room (link, cost))
    return;
  delivery = delivery_new (link, n_args, args);
  delivery->cost = cost;
  attach (delivery, home->where.context);
  delivery_unref (delivery);
}

static void
deliver_now (WsSignalLink *link,
             GObject      *sender,
             guint         n_args,
             const GValue *args,
             GValue       *result)
{
  GObject *receiver = ws_signal_hub_ref_object (link->receiver);

  if (receiver != NULL && claim (link, sender))
    {
      call_slot (link, receiver, n_args, args, result);
      end_single_shot (link);
    }
  g_clear_object (&receiver);
}

static void
deliver (WsSignalLink *link,
         GObject      *sender,
         guint         n_args,
         const GValue *args,
         GValue       *result)
{
  WsSignalHome home;
  g_autoptr (GObject) receiver = NULL;

  if ((link->flags & WS_CONNECT_FLAGS_DIRECT) != 0)
    {
      deliver_now (link, sender, n_args, args, result);
      return;
    }
  if (link->receiver_is_ours)
    receiver = ws_signal_hub_ref_object (link->receiver);
  ws_signal_home_init (&home, &link->home, receiver);
  if ((link->flags & WS_CONNECT_FLAGS_BLOCKING_QUEUED) != 0)
    deliver_blocking (link, &home, sender, n_args, args, result);
  else if ((link->flags & WS_CONNECT_FLAGS_QUEUED) == 0
           && ws_signal_home_is_here (&home))
    deliver_now (link, sender, n_args, args, result);
  else
    deliver_later (link, &home, sender, n_args, args);
  ws_signal_home_clear (&home);
}

void
ws_signal_on_emission (GClosure     *closure,
                       GValue       *result,
                       guint         n_values,
                       const GValue *values,
                       gpointer      hint,
                       gpointer      marshal_data)
{
  WsSignalLink *link = closure->data;
  GObject      *sender = g_value_get_object (&values[0]);

  WS_TSAN_ACQUIRE (link);
  ws_signal_link_ref (link);
  if (ws_signal_link_is_over (link))
    ws_signal_link_detach (link, sender);
  else
    deliver (link, sender, n_values - 1, values + 1, result);
  ws_signal_link_unref (link);
}
