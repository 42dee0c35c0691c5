/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A list of header fields, as a boxed type. */
#include "http/ws-headers-private.h"

#include "protocol/ws-http.h"
#include "ws-socket-error.h"

struct _WsHeaders
{
  WsHttpHeaders *http; /* (owned) */
};

G_DEFINE_BOXED_TYPE (WsHeaders, ws_headers, ws_headers_ref, ws_headers_unref)

static gboolean
is_utf8 (const WsHttpHeaders *http)
{
  for (guint i = 0; i < ws_http_headers_length (http); i++)
    if (!g_utf8_validate (ws_http_headers_peek_value (http, i), -1, NULL))
      return FALSE;
  return TRUE;
}

char *
ws_headers_make_utf8 (const char *text)
{
  if (g_utf8_validate (text, -1, NULL))
    return g_strdup (text);
  return g_convert (text, -1, "UTF-8", "ISO-8859-1", NULL, NULL, NULL);
}

static WsHttpHeaders *
convert (const WsHttpHeaders *http)
{
  WsHttpHeaders *converted = ws_http_headers_new ();

  for (guint i = 0; i < ws_http_headers_length (http); i++)
    {
      g_autofree char *value
          = ws_headers_make_utf8 (ws_http_headers_peek_value (http, i));

      ws_http_headers_append (converted, ws_http_headers_peek_name (http, i),
                              value);
    }
  return converted;
}

WsHeaders *
ws_headers_new_take (WsHttpHeaders *http)
{
  WsHeaders *self = g_atomic_rc_box_new0 (WsHeaders);

  self->http = is_utf8 (http) ? http : convert (http);
  if (self->http != http)
    ws_http_headers_free (http);
  return self;
}

WsHttpHeaders *
ws_headers_peek_http (WsHeaders *self)
{
  return self->http;
}

static void
clear (gpointer data)
{
  WsHeaders *self = data;

  g_clear_pointer (&self->http, ws_http_headers_free);
}

/* A value may be a secret, so the message names the header only. */
static gboolean
check_field (const char *name, const char *value, GError **error)
{
  g_autofree char *quoted = NULL;

  if (!ws_http_header_name_is_valid (name))
    {
      quoted = ws_http_quote (name);
      g_set_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_INVALID_ARGUMENT,
                   "The header name %s is not an HTTP token", quoted);
      return FALSE;
    }

  if (!ws_http_header_value_is_valid (value))
    {
      quoted = ws_http_quote (name);
      g_set_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_INVALID_ARGUMENT,
                   "The value of header %s holds a line break or another "
                   "control character",
                   quoted);
      return FALSE;
    }
  return TRUE;
}

/**
 * ws_headers_new:
 *
 * Creates an empty list of header fields.
 *
 * Returns: (transfer full): a new list
 *
 * Since: 1.0
 */
WsHeaders *
ws_headers_new (void)
{
  return ws_headers_new_take (ws_http_headers_new ());
}

/**
 * ws_headers_ref:
 * @self: a list of header fields
 *
 * Takes a reference.
 *
 * Returns: (transfer full): @self
 *
 * Since: 1.0
 */
WsHeaders *
ws_headers_ref (WsHeaders *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

/**
 * ws_headers_unref:
 * @self: (transfer full): a list of header fields
 *
 * Drops a reference; the last one frees the list.
 *
 * Since: 1.0
 */
void
ws_headers_unref (WsHeaders *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, clear);
}

/**
 * ws_headers_copy:
 * @self: a list of header fields
 *
 * Makes an independent list of the same fields.
 *
 * Returns: (transfer full): the copy
 *
 * Since: 1.0
 */
WsHeaders *
ws_headers_copy (WsHeaders *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return ws_headers_new_take (ws_http_headers_copy (self->http));
}

/**
 * ws_headers_append:
 * @self: a list of header fields
 * @name: the name of a field
 * @value: its value; white space around it is dropped
 * @error: return location for a #GError
 *
 * Adds a field after all others, also when there is one of that name.
 *
 * A @name that is not a token, or a @value with a line break or another
 * control character, is %WS_SOCKET_ERROR_INVALID_ARGUMENT, and nothing
 * changes.
 *
 * Returns: %TRUE if the field was added
 *
 * Since: 1.0
 */
