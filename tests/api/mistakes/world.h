/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "../api-test.h"
#include "calls.h"

G_BEGIN_DECLS

/* An instance in a state that a program can bring it into, and what has to
 * exist around it. */
typedef struct
{
  Values       values;
  const char  *type; /* of the instance */
  gpointer     instance;
  WsServer    *server;   /* (nullable) */
  WsSocket    *socket;   /* (nullable): a client of ours */
  WsSocket    *accepted; /* (nullable): a socket of the server */
  RawListener *listener; /* (nullable) */
  RawPeer     *peer;     /* (nullable): at the other end of @socket */
  WsRequest   *request;  /* (nullable) */
  WsResponse  *response; /* (nullable) */
  /* Written when the world was made; what a call changes ends the world. */
  char *fingerprint;
} World;

typedef struct
{
  const char *name;
  const char *type; /* (nullable): any other than sockets and servers */
  void (*set_up) (World *world);
  /* (nullable): makes @world call @run from where the state is; NULL: from the
   * main loop. */
  void (*call) (World *world, void (*run) (World *world));
  /* Whether each call needs a world of its own. */
  gboolean is_alone;
} State;

extern const State states[];
extern const guint n_states;

void world_init (World *self, const State *state, const char *type);
void world_clear (World *self);
/* Lets what a call began go on for a while. */
void world_settle (World *self);
/* Whether a call changed the state that the world is to be in. */
gboolean world_changed (World *self);

G_END_DECLS
