/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What GValue cannot transform: text, bytes and messages into each other, and
 * the parameter of a GAction into what that holds. This is done here and not
 * registered, since a library has no say in what a process may transform. */
#include "signal/ws-signal-transform.h"

#include <gio/gio.h>
#include <string.h>

#include "ws-message.h"
#include "ws-socket-error.h"

/* (transfer full) (nullable) */
static GBytes *
peek_into_bytes (const GValue *from)
{
  const char *text;

  if (G_VALUE_HOLDS (from, G_TYPE_BYTES))
    return g_value_dup_boxed (from);
  if (G_VALUE_HOLDS (from, WS_TYPE_MESSAGE))
    {
      WsMessage *message = g_value_get_boxed (from);

      return message != NULL ? g_bytes_ref (ws_message_get_bytes (message))
                             : NULL;
    }
  text = g_value_get_string (from);
  return text != NULL ? g_bytes_new (text, strlen (text)) : NULL;
}

static gboolean
set_text (const GValue *from, GValue *to, GError **error)
{
  g_autoptr (GBytes) bytes = peek_into_bytes (from);
  const char *data;
  gsize       len;

  if (bytes == NULL)
    return TRUE;
  data = g_bytes_get_data (bytes, &len);
  /* Which refuses U+0000 as well: a C string would end there. */
  if (!g_utf8_validate_len (data, len, NULL))
    {
      g_set_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_INVALID_UTF8,
                   "%" G_GSIZE_FORMAT " bytes are no text: they are not valid "
                   "UTF-8 without U+0000",
                   len);
      return FALSE;
    }
  g_value_take_string (to, len > 0 ? g_strndup (data, len) : g_strdup (""));
  return TRUE;
}

static gboolean
is_payload (GType type)
{
  return type == G_TYPE_STRING || type == G_TYPE_BYTES
         || type == WS_TYPE_MESSAGE;
}

/* Of two different types. */
static gboolean
is_payload_pair (GType from, GType to)
{
  return is_payload (from) && (to == G_TYPE_STRING || to == G_TYPE_BYTES);
}

/* Whether @to is something that a variant may hold. */
static gboolean
is_variant_pair (GType from, GType to)
{
  GType basic = G_TYPE_FUNDAMENTAL (to);

  return from == G_TYPE_VARIANT
         && (is_payload (to)
             || g_value_type_transformable (basic, G_TYPE_STRING))
         && to != WS_TYPE_MESSAGE && basic != G_TYPE_OBJECT
         && basic != G_TYPE_POINTER;
}

/* An action without a parameter brings none, which is the default. */
static gboolean
unpack_variant (const GValue *from, GValue *to, GError **error)
{
  GVariant *variant = g_value_get_variant (from);
  GValue    content = G_VALUE_INIT;
  gboolean  fits;

  if (variant == NULL)
    return TRUE;
  if (g_variant_is_of_type (variant, G_VARIANT_TYPE_BYTESTRING))
    {
      g_value_init (&content, G_TYPE_BYTES);
      g_value_take_boxed (&content, g_variant_get_data_as_bytes (variant));
    }
  else
    g_dbus_gvariant_to_gvalue (variant, &content);
  fits = G_IS_VALUE (&content) && !G_VALUE_HOLDS_VARIANT (&content)
         && ws_signal_can_transform (G_VALUE_TYPE (&content), G_VALUE_TYPE (to))
         && ws_signal_transform (&content, to, error);
  if (!fits && error != NULL && *error == NULL)
    g_set_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_INVALID_ARGUMENT,
                 "A variant of type %s cannot become %s",
                 g_variant_get_type_string (variant), G_VALUE_TYPE_NAME (to));
  if (G_IS_VALUE (&content))
    g_value_unset (&content);
  return fits;
}

gboolean
ws_signal_can_transform (GType from, GType to)
{
  return g_value_type_compatible (from, to) || is_payload_pair (from, to)
         || is_variant_pair (from, to) || g_value_type_transformable (from, to);
}

gboolean
ws_signal_transform (const GValue *from, GValue *to, GError **error)
{
  GType from_type = G_VALUE_TYPE (from);

  if (g_value_type_compatible (from_type, G_VALUE_TYPE (to)))
    {
      g_value_copy (from, to);
      return TRUE;
    }
  if (is_variant_pair (from_type, G_VALUE_TYPE (to)))
    return unpack_variant (from, to, error);
  if (!is_payload_pair (from_type, G_VALUE_TYPE (to)))
    return g_value_transform (from, to);
  if (G_VALUE_HOLDS_STRING (to))
    return set_text (from, to, error);
  g_value_take_boxed (to, peek_into_bytes (from));
  return TRUE;
}
