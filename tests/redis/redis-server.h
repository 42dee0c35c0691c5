/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <signal.h>

G_BEGIN_DECLS

/* A Redis of a test's own, in a folder of its own, at a Unix socket and, if
 * asked for, at a port. It dies with the thread that has started it. */
typedef struct _RedisServer RedisServer;

/* (transfer full): runs. @password (nullable) */
RedisServer *redis_server_new (gboolean is_tcp, const char *password);
/* (transfer full): at a port of @address, for which it takes a @password. */
RedisServer *redis_server_new_at (const char *address, const char *password);
/* Kills it, and removes its folder. */
void redis_server_free (RedisServer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedisServer, redis_server_free)

/* With the password. */
const char *redis_server_get_url (RedisServer *self);
/* (transfer full): the same, by its Unix socket. */
char *redis_server_dup_socket_url (RedisServer *self);
/* HOST:PORT, of one at a port. */
char *redis_server_dup_host (RedisServer *self);
guint redis_server_get_port (RedisServer *self);
/* With SIGKILL, and returns when it is gone. */
void redis_server_kill (RedisServer *self);
/* At the same place, with the data that it has written down. */
void redis_server_start (RedisServer *self);
void redis_server_signal (RedisServer *self, int signal);
/* (transfer full): has it do something, with redis-cli; the words end with
 * NULL. */
char *redis_server_say (RedisServer *self, ...) G_GNUC_NULL_TERMINATED;

G_END_DECLS
