/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ssl/ws-ssl-configuration-private.h"

/* The properties of WsSslConfiguration, gathered: each stands beside its
 * accessors. */

static GParamSpec *props[WS_SSL_CONFIGURATION_N_PROPS];

void
ws_ssl_configuration_notify (WsSslConfiguration    *self,
                             WsSslConfigurationProp property)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[property]);
}

static const WsProperty *const tables[] = {
  ws_ssl_configuration_identity_properties,
  ws_ssl_configuration_trust_properties,
  ws_ssl_configuration_own_properties,
  ws_ssl_configuration_session_properties,
  NULL,
};

void
ws_ssl_configuration_install_properties (GObjectClass *object_class)
{
  ws_property_install (object_class, tables, props,
                       WS_SSL_CONFIGURATION_N_PROPS);
}
