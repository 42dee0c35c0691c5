/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "chat-terminal.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <glib-unix.h>

#include "../terminal-text.h"

/*
 * Lines out, lines in. On a terminal the line that is being typed is ours, not
 * the kernel's: so it can be drawn again below a line that arrives meanwhile.
 * Elsewhere lines are read and written as they are.
 */
struct _ChatTerminal
{
  LineInputFunc  callback;
  gpointer       user_data; /* (unowned) */
  LineInput     *input;     /* (owned) (nullable): when not on a terminal */
  GString       *typed;     /* (owned): the line so far */
  struct termios original;
  guint          source_id;
  enum
  {
    PLAIN,
    TEXT,
    ESCAPE,  /* after an escape character */
    SEQUENCE /* inside a control sequence, such as an arrow key's */
  } mode;
};

#define CLEAR_LINE "\r\033[K"
#define PROMPT     "> "

/* Keys of the terminal's line discipline, which we stand in for. */
#define KEY_END       0x04 /* Ctrl-D */
#define KEY_BACKSPACE 0x08
#define KEY_REDRAW    0x0C /* Ctrl-L */
#define KEY_KILL_LINE 0x15 /* Ctrl-U */
#define KEY_KILL_WORD 0x17 /* Ctrl-W */
#define KEY_ESCAPE    0x1B
#define KEY_DELETE    0x7F

static gboolean
can_edit (void)
{
  const char *type = g_getenv ("TERM");

  return isatty (STDIN_FILENO) && isatty (STDOUT_FILENO) && type != NULL
         && *type != '\0' && !g_str_equal (type, "dumb");
}

static guint
get_width (void)
{
  struct winsize size;

  if (ioctl (STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 8)
    return size.ws_col;
  return 80;
}

static guint
get_cells (gunichar c)
{
  if (g_unichar_iszerowidth (c))
    return 0;
  return g_unichar_iswide (c) ? 2 : 1;
}

/* Shows the end of the line, as much as the row holds beside the prompt. */
static void
draw (ChatTerminal *self)
{
  if (self->source_id == 0)
    return;

  g_autofree char *valid = g_utf8_make_valid (self->typed->str, -1);
  const char      *start = valid + strlen (valid);
  guint            room = get_width () - strlen (PROMPT) - 1;

  while (start > valid)
    {
      const char *previous = g_utf8_prev_char (start);
      guint       cells = get_cells (g_utf8_get_char (previous));

      if (cells > room)
        break;
      room -= cells;
      start = previous;
    }

  g_autofree char *shown = terminal_text_escape (start, -1);

  fputs (CLEAR_LINE PROMPT, stdout);
  fputs (shown, stdout);
  fflush (stdout);
}

static void
erase_character (ChatTerminal *self)
{
  const char *typed = self->typed->str;
  const char *last = g_utf8_find_prev_char (typed, typed + self->typed->len);

  g_string_truncate (self->typed, last != NULL ? (gsize) (last - typed) : 0);
}

static void
erase_word (ChatTerminal *self)
{
  gsize length = self->typed->len;

  while (length > 0 && self->typed->str[length - 1] == ' ')
    length--;
  while (length > 0 && self->typed->str[length - 1] != ' ')
    length--;
  g_string_truncate (self->typed, length);
}

static void
end_line (ChatTerminal *self)
{
  g_autofree char *line = g_utf8_make_valid (self->typed->str, -1);

  draw (self);
  fputs ("\n", stdout);
  g_string_truncate (self->typed, 0);
  self->callback (line, self->user_data);
}

static void
take_sequence (ChatTerminal *self, char key)
{
  gboolean is_introducer = self->mode == ESCAPE && (key == '[' || key == 'O');
  gboolean is_parameter = self->mode == SEQUENCE && key < 0x40;

  self->mode = is_introducer || is_parameter ? SEQUENCE : TEXT;
}

/* FALSE when the key ends the input. */
static gboolean
take_key (ChatTerminal *self, char key)
{
  if (self->mode != TEXT)
    take_sequence (self, key);
  else if (key == '\n' || key == '\r')
    end_line (self);
  else if (key == KEY_END)
    return self->typed->len > 0;
  else if (key == KEY_DELETE || key == KEY_BACKSPACE)
    erase_character (self);
  else if (key == KEY_KILL_WORD)
    erase_word (self);
  else if (key == KEY_KILL_LINE)
    g_string_truncate (self->typed, 0);
  else if (key == KEY_ESCAPE)
    self->mode = ESCAPE;
  else if ((guchar) key >= ' ')
    g_string_append_c (self->typed, key);
  return TRUE;
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer user_data)
{
  ChatTerminal *self = user_data;
  char          keys[256];
  gssize        n_keys = read (fd, keys, sizeof keys);
  gboolean      goes_on = n_keys > 0;

  for (gssize i = 0; goes_on && i < n_keys; i++)
    goes_on = take_key (self, keys[i]);

  if (goes_on)
    {
      draw (self);
      return G_SOURCE_CONTINUE;
    }
  fputs (CLEAR_LINE, stdout);
  self->source_id = 0;
  self->callback (NULL, self->user_data);
  return G_SOURCE_REMOVE;
}

static void
on_plain_line (const char *line, gpointer user_data)
{
  ChatTerminal *self = user_data;

  if (line != NULL && *line != '\0')
    chat_terminal_print (self, PROMPT "%s", line);
  self->callback (line, self->user_data);
}

/* The callback must not free what calls it. */
ChatTerminal *
chat_terminal_new (LineInputFunc callback, gpointer user_data)
{
  ChatTerminal *self = g_new0 (ChatTerminal, 1);

  self->callback = callback;
  self->user_data = user_data;
  self->typed = g_string_new (NULL);
  if (can_edit () && tcgetattr (STDIN_FILENO, &self->original) == 0)
    self->mode = TEXT;
  else
    self->input = line_input_new (NULL, on_plain_line, self);
  return self;
}

void
chat_terminal_free (ChatTerminal *self)
{
  if (self->source_id != 0)
    {
      g_source_remove (self->source_id);
      fputs (CLEAR_LINE, stdout);
      fflush (stdout);
    }
  if (self->mode != PLAIN)
    tcsetattr (STDIN_FILENO, TCSADRAIN, &self->original);
  g_clear_pointer (&self->input, line_input_free);
  g_string_free (self->typed, TRUE);
  g_free (self);
}

/* Begins to read. Without suspending, which would leave our settings behind. */
void
chat_terminal_start (ChatTerminal *self)
{
  if (self->mode == PLAIN)
    {
      line_input_start (self->input);
      return;
    }

  struct termios settings = self->original;

  settings.c_lflag &= ~(tcflag_t) (ICANON | ECHO);
  settings.c_cc[VSUSP] = _POSIX_VDISABLE;
  settings.c_cc[VMIN] = 1;
  settings.c_cc[VTIME] = 0;
  tcsetattr (STDIN_FILENO, TCSADRAIN, &settings);
  self->source_id = g_unix_fd_add (STDIN_FILENO, G_IO_IN | G_IO_HUP | G_IO_ERR,
                                   on_readable, self);
  draw (self);
}

/* Prints a line, made fit for a terminal, above the one that is typed. */
void
chat_terminal_print (ChatTerminal *self, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_autofree char *text = g_strdup_vprintf (format, arguments);
  va_end (arguments);

  g_autofree char *line = terminal_text_escape (text, -1);

  if (self->source_id != 0)
    fputs (CLEAR_LINE, stdout);
  fputs (line, stdout);
  fputs ("\n", stdout);
  fflush (stdout);
  draw (self);
}
