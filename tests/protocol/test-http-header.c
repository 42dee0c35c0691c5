/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "protocol/ws-http-header.h"

#include <string.h>

#include "support/ws-test.h"

static WsHttpHeaders *
new_sample (void)
{
  WsHttpHeaders *headers = ws_http_headers_new ();

  ws_http_headers_append (headers, "Host", "example.com");
  ws_http_headers_append (headers, "X-List", " one,two \t");
  ws_http_headers_append (headers, "x-LIST", "Three");
  ws_http_headers_append (headers, "Empty", " \t ");
  return headers;
}

static void
test_order_and_spelling (void)
{
  g_autoptr (WsHttpHeaders) headers = new_sample ();
  g_autoptr (GString) out = g_string_new (NULL);

  g_assert_cmpuint (ws_http_headers_length (headers), ==, 4);
  g_assert_cmpstr (ws_http_headers_peek_name (headers, 2), ==, "x-LIST");
  g_assert_cmpstr (ws_http_headers_peek_value (headers, 1), ==, "one,two");
  g_assert_cmpstr (ws_http_headers_peek_value (headers, 3), ==, "");
  ws_http_headers_write (headers, out);
  g_assert_cmpstr (out->str, ==,
                   "Host: example.com\r\nX-List: one,two\r\nx-LIST: Three\r\n"
                   "Empty: \r\n");
}

static void
test_look_up (void)
{
  g_autoptr (WsHttpHeaders) headers = new_sample ();
  g_autofree char *joined = ws_http_headers_join (headers, "X-LIST");

  g_assert_cmpstr (ws_http_headers_peek (headers, "hOST"), ==, "example.com");
  g_assert_cmpstr (ws_http_headers_peek (headers, "x-list"), ==, "one,two");
  g_assert_null (ws_http_headers_peek (headers, "Hos"));
  g_assert_cmpuint (ws_http_headers_count (headers, "x-list"), ==, 2);
  g_assert_cmpuint (ws_http_headers_count (headers, "absent"), ==, 0);
  g_assert_cmpstr (joined, ==, "one,two, Three");
  g_assert_null (ws_http_headers_join (headers, "absent"));
}

static void
test_copy_and_remove (void)
{
  g_autoptr (WsHttpHeaders) headers = new_sample ();
  g_autoptr (WsHttpHeaders) copy = ws_http_headers_copy (headers);

  g_assert_true (ws_http_headers_remove (headers, "X-list"));
  g_assert_false (ws_http_headers_remove (headers, "X-list"));
  g_assert_cmpuint (ws_http_headers_length (headers), ==, 2);
  g_assert_cmpstr (ws_http_headers_peek_name (headers, 1), ==, "Empty");
  g_assert_cmpuint (ws_http_headers_length (copy), ==, 4);
  g_assert_cmpstr (ws_http_headers_peek_value (copy, 2), ==, "Three");
  ws_http_headers_free (NULL);
}

