/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/ws-client-opening-private.h"

#include <string.h>

/* GIO finds proxies and talks to them. It is not told more than a URI, so that
 * a login goes into the URI of a second dialling. */

void
ws_client_opening_clear_proxy (WsClientOpening *self)
{
  g_clear_object (&self->proxy.resolver);
  g_clear_object (&self->proxy.chosen);
  g_clear_pointer (&self->proxy.uri, g_free);
  ws_client_auth_clear (&self->proxy.auth);
}

void
ws_client_opening_choose_proxy (WsClientOpening *self)
{
  WsOpeningProxy  *proxy = &self->proxy;
  const char      *rest = strstr (proxy->uri, "://");
  g_autofree char *user = g_uri_escape_string (proxy->auth.user, NULL, FALSE);
  g_autofree char *password
      = g_uri_escape_string (proxy->auth.password, NULL, FALSE);
  g_autofree char *uri = NULL;

  if (rest == NULL)
    return;
  rest += strlen ("://");
  uri = g_strdup_printf ("%.*s%s:%s@%s", (int) (rest - proxy->uri), proxy->uri,
                         user, password, rest);
  g_clear_object (&proxy->chosen);
  proxy->chosen = g_simple_proxy_resolver_new (uri, NULL);
  proxy->auth.tried = TRUE;
}

/* Whose fault it is that a proxy was dialled in vain. FALSE: of what lies beyond
 * it, or of nobody in particular. */
static gboolean
judge_proxy_error (const GError             *error,
                   const WsConnectorFailure *failure,
                   WsEngineError            *code)
{
  static const struct
  {
    GIOErrorEnum  code;
    gboolean      talked;
    WsEngineError meaning;
  } table[] = {
    { G_IO_ERROR_CONNECTION_REFUSED, FALSE, WS_ENGINE_ERROR_PROXY_REFUSED },
    { G_IO_ERROR_TIMED_OUT, FALSE, WS_ENGINE_ERROR_PROXY_TIMED_OUT },
    { G_IO_ERROR_TIMED_OUT, TRUE, WS_ENGINE_ERROR_PROXY_TIMED_OUT },
    { G_IO_ERROR_CONNECTION_CLOSED, TRUE, WS_ENGINE_ERROR_PROXY_CLOSED },
    { G_IO_ERROR_CLOSED, TRUE, WS_ENGINE_ERROR_PROXY_CLOSED },
    { G_IO_ERROR_PROXY_NOT_ALLOWED, TRUE, WS_ENGINE_ERROR_PROXY_REFUSED },
    { G_IO_ERROR_PROXY_FAILED, TRUE, WS_ENGINE_ERROR_PROXY_PROTOCOL },
  };

  if (error->domain == G_RESOLVER_ERROR && !failure->talked)
    {
      *code = WS_ENGINE_ERROR_PROXY_NOT_FOUND;
      return TRUE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    if (g_error_matches (error, G_IO_ERROR, (int) table[i].code)
        && table[i].talked == failure->talked)
      {
        *code = table[i].meaning;
        return TRUE;
      }
  return FALSE;
}

static gboolean
wants_login (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PROXY_NEED_AUTH)
         || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PROXY_AUTH_FAILED);
}

/* (transfer full) (nullable): the proxy that a simple resolver, which need not
 * ask anybody, has for this URL. */
static char *
find_proxy (WsClientOpening *self)
{
  GProxyResolver *resolver = self->proxy.resolver;
  g_auto (GStrv) uris = NULL;
  g_autofree char *url = NULL;

  if (resolver == NULL || !G_IS_SIMPLE_PROXY_RESOLVER (resolver))
    return NULL;
  url = g_strdup_printf ("%s://%s/", self->url->secure ? "https" : "http",
                         self->url->authority);
  uris = g_proxy_resolver_lookup (resolver, url, NULL, NULL);
  if (uris == NULL || uris[0] == NULL || g_str_has_prefix (uris[0], "direct:"))
    return NULL;
  return g_strdup (uris[0]);
}

