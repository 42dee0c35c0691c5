/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Something that is wrong with a certificate, as the user sees it. */
#include "ssl/ws-ssl-error-private.h"

#include "base/ws-property.h"
#include "net/ws-translate.h"

/**
 * WsSslError:
 *
 * Something that is wrong with the certificate of a peer.
 *
 * It never changes.
 *
 * Since: 1.0
 */
struct _WsSslError
{
  GObject           parent_instance;
  WsSslErrorCode    code;
  WsSslCertificate *certificate; /* (owned) (nullable) */
  int               depth;       /* -1: unknown */
  char             *text;        /* (owned) */
};

G_DEFINE_FINAL_TYPE (WsSslError, ws_ssl_error, G_TYPE_OBJECT)

typedef enum
{
  PROP_CODE = 1,
  PROP_CERTIFICATE,
  PROP_DEPTH,
  PROP_TEXT,
  N_PROPS
} WsSslErrorProp;

static GParamSpec *props[N_PROPS];

static const char *
describe (WsSslErrorCode code)
{
  switch (code)
    {
    case WS_SSL_ERROR_CODE_UNSPECIFIED:
      return _ ("The certificate is not trusted");
    case WS_SSL_ERROR_CODE_NO_PEER_CERTIFICATE:
      return _ ("The peer has shown no certificate");
    case WS_SSL_ERROR_CODE_SELF_SIGNED_CERTIFICATE:
      return _ ("The certificate is signed by itself, and not trusted");
    case WS_SSL_ERROR_CODE_SELF_SIGNED_CERTIFICATE_IN_CHAIN:
      return _ ("The chain ends with an authority that is not trusted");
    case WS_SSL_ERROR_CODE_UNABLE_TO_GET_LOCAL_ISSUER_CERTIFICATE:
      return _ ("Whoever issued the certificate is not known");
    case WS_SSL_ERROR_CODE_CERTIFICATE_SIGNATURE_FAILED:
      return _ ("The signature of the certificate is wrong");
    case WS_SSL_ERROR_CODE_CERTIFICATE_NOT_YET_VALID:
      return _ ("The certificate is not valid yet");
    case WS_SSL_ERROR_CODE_CERTIFICATE_EXPIRED:
      return _ ("The certificate is not valid any more");
    case WS_SSL_ERROR_CODE_CERTIFICATE_UNTRUSTED:
      return _ ("The chain leads to an authority that is not trusted for this");
    case WS_SSL_ERROR_CODE_CERTIFICATE_REJECTED:
      return _ ("The certificate is on a list of those to be refused");
    case WS_SSL_ERROR_CODE_CERTIFICATE_REVOKED:
      return _ ("The certificate was revoked by its issuer");
    case WS_SSL_ERROR_CODE_HOST_NAME_MISMATCH:
      return _ ("The certificate is for another host");
    case WS_SSL_ERROR_CODE_INVALID_PURPOSE:
      return _ ("The certificate is for another purpose");
    case WS_SSL_ERROR_CODE_INVALID_CA_CERTIFICATE:
      return _ ("Who issued a certificate of the chain may not do so");
    case WS_SSL_ERROR_CODE_PATH_LENGTH_EXCEEDED:
      return _ ("The chain is longer than it may be");
    case WS_SSL_ERROR_CODE_INSECURE_ALGORITHM:
      return _ ("A key or a signature is not secure");
    case WS_SSL_ERROR_CODE_OCSP_STATUS_INVALID:
      return _ (
          "The response about the status of the certificate (OCSP) is not "
          "valid");
    case WS_SSL_ERROR_CODE_OCSP_RESPONSE_OUTDATED:
      return _ (
          "The response about the status of the certificate (OCSP) is not "
          "of now");
    case WS_SSL_ERROR_CODE_OCSP_STATUS_MISSING:
      return _ (
          "The certificate demands a response about its status (OCSP), and "
          "none came");
    default:
      return "";
    }
}

static void
ws_ssl_error_constructed (GObject *object)
{
  WsSslError *self = WS_SSL_ERROR (object);

  if (self->text == NULL)
    self->text = g_strdup (describe (self->code));
  G_OBJECT_CLASS (ws_ssl_error_parent_class)->constructed (object);
}

static void
ws_ssl_error_finalize (GObject *object)
{
  WsSslError *self = WS_SSL_ERROR (object);

  g_clear_object (&self->certificate);
  g_free (self->text);
  G_OBJECT_CLASS (ws_ssl_error_parent_class)->finalize (object);
}

static void
init_code (WsSslError *self, WsSslErrorCode code)
{
  self->code = code;
}

static void
init_certificate (WsSslError *self, WsSslCertificate *certificate)
{
  g_set_object (&self->certificate, certificate);
}

static void
init_depth (WsSslError *self, int depth)
{
  self->depth = depth;
}

static void
init_text (WsSslError *self, const char *text)
{
  self->text = g_strdup (text);
}

