/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "protocol/ws-proxy-header.h"

#include <string.h>

#include "support/pieces.h"
#include "support/ws-test.h"

/* What follows a header is the client's. */
#define REST "GET / HTTP/1.1\r\n"

static WsParse
feed_one (gpointer      parser,
          const guint8 *data,
          gsize         len,
          gsize        *consumed,
          WsHttpFault  *fault)
{
  return ws_proxy_header_feed (parser, data, len, consumed, fault);
}

/* Whole, byte by byte and at every split, which must make no difference. */
static WsParse
feed (WsProxyHeader *self,
      const guint8  *data,
      gsize          len,
      gsize         *total,
      WsHttpFault   *fault)
{
  guint8 *guarded = ws_test_guarded (data, len);
  WsParse whole;

  *self = (WsProxyHeader){ 0 };
  whole = pieces_feed (feed_one, self, guarded, len, len, len, total, fault);

  for (gsize cut = 1; cut <= len; cut++)
    {
      WsProxyHeader other = { 0 };
      WsHttpFault   other_fault = { 0 };
      gsize         other_total;
      const gsize   rest = cut == len ? 1 : len;

      g_assert_cmpint (pieces_feed (feed_one, &other, guarded, len,
                                    rest == 1 ? 1 : cut, rest, &other_total,
                                    &other_fault),
                       ==, whole);
      g_assert_cmpuint (other_total, ==, *total);
      if (whole == WS_FAILED)
        g_assert_cmpstr (other_fault.message, ==, fault->message);
      if (whole != WS_DONE)
        continue;
      g_assert_true (ws_address_equal (&other.source, &self->source));
      g_assert_true (ws_address_equal (&other.destination, &self->destination));
      g_assert_true (other.is_secure == self->is_secure);
    }
  ws_test_guarded_free (guarded, len);
  return whole;
}

static void
check_done (const guint8 *data,
            gsize         len,
            const char   *source,
            const char   *destination,
            gboolean      is_secure)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree char *from = NULL;
  g_autofree char *to = NULL;
  WsProxyHeader    header;
  WsHttpFault      fault = { 0 };
  gsize            total;

  g_byte_array_append (bytes, data, (guint) len);
  g_byte_array_append (bytes, (const guint8 *) REST, strlen (REST));
  g_assert_cmpint (feed (&header, bytes->data, bytes->len, &total, &fault), ==,
                   WS_DONE);
  g_assert_cmpuint (total, ==, len);
  from = ws_address_to_string (&header.source);
  to = ws_address_to_string (&header.destination);
  g_assert_cmpstr (from, ==, source);
  g_assert_cmpstr (to, ==, destination);
  g_assert_true (header.is_secure == is_secure);
}

static void
check_failed (const guint8 *data, gsize len, const char *what)
{
  WsProxyHeader header;
  WsHttpFault   fault = { 0 };
  gsize         total;

  g_assert_cmpint (feed (&header, data, len, &total, &fault), ==, WS_FAILED);
  g_assert_cmpuint (fault.status, ==, 400);
  g_test_message ("%s", fault.message);
  g_assert_nonnull (strstr (fault.message, what));
}

/* --- Version 1 --- */

