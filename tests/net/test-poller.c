/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/ws-poller.h"

#include "peer.h"
#include "support/ws-test.h"

#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static gboolean
is_fallback (void)
{
  return g_strcmp0 (g_getenv ("WS_POLLER"), "fallback") == 0;
}

/* --- The poller --- */

/* All sockets of a main context share one source, which that context runs. */
static void
test_one_per_context (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (WsPoller) one = ws_poller_get (context);
  g_autoptr (WsPoller) same = ws_poller_get (context);
  g_autoptr (WsPoller) other = ws_poller_get (NULL);
  g_autoptr (WsPoller) pushed = NULL;

  g_assert_true (one == same);
  g_assert_true (one != other);
  g_assert_true (ws_poller_get_context (one) == context);
  g_assert_true (ws_poller_get_context (other) == g_main_context_default ());

  g_main_context_push_thread_default (context);
  pushed = ws_poller_get (NULL);
  g_main_context_pop_thread_default (context);
  g_assert_true (pushed == one);
}

static void
test_made_again (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();

  for (int i = 0; i < 3; i++)
    {
      g_autoptr (WsPoller) poller = ws_poller_get (context);
      Peer *peer = peer_new_ready (poller, peer_drain, NULL);

      ws_test_until (context, peer->n_calls == 1);
      peer_free (peer);
      g_assert_false (g_main_context_iteration (context, FALSE));
    }

  g_assert_false (g_main_context_pending (context));
}

static void
drop_everything (Peer *peer)
{
  WsPoller **poller = peer->data;

  peer_free (peer);
  g_clear_pointer (poller, ws_poller_unref);
}

static void
test_freed_inside (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  WsPoller *poller = ws_poller_get (context);

  peer_new_ready (poller, drop_everything, &poller);
  ws_test_until (context, poller == NULL);
  g_assert_false (g_main_context_iteration (context, FALSE));
}

/* --- Readiness --- */

typedef enum
{
  NOTHING_HAPPENED,
  DATA_CAME,
  PEER_ENDED,
  PEER_HUNG_UP
} Happening;

static const struct
{
  const char  *name;
  Happening    happening;
  GIOCondition wanted;
  GIOCondition expected;
} readiness[] = {
  { "silent", NOTHING_HAPPENED, G_IO_IN, 0 },
  { "writable", NOTHING_HAPPENED, G_IO_OUT, G_IO_OUT },
  { "silent and writable", NOTHING_HAPPENED, G_IO_IN | G_IO_OUT, G_IO_OUT },
  { "data", DATA_CAME, G_IO_IN, G_IO_IN },
  { "data not wanted", DATA_CAME, G_IO_OUT, G_IO_OUT },
  { "data, both wanted", DATA_CAME, G_IO_IN | G_IO_OUT, G_IO_IN | G_IO_OUT },
  { "end", PEER_ENDED, G_IO_IN, G_IO_IN },
  { "end, nothing wanted", PEER_ENDED, 0, 0 },
  { "hang-up", PEER_HUNG_UP, G_IO_IN, G_IO_IN },
  { "hang-up, writing", PEER_HUNG_UP, G_IO_OUT, G_IO_OUT },
  { "hang-up, both", PEER_HUNG_UP, G_IO_IN | G_IO_OUT, G_IO_IN | G_IO_OUT },
  { "hang-up, nothing wanted", PEER_HUNG_UP, 0, 0 },
};

static void
let_happen (Peer *peer, Happening happening)
{
  if (happening == DATA_CAME)
    peer_poke (peer);
  else if (happening == PEER_ENDED)
    shutdown (peer->other, SHUT_WR);
  else if (happening == PEER_HUNG_UP)
    peer_hang_up (peer);
}

static void
test_readiness (PollerRig *rig, gconstpointer data)
{
  for (gsize i = 0; i < G_N_ELEMENTS (readiness); i++)
    {
      Peer *peer = peer_new (rig->poller, NULL, NULL);

      g_test_message ("%s", readiness[i].name);
      ws_watch_want (&peer->watch, readiness[i].wanted);
      let_happen (peer, readiness[i].happening);

      for (int round = 0; round < 3; round++)
        g_main_context_iteration (rig->context, FALSE);

      g_assert_cmpint (peer->condition, ==, readiness[i].expected);
      /* Level-triggered: again and again. */
      g_assert_cmpuint (peer->n_calls, ==, readiness[i].expected != 0 ? 3 : 0);
      peer_free (peer);
    }
}

