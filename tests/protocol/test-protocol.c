/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "protocol/ws-protocol.h"

#include <string.h>

#include "event-log.h"
#include "protocol/ws-close.h"
#include "support/ws-test.h"

#define C WS_ROLE_CLIENT
#define S WS_ROLE_SERVER

typedef struct
{
  const char *name;
  WsRole      role;
  const char *wire;
  const char *expected;
} Vector;

/* clang-format off */
static const Vector vectors[] = {
  /* RFC 6455, 5.7, each as the other role would see it, too */
  { "single unmasked text", C, "81 05 48 65 6c 6c 6f",
    "message text \"Hello\"\n" },
  { "single masked text", S, "81 85 37 fa 21 3d 7f 9f 4d 51 58",
    "message text \"Hello\"\n" },
  { "fragmented unmasked text", C, "01 03 48 65 6c 80 02 6c 6f",
    "message text \"Hello\"\n" },
  { "fragmented masked text", S,
    "01 83 37 fa 21 3d 7f 9f 4d 80 82 37 fa 21 3d 5b 95",
    "message text \"Hello\"\n" },
  { "unmasked ping", C, "89 05 48 65 6c 6c 6f", "ping \"Hello\"\n" },
  { "masked ping", S, "89 85 37 fa 21 3d 7f 9f 4d 51 58", "ping \"Hello\"\n" },
  { "masked pong", S, "8a 85 37 fa 21 3d 7f 9f 4d 51 58", "pong \"Hello\"\n" },
  { "unmasked pong", C, "8a 05 48 65 6c 6c 6f", "pong \"Hello\"\n" },

  { "nothing", S, "", "" },
  { "empty messages", C, "81 00 82 00 89 00 8a 00",
    "message text \"\"\nmessage binary \"\"\nping \"\"\npong \"\"\n" },
  { "empty masked messages", S,
    "81 80 01 02 03 04 82 80 01 02 03 04 89 80 01 02 03 04",
    "message text \"\"\nmessage binary \"\"\nping \"\"\n" },
  { "neighbours stay apart", C, "81 02 61 62 82 02 63 64 81 01 65",
    "message text \"ab\"\nmessage binary \"cd\"\nmessage text \"e\"\n" },
  { "masked neighbours", S,
    "81 82 01 02 03 04 60 60 82 82 01 02 03 04 62 66 81 81 01 02 03 04 64",
    "message text \"ab\"\nmessage binary \"cd\"\nmessage text \"e\"\n" },
  { "text with NUL", C, "81 03 61 00 62", "message text \"a\\x00b\"\n" },
  { "byte order mark is kept", C, "81 04 ef bb bf 61",
    "message text \"\\xef\\xbb\\xbfa\"\n" },
  { "empty fragments", C, "01 00 00 00 00 00 80 00", "message text \"\"\n" },
  { "character across fragments", C, "01 01 e2 00 01 82 80 01 ac",
    "message text \"\\xe2\\x82\\xac\"\n" },
  { "control frames between fragments", C,
    "02 01 61 89 01 70 00 01 62 8a 00 80 01 63 81 01 64",
    "ping \"p\"\npong \"\"\nmessage binary \"abc\"\nmessage text \"d\"\n" },
  { "masked control frames between fragments", S,
    "02 81 01 02 03 04 60 89 81 01 02 03 04 71 80 81 01 02 03 04 63",
    "ping \"p\"\nmessage binary \"ab\"\n" },

  { "close", C, "88 05 03 e8 62 79 65", "close 1000 \"bye\"\n" },
  { "masked close", S, "88 85 00 00 00 00 0f a0 62 79 65",
    "close 4000 \"bye\"\n" },
  { "close without reason", C, "88 02 03 e9", "close 1001 \"\"\n" },
  { "empty close", C, "88 00", "close 1005 \"\"\n" },
  { "nothing is read after close", C, "88 00 81 01 61 ff ff",
    "close 1005 \"\"\n" },
  { "close within a message", C, "01 01 61 88 02 03 e8", "close 1000 \"\"\n" },
  { "close code of one byte", C, "88 01 03 88 00", "close 1002\n" },
  { "close code out of range", C, "88 02 03 ed", "close 1002\n" },
  { "close reason is not UTF-8", C, "88 04 03 e8 c3 28", "close 1007\n" },

  { "unmasked frame to a server", S, "81 01 61 81 01 61", "fault 1002\n" },
  { "masked frame to a client", C, "81 81 00 00 00 00 61", "fault 1002\n" },
  { "unmasked ping to a server", S, "89 00", "fault 1002\n" },
  { "reserved bits", C, "81 00 c1 00 81 00",
    "message text \"\"\nfault 1002\n" },
  { "reserved bit on a continuation", C, "01 00 a0 00", "fault 1002\n" },
  { "reserved bit on a ping", C, "99 00", "fault 1002\n" },
  { "reserved opcode", C, "83 00", "fault 1002\n" },
  { "reserved control opcode", C, "8b 00", "fault 1002\n" },
  { "fragmented ping", C, "09 00", "fault 1002\n" },
  { "long ping", C, "89 7e 00 7e", "fault 1002\n" },
  { "length not minimal", C, "82 7e 00 7d", "fault 1002\n" },
  { "long length not minimal", C, "82 7f 00 00 00 00 00 00 ff ff",
    "fault 1002\n" },
  { "length has its top bit set", C, "82 7f 80 00 00 00 00 00 00 00",
    "fault 1002\n" },
  { "framing lost, nothing counts", C, "83 00 88 02 03 e8", "fault 1002\n" },

  { "continuation of nothing", C, "80 01 61", "fault 1002\n" },
  { "continuation of a finished message", C, "81 01 61 00 01 61",
    "message text \"a\"\nfault 1002\n" },
  { "message within a message", C, "01 01 61 81 01 62 80 01 63",
    "fault 1002\n" },
  { "bad text, in place", C, "81 02 c3 28", "fault 1007\n" },
  { "bad masked text, in place", S, "81 82 00 00 00 00 c3 28", "fault 1007\n" },
  { "text ends in a character", C, "81 02 61 c3", "fault 1007\n" },
  { "fragments end in a character", C, "01 01 61 80 01 c3", "fault 1007\n" },
  { "bad character across fragments", C, "01 01 c3 80 01 28", "fault 1007\n" },
  { "surrogate", C, "81 03 ed a0 80", "fault 1007\n" },

  /* A fault in the content: the peer's close frame is still seen. */
  { "drain to the close", C, "81 01 ff 82 03 61 62 63 89 00 88 02 03 ef",
    "fault 1007\nclose 1007 \"\"\n" },
  { "drain past further faults", C, "81 01 ff 80 00 01 01 ff 81 01 fe 88 00",
    "fault 1007\nclose 1005 \"\"\n" },
  { "drain a masked stream", S,
    "80 82 01 02 03 04 60 60 88 82 01 02 03 04 02 e8",
    "fault 1002\nclose 1002 \"\"\n" },
  { "drain meets lost framing", C, "81 01 ff 83 00 88 00", "fault 1007\n" },
  { "drain meets an illegal close", C, "81 01 ff 88 01 03 88 00",
    "fault 1007\n" },
  { "drain drops the rest of a message", C,
    "01 01 ff 00 01 61 80 01 62 88 02 03 ef",
    "fault 1007\nclose 1007 \"\"\n" },
};

