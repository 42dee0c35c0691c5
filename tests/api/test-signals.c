/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signal-bell.h"

#include <string.h>

/* ws_connect() in one thread: flags, arguments, ends, refusals. */

#define iterate()                                \
  while (g_main_context_iteration (NULL, FALSE)) \
  continue

typedef struct
{
  Bell *sender;
  Bell *receiver;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->sender = bell_new ();
  self->receiver = bell_new ();
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  if (self->sender != NULL)
    g_assert_finalize_object (self->sender);
  if (self->receiver != NULL)
    g_assert_finalize_object (self->receiver);
  iterate ();
}

/* --- What arrives --- */

static void
test_direct (Fixture *self, gconstpointer data)
{
  char text[] = "ding";

  bell_connect (self->sender, "rang", self->receiver, bell_on_rang, 0);
  bell_connect (self->sender, "said", self->receiver, bell_on_said,
                WS_CONNECT_FLAGS_DIRECT);
  bell_connect (self->sender, "told", self->receiver, bell_on_told, 0);
  /* A slot may take less than there is. */
  bell_connect (self->sender, "told", self->receiver, bell_on_rang, 0);
  g_signal_emit_by_name (self->sender, "rang");
  g_signal_emit_by_name (self->sender, "said", text);
  g_signal_emit_by_name (self->sender, "told", 7, "dong");
  bell_expect (self->receiver, "rang said:ding told:7:dong rang");
}

static void
test_queued (Fixture *self, gconstpointer data)
{
  char text[] = "ding";

  bell_connect (self->sender, "said", self->receiver, bell_on_said,
                WS_CONNECT_FLAGS_QUEUED);
  bell_connect (self->sender, "told", self->receiver, bell_on_told,
                WS_CONNECT_FLAGS_QUEUED);
  g_signal_emit_by_name (self->sender, "said", text);
  g_signal_emit_by_name (self->sender, "told", 1, text);
  memcpy (text, "gone", 4);
  g_signal_emit_by_name (self->sender, "said", text);
  bell_expect (self->receiver, "");
  iterate ();
  bell_expect (self->receiver, "said:ding told:1:ding said:gone");
}

static void
test_detail (Fixture *self, gconstpointer data)
{
  bell_connect (self->sender, "named::anna", self->receiver, bell_on_rang, 0);
  g_signal_emit_by_name (self->sender, "named::bert");
  g_signal_emit_by_name (self->sender, "named");
  bell_expect (self->receiver, "");
  g_signal_emit_by_name (self->sender, "named::anna");
  bell_expect (self->receiver, "rang");
}

static void
test_result (Fixture *self, gconstpointer data)
{
  int result = 0;

  bell_connect (self->sender, "asked", self->receiver, bell_on_asked, 0);
  g_signal_emit_by_name (self->sender, "asked", &result);
  g_assert_cmpint (result, ==, 42);
  bell_expect (self->receiver, "asked");
}

static void
on_closure (Bell *receiver, const char *text, gpointer user_data)
{
  bell_on_said (receiver, text);
  ++*(int *) user_data;
}

static void
test_closure (Fixture *self, gconstpointer data)
{
  int       n_calls = 0;
  GClosure *closure = g_cclosure_new (G_CALLBACK (on_closure), &n_calls, NULL);
  GError   *error = NULL;
  WsConnection *connection;

  connection = ws_connect_closure (G_OBJECT (self->sender), "said",
                                   G_OBJECT (self->receiver), closure,
                                   WS_CONNECT_FLAGS_QUEUED, &error);
  g_assert_no_error (error);
  g_signal_emit_by_name (self->sender, "said", "ding");
  iterate ();
  bell_expect (self->receiver, "said:ding");
  g_assert_cmpint (n_calls, ==, 1);
  g_assert_null (ws_connection_get_slot (connection));
  g_assert_null (ws_connect_closure (G_OBJECT (self->sender), "said",
                                     G_OBJECT (self->receiver), closure,
                                     WS_CONNECT_FLAGS_UNIQUE, &error));
  g_assert_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
}

/* A loop in a slot goes on with what is queued behind it. */
static void
iterate_inside (Bell *self)
{
  self->hook = NULL;
  iterate ();
  g_string_append (self->words, " back");
}

static void
test_nested (Fixture *self, gconstpointer data)
{
  bell_connect (self->sender, "said", self->receiver, bell_on_said,
                WS_CONNECT_FLAGS_QUEUED);
  self->receiver->hook = iterate_inside;
  g_signal_emit_by_name (self->sender, "said", "1");
  g_signal_emit_by_name (self->sender, "said", "2");
  iterate ();
  bell_expect (self->receiver, "said:1 said:2 back");
}

