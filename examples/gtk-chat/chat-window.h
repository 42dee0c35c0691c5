/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>
#include <ws-glib/ws-glib.h>

G_BEGIN_DECLS

#define CHAT_TYPE_WINDOW (chat_window_get_type ())
G_DECLARE_FINAL_TYPE (
    ChatWindow, chat_window, CHAT, WINDOW, GtkApplicationWindow)

ChatWindow *chat_window_new (GtkApplication *application);
WsSocket   *chat_window_get_socket (ChatWindow *self);
void chat_window_join (ChatWindow *self, const char *url, const char *nickname);

G_END_DECLS
