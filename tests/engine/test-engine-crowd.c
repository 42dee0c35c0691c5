/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine-rig.h"

#include <string.h>
#include <time.h>

#include "engine/ws-engine-private.h"

/* Where there is more to do than the main loop comes to, those who say little
 * do not wait for all the others. */

#define N_CROWD 64
/* Messages in a turn of one of the crowd, or one; they take a millisecond at
 * least together: so that a dispatch comes to a few of them only, on any
 * machine. */
#define N_MESSAGES 12
#define TURN_TIME  G_TIME_SPAN_MILLISECOND

typedef struct
{
  Rig  *rigs[N_CROWD]; /* the first one has the context */
  guint n_messages;    /* in a turn */
  guint n_turns;       /* of all of them */
} Crowd;

static void
say_more (Rig *rig, guint n)
{
  g_autoptr (GByteArray) wire = g_byte_array_new ();

  for (guint i = 0; i < n; i++)
    wire_append (wire, TRUE, WS_OPCODE_BINARY, "", 0, TRUE);
  rig_peer_write (rig, wire->data, wire->len);
}

/* By the clock that the engine judges work by, which stands still while others
 * have the processor. */
static gint64
get_processor_time (void)
{
  struct timespec used;

  g_assert_no_errno (clock_gettime (CLOCK_THREAD_CPUTIME_ID, &used));
  return used.tv_sec * G_USEC_PER_SEC + used.tv_nsec / 1000;
}

/* As soon as all was handled there is more. */
static void
on_crowd_message (Rig *rig, const char *what)
{
  Crowd       *crowd = rig->data;
  const gint64 end = get_processor_time () + TURN_TIME;

  if (rig->engine->traffic.messages_received % crowd->n_messages != 0)
    return;
  g_string_truncate (rig->log, 0);
  crowd->n_turns++;
  while (get_processor_time () < end)
    ;
  say_more (rig, crowd->n_messages);
}

static void
crowd_init (Crowd *self, guint n_messages)
{
  *self = (Crowd){ .n_messages = n_messages };
  for (guint i = 0; i < N_CROWD; i++)
    {
      Rig *rig = i == 0 ? rig_new (WS_ROLE_SERVER, RIG_UNIX)
                        : rig_new_beside (self->rigs[0], WS_ROLE_SERVER);

      rig->hook = on_crowd_message;
      rig->data = self;
      self->rigs[i] = rig;
    }
}

static void
crowd_begin (Crowd *self)
{
  for (guint i = 0; i < N_CROWD; i++)
    say_more (self->rigs[i], self->n_messages);
  rig_until (self->rigs[0], self->n_turns > 2 * N_CROWD);
}

static void
crowd_clear (Crowd *self)
{
  for (guint i = N_CROWD; i > 0; i--)
    rig_free (self->rigs[i - 1]);
}

/* A few words, one at a time. */
static void
be_polite (Rig *rig)
{
  for (guint i = 0; i < 4; i++)
    {
      rig_peer_text (rig, "hello");
      rig_until (rig, rig->log->len > 0);
      rig_assert_log (rig, "text(hello)");
    }
}

/* What was begun goes on, and then comes one dispatch's share of the crowd. */
static void
test_polite (gconstpointer data)
{
  Crowd crowd;
  Rig  *rig;

  crowd_init (&crowd, GPOINTER_TO_UINT (data));
  rig = rig_new_beside (crowd.rigs[0], WS_ROLE_SERVER);
  be_polite (rig);
  crowd_begin (&crowd);
  for (guint i = 0; i < 5; i++)
    {
      const guint n = crowd.n_turns;

      rig_peer_text (rig, "hello");
      rig_until (rig, rig->log->len > 0);
      g_assert_cmpuint (crowd.n_turns - n, <, N_CROWD / 2);
      g_string_truncate (rig->log, 0);
      /* The crowd is not kept out either. */
      rig_until (rig, crowd.n_turns > n + N_CROWD);
    }
  rig_free (rig);
  crowd_clear (&crowd);
}

/* Of somebody who has just come nobody knows how much that will be. */
static void
test_newcomer (void)
{
  Crowd crowd;
  Rig  *polite, *newcomer;

  crowd_init (&crowd, N_MESSAGES);
  polite = rig_new_beside (crowd.rigs[0], WS_ROLE_SERVER);
  be_polite (polite);
  crowd_begin (&crowd);
  newcomer = rig_new_beside (crowd.rigs[0], WS_ROLE_SERVER);
  rig_peer_text (newcomer, "here I am");
  rig_peer_text (polite, "hello");
  rig_until (polite, polite->log->len > 0);
  g_assert_cmpuint (newcomer->log->len, ==, 0);
  rig_until (newcomer, newcomer->log->len > 0);
  rig_free (newcomer);
  rig_free (polite);
  crowd_clear (&crowd);
}

