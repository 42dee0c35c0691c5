/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Gives the system back what the allocator holds of memory that was freed,
 * where that can be done; it takes a while if there is much. */
void ws_memory_trim (void);

G_END_DECLS
