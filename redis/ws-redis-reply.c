/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Looks at replies, without trusting that they are what was asked for. */
#include "ws-redis-reply.h"

#include <string.h>
#include <ws-glib/ws-glib.h>

/* Of what Redis says in an error. */
#define MAX_TEXT 200

#if HIREDIS_MAJOR >= 1
#define free_text hi_free
#else
#define free_text free
#endif

gboolean
ws_redis_reply_is_text (const redisReply *self)
{
  return self->type == REDIS_REPLY_STRING || self->type == REDIS_REPLY_STATUS;
}

gboolean
ws_redis_reply_has (const redisReply *self, gsize n_elements)
{
  return self->type == REDIS_REPLY_ARRAY && self->elements >= n_elements;
}

gboolean
ws_redis_reply_is_error (const redisReply *self, const char *code)
{
  const gsize len = strlen (code);

  return self->type == REDIS_REPLY_ERROR && self->len >= len
         && memcmp (self->str, code, len) == 0
         && (self->len == len || self->str[len] == ' ');
}

static void
free_bytes (gpointer text)
{
  free_text (text);
}

GBytes *
ws_redis_reply_take_bytes (redisReply *self)
{
  char *text = g_steal_pointer (&self->str);

  return g_bytes_new_with_free_func (text, self->len, free_bytes, text);
}

GError *
ws_redis_reply_to_error (const redisReply *self, const char *otherwise)
{
  g_autofree char *text = NULL;
  char            *echo;

  if (self->type != REDIS_REPLY_ERROR)
    return g_error_new_literal (WS_SOCKET_ERROR, WS_SOCKET_ERROR_PROTOCOL,
                                otherwise);
  text = g_utf8_make_valid (self->str,
                            (gssize) MIN (self->len, (gsize) MAX_TEXT));
  /* A server that does not know a command repeats it, secrets included. */
  echo = strstr (text, ", with args");
  if (echo != NULL)
    *echo = '\0';
  return g_error_new (WS_SOCKET_ERROR, WS_SOCKET_ERROR_OPERATION,
                      "It says \"%s\"", text);
}
