/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/ws-random.h"

#include "support/ws-test.h"

#include <sys/wait.h>
#include <unistd.h>

#define N_MASKS 1000

typedef struct
{
  guint32 masks[N_MASKS];
} Series;

static void
draw (Series *series)
{
  for (int i = 0; i < N_MASKS; i++)
    ws_random_mask ((guint8 *) &series->masks[i]);
}

static void
assert_differ (const Series *one, const Series *other)
{
  int n_equal = 0;

  for (int i = 0; i < N_MASKS; i++)
    if (one->masks[i] == other->masks[i])
      n_equal++;

  /* Two in a thousand by chance: once in 10¹³ runs. */
  g_assert_cmpint (n_equal, <, 2);
}

/* Qt: tst_QDefaultMaskGenerator::tst_randomnessWithoutSeed,
 * tst_randomnessWithSeed. D: nothing here is seeded by its user. */
static void
test_series_differ (void)
{
  Series one, other;

  draw (&one);
  draw (&other);
  assert_differ (&one, &other);
}

static gpointer
draw_in_thread (gpointer data)
{
  draw (data);
  return NULL;
}

/* Qt: the second halves of both. D: the two generators are two threads'. */
static void
test_threads_differ (void)
{
  Series   series[2];
  GThread *threads[2];

  for (int i = 0; i < 2; i++)
    threads[i] = g_thread_new ("draw", draw_in_thread, &series[i]);
  for (int i = 0; i < 2; i++)
    g_thread_join (threads[i]);

  assert_differ (&series[0], &series[1]);
}

static void
write_masks_and_exit (int fd)
{
  Series series;
  gssize n;

  draw (&series);
  n = write (fd, &series, sizeof series);
  _exit (n == sizeof series ? 0 : 1);
}

/* The parent has half a block left when it forks. */
static void
test_child_differs (void)
{
  Series parent, child;
  guint8 mask[4];
  int    fds[2], status;
  pid_t  pid;

  ws_random_mask (mask);
  g_assert_no_errno (pipe (fds));

  pid = fork ();
  g_assert_no_errno (pid);
  if (pid == 0)
    write_masks_and_exit (fds[1]);

  draw (&parent);
  g_assert_cmpint (read (fds[0], &child, sizeof child), ==, sizeof child);
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_cmpint (status, ==, 0);
  assert_differ (&parent, &child);

  close (fds[0]);
  close (fds[1]);
}

/* FIPS 140-1's monobit test, of 20 000 bits, at 10⁻⁹ instead of 10⁻⁶. */
static void
test_monobit (void)
{
  guint8 data[2500];
  int    n_ones = 0;

  g_assert_true (ws_random_bytes (data, sizeof data));
  for (gsize i = 0; i < sizeof data; i++)
    n_ones += __builtin_popcount (data[i]);
  g_assert_cmpint (ABS (n_ones - 10000), <, 432);

  n_ones = 0;
  for (int i = 0; i < 625; i++)
    {
      guint32 mask = 0;

      ws_random_mask ((guint8 *) &mask);
      n_ones += __builtin_popcount (mask);
    }
  g_assert_cmpint (ABS (n_ones - 10000), <, 432);
}

static void
test_hardly_zero (void)
{
  Series series;
  int    n_zero = 0;

  draw (&series);
  for (int i = 0; i < N_MASKS; i++)
    if (series.masks[i] == 0)
      n_zero++;

  g_assert_cmpint (n_zero, <, 2);
}

/* Any length, and not a byte more. */
static void
test_lengths (void)
{
  for (gsize len = 0; len < 70; len++)
    {
      guint8 data[71];

      memset (data, 0x5a, sizeof data);
      g_assert_true (ws_random_bytes (data, len));
      for (gsize i = len; i < sizeof data; i++)
        g_assert_cmpint (data[i], ==, 0x5a);
    }
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);

  g_test_add_func ("/net/random/series-differ", test_series_differ);
  g_test_add_func ("/net/random/threads-differ", test_threads_differ);
  g_test_add_func ("/net/random/child-differs", test_child_differs);
  g_test_add_func ("/net/random/monobit", test_monobit);
  g_test_add_func ("/net/random/hardly-zero", test_hardly_zero);
  g_test_add_func ("/net/random/lengths", test_lengths);
  return g_test_run ();
}
