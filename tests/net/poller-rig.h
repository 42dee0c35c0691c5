/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/ws-poller.h"
#include "support/ws-test.h"

G_BEGIN_DECLS

/* A context of a test's own, and its poller. */
typedef struct
{
  GMainContext *context;
  WsPoller     *poller;
  GString      *log; /* a letter for everything that ran */
} PollerRig;

/* A job or a deadline that logs its letter, and does what the test wants. */
typedef struct _Letter Letter;
struct _Letter
{
  WsJob      job;
  WsDeadline deadline;
  PollerRig *rig;
  char       letter;
  void (*then) (Letter *letter);
  Letter *other; /* the test's */
};

/* @then (nullable) */
Letter
poller_rig_letter (PollerRig *rig, char letter, void (*then) (Letter *letter));
void poller_rig_set_up (PollerRig *rig, gconstpointer data);
/* Nothing may be left to run, and nobody else may hold the poller. */
void poller_rig_tear_down (PollerRig *rig, gconstpointer data);
/* What one iteration of the context runs, if that is anything. */
void poller_rig_expect (PollerRig *rig, const char *letters);

G_END_DECLS
