/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How many file descriptors the process may have. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* RLIMIT_NOFILE, at most G_MAXUINT, which also stands for any number. */
guint ws_fd_limit_get (void);

G_END_DECLS
