/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "socket/ws-socket-core.h"

G_BEGIN_DECLS

/* (transfer full) (nullable): of a client; errors are public ones. */
WsTlsCredentials *ws_socket_load_credentials (WsSocket *self, GError **error);
/* Says in @options how TLS is done with the target; @credentials are kept. */
void ws_socket_fill_tls_options (WsSocket               *self,
                                 WsTlsCredentials       *credentials,
                                 WsClientOpeningOptions *options);
void ws_socket_on_opening_paused (WsClientOpening *opening, gpointer user_data);
/* Takes over what is known of the session, and notifies. */
void ws_socket_note_session (WsSocket *self, WsTlsSession *session);
/* An interrupted handshake ends, unless a handler lets the handshake go on
 * meanwhile. */
void     ws_socket_forbid_to_continue (WsSocket *self);
gboolean ws_socket_get_continues (WsSocket *self);

extern const WsProperty ws_socket_ssl_properties[];

G_END_DECLS
