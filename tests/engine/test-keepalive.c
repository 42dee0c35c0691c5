/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/ws-keepalive.h"

#include <string.h>

#include "support/ws-test.h"

#define MS G_GINT64_CONSTANT (1000)

/* What is judged, at which time, and what comes of it; times in ms. */
typedef struct
{
  const char *name;
  guint       interval, timeout;
  gint64      received, ping, now;
  WsLife      life;
  gint64      due;
} Judgement;

static const Judgement judgements[] = {
  { "fresh", 100, 40, 1000, 0, 1000, WS_LIFE_FINE, 1100 },
  { "just before", 100, 40, 1000, 0, 1099, WS_LIFE_FINE, 1100 },
  { "idle", 100, 40, 1000, 0, 1100, WS_LIFE_ASK, 1140 },
  { "idle for long", 100, 40, 1000, 0, 5000, WS_LIFE_ASK, 5040 },
  { "asked", 100, 40, 1000, 1100, 1120, WS_LIFE_FINE, 1140 },
  { "no answer", 100, 40, 1000, 1100, 1140, WS_LIFE_DEAD, 1140 },
  { "late answer", 100, 40, 1141, 1100, 1150, WS_LIFE_FINE, 1241 },
  { "answered, then idle", 100, 40, 1110, 1100, 1210, WS_LIFE_ASK, 1250 },
  { "any byte is life", 100, 40, 1139, 1100, 1140, WS_LIFE_FINE, 1239 },
  { "timeout over interval", 40, 100, 1000, 1040, 1100, WS_LIFE_FINE, 1140 },
  { "timeout over interval, idle", 40, 100, 1000, 0, 1040, WS_LIFE_ASK, 1080 },
  { "timeout over interval, asked", 40, 100, 1000, 1040, 1080, WS_LIFE_FINE,
    1120 },
  { "ask only", 100, 0, 1000, 0, 1100, WS_LIFE_ASK, 1200 },
  { "ask only, unanswered", 100, 0, 1000, 1100, 1150, WS_LIFE_FINE, 1200 },
  { "ask only, again", 100, 0, 1000, 1100, 1200, WS_LIFE_ASK, 1300 },
};

/* Interval and time-out are independent, and some pongs may be missed. */
static void
test_judge (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (judgements); i++)
    {
      const Judgement *j = &judgements[i];
      const WsSettings settings
          = { .ping_interval = j->interval, .ping_timeout = j->timeout };
      WsKeepalivePings  pings = { .last_ping = j->ping * MS };
      const WsKeepalive keepalive
          = { .last_received = j->received * MS, .pings = &pings };
      gint64 due = -1;
      WsLife life;

      g_test_message ("%s", j->name);
      life = ws_keepalive_judge (&keepalive, &settings, j->now * MS, &due);
      g_assert_cmpint (life, ==, j->life);
      g_assert_cmpint (due, ==, j->due * MS);
    }
}

static void
ping (WsKeepalive *self, const char *text, gboolean by_user, gint64 now)
{
  ws_keepalive_ping (self, (const guint8 *) text, strlen (text), by_user, now);
}

static void
assert_pong (WsKeepalive *self,
             const char  *text,
             gint64       now,
             gint64       elapsed,
             gboolean     by_user)
{
  gboolean is_by_user = -1;

  g_assert_cmpint (ws_keepalive_pong (self, (const guint8 *) text,
                                      strlen (text), now, &is_by_user),
                   ==, elapsed);
  g_assert_cmpint (is_by_user, ==, by_user);
}

static void
test_match (void)
{
  WsKeepalive self;

  ws_keepalive_init (&self, 10);
  g_assert_cmpint (self.last_received, ==, 10);
  g_assert_cmpint (ws_keepalive_get_latency (&self), ==, -1);
  assert_pong (&self, "", 20, -1, TRUE);
  ping (&self, "a", TRUE, 30);
  ping (&self, "b", FALSE, 40);
  g_assert_cmpint (ws_keepalive_get_last_ping (&self), ==, 40);
  assert_pong (&self, "c", 50, -1, TRUE);
  g_assert_cmpint (ws_keepalive_get_latency (&self), ==, -1);
  assert_pong (&self, "a", 51, 21, TRUE);
  assert_pong (&self, "a", 52, -1, TRUE);
  assert_pong (&self, "b", 60, 20, FALSE);
  g_assert_cmpint (ws_keepalive_get_latency (&self), ==, 20);
  g_assert_true (g_queue_is_empty (&self.pings->waiting));
  ws_keepalive_clear (&self);
}

/* RFC 6455, 5.5.3: a peer may answer only the most recent ping. */
static void
test_older_are_dropped (void)
{
  WsKeepalive self;

  ws_keepalive_init (&self, 0);
  ping (&self, "a", TRUE, 1);
  ping (&self, "b", TRUE, 2);
  ping (&self, "c", TRUE, 3);
  assert_pong (&self, "b", 10, 8, TRUE);
  assert_pong (&self, "a", 11, -1, TRUE);
  assert_pong (&self, "c", 12, 9, TRUE);
  ws_keepalive_clear (&self);
}

static void
test_same_payload (void)
{
  WsKeepalive self;

  ws_keepalive_init (&self, 0);
  ping (&self, "", TRUE, 1);
  ping (&self, "", TRUE, 5);
  assert_pong (&self, "", 10, 9, TRUE);
  assert_pong (&self, "", 10, 5, TRUE);
  assert_pong (&self, "", 10, -1, TRUE);
  ws_keepalive_clear (&self);
}

/* The clock of a ping may be that of a dispatch, and so a little late. */
static void
test_clock_skew (void)
{
  WsKeepalive self;

  ws_keepalive_init (&self, 0);
  ping (&self, "", TRUE, 100);
  assert_pong (&self, "", 99, 0, TRUE);
  ws_keepalive_clear (&self);
}

static void
test_bounded (void)
{
  WsKeepalive self;

  ws_keepalive_init (&self, 0);
  for (guint i = 0; i < 10000; i++)
    ping (&self, i < 5000 ? "old" : "new", TRUE, i);
  g_assert_cmpuint (self.pings->waiting.length, <=, 64);
  assert_pong (&self, "old", 20000, -1, TRUE);
  ws_keepalive_clear (&self);
}

int
main (int argc, char *argv[])
{
  ws_test_init (&argc, &argv);

  g_test_add_func ("/engine/keepalive/judge", test_judge);
  g_test_add_func ("/engine/keepalive/match", test_match);
  g_test_add_func ("/engine/keepalive/older-are-dropped",
                   test_older_are_dropped);
  g_test_add_func ("/engine/keepalive/same-payload", test_same_payload);
  g_test_add_func ("/engine/keepalive/clock-skew", test_clock_skew);
  g_test_add_func ("/engine/keepalive/bounded", test_bounded);
  return g_test_run ();
}
