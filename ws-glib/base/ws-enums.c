/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The GTypes of the public enums. */
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
  G_DEFINE_ENUM_VALUE (WS_CLOSE_CODE_DATATYPE_NOT_SUPPORTED,
                       "datatype-not-supported"),
  G_DEFINE_ENUM_VALUE (WS_CLOSE_CODE_RESERVED_1004, "reserved-1004"),
  G_DEFINE_ENUM_VALUE (WS_CLOSE_CODE_MISSING_STATUS_CODE,
                       "missing-status-code"),
  G_DEFINE_ENUM_VALUE (WS_CLOSE_CODE_ABNORMAL_DISCONNECTION,
                       "abnormal-disconnection"),
  G_DEFINE_ENUM_VALUE (WS_CLOSE_CODE_WRONG_DATATYPE, "wrong-datatype"),
  G_DEFINE_ENUM_VALUE (WS_CLOSE_CODE_POLICY_VIOLATED, "policy-violated"),
  G_DEFINE_ENUM_VALUE (WS_CLOSE_CODE_TOO_MUCH_DATA, "too-much-data"),
  G_DEFINE_ENUM_VALUE (WS_CLOSE_CODE_MISSING_EXTENSION, "missing-extension"),
  G_DEFINE_ENUM_VALUE (WS_CLOSE_CODE_BAD_OPERATION, "bad-operation"),
  G_DEFINE_ENUM_VALUE (WS_CLOSE_CODE_SERVICE_RESTART, "service-restart"),
  G_DEFINE_ENUM_VALUE (WS_CLOSE_CODE_TRY_AGAIN_LATER, "try-again-later"),
  G_DEFINE_ENUM_VALUE (WS_CLOSE_CODE_BAD_GATEWAY, "bad-gateway"),
  G_DEFINE_ENUM_VALUE (WS_CLOSE_CODE_TLS_HANDSHAKE_FAILED,
                       "tls-handshake-failed"))

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
  WsMessageDirection, ws_message_direction,
  G_DEFINE_ENUM_VALUE (WS_MESSAGE_DIRECTION_RECEIVED, "received"),
  G_DEFINE_ENUM_VALUE (WS_MESSAGE_DIRECTION_SENT, "sent"))

G_DEFINE_ENUM_TYPE (
  WsSslMode, ws_ssl_mode,
  G_DEFINE_ENUM_VALUE (WS_SSL_MODE_SECURE, "secure"),
  G_DEFINE_ENUM_VALUE (WS_SSL_MODE_NON_SECURE, "non-secure"))

G_DEFINE_ENUM_TYPE (
  WsOverflowPolicy, ws_overflow_policy,
  G_DEFINE_ENUM_VALUE (WS_OVERFLOW_POLICY_HOLD, "hold"),
  G_DEFINE_ENUM_VALUE (WS_OVERFLOW_POLICY_DROP_NEWEST, "drop-newest"),
  G_DEFINE_ENUM_VALUE (WS_OVERFLOW_POLICY_DROP_OLDEST, "drop-oldest"))

G_DEFINE_ENUM_TYPE (
  WsSlowClientPolicy, ws_slow_client_policy,
  G_DEFINE_ENUM_VALUE (WS_SLOW_CLIENT_POLICY_CLOSE, "close"),
  G_DEFINE_ENUM_VALUE (WS_SLOW_CLIENT_POLICY_SKIP, "skip"))

G_DEFINE_ENUM_TYPE (
  WsPeerPhase, ws_peer_phase,
  G_DEFINE_ENUM_VALUE (WS_PEER_PHASE_PROXY_HEADER, "proxy-header"),
  G_DEFINE_ENUM_VALUE (WS_PEER_PHASE_TLS_HANDSHAKE, "tls-handshake"),
  G_DEFINE_ENUM_VALUE (WS_PEER_PHASE_REQUEST, "request"),
  G_DEFINE_ENUM_VALUE (WS_PEER_PHASE_DECISION, "decision"),
  G_DEFINE_ENUM_VALUE (WS_PEER_PHASE_ANSWER, "answer"))

G_DEFINE_ENUM_TYPE (
  WsProxyProtocol, ws_proxy_protocol,
  G_DEFINE_ENUM_VALUE (WS_PROXY_PROTOCOL_NONE, "none"),
  G_DEFINE_ENUM_VALUE (WS_PROXY_PROTOCOL_ACCEPTED, "accepted"),
  G_DEFINE_ENUM_VALUE (WS_PROXY_PROTOCOL_REQUIRED, "required"))

G_DEFINE_ENUM_TYPE (
  WsSslProtocol, ws_ssl_protocol,
  G_DEFINE_ENUM_VALUE (WS_SSL_PROTOCOL_ANY, "any"),
  G_DEFINE_ENUM_VALUE (WS_SSL_PROTOCOL_TLS_1_2, "tls-1-2"),
  G_DEFINE_ENUM_VALUE (WS_SSL_PROTOCOL_TLS_1_3, "tls-1-3"))

G_DEFINE_ENUM_TYPE (
  WsSslVerifyMode, ws_ssl_verify_mode,
  G_DEFINE_ENUM_VALUE (WS_SSL_VERIFY_MODE_NONE, "none"),
  G_DEFINE_ENUM_VALUE (WS_SSL_VERIFY_MODE_QUERY, "query"),
  G_DEFINE_ENUM_VALUE (WS_SSL_VERIFY_MODE_VERIFY, "verify"),
  G_DEFINE_ENUM_VALUE (WS_SSL_VERIFY_MODE_AUTO, "auto"))

