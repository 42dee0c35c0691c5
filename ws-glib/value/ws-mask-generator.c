/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where the keys come from that a client masks its frames with. */
#include "value/ws-mask-generator-private.h"

#include <string.h>

#include "net/ws-random.h"

/**
 * WsMaskGenerator:
 *
 * Makes the keys that a client masks its frames with.
 *
 * Each frame a client sends is masked with a key of 32 bits that nobody can
 * foresee (RFC 6455, 5.3). A subclass implements
 * [vfunc@MaskGenerator.next_mask], and [vfunc@MaskGenerator.seed] if it has
 * something to prepare: that one is called before the first mask is asked for.
 *
 * A generator that answers 0 (as one written in Python does when it raises an
 * exception), or that cannot be seeded, fails. The built-in generator steps in
 * then, and a warning says so once.
 *
 * Since: 1.0
 */

typedef struct
{
  gboolean is_seeded;
  gboolean has_warned;
} WsMaskGeneratorPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (WsMaskGenerator,
                                     ws_mask_generator,
                                     G_TYPE_OBJECT)

static gboolean
ws_mask_generator_real_seed (WsMaskGenerator *self)
{
  return TRUE;
}

static guint32
ws_mask_generator_real_next_mask (WsMaskGenerator *self)
{
  return 0;
}

static void
ws_mask_generator_class_init (WsMaskGeneratorClass *klass)
{
  klass->seed = ws_mask_generator_real_seed;
  klass->next_mask = ws_mask_generator_real_next_mask;
}

static void
ws_mask_generator_init (WsMaskGenerator *self)
{
}

/* The built-in one. */

typedef struct
{
  WsMaskGenerator parent_instance;
} WsRandomMaskGenerator;

typedef struct
{
  WsMaskGeneratorClass parent_class;
} WsRandomMaskGeneratorClass;

static GType ws_random_mask_generator_get_type (void);
G_DEFINE_FINAL_TYPE (WsRandomMaskGenerator,
                     ws_random_mask_generator,
                     ws_mask_generator_get_type ())

static guint32
ws_random_mask_generator_next_mask (WsMaskGenerator *self)
{
  guint32 number = 0;

  while (number == 0)
    {
      guint8 mask[4];

      ws_random_mask (mask);
      memcpy (&number, mask, sizeof number);
    }
  return GUINT32_FROM_BE (number);
}

static void
ws_random_mask_generator_class_init (WsRandomMaskGeneratorClass *klass)
{
  WsMaskGeneratorClass *generator_class = (WsMaskGeneratorClass *) klass;

  generator_class->next_mask = ws_random_mask_generator_next_mask;
}

static void
ws_random_mask_generator_init (WsRandomMaskGenerator *self)
{
}

static void
warn_once (WsMaskGenerator *self, const char *what)
{
  WsMaskGeneratorPrivate *priv = ws_mask_generator_get_instance_private (self);

  if (priv->has_warned)
    return;

  priv->has_warned = TRUE;
  g_warning ("%s %s; the built-in mask generator steps in",
             G_OBJECT_TYPE_NAME (self), what);
}

static guint32
ask (WsMaskGenerator *self)
{
  WsMaskGeneratorPrivate *priv = ws_mask_generator_get_instance_private (self);
  guint32                 number;

  if (!priv->is_seeded && !ws_mask_generator_seed (self))
    {
      warn_once (self, "could not be seeded");
      return 0;
    }

  number = ws_mask_generator_next_mask (self);
  if (number == 0)
    warn_once (self, "gave no mask");
  return number;
}

gboolean
ws_mask_generator_is_built_in (WsMaskGenerator *self)
{
  return self == NULL
         || G_TYPE_CHECK_INSTANCE_TYPE (self,
                                        ws_random_mask_generator_get_type ());
}

void
ws_mask_generator_draw (WsMaskGenerator *self, guint8 mask[4])
{
  g_autoptr (WsMaskGenerator) held = NULL;
  guint32 number;

  if (ws_mask_generator_is_built_in (self))
    {
      ws_random_mask (mask);
      return;
    }

  /* The generator's own code may drop it. */
  held = g_object_ref (self);
  number = ask (self);
  if (number == 0)
    {
      ws_random_mask (mask);
      return;
    }

  /* 5.3: octet i of the key is the i-th in network byte order. */
  number = GUINT32_TO_BE (number);
  memcpy (mask, &number, sizeof number);
}

/**
 * ws_mask_generator_get_default:
 *
 * Gets the built-in generator, which every socket uses that has no other.
 *
 * It draws from GnuTLS's random number generator, needs no seed and may be
 * used from any thread.
 *
 * Returns: (transfer none): the generator that all share
 *
 * Since: 1.0
 */
WsMaskGenerator *
ws_mask_generator_get_default (void)
{
  static gsize            initialised = 0;
  static WsMaskGenerator *generator = NULL;

  if (g_once_init_enter (&initialised))
    {
      generator = g_object_new (ws_random_mask_generator_get_type (), NULL);
      g_once_init_leave (&initialised, 1);
    }
  return generator;
}

/**
 * WsMaskGeneratorClass::seed:
 * @self: a mask generator
 *
 * Prepares the generator.
 *
 * A generator that has nothing to prepare leaves it out.
 *
 * Returns: %FALSE when it cannot make masks
 *
 * Since: 1.0
 */

/**
 * ws_mask_generator_seed: (virtual seed)
 * @self: a mask generator
 *
 * Prepares the generator, anew if it was prepared before.
 *
 * A socket does so before the first mask it asks for.
 *
 * Returns: %FALSE when it cannot make masks
 *
 * Since: 1.0
 */
gboolean
ws_mask_generator_seed (WsMaskGenerator *self)
{
  WsMaskGeneratorPrivate *priv = NULL;
  gboolean                is_seeded;

  g_return_val_if_fail (WS_IS_MASK_GENERATOR (self), FALSE);

  priv = ws_mask_generator_get_instance_private (self);
  is_seeded = WS_MASK_GENERATOR_GET_CLASS (self)->seed (self);
  priv->is_seeded = is_seeded;
  return is_seeded;
}

/**
 * WsMaskGeneratorClass::next_mask:
 * @self: a mask generator
 *
 * Makes the next mask.
 *
 * Returns: a number whose bytes, highest first, are the key; 0 when none
 *   could be made
 *
 * Since: 1.0
 */

/**
 * ws_mask_generator_next_mask: (virtual next_mask)
 * @self: a mask generator
 *
 * Makes the next mask.
 *
 * Returns: a number whose bytes, highest first, are the key; 0 when none
 *   could be made
 *
 * Since: 1.0
 */
guint32
ws_mask_generator_next_mask (WsMaskGenerator *self)
{
  g_return_val_if_fail (WS_IS_MASK_GENERATOR (self), 0);

  return WS_MASK_GENERATOR_GET_CLASS (self)->next_mask (self);
}
