/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ws-cors-authenticator.h"

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
ws_cors_authenticator_get_property (GObject    *object,
                                    guint       prop_id,
                                    GValue     *value,
                                    GParamSpec *pspec)
{
  WsCorsAuthenticator *self = WS_CORS_AUTHENTICATOR (object);

  switch ((WsCorsAuthenticatorProp) prop_id)
    {
    case PROP_ORIGIN:
      g_value_set_string (value, self->origin);
      break;
    case PROP_ALLOWED:
      g_value_set_boolean (value, self->allowed);
      break;
    case N_PROPS:
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
ws_cors_authenticator_set_property (GObject      *object,
                                    guint         prop_id,
                                    const GValue *value,
                                    GParamSpec   *pspec)
{
  WsCorsAuthenticator *self = WS_CORS_AUTHENTICATOR (object);

  switch ((WsCorsAuthenticatorProp) prop_id)
    {
    case PROP_ORIGIN:
      self->origin = g_value_dup_string (value);
      break;
    case PROP_ALLOWED:
      ws_cors_authenticator_set_allowed (self, g_value_get_boolean (value));
      break;
    case N_PROPS:
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
install_properties (GObjectClass *object_class)
{
  /**
   * WsCorsAuthenticator:origin: (getter get_origin)
   *
   * The origin that the client announced; %NULL if it announced none.
   *
   * Since: 1.0
   */
  props[PROP_ORIGIN]
      = g_param_spec_string ("origin", NULL, NULL, NULL,
                             G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY
                                 | G_PARAM_STATIC_STRINGS);

  /**
   * WsCorsAuthenticator:allowed: (getter get_allowed) (setter set_allowed)
   *
   * Whether the client may connect.
   *
   * Since: 1.0
   */
  props[PROP_ALLOWED]
      = g_param_spec_boolean ("allowed", NULL, NULL, TRUE,
                              G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY
                                  | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
ws_cors_authenticator_class_init (WsCorsAuthenticatorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = ws_cors_authenticator_finalize;
  object_class->get_property = ws_cors_authenticator_get_property;
  object_class->set_property = ws_cors_authenticator_set_property;
  install_properties (object_class);
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
 * ws_cors_authenticator_get_origin: (get-property origin)
 * @self: a question about an origin
 *
 * The origin that the client announced.
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
 * ws_cors_authenticator_get_allowed: (get-property allowed)
 * @self: a question about an origin
 *
 * Whether the client may connect.
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
 * ws_cors_authenticator_set_allowed: (set-property allowed)
 * @self: a question about an origin
 * @allowed: whether the client may connect
 *
 * Answers the question.
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
