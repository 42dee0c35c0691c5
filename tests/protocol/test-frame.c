/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "protocol/ws-frame.h"

#include <string.h>

#include "protocol/ws-mask.h"
#include "support/ws-test.h"

/* Parses the first @n bytes as if no more had come. */
static WsParse
parse_beginning (const guint8  *bytes,
                 gsize          n,
                 WsFrameHeader *header,
                 WsFault       *fault)
{
  guint8       *guarded = ws_test_guarded (bytes, n);
  const WsParse parsed = ws_frame_header_parse (header, guarded, n, fault);

  ws_test_guarded_free (guarded, n);
  return parsed;
}

typedef struct
{
  const char *name;
  const char *bytes; /* a header, and what may follow it */
  gsize       size;  /* of the header */
  gboolean    fin;
  guint8      rsv;
  WsOpcode    opcode;
  const char *mask; /* (nullable) */
  guint64     length;
  const char *text; /* (nullable): the payload, unmasked */
} GoodRow;

/* clang-format off */
/* Qt: tst_WebSocketFrame::initialization, ::goodFrames. What has not come is no
 * frame; the first six are RFC 6455, 5.7's. */
static const GoodRow good_rows[] = {
  { "rfc-unmasked-text", "81 05 48 65 6c 6c 6f",
    2, TRUE, 0, WS_OPCODE_TEXT, NULL, 5, "Hello" },
  { "rfc-masked-text", "81 85 37 fa 21 3d 7f 9f 4d 51 58",
    6, TRUE, 0, WS_OPCODE_TEXT, "37fa213d", 5, "Hello" },
  { "rfc-first-fragment", "01 03 48 65 6c",
    2, FALSE, 0, WS_OPCODE_TEXT, NULL, 3, "Hel" },
  { "rfc-last-fragment", "80 02 6c 6f",
    2, TRUE, 0, WS_OPCODE_CONTINUATION, NULL, 2, "lo" },
  { "rfc-ping", "89 05 48 65 6c 6c 6f",
    2, TRUE, 0, WS_OPCODE_PING, NULL, 5, "Hello" },
  { "rfc-masked-pong", "8a 85 37 fa 21 3d 7f 9f 4d 51 58",
    6, TRUE, 0, WS_OPCODE_PONG, "37fa213d", 5, "Hello" },
  { "rfc-256-bytes", "82 7E 01 00",
    4, TRUE, 0, WS_OPCODE_BINARY, NULL, 256, NULL },
  { "rfc-64-kib", "82 7F 00 00 00 00 00 01 00 00",
    10, TRUE, 0, WS_OPCODE_BINARY, NULL, 65536, NULL },
  { "text-empty", "81 00", 2, TRUE, 0, WS_OPCODE_TEXT, NULL, 0, "" },
  { "binary-empty", "82 00", 2, TRUE, 0, WS_OPCODE_BINARY, NULL, 0, "" },
  { "binary", "82 02 61 62", 2, TRUE, 0, WS_OPCODE_BINARY, NULL, 2, "ab" },
  { "text-not-final", "01 00", 2, FALSE, 0, WS_OPCODE_TEXT, NULL, 0, "" },
  { "binary-not-final", "02 00", 2, FALSE, 0, WS_OPCODE_BINARY, NULL, 0, "" },
  { "continuation", "80 01 61",
    2, TRUE, 0, WS_OPCODE_CONTINUATION, NULL, 1, "a" },
  { "continuation-empty", "80 00",
    2, TRUE, 0, WS_OPCODE_CONTINUATION, NULL, 0, "" },
  { "continuation-not-final", "00 01 61",
    2, FALSE, 0, WS_OPCODE_CONTINUATION, NULL, 1, "a" },
  { "close-empty", "88 00", 2, TRUE, 0, WS_OPCODE_CLOSE, NULL, 0, "" },
  { "close-code-and-text", "88 04 03 e8 6f 6b",
    2, TRUE, 0, WS_OPCODE_CLOSE, NULL, 4, "\003\350ok" },
  { "ping-empty", "89 00", 2, TRUE, 0, WS_OPCODE_PING, NULL, 0, "" },
  { "pong-empty", "8A 00", 2, TRUE, 0, WS_OPCODE_PONG, NULL, 0, "" },
  { "ping-125", "89 7D", 2, TRUE, 0, WS_OPCODE_PING, NULL, 125, NULL },
  { "close-125-masked", "88 FD 01 02 03 04",
    6, TRUE, 0, WS_OPCODE_CLOSE, "01020304", 125, NULL },
  { "empty-masked", "81 80 01 02 03 04",
    6, TRUE, 0, WS_OPCODE_TEXT, "01020304", 0, "" },
  { "125", "82 7D", 2, TRUE, 0, WS_OPCODE_BINARY, NULL, 125, NULL },
  { "126", "82 7E 00 7E", 4, TRUE, 0, WS_OPCODE_BINARY, NULL, 126, NULL },
  { "127", "82 7E 00 7F", 4, TRUE, 0, WS_OPCODE_BINARY, NULL, 127, NULL },
  { "65535", "82 7E FF FF", 4, TRUE, 0, WS_OPCODE_BINARY, NULL, 65535, NULL },
  { "126-masked", "82 FE 00 7E 0a 0b 0c 0d",
    8, TRUE, 0, WS_OPCODE_BINARY, "0a0b0c0d", 126, NULL },
  { "65536-masked", "82 FF 00 00 00 00 00 01 00 00 0a 0b 0c 0d",
    14, TRUE, 0, WS_OPCODE_BINARY, "0a0b0c0d", 65536, NULL },
  { "largest", "82 7F 7F FF FF FF FF FF FF FF",
    10, TRUE, 0, WS_OPCODE_BINARY, NULL, G_MAXINT64, NULL },
  { "rsv1", "C1 00", 2, TRUE, 0x40, WS_OPCODE_TEXT, NULL, 0, "" },
  { "all-rsv", "F2 00", 2, TRUE, 0x70, WS_OPCODE_BINARY, NULL, 0, "" },
};
/* clang-format on */

