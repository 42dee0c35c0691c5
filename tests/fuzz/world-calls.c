/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "world.h"

/* --- Calls that end once --- */

typedef struct
{
  World      *world;
  Witness    *witness; /* (nullable): outlives the socket */
  guint       serial;  /* of its attempt when the call began */
  WorldFinish finish;  /* (nullable): for world_end_call() */
} Call;

static Call *
call_new (World *world, WsSocket *socket)
{
  Call *self = g_new0 (Call, 1);

  self->world = world;
  self->witness = socket != NULL ? world_find_witness (socket) : NULL;
  self->serial = self->witness != NULL ? self->witness->serial : 0;
  world->n_calls++;
  return self;
}

static void
call_free (Call *self)
{
  self->world->n_calls--;
  g_free (self);
}

/* (transfer full) */
static Call *
call_new_for (World *world, WsSocket *socket, WorldFinish finish)
{
  Call *self = call_new (world, socket);

  self->finish = finish;
  return self;
}

gpointer
world_begin_call (World *self, WorldFinish finish)
{
  return call_new_for (self, NULL, finish);
}

void
world_end_call (GObject *object, GAsyncResult *result, gpointer call)
{
  Call *self = call;
  g_autoptr (GError) error = NULL;
  gboolean ok = self->finish (object, result, &error);

  g_assert_true (ok == (error == NULL));
  call_free (self);
}

static gboolean
finish_ping (gpointer socket, GAsyncResult *result, GError **error)
{
  return ws_socket_ping_finish (socket, result, error) >= 0;
}

void
world_call (World *self, WsSocket *socket, guint which)
{
  static const WorldFinish finish[]
      = { (WorldFinish) ws_socket_send_message_finish, finish_ping,
          (WorldFinish) ws_socket_close_finish,
          (WorldFinish) ws_socket_open_finish };
  const guint kind = MIN (which, G_N_ELEMENTS (finish) - 1);
  Call       *call = call_new_for (self, socket, finish[kind]);
  g_autoptr (WsMessage) message = NULL;

  switch (kind)
    {
    case 0:
      message = world_make_broadcast (self, 100);
      ws_socket_send_message_async (socket, message, self->cancellable,
                                    world_end_call, call);
      break;
    case 1:
      ws_socket_ping_async (socket, NULL, self->cancellable, world_end_call,
                            call);
      break;
    case 2:
      ws_socket_close_async (socket, 4001, "", self->cancellable,
                             world_end_call, call);
      break;
    default:
      world_expect_attempt (socket);
      ws_socket_open_async (socket, world_wire_url (), self->cancellable,
                            world_end_call, call);
    }
}

/* --- Receiving --- */

static void
on_received (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Call *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (WsMessage) message
      = ws_socket_receive_message_finish (WS_SOCKET (object), result, &error);

  g_assert_true (message == NULL || error == NULL);
  /* A call that a handler of "notify" has begun may be older than what the
   * witness knows of the attempt. */
  if (message != NULL && self->serial == self->witness->serial)
    world_check_message (self->witness, message);
  else if (message != NULL)
    self->witness->is_partly = TRUE;
  call_free (self);
}

void
world_receive (World *self, WsSocket *socket)
{
  ws_socket_receive_message_async (socket, self->cancellable, on_received,
                                   call_new (self, socket));
}

static void
on_stream_read (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Call         *self = user_data;
  GInputStream *stream = G_INPUT_STREAM (object);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes
      = g_input_stream_read_bytes_finish (stream, result, &error);

  g_assert_true ((bytes == NULL) == (error != NULL));
  if (bytes != NULL && g_bytes_get_size (bytes) > 0)
    g_input_stream_read_bytes_async (stream, 1000, G_PRIORITY_DEFAULT,
                                     self->world->cancellable, on_stream_read,
                                     self);
  else
    call_free (self);
}

static void
on_stream (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Call *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GInputStream) stream
      = ws_socket_receive_stream_finish (WS_SOCKET (object), result, &error);

  g_assert_true (stream == NULL || error == NULL);
  if (stream == NULL)
    {
      call_free (self);
      return;
    }
  g_input_stream_read_bytes_async (stream, 1000, G_PRIORITY_DEFAULT,
                                   self->world->cancellable, on_stream_read,
                                   self);
}

void
world_receive_stream (World *self, WsSocket *socket)
{
  world_expect_part (socket);
  ws_socket_receive_stream_async (socket, self->cancellable, on_stream,
                                  call_new (self, socket));
}

/* --- Sending --- */

void
world_send_stream (World *self, WsSocket *socket, gsize len)
{
  g_autoptr (GInputStream) stream
      = g_memory_input_stream_new_from_data (g_malloc0 (len), (gssize) len,
                                             g_free);

  self->sends_parts = TRUE;
  ws_socket_send_stream_async (
      socket, WS_MESSAGE_TYPE_TEXT, stream, self->cancellable, world_end_call,
      call_new_for (self, socket, (WorldFinish) ws_socket_send_stream_finish));
}

static void
on_closed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Call *self = user_data;
  g_autoptr (GError) error = NULL;

  g_output_stream_close_finish (G_OUTPUT_STREAM (object), result, &error);
  call_free (self);
}

static void
on_written (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Call *self = user_data;
  g_autoptr (GError) error = NULL;

  g_output_stream_write_bytes_finish (G_OUTPUT_STREAM (object), result, &error);
  g_output_stream_close_async (G_OUTPUT_STREAM (object), G_PRIORITY_DEFAULT,
                               self->world->cancellable, on_closed, self);
}

void
world_begin_message (World *self, WsSocket *socket, gsize len)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new_take (g_malloc0 (len), len);
  g_autoptr (GOutputStream) stream
      = ws_socket_begin_message (socket, WS_MESSAGE_TYPE_BINARY, &error);

  self->sends_parts = TRUE;
  g_assert_true ((stream == NULL) == (error != NULL));
  if (stream != NULL)
    g_output_stream_write_bytes_async (stream, bytes, G_PRIORITY_DEFAULT,
                                       self->cancellable, on_written,
                                       call_new (self, socket));
}

/* --- The server --- */

static void
on_accepted (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Call  *self = user_data;
  World *world = self->world;
  g_autoptr (GError) error = NULL;
  g_autoptr (WsSocket) socket
      = ws_server_accept_finish (WS_SERVER (object), result, &error);

  g_assert_true ((socket == NULL) == (error != NULL));
  call_free (self);
  if (socket == NULL)
    return;
  if (world->choices.peers_pull)
    ws_socket_set_pull (socket, TRUE);
  world_watch (world, socket);
  world_listen (world, socket);
  g_set_object (&world->peer, socket);
}

void
world_accept (World *self)
{
  if (self->server != NULL)
    ws_server_accept_async (self->server, self->cancellable, on_accepted,
                            call_new (self, NULL));
}

void
world_close_server (World *self)
{
  if (self->server != NULL)
    ws_server_close_async (
        self->server, 1001, "bye", self->cancellable, world_end_call,
        world_begin_call (self, (WorldFinish) ws_server_close_finish));
}
