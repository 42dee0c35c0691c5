/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/ws-tls-verify.h"

G_BEGIN_DECLS

/* A certificate chain that GnuTLS does not trust, and why: a walk from the
 * peer's certificate to its trust anchor that looks at each on the way. */
typedef struct _WsTlsExplain WsTlsExplain;

/* @sent: (element-type gnutls_x509_crt_t): the chain as the peer sent it, its
 * own first, not empty; has to outlive the walk. @problems: (element-type
 * WsTlsProblem): what is found goes there. */
WsTlsExplain *ws_tls_explain_new (GPtrArray               *sent,
                                  gnutls_x509_trust_list_t trust,
                                  GPtrArray               *problems);
void          ws_tls_explain_free (WsTlsExplain *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsTlsExplain, ws_tls_explain_free)

/* How many certificates the peer's part of the path has. */
guint ws_tls_explain_get_length (WsTlsExplain *self);

/* Each returns the bits of gnutls_certificate_status_t that its findings
 * explain, or would. */
guint ws_tls_explain_issuers (WsTlsExplain *self);
guint ws_tls_explain_signatures (WsTlsExplain *self, guint status);
guint ws_tls_explain_validity (WsTlsExplain *self);
guint ws_tls_explain_purpose (WsTlsExplain *self, const char *purpose);
guint ws_tls_explain_revocation (WsTlsExplain *self);
void  ws_tls_explain_length (WsTlsExplain *self, guint max_length);

/* Adds a problem of the certificate at @depth of the path, or of none (-1).
 * (transfer full): @text */
void ws_tls_explain_add (WsTlsExplain    *self,
                         WsTlsProblemCode code,
                         int              depth,
                         char            *text);

G_END_DECLS
