/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <ws-glib/ws-glib.h>

G_BEGIN_DECLS

void ssl_report_errors (const char *url, GPtrArray *errors);
void ssl_report_session (WsSslSession *session);

G_END_DECLS
