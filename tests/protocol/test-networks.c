/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "protocol/ws-networks.h"

#include "support/ws-test.h"

static const struct
{
  const char *network;
  const char *address;
  gboolean    inside;
} rows[] = {
  { "192.0.2.1", "192.0.2.1", TRUE },
  { "192.0.2.1", "192.0.2.2", FALSE },
  { "192.0.2.1", "::ffff:192.0.2.1", TRUE },
  { "::ffff:192.0.2.1", "192.0.2.1", TRUE },
  { "10.0.0.0/8", "10.255.1.2", TRUE },
  { "10.0.0.0/8", "11.0.0.0", FALSE },
  { "10.9.9.9/8", "10.1.1.1", TRUE },
  { "172.16.0.0/12", "172.31.255.255", TRUE },
  { "172.16.0.0/12", "172.32.0.0", FALSE },
  { "192.0.2.128/25", "192.0.2.127", FALSE },
  { "192.0.2.128/25", "192.0.2.128", TRUE },
  { "192.0.2.1/32", "192.0.2.1", TRUE },
  { "192.0.2.1/31", "192.0.2.0", TRUE },
  { "0.0.0.0/0", "203.0.113.9", TRUE },
  { "0.0.0.0/0", "2001:db8::1", FALSE },
  { "::/0", "2001:db8::1", TRUE },
  { "::/0", "203.0.113.9", FALSE },
  { "2001:db8::/32", "2001:db8:ffff::1", TRUE },
  { "2001:db8::/32", "2001:db9::1", FALSE },
  { "fe80::/10", "febf::1", TRUE },
  { "fe80::/10", "fec0::1", FALSE },
  { "::1", "::1", TRUE },
  { "::1/128", "::2", FALSE },
  { "unix", "127.0.0.1", FALSE },
};

static void
test_contain (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const char *texts[] = { "198.51.100.7", rows[i].network, NULL };
      const char *culprit = NULL;
      g_autoptr (WsNetworks) networks = ws_networks_parse (texts, &culprit);
      WsAddress address;

      g_test_message ("%s in %s", rows[i].address, rows[i].network);
      g_assert_nonnull (networks);
      g_assert_null (culprit);
      g_assert_true (ws_address_parse (&address, rows[i].address));
      address.port = 4711;
      g_assert_true (ws_networks_contain (networks, &address)
                     == rows[i].inside);
    }
}

static void
test_unix (void)
{
  static const char *const texts[] = { "unix", NULL };
  static const char *const others[] = { "0.0.0.0/0", "::/0", NULL };
  const char              *culprit = NULL;
  g_autoptr (WsNetworks) networks = ws_networks_parse (texts, &culprit);
  g_autoptr (WsNetworks) ip = ws_networks_parse (others, &culprit);
  WsAddress address = { 0 };

  g_assert_false (ws_networks_contain (networks, &address));
  g_assert_false (ws_networks_contain (ip, &address));
  ws_address_set_path (&address, (const guint8 *) "/run/x", 6);
  g_assert_true (ws_networks_contain (networks, &address));
  g_assert_false (ws_networks_contain (ip, &address));
}

static void
test_empty (void)
{
  static const char *const none[] = { NULL };
  const char              *culprit = NULL;
  g_autoptr (WsNetworks) empty = ws_networks_parse (none, &culprit);
  g_autoptr (WsNetworks) null = ws_networks_parse (NULL, &culprit);
  WsAddress address;

  g_assert_true (ws_address_parse (&address, "127.0.0.1"));
  g_assert_false (ws_networks_contain (empty, &address));
  g_assert_false (ws_networks_contain (null, &address));
  g_assert_false (ws_networks_contain (NULL, &address));
}

static void
test_bad (void)
{
  static const char *const bad[] = { "",
                                     "localhost",
                                     "10.0.0.0/",
                                     "10.0.0.0/33",
                                     "10.0.0.0/-1",
                                     "10.0.0.0/+8",
                                     "10.0.0.0/8/8",
                                     "10.0.0.0/ 8",
                                     "10.0.0/8",
                                     "::/129",
                                     "[::1]",
                                     "127.0.0.1:80",
                                     "Unix",
                                     "/8",
                                     "unix/8",
                                     "fe80::1%eth0" };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      const char *texts[] = { "::1", bad[i], "also bad", NULL };
      const char *culprit = NULL;

      g_assert_null (ws_networks_parse (texts, &culprit));
      g_assert_true (culprit == texts[1]);
    }
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);
  g_test_add_func ("/protocol/networks/contain", test_contain);
  g_test_add_func ("/protocol/networks/unix", test_unix);
  g_test_add_func ("/protocol/networks/empty", test_empty);
  g_test_add_func ("/protocol/networks/bad", test_bad);
  return g_test_run ();
}
