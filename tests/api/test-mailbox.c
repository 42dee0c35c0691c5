/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "socket/ws-mailbox.h"

#include "support/ws-test.h"

/* A mailbox, of nobody. */

typedef struct
{
  GMainContext *context;
  WsPoller     *poller;
  WsMailbox     mailbox;
  GString      *log; /* a letter for each piece of mail that came: capital if
                        its connection is over */
} Fixture;

typedef struct
{
  WsMail   mail;
  Fixture *fixture;
  char     letter;
} Letter;

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
  ws_mailbox_close (&fixture->mailbox);
  g_assert_null (fixture->mailbox.poller);
  g_assert_false (g_main_context_iteration (fixture->context, FALSE));
  g_string_free (fixture->log, TRUE);
  ws_poller_unref (fixture->poller);
  g_main_context_unref (fixture->context);
}

static void
on_letter (WsPost *post)
{
  Letter  *letter = WS_CONTAINER_OF (post, Letter, mail.post);
  Fixture *fixture = letter->fixture;
  gboolean is_current
      = ws_mailbox_is_current (&fixture->mailbox, &letter->mail);

  g_string_append_c (fixture->log, is_current
                                       ? letter->letter
                                       : g_ascii_toupper (letter->letter));
  if (!is_current)
    ws_mailbox_note_lost (&fixture->mailbox);
  g_free (letter);
}

static gboolean
submit (Fixture *fixture, char text)
{
  Letter *letter = g_new0 (Letter, 1);

  letter->mail.post.func = on_letter;
  letter->fixture = fixture;
  letter->letter = text;
  if (ws_mailbox_submit (&fixture->mailbox, &letter->mail))
    return TRUE;
  g_free (letter);
  return FALSE;
}

static void
assert_log (Fixture *fixture, const char *expected)
{
  while (g_main_context_iteration (fixture->context, FALSE))
    ;
  g_assert_cmpstr (fixture->log->str, ==, expected);
}

static void
test_closed (Fixture *fixture, gconstpointer data)
{
  g_assert_false (submit (fixture, 'a'));
  ws_mailbox_close (&fixture->mailbox);
  g_assert_false (submit (fixture, 'b'));
  assert_log (fixture, "");
}

static void
test_open (Fixture *fixture, gconstpointer data)
{
  ws_mailbox_open (&fixture->mailbox, fixture->poller);
  g_assert_true (submit (fixture, 'a'));
  g_assert_true (submit (fixture, 'b'));
  g_assert_cmpstr (fixture->log->str, ==, "");
  assert_log (fixture, "ab");
}

/* What was meant for one connection does not reach the next. */
static void
test_over (Fixture *fixture, gconstpointer data)
{
  ws_mailbox_open (&fixture->mailbox, fixture->poller);
  g_assert_true (submit (fixture, 'a'));
  ws_mailbox_close (&fixture->mailbox);
  assert_log (fixture, "A");
  ws_mailbox_open (&fixture->mailbox, fixture->poller);
  g_assert_true (submit (fixture, 'b'));
  ws_mailbox_close (&fixture->mailbox);
  ws_mailbox_open (&fixture->mailbox, fixture->poller);
  g_assert_true (submit (fixture, 'c'));
  assert_log (fixture, "ABc");
  g_assert_true (submit (fixture, 'd'));
  ws_mailbox_open (&fixture->mailbox, fixture->poller);
  assert_log (fixture, "ABcD");
}

/* The count stays until the next connection. */
static void
test_lost (Fixture *fixture, gconstpointer data)
{
  ws_mailbox_open (&fixture->mailbox, fixture->poller);
  ws_mailbox_note_lost (&fixture->mailbox);
  ws_mailbox_note_lost (&fixture->mailbox);
  ws_mailbox_close (&fixture->mailbox);
  ws_mailbox_note_lost (&fixture->mailbox);
  g_assert_cmpuint (ws_mailbox_count_lost (&fixture->mailbox), ==, 3);
  ws_mailbox_open (&fixture->mailbox, fixture->poller);
  g_assert_cmpuint (ws_mailbox_count_lost (&fixture->mailbox), ==, 0);
}

/* --- Threads --- */

#define N_THREADS 4
#define N_LETTERS 1000

typedef struct
{
  Fixture *fixture;
  guint    n_taken;
} Writer;

static gpointer
run_thread (gpointer user_data)
{
  Writer *writer = user_data;

  for (guint i = 0; i < N_LETTERS; i++)
    if (submit (writer->fixture, 'a'))
      writer->n_taken++;
    else
      ws_mailbox_note_lost (&writer->fixture->mailbox);
  return NULL;
}

/* Connections come and go meanwhile. Each letter is refused or comes, once. */
static void
test_threads (Fixture *fixture, gconstpointer data)
{
  GThread *threads[N_THREADS];
  Writer   writers[N_THREADS];
  guint    n_taken = 0;

  for (guint i = 0; i < N_THREADS; i++)
    {
      writers[i] = (Writer){ fixture, 0 };
      threads[i] = g_thread_new ("writer", run_thread, &writers[i]);
    }
  for (guint i = 0; i < N_LETTERS; i++)
    {
      ws_mailbox_open (&fixture->mailbox, fixture->poller);
      g_main_context_iteration (fixture->context, FALSE);
      ws_mailbox_count_lost (&fixture->mailbox);
      if (i % 2 == 0)
        ws_mailbox_close (&fixture->mailbox);
    }
  for (guint i = 0; i < N_THREADS; i++)
    {
      g_thread_join (threads[i]);
      n_taken += writers[i].n_taken;
    }
  while (g_main_context_iteration (fixture->context, FALSE))
    ;
  g_assert_cmpuint (fixture->log->len, ==, n_taken);
}

static void
add (const char *name, void (*test) (Fixture *fixture, gconstpointer data))
{
  g_autofree char *path = g_strconcat ("/api/mailbox/", name, NULL);

  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);
  add ("closed", test_closed);
  add ("open", test_open);
  add ("over", test_over);
  add ("lost", test_lost);
  add ("threads", test_threads);
  return g_test_run ();
}
