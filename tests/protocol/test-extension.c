/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "protocol/ws-extension.h"

#include <string.h>

#include "event-log.h"
#include "protocol/ws-close.h"
#include "protocol/ws-protocol.h"
#include "support/ws-test.h"

/* A run-length extension that claims RSV1: its messages are pairs of a count
 * and a byte. A pair may be cut between two pieces, and a message that ends in
 * one is illegal: enough state to see what the core does with it. */
typedef struct
{
  WsExtension parent;
  gboolean    has_count;
  guint8      count;
  guint       n_messages;
} RunLength;

static guint n_alive;

static gboolean
append_run (
    WsBuffer *out, guint8 byte, guint8 count, guint64 limit, WsFault *fault)
{
  if (count > limit - out->len)
    {
      ws_fault_set (fault, WS_CLOSE_TOO_BIG,
                    "message exceeds max-incoming-message-size, "
                    "%" G_GUINT64_FORMAT,
                    limit);
      return FALSE;
    }
  ws_buffer_reserve (out, count, (gsize) limit);
  if (count > 0)
    memset (out->data + out->len, byte, count);
  out->len += count;
  return TRUE;
}

static gboolean
run_length_decode (WsExtension  *extension,
                   const guint8 *data,
                   gsize         len,
                   gboolean      last,
                   guint64       limit,
                   WsBuffer     *out,
                   WsFault      *fault)
{
  RunLength *self = (RunLength *) extension;

  for (gsize i = 0; i < len; i++)
    {
      self->has_count = !self->has_count;
      if (self->has_count)
        self->count = data[i];
      else if (!append_run (out, data[i], self->count, limit, fault))
        return FALSE;
    }
  if (!last)
    return TRUE;
  self->n_messages++;
  if (!self->has_count)
    return TRUE;
  ws_fault_set (fault, WS_CLOSE_INVALID_PAYLOAD, "message ends in a run");
  return FALSE;
}

static gboolean
run_length_encode (WsExtension  *extension,
                   WsOpcode      opcode,
                   const guint8 *data,
                   gsize         len,
                   WsBuffer     *out)
{
  gsize n;

  for (gsize at = 0; at < len; at += n)
    {
      guint8 pair[2] = { 0, data[at] };

      for (n = 1; n < 255 && at + n < len && data[at + n] == data[at];)
        n++;
      pair[0] = (guint8) n;
      ws_buffer_append (out, pair, sizeof pair);
    }
  if (out->len < len)
    return TRUE;
  ws_buffer_clear (out);
  return FALSE;
}

static void
run_length_free (WsExtension *extension)
{
  n_alive--;
  g_free (extension);
}

static const WsExtensionClass run_length_class = {
  .rsv = WS_FRAME_RSV1,
  .decode = run_length_decode,
  .encode = run_length_encode,
  .free = run_length_free,
};

static WsExtension *
run_length_new (void)
{
  RunLength *self = g_new0 (RunLength, 1);

  self->parent.klass = &run_length_class;
  n_alive++;
  return &self->parent;
}

typedef struct
{
  const char *name;
  WsRole      role;
  const char *wire;
  const char *expected;
} Vector;

