/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signal-tower.h"

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
  self->tower = worker_new ();
  self->sender = bell_new ();
  worker_call (self->tower, make_receiver, self);
}

void
tower_tear_down (TowerTest *self, gconstpointer data)
{
  worker_call (self->tower, tower_drop_receiver, self);
  g_clear_object (&self->sender);
  g_clear_object (&self->connection);
  worker_free (self->tower);
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
  worker_call (self->tower, connect_there, self);
}

static void
do_nothing (gpointer data)
{
}

void
tower_settle (TowerTest *self)
{
  worker_call (self->tower, do_nothing, NULL);
}

void
tower_renew_receiver (gpointer data)
{
  tower_drop_receiver (data);
  make_receiver (data);
}