gboolean
ws_headers_append (WsHeaders  *self,
                   const char *name,
                   const char *value,
                   GError    **error)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (name != NULL, FALSE);
  g_return_val_if_fail (value != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!check_field (name, value, error))
    return FALSE;

  ws_http_headers_append (self->http, name, value);
  return TRUE;
}

/**
 * ws_headers_replace:
 * @self: a list of header fields
 * @name: the name of a field
 * @value: its value; white space around it is dropped
 * @error: return location for a #GError
 *
 * Removes all fields of that name and adds this one after all others.
 *
 * A @name that is not a token, or a @value with a line break or another
 * control character, is %WS_SOCKET_ERROR_INVALID_ARGUMENT, and nothing
 * changes.
 *
 * Returns: %TRUE if the field was added
 *
 * Since: 1.0
 */
gboolean
ws_headers_replace (WsHeaders  *self,
                    const char *name,
                    const char *value,
                    GError    **error)
{
  g_autofree char *own_name = NULL, *own_value = NULL;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (name != NULL, FALSE);
  g_return_val_if_fail (value != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!check_field (name, value, error))
    return FALSE;

  /* Both may point into the fields that go. */
  own_name = g_strdup (name);
  own_value = g_strdup (value);
  ws_http_headers_remove (self->http, own_name);
  ws_http_headers_append (self->http, own_name, own_value);
  return TRUE;
}

/**
 * ws_headers_remove:
 * @self: a list of header fields
 * @name: the name of a field, in any case
 *
 * Removes all fields of that name.
 *
 * Returns: %TRUE if there was one
 *
 * Since: 1.0
 */
gboolean
ws_headers_remove (WsHeaders *self, const char *name)
{
  g_autofree char *own_name = NULL;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (name != NULL, FALSE);

  /* @name may belong to a field that is removed. */
  own_name = g_strdup (name);
  return ws_http_headers_remove (self->http, own_name);
}

/**
 * ws_headers_get_one:
 * @self: a list of header fields
 * @name: the name of a field, in any case
 *
 * Gets the value of the first field of that name.
 *
 * Returns: (transfer none) (nullable): its value, until the list changes
 *
 * Since: 1.0
 */
const char *
ws_headers_get_one (WsHeaders *self, const char *name)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (name != NULL, NULL);

  return ws_http_headers_peek (self->http, name);
}

/**
 * ws_headers_get_list:
 * @self: a list of header fields
 * @name: the name of a field, in any case
 *
 * Gets the values of all fields of that name, in order, joined with ", ".
 *
 * Returns: (transfer full) (nullable): the joined values
 *
 * Since: 1.0
 */
char *
ws_headers_get_list (WsHeaders *self, const char *name)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (name != NULL, NULL);

  return ws_http_headers_join (self->http, name);
}

/**
 * ws_headers_get_length:
 * @self: a list of header fields
 *
 * Gets how many fields there are.
 *
 * Returns: how many there are
 *
 * Since: 1.0
 */
guint
ws_headers_get_length (WsHeaders *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return ws_http_headers_length (self->http);
}

/**
 * ws_headers_get_name:
 * @self: a list of header fields
 * @position: which field, from 0
 *
 * Gets the name of a field, spelled as it was given.
 *
 * Returns: (transfer none) (nullable): its name, until the list changes;
 *   %NULL past the end
 *
 * Since: 1.0
 */
const char *
ws_headers_get_name (WsHeaders *self, guint position)
{
  g_return_val_if_fail (self != NULL, NULL);

  if (position >= ws_http_headers_length (self->http))
    return NULL;
  return ws_http_headers_peek_name (self->http, position);
}

/**
 * ws_headers_get_value:
 * @self: a list of header fields
 * @position: which field, from 0
 *
 * Gets the value of a field.
 *
 * Returns: (transfer none) (nullable): its value, until the list changes;
 *   %NULL past the end
 *
 * Since: 1.0
 */
const char *
ws_headers_get_value (WsHeaders *self, guint position)
{
  g_return_val_if_fail (self != NULL, NULL);

  if (position >= ws_http_headers_length (self->http))
    return NULL;
  return ws_http_headers_peek_value (self->http, position);
}
