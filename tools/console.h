/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "line-editor.h"
#include "message-output.h"

G_BEGIN_DECLS

/* Messages on standard output, and remarks on standard error, without harm to
 * the line that is being edited. */
typedef struct
{
  LineEditor   *editor; /* (owned) (nullable): not on a terminal */
  MessageOutput output;
  gboolean      is_quiet;
  gboolean      is_verbose;
} Console;

void console_say (Console *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
void
console_remark (Console *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
void     console_say_lines (Console *self, const char *text);
gboolean console_print (Console *self, const char *line);
gboolean console_show (Console *self, WsMessage *message);

G_END_DECLS
