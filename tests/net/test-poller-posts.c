/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "poller-rig.h"

#include "net/ws-poller-private.h"

/* What other threads ask of a poller. */

typedef struct _Note Note;
struct _Note
{
  WsPost     post;
  PollerRig *rig;
  char       letter;
  void (*then) (Note *note);
};

static void
on_note (WsPost *post)
{
  Note *note = WS_CONTAINER_OF (post, Note, post);

  g_string_append_c (note->rig->log, note->letter);
  if (note->then != NULL)
    note->then (note);
  g_free (note);
}

static void
post (PollerRig *rig, char letter, void (*then) (Note *note))
{
  Note *note = g_new (Note, 1);

  *note = (Note){ { .func = on_note }, rig, letter, then };
  ws_poller_post (rig->poller, &note->post);
}

static void
assert_log (PollerRig *rig, const char *expected)
{
  while (g_main_context_iteration (rig->context, FALSE))
    ;
  g_assert_cmpstr (rig->log->str, ==, expected);
}

static void
test_order (PollerRig *rig, gconstpointer data)
{
  post (rig, 'a', NULL);
  post (rig, 'b', NULL);
  post (rig, 'c', NULL);
  g_assert_cmpstr (rig->log->str, ==, "");
  g_assert_true (g_main_context_pending (rig->context));
  assert_log (rig, "abc");
  post (rig, 'd', NULL);
  assert_log (rig, "abcd");
}

/* What is posted meanwhile waits for the next dispatch, behind the others. */
static void
post_again (Note *note)
{
  post (note->rig, 'x', NULL);
}

static void
test_meanwhile (PollerRig *rig, gconstpointer data)
{
  post (rig, 'a', post_again);
  post (rig, 'b', NULL);
  g_main_context_iteration (rig->context, FALSE);
  g_assert_cmpstr (rig->log->str, ==, "ab");
  assert_log (rig, "abx");
}

/* A nested loop goes on with those that were not come to. */
static void
iterate (Note *note)
{
  post (note->rig, 'x', NULL);
  assert_log (note->rig, "abcx");
}

static void
test_nested (PollerRig *rig, gconstpointer data)
{
  post (rig, 'a', NULL);
  post (rig, 'b', iterate);
  post (rig, 'c', NULL);
  assert_log (rig, "abcx");
}

/* Posts keep the poller: the last reference may go before they have run. */
static void
test_last_reference (void)
{
  PollerRig rig = { g_main_context_new (), NULL, g_string_new (NULL) };

  rig.poller = ws_poller_get (rig.context);
  post (&rig, 'a', NULL);
  post (&rig, 'b', NULL);
  ws_poller_unref (rig.poller);
  assert_log (&rig, "ab");
  g_main_context_unref (rig.context);
  g_string_free (rig.log, TRUE);
}

/* --- Threads --- */

#define N_THREADS 4
#define N_POSTS   2000

static gpointer
run_thread (gpointer user_data)
{
  PollerRig *rig = user_data;

  for (guint i = 0; i < N_POSTS; i++)
    post (rig, (char) ('a' + i % 26), NULL);
  return NULL;
}

/* The context sleeps between them: each first one wakes it. */
static void
test_threads (PollerRig *rig, gconstpointer data)
{
  GThread *threads[N_THREADS];

  for (guint i = 0; i < N_THREADS; i++)
    threads[i] = g_thread_new ("poster", run_thread, rig);
  ws_test_until (rig->context, rig->log->len == N_THREADS * N_POSTS);
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);
  g_assert_null (rig->poller->posted);
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);
  g_test_add ("/net/poller-posts/order", PollerRig, NULL, poller_rig_set_up,
              test_order, poller_rig_tear_down);
  g_test_add ("/net/poller-posts/meanwhile", PollerRig, NULL, poller_rig_set_up,
              test_meanwhile, poller_rig_tear_down);
  g_test_add ("/net/poller-posts/nested", PollerRig, NULL, poller_rig_set_up,
              test_nested, poller_rig_tear_down);
  g_test_add_func ("/net/poller-posts/last-reference", test_last_reference);
  g_test_add ("/net/poller-posts/threads", PollerRig, NULL, poller_rig_set_up,
              test_threads, poller_rig_tear_down);
  return g_test_run ();
}
