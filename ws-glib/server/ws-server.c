/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The class of WsServer: its life, and what it inherits. */
#include "ws-server.h"

#include "server/ws-server-accept.h"
#include "server/ws-server-broker.h"
#include "server/ws-server-clients.h"
#include "server/ws-server-figures.h"
#include "server/ws-server-limits.h"
#include "server/ws-server-newcomers.h"
#include "server/ws-server-properties.h"
#include "server/ws-server-proxies.h"
#include "server/ws-server-signals.h"
#include "server/ws-server-slots.h"
#include "server/ws-server-topics.h"
#include "server/ws-server-waiting.h"
#include "protocol/ws-close.h"
#include "protocol/ws-http.h"

#include "ws-socket-error.h"
#include "base/ws-tsan-private.h"

/**
 * WsServer:
 *
 * A WebSocket server.
 *
 * It listens with [method@Server.listen] or by setting
 * [property@Server:listening], and with [method@Server.listen_address] and its
 * relatives at more addresses, at Unix sockets and at inherited ones. It does
 * the opening handshake with whoever comes, and hands out connected sockets: to
 * calls of [method@Server.accept_async] that wait, to the handlers of
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

/* --- Threads --- */

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

static void
ws_server_dispose (GObject *object)
{
  WsServer        *self = WS_SERVER (object);
  WsServerPrivate *priv = ws_server_peek (self);

  if (ws_stay_is_bound (&priv->stay) && !ws_server_check_thread (self, NULL))
    {
      ws_stay_part (&priv->stay, &priv->home, object);
      return;
    }
  ws_server_cancel_startup (self);
  g_clear_pointer (&priv->listener, ws_listener_free);
  g_clear_pointer (&priv->added, ws_listener_free);
  ws_server_clear_newcomers (self);
  ws_server_drop_waiting (self);
  ws_server_drop_clients (self);
  ws_server_detach_broker (self);
  ws_server_clear_topics (self);
  ws_server_end_accepts (self);
  ws_server_note_gone (self, NULL);
  g_clear_object (&priv->address);
  g_clear_object (&priv->broker);
  g_clear_pointer (&priv->poller, ws_poller_unref);
  ws_stay_settle (&priv->stay, FALSE);
  G_OBJECT_CLASS (ws_server_parent_class)->dispose (object);
}

static void
ws_server_finalize (GObject *object)
{
  WsServerPrivate *priv = ws_server_peek (WS_SERVER (object));

  WS_TSAN_ACQUIRE (object);
  g_atomic_rc_box_release (priv->n_deferred);
  g_clear_pointer (&priv->shared, ws_settings_unref);
  g_free (priv->server_name);
  g_free (priv->host);
  g_free (priv->unix_owner);
  g_strfreev (priv->supported_subprotocols);
  g_strfreev (priv->allowed_origins);
  ws_server_clear_proxies (WS_SERVER (object));
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

  ws_server_private_offset = g_type_class_get_instance_private_offset (klass);
  object_class->dispose = ws_server_dispose;
  object_class->finalize = ws_server_finalize;
  ws_server_install_properties (object_class);
  ws_server_install_signals ();
  ws_server_install_slots ();
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
  priv->limits = (WsHttpLimits) WS_HTTP_LIMITS_DEFAULT;
  priv->backlog = WS_SERVER_DEFAULT_BACKLOG;
  priv->max_connections = ws_server_guess_max_connections ();
  priv->max_handshakes = WS_SERVER_DEFAULT_HANDSHAKES;
  priv->max_deferred_requests = WS_SERVER_DEFAULT_DEFERRED;
  priv->max_topics_per_client = WS_SERVER_DEFAULT_TOPICS;
  priv->max_topic_size = WS_SERVER_DEFAULT_TOPIC_SIZE;
  priv->n_deferred = g_atomic_rc_box_new0 (int);
  priv->settings = ws_settings_default ();
  priv->error = WS_CLOSE_NORMAL;
  ws_server_init_clients (self);
  ws_server_init_proxies (self);
  ws_server_init_figures (self);
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
