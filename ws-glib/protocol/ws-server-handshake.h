/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "protocol/ws-http.h"

G_BEGIN_DECLS

/* A server's half of the opening handshake (RFC 6455, 4.2), and what it knows
 * of a plain HTTP request on the same port. */

/* More subprotocols are not offered. */
#define WS_SERVER_HANDSHAKE_MAX_OFFERS 100

typedef struct
{
  char  *resource; /* path and query of the request */
  char  *host;     /* of the Host field, or of an absolute target; no brackets;
                  * "" for HTTP/1.0 without */
  guint  port;     /* likewise; 0 when the field names none */
  char  *origin;   /* (nullable) */
  char  *key;      /* NULL: plain HTTP */
  char **subprotocols; /* offered, in order; never NULL */
  char  *extensions;   /* (nullable): offered, all fields joined */
} WsServerHandshake;

/* Judges a parsed request. On FALSE @fault holds the status to answer with:
 * 400, 405 (not GET), 426 (no upgrade asked, HTTP/1.0, or a version that is not
 * 13), 505 (another HTTP than 1), and nothing is left to clear. */
gboolean ws_server_handshake_judge (WsServerHandshake   *self,
                                    const WsHttpRequest *request,
                                    WsHttpFault         *fault);
void     ws_server_handshake_clear (WsServerHandshake *self);

/* Whether nothing in a request speaks of WebSocket. */
gboolean ws_server_handshake_is_plain (const WsHttpRequest *request);
/* Judges one of these: any method, HTTP/1.0 as well. On FALSE @fault holds 400
 * or 505. */
gboolean ws_server_handshake_judge_plain (WsServerHandshake   *self,
                                          const WsHttpRequest *request,
                                          WsHttpFault         *fault);

/* The client's first offer that @supported (nullable) holds, or NULL. */
const char *ws_server_handshake_choose (const WsServerHandshake *self,
                                        const char *const       *supported);

/* Texts with control characters are left out of the answer. */
typedef struct
{
  const char          *subprotocol; /* (nullable) */
  const char          *extensions;  /* (nullable) */
  const char          *server_name; /* (nullable): for the Server field */
  gint64               date;        /* Unix time, for the Date field */
  const WsHttpHeaders *headers;     /* (nullable): those that are not ours */
} WsServerAnswer;

/* (transfer full): the head of the 101 response. */
GString *ws_server_handshake_accept (const WsServerHandshake *self,
                                     const WsServerAnswer    *answer);

/* (transfer full): a whole refusing response that says Connection: close, with
 * the fault's message as its short text body; 426 carries Upgrade, Connection
 * and Sec-WebSocket-Version: 13, 405 carries Allow: GET. The answer's headers
 * are not read. */
GString *ws_server_handshake_refuse (const WsHttpFault    *fault,
                                     const WsServerAnswer *answer);

/* Sec-WebSocket-Version fields, highest first: "13, 8" and the like. Only
 * 0, 4-8 and 13 are known, -1 stands for all others. Each comes once. */
int     ws_server_handshake_version_from_string (const char *text);
GArray *ws_server_handshake_versions (const WsHttpHeaders *headers); /* int */

G_END_DECLS