static void
test_want_changes (PollerRig *rig, gconstpointer data)
{
  Peer *peer = peer_new_ready (rig->poller, NULL, NULL);

  ws_watch_want (&peer->watch, G_IO_OUT);
  g_main_context_iteration (rig->context, FALSE);
  g_assert_cmpint (peer->condition, ==, G_IO_OUT);

  ws_watch_want (&peer->watch, 0);
  g_assert_false (g_main_context_iteration (rig->context, FALSE));

  ws_watch_want (&peer->watch, G_IO_IN);
  g_main_context_iteration (rig->context, FALSE);
  g_assert_cmpint (peer->condition, ==, G_IO_IN);
  g_assert_cmpuint (peer->n_calls, ==, 2);

  peer_drain (peer);
  g_assert_false (g_main_context_iteration (rig->context, FALSE));
  peer_free (peer);
}

static void
test_clear_is_harmless (PollerRig *rig, gconstpointer data)
{
  WsWatch none = { NULL };
  Peer   *peer = peer_new_ready (rig->poller, NULL, NULL);

  ws_watch_clear (&none);
  ws_watch_clear (&peer->watch);
  ws_watch_clear (&peer->watch);
  g_assert_false (g_main_context_iteration (rig->context, FALSE));
  peer_free (peer);
}

/* A regular file is nothing for epoll, and neither is an fd twice. */
static void
test_refused_fds (PollerRig *rig, gconstpointer data)
{
  Peer *peer = peer_new_ready (rig->poller, NULL, NULL);
  Peer  twin = { 0 };
  Peer  file = { 0 };
  FILE *stream = tmpfile ();

  g_assert_nonnull (stream);
  ws_watch_init (&twin.watch, rig->poller, peer->watch.fd, on_peer_watch);
  ws_watch_want (&twin.watch, G_IO_OUT);
  ws_watch_init (&file.watch, rig->poller, fileno (stream), on_peer_watch);
  ws_watch_want (&file.watch, G_IO_IN);

  ws_test_until (rig->context,
                 peer->n_calls > 0 && twin.n_calls > 0 && file.n_calls > 0);
  g_assert_cmpint (peer->condition, ==, G_IO_IN);
  g_assert_cmpint (twin.condition, ==, G_IO_OUT);
  g_assert_cmpint (file.condition, ==, G_IO_IN);

  ws_watch_clear (&file.watch);
  ws_watch_clear (&twin.watch);
  fclose (stream);
  peer_free (peer);
}

/* A user who closes a connection that we watch gets an error from it, not a
 * silence. */
static void
test_closed_behind_our_back (PollerRig *rig, gconstpointer data)
{
  Peer *peer = peer_new (rig->poller, NULL, NULL);
  int   fd = peer->watch.fd;

  ws_watch_want (&peer->watch, G_IO_IN);
  close (fd);
  ws_watch_want (&peer->watch, G_IO_IN | G_IO_OUT);
  ws_test_until (rig->context, peer->n_calls > 0);

  ws_watch_clear (&peer->watch);
  close (peer->other);
  g_free (peer);
}

static void
on_deadline (WsDeadline *deadline)
{
}

/* A peer that is gone wakes the loop once, and not for ever. */
static void
test_idle_hang_up_does_not_spin (PollerRig *rig, gconstpointer data)
{
  Peer      *peer = peer_new_ready (rig->poller, NULL, NULL);
  WsDeadline deadline = { .func = on_deadline };
  int        n_iterations = 0;

  peer_hang_up (peer);
  g_main_context_iteration (rig->context, FALSE);
  g_assert_cmpuint (peer->n_calls, ==, 1);
  ws_watch_want (&peer->watch, 0);

  ws_poller_arm (rig->poller, &deadline,
                 ws_poller_now (rig->poller) + 20 * 1000);
  for (; ws_deadline_is_armed (&deadline); n_iterations++)
    g_main_context_iteration (rig->context, TRUE);

  g_assert_cmpint (n_iterations, <=, 3);
  g_assert_cmpuint (peer->n_calls, ==, 1);
  peer_free (peer);
}

/* --- Scale --- */

#define N_MANY 2000

