/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <ws-glib/ws-glib.h>

G_BEGIN_DECLS

/* Has @configuration accept what was kept with trusted_servers_add(). What is
 * wrong with a part of the file is told, and the part left out. */
void trusted_servers_load (WsSslConfiguration *configuration);
/* Accepts a certificate at a host, now and whenever the program runs. FALSE:
 * for as long as it runs only, for the file cannot be written. */
gboolean trusted_servers_add (WsSslConfiguration *configuration,
                              WsSslCertificate   *certificate,
                              const char         *host,
                              GError            **error);
/* Forgets all of them. */
gboolean
trusted_servers_clear (WsSslConfiguration *configuration, GError **error);

G_END_DECLS
