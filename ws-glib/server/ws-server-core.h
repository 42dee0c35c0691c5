/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <ws-glib/ws-server.h>

#include "broker/ws-broker-members.h"
#include "base/ws-property.h"
#include "base/ws-stay.h"
#include "engine/ws-prepared.h"
#include "engine/ws-server-opening.h"
#include "engine/ws-settings.h"
#include "net/ws-listener.h"
#include "protocol/ws-forwarded.h"

G_BEGIN_DECLS

/* The struct of a server, and what every other file may call. */

#define WS_SERVER_DEFAULT_HOST              "127.0.0.1"
#define WS_SERVER_DEFAULT_PENDING           30
#define WS_SERVER_DEFAULT_HANDSHAKE_TIMEOUT 10000
#define WS_SERVER_DEFAULT_BACKLOG           4096
#define WS_SERVER_DEFAULT_HANDSHAKES        1024
#define WS_SERVER_DEFAULT_DEFERRED          1024
#define WS_SERVER_DEFAULT_TOPICS            256
#define WS_SERVER_DEFAULT_TOPIC_SIZE        256

typedef struct
{
  /* What the user sets. */
  char             *server_name;            /* (owned) (nullable) */
  char             *host;                   /* (owned) */
  char            **supported_subprotocols; /* (owned) (nullable) */
  char            **allowed_origins;        /* (owned) (nullable): normalised */
  char            **trusted_proxies;        /* (owned) */
  WsNetworks       *trusted;                /* (owned): the same */
  WsProxyProtocol   proxy_protocol;         /* of listeners to come */
  WsSslMode         ssl_mode;
  guint             port; /* as asked for; 0: any */
  gboolean          accepting;
  int               max_pending_connections;
  guint             max_connections;
  guint             max_connections_per_address;
  guint             max_handshakes;
  guint             max_deferred_requests;
  guint             max_topics_per_client;
  guint             max_topic_size;    /* bytes */
  int               handshake_timeout; /* ms; 0 and less: none */
  WsHttpLimits      limits;            /* of a request's head */
  guint             backlog;
  gboolean          reuse_port;
  guint             unix_mode;      /* 0: as the umask says */
  char             *unix_owner;     /* (owned) (nullable) */
  GProxyResolver   *proxy_resolver; /* (owned) (nullable): of no effect */
  WsSettings        settings;       /* of new sockets */
  WsSettings       *shared; /* (owned) (nullable): the same, as those have it */
  WsDeflateOptions *compression; /* (owned) (nullable): likewise */
  WsSslConfiguration
      *ssl_configuration; /* (owned) (nullable): made when asked */

  /* Listening. */
  WsHome          home;       /* where the server was used first */
  WsStay          stay;       /* there: bound until it is disposed of */
  WsPoller       *poller;     /* (owned) (nullable) */
  WsListener     *listener;   /* (owned) (nullable): of listen() and startup */
  WsListener     *added;      /* (owned) (nullable): of what was added */
  GSocketAddress *address;    /* (owned) (nullable): while listening */
  char           *url;        /* (owned) (nullable): made when asked */
  GSource        *startup;    /* (owned) (nullable): what listening waits for */
  gboolean        is_closed;  /* by close(), and did not listen again */
  guint           n_drains;   /* that are under way */
  guint           log_number; /* 0: not told of yet */
  guint           error;      /* a close code; 1000: fine */
  char           *error_string; /* (owned) (nullable) */

  /* Connections: each is one record, in exactly one of these six. */
  GQueue     openings; /* of WsServerClient, the oldest first */
  GQueue     held;     /* of WsServerClient: the queue has no place for them */
  GQueue     answers;  /* of WsServerClient: no connection will become of it */
  GQueue     arriving; /* of WsServerClient: open, and about to be given to
                         * somebody, once handlers have returned */
  GQueue     pending;  /* of WsServerClient, the oldest first */
  GSequence *clients;  /* of WsServerClient: the list model */
  int       *n_deferred;   /* (owned): atomic; shared with what counts */
  GQueue     newcomers;    /* those of clients whose request is kept so far */
  GSource   *forgetting;   /* (owned) (nullable): what these wait for */
  GQueue     accepts;      /* of WsCall, which wait for one */
  gboolean   is_asked;     /* by accept_async(), when it was asked last */
  gboolean   is_looking;   /* for a place, soon */
  GQueue     closings;     /* of WsServerClosing, which wait for the end */
  WsServerStatistics gone; /* what those have carried that are gone, and who
                            * was refused */
  GHashTable        *addresses; /* (owned) (nullable): address → how many */

  /* Broadcasts. */
  WsSlowClientPolicy slow_client_policy;
  WsShared       *pack;   /* (owned) (nullable): small messages, side by side */
  GHashTable     *topics; /* (owned) (nullable): a set of their names */
  GHashTable     *subscriptions; /* (owned) (nullable): a set of them */
  WsBroker       *broker;        /* (owned) (nullable) */
  WsBrokerMember *member; /* (owned) (nullable): of it, from the time on when
                           * the server belongs to a thread */
  guint           last_number; /* that a client was given */
  GHashTable     *announced; /* (owned) (nullable): client → set of topics */
} WsServerPrivate;

