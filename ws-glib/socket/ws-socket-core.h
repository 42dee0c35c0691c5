/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <ws-glib/ws-socket.h>

#include "socket/ws-attempt.h"
#include "socket/ws-mailbox.h"
#include "value/ws-deflate-options-private.h"
#include "base/ws-home.h"
#include "base/ws-property.h"
#include "base/ws-stay.h"
#include "net/ws-network-watch.h"

G_BEGIN_DECLS

/* What every file of WsSocket may use: the struct, the right thread, and how a
 * property's change is told. */

/* What a server does for its sockets, which know no more of their server than
 * this; @data is what the server made of the connection. */
typedef struct
{
  /* The connection is over: called once, and nothing else after it. */
  void (*gone) (WsSocket *socket, gpointer data);
  /* FALSE beyond a limit. */
  gboolean (*subscribe) (gpointer data, const char *topic, GError **error);
  void (*unsubscribe) (gpointer data, const char *topic);
  char **(*list_topics) (gpointer data); /* (transfer full) */
  /* To all other subscribers; returns how many get it here, -1 on error. */
  gssize (*publish) (gpointer    data,
                     const char *topic,
                     WsMessage  *message,
                     GError    **error);
  /* @task (transfer full) gets a WsRecovered. @epoch (nullable). */
  void (*recover) (gpointer    data,
                   const char *topic,
                   const char *epoch,
                   guint64     offset,
                   GTask      *task);
  /* @text (nullable): not any more. */
  gboolean (*announce) (gpointer    data,
                        const char *topic,
                        const char *text,
                        GError    **error);
} WsSocketOwner;

/* What only sockets have whose asynchronous calls are used. */
typedef struct _WsSocketAsync WsSocketAsync;

/* The function that messages are given to: see ws-socket-handler.h. */
typedef struct _WsSocketHandler WsSocketHandler;

/* What only clients have: see ws-socket-http.h. */
typedef struct _WsSocketHttp WsSocketHttp;

/* What was told of a socket to those who show it: see ws-socket-view.h. */
typedef struct
{
  int   next_attempt;
  guint phase : 4; /* a WsSocketPhase */
  guint code : 16; /* that of the error and 1; 0: there is none */
  guint is_connected : 1;
  guint is_connecting : 1;
  guint is_reconnecting : 1;
} WsSocketView;

/* Certificate errors that do not count, in more than the present attempt. */
typedef struct
{
  WsSslIgnored always;
  WsSslIgnored next; /* in the next attempt */
} WsSslRules;

/* What the policy has to be asked for, and what waits for it. */
typedef struct
{
  WsReconnectPolicy *policy; /* (owned) (nullable) */
  WsNetworkWatch    *watch;  /* (owned) (nullable): active with a policy */
  void (*open) (WsSocket *socket); /* makes the next attempt */
  gint64   connected_at;           /* monotonic µs, 0: never */
  gint64   waiting_since;          /* monotonic µs */
  GSource *tick;            /* (owned) (nullable): when a second less is left */
  guint    n_attempts;      /* since a connection has held for long enough */
  guint    is_waiting : 1;  /* activation is what the delay ends with */
  guint    is_held : 1;     /* the delay is over, but there is no network */
  guint    is_at_work : 1;  /* from the first wait until it is connected */
  guint    is_retry : 1;    /* the attempt that begins is the policy's */
  guint    is_unwanted : 1; /* the user has asked for the end */
  guint    was_reached : 1; /* the URL, once at least */
} WsReconnect;

/* The default of read-buffer-size. */
#define WS_SOCKET_READ_BUFFER_SIZE (1024 * 1024)

/* What few of a server's sockets have. */
typedef struct
{
  WsHeaders          *request_headers;   /* (owned) (nullable) */
  WsMaskGenerator    *mask_generator;    /* (owned) (nullable): built in */
  WsSslConfiguration *ssl_configuration; /* (owned) (nullable) */
  WsSslRules         *ssl_rules;         /* (owned) (nullable) */
  gint64              read_buffer_size;
} WsSocketExtras;

/* Those of a socket that has none: nothing is written there. */
extern const WsReconnect    ws_socket_no_reconnect;
extern const WsSocketExtras ws_socket_no_extras;

