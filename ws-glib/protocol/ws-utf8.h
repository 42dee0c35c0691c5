/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A resumable validator (RFC 3629): text may be cut anywhere between two calls.
 * Zero is the initial state. */
typedef struct
{
  guint32 state;   /* of the automaton; 0 between characters */
  guint8  pending; /* bytes seen of an unfinished character, 0 to 3 */
} WsUtf8;

/* FALSE on the first byte that cannot continue valid text. */
gboolean ws_utf8_feed (WsUtf8 *self, const guint8 *data, gsize len);

/* Whether the text may end here. */
static inline gboolean
ws_utf8_is_complete (const WsUtf8 *self)
{
  return self->state == 0;
}

/* Whole texts. */
gboolean ws_utf8_is_valid (const guint8 *data, gsize len);

/* The longest prefix of valid @text, at most @max bytes, that cuts no
 * character. */
gsize ws_utf8_cut (const char *text, gsize len, gsize max);

G_END_DECLS
