/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "ws-headers.h"

#include "protocol/ws-http-header.h"

G_BEGIN_DECLS

/* (transfer full): @http is owned from here on. */
WsHeaders *ws_headers_new_take (WsHttpHeaders *http) G_GNUC_WARN_UNUSED_RESULT;

/* (transfer full): @text of a peer as bindings expect it, in UTF-8. What is
 * none becomes a character for each byte, as HTTP once had it
 * (RFC 9110, 5.5). */
char *ws_headers_make_utf8 (const char *text);
/* (transfer none): the live list; it changes when the public object does. */
WsHttpHeaders *ws_headers_peek_http (WsHeaders *self);

G_END_DECLS
