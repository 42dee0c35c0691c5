/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/ws-tls-stream.h"

G_BEGIN_DECLS

/* Two TLS streams joined by a socket pair. An end notes what it was told, reads
 * what it can and writes what it shall. */

typedef enum
{
  TLS_FREE_NEVER,
  TLS_FREE_IN_SECURED,
  TLS_FREE_IN_PAUSED,
  TLS_FREE_IN_FAILED,
  TLS_FREE_IN_READY
} TlsFreeIn;

typedef struct
{
  WsTransport  *stream; /* (owned) (nullable) */
  int           fd;     /* the stream's; -1: it has two */
  guint         n_secured, n_paused, n_failed, n_ready, n_alerts;
  GError       *error;     /* (owned) (nullable) */
  GByteArray   *received;  /* (owned) */
  gsize         read_size; /* that a call reads */
  const guint8 *to_send;   /* (nullable): borrowed */
  gsize         n_to_send;
  gboolean      ended;
  TlsFreeIn     free_in;
} TlsEnd;

typedef struct
{
  const char *name;
  const char *priority;
  const char *trust; /* the client's */
  gboolean    as_stream;
} TlsPairCase;

typedef struct
{
  TlsEnd client, server;
} TlsPair;

void tls_end_init (TlsEnd           *end,
                   WsTlsCredentials *credentials,
                   gboolean          is_server,
                   int               fd,
                   gboolean          as_stream);
void tls_end_clear (TlsEnd *end);
void tls_end_drop (TlsEnd *end);
/* Wants what there is to do. */
void tls_end_want (TlsEnd *end);
void tls_end_send (TlsEnd *end, gconstpointer data, gsize len);

void tls_pair_make_sockets (int fds[2]);
void tls_pair_init (TlsPair *self, const TlsPairCase *c);
/* Secured, both. */
void tls_pair_open (TlsPair *self, const TlsPairCase *c);
void tls_pair_clear (TlsPair *self);
/* Nothing is left to do: the context would sleep. */
void tls_pair_assert_quiet (void);

G_END_DECLS
