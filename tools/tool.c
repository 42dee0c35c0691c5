/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the command lines of the subcommands have in common. */
#include "tool.h"

#include "examples/terminal-text.h"

/* Returns the pointers (owned by the caller), of which parsing takes some away;
 * the texts stay where they are. */
char **
tool_keep (int argc, char **argv)
{
  char **arguments = g_new0 (char *, (gsize) argc + 1);

  for (int i = 0; i < argc; i++)
    arguments[i] = argv[i];
  return arguments;
}

/* How many arguments there are that are no options. */
gboolean
tool_check_count (int argc, char **argv, int least, int most, GError **error)
{
  if (argc - 1 < least)
    g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                         "An argument is missing; --help says which");
  else if (argc - 1 > most)
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                 "Unexpected argument %s", argv[most + 1]);
  else
    return TRUE;
  return FALSE;
}

/* Returns the exit status. */
int
tool_complain (const GError *error)
{
  g_autofree char *shown = terminal_text_escape (error->message, -1);

  g_printerr ("%s: %s\n", g_get_prgname (), shown);
  return TOOL_EXIT_USAGE;
}
