/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(WS_INSIDE) && !defined(WS_COMPILATION)
#error "Only <ws-glib/ws-glib.h> can be included directly."
#endif

#include <glib.h>

#include <ws-glib/ws-version.h>

/* Everything else is hidden by the compiler's default. */
#define _WS_EXTERN __attribute__ ((visibility ("default"))) extern

/**
 * WS_VERSION_1_0:
 *
 * Version 1.0, for `WS_VERSION_MAX_ALLOWED`.
 *
 * Since: 1.0
 */
#define WS_VERSION_1_0 (G_ENCODE_VERSION (1, 0))

/**
 * WS_VERSION_MAX_ALLOWED:
 *
 * The newest version whose API may be used.
 *
 * Define it before the headers are included (`WS_VERSION_1_0` or a later
 * one), and the compiler warns of everything that came later. The default is
 * the version of the headers.
 *
 * Since: 1.0
 */
#ifndef WS_VERSION_MAX_ALLOWED
#define WS_VERSION_MAX_ALLOWED \
  (G_ENCODE_VERSION (WS_MAJOR_VERSION, WS_MINOR_VERSION))
#endif

#if WS_VERSION_MAX_ALLOWED < WS_VERSION_1_0
#define WS_AVAILABLE_IN_1_0 G_UNAVAILABLE (1, 0) _WS_EXTERN
#else
#define WS_AVAILABLE_IN_1_0 _WS_EXTERN
#endif
