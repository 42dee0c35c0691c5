/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "words.h"

void
words_add (GString *words, const char *format, ...)
{
  va_list args;

  if (words->len > 0)
    g_string_append_c (words, ' ');
  va_start (args, format);
  g_string_append_vprintf (words, format, args);
  va_end (args);
}

void
words_expect (GString *words, const char *expected)
{
  g_assert_cmpstr (words->str, ==, expected);
  g_string_truncate (words, 0);
}

const char *
words_nick (GType type, int value)
{
  g_autoptr (GEnumClass) klass = g_type_class_ref (type);
  GEnumValue *found = g_enum_get_value (klass, value);

  g_assert_nonnull (found);
  return found->value_nick;
}
