/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api-test.h"
#include "signal-tower.h"

#include <string.h>

/* Slots by name: what may be connected, what becomes of the arguments, and the
 * slots of WsSocket and WsServer. */

static WsConnection *
connect_slot (gpointer       sender,
              const char    *signal,
              gpointer       receiver,
              const char    *slot,
              WsConnectFlags flags)
{
  WsConnection *connection;
  g_autoptr (GError) error = NULL;

  connection = ws_connect_slot (sender, signal, receiver, slot, flags, &error);
  g_assert_no_error (error);
  return connection;
}

/* --- Arguments --- */

typedef struct
{
  const char *path;
  const char *signal;
  const char *slot;
  const char *words;

} Route;

/* What emit() brings along with each signal. */
static const Route routes[] = {
  { "nothing", "rang", "hear", "hear" },
  { "surplus", "told", "hear", "hear" },
  { "missing-text", "rang", "write", "write:NULL" },
  { "missing-number", "rang", "count", "count:0" },
  { "missing-bytes", "rang", "take", "take:NULL" },
  { "missing-object", "rang", "keep", "keep:NULL" },
  { "missing-second", "said", "write-twice", "write:ding:NULL" },
  { "text", "said", "write", "write:ding" },
  { "text-to-bytes", "said", "take", "take:4:ding" },
  { "bytes-to-text", "brought", "write", "write:dong" },
  { "bytes", "brought", "take", "take:4:dong" },
  { "message-to-text", "carried", "write", "write:dang" },
  { "message-to-bytes", "carried", "take", "take:4:dang" },
  { "number-to-text", "told", "write", "write:7" },
  { "numbers", "told", "count", "count:7" },
  { "double-to-int", "counted", "count", "count:3" },
  { "both", "told", "write-twice", "write:7:bim" },
  { "object", "notify", "keep", NULL },
};

static void
emit (Bell *sender, const char *signal)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("dong", 4);
  g_autoptr (WsMessage) message = ws_message_new_text ("dang");

  if (g_str_equal (signal, "told"))
    g_signal_emit_by_name (sender, "told", 7, "bim");
  else if (g_str_equal (signal, "said"))
    g_signal_emit_by_name (sender, "said", "ding");
  else if (g_str_equal (signal, "brought"))
    g_signal_emit_by_name (sender, "brought", bytes);
  else if (g_str_equal (signal, "carried"))
    g_signal_emit_by_name (sender, "carried", message);
  else if (g_str_equal (signal, "counted"))
    g_signal_emit_by_name (sender, "counted", 3.25);
  else
    g_signal_emit_by_name (sender, signal);
}

static void
test_route (gconstpointer data)
{
  const Route *route = data;
  Bell        *sender = bell_new ();
  Bell        *receiver = bell_new ();
  GError      *error = NULL;

  if (route->words == NULL)
    {
      g_assert_null (ws_connect_slot (G_OBJECT (sender), route->signal,
                                      G_OBJECT (receiver), route->slot, 0,
                                      &error));
      g_assert_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_INVALID_ARGUMENT);
      g_clear_error (&error);
    }
  else
    {
      connect_slot (sender, route->signal, receiver, route->slot, 0);
      connect_slot (sender, route->signal, receiver, route->slot,
                    WS_CONNECT_FLAGS_QUEUED);
      emit (sender, route->signal);
      bell_expect (receiver, route->words);
      ws_test_until (NULL, receiver->words->len > 0);
      bell_expect (receiver, route->words);
    }
  g_assert_finalize_object (sender);
  g_assert_finalize_object (receiver);
}

static void
test_null_arguments (void)
{
  Bell *sender = bell_new ();
  Bell *receiver = bell_new ();

  connect_slot (sender, "said", receiver, "take", 0);
  connect_slot (sender, "brought", receiver, "write", 0);
  connect_slot (sender, "carried", receiver, "write", 0);
  g_signal_emit_by_name (sender, "said", NULL);
  g_signal_emit_by_name (sender, "brought", NULL);
  g_signal_emit_by_name (sender, "carried", NULL);
  bell_expect (receiver, "take:NULL write:NULL write:NULL");
  g_assert_finalize_object (sender);
  g_assert_finalize_object (receiver);
}

