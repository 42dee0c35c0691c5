/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Watches descriptors with a GSource each, where there is no epoll. */
#include "net/ws-poller-private.h"

#include <glib-unix.h>

static gboolean
on_fd_ready (int fd, GIOCondition condition, gpointer user_data)
{
  WsWatch *watch = user_data;
  g_autoptr (WsPoller) poller = ws_poller_ref (watch->poller);
  const gint64 begun = g_source_get_time (poller->source);

  if (condition & (G_IO_ERR | G_IO_HUP | G_IO_NVAL))
    condition = watch->wanted;
  condition &= watch->wanted;

  /* The watch may be gone afterwards; its source is destroyed then. */
  ws_poller_enter (poller);
  if (condition != 0)
    watch->func (watch, condition);
  ws_poller_leave (poller);
  ws_poller_note_iteration (poller, begun);
  return G_SOURCE_CONTINUE;
}

void
ws_poller_fallback_update (WsWatch *watch)
{
  if (watch->source != NULL)
    {
      g_source_destroy (watch->source);
      g_clear_pointer (&watch->source, g_source_unref);
    }
  if (watch->wanted == 0)
    return;

  watch->source = g_unix_fd_source_new (watch->fd, watch->wanted);
  g_source_set_static_name (watch->source, "ws-watch");
  g_source_set_callback (watch->source, G_SOURCE_FUNC (on_fd_ready), watch,
                         NULL);
  g_source_set_priority (watch->source, watch->poller->priority);
  g_source_set_can_recurse (watch->source, TRUE);
  g_source_attach (watch->source, watch->poller->context);
}
