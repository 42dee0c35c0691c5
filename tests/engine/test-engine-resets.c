/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client-rig.h"
#include "engine-rig.h"
#include "opening-rig.h"
#include "support/faults.h"

#include <string.h>

/* A connection that is reset at every byte that comes and at every byte that
 * goes, before it is open and afterwards: whoever waits is told once, and of
 * nothing that did not happen. */

static const int codes[] = { ECONNRESET, EPIPE, ETIMEDOUT, EHOSTUNREACH };

/* --- Open connections --- */

typedef void (*Break) (gsize after, int code);

/* What the peer says and what that is, piece by piece. */
static const char *const told[] = {
  "text(Hello)",    "ping(p)", "text(Hi there)", "about-to-close", "closing",
  "read-finished ", NULL
};

static void
peer_says_all (Rig *rig)
{
  rig_peer_text (rig, "Hello");
  rig_peer_frame (rig, FALSE, WS_OPCODE_TEXT, "Hi ", 3);
  rig_peer_frame (rig, TRUE, WS_OPCODE_PING, "p", 1);
  rig_peer_frame (rig, TRUE, WS_OPCODE_CONTINUATION, "there", 5);
  rig_peer_close (rig, 1000, "bye");
}

/* What was told is the beginning of @told, and then the end. */
static void
check_log (Rig *rig)
{
  const char *at = rig->log->str;

  for (guint i = 0; told[i] != NULL && g_str_has_prefix (at, told[i]); i++)
    {
      at += strlen (told[i]);
      at += *at == ' ';
    }
  if (rig->closing.clean)
    g_assert_cmpstr (at, ==, "ended");
  else if (rig->closing.code == 1006)
    g_assert_cmpstr (at, ==, "ended!g-io-error-quark");
  else
    g_assert_true (g_str_has_prefix (at, "ended"));
}

static gboolean
has_answered (Rig *rig)
{
  return strstr (rig->log->str, "closing") != NULL
         && ws_engine_get_bytes_to_write (rig->engine) == 0;
}

/* FALSE: the conversation was over before that. */
static gboolean
run_open (WsRole role, Break break_it, gsize after, int code)
{
  g_autoptr (Rig) rig = rig_new_waiting (role, RIG_UNIX);
  gboolean has_broken;

  break_it (after, code);
  rig_send_text (rig, "one");
  rig_send_text (rig, "two");
  peer_says_all (rig);
  ws_engine_start (rig->engine);
  rig_until (rig, rig->ended || rig->peer_at_end || has_answered (rig));
  if (!rig->ended)
    rig_peer_hang_up (rig);
  rig_until (rig, rig->ended);
  rig_settle (rig);
  has_broken = faults_mend ();
  check_log (rig);
  g_assert_true (!rig->closing.clean || rig->closing.received == 1000);
  return has_broken;
}

static void
test_open (WsRole role, Break break_it)
{
  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      gsize after = 0;

      while (run_open (role, break_it, after, codes[i]))
        after++;
      g_assert_cmpuint (after, >, 10);
    }
}

static void
test_open_reading (gconstpointer data)
{
  test_open (GPOINTER_TO_INT (data), faults_break_reading);
}

static void
test_open_writing (gconstpointer data)
{
  test_open (GPOINTER_TO_INT (data), faults_break_writing);
}

/* --- A server's opening --- */

#define REQUEST                                     \
  "GET / HTTP/1.1\r\n"                              \
  "Host: example.com\r\n"                           \
  "Upgrade: websocket\r\n"                          \
  "Connection: Upgrade\r\n"                         \
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" \
  "Sec-WebSocket-Version: 13\r\n"                   \
  "\r\n"

static void
on_request (WsServerOpening *opening, gpointer user_data)
{
  WsHttpFault fault;

  g_string_append (((OpeningRig *) user_data)->log, "request ");
  ws_http_fault_set (&fault, 403, "Not you");
  ws_server_opening_refuse (opening, &fault);
}

static void
on_refused (WsServerOpening   *opening,
            const WsHttpFault *fault,
            gpointer           user_data)
{
  g_assert_not_reached ();
}

static const WsServerOpeningSink server_sink
    = { on_request, on_refused, opening_rig_on_gone };

