/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <ws-glib/ws-socket.h>

#include "value/ws-deflate-options-private.h"
#include "base/ws-home.h"
#include "engine/ws-client-opening.h"
#include "engine/ws-engine.h"
#include "engine/ws-server-opening.h"
#include "net/ws-network-watch.h"

G_BEGIN_DECLS

/* What the files of WsSocket share, and what WsServer needs of it. */

/* Tells the server that a client of its is gone. */
typedef void (*WsSocketGone) (WsSocket *socket, gpointer user_data);

/* What only sockets have whose asynchronous calls are used. */
typedef struct _WsSocketAsync WsSocketAsync;

/* What only clients have: see ws-socket-http-private.h. */
typedef struct _WsSocketHttp WsSocketHttp;

/* The certificate errors that do not count. */
typedef struct
{
  gboolean   all;
  GPtrArray *list; /* (owned) (nullable): of WsSslError */
} WsSslIgnored;

/* Where other threads put what they want of a socket. */
typedef struct
{
  WsPoller *poller;     /* (owned) (nullable): while there is a connection, or
                           an attempt */
  int       lock;       /* for all of this */
  guint     connection; /* changes with each */
  guint     n_dropped;  /* messages that were posted in vain */
} WsMailbox;

/* What the policy has to be asked for, and what waits for it. */
typedef struct
{
  WsReconnectPolicy *policy; /* (owned) (nullable) */
  WsNetworkWatch    *watch;  /* (owned) (nullable): active with a policy */
  guint  n_attempts;         /* since a connection has held for long enough */
  gint64 connected_at;       /* monotonic µs, 0: it never was */
  gint64 waiting_since;      /* monotonic µs */
  guint  is_waiting : 1;     /* activation is what the delay ends with */
  guint  is_held : 1;        /* it has ended, but there is no network */
  guint  is_retry : 1;       /* the attempt that begins is the policy's */
  guint  is_unwanted : 1;    /* the user has asked for the end */
  guint  is_hopeless : 1;    /* no other attempt could do better */
} WsReconnect;

typedef struct
{
  /* What the user sets. */
  char             *url;             /* (owned) (nullable) */
  char             *origin;          /* (owned) (nullable) */
  char            **subprotocols;    /* (owned) (nullable) */
  WsHeaders        *request_headers; /* (owned) (nullable): made when asked */
  WsMaskGenerator  *mask_generator;  /* (owned) (nullable): built in */
  WsDeflateOptions *compression;     /* (owned) (nullable) */
  WsProtocolVersion version;
  WsSettings        settings;
  gint64            read_buffer_size;

  /* The attempt, or the connection. */
  WsState          state;
  WsState          announced; /* the last one that state-changed told */
  guint            attempt; /* grows where one begins or ends, for a handler may
                             * do either */
  WsHome           home;    /* where it was opened */
  WsUrl           *target;  /* (owned) (nullable): of a client */
  WsClientOpening *opening; /* (owned) (nullable) */
  WsEngine        *engine;  /* (owned) (nullable): while CONNECTED or CLOSING */
  GSource         *activation;    /* (owned) (nullable): active waits for it */
  GError          *error;         /* (owned) (nullable): the last one */
  char            *subprotocol;   /* (owned) (nullable) */
  char            *extensions;    /* (owned) (nullable) */
  GSocketAddress  *local_address; /* (owned) (nullable): made when asked */
  GSocketAddress  *peer_address;  /* (owned) (nullable): made when asked */
  char            *close_reason;  /* (owned) (nullable) */
  guint            close_code;
  guint            close_code_sent;
  guint            close_code_received;
  WsMailbox        mailbox;
  WsTraffic *last_traffic; /* (owned) (nullable): of an ended connection */

  WsSocketAsync *async; /* (owned) (nullable) */

  /* TLS. */
  WsSslConfiguration
                   *ssl_configuration; /* (owned) (nullable): made when asked */
  WsSslSession     *ssl_session;       /* (owned) (nullable) */
  WsTlsCredentials *ssl_credentials;   /* (owned) (nullable): of the attempt */
  GBytes           *ssl_ticket;        /* (owned) (nullable): to resume with */
  GPtrArray        *ssl_errors;        /* (owned) (nullable): of the attempt */
  WsSslIgnored      ignored_always;
  WsSslIgnored      ignored_now; /* in this attempt */
  WsPauseModes      pause_mode;

  WsReconnect   reconnect; /* of a client */
  WsSocketHttp *http;      /* (owned) (nullable): of a client */

  /* A server's socket. */
  WsBuffer     request_head; /* parsed when asked */
  char        *resource;     /* (owned) (nullable) */
  WsSocketGone gone;         /* (nullable): once, when the connection is over */
  gpointer     gone_data;    /* (unowned) */

  guint active : 1;
  guint pull : 1;
  guint receiving_paused : 1; /* by the user, in this attempt */
  guint was_clean : 1;
  guint failed : 1;         /* this attempt has signalled its error */
  guint read_finished : 1;  /* read-channel-finished was signalled */
  guint about_to_close : 1; /* about-to-close was signalled */
  guint ssl_paused : 1;     /* the opening waits at certificate errors */
  guint continues : 1;      /* an interrupted handshake shall go on */
  guint warned_nul : 1;
  guint is_slow : 1;        /* it missed a broadcast, and is to be closed */
  guint hears_messages : 1; /* message-received was heard in this batch */
} WsSocketPrivate;

