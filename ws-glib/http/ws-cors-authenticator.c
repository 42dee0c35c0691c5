/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The question whether pages of an origin may connect. */
#include "ws-cors-authenticator.h"

#include "base/ws-property.h"

/**
 * WsCorsAuthenticator:
 *
 * Asks whether a page of some origin may connect.
 *
 * A server hands one to the handlers of
 * [signal@Server::origin-authentication-required]; what they leave in
 * [property@CorsAuthenticator:allowed] is the answer.
 *
 * Since: 1.0
 */
struct _WsCorsAuthenticator
{
  GObject  parent_instance;
  char    *origin; /* (owned) (nullable): the client named none */
  gboolean allowed;
};

G_DEFINE_FINAL_TYPE (WsCorsAuthenticator, ws_cors_authenticator, G_TYPE_OBJECT)

typedef enum
{
  PROP_ORIGIN = 1,
  PROP_ALLOWED,
  N_PROPS
} WsCorsAuthenticatorProp;

static GParamSpec *props[N_PROPS];

static void
ws_cors_authenticator_finalize (GObject *object)
{
  WsCorsAuthenticator *self = WS_CORS_AUTHENTICATOR (object);

  g_free (self->origin);
  G_OBJECT_CLASS (ws_cors_authenticator_parent_class)->finalize (object);
}

static void
init_origin (WsCorsAuthenticator *self, const char *origin)
{
  self->origin = g_strdup (origin);
}

/* clang-format off */
static const WsProperty properties[] = {
  /**
   * WsCorsAuthenticator:origin:
   *
   * The origin that the client announced; %NULL if it announced none.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_STRING (WsCorsAuthenticator, PROP_ORIGIN, "origin", NULL,
                        ws_cors_authenticator_get_origin, init_origin),
    .flags = G_PARAM_CONSTRUCT_ONLY },

  /**
   * WsCorsAuthenticator:allowed:
   *
   * Whether the client may connect.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_BOOLEAN (WsCorsAuthenticator, PROP_ALLOWED, "allowed", TRUE,
                         ws_cors_authenticator_get_allowed,
                         ws_cors_authenticator_set_allowed) },

  { 0 }
};
/* clang-format on */

static const WsProperty *const tables[] = { properties, NULL };

static void
ws_cors_authenticator_class_init (WsCorsAuthenticatorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = ws_cors_authenticator_finalize;
  ws_property_install (object_class, tables, props, N_PROPS);
}

static void
ws_cors_authenticator_init (WsCorsAuthenticator *self)
{
  self->allowed = TRUE;
}

/**
 * ws_cors_authenticator_new:
 * @origin: (nullable): the origin that the client announced
 *
 * Creates a question about @origin, whose answer so far is yes.
 *
 * Returns: (transfer full): a new object
 *
 * Since: 1.0
 */
WsCorsAuthenticator *
ws_cors_authenticator_new (const char *origin)
{
  return g_object_new (WS_TYPE_CORS_AUTHENTICATOR, "origin", origin, NULL);
}

/**
 * ws_cors_authenticator_get_origin:
 * @self: a question about an origin
 *
 * Gets the origin that the client announced.
 *
 * Returns: (transfer none) (nullable): the origin; %NULL if it announced none
 *
 * Since: 1.0
 */
const char *
ws_cors_authenticator_get_origin (WsCorsAuthenticator *self)
{
  g_return_val_if_fail (WS_IS_CORS_AUTHENTICATOR (self), NULL);

  return self->origin;
}

/**
 * ws_cors_authenticator_get_allowed:
 * @self: a question about an origin
 *
 * Gets whether the client may connect.
 *
 * Returns: the answer so far
 *
 * Since: 1.0
 */
gboolean
ws_cors_authenticator_get_allowed (WsCorsAuthenticator *self)
{
  g_return_val_if_fail (WS_IS_CORS_AUTHENTICATOR (self), FALSE);

  return self->allowed;
}

/**
 * ws_cors_authenticator_set_allowed:
 * @self: a question about an origin
 * @allowed: whether the client may connect
 *
 * Sets whether the client may connect, which answers the question.
 *
 * Since: 1.0
 */
void
ws_cors_authenticator_set_allowed (WsCorsAuthenticator *self, gboolean allowed)
{
  g_return_if_fail (WS_IS_CORS_AUTHENTICATOR (self));

  allowed = allowed != FALSE;
  if (self->allowed == allowed)
    return;

  self->allowed = allowed;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_ALLOWED]);
}
