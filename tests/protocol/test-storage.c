/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "protocol/ws-storage.h"

#include <string.h>

#include "protocol/ws-buffer.h"
#include "support/ws-test.h"

#define LARGE ((gsize) 1024 * 1024)

static void
test_kept (void)
{
  gpointer first, second;

  /* Nobody has promised to settle: nothing is kept. */
  ws_storage_free (ws_storage_new (LARGE));
  g_assert_cmpuint (ws_storage_get_spare (), ==, 0);

  ws_storage_keep ();
  first = ws_storage_new (LARGE + 1);
  second = ws_storage_new (LARGE + 2);
  memset (first, 'a', LARGE + 1);
  memset (second, 'b', LARGE + 2);
  ws_storage_free (first);
  ws_storage_free (second);
  g_assert_cmpuint (ws_storage_get_spare (), >=, 2 * LARGE);

  /* What was freed last is in the cache. */
  g_assert_true (ws_storage_new (LARGE) == second);
  g_assert_true (ws_storage_new (LARGE) == first);
  g_assert_cmpuint (ws_storage_get_spare (), ==, 0);
  ws_storage_free (first);
  ws_storage_free (second);
  ws_storage_forget ();
  g_assert_cmpuint (ws_storage_get_spare (), ==, 0);
}

static void
test_size (void)
{
  gpointer storage = ws_storage_new (LARGE);
  gpointer other;

  ws_storage_keep ();
  ws_storage_free (storage);

  /* Neither what is too small, nor what would be wasted. */
  other = ws_storage_new (2 * LARGE);
  g_assert_cmpuint (ws_storage_get_spare (), >=, LARGE);
  ws_storage_free (other);
  other = ws_storage_new (WS_STORAGE_MIN);
  g_assert_cmpuint (ws_storage_get_spare (), >=, 3 * LARGE);
  ws_storage_free (other);
  ws_storage_forget ();
}

static void
test_bound (void)
{
  gpointer storage[40];

  ws_storage_keep ();
  for (guint i = 0; i < G_N_ELEMENTS (storage); i++)
    storage[i] = ws_storage_new (LARGE);
  for (guint i = 0; i < G_N_ELEMENTS (storage); i++)
    ws_storage_free (storage[i]);
  g_assert_cmpuint (ws_storage_get_spare (), <=, WS_STORAGE_SPARE_MAX);
  g_assert_cmpuint (ws_storage_get_spare (), >,
                    WS_STORAGE_SPARE_MAX - 2 * LARGE);

  ws_storage_free (ws_storage_new (2 * WS_STORAGE_SPARE_MAX));
  g_assert_cmpuint (ws_storage_get_spare (), <=, WS_STORAGE_SPARE_MAX);
  ws_storage_forget ();
}

static void
test_settles (void)
{
  gpointer storage[4];

  ws_storage_keep ();
  g_assert_true (ws_storage_settle ());
  for (guint i = 0; i < 4; i++)
    storage[i] = ws_storage_new (LARGE);
  for (guint i = 0; i < 4; i++)
    ws_storage_free (storage[i]);

  /* All were needed until now, and one is since then. */
  ws_storage_keep ();
  g_assert_true (ws_storage_settle ());
  g_assert_cmpuint (ws_storage_get_spare (), >=, 4 * LARGE);
  ws_storage_free (ws_storage_new (LARGE));
  ws_storage_keep ();
  g_assert_true (ws_storage_settle ());
  g_assert_cmpuint (ws_storage_get_spare (), >=, LARGE);
  g_assert_cmpuint (ws_storage_get_spare (), <, 2 * LARGE);

  /* None is, and what comes back later is not kept either. */
  g_assert_false (ws_storage_settle ());
  g_assert_cmpuint (ws_storage_get_spare (), ==, 0);
  ws_storage_free (ws_storage_new (LARGE));
  g_assert_cmpuint (ws_storage_get_spare (), ==, 0);
  g_assert_false (ws_storage_settle ());
}

static void
test_grow (void)
{
  gpointer storage = ws_storage_new (WS_STORAGE_MIN);
  gpointer larger;

  memset (storage, 'x', WS_STORAGE_MIN);
  larger = ws_storage_grow (storage, 1000, 2 * LARGE);
  g_assert_true (larger != storage);
  for (guint i = 0; i < 1000; i++)
    g_assert_cmpint (((char *) larger)[i], ==, 'x');
  g_assert_true (ws_storage_grow (larger, 1000, 2 * LARGE) == larger);
  ws_storage_free (larger);
}

static gpointer
drop_bytes (gpointer bytes)
{
  g_bytes_unref (bytes);
  g_assert_cmpuint (ws_storage_get_spare (), ==, 0);
  return NULL;
}

/* What a buffer holds may be freed anywhere. */
static void
test_other_thread (void)
{
  WsBuffer buffer = { 0 };

  ws_storage_keep ();
  ws_buffer_reserve (&buffer, LARGE, 0);
  memset (buffer.data, 'y', LARGE);
  buffer.len = LARGE;
  g_thread_join (
      g_thread_new ("drops", drop_bytes, ws_buffer_steal_bytes (&buffer)));
  g_assert_cmpuint (ws_storage_get_spare (), ==, 0);
  ws_storage_forget ();
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);

  g_test_add_func ("/protocol/storage/kept", test_kept);
  g_test_add_func ("/protocol/storage/size", test_size);
  g_test_add_func ("/protocol/storage/bound", test_bound);
  g_test_add_func ("/protocol/storage/settles", test_settles);
  g_test_add_func ("/protocol/storage/grow", test_grow);
  g_test_add_func ("/protocol/storage/other-thread", test_other_thread);
  return g_test_run ();
}
