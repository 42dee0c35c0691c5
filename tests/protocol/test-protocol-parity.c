/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The twins of tst_DataProcessor, which feeds bytes to Qt's parser. Qt's tests
 * feed an unmasked stream to a client and see each frame and each message; so
 * do these. The idle timer is the engine's: here a stream that ends early
 * leaves the core waiting. */

#include "protocol/ws-protocol.h"

#include <string.h>

#include "bad-texts.h"
#include "event-log.h"
#include "protocol/ws-close.h"
#include "support/ws-test.h"

static const EventSetup client
    = { .role = WS_ROLE_CLIENT, .wants_frame_events = TRUE };

/* (transfer full): one frame as a server sends it. */
static GByteArray *
build_frame (guint8 first_byte, const void *payload, gsize len)
{
  GByteArray *wire = g_byte_array_new ();

  event_log_append_frame (wire, WS_ROLE_CLIENT, first_byte, payload, len);
  return wire;
}

/* Appends the frame event and the message event of a payload. */
static void
expect_message (GString *log, WsOpcode opcode, const void *data, gsize len)
{
  WsEvent event = { .type = WS_EVENT_FRAME,
                    .opcode = opcode,
                    .is_last = TRUE,
                    .data = (guint8 *) data,
                    .len = len };

  event_log_write (log, &event);
  event.type = WS_EVENT_MESSAGE;
  event_log_write (log, &event);
}

static void
check_good_message (WsOpcode opcode, const void *data, gsize len)
{
  g_autoptr (GByteArray) wire = build_frame (0x80 | opcode, data, len);
  g_autoptr (GString) expected = g_string_new (NULL);

  expect_message (expected, opcode, data, len);
  if (len <= 256)
    event_log_check ("message", &client, wire->data, wire->len, expected->str);
  else
    event_log_check_some ("message", &client, wire->data, wire->len,
                          expected->str);
}

static void
check_sizes (WsOpcode opcode)
{
  g_autofree char *data = g_malloc0 (65664 + 1);

  for (gsize len = 0; len <= 65664; len += 128)
    {
      memset (data, 'a' + (int) (len / 128 % 26), len);
      data[len] = '\0';
      check_good_message (opcode, data, len);
    }
}

/* Qt: tst_DataProcessor::goodBinaryFrame */
static void
test_good_binary_frame (void)
{
  check_sizes (WS_OPCODE_BINARY);
  for (guint byte = 0; byte < 256; byte++)
    {
      guint8 content[8];

      memset (content, (int) byte, sizeof content);
      check_good_message (WS_OPCODE_BINARY, content, sizeof content);
    }
}

/* Qt: tst_DataProcessor::goodTextFrame */
static void
test_good_text_frame (void)
{
  static const char latin[] = "\xc3\xa4\xc3\xb6\xc3\xbc \xc3\x9f \xc4\xb1\xc5"
                              "\x93 na\xc3\xafve \xc2\xa1\xc2\xbf";

  check_sizes (WS_OPCODE_TEXT);
  for (guint c = 0; c < 128; c++)
    {
      char content[] = { (char) c, '\0' };

      check_good_message (WS_OPCODE_TEXT, content, 1);
    }
  check_good_message (WS_OPCODE_TEXT, latin, strlen (latin));
}

static void
check_frame (guint8      first_byte,
             const void *payload,
             gsize       len,
             const char *expected)
{
  g_autoptr (GByteArray) wire = build_frame (first_byte, payload, len);

  event_log_check (expected, &client, wire->data, wire->len, expected);
}

/* Qt: tst_DataProcessor::goodControlFrame */
static void
test_good_control_frame (void)
{
  check_frame (0x89, NULL, 0, "ping \"\"\n");
  check_frame (0x8a, NULL, 0, "pong \"\"\n");
}

/* Qt: tst_DataProcessor::goodOpcodes */
static void
test_good_opcodes (void)
{
  check_frame (0x89, NULL, 0, "ping \"\"\n");
  check_frame (0x8a, NULL, 0, "pong \"\"\n");
  check_frame (0x81, NULL, 0, "frame text last \"\"\nmessage text \"\"\n");
  check_frame (0x82, NULL, 0, "frame binary last \"\"\nmessage binary \"\"\n");
  check_frame (0x88, NULL, 0, "close 1005 \"\"\n");
}

