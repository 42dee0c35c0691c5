/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/ws-poller-private.h"

#include "support/ws-test.h"

/* What other threads ask of a poller. */

typedef struct
{
  GMainContext *context;
  WsPoller     *poller;
  GString      *log; /* a letter for every post that ran */
} Fixture;

typedef struct _Note Note;
struct _Note
{
  WsPost   post;
  Fixture *fixture;
  char     letter;
  void (*then) (Note *note);
};

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->context = g_main_context_new ();
  fixture->poller = ws_poller_get (fixture->context);
  fixture->log = g_string_new (NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_false (g_main_context_iteration (fixture->context, FALSE));
  g_string_free (fixture->log, TRUE);
  g_assert_cmpint (fixture->poller->n_refs, ==, 1);
  ws_poller_unref (fixture->poller);
  g_main_context_unref (fixture->context);
}

static void
on_note (WsPost *post)
{
  Note *note = WS_CONTAINER_OF (post, Note, post);

  g_string_append_c (note->fixture->log, note->letter);
  if (note->then != NULL)
    note->then (note);
  g_free (note);
}

static void
post (Fixture *fixture, char letter, void (*then) (Note *note))
{
  Note *note = g_new (Note, 1);

  *note = (Note){ { .func = on_note }, fixture, letter, then };
  ws_poller_post (fixture->poller, &note->post);
}

static void
assert_log (Fixture *fixture, const char *expected)
{
  while (g_main_context_iteration (fixture->context, FALSE))
    ;
  g_assert_cmpstr (fixture->log->str, ==, expected);
}

static void
test_order (Fixture *fixture, gconstpointer data)
{
  post (fixture, 'a', NULL);
  post (fixture, 'b', NULL);
  post (fixture, 'c', NULL);
  g_assert_cmpstr (fixture->log->str, ==, "");
  g_assert_true (g_main_context_pending (fixture->context));
  assert_log (fixture, "abc");
  post (fixture, 'd', NULL);
  assert_log (fixture, "abcd");
}

/* What is posted meanwhile waits for the next dispatch, behind the others. */
static void
post_again (Note *note)
{
  post (note->fixture, 'x', NULL);
}

static void
test_meanwhile (Fixture *fixture, gconstpointer data)
{
  post (fixture, 'a', post_again);
  post (fixture, 'b', NULL);
  g_main_context_iteration (fixture->context, FALSE);
  g_assert_cmpstr (fixture->log->str, ==, "ab");
  assert_log (fixture, "abx");
}

/* A nested loop goes on with those that were not come to. */
static void
iterate (Note *note)
{
  post (note->fixture, 'x', NULL);
  assert_log (note->fixture, "abcx");
}

static void
test_nested (Fixture *fixture, gconstpointer data)
{
  post (fixture, 'a', NULL);
  post (fixture, 'b', iterate);
  post (fixture, 'c', NULL);
  assert_log (fixture, "abcx");
}

/* They keep the poller: the last reference may go before they have run. */
static void
test_last_reference (void)
{
  Fixture fixture = { g_main_context_new (), NULL, g_string_new (NULL) };

  fixture.poller = ws_poller_get (fixture.context);
  post (&fixture, 'a', NULL);
  post (&fixture, 'b', NULL);
  ws_poller_unref (fixture.poller);
  assert_log (&fixture, "ab");
  g_main_context_unref (fixture.context);
  g_string_free (fixture.log, TRUE);
}

/* --- Threads --- */

#define N_THREADS 4
#define N_POSTS   2000

static gpointer
run_thread (gpointer user_data)
{
  Fixture *fixture = user_data;

  for (guint i = 0; i < N_POSTS; i++)
    post (fixture, (char) ('a' + i % 26), NULL);
  return NULL;
}

/* The context sleeps between them: each first one wakes it. */
static void
test_threads (Fixture *fixture, gconstpointer data)
{
  GThread *threads[N_THREADS];

  for (guint i = 0; i < N_THREADS; i++)
    threads[i] = g_thread_new ("poster", run_thread, fixture);
  ws_test_until (fixture->context, fixture->log->len == N_THREADS * N_POSTS);
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);
  g_assert_null (fixture->poller->posted);
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);
  g_test_add ("/net/poller-posts/order", Fixture, NULL, set_up, test_order,
              tear_down);
  g_test_add ("/net/poller-posts/meanwhile", Fixture, NULL, set_up,
              test_meanwhile, tear_down);
  g_test_add ("/net/poller-posts/nested", Fixture, NULL, set_up, test_nested,
              tear_down);
  g_test_add_func ("/net/poller-posts/last-reference", test_last_reference);
  g_test_add ("/net/poller-posts/threads", Fixture, NULL, set_up, test_threads,
              tear_down);
  return g_test_run ();
}
