/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* "ws-glib": which subcommand it is. */
#include <locale.h>
#include <signal.h>
#include <stdio.h>

#include "tool.h"

static const struct
{
  const char *name;
  int (*run) (int argc, char **argv);
  const char *help;
} commands[] = {
  { "connect", connect_main, "talk to a server" },
  { "serve", serve_main, "be a server: echo, chat, files, programs" },
  { "bench", bench_main, "measure how fast a server echoes" },
  { "frames", frames_main, "show what goes over the wire" },
};

static void
print_help (FILE *file)
{
  fputs ("Usage: ws-glib COMMAND [OPTION...] [ARGUMENT...]\n\n", file);
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    fprintf (file, "  %-9s %s\n", commands[i].name, commands[i].help);
  fputs ("\nws-glib COMMAND --help tells its options, ws-glib(1) all of it.\n"
         "ws-glib --version tells the version.\n",
         file);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  /* Whoever reads our output may go away: writing tells. */
  signal (SIGPIPE, SIG_IGN);

  for (guint i = 0; argc > 1 && i < G_N_ELEMENTS (commands); i++)
    if (g_str_equal (argv[1], commands[i].name))
      {
        g_autofree char *name = g_strconcat ("ws-glib ", argv[1], NULL);

        g_set_prgname (name);
        return commands[i].run (argc - 1, argv + 1);
      }
  if (argc == 2 && g_str_equal (argv[1], "--version"))
    {
      printf ("ws-glib %d.%d.%d\n", WS_MAJOR_VERSION, WS_MINOR_VERSION,
              WS_MICRO_VERSION);
      return TOOL_EXIT_OK;
    }
  if (argc == 2
      && (g_str_equal (argv[1], "--help") || g_str_equal (argv[1], "-h")
          || g_str_equal (argv[1], "help")))
    {
      print_help (stdout);
      return TOOL_EXIT_OK;
    }
  print_help (stderr);
  return TOOL_EXIT_USAGE;
}