/* The parameter of an action is what it holds. */
static void
test_variants (void)
{
  GSimpleAction *action = g_simple_action_new ("act", NULL);
  Bell          *bell = bell_new ();
  GVariant      *variants[] = {
         NULL,
         g_variant_new_string ("ding"),
         g_variant_new_bytestring ("dong"),
         g_variant_new_int32 (12),
         g_variant_new_double (2.5),
         g_variant_new_boolean (TRUE),
  };

  connect_slot (action, "activate", bell, "write", 0);
  for (guint i = 0; i < G_N_ELEMENTS (variants); i++)
    {
      g_autoptr (GVariant) variant
          = variants[i] != NULL ? g_variant_ref_sink (variants[i]) : NULL;

      g_signal_emit_by_name (action, "activate", variant);
    }
  bell_expect (bell, "write:NULL write:ding write:12 write:2.500000 "
                     "write:TRUE");
  g_assert_finalize_object (action);
  action = g_simple_action_new ("act", NULL);
  connect_slot (action, "activate", bell, "count", 0);
  connect_slot (action, "activate", bell, "take", 0);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GVariant) variant = g_variant_ref_sink (
          i == 0 ? g_variant_new_uint16 (7) : g_variant_new_string ("dang"));

      g_signal_emit_by_name (action, "activate", variant);
    }
  bell_expect (bell, "count:7 take:4:dang");
  g_assert_finalize_object (action);
  g_assert_finalize_object (bell);
}

/* Bytes that no C string of UTF-8 can be are not delivered, and counted: they
 * may be a peer's, so that nobody is warned. */
static void
test_no_text (gconstpointer data)
{
  static const char *const contents[] = { "\xff", "a\xc3" };
  WsConnectFlags           flags = GPOINTER_TO_UINT (data);
  WsConnection            *connection;
  Bell                    *sender = bell_new ();
  Bell                    *receiver = bell_new ();
  g_autoptr (GBytes) nul = g_bytes_new_static ("a\0b", 3);

  connection = connect_slot (sender, "brought", receiver, "write", flags);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GBytes) bytes
          = g_bytes_new_static (contents[i], strlen (contents[i]));

      g_signal_emit_by_name (sender, "brought", bytes);
    }
  g_signal_emit_by_name (sender, "brought", nul);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  bell_expect (receiver, "");
  g_assert_cmpuint (ws_connection_get_n_dropped (connection), ==, 3);
  g_assert_finalize_object (sender);
  g_assert_finalize_object (receiver);
}

/* --- Refusals --- */

typedef struct
{
  const char *path;
  const char *signal;
  const char *slot;
  const char *parts[4]; /* of the message */
} Refusal;

static const Refusal refusals[] = {
  { "no-slot", "rang", "listen", { "Bell", "slot \"listen\"", "write-twice" } },
  { "no-action", "rang", "said", { "Bell", "slot \"said\"", "hear" } },
  { "no-signal", "tolls", "hear", { "Bell", "signal \"tolls\"", "rang" } },
  { "text-to-number",
    "said",
    "count",
    { "gchararray", "gint", "argument 1", "\"count\"" } },
  { "spec-to-text", "notify", "write", { "GParam", "gchararray", "notify" } },
  { "pointer-to-text", "pointed", "write", { "gpointer", "gchararray" } },
  { "number-to-bytes", "counted", "take", { "gdouble", "GBytes" } },
  { "bytes-to-object", "brought", "keep", { "GBytes", "GObject" } },
};

static void
test_refusal (gconstpointer data)
{
  const Refusal *refusal = data;
  Bell          *sender = bell_new ();
  Bell          *receiver = bell_new ();
  g_autoptr (GError) error = NULL;

  g_assert_null (ws_connect_slot (G_OBJECT (sender), refusal->signal,
                                  G_OBJECT (receiver), refusal->slot, 0,
                                  &error));
  g_assert_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_INVALID_ARGUMENT);
  for (guint i = 0; i < G_N_ELEMENTS (refusal->parts); i++)
    if (refusal->parts[i] != NULL
        && strstr (error->message, refusal->parts[i]) == NULL)
      g_error ("\"%s\" lacks \"%s\"", error->message, refusal->parts[i]);
  g_assert_finalize_object (sender);
  g_assert_finalize_object (receiver);
}

/* An object without a slot says so. */
static void
test_no_slots (void)
{
  g_autoptr (GObject) object = g_object_new (G_TYPE_OBJECT, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (
      ws_connect_slot (object, "notify", object, "anything", 0, &error));
  g_assert_nonnull (strstr (error->message, "there are: none"));
}

static void
test_unique (void)
{
  g_autoptr (Bell) bell = bell_new ();
  g_autoptr (GError) error = NULL;

  connect_slot (bell, "rang", bell, "hear", WS_CONNECT_FLAGS_UNIQUE);
  connect_slot (bell, "rang", bell, "write", WS_CONNECT_FLAGS_UNIQUE);
  g_assert_null (ws_connect_slot (G_OBJECT (bell), "rang", G_OBJECT (bell),
                                  "hear", WS_CONNECT_FLAGS_UNIQUE, &error));
  g_assert_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_OPERATION);
}

/* --- WsSocket --- */