G_DEFINE_ENUM_TYPE (
  WsSslKeyAlgorithm, ws_ssl_key_algorithm,
  G_DEFINE_ENUM_VALUE (WS_SSL_KEY_ALGORITHM_OPAQUE, "opaque"),
  G_DEFINE_ENUM_VALUE (WS_SSL_KEY_ALGORITHM_RSA, "rsa"),
  G_DEFINE_ENUM_VALUE (WS_SSL_KEY_ALGORITHM_DSA, "dsa"),
  G_DEFINE_ENUM_VALUE (WS_SSL_KEY_ALGORITHM_EC, "ec"),
  G_DEFINE_ENUM_VALUE (WS_SSL_KEY_ALGORITHM_DH, "dh"),
  G_DEFINE_ENUM_VALUE (WS_SSL_KEY_ALGORITHM_ED25519, "ed25519"),
  G_DEFINE_ENUM_VALUE (WS_SSL_KEY_ALGORITHM_ED448, "ed448"))

G_DEFINE_ENUM_TYPE (
  WsSslErrorCode, ws_ssl_error_code,
  G_DEFINE_ENUM_VALUE (WS_SSL_ERROR_CODE_UNSPECIFIED, "unspecified"),
  G_DEFINE_ENUM_VALUE (WS_SSL_ERROR_CODE_NO_PEER_CERTIFICATE,
                       "no-peer-certificate"),
  G_DEFINE_ENUM_VALUE (WS_SSL_ERROR_CODE_SELF_SIGNED_CERTIFICATE,
                       "self-signed-certificate"),
  G_DEFINE_ENUM_VALUE (WS_SSL_ERROR_CODE_SELF_SIGNED_CERTIFICATE_IN_CHAIN,
                       "self-signed-certificate-in-chain"),
  G_DEFINE_ENUM_VALUE (WS_SSL_ERROR_CODE_UNABLE_TO_GET_LOCAL_ISSUER_CERTIFICATE,
                       "unable-to-get-local-issuer-certificate"),
  G_DEFINE_ENUM_VALUE (WS_SSL_ERROR_CODE_CERTIFICATE_SIGNATURE_FAILED,
                       "certificate-signature-failed"),
  G_DEFINE_ENUM_VALUE (WS_SSL_ERROR_CODE_CERTIFICATE_NOT_YET_VALID,
                       "certificate-not-yet-valid"),
  G_DEFINE_ENUM_VALUE (WS_SSL_ERROR_CODE_CERTIFICATE_EXPIRED,
                       "certificate-expired"),
  G_DEFINE_ENUM_VALUE (WS_SSL_ERROR_CODE_CERTIFICATE_UNTRUSTED,
                       "certificate-untrusted"),
  G_DEFINE_ENUM_VALUE (WS_SSL_ERROR_CODE_CERTIFICATE_REJECTED,
                       "certificate-rejected"),
  G_DEFINE_ENUM_VALUE (WS_SSL_ERROR_CODE_CERTIFICATE_REVOKED,
                       "certificate-revoked"),
  G_DEFINE_ENUM_VALUE (WS_SSL_ERROR_CODE_HOST_NAME_MISMATCH,
                       "host-name-mismatch"),
  G_DEFINE_ENUM_VALUE (WS_SSL_ERROR_CODE_INVALID_PURPOSE, "invalid-purpose"),
  G_DEFINE_ENUM_VALUE (WS_SSL_ERROR_CODE_INVALID_CA_CERTIFICATE,
                       "invalid-ca-certificate"),
  G_DEFINE_ENUM_VALUE (WS_SSL_ERROR_CODE_PATH_LENGTH_EXCEEDED,
                       "path-length-exceeded"),
  G_DEFINE_ENUM_VALUE (WS_SSL_ERROR_CODE_INSECURE_ALGORITHM,
                       "insecure-algorithm"),
  G_DEFINE_ENUM_VALUE (WS_SSL_ERROR_CODE_OCSP_STATUS_INVALID,
                       "ocsp-status-invalid"),
  G_DEFINE_ENUM_VALUE (WS_SSL_ERROR_CODE_OCSP_RESPONSE_OUTDATED,
                       "ocsp-response-outdated"),
  G_DEFINE_ENUM_VALUE (WS_SSL_ERROR_CODE_OCSP_STATUS_MISSING,
                       "ocsp-status-missing"))

G_DEFINE_FLAGS_TYPE (
  WsPauseModes, ws_pause_modes,
  G_DEFINE_ENUM_VALUE (WS_PAUSE_MODES_NEVER, "never"),
  G_DEFINE_ENUM_VALUE (WS_PAUSE_MODES_ON_SSL_ERRORS, "on-ssl-errors"))

G_DEFINE_FLAGS_TYPE (
  WsConnectFlags, ws_connect_flags,
  G_DEFINE_ENUM_VALUE (WS_CONNECT_FLAGS_AUTO, "auto"),
  G_DEFINE_ENUM_VALUE (WS_CONNECT_FLAGS_DIRECT, "direct"),
  G_DEFINE_ENUM_VALUE (WS_CONNECT_FLAGS_QUEUED, "queued"),
  G_DEFINE_ENUM_VALUE (WS_CONNECT_FLAGS_BLOCKING_QUEUED, "blocking-queued"),
  G_DEFINE_ENUM_VALUE (WS_CONNECT_FLAGS_UNIQUE, "unique"),
  G_DEFINE_ENUM_VALUE (WS_CONNECT_FLAGS_SINGLE_SHOT, "single-shot"))

G_DEFINE_ENUM_TYPE (
  WsBrokerState, ws_broker_state,
  G_DEFINE_ENUM_VALUE (WS_BROKER_STATE_UNCONNECTED, "unconnected"),
  G_DEFINE_ENUM_VALUE (WS_BROKER_STATE_CONNECTING, "connecting"),
  G_DEFINE_ENUM_VALUE (WS_BROKER_STATE_CONNECTED, "connected"))
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
