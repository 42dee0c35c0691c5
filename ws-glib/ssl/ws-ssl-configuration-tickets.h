/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "ssl/ws-ssl-configuration-core.h"

G_BEGIN_DECLS

/* (transfer full) (nullable): a session that a client may resume with @peer, a
 * host and a port. */
GBytes *
ws_ssl_configuration_find_ticket (WsSslConfiguration *self, const char *peer);
/* Keeps @ticket of a session that was made with @credentials; forgotten if
 * these are not in use any more, for what they trust may have changed. */
void ws_ssl_configuration_store_ticket (WsSslConfiguration *self,
                                        WsTlsCredentials   *credentials,
                                        const char         *peer,
                                        GBytes             *ticket);

extern const WsProperty ws_ssl_configuration_tickets_properties[];

G_END_DECLS
