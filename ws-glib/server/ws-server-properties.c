/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The properties of WsServer, gathered: each stands beside its accessors. */
#include "server/ws-server-properties.h"

#include "server/ws-server-addresses.h"
#include "server/ws-server-broadcast.h"
#include "server/ws-server-broker.h"
#include "server/ws-server-clients.h"
#include "server/ws-server-compression.h"
#include "server/ws-server-deferrals.h"
#include "server/ws-server-drain.h"
#include "server/ws-server-figures.h"
#include "server/ws-server-heads.h"
#include "server/ws-server-limits.h"
#include "server/ws-server-origins.h"
#include "server/ws-server-proxies.h"
#include "server/ws-server-settings.h"
#include "server/ws-server-ssl.h"
#include "server/ws-server-status.h"
#include "server/ws-server-timeouts.h"
#include "server/ws-server-topics.h"
#include "server/ws-server-unix.h"

static const WsProperty *const tables[] = {
  ws_server_status_properties,
  ws_server_ssl_properties,
  ws_server_addresses_properties,
  ws_server_origins_properties,
  ws_server_limits_properties,
  ws_server_deferrals_properties,
  ws_server_unix_properties,
  ws_server_heads_properties,
  ws_server_broadcast_properties,
  ws_server_broker_properties,
  ws_server_topics_properties,
  ws_server_compression_properties,
  ws_server_settings_properties,
  ws_server_timeouts_properties,
  ws_server_proxies_properties,
  ws_server_clients_properties,
  ws_server_figures_properties,
  ws_server_drain_properties,
  NULL,
};

void
ws_server_install_properties (GObjectClass *object_class)
{
  ws_property_install (object_class, tables, ws_server_props,
                       WS_SERVER_N_PROPS);
}
