/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "socket-watch.h"

void
socket_watch_begin (SocketWatch *self)
{
  self->n_errors = 0;
  self->n_connected = 0;
  self->is_over = FALSE;
  if (self->begun != NULL)
    self->begun (self);
}

static gboolean
is_edge (WsState from, WsState to)
{
  static const struct
  {
    WsState from, to;
  } edges[] = {
    { WS_STATE_UNCONNECTED, WS_STATE_CONNECTING },
    { WS_STATE_CONNECTING, WS_STATE_CONNECTED },
    { WS_STATE_CONNECTING, WS_STATE_UNCONNECTED },
    { WS_STATE_CONNECTED, WS_STATE_CLOSING },
    { WS_STATE_CONNECTED, WS_STATE_UNCONNECTED },
    { WS_STATE_CONNECTED, WS_STATE_CONNECTING },
    { WS_STATE_CLOSING, WS_STATE_UNCONNECTED },
    { WS_STATE_CLOSING, WS_STATE_CONNECTING },
  };

  for (guint i = 0; i < G_N_ELEMENTS (edges); i++)
    if (edges[i].from == from && edges[i].to == to)
      return TRUE;
  return FALSE;
}

static void
on_state_changed (WsSocket *socket, WsState state, SocketWatch *self)
{
  if (!self->is_loose && !is_edge (self->state, state))
    g_error ("state %d became %d", (int) self->state, (int) state);
  g_assert_cmpint (ws_socket_get_state (socket), ==, state);
  self->state = state;
  if (state == WS_STATE_CONNECTING)
    socket_watch_begin (self);
}

static void
on_error (WsSocket *socket, const GError *error, SocketWatch *self)
{
  g_assert_cmpstr (error->message, !=, "");
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  self->n_errors++;
}

static void
on_connected (WsSocket *socket, SocketWatch *self)
{
  g_assert_false (self->is_over);
  self->n_connected++;
  g_assert_cmpuint (self->n_connected, ==, 1);
  g_assert_cmpint (ws_socket_get_state (socket), ==, WS_STATE_CONNECTED);
}

static void
on_disconnected (WsSocket *socket, SocketWatch *self)
{
  g_assert_false (self->is_over);
  g_assert_cmpint (ws_socket_get_state (socket), ==, WS_STATE_UNCONNECTED);
  self->is_over = TRUE;
}

static void
on_sign_of_life (SocketWatch *self)
{
  g_assert_false (self->is_over);
}

void
socket_watch_init (SocketWatch *self, WsSocket *socket)
{
  self->state = ws_socket_get_state (socket);
  g_signal_connect (socket, "state-changed", G_CALLBACK (on_state_changed),
                    self);
  g_signal_connect (socket, "error", G_CALLBACK (on_error), self);
  g_signal_connect (socket, "connected", G_CALLBACK (on_connected), self);
  g_signal_connect (socket, "disconnected", G_CALLBACK (on_disconnected), self);
}

void
socket_watch_expect_life (SocketWatch       *self,
                          WsSocket          *socket,
                          const char *const *signals)
{
  for (guint i = 0; signals[i] != NULL; i++)
    g_signal_connect_swapped (socket, signals[i], G_CALLBACK (on_sign_of_life),
                              self);
}