/* Whoever was quiet for long and then says much has no more than one such turn
 * before the others have theirs. */
static void
test_turncoat (void)
{
  Crowd crowd;
  Rig  *rig;
  guint n;

  crowd_init (&crowd, N_MESSAGES);
  rig = rig_new_beside (crowd.rigs[0], WS_ROLE_SERVER);
  be_polite (rig);
  crowd_begin (&crowd);
  say_more (rig, N_MESSAGES);
  rig_until (rig, rig->engine->traffic.messages_received == 4 + N_MESSAGES);
  n = crowd.n_turns;
  say_more (rig, N_MESSAGES);
  rig_until (rig, rig->engine->traffic.messages_received == 4 + 2 * N_MESSAGES);
  g_assert_cmpuint (crowd.n_turns - n, >, N_CROWD / 2);
  rig_free (rig);
  crowd_clear (&crowd);
}

/* --- Work that is no message --- */

/* A byte becomes sixty-four. */
#define GROWTH 64

static guint64 n_made, n_made_before, n_made_at_most;

static gboolean
grow (WsExtension  *extension,
      const guint8 *data,
      gsize         len,
      gboolean      last,
      guint64       limit,
      WsBuffer     *out,
      WsFault      *fault)
{
  ws_buffer_reserve (out, len * GROWTH + 1, 0);
  memset (out->data + out->len, 'x', len * GROWTH);
  out->len += len * GROWTH;
  n_made += len * GROWTH;
  return TRUE;
}

static void
forget (WsExtension *extension)
{
  g_free (extension);
}

static const WsExtensionClass growing
    = { .rsv = WS_FRAME_RSV1, .decode = grow, .free = forget };

static gboolean
on_idle (gpointer data)
{
  n_made_at_most = MAX (n_made_at_most, n_made - n_made_before);
  n_made_before = n_made;
  return G_SOURCE_CONTINUE;
}

/* One message becomes 8 MiB, or a hundred and twenty-eight as much together:
 * both give way after a megabyte. */
static void
test_bomb (gconstpointer data)
{
  const guint n = GPOINTER_TO_UINT (data);
  const gsize len = 128 * 1024 / n;
  g_autoptr (Rig) rig = rig_new (WS_ROLE_SERVER, RIG_UNIX);
  g_autoptr (GByteArray) wire = g_byte_array_new ();
  g_autofree char *payload = g_malloc0 (len);
  g_autoptr (GSource) idle = g_idle_source_new ();
  WsExtension *extension = g_new0 (WsExtension, 1);

  n_made = n_made_before = n_made_at_most = 0;
  extension->klass = &growing;
  ws_protocol_take_extension (&rig->engine->protocol, extension);
  g_source_set_callback (idle, on_idle, NULL, NULL);
  g_source_set_priority (idle, G_PRIORITY_LOW);
  g_source_attach (idle, rig->context);
  for (guint i = 0; i < n; i++)
    {
      const guint start = wire->len;

      wire_append (wire, TRUE, WS_OPCODE_BINARY, payload, len, TRUE);
      wire->data[start] |= 0x40; /* RSV1 */
    }
  rig_peer_write (rig, wire->data, wire->len);
  rig_until (rig, rig->engine->traffic.messages_received == n);
  on_idle (NULL);
  g_assert_cmpuint (n_made, ==, n * len * GROWTH);
  g_assert_cmpuint (n_made_at_most, <=,
                    4 * WS_PROTOCOL_BUSY_SIZE + 4096 * GROWTH);
  g_source_destroy (idle);
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);
  g_test_add_data_func ("/engine/engine-crowd/polite",
                        GUINT_TO_POINTER (N_MESSAGES), test_polite);
  g_test_add_data_func ("/engine/engine-crowd/polite-among-slow",
                        GUINT_TO_POINTER (1), test_polite);
  g_test_add_func ("/engine/engine-crowd/newcomer", test_newcomer);
  g_test_add_func ("/engine/engine-crowd/turncoat", test_turncoat);
  g_test_add_data_func ("/engine/engine-crowd/bomb", GUINT_TO_POINTER (1),
                        test_bomb);
  g_test_add_data_func ("/engine/engine-crowd/bombs", GUINT_TO_POINTER (128),
                        test_bomb);
  return g_test_run ();
}
