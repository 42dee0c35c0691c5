/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Addresses of IPv4, IPv6 and Unix sockets as plain values. */
#include "protocol/ws-address.h"

#include <arpa/inet.h>
#include <string.h>

/* RFC 4291, 2.5.5.2 */
static const guint8 mapped_prefix[12]
    = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

void
ws_address_set_ip (WsAddress *self, const guint8 *bytes, gsize len, guint port)
{
  *self = (WsAddress){ .family = WS_ADDRESS_IPV4, .port = (guint16) port };
  if (len == 16 && memcmp (bytes, mapped_prefix, sizeof mapped_prefix) == 0)
    {
      bytes += sizeof mapped_prefix;
      len = 4;
    }
  if (len == 16)
    self->family = WS_ADDRESS_IPV6;
  memcpy (self->bytes, bytes, len);
}

void
ws_address_set_path (WsAddress *self, const guint8 *path, gsize len)
{
  *self = (WsAddress){ .family = WS_ADDRESS_UNIX };
  len = MIN (len, WS_ADDRESS_MAX_PATH);
  memcpy (self->path, path, len);
  if (len > 1 && path[0] == '\0' && path[1] != '\0')
    self->path[0] = '@';
}

gboolean
ws_address_parse (WsAddress *self, const char *text)
{
  guint8 bytes[16];

  *self = (WsAddress){ 0 };
  if (inet_pton (AF_INET, text, bytes) == 1)
    ws_address_set_ip (self, bytes, 4, 0);
  else if (inet_pton (AF_INET6, text, bytes) == 1)
    ws_address_set_ip (self, bytes, 16, 0);
  return self->family != WS_ADDRESS_NONE;
}

/* 7239, 6.3: obfport = "_" 1*( ALPHA / DIGIT / "." / "_" / "-") */
static gboolean
is_obfuscated (const char *text)
{
  if (text[0] != '_' || text[1] == '\0')
    return FALSE;
  for (; *text != '\0'; text++)
    if (!g_ascii_isalnum (*text) && strchr ("._-", *text) == NULL)
      return FALSE;
  return TRUE;
}

static gboolean
parse_port (const char *text, guint16 *port)
{
  guint value = 0;

  if (is_obfuscated (text))
    return TRUE;
  for (gsize i = 0; text[i] != '\0' || i == 0; i++)
    {
      if (!g_ascii_isdigit (text[i]) || i == 5)
        return FALSE;
      value = value * 10 + (guint) g_ascii_digit_value (text[i]);
    }
  *port = (guint16) value;
  return value <= G_MAXUINT16;
}

gboolean
ws_address_parse_node (WsAddress *self, const char *text)
{
  const char      *end = strchr (text, ':');
  gboolean         in_brackets = text[0] == '[';
  g_autofree char *host = NULL;
  guint16          port = 0;

  if (in_brackets)
    {
      text++;
      end = strchr (text, ']');
      if (end == NULL)
        return ws_address_parse (self, "");
    }
  else if (end == NULL || strchr (end + 1, ':') != NULL)
    return ws_address_parse (self, text);

  host = g_strndup (text, (gsize) (end - text));
  if (in_brackets)
    end++;
  if (!ws_address_parse (self, host)
      || (in_brackets && strchr (host, ':') == NULL)
      || (*end != '\0' && (*end != ':' || !parse_port (end + 1, &port))))
    return ws_address_parse (self, "");
  self->port = port;
  return TRUE;
}

gboolean
ws_address_equal (const WsAddress *a, const WsAddress *b)
{
  return a->family == b->family && a->port == b->port
         && memcmp (a->bytes, b->bytes, sizeof a->bytes) == 0
         && strcmp (a->path, b->path) == 0;
}

static char *
ip_to_string (const WsAddress *self, int family)
{
  char text[INET6_ADDRSTRLEN];

  inet_ntop (family, self->bytes, text, sizeof text);
  if (self->port == 0)
    return g_strdup (text);
  return g_strdup_printf (family == AF_INET6 ? "[%s]:%u" : "%s:%u", text,
                          self->port);
}

char *
ws_address_to_string (const WsAddress *self)
{
  switch (self->family)
    {
    case WS_ADDRESS_IPV4:
      return ip_to_string (self, AF_INET);
    case WS_ADDRESS_IPV6:
      return ip_to_string (self, AF_INET6);
    case WS_ADDRESS_UNIX:
      return g_strconcat ("unix:", self->path, NULL);
    case WS_ADDRESS_NONE:
      break;
    }
  return g_strdup ("unknown");
}
