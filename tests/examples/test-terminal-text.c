/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "examples/terminal-text.h"

#include <string.h>

#include "support/ws-test.h"

/* What a peer sends does not reach the terminal's controls. */

typedef struct
{
  const char *text;
  gssize      size;
  const char *shown;
} Row;

static const Row rows[] = {
  { "", -1, "" },
  { "plain text, \303\251 \360\237\246\212", -1,
    "plain text, \303\251 \360\237\246\212" },
  { "\033[2J\033]0;title\a", -1, "\\u001B[2J\\u001B]0;title\\u0007" },
  { "a\r\nb\tc\b", -1, "a\\u000D\\u000Ab\\u0009c\\u0008" },
  { "\x7f", -1, "\\u007F" },
  /* C1: CSI in one character. */
  { "\302\233"
    "31m",
    -1, "\\u009B31m" },
  /* Right to left, and back. */
  { "\342\200\256gpj.exe\342\200\254", -1, "\\u202Egpj.exe\\u202C" },
  { "\342\200\250\342\200\251", -1, "\\u2028\\u2029" },
  { "\357\273\277", -1, "\\uFEFF" },
  { "\363\240\201\201", -1, "\\U000E0041" },
  /* Joiners are part of words and emoji. */
  { "\342\200\215\342\200\214", -1, "\342\200\215\342\200\214" },
  { "a\0b", 3, "a\\u0000b" },
  { "\033x", 1, "\\u001B" },
  /* Bytes that are no UTF-8: lone, cut, overlong, a surrogate. */
  { "\233", -1, "\\x9B" },
  { "\342\200", -1, "\\xE2\\x80" },
  { "\300\233", -1, "\\xC0\\x9B" },
  { "\355\240\200", -1, "\\xED\\xA0\\x80" },
};

static void
test_escape (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *shown
          = terminal_text_escape (rows[i].text, rows[i].size);

      g_assert_cmpstr (shown, ==, rows[i].shown);
    }
}

/* Nothing that was escaped has to be escaped again. */
static void
test_all_characters (void)
{
  for (gunichar c = 1; c <= 0x10FFFF; c++)
    {
      char             text[7] = { 0 };
      g_autofree char *shown = NULL;

      if (c >= 0xD800 && c <= 0xDFFF)
        continue;
      g_unichar_to_utf8 (c, text);
      shown = terminal_text_escape (text, -1);
      g_assert_true (g_utf8_validate (shown, -1, NULL));
      g_assert_true (terminal_text_is_safe (g_utf8_get_char (shown)));
      g_assert_true (g_str_equal (shown, text) == terminal_text_is_safe (c));
    }
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);
  g_test_add_func ("/examples/terminal-text/escape", test_escape);
  g_test_add_func ("/examples/terminal-text/all-characters",
                   test_all_characters);
  return g_test_run ();
}
