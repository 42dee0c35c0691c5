/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(WS_INSIDE) && !defined(WS_COMPILATION)
#error "Only <ws-glib/ws-glib.h> can be included directly."
#endif

#include <glib-object.h>

#include <ws-glib/ws-version-macros.h>

G_BEGIN_DECLS

#define WS_TYPE_DEFLATE_OPTIONS (ws_deflate_options_get_type ())

/**
 * WsDeflateOptions:
 *
 * How messages are compressed: the parameters of permessage-deflate (RFC 7692).
 *
 * A plain value: what is set on a socket or server is copied, so that changing
 * the options afterwards changes nothing there.
 *
 * Given to [property@Socket:compression] or [property@Server:compression].
 *
 * Windows and context takeover are bounds: what is agreed on may be less, never
 * more. A context that is taken over compresses better, for it knows the
 * messages before, and costs memory for as long as the connection is busy; see
 * [method@DeflateOptions.set_idle_release].
 *
 * Compressing secrets together with what an attacker can choose tells their
 * length (RFC 7692, 9; as CRIME does): send them on a socket without
 * compression, or in messages below the threshold.
 *
 * Since: 1.0
 */
typedef struct _WsDeflateOptions WsDeflateOptions;

WS_AVAILABLE_IN_1_0
GType ws_deflate_options_get_type (void) G_GNUC_CONST;
WS_AVAILABLE_IN_1_0
WsDeflateOptions *ws_deflate_options_new (void) G_GNUC_WARN_UNUSED_RESULT;
WS_AVAILABLE_IN_1_0
WsDeflateOptions *ws_deflate_options_copy (const WsDeflateOptions *self)
    G_GNUC_WARN_UNUSED_RESULT;
WS_AVAILABLE_IN_1_0
void ws_deflate_options_free (WsDeflateOptions *self);

WS_AVAILABLE_IN_1_0
guint
ws_deflate_options_get_client_max_window_bits (const WsDeflateOptions *self);
WS_AVAILABLE_IN_1_0
void ws_deflate_options_set_client_max_window_bits (WsDeflateOptions *self,
                                                    guint window_bits);
WS_AVAILABLE_IN_1_0
guint
ws_deflate_options_get_server_max_window_bits (const WsDeflateOptions *self);
WS_AVAILABLE_IN_1_0
void ws_deflate_options_set_server_max_window_bits (WsDeflateOptions *self,
                                                    guint window_bits);
WS_AVAILABLE_IN_1_0
gboolean
ws_deflate_options_get_client_context_takeover (const WsDeflateOptions *self);
WS_AVAILABLE_IN_1_0
void ws_deflate_options_set_client_context_takeover (WsDeflateOptions *self,
                                                     gboolean takeover);
WS_AVAILABLE_IN_1_0
gboolean
ws_deflate_options_get_server_context_takeover (const WsDeflateOptions *self);
WS_AVAILABLE_IN_1_0
void ws_deflate_options_set_server_context_takeover (WsDeflateOptions *self,
                                                     gboolean takeover);
WS_AVAILABLE_IN_1_0
int ws_deflate_options_get_level (const WsDeflateOptions *self);
WS_AVAILABLE_IN_1_0
void ws_deflate_options_set_level (WsDeflateOptions *self, int level);
WS_AVAILABLE_IN_1_0
guint ws_deflate_options_get_memory_level (const WsDeflateOptions *self);
WS_AVAILABLE_IN_1_0
void ws_deflate_options_set_memory_level (WsDeflateOptions *self,
                                          guint             memory_level);
WS_AVAILABLE_IN_1_0
gsize ws_deflate_options_get_threshold (const WsDeflateOptions *self);
WS_AVAILABLE_IN_1_0
void ws_deflate_options_set_threshold (WsDeflateOptions *self, gsize threshold);
WS_AVAILABLE_IN_1_0
guint ws_deflate_options_get_max_ratio (const WsDeflateOptions *self);
WS_AVAILABLE_IN_1_0
void ws_deflate_options_set_max_ratio (WsDeflateOptions *self, guint max_ratio);
WS_AVAILABLE_IN_1_0
guint ws_deflate_options_get_idle_release (const WsDeflateOptions *self);
WS_AVAILABLE_IN_1_0
void ws_deflate_options_set_idle_release (WsDeflateOptions *self,
                                          guint             idle_release);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsDeflateOptions, ws_deflate_options_free)

G_END_DECLS
