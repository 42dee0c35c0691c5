/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A node of a cluster: servers in several threads, which Redis joins to those
 * of all other nodes.
 *
 * ws://HOST:PORT/?nick=NAME is a chat, and http://HOST:PORT/ its page.
 * ws://HOST:PORT/numbers is a topic with a history, which cluster-clients
 * counts: "since EPOCH OFFSET" subscribes, "say TEXT" publishes.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <glib-unix.h>
#include <ws-glib-redis/ws-glib-redis.h>

#include "../service-notify.h"
#include "../terminal-text.h"

#define CHAT    "chat"
#define NUMBERS "numbers"
/* Publications that are kept for who comes back, and for how long. */
#define HISTORY_SIZE 100000
#define HISTORY_AGE  G_GUINT64_CONSTANT (3600000)
#define NICKNAME     "cluster-nickname"

typedef struct
{
  int   port;
  int   threads;
  int   drain; /* ms */
  char *redis; /* (owned) (nullable) */
} Options;

typedef struct
{
  GMainLoop    *loop;
  WsServerPool *pool;
  GCancellable *impatience;
  guint         drain; /* ms */
} Program;

/* --- Numbers: nothing is lost --- */

typedef struct
{
  WsSocket *client; /* (owned) */
  char     *text;   /* (owned) */
} Saying;

/* Whoever has left meanwhile is not told any more. */
static void
tell (WsSocket *client, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
tell (WsSocket *client, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_autofree char *text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  (void) !ws_socket_send_text_message (client, text, NULL);
}

static void
on_published (GObject *server, GAsyncResult *result, gpointer user_data)
{
  Saying *saying = user_data;
  g_autoptr (GError) error = NULL;

  if (ws_server_publish_finish (WS_SERVER (server), result, &error))
    tell (saying->client, "ok %s", saying->text);
  else
    tell (saying->client, "no %s: %s", saying->text, error->message);
  g_object_unref (saying->client);
  g_free (saying->text);
  g_free (saying);
}

static void
on_recovered (GObject *client, GAsyncResult *result, gpointer user_data)
{
  gboolean         is_recovered;
  g_autofree char *epoch = NULL;
  guint64          offset;
  g_autoptr (GError) error = NULL;

  if (ws_socket_subscribe_since_finish (WS_SOCKET (client), result,
                                        &is_recovered, &epoch, &offset, &error))
    tell (WS_SOCKET (client), "at %d %s %" G_GUINT64_FORMAT, is_recovered,
          epoch, offset);
  else /* The client comes again and asks again. */
    ws_socket_post_close (WS_SOCKET (client), WS_CLOSE_CODE_TRY_AGAIN_LATER,
                          error->message, NULL);
}

static void
on_numbers_text (WsSocket *client, const char *text, gpointer server)
{
  g_auto (GStrv) words = g_strsplit (text, " ", 3);

  if (g_strv_length (words) == 3 && g_str_equal (words[0], "since"))
    {
      const gboolean is_new = g_str_equal (words[1], "-");

      ws_socket_subscribe_since_async (client, NUMBERS,
                                       is_new ? NULL : words[1],
                                       g_ascii_strtoull (words[2], NULL, 10),
                                       NULL, on_recovered, NULL);
    }
  else if (g_str_has_prefix (text, "say "))
    {
      Saying *saying = g_new (Saying, 1);
      g_autoptr (WsMessage) message = ws_message_new_text (text + 4);

      saying->client = g_object_ref (client);
      saying->text = g_strdup (text + 4);
      ws_server_publish_async (server, NUMBERS, message, NULL, NULL,
                               on_published, saying);
    }
}

/* A client has to know how far it has come. */
static WsMessage *
on_format (WsServer *server, WsPublication *publication, gpointer user_data)
{
  const guint64    offset = ws_publication_get_offset (publication);
  g_autofree char *text = NULL;

  if (offset == 0)
    return NULL;
  text = g_strdup_printf ("%s %" G_GUINT64_FORMAT " %s",
                          ws_publication_get_epoch (publication), offset,
                          ws_message_get_text (
                              ws_publication_get_message (publication)));
  return ws_message_new_text (text);
}

/* --- The chat --- */

static void
say_to_all (WsServer *server, WsSocket *except, const char *text)
{
  g_autoptr (WsMessage) message = ws_message_new_text (text);
  g_autoptr (GError) error = NULL;

  if (except != NULL)
    ws_socket_publish (except, CHAT, message, &error);
  else
    ws_server_publish (server, CHAT, message, &error);
  if (error != NULL && except != NULL)
    tell (except, "* Not sent: %s", error->message);
}

static void
on_present (GObject *broker, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WsSocket) client = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GHashTable) present
      = ws_broker_read_presence_finish (WS_BROKER (broker), result, &error);
  g_autoptr (GString) list = g_string_new (NULL);
  GHashTableIter iter;
  gpointer       nickname;

  if (present != NULL)
    {
      g_hash_table_iter_init (&iter, present);
      while (g_hash_table_iter_next (&iter, NULL, &nickname))
        g_string_append_printf (list, "%s%s", list->len > 0 ? ", " : "",
                                (const char *) nickname);
    }
  tell (client, "* Here: %s", present != NULL ? list->str : error->message);
}

