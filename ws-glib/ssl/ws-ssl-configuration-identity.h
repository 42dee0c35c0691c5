/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "ssl/ws-ssl-configuration-core.h"

G_BEGIN_DECLS

extern const WsProperty ws_ssl_configuration_identity_properties[];

G_END_DECLS
