/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "async-test.h"

#include <string.h>

#include "words.h"

/* The messages of a socket, or of all of a server, as a bounded list. */

/* --- What is in a log --- */

static WsMessageLogEntry *
entry_at (WsMessageLog *log, guint position)
{
  return g_list_model_get_item (G_LIST_MODEL (log), position);
}

static guint
count (WsMessageLog *log)
{
  return g_list_model_get_n_items (G_LIST_MODEL (log));
}

/* As words: > is sent, < received; of a binary message the size. */
static char *
spell (WsMessageLog *log)
{
  GString *words = g_string_new (NULL);

  for (guint i = 0; i < count (log); i++)
    {
      g_autoptr (WsMessageLogEntry) entry = entry_at (log, i);
      const char *text = ws_message_log_entry_get_text (entry);

      words_add (words, "%s%s%s",
                 ws_message_log_entry_get_is_sent (entry) ? ">" : "<",
                 text != NULL ? text : "#",
                 ws_message_log_entry_get_is_cut (entry) ? "…" : "");
      if (text == NULL)
        g_string_append_printf (words, "%u",
                                (guint) ws_message_log_entry_get_size (entry));
    }
  return g_string_free (words, FALSE);
}

/* What passes is shown when the context is iterated. */
static void
expect (WsMessageLog *log, const char *words)
{
  g_autofree char *told = NULL;

  while (g_main_context_iteration (NULL, FALSE))
    ;
  told = spell (log);
  g_assert_cmpstr (told, ==, words);
}

/* A copy of the list that believes nothing but items-changed, and that sees the
 * bounds kept each time. */
static void
on_items_changed (WsMessageLog *log,
                  guint         position,
                  guint         n_removed,
                  guint         n_added,
                  GPtrArray    *copy)
{
  if (n_removed > 0)
    g_ptr_array_remove_range (copy, position, n_removed);
  for (guint i = position; i < position + n_added; i++)
    g_ptr_array_insert (copy, (int) i, entry_at (log, i));
  g_assert_cmpuint (copy->len, ==, count (log));
  g_assert_cmpuint (copy->len, <=, ws_message_log_get_max_entries (log));
  g_assert_cmpuint (ws_message_log_get_n_bytes (log), <=,
                    ws_message_log_get_max_bytes (log));
  for (guint i = 0; i < copy->len; i++)
    {
      g_autoptr (WsMessageLogEntry) entry = entry_at (log, i);

      g_assert_true (entry == g_ptr_array_index (copy, i));
    }
}

static GPtrArray *
mirror_new (WsMessageLog *log)
{
  GPtrArray *copy = g_ptr_array_new_with_free_func (g_object_unref);

  g_signal_connect (log, "items-changed", G_CALLBACK (on_items_changed), copy);
  return copy;
}

static void
receive (Half *half, const char *text)
{
  guint n_heard = 0;

  api_count (half->socket, "message-received", &n_heard);
  raw_peer_send_frame (half->peer, 0x81, text, strlen (text));
  ws_test_until (NULL, n_heard > 0);
  g_signal_handlers_disconnect_by_data (half->socket, &n_heard);
}

static void
say (WsSocket *socket, const char *text)
{
  g_assert_cmpint (ws_socket_send_text_message (socket, text, NULL), >=, 0);
}

/* --- One socket --- */

static void
test_both_ways (Half *half, gconstpointer data)
{
  WsMessageLog *log = ws_message_log_new ();
  GPtrArray    *copy = mirror_new (log);
  g_autoptr (GBytes) bytes = g_bytes_new ("123", 3);
  g_autoptr (WsMessage) message = ws_message_new_text ("post");

  receive (half, "before");
  ws_message_log_set_socket (log, half->socket);
  say (half->socket, "one");
  receive (half, "two");
  g_assert_cmpint (ws_socket_send_binary_message (half->socket, bytes, NULL),
                   ==, 3);
  g_assert_cmpint (ws_socket_send_message (half->socket, message, NULL), ==, 4);
  ws_socket_post_message (half->socket, message);
  expect (log, ">one <two >#3 >post >post");
  ws_message_log_set_socket (log, NULL);
  say (half->socket, "after");
  expect (log, ">one <two >#3 >post >post");
  ws_message_log_clear (log);
  g_assert_cmpuint (count (log), ==, 0);
  g_assert_cmpuint (ws_message_log_get_n_bytes (log), ==, 0);
  g_ptr_array_unref (copy);
  g_assert_finalize_object (log);
}

