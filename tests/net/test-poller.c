/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/ws-poller.h"

#include "support/ws-test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

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

typedef struct
{
  GMainContext *context;
  WsPoller     *poller;
} Fixture;

static gboolean
is_fallback (void)
{
  return g_strcmp0 (g_getenv ("WS_POLLER"), "fallback") == 0;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->context = g_main_context_new ();
  fixture->poller = ws_poller_get (fixture->context);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  ws_poller_unref (fixture->poller);
  g_main_context_unref (fixture->context);
}

static void
on_peer_watch (WsWatch *watch, GIOCondition condition)
{
  Peer *peer = WS_CONTAINER_OF (watch, Peer, watch);

  peer->n_calls++;
  peer->condition = condition;
  if (peer->on_ready != NULL)
    peer->on_ready (peer);
}

static Peer *
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

static void
peer_free (Peer *peer)
{
  ws_watch_clear (&peer->watch);
  close (peer->watch.fd);
  if (peer->other >= 0)
    close (peer->other);
  g_free (peer);
}

static void
peer_poke (Peer *peer)
{
  g_assert_cmpint (write (peer->other, "x", 1), ==, 1);
}

static void
peer_drain (Peer *peer)
{
  char data[64];

  while (read (peer->watch.fd, data, sizeof data) > 0)
    ;
}

static void
peer_hang_up (Peer *peer)
{
  close (peer->other);
  peer->other = -1;
}

/* A peer that wants to read and can. */
static Peer *
peer_new_ready (WsPoller *poller, void (*on_ready) (Peer *peer), gpointer data)
{
  Peer *peer = peer_new (poller, on_ready, data);

  peer_poke (peer);
  ws_watch_want (&peer->watch, G_IO_IN);

  return peer;
}

/* --- The poller --- */

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
test_readiness (Fixture *fixture, gconstpointer data)
{
  for (gsize i = 0; i < G_N_ELEMENTS (readiness); i++)
    {
      Peer *peer = peer_new (fixture->poller, NULL, NULL);

      g_test_message ("%s", readiness[i].name);
      ws_watch_want (&peer->watch, readiness[i].wanted);
      let_happen (peer, readiness[i].happening);

      for (int round = 0; round < 3; round++)
        g_main_context_iteration (fixture->context, FALSE);

      g_assert_cmpint (peer->condition, ==, readiness[i].expected);
      /* Level-triggered: again and again. */
      g_assert_cmpuint (peer->n_calls, ==, readiness[i].expected != 0 ? 3 : 0);
      peer_free (peer);
    }
}

static void
test_want_changes (Fixture *fixture, gconstpointer data)
{
  Peer *peer = peer_new_ready (fixture->poller, NULL, NULL);

  ws_watch_want (&peer->watch, G_IO_OUT);
  g_main_context_iteration (fixture->context, FALSE);
  g_assert_cmpint (peer->condition, ==, G_IO_OUT);

  ws_watch_want (&peer->watch, 0);
  g_assert_false (g_main_context_iteration (fixture->context, FALSE));

  ws_watch_want (&peer->watch, G_IO_IN);
  g_main_context_iteration (fixture->context, FALSE);
  g_assert_cmpint (peer->condition, ==, G_IO_IN);
  g_assert_cmpuint (peer->n_calls, ==, 2);

  peer_drain (peer);
  g_assert_false (g_main_context_iteration (fixture->context, FALSE));
  peer_free (peer);
}

static void
test_clear_is_harmless (Fixture *fixture, gconstpointer data)
{
  WsWatch none = { NULL };
  Peer   *peer = peer_new_ready (fixture->poller, NULL, NULL);

  ws_watch_clear (&none);
  ws_watch_clear (&peer->watch);
  ws_watch_clear (&peer->watch);
  g_assert_false (g_main_context_iteration (fixture->context, FALSE));
  peer_free (peer);
}

