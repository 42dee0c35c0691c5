/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api-test.h"

/* What may be done to a socket that waits for its next attempt: while it does,
 * in each of the signals that lead there, and in the policy's own methods. */

/* --- A policy that acts when it is asked --- */

typedef struct _Wait Wait;
typedef void (*WaitAct) (Wait *wait);

#define ACTING_TYPE_POLICY (acting_policy_get_type ())
G_DECLARE_FINAL_TYPE (
    ActingPolicy, acting_policy, ACTING, POLICY, WsReconnectPolicy)

struct _ActingPolicy
{
  WsReconnectPolicy parent_instance;
  Wait             *wait; /* (unowned) (nullable): acts once */
  gboolean          acts_in_delay;
  int               delay;
  gboolean          refuses;
  guint             n_asked;
};

G_DEFINE_FINAL_TYPE (ActingPolicy, acting_policy, WS_TYPE_RECONNECT_POLICY)

struct _Wait
{
  RawListener  *listener;
  WsSocket     *socket; /* (nullable): dropped by an act */
  RawPeer      *peer;   /* (nullable) */
  ActingPolicy *policy;
  SignalLog    *log;
  char         *url;
  char         *other_url;
  WaitAct       act; /* (nullable): once it was done */
};

static void
act_once (Wait *wait)
{
  WaitAct act = g_steal_pointer (&wait->act);

  if (act != NULL)
    act (wait);
}

static gboolean
acting_policy_should_reconnect (WsReconnectPolicy *policy, WsSocket *socket)
{
  ActingPolicy *self = ACTING_POLICY (policy);

  self->n_asked++;
  g_assert_cmpint (ws_socket_get_state (socket), ==, WS_STATE_UNCONNECTED);
  if (self->wait != NULL && !self->acts_in_delay)
    act_once (self->wait);
  if (self->refuses)
    return FALSE;
  return WS_RECONNECT_POLICY_CLASS (acting_policy_parent_class)
      ->should_reconnect (policy, socket);
}

static int
acting_policy_get_delay (WsReconnectPolicy *policy, guint attempt)
{
  ActingPolicy *self = ACTING_POLICY (policy);

  if (self->wait != NULL && self->acts_in_delay)
    act_once (self->wait);
  return self->delay;
}

static void
acting_policy_class_init (ActingPolicyClass *klass)
{
  WsReconnectPolicyClass *policy_class = WS_RECONNECT_POLICY_CLASS (klass);

  policy_class->should_reconnect = acting_policy_should_reconnect;
  policy_class->get_delay = acting_policy_get_delay;
}

static void
acting_policy_init (ActingPolicy *self)
{
  self->delay = 1;
}

/* --- The stage: a client with a raw peer --- */

static void
wait_open (Wait *wait)
{
  g_clear_pointer (&wait->peer, raw_peer_free);
  wait->peer = raw_listener_take (wait->listener);
  raw_peer_accept (wait->peer);
  if (wait->socket != NULL)
    api_wait_state (wait->socket, WS_STATE_CONNECTED);
}

static Wait *
wait_new (WaitAct act)
{
  Wait *wait = g_new0 (Wait, 1);

  wait->listener = raw_listener_new ();
  wait->url = raw_listener_make_url (wait->listener, "/");
  wait->other_url = raw_listener_make_url (wait->listener, "/other");
  wait->socket = ws_socket_new ();
  wait->policy = g_object_new (ACTING_TYPE_POLICY, NULL);
  ws_socket_set_reconnect (wait->socket, WS_RECONNECT_POLICY (wait->policy));
  wait->log = signal_log_new (wait->socket);
  ws_socket_open (wait->socket, wait->url, NULL);
  wait_open (wait);
  g_string_truncate (wait->log->words, 0);
  wait->act = act;
  return wait;
}

static void
wait_free (Wait *wait)
{
  signal_log_free (wait->log);
  g_clear_pointer (&wait->peer, raw_peer_free);
  if (wait->socket != NULL)
    g_assert_finalize_object (wait->socket);
  g_assert_finalize_object (wait->policy);
  raw_listener_free (wait->listener);
  g_free (wait->url);
  g_free (wait->other_url);
  g_free (wait);
}

/* --- What is done --- */

static void
act_close (Wait *wait)
{
  g_assert_true (ws_socket_close (wait->socket, 1000, NULL, NULL));
}

static void
act_abort (Wait *wait)
{
  ws_socket_abort (wait->socket);
}

static void
act_deactivate (Wait *wait)
{
  ws_socket_set_active (wait->socket, FALSE);
}

