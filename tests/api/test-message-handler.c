/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api-test.h"

#include <string.h>

/* The function that gets messages before the signals, and sending what it got.
 * What the function may do meanwhile is a row of test-reentrancy.c, too. */

/* What a handler has heard; the handler holds a reference. */
typedef struct
{
  GString *words; /* (owned): TYPE:PAYLOAD, a blank behind each */
  guint    n_calls;
  guint    n_ends;    /* of the user data */
  gboolean is_done;   /* what the handler returns */
  gboolean is_inside; /* it runs at this moment */
} Ear;

static Ear *
ear_new (gboolean is_done)
{
  Ear *self = g_rc_box_new0 (Ear);

  self->words = g_string_new (NULL);
  self->is_done = is_done;
  return self;
}

static void
ear_clear (gpointer data)
{
  g_string_free (((Ear *) data)->words, TRUE);
}

static void
ear_unref (Ear *self)
{
  g_rc_box_release_full (self, ear_clear);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Ear, ear_unref)

static void
on_end (gpointer data)
{
  Ear *self = data;

  g_assert_false (self->is_inside);
  self->n_ends++;
  ear_unref (self);
}

static gboolean
on_message (WsSocket     *socket,
            WsMessageType type,
            const guint8 *data,
            gsize         length,
            gpointer      user_data)
{
  Ear *self = user_data;

  g_assert_nonnull (data);
  if (type == WS_MESSAGE_TYPE_TEXT)
    g_assert_cmpint (data[length], ==, '\0');
  g_string_append (self->words,
                   type == WS_MESSAGE_TYPE_TEXT ? "text:" : "binary:");
  for (gsize i = 0; i < MIN (length, 8); i++)
    g_string_append_c (self->words, data[i] != '\0' ? (char) data[i] : '0');
  if (length > 8)
    g_string_append_printf (self->words, "+%" G_GSIZE_FORMAT, length - 8);
  g_string_append_c (self->words, ' ');
  self->n_calls++;
  return self->is_done;
}

static void
listen (WsSocket *socket, Ear *ear)
{
  ws_socket_set_message_handler (socket, on_message, g_rc_box_acquire (ear),
                                 on_end);
}

static void
send_data (WsSocket *socket, WsMessageType type, const char *data, gsize length)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (ws_socket_send_data (socket, type, (const guint8 *) data,
                                        length, &error),
                   ==, (gssize) length);
  g_assert_no_error (error);
}

static void
count (guint *n)
{
  ++*n;
}

/* All that @socket has sent has been handled. */
static void
wait_handled (WsSocket *socket)
{
  guint  n_pongs = 0;
  gulong handler
      = g_signal_connect_swapped (socket, "pong", G_CALLBACK (count), &n_pongs);

  g_assert_true (ws_socket_ping (socket, NULL, NULL));
  ws_test_until (NULL, n_pongs == 1);
  g_signal_handler_disconnect (socket, handler);
}

/* Every kind of message, and in order. */
static void
test_bytes (Pair *pair, gconstpointer data)
{
  g_autoptr (Ear) ear = ear_new (TRUE);
  g_autofree char *large = g_strnfill (100000, 'x');

  listen (pair->accepted, ear);
  send_data (pair->client, WS_MESSAGE_TYPE_TEXT, "hello", 5);
  send_data (pair->client, WS_MESSAGE_TYPE_TEXT, "", 0);
  send_data (pair->client, WS_MESSAGE_TYPE_BINARY, NULL, 0);
  send_data (pair->client, WS_MESSAGE_TYPE_TEXT, "a\0b", 3);
  send_data (pair->client, WS_MESSAGE_TYPE_BINARY, "\0c", 2);
  ws_socket_set_outgoing_frame_size (pair->client, 7000);
  send_data (pair->client, WS_MESSAGE_TYPE_TEXT, large, 100000);
  send_data (pair->client, WS_MESSAGE_TYPE_BINARY, large, 70000);
  ws_test_until (NULL, ear->n_calls == 7);
  g_assert_cmpstr (ear->words->str, ==,
                   "text:hello text: binary: text:a0b binary:0c "
                   "text:xxxxxxxx+99992 binary:xxxxxxxx+69992 ");
}

