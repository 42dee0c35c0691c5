/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "reentrancy.h"

/* Whatever a handler of whatever signal does is survived: each pair of a signal
 * and an action is a test of its own. */

#define ANY -1

/* The rows for a socket, whichever side it is of. */
static const Signal socket_signals[] = {
  { "message-handler", "message-handler", PHASE_TALK, END_BY_OTHER, ANY },
  { "message-handler-instead", "message-handler", PHASE_TALK, END_BY_SELF,
    ANY },
  { "message-received", "message-received", PHASE_TALK, END_BY_OTHER, ANY },
  { "text-message-received", "text-message-received", PHASE_TALK, END_BY_SELF,
    ANY },
  { "binary-message-received", "binary-message-received", PHASE_TALK,
    END_BY_OTHER, ANY },
  { "text-frame-received", "text-frame-received", PHASE_TALK, END_BY_OTHER,
    ANY },
  { "binary-frame-received", "binary-frame-received", PHASE_TALK, END_BY_SELF,
    ANY },
  { "ping-received", "ping-received", PHASE_TALK, END_BY_OTHER, ANY },
  { "pong", "pong", PHASE_TALK, END_BY_OTHER, ANY },
  { "notify-latency", "notify::latency", PHASE_TALK, END_BY_OTHER, ANY },
  { "bytes-written", "bytes-written", PHASE_TALK, END_BY_SELF, ANY },
  { "notify-bytes-to-write", "notify::bytes-to-write", PHASE_TALK, END_BY_OTHER,
    ANY },
  { "drained", "drained", PHASE_WRITE, END_BY_OTHER, ANY },
  { "about-to-close", "about-to-close", PHASE_END, END_BY_SELF, ANY },
  { "about-to-close-by-other", "about-to-close", PHASE_END, END_BY_OTHER, ANY },
  { "about-to-close-by-fault", "about-to-close", PHASE_END, END_BY_FAULT, ANY },
  { "state-closing", "state-changed", PHASE_END, END_BY_SELF,
    WS_STATE_CLOSING },
  { "state-closing-by-other", "state-changed", PHASE_END, END_BY_OTHER,
    WS_STATE_CLOSING },
  { "notify-state-closing", "notify::state", PHASE_END, END_BY_OTHER,
    WS_STATE_CLOSING },
  { "read-channel-finished", "read-channel-finished", PHASE_END, END_BY_SELF,
    ANY },
  { "read-channel-finished-by-other", "read-channel-finished", PHASE_END,
    END_BY_OTHER, ANY },
  { "error", "error", PHASE_END, END_BY_FAULT, ANY },
  { "notify-error-string", "notify::error-string", PHASE_END, END_BY_FAULT,
    ANY },
  { "notify-close-code", "notify::close-code", PHASE_END, END_BY_OTHER, ANY },
  { "notify-close-code-by-self", "notify::close-code", PHASE_END, END_BY_SELF,
    ANY },
  { "notify-was-clean", "notify::was-clean", PHASE_END, END_BY_SELF, ANY },
  { "state-unconnected", "state-changed", PHASE_END, END_BY_OTHER,
    WS_STATE_UNCONNECTED },
  { "notify-state-unconnected", "notify::state", PHASE_END, END_BY_SELF,
    WS_STATE_UNCONNECTED },
  { "notify-active", "notify::active", PHASE_END, END_BY_OTHER,
    WS_STATE_UNCONNECTED },
  { "notify-is-connected", "notify::is-connected", PHASE_END, END_BY_OTHER,
    ANY },
  { "notify-is-connected-by-self", "notify::is-connected", PHASE_END,
    END_BY_SELF, ANY },
  { "notify-status-text-by-fault", "notify::status-text", PHASE_END,
    END_BY_FAULT, ANY },
  { "disconnected", "disconnected", PHASE_END, END_BY_OTHER, ANY },
  { "disconnected-by-self", "disconnected", PHASE_END, END_BY_SELF, ANY },
  { "disconnected-by-fault", "disconnected", PHASE_END, END_BY_FAULT, ANY },
};

/* What only a client says. */
static const Signal client_signals[] = {
  { "notify-url", "notify::url", PHASE_OPEN, END_BY_OTHER, ANY },
  { "notify-active-open", "notify::active", PHASE_OPEN, END_BY_OTHER, ANY },
  { "notify-state-connecting", "notify::state", PHASE_OPEN, END_BY_OTHER,
    WS_STATE_CONNECTING },
  { "state-connecting", "state-changed", PHASE_OPEN, END_BY_OTHER,
    WS_STATE_CONNECTING },
  { "notify-subprotocol", "notify::subprotocol", PHASE_OPEN, END_BY_OTHER,
    ANY },
  { "notify-state-connected", "notify::state", PHASE_OPEN, END_BY_OTHER,
    WS_STATE_CONNECTED },
  { "state-connected", "state-changed", PHASE_OPEN, END_BY_OTHER,
    WS_STATE_CONNECTED },
  { "connected", "connected", PHASE_OPEN, END_BY_OTHER, ANY },
  { "notify-is-connecting", "notify::is-connecting", PHASE_OPEN, END_BY_OTHER,
    ANY },
  { "notify-is-connected-open", "notify::is-connected", PHASE_OPEN,
    END_BY_OTHER, ANY },
  { "notify-status-text", "notify::status-text", PHASE_OPEN, END_BY_OTHER,
    ANY },
};

