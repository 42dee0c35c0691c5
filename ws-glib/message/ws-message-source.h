/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What the streams of messages have in common. */

/* (transfer full): ready while @is_ready, which only looks, says so of @data;
 * for g_pollable_source_new_full(). */
GSource *ws_message_source_new (gboolean (*is_ready) (gpointer data),
                                gpointer       data,
                                GDestroyNotify destroy);
/* The whole of a close_async(): @error (transfer full) (nullable) is how
 * closing @stream went. GIO's own would close in a thread. */
void ws_message_stream_return_closed (gpointer            stream,
                                      int                 io_priority,
                                      GCancellable       *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer            user_data,
                                      GError             *error);

G_END_DECLS
