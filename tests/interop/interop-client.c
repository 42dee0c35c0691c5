/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "interop-client.h"

#include <string.h>

#include "support/ws-test.h"

static void
on_message (WsSocket *socket, WsMessage *message, InteropClient *self)
{
  g_queue_push_tail (&self->messages, ws_message_ref (message));
}

static void
on_pong (WsSocket      *socket,
         guint64        elapsed,
         GBytes        *payload,
         InteropClient *self)
{
  g_clear_pointer (&self->pong, g_bytes_unref);
  self->pong = g_bytes_ref (payload);
}

static void
on_ping (WsSocket *socket, GBytes *payload, InteropClient *self)
{
  g_clear_pointer (&self->pinged, g_bytes_unref);
  self->pinged = g_bytes_ref (payload);
}

static void
on_error (WsSocket *socket, const GError *error, InteropClient *self)
{
  g_assert_cmpint (self->error, ==, -1);
  self->error = error->code;
}

static void
on_disconnected (WsSocket *socket, InteropClient *self)
{
  self->is_over = TRUE;
}

void
interop_client_init (InteropClient *self)
{
  g_autofree char *ca
      = g_build_filename (g_getenv ("WS_TEST_CERTIFICATES"), "root.pem", NULL);

  *self = (InteropClient){ .socket = ws_socket_new (), .error = -1 };
  g_object_set (ws_socket_get_ssl_configuration (self->socket),
                "ca-certificates-file", ca, "system-trust", FALSE, NULL);
  g_signal_connect (self->socket, "message-received", G_CALLBACK (on_message),
                    self);
  g_signal_connect (self->socket, "pong", G_CALLBACK (on_pong), self);
  g_signal_connect (self->socket, "ping-received", G_CALLBACK (on_ping), self);
  g_signal_connect (self->socket, "error", G_CALLBACK (on_error), self);
  g_signal_connect (self->socket, "disconnected", G_CALLBACK (on_disconnected),
                    self);
}

void
interop_client_attempt (InteropClient *self, const char *base, const char *path)
{
  g_autofree char *url = g_strconcat (base, path, NULL);
  g_autoptr (GError) error = NULL;

  self->is_over = FALSE;
  ws_socket_open (self->socket, url, &error);
  g_assert_no_error (error);
  ws_test_until (NULL, self->is_over
                           || ws_socket_get_state (self->socket)
                                  == WS_STATE_CONNECTED);
}

void
interop_client_open (InteropClient *self, const char *base, const char *path)
{
  interop_client_attempt (self, base, path);
  g_assert_cmpstr (ws_socket_get_error_string (self->socket), ==, "");
  g_assert_false (self->is_over);
}

void
interop_client_clear (InteropClient *self)
{
  if (!self->is_over)
    {
      ws_socket_close (self->socket, WS_CLOSE_CODE_NORMAL, NULL, NULL);
      ws_test_until (NULL, self->is_over);
      g_assert_true (ws_socket_get_was_clean (self->socket));
    }
  g_signal_handlers_disconnect_by_data (self->socket, self);
  g_assert_true (g_queue_is_empty (&self->messages));
  g_clear_pointer (&self->pong, g_bytes_unref);
  g_clear_pointer (&self->pinged, g_bytes_unref);
  g_assert_finalize_object (self->socket);
}

WsMessage *
interop_client_take (InteropClient *self)
{
  ws_test_until (NULL, !g_queue_is_empty (&self->messages) || self->is_over);
  g_assert_false (g_queue_is_empty (&self->messages));
  return g_queue_pop_head (&self->messages);
}

void
interop_client_expect (InteropClient *self,
                       WsMessageType  type,
                       const char    *data,
                       gsize          size)
{
  g_autoptr (WsMessage) message = interop_client_take (self);
  GBytes *bytes = ws_message_get_bytes (message);

  g_assert_cmpint (ws_message_get_message_type (message), ==, type);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                   data, size);
}

void
interop_client_expect_text (InteropClient *self, const char *text)
{
  interop_client_expect (self, WS_MESSAGE_TYPE_TEXT, text, strlen (text));
}
