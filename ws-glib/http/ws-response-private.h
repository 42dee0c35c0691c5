/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "ws-response.h"

#include "base/ws-home.h"

G_BEGIN_DECLS

/* What WsServer needs of an answer. */

typedef struct _WsResponseOwner WsResponseOwner;

/* Who waits for a deferred answer. */
struct _WsResponseOwner
{
  /* The answer is there; called from the context. */
  void (*answered) (WsResponse *response, gpointer user_data);
  /* There will be no answer; called from the context. */
  void (*abandoned) (gpointer user_data);
  /* Frees @user_data, in the context if that still runs. */
  GDestroyNotify free;
};

/* (transfer full): what a handler is asked for; without more said, a handshake
 * is accepted and other requests get a 426. Belongs to the calling thread,
 * which runs @context. */
WsResponse *
ws_response_new_asking (gboolean      is_handshake,
                        GMainContext *context) G_GNUC_WARN_UNUSED_RESULT;

/* The handlers have returned. TRUE if one of them has deferred the answer: from
 * now on @owner, which takes @user_data, is told; FALSE if the answer is
 * there. */
gboolean ws_response_wait (WsResponse            *self,
                           const WsResponseOwner *owner,
                           gpointer               user_data);

/* Whether nobody has said anything. */
gboolean ws_response_is_untouched (WsResponse *self);

G_END_DECLS
