/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api/ssl-test.h"
#include "fault-proxy.h"

#include <string.h>

/* What each end makes of a network that fails: every fault in every moment, in
 * the clear and encrypted. Time-outs are short where they have to strike, and
 * long where they must not. */

#define SHORT   60
#define MESSAGE 60000
/* More than a TLS record, so that the beginning of the message is seen. */
#define HALF_MESSAGE 30000

typedef enum
{
  MOMENT_DIAL,    /* nothing was sent yet */
  MOMENT_HELLO,   /* the client's first bytes have arrived */
  MOMENT_IDLE,    /* connected, only the keepalive speaks */
  MOMENT_MESSAGE, /* half of a message has arrived */
  MOMENT_CLOSING  /* the close frame is on its way */
} Moment;

typedef struct
{
  const char *name;
  Moment      moment;
  Fault       fault;
  const char *words; /* of the socket under test, once it is connected */
  guint       code, sent, received;
  gboolean    was_clean;
} Row;

#define REFUSED(error) \
  SIGNAL_LOG_OPENING " error:" error " code=1006 " SIGNAL_LOG_ENDED
#define LOST(error) "error:" error " read-finished code=1006 " SIGNAL_LOG_ENDED
#define LATE                                                              \
  "error:socket-timeout read-finished about-to-close " SIGNAL_LOG_CLOSING \
  " code=1001 " SIGNAL_LOG_ENDED
#define UNANSWERED                     \
  "about-to-close " SIGNAL_LOG_CLOSING \
  " code=4000 error:socket-timeout read-finished " SIGNAL_LOG_ENDED
#define CLOSED                         \
  "about-to-close " SIGNAL_LOG_CLOSING \
  " code=4000 read-finished " SIGNAL_LOG_ENDED
#define ARRIVED "binary:60000"
#define SILENT  "socket-timeout"
#define GONE    "remote-host-closed"

