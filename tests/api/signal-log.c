/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signal-log.h"

#include "words.h"

#define add(log, ...) words_add (((SignalLog *) (log))->words, __VA_ARGS__)

static void
on_notify_state (WsSocket *socket, GParamSpec *pspec, gpointer user_data)
{
  add (user_data, "state=%s",
       words_nick (WS_TYPE_STATE, ws_socket_get_state (socket)));
}

static void
on_notify_active (WsSocket *socket, GParamSpec *pspec, gpointer user_data)
{
  if (!ws_socket_get_active (socket))
    add (user_data, "inactive");
}

static void
on_notify_close_code (WsSocket *socket, GParamSpec *pspec, gpointer user_data)
{
  if (ws_socket_get_close_code (socket) != 1000)
    add (user_data, "code=%u", ws_socket_get_close_code (socket));
}

static void
on_state_changed (WsSocket *socket, WsState state, gpointer user_data)
{
  g_assert_cmpint (state, ==, ws_socket_get_state (socket));
  add (user_data, "changed:%s", words_nick (WS_TYPE_STATE, state));
}

static void
on_error (WsSocket *socket, const GError *error, gpointer user_data)
{
  const char *shown = ws_socket_get_error_string (socket);

  g_assert_true (error->domain == WS_SOCKET_ERROR);
  g_assert_cmpstr (error->message, !=, "");
  /* A call that is refused is no error of the connection. */
  if (*shown != '\0')
    g_assert_cmpstr (error->message, ==, shown);
  add (user_data, "error:%s", words_nick (WS_TYPE_SOCKET_ERROR, error->code));
}

static void
on_text (WsSocket *socket, const char *text, gpointer user_data)
{
  add (user_data, "text:%s", text);
}

static void
on_binary (WsSocket *socket, GBytes *bytes, gpointer user_data)
{
  add (user_data, "binary:%zu", g_bytes_get_size (bytes));
}

static void
on_connected (WsSocket *socket, gpointer user_data)
{
  g_assert_true (ws_socket_is_valid (socket));
  add (user_data, "connected");
}

static void
on_about_to_close (WsSocket *socket, gpointer user_data)
{
  add (user_data, "about-to-close");
}

static void
on_read_finished (WsSocket *socket, gpointer user_data)
{
  add (user_data, "read-finished");
}

static void
on_disconnected (WsSocket *socket, gpointer user_data)
{
  add (user_data, "disconnected");
}

static void
on_drained (WsSocket *socket, gpointer user_data)
{
  add (user_data, "drained");
}

static void
on_reconnecting (WsSocket *socket,
                 guint     attempt,
                 guint     delay_ms,
                 gpointer  user_data)
{
  g_assert_true (ws_socket_get_active (socket));
  g_assert_cmpint (ws_socket_get_state (socket), ==, WS_STATE_UNCONNECTED);
  g_assert_cmpuint (delay_ms, >, 0);
  add (user_data, "reconnecting:%u", attempt);
}

SignalLog *
signal_log_new (WsSocket *socket)
{
  static const struct
  {
    const char *signal;
    GCallback   handler;
  } handlers[] = {
    { "notify::state", G_CALLBACK (on_notify_state) },
    { "notify::active", G_CALLBACK (on_notify_active) },
    { "notify::close-code", G_CALLBACK (on_notify_close_code) },
    { "state-changed", G_CALLBACK (on_state_changed) },
    { "error", G_CALLBACK (on_error) },
    { "text-message-received", G_CALLBACK (on_text) },
    { "binary-message-received", G_CALLBACK (on_binary) },
    { "connected", G_CALLBACK (on_connected) },
    { "about-to-close", G_CALLBACK (on_about_to_close) },
    { "read-channel-finished", G_CALLBACK (on_read_finished) },
    { "disconnected", G_CALLBACK (on_disconnected) },
    { "drained", G_CALLBACK (on_drained) },
    { "reconnecting", G_CALLBACK (on_reconnecting) },
  };
  SignalLog *self = g_new0 (SignalLog, 1);

  self->socket = socket;
  self->words = g_string_new (NULL);
  g_object_add_weak_pointer (G_OBJECT (socket), (gpointer *) &self->socket);
  for (guint i = 0; i < G_N_ELEMENTS (handlers); i++)
    g_signal_connect (socket, handlers[i].signal, handlers[i].handler, self);
  return self;
}

void
signal_log_free (SignalLog *self)
{
  if (self->socket != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->socket, self);
      g_object_remove_weak_pointer (G_OBJECT (self->socket),
                                    (gpointer *) &self->socket);
    }
  g_string_free (self->words, TRUE);
  g_free (self);
}

void
signal_log_expect (SignalLog *self, const char *words)
{
  words_expect (self->words, words);
}

guint
signal_log_count (SignalLog *self, const char *word)
{
  g_auto (GStrv) words = g_strsplit (self->words->str, " ", -1);
  guint n = 0;

  for (guint i = 0; words[i] != NULL; i++)
    n += g_str_equal (words[i], word);
  return n;
}
