/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The methods that are slots: action signals, for ws_connect_slot() and whoever
 * else emits by name. A slot has nobody to return an error to, so that the
 * socket shows an error as QML does: in error-string, and as the status of a
 * socket that is not open. In a wrong thread not even that may be touched. */
#include "socket/ws-socket-slots.h"

#include "ws-socket-error.h"
#include "socket/ws-socket-ending.h"
#include "socket/ws-socket-signals.h"

/* The methods that are slots: action signals, for ws_connect_slot() and whoever
 * else emits by name. A slot has nobody to return an error to, so that it is
 * signalled; in a wrong thread not even that. */

static void
tell_problem (WsSocket *self, const char *slot, const GError *error)
{
  if (g_error_matches (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_WRONG_CONTEXT))
    ws_home_warn (slot, error->message);
  else
    ws_socket_emit (self, WS_SOCKET_SIGNAL_ERROR, error);
}

static void
on_open (WsSocket *self, const char *url)
{
  g_autoptr (GError) error = NULL;

  if (url != NULL && *url == '\0')
    url = NULL;
  /* Everything else is signalled by the call itself. */
  if (!ws_socket_open (self, url, &error)
      && g_error_matches (error, WS_SOCKET_ERROR,
                          WS_SOCKET_ERROR_WRONG_CONTEXT))
    tell_problem (self, "WsSocket::open", error);
}

static void
on_close (WsSocket *self, guint code, const char *reason)
{
  g_autoptr (GError) error = NULL;

  if (code == 0)
    code = WS_CLOSE_CODE_NORMAL;
  if (reason != NULL && *reason == '\0')
    reason = NULL;
  if (!ws_socket_close (self, code, reason, &error))
    tell_problem (self, "WsSocket::close", error);
}

static void
on_ping (WsSocket *self, GBytes *payload)
{
  g_autoptr (GError) error = NULL;

  if (!ws_socket_ping (self, payload, &error))
    tell_problem (self, "WsSocket::ping", error);
}

static void
on_send_text_message (WsSocket *self, const char *message)
{
  g_autoptr (GError) error = NULL;

  if (ws_socket_send_text_message (self, message != NULL ? message : "", &error)
      < 0)
    tell_problem (self, "WsSocket::send-text-message", error);
}

static void
on_send_binary_message (WsSocket *self, GBytes *message)
{
  g_autoptr (GBytes) bytes
      = message != NULL ? g_bytes_ref (message) : g_bytes_new (NULL, 0);
  g_autoptr (GError) error = NULL;

  if (ws_socket_send_binary_message (self, bytes, &error) < 0)
    tell_problem (self, "WsSocket::send-binary-message", error);
}

static void
add_slot (const char *name, GCallback handler, GType first, GType second)
{
  guint n_params = (first != G_TYPE_NONE) + (second != G_TYPE_NONE);

  g_signal_new_class_handler (name, WS_TYPE_SOCKET,
                              G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION, handler,
                              NULL, NULL, NULL, G_TYPE_NONE, n_params, first,
                              second);
}

static void
install_life_slots (void)
{
  /**
   * WsSocket::open:
   * @self: the socket
   * @url: (nullable): where to; %NULL or "" for [property@Socket:url]
   *
   * Slot: as [method@Socket.open].
   *
   * Since: 1.0
   */
  add_slot ("open", G_CALLBACK (on_open), G_TYPE_STRING, G_TYPE_NONE);

  /**
   * WsSocket::close:
   * @self: the socket
   * @code: the close code; 0 stands for 1000
   * @reason: (nullable): why
   *
   * Slot: as [method@Socket.close]. Arguments that cannot be sent are told
   * with [signal@Socket::error].
   *
   * Since: 1.0
   */
  add_slot ("close", G_CALLBACK (on_close), G_TYPE_UINT, G_TYPE_STRING);

  /**
   * WsSocket::abort:
   * @self: the socket
   *
   * Slot: as [method@Socket.abort].
   *
   * Since: 1.0
   */
  add_slot ("abort", G_CALLBACK (ws_socket_abort), G_TYPE_NONE, G_TYPE_NONE);

  /**
   * WsSocket::resume:
   * @self: the socket
   *
   * Slot: as [method@Socket.resume].
   *
   * Since: 1.0
   */
  add_slot ("resume", G_CALLBACK (ws_socket_resume), G_TYPE_NONE, G_TYPE_NONE);

  /**
   * WsSocket::ignore-ssl-errors:
   * @self: the socket
   *
   * Slot: as [method@Socket.ignore_ssl_errors].
   *
   * Since: 1.0
   */
  add_slot ("ignore-ssl-errors", G_CALLBACK (ws_socket_ignore_ssl_errors),
            G_TYPE_NONE, G_TYPE_NONE);
}

static void
install_sending_slots (void)
{
  /**
   * WsSocket::ping:
   * @self: the socket
   * @payload: (nullable): at most 125 bytes
   *
   * Slot: as [method@Socket.ping]. If it cannot be sent,
   * [signal@Socket::error] says why.
   *
   * Since: 1.0
   */
  add_slot ("ping", G_CALLBACK (on_ping), G_TYPE_BYTES, G_TYPE_NONE);

  /**
   * WsSocket::send-text-message:
   * @self: the socket
   * @message: (nullable): the text; %NULL is an empty one
   *
   * Slot: as [method@Socket.send_text_message]. If it cannot be sent,
   * [signal@Socket::error] says why.
   *
   * Since: 1.0
   */
  add_slot ("send-text-message", G_CALLBACK (on_send_text_message),
            G_TYPE_STRING, G_TYPE_NONE);

  /**
   * WsSocket::send-binary-message:
   * @self: the socket
   * @message: (nullable): the bytes; %NULL are none
   *
   * Slot: as [method@Socket.send_binary_message]. If they cannot be sent,
   * [signal@Socket::error] says why.
   *
   * Since: 1.0
   */
  add_slot ("send-binary-message", G_CALLBACK (on_send_binary_message),
            G_TYPE_BYTES, G_TYPE_NONE);
}

void
ws_socket_install_slots (void)
{
  install_life_slots ();
  install_sending_slots ();
}
