/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ws-enums.h"

#include "protocol/ws-close.h"

/* clang-format off */
G_DEFINE_ENUM_TYPE (
  WsState, ws_state,
  G_DEFINE_ENUM_VALUE (WS_STATE_UNCONNECTED, "unconnected"),
  G_DEFINE_ENUM_VALUE (WS_STATE_HOST_LOOKUP, "host-lookup"),
  G_DEFINE_ENUM_VALUE (WS_STATE_CONNECTING, "connecting"),
  G_DEFINE_ENUM_VALUE (WS_STATE_CONNECTED, "connected"),
  G_DEFINE_ENUM_VALUE (WS_STATE_BOUND, "bound"),
  G_DEFINE_ENUM_VALUE (WS_STATE_LISTENING, "listening"),
  G_DEFINE_ENUM_VALUE (WS_STATE_CLOSING, "closing"))

G_DEFINE_ENUM_TYPE (
  WsStatus, ws_status,
  G_DEFINE_ENUM_VALUE (WS_STATUS_CONNECTING, "connecting"),
  G_DEFINE_ENUM_VALUE (WS_STATUS_OPEN, "open"),
  G_DEFINE_ENUM_VALUE (WS_STATUS_CLOSING, "closing"),
  G_DEFINE_ENUM_VALUE (WS_STATUS_CLOSED, "closed"),
  G_DEFINE_ENUM_VALUE (WS_STATUS_ERROR, "error"))

G_DEFINE_ENUM_TYPE (
  WsCloseCode, ws_close_code,
  G_DEFINE_ENUM_VALUE (WS_CLOSE_CODE_NORMAL, "normal"),
  G_DEFINE_ENUM_VALUE (WS_CLOSE_CODE_GOING_AWAY, "going-away"),
  G_DEFINE_ENUM_VALUE (WS_CLOSE_CODE_PROTOCOL_ERROR, "protocol-error"),
  G_DEFINE_ENUM_VALUE (WS_CLOSE_CODE_DATATYPE_NOT_SUPPORTED, "datatype-not-supported"),
  G_DEFINE_ENUM_VALUE (WS_CLOSE_CODE_RESERVED_1004, "reserved-1004"),
  G_DEFINE_ENUM_VALUE (WS_CLOSE_CODE_MISSING_STATUS_CODE, "missing-status-code"),
  G_DEFINE_ENUM_VALUE (WS_CLOSE_CODE_ABNORMAL_DISCONNECTION, "abnormal-disconnection"),
  G_DEFINE_ENUM_VALUE (WS_CLOSE_CODE_WRONG_DATATYPE, "wrong-datatype"),
  G_DEFINE_ENUM_VALUE (WS_CLOSE_CODE_POLICY_VIOLATED, "policy-violated"),
  G_DEFINE_ENUM_VALUE (WS_CLOSE_CODE_TOO_MUCH_DATA, "too-much-data"),
  G_DEFINE_ENUM_VALUE (WS_CLOSE_CODE_MISSING_EXTENSION, "missing-extension"),
  G_DEFINE_ENUM_VALUE (WS_CLOSE_CODE_BAD_OPERATION, "bad-operation"),
  G_DEFINE_ENUM_VALUE (WS_CLOSE_CODE_SERVICE_RESTART, "service-restart"),
  G_DEFINE_ENUM_VALUE (WS_CLOSE_CODE_TRY_AGAIN_LATER, "try-again-later"),
  G_DEFINE_ENUM_VALUE (WS_CLOSE_CODE_BAD_GATEWAY, "bad-gateway"),
  G_DEFINE_ENUM_VALUE (WS_CLOSE_CODE_TLS_HANDSHAKE_FAILED, "tls-handshake-failed"))

G_DEFINE_ENUM_TYPE (
  WsProtocolVersion, ws_protocol_version,
  G_DEFINE_ENUM_VALUE (WS_PROTOCOL_VERSION_UNKNOWN, "unknown"),
  G_DEFINE_ENUM_VALUE (WS_PROTOCOL_VERSION_V0, "v0"),
  G_DEFINE_ENUM_VALUE (WS_PROTOCOL_VERSION_V4, "v4"),
  G_DEFINE_ENUM_VALUE (WS_PROTOCOL_VERSION_V5, "v5"),
  G_DEFINE_ENUM_VALUE (WS_PROTOCOL_VERSION_V6, "v6"),
  G_DEFINE_ENUM_VALUE (WS_PROTOCOL_VERSION_V7, "v7"),
  G_DEFINE_ENUM_VALUE (WS_PROTOCOL_VERSION_V8, "v8"),
  G_DEFINE_ENUM_VALUE (WS_PROTOCOL_VERSION_V13, "v13"),
  G_DEFINE_ENUM_VALUE (WS_PROTOCOL_VERSION_LATEST, "latest"))

G_DEFINE_ENUM_TYPE (
  WsMessageType, ws_message_type,
  G_DEFINE_ENUM_VALUE (WS_MESSAGE_TYPE_TEXT, "text"),
  G_DEFINE_ENUM_VALUE (WS_MESSAGE_TYPE_BINARY, "binary"))

G_DEFINE_ENUM_TYPE (
  WsSslMode, ws_ssl_mode,
  G_DEFINE_ENUM_VALUE (WS_SSL_MODE_SECURE, "secure"),
  G_DEFINE_ENUM_VALUE (WS_SSL_MODE_NON_SECURE, "non-secure"))
/* clang-format on */

/**
 * ws_close_code_is_sendable:
 * @code: a close code
 *
 * Whether a close frame may carry @code.
 *
 * These are 1000 to 1003, 1007 to 1014, and 3000 to 4999; the last two
 * thousand are free for libraries and applications.
 *
 * Returns: %TRUE if @code can be given to [method@Socket.close]
 *
 * Since: 1.0
 */
gboolean
ws_close_code_is_sendable (guint code)
{
  return ws_close_is_sendable (code);
}
