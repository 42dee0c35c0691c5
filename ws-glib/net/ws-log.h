/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The story of each connection, for whoever operates a program. All of it is of
 * debug level and costs nothing while nobody wants it: whoever has something to
 * format asks ws_log_is_on() or ws_log_has() first.
 *
 * What goes into a line may come from a peer; here it is made fit for a
 * terminal, and cut. But nobody here can tell a secret: passwords, cookies,
 * logins, the query of a URL and payloads are for the caller to leave out. */

/* What the variable WS_DEBUG asks for beyond the story. */
typedef enum
{
  WS_LOG_FRAMES = 1 << 0,    /* each frame's header */
  WS_LOG_HANDSHAKE = 1 << 1, /* the heads of requests and answers */
  WS_LOG_TLS = 1 << 2,
  WS_LOG_POOL = 1 << 3 /* memory that connections share */
} WsLogTopics;

/* What a line is about, for the journal; each is left out that is 0. */
typedef struct
{
  WsLogTopics topic;      /* WS_TOPIC */
  guint       server;     /* WS_SERVER: its number */
  guint       socket;     /* WS_SOCKET: its number, of the line as well */
  const char *peer;       /* (nullable): WS_PEER: host and port */
  const char *url;        /* (nullable): WS_URL, as ws_url_show() has it */
  const char *state;      /* (nullable): WS_STATE: a WsState's nick */
  guint       close_code; /* WS_CLOSE_CODE */
  guint       status;     /* WS_HTTP_STATUS */
} WsLogFacts;

/* Whether anybody wants the story. */
gboolean ws_log_is_on (void);
/* Whether @topic is wanted as well; cheap. */
gboolean ws_log_has (WsLogTopics topic);

/* The number of a socket or a server in the log of this process: drawn when it
 * is wanted first, and kept in @slot. */
guint ws_log_number (guint *slot);

/* Writes a line, whoever wants it. */
void
ws_log (const WsLogFacts *facts, const char *format, ...) G_GNUC_PRINTF (2, 3);

G_END_DECLS
