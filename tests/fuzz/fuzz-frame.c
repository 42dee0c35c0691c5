/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"

#include <string.h>

#include "protocol/ws-close.h"
#include "protocol/ws-protocol.h"
#include "protocol/ws-utf8.h"

/* A byte stream into the receiving half. The first four bytes choose the
 * role and the ways it is used (see Choices), the rest is the stream. It is fed
 * whole and in pieces, and both have to tell the same. */

typedef struct
{
  WsRole   role;
  gboolean wants_frame_events;
  gboolean is_extended;
  gboolean keeps; /* the rest is kept after each event */
  gboolean holds; /* events are held while the next ones are pulled */
  guint64  max_frame_size;
  guint64  max_message_size;
  guint8   pieces; /* their size, or a seed for it */
} Choices;

typedef struct
{
  WsEvent event;
  guint32 hash;
} Held;

typedef struct
{
  const Choices *choices;
  guint32        hash; /* of all events so far */
  gboolean       faulted;
  gboolean       closed;
  Held           held[4];
  guint          n_events;
} Observer;

static guint32
hash_bytes (guint32 hash, const void *data, gsize len)
{
  const guint8 *bytes = data;

  for (gsize i = 0; i < len; i++)
    hash = (hash ^ bytes[i]) * 16777619u;
  return hash;
}

/* Turns payloads over, bit by bit. */
static gboolean
flip_decode (WsExtension  *extension,
             const guint8 *data,
             gsize         len,
             gboolean      last,
             guint64       limit,
             WsBuffer     *out,
             WsFault      *fault)
{
  if (len > limit - out->len)
    {
      ws_fault_set (fault, WS_CLOSE_TOO_BIG, "too big");
      return FALSE;
    }
  for (gsize i = 0; i < len; i++)
    {
      guint8 byte = data[i] ^ 0xff;

      ws_buffer_append (out, &byte, 1);
    }
  return TRUE;
}

static gboolean
flip_encode (WsExtension  *extension,
             WsOpcode      opcode,
             const guint8 *data,
             gsize         len,
             WsBuffer     *out)
{
  return FALSE;
}

static void
flip_free (WsExtension *extension)
{
  g_free (extension);
}

static const WsExtensionClass flip_class = {
  .rsv = WS_FRAME_RSV1,
  .decode = flip_decode,
  .encode = flip_encode,
  .free = flip_free,
};

static Choices
choose (const guint8 *data)
{
  return (Choices){
    .role = data[0] & 0x01 ? WS_ROLE_SERVER : WS_ROLE_CLIENT,
    .wants_frame_events = (data[0] & 0x02) != 0,
    .is_extended = (data[0] & 0x04) != 0,
    .keeps = (data[0] & 0x08) != 0,
    .holds = (data[0] & 0x10) != 0,
    .max_frame_size = (guint64) 1 << (data[1] % 64),
    .max_message_size = (guint64) 1 << (data[2] % 64),
    .pieces = data[3],
  };
}

static void
check_event (Observer *self, const WsEvent *event)
{
  gboolean is_data
      = event->type == WS_EVENT_MESSAGE || event->type == WS_EVENT_FRAME;

  g_assert_false (self->closed);
  g_assert_true (!self->faulted || event->type == WS_EVENT_CLOSE);
  g_assert_nonnull (event->data);
  g_assert_true (event->owned.data == NULL || event->pin == NULL);
  if (is_data)
    g_assert_cmpuint (event->len, <=, self->choices->max_message_size);
  if (is_data && event->opcode == WS_OPCODE_TEXT)
    {
      g_assert_true (ws_utf8_is_valid (event->data, event->len));
      g_assert_cmpuint (event->data[event->len], ==, 0);
    }
  if (event->type == WS_EVENT_PING || event->type == WS_EVENT_PONG)
    g_assert_cmpuint (event->len, <=, WS_CONTROL_PAYLOAD_MAX);
  if (event->type == WS_EVENT_CLOSE)
    {
      g_assert_cmpuint (event->len, <=, WS_CLOSE_REASON_MAX);
      g_assert_cmpuint (event->data[event->len], ==, 0);
    }
  self->closed = event->type == WS_EVENT_CLOSE;
  self->faulted = self->faulted || event->type == WS_EVENT_FAULT;
}