static void
check_header (const GoodRow *row, const WsFrameHeader *header)
{
  guint8 mask[4] = { 0 };

  if (row->mask != NULL)
    {
      gsize              mask_len;
      g_autofree guint8 *bytes = ws_test_hex (row->mask, &mask_len);

      memcpy (mask, bytes, sizeof mask);
    }

  g_assert_cmpuint (header->size, ==, row->size);
  g_assert_cmpint (header->fin, ==, row->fin);
  g_assert_cmpuint (header->rsv, ==, row->rsv);
  g_assert_cmpuint (header->opcode, ==, row->opcode);
  g_assert_cmpint (header->masked, ==, row->mask != NULL);
  g_assert_cmpmem (header->mask, 4, mask, 4);
  g_assert_cmpuint (header->length, ==, row->length);
  g_assert_cmpint (ws_opcode_is_control (header->opcode), ==,
                   row->opcode == WS_OPCODE_CLOSE
                       || row->opcode == WS_OPCODE_PING
                       || row->opcode == WS_OPCODE_PONG);
}

static void
test_good (gconstpointer user_data)
{
  const GoodRow     *row = user_data;
  gsize              len;
  g_autofree guint8 *bytes = ws_test_hex (row->bytes, &len);
  WsFrameHeader      header;
  WsFault            fault;
  guint8             written[WS_FRAME_HEADER_MAX];
  gsize              size;

  for (gsize n = 0; n < row->size; n++)
    g_assert_cmpint (parse_beginning (bytes, n, &header, &fault), ==,
                     WS_NEED_MORE);
  for (gsize n = row->size; n <= len; n++)
    {
      memset (&header, 0xEE, sizeof header);
      g_assert_cmpint (parse_beginning (bytes, n, &header, &fault), ==,
                       WS_DONE);
      check_header (row, &header);
    }

  size = ws_frame_header_write (&header, written);
  g_assert_cmpmem (written, size, bytes, row->size);

  if (row->text != NULL)
    {
      ws_mask (bytes, bytes + row->size, row->length, header.mask, 0);
      g_assert_cmpmem (bytes, row->length, row->text, len - row->size);
    }
}

typedef struct
{
  const char *name;
  const char *bytes;
  gsize       fails_with; /* the least bytes that show it */
} BadRow;

/* Qt: tst_WebSocketFrame::invalidFrames and malformedFrames, and
 * tst_DataProcessor::minimumSizeRequirement; a frame over the limit is the
 * frame reader's. */
