/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "protocol/ws-envelope.h"

#include <string.h>

#include "support/ws-test.h"

static void
test_head (void)
{
  const WsEnvelope   envelope = { .opcode = WS_OPCODE_BINARY,
                                  .node = 0x0102030405060708,
                                  .client = 0x1112131415161718 };
  gsize              len;
  g_autofree guint8 *expected
      = ws_test_hex ("57 01 02 00 01 02 03 04 05 06 07 08"
                     "11 12 13 14 15 16 17 18",
                     &len);
  guint8 head[WS_ENVELOPE_HEAD];

  ws_envelope_write_head (&envelope, head);
  g_assert_cmpmem (head, sizeof head, expected, len);
}

static void
check (const char *hex, const char *problem)
{
  WsEnvelope         envelope;
  gsize              len;
  g_autofree guint8 *data = ws_test_hex (hex, &len);
  guint8            *guarded = ws_test_guarded (data, len);
  g_autofree char   *found = NULL;

  g_assert_true (ws_envelope_read (&envelope, guarded, len, &found)
                 == (problem == NULL));
  g_assert_cmpstr (found, ==, problem);
  ws_test_guarded_free (guarded, len);
}

#define REST "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 01"

static void
test_read (void)
{
  WsEnvelope         envelope;
  gsize              len;
  g_autofree guint8 *data = ws_test_hex ("57 01 01 00" REST "61 00 62", &len);
  g_autofree char   *problem = NULL;

  g_assert_true (ws_envelope_read (&envelope, data, len, &problem));
  g_assert_cmpuint (envelope.opcode, ==, WS_OPCODE_TEXT);
  g_assert_cmpuint (envelope.node, ==, 0);
  g_assert_cmpuint (envelope.client, ==, 1);
  g_assert_cmpmem (envelope.data, envelope.len, "a\0b", 3);
  check ("57 01 02 00" REST "ff fe", NULL);
  check ("57 01 02 00" REST, NULL);
}

static void
test_foreign (void)
{
  check ("", "It is empty");
  check ("7b 22 61 22",
         "It begins with 0x7b instead of 0x57: something else has put it "
         "there");
  check ("57 02", "It has version 2; this library reads version 1");
  check ("57 02 01 00" REST "61",
         "It has version 2; this library reads version 1");
  check ("57", "It ends in its head, after 1 of 20 bytes");
  check ("57 01 01 00 00", "It ends in its head, after 5 of 20 bytes");
  check ("57 01 08 00" REST,
         "It has opcode 8, which is neither text nor binary");
  check ("57 01 00 00" REST,
         "It has opcode 0, which is neither text nor binary");
  check ("57 01 01 01" REST, "Its fourth byte is 1, not 0");
  check ("57 01 01 00" REST "ff", "Its text is not valid UTF-8");
  check ("57 01 01 00" REST "c3", "Its text is not valid UTF-8");
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);
  g_test_add_func ("/protocol/envelope/head", test_head);
  g_test_add_func ("/protocol/envelope/read", test_read);
  g_test_add_func ("/protocol/envelope/foreign", test_foreign);
  return g_test_run ();
}
