/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "poller-rig.h"

G_BEGIN_DECLS

/* One watched end of a socket pair; what it does when called is a test's. */
typedef struct _Peer Peer;
struct _Peer
{
  WsWatch      watch;
  int          other; /* the fd of the end that is not watched */
  guint        n_calls;
  GIOCondition condition; /* of the last call */
  void (*on_ready) (Peer *peer);
  gpointer data; /* the test's */
};

/* Counts the call, and does what the test wants. */
void on_peer_watch (WsWatch *watch, GIOCondition condition);

Peer *peer_new (WsPoller *poller, void (*on_ready) (Peer *peer), gpointer data);
/* A peer that wants to read and can. */
Peer *
peer_new_ready (WsPoller *poller, void (*on_ready) (Peer *peer), gpointer data);
void peer_free (Peer *peer);

void peer_poke (Peer *peer);
void peer_drain (Peer *peer);
void peer_hang_up (Peer *peer);

G_END_DECLS
