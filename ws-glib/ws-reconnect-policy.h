/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(WS_INSIDE) && !defined(WS_COMPILATION)
#error "Only <ws-glib/ws-glib.h> can be included directly."
#endif

#include <glib-object.h>

#include <ws-glib/ws-version-macros.h>

G_BEGIN_DECLS

/* Defined in ws-socket.h, which needs this header. */
typedef struct _WsSocket WsSocket;

#define WS_TYPE_RECONNECT_POLICY (ws_reconnect_policy_get_type ())

WS_AVAILABLE_IN_1_0
G_DECLARE_DERIVABLE_TYPE (
    WsReconnectPolicy, ws_reconnect_policy, WS, RECONNECT_POLICY, GObject)

/**
 * WsReconnectPolicyClass:
 * @parent_class: the parent class
 * @should_reconnect: whether an end is to be followed by a new attempt
 * @get_delay: how long to wait before it, in milliseconds
 *
 * What a policy decides; a subclass may decide otherwise.
 *
 * Since: 1.0
 */
struct _WsReconnectPolicyClass
{
  GObjectClass parent_class;

  gboolean (*should_reconnect) (WsReconnectPolicy *self, WsSocket *socket);
  int (*get_delay) (WsReconnectPolicy *self, guint attempt);

  /*< private >*/
  gpointer padding[6];
};

WS_AVAILABLE_IN_1_0
WsReconnectPolicy *ws_reconnect_policy_new (void) G_GNUC_WARN_UNUSED_RESULT;

WS_AVAILABLE_IN_1_0
guint ws_reconnect_policy_get_minimum (WsReconnectPolicy *self);
WS_AVAILABLE_IN_1_0
void ws_reconnect_policy_set_minimum (WsReconnectPolicy *self, guint minimum);
WS_AVAILABLE_IN_1_0
guint ws_reconnect_policy_get_maximum (WsReconnectPolicy *self);
WS_AVAILABLE_IN_1_0
void ws_reconnect_policy_set_maximum (WsReconnectPolicy *self, guint maximum);
WS_AVAILABLE_IN_1_0
double ws_reconnect_policy_get_factor (WsReconnectPolicy *self);
WS_AVAILABLE_IN_1_0
void ws_reconnect_policy_set_factor (WsReconnectPolicy *self, double factor);
WS_AVAILABLE_IN_1_0
double ws_reconnect_policy_get_jitter (WsReconnectPolicy *self);
WS_AVAILABLE_IN_1_0
void ws_reconnect_policy_set_jitter (WsReconnectPolicy *self, double jitter);
WS_AVAILABLE_IN_1_0
guint ws_reconnect_policy_get_reset_after (WsReconnectPolicy *self);
WS_AVAILABLE_IN_1_0
void ws_reconnect_policy_set_reset_after (WsReconnectPolicy *self,
                                          guint              reset_after);
WS_AVAILABLE_IN_1_0
guint ws_reconnect_policy_get_max_attempts (WsReconnectPolicy *self);
WS_AVAILABLE_IN_1_0
void ws_reconnect_policy_set_max_attempts (WsReconnectPolicy *self,
                                           guint              max_attempts);
WS_AVAILABLE_IN_1_0
gboolean ws_reconnect_policy_get_after_normal_close (WsReconnectPolicy *self);
WS_AVAILABLE_IN_1_0
void ws_reconnect_policy_set_after_normal_close (WsReconnectPolicy *self,
                                                 gboolean after_normal_close);
WS_AVAILABLE_IN_1_0
const guint *ws_reconnect_policy_get_fatal_close_codes (WsReconnectPolicy *self,
                                                        gsize *n_codes);
WS_AVAILABLE_IN_1_0
void ws_reconnect_policy_set_fatal_close_codes (WsReconnectPolicy *self,
                                                const guint       *codes,
                                                gsize              n_codes);

WS_AVAILABLE_IN_1_0
gboolean ws_reconnect_policy_should_reconnect (WsReconnectPolicy *self,
                                               WsSocket          *socket);
WS_AVAILABLE_IN_1_0
int ws_reconnect_policy_get_delay (WsReconnectPolicy *self, guint attempt);

G_END_DECLS
