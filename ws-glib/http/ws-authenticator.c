/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The question for a login, and the way that the answer takes. */
#include "http/ws-authenticator-private.h"

#include "http/ws-headers-private.h"
#include "base/ws-property.h"

/**
 * WsAuthenticator:
 *
 * Asks for the credentials that a server or a proxy wants.
 *
 * It comes with [signal@Socket::authentication-required] and
 * [signal@Socket::proxy-authentication-required]. The handler either sets
 * [property@Authenticator:user] and [property@Authenticator:password] at once,
 * or calls [method@Authenticator.defer], keeps a reference, and answers later
 * with the same properties and [method@Authenticator.done], in the thread of
 * the socket.
 *
 * Who changes neither gives up: the opening fails. So it does when the last
 * reference of a deferred authenticator is dropped without an answer.
 *
 * Since: 1.0
 */
struct _WsAuthenticator
{
  GObject parent_instance;

  char    *realm;    /* (owned) */
  char    *scheme;   /* (owned) */
  char    *uri;      /* (owned) */
  char    *user;     /* (owned) */
  char    *password; /* (owned) */
  gboolean is_proxy;
  guint    retries;
  gboolean is_changed;

  GWeakRef              asker;
  guint                 number;
  GMainContext         *context; /* (owned) */
  WsAuthenticatorAnswer answer;
  gboolean              is_deferred;
  gboolean              is_over; /* answered, or nobody waits */
};

G_DEFINE_FINAL_TYPE (WsAuthenticator, ws_authenticator, G_TYPE_OBJECT)

typedef enum
{
  PROP_REALM = 1,
  PROP_SCHEME,
  PROP_URI,
  PROP_IS_PROXY,
  PROP_RETRIES,
  PROP_USER,
  PROP_PASSWORD,
  N_PROPS
} WsAuthenticatorProp;

static GParamSpec *props[N_PROPS];

/* --- Giving up --- */

typedef struct
{
  GWeakRef              asker;
  guint                 number;
  WsAuthenticatorAnswer answer;
} Refusal;

static void
refusal_free (gpointer data)
{
  Refusal *self = data;

  g_weak_ref_clear (&self->asker);
  g_free (self);
}

static gboolean
on_refusal (gpointer data)
{
  Refusal *self = data;
  g_autoptr (GObject) asker = g_weak_ref_get (&self->asker);

  if (asker != NULL)
    self->answer (asker, self->number, NULL, NULL);
  return G_SOURCE_REMOVE;
}

/* The last reference may be dropped in any thread, and by any code. */
static void
refuse_later (WsAuthenticator *self)
{
  g_autoptr (GObject) asker = g_weak_ref_get (&self->asker);
  g_autoptr (GSource) source = NULL;
  Refusal *refusal;

  if (asker == NULL)
    return;
  refusal = g_new0 (Refusal, 1);
  g_weak_ref_init (&refusal->asker, asker);
  refusal->number = self->number;
  refusal->answer = self->answer;
  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, on_refusal, refusal, refusal_free);
  g_source_attach (source, self->context);
}

/* --- GObject --- */

static void
ws_authenticator_dispose (GObject *object)
{
  WsAuthenticator *self = WS_AUTHENTICATOR (object);

  if (self->is_deferred && !self->is_over)
    {
      self->is_over = TRUE;
      refuse_later (self);
    }
  G_OBJECT_CLASS (ws_authenticator_parent_class)->dispose (object);
}

static void
ws_authenticator_finalize (GObject *object)
{
  WsAuthenticator *self = WS_AUTHENTICATOR (object);

  g_free (self->realm);
  g_free (self->scheme);
  g_free (self->uri);
  g_free (self->user);
  g_free (self->password);
  g_weak_ref_clear (&self->asker);
  g_clear_pointer (&self->context, g_main_context_unref);
  G_OBJECT_CLASS (ws_authenticator_parent_class)->finalize (object);
}

