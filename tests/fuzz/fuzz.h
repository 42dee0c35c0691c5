/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What each fuzz target defines, for libFuzzer and for the replay program. It
 * aborts when a promise is broken; always 0. */
int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* (nullable): called when the corpus has been replayed, to see that its seeds
 * still get where they were meant to. */
void fuzz_check_corpus (void) __attribute__ ((weak));

G_END_DECLS
