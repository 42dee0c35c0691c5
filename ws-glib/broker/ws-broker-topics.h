/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "broker/ws-broker-core.h"

G_BEGIN_DECLS

/* A topic that servers want, or have wanted not long ago. */
typedef struct
{
  GPtrArray *members;      /* (owned): of WsBrokerMember; each once */
  GList      link;         /* in priv->unused; its data is the topic */
  gint64     unused_since; /* monotonic µs; 0: it is in use */
  char       name[];
} WsBrokerTopic;

void ws_broker_init_topics (WsBroker *self);
/* The broker leaves its thread. */
void ws_broker_stop_sweeping (WsBroker *self);
void ws_broker_clear_topics (WsBroker *self);
/* (nullable): while the broker is locked. */
WsBrokerTopic *ws_broker_find_topic (WsBrokerPrivate *priv, const char *name);
/* What a topic has does not change by asking twice. */
void ws_broker_enter_topic (WsBroker *self, const char *name, gpointer member);
void ws_broker_leave_topic (WsBroker *self, const char *name, gpointer member);

G_END_DECLS
