/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an application does that few do: the direct way to messages, logs, slots
 * of other objects, settings that change. */
#include "world.h"

/* --- The direct way --- */

/* TRUE takes the message away from the signals. */
static gboolean
on_message (WsSocket     *socket,
            WsMessageType type,
            const guint8 *data,
            gsize         length,
            gpointer      user_data)
{
  World *self = user_data;
  guint  choice = tape_byte (&self->handlers);

  g_assert_nonnull (data);
  world_expect_part (socket);
  if (choice != 0)
    world_act (self, G_OBJECT (socket), choice - 1);
  return choice % 2 != 0;
}

static void
act_handle (World *self, WsSocket *socket)
{
  world_expect_part (socket);
  ws_socket_set_message_handler (socket, on_message, self, NULL);
}

static void
act_handle_no_more (World *self, WsSocket *socket)
{
  ws_socket_set_message_handler (socket, NULL, NULL, NULL);
}

static void
act_try_receive (World *self, WsSocket *socket)
{
  g_autoptr (WsMessage) message = NULL;

  if (!ws_socket_get_pull (socket))
    return;
  world_expect_part (socket);
  message = ws_socket_try_receive_message (socket);
}

/* --- Logs and slots --- */

static void
act_log (World *self, WsSocket *socket)
{
  if (self->log == NULL)
    {
      self->log = ws_message_log_new ();
      world_track (self, self->log);
      ws_message_log_set_max_entries (self->log, 5);
    }
  ws_message_log_set_socket (self->log, socket);
}

/* @receiver: a socket, whose own handlers choose likewise. */
static void
on_slot (WsSocket *receiver)
{
  World *self = world_find_witness (receiver)->world;
  guint  choice = tape_byte (&self->handlers);

  if (choice != 0)
    world_act (self, G_OBJECT (receiver), choice - 1);
}

static void
connect_slot (World *self, WsSocket *socket, WsConnectFlags flags)
{
  WsSocket *other = socket == self->client ? self->peer : self->client;

  if (other == NULL || world_find_witness (other) == NULL)
    return;
  ws_connect (G_OBJECT (socket), "message-received", G_OBJECT (other),
              G_CALLBACK (on_slot), flags, NULL);
  ws_connect (G_OBJECT (socket), "state-changed", G_OBJECT (other),
              G_CALLBACK (on_slot), flags, NULL);
}

static void
act_connect (World *self, WsSocket *socket)
{
  connect_slot (self, socket, WS_CONNECT_FLAGS_UNIQUE);
}

static void
act_connect_queued (World *self, WsSocket *socket)
{
  connect_slot (self, socket, WS_CONNECT_FLAGS_QUEUED);
}

static void
act_connect_once (World *self, WsSocket *socket)
{
  connect_slot (self, socket, WS_CONNECT_FLAGS_SINGLE_SHOT);
}

/* --- Settings --- */

static void
act_ping_often (World *self, WsSocket *socket)
{
  ws_socket_set_ping_interval (socket, 5);
  ws_socket_set_ping_timeout (socket, 5);
}

static void
act_hurry (World *self, WsSocket *socket)
{
  ws_socket_set_close_timeout (socket, 20);
  ws_socket_set_write_timeout (socket, 20);
  ws_socket_set_frame_timeout (socket, 20);
  ws_socket_set_message_timeout (socket, 20);
}

static void
act_give_way (World *self, WsSocket *socket)
{
  ws_socket_set_priority (socket, G_PRIORITY_LOW);
}

static void
act_announce (World *self, WsSocket *socket)
{
  ws_socket_announce (socket, "kept", "here", NULL);
}

static void
act_leave (World *self, WsSocket *socket)
{
  ws_socket_announce (socket, "kept", NULL, NULL);
}

static void
act_subscribe_kept (World *self, WsSocket *socket)
{
  ws_socket_subscribe (socket, "kept", NULL);
}

typedef void (*SocketAct) (World *self, WsSocket *socket);

static const SocketAct socket_acts[] = {
  act_handle,         act_handle_no_more,    act_try_receive,  act_log,
  act_connect,        act_connect_queued,    act_connect_once, act_ping_often,
  act_hurry,          act_give_way,          act_announce,     act_leave,
  act_subscribe_kept, world_subscribe_since,
};

/* From here on, of 256, a choice is one of these. */
#define FIRST 165

gboolean
world_further_act (World *self, GObject *target, guint act)
{
  if (act < FIRST)
    return FALSE;
  act -= FIRST;
  if (act % 3 == 0)
    {
      guint n = 0;

      while (world_broker_acts[n] != NULL)
        n++;
      world_broker_acts[act / 3 % n](self);
      return TRUE;
    }
  if (!WS_IS_SOCKET (target))
    target = (GObject *) self->peer;
  if (target == NULL || world_find_witness (WS_SOCKET (target)) == NULL)
    return TRUE;
  g_object_ref (target);
  socket_acts[(act - act / 3) % G_N_ELEMENTS (socket_acts)](self, (WsSocket *)
                                                                      target);
  g_object_unref (target);
  return TRUE;
}
