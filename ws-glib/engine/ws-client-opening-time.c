/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How long a client's opening may take, and what is the server's fault. */
#include "engine/ws-client-opening-private.h"

#include "net/ws-excuse.h"
#include "net/ws-translate.h"

void
ws_client_opening_stop_clock (WsClientOpening *self)
{
  if (ws_deadline_is_armed (&self->deadline))
    self->left = MAX (1, self->deadline.due - ws_poller_now (self->poller));
  ws_poller_disarm (self->poller, &self->deadline);
}

void
ws_client_opening_start_clock (WsClientOpening *self)
{
  if (self->left > 0)
    ws_poller_arm_after (self->poller, &self->deadline, self->left);
  self->left = 0;
}

void
ws_client_opening_note_progress (WsClientOpening *self)
{
  self->progressed = ws_poller_now (self->poller);
}

/* Whether the other end has done something since the deadline that we have not
 * seen, or have seen just now. What GIO knows of a dialling, nobody tells; and
 * a session of TLS reads by itself: there the peer's system tells. */
static gboolean
has_moved (WsClientOpening *self)
{
  WsTransport *transport
      = self->transport != NULL ? self->transport : self->proxy.transport;

  if (transport == NULL || ws_transport_is_readable (transport))
    return TRUE;
  if (self->step == WS_STEP_SECURE)
    return ws_transport_is_heard (transport, self->deadline.due);
  return self->progressed >= self->deadline.due;
}

/* A server that was in time is not to pay for a loop of ours that was late. */
static gboolean
excuse (WsClientOpening *self)
{
  if (self->error != NULL || !ws_deadline_is_late (&self->deadline)
      || !has_moved (self))
    return FALSE;
  return ws_excuse (self->poller, &self->deadline,
                    self->timeout * (gint64) 1000, &self->excused);
}

/* Due at once when the request could not be made, for the owner is never called
 * from inside _new; else when the time is up. A refusal whose body is still
 * awaited then is the better error. */
static void
judge (WsClientOpening *self)
{
  if (excuse (self) || self->step == WS_STEP_OVER)
    return;
  if (self->error == NULL)
    {
      g_autofree char *url = ws_url_quote (self->url->text);
      g_autofree char *message
          = g_strdup_printf (_ ("The connection to %s was not open within "
                                "open-timeout (%u ms)"),
                             url, self->timeout);

      ws_client_opening_fail (self, WS_ENGINE_ERROR_TIMED_OUT, message);
    }
  if (self->step == WS_STEP_BODY)
    ws_client_opening_keep_body (self);
  ws_client_opening_report (self, WS_PROGRESS_FAILED);
}

/* Looking whether something can be read may call a program's own stream, which
 * may free the opening. */
static void
on_deadline (WsDeadline *deadline)
{
  WsClientOpening *self = WS_CONTAINER_OF (deadline, WsClientOpening, deadline);

  self->n_refs++;
  judge (self);
  ws_client_opening_unref (self);
}

/* What the body has said by now must do. */
static void
on_body_deadline (WsDeadline *deadline)
{
  WsClientOpening *self
      = WS_CONTAINER_OF (deadline, WsClientOpening, body_deadline);

  self->step
      = self->step == WS_STEP_TUNNEL ? WS_STEP_TUNNEL_JUDGE : WS_STEP_JUDGE;
  ws_client_opening_run (self);
}

void
ws_client_opening_init_time (WsClientOpening *self)
{
  self->deadline.func = on_deadline;
  self->body_deadline.func = on_body_deadline;
}
