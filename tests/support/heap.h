/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A test program that is linked with this has its allocations counted, GLib's
 * included (with G_SLICE=always-malloc), whichever library makes them. Needs
 * glibc, and no sanitizer. */

/* Bytes that are allocated now. */
gsize heap_get_size (void);
/* The most there ever was since the last heap_forget_peak(). */
gsize heap_get_peak (void);
void  heap_forget_peak (void);

G_END_DECLS