/* clang-format off */
static const Vector vectors[] = {
  { "transformed text", WS_ROLE_CLIENT, "c1 04 03 61 02 62",
    "message text \"aaabb\"\n" },
  { "transformed and masked", WS_ROLE_SERVER, "c2 84 01 02 03 04 02 63 01 66",
    "message binary \"aaabb\"\n" },
  { "empty", WS_ROLE_CLIENT, "c1 00 c2 02 00 61",
    "message text \"\"\nmessage binary \"\"\n" },
  { "plain and transformed", WS_ROLE_CLIENT,
    "81 02 01 61 c1 02 02 62 82 01 63 01 01 64 80 01 65",
    "message text \"\\x01a\"\nmessage text \"bb\"\n"
    "message binary \"c\"\nmessage text \"de\"\n" },
  { "fragmented, cut in a run", WS_ROLE_CLIENT, "41 03 02 61 03 00 00 80 01 62",
    "message text \"aabbb\"\n" },
  { "ends with an empty fragment", WS_ROLE_CLIENT, "41 02 02 61 80 00",
    "message text \"aa\"\n" },
  { "control frames between", WS_ROLE_CLIENT,
    "42 01 02 89 02 03 61 00 01 61 8a 00 80 02 01 62",
    "ping \"\\x03a\"\npong \"\"\nmessage binary \"aab\"\n" },
  { "bit on a continuation", WS_ROLE_CLIENT, "41 02 02 61 c0 02 01 62",
    "fault 1002\n" },
  { "bit on a continuation of plain", WS_ROLE_CLIENT, "01 02 02 61 c0 02 01 62",
    "fault 1002\n" },
  { "bit on a ping", WS_ROLE_CLIENT, "c9 00", "fault 1002\n" },
  { "bit on a close", WS_ROLE_CLIENT, "c8 00", "fault 1002\n" },
  { "unclaimed bits", WS_ROLE_CLIENT, "e1 00", "fault 1002\n" },
  { "message ends in a run, drained", WS_ROLE_CLIENT, "c1 01 05 88 02 03 ef",
    "fault 1007\nclose 1007 \"\"\n" },
  { "fragments end in a run", WS_ROLE_CLIENT, "41 01 05 80 00",
    "fault 1007\n" },
  { "bad text comes out", WS_ROLE_CLIENT, "c1 02 01 ff", "fault 1007\n" },
  { "bad text is made", WS_ROLE_CLIENT, "c1 04 02 c3 01 a4", "fault 1007\n" },
  { "text comes out cut", WS_ROLE_CLIENT, "c1 02 01 c3", "fault 1007\n" },
  { "out to the limit", WS_ROLE_CLIENT, "c2 02 10 61",
    "message binary \"aaaaaaaaaaaaaaaa\"\n" },
  { "out over the limit", WS_ROLE_CLIENT, "c2 04 10 61 01 62 88 02 03 f1",
    "fault 1009\nclose 1009 \"\"\n" },
  { "over the limit in fragments", WS_ROLE_CLIENT, "42 02 0f 61 80 02 02 62",
    "fault 1009\n" },
  { "only what comes out counts", WS_ROLE_CLIENT,
    "42 08 00 61 00 61 00 61 00 61 00 08 00 61 00 61 00 61 00 61 80 08 00 61 "
    "00 61 00 61 02 62",
    "message binary \"bb\"\n" },
  { "but frames are limited as they come", WS_ROLE_CLIENT, "c2 11",
    "fault 1009\n" },
};

static const Vector frame_vectors[] = {
  { "whole", WS_ROLE_CLIENT, "c1 02 02 61",
    "frame text last \"aa\"\nmessage text \"aa\"\n" },
  { "fragments, as they come out", WS_ROLE_CLIENT,
    "41 03 02 61 01 00 03 c3 01 a4 80 02 01 62",
    "frame text \"aa\"\nframe text \"\\xc3\\xa4\"\nframe text last \"b\"\n"
    "message text \"aa\\xc3\\xa4b\"\n" },
};
/* clang-format on */

static void
check_vectors (const Vector *list, gsize n, EventSetup setup)
{
  for (gsize i = 0; i < n; i++)
    {
      gsize              len;
      g_autofree guint8 *wire = ws_test_hex (list[i].wire, &len);

      setup.role = list[i].role;
      event_log_check (list[i].name, &setup, wire, len, list[i].expected);
    }
  g_assert_cmpuint (n_alive, ==, 0);
}

/* Limits of 16 bytes for frames and for messages. */
static void
test_vectors (void)
{
  check_vectors (vectors, G_N_ELEMENTS (vectors),
                 (EventSetup){ .max_frame_size = 16,
                               .max_message_size = 16,
                               .extension = run_length_new });
}

static void
test_frame_events (void)
{
  check_vectors (frame_vectors, G_N_ELEMENTS (frame_vectors),
                 (EventSetup){ .wants_frame_events = TRUE,
                               .extension = run_length_new });
}