static void
on_chat_text (WsSocket *client, const char *text, gpointer server)
{
  const char      *nickname = g_object_get_data (G_OBJECT (client), NICKNAME);
  g_autofree char *escaped = terminal_text_escape (text, -1);
  g_autofree char *line = g_strdup_printf ("%s: %s", nickname, escaped);

  if (g_str_equal (text, "/who"))
    ws_broker_read_presence_async (ws_server_get_broker (server), CHAT, NULL,
                                   on_present, g_object_ref (client));
  else if (g_str_equal (text, "/quit"))
    ws_socket_close (client, WS_CLOSE_CODE_NORMAL, "Bye", NULL);
  else
    say_to_all (server, client, line);
}

/* Returns the name in the URL (owned by the caller). */
static char *
get_nickname (const char *resource)
{
  const char *query = strchr (resource, '?');
  g_autoptr (GHashTable) parameters
      = query != NULL ? g_uri_parse_params (query + 1, -1, "&",
                                            G_URI_PARAMS_WWW_FORM, NULL)
                      : NULL;
  const char *wish
      = parameters != NULL ? g_hash_table_lookup (parameters, "nick") : NULL;

  return terminal_text_escape (wish != NULL && *wish != '\0' ? wish : "guest",
                               -1);
}

static void
join_chat (WsServer *server, WsSocket *client, const char *resource)
{
  char            *nickname = get_nickname (resource);
  g_autofree char *line = g_strdup_printf ("* %s has joined", nickname);

  g_object_set_data_full (G_OBJECT (client), NICKNAME, nickname, g_free);
  ws_socket_subscribe (client, CHAT, NULL);
  ws_socket_announce (client, CHAT, nickname, NULL);
  g_signal_connect (client, "text-message-received", G_CALLBACK (on_chat_text),
                    server);
  tell (client, "Hello %s! Commands: /who, /quit", nickname);
  say_to_all (server, client, line);
}

/* --- The servers --- */

static void
on_client_connected (WsServer *server, WsSocket *client, gpointer user_data)
{
  const char *resource = ws_socket_get_resource_name (client);

  if (g_str_has_prefix (resource, "/" NUMBERS))
    g_signal_connect (client, "text-message-received",
                      G_CALLBACK (on_numbers_text), server);
  else
    join_chat (server, client, resource);
}

static void
on_client_disconnected (WsServer *server, WsSocket *client, gpointer user_data)
{
  const char      *nickname = g_object_get_data (G_OBJECT (client), NICKNAME);
  g_autofree char *line = g_strdup_printf ("* %s has left", nickname);

  if (nickname != NULL)
    say_to_all (server, NULL, line);
}

