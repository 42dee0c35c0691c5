/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "tape.h"

G_BEGIN_DECLS

/* What an input of fuzz-world, or of fuzz-world-tls, is made of;
 * world-mutator.c keeps to it. Four
 * bytes of settings; the length of what the handlers do and that, a byte for
 * each time one is called; then steps of a kind, an argument and, for those
 * that have one, a payload after its length. */

#define WORLD_N_SETTINGS 4

typedef enum
{
  STEP_SETTLE,  /* all that is said is heard */
  STEP_ITERATE, /* the loop, argument + 1 times */
  STEP_MOVE,    /* some bytes over a wire */
  STEP_ACT,     /* the application does something with the client */
  STEP_ACT_PEER,
  STEP_TIME,    /* 2^argument ms go by */
  STEP_FLIP,    /* a bit on a wire */
  STEP_END,     /* of one way, of both, or all */
  STEP_RAW,     /* one more connection */
  STEP_SAY,     /* the payload */
  STEP_REQUEST, /* a head that asks, with the payload as lines */
  STEP_ANSWER,  /* one that answers, in the same way */
  STEP_FRAME,   /* several times; the payload begins with its first byte */
  STEP_N_KINDS
} StepKind;

static inline gboolean
step_has_payload (StepKind kind)
{
  return kind >= STEP_SAY;
}

/* The length of the step at @data, which is not empty. */
static inline gsize
step_measure (const guint8 *data, gsize len)
{
  gsize wanted = 2;

  if (step_has_payload (data[0] % STEP_N_KINDS))
    wanted += 1u + (len > 2 ? data[2] : 0u);
  return MIN (wanted, len);
}

G_END_DECLS
