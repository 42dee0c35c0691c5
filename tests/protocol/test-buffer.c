/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "protocol/ws-buffer.h"

#include <string.h>

#include "support/ws-test.h"

static void
test_empty (void)
{
  WsBuffer buffer = { 0 };
  g_autoptr (GBytes) bytes = ws_buffer_steal_bytes (&buffer);

  g_assert_cmpuint (g_bytes_get_size (bytes), ==, 0);
  ws_buffer_append (&buffer, NULL, 0);
  g_assert_null (buffer.data);
  g_assert_cmpuint (buffer.size, ==, 0);

  ws_buffer_clear (&buffer);
  ws_buffer_clear (&buffer);
}

static void
test_append (void)
{
  g_autoptr (GByteArray) expected = g_byte_array_new ();
  WsBuffer buffer = { 0 };

  for (guint i = 0; i < 2000; i++)
    {
      guint8      piece[7];
      const gsize len = i % (sizeof piece + 1);

      memset (piece, i & 0xFF, sizeof piece);
      ws_buffer_append (&buffer, piece, len);
      g_byte_array_append (expected, piece, len);
      g_assert_cmpuint (buffer.len, <=, buffer.size);
    }
  g_assert_cmpmem (buffer.data, buffer.len, expected->data, expected->len);

  ws_buffer_clear (&buffer);
  g_assert_null (buffer.data);
  g_assert_cmpuint (buffer.len, ==, 0);
  g_assert_cmpuint (buffer.size, ==, 0);
}

/* A message that comes byte by byte must not be copied for every byte. */
static void
test_doubles (void)
{
  WsBuffer buffer = { 0 };
  guint    n_sizes = 0;
  gsize    size = 0;

  for (gsize i = 0; i < 100000; i++)
    {
      ws_buffer_append (&buffer, "x", 1);
      n_sizes += buffer.size != size;
      size = buffer.size;
    }
  g_assert_cmpuint (n_sizes, <=, 17);
  g_assert_cmpuint (buffer.size, <=, 200000);

  ws_buffer_clear (&buffer);
}

static void
test_reserve_keeps (void)
{
  WsBuffer buffer = { 0 };
  gsize    size;

  ws_buffer_append (&buffer, "abc", 3);
  ws_buffer_reserve (&buffer, 1000, 0);
  g_assert_cmpmem (buffer.data, buffer.len, "abc", 3);
  g_assert_cmpuint (buffer.size, >=, 1003);

  size = buffer.size;
  ws_buffer_reserve (&buffer, size - 3, 0);
  g_assert_cmpuint (buffer.size, ==, size);
  ws_buffer_reserve (&buffer, 0, 0);
  g_assert_cmpuint (buffer.size, ==, size);

  ws_buffer_clear (&buffer);
}

static void
test_limit (void)
{
  WsBuffer buffer = { 0 };

  /* Doubling stops at the limit. */
  ws_buffer_reserve (&buffer, 10, 12);
  g_assert_cmpuint (buffer.size, ==, 12);
  buffer.len = 10;
  memset (buffer.data, 'a', 10);
  ws_buffer_reserve (&buffer, 100, 120);
  g_assert_cmpuint (buffer.size, >=, 110);
  g_assert_cmpuint (buffer.size, <=, 120);
  ws_buffer_reserve (&buffer, 111, 150);
  g_assert_cmpuint (buffer.size, ==, 150);

  /* What is asked for comes first. */
  ws_buffer_reserve (&buffer, 190, 150);
  g_assert_cmpuint (buffer.size, ==, 200);
  g_assert_cmpmem (buffer.data, buffer.len, "aaaaaaaaaa", 10);

  ws_buffer_clear (&buffer);
}

static void
test_steal (void)
{
  WsBuffer buffer = { 0 };
  g_autoptr (GBytes) bytes = NULL;
  const guint8 *data;
  gsize         len;

  ws_buffer_append (&buffer, "hello", 5);
  data = buffer.data;
  bytes = ws_buffer_steal_bytes (&buffer);
  g_assert_true (g_bytes_get_data (bytes, &len) == data);
  g_assert_cmpmem (data, len, "hello", 5);
  g_assert_null (buffer.data);
  g_assert_cmpuint (buffer.len, ==, 0);

  ws_buffer_append (&buffer, "again", 5);
  g_assert_cmpmem (data, len, "hello", 5);
  ws_buffer_clear (&buffer);
}

/* Small storage and large are not the same kind. */
static void
test_large (void)
{
  const gsize large = 1024 * 1024;
  WsBuffer    buffer = { 0 };
  g_autoptr (GBytes) bytes = NULL;
  const guint8 *data;

  ws_buffer_append (&buffer, "hello", 5);
  ws_buffer_reserve (&buffer, large, 0);
  ws_buffer_reserve (&buffer, 3 * large, 0);
  ws_buffer_shrink (&buffer, large);
  g_assert_cmpuint (buffer.size, ==, 5 + large);
  ws_buffer_shrink (&buffer, 2 * large);
  g_assert_cmpuint (buffer.size, ==, 5 + large);
  ws_buffer_shrink (&buffer, 1);
  g_assert_cmpuint (buffer.size, ==, 6);
  ws_buffer_reserve (&buffer, large, 0);
  data = buffer.data;
  bytes = ws_buffer_steal_bytes (&buffer);
  g_assert_true (g_bytes_get_data (bytes, NULL) == data);
  g_assert_cmpmem (data, g_bytes_get_size (bytes), "hello", 5);

  ws_buffer_reserve (&buffer, large, 0);
  ws_buffer_clear (&buffer);
  g_assert_null (buffer.data);
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);

  g_test_add_func ("/protocol/buffer/empty", test_empty);
  g_test_add_func ("/protocol/buffer/append", test_append);
  g_test_add_func ("/protocol/buffer/doubles", test_doubles);
  g_test_add_func ("/protocol/buffer/reserve-keeps", test_reserve_keeps);
  g_test_add_func ("/protocol/buffer/limit", test_limit);
  g_test_add_func ("/protocol/buffer/steal", test_steal);
  g_test_add_func ("/protocol/buffer/large", test_large);
  return g_test_run ();
}
