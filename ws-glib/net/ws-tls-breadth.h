/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What GnuTLS takes for a certificate is out of proportion where one has many
 * parts: 120 KB with a name of 4000 parts, or 90 KB with 9000 purposes, and it
 * thinks for more than a second. Parts are counted before it looks. */

/* (transfer full) (nullable): what is too much of the body of a Certificate
 * message, the responses that come with it included. What is malformed is
 * GnuTLS's to refuse. */
char *ws_tls_breadth_find_excess (const guint8 *message,
                                  gsize         len,
                                  gboolean      is_tls13);
/* The same of a CertificateStatus message. */
char *ws_tls_breadth_find_excess_of_status (const guint8 *message, gsize len);

G_END_DECLS
