/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Of a date with a NUL. */
#define WS_HTTP_DATE_SIZE 30

/* Writes @unix_time in HTTP's fixed format, whatever the locale (RFC 9110,
 * 5.6.7). */
void ws_http_date (gint64 unix_time, char out[WS_HTTP_DATE_SIZE]);

G_END_DECLS
