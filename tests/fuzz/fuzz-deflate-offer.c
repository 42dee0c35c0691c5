/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"

#include <string.h>

#include "protocol/ws-deflate-offer.h"

/* A list of extensions, as an offer and as an answer. The first two bytes
 * choose the settings. */

static WsDeflateSettings
choose (const guint8 *data)
{
  WsDeflateSettings settings = WS_DEFLATE_SETTINGS_DEFAULT;

  settings.client_max_window_bits = 8 + data[0] % 8;
  settings.server_max_window_bits = 8 + data[1] % 8;
  settings.client_no_context_takeover = (data[0] & 8) != 0;
  settings.server_no_context_takeover = (data[1] & 8) != 0;
  return settings;
}

static void
check_params (const WsDeflateParams *params, const WsDeflateSettings *settings)
{
  g_assert_cmpuint (params->client_window_bits, >=, 8);
  g_assert_cmpuint (params->server_window_bits, >=, 8);
  g_assert_cmpuint (params->client_window_bits, <=,
                    settings->client_max_window_bits);
  g_assert_cmpuint (params->server_window_bits, <=,
                    settings->server_max_window_bits);
  g_assert_true (params->client_no_context_takeover
                 || !settings->client_no_context_takeover);
  g_assert_true (params->server_no_context_takeover
                 || !settings->server_no_context_takeover);
}

/* Member by member: what lies between them is anything. */
static void
check_same (const WsDeflateParams *a, const WsDeflateParams *b)
{
  g_assert_cmpuint (a->client_window_bits, ==, b->client_window_bits);
  g_assert_cmpuint (a->server_window_bits, ==, b->server_window_bits);
  g_assert_true (a->client_no_context_takeover
                 == b->client_no_context_takeover);
  g_assert_true (a->server_no_context_takeover
                 == b->server_no_context_takeover);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static const WsDeflateSettings anything = WS_DEFLATE_SETTINGS_DEFAULT;
  WsDeflateSettings              settings;
  WsDeflateParams                params, again;
  WsHttpFault                    fault = { 0 };
  g_autofree char               *text = NULL;
  g_autofree char               *answer = NULL;

  if (size < 2)
    return 0;
  settings = choose (data);
  text = g_strndup ((const char *) data + 2, size - 2);
  answer = ws_deflate_offer_accept (text, &settings, &params);
  if (answer != NULL)
    {
      check_params (&params, &settings);
      g_assert_true (ws_http_header_value_is_valid (answer));
      g_assert_true (
          ws_deflate_offer_judge (answer, &anything, &again, &fault));
      check_same (&params, &again);
    }
  if (ws_deflate_offer_judge (text, &settings, &params, &fault))
    check_params (&params, &settings);
  else
    g_assert_cmpuint (fault.status, ==, 101);
  return 0;
}
