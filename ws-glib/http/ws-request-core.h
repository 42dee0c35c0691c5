/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <ws-glib/ws-request.h>

#include "base/ws-property.h"

G_BEGIN_DECLS

/* The struct of a request. */

struct _WsRequest
{
  GObject         parent_instance;
  char           *method;         /* (owned) */
  char           *url;            /* (owned) (nullable) */
  WsHeaders      *headers;        /* (owned) */
  char          **subprotocols;   /* (owned) (nullable) */
  char           *origin;         /* (owned) (nullable) */
  char           *resource;       /* (owned) (nullable): made when asked */
  char           *path;           /* (owned) (nullable): likewise */
  char           *http_version;   /* (owned) */
  GSocketAddress *peer_address;   /* (owned) (nullable) */
  GSocketAddress *client_address; /* (owned) (nullable) */
  GBytes         *body;           /* (owned) (nullable) */
  gboolean        is_handshake;
  gboolean        is_secure; /* of a server's */
};

typedef enum
{
  WS_REQUEST_PROP_METHOD = 1,
  WS_REQUEST_PROP_URL,
  WS_REQUEST_PROP_HEADERS,
  WS_REQUEST_PROP_SUBPROTOCOLS,
  WS_REQUEST_PROP_ORIGIN,
  WS_REQUEST_PROP_IS_HANDSHAKE,
  WS_REQUEST_PROP_RESOURCE_NAME,
  WS_REQUEST_PROP_HTTP_VERSION,
  WS_REQUEST_PROP_PEER_ADDRESS,
  WS_REQUEST_PROP_BODY,
  WS_REQUEST_PROP_CLIENT_ADDRESS,
  WS_REQUEST_PROP_IS_SECURE,
  WS_REQUEST_PROP_PATH,
  WS_REQUEST_PROP_QUERY,
  WS_REQUEST_N_PROPS
} WsRequestProp;

G_END_DECLS