/* An object may be both. */
static void
test_self (Fixture *self, gconstpointer data)
{
  WsConnectFlags flags = GPOINTER_TO_UINT (data);

  bell_connect (self->sender, "rang", self->sender, bell_on_rang, flags);
  g_signal_emit_by_name (self->sender, "rang");
  iterate ();
  bell_expect (self->sender, "rang");
}

/* --- Flags --- */

static void
emit_again (Bell *self)
{
  g_signal_emit_by_name (self, "rang");
}

static void
test_single_shot (Fixture *self, gconstpointer data)
{
  WsConnectFlags flags = GPOINTER_TO_UINT (data) | WS_CONNECT_FLAGS_SINGLE_SHOT;
  WsConnection  *connection
      = bell_connect (self->sender, "rang", self->sender, bell_on_rang, flags);

  g_object_ref (connection);
  self->sender->hook = emit_again;
  g_assert_true (ws_connection_get_connected (connection));
  g_signal_emit_by_name (self->sender, "rang");
  g_signal_emit_by_name (self->sender, "rang");
  iterate ();
  self->sender->hook = NULL;
  bell_expect (self->sender, "rang");
  g_assert_false (ws_connection_get_connected (connection));
  g_assert_false (ws_disconnect (connection));
  g_assert_finalize_object (connection);
}

/* Qt: UniqueConnection. */
static void
test_unique (Fixture *self, gconstpointer data)
{
  GError       *error = NULL;
  WsConnection *connection
      = bell_connect (self->sender, "rang", self->receiver, bell_on_rang, 0);

  g_assert_null (
      ws_connect (G_OBJECT (self->sender), "rang", G_OBJECT (self->receiver),
                  G_CALLBACK (bell_on_rang), WS_CONNECT_FLAGS_UNIQUE, &error));
  g_assert_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_OPERATION);
  g_assert_nonnull (strstr (error->message, "rang"));
  g_clear_error (&error);
  /* These are others. */
  bell_connect (self->sender, "said", self->receiver, bell_on_rang,
                WS_CONNECT_FLAGS_UNIQUE);
  bell_connect (self->sender, "rang", self->sender, bell_on_rang,
                WS_CONNECT_FLAGS_UNIQUE);
  bell_connect (self->receiver, "rang", self->receiver, bell_on_rang,
                WS_CONNECT_FLAGS_UNIQUE);
  bell_connect (self->sender, "rang", self->receiver, bell_on_asked,
                WS_CONNECT_FLAGS_UNIQUE);
  bell_connect (self->sender, "named::anna", self->receiver, bell_on_rang,
                WS_CONNECT_FLAGS_UNIQUE);
  bell_connect (self->sender, "named::bert", self->receiver, bell_on_rang,
                WS_CONNECT_FLAGS_UNIQUE);
  /* And this one is, once the first has ended. */
  g_assert_true (ws_disconnect (connection));
  bell_connect (self->sender, "rang", self->receiver, bell_on_rang,
                WS_CONNECT_FLAGS_UNIQUE);
  /* Without the flag there is no limit. */
  bell_connect (self->sender, "rang", self->receiver, bell_on_rang, 0);
  g_signal_emit_by_name (self->sender, "rang");
  bell_expect (self->receiver, "asked rang rang");
}

static void
test_blocking_here (Fixture *self, gconstpointer data)
{
  bell_connect (self->sender, "rang", self->receiver, bell_on_rang,
                WS_CONNECT_FLAGS_BLOCKING_QUEUED);
  g_test_expect_message ("Ws", G_LOG_LEVEL_WARNING, "*rang*never end*");
  g_signal_emit_by_name (self->sender, "rang");
  g_test_assert_expected_messages ();
  iterate ();
  bell_expect (self->receiver, "");
}

/* --- Ends --- */

static void
test_disconnect (Fixture *self, gconstpointer data)
{
  WsConnectFlags flags = GPOINTER_TO_UINT (data);
  WsConnection *connection = bell_connect (self->sender, "rang", self->receiver,
                                           bell_on_rang, flags);
  guint         signal = g_signal_lookup ("rang", TYPE_BELL);

  g_object_ref (connection);
  g_signal_emit_by_name (self->sender, "rang");
  iterate ();
  bell_expect (self->receiver, "rang");
  if (flags == WS_CONNECT_FLAGS_QUEUED)
    g_signal_emit_by_name (self->sender, "rang");
  g_assert_true (ws_disconnect (connection));
  g_assert_false (g_signal_has_handler_pending (self->sender, signal, 0, TRUE));
  g_signal_emit_by_name (self->sender, "rang");
  iterate ();
  bell_expect (self->receiver, "");
  g_assert_false (ws_connection_get_connected (connection));
  g_assert_false (ws_disconnect (connection));
  g_assert_finalize_object (connection);
}

