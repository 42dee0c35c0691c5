/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/ws-engine-error.h"
#include "net/ws-connector.h"
#include "net/ws-tls-stream.h"
#include "protocol/ws-client-handshake.h"
#include "protocol/ws-deflate-offer.h"

G_BEGIN_DECLS

/* A client on its way to a connection: dial, encrypt, ask for the upgrade,
 * judge the answer; and all of it again for a proxy's or a server's login, and
 * for a redirect. */
typedef struct _WsClientOpening WsClientOpening;

typedef struct
{
  const char              *origin;        /* (nullable) */
  const char *const       *subprotocols;  /* (nullable) */
  const WsHttpHeaders     *headers;       /* (nullable) */
  const WsDeflateSettings *deflate;       /* (nullable): is offered */
  guint                    timeout;       /* ms for all of it, 0: none */
  guint                    max_redirects; /* 0: none is followed */
  const WsHttpLimits      *limits;        /* (nullable): of a response's head */
  GProxyResolver          *proxy_resolver; /* (nullable): the system's */
  GSocketAddress          *local_address;  /* (nullable): to come from */
  guint                    log_number;     /* of the socket; 0: nobody asks */
  WsTransport             *transport;      /* (nullable): is taken, instead of
                                       * dialling, which cannot be done again */

  /* For wss only. The TLS session outlives the opening, and so must the user
   * data of the session's sink, which are those of the opening. */
  WsTlsCredentials       *credentials; /* (nullable) */
  const char             *verify_name; /* (nullable): instead of the host */
  const char *const      *alpn;        /* (nullable) */
  GBytes                 *ticket;      /* (nullable) */
  const WsTlsSessionSink *tls_sink;
} WsClientOpeningOptions;

/* A server or a proxy wants credentials. */
typedef struct
{
  gboolean    is_proxy;
  const char *uri;    /* of the server or the proxy, without user-info */
  const char *scheme; /* "Basic" or "Digest"; "" of a proxy: GIO does not say */
  const char *realm;  /* not always UTF-8; "" of a proxy */
  const char *user;   /* (nullable): what was refused */
  const char *password; /* (nullable) */
  guint       retries;  /* how often this was asked before */
} WsClientQuestion;

/* Called from the context; each may free the opening. */
typedef struct
{
  /* One of these two comes, once. */
  void (*opened) (WsClientOpening *opening, gpointer user_data);
  void (*failed) (WsClientOpening *opening,
                  const GError    *error,
                  gpointer         user_data);
  /* The server's certificates have problems, see the session: nothing goes on,
   * and no time runs, until ws_client_opening_resume(). */
  void (*paused) (WsClientOpening *opening, gpointer user_data);
  /* (nullable): nothing goes on, and no time runs, until
   * ws_client_opening_authenticate() or _give_up(). Where this is NULL the
   * opening fails instead. */
  void (*asked) (WsClientOpening        *opening,
                 const WsClientQuestion *question,
                 gpointer                user_data);
  /* (nullable): a redirect leads to @url; the same until
   * ws_client_opening_follow() or _give_up(). */
  void (*redirected) (WsClientOpening *opening,
                      const WsUrl     *url,
                      gboolean         is_same_origin,
                      gpointer         user_data);
} WsClientOpeningSink;

/* (transfer full): @url is copied from, and so are the options; its user-info
 * is for the first 401. */
WsClientOpening *ws_client_opening_new (WsPoller                     *poller,
                                        const WsUrl                  *url,
                                        const WsClientOpeningOptions *options,
                                        const WsClientOpeningSink    *sink,
                                        gpointer user_data);
/* Cancels, and closes what was not stolen, at once. */
void ws_client_opening_free (WsClientOpening *self);

/* Goes on after a pause: the problems are accepted, or it fails (from the
 * context). */
void ws_client_opening_resume (WsClientOpening *self, gboolean is_accepted);
/* The status of the last answer, 0: none came. */
guint ws_client_opening_get_status (WsClientOpening *self);
/* (transfer none) (nullable): while a wss connection is there. */
WsTlsSession *ws_client_opening_get_session (WsClientOpening *self);

/* Answer what the sink was asked; what follows does so from the context. */
void ws_client_opening_authenticate (WsClientOpening *self,
                                     const char      *user,
                                     const char      *password);
/* Goes where the redirect leads, and asks there for what @options say;
 * time-out, limit and resolver stay what they are. */
void ws_client_opening_follow (WsClientOpening              *self,
                               const WsClientOpeningOptions *options);
/* Fails, with @message (nullable) behind what the server answered. */
void ws_client_opening_give_up (WsClientOpening *self, const char *message);

/* What the server answered last. */
typedef struct
{
  WsBuffer head; /* empty: nothing */
  WsBuffer body; /* at most the first WS_CLIENT_RESPONSE_KEEP bytes */
} WsClientResponse;

#define WS_CLIENT_RESPONSE_KEEP (16 * 1024)

/* (transfer full) */
WsClientResponse ws_client_opening_steal_response (WsClientOpening *self);
void             ws_client_response_clear (WsClientResponse *self);

typedef struct
{
  WsTransport      *transport;
  WsClientVerdict   verdict;
  WsDeflateParams   deflate;  /* if the verdict has extensions */
  WsDeflateSettings settings; /* with which compression was offered */
  WsBuffer          rest;     /* what came behind the response */
} WsClientOpened;

/* (transfer full): all that a connection is made of. Free the opening then. */
WsClientOpened ws_client_opening_steal (WsClientOpening *self);

G_END_DECLS
