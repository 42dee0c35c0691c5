/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/ws-client-opening.h"
#include "engine/ws-engine-error.h"
#include "net/ws-listener.h"
#include "support/ws-test.h"

G_BEGIN_DECLS

/* A client's opening, and a hand-made server on the loopback. */
typedef struct
{
  GMainContext    *context;
  WsPoller        *poller;
  WsListener      *listener;
  WsUrl           *url;
  WsClientOpening *opening; /* (owned) (nullable) */
  int              server;  /* the accepted fd; -1: none */
  GSource         *source;  /* (owned) (nullable): reads for the server */
  GString         *request;
  gboolean         at_end; /* the client has closed */
  GString         *log;
  GError          *error;     /* (owned) (nullable) */
  gboolean         is_inside; /* of ws_client_opening_new() */
  gboolean         frees;     /* in the sink's functions */
  guint            n_accepted;
  GString         *asked; /* what a login was asked for: "scheme realm user" */
  char            *logins[4][2]; /* (unowned): the answers, in turn */
} ClientRig;

void client_rig_set_up (ClientRig *rig, gconstpointer data);
void client_rig_tear_down (ClientRig *rig, gconstpointer data);

/* Begin an attempt, which asks for the subprotocols a and b; the last one waits
 * until the server has read the request. */
void
client_rig_begin_with (ClientRig *rig, const WsClientOpeningOptions *options);
void client_rig_begin (ClientRig *rig);
void client_rig_begin_and_read (ClientRig *rig);
/* Waits for the server to have read a whole head. */
void client_rig_expect_request (ClientRig *rig);
void client_rig_free_opening (ClientRig *rig);
/* Ends an attempt: also what the dialling still holds. */
void client_rig_end (ClientRig *rig);

/* What the server does. */
void client_rig_say (ClientRig *rig, gconstpointer data, gsize len);
void client_rig_say_text (ClientRig *rig, const char *text);
/* (transfer full): the good answer to the request, for subprotocol b. */
char *client_rig_make_answer (ClientRig *rig);
void  client_rig_close_server (ClientRig *rig);
void  client_rig_stop_listening (ClientRig *rig);

void client_rig_settle (ClientRig *rig);
/* Waits for the sink to be called. */
void client_rig_expect_log (ClientRig *rig, const char *expected);
/* Takes what was opened, reads until there is @rest behind the answer, and
 * closes. */
void client_rig_expect_opened (ClientRig *rig, const char *rest);
void client_rig_expect_failed (ClientRig *rig, GQuark domain, int code);

G_END_DECLS
