/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client-rig.h"
#include "support/faults.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A server leaves before it has read the request, so that this cannot be
 * written: but what it said before that counts. */

static const char *last_word;

static void
answer_and_leave (gpointer user_data)
{
  ClientRig *rig = user_data;
  int        fd = accept (ws_listener_get_fd (rig->listener), NULL, NULL);
  gssize     len = (gssize) strlen (last_word);

  g_assert_no_errno (fd);
  g_assert_cmpint (send (fd, last_word, (gsize) len, MSG_NOSIGNAL), ==, len);
  close (fd);
}

static void
expect_failed (ClientRig *rig, const char *words, GQuark domain, int code)
{
  /* Accepting is the hook's. */
  ws_listener_set_accepting (rig->listener, FALSE);
  last_word = words;
  faults_arm_with (FAULTS_SEND, ECONNRESET, answer_and_leave, rig);
  client_rig_begin (rig);
  client_rig_expect_failed (rig, domain, code);
  g_assert_cmpuint (faults_disarm (FAULTS_SEND), ==, 1);
}

static void
test_refusal (ClientRig *rig, gconstpointer data)
{
  expect_failed (rig,
                 "HTTP/1.1 431 Request Header Fields Too Large\r\n"
                 "Content-Length: 0\r\n\r\n",
                 WS_ENGINE_ERROR, WS_ENGINE_ERROR_HANDSHAKE_REJECTED);
  g_assert_nonnull (strstr (rig->error->message, "431"));
}

static void
test_refusal_without_end (ClientRig *rig, gconstpointer data)
{
  expect_failed (rig, "HTTP/1.1 431 Too Large\r\n\r\nRead less.",
                 WS_ENGINE_ERROR, WS_ENGINE_ERROR_HANDSHAKE_REJECTED);
}

static void
test_nothing (ClientRig *rig, gconstpointer data)
{
  expect_failed (rig, "", G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED);
  g_assert_nonnull (strstr (rig->error->message, "sending"));
}

static void
test_half (ClientRig *rig, gconstpointer data)
{
  expect_failed (rig, "HTTP/1.1 431 Too La", G_IO_ERROR,
                 G_IO_ERROR_CONNECTION_CLOSED);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    void (*test) (ClientRig *rig, gconstpointer data);
  } tests[] = {
    { "/engine/client-opening-lost/refusal", test_refusal },
    { "/engine/client-opening-lost/without-end", test_refusal_without_end },
    { "/engine/client-opening-lost/nothing", test_nothing },
    { "/engine/client-opening-lost/half", test_half },
  };

  ws_test_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, ClientRig, NULL, client_rig_set_up,
                tests[i].test, client_rig_tear_down);
  return g_test_run ();
}
