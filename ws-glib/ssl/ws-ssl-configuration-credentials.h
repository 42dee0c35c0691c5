/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "ssl/ws-ssl-configuration-core.h"

G_BEGIN_DECLS

/* (transfer full): what sessions take, loaded once for each role, and anew
 * after a change. */
WsTlsCredentials *
ws_ssl_configuration_get_credentials (WsSslConfiguration *self,
                                      gboolean            is_server,
                                      GError            **error);
/* The same for who is about to open or to listen: whatever is wrong is
 * %WS_SOCKET_ERROR_SSL_INVALID_USER_DATA. */
WsTlsCredentials *
ws_ssl_configuration_require_credentials (WsSslConfiguration *self,
                                          gboolean            is_server,
                                          GError            **error);

/* Loads anew whatever has been in use. FALSE: what cannot be loaded replaces
 * nothing. */
gboolean ws_ssl_configuration_renew_credentials (WsSslConfiguration *self,
                                                 GError            **error);

G_END_DECLS
