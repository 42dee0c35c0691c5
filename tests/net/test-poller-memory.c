/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "poller-rig.h"

#include "protocol/ws-storage.h"

#define LARGE ((gsize) 1024 * 1024)

static void
test_buffers (PollerRig *rig, gconstpointer data)
{
  WsReadBuffer *first = ws_poller_acquire_buffer (rig->poller);
  WsReadBuffer *second = ws_poller_acquire_buffer (rig->poller);

  g_assert_true (first->data != second->data);
  ws_read_buffer_ref (first);
  ws_poller_release_buffer (rig->poller, first);
  ws_poller_release_buffer (rig->poller, second);
  g_assert_true (ws_poller_acquire_buffer (rig->poller) == second);
  ws_poller_release_buffer (rig->poller, first);
  ws_poller_release_buffer (rig->poller, second);
}

static void
test_storage (PollerRig *rig, gconstpointer data)
{
  ws_poller_keep_storage (rig->poller);
  ws_storage_free (ws_storage_new (LARGE));
  g_assert_cmpuint (ws_storage_get_spare (), >=, LARGE);
  ws_test_until (rig->context, ws_storage_get_spare () == 0);

  /* Again, once that was over. */
  ws_poller_keep_storage (rig->poller);
  ws_storage_free (ws_storage_new (LARGE));
  g_assert_cmpuint (ws_storage_get_spare (), >=, LARGE);
}

static void
test_storage_goes_with_the_poller (void)
{
  PollerRig rig;

  poller_rig_set_up (&rig, NULL);
  ws_poller_keep_storage (rig.poller);
  ws_storage_free (ws_storage_new (LARGE));
  poller_rig_tear_down (&rig, NULL);
  g_assert_cmpuint (ws_storage_get_spare (), ==, 0);
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);

  g_test_add ("/net/poller/memory/buffers", PollerRig, NULL, poller_rig_set_up,
              test_buffers, poller_rig_tear_down);
  g_test_add ("/net/poller/memory/storage", PollerRig, NULL, poller_rig_set_up,
              test_storage, poller_rig_tear_down);
  g_test_add_func ("/net/poller/memory/storage-goes-with-the-poller",
                   test_storage_goes_with_the_poller);
  return g_test_run ();
}