/* A regular file is nothing for epoll, and neither is an fd twice. */
static void
test_refused_fds (Fixture *fixture, gconstpointer data)
{
  Peer *peer = peer_new_ready (fixture->poller, NULL, NULL);
  Peer  twin = { 0 };
  Peer  file = { 0 };
  FILE *stream = tmpfile ();

  g_assert_nonnull (stream);
  ws_watch_init (&twin.watch, fixture->poller, peer->watch.fd, on_peer_watch);
  ws_watch_want (&twin.watch, G_IO_OUT);
  ws_watch_init (&file.watch, fixture->poller, fileno (stream), on_peer_watch);
  ws_watch_want (&file.watch, G_IO_IN);

  ws_test_until (fixture->context,
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
test_closed_behind_our_back (Fixture *fixture, gconstpointer data)
{
  Peer *peer = peer_new (fixture->poller, NULL, NULL);
  int   fd = peer->watch.fd;

  ws_watch_want (&peer->watch, G_IO_IN);
  close (fd);
  ws_watch_want (&peer->watch, G_IO_IN | G_IO_OUT);
  ws_test_until (fixture->context, peer->n_calls > 0);

  ws_watch_clear (&peer->watch);
  close (peer->other);
  g_free (peer);
}

static void
on_deadline (WsDeadline *deadline)
{
}

static void
test_idle_hang_up_does_not_spin (Fixture *fixture, gconstpointer data)
{
  Peer      *peer = peer_new_ready (fixture->poller, NULL, NULL);
  WsDeadline deadline = { .func = on_deadline };
  int        n_iterations = 0;

  peer_hang_up (peer);
  g_main_context_iteration (fixture->context, FALSE);
  g_assert_cmpuint (peer->n_calls, ==, 1);
  ws_watch_want (&peer->watch, 0);

  ws_poller_arm (fixture->poller, &deadline,
                 ws_poller_now (fixture->poller) + 20 * 1000);
  for (; ws_deadline_is_armed (&deadline); n_iterations++)
    g_main_context_iteration (fixture->context, TRUE);

  g_assert_cmpint (n_iterations, <=, 3);
  g_assert_cmpuint (peer->n_calls, ==, 1);
  peer_free (peer);
}

/* --- Within a batch --- */

#define N_BATCH 8

typedef struct
{
  Fixture *fixture;
  Peer    *peers[N_BATCH];
  guint    n_freed;
} Batch;

static void
batch_fill (Batch *batch, Fixture *fixture, void (*on_ready) (Peer *peer))
{
  batch->fixture = fixture;
  for (int i = 0; i < N_BATCH; i++)
    batch->peers[i] = peer_new_ready (fixture->poller, on_ready, batch);
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
test_free_others (Fixture *fixture, gconstpointer data)
{
  Batch batch = { NULL };

  batch_fill (&batch, fixture, free_all_but_the_last);
  ws_test_until (fixture->context, batch.peers[N_BATCH - 1]->n_calls > 0);
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
test_unwant_others (Fixture *fixture, gconstpointer data)
{
  Batch batch = { NULL };
  guint n_reading = 0;

  batch_fill (&batch, fixture, turn_others_to_writing);
  g_main_context_iteration (fixture->context, FALSE);

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
      ws_watch_init (&other->watch, batch->fixture->poller, fd, on_peer_watch);
      ws_watch_want (&other->watch, G_IO_IN);
    }

  peer_drain (peer);
}

static void
test_reuse_fds (Fixture *fixture, gconstpointer data)
{
  Batch batch = { NULL };
  guint n_calls = 0;

  batch_fill (&batch, fixture, renumber_others);
  g_main_context_iteration (fixture->context, FALSE);
  g_assert_false (g_main_context_iteration (fixture->context, FALSE));

  for (int i = 0; i < N_BATCH; i++)
    n_calls += batch.peers[i]->n_calls;
  g_assert_cmpuint (n_calls, ==, 1);

  for (int i = 0; i < N_BATCH; i++)
    {
      batch.peers[i]->on_ready = peer_drain;
      peer_poke (batch.peers[i]);
    }
  for (int i = 0; i < N_BATCH; i++)
    ws_test_until (fixture->context,
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
    ws_test_until (batch->fixture->context, batch->peers[i]->n_calls > 0);
}

static void
test_nested_others (Fixture *fixture, gconstpointer data)
{
  Batch batch = { NULL };

  batch_fill (&batch, fixture, wait_for_others);
  for (int i = 0; i < 3; i++)
    g_main_context_iteration (fixture->context, FALSE);

  /* Once: what the nested loop has done is not reported by the outer one. */
  for (int i = 0; i < N_BATCH; i++)
    g_assert_cmpuint (batch.peers[i]->n_calls, ==, 1);
  batch_empty (&batch);
}

static void
wait_for_myself (Peer *peer)
{
  Fixture *fixture = peer->data;
  guint    n_calls = peer->n_calls;

  peer_drain (peer);
  if (n_calls >= 5)
    return;

  peer_poke (peer);
  ws_test_until (fixture->context, peer->n_calls > n_calls);
}

static void
test_nested_self (Fixture *fixture, gconstpointer data)
{
  Peer *peer = peer_new_ready (fixture->poller, wait_for_myself, fixture);

  g_main_context_iteration (fixture->context, FALSE);
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
    ws_test_until (batch->fixture->context, batch->n_freed == N_BATCH);
}

static void
test_nested_frees (Fixture *fixture, gconstpointer data)
{
  Batch batch = { NULL };

  batch_fill (&batch, fixture, free_batch_in_nested_loop);
  ws_test_until (fixture->context, batch.n_freed == N_BATCH);
  batch_empty (&batch);
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
test_many (Fixture *fixture, gconstpointer data)
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
      ws_watch_init (&peers[i].watch, fixture->poller, fd, on_peer_watch);
      ws_watch_want (&peers[i].watch, G_IO_IN);
    }

  /* Nobody reads, and yet everybody gets a turn. */
  for (int i = 0; i < 16; i++)
    g_main_context_iteration (fixture->context, FALSE);

  for (int i = 0; i < N_MANY; i++)
    {
      g_assert_cmpuint (peers[i].n_calls, >, 0);
      ws_watch_clear (&peers[i].watch);
      close (peers[i].watch.fd);
    }
  g_assert_false (g_main_context_iteration (fixture->context, FALSE));
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
test_buffers (Fixture *fixture, gconstpointer data)
{
  WsReadBuffer *one = ws_poller_acquire_buffer (fixture->poller);
  WsReadBuffer *many[5];

  g_assert_cmpuint (one->n_refs, ==, 1);
  memset (one->data, 0xaa, WS_READ_BUFFER_SIZE);
  ws_read_buffer_ref (one);
  ws_poller_release_buffer (fixture->poller, one);

  for (gsize i = 0; i < G_N_ELEMENTS (many); i++)
    {
      many[i] = ws_poller_acquire_buffer (fixture->poller);
      g_assert_true (many[i] != one);
      memset (many[i]->data, (int) i, WS_READ_BUFFER_SIZE);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (many); i++)
    {
      g_assert_cmpint (many[i]->data[WS_READ_BUFFER_SIZE - 1], ==, i);
      ws_poller_release_buffer (fixture->poller, many[i]);
    }

  g_assert_cmpint (one->data[0], ==, 0xaa);
  ws_poller_release_buffer (fixture->poller, one);

  /* The same one over and over. */
  one = ws_poller_acquire_buffer (fixture->poller);
  ws_poller_release_buffer (fixture->poller, one);
  g_assert_true (ws_poller_acquire_buffer (fixture->poller) == one);
  ws_poller_release_buffer (fixture->poller, one);
}

static void
add (const char *path, void (*test) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
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
  add ("/net/poller/batch/free-others", test_free_others);
  add ("/net/poller/batch/unwant-others", test_unwant_others);
  add ("/net/poller/batch/reuse-fds", test_reuse_fds);
  add ("/net/poller/nested/others", test_nested_others);
  add ("/net/poller/nested/self", test_nested_self);
  add ("/net/poller/nested/frees", test_nested_frees);
  add ("/net/poller/many", test_many);
  g_test_add_func ("/net/poller/threads", test_threads);
  add ("/net/poller/buffers", test_buffers);

  return g_test_run ();
}
