/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "world.h"

#include <string.h>

/* What an application does, in a handler or out of one. All of it is legal
 * everywhere. */

typedef void (*SocketAct) (World *self, WsSocket *socket);
typedef void (*WorldAct) (World *self);

/* --- With a socket --- */

static void
act_send (World *self, WsSocket *socket)
{
  world_send (self, socket, 0);
}

static void
act_send_more (World *self, WsSocket *socket)
{
  world_send (self, socket, 3000);
}

static void
act_send_much (World *self, WsSocket *socket)
{
  world_send (self, socket, 70000);
  world_send (self, socket, 300);
}

static void
act_send_binary (World *self, WsSocket *socket)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("\0\1\2", 3);

  (void) !ws_socket_send_binary_message (socket, bytes, NULL);
}

static void
act_close (World *self, WsSocket *socket)
{
  ws_socket_close (socket, 1000, NULL, NULL);
}

static void
act_close_with_reason (World *self, WsSocket *socket)
{
  ws_socket_close (socket, 4000, "a reason", NULL);
}

static void
act_abort (World *self, WsSocket *socket)
{
  ws_socket_abort (socket);
}

static void
act_open (World *self, WsSocket *socket)
{
  world_expect_attempt (socket);
  ws_socket_open (socket, world_wire_url (), NULL);
}

static void
act_open_nobody (World *self, WsSocket *socket)
{
  world_expect_attempt (socket);
  ws_socket_open (socket, "ws+unix:/nonexistent/socket:/", NULL);
}

static void
act_open_badly (World *self, WsSocket *socket)
{
  g_assert_false (ws_socket_open (socket, "http://x", NULL));
}

static void
act_deactivate (World *self, WsSocket *socket)
{
  ws_socket_set_active (socket, FALSE);
}

static void
act_activate (World *self, WsSocket *socket)
{
  ws_socket_set_url (socket, world_wire_url ());
  ws_socket_set_active (socket, TRUE);
}

static void
act_drop (World *self, WsSocket *socket)
{
  if (socket == self->client)
    g_clear_object (&self->client);
  else if (socket == self->peer)
    g_clear_object (&self->peer);
}

static void
act_dispose (World *self, WsSocket *socket)
{
  world_find_witness (socket)->is_muted = TRUE;
  g_object_run_dispose (G_OBJECT (socket));
}

static void
act_pause (World *self, WsSocket *socket)
{
  world_expect_part (socket);
  ws_socket_pause_receiving (socket);
}

static void
act_resume (World *self, WsSocket *socket)
{
  ws_socket_resume_receiving (socket);
}

static void
act_ping (World *self, WsSocket *socket)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("ping", 4);

  ws_socket_ping (socket, bytes, NULL);
}

static void
act_flush (World *self, WsSocket *socket)
{
  world_send (self, socket, 0);
  ws_socket_flush (socket);
}

static void
act_subscribe (World *self, WsSocket *socket)
{
  ws_socket_subscribe (socket, "topic", NULL);
}

static void
act_unsubscribe (World *self, WsSocket *socket)
{
  ws_socket_unsubscribe (socket, "topic", NULL);
}

static void
act_publish_others (World *self, WsSocket *socket)
{
  g_autoptr (WsMessage) message = world_make_broadcast (self, 0);

  ws_socket_publish (socket, "topic", message, NULL);
}

/* What is sent before the post is taken comes before it. */
static void
act_post (World *self, WsSocket *socket)
{
  g_autoptr (WsMessage) message = ws_message_new_text ("posted");

  ws_socket_post_message (socket, message);
}

static void
act_post_close (World *self, WsSocket *socket)
{
  ws_socket_post_close (socket, 1000, "posted", NULL);
}

static void
act_tighten (World *self, WsSocket *socket)
{
  ws_socket_set_max_incoming_message_size (socket, 100);
  ws_socket_set_max_incoming_fragments (socket, 2);
  ws_socket_set_write_high_water_mark (socket, 1);
  ws_socket_set_max_bytes_to_write (socket, 5000);
}

static void
act_fragment (World *self, WsSocket *socket)
{
  ws_socket_set_outgoing_frame_size (socket, 300);
}

static void
act_refuse_redirect (World *self, WsSocket *socket)
{
  ws_socket_refuse_redirect (socket);
}

static void
act_look (World *self, WsSocket *socket)
{
  g_autoptr (WsStatistics) statistics = ws_socket_get_statistics (socket);
  g_auto (GStrv) topics = ws_socket_get_topics (socket);

  g_assert_nonnull (statistics);
  g_assert_nonnull (topics);
  /* Those of a server's may be gone, which is a warning. */
  if (socket == self->client)
    ws_socket_get_request_headers (socket);
  ws_socket_get_response (socket);
  ws_socket_get_peer_address (socket);
  g_assert_nonnull (ws_socket_get_error_string (socket));
}

