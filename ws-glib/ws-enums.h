/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(WS_INSIDE) && !defined(WS_COMPILATION)
#error "Only <ws-glib/ws-glib.h> can be included directly."
#endif

#include <glib-object.h>

#include <ws-glib/ws-version-macros.h>

G_BEGIN_DECLS

#define WS_TYPE_STATE            (ws_state_get_type ())
#define WS_TYPE_STATUS           (ws_status_get_type ())
#define WS_TYPE_CLOSE_CODE       (ws_close_code_get_type ())
#define WS_TYPE_PROTOCOL_VERSION (ws_protocol_version_get_type ())
#define WS_TYPE_MESSAGE_TYPE     (ws_message_type_get_type ())
#define WS_TYPE_SSL_MODE         (ws_ssl_mode_get_type ())

/**
 * WsState:
 * @WS_STATE_UNCONNECTED: there is no connection
 * @WS_STATE_HOST_LOOKUP: the host's name is being resolved
 * @WS_STATE_CONNECTING: the connection is being made, TLS and the opening
 *   handshake included
 * @WS_STATE_CONNECTED: messages flow
 * @WS_STATE_BOUND: never entered; there because the numbers are Qt's
 * @WS_STATE_LISTENING: never entered; there because the numbers are Qt's
 * @WS_STATE_CLOSING: the closing handshake is under way
 *
 * Where a connection is in its life.
 *
 * The numbers are those of Qt's `QAbstractSocket::SocketState`.
 *
 * Since: 1.0
 */
typedef enum
{
  WS_STATE_UNCONNECTED = 0,
  WS_STATE_HOST_LOOKUP = 1,
  WS_STATE_CONNECTING = 2,
  WS_STATE_CONNECTED = 3,
  WS_STATE_BOUND = 4,
  WS_STATE_LISTENING = 5,
  WS_STATE_CLOSING = 6
} WsState;

/**
 * WsStatus:
 * @WS_STATUS_CONNECTING: the connection is being made
 * @WS_STATUS_OPEN: messages flow
 * @WS_STATUS_CLOSING: the closing handshake is under way
 * @WS_STATUS_CLOSED: there is no connection, and none has failed
 * @WS_STATUS_ERROR: the last connection, or the attempt to make one, failed
 *
 * The life of a connection as a user interface shows it.
 *
 * It is QML's view of a [enum@Ws.State]. An error stays until the next
 * opening.
 *
 * Since: 1.0
 */
typedef enum
{
  WS_STATUS_CONNECTING = 0,
  WS_STATUS_OPEN = 1,
  WS_STATUS_CLOSING = 2,
  WS_STATUS_CLOSED = 3,
  WS_STATUS_ERROR = 4
} WsStatus;

/**
 * WsCloseCode:
 * @WS_CLOSE_CODE_NORMAL: the connection has done its work
 * @WS_CLOSE_CODE_GOING_AWAY: an end goes away: a server stops, a page is left
 * @WS_CLOSE_CODE_PROTOCOL_ERROR: the other end broke the protocol
 * @WS_CLOSE_CODE_DATATYPE_NOT_SUPPORTED: data of a kind that this end cannot
 *   accept
 * @WS_CLOSE_CODE_RESERVED_1004: reserved; never sent
 * @WS_CLOSE_CODE_MISSING_STATUS_CODE: stands for a close frame without a
 *   code; never sent
 * @WS_CLOSE_CODE_ABNORMAL_DISCONNECTION: stands for a connection that was
 *   lost without a close frame; never sent
 * @WS_CLOSE_CODE_WRONG_DATATYPE: data that does not suit its message, such as
 *   text that is not UTF-8
 * @WS_CLOSE_CODE_POLICY_VIOLATED: a message breaks the rules of the end that
 *   closes
 * @WS_CLOSE_CODE_TOO_MUCH_DATA: a message is too big
 * @WS_CLOSE_CODE_MISSING_EXTENSION: the server did not agree to an extension
 *   that the client needs
 * @WS_CLOSE_CODE_BAD_OPERATION: the server met something unexpected
 * @WS_CLOSE_CODE_SERVICE_RESTART: the server restarts; come back soon
 * @WS_CLOSE_CODE_TRY_AGAIN_LATER: the server is overloaded; come back later
 * @WS_CLOSE_CODE_BAD_GATEWAY: a gateway had a bad answer from behind it
 * @WS_CLOSE_CODE_TLS_HANDSHAKE_FAILED: stands for a failed TLS handshake;
 *   never sent
 *
 * Why a connection was closed (RFC 6455, 7.4, and the IANA registry).
 *
 * Functions and properties carry plain numbers, since applications own 3000
 * to 4999.
 *
 * Since: 1.0
 */