/* Who has come, and who that is for us. */
typedef struct
{
  WsAddress tcp;        /* what the system says */
  WsAddress client;     /* the same, or whom a trusted proxy names */
  char     *host;       /* (owned) (nullable): that the proxy was asked for */
  guint     log_number; /* of the connection; 0: not told of yet */
  guint     has_scheme : 1; /* the proxy has told how it was asked */
  guint     is_secure : 1;  /* it was asked over TLS */
  guint     is_heard : 1;   /* the fields of the request were looked at */
} WsServerPeer;

/* A connection of the server, from the accepted stream on. There is one for
 * each idle client: keep it small. */
typedef struct
{
  guint            n_refs : 20;
  guint            queue : 12; /* where in its server's struct the one is that
                                * holds @link; 0: none does */
  guint            is_deferred : 1; /* a handler will answer later */
  guint            is_started : 1;  /* by accept_finish() */
  guint            is_reported : 1; /* no connection has become of it */
  guint            number : 29;     /* for the broker; 0: none yet */
  WsServer        *server;  /* (unowned) (nullable): none once it is over */
  WsServerOpening *opening; /* (owned) (nullable) */
  WsServerPeer    *peer;    /* (owned) (nullable): none of a connection */
  WsSocket        *socket;  /* (owned) (nullable): once it is open */
  GList           *link;    /* in a queue */
  GSequenceIter   *iter;    /* in clients */
  char            *address; /* (owned) (nullable): counted for the limit */
  GQueue          *subscriptions; /* (owned) (nullable): the oldest first */
} WsServerClient;

/* What each emission on its way may have made of it. */
static inline gboolean
ws_server_client_is_over (const WsServerClient *client)
{
  return client->server == NULL;
}

/* Where the struct is, seen from the object; set by the class. */
extern G_GNUC_INTERNAL int ws_server_private_offset;

static inline WsServerPrivate *
ws_server_peek (WsServer *self)
{
  return G_STRUCT_MEMBER_P (self, ws_server_private_offset);
}

/* Whether nobody holds the server but its own thread, which is to dispose of
 * it. */
static inline gboolean
ws_server_is_abandoned (WsServer *self)
{
  return ws_stay_is_abandoned (&ws_server_peek (self)->stay);
}

/* One that no other client of this server has had, for the broker. */
guint    ws_server_client_get_number (WsServerClient *client);
gboolean ws_server_check_thread (WsServer *self, GError **error);
/* The same for @caller, which returns no error: a warning says it. */
gboolean ws_server_may_call (WsServer *self, const char *caller);
void     ws_server_adopt_context (WsServer *self);
/* Whether something may begin here, as in ws_home_enter(): the right thread,
 * and one that may run the context. */
gboolean ws_server_check_begin (WsServer *self, GError **error);
void     ws_server_cancel_startup (WsServer *self);
/* Notes an error, or with 1000 and NULL that all is fine. */
void ws_server_set_error (WsServer *self, guint code, const char *message);
/* (nullable): the one whose first address is the server's. */
WsListener *ws_server_peek_listener (WsServer *self);
gboolean    ws_server_is_listening (WsServer *self);

