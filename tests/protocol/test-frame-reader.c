/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "protocol/ws-frame-reader.h"

#include <string.h>

#include "support/ws-test.h"

typedef struct
{
  const char *name;
  WsRole      role;
  const char *wire; /* one header and nothing else */
  WsParse     expected;
  guint64     length;
  const char *description;
} Row;

/* clang-format off */
static const Row rows[] = {
  { "short", WS_ROLE_CLIENT, "81 05", WS_DONE, 5, "8105 at byte 0" },
  { "empty", WS_ROLE_CLIENT, "80 00", WS_DONE, 0, "8000 at byte 0" },
  { "masked", WS_ROLE_SERVER, "01 85 01 02 03 04", WS_DONE, 5,
    "0185 at byte 0" },
  { "16 bits", WS_ROLE_CLIENT, "82 7e 01 00", WS_DONE, 256,
    "827e0100 at byte 0" },
  { "16 bits, masked", WS_ROLE_SERVER, "82 fe ff ff 01 02 03 04", WS_DONE,
    65535,
    "82feffff at byte 0" },
  { "64 bits", WS_ROLE_CLIENT, "82 7f 00 00 00 00 00 01 00 00", WS_DONE, 65536,
    "827f0000000000010000 at byte 0" },
  { "64 bits, masked", WS_ROLE_SERVER,
    "02 ff 7f ff ff ff ff ff ff ff 01 02 03 04",
    WS_DONE, G_MAXINT64, "02ff7fffffffffffffff at byte 0" },
  { "claimed bit", WS_ROLE_CLIENT, "c1 05", WS_DONE, 5, "c105 at byte 0" },

  { "reserved opcode", WS_ROLE_CLIENT, "83 05", WS_FAILED, 0, "83 at byte 0" },
  { "fragmented ping", WS_ROLE_CLIENT, "09 00", WS_FAILED, 0, "09 at byte 0" },
  { "long ping", WS_ROLE_SERVER, "89 fe 01 00 01 02 03 04", WS_FAILED, 0,
    "89fe at byte 0" },
  { "length not minimal", WS_ROLE_SERVER, "82 fe 00 7d 01 02 03 04", WS_FAILED,
    0,
    "82fe007d at byte 0" },
  { "top bit", WS_ROLE_CLIENT, "82 7f 80 00 00 00 00 00 00 00", WS_FAILED, 0,
    "827f80 at byte 0" },
  { "masked for a client", WS_ROLE_CLIENT, "81 85 01 02 03 04", WS_FAILED, 0,
    "8185 at byte 0" },
  { "unmasked for a server", WS_ROLE_SERVER, "81 05", WS_FAILED, 0,
    "8105 at byte 0" },
  { "unclaimed bit", WS_ROLE_CLIENT, "a1 05", WS_FAILED, 0, "a105 at byte 0" },
  { "claimed bit on a continuation", WS_ROLE_CLIENT, "c0 05", WS_FAILED, 0,
    "c005 at byte 0" },
};
/* clang-format on */

/* Feeds @cut bytes one by one, then the rest; returns the last answer. */
static WsParse
read_cut (WsFrameReader *reader,
          const Row     *row,
          const guint8  *wire,
          gsize          len,
          gsize          cut)
{
  gsize   used = 0;
  gsize   total = 0;
  WsFault fault = { 0 };
  WsParse answer = WS_NEED_MORE;

  ws_frame_reader_init (reader, row->role);
  reader->rsv_allowed = WS_FRAME_RSV1;
  for (gsize at = 0; at < cut; at++)
    {
      answer
          = ws_frame_reader_read_header (reader, wire + at, 1, &used, &fault);
      total += used;
      if (answer != WS_NEED_MORE)
        break;
      g_assert_cmpuint (used, ==, 1);
      g_assert_false (reader->in_frame);
    }
  if (answer == WS_NEED_MORE && cut < len)
    {
      answer = ws_frame_reader_read_header (reader, wire + cut, len - cut,
                                            &used, &fault);
      total += used;
    }
  if (answer == WS_DONE)
    g_assert_cmpuint (total, ==, len);
  else
    g_assert_cmpuint (fault.close_code, ==, 1002);
  return answer;
}