/* clang-format off */
static const WsProperty properties[] = {
  /**
   * WsAuthenticator:realm:
   *
   * What the credentials are for, as the server calls it (RFC 9110, 11.5).
   *
   * Empty for a SOCKS proxy, which has none.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_STRING (WsAuthenticator, PROP_REALM, "realm", "",
                        ws_authenticator_get_realm, NULL) },

  /**
   * WsAuthenticator:scheme:
   *
   * How they will be sent: `Basic` or `Digest`; empty for a SOCKS proxy.
   *
   * `Basic` shows the password to everybody who can read the connection.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_STRING (WsAuthenticator, PROP_SCHEME, "scheme", "",
                        ws_authenticator_get_scheme, NULL) },

  /**
   * WsAuthenticator:uri:
   *
   * Who asks: scheme, host and port of the server or of the proxy.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_STRING (WsAuthenticator, PROP_URI, "uri", "",
                        ws_authenticator_get_uri, NULL) },

  /**
   * WsAuthenticator:is-proxy:
   *
   * Whether a proxy asks.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_BOOLEAN (WsAuthenticator, PROP_IS_PROXY, "is-proxy", FALSE,
                         ws_authenticator_get_is_proxy, NULL) },

  /**
   * WsAuthenticator:retries:
   *
   * How often this opening has asked the same before.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT (WsAuthenticator, PROP_RETRIES, "retries", 0, G_MAXUINT,
                      0, ws_authenticator_get_retries, NULL) },

  /**
   * WsAuthenticator:user:
   *
   * The user's name; at first what was refused, or empty.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_STRING (WsAuthenticator, PROP_USER, "user", "",
                        ws_authenticator_get_user, ws_authenticator_set_user) },

  /**
   * WsAuthenticator:password:
   *
   * The password; at first what was refused, or empty.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_STRING (WsAuthenticator, PROP_PASSWORD, "password", "",
                        ws_authenticator_get_password,
                        ws_authenticator_set_password) },

  { 0 }
};
/* clang-format on */

static const WsProperty *const tables[] = { properties, NULL };

static void
ws_authenticator_class_init (WsAuthenticatorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = ws_authenticator_dispose;
  object_class->finalize = ws_authenticator_finalize;
  ws_property_install (object_class, tables, props, N_PROPS);
}

/* A binding can make one that nobody has asked for; it is empty then. */
static void
ws_authenticator_init (WsAuthenticator *self)
{
  self->realm = g_strdup ("");
  self->scheme = g_strdup ("");
  self->uri = g_strdup ("");
  self->user = g_strdup ("");
  self->password = g_strdup ("");
  g_weak_ref_init (&self->asker, NULL);
}

static void
take_text (char **text, char *value)
{
  g_free (*text);
  *text = value;
}

WsAuthenticator *
ws_authenticator_new (const WsClientQuestion *question,
                      gpointer                asker,
                      guint                   number,
                      GMainContext           *context,
                      WsAuthenticatorAnswer   answer)
{
  WsAuthenticator *self = g_object_new (WS_TYPE_AUTHENTICATOR, NULL);

  take_text (&self->realm, ws_headers_make_utf8 (question->realm));
  take_text (&self->scheme, g_strdup (question->scheme));
  take_text (&self->uri, g_strdup (question->uri));
  if (question->user != NULL)
    take_text (&self->user, g_strdup (question->user));
  if (question->password != NULL)
    take_text (&self->password, g_strdup (question->password));
  self->is_proxy = question->is_proxy;
  self->retries = question->retries;
  g_weak_ref_set (&self->asker, asker);
  self->number = number;
  self->context = g_main_context_ref (context);
  self->answer = answer;
  return self;
}

gboolean
ws_authenticator_finish (WsAuthenticator *self,
                         const char     **user,
                         const char     **password)
{
  if (self->is_deferred)
    return FALSE;
  self->is_over = TRUE;
  *user = self->is_changed ? self->user : NULL;
  *password = self->is_changed ? self->password : NULL;
  return TRUE;
}

/**
 * ws_authenticator_get_realm:
 * @self: an authenticator
 *
 * Gets what the credentials are for.
 *
 * Returns: a name for people to read, or ""
 *
 * Since: 1.0
 */
const char *
ws_authenticator_get_realm (WsAuthenticator *self)
{
  g_return_val_if_fail (WS_IS_AUTHENTICATOR (self), NULL);

  return self->realm;
}

/**
 * ws_authenticator_get_scheme:
 * @self: an authenticator
 *
 * Gets how the credentials will be sent.
 *
 * Returns: `Basic`, `Digest` or ""
 *
 * Since: 1.0
 */
const char *
ws_authenticator_get_scheme (WsAuthenticator *self)
{
  g_return_val_if_fail (WS_IS_AUTHENTICATOR (self), NULL);

  return self->scheme;
}

/**
 * ws_authenticator_get_uri:
 * @self: an authenticator
 *
 * Gets who asks.
 *
 * Returns: scheme, host and port
 *
 * Since: 1.0
 */
const char *
ws_authenticator_get_uri (WsAuthenticator *self)
{
  g_return_val_if_fail (WS_IS_AUTHENTICATOR (self), NULL);

  return self->uri;
}

/**
 * ws_authenticator_get_is_proxy:
 * @self: an authenticator
 *
 * Gets whether a proxy asks.
 *
 * Returns: whether it is no server
 *
 * Since: 1.0
 */
gboolean
ws_authenticator_get_is_proxy (WsAuthenticator *self)
{
  g_return_val_if_fail (WS_IS_AUTHENTICATOR (self), FALSE);

  return self->is_proxy;
}

/**
 * ws_authenticator_get_retries:
 * @self: an authenticator
 *
 * Gets how often this opening has asked the same before.
 *
 * Returns: a number, 0 the first time
 *
 * Since: 1.0
 */
guint
ws_authenticator_get_retries (WsAuthenticator *self)
{
  g_return_val_if_fail (WS_IS_AUTHENTICATOR (self), 0);

  return self->retries;
}

static void
set_text (WsAuthenticator    *self,
          char              **text,
          const char         *value,
          WsAuthenticatorProp property)
{
  if (g_str_equal (*text, value))
    return;
  g_free (*text);
  *text = g_strdup (value);
  self->is_changed = TRUE;
  g_object_notify_by_pspec (G_OBJECT (self), props[property]);
}

/**
 * ws_authenticator_get_user:
 * @self: an authenticator
 *
 * Gets the user's name.
 *
 * Returns: a name, or ""
 *
 * Since: 1.0
 */
const char *
ws_authenticator_get_user (WsAuthenticator *self)
{
  g_return_val_if_fail (WS_IS_AUTHENTICATOR (self), NULL);

  return self->user;
}

/**
 * ws_authenticator_set_user:
 * @self: an authenticator
 * @user: (nullable): a name; %NULL is ""
 *
 * Sets the user's name.
 *
 * Since: 1.0
 */
void
ws_authenticator_set_user (WsAuthenticator *self, const char *user)
{
  g_return_if_fail (WS_IS_AUTHENTICATOR (self));

  set_text (self, &self->user, user != NULL ? user : "", PROP_USER);
}

/**
 * ws_authenticator_get_password:
 * @self: an authenticator
 *
 * Gets the password.
 *
 * Returns: a password, or ""
 *
 * Since: 1.0
 */
const char *
ws_authenticator_get_password (WsAuthenticator *self)
{
  g_return_val_if_fail (WS_IS_AUTHENTICATOR (self), NULL);

  return self->password;
}

/**
 * ws_authenticator_set_password:
 * @self: an authenticator
 * @password: (nullable): a password; %NULL is ""
 *
 * Sets the password.
 *
 * Since: 1.0
 */
void
ws_authenticator_set_password (WsAuthenticator *self, const char *password)
{
  g_return_if_fail (WS_IS_AUTHENTICATOR (self));

  set_text (self, &self->password, password != NULL ? password : "",
            PROP_PASSWORD);
}

/**
 * ws_authenticator_defer:
 * @self: an authenticator
 *
 * Says that the answer comes later, with [method@Authenticator.done].
 *
 * To be called in the handler, which keeps a reference. Until the answer
 * nothing goes on, and [property@Socket:open-timeout] stands still. Does
 * nothing once the handler has returned.
 *
 * Since: 1.0
 */
void
ws_authenticator_defer (WsAuthenticator *self)
{
  g_return_if_fail (WS_IS_AUTHENTICATOR (self));

  if (!self->is_over)
    self->is_deferred = TRUE;
}

/**
 * ws_authenticator_done:
 * @self: an authenticator
 *
 * Gives the answer that was deferred, as user and password are set.
 *
 * If neither has been changed the opening fails. In another thread than the
 * socket's nothing happens, but for a warning. Also nothing happens when the
 * opening is over, because the socket was closed or opened anew, or when the
 * answer was given.
 *
 * Since: 1.0
 */
void
ws_authenticator_done (WsAuthenticator *self)
{
  g_autoptr (GObject) asker = NULL;

  g_return_if_fail (WS_IS_AUTHENTICATOR (self));

  if (!self->is_deferred || self->is_over)
    return;
  asker = g_weak_ref_get (&self->asker);
  self->is_over = TRUE;
  if (asker != NULL
      && !self->answer (asker, self->number,
                        self->is_changed ? self->user : NULL,
                        self->is_changed ? self->password : NULL))
    self->is_over = FALSE;
}