static const Vector frame_vectors[] = {
  { "whole messages", C, "81 02 61 62 82 01 63 81 00",
    "frame text last \"ab\"\nmessage text \"ab\"\n"
    "frame binary last \"c\"\nmessage binary \"c\"\n"
    "frame text last \"\"\nmessage text \"\"\n" },
  { "masked message", S, "81 82 01 02 03 04 60 60 82 80 01 02 03 04",
    "frame text last \"ab\"\nmessage text \"ab\"\n"
    "frame binary last \"\"\nmessage binary \"\"\n" },
  { "fragments", C, "02 01 61 00 00 89 00 80 02 62 63",
    "frame binary \"a\"\nframe binary \"\"\nping \"\"\n"
    "frame binary last \"bc\"\nmessage binary \"abc\"\n" },
  { "cut characters are carried over", C,
    "01 02 61 f0 00 01 9f 00 02 92 a9 00 02 62 c3 80 01 a4",
    "frame text \"a\"\nframe text \"\"\nframe text \"\\xf0\\x9f\\x92\\xa9\"\n"
    "frame text \"b\"\nframe text last \"\\xc3\\xa4\"\n"
    "message text \"a\\xf0\\x9f\\x92\\xa9b\\xc3\\xa4\"\n" },
  { "binary is cut anywhere", C, "02 01 c3 80 01 a4",
    "frame binary \"\\xc3\"\nframe binary last \"\\xa4\"\n"
    "message binary \"\\xc3\\xa4\"\n" },
  { "frames before a fault", C, "01 01 61 80 01 ff",
    "frame text \"a\"\nfault 1007\n" },
  { "the message under way stays unfinished", C, "01 01 61 88 00",
    "frame text \"a\"\nclose 1005 \"\"\n" },
};

