/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <ws-glib/ws-glib.h>

G_BEGIN_DECLS

/* What a socket tells, whatever its handlers do: states follow each other as
 * they may, an attempt connects once at most, and nothing comes behind its end.
 * A test that watches more has a SocketWatch as its first member. */
typedef struct
{
  WsState  state;
  guint    n_errors; /* of this attempt */
  guint    n_connected;
  gboolean is_over;  /* disconnected was signalled */
  gboolean is_loose; /* it was asked to do what makes an order impossible */
  void (*begun) (gpointer watch); /* (nullable): a new attempt */
} SocketWatch;

/* Watches @socket, which @self outlives. It is told after other handlers that
 * were connected before. */
void socket_watch_init (SocketWatch *self, WsSocket *socket);
/* A new attempt begins by an action, which is no change of the state where one
 * was under way. */
void socket_watch_begin (SocketWatch *self);
/* The signals that nothing but the end of an attempt can end. */
void socket_watch_expect_life (SocketWatch       *self,
                               WsSocket          *socket,
                               const char *const *signals);

G_END_DECLS
