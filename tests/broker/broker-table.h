/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Nodes (broker-node.h) that one broker joins, wherever they are; or a single
 * one without a broker. */
typedef struct
{
  guint  n_nodes;
  guint *ports; /* of the loopback */
  /* Topics h/… have the last 50 publications as their history. */
  gboolean has_broker;
} BrokerNodes;

typedef struct
{
  const char *name;
  /* (transfer full): for one test, with @data. */
  BrokerNodes *(*start) (gpointer data);
  void (*stop) (BrokerNodes *nodes, gpointer data);
  gpointer data;
} BrokerCarrier;

/* Adds the tests that hold for every broker, at /broker/NAME/…; @carrier lives
 * as long as the program. */
void broker_table_add (const BrokerCarrier *carrier);

G_END_DECLS
