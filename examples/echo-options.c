/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "echo-options.h"

#include <stdlib.h>

/*
 * A mistake ends the program with status 2 and a line that names it. Arguments
 * are taken as they are, UTF-8 whatever the locale says: hence FILENAME.
 */
void
echo_options_parse (EchoOptions *self, int argc, char **argv)
{
  static char *agent = NULL, *authorities = NULL;

  const GOptionEntry entries[] = {
    { "cases", 0, 0, G_OPTION_ARG_NONE, &self->runs_cases,
      "Run the cases of a conformance server at URL", NULL },
    { "agent", 0, 0, G_OPTION_ARG_FILENAME, &agent,
      "The name to run cases under (default: ws-glib)", "NAME" },
    { "no-compression", 0, 0, G_OPTION_ARG_NONE, &self->no_compression,
      "Do not offer to compress messages", NULL },
    { "ca", 0, 0, G_OPTION_ARG_FILENAME, &authorities,
      "Trust the authorities in this file (PEM) as well", "FILE" },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (
      "URL [LINE…] - send lines, print what comes back");
  g_autoptr (GError) error = NULL;

  *self = (EchoOptions){ 0 };
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    g_printerr ("%s: %s\n", g_get_prgname (), error->message);
  else if (argc < 2)
    g_printerr ("%s: Give the server's URL, --help says more\n",
                g_get_prgname ());
  else if (self->runs_cases && argc > 2)
    g_printerr ("%s: Unexpected argument %s\n", g_get_prgname (), argv[2]);
  else
    {
      self->url = argv[1];
      self->lines = argv + 2;
      self->agent = agent != NULL ? agent : "ws-glib";
      self->authorities = authorities;
      return;
    }
  exit (2);
}

/* A socket that trusts whom the options say. */
WsSocket *
echo_options_make_socket (const EchoOptions *self)
{
  WsSocket *socket = ws_socket_new ();

  ws_ssl_configuration_set_ca_certificates_file (
      ws_socket_get_ssl_configuration (socket), self->authorities);
  if (self->no_compression)
    ws_socket_set_compression (socket, NULL);
  return socket;
}