static void
check_close (guint code, const char *reason, gsize len)
{
  guint8 payload[WS_CLOSE_PAYLOAD_MAX + 1]
      = { (guint8) (code >> 8), (guint8) code };
  g_autoptr (GString) expected = g_string_new (NULL);
  WsEvent event = { .type = WS_EVENT_CLOSE, .close_code = code };

  memcpy (payload + 2, reason, len);
  event.data = payload + 2;
  event.len = len;
  event_log_write (expected, &event);
  check_frame (0x88, payload, len + 2, expected->str);
}

/* Qt: tst_DataProcessor::goodCloseFrame. D: an empty frame is 1005, not 1000,
 * and 1012 to 1014 are legal: IANA has given them away since. */
static void
test_good_close_frame (void)
{
  static const guint codes[]
      = { 1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010,
          1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999 };
  char reason[WS_CLOSE_REASON_MAX + 1];

  memset (reason, 'a', sizeof reason);
  for (gsize len = 0; len <= WS_CLOSE_REASON_MAX; len++)
    check_close (1000, reason, len);
  for (guint c = 0; c < 128; c++)
    {
      reason[0] = (char) c;
      check_close (1000, reason, 1);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      check_close (codes[i], "", 0);
      check_close (codes[i], "reason", 6);
    }
  check_frame (0x88, NULL, 0, "close 1005 \"\"\n");
}

/* Qt: tst_DataProcessor::nonCharacterCodes */
static void
test_non_character_codes (void)
{
  for (gunichar plane = 0; plane <= 0x10; plane++)
    {
      for (gunichar last = 0xfffe; last <= 0xffff; last++)
        {
          char text[6];
          int  len = g_unichar_to_utf8 (plane << 16 | last, text);

          text[len] = '\0';
          check_good_message (WS_OPCODE_TEXT, text, (gsize) len);
        }
    }
}

static void
check_waiting (const guint8 *wire, gsize len, const char *expected)
{
  g_autofree guint8 *copy = g_memdup2 (wire, len);
  g_autoptr (GString) log = g_string_new (NULL);
  WsProtocol core;
  WsEvent    event = { 0 };

  event_log_start (&core, &client);
  ws_protocol_feed (&core, copy, len);
  while (ws_protocol_next_event (&core, &event))
    {
      event_log_write (log, &event);
      ws_event_release (&event);
    }
  g_assert_cmpstr (log->str, ==, expected);
  g_assert_true (ws_protocol_is_waiting (&core) == (len > 0));
  ws_protocol_clear (&core);
  event_log_check ("incomplete", &client, wire, len, expected);
}

/* Qt: tst_DataProcessor::frameTooSmall */
static void
test_frame_too_small (void)
{
  static const guint8 wire[] = { 0x01, 0x01, 'a', 0x80 };

  check_waiting (wire, 0, "");
  check_waiting (wire, 1, "");
  check_waiting (wire, 3, "frame text \"a\"\n");
  check_waiting (wire, 4, "frame text \"a\"\n");
}

/* Qt: tst_DataProcessor::incompleteSizeField */
static void
test_incomplete_size_field (void)
{
  for (guint opcode = 1; opcode <= 2; opcode++)
    {
      guint8 wire[2 + 7] = { (guint8) (0x80 | opcode), 126, 1 };

      check_waiting (wire, 2, "");
      check_waiting (wire, 3, "");
      wire[1] = 127;
      wire[2] = 0;
      wire[4] = 1;
      for (gsize len = 2; len <= sizeof wire; len++)
        check_waiting (wire, len, "");
    }
  {
    guint8 wire[2 + 2 + 7] = { 0x01, 0, 0x80, 126, 1 };

    check_waiting (wire, 4, "frame text \"\"\n");
    check_waiting (wire, 5, "frame text \"\"\n");
    wire[3] = 127;
    wire[4] = 0;
    wire[6] = 1;
    for (gsize len = 4; len <= sizeof wire; len++)
      check_waiting (wire, len, "frame text \"\"\n");
  }
}

/* Announces @length payload bytes and sends fewer. */
static void
check_incomplete_payload (guint8 first_byte, gsize length, gsize sent)
{
  g_autoptr (GByteArray) wire = g_byte_array_new ();
  g_autofree guint8 *payload = g_malloc0 (length);
  const char        *expected = "";

  if (first_byte == 0x80)
    {
      event_log_append_frame (wire, WS_ROLE_CLIENT, 0x02, NULL, 0);
      expected = "frame binary \"\"\n";
    }
  event_log_append_frame (wire, WS_ROLE_CLIENT, first_byte, payload, length);
  g_byte_array_set_size (wire, wire->len - (guint) (length - sent));
  check_waiting (wire->data, wire->len, expected);
}

