/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How far a client has come in the history of a topic. */
typedef struct
{
  gboolean is_recovered; /* it has missed nothing */
  char    *epoch;        /* (owned) (nullable): the topic has no history */
  guint64  offset;
} WsRecovered;

void ws_recovered_free (WsRecovered *self);

G_END_DECLS
