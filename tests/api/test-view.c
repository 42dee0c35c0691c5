/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api-test.h"

#include "words.h"

/* The state as a window shows it: properties that are told when they change,
 * and only then, and the seconds until the next attempt. */

/* --- What was told --- */

/* In which order properties are notified that change together is GObject's
 * affair, so each has words of its own. */
typedef enum
{
  CONNECTED,
  CONNECTING,
  RECONNECTING,
  NEXT_ATTEMPT,
  STATUS_TEXT,
  N_SHOWN
} Shown;

static const char *const names[N_SHOWN]
    = { "is-connected", "is-connecting", "is-reconnecting", "next-attempt",
        "status-text" };

typedef struct
{
  WsSocket *socket; /* (unowned) */
  GString  *words[N_SHOWN];
  gboolean  is_set[N_SHOWN]; /* as told last */
  int       seconds;         /* likewise */
} View;

/* What is told is another value than before. */
static void
note_flag (View *self, Shown shown)
{
  gboolean is_set;

  g_object_get (self->socket, names[shown], &is_set, NULL);
  g_assert_cmpint (is_set, ==, !self->is_set[shown]);
  self->is_set[shown] = is_set;
  words_add (self->words[shown], "%s%s", is_set ? "+" : "-", names[shown]);
}

static void
note_next_attempt (View *self)
{
  int seconds = ws_socket_get_next_attempt (self->socket);

  g_assert_cmpint (seconds, !=, self->seconds);
  self->seconds = seconds;
  words_add (self->words[NEXT_ATTEMPT], "next=%d", seconds);
}

static void
note_status_text (View *self)
{
  g_autofree char *text = ws_socket_dup_status_text (self->socket);

  words_add (self->words[STATUS_TEXT], "[%s]", text);
}

static void
on_notify (WsSocket *socket, GParamSpec *pspec, View *self)
{
  for (Shown shown = 0; shown < NEXT_ATTEMPT; shown++)
    if (g_str_equal (pspec->name, names[shown]))
      note_flag (self, shown);
  if (g_str_equal (pspec->name, names[NEXT_ATTEMPT]))
    note_next_attempt (self);
  if (g_str_equal (pspec->name, names[STATUS_TEXT]))
    note_status_text (self);
}

static void
view_init (View *self, WsSocket *socket)
{
  *self = (View){ .socket = socket,
                  .seconds = ws_socket_get_next_attempt (socket) };
  for (Shown shown = 0; shown < N_SHOWN; shown++)
    {
      g_autofree char *signal = g_strconcat ("notify::", names[shown], NULL);

      self->words[shown] = g_string_new (NULL);
      g_signal_connect (socket, signal, G_CALLBACK (on_notify), self);
      if (shown < NEXT_ATTEMPT)
        g_object_get (socket, names[shown], &self->is_set[shown], NULL);
    }
}

/* (transfer full): what was told, in the order of Shown. */
static char *
view_take (View *self)
{
  GString *all = g_string_new (NULL);

  for (Shown shown = 0; shown < N_SHOWN; shown++)
    if (self->words[shown]->len > 0)
      {
        words_add (all, "%s", self->words[shown]->str);
        g_string_truncate (self->words[shown], 0);
      }
  return g_string_free (all, FALSE);
}

static void
view_expect (View *self, const char *words)
{
  g_autofree char *told = view_take (self);

  g_assert_cmpstr (told, ==, words);
}

static void
view_clear (View *self)
{
  g_signal_handlers_disconnect_by_data (self->socket, self);
  for (Shown shown = 0; shown < N_SHOWN; shown++)
    g_string_free (self->words[shown], TRUE);
}

/* --- Without a policy --- */

static void
test_plain (void)
{
  g_autoptr (RawListener) listener = raw_listener_new ();
  g_autofree char *url = raw_listener_make_url (listener, "/");
  g_autofree char *text = NULL;
  WsSocket        *socket = ws_socket_new ();
  View             view;
  g_autoptr (RawPeer) peer = NULL;

  view_init (&view, socket);
  text = ws_socket_dup_status_text (socket);
  g_assert_cmpstr (text, ==, "Not connected");
  g_assert_true (ws_socket_open (socket, url, NULL));
  view_expect (&view, "+is-connecting [Connecting…]");
  peer = raw_listener_take (listener);
  raw_peer_accept (peer);
  api_wait_state (socket, WS_STATE_CONNECTED);
  view_expect (&view, "+is-connected -is-connecting [Connected]");
  ws_socket_close (socket, 1000, NULL, NULL);
  view_expect (&view, "-is-connected [Disconnecting…]");
  raw_peer_expect_close (peer, 1000, "");
  raw_peer_send_close (peer, 1000, "");
  g_clear_pointer (&peer, raw_peer_free);
  api_wait_state (socket, WS_STATE_UNCONNECTED);
  view_expect (&view, "[Not connected]");
  view_clear (&view);
  g_assert_finalize_object (socket);
}

