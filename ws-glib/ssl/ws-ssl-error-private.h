/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <ws-glib/ws-ssl-error.h>

#include "net/ws-tls-verify.h"

G_BEGIN_DECLS

/* (transfer full) */
WsSslError *ws_ssl_error_new_from_problem (const WsTlsProblem *problem);

G_END_DECLS
