/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "reentrancy.h"

/* What stands between a client and its server: logins, a redirect, a proxy. */

static gboolean
on_login (gpointer user_data)
{
  ws_authenticator_done (user_data);
  return G_SOURCE_REMOVE;
}

void
world_log_in (World *self, const GValue *value)
{
  WsAuthenticator *authenticator;

  if (!G_VALUE_HOLDS (value, WS_TYPE_AUTHENTICATOR))
    return;
  authenticator = g_value_get_object (value);
  ws_authenticator_set_user (authenticator, "user");
  ws_authenticator_set_password (authenticator, "password");
  if (!g_str_has_suffix (self->signal->name, "-deferred"))
    return;
  ws_authenticator_defer (authenticator);
  g_idle_add_full (G_PRIORITY_DEFAULT, on_login, g_object_ref (authenticator),
                   g_object_unref);
}

/* Plays a server that wants a login and leads to the real one, and a proxy that
 * wants one and then finds nobody. */
static void
answer_front (HttpVisit *visit, const char *head, gpointer user_data)
{
  World           *self = user_data;
  g_autofree char *login = http_head_get (head, "Authorization");
  g_autofree char *proxy_login = http_head_get (head, "Proxy-Authorization");
  g_autofree char *answer = NULL;

  if (g_str_has_prefix (head, "CONNECT "))
    answer = g_strdup (proxy_login == NULL
                           ? "HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic "
                             "realm=\"x\"\r\nContent-Length: 0\r\n\r\n"
                           : "HTTP/1.1 502 No\r\nContent-Length: 0\r\n\r\n");
  else if (login == NULL)
    answer = g_strdup ("HTTP/1.1 401 Who\r\nWWW-Authenticate: Basic "
                       "realm=\"x\"\r\nContent-Length: 0\r\n\r\n");
  else
    answer = g_strdup_printf ("HTTP/1.1 302 There\r\nLocation: %s\r\n"
                              "Content-Length: 0\r\n\r\n",
                              self->url);
  http_visit_say (visit, answer);
}

void
world_put_front (World *self)
{
  self->front = http_rig_new (FALSE, answer_front, self);
  ws_socket_set_max_redirects (self->client, 1);
  if (g_str_has_prefix (self->signal->name, "proxy-"))
    {
      g_autofree char *uri
          = g_strdup_printf ("http://127.0.0.1:%u", self->front->port);

      ws_socket_set_proxy (self->client, uri, NULL);
    }
}

void
world_open_client (World *self)
{
  g_autofree char *url
      = self->front != NULL
            ? http_rig_make_url (self->front,
                                 g_str_equal (self->signal->name, "redirected")
                                     ? "user:password"
                                     : NULL,
                                 "/")
            : g_strdup (self->url);

  ws_socket_open (self->client, url, NULL);
}