static void
test_validity (void)
{
  static const struct
  {
    const char *text;
    gboolean    is_name;
    gboolean    is_value;
  } rows[] = {
    { "Host", TRUE, TRUE },
    { "!#$%&'*+-.^_`|~09azAZ", TRUE, TRUE },
    { "", FALSE, TRUE },
    { "two words", FALSE, TRUE },
    { "tab\tbed", FALSE, TRUE },
    { "colon:", FALSE, TRUE },
    { "(comment)", FALSE, TRUE },
    { "a,b", FALSE, TRUE },
    { "\"quoted\"", FALSE, TRUE },
    { "a/b", FALSE, TRUE },
    { "caf\xc3\xa9", FALSE, TRUE },
    { "latin\xe9", FALSE, TRUE },
    { "a\r\nEvil: yes", FALSE, FALSE },
    { "a\rb", FALSE, FALSE },
    { "a\nb", FALSE, FALSE },
    { "a\x01", FALSE, FALSE },
    { "\x7f", FALSE, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_test_message ("row %" G_GSIZE_FORMAT, i);
      g_assert_cmpint (ws_http_is_token (rows[i].text), ==, rows[i].is_name);
      g_assert_cmpint (ws_http_header_name_is_valid (rows[i].text), ==,
                       rows[i].is_name);
      g_assert_cmpint (ws_http_header_value_is_valid (rows[i].text), ==,
                       rows[i].is_value);
    }
}

static void
test_has_token (void)
{
  static const struct
  {
    const char *value;
    gboolean    has;
  } rows[] = {
    { "Upgrade", TRUE },
    { "upgrade", TRUE },
    { "keep-alive, Upgrade", TRUE },
    { "keep-alive,UPGRADE,x", TRUE },
    { " ,, upgrade\t,", TRUE },
    { "upgrades", FALSE },
    { "upgrad", FALSE },
    { "not upgrade", FALSE },
    { "\"a, upgrade, b\"", FALSE },
    { "\"a\\\", upgrade\", b", FALSE },
    { "\"a\", upgrade", TRUE },
    { "", FALSE },
    { ",", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (WsHttpHeaders) headers = ws_http_headers_new ();

      g_test_message ("row %" G_GSIZE_FORMAT, i);
      ws_http_headers_append (headers, "Other", "Upgrade");
      ws_http_headers_append (headers, "Connection", "close");
      ws_http_headers_append (headers, "connection", rows[i].value);
      g_assert_cmpint (ws_http_headers_has_token (headers, "Connection",
                                                  "Upgrade"),
                       ==, rows[i].has);
    }
}

static void
test_list_split (void)
{
  static const struct
  {
    const char *value;
    const char *elements; /* joined with | */
  } rows[] = {
    { "a", "a" },
    { "a,b", "a|b" },
    { " a b ,\t, c ,", "a b|c" },
    { "", "" },
    { " , ,", "" },
    { "x; p=\"1,2\", y", "x; p=\"1,2\"|y" },
    { "x; p=\"1\\\",2\", y", "x; p=\"1\\\",2\"|y" },
    { "x; p=\"open, y", "x; p=\"open, y" },
    { "x; p=\"open\\", "x; p=\"open\\" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (GStrv) elements = ws_http_list_split (rows[i].value);
      g_autofree char *joined = g_strjoinv ("|", elements);

      g_assert_cmpstr (joined, ==, rows[i].elements);
    }
  g_assert_null (ws_http_list_split (NULL));
}

static void
test_parameter (void)
{
  static const struct
  {
    const char *text;
    const char *name; /* NULL: malformed */
    const char *value;
  } rows[] = {
    { "a", "a", NULL },        { "a ", "a", NULL },
    { "a=b", "a", "b" },       { "a = b", "a", "b" },
    { "a=\"\"", "a", "" },     { "a=\"b; \\\"c\\\\\\d\"", "a", "b; \"c\\d" },
    { "", NULL, NULL },        { "=b", NULL, NULL },
    { "a=", NULL, NULL },      { "a b", NULL, NULL },
    { "a=b c", NULL, NULL },   { "a=b=c", NULL, NULL },
    { "a/b=c", NULL, NULL },   { "\"a\"", NULL, NULL },
    { "a=\"b", NULL, NULL },   { "a=\"b\\\"", NULL, NULL },
    { "a=\"b\\", NULL, NULL }, { "a=\"b\"c", NULL, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *name = NULL;
      g_autofree char *value = NULL;

      g_test_message ("%s", rows[i].text);
      g_assert_true (ws_http_parameter_parse (rows[i].text, &name, &value)
                     == (rows[i].name != NULL));
      g_assert_cmpstr (name, ==, rows[i].name);
      g_assert_cmpstr (value, ==, rows[i].value);
    }
}

static void
test_split (void)
{
  g_auto (GStrv) parts = ws_http_split (" a;; b=\";,\\\";\" ;c, d;", ';');
  g_auto (GStrv) none = ws_http_split ("", ';');

  g_assert_cmpuint (g_strv_length (parts), ==, 3);
  g_assert_cmpstr (parts[0], ==, "a");
  g_assert_cmpstr (parts[1], ==, "b=\";,\\\";\"");
  g_assert_cmpstr (parts[2], ==, "c, d");
  g_assert_null (none[0]);
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);

  g_test_add_func ("/protocol/http-header/order-and-spelling",
                   test_order_and_spelling);
  g_test_add_func ("/protocol/http-header/look-up", test_look_up);
  g_test_add_func ("/protocol/http-header/copy-and-remove",
                   test_copy_and_remove);
  g_test_add_func ("/protocol/http-header/validity", test_validity);
  g_test_add_func ("/protocol/http-header/has-token", test_has_token);
  g_test_add_func ("/protocol/http-header/list-split", test_list_split);
  g_test_add_func ("/protocol/http-header/parameter", test_parameter);
  g_test_add_func ("/protocol/http-header/split", test_split);
  return g_test_run ();
}
