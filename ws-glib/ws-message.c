/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ws-message-private.h"

#include <string.h>

#include "protocol/ws-utf8.h"
#include "ws-socket-error.h"

struct _WsMessage
{
  WsMessageType type;
  GBytes       *bytes; /* (owned) */
  char         *text;  /* (nullable) (atomic): @bytes with a NUL behind them;
                          made when asked for, by whichever thread is first */
  gboolean      owns_text; /* else it is the storage of @bytes */
};

G_DEFINE_BOXED_TYPE (WsMessage, ws_message, ws_message_ref, ws_message_unref)

WsMessage *
ws_message_new_valid (WsMessageType type, GBytes *bytes)
{
  WsMessage *self = g_atomic_rc_box_new0 (WsMessage);

  self->type = type;
  self->bytes = g_bytes_ref (bytes);
  self->owns_text = TRUE;
  return self;
}

static void
clear (gpointer data)
{
  WsMessage *self = data;

  if (self->owns_text)
    g_free (self->text);
  g_bytes_unref (self->bytes);
}

/**
 * ws_message_new_text:
 * @text: valid UTF-8
 *
 * Creates a text message.
 *
 * Returns: (transfer full): a new message
 *
 * Since: 1.0
 */
WsMessage *
ws_message_new_text (const char *text)
{
  g_autoptr (GBytes) bytes = NULL;
  WsMessage *self = NULL;
  char      *copy = NULL;
  gsize      len;

  g_return_val_if_fail (text != NULL, NULL);
  len = strlen (text);
  g_return_val_if_fail (ws_utf8_is_valid ((const guint8 *) text, len), NULL);

  copy = g_memdup2 (text, len + 1);
  bytes = g_bytes_new_with_free_func (copy, len, g_free, copy);
  self = ws_message_new_valid (WS_MESSAGE_TYPE_TEXT, bytes);
  self->text = copy;
  self->owns_text = FALSE;
  return self;
}

/**
 * ws_message_new_text_bytes:
 * @bytes: UTF-8, which may hold U+0000
 * @error: return location for a #GError
 *
 * Creates a text message from bytes.
 *
 * Bytes that are not UTF-8 are %WS_SOCKET_ERROR_INVALID_UTF8.
 *
 * Returns: (transfer full): a new message, or %NULL with @error set
 *
 * Since: 1.0
 */
WsMessage *
ws_message_new_text_bytes (GBytes *bytes, GError **error)
{
  const guint8 *data = NULL;
  gsize         len;

  g_return_val_if_fail (bytes != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  data = g_bytes_get_data (bytes, &len);
  if (!ws_utf8_is_valid (data, len))
    {
      g_set_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_INVALID_UTF8,
                   "The %" G_GSIZE_FORMAT " bytes of a text message are not "
                   "valid UTF-8",
                   len);
      return NULL;
    }

  return ws_message_new_valid (WS_MESSAGE_TYPE_TEXT, bytes);
}

/**
 * ws_message_new_binary:
 * @bytes: the payload
 *
 * Creates a binary message.
 *
 * Returns: (transfer full): a new message
 *
 * Since: 1.0
 */
WsMessage *
ws_message_new_binary (GBytes *bytes)
{
  g_return_val_if_fail (bytes != NULL, NULL);

  return ws_message_new_valid (WS_MESSAGE_TYPE_BINARY, bytes);
}

/**
 * ws_message_ref:
 * @self: a message
 *
 * Takes a reference.
 *
 * Returns: (transfer full): @self
 *
 * Since: 1.0
 */
WsMessage *
ws_message_ref (WsMessage *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

/**
 * ws_message_unref:
 * @self: (transfer full): a message
 *
 * Drops a reference; the last one frees the message.
 *
 * Since: 1.0
 */
void
ws_message_unref (WsMessage *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, clear);
}

/**
 * ws_message_get_message_type:
 * @self: a message
 *
 * What the message is made of.
 *
 * Returns: its type
 *
 * Since: 1.0
 */
WsMessageType
ws_message_get_message_type (WsMessage *self)
{
  g_return_val_if_fail (self != NULL, WS_MESSAGE_TYPE_BINARY);

  return self->type;
}

/**
 * ws_message_get_bytes:
 * @self: a message
 *
 * The payload, of a text message too.
 *
 * Returns: (transfer none): its bytes
 *
 * Since: 1.0
 */
GBytes *
ws_message_get_bytes (WsMessage *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->bytes;
}

/**
 * ws_message_get_text:
 * @self: a message
 *
 * The payload of a text message.
 *
 * Text may hold U+0000, where a C string ends too early:
 * [method@Message.get_bytes] has all of it.
 *
 * Returns: (transfer none) (nullable): its text; %NULL for a binary message
 *
 * Since: 1.0
 */
const char *
ws_message_get_text (WsMessage *self)
{
  g_autofree char *copy = NULL;
  char            *text = NULL;
  gconstpointer    data = NULL;
  gsize            len;

  g_return_val_if_fail (self != NULL, NULL);

  if (self->type != WS_MESSAGE_TYPE_TEXT)
    return NULL;

  text = g_atomic_pointer_get (&self->text);
  if (text != NULL)
    return text;

  data = g_bytes_get_data (self->bytes, &len);
  copy = g_malloc (len + 1);
  if (len > 0)
    memcpy (copy, data, len);
  copy[len] = '\0';

  if (g_atomic_pointer_compare_and_exchange (&self->text, NULL, copy))
    return g_steal_pointer (&copy);

  return g_atomic_pointer_get (&self->text);
}