WsSocketPrivate *ws_socket_peek (WsSocket *self);

/* --- ws-socket.c --- */

/* (transfer full): a server's socket that is not connected yet. */
WsSocket *ws_socket_new_incoming (const WsSettings *settings,
                                  WsDeflateOptions *compression,
                                  WsSocketGone      gone,
                                  gpointer          gone_data);
/* It is connected, with what @opened holds, which is taken. It does not read
 * before ws_socket_start(). */
void ws_socket_accept (WsSocket                *self,
                       WsServerOpened          *opened,
                       const WsServerHandshake *handshake,
                       const WsServerAnswer    *answer);
void ws_socket_start (WsSocket *self);
/* Sends 1001 and releases the connection without a signal. */
void ws_socket_leave (WsSocket *self);
/* FALSE with WRONG_CONTEXT in another thread than the connection's. */
gboolean ws_socket_check_thread (WsSocket *self, GError **error);
/* The same for @caller, which returns no error: a warning says it. */
gboolean ws_socket_may_call (WsSocket *self, const char *caller);
/* Belongs to the calling thread and its context from now on. */
void ws_socket_adopt_context (WsSocket *self);
void ws_socket_cancel_activation (WsSocket *self);
/* Whether a close frame may say this; else INVALID_ARGUMENT. */
gboolean
ws_socket_check_closing (guint code, const char *reason, GError **error);

/* --- ws-socket-compression.c --- */

/* (transfer full) (nullable): what a server's socket answers to @offers; NULL:
 * nothing, and it does not compress. */
char *ws_socket_accept_extensions (WsSocket        *self,
                                   const char      *offers,
                                   WsDeflateParams *params);
/* The engine is there, and has not started. */
void ws_socket_begin_compression (WsSocket                *self,
                                  WsRole                   role,
                                  const char              *extensions,
                                  const WsDeflateParams   *params,
                                  const WsDeflateSettings *settings);
void ws_socket_install_compression_properties (GParamSpec **props);

/* --- ws-socket-open.c --- */

void ws_socket_schedule_activation (WsSocket *self);
/* Opens as active asked for. */
void ws_socket_activate (WsSocket *self);

/* --- ws-socket-http.c --- */

/* An attempt begins, with @request (nullable) or the socket's own settings. */
void ws_socket_begin_request (WsSocket *self, WsRequest *request);
/* (transfer none) (nullable): that it began with. */
WsRequest *ws_socket_peek_request (WsSocket *self);
void
ws_socket_fill_http_options (WsSocket *self, WsClientOpeningOptions *options);
/* Takes what the server answered; it is to be notified then. */
void ws_socket_take_response (WsSocket *self, WsClientOpening *opening);
/* What belongs to an attempt goes with it, but for the response. */
void ws_socket_forget_attempt_http (WsSocket *self);
void ws_socket_clear_http (WsSocket *self);
void ws_socket_on_opening_redirected (WsClientOpening *opening,
                                      const WsUrl     *url,
                                      gboolean         is_same_origin,
                                      gpointer         user_data);

/* --- ws-socket-auth.c --- */

void ws_socket_on_opening_asked (WsClientOpening        *opening,
                                 const WsClientQuestion *question,
                                 gpointer                user_data);

