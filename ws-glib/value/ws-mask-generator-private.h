/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "ws-mask-generator.h"

G_BEGIN_DECLS

/* Whether its keys are those of ws_random_mask(), so that no code of a user's
 * draws them. @self (nullable): the built-in one. */
gboolean ws_mask_generator_is_built_in (WsMaskGenerator *self);

/* The next key, as it goes on the wire. @self (nullable): the built-in one,
 * which also steps in for a generator that fails. May run a user's code. */
void ws_mask_generator_draw (WsMaskGenerator *self, guint8 mask[4]);

G_END_DECLS
