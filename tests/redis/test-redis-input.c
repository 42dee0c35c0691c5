/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>

#include "broker-peer.h"
#include "redis-nodes.h"
#include "redis-server.h"
#include "redis-watch.h"
#include "support/ws-test.h"

/* What is wrong from outside: URLs, servers that are no Redis or not the right
 * one, and what others have put into it. */

/* --- URLs --- */

static void
test_wrong_url (void)
{
  static const struct
  {
    const char *url;
    const char *problem;
  } table[] = {
    { "", "redis://, rediss:// and redis+unix://" },
    { "localhost:6379", "redis://" },
    { "http://localhost", "redis://" },
    { "redis://user@localhost", "no password" },
    { "redis://:%zz@localhost", "percent-encoded" },
    { "redis://localhost:70000", "\"localhost:70000\"" },
    { "redis://localhost:x", "\"localhost:x\"" },
    { "redis://a,,b", "\"\"" },
    { "redis://localhost/x", "\"x\" is not the number" },
    { "redis://localhost/-1", "\"-1\"" },
    { "redis://localhost/0?tls=1", "query" },
    { "redis://localhost/0#x", "fragment" },
    { "redis+unix://", "whole path" },
    { "redis+unix://socket", "whole path" },
    { "redis+unix:///socket?x=1", "?db=NUMBER" },
    { "redis+unix:///socket?db=x", "\"x\"" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      const char *const urls[] = { table[i].url, NULL };
      g_autoptr (GError) error = NULL;
      WsBroker   *broker = ws_redis_broker_new (table[i].url, &error);
      RedisWatch *watch;

      g_assert_null (broker);
      g_assert_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_INVALID_ARGUMENT);
      g_assert_nonnull (strstr (error->message, table[i].problem));
      /* A property has nobody to tell at once. */
      broker = g_object_new (WS_REDIS_TYPE_BROKER, "urls", urls, NULL);
      watch = redis_watch_new (broker);
      redis_watch_expect (watch, error->message);
      g_assert_cmpint (ws_broker_get_state (broker), ==,
                       WS_BROKER_STATE_UNCONNECTED);
      redis_watch_free (watch);
      redis_nodes_drop_broker (broker);
    }
}

/* A password of any characters stays secret. */
static void
test_secret (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (
      ws_redis_broker_new ("redis://me:hush@localhost:70000", &error));
  g_assert_null (strstr (error->message, "hush"));
}

/* It is gone before it has begun. */
static void
test_dropped (void)
{
  WsBroker *broker = ws_redis_broker_new ("redis://127.0.0.1:1", NULL);

  redis_nodes_drop_broker (broker);
}

/* --- Servers that are something else --- */

typedef struct
{
  const char *name;
  const char *says;
  const char *problem;
} Stranger;

#define ELEMENT            60000
#define INFO(version, len) "$" len "\r\nredis_version:" version "\r\n\r\n"
#define MASTER             "*3\r\n$6\r\nmaster\r\n:0\r\n*0\r\n"
#define REPLICA            "*3\r\n$5\r\nslave\r\n$1\r\na\r\n:1\r\n"
#define OK                 "+OK\r\n"

