/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <ws-glib/ws-glib.h>

G_BEGIN_DECLS

typedef struct _ServeFolder ServeFolder;

ServeFolder *serve_folder_new (WsServer   *server,
                               const char *path,
                               GError    **error) G_GNUC_WARN_UNUSED_RESULT;
void         serve_folder_free (ServeFolder *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ServeFolder, serve_folder_free)

G_END_DECLS
