/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* (transfer full): what a peer sent, in quotes and fit for a message: control
 * and non-ASCII characters are escaped, long texts are cut. */
char *ws_http_quote (const char *text);
/* (transfer full): the same of a request line, without a query: that is between
 * the two peers. */
char *ws_http_quote_request_line (const char *line);
/* (transfer full): the same of a request's target, without a login either. */
char *ws_http_quote_target (const char *target);
/* (transfer full): the same of a header field's line, without the value, or
 * what continues another line: either may be a secret. */
char *ws_http_quote_field (const char *line);

/* (transfer full): the head of a request or an answer in one line, as a log may
 * show it. Of a field that may hold a secret only the size is told: those are
 * all fields that are not known for holding none. */
char *ws_http_describe_head (const char *head, gsize len);

G_END_DECLS
