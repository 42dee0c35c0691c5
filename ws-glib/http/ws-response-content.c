/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "http/ws-response-private.h"

#include <string.h>

#include "protocol/ws-http.h"

/* What is answered. */

/**
 * ws_response_get_status:
 * @self: an answer
 *
 * Gets the status.
 *
 * Returns: 101, or 200 to 599
 *
 * Since: 1.0
 */
guint
ws_response_get_status (WsResponse *self)
{
  g_return_val_if_fail (WS_IS_RESPONSE (self), 0);

  return self->status;
}

/**
 * ws_response_set_status:
 * @self: an answer
 * @status: 101 to accept a handshake, or 200 to 599
 *
 * Sets the status.
 *
 * Since: 1.0
 */
void
ws_response_set_status (WsResponse *self, guint status)
{
  g_return_if_fail (WS_IS_RESPONSE (self));
  g_return_if_fail (status == 101 ? self->is_handshake
                                  : status >= 200 && status <= 599);

  self->has_status = TRUE;
  if (self->status == status)
    return;
  self->status = status;
  ws_response_notify (self, WS_RESPONSE_PROP_STATUS);
}

/**
 * ws_response_get_reason:
 * @self: an answer
 *
 * Gets the phrase behind the status.
 *
 * Returns: (nullable): a phrase; %NULL: the canonical one
 *
 * Since: 1.0
 */
const char *
ws_response_get_reason (WsResponse *self)
{
  g_return_val_if_fail (WS_IS_RESPONSE (self), NULL);

  return self->reason;
}

/**
 * ws_response_set_reason:
 * @self: an answer
 * @reason: (nullable): a phrase; %NULL: the canonical one
 *
 * Sets the phrase behind the status. One with a line break or another control
 * character is not taken, with a warning.
 *
 * Since: 1.0
 */
void
ws_response_set_reason (WsResponse *self, const char *reason)
{
  g_return_if_fail (WS_IS_RESPONSE (self));

  if (g_strcmp0 (self->reason, reason) == 0)
    return;
  if (reason != NULL && !ws_http_header_value_is_valid (reason))
    {
      g_autofree char *quoted = ws_http_quote (reason);

      g_warning ("%s is no reason: it holds a control character", quoted);
      return;
    }
  g_free (self->reason);
  self->reason = g_strdup (reason);
  ws_response_notify (self, WS_RESPONSE_PROP_REASON);
}

/**
 * ws_response_get_headers:
 * @self: an answer
 *
 * Gets the header fields, to which may be added.
 *
 * Returns: (transfer none): the live list
 *
 * Since: 1.0
 */
WsHeaders *
ws_response_get_headers (WsResponse *self)
{
  g_return_val_if_fail (WS_IS_RESPONSE (self), NULL);

  return self->headers;
}

/**
 * ws_response_get_body:
 * @self: an answer
 *
 * Gets the content.
 *
 * Returns: (nullable) (transfer none): the content, if there is one
 *
 * Since: 1.0
 */
GBytes *
ws_response_get_body (WsResponse *self)
{
  g_return_val_if_fail (WS_IS_RESPONSE (self), NULL);

  return self->body;
}

/**
 * ws_response_set_body:
 * @self: an answer
 * @content_type: (nullable): what it is, as in `text/html; charset=utf-8`;
 *   %NULL: nothing is said, or what [property@Response:headers] says
 * @body: (nullable): the content; %NULL: none
 *
 * Sets the content.
 *
 * It is referenced, and written as the client takes it. An answer to a plain
 * request that has no status yet becomes 200. A client that asked with `HEAD`
 * gets the length only.
 *
 * Since: 1.0
 */
void
ws_response_set_body (WsResponse *self, const char *content_type, GBytes *body)
{
  g_autoptr (GError) error = NULL;

  g_return_if_fail (WS_IS_RESPONSE (self));

  if (content_type != NULL
      && !ws_headers_replace (self->headers, "Content-Type", content_type,
                              &error))
    g_warning ("The content type is left out: %s", error->message);
  if (body != NULL)
    g_bytes_ref (body);
  g_clear_pointer (&self->body, g_bytes_unref);
  self->body = body;
  g_object_freeze_notify (G_OBJECT (self));
  if (!self->is_handshake && !self->has_status)
    ws_response_set_status (self, 200);
  ws_response_notify (self, WS_RESPONSE_PROP_BODY);
  g_object_thaw_notify (G_OBJECT (self));
}

/**
 * ws_response_set_text:
 * @self: an answer
 * @text: the content
 *
 * Sets the content to a plain text; see [method@Response.set_body].
 *
 * Since: 1.0
 */
void
ws_response_set_text (WsResponse *self, const char *text)
{
  g_autoptr (GBytes) body = NULL;

  g_return_if_fail (WS_IS_RESPONSE (self));
  g_return_if_fail (text != NULL);

  body = g_bytes_new (text, strlen (text));
  ws_response_set_body (self, "text/plain; charset=utf-8", body);
}

/**
 * ws_response_get_subprotocol:
 * @self: an answer
 *
 * Gets the subprotocol that was chosen.
 *
 * Returns: (nullable): its name; empty: none; %NULL: the usual choice
 *
 * Since: 1.0
 */
const char *
ws_response_get_subprotocol (WsResponse *self)
{
  g_return_val_if_fail (WS_IS_RESPONSE (self), NULL);

  return self->subprotocol;
}

/**
 * ws_response_set_subprotocol:
 * @self: an answer
 * @subprotocol: (nullable): its name; empty: none; %NULL: the usual choice
 *
 * Chooses the subprotocol of an accepted handshake.
 *
 * It need not be one of [property@Server:supported-subprotocols], but one that
 * the client has offered (RFC 6455, 4.2.2): for any other the client gets a
 * 500, with a warning.
 *
 * Since: 1.0
 */
void
ws_response_set_subprotocol (WsResponse *self, const char *subprotocol)
{
  g_return_if_fail (WS_IS_RESPONSE (self));

  if (g_strcmp0 (self->subprotocol, subprotocol) == 0)
    return;
  g_free (self->subprotocol);
  self->subprotocol = g_strdup (subprotocol);
  ws_response_notify (self, WS_RESPONSE_PROP_SUBPROTOCOL);
}
