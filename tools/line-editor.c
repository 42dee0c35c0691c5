/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libedit on a GLib main loop: what happens meanwhile is printed above the line
 * that is being edited. */
#define _GNU_SOURCE
#include "line-editor.h"

#include <errno.h>
#include <histedit.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#include <glib-unix.h>

#define PROMPT       "> "
#define HISTORY_SIZE 1000

struct _LineEditor
{
  EditLine      *edit;         /* (owned) */
  History       *history;      /* (owned) */
  char          *history_path; /* (owned) (nullable): it is not kept */
  LineEditorFunc callback;
  gpointer       user_data; /* (unowned) */

  char     bytes[64]; /* what was read and is no whole character yet */
  gsize    n_bytes;
  gboolean is_readable; /* the terminal is, or it has hung up */
  gboolean is_editing;  /* a line is shown */
  gboolean is_over;
  guint    start_id;
  guint    resize_id;
};

/* Whether a line can be drawn twice: the kernel's own cannot. */
gboolean
line_editor_is_possible (void)
{
  const char *type = g_getenv ("TERM");

  return isatty (STDIN_FILENO) && isatty (STDOUT_FILENO) && type != NULL
         && *type != '\0' && !g_str_equal (type, "dumb");
}

static char *
get_prompt (EditLine *edit)
{
  static char prompt[] = PROMPT;

  return prompt;
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer user_data)
{
  LineEditor *self = user_data;

  self->is_readable = TRUE;
  return G_SOURCE_REMOVE;
}

/* Lets the main loop run until the terminal has something. FALSE at its end. */
static gboolean
fill (LineEditor *self)
{
  gssize size;
  guint  id = g_unix_fd_add (STDIN_FILENO, G_IO_IN | G_IO_HUP | G_IO_ERR,
                             on_readable, self);

  self->is_readable = FALSE;
  while (!self->is_readable && !self->is_over)
    g_main_context_iteration (NULL, TRUE);
  if (!self->is_readable)
    g_source_remove (id);
  if (self->is_over)
    return FALSE;

  do
    size = read (STDIN_FILENO, self->bytes + self->n_bytes,
                 sizeof self->bytes - self->n_bytes);
  while (size < 0 && errno == EINTR);
  if (size <= 0)
    return FALSE;
  self->n_bytes += (gsize) size;
  return TRUE;
}

/* What libedit calls for the next character; 0 is the end. */
static int
get_character (EditLine *edit, wchar_t *character)
{
  LineEditor *self;

  el_get (edit, EL_CLIENTDATA, &self);
  while (TRUE)
    {
      gsize    used = 1;
      gunichar c = 0;

      if (self->n_bytes > 0)
        c = g_utf8_get_char_validated (self->bytes, (gssize) self->n_bytes);
      if (self->n_bytes == 0 || c == (gunichar) -2)
        {
          if (self->n_bytes > 0 && self->bytes[0] == '\0')
            c = 0;
          else if (fill (self))
            continue;
          else
            return 0;
        }
      else if (c == (gunichar) -1)
        c = 0xFFFD;
      else
        used = (gsize) g_unichar_to_utf8 (c, NULL);
      self->n_bytes -= used;
      memmove (self->bytes, self->bytes + used, self->n_bytes);
      *character = (wchar_t) c;
      return 1;
    }
}

static void
remember (LineEditor *self, const char *line)
{
  HistEvent event;

  if (*line != '\0' && *line != ' ')
    history (self->history, &event, H_ENTER, line);
}

/* Runs until the end of the input. The main loop goes on inside of it. */
static gboolean
on_start (gpointer user_data)
{
  LineEditor *self = user_data;
  const char *text;
  int         size;

  self->start_id = 0;
  while (!self->is_over)
    {
      self->is_editing = TRUE;
      /* Else a key that follows the prompt at once is still the kernel's. */
      el_set (self->edit, EL_PREP_TERM, 1);
      text = el_gets (self->edit, &size);
      self->is_editing = FALSE;
      if (text == NULL || size <= 0)
        break;

      g_autofree char *line = g_utf8_make_valid (text, size);

      line[strcspn (line, "\r\n")] = '\0';
      remember (self, line);
      self->callback (line, self->user_data);
    }
  if (!self->is_over)
    {
      fputs ("\n", stdout);
      self->is_over = TRUE;
      self->callback (NULL, self->user_data);
    }
  return G_SOURCE_REMOVE;
}