/* Who watches asks for /healthz and /metrics, and a browser for the page. */
static void
on_http_request (WsServer   *server,
                 WsRequest  *request,
                 WsResponse *response,
                 gpointer    user_data)
{
  const char *resource = ws_request_get_resource_name (request);
  g_autoptr (GBytes) page = NULL;

  if (ws_server_answer_health (server, request, response))
    return;
  if (*resource != '/' || strcspn (resource, "?") != 1)
    {
      ws_response_refuse (response, 404, "There is nothing but the chat at /");
      return;
    }
  page = g_resources_lookup_data ("/chat/chat-page.html",
                                  G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  ws_response_set_body (response, "text/html; charset=utf-8", page);
}

/* In the thread of the server. */
static void
set_up (WsServer *server, gpointer user_data)
{
  g_object_set (server, "max-incoming-message-size", G_GUINT64_CONSTANT (65536),
                "max-connections", 0, "ping-interval", 10000, NULL);
  g_signal_connect (server, "client-connected",
                    G_CALLBACK (on_client_connected), NULL);
  g_signal_connect (server, "client-disconnected",
                    G_CALLBACK (on_client_disconnected), NULL);
  g_signal_connect (server, "format-publication", G_CALLBACK (on_format), NULL);
  g_signal_connect (server, "http-request", G_CALLBACK (on_http_request), NULL);
}

/* --- The program --- */

static void
on_broker_error (WsBroker *broker, const GError *error, gpointer user_data)
{
  g_printerr ("%s: %s\n", g_get_prgname (), error->message);
}

static void
on_drained (GObject *pool, GAsyncResult *result, gpointer loop)
{
  g_main_loop_quit (loop);
}

/* Clients are sent away one after the other, and come back to the nodes that
 * are left; a second signal does not wait. */
static gboolean
on_signal (gpointer user_data)
{
  Program *self = user_data;

  if (ws_server_pool_get_listening (self->pool))
    {
      service_notify ("STOPPING=1");
      ws_server_pool_drain_async (self->pool, self->drain, self->impatience,
                                  on_drained, self->loop);
    }
  else
    g_cancellable_cancel (self->impatience);
  return G_SOURCE_CONTINUE;
}

static void
allow_many_clients (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) == 0)
    {
      limit.rlim_cur = limit.rlim_max;
      setrlimit (RLIMIT_NOFILE, &limit);
    }
}

static void
parse (Options *options, int argc, char **argv)
{
  const GOptionEntry entries[] = {
    { "port", 'p', 0, G_OPTION_ARG_INT, &options->port,
      "Listen on port N, 0 for any", "N" },
    { "redis", 0, 0, G_OPTION_ARG_STRING, &options->redis, "Where Redis is",
      "URL" },
    { "threads", 0, 0, G_OPTION_ARG_INT, &options->threads,
      "Serve in N threads (default: 2)", "N" },
    { "drain", 0, 0, G_OPTION_ARG_INT, &options->drain,
      "Take N ms to send clients away after SIGTERM (default: 1000)", "N" },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error)
      || options->redis == NULL || options->port < 0
      || options->port > G_MAXUINT16 || options->threads < 1
      || options->drain < 0)
    {
      g_printerr ("%s: %s\n", g_get_prgname (),
                  error != NULL ? error->message
                                : "--redis URL is needed, and numbers that "
                                  "are possible");
      exit (2);
    }
}

static int
run (Program *self, guint16 port)
{
  g_autoptr (GInetAddress) loopback
      = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GError) error = NULL;

  if (!ws_server_pool_listen (self->pool, loopback, port, &error))
    {
      g_printerr ("%s: %s\n", g_get_prgname (), error->message);
      return 1;
    }

  guint interrupt = g_unix_signal_add (SIGINT, on_signal, self);
  guint terminate = g_unix_signal_add (SIGTERM, on_signal, self);

  g_print ("%u\n", ws_server_pool_get_server_port (self->pool));
  service_notify ("READY=1");
  g_main_loop_run (self->loop);
  g_source_remove (interrupt);
  g_source_remove (terminate);
  return 0;
}

int
main (int argc, char **argv)
{
  Options options = { .threads = 2, .drain = 1000 };
  g_autoptr (GError) error = NULL;
  g_autoptr (WsBroker) broker = NULL;
  g_autoptr (WsServerPool) pool = NULL;
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GCancellable) impatience = g_cancellable_new ();
  g_autoptr (WsReconnectPolicy) reconnect = ws_reconnect_policy_new ();

  parse (&options, argc, argv);
  allow_many_clients ();
  g_object_set (reconnect, "minimum", 100, "maximum", 500, NULL);
  broker = ws_redis_broker_new (options.redis, &error);
  g_free (options.redis);
  if (broker == NULL)
    {
      g_printerr ("%s: %s\n", g_get_prgname (), error->message);
      return 2;
    }
  /* A Redis beside us is not stormed by our two attempts a second. */
  g_object_set (broker, "reconnect", reconnect, NULL);
  ws_broker_set_history (broker, NUMBERS, HISTORY_SIZE, HISTORY_AGE);
  g_signal_connect (broker, "error", G_CALLBACK (on_broker_error), NULL);
  pool = ws_server_pool_new ((guint) options.threads, WS_SSL_MODE_NON_SECURE,
                             set_up, NULL, NULL);
  ws_server_pool_set_broker (pool, broker);

  Program program = { loop, pool, impatience, (guint) options.drain };

  return run (&program, (guint16) options.port);
}
