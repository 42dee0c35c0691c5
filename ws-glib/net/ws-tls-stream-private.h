/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/ws-tls-news.h"
#include "net/ws-tls-stream.h"

G_BEGIN_DECLS

/* What the files of a stream share. */

typedef struct _WsTlsStream WsTlsStream;

typedef enum
{
  WS_TLS_STREAM_HANDSHAKE,
  WS_TLS_STREAM_PAUSED,
  WS_TLS_STREAM_REFUSED, /* the problems were not accepted: failed is due */
  WS_TLS_STREAM_OPEN,
  WS_TLS_STREAM_FAILED,
  WS_TLS_STREAM_N_STATES
} WsTlsStreamState;

/* There is one for each idle connection: keep it small. A stream that is freed
 * while it is busy lives on in silence until it is not. */
struct _WsTlsStream
{
  WsTransport   parent;
  WsTransport  *inner;   /* (owned) (nullable): none once the stream lingers */
  WsTlsSession *session; /* (owned) */
  const WsTlsStreamSink *sink;
  gpointer               sink_data;
  WsTlsNews              news;
  WsJob                  job; /* begins; goes on; news; more to read */
  GError *failure; /* (owned) (nullable): the inner transport cannot be written
                    * any more */
  guint   n_refs;  /* the owner's, and those of what runs */
  GIOCondition     wanted;
  WsTlsStreamState state;
  guint            busy : 1;    /* in the session, or reading for the session */
  guint            drained : 1; /* the last read took all there was */
  guint            shuts_down : 1; /* once the stream is not busy */
  guint            says_bye : 1;   /* a FIN follows what waits */
  guint            freed : 1;      /* by the owner */
};

/* What is to be read or written next, by whom. The caller's wish to write is
 * granted when all that was written before is with the kernel. */
void ws_tls_stream_update_inner (WsTlsStream *self);
/* What lies decrypted or unread in the session makes no fd ready. */
void ws_tls_stream_update_job (WsTlsStream *self);

/* Drops what n_refs counts. */
void ws_tls_stream_unref (WsTlsStream *self);
/* Says that no more will follow, and lets the inner transport say so. */
void ws_tls_stream_say_bye (WsTlsStream *self);

gboolean ws_tls_stream_has_output (WsTlsStream *self);
/* TRUE: nothing waits any more. FALSE for ever once there is a failure. This
 * and the next may have the stream freed, which then lives on for as long as
 * the caller holds a reference. */
gboolean ws_tls_stream_flush (WsTlsStream *self);
/* Reads up to @len bytes of ciphertext into @buffer and feeds them. Bytes, or 0
 * for the end, which is fed as well, WS_IO_AGAIN or WS_IO_ERROR. */
gssize ws_tls_stream_feed (WsTlsStream  *self,
                           WsReadBuffer *buffer,
                           gsize         len,
                           GError      **error);

/* Of the transport's class. */
gssize ws_tls_stream_read (WsTransport *transport,
                           guint8      *data,
                           gsize        len,
                           GError     **error);
gssize ws_tls_stream_writev (WsTransport         *transport,
                             const GOutputVector *vectors,
                             guint                n_vectors,
                             GError             **error);

G_END_DECLS
