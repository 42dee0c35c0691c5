/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A chat room. Who connects to ws://HOST:PORT/?nick=NAME (wss:// with a
 * certificate) is greeted and has joined; text goes to everybody else, lines
 * that begin with a slash are commands. Any WebSocket client will do:
 * chat-client is one, and the page at http://HOST:PORT/ another.
 */
#include "chat-service.h"

#include <string.h>

#include "../terminal-text.h"

#define MAX_LINE_SIZE    4096
#define MAX_MESSAGE_SIZE G_GUINT64_CONSTANT (65536)
#define MAX_UNREAD_SIZE  G_GUINT64_CONSTANT (1048576)
#define PING_INTERVAL_MS 30000
#define DEFAULT_NICKNAME "guest"
#define HELP             "Commands: /nick NEW, /who, /help, /quit"

/* Returns the name asked for in the URL (owned by the caller). */
static char *
get_wish (WsSocket *client)
{
  const char *resource = ws_socket_get_resource_name (client);
  const char *query = resource != NULL ? strchr (resource, '?') : NULL;

  if (query == NULL)
    return g_strdup (DEFAULT_NICKNAME);

  g_autoptr (GHashTable) parameters
      = g_uri_parse_params (query + 1, -1, "&", G_URI_PARAMS_WWW_FORM, NULL);

  /* What cannot be decoded is not a name either. */
  if (parameters == NULL)
    return g_strdup ("");

  const char *wish = g_hash_table_lookup (parameters, "nick");

  return g_strdup (wish != NULL ? wish : DEFAULT_NICKNAME);
}

static void
rename_member (ChatRoom *room, WsSocket *client, const char *wish)
{
  g_autofree char *old = g_strdup (chat_room_get_nickname (room, client));
  const char      *complaint;

  if (!chat_room_rename (room, client, wish, &complaint))
    {
      chat_room_tell (room, client, "* %s", complaint);
      return;
    }

  const char *nickname = chat_room_get_nickname (room, client);

  if (g_str_equal (old, nickname))
    chat_room_tell (room, client, "* You are %s already", nickname);
  else
    chat_room_tell_others (room, NULL, "* %s is now %s", old, nickname);
}

static void
obey (ChatRoom *room, WsSocket *client, const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", 2);
  const char *argument = words[1] != NULL ? words[1] : "";

  if (g_str_equal (words[0], "/nick"))
    rename_member (room, client, argument);
  else if (g_str_equal (words[0], "/who"))
    {
      g_autofree char *list = chat_room_list (room);

      chat_room_tell (room, client, "* Here: %s", list);
    }
  else if (g_str_equal (words[0], "/quit"))
    ws_socket_close (client, WS_CLOSE_CODE_NORMAL, "Bye", NULL);
  else if (g_str_equal (words[0], "/help"))
    chat_room_tell (room, client, "* %s", HELP);
  else
    chat_room_tell (room, client, "* There is no %s. %s", words[0], HELP);
}

/*
 * Escaped here as well as in our client, for other clients may trust us: a
 * line feed in a line would let its writer speak in another one's name.
 */
static void
on_text_message_received (WsSocket *client, const char *text, ChatRoom *room)
{
  const char *nickname = chat_room_get_nickname (room, client);

  if (nickname == NULL || *text == '\0')
    return;
  if (strlen (text) > MAX_LINE_SIZE)
    {
      chat_room_tell (room, client, "* Not sent: longer than %d bytes",
                      MAX_LINE_SIZE);
      return;
    }

  g_autofree char *line = terminal_text_escape (text, -1);

  if (*line == '/')
    obey (room, client, line);
  else
    chat_room_tell_others (room, client, "%s: %s", nickname, line);
}

static void
on_binary_message_received (WsSocket *client, GBytes *message)
{
  ws_socket_close (client, WS_CLOSE_CODE_DATATYPE_NOT_SUPPORTED,
                   "This chat takes text only", NULL);
}

static void
on_client_connected (WsServer *server, WsSocket *client, ChatRoom *room)
{
  g_autofree char *wish = get_wish (client);
  const char      *complaint;

  if (!chat_room_join (room, client, wish, &complaint))
    {
      ws_socket_close (client, WS_CLOSE_CODE_POLICY_VIOLATED, complaint, NULL);
      return;
    }

  const char      *nickname = chat_room_get_nickname (room, client);
  g_autofree char *list = chat_room_list (room);

  g_signal_connect (client, "text-message-received",
                    G_CALLBACK (on_text_message_received), room);
  g_signal_connect (client, "binary-message-received",
                    G_CALLBACK (on_binary_message_received), NULL);
  chat_room_tell (room, client, "Hello %s! Here: %s. %s", nickname, list, HELP);
  chat_room_tell_others (room, client, "* %s has joined", nickname);
}

static void
on_client_disconnected (WsServer *server, WsSocket *client, ChatRoom *room)
{
  g_autofree char *nickname = g_strdup (chat_room_get_nickname (room, client));

  chat_room_leave (room, client);
  if (nickname != NULL)
    chat_room_tell_others (room, NULL, "* %s has left", nickname);
}

/* A browser gets the page that joins the room. */
static void
on_http_request (WsServer   *server,
                 WsRequest  *request,
                 WsResponse *response,
                 gpointer    user_data)
{
  const char *resource = ws_request_get_resource_name (request);
  g_autoptr (GBytes) page = NULL;

  if (*resource != '/' || strcspn (resource, "?") != 1)
    {
      ws_response_refuse (response, 404, "There is nothing but the chat at /");
      return;
    }
  page = g_resources_lookup_data ("/chat/chat-page.html",
                                  G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  ws_response_set_body (response, "text/html; charset=utf-8", page);
}

/* Makes a chat room of a server that does not listen yet. The room has to be
 * freed after the server's signals are disconnected from it. */
ChatRoom *
chat_service_start (WsServer *server)
{
  ChatRoom *room = chat_room_new (server);

  g_object_set (server, "max-incoming-frame-size", MAX_MESSAGE_SIZE,
                "max-incoming-message-size", MAX_MESSAGE_SIZE,
                "max-bytes-to-write", MAX_UNREAD_SIZE, "ping-interval",
                PING_INTERVAL_MS, NULL);
  g_signal_connect (server, "client-connected",
                    G_CALLBACK (on_client_connected), room);
  g_signal_connect (server, "client-disconnected",
                    G_CALLBACK (on_client_disconnected), room);
  return room;
}

/* Serves the page that joins the room at /. */
void
chat_service_serve_page (WsServer *server)
{
  g_signal_connect (server, "http-request", G_CALLBACK (on_http_request), NULL);
}
