/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Functions with the mark WS_VECTOR_WIDE have registers of 32 bytes, and may be
 * called where ws_vector_is_wide() says so, as the processor decides when the
 * program runs. Written in the compiler's own vectors they can be compiled for
 * other processors too, where they are never called. */

#if defined(__x86_64__) && defined(__GNUC__)
#define WS_VECTOR_WIDE       __attribute__ ((target ("avx2")))
#define ws_vector_is_there() (__builtin_cpu_supports ("avx2") != 0)
#else
#define WS_VECTOR_WIDE
#define ws_vector_is_there() FALSE
#endif

/* For tests, which compare the two. */
G_GNUC_INTERNAL extern gboolean ws_vector_is_off;

static inline gboolean
ws_vector_is_wide (void)
{
  return ws_vector_is_there () && G_LIKELY (!ws_vector_is_off);
}

G_END_DECLS
