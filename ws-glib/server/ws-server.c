/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ws-server.h"

#include "protocol/ws-close.h"
#include "protocol/ws-http.h"

#include "server/ws-server-private.h"
#include "ws-socket-error.h"
#include "base/ws-tsan-private.h"

/**
 * WsServer:
 *
 * A WebSocket server.
 *
 * It listens with [method@Server.listen] or by setting
 * [property@Server:listening], and with [method@Server.listen_address] and its
 * relatives at more addresses, at Unix sockets and at inherited ones. It does the
 * opening handshake with whoever comes, and hands out connected sockets: to calls
 * of [method@Server.accept_async] that wait, to the handlers of
 * [signal@Server::client-connected] where there are any, else through a queue,
 * [method@Server.next_pending_connection]. A socket in the queue is not read
 * before it is taken.
 *
 * The server is a [iface@Gio.ListModel] of the sockets that it has handed out
 * and that are not disconnected yet, and keeps a reference to each of them.
 *
 * It belongs to the thread, and to the thread-default main context, where it
 * listened first; in other threads calls fail with
 * %WS_SOCKET_ERROR_WRONG_CONTEXT, or do nothing, setters with a warning.
 *
 * Since: 1.0
 */

static void install_home (WsHomedInterface *iface);

G_DEFINE_TYPE_WITH_CODE (WsServer,
                         ws_server,
                         G_TYPE_OBJECT,
                         G_ADD_PRIVATE (WsServer)
                             G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL,
                                                    ws_server_install_model)
                                 G_IMPLEMENT_INTERFACE (WS_TYPE_HOMED,
                                                        install_home))

WsServerPrivate *
ws_server_peek (WsServer *self)
{
  return ws_server_get_instance_private (self);
}

/* --- Threads --- */

static const char wrong_thread[]
    = "The server belongs to another thread: the one where it listened first";

gboolean
ws_server_check_thread (WsServer *self, GError **error)
{
  return ws_home_check (&ws_server_peek (self)->home, wrong_thread, error);
}

gboolean
ws_server_may_call (WsServer *self, const char *caller)
{
  return ws_home_may_call (&ws_server_peek (self)->home, caller, wrong_thread);
}

void
ws_server_adopt_context (WsServer *self)
{
  WsServerPrivate *priv = ws_server_peek (self);

  if (priv->poller != NULL)
    return;
  ws_home_move (&priv->home);
  priv->poller = ws_poller_get (priv->home.context);
}

static const WsHome *
get_home (WsHomed *homed)
{
  return &ws_server_peek (WS_SERVER (homed))->home;
}

static WsAsking
get_asking (WsHomed *homed, guint signal)
{
  return ws_server_get_asking (signal);
}

static void
install_home (WsHomedInterface *iface)
{
  iface->get_home = get_home;
  iface->get_asking = get_asking;
}

/* --- Life --- */

void
ws_server_cancel_startup (WsServer *self)
{
  WsServerPrivate *priv = ws_server_peek (self);

  if (priv->startup == NULL)
    return;
  g_source_destroy (priv->startup);
  g_clear_pointer (&priv->startup, g_source_unref);
}

static void
ws_server_dispose (GObject *object)
{
  WsServer        *self = WS_SERVER (object);
  WsServerPrivate *priv = ws_server_peek (self);

  if (priv->poller != NULL && !ws_server_check_thread (self, NULL))
    {
      ws_home_dispose_there (&priv->home, object);
      return;
    }
  ws_server_cancel_startup (self);
  g_clear_pointer (&priv->listener, ws_listener_free);
  g_clear_pointer (&priv->added, ws_listener_free);
  ws_server_drop_waiting (self);
  ws_server_drop_clients (self);
  ws_server_clear_topics (self);
  ws_server_end_accepts (self);
  ws_server_end_closings (self);
  g_clear_object (&priv->address);
  g_clear_pointer (&priv->poller, ws_poller_unref);
  G_OBJECT_CLASS (ws_server_parent_class)->dispose (object);
}

