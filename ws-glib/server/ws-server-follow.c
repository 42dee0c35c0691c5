/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Order in what comes about a topic with a history: nothing twice, and nothing
 * before what it follows. */
#include "server/ws-server-follow.h"

WsServerFollow *
ws_server_follow_new (GDestroyNotify free_recovery)
{
  WsServerFollow *self = g_new0 (WsServerFollow, 1);

  self->n_refs = 1;
  self->cancellable = g_cancellable_new ();
  self->free_recovery = free_recovery;
  return self;
}

WsServerFollow *
ws_server_follow_ref (WsServerFollow *self)
{
  self->n_refs++;
  return self;
}

void
ws_server_follow_unref (WsServerFollow *self)
{
  GList *link;

  if (--self->n_refs > 0)
    return;
  /* Who still reads holds a reference: these are settled. */
  while ((link = g_queue_pop_head_link (&self->recoveries)) != NULL)
    self->free_recovery (link->data);
  g_queue_clear_full (&self->held, (GDestroyNotify) ws_publication_unref);
  g_object_unref (self->cancellable);
  g_free (self->epoch);
  g_free (self);
}

void
ws_server_follow_end (WsServerFollow *self)
{
  self->is_over = TRUE;
  g_cancellable_cancel (self->cancellable);
  ws_server_follow_unref (self);
}

/* --- The order --- */

static void
note_sent (WsServerFollow *self, WsPublication *publication)
{
  if (g_strcmp0 (self->epoch, ws_publication_get_epoch (publication)) != 0)
    {
      g_free (self->epoch);
      self->epoch = g_strdup (ws_publication_get_epoch (publication));
    }
  self->offset = ws_publication_get_offset (publication);
  self->is_seen = TRUE;
}

static WsServerFollowStep
compare (const WsServerFollow *self, WsPublication *publication)
{
  const guint64 offset = ws_publication_get_offset (publication);

  /* What comes first, when the position is not known, has come after the
   * subscription. So it has when it is known, however far that was. */
  if (self->epoch == NULL)
    return WS_SERVER_FOLLOW_SEND;
  if (g_strcmp0 (self->epoch, ws_publication_get_epoch (publication)) != 0)
    return WS_SERVER_FOLLOW_HOLD;
  if (offset == self->offset + 1 || (offset <= self->offset && !self->is_seen))
    return WS_SERVER_FOLLOW_SEND;
  return offset <= self->offset ? WS_SERVER_FOLLOW_DROP : WS_SERVER_FOLLOW_HOLD;
}

WsServerFollowStep
ws_server_follow_judge (WsServerFollow *self, WsPublication *publication)
{
  WsServerFollowStep step = self->held.length > 0 ? WS_SERVER_FOLLOW_HOLD
                                                  : compare (self, publication);

  if (step == WS_SERVER_FOLLOW_SEND)
    note_sent (self, publication);
  else if (step == WS_SERVER_FOLLOW_HOLD)
    {
      if (self->held.length < WS_SERVER_FOLLOW_MAX_HELD)
        g_queue_push_tail (&self->held, ws_publication_ref (publication));
      else
        self->is_short = TRUE;
    }
  return step;
}

WsPublication *
ws_server_follow_take (WsServerFollow *self)
{
  WsPublication *first;

  while ((first = g_queue_peek_head (&self->held)) != NULL)
    {
      const WsServerFollowStep step = compare (self, first);

      if (step == WS_SERVER_FOLLOW_HOLD)
        return NULL;
      g_queue_pop_head (&self->held);
      if (step == WS_SERVER_FOLLOW_SEND)
        {
          note_sent (self, first);
          return first;
        }
      ws_publication_unref (first);
    }
  return NULL;
}

guint64
ws_server_follow_skip (WsServerFollow *self, const char *epoch, guint64 offset)
{
  guint64 n = 0;

  if (g_strcmp0 (self->epoch, epoch) != 0)
    {
      g_free (self->epoch);
      self->epoch = g_strdup (epoch);
    }
  else if (offset > self->offset)
    n = offset - self->offset;
  self->offset = offset;
  return n;
}
