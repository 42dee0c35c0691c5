/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _LineInput LineInput;

/* A line without its end, or NULL once, after the last one. */
typedef void (*LineInputFunc) (const char *line, gpointer user_data);

LineInput *line_input_new (char        **lines,
                           LineInputFunc callback,
                           gpointer      user_data) G_GNUC_WARN_UNUSED_RESULT;
void       line_input_free (LineInput *self);
void       line_input_start (LineInput *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LineInput, line_input_free)

G_END_DECLS
