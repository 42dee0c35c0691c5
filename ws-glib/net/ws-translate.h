/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What people read, in their language. For po/, xgettext collects what is
 * marked with these; what developers, logs and peers get is English. */

#define _(text)  ws_translate (text)
#define N_(text) text

/* @text, or its translation as the locale of the process is now; static. */
const char *ws_translate (const char *text) G_GNUC_FORMAT (1);
/* The same of a sentence that depends on a number. */
const char *ws_translate_plural (const char *one, const char *many, guint n)
    G_GNUC_FORMAT (1) G_GNUC_FORMAT (2);

G_END_DECLS
