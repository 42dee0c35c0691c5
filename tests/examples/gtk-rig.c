/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gtk-rig.h"

#include <string.h>

#include "support/ws-test.h"

static const char *
get_text (GtkWidget *widget)
{
  if (GTK_IS_LABEL (widget))
    return gtk_label_get_text (GTK_LABEL (widget));
  if (GTK_IS_TEXT (widget))
    return gtk_editable_get_text (GTK_EDITABLE (widget));
  return NULL;
}

static void
collect (GtkWidget *widget, GString *lines)
{
  const char *text = get_text (widget);

  if (!gtk_widget_get_child_visible (widget)
      || !gtk_widget_get_visible (widget))
    return;
  if (text != NULL && *text != '\0')
    g_string_append_printf (lines, "%s\n", text);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    collect (child, lines);
}

char *
gtk_rig_read (gpointer widget)
{
  GString *lines = g_string_new (NULL);

  collect (widget, lines);
  return g_string_free (lines, FALSE);
}

gboolean
gtk_rig_shows (gpointer widget, const char *text)
{
  g_autofree char *lines = gtk_rig_read (widget);

  return strstr (lines, text) != NULL;
}

gpointer
gtk_rig_find (gpointer widget, GType type)
{
  if (!gtk_widget_get_visible (widget))
    return NULL;
  if (g_type_is_a (G_OBJECT_TYPE (widget), type))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      gpointer found = gtk_rig_find (child, type);

      if (found != NULL)
        return found;
    }
  return NULL;
}

gpointer
gtk_rig_find_button (gpointer widget, const char *text)
{
  if (!gtk_widget_get_visible (widget))
    return NULL;
  if (GTK_IS_BUTTON (widget) && gtk_rig_shows (widget, text))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      gpointer found = gtk_rig_find_button (child, text);

      if (found != NULL)
        return found;
    }
  return NULL;
}

void
gtk_rig_click (gpointer widget, const char *text)
{
  GtkWidget *button = gtk_rig_find_button (widget, text);

  g_assert_nonnull (button);
  g_assert_true (gtk_widget_is_sensitive (button));
  g_signal_emit_by_name (button, "clicked");
}

/* --- Pictures --- */

static gboolean
count_frame (GtkWidget *widget, GdkFrameClock *clock, gpointer n_frames)
{
  (*(guint *) n_frames)++;
  return G_SOURCE_CONTINUE;
}

/* Animations are off, but what is laid out anew takes some frames. */
static void
let_it_settle (GtkWidget *window)
{
  guint n_frames = 0;
  guint id
      = gtk_widget_add_tick_callback (window, count_frame, &n_frames, NULL);

  ws_test_until (NULL, gtk_widget_get_mapped (window) && n_frames >= 10);
  gtk_widget_remove_tick_callback (window, id);
}

void
gtk_rig_shoot (gpointer window, const char *name)
{
  g_autofree char *path
      = g_strdup_printf ("%s/%s.png", g_getenv ("WS_TEST_PICTURES"), name);
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (window);
  g_autoptr (GskRenderNode) node = NULL;
  g_autoptr (GdkTexture) texture = NULL;
  int width, height;

  let_it_settle (window);
  width = gdk_paintable_get_intrinsic_width (paintable);
  height = gdk_paintable_get_intrinsic_height (paintable);
  g_assert_cmpint (width, >, 100);
  g_assert_cmpint (height, >, 100);
  gdk_paintable_snapshot (paintable, snapshot, width, height);
  node = gtk_snapshot_free_to_node (snapshot);
  texture = gsk_renderer_render_texture (gtk_native_get_renderer (
                                             gtk_widget_get_native (window)),
                                         node, NULL);
  g_assert_true (gdk_texture_save_to_png (texture, path));
}
