/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "protocol/ws-deflate.h"

#include <string.h>

#include "event-log.h"
#include "protocol/ws-protocol.h"
#include "support/ws-test.h"

static const WsDeflateParams plain_params = { 15, 15, FALSE, FALSE };
static const WsDeflateParams alone_params = { 15, 15, TRUE, TRUE };

static WsDeflateSettings
settings_with (gsize threshold, guint max_ratio)
{
  WsDeflateSettings settings = WS_DEFLATE_SETTINGS_DEFAULT;

  settings.threshold = threshold;
  settings.max_ratio = max_ratio;
  return settings;
}

static WsExtension *
client_new (void)
{
  WsDeflateSettings settings = settings_with (0, 0);

  return ws_deflate_new (WS_ROLE_CLIENT, &plain_params, &settings);
}

/* Nobody takes a context over. */
static WsExtension *
client_alone_new (void)
{
  WsDeflateSettings settings = settings_with (0, 0);

  return ws_deflate_new (WS_ROLE_CLIENT, &alone_params, &settings);
}

typedef struct
{
  const char *name;
  const char *wire;
  const char *expected;
} Vector;

#define HELLO "message text \"Hello\"\n"
#define EMPTY "message text \"\"\n"

/* clang-format off */
static const Vector vectors[] = {
  { "RFC 7.2.3.1", "c1 07 f2 48 cd c9 c9 07 00", HELLO },
  { "RFC 7.2.3.1, fragments", "41 03 f2 48 cd 80 04 c9 c9 07 00", HELLO },
  { "RFC 7.2.3.2", "c1 07 f2 48 cd c9 c9 07 00 c1 07 f2 48 cd c9 c9 07 00",
    HELLO HELLO },
  { "RFC 7.2.3.3", "c1 0b 00 05 00 fa ff 48 65 6c 6c 6f 00", HELLO },
  { "RFC 7.2.3.4", "c1 08 f3 48 cd c9 c9 07 00 00", HELLO },
  { "RFC 7.2.3.5", "c1 0d f2 48 05 00 00 00 ff ff ca c9 c9 07 00", HELLO },
  { "RFC 7.2.3.6", "c1 01 00", EMPTY },
  { "last block without a byte after it", "c1 07 f3 48 cd c9 c9 07 00", HELLO },
  { "several last blocks", "c1 10 f3 48 cd c9 c9 07 00 f3 48 cd c9 c9 07 00 03 "
    "00", "message text \"HelloHello\"\n" },
  { "last blocks, then others",
    "c1 0e f3 48 cd c9 c9 07 00 f2 48 cd c9 c9 07 00",
    "message text \"HelloHello\"\n" },
  { "a message after a last block",
    "c1 07 f3 48 cd c9 c9 07 00 c1 07 f2 48 cd c9 c9 07 00", HELLO HELLO },
  { "empty: nothing at all", "c1 00", EMPTY },
  { "empty: nothing in fragments", "41 00 00 00 80 00", EMPTY },
  { "empty: a byte in the last fragment", "41 00 00 00 80 01 00", EMPTY },
  { "empty: a fixed block", "c1 02 02 00", EMPTY },
  { "empty: a last fixed block", "c1 02 03 00", EMPTY },
  { "empty: a last fixed block, then a byte", "c1 03 03 00 00", EMPTY },
  { "empty: a last stored block", "c1 05 01 00 00 ff ff", EMPTY },
  { "empty: two stored blocks", "c1 06 00 00 00 ff ff 00", EMPTY },
  { "empty ones between others",
    "c1 00 c1 07 f2 48 cd c9 c9 07 00 c1 00 c1 01 00 c1 02 03 00 c1 07 f2 48 "
    "cd c9 c9 07 00",
    EMPTY HELLO EMPTY EMPTY EMPTY HELLO },
  { "binary", "c2 07 f2 48 cd c9 c9 07 00", "message binary \"Hello\"\n" },
  { "control frames between", "41 03 f2 48 cd 89 01 70 00 02 c9 c9 8a 00 80 02 "
    "07 00", "ping \"p\"\npong \"\"\n" HELLO },
  /* A peer need not compress every message. */
  { "plain ones between", "c1 07 f2 48 cd c9 c9 07 00 81 01 61 01 01 62 80 01 "
    "63", HELLO "message text \"a\"\nmessage text \"bc\"\n" },
  { "plain fragments between",
    "c1 07 f2 48 cd c9 c9 07 00 01 01 62 80 01 63 c1 05 f2 00 11 00 00",
    HELLO "message text \"bc\"\n" HELLO },
  { "context taken over", "c1 07 f2 48 cd c9 c9 07 00 c1 05 f2 00 11 00 00",
    HELLO HELLO },
  { "context over a last block",
    "c1 07 f3 48 cd c9 c9 07 00 c1 05 f2 00 11 00 00", HELLO HELLO },
  { "no context yet", "c1 05 f2 00 11 00 00", "fault 1007\n" },
  { "unknown kind of block", "c1 01 ff", "fault 1007\n" },
  { "unknown kind of block, not the last frame", "41 01 ff", "fault 1007\n" },
  { "stored lengths that differ", "c1 0b 00 05 00 fa fe 48 65 6c 6c 6f 00",
    "fault 1007\n" },
  { "cut in a block", "c1 03 f2 48 cd", "fault 1007\n" },
  { "cut in a stored block", "c1 08 00 05 00 fa ff 48 65 6c", "fault 1007\n" },
  { "with its tail", "c1 0b f2 48 cd c9 c9 07 00 00 00 ff ff", "fault 1007\n" },
  { "garbage after a last block", "c1 08 f3 48 cd c9 c9 07 00 ff",
    "fault 1007\n" },
  { "a close after the fault", "c1 01 ff 88 02 03 ef",
    "fault 1007\nclose 1007 \"\"\n" },
  { "bad text", "c1 07 00 01 00 fe ff ff 00", "fault 1007\n" },
  { "bad text, not the last frame", "41 07 00 02 00 fd ff c3 28",
    "fault 1007\n" },
  { "bad text, then bad data", "41 08 00 01 00 fe ff ff 07", "fault 1007\n" },
  { "cut text", "c1 07 00 01 00 fe ff c3 00", "fault 1007\n" },
  { "text cut between fragments",
    "41 06 00 01 00 fe ff c3 80 07 00 01 00 fe ff a4 00",
    "message text \"\\xc3\\xa4\"\n" },
  /* RFC 7692, 6.1: only the first frame says that a message is compressed. */
  { "RSV1 on a continuation", "41 03 f2 48 cd c0 04 c9 c9 07 00",
    "fault 1002\n" },
  { "RSV1 on a continuation of a plain message", "01 01 61 c0 01 00",
    "fault 1002\n" },
  { "RSV1 on a ping", "c9 00", "fault 1002\n" },
  { "RSV1 on a close", "c8 00", "fault 1002\n" },
  { "RSV2 beside it", "e1 01 00", "fault 1002\n" },
  { "RSV3", "91 01 00", "fault 1002\n" },
};

