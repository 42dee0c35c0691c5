/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(WS_INSIDE) && !defined(WS_COMPILATION)
#error "Only <ws-glib/ws-glib.h> can be included directly."
#endif

#include <glib-object.h>

#include <ws-glib/ws-message.h>
#include <ws-glib/ws-version-macros.h>

G_BEGIN_DECLS

#define WS_TYPE_PUBLICATION (ws_publication_get_type ())

/**
 * WsPublication:
 *
 * A message about a topic, on its way from one server to all that are joined
 * by a [class@Broker].
 *
 * Immutable and reference counted. Where the topic has a history
 * ([method@Broker.set_history]) a publication has a place in it: an offset,
 * one more than that of the publication before, in an epoch, which is another
 * one whenever the offsets begin anew.
 *
 * Since: 1.0
 */
typedef struct _WsPublication WsPublication;

WS_AVAILABLE_IN_1_0
GType ws_publication_get_type (void) G_GNUC_CONST;
WS_AVAILABLE_IN_1_0
WsPublication *
ws_publication_new (const char *topic,
                    WsMessage  *message) G_GNUC_WARN_UNUSED_RESULT;
WS_AVAILABLE_IN_1_0
WsPublication *
ws_publication_new_from_bytes (const char *topic,
                               GBytes     *bytes,
                               GError    **error) G_GNUC_WARN_UNUSED_RESULT;
WS_AVAILABLE_IN_1_0
WsPublication *ws_publication_new_at (WsPublication *publication,
                                      const char    *epoch,
                                      guint64 offset) G_GNUC_WARN_UNUSED_RESULT;
WS_AVAILABLE_IN_1_0
WsPublication *ws_publication_ref (WsPublication *self);
WS_AVAILABLE_IN_1_0
void ws_publication_unref (WsPublication *self);
WS_AVAILABLE_IN_1_0
GBytes *ws_publication_to_bytes (WsPublication *self) G_GNUC_WARN_UNUSED_RESULT;
WS_AVAILABLE_IN_1_0
const char *ws_publication_get_topic (WsPublication *self);
WS_AVAILABLE_IN_1_0
WsMessage *ws_publication_get_message (WsPublication *self);
WS_AVAILABLE_IN_1_0
const char *ws_publication_get_epoch (WsPublication *self);
WS_AVAILABLE_IN_1_0
guint64 ws_publication_get_offset (WsPublication *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsPublication, ws_publication_unref)

G_END_DECLS
