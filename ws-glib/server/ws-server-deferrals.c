/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How many answers handlers have put off. Each counts until it is there or
 * nobody can give it any more, also when its client has left: what a handler
 * has begun for the client goes on. One whose handlers are being asked counts,
 * too, for they may run a main loop. */
#include "server/ws-server-deferrals.h"

#include "server/ws-server-client.h"
#include "server/ws-server-settings.h"

struct _WsServerDeferral
{
  WsServerClient *client; /* (owned) */
  int            *count;  /* (owned): the server's, which may be gone */
};

gboolean
ws_server_check_deferrals (WsServer *self, WsHttpFault *fault)
{
  const WsServerPrivate *priv = ws_server_peek (self);

  if (priv->max_deferred_requests == 0
      || (guint) g_atomic_int_get (priv->n_deferred)
             < priv->max_deferred_requests)
    return TRUE;
  ws_http_fault_set (fault, 503,
                     "As many answers as max-deferred-requests allows (%u) are "
                     "still to come",
                     priv->max_deferred_requests);
  return FALSE;
}

WsServerDeferral *
ws_server_deferral_new (WsServerClient *client)
{
  WsServerDeferral *self = g_new (WsServerDeferral, 1);

  ws_server_client_ref (client);
  self->client = client;
  self->count
      = g_atomic_rc_box_acquire (ws_server_peek (client->server)->n_deferred);
  g_atomic_int_inc (self->count);
  return self;
}

void
ws_server_deferral_free (WsServerDeferral *self)
{
  g_atomic_int_add (self->count, -1);
  g_atomic_rc_box_release (self->count);
  ws_server_client_unref (self->client);
  g_free (self);
}

WsServerClient *
ws_server_deferral_get_client (WsServerDeferral *self)
{
  return self->client;
}

/* --- The limit --- */

/**
 * ws_server_get_max_deferred_requests:
 * @self: a server
 *
 * Gets how many requests may wait for an answer that was put off.
 *
 * Returns: a number; 0: any
 *
 * Since: 1.0
 */
guint
ws_server_get_max_deferred_requests (WsServer *self)
{
  g_return_val_if_fail (WS_IS_SERVER (self), 0);

  return ws_server_peek (self)->max_deferred_requests;
}

/**
 * ws_server_set_max_deferred_requests:
 * @self: a server
 * @max_deferred_requests: a number; 0: any
 *
 * Sets how many requests may wait for an answer that was put off.
 *
 * Since: 1.0
 */
void
ws_server_set_max_deferred_requests (WsServer *self,
                                     guint     max_deferred_requests)
{
  g_return_if_fail (WS_IS_SERVER (self));

  ws_server_change_number (self, &ws_server_peek (self)->max_deferred_requests,
                           max_deferred_requests,
                           WS_SERVER_PROP_MAX_DEFERRED_REQUESTS);
}

/* clang-format off */
const WsProperty ws_server_deferrals_properties[] = {
  /**
   * WsServer:max-deferred-requests:
   *
   * How many requests may wait for an answer that a handler has put off
   * ([method@Response.defer]), handshakes and those of plain HTTP together; 0:
   * any number.
   *
   * While so many wait handlers of [signal@Server::handshake-requested] and
   * [signal@Server::http-request] are not asked, and further requests get a 503
   * with `Retry-After`. One counts until it is answered or nobody holds its
   * [class@Response] any more, also where the client has left: whoever asks and
   * leaves, again and again, must not make a program begin work without end.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT (WsServer, WS_SERVER_PROP_MAX_DEFERRED_REQUESTS,
                      "max-deferred-requests", 0, G_MAXUINT,
                      WS_SERVER_DEFAULT_DEFERRED,
                      ws_server_get_max_deferred_requests,
                      ws_server_set_max_deferred_requests) },

  { 0 }
};
/* clang-format on */
