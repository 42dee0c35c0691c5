/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "protocol/ws-address.h"

#include <string.h>

#include "support/ws-test.h"

static const struct
{
  const char *text;
  const char *shown; /* NULL: no address */
} node_rows[] = {
  { "192.0.2.1", "192.0.2.1" },
  { "192.0.2.1:80", "192.0.2.1:80" },
  { "192.0.2.1:65535", "192.0.2.1:65535" },
  { "192.0.2.1:0", "192.0.2.1" },
  { "192.0.2.1:_x.y-Z9", "192.0.2.1" },
  { "2001:db8::1", "2001:db8::1" },
  { "2001:DB8:0:0::1", "2001:db8::1" },
  { "[2001:db8::1]", "2001:db8::1" },
  { "[2001:db8::1]:4711", "[2001:db8::1]:4711" },
  { "[2001:db8::1]:_port", "2001:db8::1" },
  { "::", "::" },
  { "::1", "::1" },
  { "::ffff:192.0.2.1", "192.0.2.1" },
  { "[::ffff:c000:201]:8", "192.0.2.1:8" },
  { "", NULL },
  { "unknown", NULL },
  { "_hidden", NULL },
  { "example.com", NULL },
  { "192.0.2", NULL },
  { "192.0.2.256", NULL },
  { "192.0.2.1.", NULL },
  { "0x7f.0.0.1", NULL },
  { "192.0.2.1:", NULL },
  { "192.0.2.1:65536", NULL },
  { "192.0.2.1:000080", NULL },
  { "192.0.2.1:-1", NULL },
  { "192.0.2.1:+8", NULL },
  { "192.0.2.1:_", NULL },
  { "192.0.2.1:_a b", NULL },
  { "[192.0.2.1]", NULL },
  { "[2001:db8::1", NULL },
  { "[2001:db8::1]x", NULL },
  { "[2001:db8::1]:", NULL },
  { "[2001:db8::1]:70000", NULL },
  { "[]", NULL },
  { "[", NULL },
  { ":80", NULL },
  { "2001:db8:::1", NULL },
  { "fe80::1%eth0", NULL },
  { "unix:/run/x", NULL },
};

static void
test_node (void)
{
  static const WsAddress none = { 0 };

  for (gsize i = 0; i < G_N_ELEMENTS (node_rows); i++)
    {
      WsAddress        address = { .port = 99 };
      gboolean         ok = ws_address_parse_node (&address, node_rows[i].text);
      g_autofree char *shown = ws_address_to_string (&address);

      g_test_message ("%s", node_rows[i].text);
      g_assert_true (ok == (node_rows[i].shown != NULL));
      g_assert_cmpstr (shown, ==, ok ? node_rows[i].shown : "unknown");
      g_assert_true (ok || ws_address_equal (&address, &none));
    }
}

/* Ports and brackets are not for those that hold an address alone. */
static void
test_parse (void)
{
  WsAddress address;

  g_assert_true (ws_address_parse (&address, "192.0.2.1"));
  g_assert_cmpint (address.family, ==, WS_ADDRESS_IPV4);
  g_assert_cmpmem (address.bytes, 4, "\xc0\0\2\1", 4);
  g_assert_true (ws_address_parse (&address, "2001:db8::1"));
  g_assert_cmpint (address.family, ==, WS_ADDRESS_IPV6);
  g_assert_false (ws_address_parse (&address, "192.0.2.1:80"));
  g_assert_false (ws_address_parse (&address, "[2001:db8::1]"));
  g_assert_cmpint (address.family, ==, WS_ADDRESS_NONE);
}

static void
test_bytes (void)
{
  static const guint8 mapped[]
      = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 1, 2, 3 };
  WsAddress        address, other;
  g_autofree char *shown = NULL;

  ws_address_set_ip (&address, mapped, sizeof mapped, 7);
  shown = ws_address_to_string (&address);
  g_assert_cmpstr (shown, ==, "10.1.2.3:7");
  ws_address_set_ip (&other, mapped + 12, 4, 7);
  g_assert_true (ws_address_equal (&address, &other));
  other.port = 8;
  g_assert_false (ws_address_equal (&address, &other));
}

static void
test_path (void)
{
  static const struct
  {
    const char *path;
    gsize       len;
    const char *shown;
  } rows[] = {
    { "/run/x\0rest", 11, "unix:/run/x" },
    { "/run/x", 6, "unix:/run/x" },
    { "\0name\0rest", 10, "unix:@name" },
    { "\0\0\0", 3, "unix:" },
    { "\0", 1, "unix:" },
    { "", 0, "unix:" },
  };
  char      longest[WS_ADDRESS_MAX_PATH + 8];
  WsAddress address;

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *shown = NULL;

      ws_address_set_path (&address, (const guint8 *) rows[i].path,
                           rows[i].len);
      shown = ws_address_to_string (&address);
      g_assert_cmpstr (shown, ==, rows[i].shown);
    }

  memset (longest, 'x', sizeof longest);
  ws_address_set_path (&address, (const guint8 *) longest, sizeof longest);
  g_assert_cmpuint (strlen (address.path), ==, WS_ADDRESS_MAX_PATH);
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);
  g_test_add_func ("/protocol/address/node", test_node);
  g_test_add_func ("/protocol/address/parse", test_parse);
  g_test_add_func ("/protocol/address/bytes", test_bytes);
  g_test_add_func ("/protocol/address/path", test_path);
  return g_test_run ();
}
