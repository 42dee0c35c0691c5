/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The error domain of the engine. */
#include "engine/ws-engine-error.h"

/* clang-format off */
G_DEFINE_QUARK (ws-engine-error-quark, ws_engine_error)
/* clang-format on */
