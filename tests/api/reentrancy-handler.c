/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "reentrancy.h"

/* The handler under test, of a signal or of messages. */

static gboolean
on_answer (gpointer user_data)
{
  ws_response_done (user_data);
  return G_SOURCE_REMOVE;
}

/* The answer comes when all is over that the action has begun at once. */
static void
put_off (WsResponse *response)
{
  ws_response_defer (response);
  ws_response_set_text (response, "later");
  g_idle_add_full (G_PRIORITY_DEFAULT, on_answer, g_object_ref (response),
                   g_object_unref);
}

static void
act (World *self, GObject *target)
{
  if (self->n_acts_left == 0)
    return;
  self->n_acts_left--;
  self->action->act (self, target);
}

/* The emission's own reference of the target keeps it while we are here. */
static void
marshal_signal (GClosure     *closure,
                GValue       *result,
                guint         n_values,
                const GValue *values,
                gpointer      hint,
                gpointer      marshal_data)
{
  World   *self = closure->data;
  GObject *target = g_value_get_object (&values[0]);

  /* What it leaves alone would say that it has failed. */
  if (result != NULL)
    g_value_set_boolean (result, FALSE);
  if (self->signal->state >= 0
      && (int) ws_socket_get_state (WS_SOCKET (target)) != self->signal->state)
    return;
  self->n_fired++;
  if (self->role == ROLE_SERVER
      && g_str_has_suffix (self->signal->name, "-deferred"))
    put_off (g_value_get_object (&values[2]));
  world_log_in (self, &values[n_values - 1]);
  act (self, target);
}

/* The same for the message handler, while nothing keeps the target. What the
 * handler keeps from the signals it tells the witness itself. */
static gboolean
handle_message (WsSocket     *socket,
                WsMessageType type,
                const guint8 *data,
                gsize         length,
                gpointer      user_data)
{
  World   *self = user_data;
  gboolean is_done = g_str_has_suffix (self->signal->name, "-instead");

  if (is_done)
    witness_note_message (world_find_witness (socket),
                          type == WS_MESSAGE_TYPE_TEXT ? (const char *) data
                                                       : NULL);
  else
    self->is_disordered = TRUE; /* signalled after those of a nested loop */
  self->n_fired++;
  act (self, G_OBJECT (socket));
  return is_done;
}

void
world_arm (World *self, gpointer target)
{
  if (g_str_equal (self->signal->signal, "message-handler"))
    {
      ws_socket_set_message_handler (target, handle_message, self, NULL);
      return;
    }
  g_signal_connect_closure (target, self->signal->signal, self->closure, FALSE);
}

void
world_make_handler (World *self)
{
  self->closure = g_closure_new_simple (sizeof (GClosure), self);
  g_closure_set_marshal (self->closure, marshal_signal);
  g_closure_ref (self->closure);
  g_closure_sink (self->closure);
}