static void
act_send_async (World *self, WsSocket *socket)
{
  world_call (self, socket, 0);
}

static void
act_ping_async (World *self, WsSocket *socket)
{
  world_call (self, socket, 1);
}

static void
act_close_async (World *self, WsSocket *socket)
{
  world_call (self, socket, 2);
}

static void
act_open_async (World *self, WsSocket *socket)
{
  world_call (self, socket, 3);
}

static void
act_send_stream (World *self, WsSocket *socket)
{
  world_send_stream (self, socket, 5000);
}

static void
act_begin_message (World *self, WsSocket *socket)
{
  world_begin_message (self, socket, 2000);
}

static const SocketAct socket_acts[] = {
  act_send,
  act_send_more,
  act_send_much,
  act_send_binary,
  act_close,
  act_abort,
  act_close_with_reason,
  act_open,
  act_open_nobody,
  act_open_badly,
  act_deactivate,
  act_activate,
  act_drop,
  act_dispose,
  act_pause,
  act_resume,
  act_ping,
  act_flush,
  act_subscribe,
  act_unsubscribe,
  act_post,
  act_publish_others,
  act_post_close,
  act_tighten,
  act_fragment,
  act_look,
  act_refuse_redirect,
  act_send_async,
  act_ping_async,
  act_close_async,
  act_open_async,
  world_receive,
  act_send_stream,
  act_begin_message,
  world_receive_stream,
};

/* --- With all --- */

static void
act_nest (World *self)
{
  if (self->depth < 3)
    world_iterate (self, 4);
}

static void
act_settle (World *self)
{
  if (self->depth < 2)
    world_settle (self);
}

static void
act_cancel (World *self)
{
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
}

static void
act_broadcast (World *self)
{
  g_autoptr (WsMessage) message = world_make_broadcast (self, 200);

  if (self->server != NULL)
    ws_server_broadcast (self->server, message, NULL);
}

static void
act_broadcast_much (World *self)
{
  g_autoptr (WsMessage) message = world_make_broadcast (self, 40000);

  if (self->server != NULL)
    ws_server_broadcast (self->server, message, NULL);
}

static void
act_publish (World *self)
{
  g_autoptr (WsMessage) message = world_make_broadcast (self, 0);

  if (self->server != NULL)
    ws_server_publish (self->server, "topic", message, NULL);
}

static void
act_close_server (World *self)
{
  if (self->server != NULL)
    ws_server_close (self->server);
}

static void
act_drop_server (World *self)
{
  g_clear_object (&self->server);
}

static void
act_stop_accepting (World *self)
{
  if (self->server != NULL)
    ws_server_pause_accepting (self->server);
}

static void
act_go_on_accepting (World *self)
{
  if (self->server != NULL)
    ws_server_resume_accepting (self->server);
}

static void
act_take_pending (World *self)
{
  g_autoptr (WsSocket) socket = NULL;

  if (self->server != NULL)
    socket = ws_server_next_pending_connection (self->server);
  if (socket == NULL)
    return;
  world_watch (self, socket);
  world_listen (self, socket);
  g_set_object (&self->peer, socket);
}

static void
act_walk_model (World *self)
{
  g_autoptr (GListModel) model = NULL;

  if (self->server == NULL)
    return;
  model = g_object_ref (G_LIST_MODEL (self->server));
  for (guint i = g_list_model_get_n_items (model); i > 0; i--)
    {
      g_autoptr (WsSocket) socket = g_list_model_get_item (model, i - 1);

      if (socket != NULL)
        ws_socket_abort (socket);
    }
}

static void
act_abort_client (World *self)
{
  if (self->client != NULL)
    ws_socket_abort (self->client);
}

static void
act_abort_peer (World *self)
{
  if (self->peer != NULL)
    ws_socket_abort (self->peer);
}

static void
act_answer_deferred (World *self)
{
  g_autoptr (GObject) deferred = g_steal_pointer (&self->deferred);

  if (WS_IS_RESPONSE (deferred))
    ws_response_done (WS_RESPONSE (deferred));
  else if (WS_IS_AUTHENTICATOR (deferred))
    ws_authenticator_done (WS_AUTHENTICATOR (deferred));
}

static void
act_cut_wire (World *self)
{
  for (guint i = 0; i < WORLD_N_WIRES; i++)
    world_wire_cut (self, &self->wires[i]);
}

/* A handler that takes its time. */
static void
act_take_time (World *self)
{
  world_clock_advance (7000);
}

static void
act_take_very_long (World *self)
{
  world_clock_advance (40 * G_USEC_PER_SEC);
}

