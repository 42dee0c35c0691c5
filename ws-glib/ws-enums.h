/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(WS_INSIDE) && !defined(WS_COMPILATION)
#error "Only <ws-glib/ws-glib.h> can be included directly."
#endif

#include <glib-object.h>

#include <ws-glib/ws-version-macros.h>

G_BEGIN_DECLS

#define WS_TYPE_STATE              (ws_state_get_type ())
#define WS_TYPE_STATUS             (ws_status_get_type ())
#define WS_TYPE_CLOSE_CODE         (ws_close_code_get_type ())
#define WS_TYPE_PROTOCOL_VERSION   (ws_protocol_version_get_type ())
#define WS_TYPE_MESSAGE_TYPE       (ws_message_type_get_type ())
#define WS_TYPE_MESSAGE_DIRECTION  (ws_message_direction_get_type ())
#define WS_TYPE_PAUSE_MODES        (ws_pause_modes_get_type ())
#define WS_TYPE_CONNECT_FLAGS      (ws_connect_flags_get_type ())
#define WS_TYPE_SSL_MODE           (ws_ssl_mode_get_type ())
#define WS_TYPE_SSL_PROTOCOL       (ws_ssl_protocol_get_type ())
#define WS_TYPE_SSL_VERIFY_MODE    (ws_ssl_verify_mode_get_type ())
#define WS_TYPE_SSL_KEY_ALGORITHM  (ws_ssl_key_algorithm_get_type ())
#define WS_TYPE_SSL_ERROR_CODE     (ws_ssl_error_code_get_type ())
#define WS_TYPE_OVERFLOW_POLICY    (ws_overflow_policy_get_type ())
#define WS_TYPE_SLOW_CLIENT_POLICY (ws_slow_client_policy_get_type ())
#define WS_TYPE_PEER_PHASE         (ws_peer_phase_get_type ())
#define WS_TYPE_PROXY_PROTOCOL     (ws_proxy_protocol_get_type ())
#define WS_TYPE_BROKER_STATE       (ws_broker_state_get_type ())

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
 *   closes; the same would happen again
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
 * With %WS_CLOSE_CODE_SERVICE_RESTART and %WS_CLOSE_CODE_TRY_AGAIN_LATER a
 * server asks its clients to come back, as a [class@ReconnectPolicy] does.
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
 * WsMessageDirection:
 * @WS_MESSAGE_DIRECTION_RECEIVED: from the peer
 * @WS_MESSAGE_DIRECTION_SENT: to the peer
 *
 * Which way a message goes.
 *
 * Since: 1.0
 */
typedef enum
{
  WS_MESSAGE_DIRECTION_RECEIVED,
  WS_MESSAGE_DIRECTION_SENT
} WsMessageDirection;

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

/**
 * WsPauseModes:
 * @WS_PAUSE_MODES_NEVER: the opening never pauses
 * @WS_PAUSE_MODES_ON_SSL_ERRORS: it pauses at certificate errors
 *
 * When the opening of a connection pauses.
 *
 * Since: 1.0
 */
typedef enum /*< flags >*/
{
  WS_PAUSE_MODES_NEVER = 0,
  WS_PAUSE_MODES_ON_SSL_ERRORS = 1 << 0
} WsPauseModes;

/**
 * WsConnectFlags:
 * @WS_CONNECT_FLAGS_AUTO: at once where the receiver's context runs, else
 *   queued
 * @WS_CONNECT_FLAGS_DIRECT: at once, in the thread of the emission, whosever
 *   that is
 * @WS_CONNECT_FLAGS_QUEUED: from the receiver's context, with copies of the
 *   arguments; in the order of the emissions, within the bound of
 *   [property@Connection:max-queued-bytes]
 * @WS_CONNECT_FLAGS_BLOCKING_QUEUED: from the receiver's context, while the
 *   emission waits for it. Where that would never end the slot is not called:
 *   with %WS_SOCKET_ERROR_WRONG_CONTEXT if that is known when connecting, else
 *   with a warning; neither if the receiver goes, or if its context has not run
 *   for a second
 * @WS_CONNECT_FLAGS_UNIQUE: not if this signal is connected to this slot
 *   already: that fails with %WS_SOCKET_ERROR_OPERATION
 * @WS_CONNECT_FLAGS_SINGLE_SHOT: for one emission, then the connection ends
 *
 * How [func@connect] calls a slot.
 *
 * At most one of direct, queued and blocking-queued.
 *
 * Since: 1.0
 */
