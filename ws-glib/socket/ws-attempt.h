/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/ws-client-opening.h"
#include "engine/ws-engine.h"

G_BEGIN_DECLS

/* The certificate errors that do not count. */
typedef struct
{
  gboolean   has_all;
  GPtrArray *list; /* (owned) (nullable): of WsSslError */
} WsSslIgnored;

void ws_ssl_ignored_clear (WsSslIgnored *self);

/* What only those with TLS have. */
typedef struct
{
  WsTlsCredentials *credentials; /* (owned) (nullable) */
  GBytes           *ticket;      /* (owned) (nullable): to resume with */
  GPtrArray        *ssl_errors;  /* (owned) (nullable): of WsSslError */
  WsSslIgnored      ignored;
} WsAttemptTls;

/* What is known of few that are connected: how it has ended, and what somebody
 * asked for. */
typedef struct
{
  WsClosing       closing;
  WsEnds         *ends;           /* (owned) (nullable): of an ended one */
  GSocketAddress *local_address;  /* (owned) (nullable): made when asked */
  GSocketAddress *peer_address;   /* (owned) (nullable): made when asked */
  GSocketAddress *client_address; /* (owned) (nullable): unless the peer's */
  char           *path;           /* (owned) (nullable): when it was asked */
} WsAttemptFacts;

/* Those of who has none. */
extern const WsAttemptFacts ws_attempt_no_facts;

/* What belongs to one attempt to open and to the connection that comes of it.
 * An attempt can be read until the next one begins, to which nothing passes:
 * only the two functions below set a WsAttempt back. */
typedef struct
{
  guint number; /* grows where an attempt begins or ends, for a handler may do
                 * either */

  guint failed : 1;           /* an error was signalled */
  guint is_given : 1;         /* over a stream of the user's */
  guint is_hopeless : 1;      /* no other attempt could do better */
  guint ssl_alerted : 1;      /* the peer has ended TLS with an alert */
  guint ssl_paused : 1;       /* the opening waits at certificate errors */
  guint continues : 1;        /* an interrupted handshake shall go on */
  guint receiving_paused : 1; /* by the user */
  guint hears_messages : 1;   /* message-received was heard in this batch */
  guint is_slow : 1;          /* it missed a broadcast, and is to be closed */
  guint about_to_close : 1;   /* about-to-close was signalled */
  guint read_finished : 1;    /* read-channel-finished was signalled */
  guint is_incoming : 1;      /* of a server */
  guint offers_seen : 1;      /* the subprotocols were asked for, or set */
  guint offers_none : 1;      /* the client has offered none */
  guint offers_forgotten : 1; /* it has, but they were not asked for */
  guint is_secure : 1;        /* by TLS, of a server as the client sees it */

  WsUrl           *target;  /* (owned) (nullable): of a client */
  WsClientOpening *opening; /* (owned) (nullable) */
  WsEngine        *engine;  /* (owned) (nullable): while CONNECTED or CLOSING */

  /* What was asked for, and agreed on. */
  GBytes *request_head; /* (owned) (nullable): of a server's socket
                                   * that is new; parsed when asked */
  char   *resource;     /* (owned) (nullable): likewise, unless the
                                   * URL ends with it */
  char   *subprotocol;  /* (owned) (nullable) */
  char   *extensions;   /* (owned) (nullable) */

  WsAttemptFacts *facts; /* (owned) (nullable): made when needed */
  WsAttemptTls   *tls;   /* (owned) (nullable): likewise */
} WsAttempt;

static inline const WsAttemptFacts *
ws_attempt_peek_facts (const WsAttempt *self)
{
  return self->facts != NULL ? self->facts : &ws_attempt_no_facts;
}
/* Never NULL: to be written to. */
WsAttemptFacts *ws_attempt_get_facts (WsAttempt *self);
/* Takes a copy. */
void ws_attempt_set_closing (WsAttempt *self, const WsClosing *closing);

/* As ws_attempt_clear(), for the next attempt: to @target (transfer full)
 * (nullable). */
void ws_attempt_begin (WsAttempt *self, WsUrl *target);
/* Leaves, and forgets everything but the number. */
void ws_attempt_clear (WsAttempt *self);

/* The attempt is over, and its peer is told 1001: gives back opening and
 * engine. Runs no user's code. */
void ws_attempt_leave (WsAttempt *self);
/* (transfer none) (nullable): of its connection, also of one that has ended. */
GSocketAddress *ws_attempt_get_address (WsAttempt *self, gboolean remote);
/* The engine is about to go: what is asked of the connection is kept. */
void ws_attempt_keep_ends (WsAttempt *self, WsEngine *engine);
/* Of a connection that has ended. */
void ws_attempt_forget_local_address (WsAttempt *self);
/* Never NULL. */
WsAttemptTls *ws_attempt_get_tls (WsAttempt *self);
/* What was said of one server's certificates does not hold for another's. */
void ws_attempt_forget_ssl_errors (WsAttempt *self);

G_END_DECLS
