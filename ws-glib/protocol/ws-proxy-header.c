/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Both versions of the header, byte by byte. */
#include "protocol/ws-proxy-header.h"

#include <string.h>

#define LINE_START "PROXY "

/* Of version 2: signature, version and command, family and transport, length.
 * */
#define SIGNATURE     "\r\n\r\n\0\r\nQUIT\n"
#define SIGNATURE_LEN 12
#define HEAD_LEN      16
#define TLV_LEN       3

enum
{
  COMMAND_LOCAL,
  COMMAND_PROXY
};

enum
{
  FAMILY_UNSPEC,
  FAMILY_INET,
  FAMILY_INET6,
  FAMILY_UNIX
};

#define MAX_TRANSPORT 2 /* UNSPEC, STREAM, DGRAM */

/* PP2_TYPE_SSL, and the bit of its first byte that says so: PP2_CLIENT_SSL. */
#define TLV_SSL    0x20
#define CLIENT_SSL 0x01

static WsParse
fail (WsHttpFault *fault, const char *what)
{
  ws_http_fault_set (fault, 400, "The PROXY header %s", what);
  return WS_FAILED;
}

/* --- Version 1 --- */

/* One end of "TCP4 source destination source-port destination-port". */
static gboolean
parse_end (WsAddress *self, gboolean is_ipv6, const char *ip, const char *port)
{
  guint64 number;

  if (!g_ascii_string_to_unsigned (port, 10, 0, G_MAXUINT16, &number, NULL)
      || (strchr (ip, ':') != NULL) != is_ipv6 || !ws_address_parse (self, ip))
    return FALSE;
  self->port = (guint16) number;
  return TRUE;
}

static WsParse
parse_line (WsProxyHeader *self, WsHttpFault *fault)
{
  g_autofree char *line = NULL;
  g_auto (GStrv) words = NULL;
  gboolean is_ipv6;

  if (self->bytes[self->n_bytes - 2] != '\r')
    return fail (fault, "ends its line without CR");
  line = g_strndup ((const char *) self->bytes, self->n_bytes - 2);
  if (strlen (line) != self->n_bytes - 2)
    return fail (fault, "holds a NUL");

  words = g_strsplit (line, " ", -1);
  /* What follows is to be ignored. */
  if (strcmp (words[1], "UNKNOWN") == 0)
    return WS_DONE;
  is_ipv6 = strcmp (words[1], "TCP6") == 0;
  if (!is_ipv6 && strcmp (words[1], "TCP4") != 0)
    return fail (fault, "names neither TCP4, TCP6 nor UNKNOWN");
  if (g_strv_length (words) != 6
      || !parse_end (&self->source, is_ipv6, words[2], words[4])
      || !parse_end (&self->destination, is_ipv6, words[3], words[5]))
    return fail (fault, "has malformed addresses or ports");
  return WS_DONE;
}

static WsParse
take_line (WsProxyHeader *self, guint8 byte, WsHttpFault *fault)
{
  const guint i = self->n_bytes;

  if (i < strlen (LINE_START) && byte != (guint8) LINE_START[i])
    return fail (fault, "begins neither as version 1 nor as version 2");
  self->bytes[self->n_bytes++] = byte;
  if (byte == '\n')
    return parse_line (self, fault);
  if (self->n_bytes == WS_PROXY_HEADER_MAX_LINE)
    return fail (fault, "is a line of over " G_STRINGIFY (
                            WS_PROXY_HEADER_MAX_LINE) " bytes");
  return WS_NEED_MORE;
}

/* --- Version 2 --- */

static guint
read_u16 (const guint8 *bytes)
{
  return (guint) bytes[0] << 8 | bytes[1];
}

/* Both addresses, and with IP both ports. */
static guint
addresses_len (guint family)
{
  static const guint lens[]
      = { 0, 2 * (4 + 2), 2 * (16 + 2), 2 * WS_ADDRESS_MAX_PATH };

  return lens[family];
}

static void
enter (WsProxyHeader *self, WsProxyHeaderState state, guint n_wanted)
{
  self->state = state;
  self->n_wanted = n_wanted;
}

/* What follows the addresses are extras, and nothing else. */
static WsParse
enter_tlv (WsProxyHeader *self, WsHttpFault *fault)
{
  if (self->n_left == 0)
    return WS_DONE;
  if (self->n_left < TLV_LEN)
    return fail (fault, "ends inside an extra (TLV)");
  self->n_bytes = 0;
  enter (self, WS_PROXY_HEADER_TLV, TLV_LEN);
  return WS_NEED_MORE;
}

static WsParse
parse_head (WsProxyHeader *self, WsHttpFault *fault)
{
  const guint version = self->bytes[12] >> 4;
  const guint command = self->bytes[12] & 0xf;
  const guint family = self->bytes[13] >> 4;
  const guint transport = self->bytes[13] & 0xf;

  self->n_left = read_u16 (self->bytes + 14);
  if (version != 2 || command > COMMAND_PROXY)
    return fail (fault, "has a version or command that is unknown");
  if (command == COMMAND_LOCAL)
    enter (self, WS_PROXY_HEADER_SKIP, 0);
  else if (family > FAMILY_UNIX || transport > MAX_TRANSPORT)
    return fail (fault, "has an address family that is unknown");
  else if (family == FAMILY_UNSPEC)
    enter (self, WS_PROXY_HEADER_SKIP, 0);
  else if (self->n_left < addresses_len (family))
    return fail (fault, "is too short for its addresses");
  else
    enter (self, WS_PROXY_HEADER_ADDRESSES, HEAD_LEN + addresses_len (family));
  return self->n_left > 0 ? WS_NEED_MORE : WS_DONE;
}

