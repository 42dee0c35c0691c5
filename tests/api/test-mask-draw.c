/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "value/ws-mask-generator-private.h"

#include <string.h>

#include "support/ws-test.h"

/* Built with ws-mask-generator.c itself: how a socket draws is not exported. */

#define SCRIPTED_TYPE (scripted_get_type ())
G_DECLARE_FINAL_TYPE (Scripted, scripted, SCRIPTED, MASK, WsMaskGenerator)

struct _Scripted
{
  WsMaskGenerator parent_instance;
  guint32         next; /* what next_mask answers */
  gboolean        can_seed;
  guint           n_seeded, n_asked;
  Scripted      **owner; /* (nullable): dropped in the middle of a call */
};

G_DEFINE_FINAL_TYPE (Scripted, scripted, WS_TYPE_MASK_GENERATOR)

static gboolean
scripted_seed (WsMaskGenerator *generator)
{
  Scripted *self = SCRIPTED_MASK (generator);

  self->n_seeded++;
  return self->can_seed;
}

static guint32
scripted_next_mask (WsMaskGenerator *generator)
{
  Scripted *self = SCRIPTED_MASK (generator);

  self->n_asked++;
  if (self->owner != NULL)
    g_clear_object (self->owner);
  return self->next;
}

static void
scripted_class_init (ScriptedClass *klass)
{
  WsMaskGeneratorClass *generator_class = WS_MASK_GENERATOR_CLASS (klass);

  generator_class->seed = scripted_seed;
  generator_class->next_mask = scripted_next_mask;
}

static void
scripted_init (Scripted *self)
{
  self->can_seed = TRUE;
}

static Scripted *
scripted_new (guint32 next)
{
  Scripted *self = g_object_new (SCRIPTED_TYPE, NULL);

  self->next = next;
  return self;
}

/* Draws until two keys differ, which chance alone delays. */
static void
assert_random (WsMaskGenerator *generator)
{
  guint8 first[4], second[4];

  ws_mask_generator_draw (generator, first);
  for (int i = 0; i < 10; i++)
    {
      ws_mask_generator_draw (generator, second);
      if (memcmp (first, second, sizeof first) != 0)
        return;
    }
  g_assert_not_reached ();
}

/* RFC 6455, 5.3 */
static void
test_network_order (void)
{
  static const guint8 key[4] = { 0x37, 0xfa, 0x21, 0x3d };
  Scripted           *scripted = scripted_new (0x37fa213d);
  guint8              mask[4];

  ws_mask_generator_draw (WS_MASK_GENERATOR (scripted), mask);
  g_assert_cmpmem (mask, 4, key, 4);
  ws_mask_generator_draw (WS_MASK_GENERATOR (scripted), mask);
  g_assert_cmpmem (mask, 4, key, 4);
  g_assert_cmpuint (scripted->n_asked, ==, 2);
  g_assert_cmpuint (scripted->n_seeded, ==, 1);

  g_assert_finalize_object (scripted);
}

static void
test_built_in (void)
{
  assert_random (NULL);
  assert_random (ws_mask_generator_get_default ());
}

static void
test_no_mask (void)
{
  Scripted *scripted = scripted_new (0);
  guint8    mask[4];

  g_test_expect_message ("Ws", G_LOG_LEVEL_WARNING, "*Scripted gave no mask*");
  assert_random (WS_MASK_GENERATOR (scripted));
  g_test_assert_expected_messages ();

  scripted->next = 0x01020304;
  ws_mask_generator_draw (WS_MASK_GENERATOR (scripted), mask);
  g_assert_cmpmem (mask, 4, "\1\2\3\4", 4);

  g_assert_finalize_object (scripted);
}

static void
test_no_seed (void)
{
  Scripted *scripted = scripted_new (0x01020304);
  guint8    mask[4];

  scripted->can_seed = FALSE;
  g_test_expect_message ("Ws", G_LOG_LEVEL_WARNING,
                         "*Scripted could not be seeded*");
  assert_random (WS_MASK_GENERATOR (scripted));
  g_test_assert_expected_messages ();
  g_assert_cmpuint (scripted->n_asked, ==, 0);

  scripted->can_seed = TRUE;
  ws_mask_generator_draw (WS_MASK_GENERATOR (scripted), mask);
  g_assert_cmpmem (mask, 4, "\1\2\3\4", 4);

  g_assert_finalize_object (scripted);
}

static void
test_dropped_inside (void)
{
  Scripted *scripted = scripted_new (0);
  guint8    mask[4];

  scripted->owner = &scripted;
  g_test_expect_message ("Ws", G_LOG_LEVEL_WARNING, "*gave no mask*");
  ws_mask_generator_draw (WS_MASK_GENERATOR (scripted), mask);
  g_test_assert_expected_messages ();
  g_assert_null (scripted);
}

int
main (int argc, char *argv[])
{
  ws_test_init (&argc, &argv);

  g_test_add_func ("/api/mask-draw/network-order", test_network_order);
  g_test_add_func ("/api/mask-draw/built-in", test_built_in);
  g_test_add_func ("/api/mask-draw/no-mask", test_no_mask);
  g_test_add_func ("/api/mask-draw/no-seed", test_no_seed);
  g_test_add_func ("/api/mask-draw/dropped-inside", test_dropped_inside);
  return g_test_run ();
}
