/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether wide registers are used. */
#include "protocol/ws-vector.h"

gboolean ws_vector_is_off = FALSE;
