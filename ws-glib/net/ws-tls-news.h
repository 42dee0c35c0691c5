/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/ws-tls-session.h"

G_BEGIN_DECLS

/* What a session says while it is at work, for an owner who may then do
 * anything: alerts and tickets wait until everybody is at rest. Only the
 * question for a key is passed on at once, for the handshake
 * needs the answer. */
typedef struct _WsTlsNews WsTlsNews;

struct _WsTlsNews
{
  const WsTlsSessionSink *sink;
  gpointer                user_data;
  void (*arrived) (WsTlsNews *self); /* something waits */
  GArray  *waiting;                  /* (owned) (nullable) */
  guint    log_number;               /* of the socket */
  gboolean muted;
};

/* To be a session's sink, with a WsTlsNews as its user data. */
extern const WsTlsSessionSink ws_tls_news_sink;

gboolean ws_tls_news_is_waiting (WsTlsNews *self);
/* Calls the sink for all that waits. FALSE: the news were muted meanwhile.
 * @self must live until this returns. */
gboolean ws_tls_news_deliver (WsTlsNews *self);
/* The owner is gone. */
void ws_tls_news_mute (WsTlsNews *self);
void ws_tls_news_clear (WsTlsNews *self);

G_END_DECLS
