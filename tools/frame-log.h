/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _FrameLog FrameLog;

/* A line that is fit for a terminal. */
typedef void (*FrameLogFunc) (const char *line, gpointer user_data);

FrameLog *frame_log_new (const char  *mark,
                         gboolean     is_from_client,
                         gboolean     has_head,
                         guint        max_shown,
                         FrameLogFunc print,
                         gpointer     user_data) G_GNUC_WARN_UNUSED_RESULT;
void      frame_log_free (FrameLog *self);
void      frame_log_feed (FrameLog *self, const guint8 *data, gsize size);
void      frame_log_end (FrameLog *self);

G_END_DECLS