typedef struct
{
  /* What the user sets. */
  char                 *url;          /* (owned) (nullable) */
  char                 *origin;       /* (owned) (nullable) */
  char                **subprotocols; /* (owned) (nullable) */
  WsDeflateOptions     *compression;  /* (owned) (nullable) */
  WsSettings           *settings;     /* (owned): shared, unless has_settings */
  const WsSocketExtras *extras;       /* (owned): see ws_socket_get_extras() */

  /* The attempt, or the connection. */
  WsState       state;
  WsSocketView  view;       /* likewise, for windows */
  guint         log_number; /* 0: not told of yet */
  WsHome        home;       /* where the socket was opened */
  WsStay        stay;       /* there */
  WsAttempt     now;        /* also the last one, until the next begins */
  WsMailbox     mailbox;
  GSource      *activation;   /* (owned) (nullable): what active waits for */
  GError       *error;        /* (owned) (nullable): the last one */
  WsTraffic    *last_traffic; /* (owned) (nullable): of an ended connection */
  WsSslSession *ssl_session;  /* (owned) (nullable): also of the last one */

  WsSocketAsync   *async;   /* (owned) (nullable) */
  WsSocketHandler *handler; /* (owned) (nullable) (atomic) */
  GSList          *taps;    /* (owned) (nullable): see ws-socket-tap.h */

  /* A client's. */
  WsReconnect  *reconnect; /* (owned): see ws_socket_get_reconnecting() */
  WsSocketHttp *http;      /* (owned) (nullable) */

  /* A server's. */
  const WsSocketOwner *owner; /* (nullable): until the connection is over */
  gpointer             owner_data; /* (unowned) */

  int   is_kept;        /* atomic: it holds a reference to itself */
  guint announced : 4;  /* WsState: the last one that state-changed told */
  guint pause_mode : 2; /* WsPauseModes */
  int   version : 8;    /* WsProtocolVersion */
  guint active : 1;
  guint stays_alive : 1;
  guint pull : 1;
  guint has_settings : 1; /* of its own */
  guint is_held : 1;      /* by slots elsewhere that do not keep up */
} WsSocketPrivate;

/* Where the struct is, seen from the object; set by the class. */
extern G_GNUC_INTERNAL int ws_socket_private_offset;

static inline WsSocketPrivate *
ws_socket_peek (WsSocket *self)
{
  return G_STRUCT_MEMBER_P (self, ws_socket_private_offset);
}

/* --- What is made when needed --- */

/* Those of its own, to be written to. */
WsReconnect    *ws_socket_get_reconnecting (WsSocket *self);
WsSocketExtras *ws_socket_get_extras (WsSocket *self);
/* Of a new socket. */
void ws_socket_init_extras (WsSocket *self);
/* In dispose, and in finalize. */
void ws_socket_clear_extras (WsSocket *self);
void ws_socket_free_extras (WsSocket *self);

static inline gboolean
ws_socket_has_reconnecting (const WsSocketPrivate *priv)
{
  return priv->reconnect != &ws_socket_no_reconnect;
}

/* Nothing is waited for any more. */
static inline void
ws_socket_end_work (WsSocketPrivate *priv)
{
  if (priv->reconnect->is_at_work)
    priv->reconnect->is_at_work = FALSE;
}

/* --- Thread and context --- */

/* Whether nobody holds the socket but its own thread, which is to dispose of
 * it. */
static inline gboolean
ws_socket_is_abandoned (WsSocket *self)
{
  return ws_stay_is_abandoned (&ws_socket_peek (self)->stay);
}

/* What knows the socket and runs in its home. */
static inline gboolean
ws_socket_is_attached (const WsSocketPrivate *priv)
{
  return priv->now.engine != NULL || priv->now.opening != NULL
         || priv->activation != NULL || priv->reconnect->watch != NULL;
}

typedef WsInside WsSocketInside;

static inline void
ws_socket_step_out (WsSocketInside *inside)
{
  WsStay          *stay = inside->stay;
  WsSocketPrivate *priv;

  if (!ws_stay_leave (inside))
    return;
  priv = WS_CONTAINER_OF (stay, WsSocketPrivate, stay);
  ws_stay_settle (stay, ws_socket_is_attached (priv));
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsSocketInside, ws_socket_step_out)

/* The function is inside until it returns; it may be the last to touch the
 * socket. Of all that such things call, and of all that may make one or end
 * one. */
