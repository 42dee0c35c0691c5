/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Storage of large messages. The allocator takes so much from the system, page
 * by page, and gives it back with each message; a thread that has many of them
 * keeps what was freed for the next ones. Any thread may free it. */

/* Less is not worth it, and comes from the allocator. */
#define WS_STORAGE_MIN ((gsize) 128 * 1024)
/* Bytes that a thread keeps at most. */
#define WS_STORAGE_SPARE_MAX ((gsize) 16 * 1024 * 1024)

/* At least @size bytes, of which there are at least WS_STORAGE_MIN. */
gpointer ws_storage_new (gsize size) G_GNUC_WARN_UNUSED_RESULT;
/* @size: what was asked for last; the first @len bytes stay as they are. */
gpointer ws_storage_grow (gpointer storage,
                          gsize    len,
                          gsize    size) G_GNUC_WARN_UNUSED_RESULT;
void     ws_storage_free (gpointer storage);

/* This thread keeps storage from now on: who calls this calls
 * ws_storage_settle() a while later, and again as long as that says so. */
void ws_storage_keep (void);
/* Gives back what nobody has needed since the last time. FALSE: there was no
 * use of it at all, all is given back, and nothing is kept any more. */
gboolean ws_storage_settle (void);
/* Gives all back, and keeps nothing any more. */
void ws_storage_forget (void);

/* Whether ws_storage_new() would find @size bytes that this thread keeps. */
gboolean ws_storage_has_spare (gsize size);
/* Bytes that this thread keeps at the moment. */
gsize ws_storage_get_spare (void);

G_END_DECLS
