/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A server's sockets, which are connected when they are handed out. */
#include "socket/ws-socket-incoming.h"

#include "socket/ws-socket-compression.h"
#include "socket/ws-socket-log.h"
#include "socket/ws-socket-messages.h"
#include "socket/ws-socket-view.h"

WsSocket *
ws_socket_new_incoming (GMainContext        *context,
                        WsSettings          *settings,
                        WsDeflateOptions    *compression,
                        const WsSocketOwner *owner,
                        gpointer             owner_data)
{
  WsSocket        *self = ws_socket_new ();
  WsSocketPrivate *priv = ws_socket_peek (self);

  ws_socket_adopt_context (self, context);
  ws_settings_unref (priv->settings);
  priv->settings = ws_settings_ref (settings);
  g_clear_pointer (&priv->compression, ws_deflate_options_free);
  if (compression != NULL)
    priv->compression = ws_deflate_options_ref (compression);
  priv->owner = owner;
  priv->owner_data = owner_data;
  priv->state = priv->announced = WS_STATE_CONNECTING;
  priv->active = TRUE;
  return self;
}

void
ws_socket_accept (WsSocket                *self,
                  WsServerOpened          *opened,
                  WsSocketVisitor         *visitor,
                  const WsServerHandshake *handshake,
                  const WsServerAnswer    *answer)
{
  WS_SOCKET_INSIDE (self);
  WsSocketPrivate *priv = ws_socket_peek (self);
  WsServerAnswer   full = *answer;
  WsDeflateParams  params;
  g_autofree char *extensions
      = ws_socket_accept_extensions (self, handshake->extensions, &params);
  GString *head;

  full.extensions = extensions;
  head = ws_server_handshake_accept (handshake, &full);
  priv->origin = g_strdup (handshake->origin);
  if (handshake->subprotocols[0] != NULL)
    priv->subprotocols = g_strdupv (handshake->subprotocols);
  else
    priv->now.offers_none = TRUE;
  priv->now.subprotocol = g_strdup (answer->subprotocol);
  if (visitor->url == NULL)
    priv->now.resource = g_strdup (handshake->resource);
  priv->now.is_incoming = TRUE;
  priv->now.is_secure = visitor->is_secure;
  if (visitor->address != NULL)
    g_set_object (&ws_attempt_get_facts (&priv->now)->client_address,
                  visitor->address);
  priv->url = g_steal_pointer (&visitor->url);
  priv->now.request_head = ws_buffer_steal_bytes (&opened->head);
  priv->state = priv->announced = WS_STATE_CONNECTED;
  ws_socket_keep_view (self);
  ws_socket_adopt_engine (self, opened->transport, WS_ROLE_SERVER);
  if (extensions != NULL)
    ws_socket_begin_compression (self, WS_ROLE_SERVER, extensions, &params,
                                 &priv->compression->settings);
  ws_mailbox_open (&priv->mailbox, ws_engine_get_poller (priv->now.engine));
  ws_socket_log_state (self);
  ws_engine_push_head (priv->now.engine, head->str, head->len);
  ws_engine_push_input (priv->now.engine, opened->rest.data, opened->rest.len);
  ws_buffer_clear (&opened->rest);
  g_string_free (head, TRUE);
}

void
ws_socket_start (WsSocket *self)
{
  WsSocketPrivate *priv = ws_socket_peek (self);

  if (priv->now.engine != NULL)
    ws_engine_start (priv->now.engine);
}

void
ws_socket_forget_request (WsSocket *self)
{
  WsSocketPrivate *priv = ws_socket_peek (self);

  if (!priv->now.is_incoming)
    return;
  g_clear_pointer (&priv->now.request_head, g_bytes_unref);
  if (priv->now.offers_seen || priv->subprotocols == NULL)
    return;
  g_clear_pointer (&priv->subprotocols, g_strfreev);
  priv->now.offers_forgotten = TRUE;
}
