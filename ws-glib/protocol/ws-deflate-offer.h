/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "protocol/ws-http.h"

G_BEGIN_DECLS

/* Negotiating permessage-deflate (RFC 7692, 5 and 7.1): what is offered,
 * answered and agreed. */

/* What one side wants. The windows are bounds of what is agreed; windows and
 * the two flags bind both roles. */
typedef struct
{
  guint    client_max_window_bits; /* 8 to 15 */
  guint    server_max_window_bits; /* 8 to 15 */
  gboolean client_no_context_takeover;
  gboolean server_no_context_takeover;
  int      level;        /* zlib's, 0 to 9; -1: zlib's default */
  guint    memory_level; /* zlib's, 1 to 9 */
  gsize    threshold;    /* bytes: shorter messages are sent as they are */
  guint    max_ratio;    /* a message of so many times its size on the wire is
                            refused, unless it is short; 0: none is */
  guint    idle_release; /* ms after which who owns the connection is to call
                            ws_deflate_release_idle(), 0: never */
} WsDeflateSettings;

/* Text of people and programs becomes 3 to 50 times its size, deflate can do
 * 1032. */
#define WS_DEFLATE_DEFAULT_MAX_RATIO 200

/* An initializer. */
#define WS_DEFLATE_SETTINGS_DEFAULT                                          \
  {                                                                          \
    .client_max_window_bits = 15, .server_max_window_bits = 15, .level = -1, \
    .memory_level = 8, .threshold = 256,                                     \
    .max_ratio = WS_DEFLATE_DEFAULT_MAX_RATIO, .idle_release = 10000,        \
  }

/* What both sides agreed on: how each of them compresses. */
typedef struct
{
  guint8   client_window_bits; /* 8 to 15 */
  guint8   server_window_bits;
  gboolean client_no_context_takeover;
  gboolean server_no_context_takeover;
} WsDeflateParams;

/* (transfer full): what a client offers, for Sec-WebSocket-Extensions. */
char *ws_deflate_offer_build (const WsDeflateSettings *settings);

/* (transfer full) (nullable): a server's answer to @offers (nullable), the
 * extensions of all kinds that a client offers: to the first offer that it can
 * meet. NULL: to none (7.1: unknown, repeated or malformed parameters, or a
 * client that would not keep to the settings). */
char *ws_deflate_offer_accept (const char              *offers,
                               const WsDeflateSettings *settings,
                               WsDeflateParams         *params);

/* A client judges the @answer to what ws_deflate_offer_build() made of the same
 * settings: exactly one extension, with parameters that were offered and are
 * met. The fault, of status 101, names the parameter; the connection has to be
 * failed then (7.1). */
gboolean ws_deflate_offer_judge (const char              *answer,
                                 const WsDeflateSettings *settings,
                                 WsDeflateParams         *params,
                                 WsHttpFault             *fault);

G_END_DECLS