/* --- ws-socket-reconnect.c --- */

/* An attempt begins, one of the policy's or not. */
void ws_socket_note_attempt (WsSocket *self);
/* It has failed with this error of the engine's; @status: of the answer, or
 * 0. */
void ws_socket_note_failure (WsSocket *self, const GError *error, guint status);
/* All is over: begins to wait for the next attempt, if there is to be one.
 * FALSE when there is none, and nobody has begun another. */
gboolean ws_socket_await_reconnect (WsSocket *self);
void     ws_socket_clear_watch (WsSocket *self);

/* --- ws-socket-ssl.c --- */

/* (transfer full) (nullable): of a client; errors are public ones. */
WsTlsCredentials *ws_socket_load_credentials (WsSocket *self, GError **error);
void              ws_socket_fill_tls_options (WsSocket               *self,
                                              WsTlsCredentials       *credentials,
                                              WsClientOpeningOptions *options);
void ws_socket_on_opening_paused (WsClientOpening *opening, gpointer user_data);
/* Takes over what is known of the session, and notifies. */
void ws_socket_note_session (WsSocket *self, WsTlsSession *session);
/* Whether none of @errors counts. */
gboolean ws_socket_ignores (WsSocket *self, GPtrArray *errors);
/* (transfer full) (element-type WsSslError): of WsTlsProblem. */
GPtrArray *ws_socket_list_errors (GPtrArray *problems);
/* What belongs to an attempt goes with it. */
void ws_socket_forget_attempt_ssl (WsSocket *self);
void ws_socket_clear_ssl (WsSocket *self);

/* --- ws-socket-connection.c: what an opening reports, and an end --- */

extern const WsClientOpeningSink ws_socket_opening_sink;

/* Gives back opening and engine, saying 1001 to a peer. Emits nothing;
 * ws_socket_tell_gone() is to follow when all is consistent again. */
void ws_socket_release_connection (WsSocket *self);
/* The way to UNCONNECTED and all that follows it. */
void ws_socket_finish (WsSocket *self);
void
ws_socket_adopt_engine (WsSocket *self, WsTransport *transport, WsRole role);
void ws_socket_set_state (WsSocket *self, WsState state);
/* Emits state-changed, unless the state is known already. */
void ws_socket_announce_state (WsSocket *self);
/* Calls what waits for the end of a server's connection, once. */
void ws_socket_tell_gone (WsSocket *self);
/* Takes @error as the attempt's, and signals it unless one was. */
void ws_socket_fail (WsSocket *self, const GError *error);
void ws_socket_announce_close (WsSocket *self);
/* Takes over the closing codes, and notifies. */
void ws_socket_note_closing (WsSocket *self, const WsClosing *closing);
/* How a connection ends, as its engine tells it. */
void ws_socket_on_about_to_close (gpointer user_data, const GError *error);
void ws_socket_on_closing (gpointer user_data);
void ws_socket_on_read_finished (gpointer user_data);
void ws_socket_on_ended (gpointer user_data, const GError *error);
/* Sets the last error without signalling; NULL clears it. */
void ws_socket_set_error (WsSocket *self, const GError *error);
void ws_socket_set_active_flag (WsSocket *self, gboolean active);

/* --- ws-socket-post.c --- */

/* A connection or an attempt begins, or with NULL is over: in the owner's
 * thread. */
void  ws_socket_set_mailbox (WsSocket *self, WsPoller *poller);
guint ws_socket_count_lost_posts (WsSocket *self);
/* A broadcast did not fit: the peer is to be told, but not now. */
void ws_socket_post_slow (WsSocket *self);

/* --- ws-socket-status.c --- */

/* @engine is about to go: what it has counted stays. */
void ws_socket_keep_traffic (WsSocket *self, WsEngine *engine);

/* --- ws-socket-messages.c: what an open connection brings --- */

extern const WsEngineSink ws_socket_engine_sink;

/* --- ws-socket-send.c --- */

/* FALSE with an error when nothing can be sent. */
gboolean ws_socket_check_sendable (WsSocket *self, GError **error);
/* (nullable): @payload, and its length; FALSE with an error when it cannot be
 * that of a ping now. */
