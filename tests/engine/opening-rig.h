/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/ws-server-opening.h"
#include "support/ws-test.h"

G_BEGIN_DECLS

/* A server's opening on one end of a socket pair, and a peer at the other. */
typedef struct
{
  GMainContext    *context;
  WsPoller        *poller;
  WsServerOpening *opening; /* (owned) (nullable) */
  int              peer;    /* -1: closed */
  GSource         *source;  /* (owned) (nullable): reads for the peer */
  GString         *answer;  /* what the peer has read */
  gboolean         at_end;  /* and that nothing follows */
  GString         *log;     /* what the owner was told; words with a space */
  gpointer         data;    /* the test's */
} OpeningRig;

void opening_rig_set_up (OpeningRig *rig, gconstpointer data);
void opening_rig_tear_down (OpeningRig *rig, gconstpointer data);
/* The functions of @sink get the rig. */
void opening_rig_begin (OpeningRig                   *rig,
                        const WsServerOpeningOptions *options,
                        const WsServerOpeningSink    *sink);
void opening_rig_end (OpeningRig *rig);
/* For a sink: logs "gone", "late" or "lost", and frees the opening. */
void opening_rig_on_gone (WsServerOpening *opening,
                          const GError    *error,
                          gpointer         user_data);

/* --- The peer --- */

void opening_rig_set_reading (OpeningRig *rig, gboolean reading);
void opening_rig_say (OpeningRig *rig, gconstpointer data, gsize len);
void opening_rig_hang_up (OpeningRig *rig);

/* --- The course of things --- */

void opening_rig_settle (OpeningRig *rig);
/* Waits for the log to be @expected, and looks once more. */
void opening_rig_expect_log (OpeningRig *rig, const char *expected);

G_END_DECLS
