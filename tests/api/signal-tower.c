/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signal-tower.h"

#include "base/ws-tsan-private.h"

static gpointer
run_tower (gpointer data)
{
  BellTower *self = data;

  g_main_context_push_thread_default (self->context);
  g_main_loop_run (self->loop);
  g_main_context_pop_thread_default (self->context);
  return NULL;
}

BellTower *
bell_tower_new (void)
{
  BellTower *self = g_new0 (BellTower, 1);

  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  self->thread = g_thread_new ("tower", run_tower, self);
  return self;
}

static gboolean
on_quit (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_REMOVE;
}

void
bell_tower_quit (BellTower *self)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_callback (source, on_quit, self->loop, NULL);
  g_source_attach (source, self->context);
}

void
bell_tower_free (BellTower *self)
{
  bell_tower_quit (self);
  g_thread_join (self->thread);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  g_free (self);
}

typedef struct
{
  void (*function) (gpointer data);
  gpointer data;
  int      is_done;
} Call;

static gboolean
on_call (gpointer user_data)
{
  Call *call = user_data;

  WS_TSAN_ACQUIRE (call);
  call->function (call->data);
  g_atomic_int_set (&call->is_done, TRUE);
  g_main_context_wakeup (NULL);
  return G_SOURCE_REMOVE;
}

void
bell_tower_call (BellTower *self,
                 void (*function) (gpointer data),
                 gpointer data)
{
  Call call = { function, data, FALSE };
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, on_call, &call, NULL);
  WS_TSAN_RELEASE (&call);
  g_source_attach (source, self->context);
  ws_test_until (NULL, g_atomic_int_get (&call.is_done));
}

static void
make_receiver (gpointer data)
{
  TowerTest *self = data;

  self->receiver = bell_new ();
}

void
tower_drop_receiver (gpointer data)
{
  TowerTest *self = data;

  g_clear_object (&self->receiver);
}

void
tower_set_up (TowerTest *self, gconstpointer data)
{
  self->tower = bell_tower_new ();
  self->sender = bell_new ();
  bell_tower_call (self->tower, make_receiver, self);
}

void
tower_tear_down (TowerTest *self, gconstpointer data)
{
  bell_tower_call (self->tower, tower_drop_receiver, self);
  g_clear_object (&self->sender);
  g_clear_object (&self->connection);
  bell_tower_free (self->tower);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
connect_there (gpointer data)
{
  TowerTest *self = data;

  self->connection = g_object_ref (
      bell_connect_checked (G_OBJECT (self->sender), self->signal,
                            G_OBJECT (self->receiver), self->slot,
                            self->flags));
}

void
tower_connect (TowerTest     *self,
               const char    *signal,
               GCallback      slot,
               WsConnectFlags flags)
{
  g_clear_object (&self->connection);
  self->signal = signal;
  self->slot = slot;
  self->flags = flags;
  bell_tower_call (self->tower, connect_there, self);
}

static void
do_nothing (gpointer data)
{
}

void
tower_settle (TowerTest *self)
{
  bell_tower_call (self->tower, do_nothing, NULL);
}

void
tower_renew_receiver (gpointer data)
{
  tower_drop_receiver (data);
  make_receiver (data);
}
