/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Pairs are found first, and decoded one by one. */
#include "protocol/ws-query.h"

#include <string.h>

char *
ws_query_cut_path (const char *target)
{
  return g_strndup (target, strcspn (target, "?#"));
}

const char *
ws_query_find (const char *target)
{
  const char *mark = strchr (target, '?');

  return mark != NULL ? mark + 1 : NULL;
}

/* A "%" and two hexadecimal digits; -1: not those, or a NUL. */
static int
read_escape (const char *text, gsize len)
{
  int high, low;

  if (len < 3)
    return -1;
  high = g_ascii_xdigit_value (text[1]);
  low = g_ascii_xdigit_value (text[2]);
  if (high < 0 || low < 0 || high + low == 0)
    return -1;
  return high * 16 + low;
}

/* (transfer full) (nullable): NULL if that is not to be decoded. */
static char *
decode (const char *text, gsize len)
{
  g_autofree char *decoded = g_malloc (len + 1);
  gsize            n = 0;

  for (gsize i = 0; i < len; i++)
    {
      int byte = text[i] == '+' ? ' ' : (guint8) text[i];

      if (byte == '%')
        {
          byte = read_escape (text + i, len - i);
          if (byte < 0)
            return NULL;
          i += 2;
        }
      decoded[n++] = (char) byte;
    }
  decoded[n] = '\0';
  return g_utf8_validate (decoded, (gssize) n, NULL)
             ? g_steal_pointer (&decoded)
             : NULL;
}

/* One "name=value". */
typedef struct
{
  const char *name;
  gsize       name_len;
  const char *value;
  gsize       value_len;
} Pair;

/* The next one that is not empty; FALSE: there is none. */
static gboolean
next_pair (const char **cursor, Pair *pair)
{
  gsize len;

  *cursor += strspn (*cursor, "&");
  len = strcspn (*cursor, "&#");
  if (len == 0)
    return FALSE;
  pair->name = *cursor;
  pair->name_len = MIN (strcspn (*cursor, "="), len);
  pair->value = *cursor + MIN (pair->name_len + 1, len);
  pair->value_len = (gsize) (*cursor + len - pair->value);
  *cursor += len;
  return TRUE;
}

/* FALSE: the value is bad. */
static gboolean
add_value (GPtrArray *values, const Pair *pair, char **culprit)
{
  char *value = decode (pair->value, pair->value_len);

  if (value == NULL)
    {
      *culprit = g_strndup (pair->name, (gsize) (pair->value + pair->value_len
                                                 - pair->name));
      return FALSE;
    }
  g_ptr_array_add (values, value);
  return TRUE;
}

/* (transfer full): as an array of strings. */
static char **
finish (GPtrArray *array)
{
  g_ptr_array_add (array, NULL);
  return (char **) g_ptr_array_steal (array, NULL);
}

char **
ws_query_get (const char *query, const char *name, char **culprit)
{
  g_autoptr (GPtrArray) values = g_ptr_array_new_with_free_func (g_free);
  Pair pair;

  while (query != NULL && next_pair (&query, &pair))
    {
      g_autofree char *decoded = decode (pair.name, pair.name_len);

      if (g_strcmp0 (decoded, name) == 0 && !add_value (values, &pair, culprit))
        return NULL;
    }
  return finish (values);
}

char **
ws_query_list (const char *query, char **culprit)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GTree) known = g_tree_new ((GCompareFunc) strcmp);
  Pair pair;

  while (query != NULL && next_pair (&query, &pair))
    {
      char *name = decode (pair.name, pair.name_len);

      if (name == NULL)
        {
          *culprit = g_strndup (pair.name, pair.name_len);
          return NULL;
        }
      if (g_tree_lookup (known, name) != NULL)
        {
          g_free (name);
          continue;
        }
      g_tree_insert (known, name, name);
      g_ptr_array_add (names, name);
    }
  return finish (names);
}
