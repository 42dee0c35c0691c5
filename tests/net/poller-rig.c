/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "poller-rig.h"

#include "net/ws-poller-private.h"

void
poller_rig_set_up (PollerRig *rig, gconstpointer data)
{
  rig->context = g_main_context_new ();
  rig->poller = ws_poller_get (rig->context);
  rig->log = g_string_new (NULL);
}

void
poller_rig_tear_down (PollerRig *rig, gconstpointer data)
{
  g_assert_false (g_main_context_iteration (rig->context, FALSE));
  g_assert_cmpint (rig->poller->n_refs, ==, 1);
  g_string_free (rig->log, TRUE);
  ws_poller_unref (rig->poller);
  g_main_context_unref (rig->context);
}

void
poller_rig_expect (PollerRig *rig, const char *letters)
{
  g_string_truncate (rig->log, 0);
  g_main_context_iteration (rig->context, FALSE);
  g_assert_cmpstr (rig->log->str, ==, letters);
}
