/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "peer.h"

#include <sys/socket.h>
#include <unistd.h>

void
on_peer_watch (WsWatch *watch, GIOCondition condition)
{
  Peer *peer = WS_CONTAINER_OF (watch, Peer, watch);

  peer->n_calls++;
  peer->condition = condition;
  if (peer->on_ready != NULL)
    peer->on_ready (peer);
}

Peer *
peer_new (WsPoller *poller, void (*on_ready) (Peer *peer), gpointer data)
{
  Peer *peer = g_new0 (Peer, 1);
  int   fds[2];

  g_assert_no_errno (
      socketpair (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds));
  ws_watch_init (&peer->watch, poller, fds[0], on_peer_watch);
  peer->other = fds[1];
  peer->on_ready = on_ready;
  peer->data = data;
  return peer;
}

void
peer_free (Peer *peer)
{
  ws_watch_clear (&peer->watch);
  close (peer->watch.fd);
  if (peer->other >= 0)
    close (peer->other);
  g_free (peer);
}

void
peer_poke (Peer *peer)
{
  g_assert_cmpint (write (peer->other, "x", 1), ==, 1);
}

void
peer_drain (Peer *peer)
{
  char data[64];

  while (read (peer->watch.fd, data, sizeof data) > 0)
    ;
}

void
peer_hang_up (Peer *peer)
{
  close (peer->other);
  peer->other = -1;
}

Peer *
peer_new_ready (WsPoller *poller, void (*on_ready) (Peer *peer), gpointer data)
{
  Peer *peer = peer_new (poller, on_ready, data);

  peer_poke (peer);
  ws_watch_want (&peer->watch, G_IO_IN);
  return peer;
}
