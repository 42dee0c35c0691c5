/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/ws-socket-address.h"

#include <gio/gunixsocketaddress.h>
#include <string.h>

#include "support/ws-test.h"

static const struct
{
  const char *text; /* as ws_address_parse_node() reads it */
  const char *path; /* (nullable): instead, as of a Unix socket */
  const char *name; /* as GIO writes it */
} rows[] = {
  { "192.0.2.1:80", NULL, "192.0.2.1:80" },
  { "0.0.0.0", NULL, "0.0.0.0" },
  { "[2001:db8::1]:65535", NULL, "[2001:db8::1]:65535" },
  { "::1", NULL, "::1" },
  { NULL, "/run/x", "/run/x" },
  { NULL, "@name", "name" },
  { NULL, "", "anonymous" },
};

static void
test_both_ways (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      WsAddress address = { .family = WS_ADDRESS_UNIX }, back;
      g_autoptr (GSocketAddress) socket_address = NULL;
      g_autofree char *name = NULL;

      if (rows[i].text != NULL)
        g_assert_true (ws_address_parse_node (&address, rows[i].text));
      else
        strcpy (address.path, rows[i].path);
      socket_address = ws_socket_address_new (&address);
      name = g_socket_connectable_to_string (
          G_SOCKET_CONNECTABLE (socket_address));
      g_assert_cmpstr (name, ==, rows[i].name);
      ws_socket_address_read (socket_address, &back);
      g_assert_true (ws_address_equal (&address, &back));
    }
}

static void
test_none (void)
{
  const struct sockaddr_storage other = { .ss_family = AF_UNSPEC };
  const struct sockaddr_storage inet = { .ss_family = AF_INET };
  WsAddress                     address = { .family = WS_ADDRESS_IPV4 };

  g_assert_null (ws_socket_address_new (&(WsAddress){ 0 }));
  ws_socket_address_read (NULL, &address);
  g_assert_cmpint (address.family, ==, WS_ADDRESS_NONE);
  ws_socket_address_read_native (&other, sizeof other, &address);
  g_assert_cmpint (address.family, ==, WS_ADDRESS_NONE);
  /* Cut short. */
  for (gsize len = 0; len < 16; len++)
    {
      ws_socket_address_read_native (&inet, len, &address);
      g_assert_cmpint (address.family, ==, WS_ADDRESS_NONE);
    }
}

/* IPv4 that comes through a socket of IPv6 is IPv4. */
static void
test_mapped (void)
{
  g_autoptr (GInetAddress) inner
      = g_inet_address_new_from_string ("::ffff:192.0.2.1");
  g_autoptr (GSocketAddress) mapped = g_inet_socket_address_new (inner, 7);
  WsAddress        address;
  g_autofree char *text = NULL;

  ws_socket_address_read (mapped, &address);
  text = ws_address_to_string (&address);
  g_assert_cmpstr (text, ==, "192.0.2.1:7");
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);
  g_test_add_func ("/net/socket-address/both-ways", test_both_ways);
  g_test_add_func ("/net/socket-address/none", test_none);
  g_test_add_func ("/net/socket-address/mapped", test_mapped);
  return g_test_run ();
}