static void
act_remove_policy (Wait *wait)
{
  ws_socket_set_reconnect (wait->socket, NULL);
}

static void
act_drop (Wait *wait)
{
  g_clear_object (&wait->socket);
}

static void
act_dispose (Wait *wait)
{
  g_object_run_dispose (G_OBJECT (wait->socket));
}

static void
act_open (Wait *wait)
{
  g_assert_true (ws_socket_open (wait->socket, NULL, NULL));
}

static void
act_open_other (Wait *wait)
{
  g_assert_true (ws_socket_open (wait->socket, wait->other_url, NULL));
}

static void
act_change_url (Wait *wait)
{
  ws_socket_set_url (wait->socket, wait->other_url);
}

static void
act_toggle_active (Wait *wait)
{
  ws_socket_set_active (wait->socket, FALSE);
  ws_socket_set_active (wait->socket, TRUE);
}

static void
act_change_policy (Wait *wait)
{
  g_autoptr (WsReconnectPolicy) policy
      = g_object_new (WS_TYPE_RECONNECT_POLICY, "minimum", 1u, "jitter", 0.0,
                      NULL);

  ws_socket_set_reconnect (wait->socket, policy);
}

static void
act_nest (Wait *wait)
{
  for (guint i = 0; i < 3; i++)
    g_main_context_iteration (NULL, FALSE);
}

static void
act_activate (Wait *wait)
{
  ws_socket_set_active (wait->socket, TRUE);
}

static void
act_open_badly (Wait *wait)
{
  g_assert_false (ws_socket_open (wait->socket, "http://x", NULL));
}

typedef enum
{
  RESULT_ENDS,
  RESULT_COMES_BACK,
  RESULT_COMES_ELSEWHERE
} Result;

typedef struct
{
  const char *name;
  WaitAct     act;
  Result      result;
} Act;

static const Act acts[] = {
  { "close", act_close, RESULT_ENDS },
  { "abort", act_abort, RESULT_ENDS },
  { "deactivate", act_deactivate, RESULT_ENDS },
  { "remove-policy", act_remove_policy, RESULT_ENDS },
  { "drop", act_drop, RESULT_ENDS },
  { "dispose", act_dispose, RESULT_ENDS },
  { "open", act_open, RESULT_COMES_BACK },
  { "open-other", act_open_other, RESULT_COMES_ELSEWHERE },
  { "change-url", act_change_url, RESULT_COMES_ELSEWHERE },
  { "toggle-active", act_toggle_active, RESULT_COMES_BACK },
  { "change-policy", act_change_policy, RESULT_COMES_BACK },
  { "nest", act_nest, RESULT_COMES_BACK },
  { "activate", act_activate, RESULT_COMES_BACK },
  { "open-badly", act_open_badly, RESULT_COMES_BACK },
};

/* --- When it is done --- */

static void
arm_signal (Wait *wait, const char *signal)
{
  g_signal_connect_swapped (wait->socket, signal, G_CALLBACK (act_once), wait);
}

static void
in_disconnected (Wait *wait)
{
  arm_signal (wait, "disconnected");
}

static void
in_reconnecting (Wait *wait)
{
  arm_signal (wait, "reconnecting");
}

static void
act_at_unconnected (WsSocket *socket, WsState state, Wait *wait)
{
  if (state == WS_STATE_UNCONNECTED)
    act_once (wait);
}

static void
in_state (Wait *wait)
{
  g_signal_connect (wait->socket, "state-changed",
                    G_CALLBACK (act_at_unconnected), wait);
}

static void
in_filter (Wait *wait)
{
  wait->policy->wait = wait;
}

static void
in_delay (Wait *wait)
{
  wait->policy->wait = wait;
  wait->policy->acts_in_delay = TRUE;
}

/* Not in any handler: the delay is so long that nothing else ends it, unless it
 * has to. */
static void
while_waiting (Wait *wait)
{
  gboolean needs_the_end = wait->act == act_change_policy
                           || wait->act == act_nest || wait->act == act_activate
                           || wait->act == act_open_badly;

  wait->policy->delay = needs_the_end ? 30 : G_MAXINT;
}

typedef struct
{
  const char *name;
  void (*arm) (Wait *wait);
} Moment;

static const Moment moments[] = {
  { "in-state-changed", in_state },
  { "in-disconnected", in_disconnected },
  { "in-filter", in_filter },
  { "in-delay", in_delay },
  { "in-reconnecting", in_reconnecting },
  { "while-waiting", while_waiting },
};