gboolean ws_socket_check_ping (WsSocket      *self,
                               GBytes        *payload,
                               const guint8 **data,
                               gsize         *len,
                               GError       **error);

/* --- ws-socket-calls.c: asynchronous calls, if there are any --- */

/* Takes all calls into @stale, for what they wait for is being given up, and
 * lets one of open_async() wait for what comes instead. */
void ws_socket_renew_calls (WsSocket *self, GQueue *stale);
/* Ends those, because the socket was opened anew. */
void ws_socket_cancel_calls (GQueue *stale);
/* The attempt is over: ends its calls. */
void ws_socket_end_calls (WsSocket *self);
/* It was successful: ends those of open_async(). */
void ws_socket_end_openings (WsSocket *self);
/* Nothing can be sent any more: ends the calls that wait for that. */
void ws_socket_on_broken (gpointer user_data, const GError *error);
/* A ping was answered that was sent at @sent. */
void ws_socket_end_pings (WsSocket *self, gint64 sent);

/* --- ws-socket-receive.c --- */

/* (transfer full): a message for who pulls. */
void ws_socket_take_message (WsSocket *self, WsMessage *message);
/* Some of a message, for who wants it in pieces. */
void ws_socket_take_piece (WsSocket *self, WsMessageType type, WsEvent *event);
/* Reads as long as somebody wants what comes. */
void ws_socket_update_receiving (WsSocket *self);
/* Nothing of a connection reaches the next. */
void ws_socket_forget_received (WsSocket *self);

/* --- ws-socket-queue.c --- */

/* Something was written: frames what waits for room, and ends calls. */
void ws_socket_note_written (WsSocket *self);
/* Bytes that plain sends among what waits for room will take. */
guint64 ws_socket_get_outgoing_cost (WsSocket *self);
/* Frames what waits, room or not, for a close frame is to follow. */
void ws_socket_frame_all_outgoing (WsSocket *self);

/* --- ws-socket-properties.c --- */

#define WS_SOCKET_READ_ONLY \
  (G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS)
#define WS_SOCKET_READ_WRITE (WS_SOCKET_READ_ONLY | G_PARAM_WRITABLE)

typedef enum
{
  WS_SOCKET_PROP_URL = 1,
  WS_SOCKET_PROP_ACTIVE,
  WS_SOCKET_PROP_STATE,
  WS_SOCKET_PROP_STATUS,
  WS_SOCKET_PROP_ERROR_STRING,
  WS_SOCKET_PROP_ORIGIN,
  WS_SOCKET_PROP_VERSION,
  WS_SOCKET_PROP_SUBPROTOCOLS,
  WS_SOCKET_PROP_SUBPROTOCOL,
  WS_SOCKET_PROP_RESOURCE_NAME,
  WS_SOCKET_PROP_PEER_NAME,
  WS_SOCKET_PROP_REQUEST_HEADERS,
  WS_SOCKET_PROP_LOCAL_ADDRESS,
  WS_SOCKET_PROP_PEER_ADDRESS,
  WS_SOCKET_PROP_CLOSE_CODE,
  WS_SOCKET_PROP_CLOSE_REASON,
  WS_SOCKET_PROP_CLOSE_CODE_SENT,
  WS_SOCKET_PROP_CLOSE_CODE_RECEIVED,
  WS_SOCKET_PROP_WAS_CLEAN,
  WS_SOCKET_PROP_MASK_GENERATOR,
  WS_SOCKET_PROP_MAX_INCOMING_FRAME_SIZE,
  WS_SOCKET_PROP_MAX_INCOMING_FRAGMENTS,
  WS_SOCKET_PROP_MAX_INCOMING_MESSAGE_SIZE,
  WS_SOCKET_PROP_OUTGOING_FRAME_SIZE,
  WS_SOCKET_PROP_BYTES_TO_WRITE,
  WS_SOCKET_PROP_MAX_BYTES_TO_WRITE,
  WS_SOCKET_PROP_WRITE_HIGH_WATER_MARK,
  WS_SOCKET_PROP_OPEN_TIMEOUT,
  WS_SOCKET_PROP_CLOSE_TIMEOUT,
  WS_SOCKET_PROP_FRAME_TIMEOUT,
  WS_SOCKET_PROP_PING_INTERVAL,
  WS_SOCKET_PROP_PING_TIMEOUT,
  WS_SOCKET_PROP_LATENCY,
  WS_SOCKET_PROP_STATISTICS,
  WS_SOCKET_PROP_PAUSE_MODE,
  WS_SOCKET_PROP_SSL_CONFIGURATION,
  WS_SOCKET_PROP_SSL_SESSION,
  WS_SOCKET_PROP_RECONNECT,
  WS_SOCKET_PROP_COMPRESSION,
  WS_SOCKET_PROP_EXTENSIONS,
  WS_SOCKET_PROP_PULL,
  WS_SOCKET_PROP_READ_BUFFER_SIZE,
  WS_SOCKET_PROP_RESPONSE,
  WS_SOCKET_PROP_MAX_REDIRECTS,
  WS_SOCKET_PROP_PROXY_RESOLVER,
  WS_SOCKET_N_PROPS
} WsSocketProp;