/* Qt: tst_DataProcessor::incompletePayload */
static void
test_incomplete_payload (void)
{
  static const gsize  lengths[] = { 125, 64, 256, 128000 };
  static const guint8 data_bytes[] = { 0x81, 0x82, 0x80 };
  static const guint8 control_bytes[] = { 0x88, 0x89, 0x8a };

  for (gsize i = 0; i < G_N_ELEMENTS (lengths) * 3; i++)
    check_incomplete_payload (data_bytes[i % 3], lengths[i / 3], 64 - 1);
  for (gsize i = 0; i < 3; i++)
    check_incomplete_payload (control_bytes[i], 64, 32);
}

/* Qt: tst_DataProcessor::frameTooBig: at the header, no payload has come. */
static void
test_frame_too_big (void)
{
  static const guint8 firsts[] = { 0x81, 0x82, 0x80 };

  for (gsize i = 0; i < G_N_ELEMENTS (firsts); i++)
    {
      EventSetup setup = client;
      g_autoptr (GByteArray) wire = g_byte_array_new ();
      guint8   head[] = { firsts[i], 127, 0, 0, 0, 0, 0x01, 0, 0, 0x01 };
      gboolean continues = firsts[i] == 0x80;

      setup.max_frame_size = 0x1000000;
      if (continues)
        event_log_append_frame (wire, WS_ROLE_CLIENT, 0x01, "a", 1);
      g_byte_array_append (wire, head, sizeof head);
      event_log_check ("too big", &setup, wire->data, wire->len,
                       continues ? "frame text \"a\"\nfault 1009\n"
                                 : "fault 1009\n");
    }
}

/* A header alone, and after a good fragment that is reported. */
static void
check_bad_header (guint8 first_byte)
{
  g_autoptr (GByteArray) wire = g_byte_array_new ();

  check_frame (first_byte, NULL, 0, "fault 1002\n");
  event_log_append_frame (wire, WS_ROLE_CLIENT, 0x01, "good", 4);
  event_log_append_frame (wire, WS_ROLE_CLIENT, first_byte, NULL, 0);
  event_log_check ("bad header", &client, wire->data, wire->len,
                   "frame text \"good\"\nfault 1002\n");
}

/* Qt: tst_DataProcessor::invalidHeader */
static void
test_invalid_header (void)
{
  for (guint rsv = 1; rsv < 8; rsv++)
    check_bad_header ((guint8) (0x81 | rsv << 4));
  for (guint opcode = 0x3; opcode <= 0xf; opcode++)
    {
      if (opcode <= 0x7 || opcode >= 0xb)
        check_bad_header ((guint8) (0x80 | opcode));
    }
}

/* Qt: tst_DataProcessor::invalidControlFrame */
static void
test_invalid_control_frame (void)
{
  guint8 payload[126] = { 0 };

  for (guint opcode = 0x8; opcode <= 0xa; opcode++)
    {
      check_frame ((guint8) (0x80 | opcode), payload, 126, "fault 1002\n");
      check_frame ((guint8) opcode, payload, 126, "fault 1002\n");
      check_frame ((guint8) opcode, NULL, 0, "fault 1002\n");
    }
}

/* Qt: tst_DataProcessor::invalidCloseFrame: a close is reported, no fault. D:
 * 1012 to 1014 are legal. */
static void
test_invalid_close_frame (void)
{
  static const guint codes[]
      = { 1006, 1005, 1004, 1015, 0, 999, 1100, 2000, 2999, 5000, 65535 };

  check_frame (0x88, "\x03", 1, "close 1002\n");
  for (gsize i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      guint8 payload[] = { (guint8) (codes[i] >> 8), (guint8) codes[i] };

      check_frame (0x88, payload, sizeof payload, "close 1002\n");
    }
}

/* Qt: tst_DataProcessor::invalidPayload */
static void
test_invalid_payload (void)
{
  for (gsize i = 0; i < n_bad_texts; i++)
    {
      const BadText *bad = &bad_texts[i];
      g_autoptr (GByteArray) wire = g_byte_array_new ();
      g_autofree char *log = NULL;
      EventCut         whole = { .first = G_MAXSIZE };

      check_frame (0x81, bad->text, bad->len, "fault 1007\n");
      event_log_append_frame (wire, WS_ROLE_CLIENT, 0x01, bad->text, bad->len);
      event_log_append_frame (wire, WS_ROLE_CLIENT, 0x80, bad->text, bad->len);
      log = event_log_read (&client, wire->data, wire->len, whole);
      if (strstr (log, "fault 1007") == NULL || strstr (log, "message") != NULL)
        g_error ("%s as a continuation: %s", bad->name, log);

      g_byte_array_set_size (wire, 0);
      event_log_append_frame (wire, WS_ROLE_CLIENT, 0x01, NULL, 0);
      event_log_append_frame (wire, WS_ROLE_CLIENT, 0x80, bad->text, bad->len);
      event_log_check (bad->name, &client, wire->data, wire->len,
                       "frame text \"\"\nfault 1007\n");
    }
}

