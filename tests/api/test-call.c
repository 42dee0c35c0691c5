/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/ws-call.h"

#include "support/ws-test.h"

/* Calls that wait, of an object that is nothing else. */

typedef struct
{
  GObject *object;
  GQueue   waiting;
  GQueue   others;
  GString *log; /* a letter for each that was told, with how it ended */
} Fixture;

typedef struct
{
  WsCall   base;
  Fixture *fixture;
  char     letter;
} Call;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->object = g_object_new (G_TYPE_OBJECT, NULL);
  fixture->log = g_string_new (NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpuint (fixture->waiting.length, ==, 0);
  g_assert_cmpuint (fixture->others.length, ==, 0);
  g_assert_false (g_main_context_iteration (NULL, FALSE));
  g_assert_finalize_object (g_steal_pointer (&fixture->object));
  g_string_free (fixture->log, TRUE);
}

typedef struct
{
  Fixture *fixture;
  char     letter;
} Told;

static void
on_told (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Told *told = user_data;
  g_autoptr (GError) error = NULL;
  gboolean ok = g_task_propagate_boolean (G_TASK (result), &error);

  g_assert_true (object == told->fixture->object);
  g_assert_true (g_async_result_is_tagged (result, on_told));
  g_assert_null (ws_call_find (G_TASK (result)));
  g_string_append_printf (told->fixture->log, "%c%c ", told->letter,
                          ok ? '+'
                          : g_error_matches (error, G_IO_ERROR,
                                             G_IO_ERROR_CANCELLED)
                              ? 'c'
                              : '-');
  g_free (told);
}

static void
clear (WsCall *base)
{
  Call *call = (Call *) base;

  g_string_append_printf (call->fixture->log, "free-%c ", call->letter);
}

/* What the call has begun is undone when nobody can find it any more. */
static void
undo (gpointer object, WsCall *base)
{
  Call *call = (Call *) base;

  g_assert_true (object == call->fixture->object);
  g_assert_null (ws_call_find (base->task));
  g_assert_true (base->queue == &call->fixture->waiting);
  g_assert_null (g_queue_find (&call->fixture->waiting, base));
  g_string_append_printf (call->fixture->log, "undo-%c ", call->letter);
}

/* Another call gets its result because of that. */
static void
end_the_others (gpointer object, WsCall *base)
{
  GQueue *waiting = &((Call *) base)->fixture->waiting;

  while (waiting->length > 0)
    ws_call_return (waiting->head->data);
}

/* The caller's loop goes on meanwhile. */
static void
iterate (gpointer object, WsCall *base)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static const WsCallClass plain = { sizeof (Call), NULL, NULL };
static const WsCallClass noisy = { sizeof (Call), undo, clear };
static const WsCallClass ending = { sizeof (Call), end_the_others, NULL };
static const WsCallClass iterating = { sizeof (Call), iterate, NULL };

static Call *
begin (Fixture           *fixture,
       const WsCallClass *klass,
       char               letter,
       GError            *refusal,
       GCancellable      *cancellable)
{
  Told   *told = g_new (Told, 1);
  WsCall *call;

  *told = (Told){ fixture, letter };
  call = ws_call_begin (klass, fixture->object, on_told, refusal, cancellable,
                        on_told, told);
  if (call == NULL)
    return NULL;
  ((Call *) call)->fixture = fixture;
  ((Call *) call)->letter = letter;
  g_assert_true (ws_call_find (call->task) == call);
  return (Call *) call;
}

/* (transfer none): one that waits. */
static WsCall *
begin_to_wait (Fixture           *fixture,
               const WsCallClass *klass,
               char               letter,
               GCancellable      *cancellable)
{
  Call *call = begin (fixture, klass, letter, NULL, cancellable);

  ws_call_queue (&call->base, &fixture->waiting);
  ws_call_watch_cancellable (&call->base);
  return &call->base;
}

static void
assert_log (Fixture *fixture, const char *expected)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpstr (fixture->log->str, ==, expected);
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  GError *refusal
      = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_BUSY, "Not now");

  g_assert_null (begin (fixture, &plain, 'a', refusal, NULL));
  g_assert_cmpstr (fixture->log->str, ==, "");
  assert_log (fixture, "a- ");
}

static void
test_cancelled_before (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  g_cancellable_cancel (cancellable);
  g_assert_null (begin (fixture, &plain, 'a', NULL, cancellable));
  assert_log (fixture, "ac ");
}

static gboolean
on_event (gpointer user_data)
{
  g_string_append (user_data, "event ");
  return G_SOURCE_REMOVE;
}

/* Whatever gets its result first is told first, and before anything else that
 * the loop has to do. */
static void
test_order (Fixture *fixture, gconstpointer data)
{
  WsCall *a = begin_to_wait (fixture, &plain, 'a', NULL);
  WsCall *b = begin_to_wait (fixture, &plain, 'b', NULL);
  WsCall *c = begin_to_wait (fixture, &plain, 'c', NULL);
  g_autoptr (GSource) event = g_idle_source_new ();

  g_source_set_priority (event, G_PRIORITY_DEFAULT);
  g_source_set_callback (event, on_event, fixture->log, NULL);
  g_source_attach (event, NULL);
  g_assert_true (fixture->waiting.head->data == a);
  ws_call_return (b);
  ws_call_fail (a, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, "No"));
  ws_call_fail_cancelled (c, "Something else has begun");
  g_assert_cmpstr (fixture->log->str, ==, "");
  assert_log (fixture, "b+ a- cc event ");
}

