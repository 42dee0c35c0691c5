/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/ws-poller.h"

#include "peer.h"
#include "support/ws-test.h"

#include <sys/socket.h>
#include <unistd.h>

/* --- Within a batch --- */

#define N_BATCH 8

typedef struct
{
  PollerRig *rig;
  Peer      *peers[N_BATCH];
  guint      n_freed;
} Batch;

static void
batch_fill (Batch *batch, PollerRig *rig, void (*on_ready) (Peer *peer))
{
  batch->rig = rig;
  for (int i = 0; i < N_BATCH; i++)
    batch->peers[i] = peer_new_ready (rig->poller, on_ready, batch);
}

static void
batch_empty (Batch *batch)
{
  for (int i = 0; i < N_BATCH; i++)
    g_clear_pointer (&batch->peers[i], peer_free);
}

static void
free_all_but_the_last (Peer *peer)
{
  Batch *batch = peer->data;
  Peer  *self = NULL;

  for (int i = 0; i < N_BATCH - 1; i++)
    {
      if (batch->peers[i] == peer)
        self = peer;
      else if (batch->peers[i] != NULL)
        peer_free (batch->peers[i]);
      batch->peers[i] = NULL;
    }

  if (self != NULL)
    peer_free (self);
}

static void
test_free_others (PollerRig *rig, gconstpointer data)
{
  Batch batch = { NULL };

  batch_fill (&batch, rig, free_all_but_the_last);
  ws_test_until (rig->context, batch.peers[N_BATCH - 1]->n_calls > 0);
  g_assert_null (batch.peers[0]);
  batch_empty (&batch);
}

static void
turn_others_to_writing (Peer *peer)
{
  Batch *batch = peer->data;

  for (int i = 0; i < N_BATCH; i++)
    if (batch->peers[i] != peer)
      ws_watch_want (&batch->peers[i]->watch, i % 2 == 0 ? G_IO_OUT : 0);
  ws_watch_want (&peer->watch, 0);
}

static void
test_unwant_others (PollerRig *rig, gconstpointer data)
{
  Batch batch = { NULL };
  guint n_reading = 0;

  batch_fill (&batch, rig, turn_others_to_writing);
  g_main_context_iteration (rig->context, FALSE);

  for (int i = 0; i < N_BATCH; i++)
    {
      if (batch.peers[i]->condition == G_IO_IN)
        n_reading++;
      else
        g_assert_cmpuint (batch.peers[i]->n_calls, ==, 0);
    }
  g_assert_cmpuint (n_reading, ==, 1);
  batch_empty (&batch);
}

/* Everybody else's fd is closed, and its number goes to a new socket, silent
 * and watched by the very same memory. */
static void
renumber_others (Peer *peer)
{
  Batch *batch = peer->data;

  for (int i = 0; i < N_BATCH; i++)
    {
      Peer *other = batch->peers[i];
      int   fd = other->watch.fd;
      int   fds[2];

      if (other == peer)
        continue;

      ws_watch_clear (&other->watch);
      close (other->other);
      g_assert_no_errno (
          socketpair (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds));
      g_assert_no_errno (dup2 (fds[0], fd));
      close (fds[0]);
      other->other = fds[1];
      ws_watch_init (&other->watch, batch->rig->poller, fd, on_peer_watch);
      ws_watch_want (&other->watch, G_IO_IN);
    }

  peer_drain (peer);
}

static void
test_reuse_fds (PollerRig *rig, gconstpointer data)
{
  Batch batch = { NULL };
  guint n_calls = 0;

  batch_fill (&batch, rig, renumber_others);
  g_main_context_iteration (rig->context, FALSE);
  g_assert_false (g_main_context_iteration (rig->context, FALSE));

  for (int i = 0; i < N_BATCH; i++)
    n_calls += batch.peers[i]->n_calls;
  g_assert_cmpuint (n_calls, ==, 1);

  for (int i = 0; i < N_BATCH; i++)
    {
      batch.peers[i]->on_ready = peer_drain;
      peer_poke (batch.peers[i]);
    }
  for (int i = 0; i < N_BATCH; i++)
    ws_test_until (rig->context,
                   read (batch.peers[i]->watch.fd, &n_calls, 1) < 0);
  batch_empty (&batch);
}

/* --- Nested loops --- */

static void
wait_for_others (Peer *peer)
{
  Batch *batch = peer->data;

  peer_drain (peer);
  for (int i = 0; i < N_BATCH; i++)
    if (batch->peers[i] != peer)
      batch->peers[i]->on_ready = peer_drain;
  for (int i = 0; i < N_BATCH; i++)
    ws_test_until (batch->rig->context, batch->peers[i]->n_calls > 0);
}

static void
test_nested_others (PollerRig *rig, gconstpointer data)
{
  Batch batch = { NULL };

  batch_fill (&batch, rig, wait_for_others);
  for (int i = 0; i < 3; i++)
    g_main_context_iteration (rig->context, FALSE);

  /* Once: what the nested loop has done is not reported by the outer one. */
  for (int i = 0; i < N_BATCH; i++)
    g_assert_cmpuint (batch.peers[i]->n_calls, ==, 1);
  batch_empty (&batch);
}

static void
wait_for_myself (Peer *peer)
{
  PollerRig *rig = peer->data;
  guint      n_calls = peer->n_calls;

  peer_drain (peer);
  if (n_calls >= 5)
    return;

  peer_poke (peer);
  ws_test_until (rig->context, peer->n_calls > n_calls);
}

static void
test_nested_self (PollerRig *rig, gconstpointer data)
{
  Peer *peer = peer_new_ready (rig->poller, wait_for_myself, rig);

  g_main_context_iteration (rig->context, FALSE);
  g_assert_cmpuint (peer->n_calls, ==, 5);
  peer_free (peer);
}

static void
free_batch_in_nested_loop (Peer *peer)
{
  Batch *batch = peer->data;

  for (int i = 0; i < N_BATCH; i++)
    if (batch->peers[i] == peer)
      batch->peers[i] = NULL;
  peer_free (peer);

  if (++batch->n_freed < N_BATCH)
    ws_test_until (batch->rig->context, batch->n_freed == N_BATCH);
}

static void
test_nested_frees (PollerRig *rig, gconstpointer data)
{
  Batch batch = { NULL };

  batch_fill (&batch, rig, free_batch_in_nested_loop);
  ws_test_until (rig->context, batch.n_freed == N_BATCH);
  batch_empty (&batch);
}

static void
add (const char *path, void (*test) (PollerRig *, gconstpointer))
{
  g_test_add (path, PollerRig, NULL, poller_rig_set_up, test,
              poller_rig_tear_down);
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);

  add ("/net/poller/batch/free-others", test_free_others);
  add ("/net/poller/batch/unwant-others", test_unwant_others);
  add ("/net/poller/batch/reuse-fds", test_reuse_fds);
  add ("/net/poller/nested/others", test_nested_others);
  add ("/net/poller/nested/self", test_nested_self);
  add ("/net/poller/nested/frees", test_nested_frees);
  return g_test_run ();
}
