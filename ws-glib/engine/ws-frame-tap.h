/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/ws-transport.h"
#include "protocol/ws-frame.h"

G_BEGIN_DECLS

/* (transfer full): a transport over @inner (transfer full) that logs the header
 * of each frame which goes through. It stands in the way only where that is
 * wanted, so that it costs others nothing. @role: that of our end. */
WsTransport *ws_frame_tap_new (WsTransport *inner, WsRole role);
/* What was read before there was a tap. */
void ws_frame_tap_note_input (WsTransport *self, const guint8 *data, gsize len);

G_END_DECLS
