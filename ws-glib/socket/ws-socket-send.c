/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sending: the arguments are judged here, the engine does the rest. A message
 * leaves whole or not at all. */
#include "socket/ws-socket-send.h"

#include <string.h>

#include "ws-socket-error.h"
#include "socket/ws-socket-handler.h"
#include "socket/ws-socket-queue.h"
#include "socket/ws-socket-state.h"
#include "socket/ws-socket-tap.h"
#include "message/ws-message-private.h"
#include "base/ws-socket-error-private.h"
#include "protocol/ws-utf8.h"

/* Less is copied. */
#define SHARE_MIN ((gsize) 4 * 1024)

gboolean
ws_socket_check_sendable (WsSocket *self, GError **error)
{
  WsSocketPrivate *priv = ws_socket_peek (self);
  const GError    *failure;

  if (!ws_socket_check_thread (self, error))
    return FALSE;
  if (priv->state != WS_STATE_CONNECTED || priv->now.engine == NULL)
    {
      g_set_error_literal (error, WS_SOCKET_ERROR,
                           WS_SOCKET_ERROR_NOT_CONNECTED,
                           priv->state == WS_STATE_CLOSING
                               ? "The connection is closing"
                               : "The socket is not connected");
      return FALSE;
    }
  failure = ws_engine_get_failure (priv->now.engine);
  if (failure != NULL)
    g_propagate_error (error, ws_socket_error_translate (failure));
  return failure == NULL;
}

/* The same as ws_engine_has_room() where messages wait already. */
static gboolean
has_room_behind (WsSocket *self, gsize len)
{
  WsSocketPrivate *priv = ws_socket_peek (self);
  guint64          max = priv->settings->max_bytes_to_write;
  guint64          waiting = ws_socket_get_bytes_to_write (self);

  return waiting <= max
         && ws_engine_get_cost (priv->now.engine, len) <= max - waiting;
}

static void
refuse_room (WsSocket *self, const char *what, gsize len, GError **error)
{
  g_set_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_BUFFER_FULL,
               "A %s of %" G_GSIZE_FORMAT " bytes does not fit: "
               "%" G_GUINT64_FORMAT " bytes wait already, and "
               "max-bytes-to-write is %" G_GUINT64_FORMAT,
               what, len, ws_socket_get_bytes_to_write (self),
               ws_socket_peek (self)->settings->max_bytes_to_write);
}

/* Whether @len bytes of @what still fit in max-bytes-to-write. */
static inline gboolean
check_room (WsSocket *self, const char *what, gsize len, GError **error)
{
  WsSocketPrivate *priv = ws_socket_peek (self);

  if (ws_socket_private_has_outgoing (priv)
          ? has_room_behind (self, len)
          : ws_engine_has_room (priv->now.engine, len))
    return TRUE;
  refuse_room (self, what, len, error);
  return FALSE;
}

/* Others wait already. */
static void
queue_message (WsSocket     *self,
               WsOpcode      opcode,
               const guint8 *data,
               gsize         len,
               GBytes       *bytes)
{
  WsMessageType type = ws_message_type_from_opcode (opcode);
  g_autoptr (WsMessage) message = NULL;

  message = bytes != NULL ? ws_message_new_valid (type, bytes)
                          : ws_message_new_copy (type, data, len);
  ws_socket_queue_message (self, message, NULL);
}

/* The way of nearly all messages, where nothing can be in the way. FALSE:
 * nothing was done, for something may be. */
static inline gboolean
send_short (WsSocket *self, WsOpcode opcode, const guint8 *data, gsize len)
{
  WsSocketPrivate *priv = ws_socket_peek (self);

  return ws_home_is_mine (&priv->home) && priv->state == WS_STATE_CONNECTED
         && priv->now.engine != NULL && priv->async == NULL
         && priv->taps == NULL
         && ws_engine_send_short (priv->now.engine, opcode, data, len);
}

static G_NO_INLINE gssize
send_any (WsSocket     *self,
          WsOpcode      opcode,
          const guint8 *data,
          gsize         len,
          GBytes       *bytes,
          GError      **error)
{
  WsSocketPrivate *priv = ws_socket_peek (self);
  WsEngine        *engine;

  if (!ws_socket_check_sendable (self, error))
    return -1;
  if (!check_room (self, "message", len, error))
    return -1;
  if (ws_socket_private_has_outgoing (priv))
    {
      queue_message (self, opcode, data, len, bytes);
      return len;
    }
  /* Drawing a mask may run a user's code, which may drop the engine. */
  ws_socket_tell_passing (self, { .is_sent = TRUE,
                                  .type = ws_message_type_from_opcode (opcode),
                                  .data = data,
                                  .len = len,
                                  .is_first = TRUE,
                                  .is_last = TRUE });
  engine = ws_engine_ref (priv->now.engine);
  ws_engine_send (engine, opcode, data, len, bytes);
  ws_engine_unref (engine);
  return len;
}

