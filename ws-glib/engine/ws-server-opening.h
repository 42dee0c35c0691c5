/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/ws-tls-stream.h"
#include "net/ws-transport.h"
#include "protocol/ws-http-answer.h"
#include "protocol/ws-proxy-header.h"
#include "protocol/ws-server-handshake.h"

G_BEGIN_DECLS

/* An accepted stream on its way to a connection, or to an answer of plain HTTP:
 * the request is read and judged, the owner gives the verdict, at once or
 * later. */
typedef struct _WsServerOpening WsServerOpening;

typedef enum
{
  WS_SERVER_OPENING_ARRIVING, /* nothing has come; TLS or a header may */
  WS_SERVER_OPENING_PROXY,    /* the PROXY header */
  WS_SERVER_OPENING_SECURING, /* the TLS handshake */
  WS_SERVER_OPENING_READING,
  WS_SERVER_OPENING_READING_BODY, /* of plain HTTP */
  WS_SERVER_OPENING_ASKING,       /* the owner is to give its verdict */
  WS_SERVER_OPENING_ANSWERING,    /* the answer is being written */
  WS_SERVER_OPENING_LINGERING,    /* the peer is to close */
  WS_SERVER_OPENING_OVER
} WsServerOpeningState;

/* Each may free the opening. */
typedef struct
{
  /* A valid request, of plain HTTP if the handshake has no key. Steal what it
   * is made of, refuse or answer it. */
  void (*request) (WsServerOpening *opening, gpointer user_data);
  /* No valid request; the answer is being sent. */
  void (*refused) (WsServerOpening   *opening,
                   const WsHttpFault *fault,
                   gpointer           user_data);
  /* Over without a connection; to be freed. @error (nullable): why; none if the
   * peer has left without a byte, as health checks do, before the verdict, or
   * with its answer. */
  void (*gone) (WsServerOpening *opening,
                const GError    *error,
                gpointer         user_data);
  /* (nullable): the peer has sent a PROXY header; frees nothing. */
  void (*proxied) (WsServerOpening     *opening,
                   const WsProxyHeader *header,
                   gpointer             user_data);
  /* The client's certificates have problems, see the session: nothing goes on
   * until ws_server_opening_resume(). */
  void (*paused) (WsServerOpening *opening, gpointer user_data);
  /* The TLS handshake failed; to be freed. */
  void (*tls_failed) (WsServerOpening *opening,
                      const GError    *error,
                      gpointer         user_data);
  /* (nullable): whether a request of plain HTTP is wanted; frees nothing. Where
   * this is NULL, plain HTTP is refused as a handshake that lacks
   * everything. */
  gboolean (*wants_http) (WsServerOpening *opening, gpointer user_data);
} WsServerOpeningSink;

/* Whether a header of the PROXY protocol comes first. */
typedef enum
{
  WS_PROXY_HEADER_NEVER,
  WS_PROXY_HEADER_DETECTED, /* it may */
  WS_PROXY_HEADER_ALWAYS
} WsProxyHeaderUse;

typedef struct
{
  guint timeout; /* ms for the opening; 0: none. An answer has as much for each
                    of its parts */
  const WsHttpLimits *limits;      /* (nullable): of a request's head */
  const char         *server_name; /* (nullable): for refusals; copied */
  WsProxyHeaderUse    proxy_header;

  /* For wss only. The TLS session outlives the opening, and so must the user
   * data of the session's sink, which are those of the opening until they are
   * set anew. */
  WsTlsCredentials       *credentials; /* (nullable) */
  const char *const      *alpn;        /* (nullable) */
  const WsTlsSessionSink *tls_sink;
} WsServerOpeningOptions;

/* (transfer full): @transport is taken. */
WsServerOpening *ws_server_opening_new (WsTransport                  *transport,
                                        const WsServerOpeningOptions *options,
                                        const WsServerOpeningSink    *sink,
                                        gpointer user_data);
/* Closes what was not stolen, at once. */
void ws_server_opening_free (WsServerOpening *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsServerOpening, ws_server_opening_free)

WsTransport *ws_server_opening_get_transport (WsServerOpening *self);
/* Goes on after a pause: the problems are accepted, or it fails (from the
 * context). */
void ws_server_opening_resume (WsServerOpening *self, gboolean is_accepted);
/* (transfer none) (nullable): of a wss connection. */
WsTlsSession *ws_server_opening_get_session (WsServerOpening *self);
/* Valid once the request is. */
const WsServerHandshake *
ws_server_opening_get_handshake (WsServerOpening *self);

/* What came, for the owner to look at, once the request is valid. On FALSE
 * @request holds nothing. */
gboolean
ws_server_opening_parse (WsServerOpening *self, WsHttpRequest *request);
/* Whether the request can have fields of proxies. */
gboolean ws_server_opening_has_forwarded (WsServerOpening *self);
/* (transfer none) (nullable): of a request of plain HTTP. */
GBytes *ws_server_opening_get_body (WsServerOpening *self);

/* The verdict comes later: the time-out stands still until then. */
void ws_server_opening_wait (WsServerOpening *self);
/* The owner asks for the request again as soon as it has room: the time-out
 * goes on, and ends with a 503, which is reported as refused. */
void                 ws_server_opening_hold (WsServerOpening *self);
void                 ws_server_opening_ask_again (WsServerOpening *self);
WsServerOpeningState ws_server_opening_get_state (const WsServerOpening *self);
/* Whether the owner's verdict is still to come. */
gboolean ws_server_opening_is_asking (const WsServerOpening *self);

/* The server closes. A request that comes in time is asked about as ever.
 * Whoever needs longer, the owner with a verdict that was put off included, has
 * had its chance: the peer gets a 503, which is reported as refused. */
void ws_server_opening_hurry (WsServerOpening *self);

/* What the stream has brought before this opening was made, to be looked at
 * from the context. */
void ws_server_opening_push_input (WsServerOpening *self,
                                   gconstpointer    data,
                                   gsize            len);

/* Sends @answer, to which server name, date and length are added, with @body
 * (nullable), and closes when that is written. */
void ws_server_opening_answer (WsServerOpening    *self,
                               const WsHttpAnswer *answer,
                               GBytes             *body);

/* Answers with fault->status, and closes when that is written. */
void ws_server_opening_refuse (WsServerOpening *self, const WsHttpFault *fault);
/* Whether there is an answer, which is being written or was. */
gboolean ws_server_opening_is_answering (const WsServerOpening *self);
/* Whether nobody seems to take that answer. */
gboolean ws_server_opening_is_stalled (const WsServerOpening *self);

typedef struct
{
  WsTransport *transport;
  gboolean     is_secure; /* @transport is a TLS stream */
  WsBuffer     head;      /* of the request */
  WsBuffer     rest;      /* what came behind the request */
} WsServerOpened;

/* (transfer full): all that a connection is made of. Free the opening then. The
 * transport reports input still, until it is told otherwise. */
WsServerOpened ws_server_opening_steal (WsServerOpening *self);

G_END_DECLS
