/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "terminal-text.h"

#include <string.h>

/*
 * Whether a terminal shows the character and does nothing else with it.
 *
 * Control characters can move the cursor or reprogram the terminal, format
 * characters can turn the direction of writing and so disguise what is read.
 * The two joiners are format characters as well, but words of some languages
 * and many emoji need them.
 */
gboolean
terminal_text_is_safe (gunichar c)
{
  if (c == 0x200C || c == 0x200D)
    return TRUE;

  GUnicodeType type = g_unichar_type (c);

  return type != G_UNICODE_CONTROL && type != G_UNICODE_FORMAT
         && type != G_UNICODE_LINE_SEPARATOR
         && type != G_UNICODE_PARAGRAPH_SEPARATOR
         && type != G_UNICODE_SURROGATE;
}

/*
 * Returns a copy (owned by the caller) that is fit for a terminal: characters
 * that must not reach it become \uXXXX, bytes that are not UTF-8 become \xXX.
 * A size of -1 means that a NUL ends the text.
 */
char *
terminal_text_escape (const char *text, gssize size)
{
  GString    *escaped = g_string_new (NULL);
  const char *end = text + (size < 0 ? strlen (text) : (gsize) size);

  while (text < end)
    {
      gunichar c = g_utf8_get_char_validated (text, end - text);

      /* GLib answers -2 for the NUL character when it is given a length. */
      if (*text == '\0')
        c = 0;
      if (c > 0x10FFFF)
        {
          g_string_append_printf (escaped, "\\x%02X", (guchar) *text++);
          continue;
        }
      if (terminal_text_is_safe (c))
        g_string_append_unichar (escaped, c);
      else
        g_string_append_printf (escaped, c > 0xFFFF ? "\\U%08X" : "\\u%04X", c);
      text += g_unichar_to_utf8 (c, NULL);
    }
  return g_string_free (escaped, FALSE);
}
