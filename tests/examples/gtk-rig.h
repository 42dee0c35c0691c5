/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Looks at windows as somebody would who sits before them. */

/* (transfer full): the labels and entries that can be seen, a line each. */
char *gtk_rig_read (gpointer widget);
/* Whether one of those lines has @text in it. */
gboolean gtk_rig_shows (gpointer widget, const char *text);
/* (nullable): the first visible widget of @type, or the button that says
 * @text. */
gpointer gtk_rig_find (gpointer widget, GType type);
gpointer gtk_rig_find_button (gpointer widget, const char *text);
/* Clicks, as a user could. */
void gtk_rig_click (gpointer widget, const char *text);
/* Waits until the window has its size, and draws it into NAME.png in the folder
 * that the environment names. */
void gtk_rig_shoot (gpointer window, const char *name);

G_END_DECLS