static void
test_socket (Pair *pair, gconstpointer data)
{
  Bell *bell = bell_new ();
  Bell *heard = bell_new ();
  guint n_pongs = 0;
  g_autoptr (GBytes) bytes = g_bytes_new_static ("dong", 4);

  api_count (pair->client, "pong", &n_pongs);
  connect_slot (bell, "rang", pair->client, "ping", 0);
  connect_slot (bell, "said", pair->client, "send-text-message", 0);
  connect_slot (bell, "brought", pair->client, "send-binary-message", 0);
  connect_slot (bell, "told", pair->client, "close", 0);
  connect_slot (pair->accepted, "text-message-received", heard, "write", 0);
  connect_slot (pair->accepted, "binary-message-received", heard, "write",
                WS_CONNECT_FLAGS_QUEUED);
  g_signal_emit_by_name (bell, "rang");
  g_signal_emit_by_name (bell, "said", "ding");
  g_signal_emit_by_name (bell, "said", NULL);
  g_signal_emit_by_name (bell, "brought", bytes);
  ws_test_until (NULL, n_pongs == 1 && heard->words->len >= 27);
  bell_expect (heard, "write:ding write: write:dong");
  g_signal_emit_by_name (bell, "told", 4321, "enough");
  api_wait_state (pair->client, WS_STATE_UNCONNECTED);
  g_assert_cmpuint (ws_socket_get_close_code (pair->client), ==, 4321);
  api_wait_state (pair->accepted, WS_STATE_UNCONNECTED);
  g_assert_cmpstr (ws_socket_get_close_reason (pair->accepted), ==, "enough");
  g_assert_finalize_object (bell);
  g_assert_finalize_object (heard);
}

/* The defaults of what a signal does not bring. */
static void
test_socket_close (Pair *pair, gconstpointer data)
{
  Bell *bell = bell_new ();

  connect_slot (bell, "rang", pair->client, "close", 0);
  g_signal_emit_by_name (bell, "rang");
  api_wait_state (pair->client, WS_STATE_UNCONNECTED);
  g_assert_cmpuint (ws_socket_get_close_code_sent (pair->client), ==, 1000);
  g_assert_true (ws_socket_get_was_clean (pair->client));
  g_assert_finalize_object (bell);
}

static void
test_socket_open (void)
{
  WsServer *server = api_server_new ();
  WsSocket *client = ws_socket_new ();
  Bell     *bell = bell_new ();
  WsSocket *accepted;

  connect_slot (bell, "said", client, "open", 0);
  connect_slot (bell, "rang", client, "abort", 0);
  g_signal_emit_by_name (bell, "said", ws_server_get_url (server));
  api_wait_state (client, WS_STATE_CONNECTED);
  accepted = api_server_take (server);
  g_signal_emit_by_name (bell, "rang");
  g_assert_cmpint (ws_socket_get_state (client), ==, WS_STATE_UNCONNECTED);
  api_wait_state (accepted, WS_STATE_UNCONNECTED);
  g_object_unref (accepted);
  /* Its own URL. */
  g_signal_emit_by_name (bell, "said", "");
  api_wait_state (client, WS_STATE_CONNECTED);
  g_assert_finalize_object (bell);
  g_assert_finalize_object (client);
  g_assert_finalize_object (server);
}

/* What goes wrong is signalled, and is no error of a connection. */
static void
test_socket_problems (Pair *pair, gconstpointer data)
{
  WsSocket *idle = ws_socket_new ();
  guint     n_errors = 0, n_errors_open = 0;
  g_autoptr (GBytes) long_bytes = g_bytes_new_take (g_malloc0 (126), 126);

  api_count (idle, "error", &n_errors);
  g_signal_emit_by_name (idle, "send-text-message", "ding");
  g_assert_cmpuint (n_errors, ==, 1);
  g_signal_emit_by_name (idle, "send-binary-message", NULL);
  g_signal_emit_by_name (idle, "ping", NULL);
  g_assert_cmpuint (n_errors, ==, 3);
  g_assert_cmpint (ws_socket_get_status (idle), ==, WS_STATUS_CLOSED);
  g_assert_cmpstr (ws_socket_get_error_string (idle), ==, "");
  g_signal_emit_by_name (idle, "abort");
  g_signal_emit_by_name (idle, "resume");
  g_signal_emit_by_name (idle, "ignore-ssl-errors");
  g_signal_emit_by_name (idle, "close", 0, NULL);
  g_assert_cmpuint (n_errors, ==, 3);
  g_signal_emit_by_name (idle, "open", "gopher://127.0.0.1/");
  g_assert_cmpuint (n_errors, ==, 4);
  g_assert_nonnull (strstr (ws_socket_get_error_string (idle), "gopher"));
  g_signal_emit_by_name (idle, "close", 1005, NULL);
  g_assert_cmpuint (n_errors, ==, 5);
  api_count (pair->client, "error", &n_errors_open);
  g_signal_emit_by_name (pair->client, "ping", long_bytes);
  g_signal_emit_by_name (pair->client, "open", "gopher://127.0.0.1/");
  g_assert_cmpuint (n_errors_open, ==, 2);
  g_assert_cmpint (ws_socket_get_status (pair->client), ==, WS_STATUS_OPEN);
  g_assert_cmpstr (ws_socket_get_error_string (pair->client), ==, "");
  g_assert_finalize_object (idle);
}