static const BadRow bad_rows[] = {
  { "opcode-3", "83 00", 1 },
  { "opcode-4", "84 00", 1 },
  { "opcode-5", "85 00", 1 },
  { "opcode-6", "86 00", 1 },
  { "opcode-7", "87 00", 1 },
  { "opcode-b", "8B 00", 1 },
  { "opcode-c", "8C 00", 1 },
  { "opcode-d", "8D 00", 1 },
  { "opcode-e", "8E 00", 1 },
  { "opcode-f", "8F 00", 1 },
  { "opcode-3-not-final", "03 00", 1 },
  { "close-not-final", "08 00", 1 },
  { "ping-not-final", "09 00", 1 },
  { "pong-not-final", "0A 00", 1 },
  { "close-126", "88 7E 00 7E", 2 },
  { "ping-126", "89 7E 00 7E", 2 },
  { "pong-126", "8A 7E 00 7E", 2 },
  { "close-64-bit", "88 7F 00 00 00 00 00 01 00 00", 2 },
  { "ping-64-bit", "89 FF 00 00 00 00 00 01 00 00", 2 },
  { "pong-masked-126", "8A FE 00 7E 01 02 03 04", 2 },
  { "16-bit-0", "81 7E 00 00", 4 },
  { "16-bit-64", "82 7E 00 40", 4 },
  { "16-bit-125", "80 7E 00 7D", 4 },
  { "16-bit-125-masked", "81 FE 00 7D 01 02 03 04", 4 },
  { "64-bit-0", "81 7F 00 00 00 00 00 00 00 00", 8 },
  { "64-bit-125", "82 7F 00 00 00 00 00 00 00 7D", 8 },
  { "64-bit-126", "80 7F 00 00 00 00 00 00 00 7E", 8 },
  { "64-bit-65535", "81 7F 00 00 00 00 00 00 FF FF", 8 },
  { "64-bit-65535-masked", "81 FF 00 00 00 00 00 00 FF FF 01 02 03 04", 8 },
  { "top-bit", "82 7F 80 00 00 00 00 00 00 00", 3 },
  { "top-bit-all", "82 FF FF FF FF FF FF FF FF FF 01 02 03 04", 3 },
};

static void
test_bad (gconstpointer user_data)
{
  const BadRow      *row = user_data;
  gsize              len;
  g_autofree guint8 *bytes = ws_test_hex (row->bytes, &len);

  for (gsize n = 0; n <= len; n++)
    {
      WsFrameHeader header;
      WsFault       fault = { 0 };
      const WsParse parsed = parse_beginning (bytes, n, &header, &fault);

      if (n < row->fails_with)
        {
          g_assert_cmpint (parsed, ==, WS_NEED_MORE);
          continue;
        }
      g_assert_cmpint (parsed, ==, WS_FAILED);
      g_assert_cmpuint (fault.close_code, ==, 1002);
      g_assert_cmpstr (fault.reason, !=, "");
    }
}

/* Qt: tst_WebSocketProtocol::opCodes */
static void
test_opcodes (void)
{
  for (guint8 opcode = 0; opcode <= 0xF; opcode++)
    {
      const guint8   byte = 0x80 | opcode;
      const gboolean known = opcode <= 2 || (opcode >= 8 && opcode <= 0xA);
      WsFrameHeader  header;
      WsFault        fault;

      g_assert_cmpint (ws_frame_header_parse (&header, &byte, 1, &fault), ==,
                       known ? WS_NEED_MORE : WS_FAILED);
      g_assert_cmpint (ws_opcode_is_control ((WsOpcode) opcode), ==,
                       opcode >= 8);
    }
}

