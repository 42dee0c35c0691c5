/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/ws-tls-verify.h"

G_BEGIN_DECLS

/* GnuTLS's codes as GErrors, and the other way round as alerts. */

/* (transfer full): what ended a session. @opened: its handshake was complete;
 * @heard: the peer had spoken TLS before. @alert: the one that the peer sent,
 * for GNUTLS_E_FATAL_ALERT_RECEIVED. */
GError *ws_tls_error_for_session (int      code,
                                  gboolean opened,
                                  gboolean heard,
                                  guint    alert);

/* (transfer full): something of a configuration, called @what, is no good. */
GError *ws_tls_error_for_item (int code, const char *what);

/* Never NULL: what an alert is called. */
const char *ws_tls_alert_describe (guint alert);

/* The alert that tells the peer why its chain was refused. */
guint ws_tls_alert_for_problem (WsTlsProblemCode problem, gboolean is_tls13);

G_END_DECLS
