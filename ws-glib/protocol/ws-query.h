/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The two parts of a request's target, and what forms write into the second:
 * "name=value&name=value", percent-encoded, with "+" for a space (HTML,
 * application/x-www-form-urlencoded). All that is decoded is UTF-8 without
 * U+0000; what is not is the @culprit: (transfer full), as it came. */

/* (transfer full): what is before the "?". */
char *ws_query_cut_path (const char *target);
/* (transfer none) (nullable): what is behind it. */
const char *ws_query_find (const char *target);

/* (transfer full) (nullable): the values of @name, in their order. @query
 * (nullable) */
char **ws_query_get (const char *query, const char *name, char **culprit);
/* (transfer full) (nullable): the names, each once, in the order of the first.
 * */
char **ws_query_list (const char *query, char **culprit);

G_END_DECLS
