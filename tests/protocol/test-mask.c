/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "protocol/ws-mask.h"

#include <string.h>

#include "protocol/ws-vector.h"
#include "support/ws-test.h"

#define LENGTH_MAX   300
#define DISTANCE_MAX 8

static const guint8 KEY[4] = { 0x37, 0xFA, 0x21, 0x3D };

static void
mask_bytewise (
    guint8 *dst, const guint8 *src, gsize len, const guint8 key[4], gsize phase)
{
  for (gsize i = 0; i < len; i++)
    dst[i] = src[i] ^ key[(i + phase) & 3];
}

static void
fill (guint8 *bytes, gsize len)
{
  for (gsize i = 0; i < len; i++)
    bytes[i] = g_test_rand_int () & 0xFF;
}

typedef struct
{
  const char *name;
  const char *plain;
  const char *key;
  const char *masked;
} Vector;

static const Vector vectors[] = {
  { "empty", "", "00 00 00 00", "" },
  { "rfc-hello", "48 65 6c 6c 6f", "37 fa 21 3d", "7f 9f 4d 51 58" },
  { "8-bytes", "61 62 63 64 65 66 67 68", "01 02 03 04",
    "60 60 60 60 64 64 64 6c" },
  { "9-bytes", "61 62 63 64 65 66 67 68 69", "01 02 03 04",
    "60 60 60 60 64 64 64 6c 68" },
  { "latin-1", "41 53 43 49 49 20 80 df e4 f6 fc ff", "ff 00 aa 55",
    "be 53 e9 1c b6 20 2a 8a 1b f6 56 aa" },
};

/* Qt: tst_WebSocketProtocol::validMasks, with bytes of our own */
static void
test_vector (gconstpointer user_data)
{
  const Vector      *vector = user_data;
  gsize              len, key_len, masked_len;
  g_autofree guint8 *plain = ws_test_hex (vector->plain, &len);
  g_autofree guint8 *key = ws_test_hex (vector->key, &key_len);
  g_autofree guint8 *masked = ws_test_hex (vector->masked, &masked_len);
  g_autofree guint8 *result = g_malloc (len + 1);

  g_assert_cmpuint (key_len, ==, 4);
  ws_mask (result, plain, len, key, 0);
  g_assert_cmpmem (result, len, masked, masked_len);

  ws_mask (result, result, len, key, 0);
  g_assert_cmpmem (result, len, plain, len);
}

static void
check_distance (gsize len, gsize phase, gsize distance)
{
  guint8 plain[LENGTH_MAX];
  guint8 expected[LENGTH_MAX];
  guint8 bytes[LENGTH_MAX + 2 * DISTANCE_MAX];
  guint8 edge[DISTANCE_MAX];

  fill (plain, sizeof plain);
  fill (edge, sizeof edge);
  mask_bytewise (expected, plain, len, KEY, phase);

  memcpy (bytes + DISTANCE_MAX, plain, len);
  memcpy (bytes + DISTANCE_MAX + len, edge, sizeof edge);
  ws_mask (bytes + DISTANCE_MAX - distance, bytes + DISTANCE_MAX, len, KEY,
           phase);
  g_assert_cmpmem (bytes + DISTANCE_MAX - distance, len, expected, len);
  g_assert_cmpmem (bytes + DISTANCE_MAX + len, sizeof edge, edge, sizeof edge);
}

static void
test_every_length (void)
{
  for (gsize len = 0; len <= LENGTH_MAX; len++)
    {
      for (gsize phase = 0; phase < 9; phase++)
        {
          for (gsize distance = 0; distance <= DISTANCE_MAX; distance++)
            check_distance (len, phase, distance);
        }
    }
}

/* One byte of another kind, wherever it is. */
static void
test_ascii (void)
{
  guint8 plain[LENGTH_MAX];
  guint8 masked[LENGTH_MAX];

  for (gsize len = 0; len <= LENGTH_MAX; len++)
    {
      memset (plain, 0x7F, len);
      mask_bytewise (masked, plain, len, KEY, 3);
      g_assert_true (ws_mask_text (masked, masked, len, KEY, 3));
      for (gsize at = 0; at < len; at++)
        {
          plain[at] = 0x80;
          mask_bytewise (masked, plain, len, KEY, 3);
          g_assert_false (ws_mask_text (masked, masked, len, KEY, 3));
          g_assert_cmpmem (masked, len, plain, len);
          plain[at] = 0;
        }
    }
}

static void
test_elsewhere (void)
{
  guint8 src[LENGTH_MAX + 8];
  guint8 dst[LENGTH_MAX + 8];
  guint8 expected[LENGTH_MAX];

  fill (src, sizeof src);
  for (gsize i = 0; i < 64; i++)
    {
      const gsize from = i & 7;
      const gsize to = i >> 3;

      ws_mask (dst + to, src + from, LENGTH_MAX, KEY, i);
      mask_bytewise (expected, src + from, LENGTH_MAX, KEY, i);
      g_assert_cmpmem (dst + to, LENGTH_MAX, expected, LENGTH_MAX);
    }
}

static void
test_every_split (void)
{
  guint8 plain[100];
  guint8 whole[100];
  guint8 parts[100];

  fill (plain, sizeof plain);
  ws_mask (whole, plain, sizeof plain, KEY, 0);
  for (gsize split = 0; split <= sizeof plain; split++)
    {
      ws_mask (parts, plain, split, KEY, 0);
      ws_mask (parts + split, plain + split, sizeof plain - split, KEY, split);
      g_assert_cmpmem (parts, sizeof parts, whole, sizeof whole);
    }
}

static void
test_guard_page (void)
{
  guint8 plain[LENGTH_MAX];
  guint8 expected[LENGTH_MAX];

  fill (plain, sizeof plain);
  mask_bytewise (expected, plain, sizeof plain, KEY, 0);
  for (gsize len = 0; len <= LENGTH_MAX; len++)
    {
      guint8 *guarded = ws_test_guarded (plain, len);

      ws_mask (guarded, guarded, len, KEY, 0);
      g_assert_cmpmem (guarded, len, expected, len);
      ws_test_guarded_free (guarded, len);
    }
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);
  ws_vector_is_off = g_getenv ("WS_TEST_NARROW") != NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *path
          = g_strconcat ("/protocol/mask/vector/", vectors[i].name, NULL);

      g_test_add_data_func (path, &vectors[i], test_vector);
    }
  g_test_add_func ("/protocol/mask/every-length", test_every_length);
  g_test_add_func ("/protocol/mask/ascii", test_ascii);
  g_test_add_func ("/protocol/mask/elsewhere", test_elsewhere);
  g_test_add_func ("/protocol/mask/every-split", test_every_split);
  g_test_add_func ("/protocol/mask/guard-page", test_guard_page);
  return g_test_run ();
}
