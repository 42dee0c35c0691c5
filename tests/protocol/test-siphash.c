/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A keyed hash: the reference's values, and names that collide elsewhere. */
#include "protocol/ws-siphash.h"

#include <string.h>

#include "support/ws-test.h"

/* With the key 00 01 … 0f, of the bytes 00 01 …, as many as there are rows
 * before it (SipHash's reference implementation). */
static const guint64 values[] = {
  G_GUINT64_CONSTANT (0x726fdb47dd0e0e31),
  G_GUINT64_CONSTANT (0x74f839c593dc67fd),
  G_GUINT64_CONSTANT (0x0d6c8009d9a94f5a),
  G_GUINT64_CONSTANT (0x85676696d7fb7e2d),
};

static void
test_values (void)
{
  static const guint64 key[2] = { G_GUINT64_CONSTANT (0x0706050403020100),
                                  G_GUINT64_CONSTANT (0x0f0e0d0c0b0a0908) };
  guint8               input[15];

  for (guint i = 0; i < sizeof input; i++)
    input[i] = (guint8) i;
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      guint8 *guarded = ws_test_guarded (input, i);

      g_assert_cmpuint (ws_siphash (key, guarded, i), ==, values[i]);
      ws_test_guarded_free (guarded, i);
    }
  /* The example of the paper's appendix. */
  g_assert_cmpuint (ws_siphash (key, input, sizeof input), ==,
                    G_GUINT64_CONSTANT (0xa129ca6149be45e5));
}

/* "az" and "bY" are one to g_str_hash(), and so are all rows of them. */
static void
make_name (char *name, guint number)
{
  for (guint i = 0; i < 15; i++)
    memcpy (name + 2 * i, (number >> i & 1) != 0 ? "az" : "bY", 2);
  name[30] = '\0';
}

static void
test_collisions (void)
{
  static const guint64 key[2] = { 1, 2 };
  g_autoptr (GHashTable) hashes = g_hash_table_new (NULL, NULL);
  char  name[31];
  guint first;

  make_name (name, 0);
  first = g_str_hash (name);
  for (guint i = 0; i < 20000; i++)
    {
      make_name (name, i);
      g_assert_cmpuint (g_str_hash (name), ==, first);
      g_hash_table_add (hashes,
                        GUINT_TO_POINTER (
                            (guint) ws_siphash (key, (const guint8 *) name,
                                                strlen (name))));
    }
  /* Of 2^32 values hardly any comes twice. */
  g_assert_cmpuint (g_hash_table_size (hashes), >, 19990);
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);
  g_test_add_func ("/protocol/siphash/values", test_values);
  g_test_add_func ("/protocol/siphash/collisions", test_collisions);
  return g_test_run ();
}
