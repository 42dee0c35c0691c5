/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What fuzz-world-tls has besides: settings, what an application does about
 * certificates, and the signals that ask it to. */
#include "world.h"

#include <string.h>

#include "tls-identity.h"

/* --- Settings --- */

/* (transfer full): with a certificate, and trust in it if @trusts. */
static WsSslConfiguration *
make_configuration (const WorldChoices *choices, gboolean trusts)
{
  WsSslConfiguration *self = ws_ssl_configuration_new ();
  g_autoptr (GBytes) certificate
      = g_bytes_new_static (tls_identity_certificate,
                            strlen (tls_identity_certificate));
  g_autoptr (GBytes) key
      = g_bytes_new_static (tls_identity_key, strlen (tls_identity_key));
  g_autoptr (WsSslCertificate) root
      = ws_ssl_certificate_new_from_pem (tls_identity_certificate, NULL);

  ws_ssl_configuration_set_system_trust (self, FALSE);
  ws_ssl_configuration_set_local_certificate (self, certificate);
  ws_ssl_configuration_set_private_key (self, key);
  if (trusts)
    ws_ssl_configuration_add_ca_certificate (self, root);
  if (choices->is_old_tls)
    ws_ssl_configuration_set_maximum_protocol (self, WS_SSL_PROTOCOL_TLS_1_2);
  return self;
}

void
world_tls_set_server (World *self)
{
  g_autoptr (WsSslConfiguration) configuration
      = make_configuration (&self->choices, TRUE);

  if (self->choices.asks_client)
    ws_ssl_configuration_set_peer_verify_mode (configuration,
                                               WS_SSL_VERIFY_MODE_VERIFY);
  ws_ssl_configuration_set_handshake_must_interrupt_on_error (
      configuration, self->choices.interrupts);
  ws_server_set_ssl_configuration (self->server, configuration);
}

void
world_tls_set_client (World *self, WsSocket *client)
{
  g_autoptr (WsSslConfiguration) configuration
      = make_configuration (&self->choices, !self->choices.distrusts);

  ws_ssl_configuration_set_peer_verify_name (configuration, "localhost");
  ws_socket_set_ssl_configuration (client, configuration);
  if (self->choices.pauses)
    ws_socket_set_pause_mode (client, WS_PAUSE_MODES_ON_SSL_ERRORS);
}

/* --- What is done about certificates --- */

static void
ignore (WsSocket *socket)
{
  ws_socket_ignore_ssl_errors (socket);
}

static void
ignore_always (WsSocket *socket)
{
  ws_socket_ignore_ssl_errors_always (socket);
}

static void
ignore_none (WsSocket *socket)
{
  g_autoptr (GPtrArray) none = g_ptr_array_new ();

  ws_socket_ignore_ssl_error_list (socket, none);
}

static void
resume (WsSocket *socket)
{
  ws_socket_resume (socket);
}

static void
ignore_and_resume (WsSocket *socket)
{
  ws_socket_ignore_ssl_errors (socket);
  ws_socket_resume (socket);
}

static void
go_on (WsSocket *socket)
{
  ws_socket_continue_interrupted_handshake (socket);
}

static void
look (WsSocket *socket)
{
  WsSslSession *session = ws_socket_get_ssl_session (socket);

  g_assert_true (session == NULL || WS_IS_SSL_SESSION (session));
}

static void (*const acts[]) (WsSocket *socket)
    = { ignore, ignore_always, ignore_none,       resume,
        go_on,  look,          ignore_and_resume, ignore_and_resume };

/* One in four choices is about certificates. */
gboolean
world_tls_act (GObject *target, guint act)
{
  if (act % 4 != 3 || !WS_IS_SOCKET (target))
    return FALSE;
  acts[act / 4 % G_N_ELEMENTS (acts)]((WsSocket *) target);
  return TRUE;
}

const char *const world_tls_socket_signals[]
    = { "ssl-errors", "peer-verify-error", "handshake-interrupted-on-error",
        "alert-sent", "alert-received",    "notify::ssl-session",
        NULL };
const char *const world_tls_server_signals[]
    = { "ssl-errors", "peer-verify-error", "handshake-interrupted-on-error",
        "alert-sent", "alert-received",    NULL };
