/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The struct of a socket, and what every other file may call. */
#include "socket/ws-socket-core.h"

int ws_socket_private_offset;

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
  g_free (priv->url);
  priv->url = g_strdup (url);
  priv->reconnect.was_reached = FALSE;
  return TRUE;
}

/* --- What waits for a time --- */

void
ws_socket_stop_ticking (WsSocket *self)
{
  WsSocketPrivate *priv = ws_socket_peek (self);

  if (priv->reconnect.tick == NULL)
    return;
  g_source_destroy (priv->reconnect.tick);
  g_clear_pointer (&priv->reconnect.tick, g_source_unref);
}

void
ws_socket_cancel_activation (WsSocket *self)
{
  WS_SOCKET_INSIDE (self);
  WsSocketPrivate *priv = ws_socket_peek (self);

  ws_socket_stop_ticking (self);
  priv->reconnect.is_waiting = FALSE;
  if (priv->activation == NULL)
    return;
  g_source_destroy (priv->activation);
  g_clear_pointer (&priv->activation, g_source_unref);
}

void
ws_socket_clear_watch (WsSocket *self)
{
  WS_SOCKET_INSIDE (self);

  g_clear_pointer (&ws_socket_peek (self)->reconnect.watch,
                   ws_network_watch_free);
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