typedef enum /*< flags >*/
{
  WS_CONNECT_FLAGS_AUTO = 0,
  WS_CONNECT_FLAGS_DIRECT = 1 << 0,
  WS_CONNECT_FLAGS_QUEUED = 1 << 1,
  WS_CONNECT_FLAGS_BLOCKING_QUEUED = 1 << 2,
  WS_CONNECT_FLAGS_UNIQUE = 1 << 3,
  WS_CONNECT_FLAGS_SINGLE_SHOT = 1 << 4
} WsConnectFlags;

/**
 * WsPeerPhase:
 * @WS_PEER_PHASE_PROXY_HEADER: the header of the PROXY protocol is read
 * @WS_PEER_PHASE_TLS_HANDSHAKE: the TLS handshake is under way
 * @WS_PEER_PHASE_REQUEST: the HTTP request is read
 * @WS_PEER_PHASE_DECISION: the request is there, and the limits and handlers of
 *   the server decide about it
 * @WS_PEER_PHASE_ANSWER: an HTTP answer is written
 *
 * How far a peer had come of which no connection became; see
 * [signal@Server::peer-failed].
 *
 * Since: 1.0
 */
typedef enum
{
  WS_PEER_PHASE_PROXY_HEADER = 0,
  WS_PEER_PHASE_TLS_HANDSHAKE = 1,
  WS_PEER_PHASE_REQUEST = 2,
  WS_PEER_PHASE_DECISION = 3,
  WS_PEER_PHASE_ANSWER = 4
} WsPeerPhase;

/**
 * WsProxyProtocol:
 * @WS_PROXY_PROTOCOL_NONE: there is no header
 * @WS_PROXY_PROTOCOL_ACCEPTED: a connection from a trusted proxy may begin
 *   with one
 * @WS_PROXY_PROTOCOL_REQUIRED: each connection has to come from a trusted
 *   proxy, and
 *   to begin with one
 *
 * Whether connections begin with a header of the PROXY protocol.
 *
 * Since: 1.0
 */
typedef enum
{
  WS_PROXY_PROTOCOL_NONE = 0,
  WS_PROXY_PROTOCOL_ACCEPTED = 1,
  WS_PROXY_PROTOCOL_REQUIRED = 2
} WsProxyProtocol;

/**
 * WsSslProtocol:
 * @WS_SSL_PROTOCOL_ANY: whatever is thought secure
 * @WS_SSL_PROTOCOL_TLS_1_2: TLS 1.2 (RFC 5246)
 * @WS_SSL_PROTOCOL_TLS_1_3: TLS 1.3 (RFC 8446)
 *
 * Versions of TLS.
 *
 * Since: 1.0
 */
typedef enum
{
  WS_SSL_PROTOCOL_ANY = 0,
  WS_SSL_PROTOCOL_TLS_1_2 = 1,
  WS_SSL_PROTOCOL_TLS_1_3 = 2
} WsSslProtocol;

/**
 * WsSslVerifyMode:
 * @WS_SSL_VERIFY_MODE_NONE: it is not asked for; whatever comes is good
 * @WS_SSL_VERIFY_MODE_QUERY: it is asked for, and judged if there is one; it
 *   is never an error
 * @WS_SSL_VERIFY_MODE_VERIFY: it is demanded and judged
 * @WS_SSL_VERIFY_MODE_AUTO: a client verifies, a server does not ask
 *
 * Whether the certificate of the peer is asked for, and judged.
 *
 * The numbers are those of Qt's `QSslSocket::PeerVerifyMode`.
 *
 * Since: 1.0
 */
typedef enum
{
  WS_SSL_VERIFY_MODE_NONE = 0,
  WS_SSL_VERIFY_MODE_QUERY = 1,
  WS_SSL_VERIFY_MODE_VERIFY = 2,
  WS_SSL_VERIFY_MODE_AUTO = 3
} WsSslVerifyMode;

/**
 * WsSslKeyAlgorithm:
 * @WS_SSL_KEY_ALGORITHM_OPAQUE: unknown
 * @WS_SSL_KEY_ALGORITHM_RSA: RSA, also of the kind that is for RSASSA-PSS only
 * @WS_SSL_KEY_ALGORITHM_DSA: DSA
 * @WS_SSL_KEY_ALGORITHM_EC: ECDSA
 * @WS_SSL_KEY_ALGORITHM_DH: Diffie-Hellman
 * @WS_SSL_KEY_ALGORITHM_ED25519: Ed25519
 * @WS_SSL_KEY_ALGORITHM_ED448: Ed448
 *
 * What kind of key a certificate has.
 *
 * The numbers are those of Qt's `QSsl::KeyAlgorithm`, as far as these go.
 *
 * Since: 1.0
 */
