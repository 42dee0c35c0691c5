/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The struct of a server, and what every other file may call. */
#include "server/ws-server-core.h"

int ws_server_private_offset;

/* --- Thread and context --- */

static const char wrong_thread[]
    = "The server belongs to another thread: the one where it listened first";

gboolean
ws_server_check_thread (WsServer *self, GError **error)
{
  return ws_home_check (&ws_server_peek (self)->home, wrong_thread, error);
}

gboolean
ws_server_may_call (WsServer *self, const char *caller)
{
  return ws_home_may_call (&ws_server_peek (self)->home, caller, wrong_thread);
}

gboolean
ws_server_check_begin (WsServer *self, GError **error)
{
  WsServerPrivate *priv = ws_server_peek (self);
  g_autoptr (WsContext) context = NULL;

  if (!ws_server_check_thread (self, error))
    return FALSE;
  context = ws_home_enter (priv->home.context, error);
  return context != NULL;
}

void
ws_server_adopt_context (WsServer *self)
{
  WsServerPrivate *priv = ws_server_peek (self);

  if (priv->poller != NULL)
    return;
  ws_home_move (&priv->home, NULL);
  priv->poller = ws_poller_get_at (priv->home.context, priv->settings.priority);
  ws_stay_settle (&priv->stay, TRUE);
}

guint
ws_server_client_get_number (WsServerClient *client)
{
  WsServerPrivate *priv = ws_server_peek (client->server);

  if (client->number == 0)
    {
      /* Of as many bits as the client keeps. */
      priv->last_number = MAX (1, (priv->last_number + 1) & 0x1fffffff);
      client->number = priv->last_number;
    }
  return client->number;
}

/* --- Listening --- */

void
ws_server_cancel_startup (WsServer *self)
{
  WsServerPrivate *priv = ws_server_peek (self);

  if (priv->startup == NULL)
    return;
  g_source_destroy (priv->startup);
  g_clear_pointer (&priv->startup, g_source_unref);
}

WsListener *
ws_server_peek_listener (WsServer *self)
{
  WsServerPrivate *priv = ws_server_peek (self);

  return priv->listener != NULL ? priv->listener : priv->added;
}

gboolean
ws_server_is_listening (WsServer *self)
{
  return ws_server_peek_listener (self) != NULL;
}

/* --- Properties --- */

GParamSpec *ws_server_props[WS_SERVER_N_PROPS];

void
ws_server_notify (WsServer *self, WsServerProp property)
{
  if (!ws_server_is_abandoned (self))
    g_object_notify_by_pspec (G_OBJECT (self), ws_server_props[property]);
}

/* An emission that nobody hears takes four times as long as to ask. */
static gboolean
is_model_watched (WsServer *self)
{
  static guint items_changed = 0;

  if (items_changed == 0)
    items_changed = g_signal_lookup ("items-changed", G_TYPE_LIST_MODEL);
  return g_signal_has_handler_pending (self, items_changed, 0, FALSE);
}

void
ws_server_announce_items (WsServer *self,
                          guint     position,
                          guint     n_removed,
                          guint     n_added)
{
  if (ws_server_is_abandoned (self))
    return;
  g_object_ref (self);
  if (is_model_watched (self))
    g_list_model_items_changed (G_LIST_MODEL (self), position, n_removed,
                                n_added);
  ws_server_notify (self, WS_SERVER_PROP_N_ITEMS);
  g_object_unref (self);
}

gboolean
ws_server_may_set (WsServer *self, WsServerProp property)
{
  g_autofree char *caller = NULL;

  if (ws_server_check_thread (self, NULL))
    return TRUE;
  caller = g_strdup_printf ("The property %s cannot be set",
                            g_param_spec_get_name (ws_server_props[property]));
  return ws_server_may_call (self, caller);
}

void
ws_server_set_error (WsServer *self, guint code, const char *message)
{
  WsServerPrivate *priv = ws_server_peek (self);

  if (priv->error == code && g_strcmp0 (priv->error_string, message) == 0)
    return;
  priv->error = code;
  g_free (priv->error_string);
  priv->error_string = g_strdup (message);
  g_object_freeze_notify (G_OBJECT (self));
  ws_server_notify (self, WS_SERVER_PROP_ERROR);
  ws_server_notify (self, WS_SERVER_PROP_ERROR_STRING);
  g_object_thaw_notify (G_OBJECT (self));
}
