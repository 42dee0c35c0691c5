/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/ws-client-auth.h"
#include "engine/ws-client-opening.h"
#include "engine/ws-outbox.h"
#include "protocol/ws-http-body.h"
#include "protocol/ws-http-connect.h"

G_BEGIN_DECLS

/* What the files of a client's opening share. */

/* What a step answers: whether the next one may run at once. */
typedef enum
{
  WS_PROGRESS_NEXT,
  WS_PROGRESS_WAIT,
  WS_PROGRESS_FAILED /* the error is set */
} WsProgress;

typedef enum
{
  WS_STEP_DIAL,
  WS_STEP_CONNECT,      /* prepares the request to a proxy */
  WS_STEP_CONNECTING,   /* writes it */
  WS_STEP_TUNNEL,       /* reads the proxy's answer */
  WS_STEP_TUNNEL_JUDGE, /* of it */
  WS_STEP_SECURE,
  WS_STEP_ASK,
  WS_STEP_ANSWER, /* reads a response's head */
  WS_STEP_BODY,   /* reads what a response other than 101 says */
  WS_STEP_JUDGE,  /* of such a response */
  WS_STEP_PAUSED, /* the owner is to answer */
  WS_STEP_AGAIN,  /* the owner has helped: another request follows */
  WS_STEP_GIVE_UP,
  WS_STEP_OPENED,
  WS_STEP_OVER
} WsStep;

/* What the owner was asked. */
typedef enum
{
  WS_ASKED_NOTHING,
  WS_ASKED_CREDENTIALS,
  WS_ASKED_PROXY_CREDENTIALS,
  WS_ASKED_REDIRECT
} WsAsked;

typedef struct
{
  GProxyResolver *resolver;  /* (owned) (nullable): the system's */
  char           *chosen;    /* (owned) (nullable): the URI of the only one */
  char           *uri;       /* (owned) (nullable): the last one's, shown */
  WsClientAuth    auth;      /* of that one */
  WsTransport    *transport; /* (owned) (nullable): to an HTTP one, until there
                              * is a tunnel */
  WsHttpConnect   answer;    /* of an HTTP one */
  guint           is_http : 1;
  guint           is_reused : 1; /* the transport has taken a request already */
  guint           has_rest : 1;  /* something came behind the answer */
} WsOpeningProxy;

struct _WsClientOpening
{
  guint                      n_refs; /* the owner's, the dialling's, run()'s */
  WsStep                     step;
  WsAsked                    asked;  /* while PAUSED */
  WsPoller                  *poller; /* (owned) */
  const WsClientOpeningSink *sink;
  gpointer                   user_data;
  WsDeadline                 deadline;
  WsDeadline                 body_deadline;
  WsJob                      job; /* goes on after the owner's answer */
  guint                      timeout;
  guint                      log_number; /* of the socket */
  gint64                     left;       /* µs of the time-out, while paused */
  gint64                     excused;    /* µs that were given beyond it */
  gint64  progressed; /* when the other end did something (monotonic) */
  GError *error;      /* (owned) (nullable): the reason of a
                                         failure that is, or may be */

  /* What is asked for. */
  WsUrl            *url;          /* (owned) */
  char             *origin;       /* (owned) (nullable) */
  char            **subprotocols; /* (owned) (nullable) */
  WsHttpHeaders    *headers;      /* (owned) (nullable) */
  char             *key;          /* (owned) (nullable) */
  char            **offers;       /* (owned) (nullable): subprotocols */
  char             *extensions;   /* (owned) (nullable): offered */
  WsDeflateSettings deflate;      /* if they are */
  WsDeflateParams   agreed;
  GString          *request; /* (owned) (nullable) */

  /* The connection. */
  GCancellable           *cancellable;   /* (owned): of the dialling */
  GSocketAddress         *local_address; /* (owned) (nullable) */
  WsTransport            *transport;     /* (owned) (nullable) */
  WsTlsCredentials       *credentials;   /* (owned) (nullable): wss */
  char                   *verify_name;   /* (owned) (nullable) */
  char                  **alpn;          /* (owned) (nullable) */
  GBytes                 *ticket;        /* (owned) (nullable) */
  const WsTlsSessionSink *tls_sink;
  WsOpeningProxy          proxy;
  WsOutbox                outbox;
  GError *unsent; /* (owned) (nullable): the request cannot be written */

  /* The answer. */
  WsHttpReader     reader;
  guint            status; /* of the last answer, or 0 */
  WsHttpResponse   parsed; /* while the head is read and judged */
  WsHttpBody       body;
  WsClientResponse response;
  WsClientVerdict  verdict;
  WsBuffer         rest;