/* What is refused was not sent. */
static void
test_refused (Half *half, gconstpointer data)
{
  g_autoptr (WsMessageLog) log = ws_message_log_new ();

  ws_message_log_set_socket (log, half->socket);
  ws_socket_set_max_bytes_to_write (half->socket, 10);
  g_assert_cmpint (ws_socket_send_text_message (half->socket,
                                                "too long for that", NULL),
                   <, 0);
  g_assert_cmpint (ws_socket_send_text_message (half->socket, "\xff", NULL), <,
                   0);
  expect (log, "");
}

static void
test_facts (Half *half, gconstpointer data)
{
  g_autoptr (WsMessageLog) log = ws_message_log_new ();
  g_autoptr (WsMessageLogEntry) entry = NULL;
  g_autoptr (GDateTime) time = NULL;
  g_autofree char *address = ws_socket_dup_peer_address_string (half->socket);
  g_autofree char *time_string = NULL, *summary = NULL, *shown = NULL;
  gint64           before = g_get_real_time ();

  g_object_set (log, "socket", half->socket, NULL);
  receive (half, "a\nb\tc");
  expect (log, "<a\nb\tc");
  entry = entry_at (log, 0);
  g_object_get (entry, "time", &time, "time-string", &time_string, "summary",
                &summary, "peer-address-string", &shown, NULL);
  g_assert_cmpint (g_date_time_to_unix (time), >=, before / G_USEC_PER_SEC);
  g_assert_true (
      g_regex_match_simple ("^\\d\\d:\\d\\d:\\d\\d$", time_string, 0, 0));
  g_assert_cmpstr (summary, ==, "a b c");
  g_assert_cmpstr (shown, ==, address);
  g_assert_cmpstr (ws_message_log_entry_get_peer_name (entry), ==,
                   ws_socket_get_peer_name (half->socket));
  g_assert_cmpuint (ws_message_log_entry_get_size (entry), ==, 5);
  g_assert_cmpint (ws_message_log_entry_get_message_type (entry), ==,
                   WS_MESSAGE_TYPE_TEXT);
}

/* The log keeps no socket, and outlives it; nor is it kept. */
static void
test_lives (Half *half, gconstpointer data)
{
  WsMessageLog *log = ws_message_log_new ();
  g_autoptr (WsSocket) gone = NULL;

  ws_message_log_set_socket (log, half->socket);
  say (half->socket, "hello");
  g_assert_finalize_object (half->socket);
  half->socket = ws_socket_new ();
  gone = ws_message_log_dup_socket (log);
  g_assert_null (gone);
  expect (log, ">hello");
  ws_message_log_set_socket (log, half->socket);
  g_assert_finalize_object (log);
}

/* --- The bounds --- */

static void
test_bounds (Half *half, gconstpointer data)
{
  WsMessageLog *log = ws_message_log_new ();
  GPtrArray    *copy = mirror_new (log);

  g_object_set (log, "socket", half->socket, "max-entries", 3u, "max-bytes",
                (guint64) 10, NULL);
  say (half->socket, "1");
  say (half->socket, "2");
  expect (log, ">1 >2");
  say (half->socket, "3");
  say (half->socket, "4");
  say (half->socket, "5");
  expect (log, ">3 >4 >5");
  say (half->socket, "123456789");
  expect (log, ">5 >123456789");
  say (half->socket, "12");
  expect (log, ">12");
  /* A character is kept whole, or not at all. */
  say (half->socket, "123456789\xc3\xa4");
  expect (log, ">123456789…");
  ws_message_log_set_max_bytes (log, 3);
  expect (log, "");
  say (half->socket, "");
  say (half->socket, "");
  say (half->socket, "abc");
  expect (log, "> > >abc");
  ws_message_log_set_max_entries (log, 0);
  say (half->socket, "nothing");
  expect (log, "");
  g_ptr_array_unref (copy);
  g_assert_finalize_object (log);
}

/* Whatever a handler of the list does. */

static void
act_clear (WsMessageLog *log, Half *half)
{
  ws_message_log_clear (log);
}

static void
act_say (WsMessageLog *log, Half *half)
{
  say (half->socket, "more");
}