void ws_socket_install_properties (GObjectClass *object_class);
void ws_socket_notify (WsSocket *self, WsSocketProp property);
/* --- ws-socket-property-settings.c --- */
void ws_socket_install_settings_properties (GParamSpec **props);
/* --- ws-socket-receive.c --- */
void ws_socket_install_receiving_properties (GParamSpec **props);
/* For setters, which return no error: FALSE with a warning in another thread
 * than that of a connection or an attempt. */
gboolean ws_socket_may_set (WsSocket *self, WsSocketProp property);

/* --- ws-socket-property-access.c --- */

void ws_socket_get_property (GObject    *object,
                             guint       prop_id,
                             GValue     *value,
                             GParamSpec *pspec);
void ws_socket_set_property (GObject      *object,
                             guint         prop_id,
                             const GValue *value,
                             GParamSpec   *pspec);

/* --- ws-socket-signals.c --- */

typedef enum
{
  WS_SOCKET_SIGNAL_CONNECTED,
  WS_SOCKET_SIGNAL_DISCONNECTED,
  WS_SOCKET_SIGNAL_STATE_CHANGED,
  WS_SOCKET_SIGNAL_ABOUT_TO_CLOSE,
  WS_SOCKET_SIGNAL_READ_CHANNEL_FINISHED,
  WS_SOCKET_SIGNAL_ERROR,
  WS_SOCKET_SIGNAL_MESSAGE_RECEIVED,
  WS_SOCKET_SIGNAL_TEXT_MESSAGE_RECEIVED,
  WS_SOCKET_SIGNAL_BINARY_MESSAGE_RECEIVED,
  WS_SOCKET_SIGNAL_TEXT_FRAME_RECEIVED,
  WS_SOCKET_SIGNAL_BINARY_FRAME_RECEIVED,
  WS_SOCKET_SIGNAL_PING_RECEIVED,
  WS_SOCKET_SIGNAL_PONG,
  WS_SOCKET_SIGNAL_BYTES_WRITTEN,
  WS_SOCKET_SIGNAL_DRAINED,
  WS_SOCKET_SIGNAL_SSL_ERRORS,
  WS_SOCKET_SIGNAL_PEER_VERIFY_ERROR,
  WS_SOCKET_SIGNAL_HANDSHAKE_INTERRUPTED_ON_ERROR,
  WS_SOCKET_SIGNAL_PRE_SHARED_KEY_AUTHENTICATION_REQUIRED,
  WS_SOCKET_SIGNAL_ALERT_SENT,
  WS_SOCKET_SIGNAL_ALERT_RECEIVED,
  WS_SOCKET_SIGNAL_RECONNECTING,
  WS_SOCKET_SIGNAL_AUTHENTICATION_REQUIRED,
  WS_SOCKET_SIGNAL_PROXY_AUTHENTICATION_REQUIRED,
  WS_SOCKET_SIGNAL_REDIRECTED,
  WS_SOCKET_N_SIGNALS
} WsSocketSignal;

void ws_socket_install_signals (WsSocketClass *klass);
/* What a handler of @id, a signal of this class, has to do. */
WsAsking ws_socket_get_asking (WsSocket *self, guint id);
/* Whether an emission would reach anybody. */
gboolean ws_socket_has_listener (WsSocket *self, WsSocketSignal signal);
void     ws_socket_emit (WsSocket *self, WsSocketSignal signal, ...);

/* --- ws-socket-slots.c --- */

void ws_socket_install_slots (void);

G_END_DECLS