/* What one side encodes the other decodes, plain where that is shorter. */
static void
test_encode (void)
{
  static const char *const texts[] = { "aaaaaaaabbbbbbbb", "abc", "", "zzzz" };
  WsExtension             *encoder = run_length_new ();
  EventSetup setup = { .role = WS_ROLE_SERVER, .extension = run_length_new };
  g_autoptr (GByteArray) wire = g_byte_array_new ();
  g_autoptr (GString) expected = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      const guint8 *text = (const guint8 *) texts[i];
      gsize         len = strlen (texts[i]);
      WsBuffer      out = { 0 };

      if (encoder->klass->encode (encoder, WS_OPCODE_TEXT, text, len, &out))
        event_log_append_frame (wire, setup.role, 0x81 | encoder->klass->rsv,
                                out.data, out.len);
      else
        event_log_append_frame (wire, setup.role, 0x81, text, len);
      ws_buffer_clear (&out);
      g_string_append_printf (expected, "message text \"%s\"\n", texts[i]);
    }
  event_log_check ("encoded", &setup, wire->data, wire->len, expected->str);
  encoder->klass->free (encoder);
}

/* The extension hears of the end of each of its messages, and of no other. */
static void
test_last (void)
{
  gsize              len;
  g_autofree guint8 *wire
      = ws_test_hex ("c1 00 41 02 01 61 00 00 80 00 81 01 61 c2 02 01 61 89 00",
                     &len);
  WsExtension *extension = run_length_new ();
  WsProtocol   core;
  WsEvent      event = { 0 };

  ws_protocol_init (&core, WS_ROLE_CLIENT);
  ws_protocol_take_extension (&core, extension);
  ws_protocol_feed (&core, wire, len);
  while (ws_protocol_next_event (&core, &event))
    ws_event_release (&event);
  g_assert_cmpuint (((RunLength *) extension)->n_messages, ==, 3);

  /* Without it, its bit is illegal. */
  ws_protocol_take_extension (&core, NULL);
  g_assert_cmpuint (n_alive, ==, 0);
  wire[0] = 0xc1;
  wire[1] = 0x00;
  ws_protocol_feed (&core, wire, 2);
  g_assert_true (ws_protocol_next_event (&core, &event));
  g_assert_cmpint (event.type, ==, WS_EVENT_FAULT);
  ws_protocol_clear (&core);
}

/* What becomes much is told in between, whether it is one message or many, and
 * there is more to come then. */
static void
test_busy (gconstpointer data)
{
  const guint        n = GPOINTER_TO_UINT (data);
  const gsize        len = 64 * 1024 / n;
  const guint        growth = 255 / 2; /* of a pair */
  g_autofree guint8 *payload = g_malloc (len);
  g_autoptr (GByteArray) wire = g_byte_array_new ();
  WsProtocol core;
  WsEvent    event = { 0 };
  guint      n_busy = 0, n_messages = 0;

  memset (payload, 255, len);
  for (guint i = 0; i < n; i++)
    event_log_append_frame (wire, WS_ROLE_SERVER, 0xc2, payload, len);
  ws_protocol_init (&core, WS_ROLE_SERVER);
  ws_protocol_take_extension (&core, run_length_new ());
  ws_protocol_feed (&core, wire->data, wire->len);
  while (ws_protocol_next_event (&core, &event))
    {
      if (event.type == WS_EVENT_BUSY)
        {
          n_busy++;
          g_assert_true (ws_protocol_has_input (&core));
          g_assert_cmpuint (event.len, ==, 0);
        }
      else
        {
          n_messages++;
          g_assert_cmpint (event.type, ==, WS_EVENT_MESSAGE);
          g_assert_cmpuint (event.len, ==, len / 2 * 255);
        }
      ws_event_release (&event);
    }
  g_assert_cmpuint (n_messages, ==, n);
  g_assert_cmpuint (n_busy, >=, 64 * 1024 / (2 * 4096) - 1);
  g_assert_cmpuint (n_busy, <=, 64 * 1024 * growth / WS_PROTOCOL_BUSY_SIZE);
  ws_protocol_clear (&core);
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);

  g_test_add_func ("/protocol/extension/vectors", test_vectors);
  g_test_add_func ("/protocol/extension/frame-events", test_frame_events);
  g_test_add_func ("/protocol/extension/encode", test_encode);
  g_test_add_func ("/protocol/extension/last", test_last);
  g_test_add_data_func ("/protocol/extension/busy", GUINT_TO_POINTER (1),
                        test_busy);
  g_test_add_data_func ("/protocol/extension/busy-with-many",
                        GUINT_TO_POINTER (64), test_busy);
  return g_test_run ();
}