/* A slot in a wrong thread warns, and that is all. */
static void
call_slots (gpointer data)
{
  static const char *const names[]
      = { "open",   "ping",  "send-text-message", "send-binary-message",
          "resume", "abort", "ignore-ssl-errors" };

  for (guint i = 0; i < 4; i++)
    g_signal_emit_by_name (data, names[i], NULL);
  for (guint i = 4; i < G_N_ELEMENTS (names); i++)
    g_signal_emit_by_name (data, names[i]);
  g_signal_emit_by_name (data, "close", 0, NULL);
}

static void
test_socket_wrong_thread (Pair *pair, gconstpointer data)
{
  Worker *tower = worker_new ();

  for (guint i = 0; i < 8; i++)
    g_test_expect_message ("Ws", G_LOG_LEVEL_WARNING, "*another thread*");
  worker_call (tower, call_slots, pair->client);
  g_test_assert_expected_messages ();
  g_assert_cmpint (ws_socket_get_state (pair->client), ==, WS_STATE_CONNECTED);
  g_assert_cmpstr (ws_socket_get_error_string (pair->client), ==, "");
  worker_free (tower);
}

/* One socket's messages are another's to send. */
static void
test_relay (Pair *pair, gconstpointer data)
{
  Bell *heard = bell_new ();

  connect_slot (pair->accepted, "message-received", pair->accepted,
                "send-text-message", 0);
  connect_slot (pair->client, "text-message-received", heard, "write", 0);
  api_socket_send (pair->client, "echo");
  ws_test_until (NULL, heard->words->len > 0);
  bell_expect (heard, "write:echo");
  g_assert_finalize_object (heard);
}

/* --- WsServer --- */

static void
test_server (void)
{
  WsServer *server = api_server_new ();
  Bell     *bell = bell_new ();
  guint     n_closed = 0;

  api_count (server, "closed", &n_closed);
  connect_slot (bell, "said", server, "pause-accepting", 0);
  connect_slot (bell, "told", server, "resume-accepting", 0);
  connect_slot (bell, "rang", server, "close", 0);
  g_signal_emit_by_name (bell, "said", NULL);
  g_assert_false (ws_server_get_accepting (server));
  g_signal_emit_by_name (bell, "told", 1, NULL);
  g_assert_true (ws_server_get_accepting (server));
  g_signal_emit_by_name (bell, "rang");
  g_assert_false (ws_server_get_listening (server));
  ws_test_until (NULL, n_closed == 1);
  g_assert_finalize_object (bell);
  g_assert_finalize_object (server);
}

int
main (int argc, char **argv)
{
  api_test_init (&argc, &argv);

  for (guint i = 0; i < G_N_ELEMENTS (routes); i++)
    {
      g_autofree char *path
          = g_strconcat ("/api/signals/slot/", routes[i].path, NULL);

      g_test_add_data_func (path, &routes[i], test_route);
    }
  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      g_autofree char *path
          = g_strconcat ("/api/signals/slot/refused/", refusals[i].path, NULL);

      g_test_add_data_func (path, &refusals[i], test_refusal);
    }
  g_test_add_func ("/api/signals/slot/null-arguments", test_null_arguments);
  g_test_add_func ("/api/signals/slot/variants", test_variants);
  g_test_add_data_func ("/api/signals/slot/no-text/direct", NULL, test_no_text);
  g_test_add_data_func ("/api/signals/slot/no-text/queued",
                        GUINT_TO_POINTER (WS_CONNECT_FLAGS_QUEUED),
                        test_no_text);
  g_test_add_func ("/api/signals/slot/none", test_no_slots);
  g_test_add_func ("/api/signals/slot/unique", test_unique);
  pair_add ("/api/signals/slot/socket", NULL, test_socket);
  pair_add ("/api/signals/slot/socket-close", NULL, test_socket_close);
  g_test_add_func ("/api/signals/slot/socket-open", test_socket_open);
  pair_add ("/api/signals/slot/socket-problems", NULL, test_socket_problems);
  pair_add ("/api/signals/slot/socket-wrong-thread", NULL,
            test_socket_wrong_thread);
  pair_add ("/api/signals/slot/relay", NULL, test_relay);
  g_test_add_func ("/api/signals/slot/server", test_server);
  return g_test_run ();
}
