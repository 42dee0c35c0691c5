/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"

#include <string.h>

#include "protocol/ws-url.h"

/* Text as a URL, and as the value of a Host field. If there is a second line,
 * it is a location that the URL leads to. */

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

/* Where it leads is a URL like another, and the same one once more. */
static void
check_location (const WsUrl *base, const char *location)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WsUrl) url = ws_url_resolve (base, location, &error);
  g_autoptr (WsUrl) again = NULL;

  g_assert_true ((url == NULL) == (error != NULL));
  if (url == NULL)
    return;
  check_url (url);
  g_assert_true (base->unix_path != NULL || url->unix_path == NULL);
  again = ws_url_resolve (base, url->text, NULL);
  g_assert_nonnull (again);
  g_assert_true (ws_url_same_origin (url, again));
  g_assert_cmpstr (again->resource, ==, url->resource);
}

/* Fit for a message, without whoever stands before an "@". */
static void
check_quoted (const char *text)
{
  g_autofree char *all = ws_url_quote (text);
  g_autofree char *anything = ws_url_quote_anything (text);

  g_assert_true (g_utf8_validate (all, -1, NULL));
  check_no_controls (all);
  check_no_controls (anything);
  g_assert_null (strchr (anything, '@'));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autofree char *host = NULL;
  guint            port;
  char            *location = strchr (text, '\n');
  g_autoptr (GError) error = NULL;
  g_autoptr (WsUrl) url = NULL;

  check_quoted (text);
  if (location != NULL)
    *location++ = '\0';
  url = ws_url_parse (text, &error);
  g_assert_true ((url == NULL) == (error != NULL));
  if (url != NULL)
    check_url (url);
  if (url != NULL && location != NULL)
    check_location (url, location);
  if (ws_url_parse_authority (text, &host, &port))
    {
      g_assert_nonnull (host);
      g_assert_cmpuint (port, <=, G_MAXUINT16);
      check_no_controls (host);
    }
  return 0;
}
