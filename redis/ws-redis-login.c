/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The first commands of a connection to Redis, and what their replies mean. */
#include "ws-redis-login.h"

#include <string.h>

#include "ws-redis-reply.h"
#include "ws-redis-script.h"

#define MIN_VERSION 6

typedef struct
{
  guint            n_left; /* replies */
  gboolean         is_over;
  WsRedisLoginFunc func;
  gpointer         data;
} Login;

/* (transfer full) (nullable): what is wrong. */
typedef GError *(*JudgeFunc) (const redisReply *reply);

typedef struct
{
  Login    *login;
  JudgeFunc judge;
} Step;

static void
on_reply (gpointer data, redisReply *reply)
{
  g_autofree Step *step = data;
  Login           *self = step->login;
  g_autoptr (GError) error = NULL;

  if (!self->is_over)
    {
      error = reply != NULL ? step->judge (reply) : NULL;
      self->is_over = reply == NULL || error != NULL || self->n_left == 1;
      /* That may close the link, so that the other steps end meanwhile. */
      if (reply != NULL && self->is_over)
        self->func (self->data, error);
    }
  if (--self->n_left == 0)
    g_free (self);
}

static void
say (Login            *self,
     WsRedisLink      *link,
     const WsRedisArg *args,
     guint             n_args,
     JudgeFunc         judge)
{
  Step *step = g_new (Step, 1);

  step->login = self;
  step->judge = judge;
  self->n_left++;
  ws_redis_link_send (link, args, n_args, on_reply, step);
}

static void
say_words (Login       *self,
           WsRedisLink *link,
           const char  *first,
           const char  *second,
           const char  *third,
           JudgeFunc    judge)
{
  const char *words[] = { first, second, third };
  WsRedisArg  args[3];
  guint       n = 0;

  for (; n < G_N_ELEMENTS (words) && words[n] != NULL; n++)
    args[n] = (WsRedisArg) WS_REDIS_ARG (words[n]);
  say (self, link, args, n, judge);
}

/* --- What the replies mean --- */

static GError *
judge_ok (const redisReply *reply)
{
  return ws_redis_reply_is_text (reply)
             ? NULL
             : ws_redis_reply_to_error (reply, "Its reply is not the expected "
                                               "one");
}

/* What is said of a password does not get further than here, but for a word in
 * capitals. */
static GError *
judge_password (const redisReply *reply)
{
  gsize len = 0;

  if (reply->type != REDIS_REPLY_ERROR)
    return judge_ok (reply);
  while (len < reply->len && g_ascii_isupper (reply->str[len]))
    len++;
  return g_error_new (WS_SOCKET_ERROR, WS_SOCKET_ERROR_AUTHENTICATION_REQUIRED,
                      "It refuses the user or password of the URL (%.*s)",
                      (int) MIN (len, 32), reply->str);
}

static GError *
judge_version (const redisReply *reply)
{
  static const char name[] = "redis_version:";
  const char       *found;

  if (!ws_redis_reply_is_text (reply))
    {
      GError *error = ws_redis_reply_to_error (reply, "It does not tell its "
                                                      "version");

      if (ws_redis_reply_is_error (reply, "NOAUTH"))
        error->code = WS_SOCKET_ERROR_AUTHENTICATION_REQUIRED;
      return error;
    }
  found = g_strstr_len (reply->str, (gssize) reply->len, name);
  if (found == NULL)
    return g_error_new_literal (WS_SOCKET_ERROR, WS_SOCKET_ERROR_PROTOCOL,
                                "It does not tell its version");
  found += strlen (name);
  if (g_ascii_strtoull (found, NULL, 10) >= MIN_VERSION)
    return NULL;
  return g_error_new (WS_SOCKET_ERROR,
                      WS_SOCKET_ERROR_UNSUPPORTED_SOCKET_OPERATION,
                      "It has version %.*s; %d or later is needed",
                      (int) MIN (strspn (found, "0123456789."), (gsize) 16),
                      found, MIN_VERSION);
}

GError *
ws_redis_login_judge_role (const redisReply *reply)
{
  if (!ws_redis_reply_has (reply, 1)
      || !ws_redis_reply_is_text (reply->element[0]))
    return ws_redis_reply_to_error (reply, "It does not tell its role");
  if (strcmp (reply->element[0]->str, "master") == 0)
    return NULL;
  return g_error_new_literal (WS_SOCKET_ERROR, WS_SOCKET_ERROR_OPERATION,
                              "It is a replica, and not the master");
}

/* Out of memory it still carries what needs no history. */
static GError *
judge_alive (const redisReply *reply)
{
  return ws_redis_reply_is_error (reply, "OOM") ? NULL : judge_ok (reply);
}

/* --- What is said --- */

static Login *
login_new (WsRedisLoginFunc func, gpointer data)
{
  Login *self = g_new0 (Login, 1);

  self->func = func;
  self->data = data;
  return self;
}

static void
say_password (Login *self, WsRedisLink *link, const WsRedisUrl *url)
{
  if (url->password == NULL)
    return;
  if (url->user != NULL)
    say_words (self, link, "AUTH", url->user, url->password, judge_password);
  else
    say_words (self, link, "AUTH", url->password, NULL, judge_password);
}

static void
say_alive (Login *self, WsRedisLink *link, const WsRedisSettings *settings)
{
  g_autofree char *key
      = g_strdup_printf ("%sn:%s", settings->prefix, settings->node);
  g_autofree char *ttl = g_strdup_printf ("%u", settings->presence_ttl);
  const WsRedisArg args[]
      = { WS_REDIS_ARG ("SET"), WS_REDIS_ARG (key), WS_REDIS_ARG ("1"),
          WS_REDIS_ARG ("PX"), WS_REDIS_ARG (ttl) };

  say (self, link, args, G_N_ELEMENTS (args), judge_alive);
}

void
ws_redis_login_for_commands (WsRedisLink           *link,
                             const WsRedisUrl      *url,
                             const WsRedisSettings *settings,
                             WsRedisLoginFunc       func,
                             gpointer               data)
{
  Login           *self = login_new (func, data);
  g_autofree char *database = g_strdup_printf ("%u", url->database);

  say_password (self, link, url);
  say_words (self, link, "INFO", "server", NULL, judge_version);
  say_words (self, link, "ROLE", NULL, NULL, ws_redis_login_judge_role);
  if (url->database != 0)
    say_words (self, link, "SELECT", database, NULL, judge_ok);
  for (guint i = 0; i < WS_REDIS_N_SCRIPTS; i++)
    say_words (self, link, "SCRIPT", "LOAD",
               ws_redis_script_get_text ((WsRedisScript) i), judge_ok);
  say_alive (self, link, settings);
}

void
ws_redis_login_for_subscriptions (WsRedisLink      *link,
                                  const WsRedisUrl *url,
                                  WsRedisLoginFunc  func,
                                  gpointer          data)
{
  Login *self = login_new (func, data);

  say_password (self, link, url);
  say_words (self, link, "PING", NULL, NULL, judge_ok);
}
