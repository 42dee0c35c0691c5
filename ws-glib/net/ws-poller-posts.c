/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What other threads want to have done: they push onto a stack without a lock,
 * and the owner takes all of it at once. */
#include "net/ws-poller-private.h"

void
ws_poller_post (WsPoller *self, WsPost *post)
{
  WsPost *before;

  /* Lives until the post has run. */
  ws_poller_ref (self);
  do
    {
      before = g_atomic_pointer_get (&self->posted);
      post->next = before;
    }
  while (!g_atomic_pointer_compare_and_exchange (&self->posted, before, post));

  /* With something on the stack the owner is awake already, or about to be. */
  if (before == NULL && !g_main_context_is_owner (self->context))
    g_main_context_wakeup (self->context);
}

/* Puts what was posted behind what is due, the first one first. */
static void
collect (WsPoller *self)
{
  WsPost *posted = g_atomic_pointer_exchange (&self->posted, NULL);
  WsPost *last = posted;
  WsPost *first = NULL;

  while (posted != NULL)
    {
      WsPost *next = posted->next;

      posted->next = first;
      first = posted;
      posted = next;
    }
  if (first == NULL)
    return;
  if (self->due_posts != NULL)
    self->last_due_post->next = first;
  else
    self->due_posts = first;
  self->last_due_post = last;
}

/* Those that come meanwhile wait for the next dispatch. A nested loop goes on
 * with those that we have not come to. */
void
ws_poller_run_posts (WsPoller *self)
{
  WsTurn turn = { 0 };
  guint  n = 0;

  collect (self);
  for (WsPost *post = self->due_posts; post != NULL; post = post->next)
    n++;
  while (turn.n < n && self->due_posts != NULL)
    {
      WsPost *post = self->due_posts;

      self->due_posts = post->next;
      post->func (post);
      ws_poller_unref (self);
      if (ws_turn_is_due (&turn) && self->due_posts != NULL
          && ws_turn_is_over (&turn, self))
        {
          ws_poller_rest (self);
          return;
        }
    }
}
