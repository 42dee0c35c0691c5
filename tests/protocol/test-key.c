/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "protocol/ws-key.h"

#include <string.h>

#include "support/ws-test.h"

static void
test_new (void)
{
  /* RFC 6455, 4.1 names these 16 bytes and their key. */
  guint8           nonce[WS_KEY_NONCE_SIZE];
  g_autofree char *key = NULL;

  for (gsize i = 0; i < sizeof nonce; i++)
    nonce[i] = i + 1;
  key = ws_key_new (nonce);
  g_assert_cmpstr (key, ==, "AQIDBAUGBwgJCgsMDQ4PEA==");
  g_assert_true (ws_key_is_valid (key));
}

static void
test_new_is_valid (void)
{
  for (guint round = 0; round < 1000; round++)
    {
      guint8             nonce[WS_KEY_NONCE_SIZE];
      g_autofree char   *key = NULL;
      g_autofree guchar *decoded = NULL;
      gsize              decoded_len;

      for (gsize i = 0; i < sizeof nonce; i++)
        nonce[i] = g_test_rand_int () & 0xFF;
      key = ws_key_new (nonce);
      g_assert_true (ws_key_is_valid (key));
      decoded = g_base64_decode (key, &decoded_len);
      g_assert_cmpmem (decoded, decoded_len, nonce, sizeof nonce);
    }
}

static void
test_accept (void)
{
  /* RFC 6455, 1.3 */
  g_autofree char *accept = ws_key_accept ("dGhlIHNhbXBsZSBub25jZQ==");

  g_assert_cmpstr (accept, ==, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

typedef struct
{
  const char *name;
  const char *key;
  gboolean    valid;
} Row;

static const Row rows[] = {
  { "rfc", "dGhlIHNhbXBsZSBub25jZQ==", TRUE },
  { "plus-and-slash", "+/+/+/+/+/+/+/+/+/+/+A==", TRUE },
  { "empty", "", FALSE },
  { "15-bytes", "AQIDBAUGBwgJCgsMDQ4P", FALSE },
  { "17-bytes", "AQIDBAUGBwgJCgsMDQ4PEBE=", FALSE },
  { "no-padding", "AQIDBAUGBwgJCgsMDQ4PEA", FALSE },
  { "half-padding", "AQIDBAUGBwgJCgsMDQ4PEA=", FALSE },
  { "much-padding", "AQIDBAUGBwgJCgsMDQ4PEA===", FALSE },
  { "early-padding", "AQIDBAUGBwgJCgsMDQ4P====", FALSE },
  { "18-bytes", "AQIDBAUGBwgJCgsMDQ4PEBES", FALSE },
  { "inner-blank", "AQIDBAUGBwgJ gsMDQ4PEA==", FALSE },
  { "leading-blank", " AQIDBAUGBwgJCgsMDQ4PEA==", FALSE },
  { "url-alphabet", "-_-_-_-_-_-_-_-_-_-_-A==", FALSE },
  { "not-ascii", "\303\251IDBAUGBwgJCgsMDQ4PEA==", FALSE },
};

static void
test_is_valid (gconstpointer user_data)
{
  const Row *row = user_data;

  g_assert_cmpint (ws_key_is_valid (row->key), ==, row->valid);
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);

  g_test_add_func ("/protocol/key/new", test_new);
  g_test_add_func ("/protocol/key/new-is-valid", test_new_is_valid);
  g_test_add_func ("/protocol/key/accept", test_accept);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path
          = g_strconcat ("/protocol/key/is-valid/", rows[i].name, NULL);

      g_test_add_data_func (path, &rows[i], test_is_valid);
    }
  return g_test_run ();
}