static void
test_line (void)
{
  static const struct
  {
    const char *line;
    const char *source;
    const char *destination;
  } rows[] = {
    { "PROXY TCP4 198.51.100.7 192.0.2.1 50000 80", "198.51.100.7:50000",
      "192.0.2.1:80" },
    { "PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535",
      "255.255.255.255:65535", "255.255.255.255:65535" },
    { "PROXY TCP6 2001:db8::1 2001:db8::2 1 443", "[2001:db8::1]:1",
      "[2001:db8::2]:443" },
    { "PROXY TCP6 ::ffff:192.0.2.1 ::1 1 2", "192.0.2.1:1", "[::1]:2" },
    /* The longest that there is. */
    { "PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff "
      "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535",
      "unknown", "unknown" },
    { "PROXY UNKNOWN", "unknown", "unknown" },
    { "PROXY UNKNOWN whatever it says", "unknown", "unknown" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *wire = g_strconcat (rows[i].line, "\r\n", NULL);

      check_done ((const guint8 *) wire, strlen (wire), rows[i].source,
                  rows[i].destination, FALSE);
    }
}

static void
test_bad_line (void)
{
  static const struct
  {
    const char *wire;
    const char *what;
  } rows[] = {
    { "GET / HTTP/1.1\r\n", "begins neither" },
    { "POST / HTTP/1.1\r\n", "begins neither" },
    { "PROXYTCP4", "begins neither" },
    { "PROXY\r\n", "begins neither" },
    { "proxy TCP4", "begins neither" },
    { "PROXY \r\n", "names neither" },
    { "PROXY TCP5 1.1.1.1 2.2.2.2 1 2\r\n", "names neither" },
    { "PROXY tcp4 1.1.1.1 2.2.2.2 1 2\r\n", "names neither" },
    { "PROXY  TCP4 1.1.1.1 2.2.2.2 1 2\r\n", "names neither" },
    { "PROXY TCP4 1.1.1.1 2.2.2.2 1 2\n", "without CR" },
    { "PROXY \n", "without CR" },
    { "PROXY TCP4\r\n", "malformed" },
    { "PROXY TCP4 1.1.1.1 2.2.2.2 1\r\n", "malformed" },
    { "PROXY TCP4 1.1.1.1 2.2.2.2 1 2 3\r\n", "malformed" },
    { "PROXY TCP4 1.1.1.1  2.2.2.2 1 2\r\n", "malformed" },
    { "PROXY TCP4 1.1.1.1 2.2.2.2 1 65536\r\n", "malformed" },
    { "PROXY TCP4 1.1.1.1 2.2.2.2 -1 2\r\n", "malformed" },
    { "PROXY TCP4 1.1.1.1 2.2.2.2 1 2 \r\n", "malformed" },
    { "PROXY TCP4 ::1 2.2.2.2 1 2\r\n", "malformed" },
    { "PROXY TCP4 1.1.1.1 ::1 1 2\r\n", "malformed" },
    { "PROXY TCP6 1.1.1.1 2.2.2.2 1 2\r\n", "malformed" },
    { "PROXY TCP6 [::1] ::1 1 2\r\n", "malformed" },
    { "PROXY TCP4 1.1.1 2.2.2.2 1 2\r\n", "malformed" },
    { "PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff "
      "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535 \r\n",
      "107 bytes" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    check_failed ((const guint8 *) rows[i].wire, strlen (rows[i].wire),
                  rows[i].what);
  check_failed ((const guint8 *) "PROXY UNKNOWN\0 x\r\n", 18, "NUL");
}

/* --- Version 2 --- */

#define SIGNATURE "0d0a0d0a000d0a515549540a "

static void
test_block (void)
{
  static const struct
  {
    const char *hex; /* behind the signature */
    const char *source;
    const char *destination;
    gboolean    is_secure;
  } rows[] = {
    { "21 11 000c c6336407 c0000201 c350 0050", "198.51.100.7:50000",
      "192.0.2.1:80", FALSE },
    { "21 12 000c c6336407 c0000201 c350 0050", "198.51.100.7:50000",
      "192.0.2.1:80", FALSE },
    { "21 21 0024 20010db8000000000000000000000001"
      "20010db8000000000000000000000002 0001 01bb",
      "[2001:db8::1]:1", "[2001:db8::2]:443", FALSE },
    /* LOCAL: the rest does not count, whatever it is. */
    { "20 00 0000", "unknown", "unknown", FALSE },
    { "20 11 000c c6336407 c0000201 c350 0050", "unknown", "unknown", FALSE },
    { "20 ff 0003 20ffff", "unknown", "unknown", FALSE },
    /* UNSPEC */
    { "21 00 0000", "unknown", "unknown", FALSE },
    { "21 00 0005 0102030405", "unknown", "unknown", FALSE },
    /* Extras: ALPN, an empty one, NOOP; SSL. */
    { "21 11 0017 c6336407 c0000201 c350 0050 01 0002 6832 30 0000 04 0000",
      "198.51.100.7:50000", "192.0.2.1:80", FALSE },
    { "21 11 001a c6336407 c0000201 c350 0050 04 0003 202020 20 0005 01"
      "00000000",
      "198.51.100.7:50000", "192.0.2.1:80", TRUE },
    { "21 11 0014 c6336407 c0000201 c350 0050 20 0005 02 00000000",
      "198.51.100.7:50000", "192.0.2.1:80", FALSE },
    { "21 11 000f c6336407 c0000201 c350 0050 20 0000", "198.51.100.7:50000",
      "192.0.2.1:80", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char   *hex = g_strconcat (SIGNATURE, rows[i].hex, NULL);
      gsize              len;
      g_autofree guint8 *wire = ws_test_hex (hex, &len);

      g_test_message ("row %" G_GSIZE_FORMAT, i);
      check_done (wire, len, rows[i].source, rows[i].destination,
                  rows[i].is_secure);
    }
}

static void
test_unix_block (void)
{
  gsize              head_len;
  g_autofree guint8 *head = ws_test_hex (SIGNATURE "21 31 00d8", &head_len);
  guint8             wire[16 + 216] = { 0 };

  memcpy (wire, head, head_len);
  memcpy (wire + 16, "/run/client", 11);
  memcpy (wire + 16 + 108, "\0abstract", 9);
  check_done (wire, sizeof wire, "unix:/run/client", "unix:@abstract", FALSE);
  memset (wire + 16, 'x', 108);
  g_assert_cmpuint (sizeof wire, ==, WS_PROXY_HEADER_MAX_BLOCK);
}

static void
test_bad_block (void)
{
  static const struct
  {
    const char *hex;
    const char *what;
  } rows[] = {
    { "0d0a0d0a000d0a515549540b", "begins neither" },
    { "0d0d", "begins neither" },
    { SIGNATURE "11 11 000c", "version or command" },
    { SIGNATURE "31 11 000c", "version or command" },
    { SIGNATURE "22 11 000c", "version or command" },
    { SIGNATURE "21 41 000c", "address family" },
    { SIGNATURE "21 13 000c", "address family" },
    { SIGNATURE "21 03 0000", "address family" },
    { SIGNATURE "21 11 000b", "too short" },
    { SIGNATURE "21 11 0000", "too short" },
    { SIGNATURE "21 21 0023", "too short" },
    { SIGNATURE "21 31 00d7", "too short" },
    { SIGNATURE "21 11 000e c6336407 c0000201 c350 0050 0400", "inside" },
    { SIGNATURE "21 11 000f c6336407 c0000201 c350 0050 040001", "inside" },
    { SIGNATURE "21 11 0010 c6336407 c0000201 c350 0050 04ffff00", "inside" },
    { SIGNATURE "21 11 0011 c6336407 c0000201 c350 0050 0400010004", "inside" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      gsize              len;
      g_autofree guint8 *wire = ws_test_hex (rows[i].hex, &len);

      g_test_message ("row %" G_GSIZE_FORMAT, i);
      check_failed (wire, len, rows[i].what);
    }
}

/* What is not looked at is not stored, and costs no more than its bytes. */
static void
test_longest (void)
{
  gsize              head_len;
  g_autofree guint8 *head
      = ws_test_hex (SIGNATURE "21 11 ffff c6336407 c0000201 c350 0050 04 fff0",
                     &head_len);
  const gsize        len = 16 + G_MAXUINT16;
  g_autofree guint8 *wire = g_malloc0 (len);
  WsProxyHeader      header = { 0 };
  WsHttpFault        fault;
  gsize              total;

  memcpy (wire, head, head_len);
  g_assert_cmpint (pieces_feed (feed_one, &header, wire, len, 100, 7, &total,
                                &fault),
                   ==, WS_DONE);
  g_assert_cmpuint (total, ==, len);
  g_assert_cmpuint (header.source.port, ==, 50000);
}

static void
test_detect (void)
{
  static const struct
  {
    const char *text;
    gsize       len;
    gsize       decided; /* so many bytes tell it */
    WsParse     result;
  } starts[] = {
    { "PROXY TCP4 ", 11, 6, WS_DONE },
    { "\r\n\r\n\0\r\nQUIT\n\x21", 13, 12, WS_DONE },
    { "PROPFIND / ", 11, 4, WS_FAILED },
    { "PRI * HTTP/2.0", 14, 3, WS_FAILED },
    { "GET / HTTP/1.1", 14, 1, WS_FAILED },
    { "\x16\3\1", 3, 1, WS_FAILED },
    { "\r\nGET", 5, 3, WS_FAILED },
    { "\r\n\r\n\0\r\nQUIT\0", 12, 12, WS_FAILED },
  };

  g_assert_cmpint (ws_proxy_header_detect ((const guint8 *) "", 0), ==,
                   WS_NEED_MORE);
  for (gsize i = 0; i < G_N_ELEMENTS (starts); i++)
    for (gsize len = 1; len <= starts[i].len; len++)
      {
        const guint8 *data = (const guint8 *) starts[i].text;
        guint8       *guarded = ws_test_guarded (data, len);

        g_assert_cmpint (ws_proxy_header_detect (guarded, len), ==,
                         len < starts[i].decided ? WS_NEED_MORE
                                                 : starts[i].result);
        ws_test_guarded_free (guarded, len);
      }
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);
  g_test_add_func ("/protocol/proxy-header/line", test_line);
  g_test_add_func ("/protocol/proxy-header/bad-line", test_bad_line);
  g_test_add_func ("/protocol/proxy-header/block", test_block);
  g_test_add_func ("/protocol/proxy-header/unix-block", test_unix_block);
  g_test_add_func ("/protocol/proxy-header/bad-block", test_bad_block);
  g_test_add_func ("/protocol/proxy-header/longest", test_longest);
  g_test_add_func ("/protocol/proxy-header/detect", test_detect);
  return g_test_run ();
}
