/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <ws-glib/ws-server.h>

#include "base/ws-property.h"
#include "base/ws-home.h"
#include "engine/ws-prepared.h"
#include "engine/ws-server-opening.h"
#include "engine/ws-settings.h"
#include "net/ws-listener.h"

G_BEGIN_DECLS

/* What the files of WsServer share. */

#define WS_SERVER_DEFAULT_HOST              "127.0.0.1"
#define WS_SERVER_DEFAULT_PENDING           30
#define WS_SERVER_DEFAULT_HANDSHAKE_TIMEOUT 10000
#define WS_SERVER_DEFAULT_BACKLOG           4096

typedef struct
{
  /* What the user sets. */
  char             *server_name;            /* (owned) (nullable) */
  char             *host;                   /* (owned) */
  char            **supported_subprotocols; /* (owned) (nullable) */
  char            **allowed_origins;        /* (owned) (nullable): normalised */
  WsSslMode         ssl_mode;
  guint             port; /* as asked for; 0: any */
  gboolean          accepting;
  int               max_pending_connections;
  guint             max_connections;
  guint             max_connections_per_address;
  guint             max_handshakes;
  int               handshake_timeout; /* ms; 0 and less: none */
  guint             max_header_size;
  guint             backlog;
  gboolean          reuse_port;
  GProxyResolver   *proxy_resolver; /* (owned) (nullable): of no effect */
  WsSettings        settings;       /* of new sockets */
  WsDeflateOptions *compression;    /* (owned) (nullable): likewise */
  WsSslConfiguration
      *ssl_configuration; /* (owned) (nullable): made when asked */

  /* Listening. */
  WsHome          home;      /* where it was used first */
  WsPoller       *poller;    /* (owned) (nullable) */
  WsListener     *listener;  /* (owned) (nullable): of listen() and startup */
  WsListener     *added;     /* (owned) (nullable): of what was added */
  GSocketAddress *address;   /* (owned) (nullable): while listening */
  char           *url;       /* (owned) (nullable): made when asked */
  GSource        *startup;   /* (owned) (nullable): listening waits for it */
  gboolean        is_closed; /* by close(), and did not listen again */
  guint           error;     /* a close code; 1000: fine */
  char           *error_string; /* (owned) (nullable) */

  /* Connections: each is one record, in exactly one of the three. */
  GQueue      openings;  /* of WsServerClient */
  GQueue      pending;   /* of WsServerClient, the oldest first */
  GSequence  *clients;   /* of WsServerClient: the list model */
  GQueue      accepts;   /* of calls that wait for one */
  GQueue      closings;  /* of calls that wait for the end of all */
  GHashTable *addresses; /* (owned) (nullable): address → how many */

  /* Broadcasts. */
  WsSlowClientPolicy slow_client_policy;
  WsShared   *pack;   /* (owned) (nullable): small messages, side by side */
  GHashTable *topics; /* (owned) (nullable): name → topic */
  GHashTable *subscriptions; /* (owned) (nullable): a set of WsSubscription */
} WsServerPrivate;

/* That a client gets what is published about a topic. */
typedef struct _WsSubscription WsSubscription;

/* A connection of the server, from the accepted stream on. */
typedef struct
{
  guint            n_refs;
  WsServer        *server;      /* (unowned) (nullable): none once it is over */
  WsServerOpening *opening;     /* (owned) (nullable) */
  WsSocket        *socket;      /* (owned) (nullable): once it is open */
  GList           *link;        /* in openings or pending */
  GSequenceIter   *iter;        /* in clients */
  char            *address;     /* (owned) (nullable): counted for its limit */
  gboolean         is_deferred; /* a handler will answer later */
  gboolean         is_started;  /* by accept_finish() */
  WsSubscription  *subscriptions; /* (owned) (nullable): the newest first */
} WsServerClient;

struct _WsSubscription
{
  WsServerClient *client;      /* (unowned) */
  gpointer        topic;       /* (unowned) */
  guint           index;       /* in the topic's array */
  WsSubscription *prev, *next; /* of the client */
};

WsServerPrivate *ws_server_peek (WsServer *self);

void ws_server_client_ref (WsServerClient *client);
void ws_server_client_unref (WsServerClient *client);

/* --- ws-server.c --- */