/* clang-format off */
static const Row client_rows[] = {
  { "dial-black-hole", MOMENT_DIAL, FAULT_BLACK_HOLE, REFUSED (SILENT), 1006, 0,
    0, FALSE },
  { "dial-half-open-up", MOMENT_DIAL, FAULT_HALF_OPEN_UP, REFUSED (SILENT),
    1006, 0, 0, FALSE },
  { "dial-half-open-down", MOMENT_DIAL, FAULT_HALF_OPEN_DOWN, REFUSED (SILENT),
    1006, 0, 0, FALSE },
  { "dial-stall", MOMENT_DIAL, FAULT_STALL, REFUSED (SILENT), 1006, 0, 0,
    FALSE },
  { "dial-reset", MOMENT_DIAL, FAULT_RESET, REFUSED (GONE), 1006, 0, 0, FALSE },
  { "dial-cut", MOMENT_DIAL, FAULT_CUT, REFUSED (GONE), 1006, 0, 0, FALSE },
  { "dial-trickle", MOMENT_DIAL, FAULT_TRICKLE,
    SIGNAL_LOG_OPENING " " SIGNAL_LOG_OPENED, 1000, 0, 0, FALSE },
  { "hello-black-hole", MOMENT_HELLO, FAULT_BLACK_HOLE, REFUSED (SILENT), 1006,
    0, 0, FALSE },
  { "hello-half-open-down", MOMENT_HELLO, FAULT_HALF_OPEN_DOWN,
    REFUSED (SILENT), 1006, 0, 0, FALSE },
  { "hello-stall", MOMENT_HELLO, FAULT_STALL, REFUSED (SILENT), 1006, 0, 0,
    FALSE },
  { "hello-reset", MOMENT_HELLO, FAULT_RESET, REFUSED (GONE), 1006, 0, 0,
    FALSE },
  { "hello-cut", MOMENT_HELLO, FAULT_CUT, REFUSED (GONE), 1006, 0, 0, FALSE },
  { "idle-black-hole", MOMENT_IDLE, FAULT_BLACK_HOLE, LOST (SILENT), 1006, 0, 0,
    FALSE },
  { "idle-half-open-up", MOMENT_IDLE, FAULT_HALF_OPEN_UP, LOST (SILENT), 1006,
    0, 0, FALSE },
  { "idle-half-open-down", MOMENT_IDLE, FAULT_HALF_OPEN_DOWN, LOST (SILENT),
    1006, 0, 0, FALSE },
  { "idle-stall", MOMENT_IDLE, FAULT_STALL, LOST (SILENT), 1006, 0, 0, FALSE },
  { "idle-reset", MOMENT_IDLE, FAULT_RESET, LOST (GONE), 1006, 0, 0, FALSE },
  { "idle-cut", MOMENT_IDLE, FAULT_CUT, LOST (GONE), 1006, 0, 0, FALSE },
  { "message-black-hole", MOMENT_MESSAGE, FAULT_BLACK_HOLE, LATE, 1001, 1001, 0,
    FALSE },
  { "message-half-open-up", MOMENT_MESSAGE, FAULT_HALF_OPEN_UP, ARRIVED, 1000,
    0, 0, FALSE },
  { "message-half-open-down", MOMENT_MESSAGE, FAULT_HALF_OPEN_DOWN, LATE, 1001,
    1001, 0, FALSE },
  { "message-stall", MOMENT_MESSAGE, FAULT_STALL, LATE, 1001, 1001, 0, FALSE },
  { "message-reset", MOMENT_MESSAGE, FAULT_RESET, LOST (GONE), 1006, 0, 0,
    FALSE },
  { "message-cut", MOMENT_MESSAGE, FAULT_CUT, LOST (GONE), 1006, 0, 0, FALSE },
  { "message-trickle", MOMENT_MESSAGE, FAULT_TRICKLE, ARRIVED, 1000, 0, 0,
    FALSE },
  { "closing-black-hole", MOMENT_CLOSING, FAULT_BLACK_HOLE, UNANSWERED, 4000,
    4000, 0, FALSE },
  { "closing-half-open-up", MOMENT_CLOSING, FAULT_HALF_OPEN_UP, UNANSWERED,
    4000, 4000, 0, FALSE },
  { "closing-half-open-down", MOMENT_CLOSING, FAULT_HALF_OPEN_DOWN, UNANSWERED,
    4000, 4000, 0, FALSE },
  { "closing-stall", MOMENT_CLOSING, FAULT_STALL, UNANSWERED, 4000, 4000, 0,
    FALSE },
  { "closing-reset", MOMENT_CLOSING, FAULT_RESET, CLOSED, 4000, 4000, 0,
    FALSE },
  { "closing-cut", MOMENT_CLOSING, FAULT_CUT, CLOSED, 4000, 4000, 0, FALSE },
  { "closing-trickle", MOMENT_CLOSING, FAULT_TRICKLE, CLOSED, 4000, 4000, 4000,
    TRUE },
};

/* The socket of a server; UP and DOWN are named as the client sees them. */
static const Row server_rows[] = {
  { "idle-black-hole", MOMENT_IDLE, FAULT_BLACK_HOLE, LOST (SILENT), 1006, 0, 0,
    FALSE },
  { "idle-half-open-up", MOMENT_IDLE, FAULT_HALF_OPEN_UP, LOST (SILENT), 1006,
    0, 0, FALSE },
  { "idle-half-open-down", MOMENT_IDLE, FAULT_HALF_OPEN_DOWN, LOST (SILENT),
    1006, 0, 0, FALSE },
  { "idle-stall", MOMENT_IDLE, FAULT_STALL, LOST (SILENT), 1006, 0, 0, FALSE },
  { "idle-reset", MOMENT_IDLE, FAULT_RESET, LOST (GONE), 1006, 0, 0, FALSE },
  { "idle-cut", MOMENT_IDLE, FAULT_CUT, LOST (GONE), 1006, 0, 0, FALSE },
  { "message-black-hole", MOMENT_MESSAGE, FAULT_BLACK_HOLE, LATE, 1001, 1001, 0,
    FALSE },
  { "message-half-open-up", MOMENT_MESSAGE, FAULT_HALF_OPEN_UP, LATE, 1001,
    1001, 0, FALSE },
  { "message-half-open-down", MOMENT_MESSAGE, FAULT_HALF_OPEN_DOWN, ARRIVED,
    1000, 0, 0, FALSE },
  { "message-stall", MOMENT_MESSAGE, FAULT_STALL, LATE, 1001, 1001, 0, FALSE },
  { "message-reset", MOMENT_MESSAGE, FAULT_RESET, LOST (GONE), 1006, 0, 0,
    FALSE },
  { "message-cut", MOMENT_MESSAGE, FAULT_CUT, LOST (GONE), 1006, 0, 0, FALSE },
  { "message-trickle", MOMENT_MESSAGE, FAULT_TRICKLE, ARRIVED, 1000, 0, 0,
    FALSE },
  { "closing-black-hole", MOMENT_CLOSING, FAULT_BLACK_HOLE, UNANSWERED, 4000,
    4000, 0, FALSE },
  { "closing-half-open-up", MOMENT_CLOSING, FAULT_HALF_OPEN_UP, UNANSWERED,
    4000, 4000, 0, FALSE },
  { "closing-half-open-down", MOMENT_CLOSING, FAULT_HALF_OPEN_DOWN, UNANSWERED,
    4000, 4000, 0, FALSE },
  { "closing-stall", MOMENT_CLOSING, FAULT_STALL, UNANSWERED, 4000, 4000, 0,
    FALSE },
  { "closing-trickle", MOMENT_CLOSING, FAULT_TRICKLE, CLOSED, 4000, 4000, 4000,
    TRUE },
};
/* clang-format on */

