/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What a sockaddr_in6 takes. */
#define WS_ENDPOINT_IP_SIZE 28

/* One end of a connection, as the system has it: to make a GSocketAddress of it
 * takes as long as to answer a request, and few ask for one. Zero is an
 * unknown one. */
typedef struct
{
  GSocketAddress *other; /* (owned) (nullable): what is no IP address */
  guint8          ip[WS_ENDPOINT_IP_SIZE]; /* as a sockaddr, and aligned so */
  guint8          len;                     /* 0: no IP address */
} WsEndpoint;

/* @native: a sockaddr of @len bytes. */
void ws_endpoint_init (WsEndpoint *self, gconstpointer native, gsize len);
void ws_endpoint_clear (WsEndpoint *self);
/* (transfer full) (nullable) */
GSocketAddress *ws_endpoint_make_address (const WsEndpoint *self);

/* Both ends of a connection that is over. */
typedef struct
{
  WsEndpoint of[2]; /* ours, and the remote one */
} WsEnds;

void ws_ends_free (WsEnds *self);

G_END_DECLS
