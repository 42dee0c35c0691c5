/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(WS_INSIDE) && !defined(WS_COMPILATION)
#error "Only <ws-glib/ws-glib.h> can be included directly."
#endif

#include <glib-object.h>

#include <ws-glib/ws-version-macros.h>

G_BEGIN_DECLS

#define WS_TYPE_MASK_GENERATOR (ws_mask_generator_get_type ())

WS_AVAILABLE_IN_1_0
G_DECLARE_DERIVABLE_TYPE (
    WsMaskGenerator, ws_mask_generator, WS, MASK_GENERATOR, GObject)

/**
 * WsMaskGeneratorClass:
 * @parent_class: the parent class
 * @seed: prepares the generator; %FALSE when it cannot
 * @next_mask: the next mask; 0 means that none could be made
 *
 * What a mask generator implements.
 *
 * Since: 1.0
 */
struct _WsMaskGeneratorClass
{
  GObjectClass parent_class;

  gboolean (*seed) (WsMaskGenerator *self);
  guint32 (*next_mask) (WsMaskGenerator *self);

  /*< private >*/
  gpointer padding[6];
};

WS_AVAILABLE_IN_1_0
WsMaskGenerator *ws_mask_generator_get_default (void);
WS_AVAILABLE_IN_1_0
gboolean ws_mask_generator_seed (WsMaskGenerator *self);
WS_AVAILABLE_IN_1_0
guint32 ws_mask_generator_next_mask (WsMaskGenerator *self);

G_END_DECLS
