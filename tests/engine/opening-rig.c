/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "opening-rig.h"

#include <glib-unix.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engine/ws-engine-error.h"

void
opening_rig_set_up (OpeningRig *rig, gconstpointer data)
{
  rig->context = g_main_context_new ();
  rig->poller = ws_poller_get (rig->context);
  rig->peer = -1;
  rig->log = g_string_new (NULL);
  rig->answer = g_string_new (NULL);
}

void
opening_rig_tear_down (OpeningRig *rig, gconstpointer data)
{
  opening_rig_end (rig);
  g_string_free (rig->log, TRUE);
  g_string_free (rig->answer, TRUE);
  ws_poller_unref (rig->poller);
  g_main_context_unref (rig->context);
}

void
opening_rig_begin (OpeningRig                   *rig,
                   const WsServerOpeningOptions *options,
                   const WsServerOpeningSink    *sink)
{
  int fds[2];

  g_assert_no_errno (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds));
  rig->peer = fds[1];
  rig->at_end = FALSE;
  g_string_truncate (rig->log, 0);
  g_string_truncate (rig->answer, 0);
  opening_rig_set_reading (rig, TRUE);
  rig->opening
      = ws_server_opening_new (ws_transport_new_for_fd (rig->poller, fds[0]),
                               options, sink, rig);
}

void
opening_rig_end (OpeningRig *rig)
{
  g_clear_pointer (&rig->opening, ws_server_opening_free);
  opening_rig_hang_up (rig);
}

void
opening_rig_on_gone (WsServerOpening *opening,
                     const GError    *error,
                     gpointer         user_data)
{
  OpeningRig *rig = user_data;

  if (error == NULL)
    g_string_append (rig->log, "gone ");
  else if (g_error_matches (error, WS_ENGINE_ERROR, WS_ENGINE_ERROR_TIMED_OUT))
    g_string_append (rig->log, "late ");
  else
    g_string_append (rig->log, "lost ");
  g_clear_pointer (&rig->opening, ws_server_opening_free);
}

/* --- The peer --- */

static gboolean
on_peer_ready (int fd, GIOCondition condition, gpointer user_data)
{
  OpeningRig *rig = user_data;
  char        data[4096];
  gssize      n = recv (fd, data, sizeof data, 0);

  if (n > 0)
    g_string_append_len (rig->answer, data, n);
  else
    rig->at_end = TRUE;
  return n > 0;
}

void
opening_rig_set_reading (OpeningRig *rig, gboolean reading)
{
  if (rig->source != NULL)
    g_source_destroy (rig->source);
  g_clear_pointer (&rig->source, g_source_unref);
  if (!reading)
    return;
  rig->source = g_unix_fd_source_new (rig->peer, G_IO_IN);
  g_source_set_callback (rig->source, G_SOURCE_FUNC (on_peer_ready), rig, NULL);
  g_source_attach (rig->source, rig->context);
}

void
opening_rig_say (OpeningRig *rig, gconstpointer data, gsize len)
{
  g_assert_cmpint (send (rig->peer, data, len, MSG_NOSIGNAL), ==, len);
}

void
opening_rig_hang_up (OpeningRig *rig)
{
  opening_rig_set_reading (rig, FALSE);
  if (rig->peer >= 0)
    close (rig->peer);
  rig->peer = -1;
}

/* --- The course of things --- */

void
opening_rig_settle (OpeningRig *rig)
{
  while (g_main_context_iteration (rig->context, FALSE))
    ;
}

void
opening_rig_expect_log (OpeningRig *rig, const char *expected)
{
  ws_test_until (rig->context, rig->log->len >= strlen (expected));
  opening_rig_settle (rig);
  g_assert_cmpstr (rig->log->str, ==, expected);
  g_string_truncate (rig->log, 0);
}