/* A client's messages are not masked: nothing of the way in is the same. */
static void
test_client (Pair *pair, gconstpointer data)
{
  g_autoptr (Ear) ear = ear_new (TRUE);

  listen (pair->client, ear);
  send_data (pair->accepted, WS_MESSAGE_TYPE_TEXT, "a\0b", 3);
  send_data (pair->accepted, WS_MESSAGE_TYPE_BINARY, "bytes", 5);
  ws_test_until (NULL, ear->n_calls == 2);
  g_assert_cmpstr (ear->words->str, ==, "text:a0b binary:bytes ");
}

static void
on_signal (WsSocket *socket, WsMessage *message, Ear *ear)
{
  g_string_append (ear->words, "signal ");
}

static void
on_text (WsSocket *socket, const char *text, Ear *ear)
{
  g_string_append_printf (ear->words, "text-signal:%s ", text);
}

static void
on_frame (WsSocket *socket, const char *text, gboolean is_last, Ear *ear)
{
  g_string_append (ear->words, "frame ");
}

/* What the handler is not done with is signalled after that. */
static void
test_signals (Pair *pair, gconstpointer data)
{
  g_autoptr (Ear) ear = ear_new (FALSE);

  listen (pair->accepted, ear);
  g_signal_connect (pair->accepted, "message-received", G_CALLBACK (on_signal),
                    ear);
  g_signal_connect (pair->accepted, "text-message-received",
                    G_CALLBACK (on_text), ear);
  g_signal_connect (pair->accepted, "text-frame-received",
                    G_CALLBACK (on_frame), ear);
  send_data (pair->client, WS_MESSAGE_TYPE_TEXT, "one", 3);
  ws_test_until (NULL, ear->n_calls == 1);
  g_assert_cmpstr (ear->words->str, ==,
                   "frame text:one signal text-signal:one ");
  g_string_truncate (ear->words, 0);
  ear->is_done = TRUE;
  send_data (pair->client, WS_MESSAGE_TYPE_TEXT, "two", 3);
  ws_test_until (NULL, ear->n_calls == 2);
  g_assert_cmpstr (ear->words->str, ==, "frame text:two ");
}

/* --- Its end --- */

static gboolean
on_replaced (WsSocket     *socket,
             WsMessageType type,
             const guint8 *data,
             gsize         length,
             gpointer      user_data)
{
  Ear **ears = user_data;

  ears[0]->is_inside = TRUE;
  ears[0]->n_calls++;
  listen (socket, ears[1]);
  g_assert_cmpuint (ears[0]->n_ends, ==, 0);
  ears[0]->is_inside = FALSE;
  return TRUE;
}

static void
on_replaced_end (gpointer user_data)
{
  Ear *ear = *(Ear **) user_data;

  on_end (g_rc_box_acquire (ear));
}

/* By itself: the next message, of the same batch too, is for the new one. */
static void
test_replaced (Pair *pair, gconstpointer data)
{
  g_autoptr (Ear) first = ear_new (TRUE);
  g_autoptr (Ear) second = ear_new (TRUE);
  Ear *ears[] = { first, second };

  ws_socket_set_message_handler (pair->accepted, on_replaced, ears,
                                 on_replaced_end);
  for (guint i = 0; i < 3; i++)
    send_data (pair->client, WS_MESSAGE_TYPE_TEXT, "x", 1);
  ws_test_until (NULL, second->n_calls == 2);
  g_assert_cmpuint (first->n_calls, ==, 1);
  g_assert_cmpuint (first->n_ends, ==, 1);
  ws_socket_set_message_handler (pair->accepted, NULL, NULL, NULL);
  g_assert_cmpuint (second->n_ends, ==, 1);
  send_data (pair->client, WS_MESSAGE_TYPE_TEXT, "x", 1);
  wait_handled (pair->client);
  g_assert_cmpuint (second->n_calls, ==, 2);
}

