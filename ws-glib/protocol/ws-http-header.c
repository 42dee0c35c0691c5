/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A list of header fields, and the tokens inside their values. */
#include "protocol/ws-http-header.h"

#include <string.h>

/* Fields of most heads. */
#define USUAL_FIELDS 8

typedef struct
{
  const char *name;
  const char *value;
  char       *block;    /* (owned) (nullable): that of both; NULL: the list's */
  gsize       name_len; /* tells most names apart */
} Field;

struct _WsHttpHeaders
{
  GArray *fields; /* (owned) (element-type Field) */
  char   *text;   /* (owned) (nullable): of those without a block */
};

static void
on_field_clear (gpointer data)
{
  g_free (((Field *) data)->block);
}

static const Field *
field_at (const WsHttpHeaders *self, guint i)
{
  return &g_array_index (self->fields, Field, i);
}

/* Most write a name as we do. */
static gboolean
field_is (const Field *field, const char *name, gsize len)
{
  return field->name_len == len
         && (memcmp (field->name, name, len) == 0
             || g_ascii_strncasecmp (field->name, name, len) == 0);
}

static gboolean
is_blank (char c)
{
  return c == ' ' || c == '\t';
}

/* 9110, 5.6.2 */
static gboolean
is_token_char (guchar c)
{
  return g_ascii_isalnum (c) || c == '-'
         || (c != '\0' && strchr ("!#$%&'*+.^_`|~", c) != NULL);
}

gboolean
ws_http_is_token (const char *text)
{
  if (*text == '\0')
    return FALSE;
  while (is_token_char ((guchar) *text))
    text++;
  return *text == '\0';
}

gboolean
ws_http_header_name_is_valid (const char *name)
{
  return ws_http_is_token (name);
}

gboolean
ws_http_header_value_is_valid (const char *value)
{
  for (; *value != '\0'; value++)
    {
      if (g_ascii_iscntrl (*value) && *value != '\t')
        return FALSE;
    }
  return TRUE;
}

WsHttpHeaders *
ws_http_headers_new (void)
{
  WsHttpHeaders *self = g_new0 (WsHttpHeaders, 1);

  self->fields = g_array_sized_new (FALSE, FALSE, sizeof (Field), USUAL_FIELDS);
  g_array_set_clear_func (self->fields, on_field_clear);
  return self;
}

WsHttpHeaders *
ws_http_headers_copy (const WsHttpHeaders *self)
{
  WsHttpHeaders *copy = ws_http_headers_new ();

  for (guint i = 0; i < self->fields->len; i++)
    ws_http_headers_append (copy, field_at (self, i)->name,
                            field_at (self, i)->value);
  return copy;
}

void
ws_http_headers_free (WsHttpHeaders *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->fields);
  g_free (self->text);
  g_free (self);
}

/* @value without the blanks around it; @len: what is left of it. */
static const char *
trim (const char *value, gsize *len)
{
  while (is_blank (*value))
    value++;
  *len = strlen (value);
  while (*len > 0 && is_blank (value[*len - 1]))
    --*len;
  return value;
}

void
ws_http_headers_append (WsHttpHeaders *self,
                        const char    *name,
                        const char    *value)
{
  Field field = { .name_len = strlen (name) };
  gsize value_len;
  char *copy;

  g_return_if_fail (ws_http_header_name_is_valid (name));
  g_return_if_fail (ws_http_header_value_is_valid (value));

  value = trim (value, &value_len);
  field.block = g_malloc (field.name_len + 1 + value_len + 1);
  memcpy (field.block, name, field.name_len + 1);
  copy = field.block + field.name_len + 1;
  memcpy (copy, value, value_len);
  copy[value_len] = '\0';
  field.name = field.block;
  field.value = copy;
  g_array_append_val (self->fields, field);
}

void
ws_http_headers_take_text (WsHttpHeaders *self, char *text)
{
  g_assert (self->text == NULL);
  self->text = text;
}

void
ws_http_headers_append_text (WsHttpHeaders *self,
                             const char    *name,
                             gsize          name_len,
                             char          *value)
{
  Field field = { .name = name, .name_len = name_len };
  gsize len;

  field.value = trim (value, &len);
  value[(gsize) (field.value - value) + len] = '\0';
  g_array_append_val (self->fields, field);
}

gboolean
ws_http_headers_remove (WsHttpHeaders *self, const char *name)
{
  const guint before = self->fields->len;
  const gsize len = strlen (name);

  for (guint i = before; i > 0; i--)
    {
      if (field_is (field_at (self, i - 1), name, len))
        g_array_remove_index (self->fields, i - 1);
    }
  return self->fields->len < before;
}

guint
ws_http_headers_length (const WsHttpHeaders *self)
{
  return self->fields->len;
}

const char *
ws_http_headers_peek_name (const WsHttpHeaders *self, guint i)
{
  g_return_val_if_fail (i < self->fields->len, NULL);

  return field_at (self, i)->name;
}

const char *
ws_http_headers_peek_value (const WsHttpHeaders *self, guint i)
{
  g_return_val_if_fail (i < self->fields->len, NULL);

  return field_at (self, i)->value;
}