/* A frame need not come whole. */
static void
test_every_split (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      gsize              len;
      g_autofree guint8 *wire = ws_test_hex (rows[i].wire, &len);

      for (gsize cut = 0; cut <= len; cut++)
        {
          WsFrameReader reader;
          char          text[WS_FRAME_READER_DESCRIPTION_MAX];
          WsParse       answer;

          g_test_message ("%s, cut at %" G_GSIZE_FORMAT, rows[i].name, cut);
          answer = read_cut (&reader, &rows[i], wire, len, cut);
          g_assert_cmpint (answer, ==, rows[i].expected);
          ws_frame_reader_describe (&reader, text);
          g_assert_cmpstr (text, ==, rows[i].description);
          if (answer != WS_DONE)
            continue;
          g_assert_true (reader.in_frame);
          g_assert_cmpuint (reader.left, ==, rows[i].length);
          g_assert_cmpuint (reader.header.length, ==, rows[i].length);
          g_assert_cmpuint (reader.n_stored, ==, 0);
        }
    }
}

static void
test_does_not_overread (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      gsize              len;
      g_autofree guint8 *wire = ws_test_hex (rows[i].wire, &len);

      for (gsize n = 1; n <= len; n++)
        {
          guint8       *guarded = ws_test_guarded (wire, n);
          WsFrameReader reader;
          gsize         used;
          WsFault       fault;

          ws_frame_reader_init (&reader, rows[i].role);
          ws_frame_reader_read_header (&reader, guarded, n, &used, &fault);
          g_assert_cmpuint (used, <=, n);
          ws_test_guarded_free (guarded, n);
        }
    }
}

/* The header takes its own bytes and leaves the payload. */
static void
test_used (void)
{
  static const guint8 wire[] = { 0x81, 0x7e, 0x01, 0x00, 'a', 'b', 'c' };
  WsFrameReader       reader;
  gsize               used;
  WsFault             fault;

  ws_frame_reader_init (&reader, WS_ROLE_CLIENT);
  g_assert_cmpint (ws_frame_reader_read_header (&reader, wire, sizeof wire,
                                                &used, &fault),
                   ==, WS_DONE);
  g_assert_cmpuint (used, ==, 4);

  ws_frame_reader_init (&reader, WS_ROLE_CLIENT);
  g_assert_cmpint (ws_frame_reader_read_header (&reader, wire, 3, &used,
                                                &fault),
                   ==, WS_NEED_MORE);
  g_assert_cmpuint (used, ==, 3);
  g_assert_cmpint (ws_frame_reader_read_header (&reader, wire + 3,
                                                sizeof wire - 3, &used, &fault),
                   ==, WS_DONE);
  g_assert_cmpuint (used, ==, 1);
}

static void
test_offset_and_phase (void)
{
  static const guint8 wire[] = { 0x82, 0x87, 1, 2, 3, 4 };
  WsFrameReader       reader;
  char                text[WS_FRAME_READER_DESCRIPTION_MAX];
  gsize               used;
  WsFault             fault;

  ws_frame_reader_init (&reader, WS_ROLE_SERVER);
  for (guint frame = 0; frame < 3; frame++)
    {
      g_assert_cmpint (ws_frame_reader_read_header (&reader, wire, sizeof wire,
                                                    &used, &fault),
                       ==, WS_DONE);
      g_assert_cmpuint (reader.offset, ==, frame * (sizeof wire + 7));
      g_assert_cmpuint (ws_frame_reader_phase (&reader), ==, 0);
      reader.left -= 6;
      g_assert_cmpuint (ws_frame_reader_phase (&reader), ==, 2);
      ws_frame_reader_finish (&reader);
      g_assert_false (reader.in_frame);
    }
  ws_frame_reader_describe (&reader, text);
  g_assert_cmpstr (text, ==, "8287 at byte 39");

  /* The longest description fits. */
  reader.header.length = G_MAXINT64;
  reader.offset = G_MAXUINT64;
  g_assert_cmpuint (ws_frame_reader_describe (&reader, text), <,
                    sizeof text - 1);
  g_assert_cmpstr (text, ==,
                   "82ff7fffffffffffffff at byte 18446744073709551615");
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);

  g_test_add_func ("/protocol/frame-reader/every-split", test_every_split);
  g_test_add_func ("/protocol/frame-reader/does-not-overread",
                   test_does_not_overread);
  g_test_add_func ("/protocol/frame-reader/used", test_used);
  g_test_add_func ("/protocol/frame-reader/offset-and-phase",
                   test_offset_and_phase);
  return g_test_run ();
}