static gboolean
allow_fds (rlim_t n_fds)
{
  struct rlimit limit;

  g_assert_no_errno (getrlimit (RLIMIT_NOFILE, &limit));
  if (limit.rlim_cur >= n_fds)
    return TRUE;
  if (limit.rlim_max < n_fds)
    return FALSE;
  limit.rlim_cur = n_fds;
  return setrlimit (RLIMIT_NOFILE, &limit) == 0;
}

static void
test_many (PollerRig *rig, gconstpointer data)
{
  g_autofree Peer *peers = g_new0 (Peer, N_MANY);

  if (!allow_fds (N_MANY + 64))
    {
      g_test_skip ("not enough fds");
      return;
    }

  for (int i = 0; i < N_MANY; i++)
    {
      int fd = eventfd (1, EFD_NONBLOCK | EFD_CLOEXEC);

      g_assert_no_errno (fd);
      ws_watch_init (&peers[i].watch, rig->poller, fd, on_peer_watch);
      ws_watch_want (&peers[i].watch, G_IO_IN);
    }

  /* Nobody reads, and yet everybody gets a turn. */
  for (int i = 0; i < 16; i++)
    g_main_context_iteration (rig->context, FALSE);

  for (int i = 0; i < N_MANY; i++)
    {
      g_assert_cmpuint (peers[i].n_calls, >, 0);
      ws_watch_clear (&peers[i].watch);
      close (peers[i].watch.fd);
    }
  g_assert_false (g_main_context_iteration (rig->context, FALSE));
}

static gpointer
run_ping_pong (gpointer data)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (WsPoller) poller = ws_poller_get (context);
  Peer *peer = peer_new (poller, peer_drain, NULL);

  ws_watch_want (&peer->watch, G_IO_IN);
  for (guint i = 1; i <= 500; i++)
    {
      peer_poke (peer);
      ws_test_until (context, peer->n_calls == i);
    }
  peer_free (peer);
  return poller;
}

static void
test_threads (void)
{
  GThread *threads[4];

  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("ping-pong", run_ping_pong, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    g_assert_nonnull (g_thread_join (threads[i]));
}

/* --- The shared read buffer --- */

static void
test_buffers (PollerRig *rig, gconstpointer data)
{
  WsReadBuffer *one = ws_poller_acquire_buffer (rig->poller);
  WsReadBuffer *many[5];

  g_assert_cmpuint (one->n_refs, ==, 1);
  memset (one->data, 0xaa, WS_READ_BUFFER_SIZE);
  ws_read_buffer_ref (one);
  ws_poller_release_buffer (rig->poller, one);

  for (gsize i = 0; i < G_N_ELEMENTS (many); i++)
    {
      many[i] = ws_poller_acquire_buffer (rig->poller);
      g_assert_true (many[i] != one);
      memset (many[i]->data, (int) i, WS_READ_BUFFER_SIZE);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (many); i++)
    {
      g_assert_cmpint (many[i]->data[WS_READ_BUFFER_SIZE - 1], ==, i);
      ws_poller_release_buffer (rig->poller, many[i]);
    }

  g_assert_cmpint (one->data[0], ==, 0xaa);
  ws_poller_release_buffer (rig->poller, one);

  /* The same one over and over. */
  one = ws_poller_acquire_buffer (rig->poller);
  ws_poller_release_buffer (rig->poller, one);
  g_assert_true (ws_poller_acquire_buffer (rig->poller) == one);
  ws_poller_release_buffer (rig->poller, one);
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
  g_test_message ("%s", is_fallback () ? "fallback" : "epoll");

  g_test_add_func ("/net/poller/one-per-context", test_one_per_context);
  g_test_add_func ("/net/poller/made-again", test_made_again);
  g_test_add_func ("/net/poller/freed-inside", test_freed_inside);
  add ("/net/poller/readiness", test_readiness);
  add ("/net/poller/want-changes", test_want_changes);
  add ("/net/poller/clear-is-harmless", test_clear_is_harmless);
  add ("/net/poller/refused-fds", test_refused_fds);
  add ("/net/poller/closed-behind-our-back", test_closed_behind_our_back);
  add ("/net/poller/idle-hang-up-does-not-spin",
       test_idle_hang_up_does_not_spin);
  add ("/net/poller/many", test_many);
  g_test_add_func ("/net/poller/threads", test_threads);
  add ("/net/poller/buffers", test_buffers);
  return g_test_run ();
}
