/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

char *
password_ask (const char *prompt, GError **error) G_GNUC_WARN_UNUSED_RESULT;
char *
password_read_file (const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void password_hide (char **arguments, const char *secret);
void password_free (char *password);

G_END_DECLS
