/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define WS_KEY_NONCE_SIZE 16

/* RFC 6455, 4.1: the Sec-WebSocket-Key of a client. */
char *ws_key_new (const guint8 nonce[WS_KEY_NONCE_SIZE]);

/* Whether @key is the base64 of 16 bytes. */
gboolean ws_key_is_valid (const char *key);

/* RFC 6455, 4.2.2: the Sec-WebSocket-Accept that answers @key. */
char *ws_key_accept (const char *key);

G_END_DECLS