/* What comes along with no handler has an end, too. */
static void
test_none (void)
{
  g_autoptr (WsSocket) socket = ws_socket_new ();
  g_autoptr (Ear) ear = ear_new (TRUE);

  ws_socket_set_message_handler (socket, NULL, g_rc_box_acquire (ear), on_end);
  g_assert_cmpuint (ear->n_ends, ==, 1);
  listen (socket, ear);
  g_clear_object (&socket);
  g_assert_cmpuint (ear->n_ends, ==, 2);
}

typedef struct
{
  Ear       *ear;
  WsSocket **socket;
} Dropper;

static gboolean
on_dropped (WsSocket     *socket,
            WsMessageType type,
            const guint8 *data,
            gsize         length,
            gpointer      user_data)
{
  Dropper *self = user_data;

  self->ear->is_inside = TRUE;
  g_clear_object (self->socket);
  self->ear->n_calls++;
  g_assert_cmpmem (data, length, "last", 4);
  self->ear->is_inside = FALSE;
  return FALSE;
}

static void
on_dropped_end (gpointer user_data)
{
  on_end (g_rc_box_acquire (((Dropper *) user_data)->ear));
}

/* The bytes stay, and nobody hears of what else has come. */
static void
test_dropped (Pair *pair, gconstpointer data)
{
  g_autoptr (Ear) ear = ear_new (TRUE);
  Dropper dropper = { ear, &pair->client };

  g_object_add_weak_pointer (G_OBJECT (pair->client),
                             (gpointer *) &pair->client);
  ws_socket_set_message_handler (pair->client, on_dropped, &dropper,
                                 on_dropped_end);
  for (guint i = 0; i < 3; i++)
    send_data (pair->accepted, WS_MESSAGE_TYPE_BINARY, "last", 4);
  api_wait_state (pair->accepted, WS_STATE_UNCONNECTED);
  g_assert_cmpuint (ear->n_calls, ==, 1);
  g_assert_cmpuint (ear->n_ends, ==, 1);
  g_assert_cmpuint (ws_socket_get_close_code (pair->accepted), ==, 1001);
}

/* --- Nested loops --- */

static gboolean
on_nested (WsSocket     *socket,
           WsMessageType type,
           const guint8 *data,
           gsize         length,
           gpointer      user_data)
{
  Ear  *self = user_data;
  guint number = ++self->n_calls;

  if (number < 4)
    ws_test_until (NULL, self->n_calls > number);
  g_assert_cmpuint (length, ==, 3);
  g_assert_cmpmem (data, 2, "no", 2);
  g_string_append_c (self->words, (char) data[2]);
  return TRUE;
}

/* A message keeps its place while the ones behind it are read. */
static void
test_nested (Pair *pair, gconstpointer data)
{
  g_autoptr (Ear) ear = ear_new (TRUE);

  ws_socket_set_message_handler (pair->accepted, on_nested,
                                 g_rc_box_acquire (ear), on_end);
  send_data (pair->client, WS_MESSAGE_TYPE_TEXT, "no1", 3);
  send_data (pair->client, WS_MESSAGE_TYPE_TEXT, "no2", 3);
  ws_socket_flush (pair->client);
  send_data (pair->client, WS_MESSAGE_TYPE_BINARY, "no3", 3);
  send_data (pair->client, WS_MESSAGE_TYPE_TEXT, "no4", 3);
  ws_test_until (NULL, ear->words->len == 4);
  g_assert_cmpstr (ear->words->str, ==, "4321");
}

/* --- Where it is not called, and how long it stays --- */

static void
on_received (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(WsMessage **) user_data
      = ws_socket_receive_message_finish (WS_SOCKET (source), result, NULL);
}

