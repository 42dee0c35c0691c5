/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Messages on standard output or in a file. A terminal gets nothing from a peer
 * but characters that it only shows. */
#include "message-output.h"

#include <errno.h>
#include <unistd.h>

#include "examples/terminal-text.h"
#include "json-text.h"

#define MAX_SHOWN_BYTES 64
#define COLOR           "\033[36m"
#define NO_COLOR        "\033[0m"

static gboolean
wants_color (void)
{
  const char *type = g_getenv ("TERM");
  const char *refusal = g_getenv ("NO_COLOR");

  return type != NULL && *type != '\0' && !g_str_equal (type, "dumb")
         && (refusal == NULL || *refusal == '\0');
}

/* Without a path it is standard output. */
gboolean
message_output_open (MessageOutput *self, const char *path, GError **error)
{
  self->file = path == NULL ? stdout : fopen (path, "we");
  if (self->file == NULL)
    {
      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno),
                   "Cannot write %s: %s", path, g_strerror (errno));
      return FALSE;
    }
  self->is_terminal = isatty (fileno (self->file));
  self->has_color = self->is_terminal && wants_color ();
  return TRUE;
}

static void
mark_incoming (MessageOutput *self)
{
  fprintf (self->file, "%s< %s", self->has_color ? COLOR : "",
           self->has_color ? NO_COLOR : "");
}

static void
show_binary (MessageOutput *self, const guint8 *data, gsize size)
{
  mark_incoming (self);
  fprintf (self->file, "(binary, %" G_GSIZE_FORMAT " bytes)", size);
  for (gsize i = 0; i < size && i < MAX_SHOWN_BYTES; i++)
    fprintf (self->file, " %02x", data[i]);
  fputs (size > MAX_SHOWN_BYTES ? " ...\n" : "\n", self->file);
}

/* The line breaks of the text are ours: what is not indented shows its own as
 * any other control character. */
static void
show_text (MessageOutput *self,
           const char    *text,
           gsize          size,
           gboolean       is_indented)
{
  g_auto (GStrv) lines = NULL;

  mark_incoming (self);
  if (!is_indented)
    {
      g_autofree char *shown = terminal_text_escape (text, (gssize) size);

      fprintf (self->file, "%s\n", shown);
      return;
    }
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_autofree char *shown = terminal_text_escape (lines[i], -1);

      fprintf (self->file, "%s%s\n", i > 0 ? "  " : "", shown);
    }
}

/* FALSE when it cannot be written; errno tells why. */
gboolean
message_output_write (MessageOutput *self, WsMessage *message)
{
  gsize            size;
  const guint8    *data = ws_message_get_data (message, &size);
  g_autofree char *indented = NULL;
  gboolean         is_text
      = ws_message_get_message_type (message) == WS_MESSAGE_TYPE_TEXT;

  if (self->indents_json && is_text)
    indented = json_text_indent ((const char *) data, size);
  if (indented != NULL)
    {
      data = (const guint8 *) indented;
      size = strlen (indented);
    }
  errno = 0;
  if (!self->is_terminal)
    {
      fwrite (data, 1, size, self->file);
      if (!self->is_raw)
        putc ('\n', self->file);
    }
  else if (is_text)
    show_text (self, (const char *) data, size, indented != NULL);
  else
    show_binary (self, data, size);
  return fflush (self->file) == 0 && !ferror (self->file);
}

gboolean
message_output_close (MessageOutput *self)
{
  FILE *file = g_steal_pointer (&self->file);

  return file == NULL || file == stdout || fclose (file) == 0;
}