static void
observe (Observer *self, WsEvent *event)
{
  guint fields[] = { event->type, event->opcode, event->is_last ? 1 : 0,
                     event->close_code, (guint) event->len };
  Held *held = &self->held[self->n_events++ % G_N_ELEMENTS (self->held)];

  check_event (self, event);
  self->hash = hash_bytes (self->hash, fields, sizeof fields);
  self->hash = hash_bytes (self->hash, event->data, event->len);
  if (event->fault != NULL)
    self->hash = hash_bytes (self->hash, event->fault->reason,
                             strlen (event->fault->reason));
  if (!self->choices->holds)
    {
      ws_event_release (event);
      return;
    }
  if (held->event.data != NULL)
    {
      g_assert_cmpuint (hash_bytes (0, held->event.data, held->event.len), ==,
                        held->hash);
      ws_event_release (&held->event);
    }
  held->event = *event;
  held->hash = hash_bytes (0, event->data, event->len);
  *event = (WsEvent){ 0 };
}

/* Nothing lies in fed memory any more once this is over. */
static void
let_go (Observer *self)
{
  for (gsize i = 0; i < G_N_ELEMENTS (self->held); i++)
    {
      Held *held = &self->held[i];

      if (held->event.data == NULL)
        continue;
      g_assert_cmpuint (hash_bytes (0, held->event.data, held->event.len), ==,
                        held->hash);
      ws_event_release (&held->event);
      *held = (Held){ 0 };
    }
}

static void
feed (WsProtocol *core, const guint8 *data, gsize len, Observer *observer)
{
  guint8 *piece = g_malloc (MAX (len, 1));
  WsEvent event = { 0 };

  if (len > 0)
    memcpy (piece, data, len);
  ws_protocol_feed (core, piece, len);
  while (ws_protocol_next_event (core, &event))
    {
      observe (observer, &event);
      if (!observer->choices->keeps)
        continue;
      let_go (observer);
      ws_protocol_keep_input (core);
      g_clear_pointer (&piece, g_free);
    }
  g_assert_false (ws_protocol_has_input (core));
  let_go (observer);
  g_free (piece);
}

static guint32
run (Choices choices, const guint8 *data, gsize size, gboolean in_pieces)
{
  Observer   observer = { .choices = &choices };
  gsize      piece = in_pieces ? 1u + choices.pieces % 32 : size;
  WsProtocol core;

  ws_protocol_init (&core, choices.role);
  ws_protocol_set_limits (&core, choices.max_frame_size,
                          choices.max_message_size);
  ws_protocol_set_frame_events (&core, choices.wants_frame_events);
  if (choices.is_extended)
    {
      WsExtension *flip = g_new0 (WsExtension, 1);

      flip->klass = &flip_class;
      ws_protocol_take_extension (&core, flip);
    }
  for (gsize at = 0; at < size;)
    {
      gsize len = MIN (piece, size - at);

      feed (&core, data + at, len, &observer);
      at += len;
      /* Below 32 all pieces are alike, else the sizes jump. */
      if (in_pieces && choices.pieces >= 32)
        piece = 1 + (piece * 7 + choices.pieces) % 97;
    }
  ws_protocol_clear (&core);
  return observer.hash;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  Choices choices;
  guint32 whole, pieces;

  if (size < 4)
    return 0;
  choices = choose (data);
  whole = run (choices, data + 4, size - 4, FALSE);
  pieces = run (choices, data + 4, size - 4, TRUE);
  /* Which of two faults of a frame is seen first depends on the pieces that the
   * extension gets. */
  if (!choices.is_extended)
    g_assert_cmpuint (whole, ==, pieces);
  return 0;
}
