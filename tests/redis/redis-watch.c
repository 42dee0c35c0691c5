/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "redis-watch.h"

#include <string.h>

#include "support/ws-test.h"

static void
on_error (WsBroker *broker, const GError *error, gpointer data)
{
  RedisWatch *self = data;

  g_clear_error (&self->error);
  self->error = g_error_copy (error);
  self->n_errors++;
}

RedisWatch *
redis_watch_new (WsBroker *broker)
{
  RedisWatch *self = g_new0 (RedisWatch, 1);

  self->broker = g_object_ref (broker);
  self->handler
      = g_signal_connect (broker, "error", G_CALLBACK (on_error), self);
  return self;
}

void
redis_watch_free (RedisWatch *self)
{
  g_signal_handler_disconnect (self->broker, self->handler);
  g_object_unref (self->broker);
  g_clear_error (&self->error);
  g_free (self);
}

void
redis_watch_wait (RedisWatch *self, WsBrokerState state)
{
  ws_test_until (NULL, ws_broker_get_state (self->broker) == state);
}

void
redis_watch_expect (RedisWatch *self, const char *text)
{
  ws_test_until (NULL, self->error != NULL
                           && strstr (self->error->message, text) != NULL);
}

static void
on_published (GObject *broker, GAsyncResult *result, gpointer data)
{
  GAsyncResult **place = data;

  *place = g_object_ref (result);
}

GError *
redis_watch_publish (WsBroker *broker, const char *topic, const char *text)
{
  g_autoptr (WsMessage) message = ws_message_new_text (text);
  g_autoptr (WsPublication) publication = ws_publication_new (topic, message);
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  ws_broker_publish_async (broker, publication, NULL, on_published, &result);
  ws_test_until (NULL, result != NULL);
  ws_broker_publish_finish (broker, result, &error);
  return error;
}
