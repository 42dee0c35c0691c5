/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "protocol/ws-address.h"

G_BEGIN_DECLS

/* A set of addresses and networks, such as the proxies that are trusted. */
typedef struct _WsNetworks WsNetworks;

/* (transfer full) (nullable): of texts such as "192.0.2.1", "10.0.0.0/8",
 * "2001:db8::/32" and "unix", which is every Unix socket. Bits behind the
 * prefix do not count. NULL: @culprit (out) (transfer none) is no address,
 * network or "unix". @texts (nullable): none; the set is empty then. */
WsNetworks *ws_networks_parse (const char *const *texts, const char **culprit);
void        ws_networks_free (WsNetworks *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsNetworks, ws_networks_free)

/* @self (nullable): the empty set. Ports do not count. */
gboolean ws_networks_contain (const WsNetworks *self, const WsAddress *address);

G_END_DECLS
