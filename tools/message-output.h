/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdio.h>

#include <ws-glib/ws-glib.h>

G_BEGIN_DECLS

/* Where messages go, and in which form. */
typedef struct
{
  FILE    *file; /* (owned) unless it is stdout */
  gboolean is_terminal;
  gboolean has_color;
  gboolean indents_json;
  gboolean is_raw; /* payloads and nothing between them */
} MessageOutput;

gboolean
message_output_open (MessageOutput *self, const char *path, GError **error);
gboolean message_output_write (MessageOutput *self, WsMessage *message);
gboolean message_output_close (MessageOutput *self);

G_END_DECLS
