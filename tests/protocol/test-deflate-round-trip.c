/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "protocol/ws-deflate.h"

#include <string.h>
#include <zlib.h>

#include "event-log.h"
#include "protocol/ws-protocol.h"
#include "protocol/ws-utf8.h"
#include "support/ws-test.h"

/* Messages of all sorts, both ways, against plain zlib. */

#define N_SETUPS   48
#define N_MESSAGES 24
#define MAX_LEN    20000

typedef struct
{
  GRand            *random; /* (owned) */
  WsDeflateParams   params;
  WsDeflateSettings settings;
  WsRole            role;      /* ours */
  z_stream          reference; /* deflates: what the peer sends */
  gboolean          peer_keeps;
} Rig;

static guint
draw (Rig *rig, guint n)
{
  return g_rand_int (rig->random) % n;
}

/* At most @most, which it often is. */
static gsize
draw_part (Rig *rig, gsize most, guint n)
{
  gsize part = draw (rig, n);

  return MIN (part, most);
}

static void
rig_init (Rig *self, guint seed)
{
  WsDeflateSettings settings = WS_DEFLATE_SETTINGS_DEFAULT;
  guint             bits;

  *self = (Rig){ .random = g_rand_new_with_seed (seed), .settings = settings };
  self->params.client_window_bits = (guint8) (8 + draw (self, 8));
  self->params.server_window_bits = (guint8) (8 + draw (self, 8));
  self->params.client_no_context_takeover = draw (self, 2);
  self->params.server_no_context_takeover = draw (self, 2);
  self->settings.level = (int) draw (self, 11) - 1;
  self->settings.memory_level = 1 + draw (self, 9);
  self->settings.threshold = draw (self, 2) * 100;
  self->role = draw (self, 2) ? WS_ROLE_SERVER : WS_ROLE_CLIENT;

  bits = self->role == WS_ROLE_SERVER ? self->params.client_window_bits
                                      : self->params.server_window_bits;
  self->peer_keeps = self->role == WS_ROLE_SERVER
                         ? !self->params.client_no_context_takeover
                         : !self->params.server_no_context_takeover;
  g_assert_cmpint (deflateInit2 (&self->reference, (int) draw (self, 10),
                                 Z_DEFLATED, -(int) MAX (bits, 9),
                                 1 + (int) draw (self, 9),
                                 (int) draw (self, 5)),
                   ==, Z_OK);
}

static void
rig_clear (Rig *self)
{
  deflateEnd (&self->reference);
  g_rand_free (self->random);
}

/* (transfer full): a text: one letter, words, anything. */
static WsBuffer
make_text (Rig *rig)
{
  WsBuffer text = { 0 };
  gsize    len = draw (rig, 4) == 0 ? draw (rig, 4) : draw (rig, MAX_LEN);
  guint    kind = draw (rig, 4);

  while (text.len < len)
    {
      char     piece[32];
      gunichar letter = 0x20 + g_rand_int (rig->random) % 0x2000;
      int      n = 1;

      if (kind == 0)
        piece[0] = 'a';
      else if (kind == 1)
        n = g_snprintf (piece, sizeof piece, "{\"key%u\":%u},", draw (rig, 9),
                        draw (rig, 1000));
      else if (kind == 2)
        piece[0] = (char) (0x20 + draw (rig, 0x5f));
      else
        n = g_unichar_to_utf8 (letter, piece);
      ws_buffer_append (&text, piece, (gsize) n);
    }
  return text;
}

/* --- What the peer sends --- */

/* Compresses with flushes of all kinds in between, and with last blocks. */
static void
reference_deflate (Rig *rig, const WsBuffer *text, WsBuffer *out)
{
  z_stream *stream = &rig->reference;
  gsize     at = 0;
  gsize     part;
  int       flush;

  /* A new stream may follow a last block; and with takeover a sender may begin
   * anew whenever it likes. */
  if (!rig->peer_keeps || draw (rig, 8) == 0)
    deflateReset (stream);
  do
    {
      gboolean is_last;

      part = draw_part (rig, text->len - at, MAX_LEN);
      at += part;
      is_last = at == text->len;
      flush = is_last && draw (rig, 6) == 0 ? Z_FINISH
              : is_last || draw (rig, 2)    ? Z_SYNC_FLUSH
                                            : Z_FULL_FLUSH;
      stream->next_in = text->data + at - part;
      stream->avail_in = (uInt) part;
      do
        {
          ws_buffer_reserve (out, 64, 0);
          stream->next_out = out->data + out->len;
          stream->avail_out = (uInt) (out->size - out->len);
          deflate (stream, flush);
          out->len = out->size - stream->avail_out;
        }
      while (stream->avail_out == 0);
    }
  while (at < text->len);

  if (flush == Z_FINISH)
    {
      deflateReset (stream);
      if (draw (rig, 2) == 0)
        ws_buffer_append (out, "", 1);
    }
  else if (out->len >= 4)
    out->len -= 4;
}

/* Sends a message in frames, with others in between. */
static void
append_frames (Rig            *rig,
               GByteArray     *wire,
               guint8          rsv,
               const WsBuffer *payload,
               guint8          opcode)
{
  gsize at = 0;
  gsize n;

  do
    {
      n = draw (rig, 3) == 0 ? payload->len - at
                             : draw_part (rig, payload->len - at, 3000);
      event_log_append_frame (wire, rig->role,
                              (guint8) ((at + n == payload->len ? 0x80 : 0)
                                        | rsv | opcode),
                              payload->data != NULL ? payload->data + at : NULL,
                              n);
      at += n;
      rsv = 0;
      opcode = 0;
      if (at < payload->len && draw (rig, 8) == 0)
        event_log_append_frame (wire, rig->role, 0x89, "p", 1);
    }
  while (at < payload->len);
}

