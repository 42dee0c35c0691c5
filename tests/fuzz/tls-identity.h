/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* An authority of its own, for "localhost", which proves nothing to anybody:
 * all that the fuzzers of TLS need, where there are no files. */
extern const char tls_identity_key[];
extern const char tls_identity_certificate[];

G_END_DECLS
