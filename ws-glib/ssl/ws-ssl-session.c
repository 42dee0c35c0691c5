/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the ends of an encrypted connection agreed on, as the user sees it. */
#include "ssl/ws-ssl-session-private.h"

#include "base/ws-property.h"

/**
 * WsSslSession:
 *
 * What the two ends of an encrypted connection have agreed on.
 *
 * It never changes.
 *
 * Since: 1.0
 */
struct _WsSslSession
{
  GObject           parent_instance;
  const char       *protocol;      /* interned, as there are a few of them */
  const char       *cipher;        /* likewise */
  char             *next_protocol; /* (owned) (nullable) */
  GListStore       *chain;         /* (owned) of WsSslCertificate */
  WsSslCertificate *certificate;   /* (owned) (nullable): the peer's own */
  gboolean          resumed;
};

G_DEFINE_FINAL_TYPE (WsSslSession, ws_ssl_session, G_TYPE_OBJECT)

typedef enum
{
  PROP_PROTOCOL = 1,
  PROP_CIPHER,
  PROP_NEXT_PROTOCOL,
  PROP_RESUMED,
  PROP_PEER_CERTIFICATE,
  PROP_PEER_CERTIFICATE_CHAIN,
  N_PROPS
} WsSslSessionProp;

static GParamSpec *props[N_PROPS];

static void
ws_ssl_session_finalize (GObject *object)
{
  WsSslSession *self = WS_SSL_SESSION (object);

  g_free (self->next_protocol);
  g_clear_object (&self->certificate);
  g_clear_object (&self->chain);
  G_OBJECT_CLASS (ws_ssl_session_parent_class)->finalize (object);
}

/* clang-format off */
static const WsProperty properties[] = {
  /**
   * WsSslSession:protocol:
   *
   * The version of TLS, such as `TLS1.3`.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_STRING (WsSslSession, PROP_PROTOCOL, "protocol", NULL,
                        ws_ssl_session_get_protocol, NULL) },

  /**
   * WsSslSession:cipher:
   *
   * What the session is encrypted with.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_STRING (WsSslSession, PROP_CIPHER, "cipher", NULL,
                        ws_ssl_session_get_cipher, NULL) },

  /**
   * WsSslSession:next-protocol:
   *
   * What was agreed on by ALPN (RFC 7301).
   *
   * Since: 1.0
   */
  { WS_PROPERTY_STRING (WsSslSession, PROP_NEXT_PROTOCOL, "next-protocol",
                        NULL, ws_ssl_session_get_next_protocol, NULL) },

  /**
   * WsSslSession:resumed:
   *
   * Whether an earlier session was resumed.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_BOOLEAN (WsSslSession, PROP_RESUMED, "resumed", FALSE,
                         ws_ssl_session_get_resumed, NULL) },

  /**
   * WsSslSession:peer-certificate:
   *
   * The certificate of the peer.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_OBJECT (WsSslSession, PROP_PEER_CERTIFICATE,
                        "peer-certificate", WsSslCertificate,
                        ws_ssl_certificate_get_type,
                        ws_ssl_session_get_peer_certificate, NULL) },

  /**
   * WsSslSession:peer-certificate-chain:
   *
   * The certificates that the peer has shown, its own first.
   *
   * Its items are of type [class@SslCertificate].
   *
   * Since: 1.0
   */
  { WS_PROPERTY_OBJECT (WsSslSession, PROP_PEER_CERTIFICATE_CHAIN,
                        "peer-certificate-chain", GListModel,
                        g_list_model_get_type,
                        ws_ssl_session_get_peer_certificate_chain, NULL) },

  { 0 }
};
/* clang-format on */

static const WsProperty *const tables[] = { properties, NULL };

static void
ws_ssl_session_class_init (WsSslSessionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = ws_ssl_session_finalize;
  ws_property_install (object_class, tables, props, N_PROPS);
}

/* (transfer full): that of all peers which have shown nothing. */
static GListStore *
share_empty_chain (void)
{
  static GListStore *shared;

  if (g_once_init_enter (&shared))
    g_once_init_leave (&shared, g_list_store_new (WS_TYPE_SSL_CERTIFICATE));
  return g_object_ref (shared);
}

