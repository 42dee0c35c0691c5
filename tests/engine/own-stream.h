/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/ws-transport.h"

G_BEGIN_DECLS

/* A program's own stream, which may do anything while it is read, written,
 * looked at, waited for or closed: this one acts once, at a moment of the
 * test's choice. */

typedef enum
{
  OWN_STREAM_IN_READ,
  OWN_STREAM_IN_WRITE,
  OWN_STREAM_IN_LOOK,   /* whether there is something to read */
  OWN_STREAM_IN_SOURCE, /* when somebody is going to wait */
  OWN_STREAM_IN_CLOSE,
  OWN_STREAM_N_MOMENTS
} OwnStreamMoment;

typedef struct
{
  OwnStreamMoment moment;
  guint           n_left; /* calls until it happens */
  void (*act) (gpointer data);
  gpointer    data;
  GByteArray *input; /* (owned): what reads will bring */
  gsize       piece; /* that a read brings, and a write takes */
  /* (nullable): gets what is written. */
  void (*sent) (gpointer peer, const guint8 *data, gsize len);
  gpointer peer;
} OwnStreamScript;

void own_stream_script_init (OwnStreamScript *self);
void own_stream_script_clear (OwnStreamScript *self);
/* (transfer full) */
WsTransport *
own_stream_make_transport (WsPoller *poller, OwnStreamScript *script);
/* Lets everything happen that is due. */
void own_stream_iterate (GMainContext *context);

G_END_DECLS
