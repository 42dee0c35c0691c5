/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine-rig.h"

#include <glib-unix.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* --- The sink --- */

static void say (Rig *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
say (Rig *self, const char *format, ...)
{
  va_list args;

  if (self->log->len > 0)
    g_string_append_c (self->log, ' ');
  va_start (args, format);
  g_string_append_vprintf (self->log, format, args);
  va_end (args);
}

static void
call_hook (Rig *self, const char *what)
{
  if (self->hook != NULL)
    self->hook (self, what);
}

static void
say_payload (Rig *self, const char *what, const WsEvent *event)
{
  self->event = event;
  if (event->len > 64)
    say (self, "%s[%" G_GSIZE_FORMAT "]", what, event->len);
  else
    say (self, "%s(%.*s)", what, (int) event->len, event->data);
}

static void
say_error (Rig *self, const char *what, const GError *error)
{
  static const char *const names[]
      = { "PROTOCOL",           "INVALID_UTF8", "TOO_BIG",  "INVALID_REQUEST",
          "HANDSHAKE_REJECTED", "TIMED_OUT",    "PEER_GONE" };

  if (error == NULL)
    say (self, "%s", what);
  else if (error->domain == WS_ENGINE_ERROR)
    say (self, "%s!%s", what, names[error->code]);
  else
    say (self, "%s!%s", what, g_quark_to_string (error->domain));
}

static gboolean
on_enter (gpointer user_data)
{
  return ((Rig *) user_data)->wants_frames;
}

static void
on_frame (gpointer user_data, WsEvent *event)
{
  say_payload (user_data, event->is_last ? "last-frame" : "frame", event);
  call_hook (user_data, "frame");
}

static void
on_message (gpointer user_data, WsEvent *event)
{
  say_payload (user_data, event->opcode == WS_OPCODE_TEXT ? "text" : "binary",
               event);
  call_hook (user_data, "message");
}

static void
on_piece (gpointer user_data, WsEvent *event)
{
  say_payload (user_data, "piece", event);
  call_hook (user_data, "piece");
}

static void
on_ping (gpointer user_data, WsEvent *event)
{
  say_payload (user_data, "ping", event);
  call_hook (user_data, "ping");
}

static void
on_pong (gpointer user_data, WsEvent *event, gint64 elapsed, gboolean by_user)
{
  Rig *self = user_data;

  self->elapsed = elapsed;
  if (by_user)
    say_payload (self, elapsed < 0 ? "unasked-pong" : "pong", event);
  else
    say (self, "keepalive-pong");
  call_hook (self, "pong");
}

static void
on_about_to_close (gpointer user_data, const GError *error)
{
  say_error (user_data, "about-to-close", error);
  call_hook (user_data, "about-to-close");
}

static void
on_closing (gpointer user_data)
{
  say (user_data, "closing");
  call_hook (user_data, "closing");
}

static void
on_read_finished (gpointer user_data)
{
  say (user_data, "read-finished");
  call_hook (user_data, "read-finished");
}

static void
on_broken (gpointer user_data, const GError *error)
{
  Rig *self = user_data;

  g_assert_nonnull (error);
  g_assert_true (ws_engine_get_failure (self->engine) == error);
  self->told_broken = TRUE;
  call_hook (self, "broken");
}

static void
on_written (gpointer user_data, guint64 n_bytes)
{
  Rig *self = user_data;

  g_assert_cmpuint (n_bytes, >, 0);
  self->written += n_bytes;
  call_hook (self, "written");
}

static void
on_drained (gpointer user_data)
{
  say (user_data, "drained");
  call_hook (user_data, "drained");
}

static void
on_ended (gpointer user_data, const GError *error)
{
  Rig      *self = user_data;
  WsEngine *engine = g_steal_pointer (&self->engine);

  g_assert_false (self->ended);
  g_assert_nonnull (engine);
  self->ended = TRUE;
  self->closing = *ws_engine_get_closing (engine);
  self->closing.reason = g_strdup (self->closing.reason);
  say_error (self, "ended", error);
  call_hook (self, "ended");
  ws_engine_unref (engine);
}

static const WsEngineSink sink = {
  .enter = on_enter,
  .frame = on_frame,
  .message = on_message,
  .piece = on_piece,
  .ping = on_ping,
  .pong = on_pong,
  .about_to_close = on_about_to_close,
  .closing = on_closing,
  .read_finished = on_read_finished,
  .broken = on_broken,
  .written = on_written,
  .drained = on_drained,
  .ended = on_ended,
};

/* --- Life --- */

static void
draw (gpointer user_data, guint8 mask[4])
{
  memcpy (mask, "\x01\x80\xff\x3c", 4);
}

static void
make_tcp_pair (int fds[2])
{
  struct sockaddr_in address = { .sin_family = AF_INET };
  socklen_t          len = sizeof address;
  int listening = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  g_assert_no_errno (
      bind (listening, (struct sockaddr *) &address, sizeof address));
  g_assert_no_errno (listen (listening, 1));
  g_assert_no_errno (
      getsockname (listening, (struct sockaddr *) &address, &len));
  fds[0] = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_no_errno (
      connect (fds[0], (struct sockaddr *) &address, sizeof address));
  fds[1] = accept (listening, NULL, NULL);
  g_assert_no_errno (fds[1]);
  close (listening);
}

Rig *
rig_new_for_transport (GMainContext *context,
                       WsRole        role,
                       WsTransport  *transport)
{
  Rig *self = g_new0 (Rig, 1);

  self->context = g_main_context_ref (context);
  self->poller = ws_poller_ref (transport->poller);
  self->role = role;
  self->peer = -1;
  self->inbox = g_byte_array_new ();
  self->log = g_string_new (NULL);
  self->settings = ws_settings_default ();
  self->settings.ping_interval = 0;
  self->settings.frame_timeout = 0;
  self->settings.message_timeout = 0;
  self->settings.write_timeout = 0;
  self->settings.close_timeout = WS_TEST_DEADLINE * 1000;
  self->engine = ws_engine_new (transport, role, &self->settings, &sink, self);
  if (role == WS_ROLE_CLIENT)
    ws_engine_set_draw (self->engine, draw, self);
  return self;
}

static Rig *
rig_new_in (GMainContext *context, WsRole role, RigKind kind)
{
  g_autoptr (WsPoller) poller = ws_poller_get (context);
  Rig *self;
  int  fds[2];

  if (kind == RIG_TCP)
    make_tcp_pair (fds);
  else
    g_assert_no_errno (
        socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds));
  self = rig_new_for_transport (context, role,
                                ws_transport_new_for_fd (poller, fds[0]));
  self->peer = fds[1];
  g_unix_set_fd_nonblocking (self->peer, TRUE, NULL);
  rig_peer_set_reading (self, TRUE);
  return self;
}

