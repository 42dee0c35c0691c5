/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *chat_nickname_check (const char *wish, const char **complaint);
char *chat_nickname_key (const char *nickname);

G_END_DECLS
