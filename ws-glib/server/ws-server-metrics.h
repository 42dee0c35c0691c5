/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <ws-glib/ws-broker.h>
#include <ws-glib/ws-server-statistics.h>

G_BEGIN_DECLS

/* What those get to know who watch a server, or several that act as one. */
typedef struct
{
  WsServerStatistics figures;
  gboolean           is_well; /* it neither drains nor is closed */
  const char        *name;    /* (unowned) (nullable): a label */
  WsBroker          *broker;  /* (unowned) (nullable) */
} WsServerMetrics;

/* (transfer full): the text format of Prometheus, version 0.0.4. */
char *ws_server_metrics_to_text (const WsServerMetrics *self);

G_END_DECLS
