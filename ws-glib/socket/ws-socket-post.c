/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What other threads ask of a socket, and how it reaches the socket's own. */
#include "socket/ws-socket-post.h"

#include "ws-socket-error.h"
#include "socket/ws-socket-ending.h"
#include "socket/ws-socket-log.h"
#include "socket/ws-socket-state.h"
#include "net/ws-log.h"

typedef enum
{
  POST_MESSAGE,
  POST_CLOSE,
  POST_SLOW /* what a broadcast asks of the server's thread */
} PostKind;

typedef struct
{
  WsMail     mail;
  PostKind   kind;
  WsSocket  *socket;  /* (owned) */
  WsMessage *message; /* (owned) (nullable) */
  guint      code;
  char      *reason; /* (owned) (nullable) */
} SocketPost;

/* --- Delivery --- */

static void
post_free (SocketPost *post)
{
  g_clear_pointer (&post->message, ws_message_unref);
  g_free (post->reason);
  g_object_unref (post->socket);
  g_free (post);
}

static const char *
name_post (const SocketPost *post)
{
  return post->kind == POST_MESSAGE ? "message" : "close";
}

static void
note_lost (SocketPost *post)
{
  if (post->kind == POST_MESSAGE)
    ws_mailbox_note_lost (&ws_socket_peek (post->socket)->mailbox);
}

static void
drop (SocketPost *post, const char *why)
{
  ws_socket_log (post->socket, "a posted %s is dropped: %s", name_post (post),
                 why);
  note_lost (post);
}

/* A client for which a broadcast had no room any more. */
static void
close_slow (WsSocket *self)
{
  WsSocketPrivate *priv = ws_socket_peek (self);
  guint            attempt = priv->now.number;
  g_autofree char *reason = NULL;
  g_autoptr (GError) error = NULL;

  if (priv->state != WS_STATE_CONNECTED || priv->now.engine == NULL)
    return;
  reason = g_strdup_printf ("Too slow: more than max-bytes-to-write "
                            "(%" G_GUINT64_FORMAT " bytes) would wait",
                            priv->settings->max_bytes_to_write);
  error = g_error_new (WS_SOCKET_ERROR, WS_SOCKET_ERROR_BUFFER_FULL,
                       "The peer reads too slowly for a broadcast: more than "
                       "max-bytes-to-write (%" G_GUINT64_FORMAT " bytes) "
                       "would wait",
                       priv->settings->max_bytes_to_write);
  ws_socket_fail (self, error);
  if (attempt == priv->now.number)
    ws_socket_close (self, WS_CLOSE_CODE_TRY_AGAIN_LATER, reason, NULL);
}

static void
deliver (SocketPost *post)
{
  g_autoptr (GError) error = NULL;
  gboolean is_taken = TRUE;

  switch (post->kind)
    {
    case POST_MESSAGE:
      is_taken
          = ws_socket_send_message (post->socket, post->message, &error) >= 0;
      break;
    case POST_CLOSE:
      is_taken
          = ws_socket_close (post->socket, post->code, post->reason, &error);
      break;
    case POST_SLOW:
      close_slow (post->socket);
      break;
    }
  if (!is_taken)
    drop (post, error->message);
}

static void
on_post (WsPost *base)
{
  SocketPost *post = WS_CONTAINER_OF (base, SocketPost, mail.post);

  if (ws_mailbox_is_current (&ws_socket_peek (post->socket)->mailbox,
                             &post->mail))
    deliver (post);
  else
    drop (post, "its connection is over");
  post_free (post);
}

/* --- Posting --- */

static SocketPost *
post_new (WsSocket *self, PostKind kind)
{
  SocketPost *post = g_new0 (SocketPost, 1);

  post->mail.post.func = on_post;
  post->kind = kind;
  post->socket = g_object_ref (self);
  return post;
}

/* Takes @post. */
static void
submit (SocketPost *post)
{
  if (ws_mailbox_submit (&ws_socket_peek (post->socket)->mailbox, &post->mail))
    return;
  /* In whatever thread this is, nothing may look at the socket. */
  ws_log (&(WsLogFacts){ 0 },
          "a posted %s is dropped: the socket is unconnected",
          name_post (post));
  note_lost (post);
  post_free (post);
}

void
ws_socket_post_slow (WsSocket *self)
{
  submit (post_new (self, POST_SLOW));
}

/**
 * ws_socket_post_message:
 * @self: a socket
 * @message: the message
 *
 * Sends a message, from any thread.
 *
 * It is sent in the thread that the socket belongs to, when its main context is
 * iterated, after everything that was posted before. There is no error at this
 * time: a message that arrives when the socket is not
 * [enum@Ws.State.connected], or is connected anew, or does not fit in
 * [property@Socket:max-bytes-to-write], is counted as dropped in
 * [property@Socket:statistics], and a debug message tells why.
 *
 * The caller may drop its last reference to the socket right after this call:
 * what was posted goes out first. A main context that is never iterated again
 * keeps the socket.
 *
 * Since: 1.0
 */
void
ws_socket_post_message (WsSocket *self, WsMessage *message)
{
  SocketPost *post;

  g_return_if_fail (WS_IS_SOCKET (self));
  g_return_if_fail (message != NULL);

  post = post_new (self, POST_MESSAGE);
  post->message = ws_message_ref (message);
  submit (post);
}

/**
 * ws_socket_post_close:
 * @self: a socket
 * @code: the close code, as for [method@Socket.close]
 * @reason: (nullable): why, for the peer
 * @error: return location for an error
 *
 * Closes a socket, from any thread.
 *
 * As [method@Socket.close], in the thread that the socket belongs to, after
 * everything that was posted before; an attempt to open is given up. Nothing
 * happens to an unconnected socket, one that waits to reconnect included. Only
 * the arguments are judged at this time, and refused with
 * %WS_SOCKET_ERROR_INVALID_ARGUMENT.
 *
 * Returns: whether the arguments are right
 *
 * Since: 1.0
 */
gboolean
ws_socket_post_close (WsSocket   *self,
                      guint       code,
                      const char *reason,
                      GError    **error)
{
  SocketPost *post;

  g_return_val_if_fail (WS_IS_SOCKET (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!ws_socket_check_closing (code, reason, error))
    return FALSE;
  post = post_new (self, POST_CLOSE);
  post->code = code;
  post->reason = g_strdup (reason);
  submit (post);
  return TRUE;
}
