/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "protocol/ws-http.h"

G_BEGIN_DECLS

/* A server's answer, which is also the end of its connection (RFC 9112, 9.6).
 * Texts with control characters are left out of it. */
typedef struct
{
  guint                status;
  const char          *reason;      /* (nullable): the canonical phrase */
  const WsHttpHeaders *headers;     /* (nullable): those that are not ours */
  const char          *server_name; /* (nullable): for the Server field */
  gint64               date;        /* Unix time, for the Date field */
  gsize                body_len;
} WsHttpAnswer;

/* Whether a field says how the message is framed, or how the connection goes
 * on, so that it cannot be set from outside. */
gboolean ws_http_answer_is_own_field (const char *name);

/* Appends all that are not ours. */
void ws_http_answer_write_headers (const WsHttpHeaders *headers, GString *out);

/* Whether a body may follow (RFC 9110, 15.2, 15.3.5, 15.4.5). */
gboolean ws_http_answer_has_body (guint status);

/* (transfer full): the head, empty line included. 426 carries Upgrade and
 * Sec-WebSocket-Version: 13. */
GString *ws_http_answer_head (const WsHttpAnswer *self);

G_END_DECLS