static void
test_pull (Pair *pair, gconstpointer data)
{
  g_autoptr (Ear) ear = ear_new (TRUE);
  g_autoptr (WsMessage) message = NULL;

  listen (pair->accepted, ear);
  ws_socket_set_pull (pair->accepted, TRUE);
  send_data (pair->client, WS_MESSAGE_TYPE_TEXT, "pulled", 6);
  ws_socket_receive_message_async (pair->accepted, NULL, on_received, &message);
  ws_test_until (NULL, message != NULL);
  g_assert_cmpstr (ws_message_get_text (message), ==, "pulled");
  g_assert_cmpuint (ear->n_calls, ==, 0);
}

static void
test_reopened (Pair *pair, gconstpointer data)
{
  g_autoptr (Ear) ear = ear_new (TRUE);
  g_autoptr (WsSocket) again = NULL;

  listen (pair->client, ear);
  ws_socket_abort (pair->client);
  api_socket_open (pair->client, ws_server_get_url (pair->server));
  again = api_server_take (pair->server);
  send_data (again, WS_MESSAGE_TYPE_TEXT, "again", 5);
  ws_test_until (NULL, ear->n_calls == 1);
}

/* Who has a handler is listened to. */
static void
test_stays (Pair *pair, gconstpointer data)
{
  g_autoptr (Ear) ear = ear_new (TRUE);

  listen (pair->client, ear);
  ws_socket_set_stays_alive (pair->client, TRUE);
  g_clear_object (&pair->client);
  send_data (pair->accepted, WS_MESSAGE_TYPE_TEXT, "there", 5);
  ws_test_until (NULL, ear->n_calls == 1);
  g_assert_cmpuint (ear->n_ends, ==, 0);
  ws_socket_close (pair->accepted, 1000, NULL, NULL);
  ws_test_until (NULL, ear->n_ends == 1);
}

static gpointer
set_elsewhere (gpointer data)
{
  Ear *ear = g_object_get_data (data, "ear");

  listen (data, ear);
  return NULL;
}

static void
test_other_thread (Pair *pair, gconstpointer data)
{
  g_autoptr (Ear) ear = ear_new (TRUE);

  g_object_set_data (G_OBJECT (pair->client), "ear", ear);
  g_test_expect_message ("Ws", G_LOG_LEVEL_WARNING,
                         "*ws_socket_set_message_handler*another thread*");
  g_thread_join (g_thread_new ("stranger", set_elsewhere, pair->client));
  g_test_assert_expected_messages ();
  g_assert_cmpuint (ear->n_ends, ==, 1);
  send_data (pair->accepted, WS_MESSAGE_TYPE_TEXT, "x", 1);
  wait_handled (pair->accepted);
  g_assert_cmpuint (ear->n_calls, ==, 0);
}

/* --- Sending --- */

static void
test_refused (Pair *pair, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  const guint8 *bad = (const guint8 *) "\xff\xfe";

  g_assert_cmpint (ws_socket_send_data (pair->client, WS_MESSAGE_TYPE_TEXT, bad,
                                        2, &error),
                   ==, -1);
  g_assert_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_INVALID_UTF8);
  g_clear_error (&error);
  ws_socket_set_max_bytes_to_write (pair->client, 10);
  g_assert_cmpint (ws_socket_send_data (pair->client, WS_MESSAGE_TYPE_BINARY,
                                        bad, 2, &error),
                   ==, 2);
  g_assert_cmpint (ws_socket_send_data (pair->client, WS_MESSAGE_TYPE_BINARY,
                                        bad, 2, &error),
                   ==, -1);
  g_assert_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_BUFFER_FULL);
  g_clear_error (&error);
  ws_socket_abort (pair->client);
  g_assert_cmpint (ws_socket_send_data (pair->client, WS_MESSAGE_TYPE_BINARY,
                                        bad, 2, &error),
                   ==, -1);
  g_assert_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_NOT_CONNECTED);
}

#define MANY ((gsize) 1000 * 1000)

