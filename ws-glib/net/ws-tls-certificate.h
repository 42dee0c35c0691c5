/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

G_BEGIN_DECLS

/* What a certificate says, as plain values. */

/* The public WsSslKeyAlgorithm has the same values in the same order. */
typedef enum
{
  WS_TLS_KEY_OPAQUE,
  WS_TLS_KEY_RSA,
  WS_TLS_KEY_DSA,
  WS_TLS_KEY_EC,
  WS_TLS_KEY_DH,
  WS_TLS_KEY_ED25519,
  WS_TLS_KEY_ED448
} WsTlsKeyAlgorithm;

typedef struct
{
  char             *subject;    /* (owned): RFC 4514; may be empty */
  char             *issuer;     /* (owned): RFC 4514 */
  char             *serial;     /* (owned): lower-case hex, no separator */
  char            **names;      /* (owned): "DNS:…", "IP:…", "email:…",
                                        "URI:…" */
  gint64            not_before; /* seconds since 1970 */
  gint64            not_after;  /* seconds since 1970 */
  WsTlsKeyAlgorithm key_algorithm;
  guint             key_size;       /* bits; 0: unknown */
  gboolean          is_self_signed; /* by its names, not by the signature */
} WsTlsCertificate;

/* Errors here are G_TLS_ERROR_BAD_CERTIFICATE. */
WsTlsCertificate *ws_tls_certificate_new (GBytes *der, GError **error);
/* Says nothing. */
WsTlsCertificate *ws_tls_certificate_new_empty (void);
void              ws_tls_certificate_free (WsTlsCertificate *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsTlsCertificate, ws_tls_certificate_free)

/* (transfer full) (element-type GBytes): DER of each certificate in @data,
 * which is PEM (several) or DER (one); never empty. */
GPtrArray *ws_tls_certificate_split (GBytes *data, GError **error);
/* (transfer full) */
char *ws_tls_certificate_to_pem (GBytes *der);

/* --- For ws-tls-verify --- */

/* (transfer full): as in WsTlsCertificate */
char  *ws_tls_certificate_read_subject (gnutls_x509_crt_t crt);
char **ws_tls_certificate_read_names (gnutls_x509_crt_t crt);
/* (transfer full): DER */
GBytes *ws_tls_certificate_export (gnutls_x509_crt_t crt);

G_END_DECLS
