/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

G_BEGIN_DECLS

/* What is wrong with a peer's certificate chain. The public WsSslErrorCode has
 * the same values in the same order. */
typedef enum
{
  WS_TLS_PROBLEM_UNSPECIFIED,
  WS_TLS_PROBLEM_NO_PEER_CERTIFICATE,
  WS_TLS_PROBLEM_SELF_SIGNED_CERTIFICATE,
  WS_TLS_PROBLEM_SELF_SIGNED_CERTIFICATE_IN_CHAIN,
  WS_TLS_PROBLEM_UNABLE_TO_GET_LOCAL_ISSUER_CERTIFICATE,
  WS_TLS_PROBLEM_CERTIFICATE_SIGNATURE_FAILED,
  WS_TLS_PROBLEM_CERTIFICATE_NOT_YET_VALID,
  WS_TLS_PROBLEM_CERTIFICATE_EXPIRED,
  WS_TLS_PROBLEM_CERTIFICATE_UNTRUSTED,
  WS_TLS_PROBLEM_CERTIFICATE_REJECTED,
  WS_TLS_PROBLEM_CERTIFICATE_REVOKED,
  WS_TLS_PROBLEM_HOST_NAME_MISMATCH,
  WS_TLS_PROBLEM_INVALID_PURPOSE,
  WS_TLS_PROBLEM_INVALID_CA_CERTIFICATE,
  WS_TLS_PROBLEM_PATH_LENGTH_EXCEEDED,
  WS_TLS_PROBLEM_INSECURE_ALGORITHM,
  WS_TLS_PROBLEM_OCSP_STATUS_INVALID,
  WS_TLS_PROBLEM_OCSP_RESPONSE_OUTDATED,
  WS_TLS_PROBLEM_OCSP_STATUS_MISSING
} WsTlsProblemCode;

typedef struct
{
  WsTlsProblemCode code;
  int              depth;       /* 0: the peer's own; -1: of no certificate */
  GBytes          *certificate; /* (owned) (nullable): DER */
  char            *text;        /* (owned): for people; names the culprit */
} WsTlsProblem;

void ws_tls_problem_free (WsTlsProblem *self);

typedef struct
{
  const char *host;      /* (nullable): DNS name or IP address to be matched */
  gboolean    is_server; /* we are: the peer must be a TLS client */
  guint       depth;     /* certificates in a chain at most, 0: any */
  GPtrArray  *chain;     /* (nullable): of ws_tls_chain_read(), if that was
                            called already */
} WsTlsVerifyOptions;

/* (transfer full) (element-type WsTlsProblem): all that is wrong with the chain
 * the peer of @session has shown; empty: it is trusted. @trust: the list that
 * the session's credentials use. The verdict is GnuTLS's; if it is not clean, a
 * walk over the chain explains it. */
GPtrArray *ws_tls_verify (gnutls_session_t          session,
                          gnutls_x509_trust_list_t  trust,
                          const WsTlsVerifyOptions *options);

G_END_DECLS
