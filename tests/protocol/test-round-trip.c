/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Random messages, written with ws-frame and ws-mask in random fragments with
 * control frames between them, come out of ws-protocol as they went in, however
 * the stream is cut. */

#include "protocol/ws-protocol.h"

#include <string.h>

#include "event-log.h"
#include "protocol/ws-mask.h"
#include "protocol/ws-utf8.h"
#include "support/ws-test.h"

#define N_STREAMS 100

typedef struct
{
  WsRole      role; /* of the reader */
  gboolean    wants_frame_events;
  GByteArray *wire;
  GString    *expected;
} Stream;

static void
append_frame (Stream       *stream,
              WsOpcode      opcode,
              gboolean      fin,
              const guint8 *data,
              gsize         len)
{
  WsFrameHeader header = { .fin = fin,
                           .opcode = opcode,
                           .masked = stream->role == WS_ROLE_SERVER,
                           .length = len };
  guint8        head[WS_FRAME_HEADER_MAX];
  guint         at;

  for (guint i = 0; i < 4; i++)
    header.mask[i] = (guint8) g_test_rand_int ();
  g_byte_array_append (stream->wire, head,
                       (guint) ws_frame_header_write (&header, head));
  at = stream->wire->len;
  g_byte_array_set_size (stream->wire, at + (guint) len);
  if (header.masked)
    ws_mask (stream->wire->data + at, data, len, header.mask, 0);
  else if (len > 0)
    memcpy (stream->wire->data + at, data, len);
}

static void
expect (Stream       *stream,
        WsEventType   type,
        WsOpcode      opcode,
        gboolean      is_last,
        const guint8 *data,
        gsize         len)
{
  g_autofree guint8 *copy = g_malloc0 (len + 1);
  WsEvent event = { .type = type, .opcode = opcode, .is_last = is_last };

  if (len > 0)
    memcpy (copy, data, len);
  event.data = copy;
  event.len = len;
  event_log_write (stream->expected, &event);
}

static void
append_control (Stream *stream)
{
  guint8   payload[WS_CONTROL_PAYLOAD_MAX];
  gsize    len = (gsize) g_test_rand_int_range (0, sizeof payload + 1);
  gboolean is_ping = g_test_rand_bit ();

  for (gsize i = 0; i < len; i++)
    payload[i] = (guint8) g_test_rand_int ();
  append_frame (stream, is_ping ? WS_OPCODE_PING : WS_OPCODE_PONG, TRUE,
                payload, len);
  expect (stream, is_ping ? WS_EVENT_PING : WS_EVENT_PONG, 0, FALSE, payload,
          len);
}

static gsize
random_size (void)
{
  static const int most[] = { 3, 130, 3000, 70000 };
  gsize            i = (gsize) g_test_rand_int_range (0, G_N_ELEMENTS (most));

  return (gsize) g_test_rand_int_range (0, most[i]);
}

/* (transfer full): text in all lengths of characters, or any bytes. */
static GByteArray *
random_payload (gboolean is_text)
{
  GByteArray           *payload = g_byte_array_new ();
  gsize                 len = random_size ();
  static const gunichar most[] = { 0x80, 0x800, 0xd800, 0x110000 };

  while (payload->len < len)
    {
      gunichar c = (gunichar) g_test_rand_int_range (
          0, (gint32) most[g_test_rand_int_range (0, G_N_ELEMENTS (most))]);
      guint8 byte = (guint8) c;
      char   text[6];

      if (!is_text)
        g_byte_array_append (payload, &byte, 1);
      else if (c < 0xd800 || c > 0xdfff)
        g_byte_array_append (payload, (guint8 *) text,
                             (guint) g_unichar_to_utf8 (c, text));
    }
  return payload;
}

static void
append_message (Stream *stream)
{
  WsOpcode opcode = g_test_rand_bit () ? WS_OPCODE_TEXT : WS_OPCODE_BINARY;
  g_autoptr (GByteArray) payload = random_payload (opcode == WS_OPCODE_TEXT);
  guint n_frames = (guint) g_test_rand_int_range (1, 5);
  gsize at = 0, told = 0;

  for (guint i = 0; i < n_frames; i++)
    {
      gboolean fin = i == n_frames - 1;
      gsize    len = payload->len - at;
      gsize    end;

      if (!fin)
        len = (gsize) g_test_rand_int_range (0, (gint32) len + 1);
      append_frame (stream, i == 0 ? opcode : WS_OPCODE_CONTINUATION, fin,
                    payload->data + at, len);
      at += len;
      end = opcode == WS_OPCODE_TEXT && !fin
                ? ws_utf8_cut ((char *) payload->data, payload->len, at)
                : at;
      if (stream->wants_frame_events)
        expect (stream, WS_EVENT_FRAME, opcode, fin, payload->data + told,
                end - told);
      told = end;
      while (!fin && g_test_rand_bit ())
        append_control (stream);
    }
  expect (stream, WS_EVENT_MESSAGE, opcode, TRUE, payload->data, payload->len);
}

static void
check_stream (Stream *stream)
{
  EventSetup setup = { .role = stream->role,
                       .wants_frame_events = stream->wants_frame_events };

  for (guint i = 0; i < 4; i++)
    {
      gsize            len = stream->wire->len;
      EventCut         cut = { .first = 1 + random_size (),
                               .step = 1 + random_size () + len / 2000,
                               .guarded = i == 0,
                               .keeps = g_test_rand_bit () };
      g_autofree char *log = NULL;

      log = event_log_read (&setup, stream->wire->data, len, cut);
      g_assert_cmpstr (log, ==, stream->expected->str);
    }
}

static void
test_random (void)
{
  for (guint i = 0; i < N_STREAMS; i++)
    {
      g_autoptr (GByteArray) wire = g_byte_array_new ();
      g_autoptr (GString) expected = g_string_new (NULL);
      Stream stream
          = { .role = g_test_rand_bit () ? WS_ROLE_SERVER : WS_ROLE_CLIENT,
              .wants_frame_events = g_test_rand_bit (),
              .wire = wire,
              .expected = expected };
      guint n_messages = (guint) g_test_rand_int_range (1, 12);

      for (guint n = 0; n < n_messages; n++)
        {
          append_message (&stream);
          if (g_test_rand_bit ())
            append_control (&stream);
        }
      check_stream (&stream);
    }
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);

  g_test_add_func ("/protocol/round-trip/random", test_random);
  return g_test_run ();
}