static const Vector alone_vectors[] = {
  { "each by itself", "c1 07 f2 48 cd c9 c9 07 00 c1 07 f2 48 cd c9 c9 07 00",
    HELLO HELLO },
  { "last blocks", "c1 07 f3 48 cd c9 c9 07 00 c1 00 c1 08 f3 48 cd c9 c9 07 "
    "00 00", HELLO EMPTY HELLO },
  { "a context nevertheless", "c1 07 f2 48 cd c9 c9 07 00 c1 05 f2 00 11 00 00",
    HELLO "fault 1007\n" },
};

/* Without the extension */
static const Vector without_vectors[] = {
  { "RSV1", "c1 07 f2 48 cd c9 c9 07 00", "fault 1002\n" },
  { "RSV1 on a continuation", "01 01 61 c0 01 00", "fault 1002\n" },
  { "RSV1 on a ping", "c9 00", "fault 1002\n" },
};

/* Limits of 16 bytes. */
static const Vector limit_vectors[] = {
  { "at the limit", "c1 06 4a 4c 44 05 00 00",
    "message text \"aaaaaaaaaaaaaaaa\"\n" },
  { "over it", "c1 06 4a 4c 44 03 00 00", "fault 1009\n" },
  { "far over it", "c1 0b 4a 4c 1c 05 a3 60 14 0c 77 00 00", "fault 1009\n" },
  { "at the limit, a last block", "c1 05 4b 4c 44 05 00",
    "message text \"aaaaaaaaaaaaaaaa\"\n" },
  { "at the limit, then an empty block",
    "c1 0b 4a 4c 44 05 00 00 00 00 ff ff 00",
    "message text \"aaaaaaaaaaaaaaaa\"\n" },
  { "over it in the second frame",
    "41 05 4b 4c 44 05 00 80 07 00 01 00 fe ff 61 00", "fault 1009\n" },
  { "frames are limited as they come", "c1 11", "fault 1009\n" },
  { "each message by itself", "c2 06 4a 4c 44 05 00 00 c2 06 4a 4c 44 05 00 00",
    "message binary \"aaaaaaaaaaaaaaaa\"\nmessage binary \"aaaaaaaaaaaaaaaa\"\n"
    },
  { "bad text comes first", "c1 0c 00 01 00 fe ff ff 4a 4c 44 03 00 00",
    "fault 1007\n" },
};

