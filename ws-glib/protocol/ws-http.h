/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "protocol/ws-buffer.h"
#include "protocol/ws-fault.h"
#include "protocol/ws-http-header.h"
#include "protocol/ws-http-quote.h"

G_BEGIN_DECLS

/* HTTP/1.1 heads (RFC 9112), as far as the upgrade needs them. */

/* What a peer's head may be. Browsers keep tens of KiB of cookies, which
 * proxies in front of a server let through. */
typedef struct
{
  guint max_head;  /* bytes: start line, fields, line ends, blank line */
  guint max_line;  /* bytes, without its line end */
  guint max_lines; /* fields; the start line is not counted */
} WsHttpLimits;

#define WS_HTTP_DEFAULT_MAX_HEAD  (64 * 1024)
#define WS_HTTP_DEFAULT_MAX_LINE  (16 * 1024)
#define WS_HTTP_DEFAULT_MAX_LINES 200

/* An initializer. */
#define WS_HTTP_LIMITS_DEFAULT              \
  {                                         \
    .max_head = WS_HTTP_DEFAULT_MAX_HEAD,   \
    .max_line = WS_HTTP_DEFAULT_MAX_LINE,   \
    .max_lines = WS_HTTP_DEFAULT_MAX_LINES, \
  }

/* What is wrong with a head: the status a server answers with, and why. */
typedef struct
{
  guint status;
  char  message[160];
} WsHttpFault;

void
ws_http_fault_set (WsHttpFault *fault, guint status, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

/* The canonical phrase, or "" for an unknown status. */
const char *ws_http_status_phrase (guint status);

typedef enum
{
  WS_HTTP_REQUEST,
  WS_HTTP_RESPONSE
} WsHttpKind;

/* Collects a head, in any split. */
typedef struct
{
  WsHttpKind   kind;
  WsHttpLimits limits;
  WsBuffer     head;     /* all of it, blank line included, once WS_DONE */
  gsize        line_len; /* of the line being read, without its LF */
  guint        n_lines;  /* finished ones, the start line included */
} WsHttpReader;

/* @limits (nullable): the defaults. */
void ws_http_reader_init (WsHttpReader       *self,
                          WsHttpKind          kind,
                          const WsHttpLimits *limits);
/* Afterwards @self is ready for another head. */
void ws_http_reader_clear (WsHttpReader *self);

/* @consumed: bytes of @data that belong to the head. One empty line may come
 * first (RFC 9112, 2.2). A bare LF ends a line of a response too; in a request
 * it is refused, for a proxy before us may have read it as something else.
 * WS_FAILED: 414 for a start line, 431 for a field or all of them together,
 * over their limits, which the message names as the properties are called; 400
 * for NUL bytes, a first byte that no HTTP message begins with or a first line
 * that names no HTTP version (so that garbage is answered at once). */
WsParse ws_http_reader_feed (WsHttpReader *self,
                             const guint8 *data,
                             gsize         len,
                             gsize        *consumed,
                             WsHttpFault  *fault);

typedef struct
{
  char          *method;
  char          *target;
  guint          major, minor;
  WsHttpHeaders *headers; /* (owned) */
} WsHttpRequest;

typedef struct
{
  guint          major, minor;
  guint          status;
  char          *reason;
  WsHttpHeaders *headers; /* (owned) */
} WsHttpResponse;

/* Whether a request line may name @text: no blank, nothing but ASCII (3986,
 * 2). */
gboolean ws_http_is_target (const char *text);

/* Parse whole heads. On failure nothing is left to clear. Folded lines of a
 * response are joined with one space, those of a request are refused (RFC 9112,
 * 5.2). The fault of a response has status 0, for nobody is to be answered. */
gboolean ws_http_request_parse (WsHttpRequest *self,
                                const char    *head,
                                gsize          len,
                                WsHttpFault   *fault);
void     ws_http_request_clear (WsHttpRequest *self);
gboolean ws_http_response_parse (WsHttpResponse *self,
                                 const char     *head,
                                 gsize           len,
                                 WsHttpFault    *fault);
void     ws_http_response_clear (WsHttpResponse *self);

G_END_DECLS