/* Qt: tst_DataProcessor::invalidPayloadInCloseFrame */
static void
test_invalid_payload_in_close_frame (void)
{
  for (gsize i = 0; i < n_bad_texts; i++)
    {
      guint8 payload[WS_CLOSE_PAYLOAD_MAX] = { 0x03, 0xe8 };

      g_assert_cmpuint (bad_texts[i].len, <=, WS_CLOSE_REASON_MAX);
      memcpy (payload + 2, bad_texts[i].text, bad_texts[i].len);
      check_frame (0x88, payload, bad_texts[i].len + 2, "close 1007\n");
    }
}

/* Qt: tst_DataProcessor::minimumSizeRequirement */
static void
test_minimum_size_requirement (void)
{
  static const guint lengths[] = { 0, 64, 125, 126, 256, 65535 };

  for (gsize i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      guint8 high = (guint8) (lengths[i] >> 8);
      guint8 low = (guint8) lengths[i];
      guint8 wire16[] = { 0x82, 126, high, low };
      guint8 wire64[] = { 0x82, 127, 0, 0, 0, 0, 0, 0, high, low };

      if (lengths[i] < 126)
        event_log_check ("16 bits", &client, wire16, sizeof wire16,
                         "fault 1002\n");
      event_log_check ("64 bits", &client, wire64, sizeof wire64,
                       "fault 1002\n");
    }
}

/* Qt: tst_DataProcessor::clearDataBuffers (QTBUG-55506): a handler runs a
 * nested loop, which gets more input. */
static void
test_clear_data_buffers (void)
{
  static const EventSetup plain = { .role = WS_ROLE_CLIENT };
  g_autoptr (GByteArray) first = build_frame (0x81, "Hello, world!", 13);
  g_autoptr (GByteArray) second = build_frame (0x81, "Goodbye!", 8);
  g_autoptr (GString) log = g_string_new (NULL);
  WsProtocol core;
  WsEvent    outer = { 0 }, inner = { 0 };

  event_log_start (&core, &plain);
  /* In two pieces, so that the message is gathered. */
  ws_protocol_feed (&core, first->data, 8);
  g_assert_false (ws_protocol_next_event (&core, &outer));
  ws_protocol_feed (&core, first->data + 8, first->len - 8);
  g_assert_true (ws_protocol_next_event (&core, &outer));
  ws_protocol_feed (&core, second->data, second->len);
  g_assert_true (ws_protocol_next_event (&core, &inner));
  event_log_write (log, &inner);
  ws_event_release (&inner);
  g_assert_false (ws_protocol_next_event (&core, &inner));
  event_log_write (log, &outer);
  ws_event_release (&outer);
  g_assert_false (ws_protocol_next_event (&core, &outer));
  g_assert_cmpstr (log->str, ==,
                   "message text \"Goodbye!\"\n"
                   "message text \"Hello, world!\"\n");
  ws_protocol_clear (&core);
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);

#define ADD(path, function) \
  g_test_add_func ("/protocol/protocol-parity/" path, function)
  ADD ("good-binary-frame", test_good_binary_frame);
  ADD ("good-text-frame", test_good_text_frame);
  ADD ("good-control-frame", test_good_control_frame);
  ADD ("good-close-frame", test_good_close_frame);
  ADD ("good-opcodes", test_good_opcodes);
  ADD ("non-character-codes", test_non_character_codes);
  ADD ("frame-too-small", test_frame_too_small);
  ADD ("frame-too-big", test_frame_too_big);
  ADD ("invalid-header", test_invalid_header);
  ADD ("invalid-control-frame", test_invalid_control_frame);
  ADD ("invalid-close-frame", test_invalid_close_frame);
  ADD ("incomplete-size-field", test_incomplete_size_field);
  ADD ("incomplete-payload", test_incomplete_payload);
  ADD ("invalid-payload", test_invalid_payload);
  ADD ("invalid-payload-in-close-frame", test_invalid_payload_in_close_frame);
  ADD ("minimum-size-requirement", test_minimum_size_requirement);
  ADD ("clear-data-buffers", test_clear_data_buffers);
#undef ADD
  return g_test_run ();
}
