/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <ws-glib/ws-glib.h>

G_BEGIN_DECLS

typedef struct
{
  const char *url;   /* (unowned): one of the arguments */
  char      **lines; /* (unowned): the arguments after the URL */
  gboolean    no_compression;
  gboolean    runs_cases;  /* whether to run a case server's cases */
  const char *agent;       /* (unowned): the name to run them under */
  const char *authorities; /* (unowned) (nullable): a file of whom to trust */
} EchoOptions;

void echo_options_parse (EchoOptions *self, int argc, char **argv);
WsSocket *
echo_options_make_socket (const EchoOptions *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