const char *
ws_http_headers_peek (const WsHttpHeaders *self, const char *name)
{
  const gsize len = strlen (name);

  for (guint i = 0; i < self->fields->len; i++)
    {
      if (field_is (field_at (self, i), name, len))
        return field_at (self, i)->value;
    }
  return NULL;
}

guint
ws_http_headers_count (const WsHttpHeaders *self, const char *name)
{
  const gsize len = strlen (name);
  guint       count = 0;

  for (guint i = 0; i < self->fields->len; i++)
    {
      if (field_is (field_at (self, i), name, len))
        count++;
    }
  return count;
}

char *
ws_http_headers_join (const WsHttpHeaders *self, const char *name)
{
  const gsize len = strlen (name);
  GString    *joined = NULL;

  for (guint i = 0; i < self->fields->len; i++)
    {
      const Field *field = field_at (self, i);

      if (!field_is (field, name, len))
        continue;
      if (joined == NULL)
        joined = g_string_new (field->value);
      else
        g_string_append_printf (joined, ", %s", field->value);
    }
  return joined != NULL ? g_string_free (joined, FALSE) : NULL;
}

/* The end of the list element that starts at @element: a separator that is not
 * inside a quoted string (9110, 5.6.4), or the end of the text. */
static const char *
element_end (const char *element, char separator)
{
  gboolean quoted = FALSE;

  for (; *element != '\0'; element++)
    {
      if (*element == '"')
        quoted = !quoted;
      else if (quoted && *element == '\\' && element[1] != '\0')
        element++;
      else if (!quoted && *element == separator)
        return element;
    }
  return element;
}

gboolean
ws_http_next_element (const char **cursor,
                      char         separator,
                      const char **element,
                      gsize       *len)
{
  while (**cursor != '\0')
    {
      const char *start = *cursor;
      const char *end = element_end (start, separator);

      *cursor = *end == separator ? end + 1 : end;
      while (start < end && is_blank (*start))
        start++;
      while (end > start && is_blank (end[-1]))
        end--;
      if (start == end)
        continue;

      *element = start;
      *len = (gsize) (end - start);
      return TRUE;
    }
  return FALSE;
}

gboolean
ws_http_headers_has_token (const WsHttpHeaders *self,
                           const char          *name,
                           const char          *token)
{
  const gsize name_len = strlen (name);
  const gsize token_len = strlen (token);

  for (guint i = 0; i < self->fields->len; i++)
    {
      const char *cursor = field_at (self, i)->value;
      const char *element;
      gsize       len;

      if (!field_is (field_at (self, i), name, name_len))
        continue;
      while (ws_http_next_element (&cursor, ',', &element, &len))
        {
          if (len == token_len
              && g_ascii_strncasecmp (element, token, len) == 0)
            return TRUE;
        }
    }
  return FALSE;
}

char **
ws_http_split (const char *value, char separator)
{
  g_autoptr (GPtrArray) elements = g_ptr_array_new ();
  const char *element;
  gsize       len;

  while (ws_http_next_element (&value, separator, &element, &len))
    g_ptr_array_add (elements, g_strndup (element, len));
  g_ptr_array_add (elements, NULL);
  return (char **) g_ptr_array_steal (elements, NULL);
}

char **
ws_http_list_split (const char *value)
{
  return value != NULL ? ws_http_split (value, ',') : NULL;
}

static const char *
skip_blanks (const char *text)
{
  while (is_blank (*text))
    text++;
  return text;
}

/* (transfer full) (nullable): 9110, 5.6.4: the whole of @text, which begins
 * with a quote, without quotes and escapes. */
static char *
unquote (const char *text)
{
  g_autoptr (GString) value = g_string_new (NULL);

  for (text++; *text != '"'; text++)
    {
      if (*text == '\\')
        text++;
      if (*text == '\0')
        return NULL;
      g_string_append_c (value, *text);
    }
  if (text[1] != '\0')
    return NULL;
  return g_string_free (g_steal_pointer (&value), FALSE);
}

gboolean
ws_http_parameter_parse (const char *text, char **name, char **value)
{
  const char      *end = text + strcspn (text, " \t=");
  g_autofree char *word = g_strndup (text, (gsize) (end - text));

  *name = NULL;
  *value = NULL;
  end = skip_blanks (end);
  if (!ws_http_is_token (word) || (*end != '\0' && *end != '='))
    return FALSE;
  if (*end == '=')
    {
      end = skip_blanks (end + 1);
      if (*end == '"')
        *value = unquote (end);
      else if (ws_http_is_token (end))
        *value = g_strdup (end);
      if (*value == NULL)
        return FALSE;
    }
  *name = g_steal_pointer (&word);
  return TRUE;
}

void
ws_http_headers_write (const WsHttpHeaders *self, GString *out)
{
  for (guint i = 0; i < self->fields->len; i++)
    g_string_append_printf (out, "%s: %s\r\n", field_at (self, i)->name,
                            field_at (self, i)->value);
}
