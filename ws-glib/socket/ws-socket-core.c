/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The struct of a socket, and what every other file may call. */
#include "socket/ws-socket-core.h"

#include "http/ws-headers-private.h"
#include "protocol/ws-url.h"

int ws_socket_private_offset;

/* --- What is made when needed --- */

const WsReconnect    ws_socket_no_reconnect;
const WsSocketExtras ws_socket_no_extras
    = { .read_buffer_size = WS_SOCKET_READ_BUFFER_SIZE };

WsReconnect *
ws_socket_get_reconnecting (WsSocket *self)
{
  WsSocketPrivate *priv = ws_socket_peek (self);

  if (!ws_socket_has_reconnecting (priv))
    priv->reconnect = g_new0 (WsReconnect, 1);
  return priv->reconnect;
}

WsSocketExtras *
ws_socket_get_extras (WsSocket *self)
{
  WsSocketPrivate *priv = ws_socket_peek (self);

  if (priv->extras == &ws_socket_no_extras)
    priv->extras = g_memdup2 (&ws_socket_no_extras, sizeof *priv->extras);
  return (WsSocketExtras *) priv->extras;
}

void
ws_socket_init_extras (WsSocket *self)
{
  WsSocketPrivate *priv = ws_socket_peek (self);

  priv->reconnect = (WsReconnect *) &ws_socket_no_reconnect;
  priv->extras = &ws_socket_no_extras;
}

void
ws_socket_clear_extras (WsSocket *self)
{
  WsSocketPrivate *priv = ws_socket_peek (self);

  if (ws_socket_has_reconnecting (priv))
    g_clear_object (&priv->reconnect->policy);
  if (priv->extras == &ws_socket_no_extras)
    return;
  g_clear_object (&ws_socket_get_extras (self)->ssl_configuration);
  g_clear_object (&ws_socket_get_extras (self)->mask_generator);
}

void
ws_socket_free_extras (WsSocket *self)
{
  WsSocketPrivate *priv = ws_socket_peek (self);

  if (ws_socket_has_reconnecting (priv))
    g_free (priv->reconnect);
  if (priv->extras == &ws_socket_no_extras)
    return;
  g_clear_pointer (&ws_socket_get_extras (self)->request_headers,
                   ws_headers_unref);
  g_free ((gpointer) priv->extras);
}

/* --- Thread and context --- */

static const char wrong_thread[]
    = "The socket belongs to another thread: the one that opened it";

gboolean
ws_socket_check_thread (WsSocket *self, GError **error)
{
  return ws_home_check (&ws_socket_peek (self)->home, wrong_thread, error);
}

gboolean
ws_socket_may_call (WsSocket *self, const char *caller)
{
  return ws_home_may_call (&ws_socket_peek (self)->home, caller, wrong_thread);
}

gboolean
ws_socket_may_instruct (WsSocket *self, const char *caller)
{
  return ws_socket_peek (self)->state == WS_STATE_UNCONNECTED
         || ws_socket_may_call (self, caller);
}

void
ws_socket_adopt_context (WsSocket *self, GMainContext *context)
{
  ws_home_move (&ws_socket_peek (self)->home, context);
}

gboolean
ws_socket_take_url (WsSocket *self, const char *url)
{
  WsSocketPrivate *priv = ws_socket_peek (self);

  if (g_strcmp0 (priv->url, url) == 0)
    return FALSE;
  if (priv->now.is_incoming && priv->now.resource == NULL)
    priv->now.resource = g_strdup (ws_url_find_resource (priv->url));
  g_free (priv->url);
  priv->url = g_strdup (url);
  if (priv->reconnect->was_reached)
    priv->reconnect->was_reached = FALSE;
  return TRUE;
}

/* --- What waits for a time --- */

void
ws_socket_stop_ticking (WsSocket *self)
{
  WsSocketPrivate *priv = ws_socket_peek (self);

  if (priv->reconnect->tick == NULL)
    return;
  g_source_destroy (priv->reconnect->tick);
  g_clear_pointer (&priv->reconnect->tick, g_source_unref);
}

void
ws_socket_cancel_activation (WsSocket *self)
{
  WS_SOCKET_INSIDE (self);
  WsSocketPrivate *priv = ws_socket_peek (self);

  ws_socket_stop_ticking (self);
  if (priv->reconnect->is_waiting)
    priv->reconnect->is_waiting = FALSE;
  if (priv->activation == NULL)
    return;
  g_source_destroy (priv->activation);
  g_clear_pointer (&priv->activation, g_source_unref);
}

void
ws_socket_clear_watch (WsSocket *self)
{
  WS_SOCKET_INSIDE (self);
  WsReconnect *reconnect = ws_socket_peek (self)->reconnect;

  if (reconnect->watch != NULL)
    g_clear_pointer (&reconnect->watch, ws_network_watch_free);
}

/* --- Properties --- */

GParamSpec *ws_socket_props[WS_SOCKET_N_PROPS];

void
ws_socket_notify (WsSocket *self, WsSocketProp property)
{
  if (!ws_socket_is_abandoned (self))
    g_object_notify_by_pspec (G_OBJECT (self), ws_socket_props[property]);
}

gboolean
ws_socket_may_set (WsSocket *self, WsSocketProp property)
{
  WsSocketPrivate *priv = ws_socket_peek (self);
  g_autofree char *caller = NULL;

  if ((priv->state == WS_STATE_UNCONNECTED && priv->activation == NULL)
      || ws_socket_check_thread (self, NULL))
    return TRUE;
  caller = g_strdup_printf ("The property %s cannot be set",
                            g_param_spec_get_name (ws_socket_props[property]));
  return ws_socket_may_call (self, caller);
}