static void
append_incoming (Rig *rig, GByteArray *wire, const WsBuffer *text)
{
  WsBuffer packed = { 0 };
  guint8   opcode = draw (rig, 2) ? WS_OPCODE_TEXT : WS_OPCODE_BINARY;

  /* A peer need not compress every message: some are sent plain. */
  if (draw (rig, 5) == 0)
    append_frames (rig, wire, 0, text, opcode);
  else
    {
      reference_deflate (rig, text, &packed);
      append_frames (rig, wire, WS_FRAME_RSV1, &packed, opcode);
    }
  ws_buffer_clear (&packed);
}

/* Feeds @wire in pieces and takes the one message it holds. */
static void
receive (Rig *rig, WsProtocol *core, GByteArray *wire, const WsBuffer *text)
{
  gsize at = 0;
  guint n_messages = 0;

  while (at < wire->len)
    {
      gsize   n = draw_part (rig, wire->len - at, 4000);
      WsEvent event = { 0 };

      ws_protocol_feed (core, wire->data + at, n);
      while (ws_protocol_next_event (core, &event))
        {
          if (event.type == WS_EVENT_MESSAGE)
            {
              n_messages++;
              g_assert_cmpmem (event.data, event.len, text->data, text->len);
            }
          else if (event.type == WS_EVENT_FAULT)
            g_error ("%s", event.fault->reason);
          ws_event_release (&event);
        }
      at += n;
    }
  g_assert_cmpuint (n_messages, ==, 1);
}

static void
test_receiving (void)
{
  for (guint seed = 0; seed < N_SETUPS; seed++)
    {
      Rig        rig;
      WsProtocol core;

      rig_init (&rig, seed);
      ws_protocol_init (&core, rig.role);
      ws_protocol_take_extension (&core, ws_deflate_new (rig.role, &rig.params,
                                                         &rig.settings));
      for (guint i = 0; i < N_MESSAGES; i++)
        {
          g_autoptr (GByteArray) wire = g_byte_array_new ();
          WsBuffer text = make_text (&rig);

          append_incoming (&rig, wire, &text);
          receive (&rig, &core, wire, &text);
          if (draw (&rig, 4) == 0)
            ws_deflate_release_idle (core.extension);
          ws_buffer_clear (&text);
        }
      ws_protocol_clear (&core);
      rig_clear (&rig);
    }
}

/* --- What we send --- */

/* Inflates a whole message the plain way. */
static void
reference_check (z_stream *stream, const WsBuffer *packed, const WsBuffer *text)
{
  g_autofree guint8 *out = g_malloc (text->len + 64);
  WsBuffer           whole = { 0 };

  ws_buffer_append (&whole, packed->data, packed->len);
  ws_buffer_append (&whole, "\x00\x00\xff\xff", 4);
  stream->next_in = whole.data;
  stream->avail_in = (uInt) whole.len;
  stream->next_out = out;
  stream->avail_out = (uInt) text->len + 64;
  g_assert_cmpint (inflate (stream, Z_SYNC_FLUSH), ==, Z_OK);
  g_assert_cmpuint (stream->avail_in, ==, 0);
  g_assert_cmpmem (out, text->len + 64 - stream->avail_out, text->data,
                   text->len);
  ws_buffer_clear (&whole);
}

/* Compresses as the connection does, or for many. */
static gboolean
send_text (Rig            *rig,
           WsExtension    *extension,
           const WsBuffer *text,
           WsBuffer       *out)
{
  guint bits = ws_deflate_window_bits (extension);
  guint shared_bits = 8 + draw (rig, bits - 7);

  if (draw (rig, 4) != 0)
    return extension->klass->encode (extension, WS_OPCODE_TEXT, text->data,
                                     text->len, out);
  if (!ws_deflate_compress_shared (&rig->settings, shared_bits, text->data,
                                   text->len, out))
    return FALSE;
  ws_deflate_note_shared (extension);
  return TRUE;
}

static void
test_sending (void)
{
  guint n_packed = 0;

  for (guint seed = 0; seed < N_SETUPS; seed++)
    {
      Rig          rig;
      WsExtension *extension;
      z_stream     reference = { 0 };
      gboolean     takeover;

      rig_init (&rig, seed);
      takeover = rig.role == WS_ROLE_SERVER
                     ? !rig.params.server_no_context_takeover
                     : !rig.params.client_no_context_takeover;
      extension = ws_deflate_new (rig.role, &rig.params, &rig.settings);
      g_assert_cmpint (inflateInit2 (&reference,
                                     -(int) ws_deflate_window_bits (extension)),
                       ==, Z_OK);
      for (guint i = 0; i < N_MESSAGES; i++)
        {
          WsBuffer text = make_text (&rig);
          WsBuffer out = { 0 };

          if (send_text (&rig, extension, &text, &out))
            {
              n_packed++;
              g_assert_cmpuint (out.len, <, text.len);
              g_assert_cmpuint (text.len, >=, rig.settings.threshold);
              reference_check (&reference, &out, &text);
              if (!takeover)
                inflateReset (&reference);
            }
          else
            g_assert_cmpuint (out.len, ==, 0);
          if (draw (&rig, 6) == 0)
            ws_deflate_release_idle (extension);
          ws_buffer_clear (&text);
          ws_buffer_clear (&out);
        }
      inflateEnd (&reference);
      extension->klass->free (extension);
      rig_clear (&rig);
    }
  g_assert_cmpuint (n_packed, >, N_SETUPS * N_MESSAGES / 3);
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);

  g_test_add_func ("/protocol/deflate/receiving", test_receiving);
  g_test_add_func ("/protocol/deflate/sending", test_sending);
  return g_test_run ();
}