/* --- The stage --- */

typedef struct
{
  gboolean    is_secure;
  WsServer   *server;
  FaultProxy *proxy;
  WsSocket   *client;
  WsSocket   *accepted; /* (nullable) */
  char       *url;      /* through the proxy */
} Stage;

static void
stage_set_up (Stage *self, gconstpointer is_secure)
{
  self->is_secure = is_secure != NULL;
  self->server = self->is_secure
                     ? ssl_server_new (ssl_configuration_new ("server-chain"))
                     : api_server_new ();
  self->client = self->is_secure ? ssl_client_new () : ws_socket_new ();
  self->proxy = fault_proxy_new (ws_server_get_server_port (self->server));
  self->url = g_strdup_printf ("%s://%s:%u/", self->is_secure ? "wss" : "ws",
                               self->is_secure ? "localhost" : "127.0.0.1",
                               fault_proxy_get_port (self->proxy));
  /* Only what a row asks for speaks or strikes. */
  ws_socket_set_ping_interval (self->client, 0);
}

static void
stage_tear_down (Stage *self)
{
  fault_proxy_free (self->proxy);
  g_assert_finalize_object (self->client);
  if (self->accepted != NULL)
    {
      api_wait_state (self->accepted, WS_STATE_UNCONNECTED);
      g_assert_finalize_object (self->accepted);
    }
  ws_test_until (NULL,
                 g_list_model_get_n_items (G_LIST_MODEL (self->server)) == 0);
  g_assert_finalize_object (self->server);
  g_free (self->url);
}

static void
stage_connect (Stage *self)
{
  guint n_texts = 0;

  api_count (self->client, "text-message-received", &n_texts);
  api_socket_open (self->client, self->url);
  self->accepted = api_server_take (self->server);
  ws_socket_set_ping_interval (self->accepted, 0);
  /* The tickets of TLS come before it. */
  api_socket_send (self->accepted, "ready");
  ws_test_until (NULL, n_texts == 1);
  g_signal_handlers_disconnect_by_data (self->client, &n_texts);
}

/* A server lets nobody down because of one client. */
static void
check_service (Stage *self)
{
  WsSocket *stranger = self->is_secure ? ssl_client_new () : ws_socket_new ();
  g_autoptr (WsSocket) accepted = NULL;

  while (ws_server_has_pending_connections (self->server))
    g_object_unref (ws_server_next_pending_connection (self->server));
  api_socket_open (stranger, ws_server_get_url (self->server));
  accepted = api_server_take (self->server);
  g_assert_finalize_object (stranger);
  api_wait_state (accepted, WS_STATE_UNCONNECTED);
}

static void
send_message (WsSocket *socket)
{
  g_autoptr (GBytes) bytes = g_bytes_new_take (g_malloc0 (MESSAGE), MESSAGE);

  g_assert_cmpint (ws_socket_send_binary_message (socket, bytes, NULL), ==,
                   MESSAGE);
}

