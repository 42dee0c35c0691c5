/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *json_text_indent (const char *text, gsize size) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