typedef enum
{
  WS_SSL_KEY_ALGORITHM_OPAQUE = 0,
  WS_SSL_KEY_ALGORITHM_RSA = 1,
  WS_SSL_KEY_ALGORITHM_DSA = 2,
  WS_SSL_KEY_ALGORITHM_EC = 3,
  WS_SSL_KEY_ALGORITHM_DH = 4,
  WS_SSL_KEY_ALGORITHM_ED25519 = 5,
  WS_SSL_KEY_ALGORITHM_ED448 = 6
} WsSslKeyAlgorithm;

/**
 * WsSslErrorCode:
 * @WS_SSL_ERROR_CODE_UNSPECIFIED: something that has no code of its own; the
 *   text tells
 * @WS_SSL_ERROR_CODE_NO_PEER_CERTIFICATE: the peer has shown no certificate
 * @WS_SSL_ERROR_CODE_SELF_SIGNED_CERTIFICATE: the certificate is signed by
 *   itself, and not trusted
 * @WS_SSL_ERROR_CODE_SELF_SIGNED_CERTIFICATE_IN_CHAIN: the chain ends with an
 *   authority that is not trusted
 * @WS_SSL_ERROR_CODE_UNABLE_TO_GET_LOCAL_ISSUER_CERTIFICATE: whoever issued
 *   the certificate is not known
 * @WS_SSL_ERROR_CODE_CERTIFICATE_SIGNATURE_FAILED: the signature of the
 *   certificate is wrong
 * @WS_SSL_ERROR_CODE_CERTIFICATE_NOT_YET_VALID: the certificate is not valid
 *   yet
 * @WS_SSL_ERROR_CODE_CERTIFICATE_EXPIRED: the certificate is not valid any
 *   more
 * @WS_SSL_ERROR_CODE_CERTIFICATE_UNTRUSTED: the chain leads to an authority
 *   that is not trusted for this
 * @WS_SSL_ERROR_CODE_CERTIFICATE_REJECTED: the certificate is on a list of
 *   those to be refused
 * @WS_SSL_ERROR_CODE_CERTIFICATE_REVOKED: the certificate was revoked by its
 *   issuer
 * @WS_SSL_ERROR_CODE_HOST_NAME_MISMATCH: the certificate is for another host
 * @WS_SSL_ERROR_CODE_INVALID_PURPOSE: the certificate is for another purpose
 * @WS_SSL_ERROR_CODE_INVALID_CA_CERTIFICATE: who issued a certificate of the
 *   chain may not do so
 * @WS_SSL_ERROR_CODE_PATH_LENGTH_EXCEEDED: the chain is longer than it may be
 * @WS_SSL_ERROR_CODE_INSECURE_ALGORITHM: a key or a signature is not secure
 * @WS_SSL_ERROR_CODE_OCSP_STATUS_INVALID: the response about the status of the
 *   certificate (OCSP) is not valid
 * @WS_SSL_ERROR_CODE_OCSP_RESPONSE_OUTDATED: the response about the status of
 *   the certificate (OCSP) is not of now
 * @WS_SSL_ERROR_CODE_OCSP_STATUS_MISSING: the certificate demands a response
 *   about its status (OCSP), and none came
 *
 * What may be wrong with a certificate.
 *
 * The names are those of Qt's `QSslError::SslError`.
 *
 * Since: 1.0
 */
typedef enum
{
  WS_SSL_ERROR_CODE_UNSPECIFIED = 0,
  WS_SSL_ERROR_CODE_NO_PEER_CERTIFICATE = 1,
  WS_SSL_ERROR_CODE_SELF_SIGNED_CERTIFICATE = 2,
  WS_SSL_ERROR_CODE_SELF_SIGNED_CERTIFICATE_IN_CHAIN = 3,
  WS_SSL_ERROR_CODE_UNABLE_TO_GET_LOCAL_ISSUER_CERTIFICATE = 4,
  WS_SSL_ERROR_CODE_CERTIFICATE_SIGNATURE_FAILED = 5,
  WS_SSL_ERROR_CODE_CERTIFICATE_NOT_YET_VALID = 6,
  WS_SSL_ERROR_CODE_CERTIFICATE_EXPIRED = 7,
  WS_SSL_ERROR_CODE_CERTIFICATE_UNTRUSTED = 8,
  WS_SSL_ERROR_CODE_CERTIFICATE_REJECTED = 9,
  WS_SSL_ERROR_CODE_CERTIFICATE_REVOKED = 10,
  WS_SSL_ERROR_CODE_HOST_NAME_MISMATCH = 11,
  WS_SSL_ERROR_CODE_INVALID_PURPOSE = 12,
  WS_SSL_ERROR_CODE_INVALID_CA_CERTIFICATE = 13,
  WS_SSL_ERROR_CODE_PATH_LENGTH_EXCEEDED = 14,
  WS_SSL_ERROR_CODE_INSECURE_ALGORITHM = 15,
  WS_SSL_ERROR_CODE_OCSP_STATUS_INVALID = 16,
  WS_SSL_ERROR_CODE_OCSP_RESPONSE_OUTDATED = 17,
  WS_SSL_ERROR_CODE_OCSP_STATUS_MISSING = 18
} WsSslErrorCode;