static const Stranger strangers[] = {
  { "http", "HTTP/1.1 400 Bad Request\r\n\r\n", "not Redis' protocol" },
  { "large-array", "*2000000000\r\n", "not Redis' protocol" },
  { "negative", "*-7\r\n", "not Redis' protocol" },
  { "deep", "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n",
    "not Redis' protocol" },
  { "old", INFO ("5.0.14", "22"), "has version 5.0.14; 6 or later is needed" },
  { "no-version", "+PONG\r\n", "does not tell its version" },
  { "denied", "-DENIED Redis is running in protected mode.\r\n", "DENIED" },
  { "clients", "-ERR max number of clients reached\r\n",
    "max number of clients reached" },
  { "replica", INFO ("7.0.15", "22") REPLICA, "replica" },
  { "no-role", INFO ("7.0.15", "22") "+OK\r\n", "role" },
  { "loading",
    INFO ("7.0.15", "22") MASTER OK OK OK
    "-LOADING Redis is loading the dataset in memory\r\n",
    "LOADING" },
  { "master-down", "-MASTERDOWN Link with MASTER is down\r\n", "MASTERDOWN" },
  { "chatty", INFO ("7.0.15", "22") MASTER OK OK OK OK OK OK,
    "replies to what nobody has asked" },
  { "bytes", "-\xff\xfe\x01\r\n", "It says \"" },
  { "echo", "-ERR unknown command `AUTH`, with args beginning with: `hush`\r\n",
    "refuses the user or password" },
  { "silent", "", "connect-timeout" },
};

static gboolean
on_incoming (GSocketService    *service,
             GSocketConnection *connection,
             GObject           *source,
             gpointer           data)
{
  const Stranger *stranger = data;

  g_output_stream_write (g_io_stream_get_output_stream (
                             G_IO_STREAM (connection)),
                         stranger->says, strlen (stranger->says), NULL, NULL);
  /* It stays open as long as the service is there. */
  g_object_set_data_full (G_OBJECT (service),
                          g_intern_static_string ("connection"),
                          g_object_ref (connection), g_object_unref);
  return TRUE;
}

static void
test_stranger (gconstpointer data)
{
  const Stranger *stranger = data;
  const gboolean  has_password = g_str_equal (stranger->name, "echo");
  g_autoptr (GSocketService) service = g_socket_service_new ();
  const guint port
      = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (service), NULL,
                                             NULL);
  g_autofree char *url = g_strdup_printf ("redis://%s127.0.0.1:%u",
                                          has_password ? ":hush@" : "", port);
  WsBroker        *broker = redis_nodes_make_broker (url);
  RedisWatch      *watch = redis_watch_new (broker);

  g_signal_connect (service, "incoming", G_CALLBACK (on_incoming),
                    (gpointer) stranger);
  g_object_set (broker, "connect-timeout",
                *stranger->says != '\0' ? 10000 : 100, NULL);
  redis_watch_expect (watch, stranger->problem);
  g_assert_null (strstr (watch->error->message, "hush"));
  g_assert_true (g_utf8_validate (watch->error->message, -1, NULL));
  g_assert_cmpint (ws_broker_get_state (broker), ==,
                   WS_BROKER_STATE_CONNECTING);
  redis_watch_free (watch);
  redis_nodes_drop_broker (broker);
  g_socket_service_stop (service);
  g_socket_listener_close (G_SOCKET_LISTENER (service));
}

/* An array of elements that are small, and many. In a thread of its own, for
 * who listens is not to be waited for. */
static gboolean
on_run (GThreadedSocketService *service,
        GSocketConnection      *connection,
        GObject                *source,
        gpointer                data)
{
  GOutputStream *output
      = g_io_stream_get_output_stream (G_IO_STREAM (connection));
  g_autofree char *element = g_strnfill (ELEMENT, 'x');
  g_autofree char *wrapped
      = g_strdup_printf ("$%u\r\n%s\r\n", ELEMENT, element);
  gboolean ok = g_output_stream_write_all (output, "*1000000\r\n", 10, NULL,
                                           NULL, NULL);

  while (ok)
    ok = g_output_stream_write_all (output, wrapped, strlen (wrapped), NULL,
                                    NULL, NULL);
  return TRUE;
}

static void
test_endless (void)
{
  g_autoptr (GSocketService) service = g_threaded_socket_service_new (-1);
  const guint port
      = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (service), NULL,
                                             NULL);
  g_autofree char *url = g_strdup_printf ("redis://127.0.0.1:%u", port);
  WsBroker        *broker = redis_nodes_make_broker (url);
  RedisWatch      *watch = redis_watch_new (broker);

  g_signal_connect (service, "run", G_CALLBACK (on_run), NULL);
  g_object_set (broker, "max-queued-bytes", (guint64) 100000, NULL);
  redis_watch_expect (watch, "more at a time than");
  redis_watch_free (watch);
  redis_nodes_drop_broker (broker);
  g_socket_service_stop (service);
  g_socket_listener_close (G_SOCKET_LISTENER (service));
}