static void
test_cancelled (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  begin_to_wait (fixture, &noisy, 'a', cancellable);
  begin_to_wait (fixture, &plain, 'b', NULL);
  g_cancellable_cancel (cancellable);
  assert_log (fixture, "undo-a free-a ac ");
  g_assert_cmpuint (fixture->waiting.length, ==, 1);
  ws_call_return (fixture->waiting.head->data);
  assert_log (fixture, "undo-a free-a ac b+ ");
}

/* A result that is there counts. */
static void
test_cancelled_after (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  ws_call_return (begin_to_wait (fixture, &noisy, 'a', cancellable));
  g_cancellable_cancel (cancellable);
  assert_log (fixture, "free-a a+ ");
}

/* Before it may be cancelled nothing happens to it. */
static void
test_not_watched (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Call *call = begin (fixture, &noisy, 'a', NULL, cancellable);

  ws_call_queue (&call->base, &fixture->waiting);
  g_cancellable_cancel (cancellable);
  assert_log (fixture, "");
  ws_call_watch_cancellable (&call->base);
  assert_log (fixture, "undo-a free-a ac ");
}

static void
test_ends_others (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  begin_to_wait (fixture, &ending, 'a', cancellable);
  begin_to_wait (fixture, &plain, 'b', NULL);
  begin_to_wait (fixture, &noisy, 'c', cancellable);
  g_cancellable_cancel (cancellable);
  assert_log (fixture, "b+ free-c c+ ac ");
}

/* The other one is cancelled while the first still undoes what it has begun. */
static void
test_nested (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  begin_to_wait (fixture, &iterating, 'a', cancellable);
  begin_to_wait (fixture, &noisy, 'b', cancellable);
  g_cancellable_cancel (cancellable);
  assert_log (fixture, "undo-b free-b bc ac ");
}

static void
test_moved (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  WsCall *call = begin_to_wait (fixture, &plain, 'a', cancellable);

  ws_call_queue (call, &fixture->others);
  g_assert_cmpuint (fixture->waiting.length, ==, 0);
  g_assert_true (fixture->others.head->data == call);
  g_cancellable_cancel (cancellable);
  assert_log (fixture, "ac ");
  g_assert_cmpuint (fixture->others.length, ==, 0);
}

/* The call is over, and its task gets a result of another kind. */
static void
test_stolen (Fixture *fixture, gconstpointer data)
{
  GTask *task = ws_call_steal_task (begin_to_wait (fixture, &noisy, 'a', NULL));

  g_assert_cmpstr (fixture->log->str, ==, "free-a ");
  g_assert_cmpuint (fixture->waiting.length, ==, 0);
  g_task_return_boolean (task, TRUE);
  g_object_unref (task);
  assert_log (fixture, "free-a a+ ");
}

/* Who waits keeps the object, and nobody else has to. */
static void
test_reference (Fixture *fixture, gconstpointer data)
{
  GObject *object = fixture->object;

  begin_to_wait (fixture, &plain, 'a', NULL);
  g_object_add_weak_pointer (object, (gpointer *) &object);
  g_object_unref (object);
  g_assert_nonnull (object);
  ws_call_return (fixture->waiting.head->data);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_null (object);
  g_assert_cmpstr (fixture->log->str, ==, "a+ ");
  fixture->object = g_object_new (G_TYPE_OBJECT, NULL);
}

/* --- Threads --- */

#define N_CALLS 500

static gpointer
run_thread (gpointer cancellable)
{
  g_cancellable_cancel (cancellable);
  g_object_unref (cancellable);
  return NULL;
}

/* Another thread cancels each call, at about the time when it ends. */
static void
test_threads (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < N_CALLS; i++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      WsCall  *call = begin_to_wait (fixture, &plain, 'a', cancellable);
      GThread *thread
          = g_thread_new ("canceller", run_thread, g_object_ref (cancellable));

      if (i % 2 == 0)
        g_main_context_iteration (NULL, FALSE);
      if (fixture->waiting.length > 0)
        ws_call_return (call);
      ws_test_until (NULL, fixture->log->len == 3);
      g_assert_true (g_str_equal (fixture->log->str, "a+ ")
                     || g_str_equal (fixture->log->str, "ac "));
      g_string_truncate (fixture->log, 0);
      g_thread_join (thread);
    }
}

static void
add (const char *name, void (*test) (Fixture *fixture, gconstpointer data))
{
  g_autofree char *path = g_strconcat ("/api/call/", name, NULL);

  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);
  add ("refused", test_refused);
  add ("cancelled-before", test_cancelled_before);
  add ("order", test_order);
  add ("cancelled", test_cancelled);
  add ("cancelled-after", test_cancelled_after);
  add ("not-watched", test_not_watched);
  add ("ends-others", test_ends_others);
  add ("nested", test_nested);
  add ("moved", test_moved);
  add ("stolen", test_stolen);
  add ("reference", test_reference);
  add ("threads", test_threads);
  return g_test_run ();
}