/* Takes @error over; a URI never shows a login. */
static void
keep_error (WsClientOpening          *self,
            const WsConnectorFailure *failure,
            GError                   *error)
{
  g_autofree char *uri = g_strdup (failure->proxy_uri);
  g_autofree char *quoted = NULL;
  g_autofree char *message = NULL;
  WsEngineError    code;

  g_clear_error (&self->error);
  self->error = error;
  /* Before a proxy's name is resolved nobody says that there is one. */
  if (uri == NULL && error->domain == G_RESOLVER_ERROR)
    uri = find_proxy (self);
  if (uri == NULL)
    return;
  if (wants_login (error))
    code = WS_ENGINE_ERROR_PROXY_AUTHENTICATION_REQUIRED;
  else if (!judge_proxy_error (error, failure, &code))
    return;
  quoted = ws_url_quote (uri);
  message = g_strdup_printf ("The proxy %s: %s", quoted, error->message);
  ws_client_opening_fail (self, code, message);
}

static void
ask_for_login (WsClientOpening *self)
{
  WsClientAuth    *login = &self->proxy.auth;
  WsClientQuestion question = { .is_proxy = TRUE,
                                .uri = self->proxy.uri,
                                .scheme = "",
                                .realm = "",
                                .user = login->user,
                                .password = login->password,
                                .retries = login->n_asked++ };

  ws_client_opening_pause (self, WS_ASKED_PROXY_CREDENTIALS);
  self->sink->asked (self, &question, self->user_data);
}

/* A proxy that is asked for the first time may have been given a login in its
 * URI, which it has refused then. */
static void
answer_proxy (WsClientOpening *self, const WsConnectorFailure *failure)
{
  WsOpeningProxy *proxy = &self->proxy;

  if (g_strcmp0 (proxy->uri, failure->proxy_uri) != 0)
    {
      g_free (proxy->uri);
      proxy->uri = g_strdup (failure->proxy_uri);
      ws_client_auth_clear (&proxy->auth);
      if (failure->user != NULL)
        ws_client_auth_set_login (&proxy->auth, failure->user,
                                  failure->password);
      proxy->auth.tried = TRUE;
    }
  if (proxy->auth.user != NULL && !proxy->auth.tried)
    {
      ws_client_opening_choose_proxy (self);
      ws_client_opening_run (self);
    }
  else if (self->sink->asked == NULL)
    ws_client_opening_report (self, WS_PROGRESS_FAILED);
  else
    ask_for_login (self);
}

static void
handle_dialled (WsClientOpening *self,
                WsTransport     *transport,
                GError          *error,
                GAsyncResult    *result)
{
  WsConnectorFailure failure;

  if (transport != NULL)
    {
      self->transport = transport;
      self->step = self->credentials != NULL ? WS_STEP_SECURE : WS_STEP_ASK;
      ws_client_opening_begin_asking (self);
      ws_client_opening_run (self);
      return;
    }
  ws_connector_dial_get_failure (result, &failure);
  keep_error (self, &failure, error);
  if (g_error_matches (self->error, WS_ENGINE_ERROR,
                       WS_ENGINE_ERROR_PROXY_AUTHENTICATION_REQUIRED))
    answer_proxy (self, &failure);
  else
    ws_client_opening_report (self, WS_PROGRESS_FAILED);
}

static void
on_dialled (GObject *source, GAsyncResult *result, gpointer data)
{
  WsClientOpening *self = data;
  g_autoptr (GError) error = NULL;
  WsTransport *transport = ws_connector_dial_finish (result, &error);

  if (self->step == WS_STEP_OVER)
    g_clear_pointer (&transport, ws_transport_free);
  else
    handle_dialled (self, transport, g_steal_pointer (&error), result);
  /* The dialling's reference. */
  ws_client_opening_unref (self);
}

WsProgress
ws_client_opening_step_dial (WsClientOpening *self)
{
  WsConnectorTarget target
      = { .host = self->url->host,
          .port = self->url->port,
          .secure = self->url->secure,
          .unix_path = self->url->unix_path,
          .proxy_resolver = self->proxy.chosen != NULL ? self->proxy.chosen
                                                       : self->proxy.resolver };

  g_clear_error (&self->error);
  self->n_refs++;
  ws_connector_dial_async (self->poller, &target, self->cancellable, on_dialled,
                           self);
  return WS_PROGRESS_WAIT;
}