/* Text is valid. */
static inline gssize
send_message (WsSocket     *self,
              WsOpcode      opcode,
              const guint8 *data,
              gsize         len,
              GBytes       *bytes,
              GError      **error)
{
  return send_short (self, opcode, data, len)
             ? (gssize) len
             : send_any (self, opcode, data, len, bytes, error);
}

/* Whether text is valid. That it cannot be sent anyway is the better error. */
static gboolean
check_text (WsSocket *self, const guint8 *text, gsize len, GError **error)
{
  if (ws_utf8_is_valid (text, len))
    return TRUE;
  if (ws_socket_check_sendable (self, error))
    g_set_error_literal (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_INVALID_UTF8,
                         "The text to send is not valid UTF-8");
  return FALSE;
}

/* The same; @data may be what is being handled. */
static G_NO_INLINE gssize
send_large (WsSocket     *self,
            WsOpcode      opcode,
            const guint8 *data,
            gsize         len,
            GError      **error)
{
  g_autoptr (GBytes) shared = NULL;

  if (ws_socket_check_thread (self, NULL))
    shared = ws_socket_share_handled (self, data, len);
  return send_any (self, opcode, data, len, shared, error);
}

/**
 * ws_socket_send_text_message:
 * @self: a socket
 * @message: the text, valid UTF-8
 * @error: return location for an error
 *
 * Sends a text message (RFC 6455, 5.6).
 *
 * It is written with the other messages of this main loop iteration, or before
 * its end when they have become many; long ones leave in fragments of
 * [property@Socket:outgoing-frame-size]. Fails with
 * %WS_SOCKET_ERROR_NOT_CONNECTED, %WS_SOCKET_ERROR_INVALID_UTF8, or
 * %WS_SOCKET_ERROR_BUFFER_FULL when more than
 * [property@Socket:max-bytes-to-write] would wait; nothing is sent then. When
 * an earlier message could not be written it fails with the reason of that,
 * until the connection has ended.
 *
 * Returns: the length of the text in bytes, which may be 0, or -1 on error: to
 *   be tested with `< 0`
 *
 * Since: 1.0
 */
gssize
ws_socket_send_text_message (WsSocket   *self,
                             const char *message,
                             GError    **error)
{
  gsize len;

  g_return_val_if_fail (WS_IS_SOCKET (self), -1);
  g_return_val_if_fail (message != NULL, -1);
  g_return_val_if_fail (error == NULL || *error == NULL, -1);

  len = strlen (message);
  if (!check_text (self, (const guint8 *) message, len, error))
    return -1;
  return send_message (self, WS_OPCODE_TEXT, (const guint8 *) message, len,
                       NULL, error);
}

/**
 * ws_socket_send_characters: (rename-to ws_socket_send_text_message)
 * @self: a socket
 * @message: (array length=n_characters): the characters of a text, which may be
 *   U+0000
 * @n_characters: how many there are
 * @error: return location for an error
 *
 * Sends a text message of all the characters of a string, as languages have it
 * whose strings do not end at U+0000.
 *
 * As [method@Socket.send_text_message] in C in everything else.
 *
 * Returns: the length of the text in bytes, which may be 0, or -1 on error: to
 *   be tested with `< 0`
 *
 * Since: 1.0
 */
gssize
ws_socket_send_characters (WsSocket       *self,
                           const gunichar *message,
                           gsize           n_characters,
                           GError        **error)
{
  g_autoptr (WsMessage) made = NULL;

  g_return_val_if_fail (WS_IS_SOCKET (self), -1);
  g_return_val_if_fail (message != NULL || n_characters == 0, -1);
  g_return_val_if_fail (error == NULL || *error == NULL, -1);

  made = ws_message_new_characters (message, n_characters, error);
  return made != NULL ? ws_socket_send_message (self, made, error) : -1;
}

/**
 * ws_socket_send_binary_message:
 * @self: a socket
 * @message: the bytes; they are referenced, not copied, when they are many
 * @error: return location for an error
 *
 * Sends a binary message.
 *
 * As [method@Socket.send_text_message] in everything else.
 *
 * Returns: the number of bytes, which may be 0, or -1 on error: to be tested
 *   with `< 0`
 *
 * Since: 1.0
 */
gssize
ws_socket_send_binary_message (WsSocket *self, GBytes *message, GError **error)
{
  gconstpointer data;
  gsize         len;

  g_return_val_if_fail (WS_IS_SOCKET (self), -1);
  g_return_val_if_fail (message != NULL, -1);
  g_return_val_if_fail (error == NULL || *error == NULL, -1);

  data = g_bytes_get_data (message, &len);
  return send_message (self, WS_OPCODE_BINARY, data, len, message, error);
}

/**
 * ws_socket_send_data:
 * @self: a socket
 * @type: what the message is
 * @data: (array length=length): the payload, which is copied, unless it is a
 *   large one that a [callback@SocketMessageFunc] was given; text is valid
 *   UTF-8
 * @length: how many bytes @data has
 * @error: return location for an error
 *
 * Sends a message of either type whose bytes lie anywhere.
 *
 * What a [callback@SocketMessageFunc] has got is sent on with this. Large
 * payloads that are in a [struct@GLib.Bytes] or a [struct@Message] already are
 * better sent as such, for they are not copied. Fails as
 * [method@Socket.send_text_message].
 *
 * Returns: the number of bytes, which may be 0, or -1 on error: to be tested
 *   with `< 0`
 *
 * Since: 1.0
 */