/* What a client with a policy says at its end, and when it comes back. */
static const Signal reconnecting_signals[] = {
  { "reconnecting", "reconnecting", PHASE_END, END_BY_OTHER, ANY },
  { "reconnecting-by-fault", "reconnecting", PHASE_END, END_BY_FAULT, ANY },
  { "notify-is-reconnecting", "notify::is-reconnecting", PHASE_END,
    END_BY_OTHER, ANY },
  { "notify-next-attempt", "notify::next-attempt", PHASE_END, END_BY_OTHER,
    ANY },
  { "notify-status-text", "notify::status-text", PHASE_END, END_BY_FAULT, ANY },
  { "disconnected", "disconnected", PHASE_END, END_BY_OTHER, ANY },
  { "state-unconnected", "state-changed", PHASE_END, END_BY_OTHER,
    WS_STATE_UNCONNECTED },
  { "notify-state-unconnected", "notify::state", PHASE_END, END_BY_OTHER,
    WS_STATE_UNCONNECTED },
  { "error", "error", PHASE_END, END_BY_FAULT, ANY },
};

/* What only a client says that HTTP keeps from the server for a while. */
static const Signal fronted_signals[] = {
  { "authentication-required", "authentication-required", PHASE_OPEN,
    END_BY_OTHER, ANY },
  { "authentication-required-deferred", "authentication-required", PHASE_OPEN,
    END_BY_OTHER, ANY },
  { "redirected", "redirected", PHASE_OPEN, END_BY_OTHER, ANY },
  { "proxy-authentication-required", "proxy-authentication-required",
    PHASE_OPEN, END_BY_OTHER, ANY },
  { "proxy-authentication-required-deferred", "proxy-authentication-required",
    PHASE_OPEN, END_BY_OTHER, ANY },
};

static const Signal server_signals[] = {
  { "new-connection", "new-connection", PHASE_OPEN, END_BY_OTHER, ANY },
  { "client-connected", "client-connected", PHASE_OPEN, END_BY_OTHER, ANY },
  { "origin-authentication-required", "origin-authentication-required",
    PHASE_OPEN, END_BY_OTHER, ANY },
  { "handshake-requested", "handshake-requested", PHASE_OPEN, END_BY_OTHER,
    ANY },
  { "handshake-requested-deferred", "handshake-requested", PHASE_OPEN,
    END_BY_OTHER, ANY },
  { "http-request", "http-request", PHASE_TALK, END_BY_OTHER, ANY },
  { "http-request-deferred", "http-request", PHASE_TALK, END_BY_OTHER, ANY },
  { "items-changed", "items-changed", PHASE_OPEN, END_BY_OTHER, ANY },
  { "items-changed-at-end", "items-changed", PHASE_END, END_BY_OTHER, ANY },
  { "notify-n-items", "notify::n-items", PHASE_OPEN, END_BY_OTHER, ANY },
  { "notify-n-items-at-end", "notify::n-items", PHASE_END, END_BY_OTHER, ANY },
  { "client-disconnected", "client-disconnected", PHASE_END, END_BY_OTHER,
    ANY },
  { "server-error", "server-error", PHASE_TALK, END_BY_OTHER, ANY },
  { "peer-failed", "peer-failed", PHASE_TALK, END_BY_OTHER, ANY },
  { "notify-error", "notify::error", PHASE_TALK, END_BY_OTHER, ANY },
  { "notify-listening", "notify::listening", PHASE_END, END_OF_SERVER, ANY },
  { "closed", "closed", PHASE_END, END_OF_SERVER, ANY },
};

typedef struct
{
  Role          role;
  const Signal *signal;
  const Action *action;
} Pair;

static void
test_pair (gconstpointer data)
{
  const Pair *pair = data;

  world_run (pair->role, pair->signal, pair->action, 1);
  world_run (pair->role, pair->signal, pair->action, 4);
}

static void
add_pairs (Role          role,
           const char   *object,
           const Signal *signals,
           guint         n_signals,
           const Action *actions,
           guint         n_actions)
{
  for (guint i = 0; i < n_signals; i++)
    for (guint j = 0; j < n_actions; j++)
      {
        g_autofree char *path
            = g_strdup_printf ("/api/reentrancy/%s/%s/%s", object,
                               signals[i].name, actions[j].name);
        Pair *pair = g_new (Pair, 1);

        *pair = (Pair){ role, &signals[i], &actions[j] };
        ws_test_add_combination (path, pair, test_pair);
      }
}

/* The program's argument names the only object to test, so that the objects can
 * be tested side by side. */
static gboolean
wants (int argc, char **argv, const char *object)
{
  return argc < 2 || g_str_equal (argv[1], object);
}

int
main (int argc, char **argv)
{
  g_setenv ("GIO_USE_NETWORK_MONITOR", "base", TRUE);
  ws_test_init (&argc, &argv);
  if (wants (argc, argv, "client"))
    {
      add_pairs (ROLE_CLIENT, "client", client_signals,
                 G_N_ELEMENTS (client_signals), socket_actions,
                 n_socket_actions);
      add_pairs (ROLE_CLIENT, "client", socket_signals,
                 G_N_ELEMENTS (socket_signals), socket_actions,
                 n_socket_actions);
      add_pairs (ROLE_RECONNECTING, "reconnecting", reconnecting_signals,
                 G_N_ELEMENTS (reconnecting_signals), socket_actions,
                 n_socket_actions);
    }
  if (wants (argc, argv, "fronted"))
    add_pairs (ROLE_FRONTED, "fronted", fronted_signals,
               G_N_ELEMENTS (fronted_signals), socket_actions,
               n_socket_actions);
  if (wants (argc, argv, "peer"))
    add_pairs (ROLE_PEER, "peer", socket_signals, G_N_ELEMENTS (socket_signals),
               socket_actions, n_socket_actions);
  if (wants (argc, argv, "server"))
    add_pairs (ROLE_SERVER, "server", server_signals,
               G_N_ELEMENTS (server_signals), server_actions, n_server_actions);
  return g_test_run ();
}
