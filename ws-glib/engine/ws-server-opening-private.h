/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/ws-outbox.h"
#include "engine/ws-server-opening.h"
#include "protocol/ws-http-body.h"

G_BEGIN_DECLS

/* What the files of a server's opening share. */

struct _WsServerOpening
{
  guint n_refs; /* the owner's, and those of what reads or writes */
  WsServerOpeningState       state;
  WsTransport               *transport; /* (owned) (nullable): until stolen */
  gboolean                   is_secure; /* @transport is a TLS stream */
  gboolean                   is_head;   /* the request's method is HEAD */
  WsPoller                  *poller;    /* (owned) */
  const WsServerOpeningSink *sink;
  gpointer                   user_data;
  char                      *server_name; /* (owned) (nullable) */
  gint64                     timeout;     /* µs; 0: none */
  gboolean                   is_hurried;  /* the server closes */
  gboolean                   is_held;     /* the owner has no room yet */
  WsBuffer                   early;       /* input from before */
  WsHttpReader               reader;
  WsHttpBody        incoming; /* while WS_SERVER_OPENING_READING_BODY */
  GBytes           *body;     /* (owned) (nullable): of the request */
  WsBuffer          rest;
  WsServerHandshake handshake;
  WsOutbox          outbox;
  GBytes           *content; /* (owned) (nullable): of the answer */
  gsize             content_sent;
  gsize             progress; /* bytes since the deadline was set */
  gint64     moved;   /* when some of the answer was taken last (monotonic) */
  gint64     heard;   /* when some of it was read last (monotonic); 0: never */
  gint64     arrived; /* when anything was read last, whatever it was */
  gint64     excused; /* µs that the peer was given beyond the time-out */
  WsDeadline deadline;
  gsize      lingered; /* bytes */

  /* Until the TLS handshake begins, or the request. */
  WsProxyHeaderUse        proxy_header;
  WsProxyHeader          *header;      /* (owned) (nullable): while it comes */
  WsTlsCredentials       *credentials; /* (owned) (nullable) */
  char                  **alpn;        /* (owned) (nullable) */
  const WsTlsSessionSink *tls_sink;
};

/* Tells the owner that it is over: @error (transfer full) (nullable). */
void ws_server_opening_end (WsServerOpening *self, GError *error);

/* A program's own stream may have its owner free it, whenever it is read or
 * written: it is over then. */
void ws_server_opening_unref (WsServerOpening *self);

void ws_server_opening_init_time (WsServerOpening *self);
/* Refuses what the owner does not decide about. */
void ws_server_opening_refuse_invalid (WsServerOpening   *self,
                                       const WsHttpFault *fault);
/* The request is to come, and it does. */
void ws_server_opening_begin_reading (WsServerOpening *self);
void ws_server_opening_take_input (WsServerOpening *self,
                                   const guint8    *data,
                                   gsize            len);

/* Something else has to come before it, and does. */
void ws_server_opening_await_start (WsServerOpening              *self,
                                    const WsServerOpeningOptions *options);
void ws_server_opening_take_start (WsServerOpening *self,
                                   const guint8    *data,
                                   gsize            len);
void ws_server_opening_take_proxy_header (WsServerOpening *self,
                                          const guint8    *data,
                                          gsize            len);

/* Gives the peer the opening's time-out, or each part of an answer. */
void ws_server_opening_arm (WsServerOpening *self);

/* Writes as much of an answer as the transport takes. May tell the owner that
 * the opening is over. */
void ws_server_opening_write_answer (WsServerOpening *self);
/* @len more bytes have come behind the answer; likewise. */
void ws_server_opening_count_late (WsServerOpening *self, gsize len);

G_END_DECLS