  /* Another request may follow. */
  WsClientAuth auth;
  guint        max_redirects;
  guint        n_redirects;
  WsUrl       *next; /* (owned) (nullable): where a redirect leads */

  guint has_parsed : 1;
  guint has_body : 1;
  guint is_reusable : 1; /* the connection takes another request */
  guint is_reused : 1;   /* it has taken a request already, and may be dead */
  guint is_given : 1;    /* the owner's connection: there is no other one */
};

/* --- ws-client-opening.c --- */

/* Drops what n_refs counts. */
void ws_client_opening_unref (WsClientOpening *self);
/* Fills self->error, whatever it held. */
WsProgress ws_client_opening_fail (WsClientOpening *self,
                                   WsEngineError    code,
                                   const char      *message);
/* Nothing goes on, and no time runs, until _go_on() with another step, which
 * runs from the context. */
void ws_client_opening_pause (WsClientOpening *self, WsAsked asked);
/* Pauses, and asks the owner for a login: @auth is that of the proxy, or of the
 * server that @uri names. FAILED: the owner cannot be asked. */
WsProgress ws_client_opening_ask_login (WsClientOpening *self,
                                        WsClientAuth    *auth,
                                        const char      *uri);
void       ws_client_opening_go_on (WsClientOpening *self, WsStep step);
/* Runs steps until one waits. */
void ws_client_opening_run (WsClientOpening *self);
/* Tells the owner, who frees the opening, that it has failed or is open. */
void ws_client_opening_report (WsClientOpening *self, WsProgress progress);
/* What is ready in @transport runs steps. */
void ws_client_opening_watch (WsClientOpening *self, WsTransport *transport);
/* @transport (transfer full) leads to the server, and once encrypted can take
 * the request. */
void ws_client_opening_enter_connection (WsClientOpening *self,
                                         WsTransport     *transport);
/* The request leaves with the step ASK. */
void ws_client_opening_begin_asking (WsClientOpening *self);

/* --- ws-client-opening-time.c --- */

void ws_client_opening_init_time (WsClientOpening *self);
/* No time runs; it goes on with what was left. */
void ws_client_opening_stop_clock (WsClientOpening *self);
void ws_client_opening_start_clock (WsClientOpening *self);
/* The other end has done something just now. */
void ws_client_opening_note_progress (WsClientOpening *self);

/* --- ws-client-opening-request.c --- */

void ws_client_opening_keep_request (WsClientOpening              *self,
                                     const WsClientOpeningOptions *options);
void ws_client_opening_clear_request (WsClientOpening *self);
/* FALSE with the error. */
gboolean   ws_client_opening_make_request (WsClientOpening *self);
WsProgress ws_client_opening_step_ask (WsClientOpening *self);
/* Of the steps ANSWER and BODY. */
WsProgress ws_client_opening_step_answer (WsClientOpening *self);
/* Forgets what was answered last, but not what the owner may look at. */
void ws_client_opening_clear_answer (WsClientOpening *self);
/* What came of the body is for the owner, too. */
void ws_client_opening_keep_body (WsClientOpening *self);

/* --- ws-client-opening-again.c --- */

WsProgress ws_client_opening_step_judge (WsClientOpening *self);
WsProgress ws_client_opening_step_again (WsClientOpening *self);
/* Another request, on a new connection, for the one in use has gone. */
WsProgress ws_client_opening_redial (WsClientOpening *self);
/* Whether this opening may follow what the response asks for, so that the rest
 * of the body is not worth waiting for. */
gboolean ws_client_opening_may_follow (WsClientOpening *self);

/* --- ws-client-opening-proxy.c --- */

WsProgress ws_client_opening_step_dial (WsClientOpening *self);
/* The login that was asked for has come. */
void ws_client_opening_authenticate_proxy (WsClientOpening *self,
                                           const char      *user,
                                           const char      *password);
/* Fills self->error: what is wrong with the last proxy. */
WsProgress ws_client_opening_fail_proxy (WsClientOpening *self,
                                         WsEngineError    code,
                                         const char      *what);
void       ws_client_opening_clear_proxy (WsClientOpening *self);

/* --- ws-client-opening-tunnel.c --- */

WsProgress ws_client_opening_step_connect (WsClientOpening *self);
WsProgress ws_client_opening_step_connecting (WsClientOpening *self);
WsProgress ws_client_opening_step_tunnel (WsClientOpening *self);
WsProgress ws_client_opening_step_tunnel_judge (WsClientOpening *self);
/* Sets the step that asks the proxy again, with the login. */
void ws_client_opening_answer_tunnel (WsClientOpening *self);

G_END_DECLS
