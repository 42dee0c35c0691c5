/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The seconds that a Retry-After field asks for (RFC 9110, 10.2.3), which is a
 * number of them or a date; -1: @value is neither. @now: Unix time, s. */
gint64 ws_http_parse_retry_after (const char *value, gint64 now);

G_END_DECLS
