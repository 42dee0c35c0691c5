/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/ws-poller-private.h"

#include "peer.h"
#include "support/ws-test.h"

/* More are ready than a batch has room for. */

#define N_PEERS (WS_POLLER_BATCH_SIZE + 40)

/* The library's clock, for which time goes by when the test says so. */
static gint64 now = G_USEC_PER_SEC;

gint64
g_get_monotonic_time (void)
{
  return now;
}

typedef struct
{
  const char *name;
  gboolean    is_crowded; /* the dispatch before was late */
  gint64      time;       /* µs that each takes */
  guint       n_calls;    /* of peers, in one dispatch */
} Case;

static const Case cases[] = {
  /* Deadlines come first, for those who have the rest. */
  { "usual", FALSE, 0, WS_POLLER_BATCH_SIZE },
  /* Whoever says little may be the last of all. */
  { "crowded", TRUE, 0, N_PEERS },
  /* But not for ever. */
  { "crowded-and-slow", TRUE, 100, WS_POLLER_BATCH_SIZE },
};

typedef struct
{
  const Case *c;
  guint       n_calls;
} Count;

static void
count_call (Peer *peer)
{
  Count *count = peer->data;

  count->n_calls++;
  now += count->c->time;
  ws_watch_want (&peer->watch, 0);
}

static void
test_full_batch (PollerRig *rig, gconstpointer data)
{
  Count count = { .c = data };
  Peer *peers[N_PEERS];

  for (guint i = 0; i < N_PEERS; i++)
    peers[i] = peer_new_ready (rig->poller, count_call, &count);
  if (count.c->is_crowded)
    ws_poller_note_iteration (rig->poller, 0);
  g_main_context_iteration (rig->context, FALSE);
  g_assert_cmpuint (count.n_calls, ==, count.c->n_calls);
  ws_test_until (rig->context, count.n_calls == N_PEERS);
  for (guint i = 0; i < N_PEERS; i++)
    {
      g_assert_cmpuint (peers[i]->n_calls, ==, 1);
      peer_free (peers[i]);
    }
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path
          = g_strconcat ("/net/poller/crowd/", cases[i].name, NULL);

      g_test_add (path, PollerRig, &cases[i], poller_rig_set_up,
                  test_full_batch, poller_rig_tear_down);
    }
  return g_test_run ();
}
