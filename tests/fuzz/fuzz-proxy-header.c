/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"

#include <string.h>

#include "protocol/ws-proxy-header.h"
#include "../support/pieces.h"

/* What a proxy writes first, whole and in pieces, whose size the first byte
 * chooses. */

static WsParse
feed_one (gpointer      parser,
          const guint8 *data,
          gsize         len,
          gsize        *consumed,
          WsHttpFault  *fault)
{
  return ws_proxy_header_feed (parser, data, len, consumed, fault);
}

static WsParse
feed (WsProxyHeader *self,
      const guint8  *data,
      gsize          size,
      gsize          piece,
      gsize         *total,
      WsHttpFault   *fault)
{
  return pieces_feed (feed_one, self, data, size, piece, piece, total, fault);
}

/* What an address is shown as means the same address. */
static void
check_address (const WsAddress *address)
{
  g_autofree char *text = ws_address_to_string (address);
  WsAddress        again;

  if (address->family == WS_ADDRESS_NONE)
    return;
  if (address->family == WS_ADDRESS_UNIX)
    {
      g_assert_cmpuint (strlen (address->path), <=, WS_ADDRESS_MAX_PATH);
      return;
    }
  g_assert_true (ws_address_parse_node (&again, text));
  g_assert_true (ws_address_equal (&again, address));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  WsProxyHeader whole = { 0 }, pieces = { 0 };
  WsHttpFault   fault = { 0 }, fault_of_pieces = { 0 };
  gsize         total, total_of_pieces;
  WsParse       answer;

  if (size < 2)
    return 0;
  answer = feed (&whole, data + 1, size - 1, size - 1, &total, &fault);
  g_assert_cmpint (feed (&pieces, data + 1, size - 1, 1 + data[0] % 64,
                         &total_of_pieces, &fault_of_pieces),
                   ==, answer);
  g_assert_cmpuint (total, ==, total_of_pieces);
  g_assert_cmpstr (fault.message, ==, fault_of_pieces.message);
  if (answer != WS_DONE)
    return 0;
  g_assert_true (ws_address_equal (&whole.source, &pieces.source));
  g_assert_true (ws_address_equal (&whole.destination, &pieces.destination));
  g_assert_true (whole.is_secure == pieces.is_secure);
  check_address (&whole.source);
  check_address (&whole.destination);
  return 0;
}
