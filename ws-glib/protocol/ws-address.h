/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Where a peer is, as bytes: for what proxies say of their clients. */

typedef enum
{
  WS_ADDRESS_NONE, /* not told */
  WS_ADDRESS_IPV4,
  WS_ADDRESS_IPV6,
  WS_ADDRESS_UNIX
} WsAddressFamily;

/* What a socket address has room for (sun_path of Linux). */
#define WS_ADDRESS_MAX_PATH 108

/* Zero is WS_ADDRESS_NONE. Nothing is owned. */
typedef struct
{
  WsAddressFamily family;
  guint16         port;               /* 0: not told */
  guint8          bytes[16];          /* network order: 4 of IPv4, 16 of IPv6 */
  char path[WS_ADDRESS_MAX_PATH + 1]; /* of Unix: "" if the socket is unnamed;
                                       * an abstract name follows a "@" */
} WsAddress;

/* @len is 4 or 16, as g_inet_address_to_bytes() has them. IPv4 in the clothes
 * of IPv6 (::ffff:192.0.2.1, as sockets of both families give
 * it) becomes IPv4. */
void
ws_address_set_ip (WsAddress *self, const guint8 *bytes, gsize len, guint port);

/* What the kernel and the PROXY protocol write: @len bytes that end at a NUL,
 * unless the first is one. */
void ws_address_set_path (WsAddress *self, const guint8 *path, gsize len);

/* The address alone, IPv6 without brackets or zone; port 0. FALSE, and @self is
 * zero, if @text is no address. */
gboolean ws_address_parse (WsAddress *self, const char *text);

/* The same with a port or without: "192.0.2.1", "192.0.2.1:80", "2001:db8::1",
 * "[2001:db8::1]", "[2001:db8::1]:80". A port may be obfuscated (RFC 7239, 6.3:
 * "_" and more), which counts as not told. */
gboolean ws_address_parse_node (WsAddress *self, const char *text);

/* Whether port and all else agree. */
gboolean ws_address_equal (const WsAddress *a, const WsAddress *b);

/* (transfer full): "192.0.2.1", "[2001:db8::1]:80", "unix:/run/x",
 * "unknown". */
char *ws_address_to_string (const WsAddress *self);

G_END_DECLS
