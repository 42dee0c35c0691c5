/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <ws-glib/ws-glib.h>

#include "raw-peer.h"
#include "signal-log.h"
#include "support/ws-test.h"

G_BEGIN_DECLS

/* What the tests of the public API share. */

/* Before anything else: no test asks the system for a proxy. */
void api_test_init (int *argc, char ***argv);

/* (transfer full): a server that listens on the loopback. */
WsServer *api_server_new (void);
/* (transfer full): waits for the next connection of the queue. */
WsSocket *api_server_take (WsServer *server);
/* Opens, and waits until that went well. */
void api_socket_open (WsSocket *socket, const char *url);
/* Closes, and waits for the one signal of that. */
void api_server_close (WsServer *server);
/* A client comes in at @url, says something that arrives, and leaves. */
void api_server_visit (WsServer *server, const char *url);
void api_socket_send (WsSocket *socket, const char *text);
/* Counts in *@n_calls how often a signal is emitted. */
void api_count (gpointer object, const char *signal, guint *n_calls);
/* Waits for an HTTP answer with @status, and for the end behind it. */
void api_expect_refusal (RawPeer *peer, guint status);

#define api_wait_state(socket, state) \
  ws_test_until (NULL, ws_socket_get_state (socket) == (state))

/* A client and its server's socket, both connected. */
typedef struct
{
  WsServer *server;
  WsSocket *client;
  WsSocket *accepted;
} Pair;

void pair_set_up (Pair *pair, gconstpointer data);
void pair_tear_down (Pair *pair, gconstpointer data);

/* One of our sockets, connected, and a raw peer at its other end. */
typedef struct
{
  WsServer    *server;   /* (nullable): when ours is a server's */
  RawListener *listener; /* (nullable): when ours is a client's */
  WsSocket    *socket;
  RawPeer     *peer; /* (nullable): once the test has freed it */
} Half;

void half_set_up_client (Half *half, gconstpointer data);
void half_set_up_server (Half *half, gconstpointer data);
void half_tear_down (Half *half, gconstpointer data);

/* Adds a test with a client of ours at PATH/client, and one with a server's
 * socket at PATH/server. */
void half_add (const char   *path,
               gconstpointer data,
               void (*test) (Half *half, gconstpointer data));
#define half_add_client(path, data, test) \
  g_test_add (path, Half, data, half_set_up_client, test, half_tear_down)
#define half_add_server(path, data, test) \
  g_test_add (path, Half, data, half_set_up_server, test, half_tear_down)
#define pair_add(path, data, test) \
  g_test_add (path, Pair, data, pair_set_up, test, pair_tear_down)

G_END_DECLS
