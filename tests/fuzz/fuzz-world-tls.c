/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "world.h"

/* The world of fuzz-world, where server and client speak TLS. */
const gboolean world_is_secure = TRUE;