/* Asked for at most once, and its end told once; a peer that leaves without a
 * byte is no news. */
static gboolean
run_server (OpeningRig *rig, Break break_it, gsize after, int code)
{
  WsServerOpeningOptions options = { .timeout = WS_TEST_DEADLINE * 1000 };

  break_it (after, code);
  opening_rig_begin (rig, &options, &server_sink);
  opening_rig_say (rig, REQUEST, strlen (REQUEST));
  ws_test_until (rig->context, rig->at_end || rig->opening == NULL);
  opening_rig_hang_up (rig);
  ws_test_until (rig->context, rig->opening == NULL);
  opening_rig_settle (rig);
  g_assert_true (g_str_equal (rig->log->str, after == 0 ? "gone " : "lost ")
                 || g_str_equal (rig->log->str, "request lost ")
                 || g_str_equal (rig->log->str, "request gone "));
  opening_rig_end (rig);
  return faults_mend ();
}

static void
test_server (OpeningRig *rig, gconstpointer data)
{
  const Break breaks[] = { faults_break_reading, faults_break_writing };

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    for (guint j = 0; j < G_N_ELEMENTS (breaks); j++)
      {
        gsize after = 0;

        while (run_server (rig, breaks[j], after, codes[i]))
          after++;
        g_assert_cmpuint (after, >, 100);
      }
}

/* --- A client's opening --- */

/* Over @context until the attempt has come to something; the server answers as
 * soon as it may. */
static void
play_client (ClientRig *rig)
{
  gboolean has_answered = FALSE;

  while (rig->log->len == 0)
    {
      g_main_context_iteration (rig->context, TRUE);
      if (has_answered || strstr (rig->request->str, "\r\n\r\n") == NULL)
        continue;
      has_answered = TRUE;
      if (g_str_has_prefix (rig->request->str, "CONNECT "))
        {
          client_rig_say_text (rig, "HTTP/1.1 200 OK\r\n\r\n");
          g_string_truncate (rig->request, 0);
          has_answered = FALSE;
        }
      else
        {
          g_autofree char *answer = client_rig_make_answer (rig);

          client_rig_say_text (rig, answer);
        }
    }
}

static gboolean
run_client (ClientRig *rig, Break break_it, gsize after, int code)
{
  break_it (after, code);
  client_rig_begin (rig);
  play_client (rig);
  if (g_str_equal (rig->log->str, "opened "))
    {
      g_assert_false (faults_mend ());
      client_rig_expect_opened (rig, "");
      client_rig_end (rig);
      return FALSE;
    }
  g_assert_cmpstr (rig->log->str, ==, "failed ");
  g_assert_true (rig->error->domain == G_IO_ERROR);
  g_assert_cmpuint (strlen (rig->error->message), >, 10);
  client_rig_end (rig);
  return faults_mend ();
}

static void
test_client (ClientRig *rig, gconstpointer data)
{
  const Break breaks[] = { faults_break_reading, faults_break_writing };

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    for (guint j = 0; j < G_N_ELEMENTS (breaks); j++)
      {
        gsize after = 0;

        while (run_client (rig, breaks[j], after, codes[i]))
          after++;
        g_assert_cmpuint (after, >, 100);
      }
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);
  g_test_add_data_func ("/engine/resets/reading/client",
                        GINT_TO_POINTER (WS_ROLE_CLIENT), test_open_reading);
  g_test_add_data_func ("/engine/resets/reading/server",
                        GINT_TO_POINTER (WS_ROLE_SERVER), test_open_reading);
  g_test_add_data_func ("/engine/resets/writing/client",
                        GINT_TO_POINTER (WS_ROLE_CLIENT), test_open_writing);
  g_test_add_data_func ("/engine/resets/writing/server",
                        GINT_TO_POINTER (WS_ROLE_SERVER), test_open_writing);
  g_test_add ("/engine/resets/server-opening", OpeningRig, NULL,
              opening_rig_set_up, test_server, opening_rig_tear_down);
  g_test_add ("/engine/resets/client-opening", ClientRig, NULL,
              client_rig_set_up, test_client, client_rig_tear_down);
  return g_test_run ();
}
