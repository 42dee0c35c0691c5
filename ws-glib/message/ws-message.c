/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One message, text or binary, as an immutable boxed type. */
#include "message/ws-message-private.h"

#include <string.h>

#include "protocol/ws-utf8.h"
#include "ws-socket-error.h"
#include "base/ws-tsan-private.h"

/* The payload is copied behind the message when it is short, which saves two
 * allocations; else it is the given bytes. */
struct _WsMessage
{
  gatomicrefcount n_refs;
  WsMessageType   type;
  const guint8   *data; /* (unowned): in @store or in @bytes */
  gsize           len;
  GBytes         *bytes; /* (owned) (nullable) (atomic): made when asked for */
  char           *text;  /* (owned) (nullable) (atomic): a copy with a NUL, made
                            when asked for, of what is in @bytes */
  char            store[]; /* with a NUL behind it */
};

G_DEFINE_BOXED_TYPE (WsMessage, ws_message, ws_message_ref, ws_message_unref)

WsMessage *
ws_message_new_copy (WsMessageType type, const guint8 *data, gsize len)
{
  WsMessage *self = g_malloc (sizeof *self + len + 1);

  *self = (WsMessage){ .type = type,
                       .data = (const guint8 *) self->store,
                       .len = len };
  g_atomic_ref_count_init (&self->n_refs);
  if (len > 0)
    memcpy (self->store, data, len);
  self->store[len] = '\0';
  return self;
}

WsMessage *
ws_message_new_valid (WsMessageType type, GBytes *bytes)
{
  WsMessage *self = g_new0 (WsMessage, 1);

  self->type = type;
  self->bytes = g_bytes_ref (bytes);
  self->data = g_bytes_get_data (bytes, &self->len);
  g_atomic_ref_count_init (&self->n_refs);
  return self;
}

GBytes *
ws_message_peek_bytes (WsMessage *self)
{
  return g_atomic_pointer_get (&self->bytes);
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
  gsize len;

  g_return_val_if_fail (text != NULL, NULL);
  len = strlen (text);
  g_return_val_if_fail (ws_utf8_is_valid ((const guint8 *) text, len), NULL);
  return ws_message_new_copy (WS_MESSAGE_TYPE_TEXT, (const guint8 *) text, len);
}

/**
 * ws_message_new_characters: (rename-to ws_message_new_text)
 * @text: (array length=n_characters): characters, which may be U+0000
 * @n_characters: how many there are
 * @error: return location for a #GError
 *
 * Creates a text message from the characters of a string, all of them, as
 * languages have it whose strings do not end at U+0000.
 *
 * What is no character, as half a surrogate pair, is
 * %WS_SOCKET_ERROR_INVALID_UTF8.
 *
 * Returns: (transfer full): a new message, or %NULL with @error set
 *
 * Since: 1.0
 */
WsMessage *
ws_message_new_characters (const gunichar *text,
                           gsize           n_characters,
                           GError        **error)
{
  g_autoptr (GString) utf8 = g_string_sized_new (n_characters);
  g_autoptr (GBytes) bytes = NULL;

  g_return_val_if_fail (text != NULL || n_characters == 0, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  for (gsize i = 0; i < n_characters; i++)
    {
      if (!g_unichar_validate (text[i]))
        {
          g_set_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_INVALID_UTF8,
                       "U+%04X, at %" G_GSIZE_FORMAT ", is no character",
                       text[i], i);
          return NULL;
        }
      g_string_append_unichar (utf8, text[i]);
    }
  bytes = g_string_free_to_bytes (g_steal_pointer (&utf8));
  return ws_message_new_valid (WS_MESSAGE_TYPE_TEXT, bytes);
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

  g_atomic_ref_count_inc (&self->n_refs);
  return self;
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

  WS_TSAN_RELEASE (self);
  if (!g_atomic_ref_count_dec (&self->n_refs))
    return;
  WS_TSAN_ACQUIRE (self);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_free (self->text);
  g_free (self);
}

/**
 * ws_message_get_message_type:
 * @self: a message
 *
 * Gets what the message is made of.
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
 * ws_message_get_data:
 * @self: a message
 * @length: (out): how many bytes there are
 *
 * Gets the payload, of a text message too.
 *
 * Returns: (transfer none) (array length=length): its bytes, for as long as the
 *   message lives
 *
 * Since: 1.0
 */
const guint8 *
ws_message_get_data (WsMessage *self, gsize *length)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (length != NULL, NULL);

  *length = self->len;
  return self->data;
}

/**
 * ws_message_get_bytes:
 * @self: a message
 *
 * Gets the payload, of a text message too.
 *
 * Returns: (transfer none): its bytes, for as long as the message lives
 *
 * Since: 1.0
 */
GBytes *
ws_message_get_bytes (WsMessage *self)
{
  GBytes *bytes;

  g_return_val_if_fail (self != NULL, NULL);

  bytes = g_atomic_pointer_get (&self->bytes);
  if (bytes != NULL)
    return bytes;

  bytes = g_bytes_new (self->data, self->len);
  if (g_atomic_pointer_compare_and_exchange (&self->bytes, NULL, bytes))
    return bytes;
  g_bytes_unref (bytes);
  return g_atomic_pointer_get (&self->bytes);
}

/**
 * ws_message_get_text:
 * @self: a message
 *
 * Gets the payload of a text message.
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
  char *text;

  g_return_val_if_fail (self != NULL, NULL);

  if (self->type != WS_MESSAGE_TYPE_TEXT)
    return NULL;
  if (self->data == (const guint8 *) self->store)
    return self->store;

  text = g_atomic_pointer_get (&self->text);
  if (text != NULL)
    return text;
  text = g_strndup ("", self->len);
  if (self->len > 0)
    memcpy (text, self->data, self->len);
  if (g_atomic_pointer_compare_and_exchange (&self->text, NULL, text))
    return text;
  g_free (text);
  return g_atomic_pointer_get (&self->text);
}
