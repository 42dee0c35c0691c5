/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "server/ws-server-private.h"

/* The properties of WsServer, gathered: each stands beside its accessors. */

static GParamSpec *props[WS_SERVER_N_PROPS];

void
ws_server_notify (WsServer *self, WsServerProp property)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[property]);
}

gboolean
ws_server_may_set (WsServer *self, WsServerProp property)
{
  g_autofree char *caller = NULL;

  if (ws_server_check_thread (self, NULL))
    return TRUE;
  caller = g_strdup_printf ("The property %s cannot be set",
                            g_param_spec_get_name (props[property]));
  return ws_server_may_call (self, caller);
}

static const WsProperty *const tables[] = {
  ws_server_status_properties,
  ws_server_ssl_properties,
  ws_server_addresses_properties,
  ws_server_origins_properties,
  ws_server_limits_properties,
  ws_server_broadcast_properties,
  ws_server_compression_properties,
  ws_server_settings_properties,
  NULL,
};

void
ws_server_install_properties (GObjectClass *object_class)
{
  ws_property_install (object_class, tables, props, WS_SERVER_N_PROPS);
}
