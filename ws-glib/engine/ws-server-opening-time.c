/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How long a client may take for its handshake, and what is its fault. */
#include "engine/ws-server-opening-private.h"

#include "engine/ws-engine-error.h"
#include "net/ws-excuse.h"

/* µs: what a closing server gives, at least, to whoever has still to answer,
 * and where there is no time-out to everybody. */
#define HURRY (2 * G_USEC_PER_SEC)

/* Its time is over. */
static void
end_late (WsServerOpening *self)
{
  GError *error = NULL;

  if (self->state != WS_SERVER_OPENING_LINGERING)
    error
        = g_error_new (WS_ENGINE_ERROR, WS_ENGINE_ERROR_TIMED_OUT,
                       "The peer did not get on within %" G_GINT64_FORMAT " ms",
                       self->timeout / 1000);
  ws_server_opening_end (self, error);
}

/* Whether the peer speaks HTTP as far as we know, and has no answer. */
static gboolean
lacks_answer (const WsServerOpening *self)
{
  return self->state == WS_SERVER_OPENING_READING
         || (self->credentials == NULL
             && (self->state == WS_SERVER_OPENING_ARRIVING
                 || self->state == WS_SERVER_OPENING_PROXY))
         || self->state == WS_SERVER_OPENING_READING_BODY
         || self->state == WS_SERVER_OPENING_ASKING;
}

/* Whether the peer has done something since the deadline that we have not seen,
 * or have seen just now. A session of TLS reads by itself: there the peer's
 * system tells. */
static gboolean
has_moved (WsServerOpening *self)
{
  if (ws_transport_is_readable (self->transport)
      || self->arrived >= self->deadline.due)
    return TRUE;
  return self->state == WS_SERVER_OPENING_SECURING
         && ws_transport_is_heard (self->transport, self->deadline.due);
}

/* A peer that was in time is not to pay for a loop of ours that was late. */
static gboolean
excuse (WsServerOpening *self)
{
  if (self->state == WS_SERVER_OPENING_ASKING
      || !ws_deadline_is_late (&self->deadline) || !has_moved (self))
    return FALSE;
  if (self->state == WS_SERVER_OPENING_OVER)
    return TRUE;
  return ws_excuse (self->poller, &self->deadline, self->timeout,
                    &self->excused);
}

static void
judge (WsServerOpening *self)
{
  WsHttpFault fault;

  if (excuse (self))
    return;
  if ((self->is_hurried || self->is_held) && lacks_answer (self))
    {
      ws_http_fault_set (&fault, 503, "%s",
                         self->is_hurried
                             ? "The server is closing"
                             : "Nobody has taken the connection in time");
      ws_server_opening_refuse_invalid (self, &fault);
    }
  else
    end_late (self);
}

static void
on_deadline (WsDeadline *deadline)
{
  WsServerOpening *self = WS_CONTAINER_OF (deadline, WsServerOpening, deadline);

  self->n_refs++;
  judge (self);
  ws_server_opening_unref (self);
}

void
ws_server_opening_arm (WsServerOpening *self)
{
  gint64 after = self->timeout;

  if (after == 0 && self->is_hurried)
    after = HURRY;
  if (after > 0)
    ws_poller_arm_after (self->poller, &self->deadline, after);
}

/* A verdict that is put off is worth waiting for, but not for long: most of
 * those who wait for it would be told to go at once. */
static void
arm_verdict (WsServerOpening *self)
{
  gint64 after = MIN (MAX (HURRY, self->timeout / 4), self->timeout);

  ws_poller_arm_after (self->poller, &self->deadline,
                       self->timeout > 0 ? after : HURRY);
}

void
ws_server_opening_wait (WsServerOpening *self)
{
  if (self->is_hurried)
    arm_verdict (self);
  else
    ws_poller_disarm (self->poller, &self->deadline);
}

void
ws_server_opening_hurry (WsServerOpening *self)
{
  if (self->is_hurried)
    return;
  self->is_hurried = TRUE;
  if (self->state == WS_SERVER_OPENING_ASKING)
    arm_verdict (self);
  else if (!ws_deadline_is_armed (&self->deadline))
    ws_server_opening_arm (self);
}

void
ws_server_opening_init_time (WsServerOpening *self)
{
  self->deadline.func = on_deadline;
}