gboolean ws_server_check_thread (WsServer *self, GError **error);
/* The same for @caller, which returns no error: a warning says it. */
gboolean ws_server_may_call (WsServer *self, const char *caller);
void     ws_server_adopt_context (WsServer *self);
void     ws_server_cancel_startup (WsServer *self);
/* Notes an error, or with 1000 and NULL that all is fine. */
void ws_server_set_error (WsServer *self, guint code, const char *message);
/* Notes an error and signals it. */
void ws_server_report (WsServer *self, guint code, const char *message);

/* --- ws-server-listening.c --- */

/* (transfer full) (nullable): listens nowhere yet. */
WsListener       *ws_server_make_listener (WsServer *self, GError **error);
WsListenerOptions ws_server_get_listener_options (WsServer *self);
/* (nullable): the one whose first address is the server's. */
WsListener *ws_server_peek_listener (WsServer *self);
gboolean    ws_server_is_listening (WsServer *self);
/* A socket more listens: all is fine, and the first address perhaps new. */
void ws_server_note_listening (WsServer *self, gboolean is_first);
/* Takes @problem, signals it and returns it, as FALSE. */
gboolean
     ws_server_fail_to_listen (WsServer *self, GError *problem, GError **error);
void ws_server_restart (WsServer *self);
void ws_server_schedule_startup (WsServer *self);

/* --- ws-server-async.c --- */

/* Gives a connection to accept_async(); FALSE: no call waits. */
gboolean ws_server_give_to_accept (WsServerClient *client);
/* The server was closed. */
void ws_server_end_accepts (WsServer *self);
/* For close_async(): @who, a client or (of the signal closed) the server, is
 * gone. */
void ws_server_note_gone (WsServer *self, gpointer who);
void ws_server_end_closings (WsServer *self);

/* --- ws-server-clients.c --- */

void  ws_server_init_clients (WsServer *self);
void  ws_server_install_model (GListModelInterface *iface);
guint ws_server_count_address (WsServer *self, const char *address);
/* Takes a record out of whatever holds it. */
void ws_server_client_unlink (WsServerClient *client);
/* A record is over: it belongs to no server, and holds nothing. */
void ws_server_client_end (WsServerClient *client);
/* Its socket becomes an item of the model. */
void ws_server_client_join (WsServerClient *client);
/* The connection of a record's socket is over. */
void ws_server_on_client_gone (WsSocket *socket, gpointer user_data);
/* (transfer none): @transport, which is taken, begins its handshake, with TLS
 * if there are @credentials. */
WsServerClient *ws_server_take_transport (WsServer         *self,
                                          WsTransport      *transport,
                                          WsTlsCredentials *credentials);
/* Ends openings and pending connections, these with 1001. */
void ws_server_drop_waiting (WsServer *self);
/* Ends all the others silently, with 1001. */
void ws_server_drop_clients (WsServer *self);

/* --- ws-server-broadcast.c --- */

/* @except (nullable): who does not get it. Returns how many do. */
gssize ws_server_publish_except (WsServer   *self,
                                 const char *topic,
                                 WsMessage  *message,
                                 WsSocket   *except);

/* --- ws-server-topics.c --- */

/* (element-type WsSubscription) (nullable) */
GPtrArray *ws_server_peek_subscriptions (WsServer *self, const char *topic);
void ws_server_client_subscribe (WsServerClient *client, const char *topic);
void ws_server_client_unsubscribe (WsServerClient *client, const char *topic);
/* While it still has a server. */
void ws_server_client_unsubscribe_all (WsServerClient *client);
char **
ws_server_client_list_topics (WsServerClient *client); /* (transfer full) */
void ws_server_clear_topics (WsServer *self);

/* --- ws-server-requests.c --- */

extern const WsServerOpeningSink ws_server_opening_sink;

/* --- ws-server-origins.c --- */

/* Whether one without an origin, or one of the list, asks; TRUE without a list.
 */
gboolean ws_server_knows_origin (WsServer *self, const char *origin);

/* --- ws-server-ssl.c --- */

/* @credentials (out) (nullable): none without TLS. */
gboolean ws_server_load_credentials (WsServer          *self,
                                     WsTlsCredentials **credentials,
                                     GError           **error);
void     ws_server_fill_tls_options (WsServer               *self,
                                     WsTlsCredentials       *credentials,
                                     WsServerOpeningOptions *options);
void ws_server_on_opening_paused (WsServerOpening *opening, gpointer user_data);

/* --- ws-server-properties.c --- */

