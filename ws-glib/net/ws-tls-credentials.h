/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

G_BEGIN_DECLS

/* Keys, certificates and trust, loaded once and shared by all sessions of a
 * configuration, in any thread. Immutable and reference counted. */
typedef struct _WsTlsCredentials WsTlsCredentials;

typedef enum
{
  WS_TLS_VERIFY_AUTO,  /* client: VERIFY, server: NONE */
  WS_TLS_VERIFY_NONE,  /* the peer is not asked for a certificate */
  WS_TLS_VERIFY_QUERY, /* asked for, and judged if shown; never an error */
  WS_TLS_VERIFY_PEER   /* demanded and judged */
} WsTlsVerify;

typedef enum
{
  WS_TLS_PROTOCOL_ANY,
  WS_TLS_PROTOCOL_1_2,
  WS_TLS_PROTOCOL_1_3
} WsTlsProtocol;

/* A chain with its key: PEM or DER bytes, or a pkcs11: URI each. */
typedef struct
{
  GBytes *chain;     /* (nullable): PEM (several) or DER (one) */
  char   *chain_uri; /* (nullable): pkcs11: */
  GBytes *key;       /* (nullable): PEM or DER, PKCS #1, #8 or SEC 1 */
  char   *key_uri;   /* (nullable): pkcs11: */
  char   *password;  /* (nullable): of an encrypted key, PIN of a token */
} WsTlsIdentity;

/* What GnuTLS makes the keys of tickets from, a new one every few hours. */
#define WS_TLS_TICKET_KEY_SIZE 64

typedef struct
{
  gboolean      is_server;
  GPtrArray    *identities;   /* (nullable) of WsTlsIdentity: a server picks by
                                  SNI; the first is for any other name */
  GPtrArray    *authorities;  /* (nullable) of GBytes, PEM or DER */
  GPtrArray    *revocations;  /* (nullable) of GBytes: CRLs, PEM or DER */
  gboolean      system_trust; /* loaded once in a process */
  const char   *priority;     /* (nullable): "NORMAL" */
  WsTlsProtocol minimum, maximum;
  WsTlsVerify   verify;
  guint         verify_depth;  /* 0: any */
  gboolean      resumes;       /* tickets, server and client */
  GBytes       *ticket_key;    /* (nullable): server: WS_TLS_TICKET_KEY_SIZE
                                  bytes; NULL: random ones */
  gboolean      offers_psk;    /* PSK key exchanges are offered */
  const char   *psk_hint;      /* (nullable): server */
  GBytes       *ocsp_response; /* (nullable): server: stapled, of the first
                                  identity */
} WsTlsConfig;

/* Errors: G_TLS_ERROR (BAD_CERTIFICATE …) or G_IO_ERROR, naming what could not
 * be used: which item, a password that is wrong or missing, the place in a
 * priority string. */
WsTlsCredentials *
ws_tls_credentials_new (const WsTlsConfig *config, GError **error);
WsTlsCredentials *ws_tls_credentials_ref (WsTlsCredentials *self);
void              ws_tls_credentials_unref (WsTlsCredentials *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsTlsCredentials, ws_tls_credentials_unref)

/* --- For ws-tls-session --- */

/* Sets up @session: credentials, priority, tickets, OCSP, request for a client
 * certificate. */
gboolean                 ws_tls_credentials_apply (WsTlsCredentials *self,
                                                   gnutls_session_t  session,
                                                   GError          **error);
gnutls_x509_trust_list_t ws_tls_credentials_get_trust (WsTlsCredentials *self);
/* AUTO is resolved. */
WsTlsVerify ws_tls_credentials_get_verify (WsTlsCredentials *self);
guint       ws_tls_credentials_get_verify_depth (WsTlsCredentials *self);
gboolean    ws_tls_credentials_wants_resumption (WsTlsCredentials *self);
gboolean    ws_tls_credentials_offers_psk (WsTlsCredentials *self);
gboolean    ws_tls_credentials_may_speak_tls13 (WsTlsCredentials *self);

G_END_DECLS