/* An error shows when the connection is over, and with the reason. */
static void
test_errors (void)
{
  g_autofree char *url
      = g_strdup_printf ("ws://127.0.0.1:%u/", ws_test_dead_port ());
  WsSocket *socket = ws_socket_new ();
  View      view;

  view_init (&view, socket);
  g_assert_true (ws_socket_open (socket, url, NULL));
  api_wait_state (socket, WS_STATE_UNCONNECTED);
  view_expect (&view, "+is-connecting -is-connecting [Connecting…] "
                      "[Not connected: the server cannot be reached]");
  /* Another reason, and no attempt. */
  g_assert_false (ws_socket_open (socket, "http://localhost/", NULL));
  view_expect (&view,
               "[Not connected: the address is not one of a WebSocket server]");
  g_assert_false (ws_socket_open (socket, "https://localhost/", NULL));
  view_expect (&view, "");
  view_clear (&view);
  g_assert_finalize_object (socket);
}

/* A server's socket begins connected, and nobody has to be told. */
static void
test_incoming (Half *half, gconstpointer data)
{
  View             view;
  g_autofree char *told = NULL;

  g_assert_true (ws_socket_get_is_connected (half->socket));
  view_init (&view, half->socket);
  g_clear_pointer (&half->peer, raw_peer_reset);
  api_wait_state (half->socket, WS_STATE_UNCONNECTED);
  told = view_take (&view);
  g_assert_true (g_str_has_prefix (told, "-is-connected [Not connected: "));
  view_clear (&view);
}

/* --- With one --- */

static void
set_policy (WsSocket *socket, guint delay)
{
  g_autoptr (WsReconnectPolicy) policy
      = g_object_new (WS_TYPE_RECONNECT_POLICY, "minimum", delay, "maximum",
                      delay, "jitter", 0.0, NULL);

  ws_socket_set_reconnect (socket, policy);
}

/* Counts down, comes back, and tells so at each step: is-reconnecting is TRUE
 * all the time. */
static void
test_countdown (Half *half, gconstpointer data)
{
  View view;

  set_policy (half->socket, 2100);
  view_init (&view, half->socket);
  raw_peer_send_close (half->peer, 1012, "");
  raw_peer_expect_close (half->peer, 1012, NULL);
  g_clear_pointer (&half->peer, raw_peer_free);
  api_wait_state (half->socket, WS_STATE_UNCONNECTED);
  ws_test_until (NULL, ws_socket_get_is_reconnecting (half->socket));
  view_expect (&view, "-is-connected +is-reconnecting next=3 "
                      "[Disconnecting…] [Not connected] "
                      "[Reconnecting in 3 seconds…]");
  half->peer = raw_listener_take (half->listener);
  view_expect (&view, "+is-connecting next=2 next=1 next=-1 "
                      "[Reconnecting in 2 seconds…] "
                      "[Reconnecting in 1 second…] [Reconnecting…]");
  /* The attempt fails. */
  g_clear_pointer (&half->peer, raw_peer_free);
  ws_test_until (NULL, ws_socket_get_next_attempt (half->socket) > 0);
  view_expect (&view, "-is-connecting next=3 [Reconnecting in 3 seconds…]");
  half->peer = raw_listener_take (half->listener);
  raw_peer_accept (half->peer);
  api_wait_state (half->socket, WS_STATE_CONNECTED);
  view_expect (&view, "+is-connected +is-connecting -is-connecting "
                      "-is-reconnecting next=2 next=1 next=-1 "
                      "[Reconnecting in 2 seconds…] "
                      "[Reconnecting in 1 second…] [Reconnecting…] "
                      "[Connected]");
  view_clear (&view);
}

static void
lose (Half *half, guint delay)
{
  set_policy (half->socket, delay);
  g_clear_pointer (&half->peer, raw_peer_reset);
  ws_test_until (NULL, ws_socket_get_is_reconnecting (half->socket));
}

