/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The password of a private key, and where it is from. All is owned. */
typedef struct
{
  char *said; /* (nullable): on the command line */
  char *file; /* (nullable): whose first line it is */
  char *text; /* (nullable): the key is not encrypted */
} KeyPassword;

/* Asks at the terminal if @path (nullable), a file of PEM, has an encrypted
 * key, and nothing else has told. What was said is overwritten in
 * @arguments. */
gboolean key_password_find (KeyPassword *self,
                            const char  *path,
                            char       **arguments,
                            GError     **error) G_GNUC_WARN_UNUSED_RESULT;
void     key_password_clear (KeyPassword *self);

char *
password_ask (const char *prompt, GError **error) G_GNUC_WARN_UNUSED_RESULT;
char *
password_read_file (const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void password_hide (char **arguments, const char *secret);
void password_free (char *password);

G_END_DECLS
