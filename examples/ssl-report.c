/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ssl-report.h"

#include "terminal-text.h"

/* What there is to say about a certificate, on standard error. Its texts were
 * written by somebody who may want to deceive: none reaches the terminal as it
 * is. */

/* Returns a constant: "certificate-expired". */
static const char *
get_nick (WsSslErrorCode code)
{
  g_autoptr (GEnumClass) codes = g_type_class_ref (WS_TYPE_SSL_ERROR_CODE);
  GEnumValue *value = g_enum_get_value (codes, (int) code);

  return value != NULL ? value->value_nick : "unknown";
}

static void
report_error (WsSslError *error, guint number)
{
  WsSslCertificate *certificate = ws_ssl_error_get_certificate (error);
  g_autofree char  *text
      = terminal_text_escape (ws_ssl_error_get_text (error), -1);

  g_printerr ("%u. %s: %s\n", number, get_nick (ws_ssl_error_get_code (error)),
              text);
  if (certificate == NULL)
    return;

  g_autofree char *subject
      = terminal_text_escape (ws_ssl_certificate_get_subject (certificate), -1);
  g_autofree char *issuer
      = terminal_text_escape (ws_ssl_certificate_get_issuer (certificate), -1);
  g_autofree char *digest
      = ws_ssl_certificate_digest (certificate, G_CHECKSUM_SHA256);

  g_printerr ("   depth %d: %s\n   issued by: %s\n   SHA-256: %s\n",
              ws_ssl_error_get_depth (error), subject, issuer, digest);
}

void
ssl_report_errors (const char *url, GPtrArray *errors)
{
  g_printerr ("The certificate of %s has problems:\n", url);
  for (guint i = 0; i < errors->len; i++)
    report_error (g_ptr_array_index (errors, i), i + 1);
}

/* Nothing without TLS. */
void
ssl_report_session (WsSslSession *session)
{
  if (session != NULL)
    g_printerr ("Connected: %s, %s\n", ws_ssl_session_get_protocol (session),
                ws_ssl_session_get_cipher (session));
}
