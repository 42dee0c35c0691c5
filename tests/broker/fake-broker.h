/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <ws-glib/ws-glib.h>

G_BEGIN_DECLS

/* A broker in the hands of a test, which says when a publication is carried,
 * comes, is lost or fails. */
G_DECLARE_FINAL_TYPE (FakeBroker, fake_broker, FAKE, BROKER, WsBroker)

struct _FakeBroker
{
  WsBroker parent_instance;

  GString *log; /* (owned): of subscriptions */
  GQueue   publications;
  GQueue   queries; /* of those, and of histories */
};

/* What it was asked for since the last time: +TOPIC and -TOPIC subscribe and
 * unsubscribe, ?TOPIC@OFFSET reads, !TOPIC=TEXT announces. */
void fake_broker_expect_log (FakeBroker *self, const char *expected);
void fake_broker_set_state (FakeBroker *self, WsBrokerState state);
/* (transfer full): waits for the next question. */
WsBrokerQuery *fake_broker_take_query (FakeBroker *self);
/* The next that was published was carried, and comes back. */
void fake_broker_carry_next (FakeBroker *self);
/* A publication about h/1 comes. */
void fake_broker_deliver_at (FakeBroker *self,
                             const char *epoch,
                             guint64     offset,
                             const char *text);
/* Answers the next question about the history of h/1: the publications from
 * @first to @last of @epoch, with their offsets as texts; @first 0: none. */
void fake_broker_answer_history (FakeBroker *self,
                                 const char *epoch,
                                 guint64     first,
                                 guint64     last);

G_END_DECLS