/* Dropping what was returned ends nothing. */
static void
test_keeps (Fixture *self, gconstpointer data)
{
  gpointer connection
      = bell_connect (self->sender, "rang", self->receiver, bell_on_rang, 0);

  g_object_add_weak_pointer (connection, &connection);
  g_object_unref (g_object_ref (connection));
  g_assert_nonnull (connection);
  g_signal_emit_by_name (self->sender, "rang");
  bell_expect (self->receiver, "rang");
  g_assert_finalize_object (g_steal_pointer (&self->receiver));
  g_assert_null (connection);
}

/* GObject's own ways to disconnect end it, too. */
static void
test_handler_disconnected (Fixture *self, gconstpointer data)
{
  guint         signal = g_signal_lookup ("rang", TYPE_BELL);
  WsConnection *connection
      = bell_connect (self->sender, "rang", self->receiver, bell_on_rang, 0);

  g_object_ref (connection);
  g_signal_handler_disconnect (self->sender,
                               g_signal_handler_find (self->sender,
                                                      G_SIGNAL_MATCH_ID, signal,
                                                      0, NULL, NULL, NULL));
  g_assert_false (ws_connection_get_connected (connection));
  g_assert_finalize_object (connection);
}

/* In which phase an end goes, and which. */
typedef enum
{
  BEFORE_EMISSION,
  ON_THE_WAY,
  IN_THE_SLOT
} Phase;

typedef struct
{
  const char    *path;
  WsConnectFlags flags;
  Phase          phase;
  gboolean       is_sender;
  gboolean       runs_dispose; /* but keeps its last reference */
  const char    *words;        /* of the receiver, if it is still there */
} EndCase;

#define Q WS_CONNECT_FLAGS_QUEUED
#define S WS_CONNECT_FLAGS_SINGLE_SHOT
static const EndCase end_cases[] = {
  { "direct/before/sender", 0, BEFORE_EMISSION, TRUE, FALSE, "" },
  { "direct/before/sender-disposed", 0, BEFORE_EMISSION, TRUE, TRUE, "" },
  { "direct/before/receiver", 0, BEFORE_EMISSION, FALSE, FALSE, NULL },
  { "direct/before/receiver-disposed", 0, BEFORE_EMISSION, FALSE, TRUE, "" },
  { "direct/inside/sender", 0, IN_THE_SLOT, TRUE, FALSE, "rang" },
  { "direct/inside/sender-disposed", 0, IN_THE_SLOT, TRUE, TRUE, "rang" },
  { "direct/inside/receiver", 0, IN_THE_SLOT, FALSE, FALSE, NULL },
  { "direct/inside/receiver-disposed", 0, IN_THE_SLOT, FALSE, TRUE, "rang" },
  { "single/inside/sender", S, IN_THE_SLOT, TRUE, FALSE, "rang" },
  { "single/inside/receiver", S, IN_THE_SLOT, FALSE, FALSE, NULL },
  { "queued/before/sender", Q, BEFORE_EMISSION, TRUE, FALSE, "" },
  { "queued/before/receiver", Q, BEFORE_EMISSION, FALSE, FALSE, NULL },
  { "queued/before/receiver-disposed", Q, BEFORE_EMISSION, FALSE, TRUE, "" },
  /* What is on its way arrives without its sender. */
  { "queued/on-the-way/sender", Q, ON_THE_WAY, TRUE, FALSE, "rang" },
  { "queued/on-the-way/sender-disposed", Q, ON_THE_WAY, TRUE, TRUE, "rang" },
  { "queued/on-the-way/receiver", Q, ON_THE_WAY, FALSE, FALSE, NULL },
  { "queued/on-the-way/receiver-disposed", Q, ON_THE_WAY, FALSE, TRUE, "" },
  { "queued/inside/sender", Q, IN_THE_SLOT, TRUE, FALSE, "rang" },
  { "queued/inside/receiver", Q, IN_THE_SLOT, FALSE, FALSE, NULL },
  { "queued/inside/receiver-disposed", Q, IN_THE_SLOT, FALSE, TRUE, "rang" },
  { "queued-single/on-the-way/sender", Q | S, ON_THE_WAY, TRUE, FALSE, "rang" },
  { "queued-single/on-the-way/receiver", Q | S, ON_THE_WAY, FALSE, FALSE,
    NULL },
  { "queued-single/inside/receiver", Q | S, IN_THE_SLOT, FALSE, FALSE, NULL },
};
#undef Q
#undef S

