/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <ws-glib/ws-glib.h>

G_BEGIN_DECLS

/* What is published at Redis: the bytes of a publication
 * (ws_publication_to_bytes()), and if the topic has a history, before them
 *
 *   0  'H'
 *   1  the version of this format, 1
 *   2  how many bytes the epoch has
 *   3  0
 *   4  the offset, 8 bytes, the highest first
 *   12 the epoch
 *
 * The script that keeps a publication writes that. */

#define WS_REDIS_ENTRY_HEAD 12

/* (transfer full): NULL with PROTOCOL if it is none of ours, and the message
 * says why. @topic is valid UTF-8. */
WsPublication *ws_redis_entry_read (const char *topic,
                                    GBytes     *bytes,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
