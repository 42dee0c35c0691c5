/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <ws-glib/ws-glib.h>

#include "password.h"

G_BEGIN_DECLS

/* What every subcommand that opens connections can be told about them. All is
 * owned. */
typedef struct
{
  char   **headers;      /* (nullable): "NAME: VALUE" */
  char   **subprotocols; /* (nullable) */
  char    *origin;       /* (nullable) */
  char    *auth;         /* (nullable): USER[:PASSWORD] */
  char    *auth_file;    /* (nullable): has such a line */
  char    *proxy;        /* (nullable): a URI, or "none" */
  char    *connect_to;   /* (nullable): HOST:PORT */
  gboolean follows;      /* redirects */
  int      max_redirects;
  gboolean no_compression;

  char       *authorities; /* (nullable): a file */
  char       *certificate; /* (nullable): a file */
  char       *key;         /* (nullable): a file */
  KeyPassword key_password;
  char       *server_name; /* (nullable) */
  gboolean    insecure;

  double timeout;  /* seconds; 0: as the library has it */
  int    max_size; /* MiB; 0: as the library has it */

  char *user;     /* (nullable) */
  char *password; /* (nullable) */
} ClientOptions;

void client_options_add (ClientOptions *self, GOptionContext *context);
gboolean
client_options_check (ClientOptions *self, char **arguments, GError **error);
char *client_options_complete_url (const char *text) G_GNUC_WARN_UNUSED_RESULT;
gboolean client_options_apply (ClientOptions *self,
                               WsSocket      *socket,
                               const char    *url,
                               GError       **error);
void     client_options_clear (ClientOptions *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ClientOptions, client_options_clear)

G_END_DECLS