static const WorldAct world_acts[]
    = { act_nest,           act_settle,        act_cancel,
        act_broadcast,      act_publish,       act_broadcast_much,
        act_close_server,   act_drop_server,   act_stop_accepting,
        act_take_pending,   world_accept,      act_go_on_accepting,
        act_walk_model,     act_abort_client,  act_abort_peer,
        act_cut_wire,       act_take_time,     act_answer_deferred,
        act_take_very_long, world_close_server };

const guint world_n_acts
    = G_N_ELEMENTS (socket_acts) + G_N_ELEMENTS (world_acts);

void
world_act (World *self, GObject *target, guint act)
{
  if (world_is_secure && world_tls_act (target, act))
    return;
  if (world_further_act (self, target, act))
    return;
  act %= world_n_acts;
  if (act >= G_N_ELEMENTS (socket_acts))
    {
      world_acts[act - G_N_ELEMENTS (socket_acts)](self);
      return;
    }
  if (!WS_IS_SOCKET (target))
    target = (GObject *) (act % 2 == 0 ? self->client : self->peer);
  if (target == NULL)
    return;
  g_object_ref (target);
  socket_acts[act](self, WS_SOCKET (target));
  g_object_unref (target);
}

/* --- Handlers --- */

static void
answer_request (World *self, WsResponse *response, guint how)
{
  if (how % 4 == 0)
    ws_response_refuse (response, 403, "no");
  else if (how % 4 == 1)
    ws_response_set_text (response, "a page");
  else if (how % 4 == 2)
    ws_response_set_status (response, ws_response_get_status (response));
  else
    {
      ws_response_defer (response);
      g_set_object (&self->deferred, G_OBJECT (response));
    }
}

static void
answer_login (World *self, WsAuthenticator *authenticator, guint how)
{
  ws_authenticator_set_user (authenticator, "me");
  ws_authenticator_set_password (authenticator, "secret");
  if (how % 2 == 0)
    return;
  ws_authenticator_defer (authenticator);
  g_set_object (&self->deferred, G_OBJECT (authenticator));
}

/* An odd choice answers what the signal asks, if it asks. */
static void
marshal_signal (GClosure     *closure,
                GValue       *result,
                guint         n_values,
                const GValue *values,
                gpointer      hint,
                gpointer      marshal_data)
{
  World        *self = closure->data;
  GObject      *target = g_value_get_object (&values[0]);
  const GValue *last = &values[n_values - 1];
  guint         choice = tape_byte (&self->handlers);

  /* Whoever leaves it as it is has failed, as by an exception. */
  if (result != NULL && choice != G_MAXUINT8)
    g_value_set_boolean (result, FALSE);
  if (choice == 0)
    return;
  if (n_values > 1 && G_VALUE_HOLDS (last, WS_TYPE_RESPONSE))
    answer_request (self, g_value_get_object (last), choice / 64);
  if (n_values > 1 && G_VALUE_HOLDS (last, WS_TYPE_AUTHENTICATOR))
    answer_login (self, g_value_get_object (last), choice / 64);
  world_act (self, target, choice - 1);
}

static void
listen_to (World *self, gpointer object, const char *const *signals)
{
  for (; *signals != NULL; signals++)
    {
      GClosure *closure = g_closure_new_simple (sizeof (GClosure), self);

      g_closure_set_marshal (closure, marshal_signal);
      g_signal_connect_closure (object, *signals, closure, FALSE);
    }
}

void
world_listen (World *self, gpointer object)
{
  static const char *const socket_signals[] = { "connected",
                                                "disconnected",
                                                "about-to-close",
                                                "read-channel-finished",
                                                "error",
                                                "message-received",
                                                "state-changed",
                                                "ping-received",
                                                "pong",
                                                "bytes-written",
                                                "drained",
                                                "reconnecting",
                                                "redirected",
                                                "authentication-required",
                                                NULL };
  static const char *const texts[]
      = { "text-message-received", "binary-message-received", NULL };
  static const char *const frames[]
      = { "text-frame-received", "binary-frame-received", NULL };
  static const char *const notes[] = { "notify", NULL };
  static const char *const server_signals[]
      = { "client-connected",
          "new-connection",
          "items-changed",
          "http-request",
          "handshake-requested",
          "client-disconnected",
          "server-error",
          "accept-error",
          "closed",
          "origin-authentication-required",
          NULL };

  if (WS_IS_SERVER (object))
    {
      /* Whoever listens to the first one is given what would be queued. */
      listen_to (self, object,
                 server_signals + (self->choices.taking == 0 ? 0 : 1));
      if (world_is_secure)
        listen_to (self, object, world_tls_server_signals);
      return;
    }
  listen_to (self, object, socket_signals);
  if (world_is_secure)
    listen_to (self, object, world_tls_socket_signals);
  if (self->choices.hears_texts)
    listen_to (self, object, texts);
  if (self->choices.hears_frames)
    listen_to (self, object, frames);
  if (self->choices.hears_notes)
    listen_to (self, object, notes);
}
