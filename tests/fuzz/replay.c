/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"

#include <string.h>

/* Runs a fuzz target without libFuzzer: on the built-in seeds and on each file
 * of the folders given, as it is, cut short at some places and with some bytes
 * changed, the same ones each time; --brief is for targets that are slow. */

static guint n_cuts = 32, n_changes = 256;

static void
run (const guint8 *data, gsize size)
{
  /* Of exactly this size, so that a sanitizer sees an overread. */
  g_autofree guint8 *copy = g_malloc (MAX (size, 1));

  if (size > 0)
    memcpy (copy, data, size);
  LLVMFuzzerTestOneInput (copy, size);
}

static void
run_seeds (void)
{
  guint8 bytes[64];

  run (NULL, 0);
  for (guint i = 0; i < 256; i++)
    {
      memset (bytes, (int) i, sizeof bytes);
      run (bytes, 1);
      run (bytes, sizeof bytes);
    }
}

static void
run_variants (const guint8 *data, gsize size)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (6455);
  g_autofree guint8 *copy = g_memdup2 (data, size);

  run (data, size);
  if (size == 0)
    return;
  for (gsize i = 0; i < n_cuts; i++)
    run (data, size * i / n_cuts);
  for (guint i = 0; i < n_changes; i++)
    {
      memcpy (copy, data, size);
      for (guint n = 0; n <= i % 3; n++)
        copy[g_rand_int (random) % size] ^= 1u << g_rand_int (random) % 8;
      run (copy, size);
    }
}

static gboolean
run_folder (const char *folder, guint *n_files, GError **error)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, error);
  const char *name;

  if (dir == NULL)
    return FALSE;
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autofree char *data = NULL;
      gsize            size;

      if (!g_file_get_contents (path, &data, &size, error))
        return FALSE;
      run_variants ((const guint8 *) data, size);
      g_print ("ok %u - %s\n", ++*n_files + 1, name);
    }
  return TRUE;
}

int
main (int argc, char **argv)
{
  guint n_files = 0;

  run_seeds ();
  g_print ("ok 1 - seeds\n");
  for (int i = 1; i < argc; i++)
    {
      g_autoptr (GError) error = NULL;

      if (strcmp (argv[i], "--brief") == 0)
        {
          n_cuts = n_changes = 8;
          continue;
        }
      if (run_folder (argv[i], &n_files, &error))
        continue;
      g_print ("Bail out! %s\n", error->message);
      return 1;
    }
  if (n_files > 0 && fuzz_check_corpus != NULL)
    fuzz_check_corpus ();
  g_print ("1..%u\n", n_files + 1);
  return 0;
}
