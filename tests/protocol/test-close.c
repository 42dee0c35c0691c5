/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "protocol/ws-close.h"

#include <string.h>

#include "support/ws-test.h"

/* Qt: tst_WebSocketProtocol::closeCodes. D: Qt refuses 1012 to 1014, which the
 * IANA registry has had since. */
static void
test_is_sendable (void)
{
  for (guint code = 0; code <= 70000; code++)
    {
      const gboolean by_rfc
          = code >= 1000 && code <= 1011 && !(code >= 1004 && code <= 1006);
      const gboolean by_iana = code >= 1012 && code <= 1014;
      const gboolean by_others = code >= 3000 && code <= 4999;

      g_assert_cmpint (ws_close_is_sendable (code), ==,
                       by_rfc || by_iana || by_others);
    }
}

/* Qt: tst_DataProcessor::goodCloseFrame */
static void
test_round_trip (void)
{
  static const guint codes[]
      = { 1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010,
          1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999 };

  for (gsize i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      for (gsize n = 0; n <= WS_CLOSE_REASON_MAX; n++)
        {
          g_autofree char *reason = g_strnfill (n, 'a' + n % 26);
          guint8           payload[WS_CLOSE_PAYLOAD_MAX];
          const gsize      len = ws_close_write (codes[i], reason, payload);
          guint8          *guarded = ws_test_guarded (payload, len);
          guint            code = 0;
          const guint8    *read = NULL;
          gsize            read_len = 0;
          WsFault          fault = { 0 };

          g_assert_cmpuint (len, ==, 2 + n);
          g_assert_true (
              ws_close_parse (guarded, len, &code, &read, &read_len, &fault));
          g_assert_cmpuint (code, ==, codes[i]);
          g_assert_true (read == guarded + 2);
          g_assert_cmpmem (read, read_len, reason, n);
          ws_test_guarded_free (guarded, len);
        }
    }
}

static void
test_every_ascii_reason (void)
{
  for (guint8 c = 0; c < 0x80; c++)
    {
      const guint8  payload[] = { 0x03, 0xE8, c };
      guint         code;
      const guint8 *reason;
      gsize         reason_len;
      WsFault       fault;

      g_assert_true (ws_close_parse (payload, sizeof payload, &code, &reason,
                                     &reason_len, &fault));
      g_assert_cmpmem (reason, reason_len, &c, 1);
    }
}

/* A frame without a code is 1005; Qt reports 1000. */
static void
test_empty (void)
{
  guint8       *guarded = ws_test_guarded (NULL, 0);
  guint         code = 0;
  const guint8 *reason = NULL;
  gsize         reason_len = 1;
  WsFault       fault;

  g_assert_true (
      ws_close_parse (guarded, 0, &code, &reason, &reason_len, &fault));
  g_assert_cmpuint (code, ==, WS_CLOSE_NO_STATUS);
  g_assert_true (reason == guarded);
  g_assert_cmpuint (reason_len, ==, 0);
  ws_test_guarded_free (guarded, 0);
}

typedef struct
{
  const char *name;
  const char *payload;
  guint       fault_code;
} BadRow;

/* Qt: tst_DataProcessor::invalidCloseFrame and invalidPayloadInCloseFrame; the
 * table of bad texts is test-utf8.c's. */
static const BadRow bad_rows[] = {
  { "one-byte", "03", 1002 },
  { "0", "0000", 1002 },
  { "999", "03E7", 1002 },
  { "1004", "03EC", 1002 },
  { "1005", "03ED", 1002 },
  { "1006", "03EE", 1002 },
  { "1015", "03F7", 1002 },
  { "1100", "044C", 1002 },
  { "2000", "07D0", 1002 },
  { "2999", "0BB7", 1002 },
  { "5000", "1388", 1002 },
  { "65535", "FFFF", 1002 },
  { "1005-with-reason", "03ED 6f6b", 1002 },
  { "bad-code-and-reason", "03EE FF", 1002 },
  { "lone-tail", "03E8 80", 1007 },
  { "cut", "03E8 61 E2 82", 1007 },
  { "overlong", "03E8 C0 AF", 1007 },
  { "surrogate", "03E8 ED A0 80", 1007 },
  { "too-high", "03E8 F4 90 80 80", 1007 },
  { "ff", "03E8 61 FF 61", 1007 },
};

static void
test_bad (gconstpointer user_data)
{
  const BadRow      *row = user_data;
  gsize              len;
  g_autofree guint8 *payload = ws_test_hex (row->payload, &len);
  guint8            *guarded = ws_test_guarded (payload, len);
  guint              code;
  const guint8      *reason;
  gsize              reason_len;
  WsFault            fault = { 0 };

  g_assert_false (
      ws_close_parse (guarded, len, &code, &reason, &reason_len, &fault));
  g_assert_cmpuint (fault.close_code, ==, row->fault_code);
  g_assert_cmpstr (fault.reason, !=, "");
  ws_test_guarded_free (guarded, len);
}

static void
test_write_without_reason (void)
{
  guint8 payload[WS_CLOSE_PAYLOAD_MAX];

  g_assert_cmpuint (ws_close_write (1005, "ignored", payload), ==, 0);
  g_assert_cmpuint (ws_close_write (1001, NULL, payload), ==, 2);
  g_assert_cmpmem (payload, 2, "\x03\xE9", 2);
  g_assert_cmpuint (ws_close_write (1001, "", payload), ==, 2);
}

/* The cut may not halve a character. */
static void
test_write_cuts (void)
{
  for (gsize n_ascii = 0; n_ascii <= 130; n_ascii++)
    {
      g_autofree char *ascii = g_strnfill (n_ascii, 'a');
      g_autofree char *reason = g_strconcat (ascii, "😀😀", NULL);
      const gsize      room = WS_CLOSE_REASON_MAX;
      gsize            expected = n_ascii;
      guint8           payload[WS_CLOSE_PAYLOAD_MAX];

      while (expected + 4 <= MIN (room, n_ascii + 8))
        expected += 4;
      expected = MIN (expected, room);
      g_assert_cmpuint (ws_close_write (1000, reason, payload), ==,
                        2 + expected);
      g_assert_cmpmem (payload + 2, expected, reason, expected);
    }
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);

  g_test_add_func ("/protocol/close/is-sendable", test_is_sendable);
  g_test_add_func ("/protocol/close/round-trip", test_round_trip);
  g_test_add_func ("/protocol/close/every-ascii-reason",
                   test_every_ascii_reason);
  g_test_add_func ("/protocol/close/empty", test_empty);
  for (gsize i = 0; i < G_N_ELEMENTS (bad_rows); i++)
    {
      g_autofree char *path
          = g_strconcat ("/protocol/close/bad/", bad_rows[i].name, NULL);

      g_test_add_data_func (path, &bad_rows[i], test_bad);
    }
  g_test_add_func ("/protocol/close/write-without-reason",
                   test_write_without_reason);
  g_test_add_func ("/protocol/close/write-cuts", test_write_cuts);
  return g_test_run ();
}