Rig *
rig_new_waiting (WsRole role, RigKind kind)
{
  g_autoptr (GMainContext) context = g_main_context_new ();

  return rig_new_in (context, role, kind);
}

Rig *
rig_new_beside (Rig *other, WsRole role)
{
  Rig *self = rig_new_in (other->context, role, RIG_UNIX);

  ws_engine_start (self->engine);
  return self;
}

Rig *
rig_new (WsRole role, RigKind kind)
{
  Rig *self = rig_new_waiting (role, kind);

  ws_engine_start (self->engine);
  return self;
}

void
rig_free (Rig *self)
{
  rig_peer_hang_up (self);
  g_clear_pointer (&self->engine, ws_engine_drop);
  g_byte_array_unref (self->inbox);
  g_string_free (self->log, TRUE);
  g_free (self->closing.reason);
  ws_poller_unref (self->poller);
  g_main_context_unref (self->context);
  g_free (self);
}

/* --- Expecting --- */

void
rig_settle (Rig *self)
{
  while (g_main_context_iteration (self->context, FALSE))
    ;
}

void
rig_check_log (Rig        *self,
               const char *file,
               int         line,
               const char *function,
               const char *expected)
{
  WsTestWait wait;

  ws_test_wait_begin (&wait, self->context);
  while (strlen (self->log->str) < strlen (expected) && !wait.expired)
    g_main_context_iteration (self->context, TRUE);
  ws_test_wait_end (&wait);
  rig_settle (self);
  if (strcmp (self->log->str, expected) != 0)
    g_assertion_message_cmpstr (G_LOG_DOMAIN, file, line, function, "the log",
                                self->log->str, "==", expected);
  g_string_truncate (self->log, 0);
}