gssize
ws_socket_send_data (WsSocket     *self,
                     WsMessageType type,
                     const guint8 *data,
                     gsize         length,
                     GError      **error)
{
  g_return_val_if_fail (WS_IS_SOCKET (self), -1);
  g_return_val_if_fail (type == WS_MESSAGE_TYPE_TEXT
                            || type == WS_MESSAGE_TYPE_BINARY,
                        -1);
  g_return_val_if_fail (data != NULL || length == 0, -1);
  g_return_val_if_fail (error == NULL || *error == NULL, -1);

  if (type == WS_MESSAGE_TYPE_TEXT && !check_text (self, data, length, error))
    return -1;
  if (length > SHARE_MIN)
    return send_large (self, ws_message_type_to_opcode (type), data, length,
                       error);
  return send_message (self, ws_message_type_to_opcode (type), data, length,
                       NULL, error);
}

/**
 * ws_socket_send_message:
 * @self: a socket
 * @message: the message
 * @error: return location for an error
 *
 * Sends a message of either type.
 *
 * The way to send text that contains U+0000, and to send on what
 * [signal@Socket::message-received] brought. Fails as
 * [method@Socket.send_text_message].
 *
 * Returns: the number of bytes, which may be 0, or -1 on error: to be tested
 *   with `< 0`
 *
 * Since: 1.0
 */
gssize
ws_socket_send_message (WsSocket *self, WsMessage *message, GError **error)
{
  const guint8 *data;
  gsize         len;
  WsOpcode      opcode;

  g_return_val_if_fail (WS_IS_SOCKET (self), -1);
  g_return_val_if_fail (message != NULL, -1);
  g_return_val_if_fail (error == NULL || *error == NULL, -1);

  opcode = ws_message_type_to_opcode (ws_message_get_message_type (message));
  data = ws_message_get_data (message, &len);
  return send_message (self, opcode, data, len, ws_message_peek_bytes (message),
                       error);
}

gboolean
ws_socket_check_ping (WsSocket      *self,
                      GBytes        *payload,
                      const guint8 **data,
                      gsize         *len,
                      GError       **error)
{
  *data = (const guint8 *) "";
  *len = 0;
  if (!ws_socket_check_sendable (self, error))
    return FALSE;
  if (payload != NULL && g_bytes_get_size (payload) > 0)
    *data = g_bytes_get_data (payload, len);
  if (*len > WS_CONTROL_PAYLOAD_MAX)
    {
      g_set_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_INVALID_ARGUMENT,
                   "The payload of a ping has %" G_GSIZE_FORMAT
                   " bytes; at most %d are allowed",
                   *len, WS_CONTROL_PAYLOAD_MAX);
      return FALSE;
    }
  return check_room (self, "ping", *len, error);
}

/**
 * ws_socket_ping:
 * @self: a socket
 * @payload: (nullable): at most 125 bytes, which the pong brings back
 * @error: return location for an error
 *
 * Sends a ping; [signal@Socket::pong] tells how long its answer took.
 *
 * It overtakes messages that wait (RFC 6455, 5.5.2). Fails with
 * %WS_SOCKET_ERROR_NOT_CONNECTED, with %WS_SOCKET_ERROR_INVALID_ARGUMENT for a
 * longer payload (RFC 6455, 5.5), or with %WS_SOCKET_ERROR_BUFFER_FULL as
 * [method@Socket.send_text_message].
 *
 * Returns: whether it will be sent
 *
 * Since: 1.0
 */
gboolean
ws_socket_ping (WsSocket *self, GBytes *payload, GError **error)
{
  const guint8 *data;
  gsize         len;
  WsEngine     *engine;

  g_return_val_if_fail (WS_IS_SOCKET (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!ws_socket_check_ping (self, payload, &data, &len, error))
    return FALSE;
  engine = ws_engine_ref (ws_socket_peek (self)->now.engine);
  ws_engine_ping (engine, data, len);
  ws_engine_unref (engine);
  return TRUE;
}

/**
 * ws_socket_flush:
 * @self: a socket
 *
 * Writes now what waits, as far as the transport takes it. Never blocks.
 *
 * Otherwise it is written by the end of the main loop iteration.
 *
 * Returns: whether anything was written; what still waits is in
 *   [property@Socket:bytes-to-write]. Always %FALSE in a thread that the socket
 *   does not belong to
 *
 * Since: 1.0
 */
gboolean
ws_socket_flush (WsSocket *self)
{
  WsSocketPrivate *priv;
  gboolean         has_written;

  g_return_val_if_fail (WS_IS_SOCKET (self), FALSE);

  priv = ws_socket_peek (self);
  if (priv->now.engine == NULL || !ws_socket_check_thread (self, NULL))
    return FALSE;
  g_object_ref (self);
  has_written = ws_engine_flush (priv->now.engine);
  g_object_unref (self);
  return has_written;
}
