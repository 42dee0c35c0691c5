/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(WS_INSIDE) && !defined(WS_COMPILATION)
#error "Only <ws-glib/ws-glib.h> can be included directly."
#endif

#include <glib-object.h>

#include <ws-glib/ws-version-macros.h>

G_BEGIN_DECLS

/**
 * WS_SOCKET_ERROR:
 *
 * The error domain of this library; its codes are [error@Ws.SocketError].
 *
 * Since: 1.0
 */
#define WS_SOCKET_ERROR      (ws_socket_error_quark ())
#define WS_TYPE_SOCKET_ERROR (ws_socket_error_get_type ())

/**
 * WsSocketError:
 * @WS_SOCKET_ERROR_CONNECTION_REFUSED: the peer refused the connection, or
 *   there is no URL that could be opened
 * @WS_SOCKET_ERROR_REMOTE_HOST_CLOSED: the peer closed the connection
 * @WS_SOCKET_ERROR_HOST_NOT_FOUND: the host's name could not be resolved
 * @WS_SOCKET_ERROR_SOCKET_ACCESS: the process lacks the privilege
 * @WS_SOCKET_ERROR_SOCKET_RESOURCE: the system is out of something, such as
 *   file descriptors
 * @WS_SOCKET_ERROR_SOCKET_TIMEOUT: it took too long
 * @WS_SOCKET_ERROR_DATAGRAM_TOO_LARGE: never used; there because the numbers
 *   are Qt's
 * @WS_SOCKET_ERROR_NETWORK: the network failed
 * @WS_SOCKET_ERROR_ADDRESS_IN_USE: the address is in use already
 * @WS_SOCKET_ERROR_SOCKET_ADDRESS_NOT_AVAILABLE: the address is not one of
 *   this host
 * @WS_SOCKET_ERROR_UNSUPPORTED_SOCKET_OPERATION: the operation is not
 *   supported
 * @WS_SOCKET_ERROR_UNFINISHED_SOCKET_OPERATION: never used; there because
 *   the numbers are Qt's
 * @WS_SOCKET_ERROR_PROXY_AUTHENTICATION_REQUIRED: the proxy asks for
 *   credentials
 * @WS_SOCKET_ERROR_SSL_HANDSHAKE_FAILED: the TLS handshake failed
 * @WS_SOCKET_ERROR_PROXY_CONNECTION_REFUSED: the proxy refused the
 *   connection
 * @WS_SOCKET_ERROR_PROXY_CONNECTION_CLOSED: the proxy closed the connection
 * @WS_SOCKET_ERROR_PROXY_CONNECTION_TIMEOUT: the proxy took too long
 * @WS_SOCKET_ERROR_PROXY_NOT_FOUND: the proxy's name could not be resolved
 * @WS_SOCKET_ERROR_PROXY_PROTOCOL: the proxy's answer was not understood
 * @WS_SOCKET_ERROR_OPERATION: the operation does not suit the state
 * @WS_SOCKET_ERROR_SSL_INTERNAL: the TLS library failed, or TLS did on an open
 *   connection (a damaged record, an alert of the peer's): it is lost
 * @WS_SOCKET_ERROR_SSL_INVALID_USER_DATA: a key, a certificate or another
 *   TLS setting is not usable
 * @WS_SOCKET_ERROR_TEMPORARY: it failed for now; trying again may help
 * @WS_SOCKET_ERROR_PROTOCOL: the peer broke the WebSocket protocol
 * @WS_SOCKET_ERROR_INVALID_UTF8: text is not valid UTF-8
 * @WS_SOCKET_ERROR_MESSAGE_TOO_BIG: a message or a frame is beyond its limit
 * @WS_SOCKET_ERROR_HANDSHAKE_REJECTED: the peer did not agree to the opening
 *   handshake
 * @WS_SOCKET_ERROR_NOT_CONNECTED: there is no open connection
 * @WS_SOCKET_ERROR_INVALID_ARGUMENT: an argument cannot be used, such as a
 *   close code that may not be sent
 * @WS_SOCKET_ERROR_AUTHENTICATION_REQUIRED: the server asks for credentials
 * @WS_SOCKET_ERROR_BUFFER_FULL: what waits to be written is at its limit
 * @WS_SOCKET_ERROR_WRONG_CONTEXT: called from a thread that does not own the
 *   object, or whose default main context is run by another thread, so that
 *   nothing can begin there
 * @WS_SOCKET_ERROR_LIMIT_REACHED: a limit of the object's is reached, which the
 *   message names
 *
 * What went wrong.
 *
 * The numbers up to 22 and their names are those of Qt's
 * `QAbstractSocket::SocketError`; what Qt lacks begins at 100. A cancelled
 * operation is %G_IO_ERROR_CANCELLED.
 *
 * Since: 1.0
 */