/* Every length that changes the header's form, and those beside it. */
static void
test_write_lengths (void)
{
  static const guint64 lengths[]
      = { 0,     1,     124,   125,   126,         127,        128,
          65534, 65535, 65536, 65537, G_MAXUINT32, 1ull << 32, G_MAXINT64 };

  for (gsize i = 0; i < 2 * G_N_ELEMENTS (lengths); i++)
    {
      const WsFrameHeader header = { .fin = TRUE,
                                     .opcode = WS_OPCODE_BINARY,
                                     .masked = i & 1,
                                     .mask = { 1, 2, 3, 4 },
                                     .length = lengths[i / 2] };
      guint8              bytes[WS_FRAME_HEADER_MAX];
      const gsize         size = ws_frame_header_write (&header, bytes);
      WsFrameHeader       read;
      WsFault             fault;

      g_assert_cmpint (parse_beginning (bytes, size, &read, &fault), ==,
                       WS_DONE);
      g_assert_cmpuint (read.size, ==, size);
      g_assert_cmpuint (read.length, ==, header.length);
      g_assert_cmpint (read.masked, ==, header.masked);
      g_assert_cmpmem (read.mask, 4, header.masked ? "\1\2\3\4" : "\0\0\0\0",
                       4);
    }
}

static gboolean
check_with (guint8   rsv,
            WsOpcode opcode,
            gboolean masked,
            WsRole   role,
            guint8   rsv_allowed)
{
  const WsFrameHeader header
      = { .fin = TRUE, .rsv = rsv, .opcode = opcode, .masked = masked };
  WsFault        fault = { 0 };
  const gboolean fine
      = ws_frame_header_check (&header, role, rsv_allowed, &fault);

  g_assert_cmpuint (fault.close_code, ==, fine ? 0 : 1002);
  return fine;
}

/* Clients mask, servers do not (RFC 6455, 5.1); Qt takes frames either way. */
static void
test_check_masking (void)
{
  static const WsOpcode opcodes[]
      = { WS_OPCODE_CONTINUATION, WS_OPCODE_TEXT, WS_OPCODE_BINARY,
          WS_OPCODE_CLOSE,        WS_OPCODE_PING, WS_OPCODE_PONG };

  for (gsize i = 0; i < G_N_ELEMENTS (opcodes); i++)
    {
      g_assert_true (check_with (0, opcodes[i], TRUE, WS_ROLE_SERVER, 0));
      g_assert_false (check_with (0, opcodes[i], FALSE, WS_ROLE_SERVER, 0));
      g_assert_false (check_with (0, opcodes[i], TRUE, WS_ROLE_CLIENT, 0));
      g_assert_true (check_with (0, opcodes[i], FALSE, WS_ROLE_CLIENT, 0));
    }
}

/* Qt: tst_WebSocketFrame::invalidFrames, the reserved bits */
static void
test_check_reserved_bits (void)
{
  for (guint rsv = 0x00; rsv <= 0x70; rsv += 0x10)
    {
      for (guint allowed = 0x00; allowed <= 0x70; allowed += 0x10)
        {
          const gboolean fine = (rsv & ~allowed) == 0;

          g_assert_cmpint (check_with (rsv, WS_OPCODE_TEXT, FALSE,
                                       WS_ROLE_CLIENT, allowed),
                           ==, fine);
          g_assert_cmpint (check_with (rsv, WS_OPCODE_BINARY, TRUE,
                                       WS_ROLE_SERVER, allowed),
                           ==, fine);

          /* Only a message's first frame speaks for it. */
          g_assert_cmpint (check_with (rsv, WS_OPCODE_CONTINUATION, FALSE,
                                       WS_ROLE_CLIENT, allowed),
                           ==, rsv == 0);
          g_assert_cmpint (check_with (rsv, WS_OPCODE_PING, TRUE,
                                       WS_ROLE_SERVER, allowed),
                           ==, rsv == 0);
        }
    }
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);

  for (gsize i = 0; i < G_N_ELEMENTS (good_rows); i++)
    {
      g_autofree char *path
          = g_strconcat ("/protocol/frame/good/", good_rows[i].name, NULL);

      g_test_add_data_func (path, &good_rows[i], test_good);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (bad_rows); i++)
    {
      g_autofree char *path
          = g_strconcat ("/protocol/frame/bad/", bad_rows[i].name, NULL);

      g_test_add_data_func (path, &bad_rows[i], test_bad);
    }
  g_test_add_func ("/protocol/frame/opcodes", test_opcodes);
  g_test_add_func ("/protocol/frame/write-lengths", test_write_lengths);
  g_test_add_func ("/protocol/frame/check-masking", test_check_masking);
  g_test_add_func ("/protocol/frame/check-reserved-bits",
                   test_check_reserved_bits);
  return g_test_run ();
}