void
rig_check_read (Rig        *self,
                const char *file,
                int         line,
                const char *function,
                const char *expected)
{
  g_autofree char *frames = NULL;
  WsTestWait       wait;

  ws_test_wait_begin (&wait, self->context);
  for (;;)
    {
      g_free (frames);
      frames = wire_describe (self->inbox->data, self->inbox->len,
                              self->role == WS_ROLE_CLIENT);
      if (strcmp (frames, expected) == 0 || wait.expired)
        break;
      g_main_context_iteration (self->context, TRUE);
    }
  ws_test_wait_end (&wait);
  if (strcmp (frames, expected) != 0)
    g_assertion_message_cmpstr (G_LOG_DOMAIN, file, line, function,
                                "what the peer read", frames, "==", expected);
  g_byte_array_set_size (self->inbox, 0);
}

gboolean
rig_has_read_frame (Rig *self)
{
  g_autofree char *frames = wire_describe (self->inbox->data, self->inbox->len,
                                           self->role == WS_ROLE_CLIENT);

  return self->inbox->len > 6 && strstr (frames, "cut[") == NULL;
}

void
rig_send_text (Rig *self, const char *text)
{
  ws_engine_send (self->engine, WS_OPCODE_TEXT, (const guint8 *) text,
                  strlen (text), NULL);
}

/* --- The peer --- */

static gboolean
on_peer_ready (int fd, GIOCondition condition, gpointer user_data)
{
  Rig   *self = user_data;
  guint8 data[65536];
  gssize n = recv (fd, data, sizeof data, 0);

  if (n > 0)
    {
      g_byte_array_append (self->inbox, data, n);
      return G_SOURCE_CONTINUE;
    }
  self->peer_at_end = TRUE;
  return G_SOURCE_REMOVE;
}

void
rig_peer_set_reading (Rig *self, gboolean reading)
{
  if (self->peer_source != NULL)
    {
      g_source_destroy (self->peer_source);
      g_clear_pointer (&self->peer_source, g_source_unref);
    }
  if (!reading)
    return;
  self->peer_source = g_unix_fd_source_new (self->peer, G_IO_IN);
  g_source_set_callback (self->peer_source, G_SOURCE_FUNC (on_peer_ready), self,
                         NULL);
  g_source_attach (self->peer_source, self->context);
}

void
rig_peer_write (Rig *self, gconstpointer data, gsize len)
{
  const guint8 *p = data;

  while (len > 0)
    {
      gssize n = send (self->peer, p, len, MSG_NOSIGNAL);

      if (n > 0)
        {
          p += n;
          len -= n;
        }
      else
        {
          g_assert_cmpint (errno, ==, EAGAIN);
          g_main_context_iteration (self->context, FALSE);
        }
    }
}

void
rig_peer_hex (Rig *self, const char *hex)
{
  gsize              len;
  g_autofree guint8 *bytes = ws_test_hex (hex, &len);

  rig_peer_write (self, bytes, len);
}

void
rig_peer_frame (
    Rig *self, gboolean fin, WsOpcode opcode, gconstpointer payload, gsize len)
{
  g_autoptr (GByteArray) wire = g_byte_array_new ();

  wire_append (wire, fin, opcode, payload, len, self->role == WS_ROLE_SERVER);
  rig_peer_write (self, wire->data, wire->len);
}

void
rig_peer_text (Rig *self, const char *text)
{
  rig_peer_frame (self, TRUE, WS_OPCODE_TEXT, text, strlen (text));
}

void
rig_peer_close (Rig *self, guint code, const char *reason)
{
  g_autoptr (GByteArray) wire = g_byte_array_new ();

  wire_append_close (wire, code, reason, self->role == WS_ROLE_SERVER);
  rig_peer_write (self, wire->data, wire->len);
}

void
rig_peer_hang_up (Rig *self)
{
  if (self->peer < 0)
    return;
  rig_peer_set_reading (self, FALSE);
  close (self->peer);
  self->peer = -1;
}

void
rig_peer_reset (Rig *self)
{
  struct linger linger = { .l_onoff = 1 };

  g_assert_no_errno (
      setsockopt (self->peer, SOL_SOCKET, SO_LINGER, &linger, sizeof linger));
  rig_peer_hang_up (self);
}

void
rig_add_test (const char *path, const char *name, GTestDataFunc test)
{
  g_autofree char *client = g_strdup_printf ("%s/%s/client", path, name);
  g_autofree char *server = g_strdup_printf ("%s/%s/server", path, name);

  g_test_add_data_func (client, GINT_TO_POINTER (WS_ROLE_CLIENT), test);
  g_test_add_data_func (server, GINT_TO_POINTER (WS_ROLE_SERVER), test);
}
