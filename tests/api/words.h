/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* What a log of a test is made of: words with a space between. */

void words_add (GString *words, const char *format, ...) G_GNUC_PRINTF (2, 3);
/* The words are @expected, and are forgotten. */
void words_expect (GString *words, const char *expected);
/* The word for a value of an enum. */
const char *words_nick (GType type, int value);

G_END_DECLS
