/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "broker-node.h"

#include <string.h>

#define LOST  "broker-node-lost"
#define LARGE ((guint64) 64 * 1024 * 1024)

static void
answer (WsSocket *client, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
answer (WsSocket *client, const char *format, ...)
{
  g_autofree char *text = NULL;
  g_autoptr (WsMessage) message = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  message = ws_message_new_text (text);
  /* Where the client has left nobody waits for it. */
  (void) !ws_socket_send_message (client, message, NULL);
}

/* Takes what stands in @error. */
static void
answer_if (WsSocket *client, gboolean is_ok, GError **error)
{
  if (*error != NULL)
    answer (client, "error %s", (*error)->message);
  else if (is_ok)
    answer (client, "ok");
  g_clear_error (error);
}

/* --- What takes a while --- */

static void
on_recovered (GObject *object, GAsyncResult *result, gpointer data)
{
  WsSocket        *client = WS_SOCKET (object);
  gboolean         is_recovered;
  g_autofree char *epoch = NULL;
  guint64          offset;
  g_autoptr (GError) error = NULL;

  if (ws_socket_subscribe_since_finish (client, result, &is_recovered, &epoch,
                                        &offset, &error))
    answer (client, "recovered %d %s %" G_GUINT64_FORMAT, is_recovered,
            epoch != NULL ? epoch : "-", offset);
  else
    answer (client, "error %s", error->message);
}

/* What any node publishes from now on comes. */
static void
on_subscribed (GObject *object, GAsyncResult *result, gpointer data)
{
  WsSocket *client = WS_SOCKET (object);
  GError   *error = NULL;

  answer_if (client,
             ws_socket_subscribe_since_finish (client, result, NULL, NULL, NULL,
                                               &error),
             &error);
}

static void
on_published (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (WsSocket) client = data;
  GError *error = NULL;

  if (ws_server_publish_finish (WS_SERVER (object), result, &error))
    answer (client, "done");
  answer_if (client, FALSE, &error);
}

static int
compare (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static void
on_present (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (WsSocket) client = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GHashTable) clients
      = ws_broker_read_presence_finish (WS_BROKER (object), result, &error);
  g_autoptr (GPtrArray) texts = g_ptr_array_new ();
  g_autofree char *joined = NULL;
  GHashTableIter   iter;
  gpointer         text;

  g_assert_no_error (error);
  g_hash_table_iter_init (&iter, clients);
  while (g_hash_table_iter_next (&iter, NULL, &text))
    g_ptr_array_add (texts, text);
  g_ptr_array_sort (texts, compare);
  g_ptr_array_add (texts, NULL);
  joined = g_strjoinv (" ", (char **) texts->pdata);
  answer (client, "who %s", joined);
}

/* --- Commands --- */

static void
publish (WsServer   *server,
         WsSocket   *client,
         const char *command,
         const char *topic,
         WsMessage  *message)
{
  GError *error = NULL;

  if (g_str_equal (command, "wait"))
    {
      ws_server_publish_async (server, topic, message, NULL, NULL, on_published,
                               g_object_ref (client));
      return;
    }
  if (g_str_equal (command, "pub"))
    ws_socket_publish (client, topic, message, &error);
  else if (*topic == '\0')
    ws_server_broadcast (server, message, &error);
  else
    ws_server_publish (server, topic, message, &error);
  answer_if (client, FALSE, &error);
}

static void
subscribe_many (WsSocket *client, guint n)
{
  GError *error = NULL;

  for (guint i = 0; i < n && error == NULL; i++)
    {
      g_autofree char *topic = g_strdup_printf ("t/%u", i);

      ws_socket_subscribe (client, topic, &error);
      if (i == n - 1)
        ws_socket_subscribe_since_async (client, topic, NULL, 0, NULL,
                                         on_subscribed, NULL);
    }
  answer_if (client, FALSE, &error);
}

/* (transfer full) (nullable): what stands behind the first @n words, U+0000
 * included; NULL if there are not so many. A client of another program, which
 * was left without its server, may come to a port that is ours now. */
static WsMessage *
rest_of (WsMessage *message, guint n)
{
  GBytes     *bytes = ws_message_get_bytes (message);
  gsize       len;
  const char *text = g_bytes_get_data (bytes, &len);
  const char *from = text;
  g_autoptr (GBytes) rest = NULL;

  for (; n > 0 && from != NULL; n--)
    {
      from = memchr (from, ' ', (gsize) (text + len - from));
      from = from != NULL ? from + 1 : NULL;
    }
  if (from == NULL)
    return NULL;
  rest = g_bytes_new_from_bytes (bytes, from - text, text + len - from);
  return ws_message_new_text_bytes (rest, NULL);
}

static void
recover (WsSocket *client, const char *topic, const char *text)
{
  g_auto (GStrv) position = g_strsplit (text, " ", 2);

  ws_socket_subscribe_since_async (client, topic,
                                   g_str_equal (position[0], "-") ? NULL
                                                                  : position[0],
                                   g_ascii_strtoull (position[1], NULL, 10),
                                   NULL, on_recovered, NULL);
}

static gboolean
obey_publish (WsServer   *server,
              WsSocket   *client,
              const char *command,
              const char *topic,
              WsMessage  *message)
{
  const gboolean is_all = g_str_equal (command, "all");
  g_autoptr (WsMessage) rest = NULL;

  if (!is_all && !g_str_equal (command, "pub") && !g_str_equal (command, "srv")
      && !g_str_equal (command, "wait"))
    return FALSE;
  rest = rest_of (message, is_all ? 1 : 2);
  if (rest != NULL)
    publish (server, client, command, is_all ? "" : topic, rest);
  return rest != NULL;
}

static void
obey (WsServer *server, WsSocket *client, char **words, WsMessage *message)
{
  const char *command = words[0];
  const char *topic = words[1] != NULL ? words[1] : "";
  const char *text = words[1] != NULL && words[2] != NULL ? words[2] : "";
  GError     *error = NULL;

  if (obey_publish (server, client, command, topic, message))
    return;
  if (g_str_equal (command, "sub"))
    answer_if (client, ws_socket_subscribe (client, topic, &error), &error);
  else if (g_str_equal (command, "join"))
    ws_socket_subscribe_since_async (client, topic, NULL, 0, NULL,
                                     on_subscribed, NULL);
  else if (g_str_equal (command, "unsub"))
    answer_if (client, ws_socket_unsubscribe (client, topic, &error), &error);
  else if (g_str_equal (command, "many"))
    subscribe_many (client, (guint) g_ascii_strtoull (topic, NULL, 10));
  else if (g_str_equal (command, "here"))
    answer_if (client, ws_socket_announce (client, topic, text, &error),
               &error);
  else if (g_str_equal (command, "who"))
    ws_broker_read_presence_async (ws_server_get_broker (server), topic, NULL,
                                   on_present, g_object_ref (client));
  else if (g_str_equal (command, "lost"))
    answer (client, "lost %u",
            GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (server), LOST)));
  else if (g_str_equal (command, "since"))
    recover (client, topic, text);
  else
    answer (client, "error unknown command %s", command);
}

