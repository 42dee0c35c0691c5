/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gnutls/gnutls.h>

#include "tls-rig.h"

G_BEGIN_DECLS

/* A peer of bare GnuTLS, which does what a session of ours would not. */
typedef struct
{
  gnutls_session_t                 tls;
  gnutls_certificate_credentials_t credentials;
  GByteArray                      *in, *out;
} TlsBare;

/* A server has server-chain.pem. */
void tls_bare_init (TlsBare *self, gboolean is_server, const char *priority);
void tls_bare_clear (TlsBare *self);
/* Hands over what each has for the other; TRUE if there was any. */
gboolean tls_bare_exchange (TlsBare *self, TlsRigEnd *end);
/* A record that GnuTLS would not send, with AES-128-GCM. */
void tls_bare_send_record (TlsBare      *self,
                           guint8        type,
                           const guint8 *data,
                           gsize         len);
/* Until both are done. */
void tls_bare_handshake (TlsBare *self, TlsRigEnd *end);

G_END_DECLS