static Fixture       *ending;
static const EndCase *end_case;

static void
end_one (void)
{
  Bell **one = end_case->is_sender ? &ending->sender : &ending->receiver;

  if (end_case->runs_dispose)
    g_object_run_dispose (G_OBJECT (*one));
  else
    g_clear_object (one);
}

static void
end_inside (Bell *self)
{
  self->hook = NULL;
  end_one ();
}

static void
test_end (Fixture *self, gconstpointer data)
{
  gpointer sender = self->sender;
  gpointer receiver = self->receiver;
  gpointer connection;

  ending = self;
  end_case = data;
  connection
      = bell_connect (sender, "rang", receiver, bell_on_rang, end_case->flags);
  g_object_add_weak_pointer (sender, &sender);
  g_object_add_weak_pointer (receiver, &receiver);
  g_object_add_weak_pointer (connection, &connection);
  if (end_case->phase == BEFORE_EMISSION)
    end_one ();
  if (end_case->phase == IN_THE_SLOT)
    self->receiver->hook = end_inside;
  if (sender != NULL)
    g_signal_emit_by_name (sender, "rang");
  if (end_case->phase == ON_THE_WAY)
    end_one ();
  iterate ();
  if (!end_case->runs_dispose)
    g_assert_null (end_case->is_sender ? sender : receiver);
  g_assert_null (connection);
  if (self->receiver != NULL)
    bell_expect (self->receiver, end_case->words);
  g_clear_weak_pointer (&sender);
  g_clear_weak_pointer (&receiver);
}

/* Neither is kept alive, and nothing is left of a connection but itself. */
static void
test_reconnecting (Fixture *self, gconstpointer data)
{
  for (guint i = 0; i < 1000; i++)
    g_assert_true (ws_disconnect (
        bell_connect (self->sender, "rang", self->receiver, bell_on_rang, 0)));
  bell_connect (self->sender, "rang", self->receiver, bell_on_rang, 0);
  g_object_run_dispose (G_OBJECT (self->receiver));
  g_signal_emit_by_name (self->sender, "rang");
  bell_expect (self->receiver, "");
  /* Whoever is disposed but lives on may be connected again. */
  bell_connect (self->sender, "rang", self->receiver, bell_on_rang, 0);
  g_signal_emit_by_name (self->sender, "rang");
  bell_expect (self->receiver, "rang");
}

/* --- Refusals --- */

typedef struct
{
  const char    *path;
  const char    *signal;
  WsConnectFlags flags;
  const char    *message; /* a part of it */
} Refusal;

static const Refusal refusals[] = {
  { "no-signal", "tolled", 0,
    "Bell has no signal \"tolled\"; there are: rang" },
  { "parent-listed", "tolled", 0, "notify" },
  { "empty", "", 0, "no signal" },
  { "no-detail-allowed", "rang::loud", 0, "no signal \"rang::loud\"" },
  { "two-ways", "rang", WS_CONNECT_FLAGS_DIRECT | WS_CONNECT_FLAGS_QUEUED,
    "one of the flags" },
  { "two-queues", "rang",
    WS_CONNECT_FLAGS_QUEUED | WS_CONNECT_FLAGS_BLOCKING_QUEUED,
    "one of the flags" },
  { "unknown-flag", "rang", 1 << 10, "0x400" },
  { "queued-result", "asked", WS_CONNECT_FLAGS_QUEUED, "a value returned" },
  { "queued-pointer", "pointed", WS_CONNECT_FLAGS_QUEUED, "a pointer" },
};

static void
test_refusal (Fixture *self, gconstpointer data)
{
  const Refusal *refusal = data;
  g_autoptr (GError) error = NULL;

  g_assert_null (ws_connect (G_OBJECT (self->sender), refusal->signal,
                             G_OBJECT (self->receiver),
                             G_CALLBACK (bell_on_rang), refusal->flags,
                             &error));
  g_assert_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_INVALID_ARGUMENT);
  if (strstr (error->message, refusal->message) == NULL)
    g_error ("\"%s\" lacks \"%s\"", error->message, refusal->message);
}

