/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a connection obeys, and may be told anew while it lives. Sizes are
 * bytes, times milliseconds, where 0 means "none". */
typedef struct
{
  guint64 max_incoming_frame_size;
  guint64 max_incoming_message_size;
  guint   max_incoming_fragments; /* 0: any number */
  guint64 outgoing_frame_size;    /* 0: never fragment */
  guint64 max_bytes_to_write;
  guint64 write_high_water_mark;
  guint   open_timeout;
  guint   close_timeout;
  guint   frame_timeout;
  guint   message_timeout;
  guint   write_timeout;
  guint   ping_interval;
  guint   ping_timeout;
  int     priority; /* of a GSource: as of open or listen */
} WsSettings;

#define WS_SETTINGS_PING_INTERVAL 30000

/* The defaults, with the usual priority. */
static inline WsSettings
ws_settings_default (void)
{
  return (WsSettings){
    .max_incoming_frame_size = 16 * 1024 * 1024,
    .max_incoming_message_size = 16 * 1024 * 1024,
    .max_incoming_fragments = 128 * 1024,
    .max_bytes_to_write = 64 * 1024 * 1024,
    .write_high_water_mark = 1024 * 1024,
    .open_timeout = 20000,
    .close_timeout = 5000,
    .frame_timeout = 30000,
    .message_timeout = 600000,
    .write_timeout = 60000,
    .ping_interval = WS_SETTINGS_PING_INTERVAL,
    .ping_timeout = 20000,
  };
}

/* Connections share what is the same for all of them: nothing is written there
 * any more, and whoever wants to change something makes a copy. */

/* (transfer full) */
static inline WsSettings *
ws_settings_share (const WsSettings *self)
{
  return g_atomic_rc_box_dup (sizeof *self, (gpointer) self);
}

static inline WsSettings *
ws_settings_ref (WsSettings *self)
{
  return g_atomic_rc_box_acquire (self);
}

static inline void
ws_settings_unref (WsSettings *self)
{
  g_atomic_rc_box_release (self);
}

G_END_DECLS