/* Limits: frames of 4 bytes, messages of 6. */
static const Vector limit_vectors[] = {
  { "at the limits", C, "82 04 61 62 63 64 02 04 61 62 63 64 80 02 65 66",
    "message binary \"abcd\"\nmessage binary \"abcdef\"\n" },
  { "long frame", C, "82 05", "fault 1009\n" },
  { "long masked text", S, "81 85 01 02 03 04", "fault 1009\n" },
  { "longest frame", C, "82 7f 7f ff ff ff ff ff ff ff", "fault 1009\n" },
  { "long continuation", C, "02 01 61 00 05", "fault 1009\n" },
  { "long message", C, "02 04 61 62 63 64 80 03", "fault 1009\n" },
  { "control frames do not count", C, "89 05 61 62 63 64 65 81 01 61",
    "ping \"abcde\"\nmessage text \"a\"\n" },
  { "drain a long frame to the close", C, "82 05 88 00 88 00 88 88 02 03 f1",
    "fault 1009\nclose 1009 \"\"\n" },
  { "the next message starts at nothing", C,
    "02 04 61 62 63 64 80 02 65 66 02 04 61 62 63 64 80 02 65 66",
    "message binary \"abcdef\"\nmessage binary \"abcdef\"\n" },
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
}

static void
test_vectors (void)
{
  check_vectors (vectors, G_N_ELEMENTS (vectors), (EventSetup){ 0 });
}

static void
test_frame_events (void)
{
  check_vectors (frame_vectors, G_N_ELEMENTS (frame_vectors),
                 (EventSetup){ .wants_frame_events = TRUE });
}

static void
test_limits (void)
{
  check_vectors (limit_vectors, G_N_ELEMENTS (limit_vectors),
                 (EventSetup){ .max_frame_size = 4, .max_message_size = 6 });
}

/* RFC 6455, 5.7: 256 bytes and 64 KiB, in both roles. */
static void
test_long_vectors (void)
{
  static const gsize sizes[] = { 125, 126, 256, 65535, 65536 };

  for (gsize i = 0; i < G_N_ELEMENTS (sizes) * 2; i++)
    {
      gsize              len = sizes[i / 2];
      EventSetup         setup = { .role = i % 2 == 0 ? C : S };
      g_autofree guint8 *payload = g_malloc (len + 1);
      g_autoptr (GByteArray) wire = g_byte_array_new ();
      g_autoptr (GString) expected = g_string_new (NULL);
      WsEvent event = { .type = WS_EVENT_MESSAGE, .opcode = WS_OPCODE_TEXT };

      memset (payload, '*', len);
      payload[len] = '\0';
      event.data = payload;
      event.len = len;
      event_log_write (expected, &event);
      event_log_append_frame (wire, setup.role, 0x81, payload, len);
      event_log_check_some ("long", &setup, wire->data, wire->len,
                            expected->str);
      if (len < 300)
        event_log_check ("long", &setup, wire->data, wire->len, expected->str);
    }
}