typedef enum
{
  WS_SERVER_PROP_SERVER_NAME = 1,
  WS_SERVER_PROP_SSL_MODE,
  WS_SERVER_PROP_SSL_CONFIGURATION,
  WS_SERVER_PROP_HOST,
  WS_SERVER_PROP_PORT,
  WS_SERVER_PROP_URL,
  WS_SERVER_PROP_LISTENING,
  WS_SERVER_PROP_ACCEPTING,
  WS_SERVER_PROP_SUPPORTED_SUBPROTOCOLS,
  WS_SERVER_PROP_ALLOWED_ORIGINS,
  WS_SERVER_PROP_MAX_PENDING_CONNECTIONS,
  WS_SERVER_PROP_MAX_CONNECTIONS,
  WS_SERVER_PROP_MAX_CONNECTIONS_PER_ADDRESS,
  WS_SERVER_PROP_MAX_HANDSHAKES,
  WS_SERVER_PROP_HANDSHAKE_TIMEOUT,
  WS_SERVER_PROP_MAX_HEADER_SIZE,
  WS_SERVER_PROP_BACKLOG,
  WS_SERVER_PROP_REUSE_PORT,
  WS_SERVER_PROP_PROXY_RESOLVER,
  WS_SERVER_PROP_COMPRESSION,
  WS_SERVER_PROP_SLOW_CLIENT_POLICY,
  WS_SERVER_PROP_ERROR,
  WS_SERVER_PROP_ERROR_STRING,
  WS_SERVER_PROP_MAX_INCOMING_FRAME_SIZE,
  WS_SERVER_PROP_MAX_INCOMING_FRAGMENTS,
  WS_SERVER_PROP_MAX_INCOMING_MESSAGE_SIZE,
  WS_SERVER_PROP_OUTGOING_FRAME_SIZE,
  WS_SERVER_PROP_MAX_BYTES_TO_WRITE,
  WS_SERVER_PROP_WRITE_HIGH_WATER_MARK,
  WS_SERVER_PROP_CLOSE_TIMEOUT,
  WS_SERVER_PROP_FRAME_TIMEOUT,
  WS_SERVER_PROP_PING_INTERVAL,
  WS_SERVER_PROP_PING_TIMEOUT,
  WS_SERVER_N_PROPS
} WsServerProp;

void ws_server_install_properties (GObjectClass *object_class);
void ws_server_notify (WsServer *self, WsServerProp property);
/* For setters, which return no error: FALSE with a warning in another thread
 * than the server's. */
gboolean ws_server_may_set (WsServer *self, WsServerProp property);

/* Each in the file of its name. */
extern const WsProperty ws_server_status_properties[];
extern const WsProperty ws_server_ssl_properties[];
extern const WsProperty ws_server_addresses_properties[];
extern const WsProperty ws_server_origins_properties[];
extern const WsProperty ws_server_limits_properties[];
extern const WsProperty ws_server_broadcast_properties[];
extern const WsProperty ws_server_compression_properties[];
extern const WsProperty ws_server_settings_properties[];

/* --- ws-server-signals.c --- */

typedef enum
{
  WS_SERVER_SIGNAL_NEW_CONNECTION,
  WS_SERVER_SIGNAL_CLIENT_CONNECTED,
  WS_SERVER_SIGNAL_CLIENT_DISCONNECTED,
  WS_SERVER_SIGNAL_ORIGIN_AUTHENTICATION_REQUIRED,
  WS_SERVER_SIGNAL_HANDSHAKE_REQUESTED,
  WS_SERVER_SIGNAL_HTTP_REQUEST,
  WS_SERVER_SIGNAL_SERVER_ERROR,
  WS_SERVER_SIGNAL_ACCEPT_ERROR,
  WS_SERVER_SIGNAL_CLOSED,
  WS_SERVER_SIGNAL_SSL_ERRORS,
  WS_SERVER_SIGNAL_PEER_VERIFY_ERROR,
  WS_SERVER_SIGNAL_HANDSHAKE_INTERRUPTED_ON_ERROR,
  WS_SERVER_SIGNAL_PRE_SHARED_KEY_AUTHENTICATION_REQUIRED,
  WS_SERVER_SIGNAL_ALERT_SENT,
  WS_SERVER_SIGNAL_ALERT_RECEIVED,
  WS_SERVER_N_SIGNALS
} WsServerSignal;

void ws_server_install_signals (void);
/* What a handler of @id, a signal of this class, has to do. */
WsAsking ws_server_get_asking (guint id);
gboolean ws_server_has_listener (WsServer *self, WsServerSignal signal);
void     ws_server_emit (WsServer *self, WsServerSignal signal, ...);

/* --- ws-server-slots.c --- */

void ws_server_install_slots (void);

G_END_DECLS
