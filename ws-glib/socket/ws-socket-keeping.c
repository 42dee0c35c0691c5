/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether a socket lives on that nobody else holds, as in the languages where a
 * variable's end is no decision. A reference to itself would keep it however
 * nobody may ever hear of it again: a toggle reference is told when it is the
 * only one that is left. */
#include "socket/ws-socket-keeping.h"

#include "socket/ws-socket-signals.h"

/* Once: several threads may see that it is time. */
static gboolean
change (WsSocketPrivate *priv, gboolean is_kept)
{
  return g_atomic_int_compare_and_exchange (&priv->is_kept, !is_kept, is_kept);
}

/* In any thread: where the last other reference goes. */
static void
on_toggled (gpointer data, GObject *object, gboolean is_last)
{
  WsSocket *self = WS_SOCKET (object);

  if (is_last && !ws_socket_is_heard (self))
    ws_socket_end_keeping (self);
}

void
ws_socket_end_keeping (WsSocket *self)
{
  if (change (ws_socket_peek (self), FALSE))
    g_object_remove_toggle_ref (G_OBJECT (self), on_toggled, NULL);
}

void
ws_socket_update_keeping (WsSocket *self)
{
  WsSocketPrivate *priv = ws_socket_peek (self);

  if (!priv->stays_alive || !priv->active)
    ws_socket_end_keeping (self);
  else if (change (priv, TRUE))
    g_object_add_toggle_ref (G_OBJECT (self), on_toggled, NULL);
}

/**
 * ws_socket_get_stays_alive:
 * @self: a socket
 *
 * Gets whether the socket lives on while nobody holds it.
 *
 * Returns: whether it does
 *
 * Since: 1.0
 */
gboolean
ws_socket_get_stays_alive (WsSocket *self)
{
  g_return_val_if_fail (WS_IS_SOCKET (self), FALSE);

  return ws_socket_peek (self)->stays_alive;
}

/**
 * ws_socket_set_stays_alive:
 * @self: a socket
 * @stays_alive: whether it does
 *
 * Sets whether the socket lives on while nobody holds it.
 *
 * Since: 1.0
 */
void
ws_socket_set_stays_alive (WsSocket *self, gboolean stays_alive)
{
  WsSocketPrivate *priv;

  g_return_if_fail (WS_IS_SOCKET (self));

  priv = ws_socket_peek (self);
  stays_alive = stays_alive != FALSE;
  if (priv->stays_alive == (guint) stays_alive
      || !ws_socket_may_set (self, WS_SOCKET_PROP_STAYS_ALIVE))
    return;
  g_object_ref (self);
  priv->stays_alive = stays_alive;
  ws_socket_update_keeping (self);
  ws_socket_notify (self, WS_SOCKET_PROP_STAYS_ALIVE);
  g_object_unref (self);
}

/* clang-format off */
const WsProperty ws_socket_keeping_properties[] = {
  /**
   * WsSocket:stays-alive:
   *
   * Whether the socket lives on while nobody holds it, as long as it is
   * [property@Socket:active] and one of its signals has a handler.
   *
   * It is so in browsers, and in Python and JavaScript, where opening a socket
   * sets this: what is garbage is found at some time or other, and a connection
   * must not end with it. In C the last reference ends it unless this is set.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_BOOLEAN (WsSocket, WS_SOCKET_PROP_STAYS_ALIVE, "stays-alive",
                         FALSE, ws_socket_get_stays_alive,
                         ws_socket_set_stays_alive) },

  { 0 }
};
/* clang-format on */
