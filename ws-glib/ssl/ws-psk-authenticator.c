/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The question for a pre-shared key. */
#include "ssl/ws-psk-authenticator-private.h"

/* RFC 4279, 5.3: what every implementation must support. */
#define MAXIMUM_IDENTITY_LENGTH 128

/**
 * WsPskAuthenticator:
 *
 * Asks for a key that both ends know beforehand (RFC 4279; RFC 8446, 4.2.11).
 *
 * It comes with [signal@Socket::pre-shared-key-authentication-required] and
 * [signal@Server::pre-shared-key-authentication-required], and is to be
 * answered in the handler: a client sets identity and key, a server reads the
 * identity and sets the key. Without a key the handshake fails.
 *
 * Since: 1.0
 */
struct _WsPskAuthenticator
{
  GObject parent_instance;

  char    *hint;     /* (owned) */
  char    *identity; /* (owned) (nullable) */
  GBytes  *key;      /* (owned) (nullable) */
  gboolean is_server;
};

G_DEFINE_FINAL_TYPE (WsPskAuthenticator, ws_psk_authenticator, G_TYPE_OBJECT)

static void
ws_psk_authenticator_finalize (GObject *object)
{
  WsPskAuthenticator *self = WS_PSK_AUTHENTICATOR (object);

  g_free (self->hint);
  g_free (self->identity);
  g_clear_pointer (&self->key, g_bytes_unref);
  G_OBJECT_CLASS (ws_psk_authenticator_parent_class)->finalize (object);
}

static void
ws_psk_authenticator_class_init (WsPskAuthenticatorClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ws_psk_authenticator_finalize;
}

/* A binding can make one that nobody has asked for; it is empty then. */
static void
ws_psk_authenticator_init (WsPskAuthenticator *self)
{
  self->hint = g_strdup ("");
}

WsPskAuthenticator *
ws_psk_authenticator_new (const char *hint, const char *identity)
{
  WsPskAuthenticator *self = g_object_new (WS_TYPE_PSK_AUTHENTICATOR, NULL);

  if (hint != NULL)
    {
      g_free (self->hint);
      self->hint = g_strdup (hint);
    }
  self->identity = g_strdup (identity);
  self->is_server = identity != NULL;
  return self;
}

GBytes *
ws_psk_authenticator_dup_key (WsPskAuthenticator *self)
{
  return self->key != NULL ? g_bytes_ref (self->key) : NULL;
}

/**
 * ws_psk_authenticator_get_identity_hint:
 * @self: an authenticator
 *
 * Gets what the server says about the identity it wants.
 *
 * TLS 1.3 has no hint.
 *
 * Returns: a text, or ""
 *
 * Since: 1.0
 */
const char *
ws_psk_authenticator_get_identity_hint (WsPskAuthenticator *self)
{
  g_return_val_if_fail (WS_IS_PSK_AUTHENTICATOR (self), NULL);

  return self->hint;
}

/**
 * ws_psk_authenticator_get_identity:
 * @self: an authenticator
 *
 * Gets who the client says it is.
 *
 * A server is not asked about an identity that is not UTF-8 (RFC 4279, 5.1),
 * and does not know it.
 *
 * Returns: a name, or ""
 *
 * Since: 1.0
 */
const char *
ws_psk_authenticator_get_identity (WsPskAuthenticator *self)
{
  g_return_val_if_fail (WS_IS_PSK_AUTHENTICATOR (self), NULL);

  return self->identity != NULL ? self->identity : "";
}

/**
 * ws_psk_authenticator_set_identity:
 * @self: an authenticator
 * @identity: a name of at most 128 bytes
 *
 * Sets who the client is. A server's authenticator ignores it, with a warning.
 *
 * Since: 1.0
 */
void
ws_psk_authenticator_set_identity (WsPskAuthenticator *self,
                                   const char         *identity)
{
  g_return_if_fail (WS_IS_PSK_AUTHENTICATOR (self));
  g_return_if_fail (identity != NULL);

  if (self->is_server)
    {
      g_warning ("The identity of a pre-shared key is the client's to set");
      return;
    }
  g_free (self->identity);
  self->identity = g_strdup (identity);
}

/**
 * ws_psk_authenticator_get_maximum_identity_length:
 * @self: an authenticator
 *
 * Gets how long an identity may be.
 *
 * Returns: bytes; 0 on a server, where none is to be set
 *
 * Since: 1.0
 */
guint
ws_psk_authenticator_get_maximum_identity_length (WsPskAuthenticator *self)
{
  g_return_val_if_fail (WS_IS_PSK_AUTHENTICATOR (self), 0);

  return self->is_server ? 0 : MAXIMUM_IDENTITY_LENGTH;
}

/**
 * ws_psk_authenticator_get_pre_shared_key:
 * @self: an authenticator
 *
 * Gets the key.
 *
 * Returns: (transfer none) (nullable): the key, or %NULL if none was set
 *
 * Since: 1.0
 */
GBytes *
ws_psk_authenticator_get_pre_shared_key (WsPskAuthenticator *self)
{
  g_return_val_if_fail (WS_IS_PSK_AUTHENTICATOR (self), NULL);

  return self->key;
}

/**
 * ws_psk_authenticator_set_pre_shared_key:
 * @self: an authenticator
 * @pre_shared_key: the key, as it is (not in hexadecimal)
 *
 * Sets the key that belongs to the identity.
 *
 * Since: 1.0
 */
void
ws_psk_authenticator_set_pre_shared_key (WsPskAuthenticator *self,
                                         GBytes             *pre_shared_key)
{
  g_return_if_fail (WS_IS_PSK_AUTHENTICATOR (self));
  g_return_if_fail (pre_shared_key != NULL);

  g_bytes_ref (pre_shared_key);
  g_clear_pointer (&self->key, g_bytes_unref);
  self->key = pre_shared_key;
}
