/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Asks an HTTP server at @port of this machine, whose loop is the default one;
 * its answer must begin with @start and end with @end. */
void http_ask_expect (guint       port,
                      const char *method,
                      const char *path,
                      const char *start,
                      const char *end);

G_END_DECLS
