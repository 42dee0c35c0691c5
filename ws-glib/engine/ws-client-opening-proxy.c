/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Dialling, through a proxy or not. GIO talks to SOCKS proxies, and is not told
 * more than a URI, so that a login for one goes into the URI of a second
 * dialling. HTTP proxies are asked in ws-client-opening-tunnel.c. */
#include "engine/ws-client-opening-private.h"

#include "protocol/ws-proxy-uri.h"

void
ws_client_opening_clear_proxy (WsClientOpening *self)
{
  WsOpeningProxy *proxy = &self->proxy;

  g_clear_object (&proxy->resolver);
  g_clear_pointer (&proxy->chosen, g_free);
  g_clear_pointer (&proxy->uri, g_free);
  g_clear_pointer (&proxy->transport, ws_transport_free);
  ws_http_connect_clear (&proxy->answer);
  ws_client_auth_clear (&proxy->auth);
}

WsProgress
ws_client_opening_fail_proxy (WsClientOpening *self,
                              WsEngineError    code,
                              const char      *what)
{
  g_autofree char *quoted = ws_url_quote (self->proxy.uri);
  g_autofree char *message = g_strdup_printf ("The proxy %s: %s", quoted, what);

  return ws_client_opening_fail (self, code, message);
}

/* Whose fault it is that a proxy was dialled in vain. FALSE: the fault lies
 * beyond the proxy, or nobody can tell. */
static gboolean
judge_proxy_error (const GError           *error,
                   const WsConnectorProxy *proxy,
                   WsEngineError          *code)
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
    { G_IO_ERROR_PROXY_NEED_AUTH, TRUE,
      WS_ENGINE_ERROR_PROXY_AUTHENTICATION_REQUIRED },
    { G_IO_ERROR_PROXY_AUTH_FAILED, TRUE,
      WS_ENGINE_ERROR_PROXY_AUTHENTICATION_REQUIRED },
  };

  if (error->domain == G_RESOLVER_ERROR && !proxy->talked)
    {
      *code = WS_ENGINE_ERROR_PROXY_NOT_FOUND;
      return TRUE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    if (g_error_matches (error, G_IO_ERROR, (int) table[i].code)
        && table[i].talked == proxy->talked)
      {
        *code = table[i].meaning;
        return TRUE;
      }
  return FALSE;
}

/* Takes @error over. */
static void
keep_error (WsClientOpening *self, const WsConnectorProxy *proxy, GError *error)
{
  g_autoptr (GError) own = error;
  WsEngineError code;

  g_clear_error (&self->error);
  if (proxy->uri != NULL && judge_proxy_error (error, proxy, &code))
    ws_client_opening_fail_proxy (self, code, error->message);
  else
    self->error = g_steal_pointer (&own);
}

/* What is known of another proxy's login does not hold for this one, whose URI
 * may have one. */
static void
note_proxy (WsClientOpening *self, const WsConnectorProxy *dialled)
{
  WsOpeningProxy *proxy = &self->proxy;

  proxy->is_reused = FALSE;
  if (g_strcmp0 (proxy->uri, dialled->uri) == 0)
    return;
  g_free (proxy->uri);
  proxy->uri = g_strdup (dialled->uri);
  ws_client_auth_clear (&proxy->auth);
  if (dialled->user != NULL)
    ws_client_auth_set_login (&proxy->auth, dialled->user, dialled->password);
  /* GIO has sent the login. */
  proxy->auth.tried = !dialled->is_http;
}

static void
choose_proxy (WsClientOpening *self)
{
  WsOpeningProxy *proxy = &self->proxy;

  g_free (proxy->chosen);
  proxy->chosen = ws_proxy_uri_with_login (proxy->uri, proxy->auth.user,
                                           proxy->auth.password);
  proxy->auth.tried = TRUE;
}

/* Of a SOCKS proxy that wants a login, or another one than it was given. */
static void
answer_proxy (WsClientOpening *self)
{
  WsClientAuth *auth = &self->proxy.auth;

  if (auth->user != NULL && !auth->tried)
    {
      choose_proxy (self);
      ws_client_opening_run (self);
    }
  else if (ws_client_opening_ask_login (self, auth, self->proxy.uri)
           == WS_PROGRESS_FAILED)
    ws_client_opening_report (self, WS_PROGRESS_FAILED);
}

void
ws_client_opening_authenticate_proxy (WsClientOpening *self,
                                      const char      *user,
                                      const char      *password)
{
  ws_client_auth_set_login (&self->proxy.auth, user, password);
  if (self->proxy.is_http)
    ws_client_opening_answer_tunnel (self);
  else
    {
      choose_proxy (self);
      self->step = WS_STEP_DIAL;
    }
  ws_client_opening_go_on (self, self->step);
}

static void
handle_dialled (WsClientOpening *self,
                WsTransport     *transport,
                GError          *error,
                GAsyncResult    *result)
{
  WsOpeningProxy  *proxy = &self->proxy;
  WsConnectorProxy dialled;

  ws_connector_dial_get_proxy (result, &dialled);
  if (dialled.uri != NULL)
    note_proxy (self, &dialled);
  proxy->is_http = dialled.is_http;
  if (transport == NULL)
    {
      keep_error (self, &dialled, error);
      if (g_error_matches (self->error, WS_ENGINE_ERROR,
                           WS_ENGINE_ERROR_PROXY_AUTHENTICATION_REQUIRED))
        answer_proxy (self);
      else
        ws_client_opening_report (self, WS_PROGRESS_FAILED);
      return;
    }
  if (proxy->is_http)
    {
      ws_client_opening_note_progress (self);
      proxy->transport = transport;
      transport->log_number = self->log_number;
      self->step = WS_STEP_CONNECT;
    }
  else
    ws_client_opening_enter_connection (self, transport);
  ws_client_opening_run (self);
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
  WsConnectorTarget target = { .host = self->url->host,
                               .port = self->url->port,
                               .secure = self->url->secure,
                               .unix_path = self->url->unix_path,
                               .local_address = self->local_address,
                               .proxy_resolver = self->proxy.resolver,
                               .proxy_uri = self->proxy.chosen };

  g_clear_error (&self->error);
  self->n_refs++;
  ws_connector_dial_async (self->poller, &target, self->cancellable, on_dialled,
                           self);
  return WS_PROGRESS_WAIT;
}