/* Qt: QWebSocket::sslErrors, "cannot be used with a QueuedConnection". */
typedef struct
{
  GType       type;
  const char *signal;
} Asking;

static void
test_asking (void)
{
  const Asking cases[] = {
    { WS_TYPE_SOCKET, "ssl-errors" },
    { WS_TYPE_SOCKET, "handshake-interrupted-on-error" },
    { WS_TYPE_SOCKET, "pre-shared-key-authentication-required" },
    { WS_TYPE_SOCKET, "authentication-required" },
    { WS_TYPE_SOCKET, "proxy-authentication-required" },
    { WS_TYPE_SOCKET, "redirected" },
    { WS_TYPE_SERVER, "ssl-errors" },
    { WS_TYPE_SERVER, "handshake-interrupted-on-error" },
    { WS_TYPE_SERVER, "pre-shared-key-authentication-required" },
    { WS_TYPE_SERVER, "origin-authentication-required" },
    { WS_TYPE_SERVER, "handshake-requested" },
    { WS_TYPE_SERVER, "http-request" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GObject) sender = g_object_new (cases[i].type, NULL);
      g_autoptr (Bell) receiver = bell_new ();
      g_autoptr (GError) error = NULL;

      g_assert_null (ws_connect (sender, cases[i].signal, G_OBJECT (receiver),
                                 G_CALLBACK (bell_on_rang),
                                 WS_CONNECT_FLAGS_QUEUED, &error));
      g_assert_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_INVALID_ARGUMENT);
      g_assert_nonnull (strstr (error->message, "answered in the handler"));
      bell_connect (sender, cases[i].signal, receiver, bell_on_rang, 0);
    }
}

static void
test_ssl_errors_paused (Fixture *self, gconstpointer data)
{
  g_autoptr (WsSocket) socket = ws_socket_new ();
  g_autoptr (GPtrArray) errors = g_ptr_array_new ();

  ws_socket_set_pause_mode (socket, WS_PAUSE_MODES_ON_SSL_ERRORS);
  bell_connect (socket, "ssl-errors", self->receiver, bell_on_rang,
                WS_CONNECT_FLAGS_QUEUED);
  g_signal_emit_by_name (socket, "ssl-errors", errors);
  iterate ();
  bell_expect (self->receiver, "rang");
  /* It may not stay so. */
  ws_socket_set_pause_mode (socket, WS_PAUSE_MODES_NEVER);
  g_test_expect_message ("Ws", G_LOG_LEVEL_WARNING, "*ssl-errors*queued*");
  g_signal_emit_by_name (socket, "ssl-errors", errors);
  g_test_assert_expected_messages ();
  iterate ();
  bell_expect (self->receiver, "");
}

#define add(path, test) \
  g_test_add ("/api/signals/" path, Fixture, NULL, set_up, test, tear_down)
#define add_flags(path, test, flags)                                           \
  g_test_add ("/api/signals/" path, Fixture, GUINT_TO_POINTER (flags), set_up, \
              test, tear_down)

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);

  add ("direct", test_direct);
  add ("queued", test_queued);
  add ("detail", test_detail);
  add ("result", test_result);
  add ("closure", test_closure);
  add ("nested", test_nested);
  add_flags ("self/direct", test_self, 0);
  add_flags ("self/queued", test_self, WS_CONNECT_FLAGS_QUEUED);
  add_flags ("single-shot/direct", test_single_shot, 0);
  add_flags ("single-shot/queued", test_single_shot, WS_CONNECT_FLAGS_QUEUED);
  add ("unique", test_unique);
  add ("blocking-here", test_blocking_here);
  add_flags ("disconnect/direct", test_disconnect, 0);
  add_flags ("disconnect/queued", test_disconnect, WS_CONNECT_FLAGS_QUEUED);
  add ("keeps", test_keeps);
  add ("handler-disconnected", test_handler_disconnected);
  add ("reconnecting", test_reconnecting);
  for (guint i = 0; i < G_N_ELEMENTS (end_cases); i++)
    {
      g_autofree char *path
          = g_strconcat ("/api/signals/end/", end_cases[i].path, NULL);

      g_test_add (path, Fixture, &end_cases[i], set_up, test_end, tear_down);
    }
  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      g_autofree char *path
          = g_strconcat ("/api/signals/refused/", refusals[i].path, NULL);

      g_test_add (path, Fixture, &refusals[i], set_up, test_refusal, tear_down);
    }
  g_test_add_func ("/api/signals/asking", test_asking);
  add ("ssl-errors-paused", test_ssl_errors_paused);
  return g_test_run ();
}