typedef enum
{
  WS_SOCKET_ERROR_CONNECTION_REFUSED = 0,
  WS_SOCKET_ERROR_REMOTE_HOST_CLOSED = 1,
  WS_SOCKET_ERROR_HOST_NOT_FOUND = 2,
  WS_SOCKET_ERROR_SOCKET_ACCESS = 3,
  WS_SOCKET_ERROR_SOCKET_RESOURCE = 4,
  WS_SOCKET_ERROR_SOCKET_TIMEOUT = 5,
  WS_SOCKET_ERROR_DATAGRAM_TOO_LARGE = 6,
  WS_SOCKET_ERROR_NETWORK = 7,
  WS_SOCKET_ERROR_ADDRESS_IN_USE = 8,
  WS_SOCKET_ERROR_SOCKET_ADDRESS_NOT_AVAILABLE = 9,
  WS_SOCKET_ERROR_UNSUPPORTED_SOCKET_OPERATION = 10,
  WS_SOCKET_ERROR_UNFINISHED_SOCKET_OPERATION = 11,
  WS_SOCKET_ERROR_PROXY_AUTHENTICATION_REQUIRED = 12,
  WS_SOCKET_ERROR_SSL_HANDSHAKE_FAILED = 13,
  WS_SOCKET_ERROR_PROXY_CONNECTION_REFUSED = 14,
  WS_SOCKET_ERROR_PROXY_CONNECTION_CLOSED = 15,
  WS_SOCKET_ERROR_PROXY_CONNECTION_TIMEOUT = 16,
  WS_SOCKET_ERROR_PROXY_NOT_FOUND = 17,
  WS_SOCKET_ERROR_PROXY_PROTOCOL = 18,
  WS_SOCKET_ERROR_OPERATION = 19,
  WS_SOCKET_ERROR_SSL_INTERNAL = 20,
  WS_SOCKET_ERROR_SSL_INVALID_USER_DATA = 21,
  WS_SOCKET_ERROR_TEMPORARY = 22,
  WS_SOCKET_ERROR_PROTOCOL = 100,
  WS_SOCKET_ERROR_INVALID_UTF8 = 101,
  WS_SOCKET_ERROR_MESSAGE_TOO_BIG = 102,
  WS_SOCKET_ERROR_HANDSHAKE_REJECTED = 103,
  WS_SOCKET_ERROR_NOT_CONNECTED = 104,
  WS_SOCKET_ERROR_INVALID_ARGUMENT = 105,
  WS_SOCKET_ERROR_AUTHENTICATION_REQUIRED = 106,
  WS_SOCKET_ERROR_BUFFER_FULL = 107,
  WS_SOCKET_ERROR_WRONG_CONTEXT = 108,
  WS_SOCKET_ERROR_LIMIT_REACHED = 109
} WsSocketError;

WS_AVAILABLE_IN_1_0
GQuark ws_socket_error_quark (void);
WS_AVAILABLE_IN_1_0
GType ws_socket_error_get_type (void) G_GNUC_CONST;

G_END_DECLS
