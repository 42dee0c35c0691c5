/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "ssl/ws-ssl-configuration-core.h"

G_BEGIN_DECLS

/* Whether @errors (element-type WsSslError), which are about a chain that
 * begins with @certificate, are excused at @host. */
gboolean ws_ssl_configuration_excuses (WsSslConfiguration *self,
                                       WsSslCertificate   *certificate,
                                       const char         *host,
                                       GPtrArray          *errors);

G_END_DECLS