static const Vector frame_vectors[] = {
  { "whole", "c1 07 f2 48 cd c9 c9 07 00",
    "frame text last \"Hello\"\n" HELLO },
  { "as it comes out", "41 08 00 02 00 fd ff 48 65 00 80 08 03 00 fc ff 6c 6c "
    "6f 00",
    "frame text \"He\"\nframe text last \"llo\"\n" HELLO },
  { "nothing yet", "41 01 f2 80 06 48 cd c9 c9 07 00",
    "frame text \"\"\nframe text last \"Hello\"\n" HELLO },
  { "cut text", "41 06 00 01 00 fe ff c3 80 07 00 01 00 fe ff a4 00",
    "frame text \"\"\nframe text last \"\\xc3\\xa4\"\nmessage text "
    "\"\\xc3\\xa4\"\n" },
};
/* clang-format on */

static void
check_vectors (const Vector *list, gsize n, EventSetup setup)
{
  for (gsize i = 0; i < n; i++)
    {
      gsize              len;
      g_autofree guint8 *wire = ws_test_hex (list[i].wire, &len);

      g_test_message ("%s", list[i].name);
      event_log_check (list[i].name, &setup, wire, len, list[i].expected);
    }
}

static void
test_vectors (void)
{
  check_vectors (vectors, G_N_ELEMENTS (vectors),
                 (EventSetup){ .extension = client_new });
  check_vectors (alone_vectors, G_N_ELEMENTS (alone_vectors),
                 (EventSetup){ .extension = client_alone_new });
  check_vectors (without_vectors, G_N_ELEMENTS (without_vectors),
                 (EventSetup){ 0 });
}

static void
test_limits (void)
{
  check_vectors (limit_vectors, G_N_ELEMENTS (limit_vectors),
                 (EventSetup){ .max_frame_size = 16,
                               .max_message_size = 16,
                               .extension = client_new });
}

static void
test_frame_events (void)
{
  check_vectors (frame_vectors, G_N_ELEMENTS (frame_vectors),
                 (EventSetup){ .wants_frame_events = TRUE,
                               .extension = client_new });
}

/* (transfer full): what the message says that breaks @rule. */
static char *
fault_of (const char *hex)
{
  gsize              len;
  g_autofree guint8 *wire = ws_test_hex (hex, &len);
  EventSetup setup = { .max_message_size = 16, .extension = client_new };

  return event_log_read (&setup, wire, len, (EventCut){ .first = len });
}