static void
act_loop (WsMessageLog *log, Half *half)
{
  say (half->socket, "nested");
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
act_shrink (WsMessageLog *log, Half *half)
{
  ws_message_log_set_max_entries (log, 1);
}

static void
act_abort (WsMessageLog *log, Half *half)
{
  ws_socket_abort (half->socket);
}

typedef struct
{
  const char *path;
  void (*act) (WsMessageLog *log, Half *half);
  const char *words;
} Reaction;

static const Reaction reactions[] = {
  { "/api/message-log/reactions/clear", act_clear, ">3" },
  { "/api/message-log/reactions/say", act_say, ">2 >more >3" },
  { "/api/message-log/reactions/loop", act_loop, ">2 >nested >3" },
  { "/api/message-log/reactions/shrink", act_shrink, ">3" },
  { "/api/message-log/reactions/abort", act_abort, ">1 >2" },
};

typedef struct
{
  const Reaction *reaction;
  Half           *half;
  guint           n_calls;
} Reacting;

static void
on_change (WsMessageLog *log,
           guint         position,
           guint         n_removed,
           guint         n_added,
           Reacting     *reacting)
{
  if (reacting->n_calls++ == 0)
    reacting->reaction->act (log, reacting->half);
}

static void
test_reactions (Half *half, gconstpointer data)
{
  WsMessageLog *log = ws_message_log_new ();
  GPtrArray    *copy = mirror_new (log);
  Reacting      reacting = { .reaction = data, .half = half };

  g_object_set (log, "socket", half->socket, "max-entries", 3u, NULL);
  g_signal_connect (log, "items-changed", G_CALLBACK (on_change), &reacting);
  say (half->socket, "1");
  say (half->socket, "2");
  while (g_main_context_iteration (NULL, FALSE))
    ;
  if (ws_socket_is_valid (half->socket))
    say (half->socket, "3");
  expect (log, reacting.reaction->words);
  g_ptr_array_unref (copy);
  g_assert_finalize_object (log);
}

/* --- A server's clients --- */

static void
test_server (void)
{
  WsServer     *server = api_server_new ();
  WsMessageLog *log = ws_message_log_new ();
  g_autoptr (WsMessage) message = ws_message_new_text ("all");
  g_autoptr (RawPeer) one = NULL;
  g_autoptr (RawPeer) other = NULL;
  g_autoptr (GListModel) gone = NULL;
  guint n_items = 0;

  one = raw_peer_join (ws_server_get_server_port (server), NULL);
  g_object_unref (api_server_take (server));
  g_object_set (log, "sockets", server, NULL);
  other = raw_peer_join (ws_server_get_server_port (server), NULL);
  g_object_unref (api_server_take (server));
  ws_server_broadcast (server, message, NULL);
  expect (log, ">all >all");
  raw_peer_send_frame (other, 0x81, "hi", 2);
  ws_test_until (NULL, count (log) == 3);
  g_clear_pointer (&one, raw_peer_free);
  ws_test_until (NULL, g_list_model_get_n_items (G_LIST_MODEL (server)) == 1);
  ws_server_broadcast (server, message, NULL);
  expect (log, ">all >all <hi >all");
  g_object_get (log, "n-items", &n_items, NULL);
  g_assert_cmpuint (n_items, ==, 4);
  g_assert_finalize_object (server);
  gone = ws_message_log_dup_sockets (log);
  g_assert_null (gone);
  expect (log, ">all >all <hi >all");
  g_assert_finalize_object (log);
}

/* The log goes first, in each order of what it follows. */
static void
test_log_goes_first (Half *half, gconstpointer data)
{
  WsMessageLog *log = ws_message_log_new ();

  g_object_set (log, "socket", half->socket, "sockets", half->server, NULL);
  say (half->socket, "twice");
  expect (log, ">twice >twice");
  say (half->socket, "late");
  g_assert_finalize_object (log);
  say (half->socket, "later");
}

static void
test_no_sockets (void)
{
  g_autoptr (WsMessageLog) log = ws_message_log_new ();
  g_autoptr (GListStore) strangers = g_list_store_new (WS_TYPE_SERVER);
  g_autoptr (GListStore) objects = g_list_store_new (G_TYPE_OBJECT);
  g_autoptr (WsSocket) socket = ws_socket_new ();

  g_test_expect_message ("Ws", G_LOG_LEVEL_WARNING, "*are no sockets*");
  ws_message_log_set_sockets (log, G_LIST_MODEL (strangers));
  g_test_assert_expected_messages ();
  g_list_store_append (objects, strangers);
  g_list_store_append (objects, socket);
  ws_message_log_set_sockets (log, G_LIST_MODEL (objects));
  g_list_store_remove (objects, 0);
  g_list_store_remove (objects, 0);
}

/* --- Streams --- */

static void
test_streamed (Half *half, gconstpointer data)
{
  g_autoptr (WsMessageLog) log = ws_message_log_new ();
  g_autoptr (GOutputStream) stream = NULL;
  g_autoptr (GError) error = NULL;

  ws_message_log_set_socket (log, half->socket);
  stream = ws_socket_begin_message (half->socket, WS_MESSAGE_TYPE_TEXT, &error);
  g_assert_no_error (error);
  g_assert_true (
      g_output_stream_write_all (stream, "one ", 4, NULL, NULL, NULL));
  expect (log, "");
  g_assert_true (
      g_output_stream_write_all (stream, "two", 3, NULL, NULL, NULL));
  g_assert_true (g_output_stream_close (stream, NULL, NULL));
  expect (log, ">one two");
}

static void
test_pulled (Half *half, gconstpointer data)
{
  g_autoptr (WsMessageLog) log = ws_message_log_new ();
  WsSocket        *socket = ws_socket_new ();
  g_autofree char *url = raw_listener_make_url (half->listener, "/");
  g_autoptr (RawPeer) peer = NULL;

  g_object_set (socket, "pull", TRUE, NULL);
  ws_message_log_set_socket (log, socket);
  ws_socket_open (socket, url, NULL);
  peer = raw_listener_take (half->listener);
  raw_peer_accept (peer);
  api_wait_state (socket, WS_STATE_CONNECTED);
  ws_socket_receive_message_async (socket, NULL, NULL, NULL);
  raw_peer_send_frame (peer, 0x81, "pulled", 6);
  ws_test_until (NULL, count (log) == 1);
  expect (log, "<pulled");
  g_assert_finalize_object (socket);
}

/* --- Threads --- */

static gpointer
drop (gpointer log)
{
  g_object_unref (log);
  return NULL;
}

/* As a garbage collector does it. */
static void
test_dropped_elsewhere (Half *half, gconstpointer data)
{
  WsMessageLog *log = ws_message_log_new ();

  ws_message_log_set_socket (log, half->socket);
  g_object_add_weak_pointer (G_OBJECT (log), (gpointer *) &log);
  g_thread_join (g_thread_new (NULL, drop, log));
  ws_test_until (NULL, log == NULL);
  say (half->socket, "nobody notes it");
}

static gpointer
set_elsewhere (gpointer log)
{
  ws_message_log_set_max_entries (log, 1);
  return NULL;
}

static void
test_wrong_thread (void)
{
  g_autoptr (WsMessageLog) log = ws_message_log_new ();

  g_test_expect_message ("Ws", G_LOG_LEVEL_WARNING, "*another thread*");
  g_thread_join (g_thread_new (NULL, set_elsewhere, log));
  g_test_assert_expected_messages ();
  g_assert_cmpuint (ws_message_log_get_max_entries (log), ==, 1000);
}

int
main (int argc, char **argv)
{
  api_test_init (&argc, &argv);
  half_add ("/api/message-log/both-ways", NULL, test_both_ways);
  half_add_client ("/api/message-log/refused", NULL, test_refused);
  half_add ("/api/message-log/facts", NULL, test_facts);
  half_add_client ("/api/message-log/lives", NULL, test_lives);
  half_add_client ("/api/message-log/bounds", NULL, test_bounds);
  for (guint i = 0; i < G_N_ELEMENTS (reactions); i++)
    half_add_client (reactions[i].path, &reactions[i], test_reactions);
  g_test_add_func ("/api/message-log/server", test_server);
  half_add_server ("/api/message-log/goes-first", NULL, test_log_goes_first);
  g_test_add_func ("/api/message-log/no-sockets", test_no_sockets);
  half_add ("/api/message-log/streamed", NULL, test_streamed);
  half_add_client ("/api/message-log/pulled", NULL, test_pulled);
  half_add_client ("/api/message-log/dropped-elsewhere", NULL,
                   test_dropped_elsewhere);
  g_test_add_func ("/api/message-log/wrong-thread", test_wrong_thread);
  return g_test_run ();
}