static void
on_message (WsSocket *client, WsMessage *message, gpointer server)
{
  g_auto (GStrv) words = NULL;

  if (ws_message_get_message_type (message) != WS_MESSAGE_TYPE_TEXT)
    return;
  words = g_strsplit (ws_message_get_text (message), " ", 3);
  obey (server, client, words, message);
}

static void
on_binary (WsSocket *client, GBytes *bytes, gpointer server)
{
  gsize            len;
  const guint8    *data = g_bytes_get_data (bytes, &len);
  const guint8    *end = data != NULL ? memchr (data, 0xff, len) : NULL;
  const gsize      start = end != NULL ? (gsize) (end - data) + 1 : 0;
  g_autofree char *topic = NULL;
  g_autoptr (GBytes) payload = NULL;
  g_autoptr (WsMessage) message = NULL;
  GError *error = NULL;

  if (end == NULL)
    {
      answer (client, "error a message without a topic");
      return;
    }
  topic = g_strndup ((const char *) data, start - 1);
  payload = g_bytes_new_from_bytes (bytes, start, len - start);
  message = ws_message_new_binary (payload);
  ws_socket_publish (client, topic, message, &error);
  answer_if (client, FALSE, &error);
}

/* --- The server --- */

static void
on_client (WsServer *server, WsSocket *client, gpointer data)
{
  g_signal_connect (client, "message-received", G_CALLBACK (on_message),
                    server);
  g_signal_connect (client, "binary-message-received", G_CALLBACK (on_binary),
                    server);
}

static WsMessage *
on_format (WsServer *server, WsPublication *publication, gpointer data)
{
  const guint64    offset = ws_publication_get_offset (publication);
  WsMessage       *message = ws_publication_get_message (publication);
  g_autofree char *text = NULL;

  if (offset == 0)
    return NULL;
  text = g_strdup_printf ("%s %" G_GUINT64_FORMAT " %s",
                          ws_publication_get_epoch (publication), offset,
                          ws_message_get_text (message));
  return ws_message_new_text (text);
}

static void
on_lost (WsServer   *server,
         const char *topic,
         guint64     n_publications,
         gpointer    data)
{
  guint n = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (server), LOST));

  g_object_set_data (G_OBJECT (server), LOST, GUINT_TO_POINTER (n + 1));
}

void
broker_node_set_up (WsServer *server)
{
  g_object_set (server, "max-topics-per-client", 0, "max-incoming-message-size",
                LARGE, "max-incoming-frame-size", LARGE, "max-bytes-to-write",
                4 * LARGE, NULL);
  g_signal_connect (server, "client-connected", G_CALLBACK (on_client), NULL);
  g_signal_connect (server, "format-publication", G_CALLBACK (on_format), NULL);
  g_signal_connect (server, "publications-lost", G_CALLBACK (on_lost), NULL);
}
