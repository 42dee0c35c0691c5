/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Translates the codes of GnuTLS into errors and alerts. */
#include "net/ws-tls-error.h"

#include "net/ws-translate.h"

/* GnuTLS 3.7 has no name for it (RFC 6066, 8). */
#define ALERT_BAD_CERTIFICATE_STATUS_RESPONSE 113

static GTlsError
classify (int code, gboolean opened, gboolean heard, guint alert)
{
  switch (code)
    {
    case GNUTLS_E_PREMATURE_TERMINATION:
    case GNUTLS_E_SESSION_EOF:
      return G_TLS_ERROR_EOF;
    case GNUTLS_E_FATAL_ALERT_RECEIVED:
      if (alert == GNUTLS_A_CERTIFICATE_REQUIRED)
        return G_TLS_ERROR_CERTIFICATE_REQUIRED;
      return opened ? G_TLS_ERROR_MISC : G_TLS_ERROR_HANDSHAKE;
    case GNUTLS_E_CERTIFICATE_ERROR:
    case GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR:
      return G_TLS_ERROR_BAD_CERTIFICATE;
    case GNUTLS_E_CERTIFICATE_REQUIRED:
    case GNUTLS_E_NO_CERTIFICATE_FOUND:
      return G_TLS_ERROR_CERTIFICATE_REQUIRED;
    case GNUTLS_E_INAPPROPRIATE_FALLBACK:
      return G_TLS_ERROR_INAPPROPRIATE_FALLBACK;
    case GNUTLS_E_UNSUPPORTED_VERSION_PACKET:
    case GNUTLS_E_UNEXPECTED_PACKET:
    case GNUTLS_E_UNEXPECTED_PACKET_LENGTH:
    case GNUTLS_E_RECORD_OVERFLOW:
      if (!heard)
        return G_TLS_ERROR_NOT_TLS;
      return opened ? G_TLS_ERROR_MISC : G_TLS_ERROR_HANDSHAKE;
    default:
      return opened ? G_TLS_ERROR_MISC : G_TLS_ERROR_HANDSHAKE;
    }
}

GError *
ws_tls_error_for_session (int      code,
                          gboolean opened,
                          gboolean heard,
                          guint    alert)
{
  GTlsError kind = classify (code, opened, heard, alert);

  if (kind == G_TLS_ERROR_EOF && opened)
    return g_error_new_literal (G_TLS_ERROR, G_TLS_ERROR_EOF,
                                _ ("The peer closed the connection without "
                                   "ending TLS: data may be missing"));
  if (kind == G_TLS_ERROR_EOF)
    return g_error_new_literal (G_TLS_ERROR, G_TLS_ERROR_EOF,
                                _ ("The peer closed the connection during the "
                                   "TLS handshake"));
  if (kind == G_TLS_ERROR_NOT_TLS)
    return g_error_new_literal (G_TLS_ERROR, G_TLS_ERROR_NOT_TLS,
                                _ ("The peer does not speak TLS"));
  if (code == GNUTLS_E_FATAL_ALERT_RECEIVED)
    return g_error_new (G_TLS_ERROR, (int) kind,
                        opened ? _ ("The TLS connection was ended by the "
                                    "peer's alert: %s")
                               : _ ("The TLS handshake was ended by the "
                                    "peer's alert: %s"),
                        ws_tls_alert_describe (alert));
  return g_error_new (G_TLS_ERROR, (int) kind,
                      opened ? _ ("The TLS connection failed: %s")
                             : _ ("The TLS handshake failed: %s"),
                      gnutls_strerror (code));
}

GError *
ws_tls_error_for_item (int code, const char *what)
{
  GTlsError kind = code == GNUTLS_E_UNIMPLEMENTED_FEATURE
                       ? G_TLS_ERROR_UNAVAILABLE
                       : G_TLS_ERROR_BAD_CERTIFICATE;

  return g_error_new (G_TLS_ERROR, (int) kind, "%s cannot be used: %s", what,
                      gnutls_strerror (code));
}

const char *
ws_tls_alert_describe (guint alert)
{
  const char *name = gnutls_alert_get_name ((gnutls_alert_description_t) alert);

  if (name != NULL)
    return name;
  return alert == ALERT_BAD_CERTIFICATE_STATUS_RESPONSE
             ? "Bad certificate status response"
             : "Unknown alert";
}

guint
ws_tls_alert_for_problem (WsTlsProblemCode problem, gboolean is_tls13)
{
  switch (problem)
    {
    case WS_TLS_PROBLEM_NO_PEER_CERTIFICATE:
      /* Known since TLS 1.3 (RFC 8446, 6.2). */
      return is_tls13 ? GNUTLS_A_CERTIFICATE_REQUIRED
                      : GNUTLS_A_HANDSHAKE_FAILURE;
    case WS_TLS_PROBLEM_SELF_SIGNED_CERTIFICATE:
    case WS_TLS_PROBLEM_SELF_SIGNED_CERTIFICATE_IN_CHAIN:
    case WS_TLS_PROBLEM_UNABLE_TO_GET_LOCAL_ISSUER_CERTIFICATE:
    case WS_TLS_PROBLEM_CERTIFICATE_UNTRUSTED:
    case WS_TLS_PROBLEM_INVALID_CA_CERTIFICATE:
    case WS_TLS_PROBLEM_PATH_LENGTH_EXCEEDED:
      return GNUTLS_A_UNKNOWN_CA;
    case WS_TLS_PROBLEM_CERTIFICATE_EXPIRED:
      return GNUTLS_A_CERTIFICATE_EXPIRED;
    case WS_TLS_PROBLEM_CERTIFICATE_REVOKED:
      return GNUTLS_A_CERTIFICATE_REVOKED;
    case WS_TLS_PROBLEM_INVALID_PURPOSE:
      return GNUTLS_A_UNSUPPORTED_CERTIFICATE;
    case WS_TLS_PROBLEM_OCSP_STATUS_INVALID:
    case WS_TLS_PROBLEM_OCSP_RESPONSE_OUTDATED:
    case WS_TLS_PROBLEM_OCSP_STATUS_MISSING:
      return ALERT_BAD_CERTIFICATE_STATUS_RESPONSE;
    case WS_TLS_PROBLEM_UNSPECIFIED:
    case WS_TLS_PROBLEM_CERTIFICATE_SIGNATURE_FAILED:
    case WS_TLS_PROBLEM_CERTIFICATE_NOT_YET_VALID:
    case WS_TLS_PROBLEM_CERTIFICATE_REJECTED:
    case WS_TLS_PROBLEM_HOST_NAME_MISMATCH:
    case WS_TLS_PROBLEM_INSECURE_ALGORITHM:
      return GNUTLS_A_BAD_CERTIFICATE;
    }
  return GNUTLS_A_BAD_CERTIFICATE;
}