static WsParse
parse_addresses (WsProxyHeader *self, WsHttpFault *fault)
{
  const guint   family = self->bytes[13] >> 4;
  const gsize   len = family == FAMILY_INET ? 4 : 16;
  const guint8 *start = self->bytes + HEAD_LEN;

  if (family == FAMILY_UNIX)
    {
      ws_address_set_path (&self->source, start, WS_ADDRESS_MAX_PATH);
      ws_address_set_path (&self->destination, start + WS_ADDRESS_MAX_PATH,
                           WS_ADDRESS_MAX_PATH);
    }
  else
    {
      ws_address_set_ip (&self->source, start, len, read_u16 (start + 2 * len));
      ws_address_set_ip (&self->destination, start + len, len,
                         read_u16 (start + 2 * len + 2));
    }
  return enter_tlv (self, fault);
}

static WsParse
parse_tlv (WsProxyHeader *self, WsHttpFault *fault)
{
  self->n_value = read_u16 (self->bytes + 1);
  if (self->n_value > self->n_left)
    return fail (fault, "ends inside an extra (TLV)");
  if (self->n_value == 0)
    return enter_tlv (self, fault);
  enter (self, WS_PROXY_HEADER_VALUE, 0);
  return WS_NEED_MORE;
}

static WsParse
take_value (WsProxyHeader *self, guint8 byte, WsHttpFault *fault)
{
  const gboolean is_first = self->n_value == read_u16 (self->bytes + 1);

  if (is_first && self->bytes[0] == TLV_SSL)
    self->is_secure = (byte & CLIENT_SSL) != 0;
  return --self->n_value == 0 ? enter_tlv (self, fault) : WS_NEED_MORE;
}

static WsParse
take_head (WsProxyHeader *self, guint8 byte, WsHttpFault *fault)
{
  const guint i = self->n_bytes;

  if (i < SIGNATURE_LEN && byte != (guint8) SIGNATURE[i])
    return fail (fault, "begins neither as version 1 nor as version 2");
  self->bytes[self->n_bytes++] = byte;
  return self->n_bytes == HEAD_LEN ? parse_head (self, fault) : WS_NEED_MORE;
}

/* Of what comes after the head. */
static WsParse
take_block (WsProxyHeader *self, guint8 byte, WsHttpFault *fault)
{
  self->n_left--;
  if (self->state == WS_PROXY_HEADER_SKIP)
    return self->n_left == 0 ? WS_DONE : WS_NEED_MORE;
  if (self->state == WS_PROXY_HEADER_VALUE)
    return take_value (self, byte, fault);
  self->bytes[self->n_bytes++] = byte;
  if (self->n_bytes < self->n_wanted)
    return WS_NEED_MORE;
  return self->state == WS_PROXY_HEADER_TLV ? parse_tlv (self, fault)
                                            : parse_addresses (self, fault);
}

static WsParse
take_byte (WsProxyHeader *self, guint8 byte, WsHttpFault *fault)
{
  switch (self->state)
    {
    case WS_PROXY_HEADER_START:
      self->state = byte == (guint8) SIGNATURE[0] ? WS_PROXY_HEADER_HEAD
                                                  : WS_PROXY_HEADER_LINE;
      return take_byte (self, byte, fault);
    case WS_PROXY_HEADER_LINE:
      return take_line (self, byte, fault);
    case WS_PROXY_HEADER_HEAD:
      return take_head (self, byte, fault);
    case WS_PROXY_HEADER_ADDRESSES:
    case WS_PROXY_HEADER_TLV:
    case WS_PROXY_HEADER_VALUE:
    case WS_PROXY_HEADER_SKIP:
      break;
    }
  return take_block (self, byte, fault);
}

/* Whether @data is @start, or begins with it. */
static WsParse
compare (const guint8 *data, gsize len, const char *start, gsize start_len)
{
  if (memcmp (data, start, MIN (len, start_len)) != 0)
    return WS_FAILED;
  return len < start_len ? WS_NEED_MORE : WS_DONE;
}

WsParse
ws_proxy_header_detect (const guint8 *data, gsize len)
{
  WsParse line = compare (data, len, LINE_START, strlen (LINE_START));

  return line != WS_FAILED ? line
                           : compare (data, len, SIGNATURE, SIGNATURE_LEN);
}

WsParse
ws_proxy_header_feed (WsProxyHeader *self,
                      const guint8  *data,
                      gsize          len,
                      gsize         *consumed,
                      WsHttpFault   *fault)
{
  WsParse result = WS_NEED_MORE;
  gsize   pos = 0;

  while (result == WS_NEED_MORE && pos < len)
    result = take_byte (self, data[pos++], fault);
  *consumed = pos;
  return result;
}
