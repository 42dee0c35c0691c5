/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <ws-glib/ws-glib.h>

#include "http-rig.h"
#include "support/socket-watch.h"
#include "support/ws-test.h"

G_BEGIN_DECLS

/* The stage of the signal × action tests: a server with one client, a refuge
 * server with a bystander that everybody must leave alone, a script that makes
 * every signal come, and a watch over what each socket says. */

typedef struct _World World;

/* What a socket has said since it was first seen. Outlives the socket. */
typedef struct
{
  SocketWatch watch;
  World      *world;
  guint       last_message; /* number of the last one of this attempt */
  guint       n_messages;
  guint       n_pongs;
} Witness;

typedef void (*WorldAct) (World *world, GObject *target);

/* One thing that a handler may do. */
typedef struct
{
  const char *name;
  WorldAct    act;
} Action;

/* A part of the script. */
typedef enum
{
  PHASE_OPEN,
  PHASE_TALK,
  PHASE_WRITE,
  PHASE_END
} Phase;

/* How the script ends the connection, seen from the socket under test. */
typedef enum
{
  END_BY_OTHER,
  END_BY_SELF,
  END_BY_FAULT,
  END_OF_SERVER
} Ending;

typedef enum
{
  ROLE_CLIENT,
  ROLE_RECONNECTING, /* a client with a policy */
  ROLE_FRONTED,      /* a client that is asked for logins and redirected */
  ROLE_PEER,
  ROLE_SERVER
} Role;

/* A signal and what makes it come. */
typedef struct
{
  const char *name;   /* of the test */
  const char *signal; /* of the object, or "message-handler" */
  Phase       phase;
  Ending      ending;
  int         state; /* counts only in this state; -1: in any */
} Signal;

struct _World
{
  const Signal      *signal;
  const Action      *action;
  Role               role;
  guint              n_acts_left;
  guint              n_fired;
  WsServer          *server;  /* (owned) (nullable): dropped by an action */
  WsServer          *refuge;  /* (owned) */
  WsSocket          *client;  /* (owned) (nullable): dropped by an action */
  WsSocket          *peer;    /* (owned) (nullable): the server's side of it */
  WsSocket          *surplus; /* (owned) (nullable): one client too many */
  GSocketConnection *page;    /* (owned) (nullable): a client of plain HTTP */
  HttpRig           *front;   /* (owned) (nullable): asks for logins, and leads
                              * to the server */
  WsSocket          *bystander;       /* (owned) */
  char              *url;             /* (owned) */
  char              *refuge_url;      /* (owned) */
  GPtrArray         *witnesses;       /* (owned): of Witness */
  GClosure          *closure;         /* (owned): the handler under test */
  guint              n_alive;         /* objects that are not finalised yet */
  guint              n_sent;          /* number of the last message */
  gboolean           expects_nothing; /* the watchers were disconnected */
  gboolean is_disordered; /* messages were sent while others were made */
};

/* Runs the script with @action in the first emission of @signal, or in the
 * first few, and checks what must hold. */
void
world_run (Role role, const Signal *signal, const Action *action, guint n_acts);

/* Counts @object's finalisation in, and what a socket says. */
void     world_track (World *self, gpointer object);
Witness *world_watch (World *self, WsSocket *socket);
Witness *world_find_witness (WsSocket *socket);
/* A message has come; @text: (nullable). */
void witness_note_message (Witness *self, const char *text);
/* A new attempt begins by an action. */
void world_expect_attempt (WsSocket *socket);
/* Sends the next numbered message, if @socket can. */
void world_send (World *self, WsSocket *socket);
/* Waits until the bystander has had an answer: all else had its turn, too. */
void world_breathe (World *self);
/* The socket at the other end of @socket. */
WsSocket *world_other_end (World *self, WsSocket *socket);

/* The handler under test, and where it is to act. */
void world_make_handler (World *self);
void world_arm (World *self, gpointer target);

/* Puts a front before the server, for the client to open. */
void world_put_front (World *self);
void world_open_client (World *self);
/* Gives the login that a signal asks for with @value, if it does, at once or
 * later. */
void world_log_in (World *self, const GValue *value);

extern const Action socket_actions[];
extern const guint  n_socket_actions;
extern const Action server_actions[];
extern const guint  n_server_actions;

/* A mask generator that runs @act once, and then makes masks. */
WsMaskGenerator *acting_generator_new (World *world, WorldAct act);

G_END_DECLS