typedef struct
{
  const Moment *moment;
  const Act    *act;
} ActAtMoment;

/* A URL that is refused before the policy is asked is the last error, and one
 * that no other attempt mends. */
static Result
get_result (const ActAtMoment *pair)
{
  if (pair->act->act == act_open_badly
      && (pair->moment->arm == in_state || pair->moment->arm == in_disconnected
          || pair->moment->arm == in_filter))
    return RESULT_ENDS;
  return pair->act->result;
}

static void
expect_end (Wait *wait, const Act *act)
{
  if (wait->socket != NULL && act->act != act_dispose)
    {
      ws_test_until (NULL, !ws_socket_get_active (wait->socket));
      g_assert_cmpuint (signal_log_count (wait->log, "inactive"), ==, 1);
      g_assert_cmpuint (signal_log_count (wait->log, "disconnected"), ==, 1);
    }
  g_string_truncate (wait->log->words, 0);
  for (guint i = 0; i < 10; i++)
    g_main_context_iteration (NULL, FALSE);
  signal_log_expect (wait->log, "");
}

static void
test_act (gconstpointer data)
{
  const ActAtMoment *pair = data;
  Wait              *wait = wait_new (pair->act->act);

  pair->moment->arm (wait);
  g_clear_pointer (&wait->peer, raw_peer_reset);
  if (pair->moment->arm == while_waiting)
    {
      ws_test_until (NULL, signal_log_count (wait->log, "reconnecting:1") > 0);
      g_assert_true (ws_socket_get_active (wait->socket));
      act_once (wait);
    }
  ws_test_until (NULL, wait->act == NULL);
  if (get_result (pair) == RESULT_ENDS)
    expect_end (wait, pair->act);
  else
    {
      wait_open (wait);
      g_assert_true (g_str_has_prefix (wait->peer->head,
                                       pair->act->result == RESULT_COMES_BACK
                                           ? "GET / "
                                           : "GET /other "));
      g_assert_true (ws_socket_get_active (wait->socket));
      g_assert_cmpuint (signal_log_count (wait->log, "connected"), ==, 1);
    }
  wait->policy->wait = NULL;
  wait_free (wait);
}

/* --- What the policy answers --- */

static void
test_refuses (void)
{
  Wait *wait = wait_new (NULL);

  wait->policy->refuses = TRUE;
  g_clear_pointer (&wait->peer, raw_peer_free);
  ws_test_until (NULL, !ws_socket_get_active (wait->socket));
  g_assert_cmpuint (wait->policy->n_asked, ==, 1);
  signal_log_expect (wait->log, "error:remote-host-closed read-finished "
                                "code=1006 " SIGNAL_LOG_ENDED);
  wait_free (wait);
}

static void
test_refuses_by_delay (void)
{
  Wait *wait = wait_new (NULL);

  wait->policy->delay = -1000;
  g_clear_pointer (&wait->peer, raw_peer_free);
  ws_test_until (NULL, !ws_socket_get_active (wait->socket));
  g_assert_cmpuint (signal_log_count (wait->log, "reconnecting:1"), ==, 0);
  wait_free (wait);
}

/* A method that raises in Python answers 0. */
static void
test_no_answer (void)
{
  Wait *wait = wait_new (NULL);

  wait->policy->delay = 0;
  ws_reconnect_policy_set_minimum (WS_RECONNECT_POLICY (wait->policy), 2);
  ws_reconnect_policy_set_maximum (WS_RECONNECT_POLICY (wait->policy), 2);
  g_test_expect_message ("Ws", G_LOG_LEVEL_WARNING,
                         "ActingPolicy gave no delay; the built-in *");
  for (guint i = 0; i < 2; i++)
    {
      g_clear_pointer (&wait->peer, raw_peer_free);
      ws_test_until (NULL, !ws_socket_is_valid (wait->socket));
      wait_open (wait);
    }
  g_test_assert_expected_messages ();
  wait_free (wait);
}

/* --- Threads --- */

static gpointer
try_in_other_thread (gpointer data)
{
  WsSocket *socket = data;
  g_autoptr (GError) error = NULL;

  g_assert_false (ws_socket_open (socket, NULL, &error));
  g_assert_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_WRONG_CONTEXT);
  g_clear_error (&error);
  g_assert_false (ws_socket_close (socket, 1000, NULL, &error));
  g_assert_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_WRONG_CONTEXT);
  return NULL;
}

static void
on_gone (gpointer user_data, GObject *object)
{
  *(gboolean *) user_data = TRUE;
}