static void
ws_server_finalize (GObject *object)
{
  WsServerPrivate *priv = ws_server_peek (WS_SERVER (object));

  WS_TSAN_ACQUIRE (object);
  g_free (priv->server_name);
  g_free (priv->host);
  g_strfreev (priv->supported_subprotocols);
  g_strfreev (priv->allowed_origins);
  g_free (priv->url);
  g_free (priv->error_string);
  ws_home_clear (&priv->home);
  g_clear_object (&priv->ssl_configuration);
  g_clear_object (&priv->proxy_resolver);
  g_clear_pointer (&priv->compression, ws_deflate_options_free);
  g_sequence_free (priv->clients);
  G_OBJECT_CLASS (ws_server_parent_class)->finalize (object);
}

static void
ws_server_class_init (WsServerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = ws_server_dispose;
  object_class->finalize = ws_server_finalize;
  ws_server_install_properties (object_class);
  ws_server_install_signals ();
}

static void
ws_server_init (WsServer *self)
{
  WsServerPrivate *priv = ws_server_peek (self);

  priv->host = g_strdup (WS_SERVER_DEFAULT_HOST);
  priv->ssl_mode = WS_SSL_MODE_NON_SECURE;
  priv->accepting = TRUE;
  priv->max_pending_connections = WS_SERVER_DEFAULT_PENDING;
  priv->handshake_timeout = WS_SERVER_DEFAULT_HANDSHAKE_TIMEOUT;
  priv->max_header_size = WS_HTTP_DEFAULT_MAX_HEAD;
  priv->backlog = WS_SERVER_DEFAULT_BACKLOG;
  priv->settings = ws_settings_default (0);
  priv->error = WS_CLOSE_NORMAL;
  ws_server_init_clients (self);
}

/**
 * ws_server_new:
 * @server_name: (nullable): what the `Server` header field says; %NULL or "":
 *   it is left out
 * @ssl_mode: whether connections are encrypted
 *
 * Creates a server that does not listen yet.
 *
 * Returns: (transfer full): a new server
 *
 * Since: 1.0
 */
WsServer *
ws_server_new (const char *server_name, WsSslMode ssl_mode)
{
  return g_object_new (WS_TYPE_SERVER, "server-name", server_name, "ssl-mode",
                       ssl_mode, NULL);
}

/* --- Errors --- */

void
ws_server_set_error (WsServer *self, guint code, const char *message)
{
  WsServerPrivate *priv = ws_server_peek (self);

  if (priv->error == code && g_strcmp0 (priv->error_string, message) == 0)
    return;
  priv->error = code;
  g_free (priv->error_string);
  priv->error_string = g_strdup (message);
  g_object_freeze_notify (G_OBJECT (self));
  ws_server_notify (self, WS_SERVER_PROP_ERROR);
  ws_server_notify (self, WS_SERVER_PROP_ERROR_STRING);
  g_object_thaw_notify (G_OBJECT (self));
}

void
ws_server_report (WsServer *self, guint code, const char *message)
{
  g_object_ref (self);
  ws_server_set_error (self, code, message);
  ws_server_emit (self, WS_SERVER_SIGNAL_SERVER_ERROR, code);
  g_object_unref (self);
}

/**
 * ws_server_get_supported_versions:
 * @self: a server
 *
 * Gets the versions of the protocol that the server speaks (RFC 6455, 4.4).
 *
 * Returns: (transfer full) (element-type int): just 13
 *
 * Since: 1.0
 */
GArray *
ws_server_get_supported_versions (WsServer *self)
{
  GArray *versions;
  int     latest = WS_PROTOCOL_VERSION_LATEST;

  g_return_val_if_fail (WS_IS_SERVER (self), NULL);

  versions = g_array_new (FALSE, FALSE, sizeof (int));
  g_array_append_val (versions, latest);
  return versions;
}