/**
 * WsOverflowPolicy:
 * @WS_OVERFLOW_POLICY_HOLD: a [class@Socket] that is the sender reads nothing
 *   until half of what waits has been delivered, so that nothing is lost and
 *   the peer has to wait. Whatever is emitted nevertheless, by this or by
 *   another sender, is dropped once twice the bound waits
 * @WS_OVERFLOW_POLICY_DROP_NEWEST: an emission that does not fit is dropped
 * @WS_OVERFLOW_POLICY_DROP_OLDEST: what has waited longest is dropped until the
 *   new emission fits: right where only the last value counts
 *
 * What becomes of emissions that wait for a receiver in another context, when
 * there are more than [property@Connection:max-queued-bytes].
 *
 * Since: 1.0
 */
typedef enum
{
  WS_OVERFLOW_POLICY_HOLD,
  WS_OVERFLOW_POLICY_DROP_NEWEST,
  WS_OVERFLOW_POLICY_DROP_OLDEST
} WsOverflowPolicy;

/**
 * WsSlowClientPolicy:
 * @WS_SLOW_CLIENT_POLICY_CLOSE: the client is closed with 1013, "try again
 *   later", and a reason that names the limit, after what waits for it; its
 *   socket signals %WS_SOCKET_ERROR_BUFFER_FULL. Nothing is lost that it would
 *   not know of, and a [class@ReconnectPolicy] brings it back
 * @WS_SLOW_CLIENT_POLICY_SKIP: the message is left out for it, and counted as
 *   dropped in its [property@Socket:statistics]; it gets others again as soon
 *   as there is room
 *
 * What becomes of a client that has no room for a broadcast within its
 * [property@Socket:max-bytes-to-write].
 *
 * Since: 1.0
 */
typedef enum
{
  WS_SLOW_CLIENT_POLICY_CLOSE,
  WS_SLOW_CLIENT_POLICY_SKIP
} WsSlowClientPolicy;

/**
 * WsBrokerState:
 * @WS_BROKER_STATE_UNCONNECTED: publications cannot be carried
 * @WS_BROKER_STATE_CONNECTING: they cannot be carried yet, or for the moment
 * @WS_BROKER_STATE_CONNECTED: they can be carried
 *
 * How it is with the connection of a broker.
 *
 * Since: 1.0
 */
typedef enum
{
  WS_BROKER_STATE_UNCONNECTED,
  WS_BROKER_STATE_CONNECTING,
  WS_BROKER_STATE_CONNECTED
} WsBrokerState;

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
GType ws_message_direction_get_type (void) G_GNUC_CONST;
WS_AVAILABLE_IN_1_0
GType ws_ssl_mode_get_type (void) G_GNUC_CONST;
WS_AVAILABLE_IN_1_0
GType ws_peer_phase_get_type (void) G_GNUC_CONST;
WS_AVAILABLE_IN_1_0
GType ws_proxy_protocol_get_type (void) G_GNUC_CONST;
WS_AVAILABLE_IN_1_0
GType ws_slow_client_policy_get_type (void) G_GNUC_CONST;
WS_AVAILABLE_IN_1_0
GType ws_overflow_policy_get_type (void) G_GNUC_CONST;
WS_AVAILABLE_IN_1_0
GType ws_pause_modes_get_type (void) G_GNUC_CONST;
WS_AVAILABLE_IN_1_0
GType ws_connect_flags_get_type (void) G_GNUC_CONST;
WS_AVAILABLE_IN_1_0
GType ws_ssl_protocol_get_type (void) G_GNUC_CONST;
WS_AVAILABLE_IN_1_0
GType ws_ssl_verify_mode_get_type (void) G_GNUC_CONST;
WS_AVAILABLE_IN_1_0
GType ws_ssl_key_algorithm_get_type (void) G_GNUC_CONST;
WS_AVAILABLE_IN_1_0
GType ws_ssl_error_code_get_type (void) G_GNUC_CONST;

WS_AVAILABLE_IN_1_0
gboolean ws_close_code_is_sendable (guint code);
WS_AVAILABLE_IN_1_0
GType ws_broker_state_get_type (void) G_GNUC_CONST;

G_END_DECLS
