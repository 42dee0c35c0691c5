/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Passwords from a terminal, a file or the command line, never shown. */
#include "password.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* What fits into a line of a terminal. */
#define MAX_SIZE 1024

static gssize
read_line (int terminal, char *line)
{
  gssize size;

  do
    size = read (terminal, line, MAX_SIZE);
  while (size < 0 && errno == EINTR);
  return size;
}

/* Asks at the terminal of the process, wherever its standard input comes from.
 * Returns NULL without one. */
char *
password_ask (const char *prompt, GError **error)
{
  int            terminal = open ("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
  struct termios original, silent;
  char           line[MAX_SIZE + 1] = { 0 };

  if (terminal < 0 || tcgetattr (terminal, &original) != 0)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                           "There is no terminal to ask for the password at");
      if (terminal >= 0)
        close (terminal);
      return NULL;
    }
  silent = original;
  silent.c_lflag &= ~(tcflag_t) ECHO;
  silent.c_lflag |= ICANON | ECHONL;
  if (tcsetattr (terminal, TCSAFLUSH, &silent) == 0
      && write (terminal, prompt, strlen (prompt)) >= 0)
    {
      gssize size = read_line (terminal, line);

      tcsetattr (terminal, TCSAFLUSH, &original);
      line[MAX (size, 0)] = '\0';
      line[strcspn (line, "\r\n")] = '\0';
    }
  close (terminal);

  char *password = g_strdup (line);

  explicit_bzero (line, sizeof line);
  return password;
}

/* The first line of a file. */
char *
password_read_file (const char *path, GError **error)
{
  char *content;
  gsize size;

  if (!g_file_get_contents (path, &content, &size, error))
    return NULL;

  char *line = g_strndup (content, strcspn (content, "\r\n"));

  explicit_bzero (content, size);
  g_free (content);
  return line;
}

/* Other users can read the arguments of a process. */
void
password_hide (char **arguments, const char *secret)
{
  for (; *arguments != NULL; arguments++)
    {
      char *place = strstr (*arguments, secret);

      if (place != NULL && *secret != '\0')
        memset (place, '*', strlen (place));
    }
}

void
password_free (char *password)
{
  if (password != NULL)
    explicit_bzero (password, strlen (password));
  g_free (password);
}

/* What cannot be read is for those to complain about who need it. */
static gboolean
is_encrypted (const char *path)
{
  g_autofree char *content = NULL;
  gboolean         result;
  gsize            size;

  if (!g_file_get_contents (path, &content, &size, NULL))
    return FALSE;
  result = g_strstr_len (content, (gssize) size, "ENCRYPTED") != NULL;
  explicit_bzero (content, size);
  return result;
}

gboolean
key_password_find (KeyPassword *self,
                   const char  *path,
                   char       **arguments,
                   GError     **error)
{
  g_autofree char *prompt = NULL;

  if (self->said != NULL)
    {
      self->text = g_strdup (self->said);
      password_hide (arguments, self->said);
      return TRUE;
    }
  if (self->file != NULL)
    self->text = password_read_file (self->file, error);
  else if (path == NULL || !is_encrypted (path))
    return TRUE;
  else
    {
      prompt = g_strdup_printf ("Passphrase of %s: ", path);
      self->text = password_ask (prompt, error);
    }
  return self->text != NULL;
}

void
key_password_clear (KeyPassword *self)
{
  g_clear_pointer (&self->said, password_free);
  g_clear_pointer (&self->file, g_free);
  g_clear_pointer (&self->text, password_free);
}
