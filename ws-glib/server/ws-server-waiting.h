/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "server/ws-server-client.h"
#include "base/ws-call.h"

G_BEGIN_DECLS

/* A close_async(), or a drain_async(). */
typedef struct
{
  WsCall     base;
  guint      code;     /* for the connections */
  char      *reason;   /* (owned) (nullable) */
  gboolean   is_drain; /* connections end one after the other: */
  GPtrArray *waiting; /* (owned) (nullable): of WsServerClient, in that order */
  guint      n_told;  /* of these */
  gint64     begun;   /* monotonic µs */
  gint64     window;  /* µs, for all of them */
  WsDeadline deadline; /* of the next one */
  GHashTable *left; /* (owned): whom it waits for: WsServerClient, unowned, and
                     * until the signal closed the server */
  gboolean    busy; /* still closing them: must not end */
} WsServerClosing;

/* Makes a connection end in order, as far as it has come; @reason (nullable) is
 * for the peer. Runs a user's code. */
void ws_server_see_off (WsServerClient *client, guint code, const char *reason);
/* The same for a connection that was handed out just now, if its server
 * closes. */
void ws_server_see_off_late (WsServerClient *client);
/* @who (nullable), a client or (of the signal closed) the server, is gone;
 * NULL: everybody is. */
void ws_server_note_gone (WsServer *self, gpointer who);

G_END_DECLS