/* --- What others have put there --- */

static void
test_foreign_messages (void)
{
  static const char *const payloads[]
      = { "",
          "hello",
          "H",
          "H\x01\x01",
          "H\x02xxxxxxxxxxxxxx",
          "W\x09",
          "W\x01\x01",
          "W\x01\x07\x01xxxxxxxxxxxxxxxxxxxxxxxx" };
  g_autoptr (RedisServer) redis = redis_server_new (FALSE, NULL);
  g_autoptr (RedisNodes) nodes
      = redis_nodes_new (redis_server_get_url (redis), 1, 0);
  g_autoptr (RedisWatch) watch = redis_watch_new (nodes->brokers[0]);
  g_autoptr (BrokerPeer) peer = broker_peer_new (nodes->nodes.ports[0]);

  broker_peer_do (peer, "join news");
  for (guint i = 0; i < G_N_ELEMENTS (payloads); i++)
    {
      g_autofree char *said = redis_server_say (redis, "publish", "ws:c0:news",
                                                payloads[i], NULL);

      g_assert_cmpstr (said, ==, "1");
    }
  broker_peer_say (peer, "srv news ours");
  broker_peer_expect (peer, "ours");
  g_assert_cmpuint (redis_watch_count (nodes->brokers[0], n_foreign), ==,
                    G_N_ELEMENTS (payloads));
  g_assert_cmpuint (watch->n_errors, ==, 1);
  g_assert_error (watch->error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_PROTOCOL);
  g_assert_nonnull (strstr (watch->error->message, "\"news\""));
  g_assert_cmpint (ws_broker_get_state (nodes->brokers[0]), ==,
                   WS_BROKER_STATE_CONNECTED);
}

/* One whose id comes later than all offsets makes the history begin anew. */
static void
test_foreign_entries (void)
{
  g_autoptr (RedisServer) redis = redis_server_new (FALSE, NULL);
  g_autoptr (RedisNodes) nodes
      = redis_nodes_new (redis_server_get_url (redis), 1, 0);
  WsBroker *broker = nodes->brokers[0];
  g_autoptr (BrokerPeer) peer = broker_peer_new (nodes->nodes.ports[0]);
  g_autoptr (GError) error = redis_watch_publish (broker, "h/x", "one");
  g_autofree char *same = NULL;
  g_autofree char *later = NULL;
  g_autofree char *text = NULL;

  g_assert_no_error (error);
  same = redis_server_say (redis, "xadd", "ws:h:h/x", "1-1", "a", "b", NULL);
  g_assert_cmpstr (same, ==, "1-1");
  broker_peer_do (peer, "join h/x");
  later = redis_server_say (redis, "xadd", "ws:h:h/x", "*", "a", "b", NULL);
  error = redis_watch_publish (broker, "h/x", "two");
  g_assert_no_error (error);
  text = broker_peer_take_text (peer);
  g_assert_true (g_str_has_suffix (text, " 1 two"));
  error = redis_watch_publish (broker, "h/x", "three");
  g_assert_no_error (error);
  g_free (text);
  text = broker_peer_take_text (peer);
  g_assert_true (g_str_has_suffix (text, " 2 three"));
}

