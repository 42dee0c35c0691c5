/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the user of a connection sees. */
#include "console.h"

#include <stdarg.h>
#include <stdio.h>

#include "examples/terminal-text.h"

static void
hide_line (Console *self)
{
  if (self->editor != NULL)
    line_editor_hide (self->editor);
}

static void
show_line (Console *self)
{
  if (self->editor != NULL)
    line_editor_show (self->editor);
}

static void
say (Console *self, const char *format, va_list arguments)
{
  g_autofree char *text = g_strdup_vprintf (format, arguments);
  g_autofree char *shown = terminal_text_escape (text, -1);

  hide_line (self);
  g_printerr ("%s\n", shown);
  show_line (self);
}

/* A line on standard error. */
void
console_say (Console *self, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  say (self, format, arguments);
  va_end (arguments);
}

/* What a program that reads standard error can do without. */
void
console_remark (Console *self, const char *format, ...)
{
  va_list arguments;

  if (self->is_quiet || (self->editor == NULL && !self->is_verbose))
    return;
  va_start (arguments, format);
  say (self, format, arguments);
  va_end (arguments);
}

void
console_say_lines (Console *self, const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    console_say (self, "%s", lines[i]);
}

/* A line on standard output, which is fit for a terminal. FALSE when it cannot
 * be written; errno tells why. */
gboolean
console_print (Console *self, const char *line)
{
  gboolean is_printed;

  hide_line (self);
  is_printed = puts (line) >= 0 && fflush (stdout) == 0;
  show_line (self);
  return is_printed;
}

/* The same for a message, wherever it is to go. */
gboolean
console_show (Console *self, WsMessage *message)
{
  gboolean is_shown;

  hide_line (self);
  is_shown = message_output_write (&self->output, message);
  show_line (self);
  return is_shown;
}
