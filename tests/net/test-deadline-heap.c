/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/ws-deadline-heap.h"

#include "support/ws-test.h"

#define N_DEADLINES 300

static void
assert_heap (const WsDeadlineHeap *heap)
{
  for (guint i = 1; i <= heap->n_items; i++)
    {
      g_assert_cmpuint (heap->items[i]->index, ==, i);
      if (i > 1)
        g_assert_cmpint (heap->items[i / 2]->due, <=, heap->items[i]->due);
    }
}

static void
drain (WsDeadlineHeap *heap)
{
  gint64 last = G_MININT64;

  while (heap->n_items > 0)
    {
      WsDeadline *first = ws_deadline_heap_peek (heap);

      g_assert_cmpint (first->due, >=, last);
      last = first->due;
      ws_deadline_heap_remove (heap, first);
      g_assert_false (ws_deadline_is_armed (first));
    }

  g_assert_null (ws_deadline_heap_peek (heap));
}

/* Random puts, moves and removals, with many equal times among them. */
static void
test_random (void)
{
  WsDeadlineHeap heap = { NULL };
  WsDeadline     deadlines[N_DEADLINES] = { { NULL } };
  guint          n_armed = 0;

  for (int i = 0; i < 20000; i++)
    {
      WsDeadline *deadline = &deadlines[g_test_rand_int_range (0, N_DEADLINES)];
      gboolean    was_armed = ws_deadline_is_armed (deadline);

      if (g_test_rand_int_range (0, 3) == 0)
        {
          ws_deadline_heap_remove (&heap, deadline);
          n_armed -= was_armed ? 1 : 0;
        }
      else
        {
          ws_deadline_heap_put (&heap, deadline,
                                g_test_rand_int_range (-50, 50));
          n_armed += was_armed ? 0 : 1;
        }

      g_assert_cmpuint (heap.n_items, ==, n_armed);
      if (i % 64 == 0)
        assert_heap (&heap);
    }

  drain (&heap);
  ws_deadline_heap_clear (&heap);
}

static void
test_memory (void)
{
  enum
  {
    N_MANY = 20000
  };
  WsDeadlineHeap         heap = { NULL };
  g_autofree WsDeadline *deadlines = g_new0 (WsDeadline, N_MANY);
  guint                  smallest;

  ws_deadline_heap_put (&heap, &deadlines[0], 0);
  smallest = heap.capacity;

  for (int i = 0; i < N_MANY; i++)
    ws_deadline_heap_put (&heap, &deadlines[i], N_MANY - i);
  g_assert_cmpuint (heap.capacity, >=, N_MANY);
  g_assert_cmpuint (heap.capacity, <, 2 * N_MANY + smallest);

  drain (&heap);
  g_assert_cmpuint (heap.capacity, <=, smallest);
  ws_deadline_heap_clear (&heap);
}

static void
test_clear (void)
{
  WsDeadlineHeap heap = { NULL };
  WsDeadline     deadlines[3] = { { NULL } };

  for (int i = 0; i < 3; i++)
    ws_deadline_heap_put (&heap, &deadlines[i], i);
  ws_deadline_heap_clear (&heap);

  for (int i = 0; i < 3; i++)
    g_assert_false (ws_deadline_is_armed (&deadlines[i]));
  g_assert_null (ws_deadline_heap_peek (&heap));
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);

  g_test_add_func ("/net/deadline-heap/random", test_random);
  g_test_add_func ("/net/deadline-heap/memory", test_memory);
  g_test_add_func ("/net/deadline-heap/clear", test_clear);
  return g_test_run ();
}
