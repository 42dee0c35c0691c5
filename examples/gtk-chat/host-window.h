/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>
#include <ws-glib/ws-glib.h>

G_BEGIN_DECLS

#define HOST_TYPE_WINDOW (host_window_get_type ())
G_DECLARE_FINAL_TYPE (HostWindow, host_window, HOST, WINDOW, GtkWindow)

HostWindow *host_window_new (void);
WsServer   *host_window_get_server (HostWindow *self);

G_END_DECLS
