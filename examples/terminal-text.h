/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean terminal_text_is_safe (gunichar c);
char    *terminal_text_escape (const char *text, gssize size);

G_END_DECLS