/* --- Properties --- */

typedef enum
{
  WS_SERVER_PROP_SERVER_NAME = 1,
  WS_SERVER_PROP_SSL_MODE,
  WS_SERVER_PROP_SSL_CONFIGURATION,
  WS_SERVER_PROP_HOST,
  WS_SERVER_PROP_PORT,
  WS_SERVER_PROP_URL,
  WS_SERVER_PROP_LISTENING,
  WS_SERVER_PROP_DRAINING,
  WS_SERVER_PROP_STATISTICS,
  WS_SERVER_PROP_ACCEPTING,
  WS_SERVER_PROP_SUPPORTED_SUBPROTOCOLS,
  WS_SERVER_PROP_ALLOWED_ORIGINS,
  WS_SERVER_PROP_TRUSTED_PROXIES,
  WS_SERVER_PROP_PROXY_PROTOCOL,
  WS_SERVER_PROP_MAX_PENDING_CONNECTIONS,
  WS_SERVER_PROP_MAX_CONNECTIONS,
  WS_SERVER_PROP_MAX_CONNECTIONS_PER_ADDRESS,
  WS_SERVER_PROP_MAX_HANDSHAKES,
  WS_SERVER_PROP_MAX_DEFERRED_REQUESTS,
  WS_SERVER_PROP_HANDSHAKE_TIMEOUT,
  WS_SERVER_PROP_MAX_HEADER_SIZE,
  WS_SERVER_PROP_MAX_HEADER_LINE_SIZE,
  WS_SERVER_PROP_MAX_HEADER_COUNT,
  WS_SERVER_PROP_BACKLOG,
  WS_SERVER_PROP_REUSE_PORT,
  WS_SERVER_PROP_UNIX_MODE,
  WS_SERVER_PROP_UNIX_OWNER,
  WS_SERVER_PROP_PROXY_RESOLVER,
  WS_SERVER_PROP_COMPRESSION,
  WS_SERVER_PROP_SLOW_CLIENT_POLICY,
  WS_SERVER_PROP_BROKER,
  WS_SERVER_PROP_MAX_TOPICS_PER_CLIENT,
  WS_SERVER_PROP_MAX_TOPIC_SIZE,
  WS_SERVER_PROP_ERROR,
  WS_SERVER_PROP_ERROR_STRING,
  WS_SERVER_PROP_N_ITEMS,
  WS_SERVER_PROP_MAX_INCOMING_FRAME_SIZE,
  WS_SERVER_PROP_MAX_INCOMING_FRAGMENTS,
  WS_SERVER_PROP_MAX_INCOMING_MESSAGE_SIZE,
  WS_SERVER_PROP_OUTGOING_FRAME_SIZE,
  WS_SERVER_PROP_MAX_BYTES_TO_WRITE,
  WS_SERVER_PROP_WRITE_HIGH_WATER_MARK,
  WS_SERVER_PROP_CLOSE_TIMEOUT,
  WS_SERVER_PROP_FRAME_TIMEOUT,
  WS_SERVER_PROP_MESSAGE_TIMEOUT,
  WS_SERVER_PROP_WRITE_TIMEOUT,
  WS_SERVER_PROP_PING_INTERVAL,
  WS_SERVER_PROP_PING_TIMEOUT,
  WS_SERVER_PROP_PRIORITY,
  WS_SERVER_N_PROPS
} WsServerProp;

/* Filled by ws_server_install_properties(). */
extern G_GNUC_INTERNAL GParamSpec *ws_server_props[WS_SERVER_N_PROPS];

void ws_server_notify (WsServer *self, WsServerProp property);
/* As a list model; the arguments of items-changed. */
void ws_server_announce_items (WsServer *self,
                               guint     position,
                               guint     n_removed,
                               guint     n_added);
/* For setters, which return no error: FALSE with a warning in another thread
 * than the server's. */
gboolean ws_server_may_set (WsServer *self, WsServerProp property);

G_END_DECLS
