/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "ws-enums.h"

G_BEGIN_DECLS

/* What a socket shares with a stream that a user reads. Streams may be dropped
 * in any thread (a collector's), sockets not: so neither holds the other's
 * object in here, and all but the counter and @dropped belongs to the
 * socket's thread. */
typedef struct
{
  WsMessageType type;
  GQueue        chunks; /* of GBytes, not read yet */
  gsize         size;   /* bytes that were not read yet */
  gsize         used;   /* bytes read of the first one */
  gboolean      is_complete;
  GError       *error;   /* (owned) (nullable): read after the chunks */
  int           dropped; /* (atomic): nobody will read the rest */
} WsMessagePipe;

/* What a stream asks of the producer, an object with a home that fills the
 * pipe. */
typedef struct
{
  /* FALSE with an error in another thread than the producer's. */
  gboolean (*check_thread) (gpointer producer, GError **error);
  /* All that had come was taken, or nobody will take more; in the producer's
   * thread. */
  void (*wake) (gpointer producer);
} WsMessageProducer;

WsMessagePipe *ws_message_pipe_new (WsMessageType type);
WsMessagePipe *ws_message_pipe_ref (WsMessagePipe *self);
void           ws_message_pipe_unref (WsMessagePipe *self);

/* Whether a read would return at once. */
gboolean ws_message_pipe_has_news (const WsMessagePipe *self);
/* Moves up to @count bytes of the first chunk to @buffer. */
gsize ws_message_pipe_take (WsMessagePipe *self, guint8 *buffer, gsize count);
/* (transfer full): all that has come, of a pipe that nobody has read from. */
GBytes *ws_message_pipe_gather (WsMessagePipe *self);

G_END_DECLS
