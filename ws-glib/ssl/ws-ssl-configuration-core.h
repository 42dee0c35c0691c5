/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <ws-glib/ws-ssl-configuration.h>

#include "base/ws-property.h"
#include "net/ws-tls-credentials.h"

G_BEGIN_DECLS

/* The struct of a configuration, and what every other file may call. */

typedef enum
{
  WS_SSL_CONFIGURATION_PROP_LOCAL_CERTIFICATE = 1,
  WS_SSL_CONFIGURATION_PROP_LOCAL_CERTIFICATE_FILE,
  WS_SSL_CONFIGURATION_PROP_LOCAL_CERTIFICATE_URI,
  WS_SSL_CONFIGURATION_PROP_PRIVATE_KEY,
  WS_SSL_CONFIGURATION_PROP_PRIVATE_KEY_FILE,
  WS_SSL_CONFIGURATION_PROP_PRIVATE_KEY_URI,
  WS_SSL_CONFIGURATION_PROP_PASSWORD,
  WS_SSL_CONFIGURATION_PROP_CA_CERTIFICATES_FILE,
  WS_SSL_CONFIGURATION_PROP_SYSTEM_TRUST,
  WS_SSL_CONFIGURATION_PROP_CRL,
  WS_SSL_CONFIGURATION_PROP_CRL_FILE,
  WS_SSL_CONFIGURATION_PROP_PRIORITY,
  WS_SSL_CONFIGURATION_PROP_MINIMUM_PROTOCOL,
  WS_SSL_CONFIGURATION_PROP_MAXIMUM_PROTOCOL,
  WS_SSL_CONFIGURATION_PROP_PEER_VERIFY_MODE,
  WS_SSL_CONFIGURATION_PROP_PEER_VERIFY_DEPTH,
  WS_SSL_CONFIGURATION_PROP_PEER_VERIFY_NAME,
  WS_SSL_CONFIGURATION_PROP_ALLOWED_NEXT_PROTOCOLS,
  WS_SSL_CONFIGURATION_PROP_SESSION_RESUMPTION,
  WS_SSL_CONFIGURATION_PROP_SESSION_TICKET,
  WS_SSL_CONFIGURATION_PROP_PRE_SHARED_KEY,
  WS_SSL_CONFIGURATION_PROP_PRE_SHARED_KEY_IDENTITY_HINT,
  WS_SSL_CONFIGURATION_PROP_HANDSHAKE_MUST_INTERRUPT_ON_ERROR,
  WS_SSL_CONFIGURATION_PROP_OCSP_RESPONSE,
  WS_SSL_CONFIGURATION_PROP_OCSP_RESPONSE_FILE,
  WS_SSL_CONFIGURATION_PROP_CA_CERTIFICATES,
  WS_SSL_CONFIGURATION_PROP_SESSION_TICKET_KEY,
  WS_SSL_CONFIGURATION_N_PROPS
} WsSslConfigurationProp;

/* A certificate that a server shows to those who ask for its names. */
typedef struct
{
  GBytes *certificate;      /* (owned) (nullable) */
  GBytes *key;              /* (owned) (nullable) */
  char   *certificate_file; /* (owned) (nullable): instead */
  char   *key_file;         /* (owned) (nullable): instead */
  char   *password;         /* (owned) (nullable) */
} WsSslIdentity;

/* Settings are changed in one thread; what is below the lock is used from the
 * threads of all sockets and servers that share the configuration. */
struct _WsSslConfiguration
{
  GObject parent_instance;

  GBytes         *local_certificate;      /* (owned) (nullable) */
  char           *local_certificate_file; /* (owned) (nullable) */
  char           *local_certificate_uri;  /* (owned) (nullable) */
  GBytes         *private_key;            /* (owned) (nullable) */
  char           *private_key_file;       /* (owned) (nullable) */
  char           *private_key_uri;        /* (owned) (nullable) */
  char           *password;               /* (owned) (nullable) */
  char           *ca_certificates_file;   /* (owned) (nullable) */
  gboolean        system_trust;
  GBytes         *crl;      /* (owned) (nullable) */
  char           *crl_file; /* (owned) (nullable) */
  char           *priority; /* (owned) (nullable) */
  WsSslProtocol   minimum_protocol;
  WsSslProtocol   maximum_protocol;
  WsSslVerifyMode peer_verify_mode;
  guint           peer_verify_depth;
  char           *peer_verify_name;       /* (owned) (nullable) */
  char          **allowed_next_protocols; /* (owned) (nullable) */
  gboolean        session_resumption;
  GBytes         *session_ticket;     /* (owned) (nullable) */
  GBytes         *session_ticket_key; /* (owned) (nullable) */
  gboolean        pre_shared_key;
  char           *pre_shared_key_identity_hint; /* (owned) (nullable) */
  gboolean        handshake_must_interrupt_on_error;
  GBytes         *ocsp_response;      /* (owned) (nullable) */
  char           *ocsp_response_file; /* (owned) (nullable) */
  GListStore     *ca_certificates;    /* (owned) of WsSslCertificate */
  GPtrArray      *identities; /* (owned) of WsSslIdentity: the added ones */

  GMutex            lock;
  gboolean          ticket_is_given; /* the user has set session_ticket */
  gboolean          was_loaded[2];   /* for a client, for a server */
  WsTlsCredentials *credentials[2];  /* (owned) (nullable): of a client, of a
                                       server */
  GHashTable       *exceptions;      /* (owned): a set of char * */
  GHashTable       *tickets;         /* (owned): char * peer → GBytes * */
};

void ws_ssl_configuration_notify (WsSslConfiguration    *self,
                                  WsSslConfigurationProp property);
/* Drops what was loaded, and all tickets. */
void ws_ssl_configuration_invalidate (WsSslConfiguration *self);
/* The same, with something instead. (transfer full) (nullable): both */
void ws_ssl_configuration_replace_credentials (WsSslConfiguration *self,
                                               WsTlsCredentials   *client,
                                               WsTlsCredentials   *server);
/* A setting has changed: what was loaded, for either role, is void now. */
void ws_ssl_configuration_changed (WsSslConfiguration    *self,
                                   WsSslConfigurationProp property);

/* --- For setters: sets @field, and tells if that is a change --- */

void ws_ssl_configuration_put_bytes (WsSslConfiguration    *self,
                                     GBytes               **field,
                                     GBytes                *value,
                                     WsSslConfigurationProp property);
void ws_ssl_configuration_put_string (WsSslConfiguration    *self,
                                      char                 **field,
                                      const char            *value,
                                      WsSslConfigurationProp property);

/* Filled by the class. */
extern G_GNUC_INTERNAL GParamSpec
    *ws_ssl_configuration_props[WS_SSL_CONFIGURATION_N_PROPS];

G_END_DECLS
