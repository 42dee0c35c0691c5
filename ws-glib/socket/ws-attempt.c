/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One attempt to open, and its connection. */
#include "socket/ws-attempt.h"

#include "protocol/ws-close.h"

void
ws_ssl_ignored_clear (WsSslIgnored *self)
{
  self->has_all = FALSE;
  g_clear_pointer (&self->list, g_ptr_array_unref);
}

WsAttemptTls *
ws_attempt_get_tls (WsAttempt *self)
{
  if (self->tls == NULL)
    self->tls = g_new0 (WsAttemptTls, 1);
  return self->tls;
}

void
ws_attempt_forget_ssl_errors (WsAttempt *self)
{
  self->ssl_paused = FALSE;
  if (self->tls == NULL)
    return;
  ws_ssl_ignored_clear (&self->tls->ignored);
  g_clear_pointer (&self->tls->ssl_errors, g_ptr_array_unref);
}

static void
clear_tls (WsAttempt *self)
{
  ws_attempt_forget_ssl_errors (self);
  if (self->tls == NULL)
    return;
  g_clear_pointer (&self->tls->credentials, ws_tls_credentials_unref);
  g_clear_pointer (&self->tls->ticket, g_bytes_unref);
  g_clear_pointer (&self->tls, g_free);
}

/* --- What is known of few --- */

const WsAttemptFacts ws_attempt_no_facts = { .closing.code = WS_CLOSE_NORMAL };

WsAttemptFacts *
ws_attempt_get_facts (WsAttempt *self)
{
  if (self->facts == NULL)
    self->facts = g_memdup2 (&ws_attempt_no_facts, sizeof *self->facts);
  return self->facts;
}

static void
clear_facts (WsAttempt *self)
{
  WsAttemptFacts *facts = g_steal_pointer (&self->facts);

  if (facts == NULL)
    return;
  g_free (facts->closing.reason);
  g_clear_pointer (&facts->ends, ws_ends_free);
  g_clear_object (&facts->local_address);
  g_clear_object (&facts->peer_address);
  g_clear_object (&facts->client_address);
  g_free (facts->path);
  g_free (facts);
}

void
ws_attempt_set_closing (WsAttempt *self, const WsClosing *closing)
{
  WsClosing *now = &ws_attempt_get_facts (self)->closing;

  g_free (now->reason);
  *now = *closing;
  now->reason = g_strdup (closing->reason);
}

GSocketAddress *
ws_attempt_get_address (WsAttempt *self, gboolean remote)
{
  WsAttemptFacts  *facts = ws_attempt_get_facts (self);
  GSocketAddress **place
      = remote ? &facts->peer_address : &facts->local_address;

  if (*place == NULL && self->engine != NULL)
    *place = ws_engine_get_address (self->engine, remote);
  else if (*place == NULL && facts->ends != NULL)
    *place = ws_endpoint_make_address (&facts->ends->of[remote ? 1 : 0]);
  return *place;
}

void
ws_attempt_keep_ends (WsAttempt *self, WsEngine *engine)
{
  WsAttemptFacts *facts = ws_attempt_get_facts (self);

  if (facts->ends == NULL)
    facts->ends = ws_engine_take_ends (engine);
}

void
ws_attempt_forget_local_address (WsAttempt *self)
{
  if (self->facts == NULL)
    return;
  g_clear_object (&self->facts->local_address);
  if (self->facts->ends != NULL)
    ws_endpoint_clear (&self->facts->ends->of[0]);
}

/* --- Life --- */

void
ws_attempt_leave (WsAttempt *self)
{
  WsEngine *engine = g_steal_pointer (&self->engine);

  self->number++;
  self->ssl_paused = FALSE;
  g_clear_pointer (&self->opening, ws_client_opening_free);
  if (engine == NULL)
    return;
  /* A generator may be a user's code, and nobody sees the
   * connection any more. */
  if (self->target != NULL)
    ws_engine_set_draw (engine, NULL, NULL);
  ws_engine_leave (engine, WS_CLOSE_GOING_AWAY);
}

void
ws_attempt_clear (WsAttempt *self)
{
  ws_attempt_leave (self);
  clear_tls (self);
  g_clear_pointer (&self->target, ws_url_free);
  g_clear_pointer (&self->request_head, g_bytes_unref);
  g_free (self->resource);
  g_free (self->subprotocol);
  g_free (self->extensions);
  clear_facts (self);
  *self = (WsAttempt){ .number = self->number };
}

void
ws_attempt_begin (WsAttempt *self, WsUrl *target)
{
  ws_attempt_clear (self);
  self->target = target;
}
