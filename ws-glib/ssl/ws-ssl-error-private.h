/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <ws-glib/ws-ssl-error.h>

#include "net/ws-tls-verify.h"

G_BEGIN_DECLS

/* (transfer full) (element-type WsSslError): of each of @problems, which are
 * WsTlsProblem, as they stand. */
GPtrArray *ws_ssl_error_list_problems (GPtrArray *problems);

G_END_DECLS
