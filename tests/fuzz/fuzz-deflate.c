/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"

#include <string.h>

#include "protocol/ws-deflate.h"
#include "protocol/ws-protocol.h"
#include "protocol/ws-utf8.h"

/* Compressed messages into the receiving half. The first three bytes choose
 * what was agreed on, the limit and the pieces. After that frames follow: a
 * byte of flags (1: it ends the message, 2: the message is plain, 4: it is
 * binary, 8: a ping goes before it, 16: the connection is idle after it), the
 * length, the payload. Fed whole and in pieces they have to tell the same; and
 * what came out is compressed and read once more. */

typedef struct
{
  WsDeflateParams   params;
  WsDeflateSettings settings;
  gsize             limit;
  gsize             piece;
  gboolean          wants_frame_events;
} Choices;

typedef struct
{
  WsProtocol     core;
  const Choices *choices;
  WsExtension   *sender; /* (owned): sends again what came */
  WsExtension   *reader; /* (owned): and reads that */
  guint32        hash;
} Run;

static Choices
choose (const guint8 *data)
{
  WsDeflateSettings settings = WS_DEFLATE_SETTINGS_DEFAULT;

  settings.threshold = 0;
  settings.level = data[1] % 10;
  settings.memory_level = 1 + data[1] % 9;
  return (Choices){
    .params = { .client_window_bits = (guint8) (8 + data[0] % 8),
                .server_window_bits = (guint8) (8 + data[0] % 8),
                .client_no_context_takeover = (data[0] & 0x08) != 0,
                .server_no_context_takeover = (data[0] & 0x08) != 0 },
    .settings = settings,
    .limit = (gsize) 1 << (data[1] % 18),
    .piece = 1u + data[2],
    .wants_frame_events = (data[0] & 0x10) != 0,
  };
}

static guint32
hash_bytes (guint32 hash, const void *data, gsize len)
{
  const guint8 *bytes = data;

  for (gsize i = 0; i < len; i++)
    hash = (hash ^ bytes[i]) * 16777619u;
  return hash;
}

/* What is sent again comes out as it was. */
static void
check_again (Run *self, const WsEvent *event)
{
  WsBuffer packed = { 0 }, out = { 0 };
  WsFault  fault;

  if (self->sender->klass->encode (self->sender, event->opcode, event->data,
                                   event->len, &packed))
    {
      g_assert_cmpuint (packed.len, <, event->len);
      g_assert_true (self->reader->klass->decode (self->reader, packed.data,
                                                  packed.len, TRUE, event->len,
                                                  &out, &fault));
      g_assert_cmpmem (out.data, out.len, event->data, event->len);
    }
  ws_buffer_clear (&packed);
  ws_buffer_clear (&out);
}

/* Which of several faults is told may depend on the pieces, for what a text has
 * become is judged before the rest is inflated; that there is one may not. */
static void
observe (Run *self, const WsEvent *event)
{
  guint fields[] = { event->type, event->opcode, event->is_last ? 1 : 0,
                     event->close_code, (guint) event->len };

  /* Where that comes depends on the pieces. */
  if (event->type == WS_EVENT_BUSY)
    return;
  self->hash = hash_bytes (self->hash, fields, sizeof fields);
  self->hash = hash_bytes (self->hash, event->data, event->len);
  g_assert_true ((event->fault != NULL) == (event->type == WS_EVENT_FAULT));
  if (event->type != WS_EVENT_MESSAGE && event->type != WS_EVENT_FRAME)
    return;
  g_assert_cmpuint (event->len, <=, self->choices->limit);
  if (event->opcode == WS_OPCODE_TEXT)
    g_assert_true (ws_utf8_is_valid (event->data, event->len));
  if (event->type == WS_EVENT_MESSAGE)
    check_again (self, event);
}

static void
feed (Run *self, const guint8 *data, gsize len, gsize piece)
{
  while (len > 0)
    {
      gsize              n = MIN (piece, len);
      g_autofree guint8 *copy = g_memdup2 (data, n);
      WsEvent            event = { 0 };

      ws_protocol_feed (&self->core, copy, n);
      while (ws_protocol_next_event (&self->core, &event))
        {
          observe (self, &event);
          ws_event_release (&event);
        }
      g_assert_cmpuint (self->core.assembler.now->message.len, <=,
                        self->choices->limit);
      data += n;
      len -= n;
    }
}

/* As a server sends it. */
static void
feed_frame (
    Run *self, guint8 first_byte, const guint8 *payload, gsize len, gsize piece)
{
  guint8 frame[4 + 256] = { first_byte, (guint8) len };
  gsize  at = 2;

  if (len >= 126)
    {
      frame[1] = 126;
      frame[3] = (guint8) len;
      at = 4;
    }
  if (len > 0)
    memcpy (frame + at, payload, len);
  feed (self, frame, at + len, piece);
}

static void
feed_all (Run *self, const guint8 *data, gsize size, gsize piece)
{
  gboolean is_first = TRUE;

  while (size >= 2)
    {
      guint8 flags = data[0];
      gsize  len = MIN (data[1], size - 2);
      guint8 first_byte = flags & 1 ? 0x80 : 0;

      if (is_first)
        first_byte |= (flags & 2 ? 0 : WS_FRAME_RSV1)
                      | (flags & 4 ? WS_OPCODE_BINARY : WS_OPCODE_TEXT);
      if (flags & 8)
        feed_frame (self, 0x89, NULL, 0, piece);
      feed_frame (self, first_byte, data + 2, len, piece);
      if (flags & 16)
        ws_deflate_release_idle (self->core.extension);
      is_first = flags & 1;
      data += 2 + len;
      size -= 2 + len;
    }
}

static guint32
run (const Choices *choices, const guint8 *data, gsize size, gsize piece)
{
  Run self = { .choices = choices };

  ws_protocol_init (&self.core, WS_ROLE_CLIENT);
  ws_protocol_set_limits (&self.core, G_MAXUINT32, choices->limit);
  ws_protocol_set_frame_events (&self.core, choices->wants_frame_events);
  ws_protocol_take_extension (&self.core,
                              ws_deflate_new (WS_ROLE_CLIENT, &choices->params,
                                              &choices->settings));
  self.sender
      = ws_deflate_new (WS_ROLE_SERVER, &choices->params, &choices->settings);
  self.reader
      = ws_deflate_new (WS_ROLE_CLIENT, &choices->params, &choices->settings);
  feed_all (&self, data, size, piece);
  self.sender->klass->free (self.sender);
  self.reader->klass->free (self.reader);
  ws_protocol_clear (&self.core);
  return self.hash;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  Choices choices;

  if (size < 3)
    return 0;
  choices = choose (data);
  g_assert_cmpuint (run (&choices, data + 3, size - 3, G_MAXSIZE), ==,
                    run (&choices, data + 3, size - 3, choices.piece));
  return 0;
}
