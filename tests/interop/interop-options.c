/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "interop-options.h"

#include <stdlib.h>

typedef struct
{
  char **certificates; /* (owned) (nullable): the first one is the default */
  char **keys;         /* (owned) (nullable): in the same order */
  char  *ca;           /* (owned) (nullable): who signs clients */
  char  *clients;      /* (owned) (nullable): none, requested, required */
  char  *alpn;         /* (owned) (nullable): names with commas between them */
  char  *ocsp;         /* (owned) (nullable): response to staple, DER */
  char  *tls;          /* (owned) (nullable): the only version to speak */

  gboolean compresses;
} Options;

static gboolean
parse (Options *options, int argc, char **argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "certificate", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->certificates,
      "Serve wss with it, or with several as SNI wishes", "FILE" },
    { "key", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->keys,
      "The certificate's key", "FILE" },
    { "ca", 0, 0, G_OPTION_ARG_FILENAME, &options->ca,
      "Who may have signed the clients' certificates", "FILE" },
    { "clients", 0, 0, G_OPTION_ARG_STRING, &options->clients,
      "Their certificates: none, requested, required", "WORD" },
    { "alpn", 0, 0, G_OPTION_ARG_STRING, &options->alpn, "Next protocols",
      "NAME,…" },
    { "ocsp", 0, 0, G_OPTION_ARG_FILENAME, &options->ocsp,
      "The response to staple", "FILE" },
    { "tls", 0, 0, G_OPTION_ARG_STRING, &options->tls, "Only this: 1.2 or 1.3",
      "VERSION" },
    { "compression", 0, 0, G_OPTION_ARG_NONE, &options->compresses,
      "Agree to permessage-deflate", NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, error))
    return FALSE;
  if (argc == 1 && (options->certificates != NULL) == (options->keys != NULL)
      && (options->keys == NULL
          || g_strv_length (options->certificates)
                 == g_strv_length (options->keys)))
    return TRUE;

  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                       "Each certificate needs a key, and no more");
  return FALSE;
}

static void
options_clear (Options *options)
{
  g_strfreev (options->certificates);
  g_strfreev (options->keys);
  g_free (options->ca);
  g_free (options->clients);
  g_free (options->alpn);
  g_free (options->ocsp);
  g_free (options->tls);
}

static WsSslVerifyMode
verify_mode (const char *clients)
{
  if (g_strcmp0 (clients, "required") == 0)
    return WS_SSL_VERIFY_MODE_VERIFY;
  if (g_strcmp0 (clients, "requested") == 0)
    return WS_SSL_VERIFY_MODE_QUERY;
  return WS_SSL_VERIFY_MODE_NONE;
}

static WsSslProtocol
protocol (const char *tls)
{
  if (g_strcmp0 (tls, "1.2") == 0)
    return WS_SSL_PROTOCOL_TLS_1_2;
  if (g_strcmp0 (tls, "1.3") == 0)
    return WS_SSL_PROTOCOL_TLS_1_3;
  return WS_SSL_PROTOCOL_ANY;
}

static void
apply (WsSslConfiguration *configuration, const Options *options)
{
  g_object_set (configuration, "local-certificate-file",
                options->certificates[0], "private-key-file", options->keys[0],
                "system-trust", FALSE, "peer-verify-mode",
                verify_mode (options->clients), "minimum-protocol",
                protocol (options->tls), "maximum-protocol",
                protocol (options->tls), NULL);
  for (gsize i = 1; options->certificates[i] != NULL; i++)
    ws_ssl_configuration_add_local_certificate_file (configuration,
                                                     options->certificates[i],
                                                     options->keys[i], NULL);
  if (options->ca != NULL)
    ws_ssl_configuration_set_ca_certificates_file (configuration, options->ca);
  if (options->ocsp != NULL)
    ws_ssl_configuration_set_ocsp_response_file (configuration, options->ocsp);
  if (options->alpn != NULL)
    {
      g_auto (GStrv) names = g_strsplit (options->alpn, ",", -1);

      ws_ssl_configuration_set_allowed_next_protocols (
          configuration, (const char *const *) names);
    }
}

WsServer *
interop_options_make_server (int argc, char **argv)
{
  Options   options = { NULL };
  WsServer *server;
  g_autoptr (GError) error = NULL;

  if (!parse (&options, argc, argv, &error))
    {
      g_printerr ("%s: %s\n", g_get_prgname (), error->message);
      exit (2);
    }

  server = ws_server_new ("interop", options.certificates != NULL
                                         ? WS_SSL_MODE_SECURE
                                         : WS_SSL_MODE_NON_SECURE);
  if (options.certificates != NULL)
    apply (ws_server_get_ssl_configuration (server), &options);
  if (options.compresses)
    {
      g_autoptr (WsDeflateOptions) compression = ws_deflate_options_new ();

      ws_server_set_compression (server, compression);
    }
  options_clear (&options);
  return server;
}