/* Faults name the limit that was passed. */
static void
test_reasons (void)
{
  static const struct
  {
    const char *wire;
    const char *reason;
  } rows[] = {
    { "c1 06 4a 4c 44 03 00 00",
      "Message exceeds max-incoming-message-size, 16" },
    { "c1 01 ff", "Compressed data is corrupt: invalid block type" },
    { "c1 05 f2 00 11 00 00", "corrupt: invalid distance too far back" },
    { "c1 03 f2 48 cd", "corrupt: the message ends within a block" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *log = fault_of (rows[i].wire);

      g_assert_nonnull (strstr (log, rows[i].reason));
    }
}

/* --- Sending --- */

static gboolean
encode (WsExtension *extension, const char *text, WsBuffer *out)
{
  return extension->klass->encode (extension, WS_OPCODE_TEXT,
                                   (const guint8 *) text, strlen (text), out);
}

/* Appends a compressed message as a server sends it. */
static void
append_message (GByteArray *wire, const WsBuffer *payload)
{
  event_log_append_frame (wire, WS_ROLE_CLIENT, 0xc1, payload->data,
                          payload->len);
}

static void
test_threshold (void)
{
  WsDeflateSettings settings = settings_with (20, 0);
  WsExtension      *extension
      = ws_deflate_new (WS_ROLE_SERVER, &plain_params, &settings);
  WsBuffer out = { 0 };

  g_assert_false (encode (extension, "aaaaaaaaaaaaaaaaaaa", &out));
  g_assert_cmpuint (out.len, ==, 0);
  g_assert_true (encode (extension, "aaaaaaaaaaaaaaaaaaaa", &out));
  g_assert_cmpuint (out.len, >, 0);
  ws_buffer_clear (&out);
  g_assert_false (ws_deflate_compress_shared (
      &settings, 15, (const guint8 *) "aaaaaaaaaaaaaaaaaaa", 19, &out));
  g_assert_cmpuint (out.len, ==, 0);
  extension->klass->free (extension);
}

/* RFC 7692, 7.2.3.2: the second message is shorter when contexts are taken
 * over, the same when not. */
static void
test_takeover (void)
{
  static const char text[] = "the one and only text that this is all about";
  WsDeflateSettings settings = settings_with (0, 0);
  WsDeflateParams   params = plain_params;

  for (guint alone = 0; alone < 2; alone++)
    {
      WsExtension *extension;
      WsBuffer     first = { 0 }, second = { 0 };

      params.server_no_context_takeover = alone;
      extension = ws_deflate_new (WS_ROLE_SERVER, &params, &settings);
      g_assert_true (encode (extension, text, &first));
      g_assert_true (encode (extension, text, &second));
      if (alone)
        g_assert_cmpmem (first.data, first.len, second.data, second.len);
      else
        g_assert_cmpuint (second.len, <, first.len / 2);
      ws_buffer_clear (&first);
      ws_buffer_clear (&second);
      extension->klass->free (extension);
    }
}

/* What does not become shorter goes plain, and the next message refers to
 * nothing of it. */
static void
test_no_shorter (void)
{
  static const char text[] = "some text, some text, some text";
  WsDeflateSettings settings = settings_with (0, 0);
  WsExtension      *extension
      = ws_deflate_new (WS_ROLE_SERVER, &plain_params, &settings);
  EventSetup setup = { .extension = client_new };
  g_autoptr (GByteArray) wire = g_byte_array_new ();
  WsBuffer out = { 0 };

  g_assert_true (encode (extension, text, &out));
  append_message (wire, &out);
  out.len = 0;
  ws_buffer_append (&out, "kept", 4);
  g_assert_false (encode (extension, "", &out));
  g_assert_false (encode (extension, "qwertzuiop", &out));
  g_assert_cmpmem (out.data, out.len, "kept", 4);
  out.len = 0;
  g_assert_true (encode (extension, text, &out));
  append_message (wire, &out);
  event_log_check ("no shorter", &setup, wire->data, wire->len,
                   "message text \"some text, some text, some text\"\n"
                   "message text \"some text, some text, some text\"\n");
  ws_buffer_clear (&out);
  extension->klass->free (extension);
}

/* One compressed for all goes between those of a connection's own; and what is
 * released comes back. */
static void
test_shared (void)
{
  static const char text[] = "some text, some text, some text";
  WsDeflateSettings settings = settings_with (0, 0);
  WsExtension      *sender
      = ws_deflate_new (WS_ROLE_SERVER, &plain_params, &settings);
  EventSetup setup = { .extension = client_new };
  g_autoptr (GByteArray) wire = g_byte_array_new ();
  g_autoptr (GString) expected = g_string_new (NULL);

  g_assert_cmpuint (ws_deflate_window_bits (sender), ==, 15);
  for (guint i = 0; i < 12; i++)
    {
      WsBuffer out = { 0 };

      if (i % 3 != 1)
        g_assert_true (encode (sender, text, &out));
      else
        {
          g_assert_true (ws_deflate_compress_shared (&settings, 9,
                                                     (const guint8 *) text,
                                                     strlen (text), &out));
          ws_deflate_note_shared (sender);
        }
      if (i % 4 == 3)
        ws_deflate_release_idle (sender);
      append_message (wire, &out);
      g_string_append_printf (expected, "message text \"%s\"\n", text);
      ws_buffer_clear (&out);
    }
  event_log_check ("shared", &setup, wire->data, wire->len, expected->str);
  sender->klass->free (sender);
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);

  g_test_add_func ("/protocol/deflate/vectors", test_vectors);
  g_test_add_func ("/protocol/deflate/limits", test_limits);
  g_test_add_func ("/protocol/deflate/frame-events", test_frame_events);
  g_test_add_func ("/protocol/deflate/reasons", test_reasons);
  g_test_add_func ("/protocol/deflate/threshold", test_threshold);
  g_test_add_func ("/protocol/deflate/takeover", test_takeover);
  g_test_add_func ("/protocol/deflate/no-shorter", test_no_shorter);
  g_test_add_func ("/protocol/deflate/shared", test_shared);
  return g_test_run ();
}