/* Sends on what it gets, whole and in part, and drops all but that. */
static gboolean
send_on (WsSocket     *socket,
         WsMessageType type,
         const guint8 *data,
         gsize         length,
         gpointer      user_data)
{
  const gboolean *is_done = user_data;

  g_assert_cmpint (ws_socket_send_data (socket, type, data, length, NULL), ==,
                   (gssize) length);
  g_assert_cmpint (ws_socket_send_data (socket, type, data + length / 4,
                                        length / 2, NULL),
                   ==, (gssize) length / 2);
  g_assert_cmpint (ws_socket_send_data (socket, type, data + length - 9, 9,
                                        NULL),
                   ==, 9);
  /* The bytes stay, although what was sent holds them too. */
  g_assert_cmpint (data[0], ==, 'a');
  g_assert_cmpint (data[length - 1], ==, (int) ('a' + (length - 1) % 26));
  return *is_done;
}

static void
on_sent_on (WsSocket *socket, WsMessage *message, GPtrArray *got)
{
  g_ptr_array_add (got, ws_message_ref (message));
}

static void
check_sent_on (WsMessage *message, const guint8 *expected, gsize len)
{
  gsize         got_len;
  const guint8 *got = ws_message_get_data (message, &got_len);

  g_assert_cmpmem (got, got_len, expected, len);
}

/* A large message lies where it stays, and is not copied; a signal that follows
 * has it, too. */
static void
test_sent_on (Pair *pair, gconstpointer data)
{
  g_autoptr (GPtrArray) got
      = g_ptr_array_new_with_free_func ((GDestroyNotify) ws_message_unref);
  g_autoptr (GPtrArray) heard
      = g_ptr_array_new_with_free_func ((GDestroyNotify) ws_message_unref);
  g_autofree guint8 *large = g_malloc (MANY);
  gboolean           is_done = FALSE;

  for (gsize i = 0; i < MANY; i++)
    large[i] = (guint8) ('a' + i % 26);
  ws_socket_set_message_handler (pair->accepted, send_on, &is_done, NULL);
  g_signal_connect (pair->accepted, "message-received", G_CALLBACK (on_sent_on),
                    heard);
  g_signal_connect (pair->client, "message-received", G_CALLBACK (on_sent_on),
                    got);
  for (guint i = 0; i < 4; i++)
    {
      is_done = i % 2 == 0;
      send_data (pair->client,
                 i < 2 ? WS_MESSAGE_TYPE_TEXT : WS_MESSAGE_TYPE_BINARY,
                 (const char *) large, MANY);
      ws_test_until (NULL, got->len == 3 * (i + 1));
      check_sent_on (got->pdata[3 * i], large, MANY);
      check_sent_on (got->pdata[3 * i + 1], large + MANY / 4, MANY / 2);
      check_sent_on (got->pdata[3 * i + 2], large + MANY - 9, 9);
    }
  g_assert_cmpuint (heard->len, ==, 2);
  check_sent_on (heard->pdata[0], large, MANY);
  check_sent_on (heard->pdata[1], large, MANY);
}

int
main (int argc, char **argv)
{
  api_test_init (&argc, &argv);
  pair_add ("/api/message-handler/bytes", NULL, test_bytes);
  pair_add ("/api/message-handler/client", NULL, test_client);
  pair_add ("/api/message-handler/signals", NULL, test_signals);
  pair_add ("/api/message-handler/replaced", NULL, test_replaced);
  g_test_add_func ("/api/message-handler/none", test_none);
  pair_add ("/api/message-handler/dropped", NULL, test_dropped);
  pair_add ("/api/message-handler/nested", NULL, test_nested);
  pair_add ("/api/message-handler/pull", NULL, test_pull);
  pair_add ("/api/message-handler/reopened", NULL, test_reopened);
  pair_add ("/api/message-handler/stays", NULL, test_stays);
  pair_add ("/api/message-handler/other-thread", NULL, test_other_thread);
  pair_add ("/api/message-handler/refused", NULL, test_refused);
  pair_add ("/api/message-handler/sent-on", NULL, test_sent_on);
  return g_test_run ();
}
