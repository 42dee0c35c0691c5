/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* (transfer full): the one spelling of an origin (RFC 6454, 6.2), so that two
 * are the same exactly when their texts are: scheme and host in lower case, a
 * host name in ASCII, no default port. "null" is one; NULL for what is none, a
 * path behind it included. */
char *ws_origin_normalize (const char *text);

/* Whether @origin is one of @allowed, which are normalised. */
gboolean ws_origin_is_one_of (const char *origin, const char *const *allowed);

G_END_DECLS
