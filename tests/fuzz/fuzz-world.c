/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "world.h"

/* All but TLS: see world-stage.c. */
const gboolean world_is_secure = FALSE;
