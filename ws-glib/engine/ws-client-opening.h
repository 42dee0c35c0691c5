/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/ws-connector.h"
#include "net/ws-tls-stream.h"
#include "protocol/ws-client-handshake.h"

G_BEGIN_DECLS

/* A client on its way to a connection: dial, encrypt, ask for the upgrade, judge
 * the answer. */
typedef struct _WsClientOpening WsClientOpening;

typedef struct
{
  const char          *origin;       /* (nullable) */
  const char *const   *subprotocols; /* (nullable) */
  const WsHttpHeaders *headers;      /* (nullable) */
  guint                timeout;      /* ms for all of it, 0: none */

  /* For wss only. The session outlives the opening, and so must what its sink
   * is given: the opening's own user_data. */
  WsTlsCredentials       *credentials; /* (nullable) */
  const char             *verify_name; /* (nullable): instead of the host */
  const char *const      *alpn;        /* (nullable) */
  GBytes                 *ticket;      /* (nullable) */
  const WsTlsSessionSink *tls_sink;
} WsClientOpeningOptions;

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
} WsClientOpeningSink;

/* (transfer full): @url is copied from, the options are not kept. */
WsClientOpening *ws_client_opening_new (WsPoller                     *poller,
                                        const WsUrl                  *url,
                                        const WsClientOpeningOptions *options,
                                        const WsClientOpeningSink    *sink,
                                        gpointer user_data);
/* Cancels, and closes what was not stolen, at once. */
void ws_client_opening_free (WsClientOpening *self);

/* Goes on after a pause: @accept the problems, or fail (from the context). */
void ws_client_opening_resume (WsClientOpening *self, gboolean accept);
/* The status of the last answer, 0: none came. */
guint ws_client_opening_get_status (WsClientOpening *self);
/* (transfer none) (nullable): while a wss connection is there. */
WsTlsSession *ws_client_opening_get_session (WsClientOpening *self);

typedef struct
{
  WsTransport    *transport;
  WsClientVerdict verdict;
  WsBuffer        rest; /* what came behind the response */
} WsClientOpened;

/* (transfer full): all that a connection is made of. Free the opening then. */
WsClientOpened ws_client_opening_steal (WsClientOpening *self);

G_END_DECLS
