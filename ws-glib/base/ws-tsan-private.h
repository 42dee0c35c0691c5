/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* GLib's locks and main contexts are futexes in code that ThreadSanitizer does
 * not see. Where something is handed from thread to thread through them, these
 * say so: what came before WS_TSAN_RELEASE happens before what follows a
 * WS_TSAN_ACQUIRE of the same address. In all other builds they are nothing. */

#if defined(__SANITIZE_THREAD__)
#define WS_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define WS_TSAN 1
#endif
#endif

#ifdef WS_TSAN
void __tsan_acquire (void *address);
void __tsan_release (void *address);
#define WS_TSAN_ACQUIRE(address) __tsan_acquire ((void *) (address))
#define WS_TSAN_RELEASE(address) __tsan_release ((void *) (address))
#else
#define WS_TSAN_ACQUIRE(address) ((void) (address))
#define WS_TSAN_RELEASE(address) ((void) (address))
#endif

G_END_DECLS
