/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Sits between a client and a server as plain TCP, hands on what it gets and
 * notes it: what a stranger on the wire sees and does. It has no code of the
 * library, lives in the default main context and takes one client after the
 * other. */

typedef struct _SslTap SslTap;

typedef struct
{
  SslTap     *tap;
  int         fd;
  guint       source; /* 0: it has ended, or is held */
  gboolean    is_eof;
  GByteArray *received; /* from this end */
} SslTapEnd;

struct _SslTap
{
  int       listener;
  guint     source;
  guint16   port;
  guint16   target;
  int       next; /* (owned) the next server's fd; -1: to be connected */
  guint     n_clients;
  SslTapEnd client;
  SslTapEnd server;
};

/* (transfer full): in front of the loopback's port @target. */
SslTap *ssl_tap_new (guint16 target);
void    ssl_tap_free (SslTap *self);
/* (transfer full): "wss://127.0.0.1:PORT" */
char *ssl_tap_make_url (SslTap *self);

/* (transfer full): @fd takes the place of the next connection to the server. */
void ssl_tap_use_fd (SslTap *self, int fd);

/* Closes both TCP connections, in the middle of whatever they do. */
void ssl_tap_cut (SslTap *self);
/* Stops taking what comes from one end, and goes on. */
void ssl_tap_hold (SslTap *self, SslTapEnd *from);
void ssl_tap_release (SslTap *self, SslTapEnd *from);

/* How many bytes of @end are records of TLS's @type (RFC 8446, 5.1), headers
 * included; -1: of any type. */
gsize ssl_tap_count (SslTapEnd *end, int type);
/* How many bytes the first record has. */
gsize ssl_tap_count_first (SslTapEnd *end);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SslTap, ssl_tap_free)

G_END_DECLS
