/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "tool-exit.h"

G_BEGIN_DECLS

/* The subcommands. Their arguments begin with their own name. */
int connect_main (int argc, char **argv);
int serve_main (int argc, char **argv);
int bench_main (int argc, char **argv);
int frames_main (int argc, char **argv);

/* What they share. */
char **tool_keep (int argc, char **argv) G_GNUC_WARN_UNUSED_RESULT;
gboolean
tool_check_count (int argc, char **argv, int least, int most, GError **error);
int tool_complain (const GError *error);

G_END_DECLS
