/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* JSON with line breaks. A library would read values and write other ones: here
 * every number and string stays as it came. */
#include "json-text.h"

#include <string.h>

#define MAX_DEPTH 512
#define INDENT    2

typedef struct
{
  const char *at;
  const char *end;
  GString    *out; /* (owned) */
  guint       depth;
} Reader;

static gboolean read_value (Reader *self);

static void
skip_blanks (Reader *self)
{
  while (self->at < self->end && strchr (" \t\r\n", *self->at) != NULL
         && *self->at != '\0')
    self->at++;
}

static gboolean
is_next (Reader *self, char c)
{
  skip_blanks (self);
  return self->at < self->end && *self->at == c;
}

/* Copies the character if it is what comes next. */
static gboolean
take (Reader *self, char c)
{
  if (!is_next (self, c))
    return FALSE;
  g_string_append_c (self->out, c);
  self->at++;
  return TRUE;
}

static void
begin_line (Reader *self)
{
  g_string_append_c (self->out, '\n');
  for (guint i = 0; i < self->depth * INDENT; i++)
    g_string_append_c (self->out, ' ');
}

static gboolean
read_escape (Reader *self)
{
  if (++self->at == self->end)
    return FALSE;
  if (*self->at != 'u')
    return *self->at != '\0' && strchr ("\"\\/bfnrt", *self->at) != NULL;
  for (guint i = 0; i < 4; i++)
    if (++self->at >= self->end || !g_ascii_isxdigit (*self->at))
      return FALSE;
  return TRUE;
}

static gboolean
read_string (Reader *self)
{
  const char *start;

  if (!is_next (self, '"'))
    return FALSE;
  start = self->at++;
  for (; self->at < self->end && *self->at != '"'; self->at++)
    {
      if ((guchar) *self->at < ' ')
        return FALSE;
      if (*self->at == '\\' && !read_escape (self))
        return FALSE;
    }
  if (self->at == self->end)
    return FALSE;
  self->at++;
  g_string_append_len (self->out, start, self->at - start);
  return TRUE;
}

static gboolean
read_digits (Reader *self)
{
  const char *start = self->at;

  while (self->at < self->end && g_ascii_isdigit (*self->at))
    self->at++;
  return self->at > start;
}

static gboolean
skip_one_of (Reader *self, const char *characters)
{
  if (self->at == self->end || *self->at == '\0'
      || strchr (characters, *self->at) == NULL)
    return FALSE;
  self->at++;
  return TRUE;
}

static gboolean
read_number (Reader *self)
{
  const char *start = self->at;

  skip_one_of (self, "-");
  if (!skip_one_of (self, "0") && !read_digits (self))
    return FALSE;
  if (skip_one_of (self, ".") && !read_digits (self))
    return FALSE;
  if (skip_one_of (self, "eE"))
    {
      skip_one_of (self, "+-");
      if (!read_digits (self))
        return FALSE;
    }
  g_string_append_len (self->out, start, self->at - start);
  return TRUE;
}

static gboolean
read_word (Reader *self)
{
  static const char *const words[] = { "true", "false", "null" };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      gsize length = strlen (words[i]);

      if ((gsize) (self->end - self->at) < length
          || memcmp (self->at, words[i], length) != 0)
        continue;
      self->at += length;
      g_string_append (self->out, words[i]);
      return TRUE;
    }
  return FALSE;
}

static gboolean
read_member (Reader *self)
{
  if (!read_string (self) || !take (self, ':'))
    return FALSE;
  g_string_append_c (self->out, ' ');
  return read_value (self);
}

/* What stands between two brackets. */
static gboolean
read_list (Reader *self, char end, gboolean (*read_item) (Reader *self))
{
  if (self->depth == MAX_DEPTH)
    return FALSE;
  if (take (self, end))
    return TRUE;
  self->depth++;
  do
    {
      begin_line (self);
      if (!read_item (self))
        return FALSE;
    }
  while (take (self, ','));
  self->depth--;
  if (!is_next (self, end))
    return FALSE;
  begin_line (self);
  return take (self, end);
}

static gboolean
read_value (Reader *self)
{
  skip_blanks (self);
  if (self->at == self->end)
    return FALSE;
  if (take (self, '{'))
    return read_list (self, '}', read_member);
  if (take (self, '['))
    return read_list (self, ']', read_value);
  if (*self->at == '"')
    return read_string (self);
  return read_word (self) || read_number (self);
}

/* Returns the text indented (owned by the caller), or NULL if it is not JSON
 * (RFC 8259) or nested too deep. */
char *
json_text_indent (const char *text, gsize size)
{
  Reader reader = { text, text + size, g_string_new (NULL), 0 };

  if (read_value (&reader))
    {
      skip_blanks (&reader);
      if (reader.at == reader.end)
        return g_string_free (reader.out, FALSE);
    }
  g_string_free (reader.out, TRUE);
  return NULL;
}