static void
set_keepalive (WsSocket *socket)
{
  ws_socket_set_ping_timeout (socket, SHORT);
  ws_socket_set_ping_interval (socket, SHORT);
}

/* --- The rows --- */

/* A slow network is no dead one. */
static void
set_time_outs (WsSocket *socket, const Row *row)
{
  if (row->fault == FAULT_TRICKLE)
    return;
  if (row->moment == MOMENT_DIAL || row->moment == MOMENT_HELLO)
    ws_socket_set_open_timeout (socket, SHORT);
  ws_socket_set_frame_timeout (socket, SHORT);
  ws_socket_set_close_timeout (socket, SHORT);
}

static void
begin_opening (Stage *stage, const Row *row)
{
  FaultMoment moment
      = row->moment == MOMENT_DIAL ? FAULT_AT_ONCE : FAULT_AFTER_UP;

  fault_proxy_set (stage->proxy, row->fault, moment, 0);
  g_assert_true (ws_socket_open (stage->client, stage->url, NULL));
}

static void
act (Stage *stage, const Row *row, WsSocket *socket, WsSocket *other)
{
  gboolean is_client = socket == stage->client;

  switch (row->moment)
    {
    case MOMENT_DIAL:
    case MOMENT_HELLO:
      begin_opening (stage, row);
      break;
    case MOMENT_IDLE:
      fault_proxy_set (stage->proxy, row->fault, FAULT_AT_ONCE, 0);
      set_keepalive (socket);
      break;
    case MOMENT_MESSAGE:
      fault_proxy_set (stage->proxy, row->fault,
                       is_client ? FAULT_AFTER_DOWN : FAULT_AFTER_UP,
                       HALF_MESSAGE);
      send_message (other);
      break;
    case MOMENT_CLOSING:
      fault_proxy_set (stage->proxy, row->fault,
                       is_client ? FAULT_BEFORE_UP : FAULT_AT_ONCE, 0);
      g_assert_true (ws_socket_close (socket, 4000, NULL, NULL));
      break;
    }
}

static const char *
last_word (const char *words)
{
  const char *blank = strrchr (words, ' ');

  return blank != NULL ? blank + 1 : words;
}

static void
check_row (const Row *row, WsSocket *socket)
{
  g_assert_cmpuint (ws_socket_get_close_code (socket), ==, row->code);
  g_assert_cmpuint (ws_socket_get_close_code_sent (socket), ==, row->sent);
  g_assert_cmpuint (ws_socket_get_close_code_received (socket), ==,
                    row->received);
  g_assert_cmpint (ws_socket_get_was_clean (socket), ==, row->was_clean);
}

static void
run_row (const Row *row, gboolean is_secure, gboolean is_client)
{
  Stage     stage = { 0 };
  WsSocket *socket;
  g_autoptr (SignalLog) log = NULL;

  stage_set_up (&stage, is_secure ? "secure" : NULL);
  if (row->moment > MOMENT_HELLO)
    stage_connect (&stage);
  socket = is_client ? stage.client : stage.accepted;
  set_time_outs (socket, row);
  log = signal_log_new (socket);
  act (&stage, row, socket, is_client ? stage.accepted : stage.client);
  ws_test_until (NULL, signal_log_count (log, last_word (row->words)) > 0);
  signal_log_expect (log, row->words);
  check_row (row, socket);
  fault_proxy_set (stage.proxy, FAULT_NONE, FAULT_AT_ONCE, 0);
  if (stage.accepted == NULL)
    check_service (&stage);
  stage_tear_down (&stage);
}

static void
test_client (gconstpointer data)
{
  run_row (data, FALSE, TRUE);
}

static void
test_secure_client (gconstpointer data)
{
  run_row (data, TRUE, TRUE);
}

static void
test_server (gconstpointer data)
{
  run_row (data, FALSE, FALSE);
}

static void
test_secure_server (gconstpointer data)
{
  run_row (data, TRUE, FALSE);
}