static void
test_wrong_type (void)
{
  g_autoptr (RedisServer) redis = redis_server_new (FALSE, NULL);
  g_autoptr (RedisNodes) nodes
      = redis_nodes_new (redis_server_get_url (redis), 1, 0);
  WsBroker        *broker = nodes->brokers[0];
  g_autofree char *said
      = redis_server_say (redis, "set", "ws:e:h/x", "foreign", NULL);
  GError *error = redis_watch_publish (broker, "h/x", "one");

  g_assert_cmpstr (said, ==, "OK");
  g_assert_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_OPERATION);
  g_assert_nonnull (strstr (error->message, "WRONGTYPE"));
  g_clear_error (&error);
  error = redis_watch_publish (broker, "h/y", "one");
  g_assert_no_error (error);
}

/* Somebody throws the scripts away all the time, and nothing overtakes. */
static void
test_flushed_scripts (void)
{
  g_autoptr (RedisServer) redis = redis_server_new (FALSE, NULL);
  g_autoptr (RedisNodes) nodes
      = redis_nodes_new (redis_server_get_url (redis), 1, 0);
  g_autoptr (BrokerPeer) peer = broker_peer_new (nodes->nodes.ports[0]);

  broker_peer_do (peer, "join h/x");
  for (guint i = 0; i < 10; i++)
    {
      g_autofree char *said = redis_server_say (redis, "script", "flush", NULL);

      g_assert_cmpstr (said, ==, "OK");
      for (guint j = 0; j < 20; j++)
        {
          broker_peer_say (peer, "srv h/x %u", i * 20 + j);
          if (j % 7 == 3)
            g_main_context_iteration (NULL, FALSE);
        }
      for (guint j = 0; j < 20; j++)
        {
          g_autofree char *text = broker_peer_take_text (peer);
          g_autofree char *end
              = g_strdup_printf (" %u %u", i * 20 + j + 1, i * 20 + j);

          g_assert_true (g_str_has_suffix (text, end));
        }
    }
}

static void
on_subscribed (GObject *client, GAsyncResult *result, gpointer is_done)
{
  g_autoptr (GError) error = NULL;

  ws_socket_subscribe_since_finish (WS_SOCKET (client), result, NULL, NULL,
                                    NULL, &error);
  g_assert_no_error (error);
  *(gboolean *) is_done = TRUE;
}

/* A name disturbs neither Redis' protocol nor its patterns, and no topic gets
 * what is about another one. */
static void
test_topic_names (void)
{
  g_autofree char  *large = g_strnfill (256, 't');
  const char *const topics[] = { "a b",      "a\r\n*1\r\n$4\r\nQUIT\r\n",
                                 "*",        "[a-z]*",
                                 "\\",       "\"",
                                 "$5",       "\x01\x7f",
                                 "\xc3\xbc", "{a}",
                                 ":",        "a",
                                 large };
  g_autoptr (RedisServer) redis = redis_server_new (FALSE, NULL);
  g_autoptr (RedisNodes) nodes
      = redis_nodes_new (redis_server_get_url (redis), 1, 0);
  g_autoptr (BrokerPeer) peer = broker_peer_new (nodes->nodes.ports[0]);
  g_autoptr (WsSocket) client = NULL;
  g_autoptr (GError) refusal = NULL;

  ws_broker_set_history (nodes->brokers[0], "*", 10, 0);
  broker_peer_do (peer, "join news");
  client = g_list_model_get_item (G_LIST_MODEL (nodes->servers[0]), 0);
  g_assert_false (ws_socket_subscribe (client, "\xff\xfe", &refusal));
  g_assert_nonnull (strstr (refusal->message, "not valid UTF-8"));
  for (guint i = 0; i < G_N_ELEMENTS (topics); i++)
    {
      gboolean is_done = FALSE;

      ws_socket_subscribe_since_async (client, topics[i], NULL, 0, NULL,
                                       on_subscribed, &is_done);
      ws_test_until (NULL, is_done);
    }
  for (guint i = 0; i < G_N_ELEMENTS (topics); i++)
    {
      g_autofree char *number = g_strdup_printf ("%u", i);
      g_autofree char *end = g_strdup_printf (" 1 %u", i);
      g_autoptr (GError) error
          = redis_watch_publish (nodes->brokers[0], topics[i], number);
      g_autofree char *text = NULL;

      g_assert_no_error (error);
      text = broker_peer_take_text (peer);
      g_assert_true (g_str_has_suffix (text, end));
    }
  g_assert_cmpuint (redis_watch_count (nodes->brokers[0], n_foreign), ==, 0);
}

