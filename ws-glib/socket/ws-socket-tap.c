/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Those who see the messages of a socket pass: the ones that the engine brings,
 * and the ones that it is given. */
#include "socket/ws-socket-tap.h"

typedef struct
{
  WsSocketTapFunc function;
  gpointer        data; /* (owned) */
  GDestroyNotify  destroy;
} Tap;

static void
tap_free (gpointer data)
{
  Tap *self = data;

  self->destroy (self->data);
  g_free (self);
}

void
ws_socket_add_tap (WsSocket       *self,
                   WsSocketTapFunc function,
                   gpointer        data,
                   GDestroyNotify  destroy)
{
  WsSocketPrivate *priv = ws_socket_peek (self);
  Tap             *tap = g_new (Tap, 1);

  *tap = (Tap){ function, data, destroy };
  priv->taps = g_slist_append (priv->taps, tap);
}

void
ws_socket_remove_tap (WsSocket *self, gpointer data)
{
  WsSocketPrivate *priv = ws_socket_peek (self);

  for (GSList *link = priv->taps; link != NULL; link = link->next)
    if (((Tap *) link->data)->data == data)
      {
        tap_free (link->data);
        priv->taps = g_slist_delete_link (priv->taps, link);
        return;
      }
}

void
ws_socket_clear_taps (WsSocket *self)
{
  g_slist_free_full (g_steal_pointer (&ws_socket_peek (self)->taps), tap_free);
}

void
ws_socket_tell_taps (WsSocket *self, const WsPassing *passing)
{
  for (GSList *link = ws_socket_peek (self)->taps; link != NULL;
       link = link->next)
    {
      const Tap *tap = link->data;

      tap->function (self, passing, tap->data);
    }
}

void
ws_socket_tell_message (WsSocket *self, WsMessage *message)
{
  WsPassing passing = { .is_sent = TRUE, .is_first = TRUE, .is_last = TRUE };

  if (ws_socket_peek (self)->taps == NULL)
    return;
  passing.type = ws_message_get_message_type (message);
  passing.data = ws_message_get_data (message, &passing.len);
  ws_socket_tell_taps (self, &passing);
}
