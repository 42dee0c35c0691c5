/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <ws-glib/ws-glib.h>

#include "../support/socket-watch.h"
#include "tape.h"

G_BEGIN_DECLS

/* The stage of fuzz-world and fuzz-world-tls: a server and a client in one
 * process, and wires that
 * carry what they say only as far as the input wants, change it, or speak
 * themselves. The clock goes on when the input says so. What each socket tells
 * is judged by a witness. */

#define WORLD_N_WIRES 4

typedef struct _World World;

/* --- world-clock.c --- */

/* The clock that the library sees. */
void world_clock_advance (guint64 us);

/* --- world-wire.c --- */

/* Ends are -1 where there is none. */
typedef struct
{
  int         to_client, to_server;
  GByteArray *up, *down; /* (owned) (nullable): on their way */
  gboolean    up_ended, down_ended;
  guint       age;
} Wire;

/* Directions, seen from the client. */
typedef enum
{
  WIRE_UP,
  WIRE_DOWN
} WireWay;

/* Where clients of this program find the world's server. */
const char *world_wire_url (void);
/* Where the server listens, if it does. */
const char *world_wire_path (void);
void        world_wire_accept (World *self);
/* A wire without a client. */
void world_wire_add_raw (World *self);
/* At most @n bytes; TRUE if any went or an end was passed on. */
gboolean world_wire_move (World *self, Wire *wire, WireWay way, gsize n);
void     world_wire_say (
        World *self, Wire *wire, WireWay way, const void *data, gsize n);
/* Reads and drops what a client has written, (transfer full): that. */
GByteArray *world_wire_overhear (Wire *wire, WireWay way);
void        world_wire_flip (World *self, Wire *wire, WireWay way, guint bit);
void        world_wire_end (World *self, Wire *wire, WireWay way);
void        world_wire_cut (World *self, Wire *wire);
void        world_wire_forget_clients (void);

/* --- world-witness.c --- */

/* What a socket has said since it was first seen. Outlives the socket. */
typedef struct
{
  SocketWatch watch;
  World      *world;
  guint       serial; /* of the attempt, unique in the world */
  guint       remote; /* serial of who sends to it, 0: unknown */
  guint       n_received;
  guint       last_broadcast;
  guint       last_kept;
  guint       n_recoveries; /* that it has seen begin */
  gboolean    is_muted;     /* its handlers are gone */
  gboolean    is_partly;    /* not all that came was asked for */
  gboolean    is_early;     /* that was before the attempt was told of */
} Witness;

/* Messages in all worlds. */
extern guint world_n_heard;

void     world_track (World *self, gpointer object);
Witness *world_watch (World *self, WsSocket *socket);
Witness *world_find_witness (WsSocket *socket);
/* @socket is about to open again, which is no change where it was opening
 * already. */
void world_expect_attempt (WsSocket *socket);
/* Not all that comes to @socket in this attempt will be asked for. */
void world_expect_part (WsSocket *socket);
/* Sends the next message of the socket's own, padded to @len. */
void world_send (World *self, WsSocket *socket, gsize len);
/* (transfer full): one for all. */
WsMessage *world_make_broadcast (World *self, gsize len);
void       world_check_message (Witness *witness, WsMessage *message);

/* --- world-acts.c --- */

/* What an application does with @target, in a handler or out of one. */
void world_act (World *self, GObject *target, guint act);
/* Every signal of @object asks the input what its handler does. */
void               world_listen (World *self, gpointer object);
extern const guint world_n_acts;

/* --- world-calls.c --- */

/* Calls that end later; whatever they tell has to be consistent. */
typedef gboolean (*WorldFinish) (gpointer      object,
                                 GAsyncResult *result,
                                 GError      **error);
/* What world_end_call() needs, which is the callback. @finish: returns whether
 * there is no error. */
gpointer world_begin_call (World *self, WorldFinish finish);
void     world_end_call (GObject *object, GAsyncResult *result, gpointer call);
void     world_receive (World *self, WsSocket *socket);
void     world_receive_stream (World *self, WsSocket *socket);
void     world_send_stream (World *self, WsSocket *socket, gsize len);
void     world_begin_message (World *self, WsSocket *socket, gsize len);
void     world_call (World *self, WsSocket *socket, guint which);
void     world_accept (World *self);
void     world_close_server (World *self);

/* --- world-broker.c --- */

void world_subscribe_since (World *self, WsSocket *socket);
extern void (*const world_broker_acts[]) (World *self); /* NULL ends them */

/* --- world-further.c --- */

/* FALSE: that is none of its acts. */
gboolean world_further_act (World *self, GObject *target, guint act);

/* --- world-tls.c --- */

/* Which of the two targets this is. */
extern const gboolean world_is_secure;

void world_tls_set_server (World *self);
void world_tls_set_client (World *self, WsSocket *client);
/* FALSE: that is none of its acts. */
gboolean world_tls_act (GObject *target, guint act);

extern const char *const world_tls_socket_signals[];
extern const char *const world_tls_server_signals[];

/* --- world-stage.c --- */

typedef struct
{
  guint    ends; /* 0: both real, 1: only the server is, 2: only the client */
  gboolean streams; /* the server's ends are no sockets */
  gboolean compresses;
  gboolean client_pulls, peers_pull;
  gboolean reconnects;
  guint    taking; /* 0: client-connected, 1: queue, 2: accept_async */
  gboolean small_buffers, small_limits;
  gboolean hears_frames, hears_texts,
      hears_notes; /* which signals have handlers */
  guint    frame_size;
  gboolean skips_slow;
  gboolean has_subprotocols;
  guint    max_redirects;
  gboolean listens;     /* the server, instead of being given connections */
  gboolean distrusts;   /* the client does not know the authority */
  gboolean pauses;      /* at certificates that it does not like */
  gboolean asks_client; /* the server wants a certificate */
  gboolean interrupts;  /* and its user is to say what is to become of it */
  gboolean is_old_tls;  /* TLS 1.2 */
} WorldChoices;

struct _World
{
  WorldChoices  choices;
  Tape          handlers; /* what they do */
  WsServer     *server;   /* (owned) (nullable) */
  WsSocket     *client;   /* (owned) (nullable) */
  WsSocket     *peer;     /* (owned) (nullable): the last one of the server's */
  GCancellable *cancellable;  /* (owned): of all calls that are under way */
  GObject      *deferred;     /* (owned) (nullable): to be answered later */
  WsMessageLog *log;          /* (owned) (nullable) */
  char         *epoch;        /* (owned) (nullable): of what is kept */
  guint         n_kept;       /* that others have published */
  guint         n_published;  /* about what is kept, by our server */
  guint         n_recoveries; /* of clients that ask for what was before */
  GPtrArray    *witnesses;    /* (owned): of Witness */
  GArray       *n_sent;       /* (owned): by serial */
  Wire          wires[WORLD_N_WIRES];
  guint         n_wires;
  guint         n_broadcasts;
  guint         n_alive;     /* objects that are not finalised yet */
  guint         n_calls;     /* that have not ended */
  guint         depth;       /* of nested loops */
  gboolean      is_tampered; /* somebody else had a word on the wire */
  gboolean      sends_parts; /* which may hold up what is sent behind them */
};

/* Runs the loop while it has something to do, at most @n times; TRUE if it is
 * at rest. */
gboolean world_iterate (World *self, guint n);
/* All that is said is heard. */
void world_settle (World *self);

G_END_DECLS
