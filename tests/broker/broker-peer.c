/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "broker-peer.h"

#include "support/ws-test.h"

#define LARGE ((guint64) 64 * 1024 * 1024)

static void
on_message (WsSocket *socket, WsMessage *message, gpointer data)
{
  BrokerPeer *self = data;

  g_queue_push_tail (&self->received, ws_message_ref (message));
}

BrokerPeer *
broker_peer_new (guint port)
{
  BrokerPeer      *self = g_new0 (BrokerPeer, 1);
  g_autofree char *url = g_strdup_printf ("ws://127.0.0.1:%u", port);

  self->socket = ws_socket_new ();
  g_object_set (self->socket, "max-incoming-message-size", LARGE,
                "max-incoming-frame-size", LARGE, NULL);
  g_signal_connect (self->socket, "message-received", G_CALLBACK (on_message),
                    self);
  ws_socket_open (self->socket, url, NULL);
  ws_test_until (NULL,
                 ws_socket_get_state (self->socket) == WS_STATE_CONNECTED);
  return self;
}

void
broker_peer_free (BrokerPeer *self)
{
  ws_socket_abort (self->socket);
  g_object_unref (self->socket);
  g_queue_clear_full (&self->received, (GDestroyNotify) ws_message_unref);
  g_free (self);
}

static void
say (BrokerPeer *self, const char *format, va_list args)
{
  g_autofree char *text = g_strdup_vprintf (format, args);
  g_autoptr (WsMessage) message = ws_message_new_text (text);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (ws_socket_send_message (self->socket, message, &error), >,
                   0);
  g_assert_no_error (error);
}

void
broker_peer_say (BrokerPeer *self, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  say (self, format, args);
  va_end (args);
}

WsMessage *
broker_peer_take (BrokerPeer *self)
{
  ws_test_until (NULL, self->received.length > 0);
  return g_queue_pop_head (&self->received);
}

char *
broker_peer_take_text (BrokerPeer *self)
{
  g_autoptr (WsMessage) message = broker_peer_take (self);

  return g_strdup (ws_message_get_text (message));
}

void
broker_peer_expect (BrokerPeer *self, const char *text)
{
  g_autofree char *taken = broker_peer_take_text (self);

  g_assert_cmpstr (taken, ==, text);
}

void
broker_peer_do (BrokerPeer *self, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  say (self, format, args);
  va_end (args);
  broker_peer_expect (self, "ok");
}
