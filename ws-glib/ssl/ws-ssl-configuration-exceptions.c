/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Certificates that somebody has accepted for a host, whatever is wrong with
 * them. */
#include "ssl/ws-ssl-configuration-exceptions.h"

#include <string.h>

#include "ws-ssl-error.h"

/* (transfer full): @host as exceptions spell it: ASCII in lower case, without
 * brackets and the dot at the end. */
static char *
normalize_host (const char *host)
{
  gsize            len = strlen (host);
  gboolean         has_brackets = host[0] == '[' && host[len - 1] == ']';
  g_autofree char *bare
      = has_brackets ? g_strndup (host + 1, len - 2) : g_strdup (host);
  g_autofree char *ascii = g_hostname_to_ascii (bare);
  char            *normal = g_ascii_strdown (ascii != NULL ? ascii : bare, -1);

  if (g_str_has_suffix (normal, "."))
    normal[strlen (normal) - 1] = '\0';
  return normal;
}

/* (transfer full) */
static char *
make_key (WsSslCertificate *certificate, const char *host)
{
  g_autofree char *normal = normalize_host (host);
  g_autofree char *digest
      = ws_ssl_certificate_digest (certificate, G_CHECKSUM_SHA256);

  return g_strconcat (digest, " ", normal, NULL);
}

/* Those are news that nobody can have known who accepted the certificate. */
static gboolean
is_excusable (WsSslError *error)
{
  WsSslErrorCode code = ws_ssl_error_get_code (error);

  return code != WS_SSL_ERROR_CODE_CERTIFICATE_REVOKED
         && code != WS_SSL_ERROR_CODE_CERTIFICATE_REJECTED;
}

gboolean
ws_ssl_configuration_excuses (WsSslConfiguration *self,
                              WsSslCertificate   *certificate,
                              const char         *host,
                              GPtrArray          *errors)
{
  g_autofree char *key = NULL;
  gboolean         found;

  for (guint i = 0; i < errors->len; i++)
    if (!is_excusable (g_ptr_array_index (errors, i)))
      return FALSE;

  key = make_key (certificate, host);
  g_mutex_lock (&self->lock);
  found = g_hash_table_contains (self->exceptions, key);
  g_mutex_unlock (&self->lock);
  return found;
}

/**
 * ws_ssl_configuration_add_exception:
 * @self: a TLS configuration
 * @certificate: the certificate that a server shows as its own, which
 *   [property@SslSession:peer-certificate] is; that of an error may be another
 *   one of the chain
 * @host: the name or address of the server, as in its URL
 *
 * Accepts a server's certificate at a host, whatever is wrong with it.
 *
 * It holds for exactly this certificate at this host, in all openings of all
 * sockets that share the configuration, reconnecting included, until
 * [method@SslConfiguration.clear_exceptions]: [signal@Socket::ssl-errors] and
 * its relatives are not emitted, and nothing pauses. Only that the certificate
 * was revoked is told all the same. An opening that pauses goes on when it is
 * resumed; if the server has lost its patience by then, the next one uses the
 * answer.
 *
 * May be called from any thread. Servers do not use it.
 *
 * Since: 1.0
 */
void
ws_ssl_configuration_add_exception (WsSslConfiguration *self,
                                    WsSslCertificate   *certificate,
                                    const char         *host)
{
  g_return_if_fail (WS_IS_SSL_CONFIGURATION (self));
  g_return_if_fail (WS_IS_SSL_CERTIFICATE (certificate));
  g_return_if_fail (host != NULL && *host != '\0');

  g_mutex_lock (&self->lock);
  g_hash_table_add (self->exceptions, make_key (certificate, host));
  g_mutex_unlock (&self->lock);
}

/**
 * ws_ssl_configuration_clear_exceptions:
 * @self: a TLS configuration
 *
 * Forgets all exceptions; connections that exist go on.
 *
 * Since: 1.0
 */
void
ws_ssl_configuration_clear_exceptions (WsSslConfiguration *self)
{
  g_return_if_fail (WS_IS_SSL_CONFIGURATION (self));

  g_mutex_lock (&self->lock);
  g_hash_table_remove_all (self->exceptions);
  g_mutex_unlock (&self->lock);
}