static gboolean
on_resized (gpointer user_data)
{
  LineEditor *self = user_data;

  line_editor_hide (self);
  el_resize (self->edit);
  line_editor_show (self);
  return G_SOURCE_CONTINUE;
}

static void
load_history (LineEditor *self, const char *path)
{
  HistEvent event;

  self->history = history_init ();
  history (self->history, &event, H_SETSIZE, HISTORY_SIZE);
  history (self->history, &event, H_SETUNIQUE, 1);
  el_set (self->edit, EL_HIST, history, self->history);
  if (path == NULL)
    return;
  self->history_path = g_strdup (path);
  history (self->history, &event, H_LOAD, path);
}

/* The history is read from the file and written there in the end; NULL: it is
 * forgotten. */
LineEditor *
line_editor_new (const char    *history_path,
                 LineEditorFunc callback,
                 gpointer       user_data)
{
  LineEditor *self = g_new0 (LineEditor, 1);

  self->callback = callback;
  self->user_data = user_data;
  /* libedit writes the characters of the locale, which may know ASCII only. */
  if (!g_get_charset (NULL))
    setlocale (LC_CTYPE, "C.UTF-8");
  self->edit = el_init (g_get_prgname (), stdin, stdout, stderr);
  el_set (self->edit, EL_CLIENTDATA, self);
  el_set (self->edit, EL_PROMPT, get_prompt);
  el_set (self->edit, EL_EDITOR, "emacs");
  el_set (self->edit, EL_GETCFN, get_character);
  el_set (self->edit, EL_BIND, "^R", "em-inc-search-prev", NULL);
  el_set (self->edit, EL_BIND, "^W", "ed-delete-prev-word", NULL);
  /* Who stops us would find the terminal as we need it. */
  el_set (self->edit, EL_SETTY, "-d", "susp=", NULL);
  load_history (self, history_path);
  el_source (self->edit, NULL);
  self->resize_id = g_unix_signal_add (SIGWINCH, on_resized, self);
  return self;
}

void
line_editor_free (LineEditor *self)
{
  HistEvent event;

  if (self->start_id != 0)
    g_source_remove (self->start_id);
  g_source_remove (self->resize_id);
  if (self->history_path != NULL)
    {
      g_autofree char *folder = g_path_get_dirname (self->history_path);

      if (g_mkdir_with_parents (folder, 0700) == 0)
        history (self->history, &event, H_SAVE, self->history_path);
    }
  el_end (self->edit);
  history_end (self->history);
  g_free (self->history_path);
  g_free (self);
}

/* Lines are asked for from the main loop on, until line_editor_stop(). */
void
line_editor_start (LineEditor *self)
{
  if (self->start_id == 0 && !self->is_over && !self->is_editing)
    self->start_id = g_idle_add (on_start, self);
}

/* No further line comes, nor the end. */
void
line_editor_stop (LineEditor *self)
{
  line_editor_hide (self);
  self->is_editing = FALSE;
  self->is_over = TRUE;
}

static int
get_width (void)
{
  struct winsize size;

  if (ioctl (STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1)
    return size.ws_col;
  return 80;
}

/* libedit shows a control character as a caret and a letter, and begins a row
 * where a wide one does not fit any more. */
static int
count_rows_above (LineEditor *self)
{
  const LineInfoW *line = el_wline (self->edit);
  int              width = get_width ();
  int              column = (int) strlen (PROMPT);
  int              rows = 0;

  for (const wchar_t *at = line->buffer; at < line->cursor; at++)
    {
      int cells = *at < ' ' || *at == 0x7F ? 2 : MAX (wcwidth (*at), 0);

      if (column + cells > width)
        {
          rows++;
          column = 0;
        }
      column += cells;
    }
  return rows + column / width;
}

/* Takes the line away, to print where it was. */
void
line_editor_hide (LineEditor *self)
{
  if (!self->is_editing)
    return;

  int rows = count_rows_above (self);

  fputs ("\r", stdout);
  if (rows > 0)
    printf ("\033[%dA", rows);
  fputs ("\033[J", stdout);
  fflush (stdout);
}

void
line_editor_show (LineEditor *self)
{
  fflush (stdout);
  if (self->is_editing)
    el_set (self->edit, EL_REFRESH);
}
