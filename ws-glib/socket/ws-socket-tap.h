/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "socket/ws-socket-core.h"

G_BEGIN_DECLS

/* Those who see the messages of a socket pass. */

/* A message, or a part of one that comes or leaves as a stream. */
typedef struct
{
  gboolean      is_sent;
  WsMessageType type;
  const guint8 *data;
  gsize         len;
  gboolean      is_first, is_last;
} WsPassing;

/* Called in the socket's thread, in the middle of whatever the socket does: may
 * run no user's code, and do nothing to the socket. */
typedef void (*WsSocketTapFunc) (WsSocket        *socket,
                                 const WsPassing *passing,
                                 gpointer         data);

/* @destroy is called with @data when the tap is removed, or with the socket, in
 * any thread. */
void ws_socket_add_tap (WsSocket       *self,
                        WsSocketTapFunc function,
                        gpointer        data,
                        GDestroyNotify  destroy);
void ws_socket_remove_tap (WsSocket *self, gpointer data);
void ws_socket_clear_taps (WsSocket *self);

/* For all but ws_socket_tell_passing(). */
void ws_socket_tell_taps (WsSocket *self, const WsPassing *passing);

/* Hardly any socket has a tap. */
#define ws_socket_tell_passing(self, ...)                         \
  G_STMT_START                                                    \
  {                                                               \
    if (G_UNLIKELY (ws_socket_peek (self)->taps != NULL))         \
      ws_socket_tell_taps (self, &(const WsPassing) __VA_ARGS__); \
  }                                                               \
  G_STMT_END

/* The same of a whole message that leaves. */
void ws_socket_tell_message (WsSocket *self, WsMessage *message);

G_END_DECLS