static void
test_too_large (void)
{
  g_autoptr (RedisServer) redis = redis_server_new (FALSE, NULL);
  g_autoptr (RedisNodes) nodes
      = redis_nodes_new (redis_server_get_url (redis), 1, 0);
  g_autofree char *large = g_strnfill (100000, 'x');
  g_autoptr (GError) error = NULL;

  ws_broker_set_max_queued_bytes (nodes->brokers[0], 50000);
  error = redis_watch_publish (nodes->brokers[0], "news", large);
  g_assert_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_MESSAGE_TOO_BIG);
  g_assert_nonnull (strstr (error->message, "50000"));
  g_assert_cmpint (ws_broker_get_state (nodes->brokers[0]), ==,
                   WS_BROKER_STATE_CONNECTED);
}

/* --- Several --- */

/* Topics are spread, and each node looks for one at the same place. */
static void
test_shards (void)
{
  g_autoptr (RedisServer) a = redis_server_new (FALSE, NULL);
  g_autoptr (RedisServer) b = redis_server_new (TRUE, "x");
  const char *const urls[]
      = { redis_server_get_url (a), redis_server_get_url (b), NULL };
  g_autoptr (WsBroker) broker = g_object_new (WS_REDIS_TYPE_BROKER, "urls",
                                              urls, "prefix", "other:", NULL);
  g_autoptr (RedisWatch) watch = redis_watch_new (broker);
  g_autofree char *of_a = NULL;
  g_autofree char *of_b = NULL;

  ws_broker_set_history (broker, "*", 10, 0);
  redis_watch_wait (watch, WS_BROKER_STATE_CONNECTED);
  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *topic = g_strdup_printf ("t%u", i);
      g_autoptr (GError) error = redis_watch_publish (broker, topic, "x");

      g_assert_no_error (error);
    }
  /* Two keys each, and one that says that the node lives. */
  of_a = redis_server_say (a, "dbsize", NULL);
  of_b = redis_server_say (b, "dbsize", NULL);
  g_assert_cmpint (atoi (of_a) + atoi (of_b), ==, 202);
  g_assert_cmpint (atoi (of_a), >, 60);
  g_assert_cmpint (atoi (of_b), >, 60);
  redis_server_kill (b);
  redis_watch_wait (watch, WS_BROKER_STATE_CONNECTING);
  redis_server_start (b);
  redis_watch_wait (watch, WS_BROKER_STATE_CONNECTED);
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);
  g_test_add_func ("/redis/input/wrong-url", test_wrong_url);
  g_test_add_func ("/redis/input/secret", test_secret);
  g_test_add_func ("/redis/input/dropped", test_dropped);
  for (guint i = 0; i < G_N_ELEMENTS (strangers); i++)
    {
      g_autofree char *path
          = g_strdup_printf ("/redis/input/stranger/%s", strangers[i].name);

      g_test_add_data_func (path, &strangers[i], test_stranger);
    }
  g_test_add_func ("/redis/input/endless", test_endless);
  g_test_add_func ("/redis/input/foreign-messages", test_foreign_messages);
  g_test_add_func ("/redis/input/foreign-entries", test_foreign_entries);
  g_test_add_func ("/redis/input/wrong-type", test_wrong_type);
  g_test_add_func ("/redis/input/flushed-scripts", test_flushed_scripts);
  g_test_add_func ("/redis/input/topic-names", test_topic_names);
  g_test_add_func ("/redis/input/too-large", test_too_large);
  g_test_add_func ("/redis/input/shards", test_shards);
  return g_test_run ();
}
