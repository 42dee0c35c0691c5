/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A connection of GIO's to the server of a URL: what it carries is frames, and
 * TLS lies below. */
#include "frames-dial.h"

#include <string.h>

#include <gio/gunixsocketaddress.h>

typedef struct
{
  const ClientOptions *options; /* (unowned) */
  GSocketClient       *client;  /* (owned) */
  char                *host;    /* (owned) */
  FramesDialFunc       callback;
  gpointer             user_data; /* (unowned) */
} Dial;

static void
tell (Dial *self, GIOStream *stream, const GError *error)
{
  self->callback (stream, error, self->user_data);
  g_object_unref (self->client);
  g_free (self->host);
  g_free (self);
}

static gboolean
on_accept_certificate (GTlsConnection      *connection,
                       GTlsCertificate     *certificate,
                       GTlsCertificateFlags errors,
                       const ClientOptions *options)
{
  return options->insecure;
}

/* TLS is set up when the connection is there, and before it is used. */
static void
on_event (GSocketClient      *client,
          GSocketClientEvent  event,
          GSocketConnectable *connectable,
          GIOStream          *stream,
          Dial               *self)
{
  const ClientOptions *options = self->options;
  const char          *name
      = options->server_name != NULL ? options->server_name : self->host;
  g_autoptr (GSocketConnectable) identity = NULL;
  g_autoptr (GTlsDatabase) database = NULL;
  g_autoptr (GTlsCertificate) certificate = NULL;

  if (event != G_SOCKET_CLIENT_TLS_HANDSHAKING)
    return;
  identity = g_network_address_new (name, 443);
  g_tls_client_connection_set_server_identity (G_TLS_CLIENT_CONNECTION (stream),
                                               identity);
  g_signal_connect (stream, "accept-certificate",
                    G_CALLBACK (on_accept_certificate), (gpointer) options);
  if (options->authorities != NULL)
    database = g_tls_file_database_new (options->authorities, NULL);
  if (database != NULL)
    g_tls_connection_set_database (G_TLS_CONNECTION (stream), database);
  if (options->certificate != NULL)
    certificate = g_tls_certificate_new_from_files (options->certificate,
                                                    options->key != NULL
                                                        ? options->key
                                                        : options->certificate,
                                                    NULL);
  if (certificate != NULL)
    g_tls_connection_set_certificate (G_TLS_CONNECTION (stream), certificate);
}

static void
on_dialled (GObject *client, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnection) connection
      = g_socket_client_connect_finish (G_SOCKET_CLIENT (client), result,
                                        &error);

  /* It was for the dialling: a connection may be silent. */
  if (connection != NULL)
    g_socket_set_timeout (g_socket_connection_get_socket (connection), 0);
  tell (user_data, G_IO_STREAM (connection), error);
}

/* Returns where the URL leads (owned by the caller). */
static GSocketConnectable *
find_address (Dial *self, const char *url, GError **error)
{
  static const char unix_scheme[] = "ws+unix:";
  guint16           port = g_str_has_prefix (url, "wss:") ? 443 : 80;

  if (g_str_has_prefix (url, unix_scheme))
    {
      const char      *path = url + strlen (unix_scheme);
      g_autofree char *file = g_strndup (path, strcspn (path, ":"));

      return G_SOCKET_CONNECTABLE (g_unix_socket_address_new (file));
    }

  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, error);

  if (uri == NULL)
    return NULL;
  self->host = g_strdup (g_uri_get_host (uri));
  if (g_uri_get_port (uri) > 0)
    port = (guint16) g_uri_get_port (uri);
  if (self->options->connect_to != NULL)
    return g_network_address_parse (self->options->connect_to, port, error);
  return g_network_address_new (self->host, port);
}

static void
set_proxy (GSocketClient *client, const char *proxy)
{
  if (proxy == NULL)
    return;

  g_autoptr (GProxyResolver) resolver
      = g_simple_proxy_resolver_new (g_str_equal (proxy, "none") ? "direct://"
                                                                 : proxy,
                                     NULL);

  g_socket_client_set_proxy_resolver (client, resolver);
}

/* The callback is called later, or at once when the URL is none. The stream is
 * the callee's only if it takes a reference. */
void
frames_dial (const char          *url,
             const ClientOptions *options,
             FramesDialFunc       callback,
             gpointer             user_data)
{
  Dial *self = g_new0 (Dial, 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnectable) address = NULL;

  self->options = options;
  self->callback = callback;
  self->user_data = user_data;
  self->client = g_socket_client_new ();
  address = find_address (self, url, &error);
  if (address == NULL)
    {
      tell (self, NULL, error);
      return;
    }
  set_proxy (self->client, options->proxy);
  g_socket_client_set_tls (self->client, g_str_has_prefix (url, "wss:"));
  g_signal_connect (self->client, "event", G_CALLBACK (on_event), self);
  if (options->timeout > 0)
    g_socket_client_set_timeout (self->client,
                                 MAX ((guint) options->timeout, 1));
  g_socket_client_connect_async (self->client, address, NULL, on_dialled, self);
}