static void
add_rows (const char *folder, const Row *rows, guint n_rows, GTestDataFunc test)
{
  for (guint i = 0; i < n_rows; i++)
    {
      g_autofree char *path
          = g_strdup_printf ("/netfaults/%s/%s", folder, rows[i].name);

      g_test_add_data_func (path, &rows[i], test);
    }
}

/* --- Beyond the table --- */

/* A reader that has stopped cannot keep us. */
static void
test_slow_reader (gconstpointer is_secure)
{
  Stage stage = { 0 };
  g_autoptr (SignalLog) log = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new_take (g_malloc0 (MESSAGE), MESSAGE);

  stage_set_up (&stage, is_secure);
  stage_connect (&stage);
  fault_proxy_set (stage.proxy, FAULT_STALL, FAULT_AT_ONCE, 0);
  while (ws_socket_send_binary_message (stage.accepted, bytes, &error) >= 0)
    ssl_iterate (1);
  g_assert_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_BUFFER_FULL);
  log = signal_log_new (stage.accepted);
  ws_socket_set_close_timeout (stage.accepted, SHORT);
  g_assert_true (ws_socket_close (stage.accepted, 4000, NULL, NULL));
  ws_test_until (NULL, signal_log_count (log, "inactive") > 0);
  signal_log_expect (log, UNANSWERED);
  /* The frame never left. */
  g_assert_cmpuint (ws_socket_get_close_code_sent (stage.accepted), ==, 0);
  stage_tear_down (&stage);
}

static void
heal (WsSocket *socket, guint attempt, guint delay_ms, FaultProxy *proxy)
{
  if (attempt == 3)
    fault_proxy_set (proxy, FAULT_NONE, FAULT_AT_ONCE, 0);
}

/* Silence is noticed, and two attempts fail in it. */
static void
test_comes_back (gconstpointer is_secure)
{
  Stage stage = { 0 };
  g_autoptr (SignalLog) log = NULL;
  g_autoptr (WsReconnectPolicy) policy
      = g_object_new (WS_TYPE_RECONNECT_POLICY, "minimum", 1u, "maximum", 1u,
                      NULL);

  stage_set_up (&stage, is_secure);
  stage_connect (&stage);
  ws_socket_set_reconnect (stage.client, policy);
  ws_socket_set_open_timeout (stage.client, SHORT);
  log = signal_log_new (stage.client);
  g_signal_connect (stage.client, "reconnecting", G_CALLBACK (heal),
                    stage.proxy);
  fault_proxy_set (stage.proxy, FAULT_BLACK_HOLE, FAULT_AT_ONCE, 0);
  set_keepalive (stage.client);
  ws_test_until (NULL, signal_log_count (log, "reconnecting:3") > 0);
  ws_socket_set_ping_interval (stage.client, 0);
  ws_socket_set_open_timeout (stage.client, 20000);
  ws_test_until (NULL, signal_log_count (log, "connected") > 0);
  g_assert_cmpuint (signal_log_count (log, "error:socket-timeout"), ==, 3);
  ws_socket_set_reconnect (stage.client, NULL);
  while (ws_server_has_pending_connections (stage.server))
    g_object_unref (ws_server_next_pending_connection (stage.server));
  stage_tear_down (&stage);
}

int
main (int argc, char **argv)
{
  g_setenv ("GIO_USE_NETWORK_MONITOR", "base", TRUE);
  api_test_init (&argc, &argv);
  add_rows ("client", client_rows, G_N_ELEMENTS (client_rows), test_client);
  add_rows ("secure-client", client_rows, G_N_ELEMENTS (client_rows),
            test_secure_client);
  add_rows ("server", server_rows, G_N_ELEMENTS (server_rows), test_server);
  add_rows ("secure-server", server_rows, G_N_ELEMENTS (server_rows),
            test_secure_server);
  g_test_add_data_func ("/netfaults/slow-reader", NULL, test_slow_reader);
  g_test_add_data_func ("/netfaults/secure-slow-reader", "secure",
                        test_slow_reader);
  g_test_add_data_func ("/netfaults/comes-back", NULL, test_comes_back);
  g_test_add_data_func ("/netfaults/secure-comes-back", "secure",
                        test_comes_back);
  return g_test_run ();
}