/* A user who reads them has to find the culprit (and the property to raise). */
static void
test_reasons (void)
{
  static const struct
  {
    WsRole      role;
    const char *wire;
    const char *expected;
  } rows[] = {
    { C, "81 00 83 00", "(frame 83 at byte 2)" },
    { C, "81 81 01 02 03 04", "(frame 8181 at byte 0)" },
    { S, "82 80 01 02 03 04 c1 80 01 02 03 04", "(frame c180 at byte 6)" },
    { C, "82 05", "Frame of 5 bytes exceeds max-incoming-frame-size, 4" },
    { C, "02 04 01 02 03 04 80 03",
      "Message of 7 bytes exceeds max-incoming-message-size, 6" },
    { C, "82 7f 7f ff ff ff ff ff ff ff",
      "(frame 827f7fffffffffffffff at byte 0)" },
    { S, "82 fe 01 00 01 02 03 04", "(frame 82fe0100 at byte 0)" },
    { C, "02 01 61 80 01 61 80 00", "(frame 8000 at byte 6)" },
    { C, "81 01 61 81 02 61 ff", "(frame 8102 at byte 3)" },
    { C, "81 04 61 ff 62 63",
      "Text is not valid UTF-8 (frame 8104 at byte 0)" },
    { S, "81 80 00 00 00 00 81 82 00 00 00 00 61 ff",
      "(frame 8182 at byte 6)" },
    { C, "88 01 03", "(frame 8801 at byte 0)" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      EventSetup         setup = { .role = rows[i].role,
                                   .max_frame_size = 4,
                                   .max_message_size = 6 };
      gsize              len;
      g_autofree guint8 *wire = ws_test_hex (rows[i].wire, &len);

      for (gsize first = 1; first <= len; first += len - 1)
        {
          g_autofree char *log = event_log_read (&setup, wire, len,
                                                 (EventCut){ .first = first });

          if (strstr (log, rows[i].expected) == NULL)
            g_error ("%s:\n%sdoes not say \"%s\"", rows[i].wire, log,
                     rows[i].expected);
        }
    }
}

static void
expect_event (WsProtocol *core, WsEvent *event, const char *expected)
{
  g_autoptr (GString) line = g_string_new (NULL);

  if (ws_protocol_next_event (core, event))
    event_log_write (line, event);
  g_assert_cmpstr (line->str, ==, expected);
}

static void
assert_still (const WsEvent *event, const char *expected)
{
  g_autoptr (GString) line = g_string_new (NULL);

  event_log_write (line, event);
  g_assert_cmpstr (line->str, ==, expected);
}

/* A handler holds an event while a nested loop pulls the others: in place,
 * gathered, and cut control frames. */
static void
test_nested (void)
{
  gsize              first_len, second_len;
  g_autofree guint8 *first
      = ws_test_hex ("81 02 61 62 89 01 70 82 05 63 64 65", &first_len);
  g_autofree guint8 *second
      = ws_test_hex ("66 67 02 02 68 69 80 01 6a 82 01 6b 88 04 03 e8 6f 6b",
                     &second_len);
  WsEvent    events[7] = { 0 };
  WsProtocol core;

  ws_protocol_init (&core, C);
  ws_protocol_feed (&core, first, first_len);
  expect_event (&core, &events[0], "message text \"ab\"\n");
  expect_event (&core, &events[1], "ping \"p\"\n");
  expect_event (&core, &events[2], "");
  g_assert_true (ws_protocol_is_waiting (&core));
  ws_protocol_feed (&core, second, second_len);
  expect_event (&core, &events[2], "message binary \"cdefg\"\n");
  expect_event (&core, &events[3], "message binary \"hij\"\n");
  expect_event (&core, &events[4], "message binary \"k\"\n");
  expect_event (&core, &events[5], "close 1000 \"ok\"\n");
  expect_event (&core, &events[6], "");
  assert_still (&events[0], "message text \"ab\"\n");
  assert_still (&events[1], "ping \"p\"\n");
  assert_still (&events[2], "message binary \"cdefg\"\n");
  assert_still (&events[3], "message binary \"hij\"\n");
  assert_still (&events[4], "message binary \"k\"\n");
  ws_protocol_clear (&core);
  assert_still (&events[3], "message binary \"hij\"\n");
  for (gsize i = 0; i < 6; i++)
    ws_event_release (&events[i]);
}

/* The frame event of a message is held while the message and what comes after
 * it are pulled. */
static void
test_nested_frames (void)
{
  gsize              len;
  g_autofree guint8 *wire = ws_test_hex ("81 02 61 62 02 01 63 80 01 64", &len);
  WsEvent            events[6] = { 0 };
  WsProtocol         core;

  ws_protocol_init (&core, C);
  ws_protocol_set_frame_events (&core, TRUE);
  ws_protocol_feed (&core, wire, len);
  expect_event (&core, &events[0], "frame text last \"ab\"\n");
  g_assert_true (ws_protocol_has_input (&core));
  expect_event (&core, &events[1], "message text \"ab\"\n");
  expect_event (&core, &events[2], "frame binary \"c\"\n");
  expect_event (&core, &events[3], "frame binary last \"d\"\n");
  g_assert_true (ws_protocol_has_input (&core));
  expect_event (&core, &events[4], "message binary \"cd\"\n");
  g_assert_false (ws_protocol_has_input (&core));
  expect_event (&core, &events[5], "");
  assert_still (&events[0], "frame text last \"ab\"\n");
  assert_still (&events[2], "frame binary \"c\"\n");
  assert_still (&events[3], "frame binary last \"d\"\n");
  for (gsize i = 0; i < 5; i++)
    ws_event_release (&events[i]);
  ws_protocol_clear (&core);
}

/* Frame events that are switched on in a message begin with the next frame. */
static void
test_late_frame_events (void)
{
  gsize              len;
  g_autofree guint8 *wire = ws_test_hex ("01 02 61 c3 89 00 80 01 a4", &len);
  WsEvent            event = { 0 };
  WsProtocol         core;

  ws_protocol_init (&core, C);
  ws_protocol_feed (&core, wire, len);
  expect_event (&core, &event, "ping \"\"\n");
  ws_event_release (&event);
  ws_protocol_set_frame_events (&core, TRUE);
  expect_event (&core, &event, "frame text last \"\\xc3\\xa4\"\n");
  ws_event_release (&event);
  ws_protocol_clear (&core);
}

/* Kept input lives as long as an event lies in it, and no longer. */
static void
test_keep_input (void)
{
  gsize              len;
  g_autofree guint8 *wire
      = ws_test_hex ("82 01 61 81 02 62 63 82 01 64 01", &len);
  WsEvent    held = { 0 }, event = { 0 };
  WsProtocol core;

  ws_protocol_init (&core, C);
  ws_protocol_feed (&core, wire, len);
  expect_event (&core, &event, "message binary \"a\"\n");
  ws_event_release (&event);
  ws_protocol_keep_input (&core);
  memset (wire, 0xff, len);
  g_assert_true (ws_protocol_has_input (&core));
  ws_protocol_keep_input (&core);
  expect_event (&core, &held, "message text \"bc\"\n");
  expect_event (&core, &event, "message binary \"d\"\n");
  ws_event_release (&event);
  expect_event (&core, &event, "");
  g_assert_false (ws_protocol_has_input (&core));
  g_assert_null (core.kept);
  g_assert_true (ws_protocol_is_waiting (&core));
  ws_protocol_clear (&core);
  assert_still (&held, "message text \"bc\"\n");
  ws_event_release (&held);
}

static void
test_is_waiting (void)
{
  static const struct
  {
    const char *wire;
    gboolean    is_waiting;
  } rows[] = {
    { "", FALSE },
    { "81", TRUE },
    { "81 7e 00", TRUE },
    { "81 00", FALSE },
    { "81 02 61", TRUE },
    { "01 01 61", TRUE },
    { "01 01 61 89 00", TRUE },
    { "01 01 61 89", TRUE },
    { "01 01 61 80 00", FALSE },
    { "89 01", TRUE },
    { "89 01 61", FALSE },
    { "01 01 61 88 00", FALSE },
    { "81 02 ff", FALSE }, /* faulted: the closing handshake has its own time */
    { "83", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      gsize              len;
      g_autofree guint8 *wire = ws_test_hex (rows[i].wire, &len);
      WsEvent            event = { 0 };
      WsProtocol         core;

      ws_protocol_init (&core, C);
      ws_protocol_feed (&core, wire, len);
      while (ws_protocol_next_event (&core, &event))
        ws_event_release (&event);
      if (ws_protocol_is_waiting (&core) != rows[i].is_waiting)
        g_error ("after \"%s\": waiting should be %d", rows[i].wire,
                 rows[i].is_waiting);
      ws_protocol_clear (&core);
    }
}

/* Gathered storage becomes the GBytes itself; what lies in place is copied. */
static void
test_take_bytes (void)
{
  gsize              len;
  g_autofree guint8 *wire
      = ws_test_hex ("82 02 61 62 02 00 80 02 63 64 82 00", &len);
  WsEvent    event = { 0 };
  WsProtocol core;

  ws_protocol_init (&core, C);
  ws_protocol_feed (&core, wire, len);
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (GBytes) bytes = NULL;
      const guint8 *data;

      g_assert_true (ws_protocol_next_event (&core, &event));
      data = event.data;
      bytes = ws_event_take_bytes (&event);
      g_assert_cmpuint (g_bytes_get_size (bytes), ==, i < 2 ? 2 : 0);
      if (i == 1)
        g_assert_true (g_bytes_get_data (bytes, NULL) == data);
      else
        g_assert_true (g_bytes_get_data (bytes, NULL) != data);
      ws_event_release (&event);
      if (i < 2)
        g_assert_cmpmem (g_bytes_get_data (bytes, NULL), 2, &"abcd"[2 * i], 2);
    }
  ws_protocol_clear (&core);
}

/* What an idle connection costs, and what a peer can make it cost. */
static void
test_memory (void)
{
  static const guint8 announced[] = { 0x82, 0x7f, 0, 0, 0, 0, 0, 0xff, 0, 0 };
  static const guint8 empty[] = { 0x00, 0x00 };
  guint8              wire[sizeof announced];
  WsEvent             event = { 0 };
  WsProtocol          core;

  g_assert_cmpuint (sizeof (WsProtocol), <, 300);
  ws_protocol_init (&core, C);
  memcpy (wire, announced, sizeof announced);
  ws_protocol_feed (&core, wire, sizeof announced);
  g_assert_false (ws_protocol_next_event (&core, &event));
  g_assert_null (core.assembler.now->message.data);
  wire[0] = 'a';
  ws_protocol_feed (&core, wire, 1);
  g_assert_false (ws_protocol_next_event (&core, &event));
  g_assert_cmpuint (core.assembler.now->message.size, <=, 128 * 1024);
  ws_protocol_clear (&core);

  ws_protocol_init (&core, C);
  for (guint i = 0; i < 100000; i++)
    {
      memcpy (wire, empty, sizeof empty);
      wire[0] = i == 0 ? 0x01 : 0x00;
      ws_protocol_feed (&core, wire, sizeof empty);
      g_assert_false (ws_protocol_next_event (&core, &event));
    }
  g_assert_null (core.assembler.now->message.data);
  ws_protocol_clear (&core);
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);

  g_test_add_func ("/protocol/protocol/vectors", test_vectors);
  g_test_add_func ("/protocol/protocol/frame-events", test_frame_events);
  g_test_add_func ("/protocol/protocol/limits", test_limits);
  g_test_add_func ("/protocol/protocol/long-vectors", test_long_vectors);
  g_test_add_func ("/protocol/protocol/reasons", test_reasons);
  g_test_add_func ("/protocol/protocol/nested", test_nested);
  g_test_add_func ("/protocol/protocol/nested-frames", test_nested_frames);
  g_test_add_func ("/protocol/protocol/late-frame-events",
                   test_late_frame_events);
  g_test_add_func ("/protocol/protocol/keep-input", test_keep_input);
  g_test_add_func ("/protocol/protocol/is-waiting", test_is_waiting);
  g_test_add_func ("/protocol/protocol/take-bytes", test_take_bytes);
  g_test_add_func ("/protocol/protocol/memory", test_memory);
  return g_test_run ();
}
