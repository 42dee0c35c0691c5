/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "chat-room.h"

#include "chat-nickname.h"

/* What everybody who has joined subscribes to. */
#define TOPIC "room"

/* Who is in the room, under which name, and how to reach them. */
struct _ChatRoom
{
  WsServer   *server;    /* (unowned) */
  GPtrArray  *members;   /* (owned) (element-type Member): as they joined */
  GHashTable *by_socket; /* (owned): WsSocket to Member, both unowned */
  GHashTable *by_key;    /* (owned): the name's key (owned) to Member */
};

typedef struct
{
  WsSocket *socket;   /* (owned) */
  char     *nickname; /* (owned): no two members have the same key */
} Member;

static void
member_free (gpointer data)
{
  Member *member = data;

  g_object_unref (member->socket);
  g_free (member->nickname);
  g_free (member);
}

ChatRoom *
chat_room_new (WsServer *server)
{
  ChatRoom *self = g_new0 (ChatRoom, 1);

  self->server = server;

  self->members = g_ptr_array_new_with_free_func (member_free);
  self->by_socket = g_hash_table_new (NULL, NULL);
  self->by_key = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return self;
}

void
chat_room_free (ChatRoom *self)
{
  g_hash_table_unref (self->by_key);
  g_hash_table_unref (self->by_socket);
  g_ptr_array_unref (self->members);
  g_free (self);
}

static gboolean
is_taken (ChatRoom *self, const char *nickname, const Member *except)
{
  g_autofree char *key = chat_nickname_key (nickname);
  const Member    *holder = g_hash_table_lookup (self->by_key, key);

  return holder != NULL && holder != except;
}

static void
give_nickname (ChatRoom *self, Member *member, char *nickname)
{
  if (member->nickname != NULL)
    {
      g_autofree char *old_key = chat_nickname_key (member->nickname);

      g_hash_table_remove (self->by_key, old_key);
      g_free (member->nickname);
    }
  member->nickname = nickname;
  if (nickname != NULL)
    g_hash_table_insert (self->by_key, chat_nickname_key (nickname), member);
}

/* Returns a free name (owned by the caller); a taken one gets a number. */
static char *
choose_nickname (ChatRoom     *self,
                 const char   *wish,
                 const Member *except,
                 const char  **complaint)
{
  g_autofree char *name = chat_nickname_check (wish, complaint);

  if (name == NULL || !is_taken (self, name, except))
    return g_steal_pointer (&name);

  for (guint number = 2;; number++)
    {
      g_autofree char *numbered = g_strdup_printf ("%s%u", name, number);

      if (!is_taken (self, numbered, except))
        return g_steal_pointer (&numbered);
    }
}

/* FALSE and a sentence in @complaint when the name cannot be used. */
gboolean
chat_room_join (ChatRoom    *self,
                WsSocket    *socket,
                const char  *wish,
                const char **complaint)
{
  char *nickname = choose_nickname (self, wish, NULL, complaint);

  if (nickname == NULL)
    return FALSE;

  Member *member = g_new0 (Member, 1);

  member->socket = g_object_ref (socket);
  give_nickname (self, member, nickname);
  g_hash_table_insert (self->by_socket, socket, member);
  g_ptr_array_add (self->members, member);
  ws_socket_subscribe (socket, TOPIC, NULL);
  return TRUE;
}

void
chat_room_leave (ChatRoom *self, WsSocket *socket)
{
  Member *member = g_hash_table_lookup (self->by_socket, socket);

  if (member == NULL)
    return;
  give_nickname (self, member, NULL);
  g_hash_table_remove (self->by_socket, socket);
  g_ptr_array_remove (self->members, member);
}

/* FALSE and a sentence in @complaint when the name cannot be used. */
gboolean
chat_room_rename (ChatRoom    *self,
                  WsSocket    *socket,
                  const char  *wish,
                  const char **complaint)
{
  Member *member = g_hash_table_lookup (self->by_socket, socket);
  char   *nickname = choose_nickname (self, wish, member, complaint);

  if (nickname == NULL)
    return FALSE;
  give_nickname (self, member, nickname);
  return TRUE;
}

/* NULL for who has not joined. */
const char *
chat_room_get_nickname (ChatRoom *self, WsSocket *socket)
{
  const Member *member = g_hash_table_lookup (self->by_socket, socket);

  return member != NULL ? member->nickname : NULL;
}

/* Returns who is here (owned by the caller), for people to read. */
char *
chat_room_list (ChatRoom *self)
{
  GString *list = g_string_new (NULL);

  for (guint i = 0; i < self->members->len; i++)
    {
      const Member *member = g_ptr_array_index (self->members, i);

      g_string_append_printf (list, "%s%s", i > 0 ? ", " : "",
                              member->nickname);
    }
  return g_string_free (list, FALSE);
}

void
chat_room_tell (ChatRoom *self, WsSocket *socket, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_autofree char *line = g_strdup_vprintf (format, arguments);
  va_end (arguments);

  /* Who does not read is given up, but later: the caller is not done with that
   * member. */
  if (ws_socket_get_state (socket) == WS_STATE_CONNECTED
      && ws_socket_send_text_message (socket, line, NULL) < 0)
    ws_socket_post_close (socket, WS_CLOSE_CODE_TRY_AGAIN_LATER,
                          "You read too slowly", NULL);
}

/*
 * Tells everybody but the socket, which may be NULL. Who does not read what it
 * is sent is closed by the server once its buffer is full.
 */
void
chat_room_tell_others (ChatRoom   *self,
                       WsSocket   *socket,
                       const char *format,
                       ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_autofree char *line = g_strdup_vprintf (format, arguments);
  va_end (arguments);

  g_autoptr (WsMessage) message = ws_message_new_text (line);

  if (socket != NULL)
    ws_socket_publish (socket, TOPIC, message, NULL);
  else
    ws_server_publish (self->server, TOPIC, message, NULL);
}
