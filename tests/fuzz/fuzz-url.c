/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"

#include <string.h>

#include "protocol/ws-url.h"

/* Text as a URL, and as the value of a Host field. */

static void
check_no_controls (const char *text)
{
  for (const char *p = text; p != NULL && *p != '\0'; p++)
    g_assert_false (g_ascii_iscntrl (*p));
}

/* What goes into the request is clean, and the text it keeps means the same. */
static void
check_url (const WsUrl *url)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WsUrl) again = NULL;

  g_assert_cmpint (url->resource[0], ==, '/');
  g_assert_null (strchr (url->resource, ' '));
  check_no_controls (url->resource);
  check_no_controls (url->host);
  check_no_controls (url->authority);
  g_assert_cmpint (url->host[0], !=, '\0');

  again = ws_url_parse (url->text, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (again->host, ==, url->host);
  g_assert_cmpuint (again->port, ==, url->port);
  g_assert_cmpstr (again->resource, ==, url->resource);
  g_assert_cmpstr (again->unix_path, ==, url->unix_path);
  g_assert_true (again->secure == url->secure);
  g_assert_null (again->userinfo);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autofree char *host = NULL;
  guint            port;
  g_autoptr (GError) error = NULL;
  g_autoptr (WsUrl) url = ws_url_parse (text, &error);

  g_assert_true ((url == NULL) == (error != NULL));
  if (url != NULL)
    check_url (url);
  if (ws_url_parse_authority (text, &host, &port))
    {
      g_assert_nonnull (host);
      g_assert_cmpuint (port, <=, G_MAXUINT16);
      check_no_controls (host);
    }
  return 0;
}