static gpointer
unref_in_other_thread (gpointer data)
{
  g_object_unref (data);
  g_main_context_wakeup (NULL);
  return NULL;
}

static void
wait_for_ever (Wait *wait)
{
  wait->policy->delay = G_MAXINT;
  g_clear_pointer (&wait->peer, raw_peer_reset);
  ws_test_until (NULL, signal_log_count (wait->log, "reconnecting:1") > 0);
}

static void
test_wrong_thread (void)
{
  Wait *wait = wait_new (NULL);

  wait_for_ever (wait);
  g_thread_join (g_thread_new ("stranger", try_in_other_thread, wait->socket));
  g_assert_true (ws_socket_get_active (wait->socket));
  wait_free (wait);
}

/* The wait is given up by its owner. */
static void
test_dropped_in_other_thread (void)
{
  Wait    *wait = wait_new (NULL);
  gboolean is_gone = FALSE;

  wait_for_ever (wait);
  g_object_weak_ref (G_OBJECT (wait->socket), on_gone, &is_gone);
  g_thread_join (g_thread_new ("stranger", unref_in_other_thread,
                               g_steal_pointer (&wait->socket)));
  ws_test_until (NULL, is_gone);
  wait_free (wait);
}

static void
add_acts (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (moments); i++)
    for (guint j = 0; j < G_N_ELEMENTS (acts); j++)
      {
        g_autofree char *path = g_strdup_printf ("/api/reconnect/%s/%s",
                                                 moments[i].name, acts[j].name);
        ActAtMoment     *pair = g_new (ActAtMoment, 1);

        *pair = (ActAtMoment){ &moments[i], &acts[j] };
        g_test_add_data_func_full (path, pair, test_act, g_free);
      }
}

/* --- What the server asks for --- */

/* RFC 9110, 10.2.3: the longer one counts, up to the policy's maximum. */
static void
note_delay (WsSocket *socket, guint attempt, guint delay_ms, guint *delay)
{
  *delay = delay_ms;
}

static void
test_retry_after (void)
{
  static const struct
  {
    const char *value;
    guint       minimum, delay;
  } rows[] = {
    { "7", 1, 7000 },           { "7200", 1, 8000 },
    { "99999999999", 1, 8000 }, { "Fri, 31 Dec 9999 23:59:59 GMT", 1, 8000 },
    { "7", 9000, 9000 },        { "1", 5000, 5000 },
    { "soon", 5000, 5000 },     { "Thu, 01 Jan 1970 00:00:00 GMT", 5000, 5000 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      Half  half = { .listener = raw_listener_new () };
      guint delay = 0;
      g_autoptr (WsReconnectPolicy) policy = NULL;
      g_autofree char *url = raw_listener_make_url (half.listener, "/");
      g_autofree char *answer = g_strdup_printf (
          "HTTP/1.1 503 X\r\nRetry-After: %s\r\nContent-Length: 0\r\n\r\n",
          rows[i].value);

      half.socket = ws_socket_new ();
      policy
          = g_object_new (WS_TYPE_RECONNECT_POLICY, "minimum", rows[i].minimum,
                          "maximum", 8000u, "jitter", 0.0, NULL);
      ws_socket_set_reconnect (half.socket, policy);
      g_signal_connect (half.socket, "reconnecting", G_CALLBACK (note_delay),
                        &delay);
      ws_socket_open (half.socket, url, NULL);
      half.peer = raw_listener_take (half.listener);
      raw_peer_wait_head (half.peer);
      raw_peer_send (half.peer, answer);
      ws_test_until (NULL, delay > 0);
      g_assert_cmpuint (delay, ==, rows[i].delay);
      half_tear_down (&half, NULL);
    }
}

int
main (int argc, char **argv)
{
  g_setenv ("GIO_USE_NETWORK_MONITOR", "base", TRUE);
  api_test_init (&argc, &argv);
  add_acts ();
  g_test_add_func ("/api/reconnect/policy/refuses", test_refuses);
  g_test_add_func ("/api/reconnect/policy/refuses-by-delay",
                   test_refuses_by_delay);
  g_test_add_func ("/api/reconnect/policy/no-answer", test_no_answer);
  g_test_add_func ("/api/reconnect/thread/wrong", test_wrong_thread);
  g_test_add_func ("/api/reconnect/thread/dropped",
                   test_dropped_in_other_thread);
  g_test_add_func ("/api/reconnect/retry-after", test_retry_after);
  return g_test_run ();
}
