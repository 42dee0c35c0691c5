/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <ws-glib/ws-broker.h>

#include "base/ws-stay.h"
#include "base/ws-property.h"
#include "net/ws-poller.h"

G_BEGIN_DECLS

/* The struct of a broker, and what every other file may call.
 *
 * A broker lives in the thread that made it; publications and subscriptions
 * come from any thread. One that carries only within the process does its work
 * right where it is asked to, and has no thread: WsBrokerDirect. */

#define WS_BROKER_DEFAULT_QUEUED  (64 * 1024 * 1024)
#define WS_BROKER_DEFAULT_TIMEOUT 10000
#define WS_BROKER_DEFAULT_LINGER  10000

/* What is done in the calling thread, instead of the class's functions. */
typedef struct
{
  void (*publish) (WsBroker *self, WsPublication *publication);
  void (*read_history) (WsBroker *self, WsBrokerQuery *query);
} WsBrokerDirect;

typedef struct
{
  WsHome     home;    /* where it was made */
  WsStay     stay;    /* there: bound while there is a poller */
  WsPoller  *poller;  /* (owned) (nullable): of the home; none if direct */
  WsDeadline sweep;   /* of topics that nobody has wanted for long */
  WsDeadline expiry;  /* of what waits for a connection */
  GQueue     waiting; /* of what does, the longest first */

  GMutex mutex; /* for all that follows */

  WsBrokerState state;
  char         *error_string; /* (owned) (nullable): while not connected */
  guint64       max_queued_bytes;
  guint         publish_timeout; /* ms; 0: for ever */
  guint         linger;          /* ms */

  GHashTable *topics;   /* of WsBrokerTopic, by name */
  GQueue      unused;   /* of WsBrokerTopic, the longest first */
  GPtrArray  *members;  /* of WsBrokerMember */
  GPtrArray  *rules;    /* of what has a history */
  GHashTable *presence; /* topic → table of client → data, of servers here */

  guint64 queued_bytes; /* that wait, or were handed over without an answer */
  WsBrokerStatistics statistics;
} WsBrokerPrivate;

/* Where the struct is, seen from the object; set by the class. */
extern G_GNUC_INTERNAL int ws_broker_private_offset;

static inline WsBrokerPrivate *
ws_broker_peek (WsBroker *self)
{
  return G_STRUCT_MEMBER_P (self, ws_broker_private_offset);
}

/* And back. */
static inline WsBroker *
ws_broker_of (WsBrokerPrivate *priv)
{
  return G_STRUCT_MEMBER_P (priv, -ws_broker_private_offset);
}

/* (nullable): none of a broker that has a thread. */
const WsBrokerDirect *ws_broker_peek_direct (WsBroker *self);
WsBrokerPrivate      *ws_broker_lock (WsBroker *self);
void                  ws_broker_unlock (WsBroker *self);
/* Whether this is the thread of the broker; FALSE with a warning that @caller
 * cannot do its work elsewhere. */
gboolean ws_broker_may_call (WsBroker *self, const char *caller);

/* --- Properties --- */

typedef enum
{
  WS_BROKER_PROP_STATE = 1,
  WS_BROKER_PROP_ERROR_STRING,
  WS_BROKER_PROP_MAX_QUEUED_BYTES,
  WS_BROKER_PROP_PUBLISH_TIMEOUT,
  WS_BROKER_PROP_LINGER,
  WS_BROKER_PROP_STATISTICS,
  WS_BROKER_N_PROPS
} WsBrokerProp;

/* Filled by the class. */
extern G_GNUC_INTERNAL GParamSpec *ws_broker_props[WS_BROKER_N_PROPS];

/* --- To the thread of the broker --- */

/* Embedded; runs there once. */
typedef struct _WsBrokerErrand WsBrokerErrand;
typedef void (*WsBrokerErrandFunc) (WsBrokerErrand *errand);

struct _WsBrokerErrand
{
  WsPost             post;
  WsBroker          *broker; /* (owned): while on its way */
  WsBrokerErrandFunc func;   /* frees the errand */
};

/* At once if this is the thread of the broker, or it has been disposed of. */
void ws_broker_send (WsBroker          *self,
                     WsBrokerErrand    *errand,
                     WsBrokerErrandFunc func);

G_END_DECLS