/* A binding can make one of nothing; it is empty then. */
static void
ws_ssl_session_init (WsSslSession *self)
{
  self->protocol = "";
  self->cipher = "";
  self->chain = share_empty_chain ();
}

/* A certificate that cannot be read ends the chain. */
WsSslSession *
ws_ssl_session_new (const char *protocol,
                    const char *cipher,
                    const char *next_protocol,
                    gboolean    resumed,
                    GPtrArray  *chain)
{
  WsSslSession *self = g_object_new (WS_TYPE_SSL_SESSION, NULL);

  self->protocol = g_intern_string (protocol);
  self->cipher = g_intern_string (cipher);
  self->next_protocol = g_strdup (next_protocol);
  self->resumed = resumed;
  if (chain != NULL && chain->len > 0)
    {
      g_object_unref (self->chain);
      self->chain = g_list_store_new (WS_TYPE_SSL_CERTIFICATE);
    }
  for (guint i = 0; chain != NULL && i < chain->len; i++)
    {
      g_autoptr (WsSslCertificate) certificate
          = ws_ssl_certificate_new_from_der (g_ptr_array_index (chain, i),
                                             NULL);

      if (certificate == NULL)
        break;
      if (i == 0)
        self->certificate = g_object_ref (certificate);
      g_list_store_append (self->chain, certificate);
    }
  return self;
}

/**
 * ws_ssl_session_get_protocol:
 * @self: a session
 *
 * Gets the version of TLS, such as `TLS1.3`.
 *
 * Returns: (transfer none): the version
 *
 * Since: 1.0
 */
const char *
ws_ssl_session_get_protocol (WsSslSession *self)
{
  g_return_val_if_fail (WS_IS_SSL_SESSION (self), NULL);

  return self->protocol;
}

/**
 * ws_ssl_session_get_cipher:
 * @self: a session
 *
 * Gets what the session is encrypted with.
 *
 * Returns: (transfer none): the name of the cipher suite
 *
 * Since: 1.0
 */
const char *
ws_ssl_session_get_cipher (WsSslSession *self)
{
  g_return_val_if_fail (WS_IS_SSL_SESSION (self), NULL);

  return self->cipher;
}

/**
 * ws_ssl_session_get_next_protocol:
 * @self: a session
 *
 * Gets what was agreed on by ALPN (RFC 7301).
 *
 * Returns: (transfer none) (nullable): the protocol; %NULL if none was
 *
 * Since: 1.0
 */
const char *
ws_ssl_session_get_next_protocol (WsSslSession *self)
{
  g_return_val_if_fail (WS_IS_SSL_SESSION (self), NULL);

  return self->next_protocol;
}

/**
 * ws_ssl_session_get_resumed:
 * @self: a session
 *
 * Gets whether an earlier session was resumed.
 *
 * Returns: %TRUE if one was
 *
 * Since: 1.0
 */
gboolean
ws_ssl_session_get_resumed (WsSslSession *self)
{
  g_return_val_if_fail (WS_IS_SSL_SESSION (self), FALSE);

  return self->resumed;
}

/**
 * ws_ssl_session_get_peer_certificate:
 * @self: a session
 *
 * Gets the certificate of the peer.
 *
 * Returns: (transfer none) (nullable): the certificate; %NULL if the peer has
 *   shown none
 *
 * Since: 1.0
 */
WsSslCertificate *
ws_ssl_session_get_peer_certificate (WsSslSession *self)
{
  g_return_val_if_fail (WS_IS_SSL_SESSION (self), NULL);

  return self->certificate;
}

/**
 * ws_ssl_session_get_peer_certificate_chain:
 * @self: a session
 *
 * Gets the certificates that the peer has shown, its own first.
 *
 * Its items are of type [class@SslCertificate].
 *
 * Returns: (transfer none): the chain; may be empty
 *
 * Since: 1.0
 */
GListModel *
ws_ssl_session_get_peer_certificate_chain (WsSslSession *self)
{
  g_return_val_if_fail (WS_IS_SSL_SESSION (self), NULL);

  return G_LIST_MODEL (self->chain);
}
