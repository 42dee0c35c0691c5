/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <ws-glib/ws-glib.h>

G_BEGIN_DECLS

/* The exit statuses of every subcommand; the manual page lists them. */
typedef enum
{
  TOOL_EXIT_OK = 0,
  TOOL_EXIT_ABNORMAL = 1,    /* the connection did not end as it should */
  TOOL_EXIT_USAGE = 2,       /* the command line, or a file named there */
  TOOL_EXIT_UNREACHABLE = 3, /* nobody there: name, network, time-out */
  TOOL_EXIT_REFUSED = 4,     /* there is somebody, who does not want */
  TOOL_EXIT_TLS = 5,
  TOOL_EXIT_LATE = 6,  /* no message came within --timeout */
  TOOL_EXIT_OUTPUT = 7 /* standard output, or the file instead of it */
} ToolExit;

ToolExit tool_exit_from_error (const GError *error, gboolean was_connected);
ToolExit tool_exit_from_socket (WsSocket *socket,
                                gboolean  was_connected,
                                gboolean  has_begun);

G_END_DECLS