typedef enum
{
  WS_CLOSE_CODE_NORMAL = 1000,
  WS_CLOSE_CODE_GOING_AWAY = 1001,
  WS_CLOSE_CODE_PROTOCOL_ERROR = 1002,
  WS_CLOSE_CODE_DATATYPE_NOT_SUPPORTED = 1003,
  WS_CLOSE_CODE_RESERVED_1004 = 1004,
  WS_CLOSE_CODE_MISSING_STATUS_CODE = 1005,
  WS_CLOSE_CODE_ABNORMAL_DISCONNECTION = 1006,
  WS_CLOSE_CODE_WRONG_DATATYPE = 1007,
  WS_CLOSE_CODE_POLICY_VIOLATED = 1008,
  WS_CLOSE_CODE_TOO_MUCH_DATA = 1009,
  WS_CLOSE_CODE_MISSING_EXTENSION = 1010,
  WS_CLOSE_CODE_BAD_OPERATION = 1011,
  WS_CLOSE_CODE_SERVICE_RESTART = 1012,
  WS_CLOSE_CODE_TRY_AGAIN_LATER = 1013,
  WS_CLOSE_CODE_BAD_GATEWAY = 1014,
  WS_CLOSE_CODE_TLS_HANDSHAKE_FAILED = 1015
} WsCloseCode;

/**
 * WsProtocolVersion:
 * @WS_PROTOCOL_VERSION_UNKNOWN: none of the others
 * @WS_PROTOCOL_VERSION_V0: hixie 76, hybi 00
 * @WS_PROTOCOL_VERSION_V4: hybi 04
 * @WS_PROTOCOL_VERSION_V5: hybi 05
 * @WS_PROTOCOL_VERSION_V6: hybi 06
 * @WS_PROTOCOL_VERSION_V7: hybi 07
 * @WS_PROTOCOL_VERSION_V8: hybi 08 to 12
 * @WS_PROTOCOL_VERSION_V13: RFC 6455
 * @WS_PROTOCOL_VERSION_LATEST: the one to use
 *
 * Versions of the protocol that a handshake may name.
 *
 * Only version 13 is spoken.
 *
 * Since: 1.0
 */
typedef enum
{
  WS_PROTOCOL_VERSION_UNKNOWN = -1,
  WS_PROTOCOL_VERSION_V0 = 0,
  WS_PROTOCOL_VERSION_V4 = 4,
  WS_PROTOCOL_VERSION_V5 = 5,
  WS_PROTOCOL_VERSION_V6 = 6,
  WS_PROTOCOL_VERSION_V7 = 7,
  WS_PROTOCOL_VERSION_V8 = 8,
  WS_PROTOCOL_VERSION_V13 = 13,
  WS_PROTOCOL_VERSION_LATEST = WS_PROTOCOL_VERSION_V13
} WsProtocolVersion;

/**
 * WsMessageType:
 * @WS_MESSAGE_TYPE_TEXT: valid UTF-8
 * @WS_MESSAGE_TYPE_BINARY: any bytes
 *
 * What a message is made of.
 *
 * Since: 1.0
 */
typedef enum
{
  WS_MESSAGE_TYPE_TEXT = 1,
  WS_MESSAGE_TYPE_BINARY = 2
} WsMessageType;

/**
 * WsSslMode:
 * @WS_SSL_MODE_SECURE: over TLS (`wss:`)
 * @WS_SSL_MODE_NON_SECURE: in the clear (`ws:`)
 *
 * Whether a server speaks TLS.
 *
 * Since: 1.0
 */
typedef enum
{
  WS_SSL_MODE_SECURE = 0,
  WS_SSL_MODE_NON_SECURE = 1
} WsSslMode;

WS_AVAILABLE_IN_1_0
GType ws_state_get_type (void) G_GNUC_CONST;
WS_AVAILABLE_IN_1_0
GType ws_status_get_type (void) G_GNUC_CONST;
WS_AVAILABLE_IN_1_0
GType ws_close_code_get_type (void) G_GNUC_CONST;
WS_AVAILABLE_IN_1_0
GType ws_protocol_version_get_type (void) G_GNUC_CONST;
WS_AVAILABLE_IN_1_0
GType ws_message_type_get_type (void) G_GNUC_CONST;
WS_AVAILABLE_IN_1_0
GType ws_ssl_mode_get_type (void) G_GNUC_CONST;

WS_AVAILABLE_IN_1_0
gboolean ws_close_code_is_sendable (guint code);

G_END_DECLS
