/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <ws-glib/ws-glib.h>

G_BEGIN_DECLS

char *socket_report_agreement (WsSocket *socket) G_GNUC_WARN_UNUSED_RESULT;
char *socket_report_close_code (guint code) G_GNUC_WARN_UNUSED_RESULT;
char *socket_report_statistics (WsSocket *socket) G_GNUC_WARN_UNUSED_RESULT;
char *socket_report_response (WsSocket *socket) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
