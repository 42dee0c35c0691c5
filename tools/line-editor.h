/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _LineEditor LineEditor;

/* A line, valid UTF-8, without its end; NULL once, after the last one. */
typedef void (*LineEditorFunc) (const char *line, gpointer user_data);

gboolean    line_editor_is_possible (void);
LineEditor *line_editor_new (const char    *history_path,
                             LineEditorFunc callback,
                             gpointer user_data) G_GNUC_WARN_UNUSED_RESULT;
void        line_editor_free (LineEditor *self);
void        line_editor_start (LineEditor *self);
void        line_editor_stop (LineEditor *self);
void        line_editor_hide (LineEditor *self);
void        line_editor_show (LineEditor *self);

G_END_DECLS
