/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/ws-connector.h"
#include "protocol/ws-client-handshake.h"

G_BEGIN_DECLS

/* A client on its way to a connection: dial, ask for the upgrade, judge the
 * answer. */
typedef struct _WsClientOpening WsClientOpening;

typedef struct
{
  const char          *origin;       /* (nullable) */
  const char *const   *subprotocols; /* (nullable) */
  const WsHttpHeaders *headers;      /* (nullable) */
  guint                timeout;      /* ms for all of it, 0: none */
} WsClientOpeningOptions;

/* One of them is called, once, from the context; each may free the opening. */
typedef struct
{
  void (*opened) (WsClientOpening *opening, gpointer user_data);
  void (*failed) (WsClientOpening *opening,
                  const GError    *error,
                  gpointer         user_data);
} WsClientOpeningSink;

/* (transfer full): @url is copied from, the options are not kept. */
WsClientOpening *ws_client_opening_new (WsPoller                     *poller,
                                        const WsUrl                  *url,
                                        const WsClientOpeningOptions *options,
                                        const WsClientOpeningSink    *sink,
                                        gpointer user_data);
/* Cancels, and closes what was not stolen, at once. */
void ws_client_opening_free (WsClientOpening *self);

typedef struct
{
  WsTransport    *transport;
  WsClientVerdict verdict;
  WsBuffer        rest; /* what came behind the response */
} WsClientOpened;

/* (transfer full): all that a connection is made of. Free the opening then. */
WsClientOpened ws_client_opening_steal (WsClientOpening *self);

G_END_DECLS
