/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "client-options.h"
#include "console.h"
#include "tool-exit.h"

G_BEGIN_DECLS

typedef struct _ConnectSession ConnectSession;

/* No seconds were said to wait for. */
#define CONNECT_WAIT_UNSAID -G_MAXDOUBLE

/* What the command line says. All is owned. */
typedef struct
{
  ClientOptions client;
  char         *url;
  char        **messages; /* (nullable): sent first */
  char        **files;    /* (nullable): sent next */
  char         *output;   /* (nullable): a file for what comes */
  double        wait;     /* seconds between the last of these and the close,
                             or CONNECT_WAIT_UNSAID */
  double        ping;     /* seconds between two; 0: none */
  int           close_code;
  char         *close_reason; /* (nullable) */
  gboolean      is_binary;
  gboolean      is_whole; /* standard input is one message */
  gboolean      ends_after_one;
  gboolean      stays; /* after the end of standard input */
  gboolean      reconnects;
  gboolean      indents_json;
  gboolean      shows_pings;
  gboolean      has_no_history;
  gboolean      is_quiet;
  gboolean      is_verbose;

  GIOStream *stream;  /* (unowned) (nullable): to the server, without TLS */
  gboolean   is_bare; /* shows no message */
} ConnectOptions;

ConnectSession *connect_session_new (ConnectOptions *options,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
void            connect_session_free (ConnectSession *self);
ToolExit        connect_session_run (ConnectSession *self);

/* For what is typed, and for what is to be seen beside. */
Console  *connect_session_get_console (ConnectSession *self);
WsSocket *connect_session_get_socket (ConnectSession *self);
void
connect_session_send (ConnectSession *self, GBytes *bytes, gboolean is_text);
void connect_session_send_file (ConnectSession *self,
                                const char     *path,
                                gboolean        is_text);
void
connect_session_close (ConnectSession *self, guint code, const char *reason);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConnectSession, connect_session_free)

G_END_DECLS
