/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The certificates that the user has answered "always" to, in a file of the
 * user's data directory that nobody else may read or write: a group for each
 * host, and in it each certificate as PEM under its SHA-256 digest. The digest
 * tells whether the certificate is what was accepted.
 */
#include "trusted-servers.h"

#include <errno.h>

#include <glib/gstdio.h>

#define ONLY_THE_USER_FILE   0600
#define ONLY_THE_USER_FOLDER 0700

static const char heading[]
    = " Certificates that you have accepted for good, by host. To take one "
      "back,"
      "\n remove its line; the program reads this file when it opens a window.";

static char *
make_path (void)
{
  return g_build_filename (g_get_user_data_dir (), "gtk-chat",
                           "trusted-servers", NULL);
}

static gboolean
is_missing (const GError *error)
{
  return g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
}

/* (transfer full): what is there; an empty one if there is no file. NULL: it
 * cannot be read, or is none of ours. */
static GKeyFile *
read_file (const char *path, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) failure = NULL;

  if (g_key_file_load_from_file (file, path, G_KEY_FILE_KEEP_COMMENTS,
                                 &failure))
    return g_steal_pointer (&file);
  if (is_missing (failure))
    {
      g_key_file_set_comment (file, NULL, NULL, heading, NULL);
      return g_steal_pointer (&file);
    }
  g_set_error (error, failure->domain, failure->code, "%s: %s", path,
               failure->message);
  return NULL;
}

/* (transfer full) (nullable): what is written under @digest, if it is that. */
static WsSslCertificate *
read_certificate (GKeyFile   *file,
                  const char *host,
                  const char *digest,
                  GError    **error)
{
  g_autofree char *pem = g_key_file_get_string (file, host, digest, error);
  g_autoptr (WsSslCertificate) certificate
      = pem != NULL ? ws_ssl_certificate_new_from_pem (pem, error) : NULL;
  g_autofree char *actual
      = certificate != NULL
            ? ws_ssl_certificate_digest (certificate, G_CHECKSUM_SHA256)
            : NULL;

  if (actual == NULL)
    return NULL;
  if (g_ascii_strcasecmp (actual, digest) == 0)
    return g_steal_pointer (&certificate);
  g_set_error (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_INVALID_VALUE,
               "the certificate is another one, %s", actual);
  return NULL;
}

static void
load_host (WsSslConfiguration *configuration,
           const char         *path,
           GKeyFile           *file,
           const char         *host)
{
  g_auto (GStrv) digests = g_key_file_get_keys (file, host, NULL, NULL);

  for (char **digest = digests; digest != NULL && *digest != NULL; digest++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (WsSslCertificate) certificate
          = read_certificate (file, host, *digest, &error);

      if (certificate != NULL)
        ws_ssl_configuration_add_exception (configuration, certificate, host);
      else
        g_message ("%s, [%s] %s: %s", path, host, *digest, error->message);
    }
}

void
trusted_servers_load (WsSslConfiguration *configuration)
{
  g_autofree char *path = make_path ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GKeyFile) file = read_file (path, &error);
  g_auto (GStrv) hosts = NULL;

  if (file == NULL)
    {
      g_message ("%s", error->message);
      return;
    }
  hosts = g_key_file_get_groups (file, NULL);
  for (char **host = hosts; *host != NULL; host++)
    load_host (configuration, path, file, *host);
}

/* Whole or not at all, whatever happens meanwhile. */
static gboolean
write_file (GKeyFile *file, const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *text = NULL;
  gsize            size;

  if (g_mkdir_with_parents (folder, ONLY_THE_USER_FOLDER) != 0)
    {
      const int number = errno;

      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (number),
                   "%s: %s", folder, g_strerror (number));
      return FALSE;
    }
  text = g_key_file_to_data (file, &size, NULL);
  return g_file_set_contents_full (path, text, (gssize) size,
                                   G_FILE_SET_CONTENTS_CONSISTENT
                                       | G_FILE_SET_CONTENTS_DURABLE,
                                   ONLY_THE_USER_FILE, error);
}

gboolean
trusted_servers_add (WsSslConfiguration *configuration,
                     WsSslCertificate   *certificate,
                     const char         *host,
                     GError            **error)
{
  g_autofree char *path = make_path ();
  g_autofree char *digest
      = ws_ssl_certificate_digest (certificate, G_CHECKSUM_SHA256);
  g_autofree char *pem = ws_ssl_certificate_to_pem (certificate);
  g_autoptr (GKeyFile) file = NULL;

  ws_ssl_configuration_add_exception (configuration, certificate, host);
  /* Read anew, for another window, or another process, may have added some. */
  file = read_file (path, error);
  if (file == NULL)
    return FALSE;
  g_key_file_set_string (file, host, digest, pem);
  return write_file (file, path, error);
}

gboolean
trusted_servers_clear (WsSslConfiguration *configuration, GError **error)
{
  g_autofree char *path = make_path ();

  ws_ssl_configuration_clear_exceptions (configuration);
  if (g_remove (path) == 0 || errno == ENOENT)
    return TRUE;
  {
    const int number = errno;

    g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (number),
                 "%s: %s", path, g_strerror (number));
  }
  return FALSE;
}
