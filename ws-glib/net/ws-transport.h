/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/ws-endpoint.h"
#include "net/ws-fork.h"
#include "net/ws-poller.h"

G_BEGIN_DECLS

/* A non-blocking pipe of bytes. */
typedef struct _WsTransport WsTransport;

#define WS_IO_AGAIN (-1)
#define WS_IO_ERROR (-2) /* the GError is set */

/* @user_data of ws_transport_set_ready(). Level-triggered: comes again until
 * what was wanted is done. May free the transport and run a nested loop. */
typedef void (*WsTransportReady) (gpointer user_data, GIOCondition condition);

typedef struct
{
  /* Bytes read, 0 at the end of the stream, WS_IO_AGAIN or WS_IO_ERROR. This
   * and the next may call a program's own stream, which may free the
   * transport: WS_IO_AGAIN then. */
  gssize (*read) (WsTransport *self, guint8 *data, gsize len, GError **error);
  /* Bytes written (some), WS_IO_AGAIN or WS_IO_ERROR. */
  gssize (*writev) (WsTransport         *self,
                    const GOutputVector *vectors,
                    guint                n_vectors,
                    GError             **error);
  /* What to report from now on: G_IO_IN, G_IO_OUT, both or 0. */
  void (*want) (WsTransport *self, GIOCondition condition);
  /* The end of what we send (a FIN); reading goes on. */
  void (*shutdown) (WsTransport *self);
  /* Whether a read would tell something, if only the end. */
  gboolean (*is_readable) (WsTransport *self);
  /* Whether the peer's system was heard since @since (monotonic µs), read or
   * not: over TCP that system acknowledges what we write. TRUE where nobody can
   * tell. */
  gboolean (*is_heard) (WsTransport *self, gint64 since);
  /* (nullable): bytes that were taken from who writes, but not by the kernel
   * yet; none of a transport without this. */
  gsize (*get_unsent) (WsTransport *self);
  /* Whether a read that returns less than asked for means "drained". */
  gboolean short_read_is_last;
  /* @endpoint is uninitialised, and to be cleared. */
  void (*get_endpoint) (WsTransport *self,
                        gboolean     remote,
                        WsEndpoint  *endpoint);
  /* Closes at once and frees. Nothing is reported any more. */
  void (*free) (WsTransport *self);
} WsTransportClass;

struct _WsTransport
{
  const WsTransportClass *klass;
  WsPoller               *poller; /* (owned) */
  WsTransportReady        ready;
  gpointer                user_data;
  guint                   log_number;       /* of the socket; 0: nobody asks */
  guint                   generation : 30;  /* of its process: see ws-fork.h */
  guint                   is_encrypted : 1; /* by TLS, ours or another's */
  guint                   is_quiet : 1;     /* reading runs no program's code */
};

/* Over a connected socket's fd, which the transport owns. TCP_NODELAY and
 * SO_KEEPALIVE are set, where they apply. */
WsTransport *ws_transport_new_for_fd (WsPoller *poller, int fd);
/* Over @connection's fd when it is a plain GSocketConnection (kept alive), else
 * over the two halves of the stream; NULL and G_IO_ERROR_NOT_SUPPORTED when
 * these cannot be polled. */
WsTransport *ws_transport_new_for_stream (WsPoller  *poller,
                                          GIOStream *stream,
                                          GError   **error);

static inline void
ws_transport_set_ready (WsTransport     *self,
                        WsTransportReady ready,
                        gpointer         user_data)
{
  self->ready = ready;
  self->user_data = user_data;
}

#define WS_TRANSPORT_GENERATION_MASK 0x3fffffff

/* The transport is this process's. */
static inline void
ws_transport_note_generation (WsTransport *self)
{
  self->generation
      = (guint) ws_fork_get_generation () & WS_TRANSPORT_GENERATION_MASK;
}

/* Whether this is the child of a fork, and the transport its parent's: nothing
 * is read or written here, and freeing the transport reaches nobody. */
static inline gboolean
ws_transport_is_inherited (const WsTransport *self)
{
  return self->generation
         != ((guint) ws_fork_get_generation () & WS_TRANSPORT_GENERATION_MASK);
}

/* WS_IO_ERROR: the transport is inherited. */
gssize ws_transport_refuse (GError **error);

static inline gssize
ws_transport_read (WsTransport *self, guint8 *data, gsize len, GError **error)
{
  if (G_UNLIKELY (ws_transport_is_inherited (self)))
    return ws_transport_refuse (error);
  return self->klass->read (self, data, len, error);
}

static inline gssize
ws_transport_writev (WsTransport         *self,
                     const GOutputVector *vectors,
                     guint                n_vectors,
                     GError             **error)
{
  if (G_UNLIKELY (ws_transport_is_inherited (self)))
    return ws_transport_refuse (error);
  return self->klass->writev (self, vectors, n_vectors, error);
}

static inline void
ws_transport_want (WsTransport *self, GIOCondition condition)
{
  self->klass->want (self, condition);
}

static inline gboolean
ws_transport_is_readable (WsTransport *self)
{
  return self->klass->is_readable (self);
}

static inline gboolean
ws_transport_is_heard (WsTransport *self, gint64 since)
{
  return self->klass->is_heard (self, since);
}

static inline gsize
ws_transport_get_unsent (WsTransport *self)
{
  return self->klass->get_unsent != NULL ? self->klass->get_unsent (self) : 0;
}

static inline void
ws_transport_shutdown (WsTransport *self)
{
  if (!ws_transport_is_inherited (self))
    self->klass->shutdown (self);
}

static inline void
ws_transport_get_endpoint (WsTransport *self,
                           gboolean     remote,
                           WsEndpoint  *endpoint)
{
  self->klass->get_endpoint (self, remote, endpoint);
}

/* (transfer full) (nullable) */
GSocketAddress *ws_transport_get_address (WsTransport *self, gboolean remote);

static inline void
ws_transport_free (WsTransport *self)
{
  self->klass->free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsTransport, ws_transport_free)

G_END_DECLS