/* clang-format off */
static const WsProperty properties[] = {
  /**
   * WsSslError:code:
   *
   * What is wrong.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_ENUM (WsSslError, PROP_CODE, "code", WsSslErrorCode,
                      ws_ssl_error_code_get_type,
                      WS_SSL_ERROR_CODE_UNSPECIFIED, ws_ssl_error_get_code,
                      init_code),
    .flags = G_PARAM_CONSTRUCT_ONLY },

  /**
   * WsSslError:certificate:
   *
   * The certificate that this is about.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_OBJECT (WsSslError, PROP_CERTIFICATE, "certificate",
                        WsSslCertificate, ws_ssl_certificate_get_type,
                        ws_ssl_error_get_certificate, init_certificate),
    .flags = G_PARAM_CONSTRUCT_ONLY },

  /**
   * WsSslError:depth:
   *
   * Where the certificate is in its chain: 0 is the peer's own.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_INT (WsSslError, PROP_DEPTH, "depth", -1, G_MAXINT, -1,
                     ws_ssl_error_get_depth, init_depth),
    .flags = G_PARAM_CONSTRUCT_ONLY },

  /**
   * WsSslError:text:
   *
   * What is wrong, for people to read.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_STRING (WsSslError, PROP_TEXT, "text", NULL,
                        ws_ssl_error_get_text, init_text),
    .flags = G_PARAM_CONSTRUCT_ONLY },

  { 0 }
};
/* clang-format on */

static const WsProperty *const tables[] = { properties, NULL };

static void
ws_ssl_error_class_init (WsSslErrorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = ws_ssl_error_constructed;
  object_class->finalize = ws_ssl_error_finalize;
  ws_property_install (object_class, tables, props, N_PROPS);
}

static void
ws_ssl_error_init (WsSslError *self)
{
}

static WsSslError *
new_from_problem (const WsTlsProblem *problem)
{
  g_autoptr (WsSslCertificate) certificate = NULL;

  if (problem->certificate != NULL)
    certificate = ws_ssl_certificate_new_from_der (problem->certificate, NULL);
  return g_object_new (WS_TYPE_SSL_ERROR, "code",
                       (WsSslErrorCode) problem->code, "certificate",
                       certificate, "depth", problem->depth, "text",
                       problem->text, NULL);
}

GPtrArray *
ws_ssl_error_list_problems (GPtrArray *problems)
{
  GPtrArray *errors = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < problems->len; i++)
    g_ptr_array_add (errors,
                     new_from_problem (g_ptr_array_index (problems, i)));
  return errors;
}

/**
 * ws_ssl_error_new:
 * @code: what is wrong
 *
 * Creates an error, to name one that is to be ignored: with whatever
 * certificate. [ctor@SslError.new_with_certificate] names one.
 *
 * Returns: (transfer full): a new error
 *
 * Since: 1.0
 */
WsSslError *
ws_ssl_error_new (WsSslErrorCode code)
{
  return g_object_new (WS_TYPE_SSL_ERROR, "code", code, NULL);
}

/**
 * ws_ssl_error_new_with_certificate:
 * @code: what is wrong
 * @certificate: the certificate that this is about
 *
 * Creates an error, to name one that is to be ignored: with this certificate
 * only.
 *
 * Returns: (transfer full): a new error
 *
 * Since: 1.0
 */
WsSslError *
ws_ssl_error_new_with_certificate (WsSslErrorCode    code,
                                   WsSslCertificate *certificate)
{
  g_return_val_if_fail (WS_IS_SSL_CERTIFICATE (certificate), NULL);

  return g_object_new (WS_TYPE_SSL_ERROR, "code", code, "certificate",
                       certificate, NULL);
}

/**
 * ws_ssl_error_get_code:
 * @self: an error
 *
 * Gets what is wrong.
 *
 * Returns: the code
 *
 * Since: 1.0
 */
WsSslErrorCode
ws_ssl_error_get_code (WsSslError *self)
{
  g_return_val_if_fail (WS_IS_SSL_ERROR (self), WS_SSL_ERROR_CODE_UNSPECIFIED);

  return self->code;
}

/**
 * ws_ssl_error_get_certificate:
 * @self: an error
 *
 * Gets the certificate that this is about.
 *
 * Returns: (transfer none) (nullable): the certificate; %NULL: it is about
 *   none
 *
 * Since: 1.0
 */
WsSslCertificate *
ws_ssl_error_get_certificate (WsSslError *self)
{
  g_return_val_if_fail (WS_IS_SSL_ERROR (self), NULL);

  return self->certificate;
}

/**
 * ws_ssl_error_get_depth:
 * @self: an error
 *
 * Gets where the certificate is in its chain: 0 is the peer's own.
 *
 * Returns: the depth; -1: it is about no certificate, or not known
 *
 * Since: 1.0
 */
int
ws_ssl_error_get_depth (WsSslError *self)
{
  g_return_val_if_fail (WS_IS_SSL_ERROR (self), -1);

  return self->depth;
}

/**
 * ws_ssl_error_get_text:
 * @self: an error
 *
 * Gets what is wrong, for people to read.
 *
 * Returns: (transfer none): the text
 *
 * Since: 1.0
 */
const char *
ws_ssl_error_get_text (WsSslError *self)
{
  g_return_val_if_fail (WS_IS_SSL_ERROR (self), NULL);

  return self->text;
}

/**
 * ws_ssl_error_equal:
 * @self: an error
 * @other: another one
 *
 * Whether both say the same about the same certificate.
 *
 * As in Qt, depth and text do not matter.
 *
 * Returns: %TRUE if code and certificate are equal
 *
 * Since: 1.0
 */
gboolean
ws_ssl_error_equal (WsSslError *self, WsSslError *other)
{
  g_return_val_if_fail (WS_IS_SSL_ERROR (self), FALSE);
  g_return_val_if_fail (WS_IS_SSL_ERROR (other), FALSE);

  if (self->code != other->code)
    return FALSE;
  if (self->certificate == NULL || other->certificate == NULL)
    return self->certificate == other->certificate;
  return ws_ssl_certificate_equal (self->certificate, other->certificate);
}
