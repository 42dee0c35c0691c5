/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"

#include <string.h>

#include "protocol/ws-forwarded.h"
#include "protocol/ws-url.h"

/* What proxies say of a client: each line is the value of a field, whose name
 * its first byte chooses. A line that begins with "!" is a trusted network. */

static const char *const names[] = { "Forwarded", "X-Forwarded-For",
                                     "X-Forwarded-Proto", "X-Forwarded-Host" };

static WsNetworks *
parse_networks (GPtrArray *texts)
{
  const char *culprit = NULL;
  WsNetworks *networks;

  g_ptr_array_add (texts, NULL);
  networks = ws_networks_parse ((const char *const *) texts->pdata, &culprit);
  g_assert_true ((networks == NULL) == (culprit != NULL));
  return networks;
}

static void
check (const WsHttpHeaders *headers,
       const WsNetworks    *trusted,
       WsForwardedKinds     kinds)
{
  WsForwarded      forwarded;
  WsHttpFault      fault = { 0 };
  g_autofree char *host = NULL;
  guint            port;

  if (!ws_forwarded_read (&forwarded, headers, trusted, kinds, &fault))
    {
      g_assert_cmpuint (fault.status, ==, 400);
      g_assert_null (forwarded.name);
      g_assert_null (forwarded.host);
      return;
    }
  g_assert_true (forwarded.has_scheme || !forwarded.is_secure);
  if (forwarded.host != NULL)
    g_assert_true (ws_url_parse_authority (forwarded.host, &host, &port));
  ws_forwarded_clear (&forwarded);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_auto (GStrv) lines = g_strsplit (text, "\n", 64);
  g_autoptr (GPtrArray) texts = g_ptr_array_new ();
  g_autoptr (WsHttpHeaders) headers = ws_http_headers_new ();
  g_autoptr (WsNetworks) trusted = NULL;

  for (char **line = lines; *line != NULL; line++)
    {
      const guchar first = (guchar) * *line;

      if (first == '!')
        g_ptr_array_add (texts, *line + 1);
      else if (first != '\0' && ws_http_header_value_is_valid (*line + 1))
        ws_http_headers_append (headers, names[first % G_N_ELEMENTS (names)],
                                *line + 1);
    }
  trusted = parse_networks (texts);
  check (headers, trusted, WS_FORWARDED_STANDARD);
  check (headers, trusted, WS_FORWARDED_X);
  check (headers, trusted, WS_FORWARDED_STANDARD | WS_FORWARDED_X);
  return 0;
}
