/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "protocol/ws-deflate-offer.h"
#include "protocol/ws-extension.h"

G_BEGIN_DECLS

/* permessage-deflate (RFC 7692) as an extension: what was agreed on, at work. A
 * connection that has not spoken compressed yet costs the object alone. */

/* (transfer full) */
WsExtension *ws_deflate_new (WsRole                   role,
                             const WsDeflateParams   *params,
                             const WsDeflateSettings *settings);

/* All that follow are for extensions that ws_deflate_new() has made. */

/* The connection is idle: gives back what the next message can do without. Does
 * nothing while a message comes in. Of what the peer compresses with context
 * takeover a packed history stays, at most the window's size. */
void ws_deflate_release_idle (WsExtension *extension);

/* What compression has done until now. */
typedef struct
{
  guint  n_messages;     /* compressed ones, sent and received; wraps */
  gint64 saved_received; /* bytes that the messages were shorter on the wire */
  gboolean has_context;  /* ws_deflate_release_idle() would free something */
} WsDeflateUse;

void ws_deflate_get_use (const WsExtension *extension, WsDeflateUse *use);

/* The window, in bits, that compressed messages of ours may need at most. */
guint ws_deflate_window_bits (const WsExtension *extension);

/* Compresses a message that is to be sent to many: with no context, for a
 * window of @window_bits. The result suits each connection whose window is not
 * smaller; call ws_deflate_note_shared() for each that gets it. Appends to
 * @out; FALSE: the message is to be sent plain (it is short, or would not
 * become shorter). */
gboolean ws_deflate_compress_shared (const WsDeflateSettings *settings,
                                     guint                    window_bits,
                                     const guint8            *data,
                                     gsize                    len,
                                     WsBuffer                *out);

/* The same, in the way in which @extension compresses. */
gboolean ws_deflate_compress_alone (const WsExtension *extension,
                                    const guint8      *data,
                                    gsize              len,
                                    WsBuffer          *out);

/* A compressed message that others have made is sent here: with context
 * takeover our own compressor does not know of it, so that the next message
 * must not refer to what was before. */
void ws_deflate_note_shared (WsExtension *extension);

G_END_DECLS