#define WS_SOCKET_INSIDE(self)                    \
  g_autoptr (WsSocketInside) inside G_GNUC_UNUSED \
      = ws_stay_enter (&ws_socket_peek (self)->stay, &(WsInside){ NULL })

/* FALSE with WRONG_CONTEXT in another thread than the connection's. */
gboolean ws_socket_check_thread (WsSocket *self, GError **error);
/* The same for @caller, which returns no error: a warning says it. */
gboolean ws_socket_may_call (WsSocket *self, const char *caller);
/* The same, but nobody is in the way of a socket without a connection. */
gboolean ws_socket_may_instruct (WsSocket *self, const char *caller);
/* The socket belongs to the calling thread and to @context from now on. */
void ws_socket_adopt_context (WsSocket *self, GMainContext *context);

/* Takes @url as the property's value. FALSE: it is already. */
gboolean ws_socket_take_url (WsSocket *self, const char *url);

/* --- What waits for a time --- */

/* Neither active nor the reconnect policy opens the socket any more. */
void ws_socket_cancel_activation (WsSocket *self);
/* The seconds of the wait are not counted for anybody any more. */
void ws_socket_stop_ticking (WsSocket *self);
void ws_socket_clear_watch (WsSocket *self);

/* --- Properties --- */

typedef enum
{
  WS_SOCKET_PROP_URL = 1,
  WS_SOCKET_PROP_ACTIVE,
  WS_SOCKET_PROP_STAYS_ALIVE,
  WS_SOCKET_PROP_STATE,
  WS_SOCKET_PROP_STATUS,
  WS_SOCKET_PROP_ERROR_STRING,
  WS_SOCKET_PROP_STATUS_TEXT,
  WS_SOCKET_PROP_IS_CONNECTED,
  WS_SOCKET_PROP_IS_CONNECTING,
  WS_SOCKET_PROP_IS_RECONNECTING,
  WS_SOCKET_PROP_NEXT_ATTEMPT,
  WS_SOCKET_PROP_ORIGIN,
  WS_SOCKET_PROP_VERSION,
  WS_SOCKET_PROP_SUBPROTOCOLS,
  WS_SOCKET_PROP_SUBPROTOCOL,
  WS_SOCKET_PROP_RESOURCE_NAME,
  WS_SOCKET_PROP_PEER_NAME,
  WS_SOCKET_PROP_REQUEST_HEADERS,
  WS_SOCKET_PROP_LOCAL_ADDRESS,
  WS_SOCKET_PROP_LOCAL_ADDRESS_STRING,
  WS_SOCKET_PROP_PEER_ADDRESS,
  WS_SOCKET_PROP_PEER_ADDRESS_STRING,
  WS_SOCKET_PROP_CLIENT_ADDRESS,
  WS_SOCKET_PROP_IS_SECURE,
  WS_SOCKET_PROP_PATH,
  WS_SOCKET_PROP_QUERY,
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
  WS_SOCKET_PROP_MESSAGE_TIMEOUT,
  WS_SOCKET_PROP_WRITE_TIMEOUT,
  WS_SOCKET_PROP_PING_INTERVAL,
  WS_SOCKET_PROP_PING_TIMEOUT,
  WS_SOCKET_PROP_PRIORITY,
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
  WS_SOCKET_PROP_REQUEST,
  WS_SOCKET_PROP_RESPONSE,
  WS_SOCKET_PROP_MAX_REDIRECTS,
  WS_SOCKET_PROP_MAX_HEADER_SIZE,
  WS_SOCKET_PROP_MAX_HEADER_LINE_SIZE,
  WS_SOCKET_PROP_MAX_HEADER_COUNT,
  WS_SOCKET_PROP_PROXY_RESOLVER,
  WS_SOCKET_N_PROPS
} WsSocketProp;

/* Filled by ws_socket_install_properties(). */
extern G_GNUC_INTERNAL GParamSpec *ws_socket_props[WS_SOCKET_N_PROPS];

void ws_socket_notify (WsSocket *self, WsSocketProp property);
/* For setters, which return no error: FALSE with a warning in another thread
 * than that of a connection or an attempt. */
gboolean ws_socket_may_set (WsSocket *self, WsSocketProp property);

G_END_DECLS