/* Each way to give up the wait. */
static void
test_giving_up (Half *half, gconstpointer data)
{
  void (*give_up) (WsSocket * socket) = data;
  View             view;
  g_autofree char *told = NULL;

  lose (half, 3000000);
  g_assert_cmpint (ws_socket_get_next_attempt (half->socket), ==, 3000);
  view_init (&view, half->socket);
  give_up (half->socket);
  told = view_take (&view);
  g_assert_true (
      g_str_has_prefix (told, "-is-reconnecting next=-1 [Not connected: "));
  view_clear (&view);
}

static void
give_up_by_close (WsSocket *socket)
{
  ws_socket_close (socket, 1000, NULL, NULL);
}

static void
give_up_by_active (WsSocket *socket)
{
  ws_socket_set_active (socket, FALSE);
}

static void
give_up_by_policy (WsSocket *socket)
{
  ws_socket_set_reconnect (socket, NULL);
}

static void
give_up_by_url (WsSocket *socket)
{
  ws_socket_set_url (socket, "ws://127.0.0.1:1/other");
}

/* --- Only while somebody looks --- */

/* The most ms that the context would sleep. */
static int
get_sleep (void)
{
  GMainContext *context = g_main_context_default ();
  GPollFD       fds[64];
  int           priority, timeout;

  while (g_main_context_iteration (context, FALSE))
    ;
  g_assert_true (g_main_context_acquire (context));
  g_main_context_prepare (context, &priority);
  g_main_context_query (context, priority, &timeout, fds, G_N_ELEMENTS (fds));
  g_main_context_check (context, priority, fds, 0);
  g_main_context_release (context);
  return timeout;
}

static gboolean
is_ticking (void)
{
  int sleep = get_sleep ();

  return sleep >= 0 && sleep <= 1000;
}

static void
ignore (void)
{
}

static void
test_unwatched (Half *half, gconstpointer data)
{
  const char      *signal = data;
  g_autofree char *text = NULL;
  guint            n_told = 0;
  gulong           id;

  lose (half, 3000000);
  g_assert_false (is_ticking ());
  /* Who reads may be about to listen. */
  text = ws_socket_dup_status_text (half->socket);
  g_assert_true (is_ticking ());
  id = g_signal_connect_swapped (half->socket, signal, G_CALLBACK (ignore),
                                 NULL);
  api_count (half->socket, signal, &n_told);
  ws_test_until (NULL, n_told > 0);
  g_assert_true (is_ticking ());
  g_signal_handler_disconnect (half->socket, id);
  g_signal_handlers_disconnect_by_data (half->socket, &n_told);
  /* The next second finds nobody. */
  ws_test_until (NULL, !is_ticking ());
}

/* Who listens before the wait need not read. */
static void
test_watched_before (Half *half, gconstpointer data)
{
  const char *signal = data;
  guint       n_told = 0;

  api_count (half->socket, signal, &n_told);
  lose (half, 3000000);
  g_assert_true (is_ticking ());
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    void (*act) (WsSocket *socket);
  } ends[] = {
    { "/api/view/giving-up/abort", ws_socket_abort },
    { "/api/view/giving-up/close", give_up_by_close },
    { "/api/view/giving-up/inactive", give_up_by_active },
    { "/api/view/giving-up/no-policy", give_up_by_policy },
    { "/api/view/giving-up/another-url", give_up_by_url },
  };
  static const char *const signals[]
      = { "notify::next-attempt", "notify::status-text", "notify" };

  g_setenv ("GIO_USE_NETWORK_MONITOR", "base", TRUE);
  api_test_init (&argc, &argv);
  g_test_add_func ("/api/view/plain", test_plain);
  g_test_add_func ("/api/view/errors", test_errors);
  half_add_server ("/api/view/incoming", NULL, test_incoming);
  half_add_client ("/api/view/countdown", NULL, test_countdown);
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    half_add_client (ends[i].path, ends[i].act, test_giving_up);
  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    {
      g_autofree char *before
          = g_strconcat ("/api/view/watched-before/", signals[i], NULL);
      g_autofree char *never
          = g_strconcat ("/api/view/unwatched/", signals[i], NULL);

      half_add_client (before, signals[i], test_watched_before);
      half_add_client (never, signals[i], test_unwatched);
    }
  return g_test_run ();
}
