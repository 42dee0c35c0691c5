/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "api-test.h"
#include "ssl-tap.h"

G_BEGIN_DECLS

/* What the tests of wss share. */

/* (transfer full): the path of one of the certificates or keys. */
char             *ssl_path (const char *file);
WsSslCertificate *ssl_load (const char *file);

/* (transfer full): with a certificate, of whose kind there is a file NAME.pem,
 * and with the key that fits. */
WsSslConfiguration *ssl_configuration_new (const char *name);
/* (transfer full): trusts our root and nothing else. */
WsSslConfiguration *ssl_trust_new (void);

/* (transfer full): listens on the loopback; takes @configuration. */
WsServer *ssl_server_new (WsSslConfiguration *configuration);
/* (transfer full): with ssl_trust_new(). */
WsSocket *ssl_client_new (void);

/* All that a socket or a server says of TLS, in order and as words:
 *
 *   ssl-errors:NICK,NICK… verify:NICK interrupted:NICK psk:HINT
 *   sent:TYPE received:TYPE connected disconnected error:NICK
 *   client-connected server-error:CODE
 *
 * A server's signals are checked to name a socket, of which
 * the last is kept. */
typedef struct
{
  gpointer   object; /* (unowned) (nullable) */
  GString   *words;
  GPtrArray *errors; /* (owned) (nullable): of the last ssl-errors */
  WsSocket  *client; /* (unowned) (nullable): do not touch what it points to */
  char      *cipher; /* (owned) (nullable): in the last ssl-errors */
  char      *protocol;
  char      *text; /* (owned) (nullable): of the last error */
  gboolean   says_alerts;
} SslLog;

SslLog *ssl_log_new (gpointer object);
void    ssl_log_free (SslLog *self);
/* Compares, and begins anew. */
void  ssl_log_expect (SslLog *self, const char *words);
guint ssl_log_count (SslLog *self, const char *word);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SslLog, ssl_log_free)

/* A server, a client that is not open yet, and what both say. */
typedef struct
{
  WsServer *server;
  WsSocket *client;
  WsSocket *accepted; /* (nullable): after ssl_pair_open() */
  SslLog   *log;
  SslLog   *server_log;
} SslPair;

/* @data: the name of the server's certificate; NULL: a good one. */
void ssl_pair_set_up (SslPair *pair, gconstpointer data);
void ssl_pair_tear_down (SslPair *pair, gconstpointer data);
/* Calls open(), on @url or the server's own. */
void ssl_pair_begin (SslPair *pair, const char *url);
/* Begins, and waits for what comes of it. */
gboolean ssl_pair_try (SslPair *pair, const char *url);
/* Begins, waits until that went well, and takes the server's socket. */
void ssl_pair_open (SslPair *pair, const char *url);
/* Closes from the client's side, and waits for both ends. */
void ssl_pair_close (SslPair *pair);
/* The session's cipher and its like are there, and a message passes. */
void ssl_pair_check (SslPair *pair);

#define ssl_pair_add(path, data, test) \
  g_test_add (path, SslPair, data, ssl_pair_set_up, test, ssl_pair_tear_down)

/* Lets the default context do all it can, @n times. */
void ssl_iterate (guint n);

G_END_DECLS
