/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Where one data set is, and who may use it. Immutable. */

typedef struct
{
  GSocketConnectable *address; /* (owned) */
  char               *name;    /* (owned): for messages; without secrets */
} WsRedisHost;

typedef struct
{
  GPtrArray *hosts;    /* (owned): of WsRedisHost, at least one; one of them is
                        * the master */
  char      *user;     /* (owned) (nullable) */
  char      *password; /* (owned) (nullable) */
  guint      database;
  gboolean   is_tls;
} WsRedisUrl;

/* (transfer full): NULL with INVALID_ARGUMENT, and a message that names the
 * part that is wrong, but no password. */
WsRedisUrl *
ws_redis_url_parse (const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void ws_redis_url_free (WsRedisUrl *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsRedisUrl, ws_redis_url_free)

const WsRedisHost *ws_redis_url_get_host (const WsRedisUrl *self, guint i);

G_END_DECLS
