/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "protocol/ws-fault.h"

#include <string.h>

#include "support/ws-test.h"

static void
test_set (void)
{
  WsFault fault;

  ws_fault_set (&fault, 1009, "over %d %s", 5, "bytes");
  g_assert_cmpuint (fault.close_code, ==, 1009);
  g_assert_cmpstr (fault.reason, ==, "over 5 bytes");
}

/* A reason goes into a close frame: at most 123 bytes, and UTF-8. */
static void
test_cut (void)
{
  for (gsize n_ascii = 0; n_ascii <= 130; n_ascii++)
    {
      g_autofree char *ascii = g_strnfill (n_ascii, 'a');
      WsFault          fault;

      ws_fault_set (&fault, 1002, "%s\342\202\254", ascii);
      g_assert_true (g_utf8_validate (fault.reason, -1, NULL));
      g_assert_true (g_str_has_prefix (fault.reason, ascii)
                     || strlen (fault.reason) == 123);
      g_assert_cmpuint (strlen (fault.reason), ==,
                        n_ascii <= 120 ? n_ascii + 3 : MIN (n_ascii, 123));
    }
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);

  g_test_add_func ("/protocol/fault/set", test_set);
  g_test_add_func ("/protocol/fault/cut", test_cut);
  return g_test_run ();
}
